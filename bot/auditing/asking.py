"""Puts the rules that are left to a model to it, and sees to it that this is paid for: once, and only where it is due.

The credit is taken in a transaction of its own before the question goes out, and ended in the one that stores what came
of it. A worker that dies in between leaves a question under way: whoever asks next has paid already.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from pgqueuer.domain.errors import RetryRequested

from bot.auditing.judge import Judged, judge
from bot.auditing.judges import Judge, judged_by
from bot.auditing.prompt import PROMPT_VERSION, RuleToJudge
from bot.auditing.result import Cost, Note, digest
from bot.auditing.verdict import Verdict
from bot.model import TIME_LIMIT
from bot.settings import Settings
from bot.spending import Allowance, Spending
from db import credits, pool
from statemachine.errors import AuditError, KeyRefused, StoreError

log = structlog.get_logger(__name__)

LEASE_SECONDS: Final = TIME_LIMIT + 10
"""After that nobody is waiting for the answer any more."""
LET_GO_SECONDS: Final = 0.5
BUSY_PAUSE: Final = timedelta(seconds=2)
MARGIN_SECONDS: Final = 0.2
"""Between the end of a question that takes too long and the end of all of it: time to record what it cost."""

Chart = Callable[[], Awaitable[tuple[bytes, str] | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a model is asked: the rules with the digest of each one's case, and what all are judged by."""

    user_id: UUID
    trade_id: UUID
    rules: Sequence[RuleToJudge]
    cases: Mapping[UUID, str]
    facts: Mapping[str, Any]
    note: str
    chart: Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of it.

    verdicts  by rule; `usable` are those that a model stands behind
    note      why all of them are unclear
    question  of the payment that is still to be ended, with `refund` or not; None where nothing was paid
    """

    verdicts: Mapping[UUID, Verdict] = field(default_factory=dict)
    usable: frozenset[UUID] = frozenset()
    note: Note | None = None
    cost: Cost | None = None
    question: str | None = None
    refund: bool = False


class Asking:
    """Asks models for all audits of this process."""

    def __init__(self, database: pool.Pool, settings: Settings) -> None:
        self._pool, self._spending = database, Spending(database, settings)

    async def ask(self, by: Judge, case: Case) -> Asked:
        """Pays and asks, within TIME_LIMIT. Raises RetryRequested while another worker asks the very same."""
        question = digest(judged_by(by), by.own, sorted(case.cases.items(), key=str))
        allowance = await self._pay(by, case, question)
        if not isinstance(allowance, Allowance):
            return Asked(note=allowance)
        started = time.monotonic()
        try:
            async with asyncio.timeout(TIME_LIMIT):
                judged = await self._judged(by, case, allowance, started)
        except asyncio.CancelledError:
            await self.let_go(case.user_id, case.trade_id, question)
            raise
        except TimeoutError:
            return Asked(note="key_failed" if by.own else "failed", question=question, refund=True)
        except AuditError as error:
            # an own key may be the trader's mistake, the product's is the operator's
            level = log.error if isinstance(error, KeyRefused) and not by.own else log.warning
            level("the model could not judge", provider=by.provider, own_key=by.own, reason=str(error))
            return Asked(note=_note(error, by), question=question, refund=error.refund)
        return Asked(
            verdicts={verdict.rule_id: verdict for verdict in judged.verdicts},
            usable=frozenset(rule.id for rule in case.rules) - judged.unusable,
            cost=self._cost(by, judged),
            question=question,
        )

    async def _pay(self, by: Judge, case: Case, question: str) -> Allowance | Note:
        """Leave to ask the model, or why it may not be asked."""
        async with pool.transaction(self._pool) as connection:
            paid = await credits.begin_judging(
                connection, case.user_id, case.trade_id, question, own_key=by.own, seconds=LEASE_SECONDS
            )
            if paid == "busy":
                raise RetryRequested(delay=BUSY_PAUSE, reason="another worker asks the model about this trade")
            if paid == "none":
                return "no_credits"
            allowance = await self._spending.take(connection, case.user_id, own_key=by.own)
            if allowance is None:
                await credits.end_judging(connection, case.user_id, case.trade_id, question, refund=True)
        return allowance or "over_budget"

    async def let_go(self, user_id: UUID, trade_id: UUID, question: str) -> None:
        """Nobody waits for the answer: the next one takes the audit up at once, not only when the lease has run out."""
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(LET_GO_SECONDS), pool.acquired(self._pool) as connection:
                await credits.let_go(connection, user_id, trade_id, question)

    async def _judged(self, by: Judge, case: Case, allowance: Allowance, started: float) -> Judged:
        chart = await case.chart()
        left = TIME_LIMIT - MARGIN_SECONDS - (time.monotonic() - started)
        model = self._spending.metered(by.client, allowance, "audit", name=by.name, provider=by.provider)
        return await judge(model, case.rules, case.facts, case.note, chart, left)

    def _cost(self, by: Judge, judged: Judged) -> Cost:
        tokens = (judged.input_tokens, judged.output_tokens)
        return Cost(
            provider=by.provider,
            model=judged.model,
            prompt=PROMPT_VERSION,
            own_key=by.own,
            input_tokens=judged.input_tokens,
            output_tokens=judged.output_tokens,
            usd=self._spending.cost(by.provider, by.name, tokens, own_key=by.own),
            seconds=judged.seconds,
        )


def _note(error: AuditError, by: Judge) -> Note:
    if error.refund:
        return "key_failed" if by.own else "failed"
    return "key_refused" if by.own and isinstance(error, KeyRefused) else "unusable"
