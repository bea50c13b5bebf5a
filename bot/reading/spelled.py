"""Numbers in words, as dictation leaves them: "fifty nine eighty six" is 5986, "five grand" 5000.

A single word ("two", "ten") stays one: it counts, which `items` decides by what stands beside it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.reading.tokens import Token

_UNITS: Final = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_POWERS: Final = {"hundred": 100, "thousand": 1000, "grand": 1000, "million": 1_000_000}
NUMBER_WORDS: Final = frozenset((*_UNITS, *_TENS, *_POWERS, "oh"))
_FEWEST: Final = 2


def with_spelled(cut: list[Token]) -> list[Token]:
    """The tokens with every spelled number of two words and more as one number."""
    if len([token for token in cut if token.word in NUMBER_WORDS]) < _FEWEST:
        return cut
    found: list[Token] = []
    place = 0
    while place < len(cut):
        end = _end_of(cut, place)
        words = [token.word for token in cut[place:end] if token.word in NUMBER_WORDS]
        if len(words) < _FEWEST or not (value := spelled_value(words)):
            found.append(cut[place])
            place += 1
            continue
        first, last = cut[place], cut[end - 1]
        text = " ".join(token.text for token in cut[place:end])
        found.append(Token("number", text, first.start, last.end, value=Decimal(value)))
        place = end
    return found


def _end_of(cut: Sequence[Token], place: int) -> int:
    """Behind the last word of the number that begins here; a dash may join two words ("sixty-one")."""
    end = place
    while end < len(cut):
        ahead = [token.word for token in cut[end + 1 : end + 3]]
        joined = cut[end].word in ("-", "and") and end > place and ahead[:1] and ahead[0] in NUMBER_WORDS
        joined = joined and ahead[1:] not in (["quarters"], ["quarter"], ["half"])
        if cut[end].word not in NUMBER_WORDS and not joined:
            break
        end += 1
    return end


def spelled_value(words: Sequence[str]) -> int:
    """The value of number words; 0 where they make none. Without a power the groups are read on like digits."""
    if any(word in _POWERS for word in words):
        return _with_powers(words)
    if all(0 < _UNITS.get(word, 0) < 10 for word in words):
        return 0  # "one one": counted twice
    groups: list[str] = []
    tens = False
    for word in words:
        if word in _TENS:
            groups.append(str(_TENS[word]))
        elif word == "oh":
            groups.append("0")
        elif tens and 0 < _UNITS[word] < 10:
            groups[-1] = str(int(groups[-1]) + _UNITS[word])
        elif groups and groups[-1] == "0":
            groups[-1] = f"0{_UNITS[word]}"
        else:
            groups.append(str(_UNITS[word]))
        tens = word in _TENS
    if len(groups) < _FEWEST and not (len(words) == _FEWEST and words[0] in _TENS):
        return 0
    return int("".join(groups))


def _with_powers(words: Sequence[str]) -> int:
    total = part = 0
    for word in words:
        if word == "hundred":
            part = (part or 1) * 100
        elif word in _POWERS:
            total, part = total + (part or 1) * _POWERS[word], 0
        else:
            part += _UNITS.get(word, _TENS.get(word, 0))
    return total + part
