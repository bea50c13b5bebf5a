"""Commands, buttons and forms: acknowledged at once, committed when the journal can, answered to one person alone."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

import pytest

from adapters import Envelope
from adapters.discord import Discord
from statemachine.message import Button, Message, Reply
from tests.inbox import Inbox
from tests.integration.discord_bot import ANN, BEN, PNG, bot, listening
from tests.servers.discord import BOT_ID, DiscordServer
from tests.servers.discord_people import Asked, Sent

COMMANDS = [("trades", "Your latest trades"), ("link", "Link this chat: /link VGL-XXXX"), ("help", "What to write")]
DRAFT = Reply(
    title="Is this right?",
    text="Long 2 NQ\n18,250 → 18,290 · stop 18,230",
    buttons=((Button("Confirm", "c:7f:1"), Button("Cancel", "d:7f:1"), Button("Ändern", "e:7f:1")),),
)
DEFERRED, SUGGESTIONS, FORM = 5, 8, 9


def form(data: str, shown: str) -> str | None:
    return " ".join(shown.splitlines()[1:]) if data.startswith("e:") else None


async def symbols(user: str, typed: str) -> Sequence[str]:
    match user:
        case "4001":
            return ["nq", "FDAX"]
        case "4002":
            raise LookupError("no database")
        case _:
            await asyncio.sleep(60)
            return ()


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def discord(server: DiscordServer, inbox: Inbox) -> AsyncIterator[Discord]:
    async with (
        bot(server, commands=COMMANDS, form=form, symbols=symbols) as adapter,
        listening(adapter, inbox, server),
    ):
        yield adapter


async def draft(server: DiscordServer, discord: Discord, user: int = ANN) -> Sent:
    await discord.send(str(user), DRAFT)
    return server.sent_to(user)[-1]


async def answer(discord: Discord, message: Message, text: str, key: str = "") -> str | None:
    return await discord.send(message.chat_id, Reply(text=text), Envelope(key=key, handle=message.handle))


async def answered(server: DiscordServer, number: int) -> Asked:
    await server.until(lambda: server.asked[number].answered is not None)
    return server.asked[number]


# Commands.


async def test_commands_of_the_table_and_trade_with_typed_options(server: DiscordServer, discord: Discord) -> None:
    known = {command["name"]: command for command in server.commands[0]}
    assert list(known) == ["trade", "trades", "link", "help"]
    options = {option["name"]: option for option in known["trade"]["options"]}
    assert list(options) == [
        *("text", "symbol", "direction", "size", "entry", "exit", "stop", "target", "pnl", "screenshot")
    ]
    assert options["symbol"]["autocomplete"]
    assert [choice["value"] for choice in options["direction"]["choices"]] == ["long", "short"]
    assert {options[name]["type"] for name in ("size", "entry", "exit", "stop", "target", "pnl")} == {10}
    assert options["screenshot"]["type"] == 11
    (code,) = known["link"]["options"]
    assert (code["name"], code["required"]) == ("code", True)
    (text,) = known["trades"]["options"]
    assert (text["name"], text.get("required", False)) == ("text", False)


async def test_command(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    number = server.command(ANN, "link", {"code": "VGL-AB23"}, locale="de")
    await server.until(lambda: inbox.messages)
    message = inbox.messages[0]
    assert (message.text, message.external_id, message.locale) == ("/link VGL-AB23", f"i{number}", "de")
    assert (message.chat_id, message.sender_id, message.private) == (str(ANN), str(ANN), True)
    assert (message.button, message.account) == (None, str(BOT_ID))
    assert message.handle is not None


async def test_trade_with_options_is_what_a_trader_would_type(
    server: DiscordServer, discord: Discord, inbox: Inbox
) -> None:
    options = {"symbol": "NQ", "direction": "long", "size": 2, "entry": 18250.25, "exit": 18290, "stop": 18230}
    server.command(ANN, "trade", options, files={"screenshot": ("chart.png", PNG)}, guild=True)
    await server.until(lambda: inbox.messages)
    message = inbox.messages[0]
    assert message.text == "long 2 NQ 18250.25 > 18290 stop 18230"
    assert message.chat_id == str(ANN)  # the person, wherever the command was given
    assert message.private
    assert [attachment.kind for attachment in message.attachments] == ["photo"]
    assert await discord.fetch(message.attachments[0], 1_000_000) == PNG


async def test_commands_are_told_to_discord_only_when_they_changed(server: DiscordServer, inbox: Inbox) -> None:
    words = {"en": {"trade": "Report a trade"}, "es": {"trade": "Contar una operación", "trade.long": "Largo"}}
    for _ in range(2):
        async with bot(server, commands=COMMANDS, words=words) as adapter, listening(adapter, inbox, server):
            assert server.commands[0][0]["description_localizations"]["es-ES"] == "Contar una operación"
    assert server.calls["put_commands"] == 1
    async with bot(server, commands=[*COMMANDS, ("undo", "Take back")]) as adapter, listening(adapter, inbox, server):
        assert [command["name"] for command in server.commands[0]][-1] == "undo"
    assert server.calls["put_commands"] == 2


async def test_commands_for_one_server(server: DiscordServer, inbox: Inbox) -> None:
    async with bot(server, commands=COMMANDS, guild_id=77) as adapter, listening(adapter, inbox, server):
        assert list(server.commands) == [77]


async def test_refused_commands_leave_the_rest_working(server: DiscordServer, inbox: Inbox) -> None:
    server.fault("put_commands", status=403, code=50001)
    async with bot(server, commands=COMMANDS, guild_id=77) as adapter, listening(adapter, inbox, server):
        server.write(ANN, "hi")
        await server.until(lambda: inbox.texts == ["hi"])


# Acknowledging.


async def test_acknowledged_in_time_whatever_the_journal_does(
    server: DiscordServer, discord: Discord, inbox: Inbox
) -> None:
    sent = await draft(server, discord)
    gate = inbox.gates[str(ANN)] = asyncio.Event()  # stalled, for longer than anybody waits
    asked = [server.press(ANN, sent, "Confirm"), server.command(ANN, "trades"), server.command(ANN, "help", guild=True)]
    for number in asked:
        interaction = await answered(server, number)
        assert interaction.took is not None
        assert interaction.took < 2.0
        assert (interaction.answered, interaction.response["flags"]) == (DEFERRED, 64)
    assert inbox.messages == []
    gate.set()
    await server.until(lambda: len(inbox.messages) == 3)
    assert [message.button or message.text for message in inbox.messages] == ["c:7f:1", "/trades", "/help"]


async def test_acknowledged_in_time_while_the_bot_is_flooded(
    server: DiscordServer, discord: Discord, inbox: Inbox
) -> None:
    server.fault("create_message", retry_after=4.0, everywhere=True)
    waiting = asyncio.create_task(discord.send(str(BEN), Reply(text="hi")))
    await server.until(lambda: server.calls["create_message"] == 1)
    interaction = await answered(server, server.command(ANN, "trades"))
    assert interaction.took is not None
    assert interaction.took < 2.0
    assert not waiting.done()
    await waiting


async def test_an_interaction_waits_for_the_database(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    inbox.down = True
    number = server.command(ANN, "trades")
    await answered(server, number)
    await server.until(lambda: inbox.attempts >= 2)
    inbox.down = False
    await server.until(lambda: inbox.texts == ["/trades"])
    assert await answer(discord, inbox.messages[0], "No trades yet.")
    assert [sent.way for sent in server.sent] == ["original"]


async def test_a_hiccup_while_acknowledging(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    server.fault("callback", drop="before", times=2)
    number = server.command(ANN, "trades")
    assert (await answered(server, number)).answered == DEFERRED
    await server.until(lambda: inbox.messages)
    assert inbox.messages[0].handle is not None


async def test_one_that_came_too_late_is_answered_by_dm(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    server.fault("callback", status=404, code=10062)
    server.command(ANN, "trades")
    await server.until(lambda: inbox.messages)
    assert inbox.messages[0].handle is None
    await answer(discord, inbox.messages[0], "No trades yet.")
    assert [(sent.way, sent.content) for sent in server.sent] == [("dm", "No trades yet.")]


async def test_keeps_its_place_among_direct_messages(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    sent = await draft(server, discord)
    server.fault("callback", delay=0.3)
    server.write(ANN, "before")
    server.press(ANN, sent, "Confirm")
    server.write(ANN, "after")
    await server.until(lambda: len(inbox.messages) == 3)
    assert [message.button or message.text for message in inbox.messages] == ["before", "c:7f:1", "after"]


# Answering.


async def test_the_first_answer_ends_the_thinking_and_others_follow(
    server: DiscordServer, discord: Discord, inbox: Inbox
) -> None:
    server.command(ANN, "trades", guild=True)
    await server.until(lambda: inbox.messages)
    message = inbox.messages[0]
    first = await answer(discord, message, "one")
    async with bot(server) as elsewhere:  # any process answers, also one that never saw the interaction
        second = await answer(elsewhere, message, "two")
        await answer(elsewhere, message, "three")
    assert [(sent.way, sent.content) for sent in server.sent] == [
        ("original", "one"),
        ("followup", "two"),
        ("followup", "three"),
    ]
    assert all(sent.ephemeral for sent in server.sent)
    assert all(sent.edits == 0 for sent in server.sent)
    assert [str(sent.id) for sent in server.sent[:2]] == [first, second]


async def test_a_long_answer_in_parts(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    server.command(ANN, "trades")
    await server.until(lambda: inbox.messages)
    await answer(discord, inbox.messages[0], "word " * 900)
    assert [sent.way for sent in server.sent] == ["original", "followup", "followup"]


async def test_an_answer_after_a_quarter_of_an_hour_comes_by_dm(
    server: DiscordServer, discord: Discord, inbox: Inbox
) -> None:
    number = server.command(ANN, "trades", guild=True)
    await server.until(lambda: inbox.messages)
    server.age(number, 15 * 60)
    await answer(discord, inbox.messages[0], "late")
    assert [(sent.way, sent.user, sent.ephemeral) for sent in server.sent] == [("dm", ANN, False)]


async def test_an_answer_whose_place_was_dismissed(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    server.command(ANN, "trades")
    await server.until(lambda: inbox.messages)
    await answer(discord, inbox.messages[0], "one")
    async with bot(server) as elsewhere:
        server.fault("original", status=404, code=10008)
        await answer(elsewhere, inbox.messages[0], "two")
    assert [sent.way for sent in server.sent] == ["original", "followup"]


@pytest.mark.parametrize("handle", ["", "nonsense", "[]", '{"a": 1}', '{"a":"x","t":"t","x":9e9}'])
async def test_a_handle_that_is_none_means_a_dm(server: DiscordServer, discord: Discord, handle: str) -> None:
    await discord.send(str(ANN), Reply(text="hi"), Envelope(handle=handle))
    assert [sent.way for sent in server.sent] == ["dm"]


# Buttons.


async def test_button_also_a_stale_one(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    sent = await draft(server, discord)
    press = server.press(ANN, sent, "Confirm")
    server.press(ANN, sent, data="c:01:0")
    await server.until(lambda: len(inbox.messages) == 2)
    pressed = inbox.messages[0]
    assert [message.button for message in inbox.messages] == ["c:7f:1", "c:01:0"]
    assert (pressed.external_id, pressed.reply_to, pressed.text) == (f"i{press}", str(sent.id), "")
    await answer(discord, pressed, "Recorded")
    assert (sent.content, sent.edits) == ("**Is this right?**\nLong 2 NQ\n18,250 → 18,290 · stop 18,230", 0)


async def test_button_after_a_restart(server: DiscordServer, inbox: Inbox) -> None:
    async with bot(server, form=form) as adapter, listening(adapter, inbox, server):
        sent = await draft(server, adapter)
    async with bot(server, form=form) as adapter, listening(adapter, inbox, server):
        server.press(ANN, sent, "Confirm")
        await server.until(lambda: inbox.messages)
        assert (await answered(server, server.press(ANN, sent, "Ändern"))).answered == FORM
    assert inbox.messages[0].button == "c:7f:1"
    assert server.gateway.ops["identify"] == 2


async def test_button_in_a_room_speaks_for_the_person(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    server.command(ANN, "trades", guild=True)
    await server.until(lambda: inbox.messages)
    await discord.send(str(ANN), DRAFT, Envelope(handle=inbox.messages[0].handle))
    server.press(ANN, server.sent[0], "Cancel", guild=True)
    await server.until(lambda: len(inbox.messages) == 2)
    assert (inbox.messages[1].chat_id, inbox.messages[1].button) == (str(ANN), "d:7f:1")


# Forms.


async def test_edit_opens_a_form_at_once_with_what_was_shown(
    server: DiscordServer, discord: Discord, inbox: Inbox
) -> None:
    inbox.down = True
    sent = await draft(server, discord)
    opened = await answered(server, server.press(ANN, sent, "Ändern"))
    assert opened.answered == FORM
    assert opened.took is not None
    assert opened.took < 2.0
    (part,) = opened.response["components"]
    field = part["component"]
    assert (opened.response["title"], opened.response["custom_id"]) == ("Ändern", "e:7f:1")
    assert field["value"] == "Long 2 NQ 18,250 → 18,290 · stop 18,230"
    assert inbox.attempts == 0  # a form that is opened is not yet anything that was said


async def test_a_form_that_was_filled_in(server: DiscordServer, inbox: Inbox) -> None:
    async with bot(server, form=form) as adapter, listening(adapter, inbox, server):
        sent = await draft(server, adapter)
        opened = await answered(server, server.press(ANN, sent, "Ändern"))
    async with bot(server, form=form) as adapter, listening(adapter, inbox, server):  # also after a restart
        number = server.submit(ANN, opened, sent, "long 2 nq 18250 > 18295 stop 18230")
        submitted = await answered(server, number)
        assert (submitted.answered, submitted.response["flags"]) == (DEFERRED, 64)
        await server.until(lambda: inbox.messages)
        (message,) = inbox.messages
        assert (message.button, message.text) == ("e:7f:1", "long 2 nq 18250 > 18295 stop 18230")
        assert (message.external_id, message.reply_to) == (f"i{number}", str(sent.id))
        await answer(adapter, message, "Is this right?")
    assert [sent.way for sent in server.sent] == ["dm", "original"]


# Suggestions.


async def suggested(server: DiscordServer, user: int, typed: str) -> list[str]:
    asked = await answered(server, server.type_symbol(user, typed))
    assert asked.answered == SUGGESTIONS
    assert asked.took is not None
    assert asked.took < 2.5
    return [choice["value"] for choice in asked.response["choices"]]


async def test_suggestions_begin_with_the_traders_own(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    everything = await suggested(server, ANN, "")
    assert everything[:3] == ["NQ", "FDAX", "MNQ"]
    assert len(everything) == 25
    assert await suggested(server, ANN, "nq") == ["NQ", "MNQ"]
    assert await suggested(server, ANN, "dax") == ["FDAX"]
    assert await suggested(server, ANN, "zzz") == []
    assert inbox.attempts == 0


async def test_suggestions_without_a_database(server: DiscordServer, discord: Discord) -> None:
    assert await suggested(server, BEN, "es") == ["ES", "MES"]
    began = time.monotonic()
    assert await suggested(server, 4003, "es") == ["ES", "MES"]  # one that hangs
    assert time.monotonic() - began < 10
