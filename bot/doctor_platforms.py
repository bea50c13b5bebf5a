"""The platforms' part of `vigil doctor`: each is asked the cheapest thing that proves its settings; nothing is changed.

A check returns what it saw, or raises OperatorError with what to do. Discord and Twilio are asked by plain HTTP, which
starts faster than their SDKs.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import httpx

from bot.settings import Settings
from statemachine.errors import OperatorError

CALL_SECONDS: Final = 10.0
DISCORD_HELLO: Final = 10
"""The gateway's first word (developer documentation, "Gateway Opcodes")."""
TWILIO_API: Final = "https://api.twilio.com"
CONTENT_API: Final = "https://content.twilio.com"
"""Templates live there; with an API server of one's own, on that."""
SANDBOX: Final = "+14155238886"
"""The number of Twilio's sandbox for WhatsApp (its documentation, "WhatsApp Sandbox")."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


async def telegram(settings: Settings) -> str:
    from telegram import Bot
    from telegram.error import InvalidToken, TelegramError
    from telegram.request import HTTPXRequest

    assert settings.telegram_bot_token is not None  # noqa: S101 - this check runs where it is set
    request = HTTPXRequest(read_timeout=CALL_SECONDS, connect_timeout=CALL_SECONDS)
    bot = Bot(
        settings.telegram_bot_token.get_secret_value(), base_url=f"{settings.telegram_api_url}/bot", request=request
    )
    try:
        await request.initialize()
        me, webhook = await bot.get_me(), await bot.get_webhook_info()
    except InvalidToken:
        raise OperatorError("Telegram refuses this token; @BotFather has the right one.") from None
    except TelegramError as error:
        raise OperatorError(f"Telegram cannot be asked at {settings.telegram_api_url} ({error.message}).") from error
    finally:
        await request.shutdown()
    return f"Telegram knows it as @{me.username}; {_delivery(settings, webhook.url, webhook.last_error_message)}"


def _delivery(settings: Settings, url: str, last_error: str | None) -> str:
    """How updates come. Raises OperatorError where they go elsewhere than PUBLIC_URL."""
    if settings.telegram_webhook_secret is None:
        return "updates are polled" + (f" (`vigil run` removes the webhook {url})" if url else "")
    wanted = f"{settings.public_url}/telegram"
    if url != wanted:
        raise OperatorError(
            f"Telegram delivers to {url or 'nobody'}, not to {wanted}: start `vigil run`, it sets that."
        )
    return f"it delivers to {url}" + (f", last error: {last_error}" if last_error else "")


# ---- Discord


async def discord(settings: Settings) -> str:
    """Token, application and gateway. Direct messages need no privileged intent, so none is asked for."""
    refused = {401: "Discord refuses this token: reset it on the Bot page of the developer portal."}
    async with _discord(settings) as client:
        me = await _ask(client, "Discord", "/users/@me", refused)
        application = await _ask(client, "Discord", "/applications/@me", refused)
        gateway = await _ask(client, "Discord", "/gateway/bot", refused)
    if endpoint := application.get("interactions_endpoint_url"):
        raise OperatorError(
            f"Discord sends commands and buttons to {endpoint}: clear the Interactions Endpoint URL on the General "
            "Information page of the developer portal."
        )
    _check_starts(gateway.get("session_start_limit") or {})
    await _greet(settings.discord_gateway_url or str(gateway.get("url")))
    servers, installs = (application.get(f"approximate_{name}_count") or 0 for name in ("guild", "user_install"))
    reach = f"{servers} servers and {installs} people have it"
    if not servers and not installs:
        reach = f"nobody can reach it yet, invite it: {_invitation(me)}"
    return f"Discord knows it as {me.get('username')}, the gateway answers, {reach}"


async def discord_guild(settings: Settings) -> str:
    async with _discord(settings) as client:
        me = await _ask(client, "Discord", "/users/@me", {401: "not tried: DISCORD_BOT_TOKEN comes first"})
        missing = f"The bot is not in this server: invite it with {_invitation(me)}"
        path = f"/guilds/{settings.discord_guild_id}"
        guild = await _ask(client, "Discord", path, {403: missing, 404: missing})
    return f"commands are kept for the server {guild.get('name')} alone"


def _discord(settings: Settings) -> httpx.AsyncClient:
    if settings.discord_bot_token is None:
        raise OperatorError("DISCORD_BOT_TOKEN must be set too.")
    token = settings.discord_bot_token.get_secret_value()
    headers = {"Authorization": f"Bot {token}", "User-Agent": "DiscordBot (vigil, 1.0)"}
    return httpx.AsyncClient(base_url=settings.discord_api_url, headers=headers, timeout=CALL_SECONDS)


def _check_starts(limit: Mapping[str, Any]) -> None:
    if limit.get("remaining") == 0:
        hours = int(limit.get("reset_after") or 0) / 3_600_000
        raise OperatorError(
            f"The bot has connected {limit.get('total')} times today, Discord allows no more for {hours:.1f} hours: "
            "look why it keeps starting."
        )


async def _greet(url: str) -> None:
    """Open the gateway and wait for its hello, without logging in: that would count against the day's starts."""
    address = f"{url.rstrip('/')}/?v=10&encoding=json"
    try:
        async with (
            asyncio.timeout(CALL_SECONDS),
            aiohttp.ClientSession(trust_env=True) as http,
            http.ws_connect(address) as socket,
        ):
            hello = await socket.receive_json()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise OperatorError(
            f"Discord's gateway cannot be reached at {url} ({type(error).__name__}): open outgoing port 443 for it."
        ) from error
    except (TypeError, ValueError):
        hello = None
    if not isinstance(hello, dict) or hello.get("op") != DISCORD_HELLO:
        raise OperatorError(f"What answers at {url} is not Discord's gateway.")


def _invitation(me: Mapping[str, Any]) -> str:
    return (
        f"https://discord.com/oauth2/authorize?client_id={me.get('id')}&scope=bot+applications.commands&permissions=0"
    )


# ---- WhatsApp


async def twilio(settings: Settings) -> str:
    """The account and its token, which is also what Twilio signs with; where it delivers cannot be read from here."""
    refused = {
        401: "Twilio refuses TWILIO_AUTH_TOKEN: copy the account's primary token from the console.",
        404: "Twilio does not know this account: copy TWILIO_ACCOUNT_SID from the console.",
    }
    async with _twilio(settings, settings.twilio_api_url) as client:
        account = await _ask(client, "Twilio", f"/2010-04-01/Accounts/{settings.twilio_account_sid}.json", refused)
    if account.get("status") != "active":
        raise OperatorError(f"The account is {account.get('status')}: Twilio's console says why.")
    parts = urlsplit(settings.public_url or "")
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise OperatorError("PUBLIC_URL must begin with https: Twilio delivers messages and pictures over it.")
    sandbox = "; this number is the sandbox: people join it first" * (settings.twilio_whatsapp_from == SANDBOX)
    return (
        f"the account {account.get('friendly_name')} is active; set the sender's webhook in Twilio's console to "
        f"POST {settings.public_url}/whatsapp{sandbox}"
    )


async def twilio_template(settings: Settings) -> str:
    sid = settings.twilio_template_sid
    refused = {
        401: "not tried: TWILIO_ACCOUNT_SID comes first",
        404: "Twilio has no template with this SID: see Content Template Builder in the console.",
    }
    base = CONTENT_API if settings.twilio_api_url == TWILIO_API else settings.twilio_api_url
    async with _twilio(settings, base) as client:
        template = await _ask(client, "Twilio", f"/v1/Content/{sid}", refused)
        approval = await _ask(client, "Twilio", f"/v1/Content/{sid}/ApprovalRequests", refused)
    whatsapp = approval.get("whatsapp")
    status = whatsapp.get("status") if isinstance(whatsapp, dict) else None
    if status != "approved":
        raise OperatorError(
            f"WhatsApp has not approved this template (it is {status or 'unsubmitted'}): see the console."
        )
    return f"the template {template.get('friendly_name')} is approved"


def _twilio(settings: Settings, base_url: str) -> httpx.AsyncClient:
    if settings.twilio_account_sid is None or settings.twilio_auth_token is None:
        raise OperatorError("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set too.")
    auth = (settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value())
    return httpx.AsyncClient(base_url=base_url, auth=auth, timeout=CALL_SECONDS)


async def _ask(client: httpx.AsyncClient, service: str, path: str, refused: Mapping[int, str]) -> dict[str, Any]:
    """What the service says there. Raises OperatorError: `refused` says what to do about a status."""
    try:
        answer = await client.get(path)
        said = answer.json() if answer.is_success else {}
    except httpx.HTTPError as error:
        raise OperatorError(f"{service} cannot be reached at {client.base_url} ({type(error).__name__}).") from error
    except ValueError as error:
        raise OperatorError(f"What answers at {client.base_url} is not {service}.") from error
    if answer.status_code in refused:
        raise OperatorError(refused[answer.status_code])
    if not answer.is_success:
        raise OperatorError(f"{service} answers {answer.status_code} at {client.base_url}: try again later.")
    if not isinstance(said, dict):
        raise OperatorError(f"What answers at {client.base_url} is not {service}.")
    return said


# ---- e-mail


async def imap(settings: Settings) -> str:
    """Login and folder, and whether the newest mails bear the word on senders that is to be believed."""
    from adapters.mail_trial import try_mailbox

    assert settings.imap_url is not None  # noqa: S101 - this check runs where it is set
    return await try_mailbox(settings.imap_url.get_secret_value(), settings.mail_authserv_id)


async def smtp(settings: Settings) -> str:
    """Connection, login, and whether this login may send as MAIL_FROM; no mail is sent."""
    from adapters.mail_trial import try_smtp

    assert settings.smtp_url is not None  # noqa: S101 - this check runs where it is set
    assert settings.mail_from is not None  # noqa: S101 - the settings want it beside SMTP_URL
    return await try_smtp(settings.smtp_url.get_secret_value(), settings.mail_from)
