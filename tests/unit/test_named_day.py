"""The day a message names, and where it puts the trade."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from bot.accounts import Account
from bot.journal import day_of
from bot.reading import ReadContext, read
from db.conversations import dump_conversation, load_conversation
from statemachine.conversation import Conversation, Draft, KnownTrade
from statemachine.events import Closed, Corrected, Detailed, Reported
from statemachine.matching import changes
from statemachine.trade import TradeFields
from tests.unit.test_reading import NQ, OPEN_ES, asked_for, confirming, fields, idle

MONDAY = date(2026, 3, 9)
"""The day before the messages' own, a Tuesday."""
TIMED = replace(
    NQ, entry_time=datetime(2026, 3, 10, 14, 0, tzinfo=UTC), exit_time=datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
)


def only(text: str, context: ReadContext | None = None) -> TradeFields:
    """The one trade that a message reports."""
    event = read(text, context or idle())
    assert isinstance(event, Reported)
    (trade,) = event.trades
    return trade


@pytest.mark.parametrize(
    ("said", "day"),
    {
        "yesterday": MONDAY,
        "on monday": MONDAY,
        "last friday": date(2026, 3, 6),
        "last tuesday": date(2026, 3, 3),
        "2026-03-05": date(2026, 3, 5),
        "2/20": date(2026, 2, 20),
        "20/2": date(2026, 2, 20),
        "on 20 feb": date(2026, 2, 20),
        "feb 20th": date(2026, 2, 20),
        "20 november 2025": date(2025, 11, 20),
    }.items(),
)
def test_a_day_that_is_named(said: str, day: date) -> None:
    told = fields(symbol="NQ", direction="long", size="2", entry="18250", exit="18290")
    assert only(f"long 2 nq 18250 18290 {said}") == replace(told, day=day)
    assert only(f"{said}: long 2 nq 18250 18290").day == day


@pytest.mark.parametrize(
    "said", ["today", "3/5", "on tuesday", "12 march 2026", "on 20 august", "2026-02-30", "yesterday and today"]
)
def test_a_day_that_is_not_sure_is_not_taken(said: str) -> None:
    assert only(f"long 2 nq 18250 18290 {said}").day is None


def test_a_level_is_no_day() -> None:
    assert only("long nq 18250 at yesterday's high").day is None
    assert only("long nq 18250 at yesterday high").day is None


def test_times_are_of_the_day_that_is_named() -> None:
    trade = only("long 2 nq 18250 18290 yesterday entered 9:15 out 9:40")
    assert trade.entry_time == datetime(2026, 3, 9, 13, 15, tzinfo=UTC)
    assert trade.exit_time == datetime(2026, 3, 9, 13, 40, tzinfo=UTC)
    assert trade.day is None


@pytest.mark.parametrize("text", ["that was yesterday", "yesterday", "it was on monday", "no, yesterday"])
def test_a_day_told_afterwards(text: str) -> None:
    assert read(text, confirming(NQ)) == Corrected(fields=TradeFields(day=MONDAY))
    moved = TradeFields(
        entry_time=datetime(2026, 3, 9, 14, 0, tzinfo=UTC), exit_time=datetime(2026, 3, 9, 15, 0, tzinfo=UTC)
    )
    assert read(text, confirming(TIMED)) == Corrected(fields=moved)


def test_a_time_told_afterwards_is_of_the_draft_s_day() -> None:
    event = read("exit 15:40", confirming(replace(NQ, day=MONDAY)))
    assert event == Corrected(fields=TradeFields(exit_time=datetime(2026, 3, 9, 19, 40, tzinfo=UTC)))


@pytest.mark.parametrize("text", ["yesterday was a good day", "what a day yesterday", "lost 3k yesterday"])
def test_talk_of_a_day_moves_nothing(text: str) -> None:
    assert not isinstance(read(text, confirming(NQ)), Corrected)


def test_a_close_and_a_detail_have_their_day() -> None:
    closed = read("out at 5330 yesterday", idle(open_trades=(OPEN_ES,)))
    assert closed == Closed(fields=replace(fields(exit="5330"), day=MONDAY))
    asked = asked_for("exit_price", draft=fields(symbol="NQ", direction="long", entry="18250"))
    assert read("yesterday", asked) == Detailed(fields=TradeFields(day=MONDAY))


def test_the_journal_puts_the_trade_on_the_day_that_was_named() -> None:
    account = replace(Account.of({}), zone=ZoneInfo("America/New_York"))
    said_at = datetime(2026, 3, 10, 20, 0, tzinfo=UTC)
    assert day_of(NQ, said_at, account) == "2026-03-10"
    assert day_of(replace(NQ, day=MONDAY), said_at, account) == "2026-03-09"


def test_a_draft_keeps_its_day() -> None:
    said_at = datetime(2026, 3, 10, 20, 0, tzinfo=UTC)
    draft = Draft(id=UUID(int=1), kind="record", fields=replace(NQ, day=MONDAY), said_at=said_at)
    kept = dump_conversation(Conversation(state="awaiting_confirmation", drafts=(draft,)))
    loaded, valid = load_conversation(kept["state"], json.dumps(kept["pending_trade"]), json.dumps(kept["context"]))
    assert valid
    assert loaded.drafts == (draft,)


def test_a_report_that_is_read_anew_moves_no_recorded_day() -> None:
    recorded = KnownTrade(trade_id=UUID(int=1), fields=NQ)
    assert changes(recorded, replace(NQ, day=MONDAY)) is None
    assert changes(recorded, TradeFields(day=MONDAY)) == TradeFields(day=MONDAY)
    assert changes(replace(recorded, day=MONDAY), TradeFields(day=MONDAY)) is None
