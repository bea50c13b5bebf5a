"""How values came about that were not written as such: stop 18,230 = 20 below the entry."""

from collections.abc import Iterator
from typing import Final

from bot.texts import numbers
from bot.texts.facts import field_value
from bot.texts.words import Words, quoted
from statemachine.trade import COMPUTED, LONGEST_SAID, Derived, TradeFields


def derived_lines(words: Words, fields: TradeFields, known: TradeFields | None = None) -> list[str]:
    """A line for each such value. `known`: the recorded trade that `fields` changes, for the entry it is told from."""
    return list(_lines(words, fields, known.merged(fields) if known is not None else fields))


def _lines(words: Words, fields: TradeFields, whole: TradeFields) -> Iterator[str]:
    for derived in fields.derived:
        value = getattr(fields, derived.field, None)
        if value is None or (derived.field == "pnl" and derived.how in COMPUTED):  # the line of the P&L tells that
            continue
        name = words(f"field.{derived.field}")
        said = quoted(derived.said, LONGEST_SAID)
        if derived.how == "sign":
            yield _sign(words, whole, said)
        else:
            way = _way(words, derived, whole, said)
            yield words("derived", name=name, value=field_value(words, derived.field, value), way=way)


def _way(words: Words, derived: Derived, whole: TradeFields, said: str) -> str:
    entry, value = whole.entry_price, getattr(whole, derived.field)
    if derived.how == "distance" and entry is not None and value != entry:
        side = "above" if value > entry else "below"
        return words(f"derived.distance.{side}", distance=numbers.size(abs(value - entry)))
    if derived.how == "legs":
        return words(f"derived.legs.{_LEGS.get(derived.field, 'average')}", said=said)
    return words(f"derived.{derived.how}" if derived.how in _SHOWN else "derived.from", said=said)


def _sign(words: Words, whole: TradeFields, said: str) -> str:
    """A gain or a loss, by the prices or by what was said."""
    sort = "gain" if whole.pnl is not None and whole.pnl >= 0 else "loss"
    by_prices = None not in (whole.entry_price, whole.exit_price, whole.direction)
    if by_prices:
        return words(f"derived.sign.{sort}.prices")
    return words(f"derived.sign.{sort}", said=said)


_LEGS: Final = {"take_profit": "first", "position_size": "sum", "pnl": "sum", "commissions": "sum"}
_SHOWN: Final = frozenset({"range", "plan", "picture", "facts"})
