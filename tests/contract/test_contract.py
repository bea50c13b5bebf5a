"""What every platform's adapter keeps, through its real library and a server that behaves like the platform.

A case runs for every driver that can have it; docs/platforms.md has the table, and the end of a test run prints it.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.database import Database
from bot.settings import Settings
from bot.worker import started
from statemachine.errors import AttachmentRefused, SendLater, SendRefused
from statemachine.message import Button, File, Message, Reply
from tests import recordings
from tests.contract.driver import CASES, FRANKFURT, LIMIT, Driver, Talk, picture, serving, talking, until
from tests.contract.drivers import DRIVERS

ODD = "long 2 nq < 18250 & *stop* _18230_ ~x~ `y` ||z|| <b>no</b> @everyone 📈 https://example.com/a_b"
CONFIRM = Reply(text="Is this right?", buttons=((Button("Confirm", "c:1:1"), Button("Cancel", "x:1:1")),))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" in metafunc.fixturenames:
        case = metafunc.function.__name__.removeprefix("test_")
        kinds = [driver for driver in DRIVERS if case not in driver.cannot]
        metafunc.parametrize("kind", kinds, ids=[kind.name for kind in kinds])


@pytest.fixture
async def driver(kind: type[Driver], tmp_path: Path) -> AsyncIterator[Driver]:
    async with kind.running(tmp_path) as driver:
        yield driver


@pytest.fixture
async def talk(driver: Driver) -> AsyncIterator[Talk]:
    async with talking(driver) as talk:
        yield talk


# ---- what people send


async def test_text(talk: Talk) -> None:
    message = await talk.writes(ODD)
    adapter = talk.driver.adapter
    assert (message.platform, message.account) == (adapter.platform, adapter.account)
    assert message.external_id
    assert message.chat_id == message.sender_id
    assert message.private
    assert message.button is None
    assert abs(datetime.now(UTC) - message.sent_at) < timedelta(minutes=2)
    await talk.reply(Reply(title="Is this <right>?", text=ODD, reply_to=message.external_id))
    shown = await talk.sees("Is this <right>?")
    assert ODD in shown.text


async def test_photo(talk: Talk) -> None:
    data = picture(10)
    await talk.driver.photos([data], "my entry")
    (message,) = await talk.received(1)
    assert message.text == "my entry"
    assert await fetched(talk, [message]) == [data]


async def test_several_photos(talk: Talk) -> None:
    pictures = [picture(shade) for shade in (10, 20, 30)]
    await talk.driver.photos(pictures, "entry and exit")
    await until(lambda: sum(len(message.attachments) for message in talk.journal.messages) == 3)
    messages = talk.journal.messages
    assert messages[0].text == "entry and exit"
    assert await fetched(talk, messages) == pictures
    if talk.driver.albums:
        assert len(messages) == 1 or len({message.group_id for message in messages} - {None}) == 1


async def test_image_as_file(talk: Talk) -> None:
    data = picture(40)
    await talk.driver.file(data, "chart.png")
    (message,) = await talk.received(1)
    assert await fetched(talk, [message]) == [data]


async def test_voice(talk: Talk) -> None:
    """A recording is told from other files, and named by what outlives a link."""
    data = recordings.ogg()
    await talk.driver.voice(data)
    (message,) = await talk.received(1)
    (note,) = message.attachments
    assert (note.kind, message.text) == ("voice", "")
    assert note.seconds in (None, 3)
    assert await talk.driver.adapter.fetch(note, LIMIT) == data
    with pytest.raises(AttachmentRefused):
        await talk.driver.adapter.fetch(note, len(data) - 1)


async def fetched(talk: Talk, messages: list[Message]) -> list[bytes]:
    """The pictures of messages, as a job fetches them."""
    attachments = [attachment for message in messages for attachment in message.attachments]
    assert all(attachment.kind in ("photo", "image") for attachment in attachments)
    return [await talk.driver.adapter.fetch(attachment, LIMIT) for attachment in attachments]


async def test_place(talk: Talk) -> None:
    """Of all who hand it over one tells where: a platform's list of what was missed may not."""
    await talk.driver.place()
    await until(lambda: any(message.place == FRANKFURT for message in talk.journal.handed))
    assert {(message.text, message.attachments) for message in talk.journal.handed} == {("", ())}


async def test_edit(talk: Talk) -> None:
    first = await talk.writes("long 2 nq")
    await talk.driver.edit("long 3 nq")
    edited = (await talk.received(2))[1]
    assert (edited.text, edited.edits) == ("long 3 nq", first.external_id)
    assert edited.external_id != first.external_id


async def test_duplicate(talk: Talk) -> None:
    """It may be handed over twice, but then by one name: the journal acts once."""
    first = await talk.writes("once")
    await talk.driver.repeat()
    await talk.writes("next")
    assert {(m.chat, m.external_id) for m in talk.journal.handed if m.text == "once"} == {
        (first.chat, first.external_id)
    }


async def test_out_of_order(talk: Talk) -> None:
    """A message is not passed over because a later one was there first."""
    await talk.writes("hi")
    await talk.driver.write_reversed("earlier", "later")
    await until(lambda: {"earlier", "later"} <= {*talk.journal.texts})
    assert len({message.external_id for message in talk.journal.messages}) == 3


async def test_group(talk: Talk) -> None:
    """What is said before others is marked as that, or not handed over at all."""
    await talk.driver.write_in_group("for all to see")
    await talk.writes("for you alone")
    assert [message.private for message in talk.journal.messages if message.text == "for all to see"] in ([], [False])
    assert talk.journal.messages[-1].private


async def test_empty(talk: Talk) -> None:
    await talk.driver.write_nothing()
    await talk.writes("after it")
    assert [message.text for message in talk.journal.messages] in (["after it"], ["", "after it"])


async def test_forged(talk: Talk) -> None:
    await talk.driver.forge("long 1 nq 1 > 2")
    await talk.writes("an honest word")
    assert talk.journal.texts == ["an honest word"]


# ---- what people get


async def test_buttons(talk: Talk) -> None:
    await talk.writes("hi")
    await talk.reply(CONFIRM)
    shown = await talk.sees("Is this right?")
    assert {"Confirm", "Cancel"} <= {*shown.choices} or ("Confirm" in shown.text and "Cancel" in shown.text)
    await talk.driver.press("Cancel")
    pressed = (await talk.received(2))[1]
    assert pressed.button == "x:1:1" or pressed.choice == 2


async def test_file(talk: Talk) -> None:
    """It arrives byte for byte, with the words; where a platform carries none, the words have a link to it."""
    data = bytes(range(256)) * 1000
    await talk.writes("/export")
    await talk.reply(Reply(text="Here is your journal", file=File("exports/7.zip", "journal.zip")), file=data)
    shown = await talk.sees("Here is your journal")
    assert shown.file == data or (shown.file is None and f"{talk.driver.links}exports/7.zip" in shown.text)
    assert (shown.file is None) == bool(talk.driver.links)


async def test_over_long_reply(talk: Talk) -> None:
    """Everything arrives, in order, and what can be chosen stands at the end."""
    await talk.writes("/trades")
    lines = [f"{number}. NQ +$1,600.00 on a day like others" for number in range(1, 151)]
    await talk.reply(Reply(title="Your trades", text="\n".join(lines), buttons=CONFIRM.buttons))
    await talk.sees("Confirm" if talk.driver.shown() and not talk.driver.shown()[-1].choices else "150. NQ")
    text = "\n".join(talk.texts)
    places = [text.find(line) for line in ("Your trades", *lines)]
    assert places == sorted(places)
    assert places[0] >= 0
    last = talk.driver.shown()[-1]
    assert "Confirm" in last.choices or "Confirm" in last.text


# ---- trouble


async def test_platform_down(talk: Talk) -> None:
    await talk.writes("hi")
    async with talk.driver.down():
        with pytest.raises(SendLater):
            await talk.reply(Reply(text="while it is down"))
    await talk.writes("are you still there?")
    await talk.reply(Reply(text="I am"))
    await talk.sees("I am")


async def test_slow(talk: Talk) -> None:
    """A platform that takes its time gets the reply once, and what people write meanwhile is read."""
    await talk.writes("hi")
    talk.driver.slow(1.5)
    sending = asyncio.create_task(talk.reply(Reply(text="slowly"), to=talk.journal.messages[0]))
    await talk.writes("meanwhile")
    await sending
    await talk.sees("slowly")
    assert sum("slowly" in text for text in talk.texts) == 1


async def test_rate_limited(talk: Talk) -> None:
    """The wait is kept, by the library or by whoever sends again, and the reply arrives once."""
    await talk.writes("hi")
    talk.driver.limit(1)
    reply, began = Reply(text="in good time"), time.monotonic()
    (ended,) = await asyncio.gather(talk.reply(reply), return_exceptions=True)
    if isinstance(ended, SendLater):
        assert ended.after is None or ended.after >= 1
        await asyncio.sleep(ended.after or 1)
        await talk.reply(reply)
    await talk.sees("in good time")
    assert time.monotonic() - began >= 1
    assert sum("in good time" in text for text in talk.texts) == 1


async def test_refused(talk: Talk) -> None:
    await talk.writes("hi")
    talk.driver.block()
    with pytest.raises(SendRefused) as caught:
        await talk.reply(Reply(text="hello?"))
    assert caught.value.blocked or not talk.driver.knows_blocks


async def test_database_away(talk: Talk) -> None:
    """What cannot be stored is not acknowledged, and arrives once it can."""
    await talk.writes("hi")
    talk.journal.down = True
    attempts = talk.journal.attempts
    await talk.driver.write("do not lose me")
    await until(lambda: talk.journal.attempts > attempts)
    talk.journal.down = False
    await talk.driver.after_outage("do not lose me")
    await until(lambda: "do not lose me" in talk.journal.texts)


async def test_stranger(driver: Driver, dsn: str, tmp_path: Path) -> None:
    """The whole way: through the real journal and its outbox, and back to the person."""
    settings = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    async with (
        started(settings, Database(dsn, dsn, False, False), [driver.adapter], jobs=False) as worker,
        serving(driver, worker.receiver),
    ):
        worker.listen()
        await driver.write("hello, who are you?")
        await until(lambda: any("I am Vigil" in shown.text for shown in driver.shown()))


def test_every_case_is_tested_and_every_test_is_a_case() -> None:
    tests = {name.removeprefix("test_") for name, value in globals().items() if asyncio.iscoroutinefunction(value)}
    assert {name for name in tests if f"test_{name}" in globals()} == {*CASES}
    assert all({*driver.cannot} < {*CASES} for driver in DRIVERS)
