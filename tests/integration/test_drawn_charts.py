"""/chart: drawn by processes of their own from a real journal, with the journal's figures, and sent once."""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from PIL import Image

import bot.jobs
from bot.charting.making import Charts
from bot.database import SEED
from bot.drawing.studio import CannotDraw, Studio
from bot.drawing.subjects import Subject, Theme
from bot.job_payloads import ChartJob
from bot.settings import Settings
from bot.store import LocalStore
from bot.texts import numbers
from db import charts, pool
from statemachine.errors import StoreError
from tests.chart_pictures import subjects
from tests.commands import ROOT
from tests.journaling import Journal, Person, journaling
from tests.screenshots import files

NEW_YORK = ZoneInfo("America/New_York")
DEMO = UUID("00000000-0000-4000-8000-00000000de30")
RESULTS = """
select coalesce(ld.trade_date, d.trade_date) as day, t.symbol, t.entry_time, l.id as leg,
    coalesce(l.pnl, t.pnl) as gross, t.commissions, t.id
from public.trades t join public.daily_tracking d on d.id = t.daily_tracking_id
left join worker.trade_legs l on l.trade_id = t.id left join public.daily_tracking ld on ld.id = l.daily_tracking_id
where t.user_id = $1 order by coalesce(ld.trade_date, d.trade_date) = d.trade_date desc
"""
"""Those of a trade's own day first: its costs are of that day."""


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, "telegram", "discord", jobs=True, charts_per_day=8) as running:
        yield running


def money(amount: Decimal) -> str:
    return numbers.gain(amount, "USD")


async def shown(person: Person, text: str) -> tuple[str, str, bytes]:
    """What was said, the alternative text, and the picture."""
    (said,) = await person.writes(text)
    reply = person.replies[-1].reply
    assert reply.image
    assert reply.alt
    return said, reply.alt, await person.journal.worker.store.get(reply.image)


def light(picture: bytes) -> bool:
    with Image.open(BytesIO(picture)) as opened:
        assert opened.format == "PNG"
        corner: Any = opened.convert("L").getpixel((1, 1))
    return bool(corner > 128)


async def test_every_chart_says_what_the_journal_holds(journal: Journal) -> None:
    """The demo trader's thirty days, against sums made here from the rows."""
    await journal.db.execute(SEED.read_text(encoding="utf-8"))
    demo = await Person(journal, "4001").binds(DEMO)
    by: dict[str, dict[Any, Decimal]] = {name: defaultdict(Decimal) for name in ("day", "symbol", "hour")}
    paid: set[UUID] = set()
    for row in await journal.db.fetch(RESULTS, DEMO):
        costs = Decimal(0) if row["id"] in paid else row["commissions"]
        paid.add(row["id"])
        for name, key in (
            ("day", row["day"]),
            ("symbol", row["symbol"]),
            ("hour", row["entry_time"].astimezone(NEW_YORK).hour),
        ):
            by[name][key] += row["gross"] - costs
    whole = sum(by["symbol"].values(), Decimal(0))
    stored = await journal.rows("select * from public.daily_tracking where user_id = $1 order by trade_date", DEMO)
    assert whole == sum(row["daily_pnl"] for row in stored)
    deepest = min(row["ending_balance"] - row["max_equity_high"] for row in stored)

    said, alt, picture = await shown(demo, "/chart")
    assert light(picture)
    for figure in (f"Balance ${50_000 + whole:,}: {money(whole)} with 62 trades", f"day {money(deepest)}"):
        assert figure in said
        assert figure in alt
    assert f"Floor $48,000.00: ${2_000 + whole:,} left." in said
    said, alt, _ = await shown(demo, "/chart days all")
    days = sorted(by["day"].items(), key=lambda item: item[1])
    assert money(days[-1][1]) in said
    assert f"worst {money(days[0][1])}" in alt
    months: dict[int, Decimal] = defaultdict(Decimal)
    for day, amount in by["day"].items():
        months[day.month] += amount
    assert all(money(amount) in alt for amount in months.values())
    said, alt, _ = await shown(demo, "/chart symbols all")
    for symbol, amount in by["symbol"].items():
        assert f"{symbol} {money(amount)}" in said
        assert f"{symbol} {money(amount)}" in alt
    said, alt, _ = await shown(demo, "/chart hours all")
    assert money(whole) in said
    assert all(money(amount) in alt for amount in by["hour"].values())
    said, alt, _ = await shown(demo, "/chart rules all")
    kept = await journal.db.fetchval(
        "select count(*) from public.trade_rule_verdicts v join public.trading_rules r on r.id = v.rule_id"
        " where r.user_id = $1 and r.rule_text ilike 'always have%' and v.verdict = 'followed'",
        DEMO,
    )
    assert f"Always have a stop loss: followed ({kept})" in alt
    said, _, _ = await shown(demo, "/chart r all")
    assert "over 61 trades" in said
    said, _, _ = await shown(demo, "/chart es 60 days")
    assert f"{money(by['symbol']['ES'])} with 22 trades." in said
    assert (await demo.presses("Hours", at=-1))[0].startswith("By hour of entry · ES")
    assert await demo.writes("/chart") == ["8 charts a day are all I draw. Ask again tomorrow."]
    assert await journal.count("worker.charts") == 8


async def test_names_that_are_hostile_and_what_cannot_be_shown(journal: Journal, trader: UUID) -> None:
    """Clients write symbols and rules; nothing of it breaks a picture. Dark is kept, and where Discord begins."""
    ann = await Person(journal, "4001").binds(trader)
    mine = await ann.records()
    symbol, rule = "$\\frac{1}{0}$" + "\u0301" * 90, "规则 $x^2$ 😀 \u202e" + "W" * 900
    await journal.db.execute("update public.trades set symbol = $2 where id = $1", mine, symbol)
    await journal.db.execute("insert into public.trading_rules (user_id, rule_text) values ($1, $2)", trader, rule)
    await journal.db.execute(
        "insert into public.trade_rule_verdicts (trade_id, rule_id, verdict)"
        " select $1, id, 'violated' from public.trading_rules where user_id = $2",
        mine, trader,
    )  # fmt: skip
    for text, is_light in (("/chart symbols", True), ("/chart rules dark", False), ("/chart 1", False)):
        _, _, picture = await shown(ann, text)
        assert light(picture) is is_light
    assert (await ann.writes("/chart 2026-13"))[0].startswith('"2026-13" is no period')
    assert await ann.writes("/chart zz") == ["You have no trade of ZZ. /chart symbols shows what you trade."]
    assert "Charts: equity, days" in (await ann.writes("/chart <script>"))[0]
    (listed,) = await ann.writes("/trades")
    assert listed.endswith("[Card 1]")
    assert "Trade card." in (await shown(ann, "/chart #1"))[1]
    assert len(await ann.presses("Card 1")) == 1
    await ann.writes("/undo")
    assert await ann.presses("Card 1") == ["That trade is no longer in the journal. /trades lists what is."]
    await journal.db.execute("update public.profiles set journal_preferences = '{\"chart_theme\": 7}'")
    elsewhere = await Person(journal, "55", "discord").binds(trader)
    await elsewhere.writes("/chart 5 years")
    assert elsewhere.replies[-1].reply.text.endswith("For a longer time: /chart equity all")


async def test_five_years_are_quick_and_exact(journal: Journal, trader: UUID) -> None:
    """Of the account in use alone, and of that it says the name."""
    ann = await Person(journal, "4001").binds(trader)
    await journal.db.execute(
        """
        with days as (
            insert into public.daily_tracking (user_id, trade_date, daily_pnl, starting_balance, ending_balance,
                                               max_equity_high, trades_taken)
            select $1, current_date - n, 1, 50000, 50000 + 1300 - n, 50000 + 1300 - n, 4 from generate_series(0, 1299) n
            returning id, trade_date)
        insert into public.trades (user_id, daily_tracking_id, symbol, direction, pnl, entry_time)
        select $1, id, 'NQ', 'long', 0.25, trade_date + interval '15 hours'
        from days cross join generate_series(1, 4)
        """,
        trader,
    )
    await ann.writes("/account add apex2 50000")
    for text, figure in (
        ("/chart all", "+$1,300.00 with 5200 trades."),
        ("/chart symbols all", "NQ +$1,300.00 (5200 trades)"),
        ("/chart days all", "+$1,300.00 on 1300 days: 1300 up, 0 down."),
    ):
        said, _, picture = await shown(ann, text)
        assert figure in said
        assert len(picture) < 40_000
    assert said.startswith("Day by day · @main, ")
    await ann.writes("/account use apex2")
    assert "No closed trades in this time." in (await ann.writes("/chart all"))[0]


# ---- the processes that draw, and the job


class Slow:
    """A studio that waits for `go` when it has drawn."""

    def __init__(self) -> None:
        self.begun, self.go, self.drawn = asyncio.Semaphore(0), asyncio.Event(), 0

    async def draw(self, subject: Subject, theme: Theme) -> bytes:
        self.drawn += 1
        self.begun.release()
        await self.go.wait()
        return b"\x89PNG " + theme.encode()


class Broken:
    """A studio whose processes die."""

    async def draw(self, subject: Subject, theme: Theme) -> bytes:
        raise CannotDraw


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[pool.Pool]:
    opened = await pool.open_pool(dsn, size=4)
    yield opened
    await opened.close()


def charting(database: pool.Pool, folder: Path, studio: object, **given: object) -> Charts:
    settings = Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]
    return Charts(database, LocalStore(folder / "screenshots"), studio, settings)  # type: ignore[arg-type]


async def job_for(connection: asyncpg.Connection, trader: UUID) -> ChartJob:
    await connection.execute("update public.profiles set telegram_chat_id = '4001' where id = $1", trader)
    chart_id = await charts.begin(connection, trader, 30)
    assert chart_id is not None
    return ChartJob(
        platform="telegram", account="bot", chat_id="4001", chart_id=chart_id, user_id=trader, currency="USD",
        first=date.today() - timedelta(days=9), last=date.today(),  # noqa: DTZ011 - any days do
    )  # fmt: skip


SENT = "select payload::json ->> 'image' as image, payload::json ->> 'text' as text from worker.outbox"


async def test_a_job_that_was_broken_off_draws_again_and_sends_once(
    database: pool.Pool, connection: asyncpg.Connection, trader: UUID, tmp_path: Path
) -> None:
    """Killed while it draws; then two workers at once have it; then one more time."""
    job, studio = await job_for(connection, trader), Slow()
    killed = asyncio.create_task(charting(database, tmp_path, studio)(job))
    await studio.begun.acquire()
    killed.cancel()
    with pytest.raises(asyncio.CancelledError):
        await killed
    assert (await connection.fetch(SENT), files(tmp_path)) == ([], [])
    both = asyncio.gather(*(charting(database, tmp_path, studio)(job) for _ in range(2)))
    for _ in range(2):
        await studio.begun.acquire()
    studio.go.set()
    await both
    await charting(database, tmp_path, studio)(job)
    (sent,) = await connection.fetch(SENT)
    assert [str(file.relative_to(tmp_path / "screenshots")) for file in files(tmp_path)] == [sent["image"]]
    assert studio.drawn == 3


async def test_of_a_journal_that_was_deleted_nothing_is_sent_and_nothing_left(
    database: pool.Pool, connection: asyncpg.Connection, trader: UUID, tmp_path: Path
) -> None:
    job, studio = await job_for(connection, trader), Slow()
    making = asyncio.create_task(charting(database, tmp_path, studio)(job))
    await studio.begun.acquire()
    await connection.execute("delete from worker.charts")
    studio.go.set()
    await making
    assert (await connection.fetch(SENT), files(tmp_path)) == ([], [])


@pytest.mark.parametrize("trouble", ["process", "disk"])
async def test_without_a_picture_the_figures_are_sent(
    database: pool.Pool, connection: asyncpg.Connection, trader: UUID, tmp_path: Path, trouble: str
) -> None:
    job = await job_for(connection, trader)
    await connection.execute(
        "insert into public.daily_tracking (user_id, trade_date, daily_pnl, ending_balance, trades_taken)"
        " values ($1, current_date - 1, 120, 50120, 1)",
        trader,
    )
    reserve = {"disk_reserve_megabytes": 10**12} if trouble == "disk" else {}
    await charting(database, tmp_path, Broken(), **reserve)(job)
    (sent,) = await connection.fetch(SENT)
    assert sent["image"] is None
    assert sent["text"].startswith("Balance $50,120.00: +$120.00 with 1 trade.")
    assert "I could not draw the picture" in sent["text"]


@pytest.mark.parametrize(("fault", "tries"), [(StoreError("refused"), 2), (ValueError("a fault of ours"), 1)])
async def test_a_chart_that_cannot_be_made_is_told_of_once(
    dsn: str, trader: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, tries: int
) -> None:
    made = []

    async def fail(*_: object) -> None:
        made.append(1)
        raise fault

    monkeypatch.setattr(bot.jobs, "MOST_TRIES", 2)
    monkeypatch.setattr(Charts, "_make", fail)
    async with journaling(dsn, tmp_path, jobs=True) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await ann.records()
        failed = "The chart could not be made. Please ask again later."
        assert await ann.writes("/chart") == [failed]
        assert len(made) == tries
        await journal.db.execute("update worker.pgqueuer set status = 'queued', execute_after = now()")
        await journal.settle()  # the operator tried it again: it is wanted no more
        assert len(made) == tries
        assert [sent.text for sent in ann.replies].count(failed) == 1


async def test_a_process_that_is_killed_while_it_draws(tmp_path: Path) -> None:
    """What it had is drawn by another one, several at once; and nobody stays behind."""
    before = {child.pid for child in multiprocessing.active_children()}
    studio, (name, subject) = Studio(1, tmp_path), next(iter(subjects()))
    try:
        await studio.warm()
        (drawer,) = [child.pid for child in multiprocessing.active_children() if child.pid not in before]
        assert drawer is not None
        os.kill(drawer, signal.SIGSTOP)
        drawn = asyncio.gather(studio.draw(subject, "light"), studio.draw(subject, "light"))
        await asyncio.sleep(0.05)
        os.kill(drawer, signal.SIGKILL)
        one, two = await drawn
        assert one == two, name
        assert one.startswith(b"\x89PNG")
    finally:
        studio.close()
    async with asyncio.timeout(10):
        while {child.pid for child in multiprocessing.active_children()} - before:
            await asyncio.sleep(0.02)


ORPHANS = """
import asyncio, multiprocessing, sys, time
from pathlib import Path
from bot.drawing.studio import Studio

async def main():
    studio = Studio(1, Path(sys.argv[1]))
    await studio.warm()
    print(*[child.pid for child in multiprocessing.active_children()], flush=True)
    time.sleep(60)

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_a_process_does_not_outlive_a_worker_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "orphans.py"
    script.write_text(ORPHANS)
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, str(script), str(tmp_path)),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert worker.stdout is not None
    drawer = int(await asyncio.wait_for(worker.stdout.readline(), 30))
    assert _lives(drawer)
    worker.kill()
    await worker.wait()
    async with asyncio.timeout(10):
        while _lives(drawer):
            await asyncio.sleep(0.02)


def _lives(pid: int) -> bool:
    """It runs; a process that ended and that nobody has asked about does not."""
    try:
        return " Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
    except FileNotFoundError:
        return False
