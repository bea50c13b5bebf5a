"""What a rule is worth to its trader: one grade from the trades that followed it and the trades that broke it.

The question is "is following this rule worth it?". Two figures answer it, both between -1 and 1:

    own     = sum of P&L when followed / sum of its amounts, gains and losses alike
              (0: gains and losses cancel out; 1/3: two dollars won for each dollar lost)
    edge    = (average P&L when followed - average P&L when broken) / (average amount when followed + when broken)

    weight  = 2/3 x broken / (broken + 5), of the trades that broke the rule
    worth   = (1 - weight) x own + weight x edge       A from 0.3, B from 0.1, C from -0.1, D from -0.3, else F

A rule that was never broken has nothing to be compared with, so only `own` counts; the more often it was broken, the
more the comparison does, up to double. So a rule that keeps its trader out of worse trades is worth keeping in a losing
month, too, and a single broken trade, however large, moves little. A better result of a trade that followed the rule
never lowers the grade, a better result of one that broke it never raises it.

P&L is net. A trade without P&L, an open one, and an unclear verdict are no samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from bot.trading.pnl import Outcome

Grade = Literal["A", "B", "C", "D", "F"]

FEWEST: Final = 5
"""Samples below which nothing is graded."""
_MOST_WEIGHT: Final = Decimal(2) / 3
_HALF_WEIGHT: Final = 5
"""Broken trades at which the comparison has half of its weight."""
_BOUNDS: Final[tuple[tuple[Decimal, Grade], ...]] = (
    (Decimal("0.3"), "A"),
    (Decimal("0.1"), "B"),
    (Decimal("-0.1"), "C"),
    (Decimal("-0.3"), "D"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A closed trade that followed the rule, or broke it; its net P&L, and what that counts as."""

    followed: bool
    pnl: Decimal
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How a rule stands.

    win_rate  wins among wins and losses of the trades that followed it, 0 to 1; None without any
    avg_pnl   average net P&L of the trades that followed it, scratches counted; None without any
    cost      net P&L of the trades that broke it
    grade     None with fewer than FEWEST samples
    """

    samples: int
    broken: int
    win_rate: Decimal | None
    avg_pnl: Decimal | None
    cost: Decimal
    grade: Grade | None

    @property
    def needed(self) -> int:
        """Samples that are missing for a grade."""
        return max(FEWEST - self.samples, 0)


NOTHING: Final = TrackRecord(0, 0, None, None, Decimal(0), None)


def track_record(samples: Sequence[Sample]) -> TrackRecord:
    """The figures and the grade of one rule."""
    followed = [sample for sample in samples if sample.followed]
    kept, broken = [sample.pnl for sample in followed], [sample.pnl for sample in samples if not sample.followed]
    decided = [sample.outcome for sample in followed if sample.outcome != "scratch"]
    return TrackRecord(
        samples=len(samples),
        broken=len(broken),
        win_rate=_rounded(Decimal(decided.count("win")) / len(decided), "0.0001") if decided else None,
        avg_pnl=_rounded(sum(kept, Decimal(0)) / len(kept), "0.01") if kept else None,
        cost=sum(broken, Decimal(0)),
        grade=grade_of(worth(kept, broken)) if len(samples) >= FEWEST else None,
    )


def worth(kept: Sequence[Decimal], broken: Sequence[Decimal]) -> Decimal:
    """-1 to 1, of the net P&Ls of the trades that followed a rule and of those that broke it."""
    sum_kept, size_kept = sum(kept, Decimal(0)), sum(map(abs, kept), Decimal(0))
    sum_broken, size_broken = sum(broken, Decimal(0)), sum(map(abs, broken), Decimal(0))
    own = sum_kept / size_kept if size_kept else Decimal(0)
    size = _mean(size_kept, kept) + _mean(size_broken, broken)
    edge = (_mean(sum_kept, kept) - _mean(sum_broken, broken)) / size if size else Decimal(0)
    weight = _MOST_WEIGHT * len(broken) / (len(broken) + _HALF_WEIGHT)
    return (1 - weight) * own + weight * edge


def _mean(total: Decimal, of: Sequence[Decimal]) -> Decimal:
    return total / len(of) if of else Decimal(0)


def grade_of(worth: Decimal) -> Grade:
    rounded = _rounded(worth, "0.0001")  # a third more or less in the 28th digit decides nothing
    return next((grade for bound, grade in _BOUNDS if rounded >= bound), "F")


def _rounded(value: Decimal, step: str) -> Decimal:
    return value.quantize(Decimal(step), ROUND_HALF_UP)
