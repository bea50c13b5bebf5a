"""Sums side by side: groups of bars from above to below, and hours of the day from left to right."""

from typing import Final

from bot.drawing.paper import MARGIN, NORMAL, SMALL, WIDTH, Paper
from bot.drawing.scales import Scale, axis_money, short_money
from bot.drawing.subjects import Bar, Groups, Hours

HEAD: Final = 200
NAME_ROW: Final = 42
BAR_ROW: Final = 50
GROUP_GAP: Final = 14
LABEL: Final = (176, 270)
VALUE: Final = (196, 262)
"""Pixels beside the bars, at least and at most."""
MOST_LETTERS: Final = 40
"""Of a label or a figure that are measured: more find no room."""
HOURS_HEIGHT: Final = 720


def groups_height(subject: Groups) -> int:
    if not subject.groups:
        return 560
    rows = sum(len(group.bars) * BAR_ROW + (NAME_ROW if group.name else 0) + GROUP_GAP for group in subject.groups)
    return max(360, HEAD + rows + MARGIN)


def draw_groups(paper: Paper, subject: Groups) -> None:
    """Losses to the left of a line, gains to the right; outside of them the label and the sum."""
    top = paper.head(subject.head)
    if not subject.groups:
        paper.nothing(subject.head, top, paper.height - MARGIN)
        return
    bars = [bar for group in subject.groups for bar in group.bars]
    label = _room(paper, [bar.label for bar in bars], LABEL, bold=False)
    value = _room(paper, [bar.value for bar in bars], VALUE, bold=True)
    amounts = [float(bar.amount) for bar in bars]
    across = Scale(min(0.0, *amounts), max(0.0, *amounts), MARGIN + label, WIDTH - MARGIN - value)
    y = top + 8
    for group in subject.groups:
        if group.name:
            paper.text(MARGIN, y + NAME_ROW / 2, group.name, size=NORMAL, bold=True, room=WIDTH - 2 * MARGIN)
            y += NAME_ROW
        begin = y
        for bar in group.bars:
            _bar(paper, bar, across, y, subject.head.unit)
            y += BAR_ROW
        paper.line([across(0)] * 2, [begin, y], paper.colours.muted, 2)
        y += GROUP_GAP


def _room(paper: Paper, texts: list[str], limits: tuple[int, int], *, bold: bool) -> float:
    least, most = limits
    widest = max(paper.wide(text[:MOST_LETTERS], SMALL + 1, bold=bold) for text in texts) + 16
    return min(max(widest, least), most)


def _bar(paper: Paper, bar: Bar, across: Scale, y: float, unit: str) -> None:
    amount = float(bar.amount)
    tint = paper.colours.of(amount)
    middle, begin, end = y + BAR_ROW / 2, across(min(0.0, amount)), across(max(0.0, amount))
    paper.box(begin, middle - 14, max(end - begin, 3), 28, tint, round_=5)
    paper.text(MARGIN, middle, bar.label, paper.colours.text, SMALL + 1, room=across.start - MARGIN - 14)
    # half a figure would be another one
    room = WIDTH - MARGIN - across.end - 12
    fits = paper.wide(bar.value, SMALL + 1, bold=True) <= room
    told = bar.value if fits else short_money(amount, unit, signed=True)
    paper.text(WIDTH - MARGIN, middle, told, tint, SMALL + 1, bold=True, align="right", room=room)


def draw_hours(paper: Paper, subject: Hours) -> None:
    top = paper.head(subject.head)
    bottom = paper.foot(subject.untimed)
    if not subject.hours:
        paper.nothing(subject.head, top, bottom - 12)
        return
    amounts = [float(amount) for _, amount in subject.hours]
    low, high = min(0.0, *amounts), max(0.0, *amounts)
    upright = Scale(low, high or (0.0 if low else 1.0), bottom - 56, top + 24)
    left, right = 118, WIDTH - MARGIN
    ticks = upright.ticks(6)
    for value, label in zip(ticks, axis_money(ticks, subject.head.unit), strict=True):
        y = upright(value)
        paper.line([left, right], [y, y], paper.colours.muted if not value else paper.colours.grid, 2)
        paper.text(left - 10, y, label, paper.colours.muted, SMALL, align="right")
    first, last = _span([hour for hour, _ in subject.hours])
    slot = (right - left) / (last - first + 1)
    for hour, amount in subject.hours:
        x, made = left + (hour - first) * slot, float(amount)
        tint = paper.colours.of(made)
        above, below = upright(max(0.0, made)), upright(min(0.0, made))
        paper.box(x + slot * 0.14, above, slot * 0.72, max(below - above, 3), tint, round_=4)
    every = 1 if slot >= 44 else 2 if slot >= 28 else 3
    for hour in range(first, last + 1):
        if (hour - first) % every == 0:
            x = left + (hour - first + 0.5) * slot
            paper.text(x, bottom - 24, f"{hour:02d}", paper.colours.muted, SMALL, align="center")


def _span(hours: list[int]) -> tuple[int, int]:
    """A working day at least, so that a single hour is no wall."""
    first, last = min(hours), max(hours)
    while last - first < 7:
        first, last = max(0, first - 1), min(23, last + 1)
    return first, last
