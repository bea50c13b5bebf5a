"""Commands about audits: judge a trade again, and keys for the model that judges."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from bot.commands.call import Call
from bot.job_payloads import audit_job, trade_job
from bot.key_shapes import HIDDEN_KEY
from db import inbox, trades
from statemachine.conversation import KnownTrade, Turn
from statemachine.trade import TradeFields


async def audit(call: Call) -> Turn:
    """/audit judges the last trade again, /audit N that of /trades; as an answer to a trade's message that one."""
    trade = await meant_trade(call, "audit")
    if isinstance(trade, Turn):
        return trade
    if trade.is_open:
        return call.says("not_judged_open", trade=trade)
    job = trade_job(call.message.chat, call.owner, trade.trade_id, call.now, asked=True)
    await inbox.enqueue(call.connection, [audit_job(job)])
    return call.says("judging", trade=trade)


async def meant_trade(call: Call, command: str) -> KnownTrade | Turn:
    """The trade that the number after the command or the answered message names, else the last; else what to say."""
    number = call.argument.strip().lstrip("#")
    if not number and call.scene.target is not None:
        return call.scene.target
    rows = await trades.latest_trades(call.connection, call.owner)
    if not rows:
        return call.says("no_trades")
    if not number:
        return _known(next((row for row in rows if not row["is_open"]), rows[0]))
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    if not 1 <= place <= len(rows):
        return call.says("no_such_trade", said=number, count=len(rows), command=command)
    return _known(rows[place - 1])


def _known(row: Mapping[str, Any]) -> KnownTrade:
    told = TradeFields(
        **{field.name: row[field.name] for field in fields(TradeFields) if row.get(field.name) is not None}
    )
    return KnownTrade(trade_id=row["trade_id"], fields=told, is_open=row["is_open"])


async def key(call: Call) -> Turn:
    """/key, or a message with a key in it, which never came this far: it was masked at the border."""
    is_sent = HIDDEN_KEY in call.message.text
    return call.says("key_not_here" if is_sent else "key_how")
