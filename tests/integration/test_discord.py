"""Discord through the real library and sockets: what people write, in which order it arrives, what is passed over."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from adapters.discord import Discord
from statemachine.errors import AttachmentRefused, OperatorError, SendLater
from statemachine.message import Attachment, Reply
from tests.inbox import Inbox
from tests.integration.discord_bot import ANN, BEN, PNG, bot, listening
from tests.servers.discord import BOT_ID, TOKEN, DiscordServer
from tests.servers.discord_gateway import PRIVILEGED


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def discord(server: DiscordServer, inbox: Inbox) -> AsyncIterator[Discord]:
    async with bot(server) as adapter, listening(adapter, inbox, server):
        yield adapter


# What people do, as the journal gets it: cases that every adapter has in common.


async def test_text(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    number = server.write(ANN, "long 2 nq 18250 <b>&")
    await server.until(lambda: inbox.messages)
    message = inbox.messages[0]
    assert (message.platform, message.account) == ("discord", str(BOT_ID))
    assert (message.chat_id, message.sender_id) == (str(ANN), str(ANN))
    assert (message.external_id, message.text) == (str(number), "long 2 nq 18250 <b>&")
    assert message.private
    assert message.handle is None
    assert abs(message.sent_at.timestamp() - time.time()) < 5
    assert message.sent_at.utcoffset() is not None


async def test_photo_and_its_bytes(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    server.write(ANN, "my entry", files=[("chart.png", PNG)])
    await server.until(lambda: inbox.messages)
    message = inbox.messages[0]
    assert (message.text, [attachment.kind for attachment in message.attachments]) == ("my entry", ["photo"])
    assert (message.attachments[0].mime, message.attachments[0].size) == ("image/png", len(PNG))
    assert await discord.fetch(message.attachments[0], 1_000_000) == PNG


async def test_several_photos_are_one_message(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    server.write(ANN, "entry and exit", files=[("1.png", PNG), ("2.png", PNG + b"2"), ("3.jpg", PNG + b"3")])
    await server.until(lambda: inbox.messages)
    (message,) = inbox.messages
    assert [attachment.kind for attachment in message.attachments] == ["photo"] * 3
    assert await discord.fetch(message.attachments[1], 1_000_000) == PNG + b"2"
    assert message.group_id is None


async def test_files_by_kind(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    files = [("chart.tiff", PNG), ("trades.csv", b"a,b"), ("clip.mp4", b"mp4"), ("notes", b"?")]
    server.write(ANN, files=files)
    server.write(ANN, sticker_items=[{"id": "1", "name": "to the moon", "format_type": 1}])
    await server.until(lambda: len(inbox.messages) == 2)
    kinds = [attachment.kind for message in inbox.messages for attachment in message.attachments]
    assert kinds == ["image", "document", "video", "document", "sticker"]
    assert inbox.messages[0].attachments[1].name == "trades.csv"


async def test_edit_is_a_message_of_its_own(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    number = server.write(ANN, "long 2 nq")
    server.edit(ANN, number, "long 3 nq")
    await asyncio.sleep(0.01)
    server.edit(ANN, number, "long 4 nq")
    await server.until(lambda: len(inbox.messages) == 3)
    first, edit, again = inbox.messages
    assert (edit.text, edit.edits, first.edits) == ("long 3 nq", str(number), None)
    assert edit.external_id.startswith(f"{number}:e")
    assert len({first.external_id, edit.external_id, again.external_id}) == 3


async def test_preview_of_a_link_is_no_edit(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    number = server.write(ANN, "https://example.org")
    server.unfurl(ANN, number)
    server.edit(ANN, number, "long 2 nq https://example.org")
    server.unfurl(ANN, number)
    server.write(ANN, "last")
    await server.until(lambda: "last" in inbox.texts)
    assert len({message.external_id for message in inbox.messages}) == 3  # the update after the edit repeats it


async def test_answer_to_a_message(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    number = server.write(ANN, "long 2 nq")
    server.write(ANN, "closed at 18290", reply_to=number)
    await server.until(lambda: len(inbox.messages) == 2)
    assert inbox.messages[1].reply_to == str(number)


async def test_repeated_event_has_the_same_identity(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    number = server.write(ANN, "long 2 nq")
    server.replay(ANN, number)
    await server.until(lambda: len(inbox.messages) == 2)
    assert len({(message.chat, message.external_id) for message in inbox.messages}) == 1


async def test_a_room_that_names_the_bot_gets_a_hint_at_most(
    server: DiscordServer, discord: Discord, inbox: Inbox
) -> None:
    number = server.mention(ANN, "long 2 nq 18250")
    await server.until(lambda: inbox.messages)
    message = inbox.messages[0]
    assert (message.private, message.chat_id, message.text) == (False, str(ANN), "long 2 nq 18250")
    assert message.external_id == f"ig{number}"  # says nothing of which DMs were read
    server.mention(BEN, "")
    await server.until(lambda: len(inbox.messages) == 2)
    assert server.sent == []


async def test_passed_over(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    await discord.send(str(ANN), Reply(text="the bot's own words"))
    own = server.messages[server.channel_of(ANN)]
    server.raw("MESSAGE_CREATE", next(iter(own.values())))
    server.mention(BEN, "I am a bot too", bot=True)
    server.chatter(ANN, "not about the bot")
    server.write(ANN)
    server.write(ANN, "Ann pinned a message", type=6)
    server.write(ANN, "still here")
    await server.until(lambda: inbox.messages)
    assert inbox.texts == ["still here"]


async def test_a_forwarded_message_is_not_silently_dropped(
    server: DiscordServer, discord: Discord, inbox: Inbox
) -> None:
    forwarded = {"content": "long 2 nq", "timestamp": "2026-01-01T00:00:00+00:00", "type": 0, "flags": 0}
    server.write(
        ANN, message_snapshots=[{"message": {**forwarded, "embeds": [], "attachments": [], "edited_timestamp": None}}]
    )
    await server.until(lambda: inbox.messages)
    assert [attachment.kind for attachment in inbox.messages[0].attachments] == ["other"]


async def test_an_event_nobody_can_read_ends_nothing(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    server.raw("TEA_BREAK", {"minutes": 5})
    server.raw("MESSAGE_CREATE", {"id": "what"})  # the library's client ends over this one; a new session follows
    server.gateway.changed.clear()
    await server.until(lambda: server.gateway.ops["identify"] == 2 and server.gateway.online, within=30)
    server.write(ANN, "still here")
    await server.until(lambda: inbox.texts == ["still here"])


async def test_order_in_a_chat_while_chats_run_side_by_side(
    server: DiscordServer, discord: Discord, inbox: Inbox
) -> None:
    inbox.gates[str(ANN)] = asyncio.Event()
    for number in range(20):
        server.write(ANN, str(number))
        server.write(BEN, str(number))
    await server.until(lambda: len(inbox.texts_of(BEN)) == 20)
    assert inbox.texts_of(ANN) == []
    inbox.gates.pop(str(ANN)).set()
    await server.until(lambda: len(inbox.messages) == 40)
    assert inbox.texts_of(ANN) == inbox.texts_of(BEN) == [str(number) for number in range(20)]


async def test_many_chats_are_served_32_at_once(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    gate = asyncio.Event()
    for chat in range(1001, 1101):
        inbox.gates[str(chat)] = gate
        server.write(chat, "hi")
    await server.until(lambda: inbox.at_once == 32)
    gate.set()
    await server.until(lambda: len(inbox.messages) == 100)
    assert inbox.most_at_once == 32


# Files.


async def test_fetch_limits(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    server.write(ANN, files=[("chart.png", b"x" * 3000)])
    await server.until(lambda: inbox.messages)
    handle = inbox.messages[0].attachments[0].handle
    assert len(await discord.fetch(Attachment(kind="photo", handle=handle), 3000)) == 3000
    for size in (3000, None, 1):  # also where the size was a lie
        with pytest.raises(AttachmentRefused) as caught:
            await discord.fetch(Attachment(kind="photo", handle=handle, size=size), 2999)
        assert caught.value.reason == "too_large"


async def test_fetch_after_the_message_was_deleted(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    number = server.write(ANN, files=[("chart.png", PNG)])
    await server.until(lambda: inbox.messages)
    server.delete(ANN, number)
    with pytest.raises(AttachmentRefused) as caught:
        await discord.fetch(inbox.messages[0].attachments[0], 1_000_000)
    assert caught.value.reason == "gone"


@pytest.mark.parametrize(
    ("handle", "reason"),
    [
        ("", "unsupported"),
        ("m:1:2", "unsupported"),
        ("m:1:2:3", "gone"),
        ("u:99999999999:https://example.org/chart.png", "unsupported"),
        ("u:99999999999:http://cdn.discordapp.com/chart.png", "unsupported"),
        ("u:99999999999:https://cdn.discordapp.com.example.org/chart.png", "unsupported"),
        ("u:99999999999:file:///etc/passwd", "unsupported"),
        ("u:99999999999:/attachments/1/2/chart.png", "unsupported"),
        ("u:1:https://cdn.discordapp.com/chart.png", "gone"),
    ],
)
async def test_fetch_of_nothing_and_from_nowhere_else(discord: Discord, handle: str, reason: str) -> None:
    with pytest.raises(AttachmentRefused) as caught:
        await discord.fetch(Attachment(kind="photo", handle=handle), 1000)
    assert caught.value.reason == reason


async def test_fetch_follows_no_redirect(server: DiscordServer, discord: Discord, inbox: Inbox) -> None:
    server.write(ANN, files=[("chart.png", PNG), ("other.png", PNG)])
    await server.until(lambda: inbox.messages)
    first, second = inbox.messages[0].attachments
    target = f"{server.url}/attachments/1/{second.handle.rpartition(':')[2]}/other.png"
    server.fault("cdn", location=target)
    with pytest.raises(AttachmentRefused) as caught:
        await discord.fetch(first, 1_000_000)
    assert (caught.value.reason, server.calls["cdn"]) == ("gone", 1)


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": "before"}])
@pytest.mark.parametrize("call", ["message_of", "cdn"])
async def test_fetch_later(
    server: DiscordServer, discord: Discord, inbox: Inbox, call: str, fault: dict[str, object]
) -> None:
    server.write(ANN, files=[("chart.png", PNG)])
    await server.until(lambda: inbox.messages)
    server.fault(call, times=2, **fault)  # a lost GET is asked once more by the client itself
    with pytest.raises(SendLater) as caught:
        await discord.fetch(inbox.messages[0].attachments[0], 1_000_000)
    assert TOKEN not in str(caught.value)


# Starting.


async def test_nothing_privileged_is_asked_for(server: DiscordServer, discord: Discord) -> None:
    assert server.gateway.identified == [1 << 9 | 1 << 12]
    assert not server.gateway.identified[0] & PRIVILEGED


async def test_sending_and_fetching_need_no_gateway(server: DiscordServer) -> None:
    async with bot(server) as adapter:
        assert adapter.account == str(BOT_ID)
        await adapter.send(str(ANN), Reply(text="hi"))
        assert adapter.exclusive
        assert list(adapter.routes(Inbox())) == []
    assert server.gateway.ops["identify"] == 0
    assert [sent.content for sent in server.sent] == ["hi"]


async def test_an_adapter_that_only_fetches_need_not_connect(
    server: DiscordServer, discord: Discord, inbox: Inbox
) -> None:
    server.write(ANN, files=[("chart.png", PNG)])
    await server.until(lambda: inbox.messages)
    other = Discord(TOKEN, api_url=server.api)
    assert other.account == discord.account
    assert await other.fetch(inbox.messages[0].attachments[0], 1_000_000) == PNG
    await other.close()


@pytest.mark.parametrize("token", [f"{TOKEN[:-1]}y", "nonsense", "a\nb", "é"])
async def test_refused_token(server: DiscordServer, token: str) -> None:
    adapter = Discord(token, api_url=server.api)
    with pytest.raises(OperatorError, match="DISCORD_BOT_TOKEN is refused by Discord") as caught:
        await adapter.connect()
    assert token not in str(caught.value)
    assert caught.value.__cause__ is None
    await adapter.close()
    await adapter.close()


async def test_discord_down_at_start_is_not_fatal(server: DiscordServer, inbox: Inbox) -> None:
    server.fault("me", status=503)
    server.fault("application", drop="before", times=2)
    server.fault("gateway_bot", status=503)
    async with bot(server, commands=[("undo", "Take back")]) as adapter:
        assert adapter.account == str(BOT_ID)
        async with listening(adapter, inbox, server):
            server.write(ANN, "hi")
            await server.until(lambda: inbox.texts == ["hi"])
    assert [command["name"] for command in server.commands[0]] == ["trade", "undo"]


@pytest.mark.parametrize(("code", "says"), [(4004, "DISCORD_BOT_TOKEN"), (4013, "intents"), (4014, "intents")])
async def test_a_gateway_that_will_never_take_us_ends_the_reader(
    server: DiscordServer, inbox: Inbox, code: int, says: str
) -> None:
    server.gateway.closing_with = code
    async with bot(server) as adapter:
        with pytest.raises(OperatorError, match=says):
            await asyncio.wait_for(adapter.listen(inbox), 20)


async def test_shards_as_many_as_discord_recommends(server: DiscordServer, inbox: Inbox) -> None:
    server.gateway.shards = 2
    async with bot(server) as adapter, listening(adapter, inbox, server):
        server.write(ANN, "to the first shard")
        await server.until(lambda: inbox.texts == ["to the first shard"])
        await server.until(lambda: server.gateway.ops["identify"] == 2, within=20)  # one in five seconds is allowed


async def test_a_stop_is_prompt(server: DiscordServer, inbox: Inbox) -> None:
    inbox.gates[str(ANN)] = asyncio.Event()
    async with bot(server) as adapter, listening(adapter, inbox, server) as task:
        server.write(ANN, "never committed")
        await server.until(lambda: inbox.at_once)
        began = time.monotonic()
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        assert time.monotonic() - began < 10
