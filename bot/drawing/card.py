"""One trade: its prices on a scale, what was planned beside what happened, and the verdicts of the rules."""

from typing import Final

from bot.drawing.paper import MARGIN, NORMAL, SMALL, WIDTH, Paper
from bot.drawing.scales import Scale
from bot.drawing.subjects import Card, Level, Mark

HEAD: Final = 196
LADDER: Final = 190
ROW: Final = 52
RULE: Final = 50
CELLS: Final = (NORMAL - 1, SMALL, SMALL - 3)
MOST_LETTERS: Final = 60
"""Of a cell that are measured: more find no room."""
MARKS: Final[dict[Mark, str]] = {"followed": "✓", "violated": "✗", "unclear": "?"}


def height(card: Card) -> int:
    rules = len(card.verdicts) + bool(card.beyond)
    ladder = LADDER if _levels(card) else 0
    return int(HEAD + ladder + 52 + len(card.rows) * ROW + (66 + rules * RULE) + MARGIN)


def draw(paper: Paper, card: Card) -> None:
    y = paper.head(card.head)
    if _levels(card):
        _ladder(paper, card, y + 10)
        y += LADDER
    y = _table(paper, card, y)
    _verdicts(paper, card, y + 18)


def _levels(card: Card) -> list[Level]:
    """None where there is nothing to compare."""
    known = [level for level in (card.stop, card.entry, card.target, card.exit) if level is not None]
    return known if len({level.price for level in known}) > 1 else []


def _ladder(paper: Paper, card: Card, top: float) -> None:
    """Prices from low to high: loss and gain that were planned are coloured, the way that was made is a line."""
    levels, colours = _levels(card), paper.colours
    prices = [float(level.price) for level in levels]
    across = Scale(min(prices), max(prices), MARGIN + 40, WIDTH - MARGIN - 40)
    y = top + 86
    paper.line([MARGIN, WIDTH - MARGIN], [y, y], colours.grid, 6)
    if card.entry is not None:
        begin = across(float(card.entry.price))
        for level, tint in ((card.stop, colours.loss), (card.target, colours.gain)):
            if level is not None:
                paper.line([begin, across(float(level.price))], [y, y], tint, 10)
        if card.exit is not None:
            paper.line([begin, across(float(card.exit.price))], [y, y], colours.text, 4)
    for level in levels:
        tint = {id(card.stop): colours.loss, id(card.target): colours.gain}.get(id(level), colours.text)
        paper.dot(across(float(level.price)), y, tint, 24 if level in (card.entry, card.exit) else 18)
    above = [level for level in (card.stop, card.target) if level is not None]
    below = [level for level in (card.entry, card.exit) if level is not None]
    _labels(paper, above, across, y - 66)
    _labels(paper, below, across, y + 34)


def _labels(paper: Paper, levels: list[Level], across: Scale, y: float) -> None:
    """Name and price of each, moved apart where they would cover one another."""
    room = (WIDTH - 2 * MARGIN) / 2 - 14
    ordered = sorted(levels, key=lambda level: level.price)
    halves = [max(paper.wide(paper.fitted(f"{level.label} {level.value}", room, SMALL), SMALL), 40) / 2
              for level in ordered]  # fmt: skip
    places = [min(max(across(float(level.price)), MARGIN + half), WIDTH - MARGIN - half)
              for level, half in zip(ordered, halves, strict=True)]  # fmt: skip
    if len(places) == 2 and places[1] - places[0] < sum(halves) + 24:
        places[0] = max(MARGIN + halves[0], min(places[0], places[1] - sum(halves) - 24))
        places[1] = max(places[1], places[0] + sum(halves) + 24)
    for level, place in zip(ordered, places, strict=True):
        paper.text(place, y + 16, f"{level.label} {level.value}", paper.colours.muted, SMALL, align="center", room=room)


def _table(paper: Paper, card: Card, top: float) -> float:
    colours, first, second = paper.colours, MARGIN + 170, WIDTH - MARGIN
    middle = (first + second) / 2 + 50
    for x, text in ((middle, card.columns[0]), (second, card.columns[1])):
        paper.text(x, top + 24, text, colours.muted, SMALL, bold=True, align="right", room=270)
    y = top + 46
    for label, planned, happened in card.rows:
        paper.line([MARGIN, WIDTH - MARGIN], [y, y], colours.grid, 2)
        paper.text(MARGIN, y + ROW / 2, label, colours.muted, NORMAL - 2, room=160)
        fits = bool(happened) or paper.wide(planned[:MOST_LETTERS], CELLS[0]) <= middle - first - 4
        _cell(paper, planned, middle if fits else second, y + ROW / 2, room=(middle if fits else second) - first - 4)
        _cell(paper, happened, second, y + ROW / 2, room=second - (middle if planned else first) - 18, bold=True)
        y += ROW
    paper.line([MARGIN, WIDTH - MARGIN], [y, y], colours.grid, 2)
    return y


def _cell(paper: Paper, text: str, x: float, y: float, *, room: float, bold: bool = False) -> None:
    """As large as it can be whole: part of a price would be another one."""
    size = next((size for size in CELLS if paper.wide(text[:MOST_LETTERS], size, bold=bold) <= room), CELLS[-1])
    paper.text(x, y, text, size=size, bold=bold, align="right", room=room)


def _verdicts(paper: Paper, card: Card, top: float) -> None:
    colours = paper.colours
    tints = {"followed": colours.gain, "violated": colours.loss, "unclear": colours.floor}
    paper.text(MARGIN, top + 22, card.verdicts_title, colours.muted, SMALL, bold=True, room=WIDTH - 2 * MARGIN)
    y = top + 50
    for verdict in card.verdicts:
        tint = tints[verdict.mark]
        paper.box(MARGIN, y + 5, 38, 38, tint, round_=10, strength=0.2)
        paper.text(MARGIN + 19, y + RULE / 2 - 1, MARKS[verdict.mark], tint, NORMAL, bold=True, align="center", room=38)
        paper.text(MARGIN + 54, y + RULE / 2 - 1, verdict.rule, size=NORMAL - 2, room=WIDTH - 2 * MARGIN - 54)
        y += RULE
    if card.beyond:
        paper.text(MARGIN + 54, y + RULE / 2 - 1, card.beyond, colours.muted, SMALL, room=WIDTH - 2 * MARGIN - 54)
