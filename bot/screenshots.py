"""The job `media`: fetch a trade's pictures from their platform, check and store them, then have the trade judged."""

from datetime import timedelta

import structlog

from bot.fetching import Fetch
from bot.job_payloads import TradeJob, audit_job
from bot.media import Picture, cleaned
from bot.replies import reply_to_chat
from bot.settings import Settings
from bot.store import ScreenshotStore, screenshot_path
from bot.understanding import LARGEST_PICTURE
from db import inbox, pool, trades
from statemachine.conversation import Say
from statemachine.errors import AttachmentRefused, Conflict

log = structlog.get_logger(__name__)

MEGABYTE = 1024 * 1024


class Screenshots:
    """Takes pictures in. A job that runs twice stores each picture once: its path follows from the job."""

    def __init__(self, database: pool.Pool, store: ScreenshotStore, fetch: Fetch, settings: Settings) -> None:
        self._pool, self._store, self._fetch, self._settings = database, store, fetch, settings

    async def __call__(self, job: TradeJob) -> None:
        refused: AttachmentRefused | None = None
        for number, attachment in enumerate(job.pictures):
            try:
                await self._check_room(job)
                picture = await cleaned(await self._fetch(job.chat, attachment))
            except AttachmentRefused as error:
                log.info("picture refused", platform=job.platform, reason=error.reason)
                refused = error
            else:
                await self._store_picture(job, number, attachment.handle, picture)
        await self._finish(job, refused)

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

    async def _store_picture(self, job: TradeJob, number: int, handle: str, picture: Picture) -> None:
        # Pictures of one message differ by a microsecond, so that each has a path of its own.
        moment = job.at + timedelta(microseconds=number)
        path = screenshot_path(job.user_id, job.trade_id, moment, picture.extension)
        stored_before = False
        try:
            await self._store.put(path, picture.data, picture.mime)
        except Conflict:
            stored_before = True  # by an earlier run of this job
        url = self._store.url(path)
        async with pool.transaction(self._pool) as connection:
            gone = await trades.lock_trade(connection, job.user_id, job.trade_id) is None
            new = not gone and await trades.picture_is_new(
                connection, job.user_id, job.trade_id, handle, len(picture.data)
            )
            if new:
                await trades.add_screenshot(
                    connection, job.user_id, job.trade_id, url=url, path=path, quality=picture.quality
                )
        if gone or not (new or stored_before):
            await self._store.remove([path])  # the trade was undone meanwhile, or has this picture already

    async def _finish(self, job: TradeJob, refused: AttachmentRefused | None) -> None:
        async with pool.transaction(self._pool) as connection:
            trade = await trades.brief(connection, job.user_id, job.trade_id)
            if trade is None:
                return
            if refused is not None:
                limit = LARGEST_PICTURE // 1024 // 1024
                say = Say("picture_refused", {"reason": refused.reason, "limit_mb": limit}, about=job.trade_id)
                await reply_to_chat(connection, job.chat, job.user_id, say)
            if not trade["is_open"]:
                await inbox.enqueue(connection, [audit_job(job)])
