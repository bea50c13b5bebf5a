"""Decides, once all items of a trade are seen, what its unlabelled numbers are, and makes the trade of it."""

from decimal import Decimal

from bot.reading.gathering import Gathering, Leg, Said, near
from bot.reading.items import Item
from bot.reading.words import Tag
from bot.trading.contracts import CONTRACTS, nicknamed
from statemachine.trade import TradeFields

MOST_LOOSE = 20
"""More unlabelled numbers than this are no trade; comparing each with each stays cheap."""


def settle_loose(state: Gathering, items: list[Item]) -> None:
    """Decides what the numbers without a label are, once everything else is known."""
    loose = [item for item in state.loose if item.value is not None]
    known = [price for _, price in state.entries + state.exits] + [p for p in (state.stop, *state.targets) if p]
    sized = _odd_one_out(loose, known) if state.size is None else None
    if sized is not None:
        state.size = sized.value
        state.spans["position_size"] = (sized.start, sized.end)
        loose = [item for item in loose if item is not sized]
    if len(loose) == 3 and not known and _slashed(items, loose) and _as_entry_stop_target(state, loose):
        return
    for item in loose:
        _settle_one(state, item)


def _settle_one(state: Gathering, item: Item) -> None:
    value = item.value or Decimal(0)
    reference = state.entries[0][1] if state.entries else None
    far = reference is not None and not near(reference, value)
    if not state.entries:
        state.entries.append((None, value))
        state.spans["entry_price"] = (item.start, item.end)
    elif far and state.exits and state.pnl is None and value > 9:
        state.pnl = value
        state.spans["pnl"] = (item.start, item.end)
    elif not far and state.exits and state.closing:
        state.unsure |= all(value != price for _, price in state.exits + state.entries)
    elif not far and not state.exits:
        state.exits.append((None, value))
        state.spans["exit_price"] = (item.start, item.end)


def _odd_one_out(loose: list[Item], known: list[Decimal]) -> Item | None:
    """The number among the loose ones that cannot be a price beside the others: the size."""
    if len(loose) > MOST_LOOSE:
        return None
    values = [item.value for item in loose if item.value is not None]
    for item in loose:
        others = [v for v in values if v is not item.value] + known
        if not others or item.value is None or item.value >= 1000:
            continue
        coarse = not item.decimals and len(others) > 1 and all(_places(v) >= 2 for v in others)
        if coarse or all(not near(item.value, other) and item.value < other for other in others):
            return item
        if len(others) > 1 and item.decimals <= 2 and all(not near(item.value, other) for other in others):
            return item
    return None


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _slashed(items: list[Item], loose: list[Item]) -> bool:
    return sum(1 for i in items if i.word == "/" and loose[0].end <= i.start <= loose[-1].start) == 2


def _as_entry_stop_target(state: Gathering, loose: list[Item]) -> bool:
    """ "60000/58000/65000" is entry, stop and target where the stop lies on its side of the entry."""
    entry, stop, target = (item.value or Decimal(0) for item in loose)
    fits = stop < entry < target if state.direction == "long" else stop > entry > target
    if fits:
        state.entries, state.stop, state.targets = [(None, entry)], stop, [target]
    return fits


def settled(state: Gathering) -> Said:
    entry_range = _entry_range(state)
    entry = _weighted(state.entries)
    if entry_range is not None:
        entry = (entry_range[0] + entry_range[1]) / 2
    exit_price = _exit(state, entry)
    _place_levels(state, entry)
    pnl = None if _is_no_money(state, entry, exit_price) else state.pnl
    if pnl is None and (state.scratched or state.even):
        pnl = Decimal(0)
    fields = TradeFields(
        symbol=_symbol_said(state),
        direction=state.direction or ("long" if state.option else None),
        entry_price=entry,
        exit_price=exit_price,
        position_size=_total_size(state),
        stop_loss=state.stop,
        take_profit=state.targets[0] if state.targets else None,
        pnl=pnl,
        pnl_basis="net" if state.net and pnl is not None else None,
        commissions=state.fees,
        note=_note(entry_range, state.targets),
    )
    return Said(
        fields=fields,
        entry_range=entry_range,
        targets=tuple(state.targets),
        entry_clock=state.clocks.get("entry_time"),
        exit_clock=state.clocks.get("exit_time"),
        spans=state.spans,
        results=state.results or state.stopped or state.scratched,
        planned=state.planned or (state.side_order and _looks_like_signal(state, entry_range)),
        side_order=state.side_order,
        unsure=state.unsure or _legs_do_not_add_up(state),
    )


def _place_levels(state: Gathering, entry: Decimal | None) -> None:
    """ "stop 20 pts" and "stop 20" are distances from the entry: the levels they mean."""
    if entry is None or state.direction is None:
        return
    ahead = 1 if state.direction == "long" else -1
    bare = state.stop is not None and state.stop_points is None and not _places(state.stop)
    if bare and state.stop is not None and state.stop * 10 < entry and entry >= 100:
        state.stop, state.stop_points = None, state.stop
    if state.stop is None and state.stop_points is not None:
        state.stop = entry - ahead * state.stop_points
    if len(state.targets) == 1 and state.targets[0] * 10 < entry and entry >= 100 and not _places(state.targets[0]):
        state.target_points, state.targets = state.targets[0], []
    if not state.targets and state.target_points is not None:
        state.targets = [entry + ahead * state.target_points]


def _legs_do_not_add_up(state: Gathering) -> bool:
    """Several exits without their sizes, or legs that are not the whole: the price of the exit cannot be told."""
    legs = _with_rest(list(state.exits), state.size)
    sizes = [size for size, _ in legs if size is not None]
    if len({price for _, price in legs}) > 1 and len(sizes) < len(legs):
        return True
    whole = len(sizes) == len(legs) and bool(state.entries) and state.size is not None
    return whole and bool(sizes) and sum(sizes, Decimal(0)) != state.size


def _is_no_money(state: Gathering, entry: Decimal | None, exit_price: Decimal | None) -> bool:
    """A bare "$1400" that is as large as the prices is a price; a "+142" that is the distance run is points."""
    if state.pnl is None:
        return False
    if state.bare_money and any(p is not None and near(p, abs(state.pnl)) for p in (entry, exit_price)):
        return True
    if entry is None or exit_price is None or state.size is not None:
        return False
    return not state.bare_money and abs(exit_price - entry) == abs(state.pnl) and state.pnl != 0


def _looks_like_signal(state: Gathering, entry_range: tuple[Decimal, Decimal] | None) -> bool:
    """ "sell EURUSD 1.0794 sl 1.0855": the imperative with levels but no size and no result."""
    levels = state.stop is not None or bool(state.targets) or entry_range is not None
    return levels and state.size is None and not state.exits and state.pnl is None


def _entry_range(state: Gathering) -> tuple[Decimal, Decimal] | None:
    """Two prices joined by a dash are an entry range in an order or beside levels, entry and exit in a report."""
    if not state.ranges:
        return None
    first, second, named = state.ranges[0]
    levels = state.stop is not None or bool(state.targets)
    order = (state.side_order or levels) and state.size is None and state.pnl is None
    only_loose = [size for size, _ in state.exits] == [None] and state.exits[0][1] == second
    if not (named or (order and (only_loose or not state.exits))):
        return None
    if only_loose or not state.closing:
        state.exits = []
    return min(first, second), max(first, second)


def _exit(state: Gathering, entry: Decimal | None) -> Decimal | None:
    if state.exits:
        legs = [(size, _completed(price, entry)) for size, price in state.exits]
        return _weighted(_with_rest(legs, state.size))
    if (state.scratched or state.even) and entry is not None:
        return entry
    if state.points is not None and entry is not None and state.direction is not None and not state.planned:
        left = entry + state.points if state.direction == "long" else entry - state.points
        if near(left, entry):
            return left
    return state.stop if state.stopped else None


def _completed(price: Decimal, entry: Decimal | None) -> Decimal:
    """ "in 21450 out 85" leaves at 21485: the digits that are missing are the entry's, the nearest way."""
    if entry is None or near(price, entry) or not 0 < price < 10_000 or not 0 < entry < 10_000_000:
        return price
    step, scale = _shorthand(price, entry)
    if step is None:
        return price
    base = entry - entry % step + price * scale
    full = min((base - step, base, base + step), key=lambda candidate: abs(candidate - entry))
    return full if near(full, entry) else price


def _shorthand(price: Decimal, entry: Decimal) -> tuple[Decimal | None, Decimal]:
    """Power of ten the shorthand repeats at, and what one unit of it is worth in price."""
    digits = max(len(str(int(price))), 2)
    if entry >= 100 and price < entry / 2:
        return Decimal(10) ** digits, Decimal(1)
    if entry < 100 and _places(price) == 0 and _places(entry) >= digits:
        unit = Decimal(1).scaleb(-_places(entry))
        return unit * 10**digits, unit
    return None, Decimal(1)


def _with_rest(legs: list[Leg], size: Decimal | None) -> list[Leg]:
    """The last leg without a size takes what the others left: "took 2 off at 18220, rest out at 18245"."""
    known = sum((s for s, _ in legs if s is not None), Decimal(0))
    unknown = [n for n, (s, _) in enumerate(legs) if s is None]
    if len(unknown) == 1 and size is not None and size > known > 0:
        n = unknown[0]
        legs[n] = (size - known, legs[n][1])
    return legs


def _weighted(legs: list[Leg]) -> Decimal | None:
    """The size-weighted price where every leg's size is known, else the first price."""
    if not legs:
        return None
    total = sum((size for size, _ in legs if size is not None), Decimal(0))
    if len(legs) == 1 or not total or any(size is None for size, _ in legs):
        return legs[0][1]
    price = sum((size * price for size, price in legs if size is not None), Decimal(0)) / total
    return price.quantize(Decimal("0.00000001")).normalize() if _places(price) > 8 else price


def _total_size(state: Gathering) -> Decimal | None:
    if state.size is not None:
        return state.size
    for legs in (state.entries, state.exits):
        sizes = [size for size, _ in legs if size is not None]
        if sizes and len(sizes) == len(legs):
            return sum(sizes, Decimal(0))
    return state.leg_size


def _symbol_said(state: Gathering) -> str | None:
    """The symbol, with nicknames decided by how size is counted and micros by their word."""
    item = state.symbol
    if item is None:
        return None
    symbol = item.symbol
    if state.futures:
        symbol = nicknamed(item.word, "contracts") or symbol
    if symbol in ("BTC", "ETH") and not state.futures and (state.coins or state.direction):
        return symbol + "USD"
    known = CONTRACTS.get(symbol)
    if known is not None and state.micro is Tag.MICROS:
        return known.micro or symbol
    if known is not None and state.micro is Tag.MINIS:
        return known.micro_of or symbol
    return symbol


def _note(entry_range: tuple[Decimal, Decimal] | None, targets: list[Decimal]) -> str | None:
    """What has no field of its own, so that it is not lost."""
    parts = []
    if entry_range is not None:
        parts.append(f"entry {entry_range[0]}-{entry_range[1]}")
    if len(targets) > 1:
        parts.append("targets " + ", ".join(map(str, targets)))
    return "; ".join(parts) or None
