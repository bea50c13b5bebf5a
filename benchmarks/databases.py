"""The databases of a measurement: one server, fsync on, and for each contender a database of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from benchmarks.script import CHATS, FIRST_CHAT_ID
from db.embedded import embedded_server
from db.migrations import migrate

SIGN_UP = """
insert into auth.users (id, email) select gen_random_uuid(), 'trader' || n || '@example.com'
from generate_series(0, $1::int - 1) n
"""
BIND = """
update public.profiles p set telegram_chat_id = ($1::bigint + substring(u.email from '\\d+')::bigint)::text,
    account_size = 50000, daily_loss_limit_pct = 2, max_drawdown_pct = 4, max_daily_trades = 20
from auth.users u where u.id = p.id
"""
ARRIVE = """
insert into worker.chats (platform, account, chat_id, user_id)
select 'telegram', 'bench', p.telegram_chat_id, p.id from public.profiles p where p.telegram_chat_id is not null
"""
RULES = (
    "insert into public.trading_rules (user_id, rule_text, sort_order) select id, 'Max 3 contracts', 1 from profiles"
)


@dataclass(frozen=True, slots=True)
class Databases:
    """Addresses; all but the bare peer's hold the journal with the same traders."""

    vigil: str
    floor: str
    peer: str
    bare: str


@asynccontextmanager
async def served() -> AsyncIterator[Databases]:
    """A server in a temporary folder, as `vigil run` starts it. Refuses to measure one that is not durable."""
    with TemporaryDirectory(prefix="vigil-bench-") as folder:
        Path(folder).chmod(0o711)  # as root the server is another user, who must be able to pass
        async with embedded_server(Path(folder) / "data") as dsn:
            await migrate(dsn, plain=True)
            connection = await asyncpg.connect(dsn)
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                assert await connection.fetchval("select current_setting($1)", name) == "on", name
            await connection.execute(SIGN_UP.replace("$1", str(CHATS)))
            await connection.execute(BIND.replace("$1", str(FIRST_CHAT_ID)))
            await connection.execute(ARRIVE)
            await connection.execute(RULES)
            await connection.execute("analyze auth.users, public.profiles, public.trading_rules")
            await connection.close()
            yield await _copied(dsn)


async def _copied(dsn: str) -> Databases:
    base, _, options = dsn.partition("?")
    address, _, name = base.rpartition("/")
    server = await asyncpg.connect(f"{address}/postgres?{options}")
    for copy in ("floor", "peer"):
        await server.execute(f"create database {copy} template {name}")
    await server.execute("create database bare")
    await server.close()
    return Databases(dsn, *(f"{address}/{name}?{options}" for name in ("floor", "peer", "bare")))
