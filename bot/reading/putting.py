"""Puts one trade together out of its weighed numbers and its words."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from bot.reading.aiming import aim
from bot.reading.entering import enter, keep_together, leave, legs_do_not_add_up, part_legs
from bot.reading.facts import Facts, in_order
from bot.reading.gathering import Said
from bot.reading.items import Items
from bot.reading.legs import attach_counts, total_size
from bot.reading.levels import Distance, distances_of, in_price, level
from bot.reading.paying import pay
from bot.reading.roles import Amount, Role
from bot.reading.shorthand import completed
from bot.reading.siding import implied_side
from bot.reading.telling import Telling
from bot.reading.weighing import Settled
from bot.reading.words import Tag
from statemachine.trade import TradeFields

_DISTANCE_BELOW: Final = Decimal(100)
"""A bare whole stop or target below this, far from the entry, is a distance; a longer one may be a short price."""
_SUFFIXES: Final = frozenset("kKmM")
_TIMES_FARTHER: Final = 10
_FIELDS: Final = {
    Role.ENTRY: "entry_price",
    Role.EXIT: "exit_price",
    Role.STOP: "stop_loss",
    Role.TARGET: "take_profit",
    Role.COUNT: "position_size",
    Role.PNL: "pnl",
    Role.FEES: "commissions",
}


def put_together(
    items: Items,
    telling: Telling,
    amounts: Sequence[Amount],
    settled: Settled,
    distances: Sequence[int],
    clocks: Mapping[str, str],
) -> Said:
    """The trade that the weighed numbers and the words make. `distances`: places of numbers that are one."""
    roles = settled.roles
    aim(items, telling, roles)
    entries, exits = list(in_order(roles[Role.ENTRY])), list(in_order(roles[Role.EXIT]))
    facts = Facts(items, telling, roles, distances_of(items, distances), entries, exits)
    free = attach_counts(items, amounts)
    part_legs(facts)
    keep_together(facts)
    facts.size = total_size(items, free, facts.entries, facts.exits)
    enter(facts)
    _set_levels(facts)
    leave(facts)
    pay(facts)
    _shortened(facts, amounts)
    return Said(
        fields=_fields(facts),
        entry_range=facts.range,
        targets=tuple(facts.targets),
        entry_clock=clocks.get("entry_time"),
        exit_clock=clocks.get("exit_time"),
        spans=_spans(amounts, telling),
        results=facts.distances.told or telling.results or telling.stopped or telling.scratched,
        planned=telling.planned or (telling.side_order and _is_signal(facts)),
        side_order=telling.side_order,
        unsure=facts.unsure or legs_do_not_add_up(facts),
        option=telling.option,
        implied=implied_side(facts) if telling.direction is None else None,
    )


def _fields(facts: Facts) -> TradeFields:
    return TradeFields(
        symbol=facts.symbol,
        direction=facts.telling.direction or ("long" if facts.telling.option else None),
        entry_price=facts.entry,
        exit_price=facts.exit,
        position_size=facts.size,
        stop_loss=facts.stop,
        take_profit=facts.targets[0] if facts.targets else None,
        pnl=facts.pnl,
        pnl_basis="net" if facts.net and facts.pnl is not None else None,
        commissions=facts.fees,
        note=_note(facts),
        derived=tuple(facts.derived),
    )


def _set_levels(facts: Facts) -> None:
    """Stop and targets, as prices; "stop 20" and "stop 20 pts" are distances from the entry."""
    if facts.targets:
        return  # they came with the entry, "60000/58000/65000"
    stops, targets = in_order(facts.roles[Role.STOP]), in_order(facts.roles[Role.TARGET])
    entry, direction, distances = facts.entry, facts.telling.direction, facts.distances
    if stops:
        stop = next((s for s in stops if s.head is not None and s.head.tag is Tag.MOVE), stops[0])
        if stop.head is not None and _is_bare_distance(facts, stop):
            distances.stop = Distance(stop.value, "points", stop.item)
        else:
            facts.stop = facts.whole(stop, "stop_loss")
    if facts.stop is None and distances.stop is not None:
        way = in_price(distances.stop, facts.symbol, None)
        facts.stop = level(entry, direction, -way if way is not None else None)
        if facts.stop is not None:
            facts.derive_from("stop_loss", distances.stop, "distance")
    if len(targets) == 1 and _is_bare_distance(facts, targets[0]):
        distances.target = Distance(targets[0].value, "points", targets[0].item)
    else:
        facts.targets = [facts.whole(target, "take_profit") for target in targets]
        if len(targets) == 1 and "," in targets[0].item.text:
            facts.targets = _listed(targets[0], entry)
        if len(targets) > 1 and any(map(_is_whole, targets, facts.targets)):
            facts.targets = [target.value for target in targets]
    if not facts.targets and distances.target is not None:
        found = level(entry, direction, in_price(distances.target, facts.symbol, facts.risk))
        if found is not None:
            facts.targets = [found]
            facts.derive_from("take_profit", distances.target, "r" if distances.target.unit == "r" else "distance")
    if len(facts.targets) > 1:
        facts.derive("take_profit", "legs", ", ".join(target.item.text for target in targets))


def _listed(target: Amount, entry: Decimal | None) -> list[Decimal]:
    """The 360 and 400 of "above 320, target 360,400", which far beyond the entry are no thousands."""
    ends = [Decimal(end) for end in target.item.text.split(",") if end.isdecimal()]
    if entry is None or len(ends) < 2 or target.value < _TIMES_FARTHER * entry:
        return [target.value]
    return ends if all(entry < 2 * end < 4 * entry for end in ends) else [target.value]


def _is_whole(target: Amount, value: Decimal) -> bool:
    """The 38 of "entry 33.85, tp 38 / 42", beside which the 42 is whole as well."""
    return not target.item.decimals and value == target.value and target.is_short


def _is_bare_distance(facts: Facts, said: Amount) -> bool:
    entry = facts.entry
    if entry is None or facts.telling.direction is None or said.item.decimals or entry < _DISTANCE_BELOW:
        return False
    if said.value * _TIMES_FARTHER >= entry or said.value <= 0:
        return False
    return said.value < _DISTANCE_BELOW or not said.is_short or completed(said.value, entry) == said.value


def _shortened(facts: Facts, amounts: Sequence[Amount]) -> None:
    """ "18.2k" counts as written short, and so does the end of a price whose handle is named."""
    for amount in amounts:
        item = amount.item
        suffixed = item.text[-1] in _SUFFIXES
        if suffixed or (amount.value is not item.value and item.value is not None and 0 < item.value < amount.value):
            name = _FIELDS.get(amount.role) if amount.role is not None else None
            if name is not None:
                facts.derive(name, "suffix" if suffixed else "shorthand", item.text)


def _is_signal(facts: Facts) -> bool:
    """ "sell EURUSD 1.0794 sl 1.0855": the imperative with levels but no size and no result."""
    far = facts.distances.stop is not None and facts.distances.target is not None
    levels = facts.stop is not None or bool(facts.targets) or facts.range is not None or far
    return levels and facts.size is None and facts.exit is None and facts.pnl is None


def _note(facts: Facts) -> str | None:
    """What has no field of its own, so that it is not lost."""
    parts = []
    if facts.range is not None:
        parts.append(f"entry {facts.range[0]}-{facts.range[1]}")
    if len(facts.targets) > 1:
        parts.append("targets " + ", ".join(map(str, facts.targets)))
    return "; ".join(parts) or None


def _spans(amounts: Sequence[Amount], telling: Telling) -> dict[str, tuple[int, int]]:
    """Where each field was said; of several places the first."""
    spans: dict[str, tuple[int, int]] = {}
    for amount in amounts:
        name = _FIELDS.get(amount.role) if amount.role is not None else None
        if name is not None and name not in spans:
            spans[name] = (amount.item.start, amount.item.end)
    if telling.symbol is not None:
        spans["symbol"] = (telling.symbol.start, telling.symbol.end)
    if telling.direction_span is not None:
        spans["direction"] = telling.direction_span
    return spans
