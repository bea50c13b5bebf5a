"""The job `try`: what plain code left of a stranger's free audit is put to the model, and the stranger is told.

What the model may do for strangers is limited in all, by UTC day: every call is counted before it goes out, whoever
asks. The result is stored and told in one transaction, so that a job that runs twice tells once.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import structlog
from pydantic import ValidationError

from bot import metrics
from bot.accounts import Account
from bot.auditing.asking import MARGIN_SECONDS
from bot.auditing.judge import judge
from bot.auditing.prompt import RuleToJudge
from bot.auditing.telling import told
from bot.auditing.verdict import Verdict
from bot.job_payloads import TryJob
from bot.model import TIME_LIMIT, Model
from bot.settings import Settings
from bot.stored import dump_reply
from bot.texts import View, render
from bot.trying import Note, Result, completed, facts_of
from db import outbox, pool, tries
from db.pool import Connection
from statemachine.conversation import Say
from statemachine.errors import AuditError

log = structlog.get_logger(__name__)

STRANGER: Final = Account.of({})
"""What is assumed of somebody nobody knows: dollars, UTC."""


class Tries:
    """Completes strangers' free audits."""

    def __init__(self, database: pool.Pool, model: Model | None, settings: Settings) -> None:
        self._pool, self._model, self._settings = database, model, settings

    async def __call__(self, job: TryJob) -> None:
        async with pool.transaction(self._pool) as connection:
            result = await _waiting(connection, job.result_id)
            if result is None:
                return
            most = self._settings.try_calls_per_day
            may_ask = self._model is not None and await tries.take_call(connection, most)
        note: Note | None = None if may_ask else "no_model" if self._model is None else "over_budget"
        said, name = (await self._asked(result)) if may_ask else ([], None)
        await self._finish(job, completed(result, said, note or (None if said else "failed"), name))

    async def give_up(self, job: TryJob) -> None:
        """The job died: what was computed is all there is, and the stranger is told so."""
        async with pool.transaction(self._pool) as connection:
            result = await _waiting(connection, job.result_id)
        if result is not None:
            await self._finish(job, completed(result, [], "failed", None))

    async def _finish(self, job: TryJob, whole: Result) -> None:
        async with pool.transaction(self._pool) as connection:
            if await _waiting(connection, job.result_id) is not None:
                await tries.set_result(connection, job.result_id, whole.model_dump(mode="json"))
                await self._tell(connection, job, whole)

    async def _asked(self, result: Result) -> tuple[Sequence[Verdict], str | None]:
        """The model's verdicts on what is left, and its name; nothing where it gave none."""
        assert self._model is not None  # noqa: S101 - it is only asked where there is one
        rules = [RuleToJudge(uuid4(), result.verdicts[place].rule) for place in result.left()]
        facts = told(facts_of(result.fields, STRANGER, result.at))
        try:
            async with asyncio.timeout(TIME_LIMIT):
                found = await judge(self._model, rules, facts, "", None, TIME_LIMIT - MARGIN_SECONDS)
        except (AuditError, TimeoutError) as error:
            outcome, tokens = (error.outcome, error.tokens) if isinstance(error, AuditError) else ("timeout", (0, 0))
            log.warning("the model could not judge a stranger's trade", reason=str(error))
            await self._count(outcome, tokens)
            return [], None
        await self._count("answered", (found.input_tokens, found.output_tokens))
        return found.verdicts, found.model

    async def _count(self, outcome: str, tokens: tuple[int, int]) -> None:
        metrics.count_model("try", outcome, tokens)
        async with pool.acquired(self._pool) as connection:
            await tries.count_tokens(connection, sum(tokens))

    async def _tell(self, connection: Connection, job: TryJob, result: Result) -> None:
        view = View(job.locale, ZoneInfo("UTC"), STRANGER.currency, datetime.now(UTC))
        reply = render(Say("tried", result.said()), view)
        await outbox.add_reply(connection, job.chat, None, dump_reply(reply))


async def _waiting(connection: Connection, result_id: UUID) -> Result | None:
    """The result that is to be completed, locked; None: it was, or is gone."""
    stored = await tries.lock_result(connection, result_id)
    try:
        result = Result.model_validate(stored)
    except ValidationError:
        return None
    return result if result.note == "asking" else None
