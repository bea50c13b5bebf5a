"""Tags, setup, mood, mistake and note of a recorded trade.

    /tag 2 #revenge        /tag #fomo #late       /tag 2 -#revenge     /setup 2 ORB      /mood calm
    /note 2 chased a bit   /mistake 2 moved my stop                    /setup 2 -

The number is that of /trades; without one the trade is meant whose message was answered, else the latest. What is
written is taken at once, as /undo takes it back; nothing of it is judged.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from bot.commands.call import Call
from bot.commands.judging import meant_trade
from bot.picks import offered, used
from bot.reading.marks import (
    LONGEST_MARK,
    LONGEST_NOTE,
    MOST_TAGS,
    cut,
    plain_mark,
    says_none,
    tag_of,
    taken_off,
    without_marks,
)
from db import conversations, marks, turns
from statemachine.conversation import KnownTrade, Say, Turn
from statemachine.trade import REMARKS, TradeFields

_NUMBER: Final = re.compile(r"#?(?P<number>\d{1,3})(?:\s+|$)(?P<rest>.*)", re.ASCII | re.DOTALL)


async def tag(call: Call) -> Turn:
    found = await _meant(call, "tag")
    if isinstance(found, Turn):
        return found
    trade, said = found
    tags, odd = list(trade.fields.tags or ()), []
    none = says_none(said)
    if none:
        tags = []
    for word in [] if none else re.split(r"[\s,;]+", said):
        name = tag_of(word.lstrip("-–"))
        if name is None:
            odd += [word] if word else []
        elif word[0] in "-–":
            tags = [known for known in tags if known != name]
        elif name not in tags:
            tags.append(name)
    if odd:
        return call.says("mark_unclear", said=odd[0], of="tags")
    return await _changed(call, trade, replace(trade.fields, tags=tuple(tags) or None))


async def note(call: Call) -> Turn:
    return await _of(call, "note", LONGEST_NOTE)


def _mark(name: str) -> Callable[[Call], Awaitable[Turn]]:
    async def handler(call: Call) -> Turn:
        return await _of(call, name, LONGEST_MARK)

    return handler


setup, mood, mistake = _mark("setup"), _mark("mood"), _mark("mistake")


async def _of(call: Call, name: str, most: int) -> Turn:
    found = await _meant(call, name)
    if isinstance(found, Turn):
        return found
    trade, said = found
    if not said:
        return await _shown(call, trade)
    value = None if says_none(said) else plain_mark(said, most)
    if value is None and not says_none(said):
        return call.says("mark_unclear", said=said, of=name)
    wanted: dict[str, Any] = {name: value}
    return await _changed(call, trade, replace(trade.fields, **wanted))


async def marked(call: Call) -> Turn:
    """A message of marks only: of the trade that it names or answers, else of the latest."""
    found = await _meant(call, "tag")
    if isinstance(found, Turn):
        return found
    trade, said = found
    return await _changed(call, trade, trade.fields.without(taken_off(said)).merged(without_marks(said)[1]))


async def pressed(call: Call) -> Turn:
    """A quick pick; anybody can write what it carries, but of their own trades and marks only."""
    trade_id, digest = call.argument.split()[1:]
    found = await conversations.known_trades(call.connection, call.owner, (UUID(trade_id),))
    if not found:
        return call.says("chart_gone")
    (trade,) = found
    rows = await marks.usual(call.connection, call.owner)
    pick = next((pick for pick in used(rows) if pick.digest == digest), None)
    if pick is None:
        return await _shown(call, trade)
    return await _changed(call, trade, trade.fields.merged(pick.fields))


async def _meant(call: Call, command: str) -> tuple[KnownTrade, str] | Turn:
    """The trade, and what is said of it."""
    numbered = _NUMBER.fullmatch(call.argument.strip())
    if numbered is None:
        trade = await _latest(call, command)
        said = call.argument.strip()
    else:
        trade = await meant_trade(replace(call, argument=numbered["number"]), command)
        said = numbered["rest"].strip()
    return trade if isinstance(trade, Turn) else (trade, said)


async def _latest(call: Call, command: str) -> KnownTrade | Turn:
    return call.scene.target or await meant_trade(replace(call, argument="1"), command)


async def _shown(call: Call, trade: KnownTrade) -> Turn:
    rows = await marks.usual(call.connection, call.owner)
    return call.says("marks", trade=trade, picks=offered(rows, trade.fields), used=tuple(rows))


async def _changed(call: Call, trade: KnownTrade, wanted: TradeFields) -> Turn:
    """One change of the trade, which undo takes back; nothing where it is so already."""
    left_out = max(len(wanted.tags or ()) - MOST_TAGS, 0)
    wanted = cut(wanted)
    changed = [name for name in sorted(REMARKS) if getattr(wanted, name) != getattr(trade.fields, name)]
    if not changed:
        return await _shown(call, trade)
    told = {name: getattr(wanted, name) for name in changed}
    patch = {"trade": {}, "facts": {name: told.pop(name) for name in changed if name == "note"}, "marks": told}
    change = {"kind": "edit", "trade_id": str(trade.trade_id), "patch": patch}
    applied = await turns.apply_changes(call.connection, call.owner, [change])
    done = applied["changes"][0]
    if done["id"] is None:
        return call.says("chart_gone")
    now = replace(trade, fields=wanted)
    picks = offered(applied["usual_marks"], wanted)
    said = {"trade": now, "change_id": done["id"], "picks": picks, "left_out": left_out}
    return Turn(call.conversation, (Say("marked", said),))
