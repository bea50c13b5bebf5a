"""The balance over time, with the floor it must not reach, and below it how far it lies under its high."""

from datetime import date, timedelta
from typing import Final

from bot.drawing.paper import MARGIN, SMALL, WIDTH, Paper
from bot.drawing.scales import Scale, axis_money, short_money, sign_of
from bot.drawing.subjects import Equity

HEIGHT: Final = 860
LEFT: Final = 118
RIGHT: Final = WIDTH - MARGIN
BELOW: Final = 170
"""Pixels for the drawdown."""
FLATTEST: Final = 0.15
"""Of the height the curve must have; a floor that leaves it less is told, not drawn."""
PAD: Final = 0.08


def draw(paper: Paper, subject: Equity) -> None:
    top = paper.head(subject.head)
    if not subject.days:
        paper.nothing(subject.head, top, paper.height - MARGIN)
        return
    bottom = HEIGHT - BELOW - 130
    days = _days(subject)
    across = Scale(days[0].toordinal(), days[-1].toordinal(), LEFT + 10, RIGHT - 12)
    xs = [across(day.toordinal()) for day in days]
    balances = [float(subject.start), *(float(day.balance) for day in subject.days)]
    floors = [None if day.floor is None else float(day.floor) for day in subject.days]
    shown = [floor for floor in floors if floor is not None]
    is_drawn = bool(shown) and _leaves_room(balances, shown)
    upright = _upright([*balances, *(shown if is_drawn else ())], top + 16, bottom)
    _grid(paper, upright, subject.head.unit, 6)
    _dates(paper, across, days, subject.months, bottom + 28)
    tint = paper.colours.line
    ys = [upright(balance) for balance in balances]
    paper.area(xs, ys, bottom, tint, 0.12)
    if is_drawn:
        _floor(paper, xs[1:], floors, upright, subject.floor_label)
    paper.line(xs, ys, tint, 4)
    paper.dot(xs[-1], ys[-1], tint)
    if shown and not is_drawn:
        paper.text(RIGHT, bottom - 18, f"{subject.floor_label} ↓", paper.colours.floor, SMALL, align="right")
    _drawdown(paper, subject, xs, bottom + 62)


def _days(subject: Equity) -> list[date]:
    """With the day before the first, on which it all began."""
    first = subject.days[0].day
    return [first - timedelta(days=1), *(day.day for day in subject.days)]


def _leaves_room(balances: list[float], floors: list[float]) -> bool:
    every = [*balances, *floors]
    whole = max(every) - min(every)
    return not whole or (max(balances) - min(balances)) / whole >= FLATTEST


def _upright(values: list[float], top: float, bottom: float) -> Scale:
    low, high = min(values), max(values)
    room = (high - low) * PAD or abs(high) * 0.01 or 1
    return Scale(low - room, high + room, bottom, top)


def _grid(paper: Paper, upright: Scale, unit: str, most: int) -> None:
    ticks = upright.ticks(most)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1
    for value in ticks:
        y = upright(value)
        paper.line([LEFT, RIGHT], [y, y], paper.colours.grid, 2)
        paper.text(LEFT - 10, y, axis_money(value, unit, step), paper.colours.muted, SMALL, align="right")


def _floor(paper: Paper, xs: list[float], floors: list[float | None], upright: Scale, label: str) -> None:
    """In pieces where it is not known; the label above its end, or below where the curve may be."""
    points = [(x, upright(floor)) for x, floor in zip(xs, floors, strict=True) if floor is not None]
    if len(points) == 1:
        points = [(xs[0] - 60, points[0][1]), points[0]]
    paper.line([x for x, _ in points], [y for _, y in points], paper.colours.floor, 3, dashed=True, stepped=True)
    paper.text(RIGHT, points[-1][1] + 18, label, paper.colours.floor, SMALL, align="right")


def _dates(paper: Paper, across: Scale, days: list[date], months: tuple[str, ...], y: float) -> None:
    """As many as have room: days, months or years."""
    told = _told_dates(days[0], days[-1], months)
    last = -1000.0
    for day, label in told:
        x = across(day.toordinal())
        half = paper.wide(label, SMALL) / 2
        x = min(max(x, LEFT + half), RIGHT - half)
        if x - half > last + 22:
            paper.text(x, y, label, paper.colours.muted, SMALL, align="center")
            last = x + half


def _told_dates(first: date, last: date, months: tuple[str, ...]) -> list[tuple[date, str]]:
    span = (last - first).days
    if span <= 75:
        step = max(1, round(span / 4))
        every = [first + timedelta(days=offset) for offset in range(0, span + 1, step)]
        return [(day, f"{day.day} {months[day.month - 1]}") for day in every]
    starts = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13)]
    starts = [day for day in starts if first <= day <= last]
    if span > 800:
        return [(day, str(day.year)) for day in starts if day.month == 1]
    return [(day, f"{months[day.month - 1]} {day:%y}" if day.month == 1 else months[day.month - 1]) for day in starts]


def _drawdown(paper: Paper, subject: Equity, xs: list[float], top: float) -> None:
    under = [0.0, *(min(0.0, float(day.balance - day.high)) for day in subject.days)]
    paper.text(MARGIN, top + 12, subject.drawdown_label, paper.colours.muted, SMALL, room=WIDTH - 2 * MARGIN)
    begin, end = top + 40, top + 40 + BELOW - 60
    deepest = min(under)
    scale = Scale(deepest or -1, 0, end, begin)
    paper.line([LEFT, RIGHT], [begin, begin], paper.colours.grid, 2)
    if deepest < 0:
        paper.area(xs, [scale(value) for value in under], begin, paper.colours.loss, 0.35)
        paper.line(xs, [scale(value) for value in under], paper.colours.loss, 2.5)
        paper.text(LEFT - 10, end, short_money(deepest, sign_of(subject.head.unit)),
                   paper.colours.loss, SMALL, align="right")  # fmt: skip
    paper.text(LEFT - 10, begin, axis_money(0, subject.head.unit, 1), paper.colours.muted, SMALL, align="right")
