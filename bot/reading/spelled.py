"""Numbers in words, as dictation leaves them: "fifty nine eighty six" is 5986, "twenty one thousand four hundred" 21400.

A single word ("two", "ten") stays one: it counts, which `items` decides by what stands beside it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.reading.tokens import Token

_UNITS: Final = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split()
    )
}
_TENS: Final = {
    word: value
    for value, word in zip(
        range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True
    )
}
_POWERS: Final = {"hundred": 100, "thousand": 1000, "grand": 1000, "million": 1_000_000}
_WORDS: Final = frozenset((*_UNITS, *_TENS, *_POWERS, "oh"))
_FEWEST: Final = 2


def with_spelled(cut: list[Token]) -> list[Token]:
    """The tokens with every spelled number of two words and more as one number."""
    if sum(token.word in _WORDS for token in cut) < _FEWEST:
        return cut
    found: list[Token] = []
    place = 0
    while place < len(cut):
        end = _end_of(cut, place)
        words = [token.word for token in cut[place:end] if token.word in _WORDS]
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
        joined = cut[end].word in ("-", "and") and end > place and ahead[:1] and ahead[0] in _WORDS
        joined = joined and ahead[1:] not in (["quarters"], ["quarter"], ["half"])
        if cut[end].word not in _WORDS and not joined:
            break
        end += 1
    return end


def spelled_value(words: Sequence[str]) -> int:
    """The value of number words; 0 where they make none. Without a power the groups are read on like digits."""
    if any(word in _POWERS for word in words):
        return _with_powers(words)
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
