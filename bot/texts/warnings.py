"""What a trader should look at twice before a draft is saved. One line each; nothing here stands in the way."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from bot.texts import numbers
from bot.texts.facts import edited_trade
from bot.texts.results import with_pnl
from bot.texts.words import Words
from bot.trading.pnl import sign_of
from statemachine.conversation import Draft
from statemachine.matching import known_trade
from statemachine.trade import TradeFields

FAR: Final = Decimal("0.2")
"""A share of the entry: prices of one trade are seldom farther apart, a lost or doubled digit always is."""


def warnings(words: Words, draft: Draft) -> list[str]:
    keys = (("twin", draft.twin), ("by_model", draft.by_model), ("too_much", _closes_too_much(draft)))
    marks = [words(f"warning.{key}") for key, holds in keys if holds]
    fields = edited_trade(draft).merged(draft.fields) if draft.kind == "edit" else draft.fields
    marks += _doubted(words, draft)
    doubts = (doubt for look in (_stop, _far, _large) for doubt in look(words, fields, draft.fields))
    return [*marks, *doubts]


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
    entry, stop, direction = fields.entry_price, fields.stop_loss, fields.direction
    if entry is None or stop is None or direction is None or not (said.stop_loss or said.entry_price or said.direction):
        return
    if (stop - entry) * sign_of(direction) > 0:
        yield words(f"warning.stop.{direction}", stop=numbers.price(stop))


def _far(words: Words, fields: TradeFields, said: TradeFields) -> Iterator[str]:
    entry = fields.entry_price
    for name in ("exit_price", "stop_loss", "take_profit"):
        price = getattr(fields, name)
        if price is None or not entry or (said.entry_price is None and getattr(said, name) is None):
            continue
        share = abs((price - entry) / entry)
        if share > FAR:
            shown = numbers.percentage((share * 100).quantize(Decimal(1)))
            yield words("warning.far", entry=numbers.price(entry), price=numbers.price(price), share=shown)


def _large(words: Words, fields: TradeFields, said: TradeFields) -> Iterator[str]:
    size, made = words.view.account_size, with_pnl(words, fields).pnl
    if size and made is not None and abs(made) > size and (said.pnl is not None or said.exit_price is not None):
        yield words("warning.large", size=words.money(Decimal(size)))
