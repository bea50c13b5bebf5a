"""WhatsApp with workers as real processes: repeats to two of them, a stalled database, a kill, and nothing lost."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from db.links import BINDING
from tests.acceptance.processes import WORKER, WorkerProcess, environment, free_port, worker
from tests.servers.twilio import TwilioServer
from tests.servers.twilio_traffic import ACCOUNT, NUMBER, TOKEN
from tests.whatsapp_side import HOOK, PUBLIC

ANN = "+4915112345678"
ONLY = (*WORKER, "--only", "whatsapp")


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioServer]:
    async with TwilioServer() as server:
        yield server


@pytest.fixture
async def ann(connection: asyncpg.Connection, trader: UUID) -> UUID:
    """The trader, linked to her phone."""
    await connection.execute(f"update public.profiles set {BINDING['whatsapp']} = $2 where id = $1", trader, ANN)
    return trader


def by_twilio(folder: Path, twilio: TwilioServer, dsn: str, port: int) -> dict[str, str]:
    """The variables of a worker that serves WhatsApp alone."""
    return environment(
        folder,
        DATABASE_URL=dsn,
        TWILIO_ACCOUNT_SID=ACCOUNT,
        TWILIO_AUTH_TOKEN=TOKEN,
        TWILIO_WHATSAPP_FROM=NUMBER,
        TWILIO_API_URL=twilio.url,
        PUBLIC_URL=PUBLIC,
        PORT=str(port),
    )


async def until(holds: Callable[[], Awaitable[object]], within: float = 40.0) -> None:
    async with asyncio.timeout(within):
        while not await holds():
            await asyncio.sleep(0.05)


async def test_200_repeats_shuffled_to_two_processes_act_once(
    twilio: TwilioServer, dsn: str, connection: asyncpg.Connection, ann: UUID, tmp_path: Path
) -> None:
    chance = random.Random(20261126)
    people = [ANN if number % 2 else f"+1202555{number:04}" for number in range(40)]
    forms = [twilio.form_of(twilio.write(person, "/trades")) for person in people]
    for message in twilio.messages:
        message.at -= timedelta(hours=3)  # a new journal lists one hour: only these deliveries bring them
    deliveries = [form for form in forms for _ in range(5)]
    chance.shuffle(deliveries)
    ports = (free_port(), free_port())
    twilio.proxies[PUBLIC] = f"http://127.0.0.1:{ports[0]}"  # for the news of deliveries
    async with (
        worker(tmp_path / "a", by_twilio(tmp_path / "a", twilio, dsn, ports[0]), ONLY),
        worker(tmp_path / "b", by_twilio(tmp_path / "b", twilio, dsn, ports[1]), ONLY),
    ):
        slots = asyncio.Semaphore(16)

        async def deliver(form: dict[str, str]) -> int:
            headers = {"X-Twilio-Signature": twilio.sign(HOOK, form)}
            url = f"http://127.0.0.1:{chance.choice(ports)}/whatsapp"
            async with slots, twilio.http.post(url, data=form, headers=headers) as answer:
                return answer.status

        statuses = await asyncio.gather(*(deliver(form) for form in deliveries))
        await twilio.until(lambda: len(twilio.sent) >= 40)
        pending = "select count(*) = 0 from worker.outbox where status = 'pending'"
        await until(lambda: connection.fetchval(pending))
        await twilio.quiet()
    assert (len(statuses), set(statuses)) == (200, {200})
    assert await connection.fetchval("select count(*) from worker.inbox") == 40
    answers = await connection.fetch("select chat_id, count(*) as answers from worker.outbox group by 1")
    assert {row["chat_id"]: row["answers"] for row in answers} == {person: people.count(person) for person in people}
    assert len(twilio.sent) == 40


async def test_a_stalled_database_is_told_in_time_and_the_message_is_fetched_after_a_kill(
    twilio: TwilioServer, dsn: str, connection: asyncpg.Connection, ann: UUID, tmp_path: Path
) -> None:
    port = free_port()
    variables = by_twilio(tmp_path, twilio, dsn, port)
    twilio.proxies[PUBLIC] = f"http://127.0.0.1:{port}"
    stall = connection.transaction()
    async with worker(tmp_path, variables, ONLY) as first:
        twilio.webhook = HOOK
        await _answered(twilio, "/trades")
        await stall.start()
        await connection.execute("lock table worker.chats in access exclusive mode")
        sid = twilio.write(ANN, "long 2 nq 18250 > 18290 stop 18230")
        await twilio.quiet()
        (told,) = (each for each in twilio.deliveries if each.sid == sid)
        print(f"a stalled database: {told.status} after {told.seconds:.1f} s")
        assert told.status == 503  # 0 would be Twilio hanging up
        assert told.seconds < 15
        await first.kill()
    await stall.rollback()
    assert await connection.fetchval("select count(*) from worker.inbox where external_id = $1", sid) == 0
    before = len(twilio.sent)
    async with worker(tmp_path, variables, ONLY) as second:
        await twilio.until(lambda: any("Is this right?" in each.shown for each in twilio.sent[before:]), within=30)
        await _nothing_more(twilio, second)
    assert sum(each.sid == sid for each in twilio.deliveries) == 1  # it came by the list, Twilio never called again


async def _answered(twilio: TwilioServer, text: str) -> None:
    before = len(twilio.sent)
    twilio.write(ANN, text)
    await twilio.until(lambda: len(twilio.sent) > before)
    await twilio.quiet()


async def _nothing_more(twilio: TwilioServer, process: WorkerProcess) -> None:
    """The worker ends cleanly once its webhooks are through."""
    await twilio.quiet()
    twilio.webhook = ""
    status, _ = await process.terminate()
    assert status == 0, process.output
