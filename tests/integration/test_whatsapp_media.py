"""Files that people send on WhatsApp: fetched with the account's credentials, from Twilio's hosts alone."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from adapters.whatsapp import WhatsApp
from statemachine.errors import AttachmentRefused, SendLater
from statemachine.message import Attachment
from tests.inbox import Inbox
from tests.servers.twilio import TwilioServer
from tests.servers.twilio_traffic import ACCOUNT, NUMBER, TOKEN
from tests.whatsapp_side import PUBLIC, Side

ANN = "+4915112345678"


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioServer]:
    async with TwilioServer() as server:
        yield server


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def side(twilio: TwilioServer, inbox: Inbox) -> AsyncIterator[Side]:
    async with Side(twilio, inbox) as side:
        yield side


async def handle_of(twilio: TwilioServer, inbox: Inbox, content: bytes = b"x" * 3000) -> str:
    twilio.picture(ANN, content)
    await twilio.quiet()
    return inbox.messages[-1].attachments[0].handle


async def refusal(whatsapp: WhatsApp, handle: str, limit: int = 5000) -> str:
    with pytest.raises(AttachmentRefused) as caught:
        await whatsapp.fetch(Attachment(kind="photo", handle=handle), limit)
    return caught.value.reason


async def test_media_needs_credentials_which_stay_at_the_api(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    handle = await handle_of(twilio, inbox)
    assert len(await side.whatsapp.fetch(Attachment(kind="photo", handle=handle), 3000)) == 3000
    assert (twilio.calls, twilio.credentials_at_cdn) == (["media", "cdn"], [])
    sid, _, media = handle.partition("/")
    url = f"{twilio.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media/{media}"
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        assert response.status == 401


async def test_media_over_the_limit(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    handle = await handle_of(twilio, inbox)
    assert await refusal(side.whatsapp, handle, 2999) == "too_large"


async def test_media_that_does_not_say_how_large_it_is(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    handle = await handle_of(twilio, inbox, b"x" * 3_000_000)
    twilio.fault("cdn", endless=True)
    assert await refusal(side.whatsapp, handle, 1_000_000) == "too_large"


@pytest.mark.parametrize(
    "location",
    ["http://localhost:{port}/x", "http://169.254.169.254/latest", "file:///etc/passwd", "ftp://127.0.0.1/x"],
)
async def test_a_redirect_elsewhere_is_not_followed(
    twilio: TwilioServer, side: Side, inbox: Inbox, location: str
) -> None:
    handle = await handle_of(twilio, inbox)
    twilio.fault("media", location=location.format(port=twilio.cdn.rpartition(":")[2]))
    assert await refusal(side.whatsapp, handle) == "gone"
    assert twilio.calls == ["media"]


async def test_redirects_that_never_end(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    handle = await handle_of(twilio, inbox)
    twilio.fault("media", location=f"{twilio.cdn}/a")
    twilio.fault("cdn", location=f"{twilio.cdn}/a", times=20)
    assert await refusal(side.whatsapp, handle) == "gone"
    assert twilio.calls.count("cdn") == 3


async def test_media_that_is_gone(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    handle = await handle_of(twilio, inbox)
    twilio.forget_files()
    assert await refusal(side.whatsapp, handle) == "gone"
    assert await refusal(side.whatsapp, "MM" + "7" * 32 + "/ME" + "7" * 32) == "gone"
    assert await refusal(side.whatsapp, "../../Calls/CA1") == "gone"
    assert await refusal(side.whatsapp, "") == "unsupported"


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("media", {"status": 500}),
        ("media", {"status": 429, "retry_after": 7}),
        ("media", {"status": 401, "code": 20003}),
        ("media", {"drop": True, "times": 2}),
        ("cdn", {"status": 503}),
        ("cdn", {"drop": True, "times": 2}),
    ],
)
async def test_media_later(twilio: TwilioServer, side: Side, inbox: Inbox, call: str, fault: dict[str, object]) -> None:
    handle = await handle_of(twilio, inbox)
    twilio.fault(call, **fault)
    with pytest.raises(SendLater) as caught:
        await side.whatsapp.fetch(Attachment(kind="photo", handle=handle), 5000)
    assert caught.value.after == fault.get("retry_after")
    assert TOKEN not in str(caught.value)
    assert len(await side.whatsapp.fetch(Attachment(kind="photo", handle=handle), 5000)) == 3000


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://mms.twiliocdn.com/AC1/x?Expires=1", True),
        ("https://media.twiliocdn.com/AC1/x", True),
        ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC1/x", True),
        ("https://s3-external-1.amazonaws.com/somebody-elses-bucket/x", False),
        ("https://mms.twiliocdn.com.evil.example/x", False),
        ("https://evil.example/mms.twiliocdn.com", False),
        ("https://mms.twiliocdn.com:8443/x", False),
        ("https://mms.twiliocdn.com@evil.example/x", False),
        ("http://mms.twiliocdn.com/x", False),
    ],
)
async def test_the_official_api_leads_to_twilios_own_hosts(url: str, allowed: bool) -> None:
    whatsapp = WhatsApp(ACCOUNT, TOKEN, NUMBER, public_url=PUBLIC)
    assert whatsapp._api._is_twilios(url) is allowed
    await whatsapp.close()
