"""/chart N sends a trade's pictures back, the trader's own, before its card; with either store."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

import bot.jobs
from bot.database import Database
from bot.fetching import signer
from bot.platforms import adapters_of
from bot.settings import read_settings
from bot.store import LocalStore, screenshot_path
from bot.symbols import Symbols
from bot.worker import serve, started, store_of
from statemachine.errors import SendLater, StoreError, Unavailable
from statemachine.message import Attachment
from tests.commands import free_port
from tests.contract.driver import picture
from tests.contract.whatsapp import ANN
from tests.integration.databases import sign_up
from tests.journaling import REPORT, Journal, Person, journaling
from tests.servers.storage import storage_server
from tests.servers.twilio import TwilioServer
from tests.servers.twilio_traffic import ACCOUNT, NUMBER, TOKEN


@pytest.fixture(params=["local", "supabase"])
async def journal(request: pytest.FixtureRequest, dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    if request.param == "local":
        async with journaling(dsn, tmp_path, jobs=True) as running:
            yield running
        return
    async with storage_server() as server:
        given = {"supabase_url": server.url, "supabase_service_role_key": server.key}
        async with journaling(dsn, tmp_path, jobs=True, **given) as running:
            yield running


async def sends(person: Person, shade: int, **values: str) -> None:
    handle = f"photo-{shade}"
    person.recorder.files[handle] = picture(shade)
    await person.sends(Attachment(kind="photo", handle=handle), **values)


async def shown(journal: Journal, person: Person, before: int) -> list[bytes]:
    """The pictures of what was said since, from the store, as an adapter loads them."""
    paths = [sent.reply.image for sent in person.replies[before:] if sent.reply.image]
    return [await journal.worker.store.get(path) for path in paths]


async def test_the_pictures_of_a_trade_come_before_its_card(journal: Journal, ann: Person) -> None:
    await ann.does(ann.message(REPORT, external_id="m1"))
    await ann.writes("yes")
    await sends(ann, 40)
    await sends(ann, 80, reply_to="m1")
    await ann.writes("short 1 es 5310 > 5300")
    await ann.writes("yes")
    await ann.writes("/skip")
    said, (one, two, card) = await shown_after(journal, ann, "/chart 2")
    assert said[:2] == ["Chart 1 of 2 of NQ +$1,600.00.", "Chart 2 of 2 of NQ +$1,600.00."]
    assert said[2].startswith("Long 2 NQ · +$1,600.00\nPlanned: stop 18,230")
    assert len({one, two, card}) == 3
    assert (await shown_after(journal, ann, "/chart", reply_to="m1"))[1] == [one, two, card]
    said, images = await shown_after(journal, ann, "/chart 1")
    assert len(images) == 1
    assert said[0].endswith("No screenshot of it: answer this message with one.")
    assert await ann.writes("/chart 9") == ["I do not know which trade 9 is: /trades lists 2. Example: /chart 2"]


async def test_what_is_taken_back_and_brought_again_has_all_its_charts(journal: Journal, ann: Person) -> None:
    await ann.does(ann.message(REPORT, external_id="m1"))
    await ann.writes("yes")
    for shade in (40, 80, 120):
        await sends(ann, shade, reply_to="m1")
    before = await shown_after(journal, ann, "/chart 1")
    assert len(before[1]) == 4  # and the card
    for _ in range(2):
        await ann.writes("/undo")
        await ann.writes("/redo")
        assert await shown_after(journal, ann, "/chart 1") == before


async def test_a_chart_that_the_store_refuses_for_good_is_told_of(
    journal: Journal, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise StoreError("the key is not the service role's")

    monkeypatch.setattr(bot.jobs, "MOST_TRIES", 1)
    monkeypatch.setattr(journal.worker.store, "put", refuse)
    await ann.writes(REPORT)
    await ann.writes("yes")
    await sends(ann, 40)
    assert any("I have no room for pictures right now" in sent.text for sent in ann.replies)
    monkeypatch.undo()
    await sends(ann, 40)
    assert len((await shown_after(journal, ann, "/chart"))[1]) == 1


async def shown_after(journal: Journal, person: Person, text: str, **values: str) -> tuple[list[str], list[bytes]]:
    before = len(person.replies)
    return await person.writes(text, **values), await shown(journal, person, before)


async def test_nobody_elses_picture_is_sent(journal: Journal, ann: Person) -> None:
    bob = await Person(journal, "4002").binds(await sign_up(journal.db, "bob@example.com"))
    await bob.writes(REPORT)
    await bob.writes("yes")
    await sends(bob, 40)
    stolen = await journal.db.fetchval("select screenshot_url from public.trades where screenshot_url is not null")
    theirs = await journal.worker.store.get(stolen.partition("/screenshots/")[2] or stolen)
    mine = await ann.records()
    for address in (stolen, stolen.replace("/object/", "/object/public/"), "file:///etc/passwd", ""):
        await journal.db.execute("update public.trades set screenshot_url = $2 where id = $1", mine, address)
        said, images = await shown_after(journal, ann, "/chart 1")
        assert (len(said), len(images)) == (1, 1)
        assert theirs not in images


async def test_whatsapp_is_given_storages_own_link(
    dsn: str, connection: asyncpg.Connection, trader: UUID, tmp_path: Path
) -> None:
    """Twilio fetches the picture from Storage, and the way does not lead through the worker."""
    await connection.execute("update public.profiles set whatsapp_phone = $2 where id = $1", trader, ANN)
    port = free_port()
    async with TwilioServer() as twilio, storage_server() as storage:
        settings = read_settings(
            None,
            data_dir=tmp_path,
            port=port,
            public_url=f"http://127.0.0.1:{port}",
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            twilio_whatsapp_from=NUMBER,
            twilio_api_url=twilio.url,
            supabase_url=storage.url,
            supabase_service_role_key=storage.key,
        )
        adapters = adapters_of(settings, ("whatsapp",), store_of(settings), Symbols())
        async with started(settings, Database(dsn, dsn, False, False), adapters, jobs=False) as worker:
            trade = await connection.fetchval(
                "insert into public.trades (user_id, symbol) values ($1, 'NQ') returning id", trader
            )
            path, chart = screenshot_path(trader, trade, datetime.now(UTC), "png"), picture(40)
            await worker.store.put(path, chart, "image/png")
            await connection.execute(
                "update public.trades set screenshot_url = $2 where id = $1", trade, worker.store.url(path)
            )
            stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
            served = asyncio.create_task(serve(worker, stop, ready.set_result))
            await ready
            twilio.webhook = f"http://127.0.0.1:{port}/whatsapp"
            twilio.write(ANN, "/chart 1")
            await twilio.until(lambda: twilio.sent and twilio.sent[0].status == "delivered")
            (sent,) = twilio.sent
            assert [twilio.files[name] for name in sent.media] == [("image/png", chart)]
            assert (sent.media_url or "").startswith(f"{storage.url}/storage/v1/object/sign/screenshots/{path}?token=")
            assert not await connection.fetchval("select count(*) from worker.outbox where payload::text ~ 'token='")
            await twilio.quiet()
            stop.set()
            await served


class Signing(LocalStore):
    """A store with addresses of its own."""

    base, away = "https://project.supabase.co", False

    async def sign(self, path: str, seconds: int) -> str | None:
        if self.away:
            raise Unavailable
        return f"{self.base}/{path}?for={seconds}"


async def test_only_a_link_that_others_can_reach_is_given(tmp_path: Path) -> None:
    store = Signing(tmp_path)
    sign = signer(store, "https://vigil.example.com")
    assert await sign("a.png") == "https://project.supabase.co/a.png?for=600"
    store.base = "http://storage.inner:8000"
    assert await sign("a.png") is None
    store.away = True
    with pytest.raises(SendLater):
        await sign("a.png")
