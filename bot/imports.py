"""The job `import`: reads a broker's file and shows what it would bring; saves that; takes it back.

A file is fetched and read outside any transaction. What was read, its status and the reply are one transaction, and so
are what is saved, its days and the reply: a job that runs twice finds the status changed and ends.
"""

import json
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from bot.fetching import Fetch
from bot.importing.parsing import Parsed, TooHeavy, parse
from bot.job_payloads import ImportJob
from bot.replies import reply_to_chat
from db import imports, pool
from db.imports import Import
from db.pool import Connection
from statemachine.conversation import Say
from statemachine.errors import AttachmentRefused
from statemachine.message import Attachment

LARGEST_FILE: Final = 20 * 1024 * 1024
"""Bytes. Telegram gives bots no file that is larger."""


class Imports:
    """Does what the buttons and commands of an import ask for."""

    def __init__(self, database: pool.Pool, fetch: Fetch) -> None:
        self._pool, self._fetch = database, fetch

    async def __call__(self, job: ImportJob) -> None:
        match job.action:
            case "read":
                await self._read(job)
            case "save":
                await self._save(job)
            case "undo":
                await self._undo(job)

    async def give_up(self, job: ImportJob) -> None:
        """The job died: the trader is told, the operator has the dead letter."""
        async with pool.transaction(self._pool) as connection:
            found = await imports.lock(connection, job.user_id, job.import_id)
            if found is not None and found.status == "reading":
                await imports.end(connection, job.import_id, "dropped")
            await imports.end_saving(connection, job.user_id, job.import_id)
            await reply_to_chat(connection, job.chat, job.user_id, Say("import_failed"))

    async def _read(self, job: ImportJob) -> None:
        async with pool.transaction(self._pool) as connection:
            found = await imports.find(connection, job.user_id, job.import_id)
            if found is None or found.status != "reading":
                return
            await imports.allow_time(connection)
            known = await imports.known(connection, job.user_id, found.account_id)
        attachment = Attachment(**found.attachment)
        try:
            data = await self._fetch(job.chat, attachment)
            parsed = await parse(_context(job, found, known), data)
        except AttachmentRefused as refused:
            await self._refuse(job, refused.reason)
        except TooHeavy:
            await self._refuse(job, "too_heavy")
        else:
            await self._show(job, parsed)

    async def _refuse(self, job: ImportJob, reason: str) -> None:
        async with pool.transaction(self._pool) as connection:
            found = await imports.lock(connection, job.user_id, job.import_id)
            if found is None or found.status != "reading":
                return
            await imports.end(connection, job.import_id, "dropped")
            await reply_to_chat(connection, job.chat, job.user_id, Say("import_refused", {"reason": reason}))

    async def _show(self, job: ImportJob, parsed: Parsed) -> None:
        summary = json.loads(parsed.summary)
        status = {"ready": "ready", "ask": "asking"}.get(summary["outcome"], "dropped")
        if status == "ready" and not summary["trades"] and not summary["open_fills"]:
            status = "dropped"
        say = shown(summary, job.import_id, job.named)
        async with pool.transaction(self._pool) as connection:
            found = await imports.lock(connection, job.user_id, job.import_id)
            if found is None or found.status != "reading":
                return  # another run of this job was first, or the journal was deleted
            await imports.put(connection, job.user_id, job.import_id, parsed.portions if status == "ready" else [])
            await imports.end(connection, job.import_id, status, parsed.summary)
            await reply_to_chat(connection, job.chat, job.user_id, say, currency=job.currency)

    async def _save(self, job: ImportJob) -> None:
        async with pool.transaction(self._pool) as connection:
            await imports.allow_time(connection)
            done = await imports.save(connection, job.user_id, job.import_id, merging=job.merging)
            await self._tell(connection, job, "import_saved", done)

    async def _undo(self, job: ImportJob) -> None:
        async with pool.transaction(self._pool) as connection:
            await imports.allow_time(connection)
            done = await imports.undo(connection, job.user_id, job.import_id)
            await self._tell(connection, job, "import_undone", done)

    async def _tell(self, connection: Connection, job: ImportJob, key: str, done: dict[str, int] | None) -> None:
        """What became of it; `done` None: nothing, as it was done or dropped before."""
        found = await imports.find(connection, job.user_id, job.import_id)
        if found is not None and done is not None:
            say = Say(key, {"import_id": job.import_id, "label": found.summary["label"], **done})
        elif found is not None and found.status in ("saved", "undone"):
            say = Say("import_already", {"status": found.status})
        else:
            say = Say("import_stale")
        await reply_to_chat(connection, job.chat, job.user_id, say)


def _context(job: ImportJob, found: Import, known: dict[str, str]) -> str:
    """One line for the process that reads. What the database gave as JSON goes on as it is."""
    told = found.told
    own = {
        "zone": job.zone,
        "day_zone": job.day_zone,
        "day_hour": job.day_hour,
        "currency": job.currency,
        "now": datetime.now(UTC).isoformat(),
        "told_zone": told.get("zone"),
        "dates": told.get("dates"),
        "columns": told.get("columns"),
    }
    parts = [json.dumps(own)[1:-1], *(f"{json.dumps(name)}: {text}" for name, text in known.items())]
    return "{" + ", ".join(parts).replace("\n", " ") + "}"


def shown(summary: dict[str, Any], import_id: UUID, account: str) -> Say:
    """What was read of a file, and what may be done with it. `account`: the name of the one that it is for."""
    if summary["outcome"] == "refused":
        return Say("import_refused", {"reason": summary["reason"]})
    if summary["outcome"] == "ask":
        return Say("import_question", {"summary": summary})
    return Say("import_preview", {"summary": summary, "import_id": import_id, "account": account})
