"""A stranger's free audit: what /try says becomes one closed trade and a few rules, judged like a trader's own. Pure.

What is stored of it is the result: the trade's figures, the rules, the verdicts. A chat is named by a keyed hash, which
nobody who lacks the key can make from a chat id or compare with one.
"""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from bot.accounts import Account
from bot.auditing.checks import evaluate
from bot.auditing.facts import AuditFacts, Logged
from bot.auditing.findings import HOW
from bot.auditing.score import scored
from bot.auditing.verdict import Judgement, Severity, Verdict
from bot.journal import result_of
from bot.reading import ReadContext, read
from bot.rules.compiler import compiled
from bot.rules.rulebook import lines_of
from bot.settings import Settings
from bot.trading.day import trading_day
from statemachine.conversation import Draft
from statemachine.events import Reported, Unread
from statemachine.message import Chat
from statemachine.trade import TradeFields

EXAMPLE_RULES: Final = ("Every trade has a stop", "Never more than 3 contracts", "Risk no more than $500 per trade")
"""What a trade is checked against where no rule comes with it."""
MOST_RULES: Final = 5
LONGEST_RULE: Final = 300
LONGEST_TEXT: Final = 2_000
SOURCE: Final = "strategy-analyzer"
"""anonymous_audits.firm_id where no firm is named."""
NOBODY: Final = UUID(int=0)
_PURPOSE: Final = b"vigil try"
_HOW: Final = re.compile(re.escape(HOW) + r"'[^']*'\.")
_ENDS: Final = re.compile(r"[\n;]")

Note = Literal["asking", "no_model", "over_budget", "failed"]
Trouble = Literal["empty", "unclear", "open", "several", "long"]


def named(chat: Chat, settings: Settings) -> str | None:
    """The chat as anonymous_audits.ip_hash has it, whichever bot of ours serves it; None: SHARE_SECRET is not set."""
    if settings.share_secret is None:
        return None
    key = hmac.digest(settings.share_secret.get_secret_value().encode(), _PURPOSE, "sha256")
    return hmac.digest(key, f"{chat.platform}\0{chat.chat_id}".encode(), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be judged. `own_rules`: the rules came with it; `cut`: there were more of them."""

    fields: TradeFields
    rules: tuple[str, ...]
    own_rules: bool
    cut: bool


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a text is none, and what was understood of it all the same."""

    trouble: Trouble
    understood: TradeFields = field(default_factory=TradeFields)
    missing: tuple[str, ...] = ()


def asked(text: str, account: Account, now: datetime) -> Asked | Unusable:
    """The trade is the first line, or what stands before the first semicolon; each line after it is a rule."""
    if len(text) > LONGEST_TEXT:
        return Unusable("long")
    trade, *rest = _ENDS.split(text.strip(), maxsplit=1)
    if not trade.strip():
        return Unusable("empty")
    event = read(trade, ReadContext(state="idle", now=now, zone=account.zone))
    if isinstance(event, Unread):
        return Unusable("unclear", event.understood, _missing(event.understood, now))
    if not isinstance(event, Reported):
        return Unusable("unclear")
    if len(event.trades) != 1:
        return Unusable("several")
    fields = replace(event.trades[0], note=None, account=None)
    if missing := _missing(fields, now):
        return Unusable("unclear", fields, missing)
    if fields.is_open:
        return Unusable("open", fields)
    rules = [rule[:LONGEST_RULE] for rule in lines_of("\n".join(_ENDS.split("".join(rest))))]
    chosen = tuple(rules[:MOST_RULES]) or EXAMPLE_RULES
    return Asked(fields, chosen, own_rules=bool(rules), cut=len(rules) > MOST_RULES)


def _missing(fields: TradeFields, now: datetime) -> tuple[str, ...]:
    return Draft(id=NOBODY, fields=fields, said_at=now).missing()


def facts_of(fields: TradeFields, account: Account, now: datetime) -> AuditFacts:
    """A stranger's only trade, with its P&L where that can be computed."""
    made = result_of(fields, account)
    told = replace(fields, pnl=made.pnl, pnl_basis=made.basis if made.pnl is not None else None)
    this = Logged(
        fields=told,
        initial_stop=told.stop_loss,
        day=trading_day(now, account.day_start),
        recorded_at=now,
        is_open=False,
    )
    return AuditFacts(this=this, account_currency=account.currency, zone=account.zone, day_start=account.day_start)


# ---- what is stored


class Line(BaseModel):
    """One rule with its verdict; of one that is left to the model, until it has answered, "unclear"."""

    model_config = ConfigDict(extra="forbid")

    rule: str
    verdict: Judgement
    evidence: str
    severity: Severity
    confidence: int
    computed: bool


class Result(BaseModel):
    """anonymous_audits.audit_result of a try. `note`: "asking" while the model's word is awaited, else why rules were
    left unclear."""

    model_config = ConfigDict(extra="forbid")

    source: Literal["chat"] = "chat"
    at: datetime
    trade: dict[str, Any]
    pnl_computed: bool
    own_rules: bool
    cut: bool
    verdicts: list[Line]
    score: Decimal | None
    followed: int
    violated: int
    unclear: int
    note: Note | None = None
    model: str | None = None

    @property
    def fields(self) -> TradeFields:
        return _fields.validate_python(self.trade)

    def said(self) -> dict[str, Any]:
        """What the stranger is told, as bot/texts/trying.py takes it."""
        lines = [(line.rule, line.verdict, line.evidence, line.computed) for line in self.verdicts]
        told = {"score": self.score, "note": self.note, "own_rules": self.own_rules, "cut": self.cut}
        return {"fields": self.fields, "pnl_computed": self.pnl_computed, "verdicts": lines, **told}

    def left(self) -> list[int]:
        """Places of the rules that only a model can decide."""
        return [place for place, line in enumerate(self.verdicts) if not line.computed]


_fields: Final = TypeAdapter(TradeFields)


def judged(given: Asked, account: Account, now: datetime, *, has_model: bool) -> Result:
    """What plain code says; where rules are left and there is a model for them, it is still to be asked."""
    facts = facts_of(given.fields, account, now)
    verdicts = [_verdict(rule, facts) for rule in given.rules]
    left = any(not verdict.computed for verdict in verdicts)
    return Result(
        at=now,
        trade=_fields.dump_python(replace(facts.trade, derived=()), mode="json", exclude_defaults=True),
        pnl_computed=given.fields.pnl is None and facts.trade.pnl is not None,
        own_rules=given.own_rules,
        cut=given.cut,
        note=("asking" if has_model else "no_model") if left else None,
        **_told(given.rules, verdicts),
    )


def _verdict(rule: str, facts: AuditFacts) -> Verdict:
    check = compiled(rule)
    if check is not None:
        verdict = evaluate(check, facts, NOBODY)
        return replace(verdict, evidence=_HOW.sub("", verdict.evidence))
    return Verdict(rule_id=NOBODY, verdict="unclear", evidence="", severity="minor", confidence=1, computed=False)


def completed(before: Result, said: Sequence[Verdict], note: Note | None, model: str | None) -> Result:
    """With the model's verdicts on the rules that were left, in their order; none of them where `note` says why."""
    by_place = dict(zip(before.left(), said, strict=bool(said)))
    verdicts = [by_place.get(place) or _of(line) for place, line in enumerate(before.verdicts)]
    told = _told([line.rule for line in before.verdicts], verdicts)
    return before.model_copy(update={"note": note, "model": model, **told})


def _of(line: Line) -> Verdict:
    return Verdict(rule_id=NOBODY, **line.model_dump(exclude={"rule"}))


def _told(rules: Sequence[str], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The fields of a Result that follow from its verdicts."""
    score = scored(verdicts)
    lines = [
        Line(
            rule=rule,
            verdict=verdict.verdict,
            evidence=verdict.evidence,
            severity=verdict.severity,
            confidence=verdict.confidence,
            computed=verdict.computed,
        )
        for rule, verdict in zip(rules, verdicts, strict=True)
    ]
    counts = {"followed": score.followed, "violated": score.violated, "unclear": score.unclear}
    return {"verdicts": lines, "score": score.compliance, **counts}
