"""The job `media`: fetch a trade's pictures from their platform, check and store them, then have the trade judged."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from bot.fetching import Fetch
from bot.job_payloads import TradeJob, audit_job, job_message
from bot.media import Picture, cleaned
from bot.settings import Settings
from bot.store import ScreenshotStore, screenshot_path
from bot.turn import Turns
from bot.understanding import LARGEST_PICTURE
from db import inbox, pool, trades
from statemachine.conversation import KnownTrade
from statemachine.errors import AttachmentRefused, Conflict, SendLater
from statemachine.events import PictureRefused
from statemachine.message import Attachment
from statemachine.trade import TradeFields

log = structlog.get_logger(__name__)

MEGABYTE = 1024 * 1024
GIVEN_UP_AFTER = timedelta(hours=24)


class Screenshots:
    """Takes pictures in. A job that runs twice in a day stores each picture once: its path follows from the job."""

    def __init__(
        self, database: pool.Pool, store: ScreenshotStore, fetch: Fetch, turns: Turns, settings: Settings
    ) -> None:
        self._pool, self._store, self._fetch, self._turns, self._settings = database, store, fetch, turns, settings

    async def __call__(self, job: TradeJob) -> None:
        refused: AttachmentRefused | None = None
        for number, attachment in enumerate(job.pictures):
            try:
                await self._check_room(job)
                picture = await cleaned(await self._fetched(job, attachment))
            except AttachmentRefused as error:
                log.info("picture refused", platform=job.platform, reason=error.reason)
                refused = error
            else:
                for trade_id in (job.trade_id, *job.copies):
                    await self._store_picture(job, trade_id, number, attachment.handle, picture)
        await self._finish(job, refused)

    async def give_up(self, job: TradeJob) -> None:
        """The job died, as of a store that refuses us: the trader is asked to send the pictures later."""
        await self._finish(job, AttachmentRefused("no_room"))

    async def _fetched(self, job: TradeJob, attachment: Attachment) -> bytes:
        """The bytes. A platform that is away is waited for by retrying the job, for a day."""
        try:
            return await self._fetch(job.chat, attachment)
        except SendLater:
            if datetime.now(UTC) - job.at > GIVEN_UP_AFTER:
                raise AttachmentRefused("gone") from None
            raise

    async def _check_room(self, job: TradeJob) -> None:
        """Raises AttachmentRefused when the trader sent too many today, or the disk is nearly full."""
        settings = self._settings
        async with pool.acquired(self._pool) as connection:
            pictures, size = await trades.pictures_today(connection, job.user_id)
        if pictures >= settings.pictures_per_day or size >= settings.picture_megabytes_per_day * MEGABYTE:
            raise AttachmentRefused("too_many")
        free = self._store.free_bytes()
        if free is not None and free < settings.disk_reserve_megabytes * MEGABYTE:
            raise AttachmentRefused("no_room")

    async def _store_picture(self, job: TradeJob, trade_id: UUID, number: int, handle: str, picture: Picture) -> None:
        # Pictures of one message differ by a microsecond, so that each has a path of its own. A job that is taken again
        # after days takes another path: the retention may be removing what its first run left at the old one.
        now = datetime.now(UTC)
        moment = (job.at if now - job.at < GIVEN_UP_AFTER else now) + timedelta(microseconds=number)
        path = screenshot_path(job.user_id, trade_id, moment, picture.extension)
        stored_before = False
        try:
            await self._store.put(path, picture.data, picture.mime)
        except Conflict:
            stored_before = True  # by an earlier run of this job
        url = self._store.url(path)
        async with pool.transaction(self._pool) as connection:
            gone = not await trades.lock_trade(connection, job.user_id, trade_id)
            new = not gone and await trades.picture_is_new(connection, job.user_id, trade_id, handle, len(picture.data))
            if new:
                await trades.add_screenshot(
                    connection, job.user_id, trade_id, url=url, path=path, quality=picture.quality
                )
        if gone or not (new or stored_before):
            await self._store.remove([path])  # the trade was undone meanwhile, or has this picture already

    async def _finish(self, job: TradeJob, refused: AttachmentRefused | None) -> None:
        async with pool.transaction(self._pool) as connection:
            trade = await trades.brief(connection, job.user_id, job.trade_id)
            for trade_id in (job.trade_id, *job.copies) if refused is None else ():
                known = trade if trade_id == job.trade_id else await trades.brief(connection, job.user_id, trade_id)
                if known is not None and not known["is_open"]:
                    await inbox.enqueue(connection, [audit_job(job.model_copy(update={"trade_id": trade_id}))])
        if trade is not None and refused is not None:
            await self._ask_again(job, trade, refused)

    async def _ask_again(self, job: TradeJob, trade: dict[str, Any], refused: AttachmentRefused) -> None:
        """Tell the conversation, which asks for another picture where the trade has none; else the audit goes on."""
        lacks = trade.pop("screenshot_url") is None and not trade.pop("is_open")
        fields = TradeFields(**{name: value for name, value in trade.items() if value is not None})
        known = KnownTrade(trade_id=job.trade_id, fields=fields, copies=job.copies) if lacks else None
        event = PictureRefused(reason=refused.reason, limit_mb=LARGEST_PICTURE // MEGABYTE, trade=known)
        name = f"media:{job.trade_id}:{job.at.isoformat()}"
        await self._turns.take(job_message(job, name, job.at), event=event, may_wait=False)
