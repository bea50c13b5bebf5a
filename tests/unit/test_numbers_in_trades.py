"""Which number is what in single reports and plans, in the words and layouts of many traders."""

import json
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from bot.reading.jsonl import read_lines

CASES = Path(__file__).parent.parent / "data" / "number_cases.txt"
NAMES = {
    "in": "entry_price", "out": "exit_price", "size": "position_size", "sl": "stop_loss", "tp": "take_profit",
    "pnl": "pnl", "fees": "commissions",
}  # fmt: skip
LISTS = {"tps": "take_profits", "range": "entry_range"}
TITLES = ("Reports", "Plans and signals")
SMALLEST = 1e-6


def cases(title: str) -> list[tuple[str, str]]:
    """The messages and facts under a title."""
    below = CASES.read_text(encoding="utf-8").split(f"\n# {title}\n", maxsplit=1)[1].splitlines()
    lines = takewhile(lambda line: line.removeprefix("# ") not in TITLES, below)  # a message may begin with "# " itself
    told = (line.rpartition(" => ") for line in lines if line)
    return [(text.replace("\\n", "\n"), facts) for text, _, facts in told]


def amiss(text: str, facts: str) -> list[str]:
    """What is read otherwise than the facts say."""
    (line,) = read_lines([json.dumps({"id": 1, "text": text})])
    trades = json.loads(line)["trades"]
    if len(trades) != 1:
        return [f"{len(trades)} trades"]
    (read,), (symbol, side, *rest) = trades, facts.split()
    said = dict(fact.split("=") for fact in rest)
    wrong = [name for name, right in (("symbol", symbol), ("direction", side)) if not fits(read[name], right)]
    wrong += [name for short, name in NAMES.items() if not fits(read[name], said.get(short, right_without(name)))]
    return wrong + [name for short, name in LISTS.items() if short in said and not lists(read.get(name), said[short])]


def right_without(name: str) -> str:
    """What may be read of a fact that is not said."""
    return "-|*" if name == "pnl" else "-"


def fits(read: Any, right: str) -> bool:
    """Whether a fact is one of those that are right."""
    return any(is_one(read, value) for value in right.split("|"))


def is_one(read: Any, right: str) -> bool:
    if right in ("-", "*") or read is None:
        return right == "*" or (read is None and right == "-")
    return read == right if isinstance(read, str) else abs(read - float(right)) < SMALLEST


def lists(read: list[float] | None, right: str) -> bool:
    return sorted(read or []) == sorted(map(float, right.split("/")))


@pytest.mark.parametrize("title", TITLES)
def test_every_number_is_what_it_is(title: str) -> None:
    told = cases(title)
    assert told
    assert {text: wrong for text, facts in told if (wrong := amiss(text, facts))} == {}


@pytest.mark.parametrize(
    ("text", "entered", "left"),
    [
        ("MNQ 3 short 21540 flat 21522 (9:41-9:55am)", "9:41", "9:55am"),
        ("YM 1 long 42110 out 42160 (10:02 - 10:31)", "10:02", "10:31"),
        ("sell 0.50 eurusd 1.0850 close 1.0822 open 08:15 closed 11:40 profit 140", "08:15", "11:40"),
        ("opened 9:35 closed 9:52: long 2 mes 6010.25 to 6014.50", "9:35", "9:52"),
        ("long 1 es 6010 out 6014 10:26", None, "10:26"),
    ],
)
def test_which_time_is_which(text: str, entered: str | None, left: str) -> None:
    (line,) = read_lines([json.dumps({"id": 1, "text": text})])
    (trade,) = json.loads(line)["trades"]
    assert (trade["entry_time"], trade["exit_time"]) == (entered, left)


@pytest.mark.parametrize(
    ("text", "pnl"),
    [("scratched nq long 21500", 0), ("scratched it more or less, eth long 3021.25 out 3021.75", None)],
)
def test_what_was_scratched_made_nothing_where_its_prices_say_so(text: str, pnl: int | None) -> None:
    (line,) = read_lines([json.dumps({"id": 1, "text": text})])
    assert json.loads(line)["trades"][0]["pnl"] == pnl


def test_what_is_read_otherwise_is_found() -> None:
    assert amiss("es long 6010 out 6012, 2 lots", "ES long in=6010 out=6012 size=2") == []
    assert amiss("es long 6010 out 6012, 2 lots", "ES short in=6010 out=6014") == [
        "direction",
        "exit_price",
        "position_size",
    ]
    assert amiss("good morning", "ES long") == ["0 trades"]
