"""`vigil read`: one JSON object a line in, one out, in the form of the trading-journal message records."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from bot.reading import ReadContext, reading
from bot.reading.copies import without_copies
from bot.reading.gathering import Said
from bot.reading.marks import without_marks
from statemachine.events import (
    Asked,
    Closed,
    Confirmed,
    Corrected,
    Denied,
    Detailed,
    Event,
    Filled,
    Planned,
    Reported,
    Unread,
)
from statemachine.trade import TradeFields

_TEXTS = ("symbol", "direction")
_TIMES = ("entry_time", "exit_time")
_NUMBERS = ("entry_price", "exit_price", "position_size", "stop_loss", "take_profit", "pnl", "commissions")


@dataclass(frozen=True, slots=True)
class Record:
    """A line of the input; `name` is its id, given back as it came; `text` is without copies and marks."""

    name: Any
    text: str
    context: ReadContext


def read_lines(lines: Iterable[str]) -> Iterator[str]:
    """A prediction for each record {id, text, context?}. Raises ValueError naming the line that is no such record."""
    for record in records(lines):
        found = reading(record.text, record.context)
        yield answer_line(record, found.event, found.said)


def records(lines: Iterable[str]) -> Iterator[Record]:
    """The records, one a line; blank lines are skipped. Raises ValueError as read_lines does."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            name, text = record["id"], without_copies(without_marks(str(record["text"]))[0])[0]
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"line {number} is not a record with id and text") from error
        yield Record(name, text, _context(record.get("context")))


def answer_line(record: Record, event: Event, said: Sequence[Said] = ()) -> str:
    """The prediction for a record that was read as `event`; `said`: its trades as plain code found them, if it did."""
    return json.dumps({"id": record.name, **_answer(event, said, record.context)}, ensure_ascii=False)


def _context(given: Any) -> ReadContext:
    """A pending trade (or several) in the record is what waits for confirmation."""
    given = given if isinstance(given, dict) else {}
    pending = given.get("pending_trades") or ([given["pending_trade"]] if given.get("pending_trade") else [])
    drafts = tuple(_draft(trade) for trade in pending if isinstance(trade, dict))
    state = "awaiting_confirmation" if drafts else "idle"
    return ReadContext(state=state, drafts=drafts, now=datetime.now(UTC), zone=ZoneInfo("UTC"))


def _draft(trade: dict[str, Any]) -> TradeFields:
    values: dict[str, Any] = {name: trade.get(name) for name in _TEXTS}
    values |= {name: _decimal(trade.get(name)) for name in _NUMBERS}
    values |= {name: _today(trade.get(name)) for name in _TIMES}
    return TradeFields(**values)


def _decimal(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def _today(value: Any) -> datetime | None:
    """A clock time of a record, "9:32"; which day it was, a record does not say."""
    try:
        clock = datetime.strptime(str(value), "%H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    return datetime.combine(datetime.now(UTC), clock.timetz())


def _answer(event: Event, said: Sequence[Said], context: ReadContext) -> dict[str, Any]:
    if isinstance(event, Corrected):
        return {"intent": "correction", "is_trade": True, "trades": _after(event, context)}
    if fields := _trades(event):
        trades = [_said(trade) for trade in said] if said else [_fields(trade) for trade in fields]
        return {"intent": "trade", "is_trade": True, "trades": trades}
    intents = {Confirmed: "confirm", Denied: "deny", Asked: "question"}
    return {"intent": intents.get(type(event), "chatter"), "is_trade": False, "trades": []}


def _trades(event: Event) -> tuple[TradeFields, ...]:
    """The trades an event tells of; one with an impossible stop was told of too."""
    if isinstance(event, Reported | Planned):
        return event.trades
    if isinstance(event, Closed | Detailed):
        return (event.fields,)
    if isinstance(event, Filled) and event.fields.symbol and event.fields.entry_price is not None:
        return (event.fields,)  # "got filled AAPL 229.50 x 100"
    if isinstance(event, Unread) and event.reason == "stop_wrong_side":
        return (event.understood,)
    return ()


def _after(event: Corrected, context: ReadContext) -> list[dict[str, Any]]:
    """The pending trades after a correction; none where nothing waits."""
    if not context.drafts:
        return []
    after = list(context.drafts)
    for one in (event, *event.also):
        place = (one.which or 1) - 1
        after[place] = after[place].without(one.cleared).merged(one.fields)
    return [_fields(draft) | _clocks(draft, context.zone) for draft in after]


def _clocks(draft: TradeFields, zone: ZoneInfo) -> dict[str, Any]:
    times = {"entry_time": draft.entry_time, "exit_time": draft.exit_time}
    return {name: None if time is None else f"{time.astimezone(zone):%H:%M}" for name, time in times.items()}


def _said(said: Said) -> dict[str, Any]:
    trade = _fields(said.fields) | {"entry_time": said.entry_clock, "exit_time": said.exit_clock}
    if said.targets:
        trade["take_profits"] = [_number(target) for target in said.targets]
    if said.entry_range is not None:
        trade["entry_range"] = [_number(end) for end in said.entry_range]
    return trade


def _fields(fields: TradeFields) -> dict[str, Any]:
    texts = {name: getattr(fields, name) for name in _TEXTS}
    return texts | {name: _number(getattr(fields, name)) for name in _NUMBERS}


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
