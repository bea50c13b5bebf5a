"""Buttons beside rules and verdicts come back as what was asked for, and of what; nothing else does."""

from typing import get_args
from uuid import UUID

import pytest

from bot.commands.overriding import pressed as verdict_pressed
from bot.commands.rules import PRESSED
from bot.rules.compiler import compiled
from bot.rules.kinds import Single
from bot.rules.readings import CATEGORIES, category_of, check_of, dump_check, load_check
from bot.rules.rulebook import lines_of, moved
from bot.texts import buttons
from bot.texts.buttons import MOST_BYTES, Command
from bot.texts.pressed import parse_button
from db.audits import Rule

ID = UUID(int=2**128 - 1)
HEX = "f" * 32
HALF = "f" * 16
DIGEST = "0123456789abcdef"


@pytest.mark.parametrize(
    ("data", "meaning"),
    [
        (buttons.rules_page(9999), Command("rules", "9999")),
        (buttons.of_rule("show", ID), Command("rule_pressed", f"show {HEX}")),
        (buttons.of_rule("pause", ID), Command("rule_pressed", f"pause {HEX}")),
        (buttons.of_rule("resume", ID), Command("rule_pressed", f"resume {HEX}")),
        (buttons.of_rule("back", ID), Command("rule_pressed", f"back {HEX}")),
        (buttons.move_rule(ID, 9999), Command("rule_pressed", f"move {HEX} 9999")),
        (buttons.of_reading("right", ID, DIGEST), Command("rule_pressed", f"right {HEX} {DIGEST}")),
        (buttons.of_reading("wrong", ID, DIGEST), Command("rule_pressed", f"wrong {HEX} {DIGEST}")),
        (buttons.of_reading("check", ID, DIGEST), Command("rule_pressed", f"check {HEX} {DIGEST}")),
        (buttons.disagree(ID), Command("verdict_pressed", f"list {HEX} 1")),
        (buttons.disagree(ID, 12), Command("verdict_pressed", f"list {HEX} 12")),
        (buttons.of_verdict("show", ID, ID), Command("verdict_pressed", f"show {HEX} {HALF}")),
        (buttons.of_verdict("followed", ID, ID), Command("verdict_pressed", f"followed {HEX} {HALF}")),
        (buttons.of_verdict("violated", ID, ID), Command("verdict_pressed", f"violated {HEX} {HALF}")),
        (buttons.of_verdict("back", ID, ID), Command("verdict_pressed", f"back {HEX} {HALF}")),
        (buttons.verdict_reason(ID, ID, 3), Command("verdict_pressed", f"reason {HEX} {HALF} 3")),
    ],
)
def test_what_is_pressed_comes_back(data: str, meaning: Command) -> None:
    assert parse_button(data) == meaning
    assert len(data.encode()) <= MOST_BYTES
    beside, asked = meaning.name, (meaning.argument or "").split()[0]
    assert beside != "rule_pressed" or asked in PRESSED
    assert callable(verdict_pressed)


@pytest.mark.parametrize(
    "data",
    ["rl:0", "rl:", "rl:10000", f"rp:{'f' * 31}", f"rp:{HEX}:1", f"rm:{HEX}", f"rm:{HEX}:0", f"rm:{HEX}:99999",
     f"ry:{HEX}", f"ry:{HEX}:xyz", f"vd:{HEX}", f"vr:{HEX}:a", f"vr:{HEX}:{HALF}", f"vr:{HEX}:{HALF}:0",
     f"vs:{HEX}", f"vf:{HEX}:{HEX}", f"vx:{HEX}", f"rz:{HEX}", "rp", f"RP:{HEX}"],
)  # fmt: skip
def test_what_is_not_ours_means_nothing(data: str) -> None:
    assert parse_button(data) is None


# ---- lines and places


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("always use a stop", ["always use a stop"]),
        (" - one\n\u2022 two\n3. three\n4) four\n(5) five\n\n", ["one", "two", "three", "four", "five"]),
        ("Max 3 trades\nmax 3  trades.\nMAX 3 TRADES", ["Max 3 trades"]),
        ("2R or better\n1:2 at least\n5 minis at most", ["2R or better", "1:2 at least", "5 minis at most"]),
        ("-\n...\n \n", []),
        ("", []),
    ],
)
def test_the_rules_of_a_message(text: str, rules: list[str]) -> None:
    assert lines_of(text) == rules


A, B, C, D, P = (UUID(int=n) for n in range(5))


@pytest.mark.parametrize(
    ("rule", "place", "order"),
    [
        (A, 1, [A, B, P, C, D]),
        (A, 2, [B, P, A, C, D]),
        (A, 4, [B, P, C, D, A]),
        (A, 99, [B, P, C, D, A]),
        (D, 1, [D, A, B, P, C]),
        (C, 2, [A, C, B, P, D]),
        (C, 4, [A, B, P, D, C]),
    ],
)
def test_a_rule_is_moved_among_the_active_ones(rule: UUID, place: int, order: list[UUID]) -> None:
    before = [(A, True), (B, True), (P, False), (C, True), (D, True)]
    assert moved(before, rule, place) == order
    active = [found for found in moved(before, rule, place) if found != P]
    assert active.index(rule) == min(place, 4) - 1


# ---- readings


def rule(text: str, check: str | None = None, *, dismissed: bool = False) -> Rule:
    return Rule(ID, text, 1, check, dismissed)


def test_which_check_decides() -> None:
    """Plain code before the model; nothing where the trader says that plain code is wrong."""
    longs, stop = compiled("only longs"), compiled("always use a stop")
    assert longs is not None
    assert stop is not None
    assert check_of(rule("only longs")) == longs
    assert check_of(rule("only longs", dump_check(stop))) == longs
    assert check_of(rule("only longs", dismissed=True)) is None
    assert check_of(rule("my very own words")) is None
    assert check_of(rule("my very own words", dump_check(stop))) == stop


@pytest.mark.parametrize(
    "stored", ["", "{}", "null", "[]", '{"kind": "no_such_kind"}', '{"kind": "max_size"}', "{" * 50]
)
def test_a_stored_check_that_does_not_fit_leaves_the_rule_to_the_judge(stored: str) -> None:
    assert load_check(stored) is None
    assert check_of(rule("my very own words", stored)) is None


def test_every_check_is_stored_and_read_back() -> None:
    for text in ("no trades after 11:30", "max 3 trades a day and only longs", "risk at most 1%", "only nq and es"):
        check = compiled(text)
        assert check is not None
        assert load_check(dump_check(check)) == check


def test_no_kind_of_check_is_without_a_category() -> None:
    kinds = {kind.model_fields["kind"].default for kind in get_args(Single)}
    assert kinds <= CATEGORIES.keys()
    assert category_of("whatever", None) == "entry"
