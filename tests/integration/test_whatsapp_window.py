"""WhatsApp's 24 hours, the template after them, and STOP: when nothing may be sent."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from adapters import Envelope
from adapters.whatsapp import WhatsApp
from adapters.whatsapp_wire import OPTED_OUT
from statemachine.errors import SendHeld, SendLater, SendRefused
from statemachine.message import Reply
from tests.inbox import Inbox
from tests.servers.twilio import TEMPLATE, TwilioServer
from tests.whatsapp_side import PUBLIC, Side

ANN, BEN = "+4915112345678", "+447700900123"
DAY = timedelta(hours=24)


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


async def test_after_24_hours_a_reply_is_held(twilio: TwilioServer, whatsapp: WhatsApp) -> None:
    for envelope in (open_window(hours=24.1), Envelope()):
        with pytest.raises(SendHeld):
            await whatsapp.send(ANN, Reply(text="your day"), envelope)
    assert twilio.sent == []
    await whatsapp.send(ANN, Reply(text="your day"), open_window(hours=23.9))
    assert len(twilio.sent) == 1


async def test_twilio_knows_better_when_the_window_closed(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    twilio.window_at_once = True
    with pytest.raises(SendHeld):
        await side.whatsapp.send(BEN, Reply(text="your day"), open_window())
    twilio.window_at_once = False
    sid = await side.whatsapp.send(BEN, Reply(text="your day"), open_window())
    await twilio.until(lambda: inbox.deliveries)
    assert [(each.external_id, each.outcome) for each in inbox.deliveries] == [(sid, "held")]


@pytest.fixture
async def knocking(twilio: TwilioServer, inbox: Inbox) -> AsyncIterator[Side]:
    async with Side(twilio, inbox, template_sid=TEMPLATE) as side:
        yield side


async def held(whatsapp: WhatsApp, text: str = "your day", *, hours: float = 30.0, chat: str = BEN) -> None:
    with pytest.raises(SendHeld):
        await whatsapp.send(chat, Reply(title="Your rules on NQ", text=text), open_window(hours))


async def test_a_template_says_that_a_reply_waits(twilio: TwilioServer, knocking: Side) -> None:
    await held(knocking.whatsapp)
    (sent,) = twilio.sent_to(BEN)
    assert (sent.template, sent.variables, sent.body) == (TEMPLATE, {"1": "Your rules on NQ"}, "")
    assert sent.callback == f"{PUBLIC}/whatsapp/status"


async def test_one_template_a_silence_however_many_replies_wait(twilio: TwilioServer, knocking: Side) -> None:
    for number in range(3):
        await held(knocking.whatsapp, f"reply {number}")
    assert len(twilio.sent_to(BEN)) == 1


async def test_one_template_a_silence_also_where_twilios_list_lags(twilio: TwilioServer, knocking: Side) -> None:
    twilio.fault("list", body='{"messages": [], "next_page_uri": null}', times=2)
    await held(knocking.whatsapp, "first")
    await held(knocking.whatsapp, "second")
    assert len(twilio.sent_to(BEN)) == 1


async def test_one_template_a_silence_also_after_a_restart(twilio: TwilioServer, inbox: Inbox, knocking: Side) -> None:
    await held(knocking.whatsapp)
    async with Side(twilio, inbox, template_sid=TEMPLATE) as restarted:
        await held(restarted.whatsapp)
    assert len(twilio.sent_to(BEN)) == 1


async def test_a_new_silence_is_a_new_template(twilio: TwilioServer, inbox: Inbox) -> None:
    async with Side(twilio, inbox, template_sid=TEMPLATE) as side:
        await held(side.whatsapp)
    twilio.sent[0].at -= 3 * DAY  # they wrote and fell silent again since
    async with Side(twilio, inbox, template_sid=TEMPLATE) as side:
        await held(side.whatsapp)
    assert len(twilio.sent_to(BEN)) == 2


async def test_a_template_that_failed_is_tried_again(twilio: TwilioServer, inbox: Inbox, knocking: Side) -> None:
    await held(knocking.whatsapp)
    await twilio.quiet()
    twilio.sent[0].status = "undelivered"
    async with Side(twilio, inbox, template_sid=TEMPLATE) as restarted:
        await held(restarted.whatsapp)
    assert len(twilio.sent_to(BEN)) == 2


async def test_a_template_twilio_does_not_know_holds_the_reply_all_the_same(
    twilio: TwilioServer, inbox: Inbox, capsys: pytest.CaptureFixture[str]
) -> None:
    twilio.approved.clear()
    twilio.fault("send", status=400, code=63027)
    async with Side(twilio, inbox, template_sid=TEMPLATE) as side:
        await held(side.whatsapp)
    assert twilio.sent == []
    assert "template_refused" in capsys.readouterr().out


@pytest.mark.parametrize("call", ["list", "send"])
async def test_a_template_waits_for_an_outage_of_twilio(twilio: TwilioServer, knocking: Side, call: str) -> None:
    twilio.fault(call, status=503)
    with pytest.raises(SendLater):
        await knocking.whatsapp.send(BEN, Reply(text="your day"), open_window(30))
    await held(knocking.whatsapp)
    assert len(twilio.sent_to(BEN)) == 1


# STOP and START.


async def test_after_stop_nothing_is_sent_until_start(twilio: TwilioServer, side: Side, inbox: Inbox) -> None:
    twilio.write(ANN, "stop")
    await twilio.until(lambda: inbox.messages)
    stopped = Envelope(handle=inbox.messages[0].handle, last_inbound_at=datetime.now(UTC))
    with pytest.raises(SendRefused) as caught:
        await side.whatsapp.send(ANN, Reply(text="your day"), stopped)
    assert caught.value.blocked
    assert twilio.sent == []
    twilio.write(ANN, "START")
    await twilio.until(lambda: len(inbox.messages) == 2)
    started = Envelope(handle=inbox.messages[1].handle, last_inbound_at=datetime.now(UTC))
    await side.whatsapp.send(ANN, Reply(text="your day"), started)
    assert len(twilio.sent) == 1


async def test_stop_comes_before_the_template(twilio: TwilioServer, knocking: Side) -> None:
    envelope = Envelope(handle=OPTED_OUT, last_inbound_at=datetime.now(UTC) - 2 * DAY)
    with pytest.raises(SendRefused):
        await knocking.whatsapp.send(BEN, Reply(text="your day"), envelope)
    assert twilio.sent == []


async def test_an_opt_out_that_only_twilio_knows_of(twilio: TwilioServer, knocking: Side) -> None:
    twilio.keeps_opt_outs = True
    twilio.write(BEN, "stop")
    for envelope in (open_window(), open_window(30)):
        with pytest.raises(SendRefused) as caught:
            await knocking.whatsapp.send(BEN, Reply(text="your day"), envelope)
        assert caught.value.blocked
