"""Rules that were written without sight of the compiler: most are read, none is misread."""

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from bot.rules.compiler import compiled
from bot.rules.kinds import AllOf, Check

DATA = Path(__file__).parent.parent / "data"
FILES = sorted(DATA.glob("rule_wordings_fresh_*.txt"))
CHECK: TypeAdapter[Check] = TypeAdapter(Check)
JUDGE = "judge"


def answers(path: Path) -> dict[str, list[Check | None]]:
    """By rule; None: the judge."""
    found: dict[str, list[Check | None]] = {}
    rule = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if word == "rule":
            rule = rest.strip()
            found[rule] = []
        elif word in ("is", "or"):
            found[rule].append(None if rest.strip() == JUDGE else CHECK.validate_json(rest))
    return found


def same(check: Check | None, other: Check | None) -> bool:
    """Conditions have no order."""
    if isinstance(check, AllOf) and isinstance(other, AllOf):
        return sorted(map(repr, check.checks)) == sorted(map(repr, other.checks)) or set(check.checks) == set(
            other.checks
        )
    return check == other


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_none_is_misread_and_most_are_read(path: Path) -> None:
    rules = answers(path)
    read = {rule: compiled(rule) for rule in rules}
    right = [rule for rule, expected in rules.items() if any(same(read[rule], one) for one in expected)]
    misread = [rule for rule in rules if rule not in right and read[rule] is not None]
    assert len(rules) >= 60
    assert misread == []
    assert len(right) / len(rules) >= 0.85, sorted(set(rules) - set(right))
