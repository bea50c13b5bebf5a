"""What is the trader's own: all of it as a file, or all of it deleted."""

from dataclasses import asdict

from bot.commands.call import Call
from bot.job_payloads import ExportJob, UserJob, delete_job, export_job
from bot.periods import period_of
from bot.trading.day import trading_day
from db import deletions, exports, inbox
from statemachine.conversation import Conversation, Say, Turn
from statemachine.errors import NotAPeriod

SURE = "delete"
"""What has to be typed behind /delete_me, in whatever case a phone writes it."""


async def export(call: Call) -> Turn:
    """/export, /export last month: a job makes the file, so that no turn waits for it."""
    period = None
    if call.argument.strip():
        try:
            period = period_of(call.argument, trading_day(call.now, call.account.day_start))
        except NotAPeriod as refused:
            return call.says("period_refused", reason=refused.reason, said=refused.said)
    today, under_way = await exports.asked(call.connection, call.owner)
    if under_way:
        return call.says("export_under_way")
    limit = call.settings.exports_per_day
    if today >= limit:
        return call.says("export_limit", limit=limit)
    job = ExportJob(
        **asdict(call.message.chat),
        export_id=await exports.begin(call.connection, call.owner),
        user_id=call.owner,
        first=period.first if period else None,
        last=period.last if period else None,
        zone=call.account.zone.key,
    )
    await inbox.enqueue(call.connection, [export_job(job)])
    return call.says("export_begun", first=job.first, last=job.last)


async def delete_me(call: Call) -> Turn:
    """/delete_me says what would go; /delete_me DELETE unlinks every chat at once and has a job delete the rest."""
    if call.argument.strip().strip(".!\"'").lower() != SURE:
        return call.says("delete_warning")
    chat, user_id = call.message.chat, call.owner
    await deletions.begin(call.connection, user_id, chat)
    job = UserJob(**asdict(chat), user_id=user_id)
    await inbox.enqueue(call.connection, [delete_job(job)])
    call.user_id = None  # the answer speaks of no journal, and is delivered to a chat that is nobody's
    return Turn(Conversation(), (Say("delete_begun"),))
