"""Scheduled: tells each trader what is due, once for its period, whoever of many workers runs it.

A run takes one trader at a time: what is said stands in the outbox in the same transaction that notes it as told and
when to look at the trader next. It tells its share of what may be sent in a minute; the others are told by the next
runs, those first who have waited longest. What goes wrong with one trader is put off for an hour and stops no other.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from bot.accounts import Accounts
from bot.charting.asking import ask_for_chart
from bot.charting.wanted import Kind, Wanted, period_of
from bot.reminding.contents import Whose, parts_of
from bot.reminding.due import AHEAD, BEHIND, Look, Occurrence, look
from bot.reminding.wishes import KINDS, wishes_of
from bot.replies import view_of
from bot.settings import Settings
from bot.stored import dump_reply
from bot.texts import View, render
from bot.texts.reminding import DigestTold, Part
from bot.texts.words import Figured
from bot.trading.day import ONE_DAY
from db import outbox, pool, reminders
from db.jsonb import read_json
from db.pool import Connection
from db.reminders import Claimed, Hearer
from statemachine.conversation import Say
from statemachine.errors import Unavailable
from statemachine.message import Chat

log = structlog.get_logger(__name__)

RUNS_A_MINUTE: Final = 6
LOOKED_AT: Final = 1_000
"""Traders in one run: of most there is nothing to tell."""
TROUBLE: Final = timedelta(hours=1)
CHARTS: Final[tuple[Kind, ...]] = ("equity", "days")
"""That come with a digest."""


async def tell_due(database: pool.Pool, settings: Settings, now: datetime) -> int:
    """One run; how many traders were told something. `now` is aware. Raises Unavailable."""
    most, told = max(1, settings.reminders_per_minute // RUNS_A_MINUTE), 0
    for _ in range(LOOKED_AT):
        found = await _next(database, settings, now)
        if found is None:
            break
        told += found
        if told >= most:
            break
    return told


async def _next(database: pool.Pool, settings: Settings, now: datetime) -> bool | None:
    """Whether the next trader was told something; None where nobody is left."""
    user_id: UUID | None = None
    try:
        async with pool.transaction(database) as connection:
            claimed = await reminders.claim(connection, now)
            if claimed is None:
                return None
            user_id = claimed.user_id
            return await _look_at(connection, settings, claimed, now)
    except Unavailable:
        raise
    except Exception:
        if user_id is None:
            raise
        log.exception("a trader could not be told what is due", user_id=str(user_id))
    async with pool.acquired(database) as connection:
        await reminders.put_off(connection, user_id, now + TROUBLE)
    return False


async def _look_at(connection: Connection, settings: Settings, claimed: Claimed, now: datetime) -> bool:
    preferences = read_json(claimed.preferences)
    account = Accounts.of({"preferences": preferences}).default
    found, told = Look((), (), now, None), False
    if claimed.linked:
        wishes = wishes_of(preferences)
        days = (now - BEHIND).date() - ONE_DAY, (now + AHEAD).date() + ONE_DAY
        rests = await reminders.rests(connection, claimed.user_id, *days)
        found = look(wishes, account.zone, account.day_start, claimed.looked_at, now, rests)
    if found.due:
        periods = [(one.kind, one.period) for one in (*found.due, *found.early)]
        hearer = await reminders.hearer(connection, claimed.user_id, periods)
        accounts = Accounts.of({"preferences": preferences, "accounts": hearer.accounts})
        whose = Whose(connection, claimed.user_id, accounts, wishes.summary_time, now)
        told = await _tell(whose, settings, claimed, hearer, found)
    await reminders.looked(connection, claimed.user_id, found.looked_at, found.next_at)
    return told


async def _tell(whose: Whose, settings: Settings, claimed: Claimed, hearer: Hearer, found: Look) -> bool:
    """Everything in one message; False where there is nothing to tell."""
    if hearer.chat is None:
        return False
    parts = await _parts(whose, hearer, found.due)
    if not parts:
        return False
    parts |= await _parts(whose, hearer, found.early)
    told = sorted(parts, key=lambda one: (KINDS.index(one.kind), one.period))
    every = [part for one in told for part in parts[one]]
    payload = dump_reply(render(Say("told", {"parts": every}), _view(whose, claimed, hearer)))
    periods = [(one.kind, one.period) for one in told]
    await reminders.tell(whose.connection, whose.user_id, hearer.chat, payload, periods, whose.now)
    await _ask_for_charts(whose, settings, hearer.chat, every)
    return True


async def _parts(whose: Whose, hearer: Hearer, due: tuple[Occurrence, ...]) -> dict[Occurrence, list[Part]]:
    """Of what was not told before; without what says nothing."""
    found = {}
    for one in due:
        if (one.kind, one.period) not in hearer.told and (parts := await parts_of(whose, one)):
            found[one] = parts
    return found


def _view(whose: Whose, claimed: Claimed, hearer: Hearer) -> View:
    accounts = {one.name: Figured(one.currency, one.limits.account_size) for one in whose.accounts.all}
    view = view_of(hearer.locale, claimed.preferences)
    return replace(view, now=whose.now, accounts=accounts, several=len(accounts) > 1)


async def _ask_for_charts(whose: Whose, settings: Settings, chat: Chat, parts: list[Part]) -> None:
    """Drawn by jobs, as those of /chart; over the trader's limit of a day the digest comes without."""
    digest = next((part for part in parts if isinstance(part, DigestTold)), None)
    if digest is None:
        return
    account = whose.accounts.named(digest.shown.account)
    for kind in CHARTS:
        period = period_of(Wanted(kind=kind), digest.shown.last)
        await ask_for_chart(
            whose.connection,
            chat,
            whose.user_id,
            limit=settings.charts_per_day,
            currency=account.currency,
            account_id=account.id,
            account_name=account.name if len(whose.accounts.all) > 1 else None,
            kind=kind,
            first=period.first,
            last=period.last,
            handle=outbox.unasked_handle(chat.platform),
        )
