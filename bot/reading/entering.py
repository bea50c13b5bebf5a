"""Entry and exit of a trade: one price, the middle of a range, or the weighted price of several fills."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.reading.facts import Facts, in_order
from bot.reading.gathering import near
from bot.reading.items import Item
from bot.reading.legs import weighted
from bot.reading.levels import in_price, level
from bot.reading.roles import HEADS, OPENING, PRICES, Amount, Role
from bot.reading.shorthand import completed
from bot.reading.words import Tag

RANGE_MARKS: Final = frozenset(("-", "_", "~", ":", "/", "to", "bis"))
_JOINED_ORDERS: Final = RANGE_MARKS | {",", "&", "and"}
_LIMITS: Final = frozenset({Tag.BUY_ORDER, Tag.SELL_ORDER})
_MOST_APART: Final = 10
"""Fills of one trade lie within a tenth of each other."""
_MOST_OF_AN_OPTION: Final = 8
_LEFT: Final = frozenset({Tag.STOPPED, Tag.SCRATCH, Tag.BREAK_EVEN})
_ANEW: Final = frozenset(("again", "new", "back in short", "back in long", "re-entered", "reentered"))
_SENTENCE_ENDS: Final = frozenset((".", "!", ";"))
_HALF, _TWO = Decimal("0.5"), Decimal(2)
_LED_BY_DISTANCE: Final = ("points", "ticks", "pips")


def part_legs(facts: Facts) -> None:
    """Which of several "2 @ 18250" entered and which left, where no word of leaving says so."""
    sized = [a for a in in_order([*facts.entries, *facts.exits]) if a.size is not None and not _is_headed_out(a)]
    if len(sized) < 2:
        return
    sides = [n for n, item in enumerate(facts.items) if item.tag in OPENING]
    if any(_is_turned(facts, sides, a) for a in facts.exits if a in sized):
        return
    out = [amount for amount in facts.exits if amount not in sized]
    whole = [amount for amount in facts.entries if amount.size is None]
    if whole:
        facts.entries, facts.exits = whole, out + sized  # "short from 44105, scaled: 1 @ 44080, 1 @ 44061"
    elif out:
        facts.entries, facts.exits = sized, out
    elif sized[0].size == sum((a.size for a in sized[1:] if a.size is not None), Decimal(0)):
        facts.entries, facts.exits = sized[:1], sized[1:]


def _is_turned(facts: Facts, sides: Sequence[int], amount: Amount) -> bool:
    """Left by the side word before it: the 6036 of "sold 4 es 6041, bot 2 back 6036"."""
    return max((n for n in sides if n < amount.n), default=-1) in facts.telling.closing


def _is_headed_out(amount: Amount) -> bool:
    return amount.head is not None and HEADS.get(amount.head.tag or Tag.AT) is Role.EXIT


def enter(facts: Facts) -> None:
    """Decides the entry price and, of an order, its range."""
    if _takes_range(facts) or not facts.entries or _is_triple(facts):
        return
    first, *rest = facts.entries
    facts.entry = first.value
    if not rest:
        return
    if not facts.exits and facts.telling.left and not facts.telling.adding and _is_filled_last(facts.entries):
        facts.entries, facts.exits = [first], rest
        rest[0].role = Role.EXIT
        return
    for amount in rest:
        amount.value = facts.whole(amount, "entry_price")
    if facts.telling.adding or any(amount.size is not None for amount in facts.entries):
        facts.entry = weighted([(amount.size, amount.value) for amount in facts.entries], facts.size)
        if facts.entry != first.value:
            facts.derive("entry_price", "legs", _legs_said(facts.entries))


def _is_filled_last(entries: Sequence[Amount]) -> bool:
    """ "my long from 81.40 is closed, filled at 82.20": the fill is that of leaving."""
    heads = [amount.head.word if amount.head is not None else "" for amount in entries]
    return len(entries) == 2 and heads[1] == "filled at" != heads[0]


def keep_together(facts: Facts) -> None:
    """Of fills whose prices cannot be those of one trade only the first is kept, and the trader is asked."""
    for legs in (facts.entries, facts.exits):
        sized = [amount for amount in legs if amount.size is not None]
        if len(legs) > 1 and sized and not _are_together(facts, legs):
            del legs[1:]
            facts.unsure = True


def _are_together(facts: Facts, legs: Sequence[Amount]) -> bool:
    whole = [completed(amount.value, legs[0].value) if amount.is_short else amount.value for amount in legs]
    least, most = min(whole), max(whole)
    return most - least <= most / _MOST_APART or (facts.telling.option and 0 < most < least * _MOST_OF_AN_OPTION)


def _takes_range(facts: Facts) -> bool:
    """Two prices joined by a dash are an entry range in an order or beside levels, entry and exit in a report."""
    entries, exits, roles = facts.entries, facts.exits, facts.roles
    if len(entries) + len(exits) < 2:
        return False
    levels = bool(roles[Role.STOP] or roles[Role.TARGET] or facts.distances.stop or facts.distances.target)
    order = facts.telling.side_order or facts.telling.planned or levels
    pair: list[Amount] = []
    if len(entries) > 1 and entries[0].size is None and _joined(facts.items, entries[0], entries[1]):
        pair = entries[:2]
    elif order and _may_be_range(facts) and len(entries) == len(exits) == 1:
        listed = _JOINED_ORDERS if _is_order_with_target(facts) else RANGE_MARKS
        pair = (
            [*entries, *exits] if _may_end_range(facts) and _joined(facts.items, entries[0], exits[0], listed) else []
        )
    if not pair:
        return False
    first, second = pair[0].value, completed(pair[1].value, pair[0].value) if pair[1].is_short else pair[1].value
    if not near(first, second):
        return False
    if pair[1] in exits:
        exits.remove(pair[1])
    exits[:] = [amount for amount in exits if amount.head is not None or amount.value not in (first, second)]
    facts.range = (min(first, second), max(first, second))
    facts.entry = (first + second) / 2
    facts.derive("entry_price", "range", f"{pair[0].item.text}-{pair[1].item.text}")
    return True


def _may_end_range(facts: Facts) -> bool:
    """No word names the second price, or an order with both levels goes "from" one "to" the other."""
    head, roles = facts.exits[0].head, facts.roles
    levels = bool(roles[Role.STOP] and roles[Role.TARGET])
    return head is None or (head is facts.entries[0].head and facts.telling.side_order and levels)


def _may_be_range(facts: Facts) -> bool:
    """No result was told, and no size that was traded: "limit buy 2 es 6000-6004" is only planned."""
    return not facts.roles[Role.PNL] and (facts.size is None or facts.telling.planned)


def _is_order_with_target(facts: Facts) -> bool:
    """ "buy limit 195.40, 195.10 / TP 197": orders at two prices, as the target has its own."""
    return bool(facts.roles[Role.TARGET]) and not _LIMITS.isdisjoint(facts.items.tags)


def _joined(items: Sequence[Item], first: Amount, second: Amount, marks: frozenset[str] = RANGE_MARKS) -> bool:
    between = [item for item in items[first.n + 1 : second.n] if item.tag is not Tag.AT]
    return len(between) == 1 and between[0].word in marks


def _is_triple(facts: Facts) -> bool:
    """ "60000/58000/65000" is entry, stop and target where the stop lies on its side of the entry."""
    roles = facts.roles
    if "/" not in facts.items.words or sum(map(len, roles[: Role.TARGET + 1])) < 3:
        return False
    prices = in_order([a for role in PRICES for a in roles[role]] + [a for a in roles[Role.NONE] if a.head is None])
    if len(prices) != 3 or any(a.head is not None for a in prices) or prices[0].role is not Role.ENTRY:
        return False
    slashed = [item.word for item in facts.items[prices[0].n : prices[2].n + 1]][1::2] == ["/", "/"]
    entry, stop, target = (amount.value for amount in prices)
    fits = stop < entry < target if facts.telling.direction == "long" else stop > entry > target
    if not (slashed and fits):
        return False
    facts.entry, facts.stop, facts.targets = entry, stop, [target]
    facts.exits.clear()
    return True


def leave(facts: Facts) -> None:
    """Decides the exit: its legs, the level that the words name, or so many points from the entry."""
    telling, entry = facts.telling, facts.entry
    if (telling.stopped or telling.scratched or telling.even) and not facts.exits and _is_entered_anew(facts):
        telling.stopped = telling.scratched = telling.even = False
    if telling.hit and len(facts.targets) == 1 and telling.parted:
        _leave_in_two(facts)
    elif facts.exits:
        _leave_by_legs(facts)
    elif (telling.scratched or telling.even) and entry is not None:
        facts.exit = entry
    elif telling.stopped:
        facts.exit = facts.stop
    elif telling.hit and len(facts.targets) == 1:
        facts.exit = facts.targets[0]
    elif telling.left and entry is not None and _is_left_at_entry(facts):
        facts.exit = entry
    elif facts.distances.result is not None and not telling.planned:
        result = facts.distances.result
        if result.unit in _LED_BY_DISTANCE:
            facts.exit = level(entry, telling.direction, in_price(result, facts.symbol, None))
        if facts.exit is not None:
            facts.derive_from("exit_price", result)


def _is_entered_anew(facts: Facts) -> bool:
    """ "NDX stopped out. Long again at 15320": the stop is that of the trade before."""
    span, items = facts.telling.direction_span, facts.items
    if span is None or _ANEW.isdisjoint(items.words):
        return False
    sided = next(n for n, item in enumerate(items) if item.start == span[0])
    if _ANEW.isdisjoint([item.word for item in items[max(0, sided - 2) : sided + 3]]):
        return False
    left = max((n for n, item in enumerate(items) if item.tag in _LEFT), default=sided)
    return any(item.kind == "break" or item.word in _SENTENCE_ENDS for item in items[left:sided])


def _is_left_at_entry(facts: Facts) -> bool:
    """ "out of the SOL short at entry (142.30)"."""
    n, items = facts.entries[0].n if facts.entries else 0, facts.items
    return n > 2 and items[n - 1].word == "(" and items[n - 2].word == "entry" and items[n - 3].tag is Tag.AT


def _leave_in_two(facts: Facts) -> None:
    """ "tp1 1.0512 hit, other half at 1.0522": a half each, or one each of two; else nobody can tell."""
    telling, rest = facts.telling, facts.entry
    if facts.exits:
        rest = facts.whole(facts.exits[0], "exit_price")
    elif not (telling.scratched or telling.even or telling.stopped):
        rest = None
    telling.scratched = telling.even = False
    if len(facts.exits) > 1 or rest is None or (telling.parted != "half" and facts.size != _TWO):
        facts.unsure = True
        return
    facts.exit = weighted([(_HALF, facts.targets[0]), (_HALF, rest)], Decimal(1))
    facts.derive("exit_price", "legs", f"{facts.targets[0]}, {rest}")


def _leave_by_legs(facts: Facts) -> None:
    for amount in facts.exits:
        amount.value = facts.whole(amount, "exit_price")
    _shares(facts)
    legs = [(amount.size, amount.value) for amount in facts.exits]
    if facts.telling.even and facts.entry is not None:
        left_over = _left_over(facts)
        if len(legs) == 1 or left_over is not None:
            legs.append((left_over, facts.entry))
    facts.exit = weighted(legs, facts.size)
    if facts.exit != facts.exits[0].value:
        facts.derive("exit_price", "legs", _legs_said(facts.exits))


def _shares(facts: Facts) -> None:
    """ "half at 18220, the rest at 18245": shares become sizes, of one where the whole is not known."""
    shared = [amount for amount in facts.exits if amount.share is not None]
    if not shared:
        return
    whole = facts.size or Decimal(1)
    for amount in shared:
        amount.size = whole * (amount.share or 0)
    others = [amount for amount in facts.exits if amount.size is None]
    if len(others) == 1:
        others[0].size = whole - sum((a.size for a in shared if a.size is not None), Decimal(0))


def _left_over(facts: Facts) -> Decimal | None:
    sizes = [amount.size for amount in facts.exits]
    whole = facts.size or (Decimal(1) if facts.exits[0].share is not None else None)
    if whole is None or None in sizes:
        return None
    left = sum((size for size in sizes if size is not None), Decimal(0))
    return whole - left if whole > left else None


def _legs_said(legs: Sequence[Amount]) -> str:
    return ", ".join(f"{leg.size.normalize():f} @ {leg.item.text}" if leg.size else leg.item.text for leg in legs)


def legs_do_not_add_up(facts: Facts) -> bool:
    """Several exits without their sizes, or legs that are not the whole: the price of the exit cannot be told."""
    exits = facts.exits
    if facts.telling.even or not exits:
        return False
    known = [amount.size for amount in exits if amount.size is not None]
    together, missing = sum(known, Decimal(0)), len(exits) - len(known)
    if len({amount.value for amount in exits}) < 2:
        return not missing and bool(facts.entries) and facts.size is not None and together != facts.size
    if missing > 1 or (missing == 1 and facts.size is None):
        return True
    if facts.size is None or any(amount.share is not None for amount in exits):
        return False
    return together >= facts.size if missing else together != facts.size
