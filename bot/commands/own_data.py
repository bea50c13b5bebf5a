"""What is the trader's own: all of it as a file, or all of it deleted."""

from bot.commands.call import Call
from bot.job_payloads import ExportJob, export_job
from db import exports, inbox
from statemachine.conversation import Turn


async def export(call: Call) -> Turn:
    """/export: a job makes the file, so that no turn waits for it."""
    today, under_way = await exports.asked(call.connection, call.owner)
    if under_way:
        return call.says("export_under_way")
    limit = call.settings.exports_per_day
    if today >= limit:
        return call.says("export_limit", limit=limit)
    chat = call.message.chat
    job = ExportJob(
        platform=chat.platform,
        account=chat.account,
        chat_id=chat.chat_id,
        export_id=await exports.begin(call.connection, call.owner),
        user_id=call.owner,
    )
    await inbox.enqueue(call.connection, [export_job(job)])
    return call.says("export_begun")
