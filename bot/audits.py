"""The job `audit`: judge a recorded trade by its trader's rules.

What plain code can decide is computed; one call puts the rest to the model, outside any transaction. A trader without
a model, or without free audits left, still gets the computed verdicts: the others are "unclear" and say why.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

import structlog

from bot.auditing.checks import AuditFacts, evaluate
from bot.auditing.judge import RuleToJudge, judge
from bot.auditing.readings import check_of
from bot.auditing.score import Score, scored
from bot.auditing.verdict import Verdict
from bot.grading import grade_rules
from bot.job_payloads import TradeJob
from bot.journal import COLUMNS, Account
from bot.model import Model
from bot.replies import reply_to_chat
from bot.settings import Settings
from bot.store import ScreenshotStore, mime_of
from bot.trading.pnl import net_pnl
from db import audits, budgets, pool, trades
from db.audits import AuditInput, Rule
from statemachine.conversation import KnownTrade, Say
from statemachine.errors import AuditError, StoreError
from statemachine.trade import TradeFields

log = structlog.get_logger(__name__)

Note = Literal["no_model", "no_credits", "over_budget", "failed"]
UNJUDGED: dict[Note, str] = {
    "no_model": "Needs judgement, and no language model is set up.",
    "no_credits": "Needs judgement, and this month's free audits are used up.",
    "over_budget": "Needs judgement, and today's calls of the language model are used up.",
    "failed": "The language model could not be asked; try again later.",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """All verdicts of one audit. `note` where rules were left unclear for want of the model; `cost` in tokens."""

    verdicts: list[Verdict]
    note: Note | None
    cost: dict[str, Any]


class Audits:
    """Judges trades. Run twice for the same trade and rules it judges once."""

    def __init__(self, database: pool.Pool, model: Model | None, store: ScreenshotStore, settings: Settings) -> None:
        self._pool, self._model, self._store, self._settings = database, model, store, settings

    async def __call__(self, job: TradeJob) -> None:
        async with pool.transaction(self._pool) as connection:
            given = await audits.audit_input(connection, job.user_id, job.trade_id, self._settings.active_rules)
        if given is None or given.trade["is_open"]:
            return  # undone meanwhile, or judged when it is closed
        if already_judged(given):
            return
        rules = tuple(replace(rule, text=rule.text[: self._settings.rule_characters]) for rule in given.rules)
        judged = await self._judged(job, given, rules)
        await self._store_result(job, given, rules, judged)

    async def _judged(self, job: TradeJob, given: AuditInput, rules: tuple[Rule, ...]) -> Judged:
        facts = facts_of(given)
        checks = {rule.id: check_of(rule) for rule in rules}
        computed = [evaluate(check, facts, rule.id) for rule in rules if (check := checks[rule.id]) is not None]
        left = [RuleToJudge(rule.id, rule.text) for rule in rules if checks[rule.id] is None]
        if not left:
            return Judged(computed, None, {})
        verdicts, note, cost = await self._ask(job, given, facts, left)
        return Judged(computed + verdicts, note, cost)

    async def _ask(
        self, job: TradeJob, given: AuditInput, facts: AuditFacts, left: list[RuleToJudge]
    ) -> tuple[list[Verdict], Note | None, dict[str, Any]]:
        """The model's verdicts; a credit is taken before and given back where the service failed."""
        if self._model is None:
            return unjudged(left, "no_model"), "no_model", {}
        async with pool.acquired(self._pool) as connection:
            if not await budgets.take_model_call(connection, job.user_id, self._settings.ai_calls_per_day):
                return unjudged(left, "over_budget"), "over_budget", {}
            credit = await audits.take_credit(connection, job.user_id)
        if credit == "none":
            return unjudged(left, "no_credits"), "no_credits", {}
        try:
            image = await self._chart(job, given)
            verdicts, answer = await judge(self._model, left, told(facts), given.trade["note"] or "", image)
        except AuditError as error:
            log.warning("the model could not judge", reason=str(error))
            if error.refund and credit == "taken":
                async with pool.acquired(self._pool) as connection:
                    await audits.give_back_credit(connection, job.user_id)
            return unjudged(left, "failed"), "failed", {}
        tokens = {"input": answer.input_tokens, "output": answer.output_tokens}
        return verdicts, None, {"model": answer.model, "tokens": tokens, "seconds": round(answer.seconds, 3)}

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

    async def _store_result(self, job: TradeJob, given: AuditInput, rules: tuple[Rule, ...], judged: Judged) -> None:
        score = scored(judged.verdicts)
        async with pool.transaction(self._pool) as connection:
            stored = await trades.lock_trade(connection, job.user_id, job.trade_id)
            if stored is None or stored.get("of") == digest(given):
                return
            rows = [(v.rule_id, v.verdict, v.evidence, v.severity, v.confidence) for v in judged.verdicts]
            await audits.replace_verdicts(connection, job.user_id, job.trade_id, rows)
            await audits.mark_audited(
                connection,
                job.user_id,
                job.trade_id,
                status="audited" if rules else "skipped",
                result=result_of(given, judged, score),
                provider=judged.cost.get("model", "computed") if rules else None,
                score=score.compliance,
                counts=(score.followed, score.violated, score.unclear),
            )
            await grade_rules(connection, job.user_id, [rule.id for rule in rules])
            await reply_to_chat(connection, job.chat, job.user_id, said(job, given, rules, judged, score))


def unjudged(rules: list[RuleToJudge], why: Note) -> list[Verdict]:
    return [
        Verdict(
            rule_id=rule.id, verdict="unclear", evidence=UNJUDGED[why], severity="minor", confidence=1, computed=False
        )
        for rule in rules
    ]


def digest(given: AuditInput) -> str:
    """Names what was judged by what: a retry of the same changes nothing, an edited trade or rule is judged anew."""
    trade = {name: str(given.trade[name]) for name in (*COLUMNS, "screenshot_url", "initial_stop", "note")}
    rules = [[str(rule.id), rule.version, rule.text, rule.check, rule.dismissed] for rule in given.rules]
    text = json.dumps([trade, rules], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def already_judged(given: AuditInput) -> bool:
    result = json.loads(given.trade["audit_result"] or "{}")
    return bool(given.trade["audit_status"] != "pending" and result.get("of") == digest(given))


def trade_fields(trade: dict[str, Any]) -> TradeFields:
    direction = trade["direction"] if trade["direction"] in ("long", "short") else None
    values = {name: trade[name] for name in COLUMNS if name != "direction"}
    return TradeFields(direction=direction, pnl_basis=trade.get("pnl_basis"), note=trade.get("note"), **values)


def facts_of(given: AuditInput) -> AuditFacts:
    account = Account.of({"preferences": json.loads(given.profile.get("journal_preferences") or "{}")})
    before = [net_pnl(t["pnl"], t["commissions"], t["pnl_basis"]) for t in given.day if t["pnl"] is not None]
    size = given.profile.get("account_size")
    return AuditFacts(
        trade=trade_fields(given.trade),
        initial_stop=given.trade["initial_stop"],
        account_size=None if size is None else Decimal(size),
        account_currency=account.currency,
        trades_before=len(given.day),
        day_pnl_before=sum(before, Decimal(0)),
        zone=account.zone,
    )


def told(facts: AuditFacts) -> str:
    """The facts as the model gets them."""
    said_facts = {name: str(value) for name, value in facts.trade.said().items() if name != "note"}
    day = {"trades_earlier_that_day": facts.trades_before, "net_pnl_earlier_that_day": str(facts.day_pnl_before)}
    account = {"account_size": str(facts.account_size), "currency": facts.account_currency}
    return json.dumps({"trade": said_facts, "initial_stop": str(facts.stop), "day": day, "account": account})


def result_of(given: AuditInput, judged: Judged, score: Score) -> dict[str, Any]:
    """audit_result: what was judged by what, and what it cost."""
    return {
        "of": digest(given),
        "score": None if score.compliance is None else str(score.compliance),
        "verdicts": [
            {
                "rule_id": str(v.rule_id),
                "verdict": v.verdict,
                "evidence": v.evidence,
                "severity": v.severity,
                "confidence": v.confidence,
                "computed": v.computed,
            }
            for v in judged.verdicts
        ],
        "rules": {str(rule.id): rule.version for rule in given.rules},
        "note": judged.note,
        "cost": judged.cost,
    }


def said(job: TradeJob, given: AuditInput, rules: tuple[Rule, ...], judged: Judged, score: Score) -> Say:
    trade = KnownTrade(trade_id=job.trade_id, fields=trade_fields(given.trade))
    if not rules:
        return Say("audit_skipped", {"trade": trade}, about=job.trade_id)
    texts = {rule.id: rule.text for rule in rules}
    lines = [(texts[v.rule_id], v.verdict, v.evidence, v.computed) for v in judged.verdicts]
    data = {"trade": trade, "verdicts": lines, "score": score.compliance, "note": judged.note}
    return Say("audit", data, about=job.trade_id)
