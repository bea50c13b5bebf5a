"""How a value came about: kept with the facts through every change, and dropped once it no longer holds."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.auditing.result import digest
from db.conversations import dump_conversation, load_conversation
from statemachine.conversation import Conversation
from statemachine.events import Closed, Corrected, Reported
from statemachine.machine import step
from statemachine.matching import changes
from statemachine.trade import FIELD_NAMES, Derived, TradeFields
from tests.situations import HELD, NOW, RECORDED, WHOLE, draft, scene

STOP = Derived("stop_loss", "distance", "stop 20 pts")
EXIT = Derived("exit_price", "shorthand", "85")
READ = replace(WHOLE, stop_loss=Decimal(18230), derived=(STOP, EXIT))


def test_it_is_no_fact():
    assert "derived" not in FIELD_NAMES
    assert "derived" not in READ.said()
    assert replace(READ, derived=()) == READ
    assert READ.how("stop_loss") == STOP
    assert READ.how("entry_price") is None
    assert digest(READ) == digest(replace(READ, derived=()))  # an audit is of the facts


@pytest.mark.parametrize(
    ("said", "left"),
    [
        pytest.param(TradeFields(note="fomo"), (STOP, EXIT), id="another field"),
        pytest.param(TradeFields(stop_loss=Decimal(18225)), (EXIT,), id="the field itself"),
        pytest.param(TradeFields(entry_price=Decimal(18255)), (EXIT,), id="what a distance is from"),
        pytest.param(
            TradeFields(exit_price=Decimal(18295), derived=(Derived("exit_price", "shorthand", "95"),)),
            (STOP, Derived("exit_price", "shorthand", "95")),
            id="derived anew",
        ),
    ],
)
def test_what_is_said_anew_loses_how_it_came_about(said: TradeFields, left: tuple[Derived, ...]):
    assert READ.merged(said).derived == left


def test_what_is_cleared_loses_how_it_came_about():
    cleared = READ.without(frozenset({"stop_loss"}))
    assert cleared.stop_loss is None
    assert cleared.derived == (EXIT,)


def test_it_waits_with_the_draft():
    waiting = Conversation(state="awaiting_confirmation", drafts=(draft(1, READ),))
    loaded, valid = load_conversation(*texts(dump_conversation(waiting)))
    assert valid
    assert loaded.drafts[0].fields.derived == (STOP, EXIT)


def texts(dumped: dict[str, Any]) -> tuple[str, str, str]:
    return str(dumped["state"]), json.dumps(dumped["pending_trade"]), json.dumps(dumped["context"])


def test_a_draft_of_before_has_none():
    waiting = Conversation(state="awaiting_confirmation", drafts=(draft(1),))
    dumped = dump_conversation(waiting)
    del dumped["pending_trade"]["fields"]["derived"]
    loaded, valid = load_conversation(*texts(dumped))
    assert valid
    assert loaded.drafts[0].fields.derived == ()


def test_a_correction_of_the_draft_takes_its_own_along():
    waiting = step(Conversation(), Reported(trades=(READ,)), NOW, scene()).conversation
    corrected = Corrected(fields=TradeFields(stop_loss=Decimal(18240), derived=(Derived("stop_loss", "r", "1R"),)))
    fields = step(waiting, corrected, NOW, scene()).conversation.drafts[0].fields
    assert fields.derived == (EXIT, Derived("stop_loss", "r", "1R"))


def test_a_close_keeps_what_is_its_own():
    out = replace(READ, position_size=None, direction=None, symbol=None, entry_price=None)
    turn = step(Conversation(), Closed(fields=out), NOW, scene(open_trades=(HELD,)))
    fields = turn.conversation.drafts[0].fields
    assert fields.stop_loss is None  # the open trade's
    assert fields.derived == (EXIT,)


def test_an_edit_keeps_what_it_changes():
    changed = changes(RECORDED, READ)
    assert changed is not None
    assert changed == TradeFields(stop_loss=Decimal(18230))
    assert changed.derived == (STOP,)
    assert changes(RECORDED, WHOLE) is None
