"""worker.processes: which workers live, and whether one died lately."""

from db.outbox import PROCESS_LOCK
from db.pool import Connection

ADD_PROCESS = "insert into worker.processes default values returning id, pg_try_advisory_lock($1, id::integer)"
HOLD = "select pg_try_advisory_lock($1, $2)"
BURY = """
delete from worker.processes p where p.id <> $2 and not exists (
    select from pg_locks l where l.locktype = 'advisory' and l.classid = $1 and l.objid = p.id::oid
      and l.database = (select d.oid from pg_database d where d.datname = current_database()))
returning p.id
"""


async def join(connection: Connection) -> tuple[int, bool]:
    """Register this process on its direct connection, which must stay open; its id, and whether another died.

    The lock is taken before the row can be seen. A process that ends cleanly removes its row: a row without its lock
    is a crash.
    """
    process: int = await connection.fetchval(ADD_PROCESS, PROCESS_LOCK)
    dead = await connection.fetch(BURY, PROCESS_LOCK, process)
    return process, bool(dead)


async def hold_again(connection: Connection, process: int) -> bool:
    """After the direct connection was lost: the same id on a new one. False while the server keeps the old one."""
    held: bool = await connection.fetchval(HOLD, PROCESS_LOCK, process)
    return held


async def may_write(connection: Connection) -> bool:
    """False on a stand-by, and on an old primary that lives on read-only after a failover."""
    writes: bool = await connection.fetchval("select not current_setting('transaction_read_only')::boolean")
    return writes


async def leave(connection: Connection, process: int) -> None:
    await connection.execute("delete from worker.processes where id = $1", process)
    await connection.fetchval("select pg_advisory_unlock($1, $2)", PROCESS_LOCK, process)


async def try_lock(connection: Connection, name: str) -> bool:
    """Take the session advisory lock of a source that allows one reader."""
    held: bool = await connection.fetchval("select pg_try_advisory_lock(hashtextextended($1, 0))", name)
    return held


async def unlock(connection: Connection, name: str) -> None:
    await connection.fetchval("select pg_advisory_unlock(hashtextextended($1, 0))", name)
