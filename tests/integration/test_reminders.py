"""What a trader is told unasked: once for its period, in one message, in one chat, and not when they wish for none."""

import asyncio
import email
import email.policy
import json
import random
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import asyncpg
import pytest

from adapters.mail_reply import to_mail
from adapters.whatsapp_wire import template_variables
from bot.announcing import announce
from bot.job_payloads import ChartJob
from bot.reminding import telling
from bot.reminding.telling import tell_due
from bot.reminding.wishes import WEEKDAYS, wishes_of
from bot.settings import read_settings
from bot.trading.day import zone_of
from statemachine.errors import SendHeld
from statemachine.message import Chat
from tests.journaling import REPORT, Journal, Person, journaling, overdue
from tests.recorder import Sent

SETTINGS = read_settings(None)
FRIDAY = date(2026, 11, 27)
EVENING = datetime(2026, 11, 27, 20, tzinfo=UTC)
"""Nine o'clock in Berlin."""
FOOTER = "None of these for a while: /pause · Choose what comes: /settings messages"
DAY = """
insert into public.daily_tracking (user_id, trade_date, trades_taken, daily_pnl, day_status)
values ($1, $2, $3, $4, $5) on conflict (user_id, trade_date) do update set day_status = excluded.day_status
returning id
"""
TRADE = """
insert into public.trades (user_id, daily_tracking_id, symbol, direction, pnl, created_at, source_type, audit_status)
values ($1, $2, 'NQ', 'long', $3, $4, 'journal', 'audited') returning id
"""


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, "telegram", "discord", "whatsapp", "email") as journal:
        yield journal


@pytest.fixture
async def ann(journal: Journal, trader: UUID) -> Person:
    person = await linked(journal, trader, "4001")
    await prefer(journal, trader)
    return person


async def linked(journal: Journal, trader: UUID, chat_id: str, platform: Any = "telegram") -> Person:
    """Bound, and known to us since they wrote."""
    person = await Person(journal, chat_id, platform).binds(trader)
    await person.writes("/announcements")
    return person


async def prefer(journal: Journal, trader: UUID, **chosen: Any) -> None:
    preferences = json.dumps({"timezone": "Europe/Berlin", **chosen})
    await journal.db.execute("update public.profiles set journal_preferences = $2 where id = $1", trader, preferences)


async def traded(journal: Journal, trader: UUID, *days: date, pnl: int = 100) -> None:
    for day in days:
        number = await journal.db.fetchval(DAY, trader, day, 1, pnl, "trading")
        at = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
        await journal.db.execute(TRADE, trader, number, pnl, at)


async def rest(journal: Journal, trader: UUID, day: date) -> None:
    await journal.db.execute(DAY, trader, day, 0, 0, "rest_day")


async def look(journal: Journal, now: datetime = EVENING, times: int = 1) -> int:
    """Runs at a moment; how many traders were told."""
    told = sum([await tell_due(journal.worker.pool, SETTINGS, now) for _ in range(times)])
    for row in await journal.rows("select platform, account, chat_id from worker.outbox where status = 'pending'"):
        journal.worker.outbox.poke(Chat(**row))  # who would look by itself within two seconds
    await journal.settle()
    return told


def heard(person: Person) -> list[str]:
    """What was told unasked, by its title."""
    return [sent.reply.title or "" for sent in person.replies if FOOTER in sent.reply.text]


async def next_look(journal: Journal) -> datetime:
    found: datetime = await journal.db.fetchval("select next_at from worker.reminders")
    return found


# ---- what is told


async def test_a_summary_at_the_traders_hour(journal: Journal, ann: Person, trader: UUID) -> None:
    await traded(journal, trader, FRIDAY)
    assert await look(journal, EVENING - timedelta(minutes=1)) == 0
    assert await next_look(journal) == EVENING
    assert await look(journal, times=3) == 1
    assert ann.replies[-1].text.splitlines() == [
        "Your day: 27 Nov", "1 trade: 1 won", "Win rate 100%", "P&L +$100.00, no commissions logged",
        "Average win +$100.00, nothing lost", "Expectancy +$100.00 a trade", "", FOOTER,
    ]  # fmt: skip
    assert await look(journal, EVENING + timedelta(hours=3)) == 0
    rows = await journal.rows("select user_id, kind, period, outbox_id is not null as said from worker.told")
    assert rows == [{"user_id": trader, "kind": "summary", "period": FRIDAY, "said": True}]


async def test_no_summary_of_a_session_without_a_trade(journal: Journal, ann: Person, trader: UUID) -> None:
    await traded(journal, trader, FRIDAY - timedelta(days=1))
    assert await look(journal) == 0
    assert heard(ann) == []


async def test_each_account_that_traded_has_its_figures(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.writes("/account add apex2 50000")
    await ann.writes("/account add apex3 50000")
    await ann.records(f"{REPORT} @apex2")
    now = datetime.now(UTC).replace(hour=23, minute=59, second=0, microsecond=0)
    await prefer(journal, trader, timezone="UTC", summary_time="23:59")
    assert await look(journal, now) == 1
    (said,) = heard(ann)
    assert said.startswith("Your day: ")
    assert said.endswith(" · @apex2")


async def test_a_digest_with_its_charts(journal: Journal, ann: Person, trader: UUID) -> None:
    """The charts are those of /chart: each a job, whose reply follows."""
    await prefer(journal, trader, digest_day="fri", notifications={"summary": False, "streak": False})
    await traded(journal, trader, FRIDAY - timedelta(days=4), FRIDAY, FRIDAY - timedelta(days=7))
    assert await look(journal, times=2) == 1
    assert heard(ann) == ["Your week: 21 Nov – 27 Nov"]
    assert "2 trades: 2 won" in ann.replies[-1].text
    assert "P&L +$200.00" in ann.replies[-1].text
    jobs = await journal.rows(
        "select convert_from(payload, 'UTF8') as job from worker.pgqueuer where entrypoint = 'chart'"
    )
    charts = [ChartJob.model_validate_json(row["job"]) for row in jobs]
    assert [(job.kind, job.first, job.last, job.chat_id) for job in charts] == [
        ("equity", date(2026, 8, 30), FRIDAY, "4001"),
        ("days", date(2026, 10, 1), FRIDAY, "4001"),
    ]
    assert await journal.count("worker.charts") == 2


async def test_a_streak_that_is_at_risk(journal: Journal, ann: Person, trader: UUID) -> None:
    days = [FRIDAY - timedelta(days=n) for n in (3, 2, 1)]
    await traded(journal, trader, *days)
    await journal.db.execute("select worker.recompute_streak($1)", trader)
    assert await look(journal) == 0
    assert await next_look(journal) == EVENING + timedelta(minutes=45)  # ahead of the night
    assert await look(journal, await next_look(journal), times=2) == 1
    assert ann.replies[-1].text.splitlines()[:2] == [
        "Your streak is at risk",
        "3 trading days in a row are journaled, and nothing is logged today. The session ends at 28 Nov 00:00: log a "
        "trade, or take the day off with /rest",
    ]


async def test_a_streak_that_is_not(journal: Journal, ann: Person, trader: UUID) -> None:
    """One day is none; a weekday without a trade has ended it; today was traded, or is a rest day."""
    await prefer(journal, trader, notifications={"summary": False})
    evening = EVENING + timedelta(minutes=45)
    for back in ((1,), (1, 3), (1, 2, 3)):
        await traded(journal, trader, *(FRIDAY - timedelta(days=n) for n in back))
        await journal.db.execute("select worker.recompute_streak($1)", trader)
        if len(back) == 3:
            await rest(journal, trader, FRIDAY)
        await prefer(journal, trader, notifications={"summary": False}, account=str(back))
        assert await look(journal, evening) == 0
    await traded(journal, trader, FRIDAY)
    await prefer(journal, trader, notifications={"summary": False})
    assert await look(journal, evening) == 0


async def test_the_close_names_what_is_open(journal: Journal, ann: Person, trader: UUID) -> None:
    """Not the draft that waits: of that the conversation reminds, half an hour later."""
    await ann.writes("in long es 5321.25 stop 5317")
    await ann.writes("yes")
    await ann.writes("/skip")
    await ann.writes(REPORT)
    now = datetime.now(UTC)
    monday = now.date() + timedelta(days=7 - now.weekday())
    wished = {"close": True, "digest": False}
    await prefer(journal, trader, timezone="UTC", notifications=wished, quiet={"from": "00:00", "to": "00:00"})
    ends = datetime(monday.year, monday.month, monday.day, tzinfo=UTC) + timedelta(days=1)
    assert await look(journal, ends - timedelta(minutes=30), times=2) == 1
    said = ann.replies[-1].text.splitlines()
    assert said[0].startswith("The session ends at ")
    assert said[1:] == ["Still open:", "1. Long ES 5321.25", "A close is written like: out 18290", "", FOOTER]
    assert ann.replies[-1].reply.buttons == ()
    assert len(await ann.writes("yes")) >= 1
    assert await journal.count("public.trades") == 2


async def test_no_close_where_nothing_is_open(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.writes(REPORT)
    await prefer(journal, trader, notifications={"close": True}, quiet={"from": "00:00", "to": "00:00"})
    assert await look(journal, EVENING + timedelta(hours=2, minutes=30)) == 0


@pytest.mark.parametrize(("quiet", "clock"), [(None, "00:00"), ({"from": "22:00", "to": "07:00"}, "07:00")])
async def test_a_draft_is_put_away_in_no_quiet_hours(
    journal: Journal, ann: Person, trader: UUID, quiet: dict[str, str] | None, clock: str
) -> None:
    """The session ends at midnight; what is said of it would come then."""
    await prefer(journal, trader, timezone="UTC", quiet=quiet)
    await ann.writes(REPORT)
    wakes = await journal.db.fetchval("select wakes_at from worker.chats where wakes_at is not null")
    assert f"{wakes.astimezone(UTC):%H:%M}" == clock


async def test_the_open_tells_what_the_limits_leave(journal: Journal, ann: Person, trader: UUID) -> None:
    await prefer(journal, trader, notifications={"open": True})
    await journal.db.execute(
        "update public.profiles set account_size = 50000, daily_loss_limit_pct = 2, daily_loss_type = 'initial soft'"
    )
    morning = datetime(2026, 11, 27, 6, tzinfo=UTC)
    assert await look(journal, morning, times=2) == 1
    said = ann.replies[-1].text.splitlines()
    assert said[:2] == ["A new session: 27 Nov", "Daily loss: $1,000.00 of $1,000.00 left"]
    assert "Based on the closed trades you logged." in said


async def test_two_workers_tell_by_themselves(dsn: str, tmp_path: Path, trader: UUID) -> None:
    """Yesterday's digest, which may come for three days, whatever the hour is now."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    async with journaling(dsn, tmp_path) as journal:
        await linked(journal, trader, "4001")
        await traded(journal, trader, yesterday)
        await prefer(
            journal, trader, timezone="UTC", digest_day=WEEKDAYS[yesterday.weekday()], notifications={"summary": False}
        )
        await journal.db.execute("update worker.reminders set looked_at = now() - interval '2 days'")
        await overdue(journal.db, "reminders", "* * * * * */10")
    async with journaling(dsn, tmp_path, jobs=True) as journal, journaling(dsn, tmp_path / "b", jobs=True) as other:
        await journal.until("select exists (select from worker.told)")
        await journal.settle_due()
        told = [*heard(Person(journal, "4001")), *heard(Person(other, "4001"))]  # whichever delivered it
        assert [title.split(":")[0] for title in told] == ["Your week"]


# ---- one message, one chat


async def test_what_is_due_within_the_hour_is_one_message(journal: Journal, ann: Person, trader: UUID) -> None:
    """At nine, and the streak with it that would be told of at a quarter to ten."""
    await prefer(journal, trader, digest_day="fri")
    await traded(journal, trader, *(FRIDAY - timedelta(days=n) for n in (3, 2, 1)))
    await journal.db.execute("select worker.recompute_streak($1)", trader)
    assert await look(journal, times=2) == 1
    assert await look(journal, EVENING + timedelta(minutes=45)) == 0
    assert heard(ann) == ["Your week: 21 Nov – 27 Nov"]
    assert "Your streak is at risk" in ann.replies[-1].text
    assert await journal.count("worker.told") == 2


async def test_the_chat_that_was_last_heard_from_is_told(journal: Journal, ann: Person, trader: UUID) -> None:
    ben = await linked(journal, trader, "5001", "discord")
    await traded(journal, trader, FRIDAY)
    assert await look(journal) == 1
    assert (len(heard(ann)), len(heard(ben))) == (0, 1)
    await ann.writes("/announcements")
    await traded(journal, trader, FRIDAY + timedelta(days=3))
    assert await look(journal, EVENING + timedelta(days=3)) == 1
    assert (len(heard(ann)), len(heard(ben))) == (1, 1)


async def test_nobody_hears_what_is_not_theirs(journal: Journal, ann: Person, trader: UUID) -> None:
    await traded(journal, trader, FRIDAY)
    for change in (
        "update worker.chats set blocked_at = now()",
        "update worker.chats set blocked_at = null, account = 'local'",
        "update public.profiles set telegram_chat_id = '4002'",
        "update public.profiles set telegram_chat_id = null",
    ):
        await journal.db.execute(change)
        await journal.db.execute("update worker.reminders set next_at = '-infinity', looked_at = null")
        assert await look(journal) == 0
    assert await journal.count("worker.told") == 0
    assert await journal.db.fetchval("select next_at = 'infinity' from worker.reminders")


async def test_on_whatsapp_the_newest_waits_alone(journal: Journal, trader: UUID) -> None:
    """Outside the window a template says that something waits; what it waits with is never two days' worth."""
    ann = await linked(journal, trader, "+15550001", "whatsapp")
    await prefer(journal, trader)
    await traded(journal, trader, FRIDAY - timedelta(days=1), FRIDAY)
    ann.recorder.trouble.append(SendHeld("the window is closed"))
    assert await look(journal, EVENING - timedelta(days=1)) == 1
    ann.recorder.trouble.append(SendHeld("the window is closed"))
    assert await look(journal) == 1
    assert [row["status"] for row in await journal.rows(
        "select o.status from worker.told t join worker.outbox o on o.id = t.outbox_id order by t.period")
    ] == ["dropped", "held"]  # fmt: skip
    await ann.writes("/announcements")
    assert heard(ann) == ["Your day: 27 Nov"]
    told = next(sent.reply for sent in ann.replies if FOOTER in sent.reply.text)
    assert template_variables(told) == '{"1": "Your day: 27 Nov"}'


async def test_a_digest_that_waits_is_outdated_by_no_summary(journal: Journal, trader: UUID) -> None:
    ann = await linked(journal, trader, "+15550001", "whatsapp")
    await traded(journal, trader, *(FRIDAY + timedelta(days=n) for n in (-1, 0, 3)))
    await prefer(journal, trader, digest_day="thu", notifications={"summary": False})
    ann.recorder.trouble.append(SendHeld("the window is closed"))
    assert await look(journal, EVENING - timedelta(days=1)) == 1
    await prefer(journal, trader, digest_day="thu")
    for days in (0, 3):
        assert await look(journal, EVENING + timedelta(days=days)) == 1
    rows = await journal.rows("select t.kind, o.status from worker.told t join worker.outbox o on o.id = t.outbox_id"
                              " order by o.id")  # fmt: skip
    assert [(row["kind"], row["status"]) for row in rows] == [
        ("digest", "held"), ("summary", "dropped"), ("summary", "held")
    ]  # fmt: skip
    await ann.writes("/announcements")
    assert heard(ann) == ["Your week: 20 Nov – 26 Nov", "Your day: 30 Nov"]


async def test_by_email_it_answers_nothing(journal: Journal, trader: UUID) -> None:
    """It is no answer in the thread of the mail that came last; nor is a chart of the digest."""
    ann = await linked(journal, trader, "ann@example.com", "email")
    await ann.writes("/trades", handle='{"id": "<1@example.com>", "subject": "long 2 nq"}')
    assert mail_of(ann.replies[-1])["Subject"] == "Re: long 2 nq"
    await prefer(journal, trader, digest_day="fri", notifications={"summary": False})
    await traded(journal, trader, FRIDAY)
    assert await look(journal) == 1
    mail = mail_of(ann.replies[-1])
    assert (mail["Subject"], mail["In-Reply-To"]) == ("Your week: 21 Nov – 27 Nov", None)
    jobs = await journal.rows("select payload from worker.pgqueuer where entrypoint = 'chart'")
    assert [ChartJob.model_validate_json(job["payload"]).handle for job in jobs] == ["", ""]


def mail_of(sent: Sent) -> EmailMessage:
    _, raw = to_mail(sent.reply, sent.chat_id, "journal@example.com", sent.envelope, EVENING)
    return email.message_from_bytes(raw, policy=email.policy.default)


# ---- when nothing is told


async def test_a_pause_and_its_end(journal: Journal, ann: Person, trader: UUID) -> None:
    """What fell due in it is not made up for: not the digest of the Sunday in it, however the pause ends."""
    sunday, monday = EVENING + timedelta(days=2), EVENING + timedelta(days=3)
    await traded(journal, trader, FRIDAY, FRIDAY + timedelta(days=3))
    await prefer(journal, trader, paused_until="2026-11-30")
    assert await look(journal, times=2) == 0
    assert await look(journal, sunday) == 0
    assert await look(journal, monday) == 1
    assert heard(ann) == ["Your day: 30 Nov"]
    assert "Your week" not in ann.replies[-1].text
    await journal.db.execute("update worker.reminders set looked_at = $1", EVENING)
    await ann.writes("/pause")
    assert await look(journal, EVENING + timedelta(hours=1)) == 0
    assert await look(journal, sunday) == 0
    await ann.writes("/pause off")
    assert await look(journal, sunday + timedelta(hours=1)) == 0
    assert len(heard(ann)) == 1


async def test_nothing_on_a_rest_day_and_the_digest_on_the_next(journal: Journal, ann: Person, trader: UUID) -> None:
    await prefer(journal, trader, digest_day="fri", notifications={"open": True, "close": True})
    await traded(journal, trader, FRIDAY - timedelta(days=1))
    await rest(journal, trader, FRIDAY)
    moment = datetime(2026, 11, 27, 0, tzinfo=UTC)
    while moment < EVENING + timedelta(hours=3):
        assert await look(journal, moment) == 0
        moment += timedelta(minutes=30)
    assert await look(journal, EVENING + timedelta(days=1)) == 1
    assert heard(ann) == ["Your week: 21 Nov – 27 Nov"]


async def test_a_summary_that_falls_due_on_a_rest_day_comes_after_it(
    journal: Journal, ann: Person, trader: UUID
) -> None:
    await prefer(journal, trader, summary_time="07:00", digest_day="wed")
    await traded(journal, trader, FRIDAY)
    saturday, sunday = (datetime(2026, 11, day, 6, tzinfo=UTC) for day in (28, 29))
    await rest(journal, trader, saturday.date())
    assert [await look(journal, moment, times=2) for moment in (saturday - timedelta(hours=1), saturday)] == [0, 0]
    assert await next_look(journal) == sunday
    assert await look(journal, sunday, times=2) == 1
    assert heard(ann) == ["Your day: 27 Nov"]


async def test_a_rest_day_that_is_taken_back(journal: Journal, ann: Person, trader: UUID) -> None:
    """What waited for its end is told in the next run."""
    today = datetime.now(UTC).replace(hour=7, minute=0, second=0, microsecond=0)
    await prefer(journal, trader, timezone="UTC", summary_time="07:00", digest_day=WEEKDAYS[today.weekday() - 2])
    await traded(journal, trader, today.date() - timedelta(days=1))
    await ann.writes(f"/rest {today.date()}")
    assert [await look(journal, moment) for moment in (today - timedelta(hours=1), today)] == [0, 0]
    await ann.writes(f"/rest off {today.date()}")
    assert await look(journal, today + timedelta(hours=1), times=2) == 1
    assert len(heard(ann)) == 1


async def test_what_is_late_is_told_the_same_evening_or_not_at_all(journal: Journal, ann: Person, trader: UUID) -> None:
    await traded(journal, trader, FRIDAY - timedelta(days=2), FRIDAY - timedelta(days=1), FRIDAY)
    assert await look(journal, EVENING - timedelta(days=1) + timedelta(hours=5)) == 0
    assert await look(journal, EVENING + timedelta(hours=3)) == 1
    assert heard(ann) == ["Your day: 27 Nov"]


async def test_an_hour_that_is_moved_tells_no_day_twice(journal: Journal, ann: Person, trader: UUID) -> None:
    await traded(journal, trader, FRIDAY)
    assert await look(journal) == 1
    await prefer(journal, trader, summary_time="22:00")
    assert await look(journal, EVENING + timedelta(hours=1)) == 0
    await prefer(journal, trader, timezone="America/New_York")
    assert await look(journal, EVENING + timedelta(hours=6)) == 0
    assert heard(ann) == ["Your day: 27 Nov"]


async def test_odd_preferences_stop_nobody(journal: Journal, ann: Person, trader: UUID) -> None:
    await traded(journal, trader, FRIDAY)
    for odd in ("[]", "7", "null", '{"notifications": [], "quiet": 3, "summary_time": {}, "paused_until": "ever"}'):
        await journal.db.execute("update public.profiles set journal_preferences = $1", odd)
        assert await look(journal, EVENING + timedelta(hours=1)) == 1  # UTC
        await journal.db.execute("delete from worker.told")
        await journal.db.execute("update worker.reminders set looked_at = null")
    assert len(heard(ann)) == 4


async def test_one_that_fails_is_put_off_and_stops_no_other(
    journal: Journal, ann: Person, trader: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await traded(journal, trader, FRIDAY)
    assert await look(journal, EVENING - timedelta(minutes=1)) == 0
    with monkeypatch.context() as patch:
        patch.setattr(telling, "render", lambda *_: 1 / 0)
        assert await look(journal) == 0
    assert await journal.count("worker.told") == 0
    assert await next_look(journal) == EVENING + timedelta(hours=1)
    assert await look(journal, EVENING + timedelta(hours=1)) == 1


async def test_a_trader_who_is_in_a_turn_is_told_by_the_next_run(
    journal: Journal, ann: Person, trader: UUID, connection: asyncpg.Connection
) -> None:
    await traded(journal, trader, FRIDAY)
    async with connection.transaction(), asyncio.timeout(5):
        await connection.execute("select from public.profiles where id = $1 for no key update", trader)
        assert await look(journal) == 0
    assert await look(journal) == 1


# ---- news keep pauses and quiet hours, too


async def test_announcements_keep_quiet(journal: Journal, ann: Person, trader: UUID) -> None:
    await journal.db.execute("insert into public.announcements (title, body) values ('News', '')")
    clock = datetime.now(UTC)
    around = {"from": f"{clock - timedelta(hours=2):%H:%M}", "to": f"{clock + timedelta(hours=2):%H:%M}"}
    for chosen in ({"paused_until": "forever"}, {"quiet": around}):
        await prefer(journal, trader, timezone="UTC", **chosen)
        assert [await announce(journal.worker.pool, SETTINGS) for _ in range(2)] == [0, 0]
    await prefer(journal, trader, timezone="UTC")
    for day in range(-1, 2):  # the test may pass midnight
        await rest(journal, trader, clock.date() + timedelta(days=day))
    assert [await announce(journal.worker.pool, SETTINGS) for _ in range(2)] == [0, 0]
    await journal.db.execute("update public.daily_tracking set trade_date = trade_date - 7")
    await prefer(journal, trader, timezone="UTC", quiet={"from": around["to"], "to": around["from"]})
    assert [await announce(journal.worker.pool, SETTINGS) for _ in range(2)] == [1, 0]


def zone_moments(zone: ZoneInfo) -> Iterator[datetime]:
    """The beginning of a year, and what lies around every change of the clocks in it; UTC. The year is one of which all
    that tell of zones know the same: what a country changes reaches Python and the database at different times."""
    moment = datetime(2021, 1, 1, 0, 30, tzinfo=UTC)
    yield moment
    while moment.year == 2021:
        if (later := moment + timedelta(days=1)).astimezone(zone).utcoffset() != moment.astimezone(zone).utcoffset():
            yield from (moment + timedelta(hours=n) for n in range(25))
        moment = later


async def test_the_database_has_every_traders_clock(connection: asyncpg.Connection) -> None:
    """It is quiet in the very minute that the clock shows here. Also of names that only the database knows: UTC. And a
    zone's key, which statements take, means there what it means here."""
    cases, shown = [], []
    for name in sorted({*available_timezones(), "PST", "EDT", "ABC5", "Etc/GMT+13", "Any/Name+5", "Mars/Base"}):
        zone = zone_of({"timezone": name})
        for moment in zone_moments(zone):
            local = moment.astimezone(zone)
            quiet = {"from": f"{local:%H:%M}", "to": f"{local + timedelta(minutes=1):%H:%M}"}
            cases.append((json.dumps({"timezone": name, "quiet": quiet}), moment))
            shown.append((zone.key, moment, local.replace(tzinfo=None)))
    assert len(cases) > 5_000
    different = await connection.fetch(
        "select p, m from unnest($1::jsonb[], $2::timestamptz[]) as c (p, m) where not worker.is_silent(null, p, m)",
        *map(list, zip(*cases, strict=True)),
    )
    assert different == []
    different = await connection.fetch(
        "select * from unnest($1::text[], $2::timestamptz[], $3::timestamp[]) as c (zone, m, shown)"
        " where m at time zone zone <> shown",
        *map(list, zip(*shown, strict=True)),
    )
    assert different == []


async def test_silence_in_the_database_is_silence_here(connection: asyncpg.Connection) -> None:
    """Announcements are chosen there, all else is decided here: the same wishes, whatever a client wrote."""
    chance = random.Random(8)
    odd = [None, 3, [], "", "24:00", "7:00", "07:00\n", "2026-02-31", "2026-3-1", "FOREVER", {"from": 1}]
    clocks = [f"{hour:02}:{minute}" for hour in range(24) for minute in ("00", "30")]
    zones = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"]
    wanted, cases = [], []
    for _ in range(3_000):
        moment = datetime(2026, chance.choice((3, 10)), chance.randrange(22, 31), chance.randrange(24), 30, tzinfo=UTC)
        quiet = {"from": chance.choice([*clocks, *odd]), "to": chance.choice(clocks)}
        until = chance.choice(["forever", *(f"2026-{month}-{day}" for month in ("03", "10") for day in range(22, 32))])
        preferences = {
            "timezone": chance.choice([*zones, *zones, "Mars/Base", *odd]),
            "quiet": chance.choice([*[quiet] * 20, *odd]),
            "paused_until": chance.choice([*[until] * 8, *[None] * 8, *odd]),
        }
        text = json.dumps(chance.choice([preferences] * 20 + [[], 7, None]))
        zone, wishes = zone_of(json.loads(text)), wishes_of(json.loads(text))
        local = moment.astimezone(zone)
        quiet_now = wishes.quiet is not None and wishes.quiet.holds(local.time())
        wanted.append(quiet_now or wishes.paused_on(local.date()))
        cases.append((text, moment))
    found = await connection.fetch(
        "select worker.is_silent(null, p, m) as s"
        " from unnest($1::jsonb[], $2::timestamptz[]) with ordinality as c (p, m, n) order by n",
        *map(list, zip(*cases, strict=True)),
    )
    different = [case for case, row, here in zip(cases, found, wanted, strict=True) if row["s"] is not here]
    assert different == []
    assert 500 < sum(wanted) < 2_500
