"""Puts one trade together: prices of legs, levels told as distances, a result with its sign, and where each was said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.reading.gathering import Said, near
from bot.reading.items import Item
from bot.reading.legs import attach_counts, total_size, weighted
from bot.reading.levels import Distance, Distances, distances_of, in_price, level
from bot.reading.roles import HEADS, PRICES, Amount, Role
from bot.reading.shorthand import completed
from bot.reading.telling import Telling
from bot.reading.weighing import Settled
from bot.reading.words import Tag
from statemachine.trade import Direction, TradeFields

RANGE_MARKS: Final = frozenset(("-", "_", "~", ":", "to", "bis"))
_ROUND: Final = Decimal(10)
_LEAST_UNSURE: Final = Decimal(1000)
_LEAST_PRICED: Final = Decimal(100)


@dataclass(slots=True)
class _Trade:
    """The facts while they are put together."""

    items: Sequence[Item]
    telling: Telling
    entries: list[Amount]
    exits: list[Amount]
    stop: Decimal | None
    targets: list[Decimal]
    distances: Distances
    size: Decimal | None = None
    entry: Decimal | None = None
    exit: Decimal | None = None
    range: tuple[Decimal, Decimal] | None = None
    pnl: Decimal | None = None
    net: bool = False
    fees: Decimal | None = None
    unsure: bool = False
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)


def put_together(
    items: Sequence[Item],
    telling: Telling,
    amounts: Sequence[Amount],
    settled: Settled,
    distances: Sequence[int],
    clocks: Mapping[str, str],
) -> Said:
    """The trade that the weighed numbers and the words make."""
    roles = settled.roles
    entries, exits = _in_order(roles[Role.ENTRY]), _in_order(roles[Role.EXIT])
    trade = _Trade(items, telling, entries, exits, None, [], distances_of(items, distances))
    free = attach_counts(items, amounts)
    _part_legs(trade)
    entries, exits = trade.entries, trade.exits
    trade.size = total_size(items, free, entries, exits)
    _enter(trade, roles)
    _levels(trade, _in_order(roles[Role.STOP]), _in_order(roles[Role.TARGET]))
    _leave(trade)
    _money(trade, _in_order(roles[Role.PNL]), _in_order(roles[Role.FEES]))
    _spans(trade, roles)
    planned = telling.planned or (telling.side_order and _is_signal(trade))
    fields = TradeFields(
        symbol=telling.symbol_said,
        direction=telling.direction or ("long" if telling.option else None),
        entry_price=trade.entry,
        exit_price=trade.exit,
        position_size=trade.size,
        stop_loss=trade.stop,
        take_profit=trade.targets[0] if trade.targets else None,
        pnl=trade.pnl,
        pnl_basis="net" if trade.net and trade.pnl is not None else None,
        commissions=trade.fees,
        note=_note(trade),
    )
    return Said(
        fields=fields,
        entry_range=trade.range,
        targets=tuple(trade.targets),
        entry_clock=clocks.get("entry_time"),
        exit_clock=clocks.get("exit_time"),
        spans=trade.spans,
        results=trade.distances.told or telling.results or telling.stopped or telling.scratched,
        planned=planned,
        side_order=telling.side_order,
        unsure=trade.unsure or _legs_do_not_add_up(trade),
    )


def _in_order(amounts: Sequence[Amount]) -> list[Amount]:
    return sorted(amounts, key=lambda amount: amount.n)


def _part_legs(trade: _Trade) -> None:
    """Which of several "2 @ 18250" entered and which left, where no word of leaving says so."""
    sized = [a for a in _in_order([*trade.entries, *trade.exits]) if a.size is not None and not _is_headed_out(a)]
    if len(sized) < 2:
        return
    out = [amount for amount in trade.exits if amount not in sized]
    whole = [amount for amount in trade.entries if amount.size is None]
    if whole:
        trade.entries, trade.exits = whole, out + sized  # "short from 44105, scaled: 1 @ 44080, 1 @ 44061"
    elif out:
        trade.entries, trade.exits = sized, out
    elif sized[0].size == sum((a.size for a in sized[1:] if a.size is not None), Decimal(0)):
        trade.entries, trade.exits = sized[:1], sized[1:]


def _is_headed_out(amount: Amount) -> bool:
    return amount.head is not None and HEADS.get(amount.head.tag or Tag.AT) is Role.EXIT


def _whole(amount: Amount, entry: Decimal | None) -> Decimal:
    """The price with the digits that it leaves out; of an option nothing is left out."""
    return completed(amount.value, entry) if amount.is_short else amount.value


def _enter(trade: _Trade, roles: Mapping[Role, Sequence[Amount]]) -> None:
    """The entry: one price, the middle of a range, or the weighted price of several."""
    entries, exits = trade.entries, trade.exits
    levels = bool(roles[Role.STOP] or roles[Role.TARGET] or trade.distances.stop or trade.distances.target)
    paired = _range(trade, entries, exits, levels, bool(roles[Role.PNL]))
    if paired is not None:
        trade.range = (min(paired), max(paired))
        trade.entry = sum(paired, Decimal(0)) / 2
        return
    if not entries:
        return
    if len(entries) == 1 and _is_triple(trade, roles):
        return
    first = entries[0].value
    for amount in entries[1:]:
        amount.value = _whole(amount, first)
    added = trade.telling.adding or all(amount.size is not None for amount in entries)
    if len(entries) > 1 and not added and all(e.size is None for e in entries):
        entries = entries[:1]
    trade.entry = weighted([(amount.size, amount.value) for amount in entries], trade.size)


def _range(
    trade: _Trade, entries: list[Amount], exits: list[Amount], levels: bool, paid: bool
) -> tuple[Decimal, Decimal] | None:
    """Two prices joined by a dash are an entry range in an order or beside levels, entry and exit in a report."""
    order = (trade.telling.side_order or trade.telling.planned or levels) and trade.size is None and not paid
    if len(entries) > 1 and _joined(trade.items, entries[0], entries[1]):
        first, second = entries[:2]
        second.value = _whole(second, first.value)
        if near(first.value, second.value):
            return first.value, second.value
    if (
        order
        and len(entries) == len(exits) == 1
        and _joined(trade.items, entries[0], exits[0])
        and exits[0].head is None
    ):
        first, second = entries[0], exits.pop()
        return first.value, _whole(second, first.value)
    return None


def _is_triple(trade: _Trade, roles: Mapping[Role, Sequence[Amount]]) -> bool:
    """ "60000/58000/65000" is entry, stop and target where the stop lies on its side of the entry."""
    prices = _in_order([a for role in PRICES for a in roles[role]] + [a for a in roles[Role.NONE] if a.head is None])
    if len(prices) != 3 or any(a.head is not None for a in prices) or prices[0].role is not Role.ENTRY:
        return False
    slashed = [item.word for item in trade.items[prices[0].n : prices[2].n + 1]][1::2] == ["/", "/"]
    entry, stop, target = (amount.value for amount in prices)
    fits = stop < entry < target if trade.telling.direction == "long" else stop > entry > target
    if not (slashed and fits):
        return False
    trade.entry, trade.stop, trade.targets = entry, stop, [target]
    trade.exits.clear()
    return True


def _joined(items: Sequence[Item], first: Amount, second: Amount) -> bool:
    between = [item for item in items[first.n + 1 : second.n] if item.tag is not Tag.AT]
    return len(between) == 1 and between[0].word in RANGE_MARKS


def _levels(trade: _Trade, stops: list[Amount], targets: list[Amount]) -> None:
    """Stop and targets, as prices; "stop 20" and "stop 20 pts" are distances from the entry."""
    entry, direction = trade.entry, trade.telling.direction
    if trade.targets:
        return
    if stops:
        said = next((stop for stop in stops if stop.head is not None and stop.head.tag is Tag.MOVE), stops[0])
        trade.stop = _whole(said, entry)
        if said.head is not None and _is_bare_distance(said, entry, direction):
            trade.stop, trade.distances.stop = None, Distance(said.value, "points", said.item)
    if trade.stop is None and trade.distances.stop is not None:
        way = in_price(trade.distances.stop, trade.telling.symbol_said, None)
        trade.stop = level(entry, direction, -way if way is not None else None)
    trade.targets = [_whole(target, entry) for target in targets]
    if len(targets) == 1 and _is_bare_distance(targets[0], entry, direction):
        trade.targets, trade.distances.target = [], Distance(targets[0].value, "points", targets[0].item)
    if not trade.targets and trade.distances.target is not None:
        risk = abs(entry - trade.stop) if entry is not None and trade.stop is not None else None
        found = level(entry, direction, in_price(trade.distances.target, trade.telling.symbol_said, risk))
        trade.targets = [found] if found is not None else []


def _is_bare_distance(said: Amount, entry: Decimal | None, direction: Direction | None) -> bool:
    if entry is None or direction is None or said.item.decimals or entry < _LEAST_PRICED:
        return False
    return said.value * _ROUND < entry and (said.value < _LEAST_PRICED or _whole(said, entry) == said.value)


def _leave(trade: _Trade) -> None:
    """The exit: its legs, or the level that the words name, or so many points from the entry."""
    telling, entry = trade.telling, trade.entry
    if trade.exits:
        for amount in trade.exits:
            amount.value = _whole(amount, entry)
        _shares(trade)
        legs = [(amount.size, amount.value) for amount in trade.exits]
        if telling.even and entry is not None and len(legs) == 1:
            legs.append((_left_over(trade), entry))
        trade.exit = weighted(legs, trade.size)
    elif (telling.scratched or telling.even) and entry is not None:
        trade.exit = entry
    elif telling.stopped:
        trade.exit = trade.stop
    elif telling.hit and len(trade.targets) == 1:
        trade.exit = trade.targets[0]
    elif trade.distances.result is not None and not telling.planned:
        risk = abs(entry - trade.stop) if entry is not None and trade.stop is not None else None
        result = trade.distances.result
        if result.unit in ("points", "ticks", "pips"):
            trade.exit = level(entry, telling.direction, in_price(result, telling.symbol_said, risk))


def _shares(trade: _Trade) -> None:
    """ "half at 18220, the rest at 18245": shares become sizes, of one where the whole is not known."""
    shared = [amount for amount in trade.exits if amount.share is not None]
    if not shared:
        return
    whole = trade.size or Decimal(1)
    for amount in shared:
        amount.size = whole * (amount.share or 0)
    others = [amount for amount in trade.exits if amount.size is None]
    if len(others) == 1:
        others[0].size = whole - sum((a.size for a in shared if a.size is not None), Decimal(0))


def _left_over(trade: _Trade) -> Decimal | None:
    first = trade.exits[0].size
    whole = trade.size or (Decimal(1) if trade.exits[0].share is not None else None)
    return whole - first if whole is not None and first is not None and whole > first else None


def _money(trade: _Trade, paid: list[Amount], fees: list[Amount]) -> None:
    telling = trade.telling
    if paid:
        amount = paid[0]
        trade.pnl = _signed(trade, amount)
        trade.net = _is_net(trade.items, amount)
        trade.unsure |= _may_be_the_entry(trade, amount)
        if trade.size is None and _is_distance_run(trade, amount):
            trade.pnl = None
    elif telling.scratched or (telling.even and trade.exit == trade.entry):
        trade.pnl = Decimal(0)
    said: dict[str, Decimal] = {}
    for amount in fees:
        said.setdefault(amount.head.word.rstrip("s") if amount.head is not None else "", abs(amount.value))
    trade.fees = sum(said.values(), Decimal(0)) if said else None


def _signed(trade: _Trade, amount: Amount) -> Decimal:
    """With the sign that is written or named; without one, that of the prices."""
    item, value = amount.item, abs(amount.value)
    if item.sign:
        return -value if item.sign == "-" else value
    heads = {i.tag for i in (amount.head, *trade.items[max(0, amount.n - 2) : amount.n + 3]) if i is not None}
    if amount.head is not None and amount.head.tag in (Tag.WIN, Tag.LOSS):
        return -value if amount.head.tag is Tag.LOSS else value
    if Tag.LOSS in heads and Tag.WIN not in heads:
        return -value
    if trade.entry is not None and trade.exit is not None and trade.telling.direction is not None:
        return -value if _loses(trade) and Tag.WIN not in heads else value
    return -value if item.bracketed else value


def _loses(trade: _Trade) -> bool:
    """By side and prices the trade lost."""
    if trade.entry is None or trade.exit is None or trade.telling.direction is None:
        return False
    ran = trade.exit - trade.entry
    return ran < 0 if trade.telling.direction == "long" else ran > 0


def _may_be_the_entry(trade: _Trade, amount: Amount) -> bool:
    """ "long 2 nq 18250 lost": as likely the entry as the amount."""
    item = amount.item
    plain = not (item.sign or item.money or item.tag) and item.value is not None and item.value >= _LEAST_UNSURE
    return plain and trade.entry is None and trade.telling.direction is not None


def _is_net(items: Sequence[Item], amount: Amount) -> bool:
    if amount.head is not None and amount.head.tag is Tag.NET:
        return True
    near_by = items[max(0, amount.n - 2) : amount.n + 4]
    return any(item.tag is Tag.NET for item in near_by)


def _is_distance_run(trade: _Trade, amount: Amount) -> bool:
    """A "+142" that is as far as the trade ran is points, no money."""
    if trade.entry is None or trade.exit is None or amount.item.money or amount.item.tag is Tag.MONEY or not trade.pnl:
        return False
    return abs(trade.exit - trade.entry) == abs(trade.pnl)


def _is_signal(trade: _Trade) -> bool:
    """ "sell EURUSD 1.0794 sl 1.0855": the imperative with levels but no size and no result."""
    levels = trade.stop is not None or bool(trade.targets) or trade.range is not None
    return levels and trade.size is None and trade.exit is None and trade.pnl is None


def _legs_do_not_add_up(trade: _Trade) -> bool:
    """Several exits without their sizes, or legs that are not the whole: the price of the exit cannot be told."""
    exits = trade.exits
    if trade.telling.even:
        return False
    if len({amount.value for amount in exits}) < 2:
        sizes = [amount.size for amount in exits if amount.size is not None]
        whole = len(sizes) == len(exits) and bool(trade.entries) and trade.size is not None
        return whole and bool(sizes) and sum(sizes, Decimal(0)) != trade.size
    known = [amount.size for amount in exits if amount.size is not None]
    missing = len(exits) - len(known)
    if missing > 1 or (missing == 1 and trade.size is None):
        return True
    together = sum(known, Decimal(0))
    shared = any(amount.share is not None for amount in exits)
    if trade.size is None or shared:
        return False
    return together >= trade.size if missing else together != trade.size


def _note(trade: _Trade) -> str | None:
    """What has no field of its own, so that it is not lost."""
    parts = []
    if trade.range is not None:
        parts.append(f"entry {trade.range[0]}-{trade.range[1]}")
    if len(trade.targets) > 1:
        parts.append("targets " + ", ".join(map(str, trade.targets)))
    return "; ".join(parts) or None


_FIELDS: Final = {
    Role.ENTRY: "entry_price",
    Role.EXIT: "exit_price",
    Role.STOP: "stop_loss",
    Role.TARGET: "take_profit",
    Role.COUNT: "position_size",
    Role.PNL: "pnl",
    Role.FEES: "commissions",
}


def _spans(trade: _Trade, roles: Mapping[Role, Sequence[Amount]]) -> None:
    """Where each field was said; of several places the first."""
    spans = trade.spans
    for role, name in _FIELDS.items():
        if roles[role]:
            spans[name] = min(amount.span for amount in roles[role])
    telling = trade.telling
    if telling.symbol is not None:
        spans["symbol"] = (telling.symbol.start, telling.symbol.end)
    if telling.direction_span is not None:
        spans["direction"] = telling.direction_span
