"""What a model claimed and nobody could find: it is asked for until it is said, and survives being stored."""

import json
from decimal import Decimal
from typing import get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from bot.reading import ReadContext, read
from bot.texts.english import ENGLISH
from db.conversations import dump_conversation, load_conversation
from statemachine.conversation import Conversation, Draft
from statemachine.events import Closed, Corrected, Detailed, Event, Reported
from statemachine.machine import step
from statemachine.trade import Doubted, TradeFields
from tests.situations import HELD, NOW, scene

NQ = TradeFields(symbol="NQ", direction="long", entry_price=Decimal(18250))
UNSURE = Reported(trades=(NQ, TradeFields(symbol="ES")), by_model=True, doubted=(("stop_loss", "pnl"), ()))


def after(*events: Event, around: str = "") -> tuple[Draft, ...]:
    conversation = Conversation()
    for event in events:
        conversation = step(conversation, event, NOW, scene(around)).conversation
    return conversation.drafts


def test_each_trade_has_its_own_doubts() -> None:
    assert [draft.doubted for draft in after(UNSURE)] == [("stop_loss", "pnl"), ()]


def test_what_is_said_is_in_doubt_no_longer() -> None:
    said = Corrected(fields=TradeFields(stop_loss=Decimal(18230)), which=1)
    first, _ = after(UNSURE, said)
    assert first.doubted == ("pnl",)
    assert first.by_model


def test_what_plain_code_began_and_the_model_completed_says_so() -> None:
    begun = Reported(trades=(TradeFields(symbol="NQ"),))
    added = Detailed(fields=TradeFields(direction="long", pnl=Decimal(5)), by_model=True, doubted=("stop_loss",))
    (draft,) = after(begun, added)
    assert (draft.by_model, draft.doubted) == (True, ("stop_loss",))
    (draft,) = after(begun, Detailed(fields=TradeFields(direction="long")))
    assert (draft.by_model, draft.doubted) == (False, ())


def test_a_close_by_the_model_says_so() -> None:
    closed = Closed(fields=TradeFields(exit_price=Decimal(18290)), by_model=True, doubted=("pnl",))
    (draft,) = after(closed, around="one open")
    assert (draft.trade_id, draft.by_model, draft.doubted) == (HELD.trade_id, True, ("pnl",))


def stored(doubted: object) -> tuple[Conversation, bool]:
    draft = Draft(id=UUID(int=1), fields=NQ, said_at=NOW, by_model=True, doubted=("stop_loss",))
    kept = dump_conversation(Conversation(state="awaiting_confirmation", drafts=(draft,), marker="draft:1"))
    pending = kept["pending_trade"] | {"doubted": doubted}
    return load_conversation(kept["state"], json.dumps(pending), json.dumps(kept["context"]))


def test_doubts_are_kept() -> None:
    conversation, valid = stored(["stop_loss", "pnl"])
    assert valid
    assert conversation.drafts[0].doubted == ("stop_loss", "pnl")


@pytest.mark.parametrize("doubted", [["password"], ["note"], "pnl", [1], {"pnl": 1}, [["pnl"]]])
def test_doubts_of_what_is_no_field_are_not_loaded(doubted: object) -> None:
    assert stored(doubted) == (Conversation(), False)


@pytest.mark.parametrize("name", get_args(Doubted))
def test_the_example_that_is_told_adds_it(name: str) -> None:
    """A symbol is missing besides, so it is asked for before anything is confirmed."""
    lacking = TradeFields(direction="long") if name == "symbol" else TradeFields(symbol="NQ", direction="long")
    state, missing = ("awaiting_details", {"symbol"}) if name == "symbol" else ("awaiting_confirmation", set[str]())
    context = ReadContext(state=state, drafts=(lacking,), missing=frozenset(missing), now=NOW, zone=ZoneInfo("UTC"))
    event = read(ENGLISH[f"doubted.{name}.example"], context)
    assert isinstance(event, Corrected | Detailed)
    assert event.fields.said().keys() == {name}
