"""What `vigil doctor` says of each platform: that it works, or what is wrong and how to mend it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import doctor_platforms
from bot.settings import Settings
from statemachine.errors import OperatorError
from tests.commands import free_port, vigil
from tests.servers.doctored import Answers, answering
from tests.servers.mail import MailServer
from tests.servers.mail_letters import AUTHSERV, JOURNAL

TOKEN = "planted0discord"
SECRET = "planted0twilio"
BASIC = "Basic QUMxOnBsYW50ZWQwdHdpbGlv"  # AC1:planted0twilio
ACCOUNT = "/2010-04-01/Accounts/AC1.json"
TEMPLATE = "/v1/Content/HX1"


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]


# ---- Discord


@pytest.fixture
async def discord() -> AsyncIterator[Answers]:
    answers = {
        "/users/@me": {"id": "77", "username": "vigil", "bot": True},
        "/applications/@me": {"id": "77", "approximate_guild_count": 2, "approximate_user_install_count": 5},
        "/guilds/5": {"id": "5", "name": "The desk"},
    }
    async with answering(answers, f"Bot {TOKEN}") as api:
        url = api.url.replace("http", "ws") + "/gateway-socket"
        limit = {"total": 1000, "remaining": 998, "reset_after": 7_200_000, "max_concurrency": 1}
        api.answers["/gateway/bot"] = {"url": url, "shards": 1, "session_start_limit": limit}
        yield api


def by_discord(api: Answers, **given: object) -> Settings:
    return settings(**{"discord_bot_token": TOKEN, "discord_api_url": api.url, "discord_guild_id": 5, **given})


async def test_discord_works(discord: Answers) -> None:
    said = await doctor_platforms.discord(by_discord(discord))
    assert said == "Discord knows it as vigil, the gateway answers, 2 servers and 5 people have it"
    said = await doctor_platforms.discord_guild(by_discord(discord))
    assert said == "commands are kept for the server The desk alone"


async def test_a_bot_that_nobody_can_reach_yet(discord: Answers) -> None:
    discord.answers["/applications/@me"] = {"id": "77"}
    said = await doctor_platforms.discord(by_discord(discord))
    assert "invite it: https://discord.com/oauth2/authorize?client_id=77&scope=bot+applications.commands" in said


async def test_discord_refuses_the_token(discord: Answers) -> None:
    with pytest.raises(OperatorError, match="refuses this token: reset it on the Bot page") as caught:
        await doctor_platforms.discord(by_discord(discord, discord_bot_token="another"))
    assert "another" not in str(caught.value)


async def test_interactions_that_go_elsewhere(discord: Answers) -> None:
    discord.answers["/applications/@me"] |= {"interactions_endpoint_url": "https://old.example.com/hook"}
    with pytest.raises(OperatorError, match=r"to https://old\.example\.com/hook: clear the Interactions Endpoint URL"):
        await doctor_platforms.discord(by_discord(discord))


async def test_a_bot_that_started_too_often(discord: Answers) -> None:
    discord.answers["/gateway/bot"]["session_start_limit"]["remaining"] = 0
    with pytest.raises(OperatorError, match=r"connected 1000 times today, Discord allows no more for 2\.0 hours"):
        await doctor_platforms.discord(by_discord(discord))


@pytest.mark.parametrize("hello", [{"op": 9}, "hi", None])
async def test_a_gateway_that_is_none(discord: Answers, hello: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_platforms, "CALL_SECONDS", 1.0)
    discord.hello = hello
    with pytest.raises(OperatorError, match="gateway"):
        await doctor_platforms.discord(by_discord(discord))


async def test_discord_is_not_there(discord: Answers) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    with pytest.raises(OperatorError, match=r"gateway cannot be reached at ws://.* open outgoing port 443"):
        await doctor_platforms.discord(by_discord(discord, discord_gateway_url=f"ws://{nowhere}"))
    with pytest.raises(OperatorError, match="Discord cannot be reached at http://"):
        await doctor_platforms.discord(by_discord(discord, discord_api_url=f"http://{nowhere}"))
    discord.refusals["/users/@me"] = 503
    with pytest.raises(OperatorError, match="Discord answers 503"):
        await doctor_platforms.discord(by_discord(discord))


async def test_a_server_the_bot_is_not_in(discord: Answers) -> None:
    with pytest.raises(OperatorError, match=r"not in this server: invite it with https://discord\.com/oauth2"):
        await doctor_platforms.discord_guild(by_discord(discord, discord_guild_id=6))


# ---- WhatsApp


@pytest.fixture
async def twilio() -> AsyncIterator[Answers]:
    answers = {
        ACCOUNT: {"sid": "AC1", "status": "active", "friendly_name": "Vigil"},
        TEMPLATE: {"sid": "HX1", "friendly_name": "news_waits", "variables": {"1": "a trade"}},
        f"{TEMPLATE}/ApprovalRequests": {"sid": "HX1", "whatsapp": {"status": "approved", "name": "news_waits"}},
    }
    async with answering(answers, BASIC) as api:
        yield api


def by_twilio(api: Answers, **given: object) -> Settings:
    account = {"twilio_account_sid": "AC1", "twilio_auth_token": SECRET, "twilio_whatsapp_from": "+14155550100"}
    urls = {"twilio_api_url": api.url, "twilio_template_sid": "HX1", "public_url": "https://vigil.example.com"}
    return settings(**{**account, **urls, **given})


async def test_twilio_works(twilio: Answers) -> None:
    said = await doctor_platforms.twilio(by_twilio(twilio))
    assert said.startswith("the account Vigil is active; set the sender's webhook in Twilio's console to")
    assert said.endswith("POST https://vigil.example.com/whatsapp")
    sandbox = await doctor_platforms.twilio(by_twilio(twilio, twilio_whatsapp_from="+14155238886"))
    assert "people join it first" in sandbox
    assert await doctor_platforms.twilio_template(by_twilio(twilio)) == "the template news_waits is approved"


async def test_twilio_refuses(twilio: Answers) -> None:
    with pytest.raises(OperatorError, match="refuses TWILIO_AUTH_TOKEN: copy the account's primary token") as caught:
        await doctor_platforms.twilio(by_twilio(twilio, twilio_auth_token="another"))
    assert "another" not in str(caught.value)
    twilio.refusals[ACCOUNT] = 404
    with pytest.raises(OperatorError, match="copy TWILIO_ACCOUNT_SID"):
        await doctor_platforms.twilio(by_twilio(twilio))


async def test_an_account_that_is_suspended(twilio: Answers) -> None:
    twilio.answers[ACCOUNT]["status"] = "suspended"
    with pytest.raises(OperatorError, match="The account is suspended"):
        await doctor_platforms.twilio(by_twilio(twilio))


async def test_webhooks_want_https(twilio: Answers) -> None:
    with pytest.raises(OperatorError, match="PUBLIC_URL must begin with https"):
        await doctor_platforms.twilio(by_twilio(twilio, public_url="http://vigil.example.com"))


async def test_a_template_that_cannot_be_used(twilio: Answers) -> None:
    twilio.answers[f"{TEMPLATE}/ApprovalRequests"]["whatsapp"]["status"] = "rejected"
    with pytest.raises(OperatorError, match=r"not approved this template \(it is rejected\)"):
        await doctor_platforms.twilio_template(by_twilio(twilio))
    twilio.answers[f"{TEMPLATE}/ApprovalRequests"]["whatsapp"] = None
    with pytest.raises(OperatorError, match="it is unsubmitted"):
        await doctor_platforms.twilio_template(by_twilio(twilio))
    with pytest.raises(OperatorError, match="no template with this SID"):
        await doctor_platforms.twilio_template(by_twilio(twilio, twilio_template_sid="HX2"))


async def test_what_answers_is_not_twilio(twilio: Answers) -> None:
    twilio.answers[ACCOUNT] = ["a list"]
    with pytest.raises(OperatorError, match="is not Twilio"):
        await doctor_platforms.twilio(by_twilio(twilio))


# ---- e-mail: what its trial says in full is in test_mail_trial.py


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        server.write("hi")
        yield server


def by_mail(server: MailServer, **given: object) -> Settings:
    urls = {"imap_url": server.imap_url, "smtp_url": server.smtp_url, "mail_from": JOURNAL}
    return settings(**{**urls, "mail_authserv_id": AUTHSERV, **given})


async def test_mail_works(mail: MailServer) -> None:
    assert (await doctor_platforms.imap(by_mail(mail))).startswith("the mailbox answers, 1 unread, mail is pushed")
    assert await doctor_platforms.smtp(by_mail(mail)) == f"the mail server takes mail of {JOURNAL}"
    assert mail.sent == []


async def test_whose_word_is_believed(mail: MailServer) -> None:
    with pytest.raises(OperatorError, match=r"no results of mx\.elsewhere\.test, but of mx\.vigil\.test"):
        await doctor_platforms.imap(by_mail(mail, mail_authserv_id="mx.elsewhere.test"))


# ---- all together


async def test_every_platform_has_its_line_and_no_secret_is_shown(
    discord: Answers, twilio: Answers, mail: MailServer, dsn: str, tmp_path: Path
) -> None:
    ended = await vigil(
        tmp_path,
        "doctor",
        database_url=dsn,
        port=0,
        share_secret="planted0share",
        discord_bot_token=TOKEN,
        discord_api_url=discord.url,
        twilio_account_sid="AC1",
        twilio_auth_token=SECRET,
        twilio_whatsapp_from="+14155550100",
        twilio_api_url=twilio.url,
        public_url="https://vigil.example.com",
        imap_url=mail.imap_url.replace("pass%20word", "planted%20word"),
        smtp_url=mail.smtp_url,
        mail_from=JOURNAL,
    )
    states = {line.split()[1]: line.split()[0] for line in ended.lines}
    for name in ("DISCORD_BOT_TOKEN", "TWILIO_ACCOUNT_SID", "SMTP_URL"):
        assert states[name] == "ok", ended.out
    assert (ended.code, states["IMAP_URL"], states["SHARE_SECRET"]) == (1, "fail", "fail")
    assert states["TELEGRAM_BOT_TOKEN"] == states["DISCORD_GUILD_ID"] == states["TWILIO_TEMPLATE_SID"] == "–"
    assert not any(secret in ended.out + ended.err for secret in ("planted", "pass word", "pass%20word"))
