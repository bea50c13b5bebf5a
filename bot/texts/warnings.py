"""What a trader should look at twice before a draft is saved. One line each; nothing here stands in the way."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.texts import numbers
from bot.texts.facts import edited_trade
from bot.texts.results import computed, differs, with_pnl
from bot.texts.words import Words, symbol
from bot.texts.worths import confirmed_value
from bot.trading.contracts import contract
from bot.trading.habits import unusual_size, usual_micro
from bot.trading.pnl import computed_pnl, sign_of
from bot.trading.slips import meant_price
from statemachine.conversation import Draft
from statemachine.matching import known_trade
from statemachine.trade import TradeFields

FAR: Final = Decimal("0.2")
"""A share of the entry: prices of one trade are seldom farther apart, a lost or doubled digit always is."""


def warnings(words: Words, draft: Draft) -> list[str]:
    heard = draft.heard_at is not None
    read = ("heard", heard), ("by_model", draft.by_model and not heard)
    keys = (("twin", draft.twin), *read, ("too_much", _closes_too_much(draft)))
    marks = [words(f"warning.{key}") for key, holds in keys if holds]
    fields = draft.on(edited_trade(draft)) if draft.kind == "edit" else draft.fields
    marks += _doubted(words, draft)
    doubts = (doubt for look in _LOOKS for doubt in look(words, fields, draft.fields))
    return [words("warning", line=line) for line in (*marks, *doubts)]


def _doubted(words: Words, draft: Draft) -> Iterator[str]:
    """What the model claimed to have read and nobody could find: asked for, never taken."""
    if draft.doubted:
        fields = words.listed([words(f"doubted.{name}") for name in draft.doubted])
        yield words("warning.doubted", fields=fields, example=words(f"doubted.{draft.doubted[0]}.example"))


def _closes_too_much(draft: Draft) -> bool:
    trade, closed = known_trade(draft), draft.fields.position_size
    held = trade.held if trade is not None else None
    return draft.kind == "close" and held is not None and closed is not None and closed > held


def _stop(words: Words, fields: TradeFields, said: TradeFields) -> Iterator[str]:
    """Of `fields` whole, as far as `said` has a part in it: an edit of the note is not asked about the stop."""
    entry, direction = fields.entry_price, fields.direction
    if entry is None or direction is None:
        return
    anew = bool(said.entry_price or said.direction)
    for name, key, side in (("stop_loss", "stop", 1), ("take_profit", "target", -1)):
        price = getattr(fields, name)
        if price is not None and (anew or getattr(said, name)) and (price - entry) * sign_of(direction) * side > 0:
            yield words(f"warning.{key}.{direction}", **{key: numbers.price(price)})


def _far(words: Words, fields: TradeFields, said: TradeFields) -> Iterator[str]:
    entry = fields.entry_price
    for name in ("exit_price", "stop_loss", "take_profit"):
        price = getattr(fields, name)
        if price is None or not entry or (said.entry_price is None and getattr(said, name) is None):
            continue
        share, meant = abs((price - entry) / entry), meant_price(fields.symbol, entry, price)
        if meant is not None:
            yield words(
                "warning.slip",
                name=words(f"field.{name}"),
                price=numbers.price(price),
                share=_share(share),
                meant=numbers.price(meant),
            )
        elif share > FAR:
            yield words("warning.far", entry=numbers.price(entry), price=numbers.price(price), share=_share(share))


def _share(share: Decimal) -> str:
    return numbers.percentage((share * 100).quantize(Decimal(1) if share > FAR else Decimal("0.1")))


def _sign(words: Words, fields: TradeFields, said: TradeFields) -> Iterator[str]:
    """A gain by the prices is a loss by the P&L, or the other way round, and the commissions do not explain it."""
    entry, leave, pnl, side = fields.entry_price, fields.exit_price, fields.pnl, fields.direction
    if entry is None or leave is None or pnl is None or side is None or not any(map(said.said().get, _SIGNED)):
        return
    moved = (leave - entry) * sign_of(side)
    if moved * pnl >= 0 or (pnl < 0 and _may_be_costs(words, fields, pnl)):
        return
    said_as = "gain" if pnl > 0 else "loss"
    way = words(f"trade.{side}")
    yield words(f"warning.sign.{said_as}", side=way, entry=numbers.price(entry), leave=numbers.price(leave))


def _may_be_costs(words: Words, fields: TradeFields, pnl: Decimal) -> bool:
    """A small gain that the commissions turn into a loss."""
    if computed(words, replace(fields, pnl=None)) is not None:
        return not differs(words, fields)
    return fields.commissions is not None and -pnl <= fields.commissions


def _large(words: Words, fields: TradeFields, said: TradeFields) -> Iterator[str]:
    size, made = words.view.account_size, with_pnl(words, fields).pnl
    if size and made is not None and abs(made) > size and (said.pnl is not None or said.exit_price is not None):
        yield words("warning.large", size=words.money(Decimal(size)))


def _habit(words: Words, fields: TradeFields, said: TradeFields) -> Iterator[str]:
    """Of a trade that is new: its close has the size it was entered with."""
    if said.symbol is None or said.entry_price is None:
        return
    micro, largest = usual_micro(fields, words.view.habits), unusual_size(fields, words.view.habits)
    if micro is not None and (large := contract(fields.symbol or "")) and (small := contract(micro)):
        times = numbers.size(large.point_value / small.point_value)
        yield words("warning.micro", micro=micro, symbol=symbol(fields.symbol or ""), times=times)
    if largest is not None and fields.position_size is not None:
        size, most = numbers.size(fields.position_size), numbers.size(largest)
        yield words("warning.size", size=size, symbol=symbol(fields.symbol or ""), largest=most)


def _currency(words: Words, fields: TradeFields, said: TradeFields) -> Iterator[str]:
    """The amount that was said is to the cent what the prices give in the contract's currency, not the account's."""
    known, yours = contract(fields.symbol or ""), words.view.currency
    if said.pnl is None or known is None or known.currency == yours or confirmed_value(words, fields) is not None:
        return
    if fields.pnl == computed_pnl(fields, known.currency):
        amount = numbers.gain(said.pnl, known.currency)
        yield words("warning.currency", amount=amount, theirs=known.currency, yours=yours)


def _times(words: Words, fields: TradeFields, said: TradeFields) -> Iterator[str]:
    entry, leave = fields.entry_time, fields.exit_time
    if entry is not None and leave is not None and leave < entry and (said.entry_time or said.exit_time):
        yield words("warning.times", entry=words.clock(entry), exit=words.clock(leave))


_SIGNED: Final = ("pnl", "exit_price", "entry_price", "direction")
_LOOKS: Final = (_stop, _far, _sign, _large, _habit, _currency, _times)
