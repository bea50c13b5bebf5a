"""Decides what each number of a trade is: every role it could have is weighed against what all the others are.

What is named or written unmistakably is settled first; the rest follows in the order of the text, each in the light of
what is settled: a second price is rather the exit, what lies far from every price rather a size or money.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.reading.gathering import alike
from bot.reading.roles import PRICES, Amount, Role
from bot.reading.shorthand import completed
from bot.reading.words import Tag

_SURE, _LEAD, _NAMED, _PAID = 7, 3, 7, 5
MOST_NUMBERS: Final = 40
"""More numbers than this are no trade."""
_CLOSE: Final = 50
_TOGETHER: Final = 6
"""Prices that lie beside each other are likelier the scale than one that stands alone."""
_LEVELS: Final = (Role.STOP, Role.TARGET)
_ROLES: Final = (Role.NONE, *PRICES, Role.COUNT, Role.PNL, Role.FEES)
_NEVER: Final = -99
_TOO_MUCH: Final = 20
"""No result is so many times what prices and size give."""
_WRITTEN_SMALL: Final = 1000


@dataclass(slots=True)
class Settled:
    """The roles given so far; `roles`: by each, the numbers that have it."""

    price: Decimal | None
    scale: float = 0.0
    wide: bool = False
    alone: bool = False
    paid: bool = False
    whole: bool = False
    roles: Sequence[list[Amount]] = field(default_factory=lambda: ([], [], [], [], [], [], [], []))

    def give(self, amount: Amount, role: Role) -> None:
        amount.role = role
        self.roles[role].append(amount)


def weigh(
    amounts: Sequence[Amount], point_value: Decimal | None, *, wide: bool = False, whole: bool = False
) -> Settled:
    """Gives every amount its role.

    `wide`: of an option, whose price may double within a trade; `whole`: counted in contracts or shares, never 0.15.
    """
    price = scale_of(amounts)
    paid = any(amount.weight[Role.PNL] >= _PAID for amount in amounts)
    settled = Settled(price, float(price or 0), wide, len(amounts) == 1, paid, whole)
    if len(amounts) > MOST_NUMBERS:
        for amount in amounts:
            settled.give(amount, Role.NONE)
        return settled
    rest = []
    for amount in amounts:
        role, best, lead = _best(amount, settled, None)
        if best >= _SURE and lead >= _LEAD:
            settled.give(amount, role)
        else:
            rest.append(amount)
    for amount in rest:
        settled.give(amount, _best(amount, settled, point_value)[0])
    return settled


def scale_of(amounts: Sequence[Amount]) -> Decimal | None:
    """A price that most of what looks like prices lies near; None where nothing does."""
    weighed = [(amount, likely) for amount in amounts[:MOST_NUMBERS] if (likely := _price_like(amount)) > 0]
    if len(weighed) == 1:
        return weighed[0][0].value
    best, scale = 0.0, None
    for amount, _ in weighed:
        score, beside = 0.0, 0
        for other, likely in weighed:
            if alike(amount.near, other.near) or (other.near * 10 <= amount.near and _shortens(other, amount)):
                score, beside = score + likely, beside + 1
        score += _TOGETHER if beside > 1 else 0
        if score > best or (score == best and scale is not None and amount.value > scale):
            best, scale = score, amount.value
    return scale


def _shortens(amount: Amount, whole: Amount) -> bool:
    """ "out 90" beside 18250 is 18290."""
    return amount.is_short and completed(amount.value, whole.value) != amount.value


def _price_like(amount: Amount) -> float:
    item = amount.item
    if item.tag is not None or item.sign or item.bracketed:
        return 0.0
    none, entry, left, stop, target, count, pnl, fees = amount.weight
    likely = 1.0 + (item.decimals if item.decimals < 3 else 3)
    way = entry if entry > left else left
    named = stop if stop > target else target
    other = fees if fees > none else none
    if way > 0:
        likely += way if way < 12 else 12
    if named > 0:
        likely += named if named < 5 else 5
    if amount.near > 20:
        likely += 1
    if count > 0:
        likely -= count
    if pnl > 0:
        likely -= pnl
    return likely - 2 * other if other > 0 else likely


def _best(amount: Amount, settled: Settled, point_value: Decimal | None) -> tuple[Role, int, int]:
    """The likeliest role, how likely, and by how much more than the next."""
    item, scale, scores = amount.item, settled.scale, amount.weight.copy()
    fits = bool(scale) and (alike(scale, amount.near) or (settled.wide and _may_become(amount, settled)))
    plain = item.tag is None and not item.sign and not item.money
    scores[Role.ENTRY] += _priced(amount, Role.ENTRY, settled, fits)
    scores[Role.EXIT] += _priced(amount, Role.EXIT, settled, fits)
    for role in _LEVELS:
        if scores[role] > 0:
            scores[role] += _priced(amount, role, settled, fits)
        else:
            scores[role] = _NEVER  # nobody names it a level
    scores[Role.COUNT] += _counted(amount, settled, fits, plain)
    scores[Role.PNL] += _paid(amount, settled, fits, plain, point_value)
    if settled.roles[Role.FEES]:
        scores[Role.FEES] -= 2
    *_, second, best = sorted(scores)
    return _ROLES[scores.index(best)], best, best - second


def _may_become(amount: Amount, settled: Settled) -> bool:
    """The price of an option or share: with cents, behind "@" or a level, and not a tenth or ten times the other."""
    written = (
        amount.item.decimals > 0
        or amount.weight[Role.COUNT] < 0 >= amount.weight[Role.PNL]
        or amount.weight[Role.TARGET] >= _NAMED
        or amount.weight[Role.STOP] >= _NAMED
    )
    return written and settled.scale < 8 * amount.near < 64 * settled.scale


def _priced(amount: Amount, role: Role, settled: Settled, fits: bool) -> int:
    """How a price of this role fits what is settled."""
    said, roles = amount.weight[role], settled.roles
    if fits:
        score = 3
    elif not settled.scale:
        score = 0
    elif said >= _NAMED:
        short = amount.is_short and completed(amount.value, settled.price) != amount.value
        score = -1 if short else -4
    else:
        score = -10
    if said < 4 and amount.item.money:
        score -= 7
    if role == Role.ENTRY:
        if not roles[Role.ENTRY]:
            return score if _is_added(amount) else score + 3
        added = _is_added(amount)  # "bids 96.2k, add 95.4k" added to what is yet to be found
        return score if added else score + 3 if _is_added(roles[Role.ENTRY][0]) else score - 6
    if role == Role.EXIT:
        if roles[Role.EXIT]:
            return score - (1 if said >= _NAMED else 4)
        return score + 2 if roles[Role.ENTRY] or said >= 5 else score - 3
    if role == Role.STOP and roles[Role.STOP]:
        moved = amount.head is not None and amount.head.tag is Tag.MOVE
        return score if moved else score - 8
    return score


def _is_added(amount: Amount) -> bool:
    return amount.head is not None and amount.head.tag is Tag.ADD


def _is_listed(amount: Amount) -> bool:
    """The 13 of "long 9.85, tps 10.6 / 11.5 / 13"."""
    return amount.weight[Role.TARGET] >= _NAMED


def _counted(amount: Amount, settled: Settled, fits: bool, plain: bool) -> int:
    if amount.item.tag is Tag.LOTS:
        return 0
    close = bool(settled.scale) and abs(amount.near - settled.scale) < settled.scale / _CLOSE
    score = -7 if fits and (close or amount.weight[Role.COUNT] < _SURE) else 0
    if plain and amount.item.decimals and settled.whole:
        return -_SURE
    if plain and not fits and not settled.alone and amount.near < _WRITTEN_SMALL and not _is_listed(amount):
        score += 1 if amount.item.decimals else 2
    elif plain and not fits and settled.paid and not amount.item.decimals and settled.roles[Role.EXIT]:
        score += 2  # "ada short .45 > .44 3000 +30"
    return score - 2 if settled.roles[Role.COUNT] else score


def _paid(amount: Amount, settled: Settled, fits: bool, plain: bool, point_value: Decimal | None) -> int:
    """Money: once entry and exit are known a number far from them is likely the result, surely where it adds up."""
    score = -8 if settled.roles[Role.PNL] else 0
    if not plain:
        return score - (5 if fits and amount.item.money and not amount.item.sign else 0)
    if fits:
        return score - 5
    entries, exits, counts = settled.roles[Role.ENTRY], settled.roles[Role.EXIT], settled.roles[Role.COUNT]
    if not (entries and exits) or amount.near <= 9:
        return score
    score += 2
    if point_value is not None and counts:
        expected = abs(exits[0].value - entries[0].value) * counts[0].value * point_value
        if expected and abs(expected - amount.value) <= expected / 50:
            score += 8
        elif expected * _TOO_MUCH < amount.value:
            score -= 8
    return score
