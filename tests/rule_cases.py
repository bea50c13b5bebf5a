"""Reads rule x trade cases (tests/data/rule_cases*.txt): a rule, what surrounds it, trades, and their verdicts.

    rule   wait 15 minutes after a loss        (or: check {"kind": "cooldown", "minutes": 15, "after": "loss"})
    before short 1 ES in=9:35 out=9:50 pnl=-250
    trade  long 1 NQ in=10:00 entry=18250 exit=18290 pnl=800
    is     violated 10 minutes

- Blocks are separated by blank lines and know nothing of each other; `#` opens a comment line.
- Settings: day, zone, start (hour and zone of the day start), size, balance (at the start of the trading day), limit
  (the account's daily loss limit), phase, currency, point SYMBOL VALUE. DEFAULTS has what holds without them.
- `before` and `later` are other trades of the account, recorded before or after the trade, in the order of the lines.
- A trade is SIDE SIZE SYMBOL, "-" where unsaid, then key=value: in, out, entry, exit, stop, moved, target, pnl, fees,
  day, part=SIZE@TIME@PNL, note="...", and the flags open, closed, net. What is not written was not said. Times are on
  `day` and the clock of `zone` unless they carry a date (2026-11-23T23:10).
- After the verdict: the severity, if it matters, and phrases separated by ";" that the evidence must contain.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from bot.auditing.conditions import phase_of
from bot.auditing.facts import AuditFacts, Logged, Part
from bot.rules.kinds import Check
from bot.trading.day import DayStart, trading_day
from statemachine.trade import TradeFields

DEFAULTS = {
    "day": "2026-11-24",
    "zone": "America/New_York",
    "start": "18 America/New_York",
    "size": "50000",
    "balance": "unknown",
    "limit": "unknown",
    "phase": "unknown",
    "currency": "USD",
}
RECORDED = datetime(2026, 12, 31, tzinfo=UTC)
"""All was recorded long after, so that the time of recording says nothing but the order."""
CHECKS: TypeAdapter[Check] = TypeAdapter(Check)
_PRICES = {
    "entry": "entry_price",
    "exit": "exit_price",
    "stop": "stop_loss",
    "target": "take_profit",
    "pnl": "pnl",
    "fees": "commissions",
}
_KEYS = frozenset({*_PRICES, "in", "out", "moved", "day", "part", "note"})
_FLAGS = frozenset({"open", "closed", "net"})
_VERDICT = re.compile(r"(followed|violated|unclear)\b\s*(?:(minor|major|critical)\b\s*;?)?\s*(.*)")


class Malformed(ValueError):
    """A line that is not in the format."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The verdict worked out by hand. phrases: what the evidence must contain."""

    verdict: str
    severity: str | None
    phrases: tuple[str, ...]

    def missing(self, evidence: str) -> list[str]:
        return [phrase for phrase in self.phrases if flat(phrase) not in flat(evidence)]


@dataclass(frozen=True, slots=True)
class Case:
    """One trade under one rule. place: file and line; rule: English, where it is to be compiled; else check."""

    place: str
    rule: str | None
    check: Check | None
    facts: AuditFacts
    expected: Expected


@dataclass(slots=True)
class Block:
    """What has been read of a block so far."""

    rule: str | None = None
    check: Check | None = None
    settings: dict[str, str] = field(default_factory=lambda: dict(DEFAULTS))
    points: dict[str, Decimal] = field(default_factory=dict)
    before: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    trade: str | None = None


def flat(text: str) -> str:
    """Letter case, commas within figures and runs of spaces do not count."""
    return re.sub(r"\s+", " ", re.sub(r"(?<=\d),(?=\d)", "", text)).strip().lower()


def cases_of(path: Path) -> list[Case]:
    """The cases of a file, in its order. Raises Malformed with the line that is wrong."""
    found: list[Case] = []
    block = Block()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if text.startswith("#"):
            continue
        if not text:
            block = Block()
            continue
        place = f"{path.name}:{number}"
        try:
            found.extend(_read(block, *_split(text), place))
        except (ValueError, KeyError, ArithmeticError) as error:
            raise Malformed(f"{place}: {line.strip()} ({error})") from error
    return found


def _split(text: str) -> tuple[str, str]:
    word, _, rest = text.partition(" ")
    return word, rest.strip()


def _read(block: Block, word: str, rest: str, place: str) -> Iterator[Case]:
    if word == "rule":
        block.rule, block.check = rest, None
    elif word == "check":
        block.rule, block.check = None, CHECKS.validate_json(rest)
    elif word in ("before", "later"):
        (block.before if word == "before" else block.later).append(rest)
    elif word == "point":
        symbol, value = rest.split()
        block.points[symbol] = Decimal(value)
    elif word == "trade":
        block.trade = rest
    elif word == "is":
        yield _case(block, rest, place)
        block.trade = None
    elif word in DEFAULTS:
        block.settings[word] = rest
    else:
        raise Malformed(f"no such line: {word}")


def _case(block: Block, verdict: str, place: str) -> Case:
    match = _VERDICT.fullmatch(verdict)
    if match is None or block.trade is None or (block.rule is None and block.check is None):
        raise Malformed("a verdict needs a rule and a trade above it, and is followed, violated or unclear")
    phrases = tuple(phrase.strip() for phrase in match[3].split(";") if phrase.strip())
    expected = Expected(match[1], match[2], phrases)
    return Case(place, block.rule, block.check, _facts(block), expected)


def _facts(block: Block) -> AuditFacts:
    said = block.settings
    hour, _, zone = said["start"].partition(" ")
    facts = AuditFacts(
        this=Logged(fields=TradeFields()),
        account_size=_amount(said["size"]),
        starting_balance=_amount(said["balance"]),
        daily_limit=_amount(said["limit"]),
        phase=phase_of(said["phase"]),
        account_currency=said["currency"],
        zone=ZoneInfo(said["zone"]),
        day_start=DayStart(ZoneInfo(zone or said["zone"]), int(hour)),
    )
    lines = [*block.before, block.trade or "", *block.later]
    trades = [_trade(line, number, block, facts) for number, line in enumerate(lines)]
    place = len(block.before)
    return replace(facts, this=trades[place], others=tuple(trades[:place] + trades[place + 1 :]))


def _amount(text: str) -> Decimal | None:
    return None if text == "unknown" else Decimal(text)


def _trade(line: str, number: int, block: Block, facts: AuditFacts) -> Logged:
    side, size, symbol, *rest = shlex.split(line)
    flags = {word for word in rest if "=" not in word}
    pairs = [(key, value) for key, _, value in (word.partition("=") for word in rest if "=" in word)]
    values = dict(pairs)
    strange = flags - {"open", "closed", "net"} | values.keys() - {
        *_PRICES,
        "in",
        "out",
        "moved",
        "day",
        "part",
        "note",
    }
    if strange or side not in ("long", "short", "-"):
        raise Malformed(f"not known: {' '.join(sorted(strange)) or side}")
    fields = _fields(side, size, symbol, values, block)
    fields = replace(fields, pnl_basis="net" if "net" in flags else "gross")
    untimed = date.fromisoformat(values["day"]) if "day" in values else None
    moment = fields.exit_time or fields.entry_time
    day = untimed or (trading_day(moment, facts.day_start) if moment else date.fromisoformat(block.settings["day"]))
    parts = tuple(_part(value, day, block, facts) for key, value in pairs if key == "part")
    left = fields.exit_price is not None or fields.exit_time is not None
    ended = left or (fields.pnl is not None and not parts) or "closed" in flags
    return Logged(
        fields=fields,
        id=UUID(int=number + 1),
        initial_stop=_decimal(values.get("stop")),
        day=day,
        recorded_at=RECORDED + timedelta(minutes=number),
        is_open="open" in flags or not ended,
        parts=parts,
        point_value=block.points.get(symbol),
    )


def _fields(side: str, size: str, symbol: str, values: dict[str, str], block: Block) -> TradeFields:
    said: dict[str, Any] = {name: _decimal(values.get(key)) for key, name in _PRICES.items()}
    if "moved" in values:
        said["stop_loss"] = Decimal(values["moved"])
    return TradeFields(
        direction=None if side == "-" else side,  # type: ignore[arg-type]
        position_size=None if size == "-" else Decimal(size),
        symbol=None if symbol == "-" else symbol,
        entry_time=_moment(values.get("in"), block),
        exit_time=_moment(values.get("out"), block),
        note=values.get("note"),
        **said,
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _moment(text: str | None, block: Block) -> datetime | None:
    if text is None or text == "-":
        return None
    named, _, clock = text.rpartition("T")
    hour, minute, second = (int(figure) for figure in f"{clock}:0".split(":")[:3])
    at = time(hour, minute, second)
    day = date.fromisoformat(named or block.settings["day"])
    return datetime.combine(day, at, ZoneInfo(block.settings["zone"])).astimezone(UTC)


def _part(text: str, day: date, block: Block, facts: AuditFacts) -> Part:
    size, clock, pnl = text.split("@")
    at = _moment(clock, block)
    counted_on = day if at is None else trading_day(at, facts.day_start)
    return Part(size=Decimal(size), pnl=Decimal(pnl), at=at, day=counted_on)
