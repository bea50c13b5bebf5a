"""The promises of a reading object to what was made up, and to nothing that was said."""

from decimal import Decimal

import pytest

from bot.reading import read
from statemachine.events import Chatted, Confirmed, Event, Reported, Unread
from statemachine.trade import TradeFields
from tests.messages import CONTEXTS, real_messages
from tests.million import Report, compare, prove_reading
from tests.reading_promises import objections

IDLE, DRAFT, DRAFTS = CONTEXTS["idle"], CONTEXTS["one draft"], CONTEXTS["two drafts"]


def reported(**numbers: str) -> Event:
    return Reported(trades=(TradeFields(**{name: Decimal(value) for name, value in numbers.items()}),))


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("nq 18.250,5 > 18'290", reported(entry_price="18250.5", exit_price="18290")),
        ("nq 18,250 > 18 290", reported(entry_price="18250", exit_price="18290")),
        ("１８２５０ to 18.3k", reported(entry_price="18250", exit_price="18300")),
        ("in 21450 out 85", reported(entry_price="21450", exit_price="21485")),
        ("in 1.0850 out 72", reported(entry_price="1.0850", exit_price="1.0872")),
        ("in 19990 out 10", reported(entry_price="19990", exit_price="20010")),
        ("zone 2403-2409", reported(entry_price="2406")),
        ("long 5320, 5 points stop", reported(entry_price="5320", stop_loss="5315")),
        ("long 1.0850, 20 pips stop", reported(entry_price="1.0850", stop_loss="1.0830")),
        ("18250 stop 18230, out at 2R", reported(entry_price="18250", stop_loss="18230", exit_price="18290")),
        ("2 at 5330, 1 at 5336", reported(position_size="3", exit_price="5332")),
        ("two at 5330 and two at 5336, lost 300", reported(position_size="4", exit_price="5333", pnl="-300")),
        ("5412½ x2", reported(entry_price="5412.5", position_size="2")),
        ("nq (420)", reported(pnl="-420")),
        ("out BE", reported(pnl="0")),
        ("18250 > 18240 100", reported(entry_price="18250", exit_price="18240", pnl="-100")),
    ],
)
def test_what_is_said_or_follows_is_no_fault(text: str, event: Event) -> None:
    assert list(objections(text, IDLE, event)) == []


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("nq 18250", reported(entry_price="18251")),
        ("nq 18250", reported(entry_price="18250", exit_price="18290")),
        ("nq 18250 > 18290", reported(entry_price="18250", exit_price="18290", position_size="2")),
        ("in 565 exit 1.2513", reported(entry_price="565", exit_price="601.2513")),
        ("in 2123.1 out 6.1", reported(entry_price="2123.1", exit_price="2106.1")),
        ("7 and 77", reported(entry_price="42")),
        ("nq 420", reported(pnl="-420")),
        ("nq 420", reported(pnl="0")),
        ("18250 > 18240 +100", reported(entry_price="18250", exit_price="18240", pnl="-100")),
        ("stop -5", reported(stop_loss="-5")),
        ("nq 1e999", reported(entry_price="Infinity")),
    ],
)
def test_what_was_made_up_is_one(text: str, event: Event) -> None:
    assert list(objections(text, IDLE, event)) != []


@pytest.mark.parametrize(
    "text", ["yes", "Yesss!", "ok 👍", "sí, gracias", "no problem, looks right", "ja passt", "✅🔥"]
)
def test_assent_confirms(text: str) -> None:
    assert list(objections(text, DRAFT, Confirmed())) == []


@pytest.mark.parametrize(
    "text",
    ["no", "yes?", "yes but the exit was 5", "no it is", "thanks", "yes 👎", "yesterday", "ok whatever", "18250"],
)
def test_nothing_else_does(text: str) -> None:
    assert list(objections(text, DRAFT, Confirmed())) != []


def test_one_of_several_is_named() -> None:
    assert list(objections("confirm 2", DRAFTS, Confirmed(which=2))) == []
    assert list(objections("all of them", DRAFTS, Confirmed())) == []


def test_real_messages_keep_the_promises() -> None:
    for text in real_messages():
        for context in CONTEXTS.values():
            assert list(objections(text, context, read(text, context))) == [], text


def test_nothing_raises() -> None:
    """A thousandth of the million, always the same."""
    report = prove_reading(seed=1, count=1000, jobs=1)
    assert report.messages.total() == 1000
    assert report.readings == 3000
    assert report.found["raised"] == 0, report.faults
    assert report.exact == report.messages["trade"], report.faults


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (reported(entry_price="18250", exit_price="18290"), None),
        (reported(entry_price="18290", exit_price="18250"), "misread"),
        (Chatted(), "misread"),
        (Unread(understood=TradeFields(entry_price=Decimal(18250))), "asked"),
    ],
)
def test_a_whole_trade_that_is_not_read_back_is_shown(event: Event, kind: str | None) -> None:
    report, told = Report(), TradeFields(entry_price=Decimal(18250), exit_price=Decimal(18290))
    compare("18250 > 18290", told, event, report)
    assert report.exact == (kind is None)
    assert report.found == ({kind: 1} if kind else {})
    assert [fault.partition(":")[0] for fault in report.faults] == ([kind] if kind else [])
