"""Commands that change recorded trades; numbers are those of /trades.

/edit 2 exit 18295     /edit 2, /edit     what is different is asked for, and of which trade
/add 2 1 @ 18240       /exit 2 1 @ 18300  one more fill
/delete 2              /photo 2           as the caption of a picture

Without a number the trade whose message was answered is meant, else the last one where something is said of it. What is
found becomes the event that an answer to the trade's message would be, so that all is asked, saved and undone alike.
"""

from dataclasses import replace
from typing import Final
from uuid import UUID

from bot.commands.call import Call
from bot.commands.naming import id_in
from bot.reading import read
from bot.reading.changing import Named, fill_of, numbered
from bot.reading.marks import taken_off, without_marks
from bot.texts.buttons import Command
from bot.understanding import bare_text, change_said, read_context, told_fill, with_account
from db import conversations, trades
from statemachine.conversation import Conversation, KnownTrade, Say, Scene, Turn
from statemachine.events import ChangeAsked, Closed, DeletionAsked, Event, Pictured, Reported, Revised, Unread
from statemachine.machine import step

NO_NUMBER: Final = -1


async def edit(call: Call) -> Turn:
    named = numbered(call.argument)
    if not call.argument and call.scene.target is None:
        return await _which(call, "edit")
    scene = await _scene(call, named, "edit")
    if isinstance(scene, Turn):
        return scene
    event = _change(call, scene, named.rest) if named.rest else ChangeAsked()
    if event is None:
        return call.says("edit_unclear", trade=scene.target)
    return step(call.conversation, event, call.now, scene)


async def delete(call: Call) -> Turn:
    named = numbered(call.argument)
    if not call.argument and call.scene.target is None:
        return await _which(call, "delete")
    if named.number is None and named.rest:
        named = Named(NO_NUMBER, named.rest)  # words are no trade: the last is deleted by its number, or as "last"
    scene = await _scene(call, named, "delete")
    return scene if isinstance(scene, Turn) else step(call.conversation, DeletionAsked(), call.now, scene)


async def pressed(call: Call) -> Turn:
    """The button of a trade in the list; it may be gone meanwhile."""
    asked, _, number = call.argument.partition(" ")
    trade_id = id_in(number)
    scene = await _scene_of(call, trade_id) if trade_id is not None else None
    if scene is None:
        return call.says("edit_gone")
    event = ChangeAsked() if asked == "edit" else DeletionAsked()
    return step(call.conversation, event, call.now, scene)


async def add(call: Call) -> Turn:
    return await _filled(call, exits=False)


async def exit_(call: Call) -> Turn:
    return await _filled(call, exits=True)


async def photo(call: Call) -> Turn:
    if not call.scene.pictures:
        return call.says("photo_how")
    named = numbered(call.argument)
    scene = await _scene(call, named, "photo")
    if isinstance(scene, Turn):
        return scene
    event = Pictured(pictures=call.scene.pictures, marks=without_marks(named.rest)[1])
    return step(call.conversation, event, call.now, scene)


async def _filled(call: Call, *, exits: bool) -> Turn:
    named, asked = numbered(call.argument), "exit" if exits else "add"
    scene = await _scene(call, named, asked)
    if isinstance(scene, Turn):
        return scene
    trade = _target(scene)
    context = read_context(Conversation(), scene, call.account, call.now)
    bare, marks = without_marks(named.rest)
    fill = fill_of(bare, trade.fields, context, exits=exits)
    if fill is None:
        return call.says("fill_unclear", asked=asked, number=named.number or 1)
    return step(call.conversation, told_fill(trade, fill.merged(marks)), call.now, scene)


def _change(call: Call, scene: Scene, text: str) -> Event | None:
    """What is said of the trade, as of a draft; where it is open, perhaps its close; or the whole trade, told anew."""
    trade, message, nothing = _target(scene), replace(call.message, text=text), Conversation()
    bare = bare_text(message, nothing, scene)
    context = read_context(nothing, replace(scene, open_trades=(trade,)), call.account, call.now)
    event: Event = read(bare, context)
    if isinstance(event, Reported) and len(event.trades) == 1:
        event = Revised(source=message.external_id, fields=event.trades[0], asked=True)
    elif not (trade.is_open and isinstance(event, Closed)):
        said = change_said(trade, bare, message.external_id, scene, call.account, call.now)
        event = said or (event if isinstance(event, Unread) else Unread())
    meaning = with_account(event, message, nothing, scene)
    if isinstance(meaning, Command):  # it does nothing but mark the trade
        marks, off = without_marks(text)[1], taken_off(text)
        return Revised(source=message.external_id, fields=marks, cleared=off, asked=True)
    if isinstance(meaning, Revised | Closed) or (isinstance(meaning, Unread) and _is_impossible(meaning)):
        return meaning
    return None


def _is_impossible(event: Unread) -> bool:
    """It says itself what cannot be."""
    return event.reason.startswith("impossible") or event.reason == "too_long"


async def _which(call: Call, asked: str) -> Turn:
    rows = await trades.latest_trades(call.connection, call.owner)
    if not rows:
        return call.says("no_trades")
    about = rows[0]["trade_id"] if len(rows) == 1 else None
    return Turn(call.conversation, (Say("which_trade", {"asked": asked, "trades": rows}, about),))


async def _scene(call: Call, named: Named, command: str) -> Scene | Turn:
    """The scene around the trade that is meant, or what to say where there is none."""
    if named.number is None and call.scene.target is not None:
        return call.scene
    rows = await trades.latest_trades(call.connection, call.owner)
    if not rows:
        return call.says("no_trades")
    number = 1 if named.number is None else named.number
    if not 1 <= number <= len(rows):
        said = named.rest if number == NO_NUMBER else str(number)
        return call.says("no_such_trade", said=said, count=len(rows), command=command)
    return await _scene_of(call, rows[number - 1]["trade_id"]) or call.says("edit_gone")


async def _scene_of(call: Call, trade_id: UUID) -> Scene | None:
    """With the trade as its target, and its copies."""
    found = await conversations.known_trades(call.connection, call.owner, (trade_id,))
    if not found:
        return None
    (target,) = found
    copies = set(target.copies) - {trade.trade_id for trade in call.scene.known}
    others = await conversations.known_trades(call.connection, call.owner, copies) if copies else ()
    return replace(call.scene, target=target, named=(*call.scene.named, target, *others))


def _target(scene: Scene) -> KnownTrade:
    assert scene.target is not None  # noqa: S101 - _scene gives one
    return scene.target
