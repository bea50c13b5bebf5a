"""WhatsApp: what no webhook brought is fetched through Twilio's Messages API, once, and each chat in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters import Seen
from adapters.whatsapp_wire import OPTED_OUT
from tests.inbox import Inbox
from tests.servers.twilio import TwilioServer
from tests.servers.twilio_traffic import NUMBER, Resource
from tests.whatsapp_side import HOOK, Side

ANN, BEN, CAT = "+4915112345678", "+447700900123", "+12025550143"


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioServer]:
    async with TwilioServer() as server:
        yield server


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@asynccontextmanager
async def listening(twilio: TwilioServer, inbox: Inbox, **options: Any) -> AsyncIterator[Side]:
    async with Side(twilio, inbox, **options) as side:
        task = asyncio.create_task(side.whatsapp.listen(inbox))
        yield side
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def passes(twilio: TwilioServer, number: int = 1) -> None:
    """Wait for so many more looks at the list."""
    before = twilio.calls.count("list")
    await twilio.until(lambda: twilio.calls.count("list") >= before + number)


def heard(inbox: Inbox, sid: str, chat: str = ANN, *, ago: float) -> None:
    """The journal got this message so many minutes ago, as its newest."""
    inbox.seen.insert(0, Seen(chat, sid, datetime.now(UTC) - minutes(ago)))


async def test_a_message_refused_in_an_outage_of_the_database_is_fetched_after_it(
    twilio: TwilioServer, inbox: Inbox
) -> None:
    async with listening(twilio, inbox):
        await passes(twilio)
        inbox.down = True
        sid = twilio.write(ANN, "long 2 nq 18250")
        await twilio.quiet()
        assert [delivery.status for delivery in twilio.deliveries] == [503]  # and Twilio leaves it at that
        inbox.down = False
        await twilio.until(lambda: inbox.messages)
    (message,) = inbox.messages
    assert (message.external_id, message.chat_id, message.account) == (sid, ANN, NUMBER)
    assert message.text == "long 2 nq 18250"
    assert message.sent_at <= datetime.now(UTC)


async def test_what_came_while_no_process_ran_is_fetched_at_the_start(twilio: TwilioServer, inbox: Inbox) -> None:
    old = twilio.write(ANN, "stored before", ago=minutes(90))
    twilio.write(BEN, "one", ago=minutes(50))
    twilio.write(ANN, "two", ago=minutes(40))
    twilio.write(BEN, "three", ago=minutes(30))
    heard(inbox, old, ago=90)
    async with listening(twilio, inbox):
        await twilio.until(lambda: len(inbox.messages) >= 3)
    assert [message.text for message in inbox.messages if message.chat_id == BEN] == ["one", "three"]
    assert "two" in inbox.texts
    assert {delivery.status for delivery in twilio.deliveries} == set()


async def test_a_journal_that_has_nothing_yet_takes_the_last_hour(twilio: TwilioServer, inbox: Inbox) -> None:
    twilio.write(ANN, "of yesterday", ago=minutes(24 * 60))
    twilio.write(ANN, "of two hours ago", ago=minutes(120))
    twilio.write(ANN, "just now", ago=minutes(20))
    async with listening(twilio, inbox):
        await twilio.until(lambda: inbox.messages)
    assert inbox.texts == ["just now"]


async def test_no_farther_back_than_a_day(twilio: TwilioServer, inbox: Inbox) -> None:
    old = twilio.write(ANN, "stored", ago=minutes(72 * 60))
    twilio.write(ANN, "too old", ago=minutes(25 * 60))
    twilio.write(ANN, "of this day", ago=minutes(23 * 60))
    heard(inbox, old, ago=72 * 60)
    async with listening(twilio, inbox):
        await twilio.until(lambda: inbox.messages)
    assert inbox.texts == ["of this day"]


async def test_a_catching_up_that_was_killed_goes_on_where_it_was(twilio: TwilioServer, inbox: Inbox) -> None:
    """The newest message in the journal was itself fetched, a moment ago: what counts is when it came to Twilio."""
    fetched = twilio.write(ANN, "fetched", ago=minutes(180))
    twilio.write(ANN, "not yet", ago=minutes(170))
    heard(inbox, fetched, ago=0.1)
    async with listening(twilio, inbox):
        await twilio.until(lambda: "not yet" in inbox.texts)


async def test_a_newest_message_that_twilio_has_deleted(twilio: TwilioServer, inbox: Inbox) -> None:
    heard(inbox, "SM" + "d" * 32, ago=30)
    twilio.write(ANN, "missed", ago=minutes(20))
    async with listening(twilio, inbox):
        await twilio.until(lambda: inbox.texts == ["missed"])


async def test_missed_pictures_come_with_their_files(twilio: TwilioServer, inbox: Inbox) -> None:
    sid = twilio.picture(ANN, b"one", b"two", body="charts", mime="image/png", ago=minutes(10))
    async with listening(twilio, inbox) as side:
        await twilio.until(lambda: inbox.messages)
        (message,) = inbox.messages
        assert (message.external_id, message.text) == (sid, "charts")
        assert [attachment.kind for attachment in message.attachments] == ["photo", "photo"]
        files = [await side.whatsapp.fetch(attachment, 100) for attachment in message.attachments]
    assert files == [b"one", b"two"]


async def test_all_pages_and_no_more_than_needed(
    twilio: TwilioServer, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.whatsapp_api.PAGE", 10)
    for number in range(60):
        twilio.write(ANN, f"old {number}", ago=minutes(400 - number))
    for number in range(25):
        twilio.write(ANN, f"new {number}", ago=minutes(55 - number))
    async with listening(twilio, inbox):
        await twilio.until(lambda: len(inbox.messages) == 25)
    assert inbox.texts == [f"new {number}" for number in range(25)]
    assert [query.get("Page", "0") for query in twilio.queries] == ["0", "1", "2"]


async def test_a_message_by_the_webhook_waits_for_those_before_it(twilio: TwilioServer, inbox: Inbox) -> None:
    async with listening(twilio, inbox):
        await passes(twilio)
        inbox.down = True
        twilio.write(ANN, "in nq 18250")
        await twilio.quiet()
        twilio.fault("list", delay=0.5)
        inbox.down = False
        twilio.write(ANN, "out 18290")
        await twilio.until(lambda: len(inbox.messages) >= 2)
        await twilio.quiet()
    assert list(dict.fromkeys(inbox.texts)) == ["in nq 18250", "out 18290"]
    assert [delivery.status for delivery in twilio.deliveries] == [503, 200]


async def test_the_first_message_by_the_webhook_waits_for_those_that_were_missed(
    twilio: TwilioServer, inbox: Inbox
) -> None:
    twilio.write(ANN, "in nq 18250", ago=minutes(20))
    twilio.fault("list", delay=0.5)
    async with listening(twilio, inbox):
        await twilio.until(lambda: twilio.calls)
        twilio.write(ANN, "out 18290")
        await twilio.quiet()
    assert list(dict.fromkeys(inbox.texts)) == ["in nq 18250", "out 18290"]
    assert [delivery.status for delivery in twilio.deliveries] == [200]


async def test_a_chat_that_is_behind_goes_on_where_twilios_api_is_down(twilio: TwilioServer, inbox: Inbox) -> None:
    async with listening(twilio, inbox):
        await passes(twilio)
        inbox.down = True
        twilio.fault("list", status=503, times=1000)
        twilio.write(ANN, "first")
        await twilio.quiet()
        inbox.down = False
        twilio.write(ANN, "second")
        await twilio.quiet()
        assert [delivery.status for delivery in twilio.deliveries] == [503, 200]
        twilio.recover()
        await twilio.until(lambda: "first" in inbox.texts)


async def test_other_chats_do_not_wait_for_one_that_is_behind(twilio: TwilioServer, inbox: Inbox) -> None:
    async with listening(twilio, inbox, patience=2.0):
        await passes(twilio)
        inbox.gates[ANN] = asyncio.Event()
        twilio.write(ANN, "stuck")
        await twilio.quiet()
        assert [delivery.status for delivery in twilio.deliveries] == [503]
        await twilio.until(lambda: inbox.at_once == 2)  # the webhook's try and the list's
        twilio.write(BEN, "free")
        await twilio.until(lambda: inbox.texts == ["free"])
        await twilio.quiet()
        assert twilio.deliveries[-1].status == 200
        inbox.gates[ANN].set()
        await twilio.until(lambda: "stuck" in inbox.texts)


async def test_what_the_webhook_brought_is_not_handed_over_again(twilio: TwilioServer, inbox: Inbox) -> None:
    async with listening(twilio, inbox, catch_up=0.05):
        await passes(twilio)
        twilio.write(ANN, "by webhook")
        await twilio.quiet()
        twilio.webhook = ""
        twilio.write(ANN, "by list")
        await twilio.until(lambda: "by list" in inbox.texts)
        await passes(twilio, 2)  # a look under way while the webhook is, may bring its message too
        before = inbox.attempts
        await passes(twilio, 3)
        assert inbox.attempts == before
    assert list(dict.fromkeys(inbox.texts)) == ["by webhook", "by list"]


async def test_each_look_begins_where_the_last_one_was_complete(twilio: TwilioServer, inbox: Inbox) -> None:
    for number in range(3):
        twilio.write(ANN, str(number), ago=minutes(50 - number))
    inbox.sick.add(ANN)
    async with listening(twilio, inbox, catch_up=0.05):
        await passes(twilio, 3)  # a bug: not complete, so it is tried again
        assert inbox.attempts >= 6
        inbox.sick.clear()
        await twilio.until(lambda: len(inbox.messages) == 3)
    assert sorted(inbox.texts) == ["0", "1", "2"]


async def test_a_bug_with_one_chat_stops_no_other(twilio: TwilioServer, inbox: Inbox) -> None:
    inbox.sick.add(ANN)
    twilio.write(ANN, "poison", ago=minutes(30))
    twilio.write(BEN, "fine", ago=minutes(20))
    async with listening(twilio, inbox):
        await twilio.until(lambda: inbox.texts == ["fine"])
        twilio.write(ANN, "more")
        await twilio.quiet()
    assert [delivery.status for delivery in twilio.deliveries] == [500]  # answered, and not left waiting


@pytest.mark.parametrize(
    "fault",
    [{"status": 503}, {"status": 401, "code": 20003}, {"drop": True, "times": 2}, {"body": "[]"}, {"body": "{}"}],
)
async def test_an_outage_of_twilios_api_delays_no_webhook(
    twilio: TwilioServer, inbox: Inbox, fault: dict[str, Any]
) -> None:
    twilio.write(ANN, "missed", ago=minutes(20))
    twilio.fault("list", **fault)
    async with listening(twilio, inbox):
        await twilio.until(lambda: twilio.calls)
        twilio.write(BEN, "new")
        await twilio.until(lambda: "new" in inbox.texts)
        await twilio.until(lambda: "missed" in inbox.texts)


async def test_an_outage_of_the_database_at_the_start_is_waited_out(twilio: TwilioServer, inbox: Inbox) -> None:
    inbox.down = True
    twilio.write(ANN, "missed", ago=minutes(20))
    async with listening(twilio, inbox):
        twilio.write(ANN, "new")
        await twilio.quiet()
        assert [delivery.status for delivery in twilio.deliveries] == [503]
        inbox.down = False
        await twilio.until(lambda: inbox.texts == ["missed", "new"])


async def test_the_last_thing_heard_is_asked_before_anything_new_is_stored(twilio: TwilioServer, inbox: Inbox) -> None:
    """A message that comes in the very first moment must not hide what was missed before it."""
    stored = twilio.write(ANN, "stored", ago=minutes(300))
    twilio.write(BEN, "missed", ago=minutes(200))
    heard(inbox, stored, ago=300)
    async with Side(twilio, inbox) as side:
        new = twilio.write(CAT, "new")
        await twilio.until(lambda: inbox.texts == ["new"])
        heard(inbox, new, CAT, ago=0)
        task = asyncio.create_task(side.whatsapp.listen(inbox))
        await twilio.until(lambda: "missed" in inbox.texts)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_only_what_people_wrote_to_us_on_whatsapp(twilio: TwilioServer, inbox: Inbox) -> None:
    now = datetime.now(UTC)
    us = f"whatsapp:{NUMBER}"
    twilio.messages += [
        Resource("SM" + "1" * 32, "outbound-api", us, f"whatsapp:{ANN}", "ours", now, "sent"),
        Resource("SM" + "2" * 32, "inbound", ANN, NUMBER, "an SMS", now, "received"),
        Resource("SM" + "3" * 32, "inbound", f"whatsapp:{ANN}", "whatsapp:+15005550006", "another", now, "received"),
        Resource("SM" + "4" * 32, "inbound", ANN, us, "from nowhere", now, "received"),
    ]
    twilio.write(ANN, "stop")
    async with listening(twilio, inbox):
        await twilio.until(lambda: inbox.messages)
    assert [(message.text, message.handle) for message in inbox.messages] == [("", OPTED_OUT)]


async def test_a_webhook_with_retries_and_the_list_bring_the_same_message(twilio: TwilioServer, inbox: Inbox) -> None:
    async with listening(twilio, inbox, hook=f"{HOOK}#rc=5&rp=5xx,ct,rt"):
        await passes(twilio)
        inbox.down = True
        sid = twilio.write(ANN, "hi")
        await twilio.until(lambda: twilio.deliveries)
        inbox.down = False
        await twilio.until(lambda: inbox.messages)
        await twilio.quiet()
    assert {message.external_id for message in inbox.messages} == {sid}
