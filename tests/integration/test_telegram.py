"""Telegram by polling, through the real library and sockets: what arrives, in which order, what is confirmed."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from adapters.telegram import Telegram
from statemachine.errors import OperatorError
from statemachine.message import Button, Reply
from tests.inbox import Inbox
from tests.servers.telegram import TOKEN, TelegramServer

ANN, BEN, ROOM = 4001, 4002, -5001
PNG = b"\x89PNG not decoded here" * 20


@contextlib.asynccontextmanager
async def bot(server: TelegramServer, **settings: object) -> AsyncIterator[Telegram]:
    adapter = Telegram(TOKEN, api_url=server.url, per_second=None, per_chat=None, standby=0.1, **settings)
    try:
        await adapter.connect()
        yield adapter
    finally:
        await adapter.close()


@contextlib.asynccontextmanager
async def listening(adapter: Telegram, inbox: Inbox) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(adapter.listen(inbox))
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def telegram(server: TelegramServer, inbox: Inbox) -> AsyncIterator[Telegram]:
    async with bot(server) as adapter, listening(adapter, inbox):
        yield adapter


# What people do, as the journal gets it: cases that every adapter has in common.


async def test_text(server: TelegramServer, telegram: Telegram, inbox: Inbox) -> None:
    number = server.write(ANN, "long 2 nq 18250 <b>&", language="de")
    await server.until(lambda: inbox.messages)
    message = inbox.messages[0]
    assert (message.platform, message.account) == ("telegram", str(server.bot_id))
    assert (message.chat_id, message.sender_id) == (str(ANN), str(ANN))
    assert (message.external_id, message.text, message.locale) == (str(number), "long 2 nq 18250 <b>&", "de")
    assert message.private
    assert abs(message.sent_at.timestamp() - time.time()) < 5
    assert message.sent_at.utcoffset() is not None


async def test_photo_and_its_bytes(server: TelegramServer, telegram: Telegram, inbox: Inbox) -> None:
    server.photo(ANN, PNG, caption="my entry")
    await server.until(lambda: inbox.messages)
    message = inbox.messages[0]
    assert (message.text, [attachment.kind for attachment in message.attachments]) == ("my entry", ["photo"])
    assert await telegram.fetch(message.attachments[0], 1_000_000) == PNG


async def test_album_shares_a_group(server: TelegramServer, telegram: Telegram, inbox: Inbox) -> None:
    server.album(ANN, [PNG, PNG, PNG], caption="entry and exit")
    await server.until(lambda: len(inbox.messages) == 3)
    assert inbox.texts == ["entry and exit", "", ""]
    assert len({message.group_id for message in inbox.messages}) == 1
    assert inbox.messages[0].group_id is not None
    assert len({message.external_id for message in inbox.messages}) == 3


async def test_files_by_kind(server: TelegramServer, telegram: Telegram, inbox: Inbox) -> None:
    server.document(ANN, PNG)
    server.document(ANN, PNG, name="chart.jpg", mime="")
    server.document(ANN, b"a,b", name="trades.csv", mime="text/csv")
    server.voice(ANN)
    server.sticker(ANN)
    await server.until(lambda: len(inbox.messages) == 5)
    found = [message.attachments[0] for message in inbox.messages]
    assert [attachment.kind for attachment in found] == ["image", "image", "document", "voice", "sticker"]
    assert (found[2].name, found[2].mime, found[2].size) == ("trades.csv", "text/csv", 3)


async def test_edit_is_a_message_of_its_own(server: TelegramServer, telegram: Telegram, inbox: Inbox) -> None:
    number = server.write(ANN, "long 2 nq")
    server.edit(ANN, number, "long 3 nq")
    server.edit(ANN, number, "long 4 nq", seconds_later=9)
    await server.until(lambda: len(inbox.messages) == 3)
    first, edit, again = inbox.messages
    assert (edit.text, edit.edits, first.edits) == ("long 3 nq", str(number), None)
    assert edit.external_id == f"{number}:e{int(edit.sent_at.timestamp())}"
    assert len({first.external_id, edit.external_id, again.external_id}) == 3


async def test_answer_to_a_message(server: TelegramServer, telegram: Telegram, inbox: Inbox) -> None:
    number = server.write(ANN, "long 2 nq")
    server.write(ANN, "closed at 18290", reply_to=number)
    await server.until(lambda: len(inbox.messages) == 2)
    assert inbox.messages[1].reply_to == str(number)


async def test_button_also_a_stale_one(server: TelegramServer, telegram: Telegram, inbox: Inbox) -> None:
    server.write(ANN, "long 2 nq")
    draft = Reply(text="Long 2 NQ?", buttons=((Button("Confirm", "d:7f:1:yes"), Button("Edit", "d:7f:1:edit")),))
    sent = await telegram.send(str(ANN), draft)
    press = server.press(ANN, int(sent or 0), "Confirm")
    server.press(ANN, int(sent or 0), data="d:01:0:yes")
    await server.until(lambda: len(server.answered) == 2)
    pressed = [message for message in inbox.messages if message.button]
    assert [message.button for message in pressed] == ["d:7f:1:yes", "d:01:0:yes"]
    assert (pressed[0].external_id, pressed[0].reply_to, pressed[0].text) == (press, sent, "")
    assert press in server.answered


async def test_group_is_marked_and_left_alone(server: TelegramServer, telegram: Telegram, inbox: Inbox) -> None:
    server.write(ROOM, "/start", sender=ANN)
    await server.until(lambda: inbox.messages)
    message = inbox.messages[0]
    assert (message.private, message.chat_id, message.sender_id) == (False, str(ROOM), str(ANN))
    assert server.sent == []


async def test_order_in_a_chat_while_chats_run_side_by_side(
    server: TelegramServer, telegram: Telegram, inbox: Inbox
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


async def test_many_chats_are_served_32_at_once(server: TelegramServer, telegram: Telegram, inbox: Inbox) -> None:
    gate = asyncio.Event()
    for chat in range(1, 101):
        inbox.gates[str(chat)] = gate
        server.write(chat, "hi")
    await server.until(lambda: inbox.at_once == 32)
    gate.set()
    await server.until(lambda: len(inbox.messages) == 100)
    assert inbox.most_at_once == 32


# The offset: what is confirmed is committed.


async def test_outage_of_the_journal_confirms_nothing(server: TelegramServer, telegram: Telegram, inbox: Inbox) -> None:
    inbox.down = True
    for number in range(5):
        server.write(ANN, str(number))
    await server.until(lambda: inbox.attempts >= 2)
    assert server.confirmed == []
    inbox.down = False
    await server.until(lambda: not server.pending())
    assert inbox.texts == ["0", "1", "2", "3", "4"]


async def test_a_failing_chat_holds_up_neither_others_nor_what_is_newer(
    server: TelegramServer, telegram: Telegram, inbox: Inbox
) -> None:
    inbox.sick.add(str(ANN))
    server.write(ANN, "poison")
    server.write(BEN, "first")
    await server.until(lambda: inbox.texts == ["first"])
    for number in range(150):
        server.write(BEN if number < 50 else 6000 + number, str(number))
    await server.until(lambda: len(inbox.messages) >= 90)
    assert server.confirmed == []
    inbox.sick.clear()
    await server.until(lambda: not server.pending())
    assert inbox.texts_of(ANN) == ["poison"]
    assert inbox.texts_of(BEN) == ["first", *map(str, range(50))]
    assert len(inbox.messages) == 152  # each once, though Telegram listed them again and again


async def test_committed_while_telegram_is_asked_is_not_handed_over_twice(
    server: TelegramServer, telegram: Telegram, inbox: Inbox
) -> None:
    inbox.gates[str(ANN)] = gate = asyncio.Event()
    server.write(ANN, "hi")
    await server.until(lambda: inbox.at_once)
    asked = server.calls["getUpdates"]
    server.fault("getUpdates", delay=0.3)  # the question is under way, with the offset of the uncommitted update
    await server.until(lambda: server.calls["getUpdates"] > asked)
    gate.set()
    await server.until(lambda: not server.pending())
    assert inbox.texts == ["hi"]


async def test_cancelled_in_the_middle_and_started_again(server: TelegramServer, inbox: Inbox) -> None:
    inbox.gates[str(BEN)] = asyncio.Event()
    server.write(ANN, "done")
    server.write(BEN, "not done")
    server.write(ANN, "done too")
    async with bot(server) as adapter:
        async with listening(adapter, inbox) as task:
            await server.until(lambda: len(inbox.messages) == 2)
            began = time.monotonic()
            task.cancel()
            await asyncio.wait([task])
        assert time.monotonic() - began < 10
        assert len(server.confirmed) == 1
        assert len(server.pending()) == 2
        inbox.gates.clear()
        async with listening(adapter, inbox):
            await server.until(lambda: not server.pending())
    assert inbox.texts_of(BEN) == ["not done"]
    assert inbox.texts_of(ANN) == ["done", "done too", "done too"]  # at least once: the inbox knows a repeat


async def test_a_clean_stop_leaves_nothing_to_read_again(server: TelegramServer, inbox: Inbox) -> None:
    async with bot(server) as adapter, listening(adapter, inbox) as task:
        await server.until(lambda: server.calls["getUpdates"])
        server.write(ANN, "hi")
        await server.until(lambda: inbox.messages)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
    assert server.pending() == []


async def test_stop_while_telegram_is_silent_is_prompt(server: TelegramServer, inbox: Inbox) -> None:
    async with bot(server) as adapter:
        async with listening(adapter, inbox) as task:
            inbox.gates[str(ANN)] = gate = asyncio.Event()
            server.write(ANN, "hi")
            await server.until(lambda: inbox.at_once)
            server.fault("getUpdates", delay=60, times=99)
            gate.set()
            await server.until(lambda: inbox.messages)
            began = time.monotonic()
            task.cancel()
            await asyncio.wait([task])
        assert time.monotonic() - began < 20  # of sixty


async def test_unknown_and_unreadable_updates_are_passed_over(
    server: TelegramServer, telegram: Telegram, inbox: Inbox
) -> None:
    server.raw("tea_break", {"minutes": 5})
    server.raw("channel_post", {"message_id": 9, "date": 1, "chat": {"id": -1, "type": "channel", "title": "t"}})
    server.raw("message", {"message_id": "what"})
    server.raw("message", [1, 2])
    server.write(ANN, "still here")
    await server.until(lambda: not server.pending())
    assert inbox.texts == ["still here"]


async def test_more_than_one_batch(server: TelegramServer, telegram: Telegram, inbox: Inbox) -> None:
    for number in range(250):
        server.write(ANN + number % 7, str(number))
    await server.until(lambda: not server.pending())
    assert sorted(map(int, inbox.texts)) == list(range(250))


# What Telegram does to a poller.


async def test_start_leaves_a_webhook_without_dropping_updates(server: TelegramServer, inbox: Inbox) -> None:
    async with bot(server, webhook_secret="s", public_url="http://127.0.0.1:9") as hooked:
        assert hooked.exclusive is False
    server.write(ANN, "sent while the webhook was dead")
    async with bot(server) as adapter, listening(adapter, inbox):
        assert adapter.exclusive is True
        await server.until(lambda: inbox.messages)


async def test_two_pollers_take_turns_and_lose_nothing(server: TelegramServer, inbox: Inbox) -> None:
    other = Inbox()
    async with bot(server) as one, bot(server) as two, listening(one, inbox), listening(two, other):
        for number in range(10):
            server.write(ANN, str(number))
            await asyncio.sleep(0.03)
        await server.until(lambda: not server.pending())
    assert {*inbox.texts, *other.texts} == {str(number) for number in range(10)}


async def test_conflict_is_stood_by(server: TelegramServer, inbox: Inbox) -> None:
    server.fault("getUpdates", status=409, times=3)
    async with bot(server) as adapter, listening(adapter, inbox):
        server.write(ANN, "hi")
        await server.until(lambda: not server.pending() and inbox.texts == ["hi"])


@pytest.mark.parametrize(
    "fault",
    [{"status": 500}, {"status": 502}, {"drop": "before"}, {"drop": "after"}, {"retry_after": 1}],
    ids=lambda fault: "-".join(map(str, *fault.items())),
)
async def test_outage_of_telegram_is_waited_out(server: TelegramServer, inbox: Inbox, fault: dict[str, object]) -> None:
    server.write(ANN, "before")
    server.fault("getUpdates", times=2, **fault)
    began = time.monotonic()
    async with bot(server) as adapter, listening(adapter, inbox):
        await server.until(lambda: not server.pending())
    assert inbox.texts == ["before"]
    assert "retry_after" not in fault or time.monotonic() - began >= 2


async def test_telegram_down_at_start_is_not_fatal(server: TelegramServer, inbox: Inbox) -> None:
    server.fault("getMe", status=500, times=2)
    server.write(ANN, "hi")
    async with bot(server, commands=[("today", "Today's trades")]) as adapter:
        assert adapter.account == str(server.bot_id)
        async with listening(adapter, inbox):
            await server.until(lambda: inbox.messages)
    assert server.commands == [{"command": "today", "description": "Today's trades"}]


async def test_menu_is_set_at_start(server: TelegramServer) -> None:
    async with bot(server, commands=[("today", "Today's trades"), ("undo", "Take back")]):
        assert [command["command"] for command in server.commands] == ["today", "undo"]
        assert server.translated == {}


async def test_menu_in_every_language(server: TelegramServer) -> None:
    words = {"en": {"today": "Today"}, "es": {"today": "Hoy", "trade.text": "no command"}, "pt": {}}
    async with bot(server, commands=[("today", "Today")], words=words):
        assert [command["description"] for command in server.commands] == ["Today"]
        told = {language: commands[0]["description"] for language, commands in server.translated.items()}
        assert told == {"es": "Hoy", "pt": "Today"}


@pytest.mark.parametrize("token", ["7000001:another", "nonsense", "7000001:a b"])
async def test_refused_token(server: TelegramServer, token: str) -> None:
    adapter = Telegram(token, api_url=server.url)
    with pytest.raises(OperatorError, match="TELEGRAM_BOT_TOKEN is refused by Telegram") as caught:
        await adapter.connect()
    assert token not in str(caught.value)
    assert caught.value.__cause__ is None
    await adapter.close()
    await adapter.close()
