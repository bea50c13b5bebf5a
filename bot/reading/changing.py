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
    found = _leading().match(folded(text))
    if found is None:
        return Named(None, text.strip())
    return Named(int(found["number"] or 1), text[found.end() :].strip())


def asked_in(text: str, *, pictured: bool) -> tuple[Asked, str] | None:
    """What plain words ask of a trade that they name, and its number with the rest; `pictured`: as a caption."""
    said = text.strip().rstrip(".!")
    if not said or len(said) > LONGEST or "\n" in said:
        return None
    plain = folded(said)
    if pictured and (found := _caption().fullmatch(folded(without_marks(said)[0]).strip())):
        return "photo", f"{found['number']} {said}"
    bare, marks = without_marks(said)
    if marks.said() and (found := _named().fullmatch(folded(bare).strip())):
        return "marked", f"{found['number']} {said}"
    if found := _delete().fullmatch(plain):
        return "delete", found["number"] or found["before"] or "1"
    if found := _edit().match(plain):
        return "edit", f"{found['number'] or found['plain'] or 1} {said[found.end() :].strip()}".strip()
    if found := _edit_of().fullmatch(plain):
        told = f"{said[found.start('what') : found.end('what')]} {said[found.start('rest') :].strip()}"
        return "edit", f"{found['number']} {told}".strip()
    if (found := _told_of().match(plain)) and (_changes(rest := said[found.end() :].strip()) or _empties(rest)):
        return "edit", f"{found['number']} {rest}"
    if (found := _of_trade().fullmatch(plain)) and _empties(what := said[: found.end("what")]):
        return "edit", f"{found['number']} {what}"
    if (found := _fill().match(plain)) and (of := _of_number().search(plain, found.end())):
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
    return len(text) <= LONGEST and _delete_it().fullmatch(folded(text).strip().rstrip(".!")) is not None


def fill_in(text: str, known: TradeFields, context: ReadContext) -> TradeFields | None:
    """ "added 1 more at 18240", "add exit 1 at 18300": the fill of a trade; None for anything else."""
    found = _fill().match(folded(text.strip())) if len(text) <= LONGEST else None
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
def _leading() -> re.Pattern[str]:
    noun, last = one_of(_FILE, "noun"), one_of(_FILE, "last")
    return re.compile(rf"(?:{noun}\s+)?{_NUMBER}(?![\d.,]){_THEN}|{last}(?:\s+{noun})?{_THEN}")


@cache
def _delete() -> re.Pattern[str]:
    delete, trade, last, noun = (one_of(_FILE, name) for name in ("delete", "trade", "last", "noun"))
    named = rf"(?:{trade}\s+)*(?:(?:{noun}\s+#?|#)?(?P<number>\d{{1,3}})|{last}\s+{noun})"
    after = rf"(?:{trade}\s+)*(?:{noun}\s+#?(?P<before>\d{{1,3}})|{last}\s+{noun})"
    return re.compile(rf"{delete}\s+{named}|{after}\s+{delete}")


@cache
def _delete_it() -> re.Pattern[str]:
    delete, it = one_of(_FILE, "delete"), one_of(_FILE, "it")
    return re.compile(rf"{delete}(?:\s+{it})?|{it}\s+{delete}")


@cache
def _edit() -> re.Pattern[str]:
    edit, trade, last, noun = (one_of(_FILE, name) for name in ("edit", "trade", "last", "noun"))
    named = rf"(?:{trade}\s+)*{noun}\s+{_NUMBER}|(?:{trade}\s+)*{last}\s+{noun}"
    plain = rf"{one_of(_FILE, 'plain')}\s+#?(?P<plain>\d{{1,3}})"
    return re.compile(rf"(?:{edit}\s+(?:{named})|{plain})(?![\d.,]){_THEN}")


@cache
def _edit_of() -> re.Pattern[str]:
    """ "change the exit of trade 2 to 18300"."""
    edit, trade, to, noun = (one_of(_FILE, name) for name in ("edit", "trade", "to", "noun"))
    named = rf"{to}\s+(?:{trade}\s+)*{noun}\s+{_NUMBER}(?![\d.,])[:,]?"
    return re.compile(rf"{edit}\s+(?P<what>.+?)\s+{named}(?P<rest>\s.*)")


@cache
def _told_of() -> re.Pattern[str]:
    """ "trade 2: exit 18300", "for trade 2 no stop"."""
    to, trade, noun = (one_of(_FILE, name) for name in ("to", "trade", "noun"))
    return re.compile(rf"(?:{to}\s+)?(?:{trade}\s+)*{noun}\s+{_NUMBER}(?![\d.,]){_THEN}(?=.)")


@cache
def _of_trade() -> re.Pattern[str]:
    """ "remove the stop from trade 2"."""
    to, trade, noun = (one_of(_FILE, name) for name in ("to", "trade", "noun"))
    return re.compile(rf"(?P<what>.+?)\s+{to}\s+(?:{trade}\s+)*(?:{noun}\s+)?{_NUMBER}")


@cache
def _fill() -> re.Pattern[str]:
    return re.compile(rf"{one_of(_FILE, 'add')}\b(?:\s+(?P<exit>{one_of(_FILE, 'exit')}\b))?[:,]?\s+(?=.*\d)")


@cache
def _of_number() -> re.Pattern[str]:
    to, trade = one_of(_FILE, "to"), one_of(_FILE, "trade")
    return re.compile(rf"\s(?:{to})\s+(?:{trade}\s+)*{_NUMBER}(?P<marks>(?:\s+(?:#|\w+:).*)?)$")


@cache
def _named() -> re.Pattern[str]:
    """ "for 2", "trade 2": beside what it is marked with."""
    trade, to, noun = (one_of(_FILE, name) for name in ("trade", "for", "noun"))
    return re.compile(rf"(?:{to}\s+(?:{trade}\s+)*|(?:{trade}\s+)*{noun}\s+){_NUMBER}[:,]?")


@cache
def _caption() -> re.Pattern[str]:
    chart, trade, last = (one_of(_FILE, name) for name in ("chart", "trade", "for"))
    return re.compile(rf"(?:/photo\s+|(?:{chart}\s+)?{last}\s+)(?:{trade}\s+)*{_NUMBER}")
