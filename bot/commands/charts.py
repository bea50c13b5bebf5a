"""/chart: the equity curve, or another chart by its name, a symbol and a period; /chart N the card of a trade, as its
button and an answer to a trade's message do, behind the pictures that the trader sent of it.

The turn only notes what is wanted: a job reads the figures and has the picture drawn. Of the trader's own pictures
addresses leave the turn: they are read when the replies are sent.
"""

import re
from typing import Any, Final
from uuid import UUID

from bot.charting.asking import ask_for_chart
from bot.charting.wanted import Unclear, period_of, wanted_in
from bot.commands.call import Call
from bot.commands.judging import meant_trade
from bot.store import address_prefix, path_in
from bot.trading.contracts import family
from bot.trading.day import trading_day
from db import screenshots, trades
from db.preferences import choose
from statemachine.conversation import KnownTrade, Say, Turn
from statemachine.errors import StoreError
from statemachine.trade import TradeFields

MOST: Final = 10
"""Pictures sent for one command."""
_NUMBER: Final = re.compile(r"#?\d{1,3}", re.ASCII)


async def chart(call: Call) -> Turn:
    argument = call.argument.strip()
    if _NUMBER.fullmatch(argument) or (not argument and call.scene.target is not None):
        trade = await meant_trade(call, "chart")
        return trade if isinstance(trade, Turn) else await _card(call, trade)
    today = trading_day(call.now, call.account.day_start)
    wanted = wanted_in(argument, today)
    if isinstance(wanted, Unclear):
        return call.says("chart_unclear", problem=wanted.problem, said=wanted.said)
    symbol = None if wanted.symbol is None else family(wanted.symbol)
    if symbol is not None and symbol not in map(family, await trades.symbols(call.connection, call.owner)):
        return call.says("chart_no_symbol", symbol_=wanted.symbol)
    if wanted.theme is not None:
        await choose(call.connection, call.owner, {"chart_theme": wanted.theme})
    period = period_of(wanted, today)
    told = {"kind": wanted.kind, "first": period.first, "last": period.last, "symbol": symbol}
    return await _asked(call, (), account_id=call.account.id, currency=call.account.currency,
                        account_name=call.account.name if len(call.accounts.all) > 1 else None,
                        theme=wanted.theme, **told)  # fmt: skip


async def card(call: Call) -> Turn:
    """The button of a trade, by its id."""
    trade_id = UUID(call.argument)
    row = await trades.brief(call.connection, call.owner, trade_id)
    if row is None:
        return call.says("chart_gone")
    is_open = row.pop("is_open")
    del row["screenshot_url"]
    told = TradeFields(**{name: value for name, value in row.items() if value is not None})
    return await _card(call, KnownTrade(trade_id=trade_id, fields=told, is_open=is_open))


async def _card(call: Call, trade: KnownTrade) -> Turn:
    """The pictures that were sent of the trade at once, its card when it is drawn."""
    images = await _images(call, trade.trade_id)
    said = {"trade": trade, "count": len(images)}
    says = tuple(Say("chart", {**said, "number": number, "image": image}) for number, image in enumerate(images, 1))
    account = call.accounts.named(trade.fields.account)
    return await _asked(call, says, trade_id=trade.trade_id, currency=account.currency)


async def _asked(call: Call, says: tuple[Say, ...], *, currency: str, **told: Any) -> Turn:
    """Have it drawn; over the limit of a day say so."""
    limit, message = call.settings.charts_per_day, call.message
    told["handle"] = message.handle
    if not await ask_for_chart(call.connection, message.chat, call.owner, limit=limit, currency=currency, **told):
        says = (*says, Say("chart_limit", {"limit": limit}))
    return Turn(call.conversation, says)


async def _images(call: Call, trade_id: UUID) -> list[str]:
    """Paths in the store, the first picture first; clients write addresses, too, and one that is not of this trade is
    none."""
    prefix = address_prefix(call.settings.supabase_url)
    paths = []
    for row in await screenshots.pictures_of_trade(call.connection, call.owner, trade_id):
        try:
            paths.append(path_in(row.address, "" if row.further else prefix, call.owner, trade_id))
        except StoreError:
            continue
    return paths[:MOST]
