"""/share and /unshare: what of a trade everybody with the link may see, shown first, and taken back.

/share        the last trade        /share 2     that of /trades        as an answer to a trade's message: that one
/unshare      what is shared        /unshare 2   that one               /unshare all
"""

import secrets
from uuid import UUID

from bot.commands.call import Call
from bot.commands.judging import meant_trade
from bot.commands.naming import id_in
from bot.sharing import Shared, shared
from db import shares
from statemachine.conversation import Turn


async def share(call: Call) -> Turn:
    """Nothing is shared yet: this shows what would be."""
    trade = await meant_trade(call, "share")
    if isinstance(trade, Turn):
        return trade
    told = await _told(call, trade.trade_id)
    if isinstance(told, Turn):
        return told
    data = {"summary": told.summary, "percent": told.percent, "stats": told.stats}
    return call.says("share_preview", trade=trade, checksum=told.checksum(trade.trade_id), **data)


async def share_pressed(call: Call) -> Turn:
    """The Share button: the trade, and the checksum of what was shown with it."""
    hex_id, _, checksum = call.argument.partition(" ")
    trade_id = id_in(hex_id)
    if trade_id is None:
        return call.says("share_refused", reason="gone")
    told = await _told(call, trade_id)
    if isinstance(told, Turn):
        return told
    if told.checksum(trade_id) != checksum:
        return call.says("share_refused", reason="changed")
    found = await shares.share(
        call.connection, call.owner, trade_id, secrets.token_urlsafe(24), told.summary, told.percent, told.stats
    )
    if found is None:
        return call.says("share_refused", reason="full", most=shares.MOST_SHARES)
    link = f"{call.settings.share_url}/{found}" if call.settings.share_url else None
    return call.says("shared", summary=told.summary, link=link, result_hash=found)


async def share_declined(call: Call) -> Turn:
    return call.says("share_declined")


async def _told(call: Call, trade_id: UUID) -> Shared | Turn:
    """What would be seen of a trade of this profile, or why nothing can be."""
    row = await shares.trade_to_share(call.connection, call.owner, trade_id)
    if row is None:
        return call.says("share_refused", reason="gone")
    told = shared(row, call.accounts.named(row["account"]))
    return told or call.says("share_refused", reason="open")


async def unshare(call: Call) -> Turn:
    """The list, or taking back one of it, or all."""
    listed = await shares.shares_of(call.connection, call.owner)
    number = call.argument.strip().lstrip("#").lower()
    if not listed:
        return call.says("unshare_refused", reason="none")
    if not number:
        return call.says("shares", shares=[(one.result_id, one.summary, one.month) for one in listed])
    if number == "all":
        return call.says("unshared", count=await shares.unshare(call.connection, call.owner, None))
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    if not 1 <= place <= len(listed):
        return call.says("unshare_refused", reason="number")
    await shares.unshare(call.connection, call.owner, listed[place - 1].result_id)
    return call.says("unshared", count=1, summary=listed[place - 1].summary)


async def unshare_pressed(call: Call) -> Turn:
    """A button of the list; what it stands for is looked up under the profile it belongs to."""
    listed = await shares.shares_of(call.connection, call.owner)
    found = next((one for one in listed if one.result_id.hex == call.argument), None)
    if found is None:
        return call.says("unshare_refused", reason="gone")
    await shares.unshare(call.connection, call.owner, found.result_id)
    return call.says("unshared", count=1, summary=found.summary)
