"""Commands that bind a chat to a profile, and undo that."""

from bot import linking, trying
from bot.commands import onboarding
from bot.commands.call import Call
from bot.job_payloads import job_of
from bot.stored import dump_reply
from bot.texts import render
from db import conversations, inbox, links, tries
from statemachine.conversation import Conversation, RequestAudit, Say, Turn
from statemachine.message import PLATFORMS


async def stranger(call: Call) -> Turn:
    return call.says("stranger", may_try=call.settings.share_secret is not None)


async def link(call: Call) -> Turn:
    """/link VGL-XXXX, a bare code, or the Link button of a deep link."""
    if call.user_id is not None:
        return call.says("link_taken_chat")
    say = await linking.link(call.connection, call.message, call.argument, call.settings)
    if say.key == "linked":
        call.user_id = say.data["user_id"]
        news = render(Say("link_new_elsewhere", {"platform": call.message.platform}), call.view)
        await linking.announce(call.connection, call.message, call.owner, dump_reply(news))
        claimed = (Say("try_claimed"),) if await _claim(call) else ()
        return Turn(call.conversation, (say, *claimed, *await onboarding.first_question(call)))
    return Turn(call.conversation, (say,))


async def _claim(call: Call) -> bool:
    """What this chat was judged before it had a journal belongs to that journal."""
    chat = trying.named(call.message.chat, call.settings)
    return chat is not None and await tries.claim(call.connection, chat, call.owner) > 0


async def link_decline(call: Call) -> Turn:
    return call.says("link_declined")


async def unlink(call: Call) -> Turn:
    """/unlink this chat, or /unlink PLATFORM for a phone that was lost."""
    named = call.argument.lower() or call.message.platform
    platform = next((platform for platform in PLATFORMS if platform == named), None)
    if platform is None:
        return call.says("unlink_nothing", platform=named[:20])
    here = platform == call.message.platform
    left = call.conversation if here else await conversations.conversation_of(call.connection, call.owner, platform)
    if not await links.unbind(call.connection, call.owner, platform):
        return call.says("unlink_nothing", platform=platform)
    audits = [RequestAudit(trade.trade_id) for trade in left.awaiting]  # no chart will come any more
    jobs = [job_of(audit, call.owner, call.message.chat, call.now) for audit in audits]
    await inbox.enqueue(call.connection, [job for job in jobs if job is not None])
    say = Say("unlinked", {"platform": platform})
    if not here:
        return Turn(call.conversation, (say,))
    call.user_id = None  # the answer speaks of no journal, and is delivered to a chat that is nobody's
    return Turn(Conversation(), (say,))
