"""What Telegram shows of a reply, what it refuses, how fast it may be asked, and files in both directions."""

import asyncio
import io
import time
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from adapters.telegram import Telegram
from statemachine.errors import AttachmentRefused, SendLater, SendRefused
from statemachine.message import Attachment, Button, Reply
from tests.servers.telegram import TOKEN, TelegramServer

ANN, BEN = 4001, 4002


def png(width: int, height: int) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(data, "PNG")
    return data.getvalue()


PICTURES = {"day.png": png(640, 360), "tape.png": png(4000, 20)}


async def load(path: str) -> bytes:
    if path not in PICTURES:
        raise AttachmentRefused("gone")
    return PICTURES[path]


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        server.write(ANN, "hi")
        server.write(BEN, "hi")
        yield server


@pytest.fixture
async def telegram(server: TelegramServer) -> AsyncIterator[Telegram]:
    adapter = Telegram(TOKEN, api_url=server.url, load_image=load, per_second=None, per_chat=None)
    await adapter.connect()
    yield adapter
    await adapter.close()


async def test_title_is_bold_and_all_is_escaped(server: TelegramServer, telegram: Telegram) -> None:
    text = 'Entry < 18250 & stop > 18230 <b>not bold</b> &amp; "it\'s" 📈'
    number = await telegram.send(str(ANN), Reply(title="NQ <long>", text=text))
    (sent,) = server.sent_to(ANN)
    assert sent.text == f"NQ <long>\n{text}"
    assert sent.entities == [{"type": "bold", "offset": 0, "length": 9}]
    assert str(sent.message_id) == number


async def test_buttons_in_rows(server: TelegramServer, telegram: Telegram) -> None:
    rows = ((Button("Confirm", "c:1"), Button("Edit", "e:1")), (Button("✅" * 20, "x" * 64),))
    await telegram.send(str(ANN), Reply(text="Right?", buttons=rows))
    assert server.sent[0].buttons == [
        [{"text": "Confirm", "callback_data": "c:1"}, {"text": "Edit", "callback_data": "e:1"}],
        [{"text": "✅" * 20, "callback_data": "x" * 64}],
    ]


async def test_long_text_comes_in_parts_with_the_buttons_below(server: TelegramServer, telegram: Telegram) -> None:
    lines = [f"{number}. NQ 📈 <long> & more of the same" for number in range(400)]
    reply = Reply(title="Trades", text="\n".join(lines), buttons=((Button("More", "more"),),), reply_to="1")
    last = await telegram.send(str(ANN), reply)
    sent = server.sent_to(ANN)
    assert len(sent) == 4
    assert "\n".join(part.text for part in sent) == "Trades\n" + "\n".join(lines)
    assert [bool(part.buttons) for part in sent] == [False, False, False, True]
    assert [part.reply_to for part in sent] == [1, None, None, None]
    assert str(sent[-1].message_id) == last


async def test_answers_a_message_even_one_deleted(server: TelegramServer, telegram: Telegram) -> None:
    number = server.write(ANN, "long 2 nq")
    for answered in (str(number), f"{number}:e1700000000", "999999", "4611686018427000001", None):
        await telegram.send(str(ANN), Reply(text="noted", reply_to=answered))
    assert [sent.reply_to for sent in server.sent] == [number, number, None, None, None]


async def test_picture_carries_the_text(server: TelegramServer, telegram: Telegram) -> None:
    await telegram.send(str(ANN), Reply(title="Today", text="+120 <USD>", image="day.png"))
    (sent,) = server.sent
    assert (sent.method, sent.text, sent.file) == ("sendPhoto", "Today\n+120 <USD>", PICTURES["day.png"])


async def test_picture_with_a_long_text(server: TelegramServer, telegram: Telegram) -> None:
    await telegram.send(str(ANN), Reply(text="word " * 1000, image="day.png", buttons=((Button("Ok", "ok"),),)))
    assert [sent.method for sent in server.sent] == ["sendPhoto", "sendMessage"]
    assert " ".join(sent.text for sent in server.sent) == ("word " * 1000).strip()
    assert [bool(sent.buttons) for sent in server.sent] == [False, True]


async def test_picture_no_photo_can_be_goes_as_a_file(server: TelegramServer, telegram: Telegram) -> None:
    await telegram.send(str(ANN), Reply(text="", image="tape.png"))
    assert [(sent.method, sent.file) for sent in server.sent] == [("sendDocument", PICTURES["tape.png"])]


async def test_lost_picture_leaves_the_text(server: TelegramServer, telegram: Telegram) -> None:
    await telegram.send(str(ANN), Reply(text="Your day", image="lost.png"))
    assert [(sent.method, sent.text) for sent in server.sent] == [("sendMessage", "Your day")]


async def test_blocked(server: TelegramServer, telegram: Telegram) -> None:
    server.block(ANN)
    with pytest.raises(SendRefused) as caught:
        await telegram.send(str(ANN), Reply(text="hi"))
    assert caught.value.blocked
    await telegram.send(str(BEN), Reply(text="hi"))
    assert len(server.sent_to(BEN)) == 1


async def test_flood_control_says_when(server: TelegramServer, telegram: Telegram) -> None:
    server.fault("sendMessage", retry_after=17)
    with pytest.raises(SendLater) as caught:
        await telegram.send(str(ANN), Reply(text="hi"))
    assert caught.value.after == 17
    await telegram.send(str(ANN), Reply(text="hi"))


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 502}, {"status": 401}, {"drop": "before"}])
async def test_outage_means_later(server: TelegramServer, telegram: Telegram, fault: dict[str, object]) -> None:
    server.fault("sendMessage", **fault)
    with pytest.raises(SendLater) as caught:
        await telegram.send(str(ANN), Reply(text="hi"))
    assert caught.value.after is None
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("chat_id", "reply"),
    [
        ("999", Reply(text="to a stranger")),
        ("local:1", Reply(text="to the terminal")),
        (str(ANN), Reply(text=" \n ")),
        (str(ANN), Reply(text="hi", buttons=((Button("long", "x" * 65),),))),
    ],
)
async def test_refused_for_good(telegram: Telegram, server: TelegramServer, chat_id: str, reply: Reply) -> None:
    with pytest.raises(SendRefused) as caught:
        await telegram.send(chat_id, reply)
    assert not caught.value.blocked
    assert server.sent == []


async def test_pace_by_chat_and_in_all(server: TelegramServer) -> None:
    adapter = Telegram(TOKEN, api_url=server.url, per_second=50.0, per_chat=10.0)
    began = time.monotonic()
    await asyncio.gather(*(adapter.send(str(ANN), Reply(text=str(number))) for number in range(13)))
    assert 0.9 < time.monotonic() - began < 8  # three at once, then ten a second
    for number, sent in enumerate(server.sent_to(ANN)):
        assert sent.at - began > (number - 4) / 10
    for chat in range(5000, 5030):
        server.write(chat, "hi")
    began = time.monotonic()
    await asyncio.gather(*(adapter.send(str(chat), Reply(text="hi")) for chat in range(5000, 5030)))
    assert 0.4 < time.monotonic() - began < 8  # five at once, then fifty a second
    await adapter.close()


async def test_fetch_limits(server: TelegramServer, telegram: Telegram) -> None:
    medium = server.document(ANN, b"x" * 3000)
    handle = server.handle_of(ANN, medium)
    assert len(await telegram.fetch(Attachment(kind="image", handle=handle), 3000)) == 3000
    for size, limit in ((3000, 2999), (None, 2999), (1, 2999)):
        with pytest.raises(AttachmentRefused) as caught:
            await telegram.fetch(Attachment(kind="image", handle=handle, size=size), limit)
        assert caught.value.reason == "too_large"


async def test_fetch_stops_at_the_limit_when_the_size_was_a_lie(server: TelegramServer, telegram: Telegram) -> None:
    handle = server.handle_of(ANN, server.document(ANN, b"x" * 3_000_000))
    server.fault("getFile", claim=10)
    with pytest.raises(AttachmentRefused) as caught:
        await telegram.fetch(Attachment(kind="image", handle=handle), 100_000)
    assert caught.value.reason == "too_large"


async def test_fetch_beyond_what_bots_get(server: TelegramServer, telegram: Telegram) -> None:
    handle = server.handle_of(ANN, server.document(ANN, b"x" * 20_000_001))
    with pytest.raises(AttachmentRefused) as caught:
        await telegram.fetch(Attachment(kind="image", handle=handle), 10**9)
    assert caught.value.reason == "too_large"


@pytest.mark.parametrize("handle", ["never-was", ""])
async def test_fetch_of_nothing(telegram: Telegram, handle: str) -> None:
    with pytest.raises(AttachmentRefused) as caught:
        await telegram.fetch(Attachment(kind="image", handle=handle), 1000)
    assert caught.value.reason == ("gone" if handle else "unsupported")


@pytest.mark.parametrize("fault", [{"status": 500}, {"drop": "before"}])
@pytest.mark.parametrize("call", ["getFile", "file"])
async def test_fetch_later(server: TelegramServer, telegram: Telegram, call: str, fault: dict[str, object]) -> None:
    handle = server.handle_of(ANN, server.document(ANN, b"x" * 30))
    server.fault(call, times=2, **fault)  # a lost GET is asked once more by the client itself
    with pytest.raises(SendLater) as caught:
        await telegram.fetch(Attachment(kind="image", handle=handle), 1000)
    assert TOKEN not in str(caught.value)


async def test_file_that_died_between_question_and_download(server: TelegramServer, telegram: Telegram) -> None:
    handle = server.handle_of(ANN, server.document(ANN, b"x" * 30))
    server.fault("file", status=404)
    with pytest.raises(AttachmentRefused) as caught:
        await telegram.fetch(Attachment(kind="image", handle=handle), 1000)
    assert caught.value.reason == "gone"
