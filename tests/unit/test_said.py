"""Whatever any code says has words: every key written down in bot/ and statemachine/, and the data beside it."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.texts.render import FOR_THE_TURN, RENDERERS

ROOT = Path(__file__).parents[2]
FOLDERS = ("bot", "statemachine")
SAYING = frozenset({"Say", "Refusal", "says", "say"})
"""Calls that begin with a key: Say(key, {...}), Refusal(key, {...}), call.says(key, x=…), work.say(key, x=…)."""


@dataclass(frozen=True, slots=True)
class Said:
    """One place where something is said. `names`: the data that goes with it; None where it is made elsewhere."""

    where: str
    keys: tuple[str, ...]
    names: frozenset[str] | None


def said_in(path: Path) -> Iterator[Said]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _name(node.func) in SAYING and node.args:
            keys = tuple(_keys(node.args[0]))
            if keys:
                yield Said(f"{path.relative_to(ROOT)}:{node.lineno}", keys, _names(node))


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _keys(argument: ast.expr) -> Iterator[str]:
    """A literal, both sides of a choice, or an f-string with undo and redo put in."""
    match argument:
        case ast.Constant(value=str(key)):
            yield key
        case ast.IfExp(body=body, orelse=orelse):
            yield from _keys(body)
            yield from _keys(orelse)
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), ast.FormattedValue()]):
            yield from (start + kind for kind in ("undo", "redo"))


def _names(call: ast.Call) -> frozenset[str] | None:
    if any(word.arg is None for word in call.keywords):
        return None  # **data
    keywords = {word.arg for word in call.keywords if word.arg != "about"}
    if len(call.args) < 2:
        return frozenset(name for name in keywords if name) if _name(call.func) in ("say", "says") else frozenset()
    data = call.args[1]
    if isinstance(data, ast.Dict) and all(isinstance(key, ast.Constant) for key in data.keys):
        return frozenset(str(key.value) for key in data.keys if isinstance(key, ast.Constant))
    return None


SAID = [said for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")) for said in said_in(path)]


def test_the_places_are_found() -> None:
    assert len(SAID) > 50
    assert {"confirm", "link_needs_email", "audit", "nothing_to_redo"} <= {key for said in SAID for key in said.keys}


@pytest.mark.parametrize("said", SAID, ids=[said.where for said in SAID])
def test_it_has_words_and_they_take_the_data(said: Said) -> None:
    for key in said.keys:
        assert key in RENDERERS
        if said.names is not None:
            data = dict.fromkeys(said.names - FOR_THE_TURN)
            inspect.signature(RENDERERS[key]).bind(None, **data)
