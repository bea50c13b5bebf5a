"""Which numbers of a trade are no prices: sizes, ordinals, percentages, distances."""

from decimal import Decimal

from bot.reading.gathering import MONEY_LABELS, MOST_CONTRACTS, OPENING, Gathering, near
from bot.reading.items import Item
from bot.reading.words import Tag


def is_index(items: list[Item], n: int) -> bool:
    """The 2 of "TP 2 : 180" and the 3 of "3. Stopped out"."""
    item = items[n]
    after = items[n + 1] if n + 1 < len(items) else None
    if is_percent_range(items, n):
        return True
    if item.value is None or item.value > 20 or item.decimals or after is None:
        return False
    if after.word == "trades":
        return True
    before = items[n - 1] if n else None
    if before is not None and before.tag is Tag.TARGET and item.value < 10 and after.tag is not Tag.DISTANCE:
        return True
    if before is not None and before.word in ("no", "nr", "#"):
        return after.word in (":", ".")
    return (before is None or before.kind == "break") and after.word in (".", ")")


def is_percent_range(items: list[Item], n: int) -> bool:
    """The 3 of "3-4% of the balance"."""
    if n + 2 >= len(items) or items[n + 1].word != "-" or items[n + 2].tag is not Tag.DISTANCE:
        return False
    return (items[n].value or 0) < (items[n + 2].value or 0)


def is_strike(items: list[Item], n: int) -> bool:
    """The 190 of "190 calls" is no price of the trade."""
    return n + 1 < len(items) and items[n + 1].word in ("call", "calls", "put", "puts")


def unit_before(items: list[Item], n: int) -> bool:
    """ "(pips) +58": the unit stands before the number."""
    return any(i.kind == "tag" and i.tag is Tag.DISTANCE for i in items[max(0, n - 2) : n])


def is_size(state: Gathering, items: list[Item], n: int) -> bool:
    """A plain number before the symbol ("2 nq"), before "@" and a price ("5 @ 20115.25"), or before "of"."""
    item = items[n]
    after = items[n + 1] if n + 1 < len(items) else None
    if item.money or item.tag is not None:
        return False
    if state.label is Tag.SIZE:
        return True
    if item.sign or after is None:
        return _is_negative_size(state, items, n) or is_signed_count(items, n)
    small = item.value is not None and (item.value < 1000 or _dwarfs_prices(items, n))
    if after.kind == "symbol" and small and state.size is None:
        return after.spaced and state.label not in MONEY_LABELS and not _symbol_has_price_before(items, n)
    if (
        after.tag in (Tag.LONG, Tag.SHORT)
        and state.label is None
        and n + 2 < len(items)
        and items[n + 2].kind == "symbol"
    ):
        return small and state.size is None
    if after.word in ("off", "of") and small:
        return True
    if after.tag is Tag.ADD or after.tag is Tag.AT or after.tag in (Tag.MICROS, Tag.MINIS) or after.word == "mini":
        ahead = [i for i in items[n + 1 : n + 4] if i.kind == "number" and i.tag is None and i.value is not None]
        far = bool(ahead) and ahead[0].value is not None and not near(item.value or Decimal(0), ahead[0].value)
        return small and (far or after.word in ("mini", "micro", "micros", "minis"))
    return False


def _dwarfs_prices(items: list[Item], n: int) -> bool:
    """The 1000000 of "long 1000000 nq 18250": a whole number before the symbol that lies far from every price."""
    item = items[n]
    behind = [i.value for i in items[n + 1 :] if i.kind == "number" and i.tag is None and i.value is not None]
    if item.value is None or item.decimals or not behind:
        return False
    return all(not near(item.value, value) for value in behind)


def is_signed_count(items: list[Item], n: int) -> bool:
    """The "+2" of "+2 nq 18250 18290", as brokers list positions."""
    item = items[n]
    begins = n == 0 or items[n - 1].kind == "break"
    counts = item.value is not None and not item.decimals and 0 < item.value <= MOST_CONTRACTS
    return begins and counts and len(items) > n + 2 and items[n + 1].kind == "symbol" and items[n + 2].kind == "number"


def is_leg(state: Gathering, items: list[Item], n: int) -> bool:
    """The 1 of "sold 1 18270" and of "1 out at 18270": a count before an exit's price, beside a known entry."""
    item = items[n]
    known = [price for _, price in state.entries] + [i.value for i in state.loose if i.value is not None]
    if item.value is None or item.sign or item.money or item.tag not in (None, Tag.LOTS) or not known:
        return False
    if any(near(item.value, price) for price in known):
        return False
    leaves = state.label is Tag.EXIT
    for ahead in items[n + 1 : n + 5]:
        if ahead.kind == "number":
            fits = ahead.value is not None and ahead.tag is None and any(near(ahead.value, price) for price in known)
            return leaves and fits
        if ahead.kind == "break" or ahead.word in (",", ";"):
            return False
        leaves |= ahead.tag in (Tag.EXIT, Tag.COVER, Tag.SELL, Tag.BUY)
    return False


def _is_negative_size(state: Gathering, items: list[Item], n: int) -> bool:
    """The "-2" of "long -2 nq": kept as said, so that it is refused."""
    beside = 0 < n < len(items) - 1 and items[n - 1].tag in OPENING and items[n + 1].kind == "symbol"
    return beside and items[n].sign == "-" and state.size is None


def is_negative_price(state: Gathering, items: list[Item], n: int, *, at: bool) -> bool:
    """A "-5" where a price stands: kept as said, so that it is refused. "out at -420" is a result."""
    item = items[n]
    if item.sign != "-" or item.money or item.tag is not None or item.value is None:
        return False
    before, after = (items[n - 1] if n else None), (items[n + 1] if n + 1 < len(items) else None)
    arrow = (before is not None and before.word == ">") or (after is not None and after.word == ">")
    labelled = state.label in (Tag.ENTRY, Tag.STOP, Tag.TARGET) or (at and state.label is None)
    if arrow or labelled:
        return True
    known = [price for _, price in state.entries] + [i.value for i in state.loose if i.value is not None]
    if state.label is Tag.EXIT:
        return any(near(price, item.value) for price in known)
    plain = after is not None and after.kind == "number" and not after.sign and after.tag is None
    return plain and not known and after is not None and near(item.value, after.value or Decimal(0))


def _symbol_has_price_before(items: list[Item], n: int) -> bool:
    """In "… 18250 NQ" with a decimal or a "@" before it the number is a price."""
    return n > 0 and items[n - 1].tag is Tag.AT


def next_is_number(items: list[Item], n: int) -> bool:
    ahead = [
        i for i in items[n + 1 : n + 4] if i.kind != "break" and i.word not in (":", "=", "-") and i.tag is not Tag.AT
    ]
    return bool(ahead) and ahead[0].kind == "number"
