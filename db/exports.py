"""worker.exports and what they hold: a trader's rows for a file, and the file on its way to them.

What is handed over is named column by column: credentials, keys, hashes and the links made of them stand in none of
these queries.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from db.pool import Connection

PART: Final = 1024 * 1024
"""Bytes of a file in one row."""
FETCHED: Final = 500
"""Rows that are in memory at a time."""

# Each names the trader on every table it joins.
TABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "profile": """
select u.email, p.created_at, p.subscription_status, p.subscription_plan, p.subscription_period_end, p.trial_ends_at,
    p.free_audits_remaining, p.prop_firm, p.firm_id, p.account_size, p.challenge_phase, p.daily_loss_limit_pct,
    p.daily_loss_type, p.max_drawdown_pct, p.max_drawdown_type, p.profit_target_pct, p.max_daily_trades, p.ai_provider,
    p.current_streak_days, p.longest_streak_days, p.last_audit_date, p.trading_rules, p.journal_preferences,
    p.telegram_chat_id, p.discord_user_id, p.whatsapp_phone, p.gmail_journal_address, p.onboarding_complete,
    p.has_byok_key, p.updated_at, p.utm_source_first, p.utm_medium_first, p.utm_campaign_first, p.utm_source_last,
    p.utm_medium_last, p.utm_campaign_last
from public.profiles p left join auth.users u on u.id = p.id where p.id = $1
""",
        "trades": """
select t.id, t.created_at, t.symbol, t.direction, t.position_size, t.entry_price, t.exit_price, t.entry_time,
    t.exit_time, t.stop_loss, t.take_profit, t.pnl, f.pnl_basis, f.pnl_origin, t.commissions,
    coalesce(a.name, 'main') as account, coalesce(d.trade_date, ad.trade_date) as day,
    coalesce(f.is_open, false) as is_open, f.open_size, f.initial_stop, f.note,
    array_to_string(m.tags, ' ') as tags, m.setup, m.mood, m.mistake, t.source_type, t.external_id,
    t.screenshot_quality, t.audit_status,
    t.audit_provider, t.compliance_score, t.rules_followed, t.rules_violated, t.rules_unclear, t.has_overrides,
    f.copy_of, t.audit_result
from public.trades t
left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
left join public.trade_marks m on m.trade_id = t.id and m.user_id = t.user_id
left join worker.accounts a on a.id = f.account_id and a.user_id = t.user_id
left join worker.account_days ad on ad.id = f.account_day_id and ad.user_id = t.user_id
left join public.daily_tracking d on d.id = t.daily_tracking_id and d.user_id = t.user_id
where t.user_id = $1 order by t.created_at, t.id
""",
        "partial_closes": """
select l.trade_id, l.size, l.exit_price, l.exit_time, l.pnl, l.created_at
from worker.trade_legs l join public.trades t on t.id = l.trade_id and t.user_id = l.user_id
where l.user_id = $1 order by l.created_at, l.id
""",
        "verdicts": """
select v.trade_id, v.rule_id, r.rule_text, v.verdict, v.severity, v.evidence, v.ai_confidence, v.is_overridden,
    v.original_verdict, v.override_reason, v.created_at
from public.trades t
join public.trade_rule_verdicts v on v.trade_id = t.id
left join public.trading_rules r on r.id = v.rule_id and r.user_id = t.user_id
where t.user_id = $1 order by t.created_at, t.id, v.id
""",
        "rules": """
select r.id, r.rule_text, r.category, r.is_active, r.sort_order, r.version, r.previous_version_id, r.quality_grade,
    r.win_rate, r.avg_pnl, r.sample_count, r.last_graded_at, r.created_at, r.updated_at
from public.trading_rules r where r.user_id = $1 order by r.sort_order, r.created_at, r.id
""",
        "days": """
select 'main' as account, d.trade_date, d.day_status, d.starting_balance, d.ending_balance, d.daily_pnl,
    d.max_equity_high, d.trades_taken, d.daily_loss_used, d.drawdown_used, d.compliance_score
from public.daily_tracking d where d.user_id = $1
union all
select a.name, d.trade_date, d.day_status, d.starting_balance, d.ending_balance, d.daily_pnl, d.max_equity_high,
    d.trades_taken, d.daily_loss_used, d.drawdown_used, d.compliance_score
from worker.account_days d join worker.accounts a on a.id = d.account_id and a.user_id = d.user_id
where d.user_id = $1 order by trade_date, account
""",
        "accounts": """
select a.name, a.firm, a.account_size, a.challenge_phase, a.currency, a.day_zone, a.day_hour, a.daily_loss_limit_pct,
    a.daily_loss_type, a.max_drawdown_pct, a.max_drawdown_type, a.profit_target_pct, a.max_daily_trades, a.closed_at,
    a.created_at
from worker.accounts a where a.user_id = $1 order by a.created_at, a.id
""",
        "balances": """
select coalesce(a.name, 'main') as account, b.trade_date, b.kind, b.said, b.created_at
from worker.balance_changes b left join worker.accounts a on a.id = b.account_id and a.user_id = b.user_id
where b.user_id = $1 order by b.created_at, b.id
""",
        "plans": """
select p.id, p.planned_at, p.filled_by, p.plan from worker.plans p where p.user_id = $1 order by p.created_at, p.id
""",
        "drafts": """
select c.platform, c.state, c.pending_trade, c.updated_at
from public.journal_conversations c where c.user_id = $1 order by c.platform
""",
        "messages": """
select m.created_at, m.platform, m.direction, m.content_type, m.content_preview, m.trade_id
from public.journal_messages m where m.user_id = $1 order by m.created_at, m.id
""",
        "strategies": """
select s.id, s.created_at, s.user_description, s.extracted_rules, s.overall_backtestability, s.pine_script,
    s.pine_script_version, s.backtest_imported, s.backtest_results, s.fitness_analysis, s.iteration_number,
    s.parent_analysis_id, s.updated_at
from public.strategy_analyses s where s.user_id = $1 order by s.created_at, s.id
""",
        "brokers": """
select b.id, b.broker_type, b.auth_type, b.display_name, b.status, b.last_sync_at, b.sync_interval_minutes,
    b.trades_synced_total, b.created_at, b.updated_at
from public.broker_connections b where b.user_id = $1 order by b.created_at, b.id
""",
        "syncs": """
select l.connection_id, l.started_at, l.completed_at, l.status, l.trades_fetched, l.trades_new, l.trades_duplicate,
    l.duration_ms
from public.sync_logs l join public.broker_connections b on b.id = l.connection_id
where b.user_id = $1 order by l.started_at, l.id
""",
        "shared": """
select s.trade_id, s.shared_at, r.strategy_summary, r.pnl_percent, r.stats, r.views
from worker.shares s join public.shared_results r on r.id = s.result_id
where s.user_id = $1 order by s.shared_at, s.result_id
""",
        "tries": """
select a.created_at, a.expires_at, a.firm_id, a.audit_result
from public.anonymous_audits a where a.claimed_by = $1 order by a.created_at, a.id
""",
        # Who the other one is, is not the trader's to be given.
        "referrals": """
select case when r.referrer_id = $1 then 'referred somebody' else 'was referred' end as part, r.status,
    r.reward_applied, r.created_at
from public.referrals r where r.referrer_id = $1 or r.referred_id = $1 order by r.created_at, r.id
""",
        "dismissed": """
select a.title, d.dismissed_at
from public.announcement_dismissals d join public.announcements a on a.id = d.announcement_id
where d.user_id = $1 order by d.dismissed_at, d.id
""",
    }
)
"""By the name of the file."""


async def columns_of(connection: Connection, table: str) -> list[str]:
    """The columns of a table's file, in their order."""
    statement = await connection.prepare(TABLES[table])
    return [column.name for column in statement.get_attributes()]


@dataclass(frozen=True, slots=True)
class Days:
    """The trading days that an export is limited to, both ends counted. `zone`: the trader's, for what has no day."""

    first: date
    last: date
    zone: str


TRADES_OF_DAYS: Final = """
(select t.id from public.trades t
 left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
 left join worker.account_days ad on ad.id = f.account_day_id and ad.user_id = t.user_id
 left join public.daily_tracking d on d.id = t.daily_tracking_id and d.user_id = t.user_id
 where t.user_id = $1 and coalesce(d.trade_date, ad.trade_date,
    (coalesce(t.exit_time, t.entry_time, t.created_at) at time zone $4)::date) between $2 and $3)
"""
OF_DAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "trades": f"row_.id in {TRADES_OF_DAYS}",
        "partial_closes": f"row_.trade_id in {TRADES_OF_DAYS}",
        "verdicts": f"row_.trade_id in {TRADES_OF_DAYS}",
        "days": "row_.trade_date between $2 and $3",
        "balances": "row_.trade_date between $2 and $3",
        "plans": "(row_.planned_at at time zone $4)::date between $2 and $3",
        "messages": "(row_.created_at at time zone $4)::date between $2 and $3",
    }
)
"""What of a table belongs to a period; tables that are not here go whole."""


async def rows_of(connection: Connection, table: str, user_id: UUID, days: Days | None = None) -> AsyncIterator[str]:
    """A table's rows for its file, each as JSON with every digit: other writers may have put there what no type of the
    driver holds. In the caller's transaction."""
    query = f"select row_to_json(row_)::text as row from ({TABLES[table]}) row_"
    limit = OF_DAYS.get(table) if days is not None else None
    async for row in _limited(connection, query, limit, user_id, days):
        yield row["row"]


async def _limited(
    connection: Connection, query: str, limit: str | None, user_id: UUID, days: Days | None
) -> AsyncIterator[Any]:
    """A query of one trader, `limit`: the condition that its days put on it."""
    values: list[object] = [user_id]
    if limit is not None and days is not None:
        query = f"{query} where {limit}"
        values += [days.first, days.last]
        values += [days.zone] if "$4" in limit else []
    async for row in connection.cursor(query, *values, prefetch=FETCHED):
        yield row


PICTURES: Final = """
select trade_id, url, path from (
    select t.id as trade_id, t.screenshot_url as url, null as path, t.created_at, 0 as place
    from public.trades t where t.user_id = $1 and t.screenshot_url is not null
    union all
    select p.trade_id, null, p.path, t.created_at, p.id from worker.trade_pictures p
    join public.trades t on t.id = p.trade_id and t.user_id = p.user_id
    where p.user_id = $1) pictures
order by created_at desc, trade_id, place
"""


async def pictures_of(
    connection: Connection, user_id: UUID, days: Days | None = None
) -> AsyncIterator[tuple[UUID, str | None, str | None]]:
    """The pictures of the trades, those of the newest first: the trade, and the screenshot_url or the path."""
    limit = f"picture.trade_id in {TRADES_OF_DAYS}" if days is not None else None
    query = f"select picture.* from ({PICTURES}) picture"
    async for row in _limited(connection, query, limit, user_id, days):
        yield row["trade_id"], row["url"], row["path"]


ASKED = """
select count(*) filter (where asked_at > now() - interval '24 hours')::integer as today,
    coalesce(bool_or(made_at is null and asked_at > now() - interval '1 hour'), false) as under_way
from worker.exports where user_id = $1 and asked_at > now() - interval '25 hours'
"""


async def asked(connection: Connection, user_id: UUID) -> tuple[int, bool]:
    """How many exports were asked for within 24 hours, and whether one is being made."""
    row = await connection.fetchrow(ASKED, user_id)
    assert row is not None  # noqa: S101 - an aggregate gives one row
    return row["today"], row["under_way"]


async def begin(connection: Connection, user_id: UUID) -> UUID:
    """Note that an export was asked for, in the turn's transaction; its id."""
    export_id: UUID = await connection.fetchval(
        "insert into worker.exports (user_id) values ($1) returning id", user_id
    )
    return export_id


IS_WANTED = "select true from worker.exports where id = $1 and user_id = $2 and made_at is null"


async def is_wanted(connection: Connection, export_id: UUID, user_id: UUID) -> bool:
    """It was not made before, and nobody has deleted the journal since."""
    return bool(await connection.fetchval(IS_WANTED, export_id, user_id))


async def keep_part(connection: Connection, export_id: UUID, part: int, data: bytes) -> None:
    await connection.execute("insert into worker.export_parts values ($1, $2, $3)", export_id, part, data)


async def lock_wanted(connection: Connection, export_id: UUID, user_id: UUID) -> bool:
    """As is_wanted, and it stays so for this transaction: a deletion of the journal waits, or was first."""
    return bool(await connection.fetchval(f"{IS_WANTED} for update", export_id, user_id))


async def made(connection: Connection, export_id: UUID, outbox_id: int) -> None:
    """The file is whole and goes with this reply."""
    await connection.execute(
        "update worker.exports set made_at = now(), outbox_id = $2 where id = $1", export_id, outbox_id
    )


async def file_of(connection: Connection, export_id: UUID) -> bytes | None:
    """The file, while it is on its way."""
    rows = await connection.fetch("select data from worker.export_parts where export_id = $1 order by part", export_id)
    return b"".join(row["data"] for row in rows) if rows else None


# Not at once: a link that was sent works for some minutes, and whether a reply arrived may be told late.
DROP_FILES = """
delete from worker.export_parts p using worker.exports e
where p.export_id = e.id and e.made_at < now() - interval '15 minutes' and not exists (
    select from worker.outbox o where o.id = e.outbox_id
        and (o.status in ('pending', 'held') or o.sent_at > now() - interval '15 minutes'))
"""


async def drop_files(connection: Connection) -> None:
    """Delete the files whose replies were sent 15 minutes ago, or will not be sent."""
    await connection.execute(DROP_FILES)


async def forget(connection: Connection, export_id: UUID) -> bool:
    """It cannot be made, and counts for nothing; False where it is not wanted any more."""
    status = await connection.execute("delete from worker.exports where id = $1 and made_at is null", export_id)
    return status == "DELETE 1"
