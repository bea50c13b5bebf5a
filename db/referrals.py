"""Referrals: the referred trader's first audit completes one, the worker rewards its referrer once."""

from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from db.pool import Connection
from statemachine.message import Chat

MOST_A_MONTH: Final = 5
"""Rewards of one referrer in a UTC month; what comes on top is rewarded in a later one."""
BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class Reward:
    """What came of a referral; `free_audits` the referrer has now, where it was rewarded."""

    outcome: Literal["rewarded", "later", "none"]
    referrer: UUID | None
    free_audits: int | None


async def note_first_audit(connection: Connection, user_id: UUID) -> None:
    """An audit of this trader is being stored, in the same transaction: the first one completes their referral."""
    await connection.execute("select worker.note_first_audit($1)", user_id)


async def due(connection: Connection) -> list[UUID]:
    """Referrals that may be rewarded now."""
    rows = await connection.fetch("select * from worker.due_referrals($1, $2) as id", MOST_A_MONTH, BATCH)
    return [row["id"] for row in rows]


async def reward(connection: Connection, referral_id: UUID) -> Reward:
    """Reward a referral, once, whoever else tries. Locks the referrer's profile."""
    row = await connection.fetchrow("select * from worker.reward_referral($1, $2)", referral_id, MOST_A_MONTH)
    assert row is not None  # noqa: S101 - the function gives one row
    return Reward(**row)


CHATS = "select platform, account, chat_id from worker.chats where user_id = $1 and blocked_at is null"


async def chats_of(connection: Connection, user_id: UUID) -> list[Chat]:
    """All chats of a profile that can be written to."""
    return [Chat(*row) for row in await connection.fetch(CHATS, user_id)]
