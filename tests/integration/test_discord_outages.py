"""Promise 1 on a platform that repeats nothing: dropped lines, new sessions, restarts, and a database that is away."""

import gc
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from adapters import Seen
from tests.inbox import Inbox
from tests.integration.discord_bot import ANN, BEN, bot, listening, seen
from tests.servers.discord import DiscordServer


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


class Journal(Inbox):
    """Knows repeats and what was the last thing heard, as the real one does."""

    async def receive(self, message):  # type: ignore[no-untyped-def]
        known = {(known.chat_id, known.external_id) for known in self.messages}
        if (message.chat_id, message.external_id) in known and not self.down:
            self.attempts += 1
            return
        await super().receive(message)

    async def newest(self, platform, account, *, besides=None):  # type: ignore[no-untyped-def]
        counted = [m for m in self.messages if besides is None or not m.external_id.startswith(besides)]
        self.seen = [seen(message) for message in {message.chat_id: message for message in counted}.values()]
        return await super().newest(platform, account, besides=besides)


@pytest.fixture
def inbox() -> Journal:
    return Journal()


async def test_dropped_line_is_resumed_and_misses_nothing(server: DiscordServer, inbox: Journal) -> None:
    async with bot(server) as adapter, listening(adapter, inbox, server):
        server.write(ANN, "before")
        await server.until(lambda: inbox.texts == ["before"])
        server.gateway.drop()
        server.write(ANN, "while the line was cut")
        await server.until(lambda: len(inbox.messages) == 2)
        server.write(ANN, "after")
        await server.until(lambda: len(inbox.messages) == 3)
    assert inbox.texts == ["before", "while the line was cut", "after"]
    assert (server.gateway.ops["identify"], server.gateway.ops["resume"]) == (1, 1)
    assert server.calls["history"] == 0


async def test_reconnect_as_discord_asks_for_it(server: DiscordServer, inbox: Journal) -> None:
    async with bot(server) as adapter, listening(adapter, inbox, server):
        await server.gateway.reconnect()
        await server.until(lambda: server.gateway.ops["resume"] == 1 and server.gateway.online)
        server.write(ANN, "hi")
        await server.until(lambda: inbox.texts == ["hi"])


async def test_invalid_session_reads_the_dms_again(server: DiscordServer, inbox: Journal) -> None:
    async with bot(server) as adapter, listening(adapter, inbox, server):
        server.write(ANN, "before")
        server.write(BEN, "before")
        await server.until(lambda: len(inbox.messages) == 2)
        await server.gateway.invalidate()
        missed = [server.write(ANN, str(number)) for number in range(3)]  # nobody is told of these
        await server.until(lambda: server.gateway.ops["identify"] == 2, within=20)
        server.write(ANN, "after")
        await server.until(lambda: "after" in inbox.texts)
    assert inbox.texts_of(ANN) == ["before", "0", "1", "2", "after"]
    assert [message.external_id for message in inbox.messages if message.text == "1"] == [str(missed[1])]
    assert all(message.private for message in inbox.messages)


async def test_failed_resume_reads_the_dms_again(server: DiscordServer, inbox: Journal) -> None:
    async with bot(server) as adapter, listening(adapter, inbox, server):
        server.write(ANN, "before")
        await server.until(lambda: inbox.messages)
        server.gateway.refuse_resume = True
        server.gateway.forget_sessions()
        server.write(ANN, "missed")
        await server.until(lambda: "missed" in inbox.texts, within=20)
    assert server.gateway.ops["identify"] == 2


async def test_what_was_written_while_the_worker_was_away(server: DiscordServer, inbox: Journal) -> None:
    async with bot(server) as adapter, listening(adapter, inbox, server):
        server.write(ANN, "first")
        server.write(BEN, "first")
        await server.until(lambda: len(inbox.messages) == 2)
    for number in range(250):  # more than Discord gives at once
        server.write(ANN, str(number))
    server.write(BEN, "one", files=[("chart.png", b"png")])
    async with bot(server) as adapter, listening(adapter, inbox, server):
        server.write(ANN, "live")
        await server.until(lambda: len(inbox.messages) == 254, within=30)
        charts = [message for message in inbox.messages if message.attachments]
        assert await adapter.fetch(charts[0].attachments[0], 100) == b"png"
    assert inbox.texts_of(ANN) == ["first", *map(str, range(250)), "live"]
    assert inbox.texts_of(BEN) == ["first", "one"]


async def test_what_is_live_waits_for_what_was_missed(server: DiscordServer, inbox: Journal) -> None:
    async with bot(server) as adapter, listening(adapter, inbox, server):
        server.write(ANN, "first")
        await server.until(lambda: inbox.messages)
    server.write(ANN, "missed")
    server.fault("history", delay=0.5)
    server.fault("history", status=503)
    async with bot(server) as adapter, listening(adapter, inbox, server):
        server.write(ANN, "live")
        await server.until(lambda: len(inbox.messages) == 3, within=20)
    assert inbox.texts == ["first", "missed", "live"]


async def test_a_database_away_at_the_start_hides_nothing(server: DiscordServer, inbox: Journal) -> None:
    async with bot(server) as adapter, listening(adapter, inbox, server):
        server.write(ANN, "first")
        await server.until(lambda: inbox.messages)
    server.write(ANN, "missed")
    inbox.down = True
    async with bot(server) as adapter, listening(adapter, inbox, server):
        server.write(ANN, "live")
        press = server.command(ANN, "undo")
        await server.until(lambda: server.asked[press].answered)  # interactions are acknowledged all the same
        inbox.down = False
        await server.until(lambda: len(inbox.messages) == 4, within=20)
    assert inbox.texts == ["first", "missed", "live", "/undo"]


async def test_outage_of_the_database_loses_nothing_and_keeps_the_order(server: DiscordServer, inbox: Journal) -> None:
    async with bot(server, refetch_pause=0.1) as adapter, listening(adapter, inbox, server):
        server.write(ANN, "first")
        server.write(BEN, "first")
        await server.until(lambda: len(inbox.messages) == 2)
        inbox.down = True
        for number in range(5):
            server.write(ANN, str(number))
            server.write(BEN, str(number))
        await server.until(lambda: inbox.attempts >= 6)
        assert len(inbox.messages) == 2
        inbox.down = False
        await server.until(lambda: len(inbox.messages) == 12, within=20)
        # And the histories are read again: a database may come back without its last moments.
        await server.until(lambda: server.calls["history"] == 2, within=10)
    for chat in (ANN, BEN):
        assert inbox.texts_of(chat) == ["first", "0", "1", "2", "3", "4"]


async def test_killed_while_the_database_was_away(server: DiscordServer, inbox: Journal) -> None:
    async with bot(server) as adapter, listening(adapter, inbox, server):
        server.write(ANN, "first")
        await server.until(lambda: inbox.messages)
        inbox.down = True
        server.write(ANN, "in memory only")
        await server.until(lambda: inbox.attempts >= 2)
    inbox.down = False
    async with bot(server) as adapter, listening(adapter, inbox, server):
        await server.until(lambda: inbox.texts == ["first", "in memory only"])


async def test_a_chat_that_only_pressed_buttons_is_read_too(server: DiscordServer) -> None:
    inbox = Inbox()
    inbox.seen = [Seen(str(ANN), "i4611686018427387904", datetime.now(UTC))]
    server.write(ANN, "my first words, while nobody listened")
    async with bot(server) as adapter, listening(adapter, inbox, server):
        await server.until(lambda: inbox.messages)
    assert inbox.texts == ["my first words, while nobody listened"]


async def test_a_chat_whose_history_is_closed_holds_up_nobody(server: DiscordServer) -> None:
    inbox = Inbox()
    inbox.seen = [Seen("7", "1", datetime.now(UTC)), Seen(str(ANN), "1", datetime.now(UTC))]
    server.write(ANN, "hi")
    async with bot(server) as adapter, listening(adapter, inbox, server):
        await server.until(lambda: inbox.texts == ["hi"])


async def test_a_failing_chat_holds_up_no_other(server: DiscordServer, inbox: Journal) -> None:
    inbox.sick.add(str(ANN))
    async with bot(server) as adapter, listening(adapter, inbox, server):
        server.write(ANN, "poison")
        server.write(BEN, "fine")
        await server.until(lambda: inbox.texts == ["fine"])
        inbox.sick.clear()
        await server.until(lambda: inbox.texts_of(ANN) == ["poison"])


async def test_memory_stays_flat_over_many_people(server: DiscordServer, inbox: Inbox) -> None:
    async with bot(server) as adapter, listening(adapter, inbox, server):

        async def crowd(first: int) -> int:
            for person in range(first, first + 300):
                server.write(person, "hi")
            await server.until(lambda: len(inbox.messages) >= 300, within=30)
            inbox.messages.clear()
            server.messages.clear()
            server.owners.clear()
            for session in server.gateway._sessions.values():
                session.events.clear()
            gc.collect()
            return tracemalloc.get_traced_memory()[0]

        tracemalloc.start()
        try:
            await crowd(10_000)
            before = await crowd(20_000)
            for number in range(3, 6):
                after = await crowd(number * 10_000)
        finally:
            tracemalloc.stop()
    assert after - before < 900 * 60  # bytes: not even one small object for each of the 900 newcomers
