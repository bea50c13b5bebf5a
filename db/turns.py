"""The statements of a turn: begin, apply, finish, one round trip each. What is written is the caller's transaction."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from db.jsonb import read_json
from db.pool import Connection
from statemachine.message import Chat, Message

Outcome = Literal["go", "repeat", "wait", "flooded", "quiet", "lock"]


@dataclass(frozen=True, slots=True)
class Begun:
    """What begin_turn found; JSON columns as text. `user_id` is None for strangers."""

    version: int | None
    outcome: Outcome
    user_id: UUID | None
    locale: str | None
    hinted: bool
    minute_began_at: datetime | None
    minute_count: int | None
    profile: dict[str, Any]
    state: str | None
    pending_trade: str | None
    context: str | None
    open_trades: str | None
    recent: str | None
    target: str | None
    chosen: str | None
    """The data of the button that the message's number stands for."""
    usual: str | None
    """What the trader usually trades, see worker.usual_sizes."""


WRITTEN_AS_IS: Final = (
    "payload", "group_id", "error", "rows", "locale", "handle", "log", "replies", "elsewhere", "jobs", "plans",
)  # fmt: skip


@dataclass(slots=True)
class Written:
    """What a turn leaves behind; see worker.finish_turn. `wakes_at` None: the chat's timer stays as it is."""

    status: Literal["done", "waiting", "failed"] = "done"
    payload: dict[str, Any] | None = None
    group_id: str | None = None
    error: str | None = None
    rows: list[int] | None = None
    conversation: dict[str, Any] | None = None
    wakes_at: tuple[datetime | None] | None = None
    hinted: bool = False
    locale: str | None = None
    handle: str | None = None
    minute: tuple[datetime, int] | None = None
    log: list[dict[str, Any]] = field(default_factory=list)
    replies: list[dict[str, Any]] = field(default_factory=list)
    elsewhere: dict[str, Any] | None = None
    jobs: list[dict[str, Any]] = field(default_factory=list)
    plans: list[dict[str, Any]] = field(default_factory=list)

    def count(self, begun: Begun) -> None:
        """The chat's share of the flood limit, as begin_turn counted this message of its platform."""
        if begun.minute_began_at is not None and begun.minute_count is not None:
            self.minute = (begun.minute_began_at, begun.minute_count)

    def as_json(self) -> str:
        turn: dict[str, Any] = {"status": self.status}
        for name in WRITTEN_AS_IS:
            if value := getattr(self, name):
                turn[name] = value
        if self.conversation is not None:
            turn["conversation"] = self.conversation
        if self.wakes_at is not None:
            turn["wakes_at"] = self.wakes_at[0] and self.wakes_at[0].isoformat()
        if self.hinted:
            turn["hinted"] = True
        if self.minute is not None:
            turn["minute"] = [self.minute[0].isoformat(), self.minute[1]]
        return json.dumps(turn)


BEGIN_TURN = """
select begun.*, worker.usual_sizes(begun.user_id) as usual
from worker.begin_turn($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) begun
"""


async def begin_turn(connection: Connection, message: Message, *, fresh: bool, limit: int, lock: bool = True) -> Begun:
    """Lock the chat and its profile, and load. `fresh`: from the platform; else from the inbox. `limit`: a minute.

    Without `lock` what is loaded may change at any time: the version goes to finish_turn, which looks whether it has.
    """
    row = await connection.fetchrow(
        BEGIN_TURN,
        message.platform,
        message.account,
        message.chat_id,
        message.sender_id,
        message.external_id,
        message.reply_to,
        message.edits,
        message.locale,
        fresh,
        limit,
        message.sent_at,
        message.choice,
        lock,
    )
    assert row is not None  # noqa: S101 - the function gives one row
    values = dict(row)
    values["profile"] = read_json(row["profile"]) or {}
    return Begun(**values)


APPLY_CHANGES = "select worker.apply_changes($1, $2) as applied, worker.usual_marks($1) as usual"


async def apply_changes(connection: Connection, user_id: UUID, changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Write trades and recompute their days; begin_turn must have locked the profile. `usual_marks`: what the trader
    marked trades with before."""
    row = await connection.fetchrow(APPLY_CHANGES, user_id, json.dumps(changes))
    assert row is not None  # noqa: S101 - two functions give one row
    return {**read_json(row["applied"]), "usual_marks": read_json(row["usual"]) or []}


CHANGES_TOGETHER = "select worker.changes_together($1, $2)"


async def changes_together(connection: Connection, user_id: UUID, change_id: int) -> list[int]:
    """The changes of a trade's copies that were made with this one."""
    return [row[0] for row in await connection.fetch(CHANGES_TOGETHER, user_id, change_id)]


ACCOUNTS_OF_CHANGES = """
select coalesce(a.name, 'main') from worker.changes c
left join worker.accounts a on a.id = (c.after #>> '{facts,account_id}')::uuid and a.user_id = c.user_id
where c.user_id = $1 and c.id = any ($2) order by c.id
"""


async def accounts_of_changes(connection: Connection, user_id: UUID, change_ids: list[int]) -> list[str]:
    """The names of the accounts that the trades of these changes are on."""
    return [row[0] for row in await connection.fetch(ACCOUNTS_OF_CHANGES, user_id, change_ids)] if change_ids else []


FINISH_TURN = "select worker.finish_turn($1, $2, $3, $4, $5, $6, $7)"


async def finish_turn(
    connection: Connection,
    chat: Chat,
    external_id: str,
    user_id: UUID | None,
    written: Written,
    version: int | None = None,
) -> bool:
    """Write the message, the conversation, the log, the replies and the jobs.

    `version`: of a turn begun without a lock; False where it no longer holds, and then nothing is written.
    """
    address = (chat.platform, chat.account, chat.chat_id)
    done: bool = await connection.fetchval(FINISH_TURN, *address, external_id, user_id, written.as_json(), version)
    return done
