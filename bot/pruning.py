"""What has had its time goes: each table by its setting, in small transactions that no turn waits for."""

from collections.abc import Mapping

import structlog

from bot.settings import Settings
from db import pool, pruning
from db.pruning import Pruned

log = structlog.get_logger(__name__)

MOST_PORTIONS = 200
"""Of one table in one run: what is left waits for the next."""
EXPORTS_KEPT = 8
"""Days, of charts too. A reply may be held for seven, and its file with it."""

IMPORTS_KEPT = 7
"""Days, of a file that was read and never saved. What was saved stays known, and can be taken back."""

TOLD_KEPT = 90
"""Days, of what was told unasked; far longer than anything is due."""


def kept_days(settings: Settings) -> Mapping[Pruned, int]:
    """How many days each is kept."""
    return {
        "link_codes": settings.keep_link_codes_days,
        "link_attempts": settings.keep_link_codes_days,
        "attempts": settings.keep_link_codes_days,
        "failed_messages": settings.keep_failed_days,
        "message_keys": settings.keep_message_keys_days,
        "replies": settings.keep_replies_days,
        "strangers": settings.keep_strangers_days,
        "dead_jobs": settings.keep_failed_days,
        "job_log": settings.keep_job_log_days,
        "job_statistics": settings.keep_job_log_days,
        "changes": settings.keep_changes_days,
        "exports": EXPORTS_KEPT,
        "charts": EXPORTS_KEPT,
        "imports": IMPORTS_KEPT,
        "told": TOLD_KEPT,
    }


async def prune(database: pool.Pool, settings: Settings) -> Mapping[str, int]:
    """Everything that is due; how many rows went, by what they were. Twice, or by two workers at once, does no harm."""
    gone: dict[str, int] = {}
    for what, days in kept_days(settings).items():
        gone[what] = await _prune(database, what, days)
    if settings.keep_message_log_days is not None:
        gone["messages"] = await _prune_messages(database, settings.keep_message_log_days)
    return {what: rows for what, rows in gone.items() if rows}


async def _prune(database: pool.Pool, what: Pruned, days: int) -> int:
    rows = 0
    for _ in range(MOST_PORTIONS):
        async with pool.acquired(database) as connection:
            portion = await pruning.prune(connection, what, days)
        rows += portion
        if not portion:
            break
    return rows


async def _prune_messages(database: pool.Pool, days: int) -> int:
    rows, last = 0, None
    while True:
        async with pool.acquired(database) as connection:
            reached, portion = await pruning.prune_messages(connection, days, last)
        rows += portion
        if reached is None:
            return rows
        if portion < pruning.PORTION:
            last = reached
