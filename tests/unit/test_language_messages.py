"""What traders write in Spanish, Portuguese, French, German and Russian, with what it says."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.reading.jsonl import read_lines

MESSAGES = Path(__file__).parent.parent / "data" / "language_messages.jsonl"
RECORDS: list[dict[str, Any]] = [json.loads(line) for line in MESSAGES.read_text(encoding="utf-8").splitlines()]
FACTS = ("symbol", "direction", "entry_price", "exit_price", "position_size", "stop_loss", "take_profit", "pnl")
FLOORS = {"es": 0.84, "pt": 0.84, "fr": 0.84, "de": 0.84, "ru": 0.84}
"""The part of the trades of each language of which every fact is read, at least."""
SMALLEST = 1e-5


def fits(read: Any, right: Any) -> bool:
    """The same fact; a computed price need not be as long as the one that was written down."""
    if isinstance(right, int | float) and isinstance(read, int | float):
        return abs(read - right) <= SMALLEST * max(abs(right), 1)
    return bool(read == right)


def is_read(record: dict[str, Any]) -> bool:
    """Whether every fact of every trade of the message was read."""
    (line,) = read_lines([json.dumps(record)])
    answer, gold, also = json.loads(line), record["gold"], record.get("alt", {})
    wanted = gold.get("trades", [gold])
    others = also.get("trades", [also] * len(wanted))
    return len(answer["trades"]) == len(wanted) and all(
        any(fits(trade[name], value) for value in (right[name], *or_else.get(name, [])))
        for trade, right, or_else in zip(answer["trades"], wanted, others, strict=True)
        for name in FACTS
    )


def test_every_language_has_as_many_messages() -> None:
    assert set(Counter(record["lang"] for record in RECORDS).values()) == {45}


@pytest.mark.parametrize("language", FLOORS)
def test_trades_are_read(language: str) -> None:
    trades = [r for r in RECORDS if r["lang"] == language and r["gold"]["is_trade"] and r["kind"] != "correction"]
    missed = [record["id"] for record in trades if not is_read(record)]
    assert 1 - len(missed) / len(trades) >= FLOORS[language], missed


@pytest.mark.parametrize("language", FLOORS)
def test_talk_is_no_trade(language: str) -> None:
    for record in RECORDS:
        if record["lang"] == language and record["kind"] in ("chatter", "question"):
            (line,) = read_lines([json.dumps(record)])
            assert not json.loads(line)["is_trade"], record["id"]
