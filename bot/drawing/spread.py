"""How often a trade made how many R: columns of a quarter of an R, wider ones where trades lie far out.

The few that lie farther still are counted in the outermost column, which says so.
"""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Final

from bot.drawing.paper import MARGIN, SMALL, WIDTH, Paper
from bot.drawing.scales import Scale
from bot.drawing.subjects import Spread

HEIGHT: Final = 720
WIDEST: Final = 12
"""Columns to either side of nought."""
STEPS: Final = (0.25, 0.5, 1.0)


def draw(paper: Paper, subject: Spread) -> None:
    top = paper.head(subject.head)
    bottom = paper.foot(subject.left_out)
    if not subject.multiples:
        paper.nothing(subject.head, top, bottom - 12)
        return
    multiples = [float(multiple) for multiple in subject.multiples]
    step = _step(multiples)
    counts = Counter(_column(multiple, step) for multiple in multiples)
    first, last = min(-4, *counts), max(3, *counts)
    left, right, base = MARGIN + 62, WIDTH - MARGIN, bottom - 60
    columns = Columns(first, last, step, left, (right - left) / (last - first + 1))
    upright = Scale(0, max(counts.values()) * 1.05, base, top + 54)
    for value in upright.ticks(5):
        if value == int(value):
            paper.line([left, right], [upright(value)] * 2, paper.colours.grid, 2)
            paper.text(left - 10, upright(value), f"{value:.0f}", paper.colours.muted, SMALL, align="right")
    only_nought = not any(multiple > 0 for multiple in multiples if not _column(multiple, step))
    for column, count in counts.items():
        tint = paper.colours.loss if column < 0 else paper.colours.gain
        y = upright(count)
        paper.box(columns.x(column) + 2, y, columns.slot - 4, max(base - y, 3),
                  tint if column or not only_nought else paper.colours.muted, round_=4)  # fmt: skip
    beyond = {
        _column(multiple, step) for multiple in multiples if math.floor(multiple / step) != _column(multiple, step)
    }
    _multiples(paper, columns, beyond, base)
    _mean(paper, subject, columns.x(float(subject.mean) / step), (left, right), top, base)


@dataclass(frozen=True, slots=True)
class Columns:
    """Of so many R each, from `first` to `last`, where the one from nought on is 0."""

    first: int
    last: int
    step: float
    left: float
    slot: float

    def x(self, edge: float) -> float:
        return self.left + (edge - self.first) * self.slot


def _step(multiples: list[float]) -> float:
    furthest = sorted(abs(multiple) for multiple in multiples)[int(len(multiples) * 0.97)]
    return next((step for step in STEPS if furthest / step < WIDEST), STEPS[-1])


def _column(multiple: float, step: float) -> int:
    return max(-WIDEST, min(WIDEST - 1, math.floor(multiple / step)))


def _multiples(paper: Paper, columns: Columns, beyond: set[int], base: float) -> None:
    """Whole multiples below the edges of the columns; below an outermost one with more in it the edge it begins at."""
    paper.line([columns.left, WIDTH - MARGIN], [base, base], paper.colours.muted, 2)
    labels = [
        (columns.x(column + 0.5), f"{'≤' if column < 0 else '≥'}{_told((column + (column < 0)) * columns.step)}")
        for column in sorted(beyond)
    ]
    every = max(1, math.ceil(64 / (columns.slot / columns.step)))
    for edge in sorted(range(columns.first, columns.last + 2), key=abs):
        value = edge * columns.step
        if value == int(value) and int(value) % every == 0:
            labels.append((columns.x(edge), _told(value)))
    taken: list[tuple[float, float]] = []
    for x, label in labels:
        half = paper.wide(label, SMALL) / 2
        x = min(max(x, MARGIN + half), WIDTH - MARGIN - half)
        if all(abs(x - other) > half + wide + 10 for other, wide in taken):
            taken.append((x, half))
            paper.text(x, base + 28, label, paper.colours.muted, SMALL, align="center")


def _told(multiple: float) -> str:
    return f"{multiple:+g}R" if multiple else "0"


def _mean(paper: Paper, subject: Spread, x: float, edges: tuple[float, float], top: float, base: float) -> None:
    x = min(max(x, edges[0]), edges[1])
    paper.line([x, x], [top + 40, base], paper.colours.text, 3, dashed=True)
    half = paper.wide(subject.mean_label, SMALL) / 2 + 4
    x = min(max(x, MARGIN + half), WIDTH - MARGIN - half)
    paper.text(x, top + 20, subject.mean_label, size=SMALL, bold=False, align="center")
