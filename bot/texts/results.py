"""What a trade made or risks, in words: what was said and what was computed are never mixed up."""

from dataclasses import replace
from decimal import Decimal

from bot.texts import numbers
from bot.texts.words import Words, quoted, symbol
from bot.texts.worths import confirmed_value, formula
from bot.trading.contracts import Contract, contract
from bot.trading.pnl import Difference, computed_pnl, difference, net_pnl, r_multiple, risk, sign_of
from statemachine.trade import COMPUTED, LONGEST_SAID, TradeFields


def computed(words: Words, fields: TradeFields) -> Decimal | None:
    return computed_pnl(fields, words.view.currency, confirmed_value(words, fields))


def with_pnl(words: Words, fields: TradeFields) -> TradeFields:
    """The facts with their P&L, said or computed, where there is one."""
    if fields.pnl is not None:
        return fields
    gross = computed(words, fields)
    return fields if gross is None else replace(fields, pnl=gross, pnl_basis="gross")


def pnl_line(words: Words, fields: TradeFields) -> str | None:
    """P&L as said or computed, or what is in doubt about it and what to type then; None for an open trade."""
    differing, line = _differing(words, fields), doubt(words, fields)
    if differing is not None:
        net, typed = differing.basis == "net", f"{differing.computed:f}"
        return words("pnl.differs.net.type" if net else "pnl.differs.type", line=line, typed=typed)
    if line is not None:
        return words("pnl.not_computed.type", line=line, example=words(example_key(fields)))
    if fields.pnl is not None:
        return _said(words, fields, fields.pnl)
    gross = computed(words, fields)
    return None if gross is None else words("pnl.computed", amount=words.gain(gross), how=formula(words, fields))


def _said(words: Words, fields: TradeFields, pnl: Decimal) -> str:
    how, amount = fields.how("pnl"), words.gain(pnl)
    if how is not None and how.how in COMPUTED:
        return words("pnl.derived", amount=amount, said=quoted(how.said, LONGEST_SAID))
    return words("pnl.said.net" if fields.pnl_basis == "net" else "pnl.said", amount=amount)


def doubt(words: Words, fields: TradeFields) -> str | None:
    """What the trader must see before it is saved: two figures that differ, or a trade that was left without one."""
    differing = _differing(words, fields)
    if differing is not None:
        said, by_prices = words.gain(differing.said), words.gain(differing.computed)
        net, how = differing.basis == "net", formula(words, fields)
        return words("pnl.differs.net" if net else "pnl.differs", said=said, computed=by_prices, how=how)
    if fields.exit_price is None or fields.pnl is not None or computed(words, fields) is not None:
        return None
    return words("pnl.not_computed", reason=_obstacle(words, fields))


def example_key(fields: TradeFields) -> str:
    """How a P&L is told, as a gain or a loss by which way the price went."""
    entry, leave = fields.entry_price, fields.exit_price
    if entry is None or leave is None or fields.direction is None:
        return "example.gain"
    return "example.gain" if (leave - entry) * sign_of(fields.direction) >= 0 else "example.loss"


def differs(words: Words, fields: TradeFields) -> bool:
    """The P&L that was said is not what the prices give."""
    return _differing(words, fields) is not None


def _differing(words: Words, fields: TradeFields) -> Difference | None:
    return difference(fields, words.view.currency, confirmed_value(words, fields))


def short_pnl(words: Words, fields: TradeFields) -> str | None:
    """+$1,600.00, marked where it was computed; None where there is none."""
    if fields.pnl is not None:
        return words.gain(fields.pnl)
    gross = computed(words, fields)
    return None if gross is None else words("pnl.short", amount=words.gain(gross))


def after_costs(words: Words, fields: TradeFields) -> str | None:
    """What is left of a gross P&L after the commissions, where they were said."""
    whole = with_pnl(words, fields)
    if whole.pnl is None or whole.commissions is None or whole.pnl_basis == "net":
        return None
    return words("pnl.left", amount=words.gain(net_pnl(whole.pnl, whole.commissions, "gross")))


def risk_line(words: Words, fields: TradeFields) -> str | None:
    """Money at risk to the stop, and the R that was made; None without a stop."""
    if fields.stop_loss is None:
        return None
    value = confirmed_value(words, fields)
    risked = risk(fields, fields.stop_loss, words.view.currency, value)
    made = r_multiple(with_pnl(words, fields), fields.stop_loss, words.view.currency, value)
    if risked is None:
        return None if made is None else words("risk.multiple", multiple=numbers.multiple(made))
    if made is None:
        return words("risk", amount=words.money(risked))
    return words("risk.made", amount=words.money(risked), multiple=numbers.multiple(made))


def _obstacle(words: Words, fields: TradeFields) -> str:
    """Why a closed trade has no computed P&L: the first reason that holds."""
    name = symbol(fields.symbol or "")
    if fields.entry_price is None:
        return words("obstacle.entry")
    if fields.position_size is None:
        return words("obstacle.size")
    known = contract(fields.symbol or "")
    if known is None:
        return words("obstacle.unknown", symbol=name)
    if not known.confirmed:
        return words("obstacle.broker", symbol=name)
    if not _converts(known, words.view.currency):
        return words("obstacle.currency", symbol=name, theirs=known.currency, yours=words.view.currency)
    return words("obstacle.prices", symbol=name)


def _converts(known: Contract, currency: str) -> bool:
    return currency == known.currency or (known.kind == "forex" and known.symbol[:3] == currency)
