"""Finds what counts the parts of a list of trades: "1)", "(b)", "3.", "4/", "#2", "trade 1", "acct 2"."""

from collections.abc import Sequence
from typing import Final

from bot.reading.counting import MOST_INDEXED
from bot.reading.items import Item
from bot.reading.roles import OPENING
from bot.reading.words import Tag

PART: Final = "part"
"""How a line break says that a part of a list begins there."""
_Mark = tuple[int, int, int]
"""What a part is counted with, the place of its mark, and the place behind it."""
_LETTERS: Final = {letter: n for n, letter in enumerate("abcdefgh", 1)} | {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_AFTER_LABEL: Final = frozenset((":", ")", ".", "-"))
_STARTS: Final = frozenset((",", ";", ".", "|", "/", "•"))
_REACH: Final = 4


def parted(items: Sequence[Item]) -> Sequence[Item]:
    """The items with a break of the kind PART for each mark that counts the parts of a list."""
    marks = _marks(items)
    if len(marks) < 2:
        return items
    place = marks[0][1]
    found = [item for item in items[:place] if item.kind != "clock" and not _is_of_a_trade(item)]
    for _, start, end in marks:
        found.extend(items[place:start])
        found.append(Item("break", items[start].start, items[end - 1].end, "\n", how=PART))
        place = end
    return [*found, *items[place:]]


def _is_of_a_trade(item: Item) -> bool:
    """A number before the first mark is of no part: "nq, +129 ticks. trade 1 …"; a size is of all."""
    return item.kind == "number" and item.tag is not Tag.LOTS


def _marks(items: Sequence[Item]) -> list[_Mark]:
    """The marks of one form that count on from each other and lead to trades."""
    forms: dict[str, list[_Mark]] = {}
    for n, item in enumerate(items[:-2]):
        after = items[n + 1].word
        if item.word == "(" and items[n + 2].word == ")":
            form, value, end = "()", _counted(items[n + 1]), n + 3
        elif after == ")" and (n == 0 or items[n - 1].word != "("):
            form, value, end = ")", _counted(item), n + 2
        elif after == "." and not items[n + 1].spaced and items[n + 2].spaced:
            form, value, end = ".", _counted(item), n + 2
        elif after == "/" and not items[n + 1].spaced and (n == 0 or items[n - 1].kind == "break"):
            form, value, end = "/", _counted(item), n + 2
        elif items[n + 1].kind == "number" or after == "#":
            form, value, end = _label(items, n)
        else:
            continue
        if value is not None:
            forms.setdefault(form, []).append((value, n, end))
    return max((marks for form, marks in forms.items() if _lists(items, form, marks)), key=len, default=[])


def _counted(item: Item) -> int | None:
    """The number or letter that counts a part."""
    if item.kind == "number":
        plain = item.tag is None and not (item.sign or item.money or item.decimals)
        return int(item.value) if plain and item.value is not None and 0 < item.value <= MOST_INDEXED else None
    return _LETTERS.get(item.text.lower())


def _label(items: Sequence[Item], n: int) -> tuple[str, int | None, int]:
    """ "trade 2", "acct 1:", "apex 2 +176", "#1"."""
    item = items[n]
    place = n + 2 if items[n + 1].word == "#" else n + 1
    if place >= len(items) - 1:
        return "", None, n
    end = place + 1
    if items[end].word in _AFTER_LABEL and items[end].kind == "mark":
        end += 1
    named = item.tag is Tag.IGNORE or item.word == "#"
    begins = n == 0 or items[n - 1].kind == "break" or items[n - 1].word in _STARTS
    told = end > place + 1 or bool(items[end].sign)
    if not named and not (item.kind == "word" and begins and told):
        return "", None, n
    return item.word, _counted(items[place]), end


def _lists(items: Sequence[Item], form: str, marks: Sequence[_Mark]) -> bool:
    """Two at least lead to an instrument or a side, and none to a bare price, as the numbers of targets do."""
    values = [value for value, _, _ in marks]
    labelled = form.isalpha()
    counts = len(set(values)) == len(values) if labelled else values == list(range(1, len(values) + 1))
    behind = [items[end : end + _REACH] for _, _, end in marks]
    bare = any(
        not after or (after[0].kind == "number" and not after[0].sign and not any(map(opens, after)))
        for after in behind
    )
    return counts and not bare and sum(any(map(opens, after)) for after in behind) > 1


def opens(item: Item) -> bool:
    """An instrument, or a word that opens a side."""
    return item.kind == "symbol" or item.tag in OPENING
