"""A journal of any size: traders, their trades, days and messages, and what the worker's own tables hold of them.

Everything is told by numbers, so the same size is the same journal. Trades lie in the order of time, as in truth: a
trader's are scattered over the table. Indexes are built once the rows are there, triggers and foreign keys sleep
meanwhile; what comes out is what the worker itself would have written, but for the words.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import asyncpg

FIRST_CHAT_ID = 7_000_000_000
ACCOUNT = "bench"


@dataclass(frozen=True, slots=True)
class Size:
    """How many traders, each with one conversation, and trades; a trade has two messages.

    skew  2: few trade much (of a million the busiest a thousand times as much as the average), most trade little
          1: all trade alike
    """

    traders: int
    trades: int
    skew: int = 1

    @property
    def average(self) -> int:
        """The first of the traders about whom trades are as dense as on average."""
        return self.traders // 4 if self.skew == 2 else 0


TRADER = "md5('trader ' || {0})::uuid"
TRADE = "md5('trade ' || {0})::uuid"
DAY = "md5('day ' || {0} || ' ' || {1})::uuid"
OWNER = TRADER.format("trader")
"""Of a row of gen.trades."""

GENERATED = f"""
create schema gen;
create unlogged table gen.trades as
select i, trader, at, at::date as day, {TRADE.format("i")} as id, {OWNER} as user_id,
       ({FIRST_CHAT_ID} + trader)::text as chat_id, 18000 + i % 4000 as entry, (i * 7919 % 400 - 180)::numeric as pnl
from (select i, floor($traders * power((hashint8extended(i, 1) & 1073741823) / 1073741824.0, $skew))::bigint as trader,
             now() - interval '365 days' * (1 - i::float8 / $trades) - interval '2 hours' as at
      from generate_series(1::bigint, $trades) i) told;
create unlogged table gen.days as
select {DAY.format("trader", "day")} as id, user_id, day, trades, pnl, ends, ends - pnl as starts,
       greatest(50000, max(ends) over (partition by user_id order by day)) as high
from (select *, 50000 + sum(pnl) over (partition by trader order by day) as ends
      from (select trader, user_id, day, count(*) as trades, sum(pnl) as pnl
            from gen.trades group by trader, user_id, day) summed) chained;
analyze gen.trades;
"""

ROWS: dict[str, str] = {
    "auth.users": f"""(id, email)
        select {TRADER.format("n")}, 'trader' || n || '@example.com' from generate_series(0::bigint, $traders - 1) n""",
    "public.profiles": f"""(id, created_at, telegram_chat_id, account_size, daily_loss_limit_pct, max_drawdown_pct,
            max_daily_trades, journal_preferences)
        select {TRADER.format("n")}, now() - interval '400 days', ({FIRST_CHAT_ID} + n)::text, 50000, 2, 4, 20,
               '{{"language": "en"}}'
        from generate_series(0::bigint, $traders - 1) n""",
    "worker.chats": f"""(platform, account, chat_id, user_id, locale, last_inbound_at, turns)
        select 'telegram', '{ACCOUNT}', ({FIRST_CHAT_ID} + n)::text, {TRADER.format("n")}, 'en',
               now() - interval '1 day', 10
        from generate_series(0::bigint, $traders - 1) n""",
    "public.journal_conversations": f"""(user_id, platform, platform_chat_id)
        select {TRADER.format("n")}, 'telegram', ({FIRST_CHAT_ID} + n)::text
        from generate_series(0::bigint, $traders - 1) n""",
    "public.platform_link_codes": f"""(user_id, platform, code, used, created_at, expires_at)
        select {TRADER.format("n")}, 'telegram', 'VGL-' || n, true, now() - interval '400 days',
               now() - interval '400 days'
        from generate_series(0::bigint, $traders - 1) n""",
    "public.trading_rules": f"""(id, user_id, rule_text, sort_order)
        select md5('rule ' || n || ' ' || place)::uuid, {TRADER.format("n")}, text, place
        from generate_series(0::bigint, $traders - 1) n,
             (values (1, 'Max 3 contracts'), (2, 'No trades after 20:00')) rules (place, text)""",
    "worker.credit_months": f"""(user_id, month)
        select {TRADER.format("n")}, date_trunc('month', now())::date
        from generate_series(0::bigint, $traders - 1) n""",
    "public.referrals": f"""(id, referrer_id, referred_id, status, reward_applied)
        select md5('referral ' || n)::uuid, {TRADER.format("n - 1")}, {TRADER.format("n")}, 'rewarded', true
        from generate_series(1::bigint, $traders - 1, 2) n""",
    "worker.first_audits": f"""(user_id, referral_id, audited_at, settled_at)
        select {TRADER.format("n")}, case when n % 2 = 1 then md5('referral ' || n)::uuid end,
               now() - interval '300 days', case when n % 2 = 1 then now() end
        from generate_series(0::bigint, $traders - 1) n""",
    "worker.balance_changes": f"""(user_id, trade_date, kind, said, amount)
        select {TRADER.format("n")}, now()::date - 300, 'deposit', 0, 0
        from generate_series(0::bigint, $traders - 1, 5) n""",
    "worker.plans": f"""(id, user_id, plan, platform, account, chat_id, planned_at)
        select md5('plan ' || n)::uuid, {TRADER.format("n")}, '{{}}', 'telegram', '{ACCOUNT}',
               ({FIRST_CHAT_ID} + n)::text, now() - interval '1 hour' * (n % 160)
        from generate_series(1::bigint, $traders - 1, 20) n""",
    "public.daily_tracking": """(id, user_id, trade_date, starting_balance, ending_balance, daily_pnl, max_equity_high,
            trades_taken, daily_loss_used, drawdown_used, compliance_score)
        select id, user_id, day, starts, ends, pnl, high, trades, greatest(-pnl, 0), high - ends, 100
        from gen.days order by day""",
    "worker.tracked_days": """(daily_tracking_id, user_id, made, counted, starting_balance, traded)
        select id, user_id, true, true, starts, true from gen.days order by day""",
    "public.trades": f"""(id, user_id, daily_tracking_id, symbol, direction, entry_price, exit_price, exit_time,
            position_size, stop_loss, pnl, audit_status, audit_result, compliance_score, rules_followed,
            rules_violated, rules_unclear, has_overrides, source_type, created_at)
        select id, user_id, {DAY.format("trader", "day")}, (array['NQ', 'ES', 'MNQ', 'CL', 'GC'])[1 + i % 5], 'long',
               entry, entry + pnl, at, 2, entry - 20, pnl, 'audited', '{{"score": 100}}', 100, 2, 0, 0, false,
               'journal', at
        from gen.trades order by i""",
    "worker.trade_facts": f"""(trade_id, user_id, pnl_origin, initial_stop, platform, account, chat_id, source_id,
            created_at)
        select id, user_id, 'said', entry - 20, 'telegram', '{ACCOUNT}', chat_id, i || 'in', at
        from gen.trades order by i""",
    "worker.changes": """(user_id, kind, trade_id, after, created_at)
        select user_id, 'record', id, jsonb_build_object('trade', jsonb_build_object('id', id, 'user_id', user_id,
                   'symbol', 'NQ', 'direction', 'long', 'entry_price', entry, 'exit_price', entry + pnl, 'pnl', pnl,
                   'position_size', 2, 'stop_loss', entry - 20, 'created_at', at, 'exit_time', at), 'day', day,
                   'facts', jsonb_build_object('trade_id', id, 'is_open', false), 'legs', '[]'::jsonb), at
        from gen.trades order by i""",
    "worker.trade_legs": f"""(trade_id, user_id, size, exit_price, pnl, exit_time, daily_tracking_id, created_at)
        select id, user_id, 2, entry + pnl, pnl, at, {DAY.format("trader", "day")}, at
        from gen.trades where i % 20 = 0 order by i""",
    "worker.pictures_taken": """(trade_id, handle, user_id, bytes, taken_at)
        select id, 'picture ' || i, user_id, 200000, at from gen.trades where i % 10 = 0 order by i""",
    "worker.trade_pictures": """(trade_id, user_id, path)
        select id, user_id, user_id || '/' || id || '-2.png' from gen.trades where i % 50 = 0 order by i""",
    "public.trade_rule_verdicts": """(trade_id, rule_id, verdict, evidence, ai_confidence, created_at)
        select id, md5('rule ' || trader || ' 1')::uuid, 'followed', '2 contracts, at most 3 allowed', 5, at
        from gen.trades order by i""",
    "public.journal_messages": """(user_id, platform, direction, content_preview, trade_id, metadata, created_at)
        select user_id, 'telegram', direction, preview, case direction when 'outbound' then id end, '{}',
               at + place * interval '1 second'
        from gen.trades, (values (0, 'inbound', 'long 2 nq 18250 > 18290 stop 18230'),
                                 (1, 'outbound', 'Recorded: long 2 NQ 18250 > 18290, P&L +1,600.00'))
                         said (place, direction, preview)
        order by i, place""",
    "worker.inbox": f"""(platform, account, chat_id, external_id, user_id, status, received_at, handled_at)
        select 'telegram', '{ACCOUNT}', chat_id, i || 'in', user_id, 'done', at, at from gen.trades order by i""",
    "worker.outbox": f"""(platform, account, chat_id, user_id, trade_id, payload, status, tries, due_at, external_id,
            created_at, sent_at)
        select 'telegram', '{ACCOUNT}', chat_id, user_id, id,
               '{{"text": "Recorded: long 2 NQ 18250 > 18290, P&L +1,600.00. Send a chart, or skip."}}', 'sent', 1,
               at, i || 'out', at, at
        from gen.trades order by i""",
    "worker.audit_credits": """(trade_id, user_id, covered)
        select id, user_id, 3 from gen.trades where i % 5 = 0 order by i""",
    "worker.model_costs": """(user_id, purpose, provider, model, own_key, outcome, input_tokens, output_tokens, usd,
            seconds, asked_at)
        select user_id, 'audit', 'openai', 'model', false, 'answered', 900, 100, 0.001, 1.5, at
        from gen.trades where i % 5 = 0 order by i""",
    "worker.pgqueuer_log": """(created, job_id, status, priority, entrypoint, aggregated)
        select at, i, 'successful', 0, 'audit', true from gen.trades where i % 5 = 0 order by i""",
}
"""Table → what is inserted into it, in this order."""

SLEEP = "update pg_index set indisready = false, indisvalid = false where indrelid = $1::text::regclass"


async def load(connection: asyncpg.Connection, size: Size, tell: Callable[[str], None] = lambda _: None) -> None:
    """Fill a migrated, empty database, as its superuser. Minutes for millions; `tell` hears of each table."""
    await connection.execute("set session_replication_role = replica")  # no triggers, no foreign keys
    await connection.execute("set work_mem = '512MB'; set maintenance_work_mem = '1GB'; set synchronous_commit = off")
    await _told(connection, GENERATED, size, "the trades", tell)
    for table, rows in ROWS.items():
        await connection.execute(SLEEP, table)
        await _told(connection, f"insert into {table} {rows}", size, table, tell)
        await connection.execute(f"reindex table {table}")
        await connection.execute(f"vacuum analyze {table}")
    await connection.execute("drop schema gen cascade")
    for name in ("session_replication_role", "work_mem", "maintenance_work_mem", "synchronous_commit"):
        await connection.execute(f"reset {name}")


async def _told(
    connection: asyncpg.Connection, statement: str, size: Size, name: str, tell: Callable[[str], None]
) -> None:
    began = time.monotonic()
    for word, value in (("$traders", size.traders), ("$trades", size.trades), ("$skew", size.skew)):
        statement = statement.replace(word, str(value))
    await connection.execute(statement)
    tell(f"{name}: {time.monotonic() - began:.1f} s")
