"""Screenshots go after their days, and what nothing names goes with them; nothing else does."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

import bot.retention
from bot.metrics import REGISTRY
from bot.retention import Retention, Swept
from bot.schedules import retention_of
from bot.settings import read_settings
from bot.store import LocalStore
from db import pool
from statemachine.errors import OperatorError, StoreError, Unavailable
from tests.commands import vigil
from tests.journaling import journaling, overdue
from tests.kept_pictures import OLD, YOUNG, Album, album

DAY = timedelta(days=1)
GRACE = bot.retention.GRACE


@pytest.fixture(params=["local", "supabase"])
async def shelf(request: pytest.FixtureRequest, connection: asyncpg.Connection, tmp_path: Path) -> AsyncIterator[Album]:
    async with album(request.param, connection, tmp_path) as made:
        yield made


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[pool.Pool]:
    opened = await pool.open_pool(dsn, size=4)
    yield opened
    await opened.close()


@pytest.fixture
def retention(database: pool.Pool, shelf: Album) -> Retention:
    return Retention(database, shelf.store, 90)


async def swept(retention: Retention) -> Swept:
    return +await retention.run(datetime.now(UTC))


async def test_what_is_over_goes_and_the_rest_stays(retention: Retention, shelf: Album, trader: UUID) -> None:
    young = await shelf.trade(trader, YOUNG)
    kept = {await shelf.picture(trader, YOUNG, young) for _ in range(3)}
    old = await shelf.trade(trader, OLD)
    for _ in range(3):
        await shelf.picture(trader, OLD, old)
    late = await shelf.picture(trader, YOUNG, await shelf.trade(trader, OLD * 3))  # a late picture of an old trade
    assert await swept(retention) == {"expired": 3}
    assert shelf.files() == await shelf.named() == kept | {late}
    assert await shelf.db.fetchval("select screenshot_url from public.trades where id = $1", old) is None
    assert await swept(retention) == {}


async def test_what_is_kept_is_a_setting(database: pool.Pool, shelf: Album, trader: UUID) -> None:
    for age in (5, 8):
        await shelf.picture(trader, age * DAY)
    assert await swept(Retention(database, shelf.store, 7)) == {"expired": 1}
    assert await swept(Retention(database, shelf.store, 4)) == {"expired": 1}
    with pytest.raises(OperatorError, match="SCREENSHOT_DAYS"):
        read_settings(None, screenshot_days=1)


async def test_a_file_that_nothing_names_goes_after_its_grace(retention: Retention, shelf: Album, trader: UUID) -> None:
    uncommitted = await shelf.file(trader, await shelf.trade(trader), GRACE - timedelta(hours=1))
    await shelf.file(trader, await shelf.trade(trader), GRACE + timedelta(hours=1))
    deleted = await shelf.picture(trader, YOUNG)
    await shelf.db.execute("delete from public.trades where screenshot_url = $1", shelf.store.url(deleted))
    assert await swept(retention) == {"orphaned": 2}
    assert shelf.files() == {uncommitted}


async def test_nothing_is_left_of_a_deleted_user(retention: Retention, shelf: Album, trader: UUID) -> None:
    gone = await shelf.trader()
    for age in (timedelta(0), YOUNG, OLD):
        await shelf.picture(gone, age)
    stays = await shelf.picture(trader, YOUNG)
    await shelf.db.execute("delete from auth.users where id = $1", gone)
    assert await swept(retention) == {"orphaned": 3}
    assert shelf.files() == {stays}
    assert await shelf.store.folders() == [trader]


async def test_what_a_redo_brings_back_is_kept_its_days(retention: Retention, shelf: Album, trader: UUID) -> None:
    undone = {age: await shelf.trade(trader, age) for age in (YOUNG, OLD)}
    paths = {age: {await shelf.picture(trader, age, trade) for _ in range(2)} for age, trade in undone.items()}
    for trade in undone.values():
        await shelf.db.execute(
            "insert into worker.changes (user_id, kind, trade_id, after, undone_at)"
            " values ($1, 'record', $2, worker.trade_snapshot($1, $2), now())",
            trader, trade,
        )  # fmt: skip
        await shelf.db.execute("delete from public.trades where id = $1", trade)
    assert await swept(retention) == {"expired": 2}
    assert shelf.files() == paths[YOUNG]
    for trade in undone.values():
        await shelf.db.execute(
            """select worker.apply_changes($1, jsonb_build_array(jsonb_build_object('kind', 'redo', 'id', c.id)))
               from worker.changes c where c.trade_id = $2""",
            trader, trade,
        )  # fmt: skip
    assert await swept(retention) == {"missing": 2}
    assert await shelf.named() == shelf.files() == paths[YOUNG]


async def test_a_row_never_leads_to_anothers_file(retention: Retention, shelf: Album, trader: UUID) -> None:
    victim = await shelf.trader()
    wanted = {await shelf.picture(victim, YOUNG), await shelf.file(victim, await shelf.trade(victim), DAY)}
    hostile = [*wanted, "../" * 5 + "etc/passwd", "", "https://evil.example/x.png", f"{victim}/../{trader}/x.png"]
    for address in [*hostile, *map(shelf.store.url, wanted)]:
        for age in (YOUNG, OLD):
            await shelf.trade(trader, age, address)
    assert await swept(retention) == {"foreign": len(hostile) + 2}
    assert shelf.files() == wanted
    left = await shelf.db.fetchval(
        "select count(*) from public.trades where user_id = $1 and screenshot_url is not null", trader
    )
    assert left == len(hostile) + 2  # the young: another version, or the web app, may know what they mean
    assert await swept(retention) == {}


async def test_a_file_never_leads_to_anothers_row(retention: Retention, shelf: Album, trader: UUID) -> None:
    """Clients name their own files as they like, after somebody else's trade, too."""
    victim = await shelf.trader()
    trade = await shelf.trade(victim, YOUNG)
    first, further = [await shelf.picture(victim, YOUNG, trade) for _ in range(2)]
    await shelf.file(trader, trade, OLD)
    await shelf.file(trader, trade, YOUNG)
    assert await swept(retention) == {"expired": 1, "orphaned": 1}
    assert shelf.files() == await shelf.named() == {first, further}


async def test_a_row_without_its_file_is_cleared(retention: Retention, shelf: Album, trader: UUID) -> None:
    trade = await shelf.trade(trader)
    first, further, stays = [await shelf.picture(trader, YOUNG, trade) for _ in range(3)]
    other = await shelf.trader()
    alone = await shelf.picture(other, YOUNG)
    await shelf.store.remove([first, further, alone])
    assert await swept(retention) == {"missing": 3}
    assert await shelf.named() == shelf.files() == {stays}


async def test_an_empty_store_is_not_believed(retention: Retention, shelf: Album, trader: UUID) -> None:
    """A folder that is not mounted, or a key that sees nothing: what the rows name is needed when it is back."""
    for age in (YOUNG, OLD):
        await shelf.picture(trader, age)
    if shelf.root is not None:
        shutil.rmtree(shelf.root)
    else:
        assert shelf.server is not None
        shelf.server.objects.clear()
    assert await swept(retention) == {"missing": 1}
    assert len(await shelf.named()) == 1


async def test_a_list_that_lacks_a_file_is_checked(
    retention: Retention, shelf: Album, trader: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages shift while others remove files."""
    path = await shelf.picture(trader, YOUNG)

    async def nothing(_: UUID) -> list[object]:
        return []

    monkeypatch.setattr(shelf.store, "files", nothing)
    assert await swept(retention) == {}
    assert await shelf.named() == {path}


async def test_what_the_web_app_names_is_kept_its_days(retention: Retention, shelf: Album, trader: UUID) -> None:
    paths = []
    for age in (YOUNG, OLD):
        path = await shelf.file(trader, uuid4(), age)
        paths.append(path)
        await shelf.db.execute(
            "insert into public.strategy_analyses (user_id, screenshot_url) values ($1, $2)",
            trader,
            f"https://x/{path}",
        )
        trade = await shelf.trade(trader, OLD)
        path = await shelf.file(trader, trade, age)
        paths.append(path)
        await shelf.db.execute(
            "update public.trades set screenshot_url = $2 where id = $1", trade, f"https://x/sign/{path}?token=t"
        )
    assert await swept(retention) == {"expired": 2}
    assert shelf.files() == set(paths[:2])
    left = await shelf.db.fetch(
        "select screenshot_url as url from public.strategy_analyses union all select screenshot_url from public.trades"
    )
    assert sorted(row["url"] for row in left if row["url"]) == sorted(
        [f"https://x/{paths[0]}", f"https://x/sign/{paths[1]}?token=t"]
    )


async def test_a_database_of_other_people_removes_nothing(retention: Retention, shelf: Album, trader: UUID) -> None:
    await shelf.picture(trader, OLD)
    for _ in range(51):
        await shelf.file(uuid4(), uuid4(), OLD)
    with pytest.raises(OperatorError, match="51 of 52"):
        await swept(retention)
    assert len(shelf.files()) == 52
    await retention.run(datetime.now(UTC), force=True)
    assert shelf.files() == set()


async def test_several_at_once_do_no_harm(
    database: pool.Pool, shelf: Album, trader: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.retention, "PORTION", 2)
    traders = [trader, await shelf.trader()]
    kept = {await shelf.picture(one, YOUNG) for one in traders for _ in range(3)}
    for one in traders:
        for _ in range(7):
            await shelf.picture(one, OLD)
            await shelf.file(one, await shelf.trade(one), YOUNG)
    now = datetime.now(UTC)
    await asyncio.gather(*(Retention(database, shelf.store, 90).run(now) for _ in range(4)))
    assert shelf.files() == await shelf.named() == kept


async def test_a_picture_that_comes_meanwhile_is_kept(
    retention: Retention, shelf: Album, trader: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Committed between the look at the rows and the look at the files, long after it was stored."""
    trade = await shelf.trade(trader)
    path = await shelf.file(trader, trade, GRACE + DAY)
    listed = shelf.store.files

    async def files(user_id: UUID) -> list[object]:
        await shelf.db.execute(
            "update public.trades set screenshot_url = $2 where id = $1", trade, shelf.store.url(path)
        )
        return [*await listed(user_id)]

    monkeypatch.setattr(shelf.store, "files", files)
    assert await swept(retention) == {}
    assert shelf.files() == await shelf.named() == {path}


async def test_one_traders_trouble_stops_no_other(
    retention: Retention, shelf: Album, trader: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, away, *others = sorted([trader, *[await shelf.trader() for _ in range(3)]])
    paths = {one: await shelf.picture(one, OLD) for one in (refused, away, *others)}
    listed = shelf.store.files

    async def files(user_id: UUID) -> list[object]:
        if user_id == refused:
            raise StoreError("no")
        if user_id == away:
            raise Unavailable("too long a list")
        return [*await listed(user_id)]

    monkeypatch.setattr(shelf.store, "files", files)
    with pytest.raises(Unavailable, match="too long"):
        await swept(retention)
    assert shelf.files() == await shelf.named() == {paths[refused], paths[away]}


async def test_an_outage_is_not_tried_on_everybody(
    retention: Retention, shelf: Album, trader: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[UUID] = []
    for _ in range(5):
        await shelf.picture(await shelf.trader(), OLD)

    async def files(user_id: UUID) -> list[object]:
        tried.append(user_id)
        raise Unavailable("away")

    monkeypatch.setattr(shelf.store, "files", files)
    with pytest.raises(Unavailable):
        await swept(retention)
    assert len(tried) == 3


@pytest.mark.parametrize("step", range(5))
async def test_an_outage_of_storage_is_made_up_for(
    database: pool.Pool, connection: asyncpg.Connection, tmp_path: Path, step: int
) -> None:
    async with album("supabase", connection, tmp_path) as shelf:
        assert shelf.server is not None
        for _ in range(2):
            one = await shelf.trader()
            await shelf.picture(one, OLD)
            await shelf.file(one, await shelf.trade(one), YOUNG)
        retention = Retention(database, shelf.store, 90)
        shelf.server.script.extend([0.0] * step + [503])
        with pytest.raises(Unavailable):
            await swept(retention)
        assert await shelf.named() <= shelf.files()
        shelf.server.script.clear()
        await swept(retention)
        assert shelf.files() == await shelf.named() == set()


async def test_a_key_that_may_not_delete_counts_nothing(
    database: pool.Pool, connection: asyncpg.Connection, tmp_path: Path
) -> None:
    async with album("supabase", connection, tmp_path) as shelf:
        assert shelf.server is not None
        shelf.server.may_delete = False
        await shelf.picture(await shelf.trader(), OLD)
        retention = Retention(database, shelf.store, 90)
        assert await swept(retention) == {}  # told in the log, trader by trader
        shelf.server.may_delete = True
        assert await swept(retention) == {"expired": 1}
        assert shelf.files() == set()


async def test_the_worker_does_it_by_the_clock(retention: Retention, shelf: Album, trader: UUID) -> None:
    await shelf.picture(trader, OLD)
    await retention_of(retention)["old_screenshots"].run()
    assert shelf.files() == await shelf.named() == set()


async def test_an_operator_runs_it_by_hand(dsn: str, shelf: Album, trader: UUID, tmp_path: Path) -> None:
    young = await shelf.picture(trader, 8 * DAY)
    for age in (9 * DAY, OLD):
        await shelf.picture(trader, age)
    await shelf.file(trader, await shelf.trade(trader), GRACE + DAY)
    await shelf.trade(trader, OLD, "https://evil.example/x.png")
    await shelf.store.remove([await shelf.picture(trader, DAY)])
    given = {"supabase_url": shelf.server.url, "supabase_service_role_key": shelf.server.key} if shelf.server else {}
    run = partial(vigil, tmp_path, "clean-screenshots", database_url=dsn, data_dir=tmp_path, **given)
    ended = await run(screenshot_days=9)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "Removed 3 files (2 expired, 1 of no trade); cleared 2 trades (1 without their file, 1 naming none of their "
        "own).\n"
    )
    assert shelf.files() == await shelf.named() == {young}
    if shelf.server is not None:
        shelf.server.script.append(503)
        assert "Supabase Storage" in (await run()).refusal()


async def test_what_was_done_is_counted(retention: Retention, shelf: Album, trader: UUID) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("vigil_screenshots_total", {"outcome": "expired"}) or 0.0

    before = counted()
    for age in (YOUNG, OLD, OLD):
        await shelf.picture(trader, age)
    await retention.run(datetime.now(UTC))
    assert counted() == before + 2


async def test_a_worker_with_jobs_has_it_on_its_clock(dsn: str, tmp_path: Path) -> None:
    async with journaling(dsn, tmp_path, jobs=True) as journal:
        await journal.until(
            "select exists (select from worker.pgqueuer_schedules where entrypoint = 'old_screenshots')"
        )


async def test_a_worker_that_is_told_to_stop_breaks_it_off(
    dsn: str, connection: asyncpg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: list[str] = []

    async def endless(_: LocalStore) -> list[UUID]:
        ends.append("began")
        try:
            await asyncio.sleep(600)
        finally:
            ends.append("ended")
        return []

    monkeypatch.setattr(LocalStore, "folders", endless)
    await overdue(connection, "old_screenshots", "41 */6 * * *")
    async with journaling(dsn, tmp_path, jobs=True), asyncio.timeout(10):
        while not ends:
            await asyncio.sleep(0.02)
        began = time.monotonic()
    assert time.monotonic() - began < 9
    assert ends == ["began", "ended"]
