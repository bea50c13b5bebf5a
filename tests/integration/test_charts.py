"""/chart sends a trade's pictures back: the trader's own, with either store."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from statemachine.message import Attachment
from tests.contract.driver import picture
from tests.integration.databases import sign_up
from tests.journaling import REPORT, Journal, Person, journaling
from tests.servers.storage import storage_server


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


@pytest.fixture
async def ann(journal: Journal, trader: UUID) -> Person:
    return await Person(journal, "4001").binds(trader)


async def sends(person: Person, shade: int, **values: str) -> None:
    handle = f"photo-{shade}"
    person.recorder.files[handle] = picture(shade)
    await person.sends(Attachment(kind="photo", handle=handle), **values)


async def shown(journal: Journal, person: Person, before: int) -> list[bytes]:
    """The pictures of what was said since, from the store, as an adapter loads them."""
    paths = [sent.reply.image for sent in person.replies[before:] if sent.reply.image]
    return [await journal.worker.store.get(path) for path in paths]


async def test_the_newest_chart_or_that_of_a_trade(journal: Journal, ann: Person) -> None:
    await ann.does(ann.message(REPORT, external_id="m1"))
    await ann.writes("yes")
    await sends(ann, 40)
    await sends(ann, 80, reply_to="m1")
    await ann.writes("short 1 es 5310 > 5300")
    await ann.writes("yes")
    await ann.writes("/skip")
    one, two = (await shown_after(journal, ann, "/chart"))[1]
    assert one != two
    assert (await shown_after(journal, ann, "/chart 2")) == (
        ["Chart 1 of 2 of NQ +$1,600.00.", "Chart 2 of 2 of NQ +$1,600.00."],
        [one, two],
    )
    assert (await shown_after(journal, ann, "/chart", reply_to="m1"))[1] == [one, two]
    assert await shown_after(journal, ann, "/chart 1") == (
        [
            "ES +$500.00 has no chart. A chart is kept for 90 days. To add one, answer its message here with the "
            "picture."
        ],
        [],
    )
    assert await ann.writes("/chart 9") == ["I do not know which trade 9 is: /trades lists 2. Example: /chart 2"]


async def shown_after(journal: Journal, person: Person, text: str, **values: str) -> tuple[list[str], list[bytes]]:
    before = len(person.replies)
    return await person.writes(text, **values), await shown(journal, person, before)


async def test_without_a_chart_it_says_how_to_send_one(journal: Journal, ann: Person) -> None:
    none = "No trade has a chart. A chart is kept for 90 days. Send a picture: I ask whose it is."
    assert await ann.writes("/chart") == [none]
    assert await ann.writes("/chart 1") == [
        "No trades yet. Send your first one.\nExample: long 2 nq 18250 > 18290 stop 18230"
    ]
    await ann.records()
    assert await ann.writes("/chart") == [none]


async def test_nobody_elses_chart_is_sent(journal: Journal, ann: Person) -> None:
    bob = await Person(journal, "4002").binds(await sign_up(journal.db, "bob@example.com"))
    await bob.writes(REPORT)
    await bob.writes("yes")
    await sends(bob, 40)
    stolen = await journal.db.fetchval("select screenshot_url from public.trades where screenshot_url is not null")
    mine = await ann.records()
    for address in (stolen, stolen.replace("/object/", "/object/public/"), "file:///etc/passwd", ""):
        await journal.db.execute("update public.trades set screenshot_url = $2 where id = $1", mine, address)
        for text in ("/chart", "/chart 1"):
            said, images = await shown_after(journal, ann, text)
            assert (len(said), images) == (1, [])
            assert "has no chart" in said[0]
