"""Changes of recorded trades as they are written: "/edit 2 exit 18295", "delete trade 2", "added 1 more at 18240".

What is changed is read by the reader of corrections; a fill is read as the entry of a trade in the same market.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from bot.reading import ReadContext, read
from bot.reading.marks import without_marks
from bot.reading.phrases import folded, one_of
from statemachine.events import Closed, Corrected, Reported
from statemachine.trade import TradeFields

_FILE: Final = "changing.txt"
_NUMBER: Final = r"#?(?P<number>\d{1,3})"
_MARKET: Final = "NQ"
"""Where the trade's own is not known: it decides nothing but how prices are written."""
_THEN: Final = r"\s?[:,]?(?:\s+|$)"
_FIGURE: Final = re.compile(r"\d[\d.,]*")
_PHRASES: Final = re.compile(r"@(\w+)")
_TRADES: Final = r"(?:@trade\s+)*"
_OF_TRADE: Final = rf"{_TRADES}@noun\s+{_NUMBER}"
_LEADING: Final = rf"(?:@noun\s+)?{_NUMBER}(?![\d.,]){_THEN}|@last(?:\s+@noun)?{_THEN}"
_DELETE: Final = (
    rf"@delete\s+{_TRADES}(?:(?:@noun\s+#?|#)?(?P<number>\d{{1,3}})|@last\s+@noun)"
    rf"|{_TRADES}(?:@noun\s+#?(?P<before>\d{{1,3}})|@last\s+@noun)\s+@delete"
)
_DELETE_IT: Final = r"@delete(?:\s+@it)?|@it\s+@delete"
_EDIT: Final = rf"(?:@edit\s+(?:{_OF_TRADE}|{_TRADES}@last\s+@noun)|@plain\s+#?(?P<plain>\d{{1,3}}))(?![\d.,]){_THEN}"
_EDIT_OF: Final = rf"@edit\s+(?P<what>.+?)\s+@to\s+{_OF_TRADE}(?![\d.,])[:,]?(?P<rest>\s.*)"
""" "change the exit of trade 2 to 18300"."""
_TOLD_OF: Final = rf"(?:@to\s+)?{_OF_TRADE}(?![\d.,]){_THEN}(?=.)"
""" "trade 2: exit 18300", "for trade 2 no stop"."""
_FROM_TRADE: Final = rf"(?P<what>.+?)\s+@to\s+{_TRADES}(?:@noun\s+)?{_NUMBER}"
""" "remove the stop from trade 2"."""
_FILL: Final = r"@add\b(?:\s+(?P<exit>@exit\b))?[:,]?\s+(?=.*\d)"
_OF_NUMBER: Final = rf"\s(?:@to)\s+{_TRADES}{_NUMBER}(?P<marks>(?:\s+(?:#|\w+:).*)?)$"
_NAMED: Final = rf"(?:@for\s+{_TRADES}|{_TRADES}@noun\s+){_NUMBER}[:,]?"
""" "for 2", "trade 2": beside what it is marked with."""
_CAPTION: Final = rf"(?:/photo\s+|(?:@chart\s+)?@for\s+){_TRADES}{_NUMBER}"
_NOTHING: Final = ReadContext(state="idle", now=datetime(2000, 1, 1, tzinfo=UTC), zone=ZoneInfo("UTC"))
_WAITING: Final = replace(
    _NOTHING, state="awaiting_confirmation", drafts=(TradeFields(symbol=_MARKET, direction="long"),)
)
LONGEST: Final = 200
"""Characters; nobody says in more which trade is meant."""

Asked = Literal["edit", "delete", "add", "exit", "photo", "marked"]


@dataclass(frozen=True, slots=True)
class Named:
    """A trade by its number in the list, None where none was said, and what was said besides. The last one is 1."""

    number: int | None
    rest: str


def numbered(text: str) -> Named:
    """ "2 exit 18295", "#2: short", "trade 2 size 3", "last size 3"."""
    found = _pattern(_LEADING).match(folded(text))
    if found is None:
        return Named(None, text.strip())
    return Named(int(found["number"] or 1), text[found.end() :].strip())


def asked_in(text: str, *, pictured: bool) -> tuple[Asked, str] | None:
    """What plain words ask of a trade that they name, and its number with the rest; `pictured`: as a caption."""
    said = text.strip().rstrip(".!")
    if not said or len(said) > LONGEST or "\n" in said:
        return None
    bare, marks = without_marks(said)
    plain, unmarked = folded(said), folded(bare).strip()
    if pictured and (found := _pattern(_CAPTION).fullmatch(unmarked)):
        return "photo", f"{found['number']} {said}"
    if marks.said() and (found := _pattern(_NAMED).fullmatch(unmarked)):
        return "marked", f"{found['number']} {said}"
    if found := _pattern(_DELETE).fullmatch(plain):
        return "delete", found["number"] or found["before"] or "1"
    if found := _pattern(_EDIT).match(plain):
        return "edit", f"{found['number'] or found['plain'] or 1} {said[found.end() :].strip()}".strip()
    if found := _pattern(_EDIT_OF).fullmatch(plain):
        told = f"{said[found.start('what') : found.end('what')]} {said[found.start('rest') :].strip()}"
        return "edit", f"{found['number']} {told}".strip()
    if (found := _pattern(_TOLD_OF).match(plain)) and (_changes(rest := said[found.end() :].strip()) or _empties(rest)):
        return "edit", f"{found['number']} {rest}"
    if (found := _pattern(_FROM_TRADE).fullmatch(plain)) and _empties(what := said[: found.end("what")]):
        return "edit", f"{found['number']} {what}"
    if (found := _pattern(_FILL).match(plain)) and (of := _pattern(_OF_NUMBER).search(plain, found.end())):
        told = said[found.end() : of.start()].strip()
        asked: Asked = "exit" if found["exit"] else "add"
        return (asked, f"{of['number']} {told}{said[of.start('marks') :]}") if len(_FIGURE.findall(told)) > 1 else None
    return None


def _changes(rest: str) -> bool:
    """It tells of a trade that is known, and not a whole one."""
    return isinstance(read(rest, _NOTHING), Corrected | Closed)


def _empties(rest: str) -> bool:
    """It takes facts away and tells none: "no stop"."""
    event = read(rest, _WAITING)
    return isinstance(event, Corrected) and bool(event.cleared) and not event.fields.said()


def deletes_it(text: str) -> bool:
    """ "delete", "delete this trade": of the one that is answered."""
    return len(text) <= LONGEST and _pattern(_DELETE_IT).fullmatch(folded(text).strip().rstrip(".!")) is not None


def fill_in(text: str, known: TradeFields, context: ReadContext) -> TradeFields | None:
    """ "added 1 more at 18240", "add exit 1 at 18300": the fill of a trade; None for anything else."""
    found = _pattern(_FILL).match(folded(text.strip())) if len(text) <= LONGEST else None
    return fill_of(text.strip()[found.end() :], known, context, exits=bool(found["exit"])) if found else None


def fill_of(rest: str, known: TradeFields, context: ReadContext, *, exits: bool) -> TradeFields | None:
    """Size, price, time and commissions of a fill: "1 @ 18300"."""
    said = f"{known.direction or 'long'} {known.symbol or _MARKET} {rest}"
    event = read(said, replace(context, state="idle", drafts=(), missing=frozenset(), open_trades=(), plans=()))
    if not isinstance(event, Reported) or len(event.trades) != 1 or event.trades[0].entry_price is None:
        return None
    fill = event.trades[0]
    if fill.exit_price is not None or fill.pnl is not None or fill.symbol != (known.symbol or _MARKET):
        return None
    price, time = fill.entry_price, fill.entry_time
    told = TradeFields(position_size=fill.position_size, commissions=fill.commissions)
    return replace(told, exit_price=price, exit_time=time) if exits else replace(told, entry_price=price)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """`@name` in a template stands for any phrase of that name."""
    return re.compile(_PHRASES.sub(lambda phrases: one_of(_FILE, phrases[1]), template))
