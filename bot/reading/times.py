"""Clock times of a trade: which ones a message names, and what moment each is."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from bot.reading import words
from bot.reading.days import named_day
from bot.reading.gathering import near
from bot.reading.items import Item, Items
from bot.reading.words import Tag
from statemachine.trade import TradeFields

ZONES = {**{word: ZoneInfo(name) for word, name in words.ZONES.items()}, "ct": ZoneInfo("America/Chicago")}
"""Zone words of traders. "EST" said in summer means New York's time, as traders use it."""

_MILITARY = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d")
_POINTED = re.compile(r"\d{1,2}\.[0-5]\d")
_SIDES = frozenset({Tag.LONG, Tag.SHORT, Tag.BUY, Tag.SELL, Tag.EXIT, Tag.COVER, Tag.STOPPED})


_TO = frozenset(("to", "till", "until", "-", "bis", "hasta", "ate"))
_AT = frozenset(("at", "around", "about", "by"))
_TELLING = frozenset(("clock", "number"))
_LED = frozenset({Tag.ENTRY, Tag.ENTRY_IF_NUMBER, Tag.EXIT, Tag.AT})
_SHORTEST, _LONGEST = 4, 5
"""Characters of a clock time that is written as a number: "0945", "9.41", "10.05"."""
_LATEST = 2359
"""Of clock times written as four digits."""
_REACH = 16
"""Items in which the prices of a trade stand together."""
_LEAVING = frozenset({Tag.EXIT, Tag.COVER, Tag.STOPPED})


def clock_fields(items: Items) -> dict[int, str]:
    """Which time the item at each place says: the first is entry_time, unless an exit word stands beside it."""
    found: dict[int, str] = {}
    for n, item in enumerate(items):
        if item.kind not in _TELLING or not _is_clock(items, n, found) or _ignored(items, n):
            continue
        taken = "entry_time" in found.values()
        if not taken and _goes_on(items, n):
            found[item.start] = "entry_time"
            continue
        found[item.start] = "exit_time" if _says_left(items, n) or taken else "entry_time"
    return found


def _goes_on(items: list[Item], n: int) -> bool:
    """The 9:41 of "flat 21522 (9:41-9:55am)"."""
    return items[n].kind == "clock" and n + 2 < len(items) and items[n + 1].word in _TO and items[n + 2].kind == "clock"


def _says_left(items: list[Item], n: int) -> bool:
    """By the last word of entering or leaving before the time; the first behind it where the time opens a clause."""
    before = _near_before(items, n)
    stamped = before and before[0].tag is None and any(item.word == "time" for item in before[:2])
    if stamped and any(item.tag is Tag.EXIT for item in items[:n]):
        return True  # the stamp of a notice, below the exit
    for item in reversed(before):
        if item.tag is Tag.HIT:
            return True
        if item.tag in _SIDES or item.tag is Tag.ENTRY or item.word in ("in", "open"):
            return item.tag in _LEAVING
    opens = _starts_clause(items, n) or (items[n - 1].tag is Tag.AT and _starts_clause(items, n - 1))
    return opens and n + 1 < len(items) and items[n + 1].tag in _LEAVING


def _ignored(items: list[Item], n: int) -> bool:
    return n > 0 and any(i.tag is Tag.IGNORE and i.word != "trade" for i in items[max(0, n - 3) : n])


def _near_before(items: list[Item], n: int) -> list[Item]:
    """The few items before the time in its own clause."""
    start = max(0, n - 4)
    ends = [m for m in range(start, n) if items[m].kind == "break" or items[m].word in (",", ";")]
    return items[ends[-1] + 1 if ends else start : n]


def _is_clock(items: list[Item], n: int, found: dict[int, str]) -> bool:
    item = items[n]
    if item.kind == "clock":
        return True
    if item.tag is not None or not _SHORTEST <= len(item.text) <= _LONGEST or item.sign or item.money:
        return False
    after = items[n + 1] if n + 1 < len(items) else None
    if after is not None and after.tag in _SIDES and _MILITARY.fullmatch(item.text) and _starts_clause(items, n):
        return not _is_price_like(items, item)
    if n and items[n - 1].tag in _LED and _MILITARY.fullmatch(item.text) and _is_led(items, n):
        return True
    if n < 2:
        return False
    lead = items[n - 1].word
    if lead in _AT and _is_beside_a_price(items, n):
        return True
    return lead in _TO and items[n - 2].start in found and _POINTED.fullmatch(item.text) is not None


def _is_led(items: list[Item], n: int) -> bool:
    """ "entered 0945 exited 1010": no price begins with 0, and the prices stand elsewhere, far from it."""
    if items[n].text[0] == "0":
        return True
    others = [i for i in items if i.kind == "number" and i.tag is None and not i.sign and i is not items[n]]
    priced = [i for i in others if not _MILITARY.fullmatch(i.text) and (i.decimals or (i.value or 0) > _LATEST)]
    apart = not any(_are_near(i, items[n]) for i in priced)
    return apart and any(_are_near(one, other) for one, other in combinations(priced[:_REACH], 2))


def _is_beside_a_price(items: list[Item], n: int) -> bool:
    """The 9.35 of "one at 69.80 around 9.35 … at 70.05": beside a price that others are near, and far from it."""
    item = items[n]
    if not _POINTED.fullmatch(item.text) or (item.value or 0) >= 24:
        return False
    price, lead = items[n - 2], items[n - 3] if n > 2 else None
    if price.kind != "number" or price.tag is not None or price.value is None or _are_near(price, item):
        return False
    told = bool(price.decimals) or (lead is not None and lead.tag is Tag.AT)
    if not told and not any(i.how in ("table", "pair", "nickname") for i in items[max(0, n - _REACH) : n + _REACH]):
        return False  # "bought 100 at 10.40"
    beside = items[max(0, n - _REACH) : n + _REACH]
    return any(i.value != price.value and _are_near(i, price) for i in beside)


def _are_near(one: Item, other: Item) -> bool:
    if one.kind != "number" or one.tag is not None or one.value is None or other.value is None:
        return False
    return near(one.value, other.value)


def _starts_clause(items: list[Item], n: int) -> bool:
    return n == 0 or items[n - 1].kind == "break" or items[n - 1].word in (",", ";", ".", "-", ")")


def _is_price_like(items: list[Item], item: Item) -> bool:
    """A number of four digits is a price where another price of the message lies beside it."""
    value = item.value
    others = [i.value for i in items if i.kind == "number" and i is not item and i.value is not None and i.decimals]
    return value is not None and any(abs(other - value) <= value / 10 for other in others)


def with_times(
    fields: TradeFields, entry: str | None, exit_: str | None, items: Items, now: datetime, zone: ZoneInfo
) -> TradeFields:
    """Fields with the written times as aware UTC, in the zone that is named, else the trader's.

    They are of the day that is named; without a time the day itself is kept.
    """
    day = named_day(items, now, zone)
    if entry is None and exit_ is None:
        return fields if day is None else replace(fields, day=day)
    named = next((ZONES[i.word] for i in items if i.word in ZONES and i.kind in ("tag", "word")), zone)
    left = moment(exit_, now, named, day)
    entered = moment(entry, now, named, day)
    if entered is not None and left is not None and entered > left:
        entered -= timedelta(days=1)
    untimed = entered is None and left is None
    return replace(fields, entry_time=entered, exit_time=left, day=day if untimed else None)


def redated(fields: TradeFields, draft: TradeFields, zone: ZoneInfo) -> TradeFields:
    """A correction whose day moves the times that stand in the draft, or whose times are of the draft's day."""
    stood, told = draft.exit_time or draft.entry_time, fields.exit_time or fields.entry_time
    if fields.day is not None and stood is not None:
        days = fields.day - stood.astimezone(zone).date()
        moved = (_moved(draft.entry_time, days, zone), _moved(draft.exit_time, days, zone))
    elif draft.day is not None and told is not None:
        days = draft.day - told.astimezone(zone).date()
        moved = (_moved(fields.entry_time, days, zone), _moved(fields.exit_time, days, zone))
    else:
        return fields
    return replace(fields, entry_time=moved[0], exit_time=moved[1], day=None)


def _moved(moment_: datetime | None, days: timedelta, zone: ZoneInfo) -> datetime | None:
    """The same time on the clock of `zone`, days later."""
    return None if moment_ is None else (moment_.astimezone(zone) + days).astimezone(UTC)


def moment(written: str | None, now: datetime, zone: ZoneInfo, day: date | None = None) -> datetime | None:
    """The latest moment up to `now` at which a clock in `zone` showed the time, or that of `day`; None: no time."""
    clock = re.fullmatch(r"(\d{1,2})(?:[:.]?(\d\d))?(?::(\d\d))?\s?(?:([ap])\.?m\.?)?", (written or "").lower())
    if clock is None:
        return None
    hour, minute, second = int(clock[1]), int(clock[2] or 0), int(clock[3] or 0)
    if clock[4] == "p" and hour < 12:
        hour += 12
    if clock[4] == "a" and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        return None
    today = now.astimezone(zone).replace(hour=hour, minute=minute, second=second, microsecond=0, fold=0)
    if day is not None:
        return today.replace(year=day.year, month=day.month, day=day.day).astimezone(UTC)
    found = today if today <= now else today - timedelta(days=1)
    return found.astimezone(UTC)
