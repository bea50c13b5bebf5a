"""What comes round by the clock, whoever of many workers takes it: every run does only what is still to be done, so one
that was missed, or ran twice, does no harm. Times of the cron expressions are UTC."""

from collections.abc import Mapping
from datetime import UTC, datetime

import structlog

from bot.deleting import take_up
from bot.gap_days import mark_gaps
from bot.jobs import Schedule
from bot.pruning import prune
from bot.retention import Retention
from bot.settings import Settings
from bot.spending import KEPT_DAYS
from db import budgets, credits, exports, plans, pool

log = structlog.get_logger(__name__)


def schedules_of(database: pool.Pool, settings: Settings) -> Mapping[str, Schedule]:
    """By name; the names stand in the engine's table of schedules and in the metrics."""

    async def gap_days() -> None:
        """Hourly, as the sessions of traders all over the world end at every hour."""
        if marked := await mark_gaps(database, datetime.now(UTC)):
            log.info("gap days marked", days=marked)

    async def monthly_credits() -> None:
        """Hourly, though it is due once a month: a worker that was away on the first makes up for it."""
        async with pool.acquired(database) as connection:
            raised = await credits.top_up_credits(connection, datetime.now(UTC))
        if raised:
            log.info("free audits topped up", profiles=raised)

    async def model_costs() -> None:
        """Daily: what calls of the model cost is kept for so many days."""
        async with pool.acquired(database) as connection:
            forgotten = await budgets.forget_model_calls(connection, KEPT_DAYS)
        if forgotten:
            log.info("costs of old calls of the model dropped", calls=forgotten)

    async def old_plans() -> None:
        """Hourly: what is older shows nowhere already."""
        async with pool.acquired(database) as connection:
            forgotten = await plans.forget_old(connection)
        if forgotten:
            log.info("plans forgotten that were never filled", plans=forgotten)

    async def pruning() -> None:
        """Hourly, so that it is little each time: what has had its time, as docs/data.md lists it."""
        if gone := await prune(database, settings):
            log.info("old rows dropped", **gone)

    async def export_files() -> None:
        """Every ten minutes: a file that has reached its trader stays no longer than the link to it works."""
        async with pool.acquired(database) as connection:
            await exports.drop_files(connection)

    async def deletions() -> None:
        """Every ten minutes: a journal that is being deleted, and whose job died of something, is gone on with."""
        await take_up(database)

    return {
        "gap_days": Schedule("7 * * * *", gap_days),
        "monthly_credits": Schedule("2 * * * *", monthly_credits),
        "old_plans": Schedule("12 * * * *", old_plans),
        "model_costs": Schedule("23 3 * * *", model_costs),
        "deletions": Schedule("*/10 * * * *", deletions),
        "export_files": Schedule("*/10 * * * *", export_files),
        "pruning": Schedule("37 * * * *", pruning),
    }


def retention_of(retention: Retention) -> Mapping[str, Schedule]:
    """What comes round for the screenshots, which are not in the database alone."""

    async def old_screenshots() -> None:
        """Every six hours: a run that an outage ended is made up for on the same day."""
        swept = await retention.run(datetime.now(UTC))
        if swept.total():
            log.info("screenshots removed", **swept)

    return {"old_screenshots": Schedule("41 */6 * * *", old_screenshots)}
