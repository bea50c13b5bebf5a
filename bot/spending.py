"""What the language model may cost a trader in a day, and what each call did cost.

Rules: a call on the product's key takes its share of the day's budget before it goes out, and is recorded when it has
ended, whatever came of it. A call on the trader's own key costs them, not us: it is recorded, and counts against no
budget. No word of a question or an answer is kept.
"""

import time
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

import structlog

from bot import metrics
from bot.auditing.providers import MILLION, OPENAI, cost_usd
from bot.model import TIME_LIMIT, Answer, Asked, Model
from bot.settings import Settings
from db import budgets, pool
from db.budgets import ModelCost
from db.pool import Connection
from statemachine.errors import AuditError, StoreError

log = structlog.get_logger(__name__)

Purpose = Literal["text", "picture", "voice", "audit", "rule", "question"]

SHARE: Final = 5_000
"""Tokens that a call takes of the day's until it is known what it used: a picture or a page of rules needs so many."""
KEPT_DAYS: Final = 90
_UNKNOWN: Final = frozenset({"timeout"})
"""Outcomes after which the service may still have worked, and charged: the share stays taken."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """One question that may be asked. `day`: whose budget it was taken from; None: the trader's own key pays."""

    user_id: UUID
    day: date | None


class Spending:
    """Keeps every trader within the day's budget; one for each process."""

    def __init__(self, database: pool.Pool, settings: Settings) -> None:
        self._pool, self._settings = database, settings

    async def take(self, connection: Connection, user_id: UUID, *, own_key: bool = False) -> Allowance | None:
        """Leave to ask once, in the caller's transaction; None where the day's budget is used up."""
        if own_key:
            return Allowance(user_id, None)
        calls, tokens = self._settings.ai_calls_per_day, self._settings.ai_tokens_per_day
        day = await budgets.take_model_call(connection, user_id, most_calls=calls, most_tokens=tokens, share=SHARE)
        return Allowance(user_id, day) if day is not None else None

    def metered(
        self, model: Model, allowance: Allowance, purpose: Purpose, *, name: str | None = None, provider: str = OPENAI
    ) -> "Metered":
        """The model, recording what each question costs. `name`: of the model that is asked, by which it is priced."""
        return Metered(
            model, self.bill(allowance, purpose, name=name or self._settings.openai_model, provider=provider)
        )

    def bill(self, allowance: Allowance, purpose: Purpose, *, name: str, provider: str) -> "Bill":
        return Bill(self, allowance, purpose, name, provider)

    def cost(self, provider: str, model: str, tokens: tuple[int, int], *, own_key: bool) -> Decimal | None:
        """US dollars to a millionth, by the operator's prices, else by the table of providers; None: not known."""
        given, made = self._settings.ai_input_price, self._settings.ai_output_price
        if own_key or given is None or made is None or model != self._settings.openai_model:
            return cost_usd(provider, model, *tokens)
        return ((tokens[0] * given + tokens[1] * made) / MILLION).quantize(Decimal("0.000001"))

    async def record(self, cost: ModelCost, allowance: Allowance, share: int) -> None:
        """Where the store is away the answer counts all the same, and the share stays taken."""
        metrics.count_model(cost.purpose, cost.outcome, (cost.input_tokens, cost.output_tokens))
        used = cost.input_tokens + cost.output_tokens
        more = 0 if cost.outcome in _UNKNOWN else used - share
        try:
            async with pool.acquired(self._pool) as connection:
                await budgets.record_model_call(connection, cost, day=allowance.day, more=more)
        except StoreError as error:
            log.warning("a call of the model was not recorded", purpose=cost.purpose, reason=str(error))


class Metered:
    """A model whose calls are recorded; an allowance is for one question, and its repetition where it was in vain."""

    def __init__(self, model: Model, bill: "Bill") -> None:
        self._model, self._bill = model, bill

    async def ask(
        self,
        schema: type[Asked],
        *,
        system: str,
        user: str,
        image: tuple[bytes, str] | None = None,
        seconds: float = TIME_LIMIT,
    ) -> Answer[Asked]:
        """See Model.ask."""
        return await self._bill.of(self._model.ask(schema, system=system, user=user, image=image, seconds=seconds))

    async def close(self) -> None:
        """Of the model itself."""
        await self._model.close()


class Bill:
    """Records what the calls for an allowance come to; its share is given back with the first of them."""

    def __init__(self, spending: Spending, allowance: Allowance, purpose: Purpose, name: str, provider: str) -> None:
        self._spending, self._allowance = spending, allowance
        self._purpose, self._name, self._provider = purpose, name, provider
        self._share = SHARE

    async def of(self, call: Awaitable[Answer[Asked]]) -> Answer[Asked]:
        """The answer of a call, recorded. Raises what the call raises."""
        started = time.monotonic()
        try:
            answer = await call
        except AuditError as error:
            await self._record(error.outcome, self._name, error.tokens, time.monotonic() - started)
            raise
        await self._record("answered", answer.model, (answer.input_tokens, answer.output_tokens), answer.seconds)
        return answer

    async def _record(self, outcome: str, model: str, tokens: tuple[int, int], seconds: float) -> None:
        own_key = self._allowance.day is None
        known = outcome not in _UNKNOWN
        cost = ModelCost(
            user_id=self._allowance.user_id,
            purpose=self._purpose,
            provider=self._provider,
            model=model,
            own_key=own_key,
            outcome=outcome,
            input_tokens=tokens[0],
            output_tokens=tokens[1],
            usd=self._spending.cost(self._provider, self._name, tokens, own_key=own_key) if known else None,
            seconds=seconds,
        )
        share, self._share = self._share, 0
        await self._spending.record(cost, self._allowance, share)
