"""What an audit costs a trader: free audits taken, given back and topped up.

A question about a trade is paid for before it is asked and ended once it was answered or failed. What was paid belongs
to the trade, so whoever takes the audit up after a crash pays nothing.
"""

from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

from db.pool import Connection

Payment = Literal["own", "unlimited", "covered", "taken", "none", "busy"]
BATCH: Final = 2000
"""Profiles that are looked at in one transaction."""

BEGIN = "select worker.begin_judging($1, $2, $3, $4, $5)"
END = "select worker.end_judging($1, $2, $3, $4)"
LET_GO = """
update worker.audit_credits set asked_at = null where trade_id = $2 and user_id = $1 and question = $3
"""
TOP_UP = "select last, raised from worker.top_up_credits($1, $2, $3)"


async def begin_judging(
    connection: Connection, user_id: UUID, trade_id: UUID, question: str, *, own_key: bool, seconds: float
) -> Payment:
    """Pay for a question, named by its digest; see worker.begin_judging. Locks the profile.

    "busy": another worker asked the very same less than `seconds` ago; "none": there is nothing to pay with.
    """
    paid: Payment = await connection.fetchval(BEGIN, user_id, trade_id, question, own_key, seconds)
    return paid


async def end_judging(
    connection: Connection, user_id: UUID, trade_id: UUID, question: str, *, refund: bool = False
) -> bool:
    """The question is over. With `refund` what it was paid with comes back, once; True where anything did."""
    given_back: bool = await connection.fetchval(END, user_id, trade_id, question, refund)
    return given_back


async def let_go(connection: Connection, user_id: UUID, trade_id: UUID, question: str) -> None:
    """Nobody waits for the answer any more, but it is paid for: whoever asks the same next need not wait."""
    await connection.execute(LET_GO, user_id, trade_id, question)


async def top_up_credits(connection: Connection, now: datetime) -> int:
    """Raise every profile to three free audits, once per UTC month of `now`; how many were raised.

    Outside a transaction: each batch commits by itself. Call it as often as you like, from as many workers.
    """
    month, after, raised = now.astimezone(UTC).date().replace(day=1), None, 0
    while True:
        row = await connection.fetchrow(TOP_UP, month, after, BATCH)
        assert row is not None  # noqa: S101 - the function gives one row
        if row["last"] is None:
            return raised
        after, raised = row["last"], raised + row["raised"]
