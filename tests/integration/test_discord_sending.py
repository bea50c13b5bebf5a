"""What Discord shows of a reply, what it refuses, how floods are waited out, and what the log may not show of it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator

import pytest

from adapters import Envelope
from adapters.discord import Discord
from adapters.discord_wire import Handle
from statemachine.errors import AttachmentRefused, SendLater, SendRefused
from statemachine.message import Button, Reply
from tests.inbox import Inbox
from tests.integration.discord_bot import ANN, BEN, bot, listening
from tests.servers.discord import BOT_ID, TOKEN, DiscordServer

PICTURES = {"day.png": b"\x89PNG of the day"}
NOBODY = 42


async def load(path: str) -> bytes:
    if path not in PICTURES:
        raise AttachmentRefused("gone")
    return PICTURES[path]


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


@pytest.fixture
async def discord(server: DiscordServer) -> AsyncIterator[Discord]:
    async with bot(server, load_image=load) as adapter:
        yield adapter


async def test_title_is_bold_and_all_is_escaped(server: DiscordServer, discord: Discord) -> None:
    text = "1. *Entry* < 18_250_ & `stop` > ~18230~ ||x|| [a](b) <@1> @everyone\n- $5\n# no heading\n> no quote"
    number = await discord.send(str(ANN), Reply(title="NQ *long*", text=text))
    (sent,) = server.sent_to(ANN)
    assert sent.content.splitlines() == [
        r"**NQ \*long\***",
        r"1\. \*Entry\* \< 18\_250\_ & \`stop\` > \~18230\~ \|\|x\|\| \[a](b) \<@1> @everyone",
        r"\- $5",
        r"\# no heading",
        r"\> no quote",
    ]
    assert sent.raw["allowed_mentions"] == {"parse": []}
    assert str(sent.id) == number


async def test_nobody_is_ever_mentioned(server: DiscordServer, discord: Discord) -> None:
    await discord.send(
        str(ANN), Reply(text=f"@everyone <@{BEN}> " * 150, buttons=((Button("Ok", "ok"),),), reply_to="5")
    )
    assert len(server.sent) > 1
    assert all(sent.raw["allowed_mentions"] == {"parse": []} for sent in server.sent)


async def test_buttons_in_rows(server: DiscordServer, discord: Discord) -> None:
    rows = (
        (Button("Confirm", "c:1"), Button("Edit", "e:1")),
        tuple(Button(f"{number} " + "✅" * 100, f"{number}" + "x" * 63) for number in range(7)),
    )
    await discord.send(str(ANN), Reply(text="Right?", buttons=rows))
    shown = server.sent[0].buttons
    assert [[button["custom_id"][:3] for button in row] for row in shown] == [
        ["c:1", "e:1"],
        ["0xx", "1xx", "2xx", "3xx", "4xx"],
        ["5xx", "6xx"],
    ]
    assert shown[1][0]["custom_id"] == "0" + "x" * 63


async def test_many_rows_are_closed_up(server: DiscordServer, discord: Discord) -> None:
    rows = tuple((Button(str(number), f"p:{number}"),) for number in range(12))
    await discord.send(str(ANN), Reply(text="Which one?", buttons=rows))
    assert [len(row) for row in server.sent[0].buttons] == [5, 5, 2]


async def test_long_text_comes_in_parts_with_the_buttons_below(server: DiscordServer, discord: Discord) -> None:
    lines = [f"{number}. NQ 📈 *long* & more of the same" for number in range(200)]
    number = server.write(ANN, "/trades")
    reply = Reply(title="Trades", text="\n".join(lines), buttons=((Button("More", "more"),),), reply_to=str(number))
    last = await discord.send(str(ANN), reply, Envelope(key="7"))
    sent = server.sent_to(ANN)
    assert len(sent) > 3
    assert all(len(part.content) <= 2000 for part in sent)
    shown = "\n".join(part.content for part in sent).replace("\\", "")
    assert shown == "**Trades**\n" + "\n".join(lines)
    assert [bool(part.components) for part in sent] == [*[False] * (len(sent) - 1), True]
    answers = [part.raw.get("message_reference", {}).get("message_id") for part in sent]
    assert answers == [str(number), *[None] * (len(sent) - 1)]
    assert str(sent[-1].id) == last


async def test_text_made_of_marks_alone_still_fits(server: DiscordServer, discord: Discord) -> None:
    await discord.send(str(ANN), Reply(text="*" * 5000))
    assert "".join(sent.content for sent in server.sent) == r"\*" * 5000


async def test_answers_to_what_is_no_message_of_the_chat(server: DiscordServer, discord: Discord) -> None:
    for answered in ("i123", "ig123", None):
        await discord.send(str(ANN), Reply(text="noted", reply_to=answered))
    assert ["message_reference" in sent.raw for sent in server.sent] == [False] * 3
    await discord.send(str(ANN), Reply(text="noted", reply_to="999:e5"))
    assert server.sent[-1].raw["message_reference"] == {"message_id": "999", "fail_if_not_exists": False}


async def test_picture_goes_with_the_text(server: DiscordServer, discord: Discord) -> None:
    await discord.send(str(ANN), Reply(title="Today", text="+120", image="2026/day.png"))
    await discord.send(str(ANN), Reply(title="Today", text="+120", image="day.png"))
    assert [(sent.content, sent.file) for sent in server.sent] == [
        ("**Today**\n+120", None),  # lost: the text still arrives
        ("**Today**\n+120", PICTURES["day.png"]),
    ]


async def test_a_picture_says_what_it_shows(server: DiscordServer, discord: Discord) -> None:
    await discord.send(str(ANN), Reply(text="+120", image="day.png", alt="Line chart: " + "up " * 600))
    await discord.send(str(ANN), Reply(text="+120", image="day.png"))
    described = [sent.raw["attachments"][0].get("description") for sent in server.sent]
    assert described == [("Line chart: " + "up " * 600)[:1024], None]


async def test_picture_with_a_long_text(server: DiscordServer, discord: Discord) -> None:
    await discord.send(str(ANN), Reply(text="word " * 600, image="day.png", buttons=((Button("Ok", "ok"),),)))
    assert [(bool(sent.file), bool(sent.components)) for sent in server.sent] == [(True, False), (False, True)]


async def test_picture_alone(server: DiscordServer, discord: Discord) -> None:
    await discord.send(str(ANN), Reply(text="", image="day.png"))
    assert [(sent.content, sent.file) for sent in server.sent] == [("", PICTURES["day.png"])]


async def test_a_reply_sent_again_is_shown_once(server: DiscordServer, discord: Discord) -> None:
    reply = Reply(text="word " * 600)
    server.fault("create_message", drop="after", times=1)  # it arrived, but we were not told
    with pytest.raises(SendLater):
        await discord.send(str(ANN), reply, Envelope(key="7"))
    await discord.send(str(ANN), reply, Envelope(key="7"))
    assert len(server.sent) == 2  # of two parts
    await discord.send(str(ANN), reply, Envelope(key="8"))
    assert len(server.sent) == 4


async def test_blocked(server: DiscordServer, discord: Discord) -> None:
    server.block(ANN)
    with pytest.raises(SendRefused, match="50007") as caught:
        await discord.send(str(ANN), Reply(text="hi"))
    assert caught.value.blocked
    await discord.send(str(BEN), Reply(text="hi"))
    server.unblock(ANN)
    await discord.send(str(ANN), Reply(text="hi again"))
    assert [sent.user for sent in server.sent] == [BEN, ANN]


async def test_a_short_flood_is_waited_out(server: DiscordServer, discord: Discord) -> None:
    server.fault("create_message", retry_after=0.3)
    began = time.monotonic()
    await discord.send(str(ANN), Reply(text="hi"))
    assert time.monotonic() - began >= 0.3
    assert len(server.sent) == 1


async def test_a_long_flood_says_when(server: DiscordServer, discord: Discord) -> None:
    server.fault("create_message", retry_after=170)
    with pytest.raises(SendLater) as caught:
        await discord.send(str(ANN), Reply(text="hi"))
    assert caught.value.after == 170
    await discord.send(str(ANN), Reply(text="hi"))


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"status": 401}, {"drop": "before"}, {"status": 403, "code": 40003}]
)
@pytest.mark.parametrize("call", ["open_dm", "create_message"])
async def test_outage_means_later(server: DiscordServer, discord: Discord, call: str, fault: dict[str, object]) -> None:
    server.fault(call, **fault)
    with pytest.raises(SendLater) as caught:
        await discord.send(str(ANN), Reply(text="hi"))
    assert caught.value.after is None
    assert TOKEN not in str(caught.value)


async def test_a_channel_that_is_gone_is_opened_anew(server: DiscordServer, discord: Discord) -> None:
    await discord.send(str(ANN), Reply(text="hi"))
    server.fault("create_message", status=404, code=10003)
    with pytest.raises(SendRefused):
        await discord.send(str(ANN), Reply(text="lost"))
    await discord.send(str(ANN), Reply(text="hi"))
    assert server.calls["open_dm"] == 2


@pytest.mark.parametrize(
    ("chat_id", "reply"),
    [
        (str(NOBODY), Reply(text="to nobody")),
        ("local:1", Reply(text="to the terminal")),
        (str(ANN), Reply(text=" \n ")),
        (str(ANN), Reply(text="hi", buttons=((Button("long", "x" * 101),),))),
        (str(ANN), Reply(text="hi", buttons=((Button("a", "same"), Button("b", "same")),))),
    ],
)
async def test_refused_for_good(discord: Discord, server: DiscordServer, chat_id: str, reply: Reply) -> None:
    with pytest.raises(SendRefused) as caught:
        await discord.send(chat_id, reply)
    assert not caught.value.blocked
    assert server.sent == []


async def test_sent_before_discord_was_up(server: DiscordServer) -> None:
    server.fault("me", status=503, times=2)
    async with bot(server) as adapter:
        with pytest.raises(SendLater):
            await adapter.send(str(ANN), Reply(text="hi"))
        await adapter.send(str(ANN), Reply(text="hi"))
    assert len(server.sent) == 1


async def test_one_slow_chat_holds_up_no_other(server: DiscordServer, discord: Discord) -> None:
    server.fault("create_message", retry_after=20)
    slow = asyncio.create_task(discord.send(str(ANN), Reply(text="hi")))
    await server.until(lambda: server.calls["create_message"] == 1)
    await asyncio.wait_for(discord.send(str(BEN), Reply(text="hi")), 10)
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow


async def test_no_token_and_no_words_reach_the_log(
    server: DiscordServer, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    inbox = Inbox()
    async with bot(server) as adapter, listening(adapter, inbox, server):
        server.write(ANN, "very private words")
        number = server.command(ANN, "trades", {"text": "very private words"})
        await server.until(lambda: len(inbox.messages) == 2)
        server.fault("edit_original", retry_after=0.1)
        server.fault("callback", drop="before", times=2)
        server.command(ANN, "help")
        await adapter.send(str(ANN), Reply(text="very private answer"), Envelope(handle=inbox.messages[1].handle))
        server.fault("create_message", retry_after=0.1)
        await adapter.send(str(ANN), Reply(text="very private answer"))
        await server.until(lambda: len(inbox.messages) == 3)
    told = caplog.text + "".join(capsys.readouterr())
    assert "rate limited" in told
    assert "/webhooks/" in told
    for secret in (TOKEN, server.asked[number].token, "very private"):
        assert secret not in told


def test_handle_of_an_interaction_that_is_about_to_die() -> None:
    handle = Handle(BOT_ID, "token", time.time() + 10)
    assert not handle.lives()  # an answer begun now could come too late
    assert Handle.load(Handle(BOT_ID, "token", time.time() + 60).dump()).lives()  # type: ignore[union-attr]
