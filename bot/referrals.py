"""Scheduled: rewards those whose referred trader has had a first audit, and tells them so.

Each in a transaction of its own: one that fails is tried again the next time and stops no other.
"""

from uuid import UUID

import structlog

from bot.replies import reply_to_chat
from db import pool, referrals
from statemachine.conversation import Say
from statemachine.errors import Unavailable

log = structlog.get_logger(__name__)


async def reward_referrals(database: pool.Pool) -> int:
    """How many were rewarded."""
    async with pool.acquired(database) as connection:
        due = await referrals.due(connection)
    rewarded = 0
    for referral_id in due:
        try:
            rewarded += await _reward(database, referral_id)
        except Unavailable:
            raise
        except Exception:
            log.exception("a referral could not be rewarded", referral=str(referral_id))
    return rewarded


async def _reward(database: pool.Pool, referral_id: UUID) -> bool:
    async with pool.transaction(database) as connection:
        made = await referrals.reward(connection, referral_id)
        if made.outcome != "rewarded" or made.referrer is None:
            return False
        say = Say("referral_rewarded", {"free_audits": made.free_audits or 0})
        for chat in await referrals.chats_of(connection, made.referrer):
            await reply_to_chat(connection, chat, made.referrer, say)
    return True
