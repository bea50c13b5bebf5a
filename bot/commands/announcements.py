"""/announcements: whether news of the product come into this trader's chats; and the Dismiss button below one."""

from bot.commands.call import Call
from bot.commands.naming import id_in
from bot.commands.switching import ON_OFF
from db import announcements as stored
from statemachine.conversation import Turn


async def announcements(call: Call) -> Turn:
    """/announcements, /announcements off, /announcements on: for all chats of the trader."""
    wanted = ON_OFF.get(call.argument.strip().lower())
    if wanted is None:
        return call.says("announcements", wanted=await stored.are_wanted(call.connection, call.owner))
    await stored.want(call.connection, call.owner, wanted=wanted)
    return call.says("announcements", wanted=wanted)


async def dismiss(call: Call) -> Turn:
    """Once on any chat is once on all of them."""
    if announcement_id := id_in(call.argument):
        await stored.dismiss(call.connection, call.owner, announcement_id)
    return call.says("announcement_dismissed")
