"""Having a chart drawn and sent: for commands, and for whatever sends charts unasked. In the caller's transaction."""

from typing import Any
from uuid import UUID

from bot.job_payloads import ChartJob, chart_job
from db import charts, inbox
from db.pool import Connection
from statemachine.message import Chat


async def ask_for_chart(
    connection: Connection, chat: Chat, user_id: UUID, *, limit: int, currency: str, **told: Any
) -> bool:
    """Note it and enqueue its job; False where the trader had `limit` charts within 24 hours.

    `told`: the other fields of a ChartJob: account, kind, period and symbol, or the trade of a card.
    """
    chart_id = await charts.begin(connection, user_id, limit)
    if chart_id is None:
        return False
    to = {"platform": chat.platform, "account": chat.account, "chat_id": chat.chat_id}
    whose = {"chart_id": chart_id, "user_id": user_id, "currency": currency}
    await inbox.enqueue(connection, [chart_job(ChartJob.model_validate({**told, **to, **whose}))])
    return True
