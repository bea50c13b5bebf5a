"""How often a trade made how many R: columns of half an R each, wider ones where a few trades lie far out."""

import math
from collections import Counter
from typing import Final

from bot.drawing.paper import MARGIN, SMALL, WIDTH, Paper
from bot.drawing.scales import Scale
from bot.drawing.subjects import Spread

HEIGHT: Final = 720
WIDEST: Final = 12
"""Columns to either side of nought; what lies beyond is counted in the last one."""
STEPS: Final = (0.25, 0.5, 1.0)


def draw(paper: Paper, subject: Spread) -> None:
    top = paper.head(subject.head)
    bottom = HEIGHT - MARGIN - (34 if subject.left_out else 0)
    if subject.left_out:
        paper.text(MARGIN, HEIGHT - MARGIN, subject.left_out, paper.colours.muted, SMALL, room=WIDTH - 2 * MARGIN)
    if not subject.multiples:
        paper.nothing(subject.head, top, bottom - 12)
        return
    multiples = [float(multiple) for multiple in subject.multiples]
    step = _step(multiples)
    counts = Counter(_column(multiple, step) for multiple in multiples)
    first, last = min(-4, *counts), max(3, *counts)
    left, right, base = MARGIN + 62, WIDTH - MARGIN, bottom - 60
    slot = (right - left) / (last - first + 1)
    upright = Scale(0, max(counts.values()) * 1.05, base, top + 54)
    for value in upright.ticks(5):
        if value == int(value):
            paper.line([left, right], [upright(value)] * 2, paper.colours.grid, 2)
            paper.text(left - 10, upright(value), f"{value:.0f}", paper.colours.muted, SMALL, align="right")
    for column, count in counts.items():
        tint = paper.colours.gain if column >= 0 else paper.colours.loss
        y = upright(count)
        paper.box(left + (column - first) * slot + 2, y, slot - 4, max(base - y, 3), tint, round_=4)
    _multiples(paper, first, last, step, left, slot, base)
    _mean(paper, subject, left + (float(subject.mean) / step - first) * slot, (left, right), top, base)


def _step(multiples: list[float]) -> float:
    furthest = sorted(abs(multiple) for multiple in multiples)[int(len(multiples) * 0.97)]
    return next((step for step in STEPS if furthest / step <= WIDEST), STEPS[-1])


def _column(multiple: float, step: float) -> int:
    return max(-WIDEST, min(WIDEST - 1, math.floor(multiple / step)))


def _multiples(paper: Paper, first: int, last: int, step: float, left: float, slot: float, base: float) -> None:
    """Whole multiples below the edges of the columns."""
    paper.line([left, WIDTH - MARGIN], [base, base], paper.colours.muted, 2)
    every = max(1, math.ceil(64 / (slot / step)))
    for edge in range(first, last + 2):
        value = edge * step
        if value == int(value) and int(value) % every == 0:
            label = f"{value:+.0f}R" if value else "0"
            beyond = abs(edge) == WIDEST
            label = f"{'≤' if value < 0 else '≥'}{label}" if beyond else label
            x = left + (edge - first) * slot
            half = paper.wide(label, SMALL) / 2
            paper.text(min(max(x, MARGIN + half), WIDTH - MARGIN - half), base + 28, label, paper.colours.muted, SMALL,
                       align="center")  # fmt: skip


def _mean(paper: Paper, subject: Spread, x: float, edges: tuple[float, float], top: float, base: float) -> None:
    x = min(max(x, edges[0]), edges[1])
    paper.line([x, x], [top + 40, base], paper.colours.text, 3, dashed=True)
    half = paper.wide(subject.mean_label, SMALL) / 2 + 4
    x = min(max(x, MARGIN + half), WIDTH - MARGIN - half)
    paper.text(x, top + 20, subject.mean_label, size=SMALL, bold=False, align="center")
