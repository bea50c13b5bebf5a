"""The platforms' part of `vigil doctor`: each is asked the cheapest thing that proves its settings; nothing is changed.

A check returns what it saw, or raises OperatorError with what to do. Discord and Twilio are asked by plain HTTP, which
starts faster than their SDKs; a mailbox is opened, and TLS insisted on, as the adapter does it.
"""

import asyncio
import imaplib
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import aiohttp
import httpx

from bot.settings import Settings
from statemachine.errors import OperatorError

CALL_SECONDS: Final = 10.0
LATEST_MAILS: Final = 20
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
    """Login and folder."""
    return await asyncio.to_thread(_with_mailbox, settings, _folder)


async def authserv_id(settings: Settings) -> str:
    """Whether the latest mails bear the name that is to be believed; the mailbox's own server writes the topmost."""
    return await asyncio.to_thread(_with_mailbox, settings, _vouched)


def _with_mailbox(settings: Settings, look: Callable[[Any, Settings], str]) -> str:
    from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted
    from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

    if settings.imap_url is None:
        raise OperatorError("IMAP_URL must be set too.")
    url = urlsplit(settings.imap_url.get_secret_value())
    host, folder, tls = str(url.hostname), unquote(url.path.strip("/")) or "INBOX", ssl.create_default_context()
    try:
        if url.scheme == "imaps":
            box: Any = MailBox(host, url.port or 993, CALL_SECONDS, ssl_context=tls)
        elif host in LOOPBACK:
            box = MailBoxUnencrypted(host, url.port or 143, CALL_SECONDS)
        else:
            box = MailBoxStartTls(host, url.port or 143, CALL_SECONDS, ssl_context=tls)
        try:
            box.login(unquote(url.username or ""), unquote(url.password or ""), folder)
            return look(box, settings)
        finally:
            with suppress(Exception):
                box.logout()
            with suppress(OSError):
                box.client.shutdown()
    except MailboxLoginError:
        raise OperatorError(
            f"{host} refuses the login: many providers want an app password, and IMAP to be switched on."
        ) from None
    except MailboxFolderSelectError:
        raise OperatorError(
            f"There is no folder {folder} in the mailbox: name another at the end of IMAP_URL."
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise OperatorError(f"The certificate of {host} is not valid: {error.verify_message}.") from error
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        raise OperatorError(
            f"The mail server {host} cannot be asked ({type(error).__name__}): check port and TLS."
        ) from error


def _folder(box: Any, _: Settings) -> str:
    state = box.folder.status(box.folder.get(), ["MESSAGES", "UNSEEN"])
    idle = "IDLE" in str(box.client.capability()[1]).upper()
    news = "new mail is told of at once" if idle else "it has no IDLE, so it is looked at every half minute"
    return f"{box.folder.get()} opens: {state['MESSAGES']} mails, {state['UNSEEN']} unread; {news}"


def _vouched(box: Any, settings: Settings) -> str:
    latest = box.fetch(limit=LATEST_MAILS, reverse=True, mark_seen=False, headers_only=True, bulk=True)
    names = [_first_word(mail.headers.get("authentication-results", ("",))[0]) for mail in latest]
    wanted = (settings.mail_authserv_id or "").lower()
    if not names:
        return "the mailbox is empty: nothing to see it in yet"
    if wanted not in names:
        seen = ", ".join(sorted({name for name in names if name})) or "nobody"
        raise OperatorError(
            f"The latest {len(names)} mails are vouched for by {seen}: set MAIL_AUTHSERV_ID to the name of your own "
            "mail server, or leave it out and signatures are checked here."
        )
    return f"{names.count(wanted)} of the latest {len(names)} mails bear it"


def _first_word(header: str) -> str:
    return (header.partition(";")[0].split() or [""])[0].lower()


async def smtp(settings: Settings) -> str:
    """Connection, login, and whether this login may send as MAIL_FROM; no mail is sent."""
    import aiosmtplib

    assert settings.smtp_url is not None  # noqa: S101 - this check runs where it is set
    url = urlsplit(settings.smtp_url.get_secret_value())
    host, tls = str(url.hostname), url.scheme == "smtps"
    server = aiosmtplib.SMTP(
        hostname=host,
        port=url.port or (465 if tls else 587),
        username=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
        use_tls=tls,
        start_tls=False if tls or host in LOOPBACK else True if url.username else None,
        timeout=CALL_SECONDS,
    )
    try:
        async with server:
            secured = server.get_transport_info("sslcontext") is not None
            await server.mail(str(settings.mail_from))
            await server.rset()
    except aiosmtplib.SMTPAuthenticationError:
        raise OperatorError(f"{host} refuses the login: many providers want an app password.") from None
    except aiosmtplib.SMTPSenderRefused as error:
        raise OperatorError(f"{host} does not let this login send as MAIL_FROM ({error.code}).") from error
    except aiosmtplib.SMTPNotSupported as error:
        raise OperatorError(f"{host} offers no STARTTLS or no login at this port: try smtps:// and 465.") from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise OperatorError(
            f"The mail server {host} cannot be asked ({type(error).__name__}): check port and TLS."
        ) from error
    return f"{host} lets it send as {settings.mail_from}, {'encrypted' if secured else 'in clear'}"
