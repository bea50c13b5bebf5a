"""What comes round by the clock for the web app's tables; see bot/schedules.py."""

from collections.abc import Mapping

import structlog

from bot.announcing import announce
from bot.jobs import Schedule
from bot.referrals import reward_referrals
from bot.settings import Settings
from db import announcements, pool, tries

log = structlog.get_logger(__name__)


def web_schedules(database: pool.Pool, settings: Settings) -> Mapping[str, Schedule]:
    """By name, as schedules_of gives them."""

    async def announcing() -> None:
        """Every ten seconds, so that what is sent in a minute is spread over it."""
        if told := await announce(database, settings):
            log.info("announcements told", chats=told)

    async def referred() -> None:
        """Every minute."""
        if rewarded := await reward_referrals(database):
            log.info("referrals rewarded", referrals=rewarded)

    async def old_tries() -> None:
        """Hourly: what nobody claimed in time."""
        async with pool.acquired(database) as connection:
            forgotten = await tries.forget_expired(connection)
        if forgotten:
            log.info("strangers' results dropped", results=forgotten)

    async def old_announcements() -> None:
        """Daily: where announcements were told that are told no more."""
        async with pool.acquired(database) as connection:
            await announcements.forget_old(connection)

    return {
        "announcements": Schedule("* * * * * */10", announcing),
        "referrals": Schedule("* * * * *", referred),
        "old_tries": Schedule("17 * * * *", old_tries),
        "old_announcements": Schedule("28 3 * * *", old_announcements),
    }
