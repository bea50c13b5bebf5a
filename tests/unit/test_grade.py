"""What a rule is worth: the formula against a calculation of its own, and what holds whatever the trades were."""

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.grade import FEWEST, NOTHING, Sample, grade_of, track_record, worth
from bot.trading.pnl import Outcome

GRADES = "FDCBA"
money = st.integers(-100_000, 100_000).map(lambda cents: Decimal(cents) / 100)
results = st.lists(money, max_size=30)


def samples(kept: list[int], broken: list[int]) -> list[Sample]:
    def outcome(pnl: int) -> Outcome:
        return "win" if pnl > 0 else "loss" if pnl < 0 else "scratch"

    return [Sample(True, Decimal(pnl), outcome(pnl)) for pnl in kept] + [
        Sample(False, Decimal(pnl), outcome(pnl)) for pnl in broken
    ]


@pytest.mark.parametrize(
    ("kept", "broken", "grade"),
    [
        # two dollars won for each one lost while it is followed, never broken
        ([200, 200, 200, -100, -200], [], "A"),
        # a small edge when followed, never broken
        ([120, 120, 120, -100, -100, -100], [], "C"),
        ([150, 150, 150, -100, -100, -100], [], "B"),
        # following it loses a little, breaking it loses much: it is worth following
        ([100, -100, 100, -120], [-400, -500, -300, -400], "B"),
        ([100, -100, 100, -120], [-400, -500, -300, -400] * 4, "A"),
        # it makes no difference
        ([100, -100, 100, -100], [100, -100, 100, -100], "C"),
        # breaking it pays more
        ([100, -100, 100, -100], [300, 300, -100, 400], "D"),
        # following it costs money, breaking it makes money
        ([-100, -200, -100, 50], [300, 300, 400, 500], "F"),
        # never followed: each time it was broken, money was lost
        ([], [-100, -100, -100, -100, -100], "A"),
        ([], [100, 100, 100, 100, 100], "F"),
        ([0, 0, 0, 0, 0], [], "C"),
    ],
)
def test_what_the_grades_mean(kept: list[int], broken: list[int], grade: str) -> None:
    assert track_record(samples(kept, broken)).grade == grade


def test_one_broken_trade_decides_nothing() -> None:
    kept = [150, 150, 150, -100, -100, -100] * 4
    alone, with_one = track_record(samples(kept, [])), track_record(samples(kept, [-10_000]))
    assert (alone.grade, with_one.grade) == ("B", "B")
    assert track_record(samples(kept, [100])).grade == "B"


def test_nothing_is_graded_on_four_samples() -> None:
    few = track_record(samples([500, 500, 500], [-500]))
    assert (few.grade, few.needed, few.samples) == (None, 1, 4)
    assert (few.win_rate, few.avg_pnl, few.cost) == (1, 500, -500)
    assert track_record(samples([500, 500, 500], [-500, -500])).grade == "A"
    assert (NOTHING.needed, NOTHING.grade, track_record([])) == (FEWEST, None, NOTHING)


def test_a_scratch_is_neither_won_nor_lost_but_its_money_counts() -> None:
    found = track_record([*samples([300, -100, -100], []), Sample(True, Decimal("-12.50"), "scratch")])
    assert found.win_rate == Decimal("0.3333")
    assert found.avg_pnl == Decimal("21.88")
    only = track_record([Sample(True, Decimal(1), "scratch")])
    assert (only.win_rate, only.avg_pnl) == (None, 1)


@given(results, results)
def test_worth_by_an_independent_calculation(kept: list[Decimal], broken: list[Decimal]) -> None:
    gain = sum((Fraction(pnl) for pnl in kept if pnl > 0), Fraction(0))
    loss = -sum((Fraction(pnl) for pnl in kept if pnl < 0), Fraction(0))
    own = (gain - loss) / (gain + loss) if gain + loss else Fraction(0)
    sides = [[Fraction(pnl) for pnl in side] or [Fraction(0)] for side in (kept, broken)]
    means = [sum(side, Fraction(0)) / len(side) for side in sides]
    sizes = [sum(map(abs, side), Fraction(0)) / len(side) for side in sides]
    edge = (means[0] - means[1]) / sum(sizes) if sum(sizes) else Fraction(0)
    weight = Fraction(2, 3) * Fraction(len(broken), len(broken) + 5)
    assert abs(Fraction(worth(kept, broken)) - (1 - weight) * own - weight * edge) < Fraction(1, 10**20)


@given(results, results)
def test_worth_lies_between_minus_one_and_one(kept: list[Decimal], broken: list[Decimal]) -> None:
    assert abs(worth(kept, broken)) <= Decimal("1.0000000001")
    assert grade_of(worth(kept, broken)) in GRADES


@given(results, results, st.integers(0, 1000), st.integers(1, 100_000))
def test_a_better_result_when_followed_never_lowers_the_grade(
    kept: list[Decimal], broken: list[Decimal], place: int, more: int
) -> None:
    if not kept:
        return
    better = list(kept)
    better[place % len(kept)] += Decimal(more) / 100
    assert GRADES.index(grade_of(worth(better, broken))) >= GRADES.index(grade_of(worth(kept, broken)))


@given(results, results, st.integers(0, 1000), st.integers(1, 100_000))
def test_a_better_result_when_broken_never_raises_the_grade(
    kept: list[Decimal], broken: list[Decimal], place: int, more: int
) -> None:
    if not broken:
        return
    better = list(broken)
    better[place % len(broken)] += Decimal(more) / 100
    assert GRADES.index(grade_of(worth(kept, better))) <= GRADES.index(grade_of(worth(kept, broken)))


@given(results, results, st.integers(1, 1000))
def test_the_size_of_the_account_does_not_matter(kept: list[Decimal], broken: list[Decimal], factor: int) -> None:
    larger = worth([pnl * factor for pnl in kept], [pnl * factor for pnl in broken])
    assert abs(larger - worth(kept, broken)) < Decimal("1e-20")


@given(st.lists(st.tuples(st.booleans(), money), max_size=40), st.randoms())
def test_the_order_of_trades_does_not_matter(rows: list[tuple[bool, Decimal]], random: object) -> None:
    found = [Sample(followed, pnl, "win" if pnl > 0 else "loss") for followed, pnl in rows]
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert track_record(shuffled) == track_record(found)


# ---- the page that explains it

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
EXAMPLES = [
    ([200, 200, 200, -100, -200], []),
    ([150, 150, 150, -100, -100, -100], []),
    ([120, 120, 120, -100, -100, -100], []),
    ([100, -100, 100, -120], [-400, -500, -300, -400]),
    ([100, -100, 100, -100], [300, 300, -100, 400]),
    ([-100, -200, -100, 50], [300, 300, 400, 500]),
]


def test_the_examples_of_the_page_hold() -> None:
    told = [
        (Decimal(worth_.replace("−", "-")), grade)
        for worth_, grade in re.findall(r"\| (−?\d\.\d\d) \| ([A-F]) \|$", PAGE.read_text(), re.MULTILINE)
    ]
    found = [worth([Decimal(pnl) for pnl in kept], [Decimal(pnl) for pnl in broken]) for kept, broken in EXAMPLES]
    assert told == [(value.quantize(Decimal("0.01")), grade_of(value)) for value in found]
