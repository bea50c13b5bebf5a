"""Every constraint of `public` takes what it should and refuses what it should, by its name; none is forgotten."""

import asyncpg
import pytest

from tests.integration.conftest import Filled
from tests.integration.rows import Table, clear

NOT_NULL = {
    "announcement_dismissals": "id",
    "announcements": "id title body",
    "anonymous_audits": "id ip_hash result_hash firm_id audit_result expires_at",
    "broker_connections": "id user_id broker_type auth_type status created_at updated_at",
    "daily_tracking": "id user_id trade_date",
    "email_leads": "id email",
    "journal_conversations": "id user_id platform platform_chat_id state updated_at",
    "journal_messages": "id user_id platform direction content_type created_at",
    "platform_link_codes": "id user_id platform code created_at expires_at",
    "profiles": "id created_at updated_at",
    "quiz_completions": "id market style budget priority trailing_dd_ok recommended_firm recommended_score all_scores",
    "referrals": "id",
    "shared_results": "id result_hash",
    "strategy_analyses": "id",
    "sync_logs": "id connection_id started_at status",
    "trade_marks": "trade_id user_id tags",
    "trade_rule_verdicts": "id trade_id rule_id created_at",
    "trades": "id user_id created_at",
    "trading_rules": "id user_id rule_text created_at updated_at",
}
UNIQUE = {
    "announcement_dismissals": "_pkey _user_id_announcement_id_key",
    "announcements": "_pkey",
    "anonymous_audits": "_pkey _result_hash_key",
    "broker_connections": "_pkey _user_id_broker_type_display_name_key",
    "daily_tracking": "_pkey _user_id_trade_date_key",
    "email_leads": "_pkey _email_key",
    "journal_conversations": "_pkey _user_id_platform_key",
    "journal_messages": "_pkey",
    "platform_link_codes": "_pkey _code_key",
    "profiles": "_pkey _journal_address idx_profiles_telegram_chat idx_profiles_discord_user"
    " idx_profiles_whatsapp_phone",
    "quiz_completions": "_pkey",
    "referrals": "_pkey _referred_id_key",
    "shared_results": "_pkey _result_hash_key",
    "strategy_analyses": "_pkey",
    "sync_logs": "_pkey",
    "trade_marks": "_pkey",
    "trade_rule_verdicts": "_pkey",
    "trades": "_pkey idx_trades_external_dedup",
    "trading_rules": "_pkey",
}
"""What begins with `_` has the table's name before it."""

GOES, FREED, HOLDS = "the row goes, too", "the reference is set to null", "the other row cannot be deleted"
FOREIGN_KEYS = {
    "announcement_dismissals": {"announcement_id": GOES, "user_id": GOES},
    "broker_connections": {"user_id": GOES},
    "daily_tracking": {"user_id": GOES},
    "journal_conversations": {"user_id": GOES},
    "journal_messages": {"trade_id": FREED, "user_id": GOES},
    "platform_link_codes": {"user_id": GOES},
    "profiles": {"id": GOES},
    "referrals": {"referred_id": GOES, "referrer_id": GOES},
    "strategy_analyses": {"parent_analysis_id": HOLDS, "user_id": GOES},
    "sync_logs": {"connection_id": GOES},
    "trade_marks": {"trade_id": GOES, "user_id": GOES},
    "trade_rule_verdicts": {"rule_id": GOES, "trade_id": GOES},
    "trades": {"daily_tracking_id": FREED, "source_connection_id": FREED, "user_id": GOES},
    "trading_rules": {"previous_version_id": FREED, "user_id": GOES},
}
PLATFORMS = "telegram discord whatsapp email"
CHECKS = {
    "announcements": {"type": "info feature warning | urgent"},
    "broker_connections": {
        "auth_type": "oauth credentials api_key file_upload | password",
        "broker_type": "metatrader4 metatrader5 tradovate ctrader rithmic dxtrade match_trader ninjatrader tradingview"
        " | metatrader6",
        "status": "pending active error disconnected token_expired | paused",
    },
    "daily_tracking": {"day_status": "trading rest_day gap | holiday"},
    "journal_conversations": {
        "platform": f"{PLATFORMS} | sms",
        "state": "idle awaiting_confirmation awaiting_screenshot awaiting_details | waiting",
    },
    "journal_messages": {
        "content_type": "text image command system | voice",
        "direction": "inbound outbound | sideways",
        "platform": f"{PLATFORMS} | sms",
    },
    "platform_link_codes": {"platform": f"{PLATFORMS} | sms"},
    "profiles": {"subscription_status": "free trial trialing active cancelled expired past_due | vip"},
    "referrals": {"status": "pending completed rewarded | paid"},
    "sync_logs": {"status": "running success partial error | stuck"},
    "trade_marks": {"tags": "{} {1,2,3,4,5,6,7,8,9,10} | {1,2,3,4,5,6,7,8,9,10,11}"},
    "trade_rule_verdicts": {"ai_confidence": "1 2 3 4 5 | 0 6", "verdict": "followed violated unclear | maybe"},
    "trades": {
        "audit_status": "pending audited skipped | judged",
        "source_type": "csv_import broker_sync manual journal | email",
    },
    "trading_rules": {"category": "entry exit risk timing | size"},
}
"""Column → values that it takes | values that it refuses."""


class Field:
    """One table, emptied, to put rows into; what is refused leaves no trace."""

    def __init__(self, filled: Filled, table: Table) -> None:
        self.filled, self.db, self.table, self.name = filled, filled.db, table, table.name

    async def put(self, *, n: int = 1, of_two: bool = False, **given: str) -> None:
        owner = self.filled.two if of_two else self.filled.one
        await self.db.execute(await self.table.insertion(self.db, owner, n, given))

    async def is_refused(self, constraint: str, *, n: int = 1, of_two: bool = False, **given: str) -> None:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as raised:
            async with self.db.transaction():
                await self.put(n=n, of_two=of_two, **given)
        assert constraint in (raised.value.constraint_name, raised.value.column_name)


async def field(filled: Filled, table: str) -> Field:
    await clear(filled.db, table)
    return Field(filled, await Table.load(filled.db, table))


@pytest.mark.parametrize("table", NOT_NULL)
async def test_what_must_be_there(filled: Filled, table: str) -> None:
    rows = await field(filled, table)
    for column in NOT_NULL[table].split():
        await rows.is_refused(column, **{column: "null"})
    await rows.put()


COLUMNS_OF = """
select array_agg(a.attname order by a.attnum) from pg_index i
join pg_attribute a on a.attrelid = i.indrelid
    and (a.attnum = any (i.indkey) or pg_get_indexdef(i.indexrelid) like '%lower(' || a.attname || ')%')
where i.indexrelid = $1::regclass and i.indisunique
"""


@pytest.mark.parametrize(("table", "key"), [(table, key) for table, keys in UNIQUE.items() for key in keys.split()])
async def test_what_there_is_once(filled: Filled, table: str, key: str) -> None:
    """The second row differs in all but the key; the third in the key, too. Case makes no other journal address."""
    name = f"{table}{key}" if key.startswith("_") else key
    columns = await filled.db.fetchval(COLUMNS_OF, name)
    rows = await field(filled, table)
    texts = {column["name"] for column in rows.table.columns if column["type"] == "text"}
    await rows.put(**{column: "'Key'" for column in columns if column in texts and not _is_listed(table, column)})
    same = {column: f"(select {column} from {table})" for column in columns}
    if name == "profiles_journal_address":
        same = {columns[0]: "'KEY'"}
    await rows.is_refused(name, n=4, of_two=True, **same)
    await rows.put(n=4, of_two=True)


def _is_listed(table: str, column: str) -> bool:
    return column in CHECKS.get(table, {})


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table, columns in FOREIGN_KEYS.items() for column in columns]
)
async def test_what_is_referred_to(filled: Filled, table: str, column: str) -> None:
    db, then = filled.db, FOREIGN_KEYS[table][column]
    other = await db.fetchval(
        "select confrelid::regclass::text from pg_constraint where conname = $1", f"{table}_{column}_fkey"
    )
    if other == table:
        await db.execute(f"delete from {table} where user_id = $1", filled.two)
        rows, given = Field(filled, await Table.load(db, table)), {column: f"(select id from {table})"}
    else:
        rows, given = await field(filled, table), {}
    await rows.is_refused(f"{table}_{column}_fkey", **{column: "gen_random_uuid()"})
    await rows.put(**given)
    (row,) = await db.fetch(f"select ctid, {column} as other from {table} where {column} is not null")
    delete = db.execute(f"delete from {other} where id = $1", row["other"])
    if then is HOLDS:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await delete
        return
    await delete
    left = await db.fetch(f"select {column} as other from {table}")
    assert [row["other"] for row in left] == ([None] if then is FREED else [])


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table, columns in CHECKS.items() for column in columns]
)
async def test_what_may_be_said(filled: Filled, table: str, column: str) -> None:
    taken, _, refused = CHECKS[table][column].partition("|")
    for value in taken.split():
        rows = await field(filled, table)
        await rows.put(**{column: f"'{value}'"})
    rows = await field(filled, table)
    for value in refused.split():
        await rows.is_refused(f"{table}_{column}_check", **{column: f"'{value}'"})


async def test_nobody_refers_themselves(filled: Filled) -> None:
    rows = await field(filled, "referrals")
    await rows.is_refused("referrals_of_another", referrer_id=f"'{filled.one}'")
    await rows.put(referrer_id=f"'{filled.two}'")


def exercised() -> set[tuple[str, str]]:
    """(table, what) of all of the above."""
    found = {("referrals", "referrals_of_another")}
    found |= {(table, f"{column} is not null") for table, columns in NOT_NULL.items() for column in columns.split()}
    found |= {(t, f"{t}{key}" if key.startswith("_") else key) for t, keys in UNIQUE.items() for key in keys.split()}
    found |= {(table, f"{table}_{column}_fkey") for table, columns in FOREIGN_KEYS.items() for column in columns}
    found |= {(table, f"{table}_{column}_check") for table, columns in CHECKS.items() for column in columns}
    return found


async def test_none_is_forgotten(connection: asyncpg.Connection) -> None:
    rows = await connection.fetch("""
        select c.relname, k.conname as what from pg_constraint k join pg_class c on c.oid = k.conrelid
        where k.connamespace = 'public'::regnamespace and k.contype in ('p', 'u', 'f', 'c', 'x')
        union select c.relname, i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid
        where c.relnamespace = 'public'::regnamespace and i.indisunique
        union select c.relname, a.attname || ' is not null' from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and a.attnotnull
            and not a.attisdropped
    """)
    assert {tuple(row) for row in rows} == exercised()
    assert len(exercised()) == 152
