"""/try: one free audit a day for somebody who has no journal yet.

/try long 2 nq 18250 > 18290 stop 18230        and below it, or behind semicolons, rules of one's own

Plain code judges at once; where rules are left for the model, a job puts them to it. Nothing is taken for a text that
is no whole trade.
"""

import secrets

from bot import trying
from bot.commands.call import Call
from bot.job_payloads import try_job
from db import inbox, tries
from statemachine.conversation import Turn


async def try_(call: Call) -> Turn:
    if call.user_id is not None:
        return call.says("try_linked")
    chat = trying.named(call.message.chat, call.settings)
    if chat is None:
        return call.says("try_unavailable")
    asked = trying.asked(call.argument, call.account, call.now)
    if isinstance(asked, trying.Unusable):
        data = {"trouble": asked.trouble, "understood": asked.understood, "missing": asked.missing}
        return call.says("try_how", **data)
    if not await tries.take_try(call.connection, chat):
        return call.says("try_used")
    has_model = call.settings.openai_api_key is not None and call.settings.try_calls_per_day > 0
    result = trying.judged(asked, call.account, call.now, has_model=has_model)
    stored, result_hash = result.model_dump(mode="json"), secrets.token_urlsafe(24)
    result_id = await tries.add_result(call.connection, chat, result_hash, trying.SOURCE, stored)
    if result.note != "asking":
        return call.says("tried", **result.said())
    await inbox.enqueue(call.connection, [try_job(call.message.chat, result_id, call.view.locale)])
    return call.says("trying", rules=len(result.left()))
