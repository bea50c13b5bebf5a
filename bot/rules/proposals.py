"""The job `propose`: the model looks for a check that decides a rule which plain code cannot read.

What it finds is stored and put to the trader; nothing counts before they have confirmed it. Where it finds nothing the
rule stays with the judge, as the trader was told; who asked for the look hears of it. That it cannot be asked is told
in any case, of the rules of one message once. Run twice, the trader is asked once.
"""

from dataclasses import replace
from typing import Literal

import structlog

from bot.job_payloads import RuleJob
from bot.model import Model
from bot.replies import reply_to_chat
from bot.rules.proposing import Proposal, propose
from bot.rules.readings import dump_check
from bot.rules.rulebook import shown, undecided
from bot.settings import Settings
from bot.spending import Spending
from db import pool, profiles, rules
from db.rules import ListedRule
from statemachine.conversation import Say
from statemachine.errors import AuditError

log = structlog.get_logger(__name__)

Reason = Literal["none", "failed", "spent"]
"""Why nothing is proposed: there is no such check, nobody could be asked, the day's calls are used up."""


class Proposals:
    """Asks the model, then the trader. A call counts against the day's, and takes no audit credit."""

    def __init__(self, database: pool.Pool, model: Model | None, settings: Settings) -> None:
        self._pool, self._model, self._settings = database, model, settings
        self._spending = Spending(database, settings)

    async def __call__(self, job: RuleJob) -> None:
        async with pool.transaction(self._pool) as connection:
            rule = await rules.rule(connection, job.user_id, job.rule_id)
            if rule is None or not _is_meant(rule, job):
                return
            allowance = None if self._model is None else await self._spending.take(connection, job.user_id)
        if self._model is None or allowance is None:
            await self._say_none(job, "failed" if self._model is None else "spent")
            return
        try:
            model = self._spending.metered(self._model, allowance, "rule")
            proposal = await propose(model, rule.text[: self._settings.rule_characters])
        except AuditError as error:
            log.warning("the model could not propose a check", reason=str(error))
            await self._say_none(job, "failed")
            return
        await (self._say_none(job, "none") if proposal is None else self._ask(job, proposal))

    async def give_up(self, job: RuleJob) -> None:
        """The job died: the trader is told, the operator has the dead letter."""
        await self._say_none(job, "failed")

    async def _say_none(self, job: RuleJob, reason: Reason) -> None:
        """Why nothing is proposed, where the trader still waits for it."""
        async with pool.transaction(self._pool) as connection:
            await profiles.lock(connection, job.user_id)
            rule = await rules.rule(connection, job.user_id, job.rule_id)
            if rule is None or not _is_meant(rule, job):
                return
            if job.asked:
                (kept,) = await shown(connection, job.user_id, [rule])
                say = Say("rule_unproposed", {"rule": kept, "reason": reason})
                await reply_to_chat(connection, job.chat, job.user_id, say)
            elif reason != "none":
                say = Say("rules_unproposed", {"reason": reason})
                await reply_to_chat(connection, job.chat, job.user_id, say, once_a_day=True)

    async def _ask(self, job: RuleJob, proposal: Proposal) -> None:
        """Stored and asked in one transaction."""
        stored, model = dump_check(proposal.check), proposal.answer.model
        async with pool.transaction(self._pool) as connection:
            await profiles.lock(connection, job.user_id)
            rule = await rules.rule(connection, job.user_id, job.rule_id)
            if rule is None or not _is_meant(rule, job):
                return
            if await rules.propose(connection, job.user_id, job.rule_id, job.digest, stored, model):
                (asked,) = await shown(connection, job.user_id, [replace(rule, proposed=stored)])
                await reply_to_chat(connection, job.chat, job.user_id, Say("rule_proposed", {"rule": asked}))


def _is_meant(rule: ListedRule, job: RuleJob) -> bool:
    """The rule is still in the list, says what it said, and nobody has made a check of it meanwhile."""
    return rule.number is not None and rule.digest == job.digest and undecided(rule)
