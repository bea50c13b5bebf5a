"""The job `chart`: read the figures, have the picture drawn, keep it, and say it in the chat that asked.

The reply and the mark that it was made are one transaction: a job whose worker died draws anew, and nothing is sent
twice. The picture goes into the store of screenshots as one that no trade names, so the retention removes it after two
days. Where it cannot be drawn or kept, its figures are sent all the same.
"""

from datetime import UTC, datetime
from typing import Final, NamedTuple

import structlog

from bot.charting.facts import CardFacts, Facts, Scope
from bot.charting.loading import Source, card_facts, facts_of
from bot.drawing.studio import CannotDraw, Studio
from bot.drawing.subjects import THEMES, Subject, Theme
from bot.job_payloads import ChartJob
from bot.periods import Period
from bot.replies import reply_to_chat, view_of
from bot.settings import Settings
from bot.store import ScreenshotStore, screenshot_path
from bot.texts.cards import card_subject
from bot.texts.chart_subjects import subject_of
from bot.texts.words import Words
from db import charts, outbox, pool
from db.jsonb import read_json
from statemachine.conversation import Say
from statemachine.errors import StoreError, Unavailable
from statemachine.message import Platform

log = structlog.get_logger(__name__)

MEGABYTE: Final = 1024 * 1024
DARK: Final[frozenset[Platform]] = frozenset({"discord"})
"""Dark unless somebody changes it; the others begin light."""


class Asked(NamedTuple):
    """Who is shown a chart, and how."""

    words: Words
    source: Source
    theme: Theme


class Charts:
    """Makes the charts."""

    def __init__(self, database: pool.Pool, store: ScreenshotStore, studio: Studio, settings: Settings) -> None:
        self._pool, self._store, self._studio, self._settings = database, store, studio, settings

    async def __call__(self, job: ChartJob) -> None:
        async with pool.acquired(self._pool) as connection:
            if not await charts.is_wanted(connection, job.chart_id, job.user_id):
                return
            asked = await _asked(connection, job)
        await self._make(job, asked)

    async def give_up(self, job: ChartJob) -> None:
        """The job died: the trader is told, the operator has the dead letter."""
        await self._say(job, Say("chart_failed"))

    async def _make(self, job: ChartJob, asked: Asked) -> None:
        facts = await self._facts(job, asked.source)
        if facts is None:
            await self._say(job, Say("chart_gone"))
        elif isinstance(facts, CardFacts):
            image = await self._image(job, card_subject(asked.words, facts), asked.theme)
            await self._say(job, Say("card", {"facts": facts, "image": image}, about=job.trade_id), image)
        else:
            image = await self._image(job, subject_of(asked.words, job.kind, facts), asked.theme)
            await self._say(job, Say("drawn", {"kind": job.kind, "facts": facts, "image": image}), image)

    async def _facts(self, job: ChartJob, source: Source) -> Facts | CardFacts | None:
        if job.trade_id is not None:
            async with pool.transaction(self._pool) as connection:
                return await card_facts(connection, source, job.trade_id)
        assert job.first is not None and job.last is not None  # noqa: S101, PT018 - of every chart but a card
        scope = Scope(period=Period(job.first, job.last), symbol=job.symbol, account=job.account_name)
        return await facts_of(self._pool, source, job.kind, scope)

    async def _image(self, job: ChartJob, subject: Subject, theme: Theme) -> str | None:
        """Its path in the store; None where it cannot be drawn or kept."""
        free = self._store.free_bytes()
        if free is not None and free < self._settings.disk_reserve_megabytes * MEGABYTE:
            log.warning("a chart finds no room on the disk")
            return None
        path = screenshot_path(job.user_id, job.chart_id, datetime.now(UTC), "png")
        try:
            await self._store.put(path, await self._studio.draw(subject, theme), "image/png")
        except Unavailable:
            raise
        except (CannotDraw, StoreError) as error:
            log.error("a chart goes without its picture", chart=type(subject).__name__, reason=repr(error))
            return None
        return path

    async def _say(self, job: ChartJob, say: Say, image: str | None = None) -> None:
        """Once. What was drawn for nobody goes again."""
        async with pool.transaction(self._pool) as connection:
            state = await charts.lock(connection, job.chart_id, job.user_id)
            if state == "wanted":
                await reply_to_chat(connection, job.chat, job.user_id, say, currency=job.currency, handle=job.handle)
                await charts.made(connection, job.chart_id)
        if state != "wanted" and image is not None:
            await self._store.remove([image])


async def _asked(connection: pool.Connection, job: ChartJob) -> Asked:
    locale, preferences = await outbox.listener(connection, job.chat, job.user_id)
    view = view_of(locale, preferences, job.currency)
    source = Source(user_id=job.user_id, account_id=job.account_id, currency=job.currency, zone=view.zone.key)
    return Asked(Words.of(view), source, job.theme or _theme(preferences, job.platform))


def _theme(preferences: str | None, platform: Platform) -> Theme:
    """What the trader chose before, else what the platform looks like. Clients write the preferences."""
    chosen = read_json(preferences)
    kept = chosen.get("chart_theme") if isinstance(chosen, dict) else None
    known = next((theme for theme in THEMES if theme == kept), None)
    return known or ("dark" if platform in DARK else "light")
