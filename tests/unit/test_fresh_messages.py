"""Messages that the reader was tried on once before anything in it was changed for them: what it reads of them now.

`fresh_messages` and `blind_messages` were written by people who saw neither the reader nor its words.
"""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.reading import ReadContext, read
from bot.reading.jsonl import read_lines
from statemachine.events import Confirmed
from statemachine.trade import TradeFields
from tests.unit.test_language_messages import MESSAGES as LANGUAGE_MESSAGES
from tests.unit.test_language_messages import is_read

DATA = LANGUAGE_MESSAGES.parent
ANSWERS = ("confirm", "deny", "correction", "question")
FEWEST_TRADES = {"fresh_messages": 42, "blind_messages": 670}
FEWEST_ANSWERS = {"fresh_messages": 48, "blind_messages": 225}
MOST_TALK = {"fresh_messages": 0, "blind_messages": 0}
"""Messages of no trade that are taken for one."""
FEWEST_YESES = 95
"""Of 100, said with a feeling, a joke or in another language."""
NUMBERS = ("entry_price", "exit_price", "position_size", "stop_loss", "take_profit", "pnl", "commissions")


def records(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


FRESH = {name: records(name) for name in FEWEST_TRADES}
NEAR = records("near_answers")


def intent_of(record: dict[str, Any]) -> str:
    (line,) = read_lines([json.dumps(record)])
    return str(json.loads(line)["intent"])


def may_be(record: dict[str, Any]) -> set[str]:
    """The intents that are right."""
    return {record["gold"]["intent"], *record.get("alt", {}).get("intent", [])}


def is_taken_for_yes(record: dict[str, Any]) -> bool:
    """Whether a message of `near_answers` confirms beside the trade that waits."""
    pending = record["pending"]
    numbers = {name: Decimal(str(value)) for name in NUMBERS if (value := pending[name]) is not None}
    draft = TradeFields(symbol=pending["symbol"], direction=pending["direction"], **numbers)
    context = ReadContext(
        state="awaiting_confirmation", drafts=(draft,), now=datetime(2025, 6, 4, 15, tzinfo=UTC), zone=ZoneInfo("UTC")
    )
    return isinstance(read(record["text"], context), Confirmed)


@pytest.mark.parametrize("name", FRESH)
def test_trades_are_read(name: str) -> None:
    trades = [record for record in FRESH[name] if record["gold"]["intent"] == "trade"]
    missed = [record["id"] for record in trades if not is_read(record)]
    assert len(trades) - len(missed) >= FEWEST_TRADES[name], missed


@pytest.mark.parametrize("name", FRESH)
def test_answers_are_understood(name: str) -> None:
    answers = [record for record in FRESH[name] if record["gold"]["intent"] in ANSWERS]
    missed = [record["id"] for record in answers if intent_of(record) not in may_be(record)]
    assert len(answers) - len(missed) >= FEWEST_ANSWERS[name], missed


@pytest.mark.parametrize("name", FRESH)
def test_talk_is_no_trade(name: str) -> None:
    talk = [record for record in FRESH[name] if not may_be(record) & {"trade", "correction"}]
    taken = [record["id"] for record in talk if intent_of(record) in ("trade", "correction")]
    assert len(taken) <= MOST_TALK[name], taken


def test_nothing_but_a_yes_confirms() -> None:
    told = [record for records_ in FRESH.values() for record in records_]
    assert [r["text"] for r in told if intent_of(r) == "confirm" and "confirm" not in may_be(r)] == []
    assert [r["text"] for r in NEAR if not r["confirms"] and is_taken_for_yes(r)] == []


def test_a_yes_may_be_chatty() -> None:
    missed = [record["text"] for record in NEAR if record["confirms"] and not is_taken_for_yes(record)]
    assert sum(record["confirms"] for record in NEAR) - len(missed) >= FEWEST_YESES, missed
