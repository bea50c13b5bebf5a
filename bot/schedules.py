"""What comes round by the clock, whoever of many workers takes it: every run does only what is still to be done, so one
that was missed, or ran twice, does no harm. Times of the cron expressions are UTC."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

import structlog

from bot.announcing import announce
from bot.deleting import take_up
from bot.gap_days import mark_gaps
from bot.jobs import Schedule
from bot.pruning import prune
from bot.referrals import reward_referrals
from bot.reminding.telling import tell_due
from bot.retention import Retention
from bot.settings import Settings
from bot.spending import KEPT_DAYS
from db import announcements, budgets, credits, exports, plans, pool, tries
from db.pool import Connection

log = structlog.get_logger(__name__)


def schedules_of(database: pool.Pool, settings: Settings) -> Mapping[str, Schedule]:
    """By name; the names stand in the engine's table of schedules and in the metrics."""

    async def pruning() -> None:
        if gone := await prune(database, settings):
            log.info("old rows dropped", **gone)

    async def export_files() -> None:
        async with pool.acquired(database) as connection:
            await exports.drop_files(connection)

    return {
        # Hourly, as the sessions of traders all over the world end at every hour.
        "gap_days": _counted("7 * * * *", "gap days marked", lambda: mark_gaps(database, datetime.now(UTC))),
        # Hourly, though it is due once a month: a worker that was away on the first makes up for it.
        "monthly_credits": _counted("2 * * * *", "free audits topped up", _with(database, _top_up)),
        # Hourly: what is older shows nowhere already.
        "old_plans": _counted(
            "12 * * * *", "plans forgotten that were never filled", _with(database, plans.forget_old)
        ),
        # What calls of the model cost is kept for so many days.
        "model_costs": _counted(
            "23 3 * * *", "costs of old calls of the model dropped", _with(database, _forget_calls)
        ),
        # A journal that is being deleted, and whose job died of something, is gone on with.
        "deletions": Schedule("*/10 * * * *", lambda: take_up(database)),
        # A file that has reached its trader stays no longer than the link to it works.
        "export_files": Schedule("*/10 * * * *", export_files),
        # Hourly, so that it is little each time: what has had its time, as docs/data.md lists it.
        "pruning": Schedule("37 * * * *", pruning),
        # Every ten seconds, so that what is sent in a minute is spread over it.
        "announcements": _counted("* * * * * */10", "announcements told", lambda: announce(database, settings)),
        # As often, so that a summary comes within seconds of its hour, and ten thousand of one minute spread over more.
        "reminders": _counted(
            "* * * * * */10", "traders told what is due", lambda: tell_due(database, settings, datetime.now(UTC))
        ),
        "referrals": _counted("* * * * *", "referrals rewarded", lambda: reward_referrals(database)),
        # Strangers' results that nobody claimed in time.
        "old_tries": _counted("17 * * * *", "strangers' results dropped", _with(database, tries.forget_expired)),
        # Where announcements were told that are told no more.
        "old_announcements": _counted(
            "28 3 * * *", "places of old announcements dropped", _with(database, announcements.forget_old)
        ),
    }


def retention_of(retention: Retention) -> Mapping[str, Schedule]:
    """What comes round for the screenshots, which are not in the database alone."""

    async def old_screenshots() -> None:
        """Every six hours: a run that an outage ended is made up for on the same day."""
        swept = await retention.run(datetime.now(UTC))
        if swept.total():
            log.info("screenshots removed", **swept)

    return {"old_screenshots": Schedule("41 */6 * * *", old_screenshots)}


def _counted(cron: str, said: str, work: Callable[[], Awaitable[int]]) -> Schedule:
    """Work that tells how many it did, which is logged where it is any."""

    async def run() -> None:
        if count := await work():
            log.info(said, count=count)

    return Schedule(cron, run)


def _with(database: pool.Pool, work: Callable[[Connection], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
    """One statement, on a connection of the pool."""

    async def run() -> int:
        async with pool.acquired(database) as connection:
            return await work(connection)

    return run


async def _top_up(connection: Connection) -> int:
    return await credits.top_up_credits(connection, datetime.now(UTC))


async def _forget_calls(connection: Connection) -> int:
    return await budgets.forget_model_calls(connection, KEPT_DAYS)
