"""What a button carries comes back, whole and in time."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts import buttons
from bot.texts.buttons import AllConfirmed, AllDropped, ChoicePicked, Command
from bot.texts.pressed import parse_button
from statemachine.conversation import Conversation, Draft, KnownTrade, Scene
from statemachine.events import (
    EVERY,
    AccountPicked,
    Confirmed,
    Denied,
    EditAsked,
    Filled,
    Picked,
    Skipped,
    Unfilled,
)
from statemachine.machine import step
from statemachine.plan import Plan
from statemachine.trade import TradeFields

NOW = datetime(2026, 3, 23, 14, 5, tzinfo=UTC)
LARGEST_ID = UUID(int=2**128 - 1)
PLAN = Plan(id=LARGEST_ID, fields=TradeFields(symbol="NQ"), planned_at=NOW)


def draft(revision: int = 1, **values: object) -> Draft:
    return Draft(id=uuid4(), fields=TradeFields(symbol="NQ"), said_at=NOW, revision=revision, **values)  # type: ignore[arg-type]


def test_one_draft() -> None:
    shown = draft(revision=7)
    assert parse_button(buttons.confirm(shown)) == Confirmed(draft_id=shown.id.hex, revision=7)
    assert parse_button(buttons.drop(shown)) == Denied(draft_id=shown.id.hex, revision=7)
    assert parse_button(buttons.edit(shown)) == EditAsked(draft_id=shown.id.hex, revision=7)


def test_all_that_was_shown() -> None:
    shown = (draft(), draft())
    yes, no = parse_button(buttons.confirm_all(shown)), parse_button(buttons.drop_all(shown))
    assert isinstance(yes, AllConfirmed)
    assert isinstance(no, AllDropped)
    assert yes.event(shown) == Confirmed()
    assert no.event(shown) == Denied()


def test_all_is_stale_once_anything_has_changed() -> None:
    first, second = draft(), draft()
    yes = parse_button(buttons.confirm_all((first, second)))
    assert isinstance(yes, AllConfirmed)
    for pending in ((first,), (second, first), (first, second, draft()), (first, second.changed(twin=False)), ()):
        assert not yes.matches(pending)
        turn = step(Conversation(), yes.event(pending), NOW, Scene(message_id=uuid4(), said_at=NOW, session_end=NOW))
        assert [say.key for say in turn.replies] == ["stale"]


def test_a_choice_among_open_trades() -> None:
    trades = tuple(KnownTrade(trade_id=uuid4(), fields=TradeFields(symbol="NQ")) for _ in range(3))
    shown = draft(kind="close", choices=trades)
    press = parse_button(buttons.pick(shown, 2))
    assert isinstance(press, ChoicePicked)
    picked = Picked(choice=trades[2].trade_id.hex, draft_id=shown.id.hex, revision=1)
    assert press.event((draft(), shown)) == picked
    assert press.event(()) == Picked(choice="", draft_id=shown.id.hex, revision=1)


def test_all_of_several() -> None:
    shown = draft(revision=3)
    pressed = {"draft_id": shown.id.hex, "revision": 3}
    assert parse_button(buttons.pick_all(shown)) == Picked(choice="all", **pressed)
    assert parse_button(buttons.account(shown, EVERY)) == AccountPicked(account=EVERY, **pressed)


@pytest.mark.parametrize(
    ("data", "meaning"),
    [
        (buttons.picture_of(LARGEST_ID), Picked(choice="f" * 32)),
        (buttons.picture_of(None), Picked(choice="new")),
        (buttons.filled(PLAN), Filled(plan_id="f" * 32)),
        (buttons.unfilled(PLAN), Unfilled(plan_id="f" * 32)),
        (buttons.SKIP, Skipped()),
        (buttons.undo(41), Command("undo", "41")),
        (buttons.redo(10**18 - 1), Command("redo", "9" * 18)),
        (buttons.link("VGL-A2B3"), Command("link_confirm", "VGL-A2B3")),
        (buttons.NOT_MINE, Command("link_decline")),
        (buttons.TRADES, Command("trades")),
        (buttons.take_preset("fn-2s", 5000, "0a1b2c3d", None), Command("limits_firm", "fn-2s:5000:0a1b2c3d")),
        (buttons.take_preset("fn-2s", 5000, "0a1b2c3d", "apex2"), Command("limits_firm", "fn-2s:5000:0a1b2c3d:apex2")),
        (buttons.LEAVE_LIMITS, Command("limits_leave")),
    ],
)
def test_the_others(data: str, meaning: object) -> None:
    assert parse_button(data) == meaning


def test_the_longest_fit_every_platform() -> None:
    longest = Draft(id=LARGEST_ID, fields=TradeFields(), said_at=NOW, revision=999_999_999)
    everything = (
        buttons.confirm(longest),
        buttons.drop_all([longest]),
        buttons.pick(longest, 999),
        buttons.picture_of(LARGEST_ID),
        buttons.undo(10**18 - 1),
        buttons.filled(PLAN),
        buttons.take_preset("x" * 16, 999_999_999, "f" * 8, "y" * 20),
    )
    assert all(len(data.encode()) <= buttons.MOST_BYTES for data in everything)
    assert all(parse_button(data) is not None for data in everything)


@pytest.mark.parametrize(
    "data",
    ["", "c", "c:1:2", f"c:{'f' * 32}", f"c:{'F' * 32}:1", f"c:{'f' * 32}:1\n", f"c:{'f' * 32}:-1", f"c:{'f' * 32}:١",
     f"ca:{'f' * 32}:xyz", "lp:old", "u", f"u:{'f' * 32}", "l:", "l:VGL A2B3", "ss", "x" * 65, "lf",
     "lf:fn-2s:5000", "lf:fn-2s:5e3:0a1b2c3d", "lf:fn-2s:5000:0a1b2c3d:", "lf:fn-2s:5000:0A1B2C3D",
     "lf:a b:1:0a1b2c3d", "pf:1", f"pf:{'f' * 32}:1", f"pn:{'F' * 32}"],
)  # fmt: skip
def test_what_is_not_ours_means_nothing(data: str) -> None:
    assert parse_button(data) is None


@given(st.text(max_size=80))
def test_any_text_is_parsed_without_an_error(data: str) -> None:
    parse_button(data)
