"""What an audit judges by, as it was read: the trade, its day, the rules, the trader's verdicts, the audit before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from bot.auditing.aside import aside
from bot.auditing.checks import evaluate
from bot.auditing.facts import AuditFacts
from bot.auditing.loading import facts_of
from bot.auditing.result import Earlier, Ruling, digest, overridden
from bot.auditing.telling import told
from bot.journal import COLUMNS
from bot.rules.readings import check_of
from bot.settings import Settings
from db import ai_keys, audits
from db.ai_keys import StoredKey
from db.audits import AuditInput, Override, Rule
from db.pool import Connection
from statemachine.conversation import KnownTrade

Day = tuple[date, UUID | None]
"""A trading day of an account."""

JUDGED_BY: Final = (*COLUMNS, "pnl_basis", "screenshot_url", "initial_stop", "note")
"""Of the trade's row, what verdicts rest on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an audit judges by.

    own    the trader's own verdicts, by rule
    key    their own key for a model
    of     names all of it: what was judged by the same needs no other audit
    """

    given: AuditInput
    rules: tuple[Rule, ...]
    facts: AuditFacts
    day: Day | None
    own: Mapping[UUID, Override]
    key: StoredKey | None
    earlier: Earlier
    of: str

    @property
    def judged(self) -> bool:
        """The very same was judged before."""
        return self.given.trade["audit_status"] != "pending" and self.earlier.of == self.of

    @property
    def trade(self) -> KnownTrade:
        fields = replace(self.facts.trade, account=self.facts.account_name)
        return KnownTrade(trade_id=self.given.trade["id"], fields=fields)

    @property
    def outdated(self) -> bool:
        """Judged by the rules there are, but not by the day as it stands. Under other rules it stays as it was."""
        if self.given.trade["audit_status"] != "audited" or self.judged or self.earlier.of is None:
            return False
        return self.earlier.rules == {str(rule.id): rule.version for rule in self.rules}

    @property
    def days(self) -> list[Day]:
        """The trade's day, and the one it stood on when it was audited before."""
        if self.day is None:
            return []
        now, account_id = self.day
        return [self.day, *([(self.earlier.day, account_id)] if self.earlier.day not in (None, now) else [])]

    def left(self) -> list[Rule]:
        """The rules that only a model can decide."""
        return [rule for rule in self.rules if rule.id not in self.own and check_of(rule) is None]

    @property
    def size(self) -> int:
        """How much there is to work out."""
        return len(self.facts.others) * len(self.rules)

    def cases(self, rules: Iterable[Rule]) -> dict[UUID, str]:
        """Names all that a model judges each rule by."""
        trade = self.given.trade
        judged_by = (digest(told(self.facts)), trade["note"], trade["screenshot_url"])
        return {rule.id: digest(*judged_by, rule.id, rule.version, rule.text) for rule in rules}

    def rulings(self, left: Mapping[UUID, Ruling]) -> list[Ruling] | None:
        """Every rule's verdict, computed ones made anew; None where `left` lacks one."""
        found: list[Ruling] = []
        for rule in self.rules:
            if own := self.own.get(rule.id):
                found.append(overridden(rule, own, self.earlier))
            elif check := check_of(rule):
                found.append(Ruling(rule, evaluate(check, self.facts, rule.id)))
            elif rule.id in left:
                found.append(replace(left[rule.id], rule=rule))
            else:
                return None
        return found


async def standing(connection: Connection, user_id: UUID, trade_id: UUID, settings: Settings) -> Standing | None:
    """How a trade stands now; None when there is no such trade any more."""
    given = await audits.audit_input(connection, user_id, trade_id, settings.active_rules)
    if given is None:
        return None
    set_now = await audits.overrides(connection, user_id, trade_id)
    key = await ai_keys.own_key(connection, user_id)
    size = len(given.others) * len(given.rules)
    return await aside(size, lambda: _standing(given, set_now, key, settings.rule_characters))


def _standing(given: AuditInput, set_now: Iterable[Override], key: StoredKey | None, longest_rule: int) -> Standing:
    rules = tuple(replace(rule, text=rule.text[:longest_rule]) for rule in given.rules)
    facts, earlier = facts_of(given), Earlier.of_trade(given.trade)
    on = given.trade["trade_date"]
    day = (on, given.trade["account_id"]) if on else None
    return Standing(
        given=given,
        rules=rules,
        facts=facts,
        day=day,
        own=earlier.overrides() | {override.rule_id: override for override in set_now},
        key=key,
        earlier=earlier,
        of=digest([given.trade.get(name) for name in JUDGED_BY], facts, day, rules),
    )
