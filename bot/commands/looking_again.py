"""What the trader tells of an account may be what a verdict lacked: its trades are looked at again."""

from typing import Final
from uuid import UUID

from bot.commands.call import Call
from bot.job_payloads import NO_TRADE, audit_job, trade_job
from db import audits, inbox

MOST_DAYS: Final = 5


async def look_again_at_unclear(call: Call, account_id: UUID | None) -> None:
    """Compute the trades of the account's latest days with unclear verdicts anew, in a job; no model is asked."""
    days = await audits.unclear_days(call.connection, call.owner, account_id, MOST_DAYS)
    jobs = [
        trade_job(call.message.chat, call.owner, NO_TRADE, call.now, day=day, account_id=account_id) for day in days
    ]
    await inbox.enqueue(call.connection, [audit_job(job) for job in jobs])
