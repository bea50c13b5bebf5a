"""A change of one trade can change what is computed of others of its day: "the third trade", "after two losses"."""

from datetime import date
from uuid import UUID

from bot.auditing.aside import aside
from bot.auditing.result import Entry, Ruling, verdict_of
from bot.auditing.standing import standing
from bot.auditing.writing import Left, write
from bot.job_payloads import TradeJob
from bot.replies import reply_to_chat
from bot.settings import Settings
from db import audits, pool, trades
from statemachine.conversation import Say


async def look_again(
    database: pool.Pool, settings: Settings, job: TradeJob, day: date, account_id: UUID | None
) -> None:
    """Compute anew the other audited trades of the day; no model is asked, and only a verdict that changed is told of.

    A trade that was judged under other rules than there are now stays as it was judged.
    """
    async with pool.acquired(database) as connection:
        others = await audits.audited_on(connection, job.user_id, day, account_id)
    for trade_id in others:
        if trade_id == job.trade_id:
            continue
        async with pool.acquired(database) as connection:  # of a day with many trades it takes long: others need it
            found = await standing(connection, job.user_id, trade_id, settings)
        if found is not None and found.outdated:
            async with pool.transaction(database) as connection:
                await _compute_again(connection, settings, job, trade_id)


async def _compute_again(connection: pool.Connection, settings: Settings, job: TradeJob, trade_id: UUID) -> None:
    if not await trades.lock_trade(connection, job.user_id, trade_id):
        return
    now = await standing(connection, job.user_id, trade_id, settings)
    if now is None or not now.outdated:
        return
    was = {entry.rule_id: entry for entry in now.earlier.verdicts}
    judged = {
        rule.id: Ruling(rule, verdict_of(was[rule.id]), was[rule.id].case, was[rule.id].by)
        for rule in now.left()
        if rule.id in was
    }
    rulings = await aside(now.size, lambda: now.rulings(judged))
    if rulings is None:
        return  # an override was taken back, and nothing is left of what a model said
    if all(_is_as_before(ruling, was.get(ruling.rule.id)) for ruling in rulings):
        await audits.mark_unchanged(connection, job.user_id, trade_id, now.of)
        return
    await write(connection, job.user_id, now, rulings, Left(judged, now.earlier.note))
    changed = [
        (ruling.rule.text, ruling.judgement)
        for ruling in rulings
        if ruling.rule.id in was and was[ruling.rule.id].verdict != ruling.judgement
    ]
    if changed:
        say = Say("also_changed", {"trade": now.trade, "changes": changed}, about=trade_id)
        await reply_to_chat(connection, job.chat, job.user_id, say, currency=now.facts.account_currency)


def _is_as_before(ruling: Ruling, was: Entry | None) -> bool:
    said = ruling.verdict
    return was is not None and (was.verdict, was.evidence, was.severity) == (said.verdict, said.evidence, said.severity)
