"""What stands in a cell: a number, a moment, a side, a symbol. Nothing is ever run: a formula is no number."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from bot.importing.formats import WORDS
from bot.trading.contracts import contract
from bot.trading.day import zone_said

LARGEST: Final = Decimal(10) ** 12
_TEXT_FORMULA: Final = re.compile(r'="([^"]*)"')
_FORMULA: Final = re.compile(r"\s*[=@]|\s*[+\-](?![\d.,$€£(\s])")
_NOISE: Final = re.compile(r"[\s\u00a0\u202f'’$€£¥]|USD|EUR|GBP|CHF|JPY|AUD|CAD|lots?|contracts?|units?", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_MONTHS: Final = {
    name: n
    for n, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_ISO: Final = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})|(20\d{2})(\d{2})(\d{2})(?!\d)")
_LATE_YEAR: Final = re.compile(r"(\d{1,2})([-./])(\d{1,2})[-./](\d{4}|\d{2})")
_NAMED: Final = re.compile(r"(\d{1,2})[ -]([a-z]{3})[a-z]*[ ,.-]+(\d{4}|\d{2})")
_MONTH_FIRST: Final = re.compile(r"([a-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})")
_CLOCK: Final = re.compile(
    r"(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?\s*(am|pm|a\.m\.|p\.m\.)?\s*([+-]\d{2}:?\d{2}|[a-z]{1,4})?"
)
_SYMBOL: Final = re.compile(r"[A-Z0-9][A-Z0-9./_\-]{0,19}")
_PAIR: Final = re.compile(r"([A-Z]{6})[._\-#]?[A-Z0-9]{0,6}")
_MONTH_OF_FUTURE: Final = re.compile(
    r"([A-Z0-9]{1,4}) (?:\d{1,2}-\d{2}|(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\d{2})"
)
_WORDS: Final = {word: side for side, key in (("long", "buy"), ("short", "sell")) for word in WORDS[key]}


def plain(cell: str) -> str:
    """A cell as it is meant: ="00123" is the text 00123, and so is '00123."""
    text = cell.strip().strip("\ufeff\u200e\u200f")
    found = _TEXT_FORMULA.fullmatch(text)
    return found[1].strip() if found else text.removeprefix("'")


def is_formula(cell: str) -> bool:
    return _FORMULA.match(cell) is not None


def decimal_sign(cells: Iterable[str]) -> str | None:
    """ "." or ",": what these numbers have before their decimals; None where nothing tells."""
    signs = {".": 0, ",": 0}
    for cell in cells:
        text = _NOISE.sub("", plain(cell)).strip("()+-")
        dot, comma = text.rfind("."), text.rfind(",")
        if dot >= 0 and comma >= 0:
            signs["." if dot > comma else ","] += 1
        elif dot >= 0 and (text.count(".") == 1 and len(text) - dot != 4):
            signs["."] += 1
        elif comma >= 0 and (text.count(",") == 1 and len(text) - comma != 4):
            signs[","] += 1
    if signs["."] == signs[","]:
        return None
    return "." if signs["."] > signs[","] else ","


def number(cell: str, sign: str = ".") -> Decimal | None:
    """ "$(1,234.50)", "1.234,50 €", "-12"; None for what is no number."""
    text = plain(cell)
    if not text or is_formula(text):
        return None
    text = _NOISE.sub("", text).replace("−", "-")
    negative = text.startswith(("-", "(", "-(")) or text.endswith("-")
    text = text.strip("()+-").replace("," if sign == "." else ".", "").replace(",", ".")
    if not _NUMBER.fullmatch(text):
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    if value >= LARGEST:
        return None
    return -value if negative else value


def date_order(cells: Iterable[str]) -> str | None:
    """mdy or dmy: what dates with slashes or dashes must mean, as one has a number above twelve; else None."""
    for cell in cells:
        found = _LATE_YEAR.match(plain(cell))
        if found is None or found[2] == ".":
            continue
        if int(found[1]) > 12:
            return "dmy"
        if int(found[3]) > 12:
            return "mdy"
    return None


def has_open_order(cells: Iterable[str]) -> bool:
    """Whether there are dates at all that are read by that order."""
    return any((found := _LATE_YEAR.match(plain(cell))) is not None and found[2] != "." for cell in cells)


@dataclass(frozen=True, slots=True)
class Dating:
    """How times are written: the order of dates with slashes, and the zone of clocks that name none."""

    order: str
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as it was written, and when that was; aware UTC. `day`: by the clock it was written by; `timed`: with a
    clock time."""

    wall: str
    at: datetime
    day: date
    timed: bool = True


def moment(cell: str, dating: Dating, day: str = "") -> Moment | None:
    """A date with its time; `day`: the cell that holds the date where this one has the clock only."""
    text = plain(cell).lower()
    stamp = _epoch(text)
    if stamp is not None:
        return Moment(stamp.isoformat(), stamp, stamp.date())
    dated = _day(text, dating.order)
    if dated is None:
        dated = _day(plain(day).lower(), dating.order)
        rest = text
    else:
        rest = text[dated[1] :].lstrip(" t,;").rstrip()
    if dated is None:
        return None
    read = _clock(rest)
    if read is None:
        return None
    clock, offset = read
    local = datetime.combine(dated[0], clock)
    at = local.replace(tzinfo=offset or dating.zone).astimezone(UTC)
    return Moment(local.isoformat(), at, dated[0], bool(rest))


def _epoch(text: str) -> datetime | None:
    if not (text.isascii() and text.isdecimal() and len(text) in (10, 13)):
        return None
    seconds = int(text) / (1000 if len(text) == 13 else 1)
    return datetime.fromtimestamp(seconds, UTC)


@lru_cache(maxsize=65_536)
def _day(text: str, order: str) -> tuple[date, int] | None:
    """The date that a text begins with, and where it ends."""
    try:
        if (found := _ISO.match(text)) is not None:
            year, month, day = (part for part in found.groups() if part is not None)
            return date(int(year), int(month), int(day)), found.end()
        if (found := _NAMED.match(text)) is not None and found[2] in _MONTHS:
            return date(_year(found[3]), _MONTHS[found[2]], int(found[1])), found.end()
        if (found := _MONTH_FIRST.match(text)) is not None and found[1] in _MONTHS:
            return date(_year(found[3]), _MONTHS[found[1]], int(found[2])), found.end()
        if (found := _LATE_YEAR.match(text)) is not None:
            day_first = found[2] == "." or order == "dmy"
            day, month = (found[1], found[3]) if day_first else (found[3], found[1])
            return date(_year(found[4]), int(month), int(day)), found.end()
    except ValueError:
        return None
    return None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _clock(text: str) -> tuple[time, tzinfo | None] | None:
    """The time of day and its offset; midnight where there is none."""
    if not text:
        return time(0), None
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hour = int(found[1])
    if found[5]:
        hour = hour % 12 + (12 if found[5].startswith("p") else 0)
    try:
        clock = time(hour, int(found[2]), int(found[3] or 0), int((found[4] or "0").ljust(6, "0")[:6]))
    except ValueError:
        return None
    offset = _offset(found[6]) if found[6] else None
    return None if found[6] and offset is None else (clock, offset)


def _offset(text: str) -> tzinfo | None:
    """ "-05:00", "z", "est"; None for a word that is no zone."""
    if text.isalpha():
        name = "UTC" if text == "z" else WORDS["zones"].get(text)
        return ZoneInfo(name) if name is not None else None
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def zone_of(name: str) -> tzinfo | None:
    """A zone by its name, "New York", "UTC+2"."""
    found = re.fullmatch(r"(?:UTC|GMT)\s*([+-])(\d{1,2})(?::?(\d{2}))?", name.strip(), re.IGNORECASE)
    if found is None:
        return zone_said(name)
    span = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-span if found[1] == "-" else span) if span < timedelta(hours=15) else None


def side(cell: str) -> str | None:
    """long or short; None for anything else: a balance, a pending order."""
    return _WORDS.get(" ".join(plain(cell).lower().split()))


@lru_cache(maxsize=4096)
def symbol(cell: str) -> str | None:
    """The root: CME_MINI:MNQ1!, "MNQ 12-26", MNQU6 are MNQ, EURUSD.r is EURUSD; None for what cannot be one."""
    text = plain(cell).upper()
    text = text.rpartition(":")[2].strip()
    dated = _MONTH_OF_FUTURE.fullmatch(text)
    text = dated[1] if dated else re.sub(r"\d!$|!$", "", text).lstrip("/$").removesuffix("=F")
    known = contract(text) if text else None
    if known is not None:
        return known.symbol
    pair = _PAIR.fullmatch(text)
    if pair is not None and contract(pair[1]) is not None:
        return pair[1]
    return text if _SYMBOL.fullmatch(text) else None
