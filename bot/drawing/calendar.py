"""Net P&L by day: months with their figures, or a year by weeks, or years by months, whichever can be read.

A gain and a loss differ by more than their colours: figures have a sign, and where a cell has no room for one a loss
bears a stroke.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from bot.drawing.paper import MARGIN, SMALL, WIDTH, Paper, contrast, mixed
from bot.drawing.scales import short_money, whole_money
from bot.drawing.subjects import Calendar

MONTHS_AS_PAGES: Final = 2
MONTHS_BY_WEEKS: Final = 13
MOST_YEARS: Final = 12
GAP: Final = 6
PAGE_CELL: Final = (WIDTH - 2 * MARGIN + GAP) / 7
PAGE_ROW: Final = 78
FAINTEST: Final = 0.35
HEAD: Final = 196


def months_of(subject: Calendar) -> list[date]:
    """The first of each month it spans."""
    found, month = [], subject.first.replace(day=1)
    while month <= subject.last:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def height(subject: Calendar) -> int:
    months = months_of(subject)
    if not subject.days:
        return 560
    if len(months) <= MONTHS_AS_PAGES:
        return int(HEAD + sum(len(_weeks(month)) * PAGE_ROW + 88 for month in months) + 14)
    if len(months) <= MONTHS_BY_WEEKS:
        return HEAD + 2 * 330 if len(months) > 6 else HEAD + 350
    return HEAD + 60 + 74 * len(_years(subject)) + 24


def draw(paper: Paper, subject: Calendar) -> None:
    top = paper.head(subject.head)
    months = months_of(subject)
    if not subject.days:
        paper.nothing(subject.head, top, paper.height - MARGIN)
    elif len(months) <= MONTHS_AS_PAGES:
        _pages(paper, subject, months, top)
    elif len(months) <= MONTHS_BY_WEEKS:
        _by_weeks(paper, subject, months, top)
    else:
        _by_months(paper, subject, top)


def _strength(amount: Decimal, largest: Decimal) -> float:
    return FAINTEST + (1 - FAINTEST) * float(abs(amount) / largest) if largest else FAINTEST


def _cell(paper: Paper, x: float, y: float, size: tuple[float, float], amount: Decimal, largest: Decimal) -> str:
    """A coloured cell; the colour that is read on it."""
    colours = paper.colours
    if not amount:
        paper.box(x, y, *size, colours.muted, round_=8, strength=0.35)
        return colours.text
    strength = _strength(amount, largest)
    tint, on = (colours.gain, colours.on_gain) if amount > 0 else (colours.loss, colours.on_loss)
    paper.box(x, y, *size, tint, round_=8, strength=strength)
    seen = mixed(tint, colours.ground, strength)
    return max(on, colours.text, key=lambda letters: contrast(letters, seen))


# ---- months as pages


def _weeks(month: date) -> list[list[date]]:
    """The days of a month in weeks from Monday on."""
    weeks: list[list[date]] = []
    day = month
    while day.month == month.month:
        if not weeks or day.weekday() == 0:
            weeks.append([])
        weeks[-1].append(day)
        day += timedelta(days=1)
    return weeks


def _pages(paper: Paper, subject: Calendar, months: list[date], top: float) -> None:
    sums = dict(subject.days)
    largest = max((abs(amount) for amount in sums.values()), default=Decimal(0))
    y = top
    for month in months:
        inside = [amount for day, amount in sums.items() if day.replace(day=1) == month]
        total = sum(inside, Decimal(0))
        name = f"{subject.months[month.month - 1]} {month.year}"
        paper.text(MARGIN, y + 20, name, size=SMALL + 3, bold=True)
        told = short_money(float(total), subject.head.unit, signed=True)
        tint = paper.colours.of(total)
        paper.text(WIDTH - MARGIN, y + 20, told, tint, SMALL + 3, bold=True, align="right")
        for place, name in enumerate(subject.weekdays):
            x = MARGIN + place * PAGE_CELL + (PAGE_CELL - GAP) / 2
            paper.text(x, y + 54, name, paper.colours.muted, SMALL, align="center", room=PAGE_CELL - GAP)
        y += 74
        for week in _weeks(month):
            for day in week:
                _page_day(paper, day, sums, largest, y)
            y += PAGE_ROW
        y += 14


def _page_day(paper: Paper, day: date, sums: Mapping[date, Decimal], largest: Decimal, y: float) -> None:
    x, wide, high = MARGIN + day.weekday() * PAGE_CELL, PAGE_CELL - GAP, PAGE_ROW - GAP
    colour, amount = paper.colours.muted, sums.get(day)
    if amount is None:
        paper.box(x, y, wide, high, paper.colours.grid, round_=8, strength=0.7)
    else:
        colour = _cell(paper, x, y, (wide, high), amount, largest)
        told, letters = _fitting(paper, short_money(float(amount), "", signed=True), wide - 6, (22, 19, 16))
        paper.text(x + wide / 2, y + high - 24, told, colour, letters, bold=True, align="center", room=wide)
    paper.text(x + 9, y + 19, str(day.day), colour, SMALL - 2)


# ---- a year by weeks


def _by_weeks(paper: Paper, subject: Calendar, months: list[date], top: float) -> None:
    sums = dict(subject.days)
    largest = max((abs(amount) for amount in sums.values()), default=Decimal(0))
    half = (len(months) + 1) // 2 if len(months) > 6 else len(months)
    for number, start in enumerate(range(0, len(months), half)):
        _strip(paper, subject, months[start : start + half], sums, largest, top + number * 330)


def _strip(
    paper: Paper, subject: Calendar, months: list[date], sums: Mapping[date, Decimal], largest: Decimal, top: float
) -> None:
    """Weeks from left to right, Monday to Friday from above to below, the weekend where somebody traded on it."""
    first = months[0] - timedelta(days=months[0].weekday())
    last = (months[-1] + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    rows = 7 if any(day.weekday() > 4 for day in sums) else 5
    left, weeks = MARGIN + 62, (last - first).days // 7 + 1
    cell, row = (WIDTH - MARGIN - left) / weeks, 260 / rows
    for place in range(rows):
        paper.text(MARGIN, top + 44 + (place + 0.5) * row, subject.weekdays[place], paper.colours.muted, SMALL, room=56)
    for month in months:
        x = left + ((month - first).days // 7 + (month.weekday() > 4)) * cell
        paper.text(x, top + 20, subject.months[month.month - 1], paper.colours.muted, SMALL)
    for offset in range((last - months[0]).days + 1):
        day = months[0] + timedelta(days=offset)
        if day.weekday() >= rows:
            continue
        x, y = left + (day - first).days // 7 * cell, top + 44 + day.weekday() * row
        amount, size = sums.get(day), (cell - 3, row - 3)
        if amount is None:
            paper.box(x, y, *size, paper.colours.grid, round_=4, strength=0.8)
            continue
        colour = _cell(paper, x, y, size, amount, largest)
        if amount < 0:
            middle = y + size[1] / 2
            paper.line([x + size[0] * 0.28, x + size[0] * 0.72], [middle, middle], colour, 3)


# ---- years by months


def _years(subject: Calendar) -> list[int]:
    """The latest ones, where there are more than a phone shows."""
    return list(range(subject.first.year, subject.last.year + 1))[-MOST_YEARS:]


def _by_months(paper: Paper, subject: Calendar, top: float) -> None:
    sums: dict[tuple[int, int], Decimal] = {}
    for day, amount in subject.days:
        sums[day.year, day.month] = sums.get((day.year, day.month), Decimal(0)) + amount
    largest = max((abs(amount) for amount in sums.values()), default=Decimal(0))
    left = MARGIN + 66
    cell, row = (WIDTH - MARGIN - left) / 12, 74
    for month in range(12):
        x = left + (month + 0.5) * cell - 2
        paper.text(x, top + 26, subject.months[month], paper.colours.muted, SMALL - 1, align="center", room=cell)
    for number, year in enumerate(_years(subject)):
        y = top + 54 + number * row
        paper.text(MARGIN, y + row / 2 - 3, str(year), size=SMALL, bold=True)
        for month in range(12):
            made, x, size = sums.get((year, month + 1)), left + month * cell, (cell - 5, row - 6)
            if made is None:
                paper.box(x, y, *size, paper.colours.grid, round_=8, strength=0.7)
                continue
            colour = _cell(paper, x, y, size, made, largest)
            told, letters = _fitting(paper, whole_money(float(made)), size[0] - 2, (18, 16, 14))
            paper.text(x + size[0] / 2, y + size[1] / 2, told, colour, letters, bold=True, align="center", room=size[0])


def _fitting(paper: Paper, told: str, room: float, sizes: tuple[int, ...]) -> tuple[str, float]:
    """A figure is never cut: where it is too wide its plus goes, which the colour stands for, then it gets smaller."""
    tries = [(text, size) for size in sizes for text in (told, told.lstrip("+"))]
    return next((pair for pair in tries if paper.wide(pair[0], pair[1], bold=True) <= room), tries[-1])
