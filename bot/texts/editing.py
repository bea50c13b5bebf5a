"""What is said while recorded trades are changed or deleted: which one, what is unclear, what cannot be."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from bot.texts import buttons, numbers
from bot.texts.confirming import account_lines, account_of
from bot.texts.copies import Figures, receipt
from bot.texts.facts import SEPARATOR, edited_trade, headline, named, prices
from bot.texts.layout import rows_of
from bot.texts.recording import day_lines, trade_lines, undo_row
from bot.texts.words import Words, capital
from bot.trading.limits import Guard
from statemachine.conversation import Draft, KnownTrade
from statemachine.message import Reply
from statemachine.trade import TradeFields

Asked = Literal["edit", "delete"]
MOST: Final = 10
EXAMPLES: Final = {"add": "/add {number} 1 @ 18240", "exit": "/exit {number} 1 @ 18300"}


def which_trade(words: Words, asked: Asked, trades: Sequence[Mapping[str, Any]]) -> Reply:
    """The latest trades, a button for each."""
    shown = trades[:MOST]
    picks = (
        words.button("number", buttons.of_trade(asked, trade["trade_id"]), number=number)
        for number, trade in enumerate(shown, 1)
    )
    return Reply(
        title=words(f"which.title.{asked}"),
        text="\n".join([*trade_lines(words, shown), "", words(f"which.how.{asked}")]),
        buttons=rows_of(picks),
    )


def edit_unclear(words: Words, trade: KnownTrade) -> Reply:
    return Reply(text=words("edit.unclear", trade=named(words, trade.fields)))


def needed(words: Words, trade: KnownTrade, name: str) -> Reply:
    """`name`: a field of the trade."""
    return Reply(text=words("edit.needed", name=words(f"field.{name}"), trade=named(words, trade.fields)))


def unchanged(words: Words, trade: KnownTrade) -> Reply:
    return Reply(text=words("unchanged", trade=capital(named(words, trade.fields))))


def fill_unclear(words: Words, asked: str, number: int) -> Reply:
    return Reply(text=words("fill.unclear", example=EXAMPLES[asked].format(number=number)))


def fill_refused(words: Words, trade: KnownTrade, reason: str, fill: TradeFields) -> Reply:
    """reason: statemachine.legs.Misfit."""
    size = numbers.size(fill.position_size) if fill.position_size is not None else ""
    price = fill.entry_price or fill.exit_price
    example = f"1 @ {price:f}" if price is not None else "1 @ 18240"
    return Reply(text=words(f"fill.{reason}", trade=named(words, trade.fields), size=size, example=example))


def trade_deleted(
    words: Words,
    draft: Draft,
    change_id: int | None = None,
    day: Mapping[str, Any] | None = None,
    guards: Sequence[Guard] = (),
) -> Reply:
    words = words.on(account_of(draft))
    lines = [_told(words, draft), *account_lines(words, account_of(draft)), *day_lines(words, day, guards)]
    return Reply(title=words("trade_deleted.title"), text="\n".join(lines), buttons=undo_row(words, change_id))


def trade_deleted_copies(words: Words, drafts: Sequence[Draft], figures: Sequence[Figures] = ()) -> Reply:
    lines = [_told(words.on(account_of(drafts[0])), drafts[0])]
    return receipt(words, words("trade_deleted.title"), lines, drafts, figures)


def _told(words: Words, draft: Draft) -> str:
    trade = edited_trade(draft)
    return SEPARATOR.join(filter(None, (headline(words, trade), prices(words, trade))))
