"""From values to pixels, and the round values beside an axis."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.ticker import MaxNLocator

THOUSAND: Final = 1_000
SUFFIXES: Final = ((1_000_000_000, "B"), (1_000_000, "M"), (THOUSAND, "k"))


@dataclass(frozen=True, slots=True)
class Scale:
    """`low` lies at pixel `start`, `high` at `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1)
        return self.start + share * (self.end - self.start)

    def ticks(self, most: int) -> list[float]:
        """Round values within the scale."""
        found = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(self.low, self.high)
        return [float(value) for value in found if self.low <= value <= self.high]


def short_money(amount: float, unit: str, *, signed: bool = False) -> str:
    """$1.2k · -$350 · +€2M: at most three digits that count, for an axis or a small cell."""
    sign = "-" if round(amount, 2) < 0 else "+" if signed and round(amount, 2) > 0 else ""
    return f"{sign}{unit}{_short(abs(amount))}"


def whole_money(amount: float) -> str:
    """+9k · -360: for a cell of which forty stand beside one another."""
    size, sign = abs(amount), "-" if amount < 0 else "+" if amount > 0 else ""
    by, suffix = next((pair for pair in SUFFIXES if size >= pair[0] * 0.9995), (1, ""))
    return f"{sign}{size / by:.0f}{suffix}"


def axis_money(ticks: Sequence[float], unit: str) -> list[str]:
    """Beside an axis: all in thousands or none, as exact as its steps are ($50.25k below $50.50k); a currency without a
    sign has no room there."""
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1
    largest = max((abs(value) for value in ticks), default=0)
    by, suffix = next((pair for pair in SUFFIXES if largest >= max(pair[0], 10 * THOUSAND)), (1, ""))
    digits = next((digits for digits in range(3) if math.isclose(step / by, round(step / by, digits))), 3)
    return [
        f"{'-' if value < 0 else ''}{sign_of(unit)}" + (f"{abs(value) / by:,.{digits}f}{suffix}" if value else "0")
        for value in ticks
    ]


def sign_of(unit: str) -> str:
    """The unit where it is a sign; beside an axis there is no room for three letters."""
    return unit if len(unit) == 1 else ""


def _short(size: float) -> str:
    for by, suffix in SUFFIXES:
        if size >= by * 0.9995:
            scaled = size / by
            return f"{scaled:.{0 if scaled >= 99.95 else 1}f}".removesuffix(".0") + suffix
    return f"{size:.0f}" if size >= 9.995 else f"{size:.2f}".removesuffix(".00")
