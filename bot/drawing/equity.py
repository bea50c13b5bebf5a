"""The balance over time, with the floor it must not reach, and below it how far it lies under its high."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
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
    if shown:
        _legend(paper, subject.floor_label, top + 8, is_drawn=is_drawn)
    upright = _upright([*balances, *(shown if is_drawn else ())], top + (40 if shown else 16), bottom)
    _grid(paper, upright, subject.head.unit, 6)
    _dates(paper, across, days, subject.months, bottom + 28)
    tint = paper.colours.line
    ys = [upright(balance) for balance in balances]
    paper.area(xs, ys, bottom, tint, 0.12)
    if is_drawn:
        _floor(paper, xs[1:], floors, upright)
    paper.line(xs, ys, tint, 4)
    paper.dot(xs[-1], ys[-1], tint)
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
    for value, label in zip(ticks, axis_money(ticks, unit), strict=True):
        y = upright(value)
        paper.line([LEFT, RIGHT], [y, y], paper.colours.grid, 2)
        paper.text(LEFT - 10, y, label, paper.colours.muted, SMALL, align="right")


def _legend(paper: Paper, label: str, y: float, *, is_drawn: bool) -> None:
    """Above the curve, which may be anywhere beside a floor that trails it."""
    label = label if is_drawn else f"{label} ↓"
    paper.text(RIGHT, y, label, paper.colours.floor, SMALL, align="right")
    if is_drawn:
        end = RIGHT - paper.wide(label, SMALL) - 14
        paper.line([end - 56, end], [y, y], paper.colours.floor, 3, dashed=True)


def _floor(paper: Paper, xs: list[float], floors: list[float | None], upright: Scale) -> None:
    """In one line over the days on which it is known."""
    points = [(x, upright(floor)) for x, floor in zip(xs, floors, strict=True) if floor is not None]
    if len(points) == 1:
        points = [(xs[0] - 60, points[0][1]), points[0]]
    paper.line([x for x, _ in points], [y for _, y in points], paper.colours.floor, 3, dashed=True, stepped=True)


def _dates(paper: Paper, across: Scale, days: list[date], months: tuple[str, ...], y: float) -> None:
    """As many as have room, in even steps: days, months or years."""
    for told in _told_dates(days[0], days[-1], months):
        placed = []
        for day, label in told:
            half = paper.wide(label, SMALL) / 2
            placed.append((min(max(across(day.toordinal()), LEFT + half), RIGHT - half), half, label))
        if all(x + half + 14 < after - wide for (x, half, _), (after, wide, _) in pairwise(placed)):
            break
    for x, _, label in placed:
        paper.text(x, y, label, paper.colours.muted, SMALL, align="center")


def _told_dates(first: date, last: date, months: tuple[str, ...]) -> Iterator[list[tuple[date, str]]]:
    """Dates to tell, from many to one, which has room whatever it is."""
    span = (last - first).days
    if span <= 75:
        for step in (*sorted({max(1, round(span / parts)) for parts in (5, 4, 3, 2)}), span + 1):
            every = [first + timedelta(days=offset) for offset in range(0, span + 1, step)]
            yield [(day, f"{day.day} {months[day.month - 1]}") for day in every]
        return
    starts = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13)]
    starts = [day for day in starts if first <= day <= last]
    if span > 800:
        years = [(day, str(day.year)) for day in starts if day.month == 1]
        yield from (years[::step] for step in (1, 2, 5, 10, len(years)))
        return
    for step in (1, 2, 3, 6, 12):
        named = [day for day in starts if (day.month - 1) % step == 0]
        yield [(day, f"{months[day.month - 1]} {day:%y}" if day.month == 1 else months[day.month - 1]) for day in named]


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
    paper.text(LEFT - 10, begin, f"{sign_of(subject.head.unit)}0", paper.colours.muted, SMALL, align="right")
