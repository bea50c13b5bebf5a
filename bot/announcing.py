"""Scheduled: tells the web app's announcements in the chats of those who want them, a few at a time.

Every run takes its share of what may be sent in a minute, whoever of many workers runs it; each chat is told once, as
what is said stands in the outbox in the same transaction that marks the chat as told.
"""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from bot.accounts import Account
from bot.settings import Settings
from bot.stored import dump_reply
from bot.texts import View, render
from db import announcements, pool
from db.announcements import News
from db.jsonb import read_json
from statemachine.conversation import Say

RUNS_A_MINUTE: Final = 6


async def announce(database: pool.Pool, settings: Settings) -> int:
    """One run; how many chats were told."""
    most = max(1, settings.announcements_per_minute // RUNS_A_MINUTE)
    async with pool.transaction(database) as connection:
        found = await announcements.announce(connection, settings.announcement_days, most)
        replies: defaultdict[UUID, list[News]] = defaultdict(list)
        for news in found:
            replies[news.announcement_id].append(news)
        for number, told in replies.items():
            await announcements.told(connection, number, [(news, _payload(news)) for news in told])
    return len(found)


def _payload(news: News) -> dict[str, object]:
    account = Account.of({"preferences": read_json(news.preferences)})
    view = View(account.locale(news.locale), account.zone, account.currency, datetime.now(UTC))
    say = Say(
        "announcement",
        {"announcement_id": news.announcement_id, "title": news.title, "body": news.body, "kind": news.kind},
    )
    return dump_reply(render(say, view))
