"""Rule x trade cases whose verdicts were worked out by hand; the files in tests/data are meant to be read."""

from pathlib import Path
from uuid import UUID

import pytest

from bot.auditing.checks import evaluate
from bot.rules.compiler import compiled
from tests.rule_cases import Case, Malformed, cases_of

DATA = Path(__file__).parent.parent / "data"
CASES = [case for path in sorted(DATA.glob("rule_cases*.txt")) for case in cases_of(path)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.place)
def test_verdict(case: Case) -> None:
    check = case.check if case.rule is None else compiled(case.rule)
    assert check is not None, f"not understood: {case.rule}"
    found = evaluate(check, case.facts, UUID(int=1))
    assert found.verdict == case.expected.verdict, found.evidence
    assert not case.expected.missing(found.evidence), found.evidence
    assert case.expected.severity in (None, found.severity)


def write(path: Path, text: str) -> list[Case]:
    (path / "cases.txt").write_text(text, encoding="utf-8")
    return cases_of(path / "cases.txt")


BLOCK = """\
check {"kind": "max_trades", "limit": 1}
before short 1 ES in=9:35 pnl=-1250.50 net
trade long 1 NQ in=10:00
is violated critical; trade 2; LIMIT  1
"""


def test_a_block_says_all_that_surrounds_its_trades(tmp_path: Path) -> None:
    first, second = write(tmp_path, BLOCK + "trade - - - closed\nis unclear\n\n# another\n" + "rule always a stop\n")
    assert (first.expected.verdict, first.expected.severity) == ("violated", "critical")
    assert first.expected.missing("Trade 2 of the day; limit 1.") == []
    assert first.expected.missing("Trade 2 of the day.") == ["LIMIT  1"]
    (other,) = first.facts.others
    assert (other.fields.pnl_basis, other.is_open, first.facts.this.is_open) == ("net", False, True)
    assert second.facts.trade.said() == {"pnl_basis": "gross"}
    assert second.facts.others == first.facts.others


@pytest.mark.parametrize(
    "text",
    [
        BLOCK + "is followed\n",  # a verdict without a trade
        BLOCK.replace("in=10:00", "at=10:00"),
        BLOCK.replace("in=10:00", "quickly"),
        BLOCK.replace("in=10:00", "in=25:00"),
        BLOCK.replace("violated", "broken"),
        BLOCK.replace("max_trades", "max_fun"),
        BLOCK.replace("before", "earlier"),
    ],
)
def test_a_line_that_is_not_in_the_format_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(Malformed, match=r"cases\.txt:\d"):
        write(tmp_path, text)
