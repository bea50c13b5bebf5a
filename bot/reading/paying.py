"""The result of a trade in money, with its sign, and its costs."""

from decimal import Decimal
from typing import Final

from bot.reading.facts import Facts, in_order
from bot.reading.items import Item
from bot.reading.roles import Amount, Role
from bot.reading.words import Tag

_REACH: Final = 8
_LEAST_UNSURE: Final = Decimal(1000)
_EACH: Final = ("/ct", "/contract", "/side", "/lot", "/rt")


def pay(facts: Facts) -> None:
    """Decides P&L, whether it is net, and commissions."""
    paid = in_order(facts.roles[Role.PNL])
    if paid:
        amount = paid[0]
        facts.pnl = _signed(facts, amount)
        facts.net = _is_net(facts, amount)
        facts.unsure |= _may_be_the_entry(facts, amount)
        if facts.size is None and _is_distance_run(facts, amount):
            facts.pnl = None
    elif _is_even(facts):
        facts.pnl = Decimal(0)
    facts.fees = _costs(facts)


def _is_even(facts: Facts) -> bool:
    """ "scratched at 6030"; not "scratched more or less, long 6021.25, out 6021.75"."""
    if facts.telling.scratched and (facts.entry is None or facts.exit is None):
        return True
    return (facts.telling.scratched or facts.telling.even) and facts.exit == facts.entry


def _costs(facts: Facts) -> Decimal | None:
    """Fees and commissions add up; the same word twice repeats itself. "$1.24/ct" is of every contract."""
    said: dict[str, Decimal] = {}
    for amount in in_order(facts.roles[Role.FEES]):
        word = amount.head.word.rstrip("s") if amount.head is not None else ""
        said.setdefault(word, abs(amount.value) * _times(facts, amount))
    return sum(said.values(), Decimal(0)) if said else None


def _times(facts: Facts, amount: Amount) -> Decimal:
    behind = "".join(item.text for item in facts.items[amount.n + 1 : amount.n + 3])
    if not behind.startswith(_EACH) or facts.size is None:
        return Decimal(1)
    facts.derive("commissions", "legs", f"{amount.item.text} × {facts.size.normalize():f}")
    return facts.size


def _signed(facts: Facts, amount: Amount) -> Decimal:
    """With the sign that is written or named; without one, that of the prices."""
    item, value = amount.item, abs(amount.value)
    if item.sign:
        return -value if item.sign == "-" else value
    tag = amount.head.tag if amount.head is not None else None
    if tag in (Tag.WIN, Tag.LOSS):
        return -value if tag is Tag.LOSS else value
    beside = {i.tag for i in _said_of(facts, amount)}
    if Tag.LOSS in beside and Tag.WIN not in beside:
        return -value
    if facts.lost is None:
        stopped = facts.telling.stopped and beside.isdisjoint((Tag.WIN, Tag.PNL, Tag.NET))
        return -value if item.bracketed or stopped else value
    if facts.lost and Tag.WIN not in beside:
        facts.derive("pnl", "sign", item.text)
        return -value
    return value


def _said_of(facts: Facts, amount: Amount) -> list[Item]:
    """The words beside an amount: a few before it, and those behind it up to the next number or end ("… verloren")."""
    behind: list[Item] = []
    for item in facts.items[amount.n + 1 : amount.n + 1 + _REACH]:
        if item.kind == "number" and behind and behind[-1].tag in (Tag.WIN, Tag.LOSS):
            behind.pop()  # "850 minus 3.50 commission"
        if item.kind in ("number", "break") or item.word in (".", ";", ","):
            break
        behind.append(item)
    return [*facts.items[max(0, amount.n - 2) : amount.n], *behind]


def _may_be_the_entry(facts: Facts, amount: Amount) -> bool:
    """ "long 2 nq 18250 lost": as likely the entry as the amount."""
    item = amount.item
    if amount.head is not None and amount.head.start < item.start:
        return False
    plain = not (item.sign or item.money or item.tag) and item.value is not None and item.value >= _LEAST_UNSURE
    return plain and facts.entry is None and facts.telling.direction is not None


def _is_net(facts: Facts, amount: Amount) -> bool:
    if amount.head is not None and amount.head.tag is Tag.NET:
        return True
    return any(item.tag is Tag.NET for item in facts.items[max(0, amount.n - 2) : amount.n + 4])


def _is_distance_run(facts: Facts, amount: Amount) -> bool:
    """A "+142" that is as far as the trade ran is points, no money."""
    if facts.entry is None or facts.exit is None or amount.item.money or amount.item.tag is Tag.MONEY or not facts.pnl:
        return False
    return abs(facts.exit - facts.entry) == abs(facts.pnl)
