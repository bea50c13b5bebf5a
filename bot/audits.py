"""The job `audit`: judge a recorded trade by its trader's rules, then see whether that changes others of its day.

What plain code can decide is computed, always; one call puts the rest to the model, outside any transaction, unless it
has judged the very same before. A trader without a model, or without free audits left, still gets the computed
verdicts: the others are "unclear" and say why.

What was read is read again under the locks before anything is written: where the trade, its day, a rule or an override
changed meanwhile, all is done again. So the stored verdicts are those of what stands in the journal.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from pgqueuer.domain.errors import RetryRequested

from bot.auditing.aside import aside
from bot.auditing.asking import Asked, Asking, Case
from bot.auditing.judges import Judge, judged_by, judges_of
from bot.auditing.prompt import RuleToJudge
from bot.auditing.result import Note, Ruling, verdict_of
from bot.auditing.same_day import look_again
from bot.auditing.standing import Day, Standing, standing
from bot.auditing.telling import told
from bot.auditing.writing import Left, said, unjudged, write
from bot.job_payloads import TradeJob
from bot.model import Model
from bot.replies import reply_to_chat
from bot.services import Absent, Service
from bot.settings import Settings
from bot.store import ScreenshotStore, mime_of
from db import credits, pool, referrals, trades
from db.audits import AuditInput, Rule
from db.pool import Connection
from statemachine.conversation import Say
from statemachine.errors import StoreError

log = structlog.get_logger(__name__)

MOST_RUNS: Final = 3
"""How often an audit begins again because something changed under it, before it gives others a chance."""
ABSENT: Final[Mapping[Absent, Note]] = {"no_key": "no_model", "own_key": "key_unreadable"}
"""Every service judges: a key of the trader's own that is not used is one that does not open."""


class Audits:
    """Judges trades. Run twice for the same trade and rules it judges once."""

    def __init__(self, database: pool.Pool, model: Model | None, store: ScreenshotStore, settings: Settings) -> None:
        self._pool, self._store, self._settings = database, store, settings
        self._judges, self._asking = judges_of(model, settings), Asking(database, settings)

    async def __call__(self, job: TradeJob) -> None:
        """Raises RetryRequested while another worker asks the model the same, or where the trade keeps changing."""
        days = [(job.day, job.account_id)] if job.day is not None else await self._audit(job)
        for day, account_id in days:
            await look_again(self._pool, self._settings, job, day, account_id)

    async def give_up(self, job: TradeJob) -> None:
        """The job died: the trader is told that the trade stays unaudited, the operator has the dead letter."""
        async with pool.transaction(self._pool) as connection:
            await reply_to_chat(connection, job.chat, job.user_id, Say("audit_failed"))

    async def _audit(self, job: TradeJob) -> list[Day]:
        """Judge the trade and say so; the days whose other trades this may concern."""
        fresh: dict[str, Ruling] = {}
        asked = Asked()
        for _ in range(MOST_RUNS):
            async with pool.transaction(self._pool) as connection:
                found = await standing(connection, job.user_id, job.trade_id, self._settings)
            if found is None:
                return []  # undone meanwhile
            if found.given.trade["is_open"]:
                return found.days  # it is judged when it is closed, but parts of it may count already
            if _is_done(found, job):
                return found.days
            left = await self._left(job, found, fresh)
            if left.asked.question is None:  # all of it was answered before the change: still to be paid and told of
                left = replace(left, asked=asked)
            asked = left.asked
            if await self._stored(job, found, left):
                return found.days
            fresh |= {ruling.case: ruling for ruling in left.rulings.values() if ruling.case is not None}
        if asked.question is not None:
            await self._asking.let_go(job.user_id, job.trade_id, asked.question)
        raise RetryRequested(delay=timedelta(seconds=1), reason="the trade keeps changing")

    async def _left(self, job: TradeJob, found: Standing, fresh: Mapping[str, Ruling]) -> Left:
        """What a model said of the very same, now or before; where one can be, it is asked about the rest."""
        rules = found.left()
        if not rules:
            return Left({})
        cases = await aside(found.size, lambda: found.cases(rules))
        judge = self._judges.of(job.user_id, found.key)
        by = judged_by(judge) if isinstance(judge, Service) else None
        known: dict[UUID, Ruling] = {}
        for rule in rules:
            if ruling := fresh.get(cases[rule.id]):
                known[rule.id] = ruling
            elif entry := found.earlier.judged(rule.id, cases[rule.id], by):
                known[rule.id] = Ruling(rule, verdict_of(entry), entry.case, entry.by)
        unknown = [rule for rule in rules if rule.id not in known]
        if not isinstance(judge, Service):
            why = ABSENT[judge]
            return Left(known | unjudged(unknown, why), why if unknown else None)
        try:
            asked = await self._asked(job, found, judge, unknown, cases) if unknown else Left({})
        finally:
            await judge.close()
        return Left({**known, **asked.rulings}, asked.note, asked.asked)

    async def _asked(
        self, job: TradeJob, found: Standing, judge: Judge, rules: list[Rule], cases: Mapping[UUID, str]
    ) -> Left:
        case = Case(
            user_id=job.user_id,
            trade_id=job.trade_id,
            rules=[RuleToJudge(rule.id, rule.text) for rule in rules],
            cases={rule.id: cases[rule.id] for rule in rules},
            facts=told(found.facts),
            note=found.given.trade["note"] or "",
            chart=lambda: self._chart(job, found.given),
        )
        asked = await self._asking.ask(judge, case)
        if asked.note is not None:
            return Left(unjudged(rules, asked.note), asked.note, asked)
        rulings = {}
        for rule in rules:
            known_by = (cases[rule.id], judged_by(judge)) if rule.id in asked.usable else (None, None)
            rulings[rule.id] = Ruling(rule, asked.verdicts[rule.id], *known_by)
        return Left(rulings, None, asked)

    async def _chart(self, job: TradeJob, given: AuditInput) -> tuple[bytes, str] | None:
        url = given.trade["screenshot_url"]
        if url is None:
            return None
        try:
            path = self._store.path_of(url, job.user_id, job.trade_id)
            return await self._store.get(path), mime_of(path)
        except StoreError as error:
            log.warning("the chart could not be read", reason=str(error))
            return None

    async def _stored(self, job: TradeJob, found: Standing, left: Left) -> bool:
        """Write the result and say it; False where what was judged is no longer what stands there."""
        async with pool.transaction(self._pool) as connection:
            gone = not await trades.lock_trade(connection, job.user_id, job.trade_id)
            now = None if gone else await standing(connection, job.user_id, job.trade_id, self._settings)
            if now is not None and not now.given.trade["is_open"] and not _is_done(now, job):
                rulings = await _rulings(now, left) if now.of == found.of else None
                if rulings is None:
                    await self._ended(connection, job, left.asked, failed_only=True)
                    return False
                score = await write(connection, job.user_id, now, rulings, left, job.at)
                if rulings:
                    await referrals.note_first_audit(connection, job.user_id)
                say = said(now, rulings, left.note, score)
                await reply_to_chat(connection, job.chat, job.user_id, say, currency=now.facts.account_currency)
            await self._ended(connection, job, left.asked)
        return True

    async def _ended(self, connection: Connection, job: TradeJob, asked: Asked, *, failed_only: bool = False) -> None:
        """Settle the payment. An answer that is not stored yet has paid for the next question."""
        if asked.question is not None and (asked.refund or not failed_only):
            await credits.end_judging(connection, job.user_id, job.trade_id, asked.question, refund=asked.refund)


def _is_done(found: Standing, job: TradeJob) -> bool:
    """This very request was answered before its worker died; or, unasked, nothing has changed since the last audit."""
    return job.at in found.earlier.answered or (found.judged and not job.asked)


async def _rulings(now: Standing, left: Left) -> list[Ruling] | None:
    return await aside(now.size, lambda: now.rulings(left.rulings))
