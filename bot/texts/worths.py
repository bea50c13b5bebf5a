"""What a point is worth in words, and how a P&L was computed: $20/pt, 40 pts × $20 × 2."""

from decimal import Decimal

from bot.texts import numbers
from bot.texts.words import Words
from bot.trading.contracts import Contract, contract, pip
from bot.trading.pnl import money_per_point, sign_of
from statemachine.trade import TradeFields


def confirmed_value(words: Words, fields: TradeFields) -> Decimal | None:
    """What the trader confirmed a point of this symbol to be worth."""
    return words.view.point_values.get(fields.symbol) if fields.symbol else None


def worth(words: Words, fields: TradeFields) -> str | None:
    """$20/pt, $10/pip; of a pair in another currency what a lot is; None where it is not known."""
    pair = _pair(words, fields)
    if pair is not None and pair.currency != words.view.currency:
        return words("worth.lot", units=numbers.size(pair.point_value))
    value = _value(words, fields)
    if value is None:
        return None
    if pair is not None:
        return words("worth.pip", amount=_money(words, value * (pip(pair.symbol) or 1)))
    return words("worth.point", amount=_money(words, value))


def formula(words: Words, fields: TradeFields) -> str | None:
    """40 pts × $20 × 2; of a pair 28 pips × $10 × 0.5, converted by its own price where it is in another currency."""
    entry, leave, size = fields.entry_price, fields.exit_price, fields.position_size
    value = _value(words, fields)
    if entry is None or leave is None or size is None or value is None or fields.direction is None:
        return None
    points, pair, held = (leave - entry) * sign_of(fields.direction), _pair(words, fields), numbers.size(size)
    if pair is None:
        return words("formula.points", points=numbers.size(points), worth=_money(words, value), size=held)
    step = pip(pair.symbol) or Decimal(1)
    pips, currency = numbers.size(points / step), pair.currency
    each = numbers.point_worth(pair.point_value * step, currency)
    if currency == words.view.currency:
        return words("formula.pips", pips=pips, worth=each, size=held)
    return words("formula.converted", pips=pips, worth=each, size=held, rate=numbers.price(leave))


def _money(words: Words, amount: Decimal) -> str:
    return numbers.point_worth(amount, words.view.currency)


def _pair(words: Words, fields: TradeFields) -> Contract | None:
    known = contract(fields.symbol or "")
    return known if known and known.kind == "forex" and confirmed_value(words, fields) is None else None


def _value(words: Words, fields: TradeFields) -> Decimal | None:
    known = contract(fields.symbol or "")
    prices = tuple(price for price in (fields.entry_price, fields.exit_price) if price is not None)
    if not prices and (known is None or known.quote_below is not None):  # cents or dollars: only a price tells
        return confirmed_value(words, fields)
    return money_per_point(fields.symbol or "", prices, words.view.currency, confirmed_value(words, fields))
