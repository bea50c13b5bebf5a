"""What an audit says is missing can be given as it says: an answer to the trade's message, a yes, and it is judged
anew."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tests.journaling import Journal, Person, journaling

NEW_YORK = ZoneInfo("America/New_York")
TUESDAY = datetime(2026, 3, 24, 15, 0, tzinfo=UTC)
WEDNESDAY = TUESDAY + timedelta(days=1)
TIMES = """
select t.entry_time, t.exit_time, d.trade_date::text as day from public.trades t
join public.daily_tracking d on d.id = t.daily_tracking_id order by t.created_at
"""


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, jobs=True, messages_per_minute=1000) as journal:
        yield journal


@pytest.fixture
async def ann(journal: Journal, trader: UUID) -> Person:
    preferences = {"timezone": "America/New_York", "day_start": {"hour": 18}, "screenshots": False}
    await journal.db.execute(
        "update public.profiles set journal_preferences = $2 where id = $1", trader, json.dumps(preferences)
    )
    return await Person(journal, "4001").binds(trader)


async def rules(journal: Journal, trader: UUID, *texts: str) -> None:
    await journal.db.executemany(
        "insert into public.trading_rules (user_id, rule_text) values ($1, $2)", [(trader, text) for text in texts]
    )


async def verdicts(journal: Journal) -> dict[str, tuple[str, str]]:
    """Of the latest trade, by rule."""
    rows = await journal.rows(
        """select r.rule_text, v.verdict, v.evidence from public.trade_rule_verdicts v
           join public.trading_rules r on r.id = v.rule_id
           where v.trade_id = (select id from public.trades order by created_at desc limit 1)"""
    )
    return {row["rule_text"]: (row["verdict"], row["evidence"]) for row in rows}


async def receipt_of(person: Person) -> str:
    return next(sent.external_id for sent in reversed(person.replies) if sent.text.startswith("Recorded"))


@pytest.mark.parametrize(
    ("report", "rule", "lacking", "verdict"),
    [
        ("long 2 nq 18250 > 18290", "Always have a stop", "stop", "followed"),
        ("long 2 nq 18250 > 18290 stop 18230", "At least 2R", "target", "followed"),
        ("long nq 18250 > 18290 pnl 800", "Max 1 contract", "size", "violated"),
        ("nq long +400 stop 18230 tp 18310", "At least 2R", "entry", "followed"),
        ("long 2 nq 18250 > 18290", "No trades after 16:00", "entry time", "followed"),
        ("long 2 nq 18250 > 18240 entered 9:40", "Flat by 15:55", "exit time", "followed"),
        ("long 2 nq 18250 > 18240 entered 9:40", "Hold trades for at most 10 minutes", "exit time", "violated"),
        ("long nq 18250 > 18240", "Max loss per trade $100", "P&L", "violated"),
        ("long nq 18250 > 18240", "Max daily loss $100", "P&L", "violated"),
        ("long nq 18250 > 18240 stop 18230", "Risk at most $900 per trade", "size", "followed"),
    ],
)
async def test_an_answer_as_the_evidence_says_it(
    journal: Journal, ann: Person, trader: UUID, report: str, rule: str, lacking: str, verdict: str
) -> None:
    await rules(journal, trader, rule)
    await ann.writes(report, sent_at=TUESDAY)
    await ann.writes("yes")
    assert (await verdicts(journal))[rule][0] == "unclear"
    evidence = (await verdicts(journal))[rule][1]
    assert evidence.startswith(f"The {lacking} of this trade was not given.")
    answer = re.findall(r"'(.+?)'", evidence)[0]
    (question,) = await ann.writes(answer, reply_to=await receipt_of(ann), sent_at=TUESDAY)
    assert question.startswith("Change this trade?")
    *_, audit = await ann.writes("yes", sent_at=TUESDAY)
    assert rule in audit
    assert (await verdicts(journal))[rule][0] == verdict


async def test_a_time_told_the_next_day_is_of_the_trades_own_day(journal: Journal, ann: Person) -> None:
    await ann.writes("long 2 nq 18250 > 18290", sent_at=TUESDAY)
    await ann.writes("yes", sent_at=TUESDAY)
    receipt = await receipt_of(ann)
    for told in ("entered 9:40", "out 10:05"):
        await ann.writes(told, reply_to=receipt, sent_at=WEDNESDAY)
        await ann.writes("yes", sent_at=WEDNESDAY)
    row = await journal.row(TIMES)
    assert row["day"] == "2026-03-24"
    assert (row["entry_time"], row["exit_time"]) == (
        datetime(2026, 3, 24, 13, 40, tzinfo=UTC),
        datetime(2026, 3, 24, 14, 5, tzinfo=UTC),
    )


async def test_a_day_that_is_named_with_the_time_stands(journal: Journal, ann: Person) -> None:
    await ann.writes("long 2 nq 18250 > 18290", sent_at=TUESDAY)
    await ann.writes("yes", sent_at=TUESDAY)
    before = datetime.now(NEW_YORK).date() - timedelta(days=1)
    await ann.writes("out yesterday 10:05", reply_to=await receipt_of(ann))
    await ann.writes("yes")
    row = await journal.row(TIMES)
    assert row["exit_time"] == datetime.combine(before, time(10, 5), NEW_YORK)
    assert row["day"] == before.isoformat()


async def test_the_evening_of_a_futures_session_is_the_day_before(journal: Journal, ann: Person) -> None:
    await ann.writes("long 2 nq 18250 > 18290", sent_at=TUESDAY)
    await ann.writes("yes", sent_at=TUESDAY)
    await ann.writes("entered 19:30", reply_to=await receipt_of(ann), sent_at=WEDNESDAY)
    await ann.writes("yes", sent_at=WEDNESDAY)
    row = await journal.row(TIMES)
    assert (row["entry_time"], row["day"]) == (datetime(2026, 3, 23, 23, 30, tzinfo=UTC), "2026-03-24")


async def test_the_time_of_another_trade(journal: Journal, ann: Person, trader: UUID) -> None:
    """The evidence names that trade; an answer to its message decides this one, too."""
    rule = "Wait 30 minutes after a loss"
    await rules(journal, trader, rule)
    await ann.writes("short 1 es -250 yesterday")
    await ann.writes("yes")
    first = await receipt_of(ann)
    await ann.writes("long 2 nq 18250 > 18290 entered yesterday 10:30")
    await ann.writes("yes")
    assert (await verdicts(journal))[rule] == (
        "unclear",
        "The exit time of the short 1 ES (-$250) was not given. "
        "Answer the message of that trade with it, as in 'out 10:05'.",
    )
    await ann.writes("out 10:05", reply_to=first)
    await ann.writes("yes")
    assert (await verdicts(journal))[rule] == (
        "violated",
        "Entered 25 minutes after the exit of the short 1 ES (-$250); at least 30 minutes is the rule.",
    )


@pytest.mark.parametrize(
    ("rule", "asks_for"),
    [
        ("Never risk more than 1% of my account", "Your account size is not known."),
        ("Never risk more than 1% of my balance", "Your balance is not known."),
        ("Max 1 contract in the funded phase", "Your account's phase is not known."),
    ],
)
async def test_a_fact_of_the_account_as_the_evidence_says_it(
    journal: Journal, ann: Person, trader: UUID, rule: str, asks_for: str
) -> None:
    await rules(journal, trader, rule)
    await ann.writes("long 2 nq 18250 > 18290 stop 18230")
    await ann.writes("yes")
    judged, evidence = (await verdicts(journal))[rule]
    assert judged == "unclear"
    assert evidence.startswith(asks_for)
    said = await ann.writes(re.findall(r"'(/.+?)'", evidence)[0])
    assert said[-1] == f"Also changed: NQ +$1,600.00: {rule} is now violated"
    assert (await verdicts(journal))[rule][0] == "violated"


async def test_a_fact_of_the_account_is_asked_of_no_other_account(journal: Journal, ann: Person, trader: UUID) -> None:
    rule = "Never risk more than 1% of my account"
    await rules(journal, trader, rule)
    await ann.writes("/account add apex2 40000")
    await ann.writes("long 2 nq 18250 > 18290 stop 18230")
    await ann.writes("yes")
    said = await ann.writes("/account apex2 size 50000")
    assert "Also changed" not in said[-1]
    assert (await verdicts(journal))[rule][0] == "unclear"


@pytest.mark.parametrize(
    ("rule", "asks_for", "verdict"),
    [
        ("Never risk more than 1% of my account", "Your account size is not known.", "violated"),
        ("Never risk more than 1% of my balance", "Your balance is not known.", "violated"),
        ("Max 1 contract in the funded phase", "Your account's phase is not known.", "violated"),
        ("Risk at most 10% of my daily loss limit", "Your daily loss limit is not known.", "violated"),
    ],
)
async def test_a_fact_of_a_further_account(
    journal: Journal, ann: Person, trader: UUID, rule: str, asks_for: str, verdict: str
) -> None:
    size = 50_000 if "limit" in rule else None
    await journal.db.execute(
        "insert into worker.accounts (user_id, name, account_size) values ($1, 'apex2', $2)", trader, size
    )
    await rules(journal, trader, rule)
    await ann.writes("long 2 nq 18250 > 18290 stop 18230 @apex2")
    await ann.writes("yes")
    judged, evidence = (await verdicts(journal))[rule]
    assert judged == "unclear"
    assert evidence.startswith(asks_for)
    await ann.writes(re.findall(r"'(/.+?)'", evidence)[0])
    await ann.writes("/audit")
    assert (await verdicts(journal))[rule][0] == verdict


async def test_a_stop_on_the_wrong_side_is_put_right_by_an_answer(journal: Journal, ann: Person, trader: UUID) -> None:
    rule = "At least 2R"
    await rules(journal, trader, rule)
    await ann.writes("long 2 nq 18250 > 18290 stop 18230 tp 18310", sent_at=TUESDAY)
    await ann.writes("yes")
    await journal.db.execute("update public.trades set stop_loss = 18270")
    await journal.db.execute("update worker.trade_facts set initial_stop = 18270")
    await ann.writes("/audit")
    evidence = (await verdicts(journal))[rule][1]
    assert (await verdicts(journal))[rule][0] == "unclear"
    assert evidence.endswith("as in 'stop 18230'.")
    await ann.writes("stop 18230", reply_to=await receipt_of(ann), sent_at=TUESDAY)
    await ann.writes("yes")
    assert (await verdicts(journal))[rule][0] == "followed"


async def test_the_first_stop_that_is_told_of_an_open_trade_is_the_one_that_counts(
    journal: Journal, ann: Person, trader: UUID
) -> None:
    """Moved to break-even later, it does not make the risk smaller than it was."""
    rule = "Risk at most $500 per trade"
    await rules(journal, trader, rule)
    await ann.writes("in long 2 nq 18250", sent_at=TUESDAY)
    await ann.writes("yes", sent_at=TUESDAY)
    for told in ("stop 18230", "stop 18245"):
        await ann.writes(told, reply_to=await receipt_of(ann), sent_at=TUESDAY)
        await ann.writes("yes", sent_at=TUESDAY)
    await ann.writes("out 18290", sent_at=TUESDAY)
    await ann.writes("yes", sent_at=TUESDAY)
    assert (await verdicts(journal))[rule] == ("violated", "Risk $800; limit $500.")
