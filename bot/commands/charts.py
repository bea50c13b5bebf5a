"""/chart sends the pictures of a trade back: of the newest that has any, /chart N of that in /trades; as an answer to a
trade's message of that one. Only addresses leave the turn: the pictures are read when the replies are sent."""

from typing import Final
from uuid import UUID

from bot.commands.call import Call
from bot.commands.judging import meant_trade
from bot.store import address_prefix, path_in
from db import screenshots, trades
from statemachine.conversation import KnownTrade, Say, Turn
from statemachine.errors import StoreError
from statemachine.trade import TradeFields

MOST: Final = 10
"""Pictures sent for one command."""


async def chart(call: Call) -> Turn:
    bare = not call.argument.strip() and call.scene.target is None
    trade = await _newest_with_one(call) if bare else await meant_trade(call, "chart")
    if isinstance(trade, Turn):
        return trade
    images = await _images(call, trade.trade_id)
    if not images:
        return call.says("no_chart", trade=trade, days=call.settings.screenshot_days)
    said = {"trade": trade, "count": len(images)}
    says = (Say("chart", {**said, "number": number, "image": image}) for number, image in enumerate(images, 1))
    return Turn(call.conversation, tuple(says))


async def _newest_with_one(call: Call) -> KnownTrade | Turn:
    trade_id = await screenshots.newest_with_picture(call.connection, call.owner)
    row = await trades.brief(call.connection, call.owner, trade_id) if trade_id is not None else None
    if trade_id is None or row is None:
        return call.says("no_charts", days=call.settings.screenshot_days)
    is_open = row.pop("is_open")
    del row["screenshot_url"]
    told = TradeFields(**{name: value for name, value in row.items() if value is not None})
    return KnownTrade(trade_id=trade_id, fields=told, is_open=is_open)


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
