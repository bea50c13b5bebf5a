"""Announcements of the web app in the chats: who is told of which, and who wants no more of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from db.outbox import unasked_handle
from db.pool import Connection
from db.preferences import choose
from statemachine.message import Chat, Platform

WALKED: Final = 1_000
"""Chats looked at in one run."""
KEPT_DAYS: Final = 400
"""How long it is known where an announcement was told; far longer than one is told of."""


@dataclass(frozen=True, slots=True)
class News:
    """An announcement to be told in one chat. `kind`: info, feature or warning; `preferences`: of the profile, JSON."""

    announcement_id: UUID
    title: str
    body: str
    kind: str | None
    chat: Chat
    user_id: UUID
    locale: str | None
    preferences: str | None


ANNOUNCE = "select * from worker.announce($1, $2, $3)"


async def announce(connection: Connection, days: int, most: int) -> list[News]:
    """Mark up to `most` chats as told; see worker.announce. Put what is said there into the outbox with `told`, in the
    same transaction."""
    found: dict[tuple[UUID, Platform, str], News] = {}
    for row in await connection.fetch(ANNOUNCE, days, most, WALKED):
        chat = Chat(row["platform"], row["account"], row["chat_id"])
        # a person comes once for each of our bots where none has heard from them later than the others
        found[row["announcement_id"], chat.platform, chat.chat_id] = News(
            announcement_id=row["announcement_id"],
            title=row["title"],
            body=row["body"],
            kind=row["kind"],
            chat=chat,
            user_id=row["user_id"],
            locale=row["locale"],
            preferences=row["preferences"],
        )
    return list(found.values())


TOLD = """
with added as (
    insert into worker.outbox (platform, account, chat_id, user_id, payload, handle)
    select * from unnest($2::text[], $3::text[], $4::text[], $5::uuid[], $6::jsonb[], $7::text[])
    returning id, platform, chat_id)
update worker.announced d set outbox_id = added.id
from added where d.announcement_id = $1 and d.platform = added.platform and d.chat_id = added.chat_id
"""


async def told(connection: Connection, announcement_id: UUID, replies: Sequence[tuple[News, dict[str, Any]]]) -> None:
    """The replies of one announcement."""
    chats = [news.chat for news, _ in replies]
    await connection.execute(
        TOLD,
        announcement_id,
        [chat.platform for chat in chats],
        [chat.account for chat in chats],
        [chat.chat_id for chat in chats],
        [news.user_id for news, _ in replies],
        [json.dumps(payload) for _, payload in replies],
        [unasked_handle(chat.platform) for chat in chats],
    )


DISMISS = """
insert into public.announcement_dismissals (user_id, announcement_id)
select $1, a.id from public.announcements a where a.id = $2 on conflict do nothing
"""
WITHDRAW = "select worker.withdraw_announcements($1, $2)"


async def dismiss(connection: Connection, user_id: UUID, announcement_id: UUID) -> None:
    """Say no more of one, in any chat of the profile; the caller holds the lock on the profile."""
    await connection.execute(DISMISS, user_id, announcement_id)
    await connection.execute(WITHDRAW, user_id, announcement_id)


WANTED = "select journal_preferences -> 'announcements' is distinct from 'false' from public.profiles where id = $1"


async def want(connection: Connection, user_id: UUID, *, wanted: bool) -> None:
    """Whether the profile's chats are told at all; the caller holds the lock on the profile."""
    await choose(connection, user_id, {"announcements": wanted})
    if not wanted:
        await connection.execute(WITHDRAW, user_id, None)


async def are_wanted(connection: Connection, user_id: UUID) -> bool:
    return bool(await connection.fetchval(WANTED, user_id))


FORGET = "delete from worker.announced where announced_at < now() - $1 * interval '1 day'"


async def forget_old(connection: Connection) -> int:
    """Drop where old announcements were told; how many places that were."""
    status: str = await connection.execute(FORGET, KEPT_DAYS)
    return int(status.rpartition(" ")[2])
