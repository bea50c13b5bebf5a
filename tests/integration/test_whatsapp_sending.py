"""WhatsApp, outbound: replies go through Twilio's REST API, within its limits and WhatsApp's 24 hours."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from adapters import Envelope
from adapters.whatsapp import WhatsApp
from adapters.whatsapp_wire import HOW_TO_ANSWER
from statemachine.errors import AttachmentRefused, OperatorError, SendLater, SendRefused
from statemachine.message import Button, Reply
from tests.inbox import Inbox
from tests.servers.twilio import TwilioServer
from tests.servers.twilio_traffic import ACCOUNT, NUMBER, TOKEN
from tests.whatsapp_side import PUBLIC, Side

ANN, BEN = "+4915112345678", "+447700900123"
DAY = timedelta(hours=24)
PICTURES = {"day.png": b"\x89PNG a chart", "huge.png": b"\x89PNG" + b"x" * 5_000_000, "odd.webp": b"RIFF....WEBP"}


def open_window(hours: float = 1.0) -> Envelope:
    """An answer to somebody who wrote so many hours ago."""
    return Envelope(key="1-a", last_inbound_at=datetime.now(UTC) - timedelta(hours=hours))


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioServer]:
    async with TwilioServer() as server:
        server.write(ANN, "hi")
        yield server


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def side(twilio: TwilioServer, inbox: Inbox) -> AsyncIterator[Side]:
    async with Side(twilio, inbox) as side:
        yield side


@pytest.fixture
def whatsapp(side: Side) -> WhatsApp:
    return side.whatsapp


async def test_title_is_bold_and_markup_is_words(twilio: TwilioServer, whatsapp: WhatsApp) -> None:
    sid = await whatsapp.send(ANN, Reply(title="Long 2 NQ", text="*entry* _18250_ > 18290\n> stop"), open_window())
    (sent,) = twilio.sent_to(ANN)
    assert sent.sid == sid
    assert sent.shown == "Long 2 NQ\n*entry* _18250_ > 18290\n> stop"
    assert sent.formatted == [("bold", "Long 2 NQ")]
    assert sent.sender == f"whatsapp:{NUMBER}"


async def test_choices_are_numbered_and_the_number_comes_back(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    buttons = ((Button("Confirm", "c:1"), Button("Cancel", "x:1")), (Button("Edit", "e:1"),))
    await side.whatsapp.send(ANN, Reply(title="Is this right?", text="Long 2 NQ", buttons=buttons), open_window())
    assert twilio.sent[0].shown == f"Is this right?\nLong 2 NQ\n\n1 Confirm\n2 Cancel\n3 Edit\n{HOW_TO_ANSWER}"
    twilio.write(ANN, "3")
    await twilio.until(lambda: inbox.messages)
    assert inbox.messages[0].choice == 3


async def test_a_long_text_comes_in_parts_with_the_choices_last(twilio: TwilioServer, whatsapp: WhatsApp) -> None:
    lines = [f"{number}. NQ 📈 *long* & more – ¡olé!" for number in range(200)]
    reply = Reply(title="Trades", text="\n".join(lines), buttons=((Button("More", "more"),),))
    last = await whatsapp.send(ANN, reply, open_window())
    sent = twilio.sent_to(ANN)
    assert len(sent) > 3
    shown = "\n".join(part.shown for part in sent)
    assert shown == "\n".join(["Trades", *lines, "", "1 More", HOW_TO_ANSWER])
    assert ["1 More" in part.shown for part in sent] == [False] * (len(sent) - 1) + [True]
    assert last == sent[-1].sid


async def test_half_a_character_stops_nothing(twilio: TwilioServer, whatsapp: WhatsApp) -> None:
    await whatsapp.send(ANN, Reply(title="a\ud83d", text="b\udcc8 c"), open_window())
    assert [part.shown for part in twilio.sent_to(ANN)] == ["a?\nb? c"]


async def test_more_emoji_than_a_message_holds(twilio: TwilioServer, whatsapp: WhatsApp) -> None:
    await whatsapp.send(ANN, Reply(text="📈🚀" * 1000), open_window())
    assert "".join(part.body for part in twilio.sent_to(ANN)) == "📈🚀" * 1000


async def test_it_is_told_when_it_arrived(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    sid = await side.whatsapp.send(ANN, Reply(text="noted"), open_window())
    await twilio.until(lambda: inbox.deliveries)
    (delivery,) = inbox.deliveries
    assert (delivery.external_id, delivery.outcome, delivery.chat.chat_id) == (sid, "delivered", ANN)
    assert (delivery.chat.platform, delivery.chat.account) == ("whatsapp", NUMBER)
    assert {each.status for each in twilio.deliveries} == {204}


async def test_it_is_told_what_never_arrives(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    twilio.blocked.add(ANN)
    await side.whatsapp.send(ANN, Reply(text="noted"), open_window())
    await twilio.until(lambda: inbox.deliveries)
    assert [(each.outcome, each.error) for each in inbox.deliveries] == [("refused", "63024 undelivered")]


async def test_news_of_a_delivery_wait_for_the_database(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    inbox.down = True
    sid = await side.whatsapp.send(ANN, Reply(text="noted"), open_window())
    await twilio.quiet()
    assert [each.status for each in twilio.deliveries] == [204, 204, 503]
    inbox.down = False
    twilio.report(sid or "", "delivered")
    await twilio.until(lambda: inbox.deliveries)


async def test_status_of_somebody_elses_message(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    report = {
        "AccountSid": ACCOUNT,
        "From": f"whatsapp:{NUMBER}",
        "To": f"whatsapp:{ANN}",
        "MessageSid": "SM" + "1" * 32,
        "MessageStatus": "delivered",
    }
    for change in ({"AccountSid": "AC" + "f" * 32}, {"From": "whatsapp:+15005550006"}, {"To": ANN}):
        assert await side.post({**report, **change}, path="/whatsapp/status") == 403
    # The signature holds for one address only.
    assert await side.post(report, path="/whatsapp/status", signature=twilio.sign(f"{PUBLIC}/whatsapp", report)) == 403
    assert inbox.deliveries == []
    assert await side.post(report, path="/whatsapp/status") == 204
    assert len(inbox.deliveries) == 1


# What Twilio refuses.


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        ({"status": 429, "code": 20429, "retry_after": 17}, 17),
        ({"status": 429, "code": 20429}, None),
        ({"status": 400, "code": 63018}, None),
        ({"status": 500}, None),
        ({"status": 503, "retry_after": 3}, 3),
        ({"status": 401, "code": 20003}, None),
        ({"status": 403, "code": 20005}, None),
        ({"status": 400, "code": 63007}, None),
        ({"drop": True}, None),
        ({"body": "<html>not json"}, None),
    ],
)
async def test_later(twilio: TwilioServer, whatsapp: WhatsApp, fault: dict[str, Any], after: float | None) -> None:
    twilio.fault("send", **fault)
    with pytest.raises(SendLater) as caught:
        await whatsapp.send(ANN, Reply(text="noted"), open_window())
    assert caught.value.after == after
    assert TOKEN not in str(caught.value)
    assert ANN not in str(caught.value)
    await whatsapp.send(ANN, Reply(text="noted"), open_window())
    assert len(twilio.sent_to(ANN)) == 1


async def test_twilio_that_says_nothing(
    twilio: TwilioServer, whatsapp: WhatsApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.whatsapp_api.CALL_SECONDS", 0.3)
    twilio.fault("send", delay=30)
    with pytest.raises(SendLater):
        await asyncio.wait_for(whatsapp.send(ANN, Reply(text="noted"), open_window()), 20)


@pytest.mark.parametrize("code", [63003, 21211, 21614, 63015, 63024, 21408])
async def test_refused_for_good(twilio: TwilioServer, whatsapp: WhatsApp, code: int) -> None:
    twilio.fault("send", status=400, code=code)
    with pytest.raises(SendRefused, match=str(code)) as caught:
        await whatsapp.send(ANN, Reply(text="noted"), open_window())
    assert not caught.value.blocked


@pytest.mark.parametrize(
    ("chat_id", "reply"),
    [("local:1", Reply(text="hi")), ("", Reply(text="hi")), ("+123", Reply(text="hi")), (ANN, Reply(text=" \n "))],
)
async def test_what_no_person_can_get(twilio: TwilioServer, whatsapp: WhatsApp, chat_id: str, reply: Reply) -> None:
    with pytest.raises(SendRefused):
        await whatsapp.send(chat_id, reply, open_window())
    assert twilio.sent == []


# Pictures.


async def load(path: str) -> bytes:
    if path not in PICTURES:
        raise AttachmentRefused("gone")
    return PICTURES[path]


@pytest.fixture
async def gallery() -> AsyncIterator[str]:
    """Where the links of pictures lead."""

    async def show(request: web.Request) -> web.Response:
        return web.Response(body=PICTURES[request.match_info["name"]], content_type="image/png")

    app = web.Application()
    app.router.add_get("/media/{name}", show)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/media"
    await runner.cleanup()


async def test_a_picture_is_fetched_by_twilio_from_its_link(twilio: TwilioServer, inbox: Inbox, gallery: str) -> None:
    links = {"media_url": lambda path: f"{gallery}/{path}", "load_image": load}
    async with Side(twilio, inbox, **links) as side:
        await side.whatsapp.send(ANN, Reply(title="Today", text="+120", image="day.png"), open_window())
        await twilio.until(lambda: inbox.deliveries)
    (sent,) = twilio.sent_to(ANN)
    assert (sent.shown, [twilio.files[name][1] for name in sent.media]) == ("Today\n+120", [PICTURES["day.png"]])
    assert inbox.deliveries[0].outcome == "delivered"


@pytest.mark.parametrize("image", ["lost.png", "huge.png", "odd.webp"])
async def test_a_picture_that_cannot_go_leaves_the_text(
    twilio: TwilioServer, inbox: Inbox, gallery: str, image: str
) -> None:
    async with Side(twilio, inbox, media_url=lambda path: f"{gallery}/{path}", load_image=load) as side:
        await side.whatsapp.send(ANN, Reply(text="your day", image=image), open_window())
    assert [(sent.body, sent.media_url) for sent in twilio.sent_to(ANN)] == [("your day", None)]


async def test_a_link_twilio_does_not_take_leaves_the_text(twilio: TwilioServer, inbox: Inbox) -> None:
    async with Side(twilio, inbox, media_url=lambda path: f"ftp://nowhere/{path}") as side:
        await side.whatsapp.send(ANN, Reply(text="your day", image="day.png"), open_window())
    assert [(sent.body, sent.media_url) for sent in twilio.sent_to(ANN)] == [("your day", None)]


async def test_without_links_text_goes_alone(twilio: TwilioServer, whatsapp: WhatsApp) -> None:
    await whatsapp.send(ANN, Reply(text="your day", image="day.png"), open_window())
    assert [(sent.body, sent.media_url) for sent in twilio.sent_to(ANN)] == [("your day", None)]


# Logging in.


async def test_the_credentials_are_tried_at_connect(twilio: TwilioServer, whatsapp: WhatsApp) -> None:
    await whatsapp.connect()
    assert twilio.calls == ["account"]


@pytest.mark.parametrize(
    ("account", "token", "says"),
    [(ACCOUNT, "wrong", "TWILIO_AUTH_TOKEN is refused by Twilio"), (ACCOUNT, "", "TWILIO_AUTH_TOKEN")],
)
async def test_credentials_twilio_refuses(twilio: TwilioServer, account: str, token: str, says: str) -> None:
    whatsapp = WhatsApp(account, token, NUMBER, public_url=PUBLIC, api_url=twilio.url)
    with pytest.raises(OperatorError, match=says):
        await whatsapp.connect()
    await whatsapp.close()


@pytest.mark.parametrize(
    ("status", "code", "says"), [(404, 20404, "TWILIO_ACCOUNT_SID"), (403, 20005, "refuses this account .20005")]
)
async def test_an_account_twilio_does_not_know_or_want(
    twilio: TwilioServer, whatsapp: WhatsApp, status: int, code: int, says: str
) -> None:
    twilio.fault("account", status=status, code=code)
    with pytest.raises(OperatorError, match=says):
        await whatsapp.connect()


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True, "times": 2}, {"body": "no json"}])
async def test_an_outage_at_connect_is_no_error(
    twilio: TwilioServer, whatsapp: WhatsApp, fault: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    twilio.fault("account", **fault)
    await whatsapp.connect()
    assert "twilio_unreachable" in capsys.readouterr().out


async def test_a_suspended_account_is_told_to_the_operator(
    twilio: TwilioServer, whatsapp: WhatsApp, capsys: pytest.CaptureFixture[str]
) -> None:
    twilio.account_status = "suspended"
    await whatsapp.connect()
    assert "suspended" in capsys.readouterr().out


async def test_the_surroundings_do_not_choose_where_messages_go(
    twilio: TwilioServer, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")
    async with Side(twilio, inbox) as side:
        await side.whatsapp.send(ANN, Reply(text="noted"), open_window())
    assert len(twilio.sent) == 1


async def test_the_library_logs_no_numbers(
    twilio: TwilioServer, whatsapp: WhatsApp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await whatsapp.send(ANN, Reply(text="noted"), open_window())
    await whatsapp._api.inbound_since(datetime.now(UTC) - DAY)
    assert "twilio" not in caplog.text.lower()
    assert ANN not in caplog.text


async def test_closing_twice(twilio: TwilioServer) -> None:
    whatsapp = WhatsApp(ACCOUNT, TOKEN, NUMBER, public_url=PUBLIC, api_url=twilio.url)
    await whatsapp.close()
    await whatsapp.connect()
    await whatsapp.close()
    await whatsapp.close()
