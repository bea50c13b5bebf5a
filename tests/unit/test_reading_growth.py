"""No text takes the reader long: eight times the text takes about eight times the time, whatever it is made of.

Time is that of the processor, the best of several, and what looks too slow is measured again: only what is slow every
time fails. A quadratic pattern would take sixty-four times as long.
"""

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import bot.reading
from bot.reading import LONGEST_TEXT, read
from tests.messages import CONTEXTS

TIMES = 8
MOST = 2.5 * TIMES
SHORT = 480
"""Characters; eight times as many are just under LONGEST_TEXT."""
SHORT_FOR_ALL = 240
UNNOTICED = 0.0005
"""Seconds; what is over so soon may grow as it likes."""
BEST_OF = 3
MEASURED = 4

ANCHORED = {"match", "fullmatch"}

PIECES = (
    *(
        "1",
        "12 ",
        "1.",
        "1,",
        "1'",
        "1 234 ",
        "1.234,5 ",
        ".5",
        "-1",
        "+1 ",
        "$1 ",
        "1k ",
        "1e1",
        "1x",
        "x1 ",
        "1-",
        "1/1/",
    ),
    *(
        "1:1",
        "9:31 ",
        "1 jan ",
        "jan 1 ",
        "1st ",
        "2026-03-",
        " ",
        "\t",
        "\n",
        "a",
        "A",
        "a ",
        "aA1",
        "a'",
        "ab.",
        "a@b.",
    ),
    *("@a", "http://a", "www.", ".", ",", "-", ">", "(", "(1)", "'", '"', "/", "é", "ſ", "👍", "\u200b", "中", "６"),
    *(
        "long ",
        "nq ",
        "sl ",
        "tp1 ",
        "entry 1 ",
        "out ",
        "and a ",
        "eur/usd ",
        "2 nq long 18250 > 18290\n",
        "yes ",
        "not ",
    ),
    *("5320-5325 ", "20 points ", "9:31 am ", "no ", "in 1 out 2 ", "l o n g ", "s.l. ", "(((", '{["a":1,'),
)
ENDS = ("", "!")
"""A pattern that fails only at the end has tried everything before."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A pattern of the reader's; `anchored`: it is tried at one place of a text only."""

    module: str
    pattern: re.Pattern[str]
    anchored: bool

    def __str__(self) -> str:
        return f"{self.module} {self.pattern.pattern[:40]!r}"

    def try_on(self, text: str) -> None:
        self.pattern.match(text)
        self.pattern.fullmatch(text)
        if not self.anchored:
            for _ in self.pattern.finditer(text):
                pass


def expressions() -> Iterator[Expression]:
    """Every one of the reader's modules: those kept under names, and those written in calls."""
    seen: set[tuple[str, int]] = set()
    for found in pkgutil.walk_packages(bot.reading.__path__, "bot.reading."):
        module = importlib.import_module(found.name)
        assert module.__file__ is not None
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        kept = ((pattern, _uses(tree, name)) for name, value in vars(module).items() for pattern in _kept(value))
        for pattern, uses in (*kept, *_called(tree)):
            if (key := (pattern.pattern, pattern.flags)) not in seen:
                seen.add(key)
                yield Expression(found.name.removeprefix("bot.reading."), pattern, bool(uses) and uses <= ANCHORED)


def _uses(tree: ast.AST, name: str) -> set[str]:
    """The methods that are called of a name."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    }


def _kept(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _kept(each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _kept(each)


def _called(tree: ast.AST) -> Iterator[tuple[re.Pattern[str], set[str]]]:
    """`re.sub("…", …)` and the like; what `re.compile` makes is kept under a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            module, first = node.func.value, node.args[0]
            written = isinstance(first, ast.Constant) and isinstance(first.value, str)
            if written and isinstance(module, ast.Name) and module.id == "re" and node.func.attr != "compile":
                yield re.compile(ast.literal_eval(first)), {node.func.attr}


FOUND = tuple(expressions())


def _repeated(piece: str, length: int, end: str) -> str:
    return (piece * (length // len(piece) + 1))[:length] + end


def _seconds(run: Callable[[], object]) -> float:
    times = []
    for _ in range(BEST_OF):
        began = time.process_time()
        run()
        times.append(time.process_time() - began)
    return min(times)


def growth(run: Callable[[str], object], piece: str, end: str, length: int) -> float:
    """How many times as long the longer text takes, at the least of several measurements; 0 where nobody notices."""
    short, long = _repeated(piece, length, end), _repeated(piece, TIMES * length, end)
    least = float("inf")
    for _ in range(MEASURED):
        took = _seconds(lambda: run(long))
        if took < UNNOTICED:
            return 0.0
        least = min(least, took / max(_seconds(lambda: run(short)), UNNOTICED / TIMES))
        if least <= MOST:
            break
    return least


@pytest.mark.parametrize("expression", FOUND, ids=str)
def test_an_expression_takes_time_linear_in_the_text(expression: Expression) -> None:
    for piece in PIECES:
        for end in ENDS:
            assert growth(expression.try_on, piece, end, SHORT) <= MOST, (piece, end)


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_reading_takes_time_linear_in_the_text(piece: str) -> None:
    for name, end in (("idle", ""), ("two drafts", ""), ("idle", "$1,5")):
        grown = growth(lambda text, name=name: read(text, CONTEXTS[name]), piece, end, SHORT_FOR_ALL)  # type: ignore[misc]
        assert grown <= MOST, (name, end)
        assert read(_repeated(piece, LONGEST_TEXT, ""), CONTEXTS[name]) is not None


def test_a_slow_expression_is_found() -> None:
    slow = re.compile(r"(?:a+)+b|\d+[a-z]*\d+x|\s*\n")
    assert growth(lambda text: slow.search(text), " ", "", SHORT) > MOST
    assert len(FOUND) > 5
