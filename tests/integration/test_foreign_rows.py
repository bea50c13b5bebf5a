"""Rows that pointed at another's before clients were stopped from it: nothing of the other's comes out in a chat."""

from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from tests.auditing import COMPUTED, add_rules
from tests.integration.databases import acting_as, sign_up
from tests.journaling import Person, journaling

SAID = (
    "/override", "/override 1", "/trades", "/rules", "/rules history 1", "/rules history 2", "/limits", "/balance",
    "/account", "/drafts", "/plans", "/audit", "short 1 es 5300 > 5290", "yes", "/skip", "/undo", "/redo",
    "/rest yesterday",
)  # fmt: skip
SECRETS = ("zq secret", "ZQSECRET", "987654", "987,654", "TRADOVATE-ZQ")

VICTIM = """
insert into public.trading_rules (user_id, rule_text) values ($1, 'zq secret of a rule');
insert into public.daily_tracking (user_id, trade_date, daily_pnl, starting_balance, ending_balance)
    values ($1, current_date, 987654, 987654, 987654);
insert into public.broker_connections (user_id, broker_type, auth_type, display_name)
    values ($1, 'tradovate', 'oauth', 'TRADOVATE-ZQ');
insert into public.trades (user_id, symbol, pnl, daily_tracking_id)
    select $1, 'ZQSECRET', 987654, id from public.daily_tracking where user_id = $1;
insert into public.trade_rule_verdicts (trade_id, rule_id, verdict, evidence)
    select t.id, r.id, 'violated', 'zq secret of a verdict' from public.trades t, public.trading_rules r
    where t.user_id = $1 and r.user_id = $1;
"""
# $1 the attacker, $2 the victim
PLANTED = """
update public.trades set daily_tracking_id = (select id from public.daily_tracking where user_id = $2),
    source_connection_id = (select id from public.broker_connections where user_id = $2) where user_id = $1;
insert into public.trade_rule_verdicts (trade_id, rule_id, verdict, evidence)
    select t.id, r.id, 'violated', 'planted' from public.trades t, public.trading_rules r
    where t.user_id = $1 and r.user_id = $2;
insert into public.trade_rule_verdicts (trade_id, rule_id, verdict, evidence)
    select t.id, r.id, 'violated', 'planted' from public.trades t, public.trading_rules r
    where t.user_id = $2 and r.user_id = $1;
update public.trading_rules set previous_version_id = (select id from public.trading_rules where user_id = $2 limit 1)
    where user_id = $1;
"""
KEPT = "select string_agg(t::text, ';' order by t::text) from public.{} t where t.user_id = $1"


async def run(db: asyncpg.Connection, script: str, *people: UUID) -> None:
    for statement in script.split(";\n"):
        if statement.strip():
            used = people[: 1 + ("$2" in statement)]
            await db.execute(statement, *used)


async def kept(db: asyncpg.Connection, user: UUID) -> list[str]:
    return [await db.fetchval(KEPT.format(t), user) for t in ("trades", "daily_tracking", "trading_rules")]


async def test_nothing_of_the_other_is_told_or_touched(dsn: str, tmp_path: Path, trader: UUID) -> None:
    async with journaling(dsn, tmp_path, jobs=True, sweep_seconds=0.2) as journal:
        victim = await sign_up(journal.db, "victim@example.com")
        await run(journal.db, VICTIM, victim)
        ann = await Person(journal, "4001").binds(trader)
        await journal.db.execute("update public.profiles set account_size = 50000, daily_loss_limit_pct = 2")
        await add_rules(journal.db, trader, COMPUTED, "Max 3 trades a day")
        await ann.records()
        await run(journal.db, PLANTED, trader, victim)
        before = await kept(journal.db, victim)
        told = "\n".join([text for said in SAID for text in await ann.writes(said)])
        assert [secret for secret in SECRETS if secret in told] == []
        assert "NQ" in told
        assert await kept(journal.db, victim) == before
        assert await journal.rows("select error from worker.inbox where status = 'failed'") == []


async def test_a_trade_of_another_keeps_no_day_from_being_deleted(dsn: str, tmp_path: Path, trader: UUID) -> None:
    async with journaling(dsn, tmp_path, jobs=True, sweep_seconds=0.2) as journal:
        victim = await sign_up(journal.db, "victim@example.com")
        await run(journal.db, VICTIM, victim)
        await journal.db.execute("insert into public.trades (user_id, symbol) values ($1, 'NQ')", trader)
        await run(journal.db, PLANTED, trader, victim)
        await (await Person(journal, "4002").binds(victim)).writes("/delete_me DELETE")
        await journal.until("select not exists (select from worker.deletions)")
        assert await journal.count("public.daily_tracking") == 0
        assert await journal.rows("select user_id from public.trades") == [{"user_id": trader}]


async def test_nobody_takes_the_id_of_a_trade_first(dsn: str, tmp_path: Path, trader: UUID) -> None:
    """Who knows a profile's id, as the two of a referral do of each other, can compute those of the trades to come."""
    take = "insert into public.trades (id, user_id) values ($1, $2)"
    async with journaling(dsn, tmp_path) as journal:
        mallory = await sign_up(journal.db, "mallory@example.com")
        ann = await Person(journal, "4001").binds(trader)
        trade = await ann.records()
        await ann.writes("/undo")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="of the worker's own kind"):
            async with acting_as(journal.db, mallory):
                await journal.db.execute(take, trade, mallory)
        await ann.writes("/redo")
        assert await journal.row("select id, user_id from public.trades") == {"id": trade, "user_id": trader}
