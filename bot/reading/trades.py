"""What was said of one trade, gathered from its items: labels claim the numbers behind them, the rest is told apart
by size and place. Nothing is corrected: a direction that contradicts prices and P&L stays as said.
"""

from dataclasses import replace
from decimal import Decimal

from bot.reading.counting import (
    is_index,
    is_leg,
    is_negative_price,
    is_signed_count,
    is_size,
    is_strike,
    next_is_number,
    unit_before,
)
from bot.reading.gathering import MONEY_LABELS, MOST_CONTRACTS, OPENING, Gathering, Said, has_entry, joins, near
from bot.reading.items import Item
from bot.reading.settling import settle_loose, settled
from bot.reading.words import NUMBERS, UNITS, Tag

__all__ = ["Said", "gathered"]

_LABELS = frozenset(
    {Tag.ENTRY, Tag.EXIT, Tag.STOP, Tag.TARGET, Tag.SIZE, Tag.PNL, Tag.WIN, Tag.LOSS, Tag.FEES, Tag.NET, Tag.IGNORE}
)

_UNREALISED = frozenset(("up", "down", "green", "red"))
"""A trade may stand so while it is open."""


def gathered(items: list[Item], clocks: dict[int, str]) -> Said:
    """One trade. `clocks`: which field the time at each item's place fills."""
    state = Gathering()
    for n, item in enumerate(items):
        if item.start in clocks:
            _clock(state, items, n, clocks[item.start])
            continue
        if item.kind == "number":
            _number(state, items, n)
        elif item.kind == "symbol":
            _symbol(state, items, n)
        elif item.tag is not None:
            _tag(state, items, n)
        elif item.kind == "mark":
            _mark(state, item)
    settle_loose(state, items)
    return settled(state)


def _clock(state: Gathering, items: list[Item], n: int, name: str) -> None:
    """A time; "out 9:40" labels it and no price, unless a number follows."""
    state.clocks.setdefault(name, items[n].text)
    state.at = False
    if state.label in (Tag.ENTRY, Tag.EXIT) and n - state.label_place <= 2 and not next_is_number(items, n):
        state.label = None


def _symbol(state: Gathering, items: list[Item], n: int) -> None:
    item = items[n]
    if state.symbol is None or (item.how == "pair" and state.symbol.how in ("coin", "pair")):
        state.symbol = item
        state.spans["symbol"] = (item.start, item.end)
    if n + 1 < len(items) and (
        items[n + 1].word in ("futures", "future", "fut") or UNITS.get(items[n + 1].word) == "contracts"
    ):
        state.futures = True
    if state.label in MONEY_LABELS:
        state.results = True
        state.label = None


def _tag(state: Gathering, items: list[Item], n: int) -> None:
    item = items[n]
    tag = item.tag
    assert tag is not None  # noqa: S101  narrowed by the caller
    if tag in OPENING:
        _side(state, item, tag)
    elif tag is Tag.ENTRY_IF_NUMBER:
        if next_is_number(items, n) and (state.label is None or item.word == "in"):
            state.label = Tag.ENTRY
    elif tag in _LABELS:
        _label(state, items, n, tag)
    else:
        _remark(state, items, n, tag)
    if tag is not Tag.AT:
        state.last_tag = tag


def _side(state: Gathering, item: Item, tag: Tag) -> None:
    said = OPENING[tag]
    action = tag not in (Tag.LONG, Tag.SHORT)
    state.planned |= tag in (Tag.BUY_ORDER, Tag.SELL_ORDER)
    state.side_order |= item.word in ("buy", "sell", "buy limit", "sell limit", "buy stop", "sell stop")
    if state.direction is None:
        state.direction = said
        state.spans["direction"] = (item.start, item.end)
        state.label = state.label if state.label is Tag.EXIT and not action else None
        if tag is Tag.COVER:
            state.label, state.closing = Tag.EXIT, True
    elif action and (said != state.direction or tag is Tag.COVER):
        state.label, state.closing = Tag.EXIT, True
    elif state.label is not Tag.EXIT:
        state.label = None


def _label(state: Gathering, items: list[Item], n: int, tag: Tag) -> None:
    before = items[n - 1] if n else None
    if tag in (Tag.WIN, Tag.LOSS) and before is not None and _is_result(items, n):
        if tag is Tag.LOSS and state.pnl is not None and not before.sign:
            state.pnl = -abs(state.pnl)
        elif before.tag is None and state.pnl is None and state.loose and state.loose[-1] is before:
            state.loose.pop()
            state.unsure |= state.direction is not None and not has_entry(state) and _is_like_a_price(before)
            _money(state, before, tag)
        state.results = True
        return
    if (
        tag is Tag.FEES
        and not next_is_number(items, n)
        and before is not None
        and before.kind == "number"
        and before.tag in (None, Tag.MONEY)
    ):
        _fees_behind(state, before)
        return
    if tag in (Tag.WIN, Tag.LOSS) and state.label is Tag.NET:
        return
    if tag is Tag.NET and state.pnl is not None and before is not None and before.kind == "number":
        state.net = state.net or before.value == abs(state.pnl)
        return
    if tag is Tag.IGNORE and (state.label is not None or not next_is_number(items, n)):
        return
    if state.label is Tag.EXIT and tag is Tag.TARGET and state.targets and not next_is_number(items, n):
        state.exits.append((None, state.targets[0]))
        state.label = None
        return
    if _is_loose_word(items[n]) and not next_is_number(items, n):
        state.results |= tag in (Tag.WIN, Tag.LOSS)
        return
    if tag is Tag.TARGET and before is not None and before.tag is Tag.HIT and not next_is_number(items, n):
        _hit(state, items[n])
        return
    state.closing |= tag is Tag.EXIT
    state.label, state.label_place = tag, n


def _is_loose_word(item: Item) -> bool:
    """Words that mean a result only directly before a number: "up 420", not "adding up to"."""
    return item.word in ("up", "down", "red", "green", "plus", "minus")


def _fees_behind(state: Gathering, number: Item) -> None:
    """ "4.18 comms": the number before the word is the cost."""
    if state.fees is None:
        state.fees = number.value
        state.loose = [item for item in state.loose if item is not number]
        if state.pnl is not None and abs(state.pnl) == number.value:
            state.pnl = None
    state.label = None


def _is_result(items: list[Item], n: int) -> bool:
    """Whether a win or loss word speaks of the number before it ("420 loss"), not of the one behind ("5330 lost 1000").

    A plain number beside another price is a price; then the word claims what follows it.
    """
    before = items[n - 1]
    if before.kind != "number" or before.tag not in (None, Tag.MONEY, Tag.DISTANCE) or before.value is None:
        return False
    ahead = next((i for i in items[n + 1 : n + 4] if i.kind == "number"), None)
    claims = ahead is not None and next_is_number(items, n) and ahead.tag in (None, Tag.MONEY, Tag.DISTANCE)
    if before.tag is Tag.DISTANCE:
        return not claims
    if before.money or before.sign or before.tag is Tag.MONEY:
        return True
    if any(near(before.value, price) for price in _plain_prices(items, n - 1)):
        return False
    return not claims or ahead is None or (ahead.value or Decimal(0)) > before.value


def _is_like_a_price(item: Item) -> bool:
    """ "long 2 nq 18250 lost": as likely the entry as the amount."""
    return not (item.money or item.sign or item.tag) and item.value is not None and item.value >= 1000


def _plain_prices(items: list[Item], n: int) -> list[Decimal]:
    """The plain numbers besides the one at `n` that are no count of contracts."""
    return [
        item.value
        for m, item in enumerate(items)
        if m != n
        and item.kind == "number"
        and item.value is not None
        and (item.decimals or item.value > MOST_CONTRACTS)
        and not (item.sign or item.money or item.tag)
    ]


def _remark(state: Gathering, items: list[Item], n: int, tag: Tag) -> None:
    item = items[n]
    if tag is Tag.AT:
        state.at = item.word != "a" or next_is_number(items, n)  # "took a loss" names no price
    elif tag is Tag.STOPPED:
        state.stopped = state.closing = True
        state.label = Tag.EXIT
    elif tag is Tag.SCRATCH:
        state.scratched = True
    elif tag is Tag.BREAK_EVEN:
        named = item.text.isupper() or item.word != "be" or (n > 0 and items[n - 1].tag is Tag.AT)
        state.even |= named and state.label is Tag.EXIT
    elif tag is Tag.HIT:
        _hit(state, items[n - 1] if n else None)
    elif tag in (Tag.ADD, Tag.PLAN, Tag.MICROS, Tag.MINIS):
        if tag is Tag.ADD:
            _adding(state, items, n)
        state.planned |= tag is Tag.PLAN
        state.micro = tag if tag in (Tag.MICROS, Tag.MINIS) else state.micro
    elif tag is Tag.FRACTION:
        _fraction(state, item)


def _adding(state: Gathering, items: list[Item], n: int) -> None:
    """A second entry: what stood loose before it was the first one."""
    state.adding = True
    if len(state.loose) == 1 and not state.entries and next_is_number(items, n):
        state.entries.append((None, state.loose.pop().value or Decimal(0)))
        state.label = Tag.ENTRY


def _hit(state: Gathering, before: Item | None) -> None:
    """ "target 18 420 reached": the only target, just named, was the exit."""
    named = before is not None and (before.tag is Tag.TARGET or before.value in state.targets)
    if named and len(state.targets) == 1 and not state.exits:
        state.exits.append((None, state.targets[-1]))
    if state.label is Tag.TARGET:
        state.label = None


def _fraction(state: Gathering, item: Item) -> None:
    """ "5412 and a quarter" is 5412.25."""
    part = NUMBERS[item.word]
    if part and state.loose:
        last = state.loose[-1]
        if last.value is not None and not last.decimals:
            state.loose[-1] = replace(last, value=last.value + part)
    elif part and state.exits and state.closing:
        size, price = state.exits[-1]
        state.exits[-1] = (size, price + part)


def _mark(state: Gathering, item: Item) -> None:
    if item.word in (",", ";"):
        state.at = False
    if item.word in (".", ",") and state.stopped and state.label is Tag.EXIT:
        state.label = None
    if item.word in ";.|" and state.label in MONEY_LABELS:
        state.label = None
    if item.word == ">" and state.label is None and (state.entries or len(state.loose) == 1):
        state.label = Tag.EXIT


def _number(state: Gathering, items: list[Item], n: int) -> None:
    item, value = items[n], items[n].value
    if value is None:
        return
    at, state.at = state.at, False
    if state.label in MONEY_LABELS and n - state.label_place > 4:
        state.label = None
    if item.tag is Tag.IGNORE or state.label is Tag.IGNORE or is_index(items, n) or is_strike(items, n):
        state.option |= item.word in ("p", "c") or is_strike(items, n)
        state.label = None if state.label is Tag.IGNORE else state.label
    elif is_negative_price(state, items, n, at=at):
        named = state.label in (Tag.STOP, Tag.TARGET)
        (_labelled if named else _priced)(state, items, n, -value)
    elif item.tag is Tag.DISTANCE or (item.sign and unit_before(items, n)):
        _distance(state, items, n)
        state.results |= bool(item.sign) or state.label in (Tag.WIN, Tag.LOSS, Tag.EXIT)
        state.label = state.label if state.label is Tag.TARGET else None
    elif item.tag is Tag.LOTS or is_size(state, items, n) or is_leg(state, items, n):
        _size(state, items, n)
    elif state.label is not None:
        _labelled(state, items, n, value)
    elif at:
        _priced(state, items, n, value)
    elif item.sign or item.money or item.tag is Tag.MONEY or _is_bracketed_loss(state, item):
        state.bare_money = item.money and not item.sign and state.pnl is None
        _money(state, item, Tag.LOSS if item.bracketed else Tag.PNL)
    elif item.bracketed and state.size is None:
        state.size = value
    else:
        _loose(state, items, n)


def _distance(state: Gathering, items: list[Item], n: int) -> None:
    """Points of the price: how far the stop or the target is, or how far the trade ran ("+40 pts", "for 40 points")."""
    item, value, label = items[n], items[n].value, state.label
    if UNITS.get(item.word, "points" if item.word == "pt" else "") != "points" or value is None:
        return
    named_behind = n + 1 < len(items) and items[n + 1].tag is Tag.STOP and not next_is_number(items, n + 1)
    if label is Tag.STOP or named_behind:
        state.stop_points = value
    elif label is Tag.TARGET:
        state.target_points = value
    elif state.points is None:
        lost = item.sign == "-" or (label is Tag.LOSS and items[state.label_place].word not in _UNREALISED)
        won = label is Tag.WIN and items[state.label_place].word not in _UNREALISED
        if lost or won or item.sign == "+" or (n > 0 and items[n - 1].word == "for"):
            state.points = -value if lost else value


def _size(state: Gathering, items: list[Item], n: int) -> None:
    """A size: of the whole trade, or of the leg whose price follows."""
    item, value = items[n], items[n].value
    assert value is not None  # noqa: S101  narrowed by the caller
    after = items[n + 1] if n + 1 < len(items) else None
    leg = after is not None and (after.tag in (Tag.AT, Tag.ADD, Tag.EXIT) or after.word in ("off", "of"))
    leg = leg or is_leg(state, items, n)
    before = items[n - 1] if n else None
    if before is not None and before.word == "of":
        return
    state.futures |= UNITS.get(item.word) == "contracts"
    state.coins |= UNITS.get(item.word) == "coins"
    if leg:
        state.leg_size = value
    elif state.size is None:
        state.size = -value if item.sign == "-" and not is_signed_count(items, n) else value
        state.spans["position_size"] = (item.start, item.end)
    elif state.exits or state.label is Tag.EXIT:
        state.leg_size = value
    if state.label is Tag.SIZE:
        state.label = None


def _labelled(state: Gathering, items: list[Item], n: int, value: Decimal) -> None:
    item, label = items[n], state.label
    if label is Tag.STOP:
        if state.stop is None or (n and items[n - 1].tag is Tag.MOVE):
            state.stop = value
            state.spans["stop_loss"] = (item.start, item.end)
        if not (n + 1 < len(items) and items[n + 1].tag is Tag.MOVE):
            state.label = None
    elif label is Tag.TARGET:
        _target(state, items, n, value)
    elif label is Tag.FEES:
        _cost(state, items[state.label_place].word, value)
        state.spans["commissions"] = (item.start, item.end)
        state.label = None
    elif label in MONEY_LABELS and _is_count(item):
        state.label = None
    elif label in MONEY_LABELS:
        _money(state, item, label or Tag.PNL)
    elif _says_result(state, items, n):
        after = items[n + 1].tag if n + 1 < len(items) else None
        _money(state, item, after if after in (Tag.WIN, Tag.LOSS) else Tag.PNL)
    else:
        _priced(state, items, n, value)


def _cost(state: Gathering, word: str, value: Decimal) -> None:
    """Fees and commissions add up; the same word twice repeats itself."""
    if state.fees is None:
        state.fees, state.fees_word = value, word
    elif state.fees_word.rstrip("s") != word.rstrip("s"):
        state.fees += value


def _is_count(item: Item) -> bool:
    """ "down 3 in a row" is no money."""
    return not (item.money or item.sign or item.tag or item.decimals) and item.value is not None and item.value < 10


def _says_result(state: Gathering, items: list[Item], n: int) -> bool:
    """Money behind an exit word: "closed 125€ loss", or once the exit's price is known."""
    item = items[n]
    if not (item.sign or item.money or item.tag is Tag.MONEY):
        return False
    named = n + 1 < len(items) and items[n + 1].tag in (Tag.WIN, Tag.LOSS)
    return named or bool(state.exits) or (state.label is Tag.EXIT and bool(item.sign))


def _target(state: Gathering, items: list[Item], n: int, value: Decimal) -> None:
    if not state.targets:
        state.spans["take_profit"] = (items[n].start, items[n].end)
    state.targets.append(value)
    after = items[n + 1] if n + 1 < len(items) else None
    beyond = items[n + 2] if n + 2 < len(items) else None
    more = after is not None and after.word in ("-", ",", "/", "&") and beyond is not None and beyond.kind == "number"
    if not more or beyond is None or beyond.value is None or not near(beyond.value, value):
        state.label = None


def _priced(state: Gathering, items: list[Item], n: int, value: Decimal) -> None:
    """A price of the entry or the exit, perhaps the far end of a range."""
    item = items[n]
    bracketed = n > 1 and items[n - 1].tag is Tag.AT and n > 2 and items[n - 3].word == "(" and not state.entries
    exit_side = (state.label is Tag.EXIT and not bracketed) or (
        state.label is None and has_entry(state) and not state.adding
    )
    size, state.leg_size = state.leg_size, None
    name = "exit_price" if exit_side else "entry_price"
    state.spans.setdefault(name, (item.start, item.end))
    if exit_side:
        state.exits.append((size, value))
        if not (n + 1 < len(items) and items[n + 1].word in (",", "and", "&")):
            state.label = None
        return
    if state.entries and n >= 2 and joins(items[n - 1]) and items[n - 2].value == state.entries[-1][1]:
        state.ranges.append((state.entries[-1][1], value, True))
        state.label = None
        return
    if state.entries and state.label is Tag.ENTRY and not state.adding:
        state.label = None
        return
    state.entries.append((size, value))
    after = items[n + 1] if n + 1 < len(items) else None
    if not (after is not None and joins(after)):
        state.label = None


def _money(state: Gathering, item: Item, label: Tag) -> None:
    if item.value is None:
        return
    amount = -item.value if item.sign == "-" or label is Tag.LOSS else item.value
    state.label = None
    if state.pnl is None:
        state.pnl, state.net = amount, label is Tag.NET
        state.spans["pnl"] = (item.start, item.end)


def _is_bracketed_loss(state: Gathering, item: Item) -> bool:
    """ "(420)" is a loss as accountants write it; "(2)" a size."""
    if not item.bracketed or item.value is None or state.pnl is not None:
        return False
    return item.value >= 100 or item.decimals > 0


def _loose(state: Gathering, items: list[Item], n: int) -> None:
    item = items[n]
    if n >= 2 and joins(items[n - 1]) and state.loose and state.loose[-1] is items[n - 2]:
        first = state.loose[-1].value
        if first is not None and item.value is not None and near(first, item.value):
            state.ranges.append((first, item.value, False))
    elif n >= 2 and joins(items[n - 1]) and state.entries and items[n - 2].value == state.entries[-1][1]:
        first = state.entries[-1][1]
        if item.value is not None and near(first, item.value):
            state.ranges.append((first, item.value, False))
    state.loose.append(item)
