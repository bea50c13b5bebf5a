"""Writes the numbers, clocks and dates of other languages as English has them, before a text is cut into tokens.

"24.812,50" and "24 812,50" are 24812,50, "9h42" and "9.42 Uhr" are 9:42, "3. Juni" is 3 june, "menos 120" is -120.
A dot before three digits is a decimal one in currencies and whatever else moves by thousandths.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from bot.reading.nicknames import symbols_named
from bot.reading.normalise import folded
from bot.reading.words import entries
from bot.trading.contracts import contract

_ACCENTED: Final = str.maketrans(
    {
        "a": "[aàáâãä]",
        "c": "[cç]",
        "e": "[eéèê]",
        "n": "[nñ]",
        "o": "[oóô]",
        "u": "[uúùûü]",
        "е": "[её]",
        "и": "[ий]",
    }
)
_BY_BLANKS: Final = frozenset(("fr", "ru"))
"""Languages that write thousands with blanks."""
_THOUSANDTH: Final = Decimal("0.001")
_CURRENCY: Final = "(?:usd|eur|gbp|jpy|chf|aud|cad|nzd|mxn|brl)"
_FINE: Final = re.compile(rf"\b{_CURRENCY}[ /-]?{_CURRENCY}\b|\b(?:xrp|ada|doge)(?:usdt?)?\b", re.IGNORECASE)
_BLANKS: Final = re.compile(r"(?<![\w.,:])\d{1,3}(?: \d{3})+(?![\d:])")
_NUMBER: Final = re.compile(r"(?<![\w.,:])\d+[.,]\d+(?![\d:]|[.,]\d)")
_DECIMAL_COMMA: Final = re.compile(r"\d,(?:\d{1,2}|\d{4,})(?![\d,])")


def _spelled(section: str) -> Iterator[tuple[str, str]]:
    """The words of a section of the calendar as expressions that accents may stand in, the longest first."""
    found = [(phrase, value) for name, phrase, value in entries("calendar") if name == section]
    for phrase, value in sorted(found, key=lambda entry: -len(entry[0])):
        yield phrase.translate(_ACCENTED), value


def _either(section: str) -> str:
    return "(?:" + "|".join(pattern for pattern, _ in _spelled(section)) + ")"


_MONTHS: Final = {phrase: value for name, phrase, value in entries("calendar") if name == "month"}
_PARTS: Final = {phrase: int(value) for name, phrase, value in entries("calendar") if name == "after clock"}
_SIGNS: Final = {phrase: value for name, phrase, value in entries("calendar") if name == "sign"}
_DATE: Final = re.compile(
    rf"\b(\d{{1,2}})(?:\.|er|º|°)? (?:de )?({_either('month')})\b\.?(?:(?: de)?( 20\d\d)\b)?", re.IGNORECASE
)
_HOURS: Final = re.compile(r"(?<![\w.,:])([01]?\d|2[0-3]) ?h ?([0-5]\d)\b", re.IGNORECASE)
_HOUR: Final = re.compile(rf"\b({_either('before clock')} )([01]?\d|2[0-3]) ?h\b", re.IGNORECASE)
_POINTED: Final = re.compile(r"\b((?:a las|às|um) )([01]?\d|2[0-3])\.([0-5]\d)\b(?![.,]\d)", re.IGNORECASE)
_WHOLE: Final = re.compile(r"\b((?:a las|às) )([01]?\d|2[0-3])\b(?![.,:]?\d| ?h)", re.IGNORECASE)
_NAMED: Final = re.compile(
    rf"(?<![\w.,:])([01]?\d|2[0-3])(?:[.:]([0-5]\d))? ?({_either('after clock')})\b", re.IGNORECASE
)
_SIGNED: Final = re.compile(rf"\b({_either('sign')}) (?=[$€£]?\d)", re.IGNORECASE)

_PRICE: Final = r"(\d+(?:[.,]\d+)*)"
_BETWEEN: Final = re.compile(rf"\b(?:entre|zwischen|между) {_PRICE} (?:y|e|et|und|и) {_PRICE}", re.IGNORECASE)
_ELIDED: Final = re.compile(r"\b[ldLD]'(?=[A-Z]{2})|\b[בהל]{1,2}-?(?=[A-Z]{2})")
"""Articles and prepositions that are written to the symbol, French "l'ES" and Hebrew."""
_HALF_TO: Final = re.compile(r"\bhalb ([a-zü]+|\d\d?)\b", re.IGNORECASE)
_HOURS_SPELLED: Final = {
    phrase: int(value) for name, phrase, value in entries("de") if name == "count" and value.isdigit()
}


def in_english(text: str, languages: frozenset[str], words: Iterable[str]) -> str:
    """The text of a message in these languages; `words` are its folded words."""
    text = _ELIDED.sub("", text)
    text = _DATE.sub(_date, text)
    text = _HALF_TO.sub(_half_to, text)
    text = _HOURS.sub(r"\1:\2", text)
    text = _POINTED.sub(r"\1\2:\3", text)
    text = _NAMED.sub(_clock, text)
    text = _HOUR.sub(r"\g<1>\2:00", text)
    text = _WHOLE.sub(r"\g<1>\2:00", text)
    if languages & _BY_BLANKS:
        text = _BLANKS.sub(lambda match: match[0].replace(" ", ""), text)
    text = _BETWEEN.sub(r"\1-\2", text)
    text = _SIGNED.sub(lambda match: _SIGNS.get(folded(match[1]), match[0]), text)
    fine = bool(_FINE.search(text)) or any(map(_is_fine, symbols_named(list(words), languages)))
    comma = fine or bool(_DECIMAL_COMMA.search(text))
    return _NUMBER.sub(lambda match: _plain(match[0], fine, comma), text)


def _date(match: re.Match[str]) -> str:
    month = _MONTHS.get(folded(match[2]))  # an expression that ignores case matches "maı" as well
    return f"{match[1]} {month}{match[3] or ','}" if month is not None else match[0]


def _clock(match: re.Match[str]) -> str:
    hour, part = int(match[1]), _PARTS.get(folded(match[3]), 0)
    return f"{hour + part if part and hour < part else hour}:{match[2] or '00'}"


def _half_to(match: re.Match[str]) -> str:
    """German "halb zehn" is 9:30."""
    hour = int(match[1]) if match[1].isdigit() else _HOURS_SPELLED.get(folded(match[1]), 0)
    return f"{hour - 1}:30" if 1 < hour <= 24 else match[0]


def _is_fine(symbol: str) -> bool:
    known = contract(symbol)
    return known is not None and known.tick_size is not None and known.tick_size <= _THOUSANDTH


def _plain(number: str, fine: bool, comma: bool) -> str:
    """One separator before three digits: of thousands, unless the market is quoted finer or says otherwise."""
    whole, mark, rest = number.partition("," if "," in number else ".")
    if len(rest) != 3 or len(whole) > 3 or whole == "0":
        return number
    if mark == ".":
        return number if fine and (len(whole) == 1 or rest != "000") else whole + rest
    return f"{whole}.{rest}" if comma else whole + rest
