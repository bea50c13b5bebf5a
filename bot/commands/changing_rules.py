"""Changes of the trader's rules: added, edited, paused, resumed, moved, and what is said of how they were read."""

import re
from dataclasses import asdict
from typing import Final
from uuid import UUID

from bot.commands.call import Call
from bot.job_payloads import RuleJob, propose_job
from bot.rules.compiler import compiled
from bot.rules.readings import category_of
from bot.rules.rulebook import lines_of, moved, shown_named, undecided
from db import inbox, rules
from db.rules import ListedRule
from statemachine.conversation import Turn

MOST_ASKED: Final = 5
"""Rules of one message that the model is asked to propose a check for."""

_NUMBER = re.compile(r"(?:(?:rule|no\.?|number)\s*)?#?\s*(\d{1,6})[.:)]?(?:\s+|$)", re.IGNORECASE)
_MORE = re.compile(r"\d")
"""Another number behind the first: rules move up as one is paused, so "pause 1 2" could mean two things."""
_PLACE = re.compile(r"(?:(?:to|->|→|before)\s*)?#?\s*(\d{1,6})\.?", re.IGNORECASE)


def has_model(call: Call) -> bool:
    """Whether somebody could be asked to propose a check."""
    return call.settings.openai_api_key is not None


async def named_rule(call: Call, rest: str, asked: str) -> tuple[ListedRule | None, str, Turn]:
    """The rule whose number a text begins with, and what follows; None with the answer that says what is wrong."""
    found = _NUMBER.match(rest)
    if found is None:
        return None, rest, call.says("rules_how", asked=asked)
    number = int(found[1])
    rule = await rules.numbered(call.connection, call.owner, number)
    if rule is None:
        count = sum(await rules.counts(call.connection, call.owner))
        return None, rest, call.says("no_such_rule", number=number, count=count)
    return rule, rest[found.end() :].strip(), Turn(call.conversation)


# ---- added


async def add(call: Call, rest: str) -> Turn:
    """One rule per line; what cannot be added is told, the others are."""
    lines = lines_of(rest)
    if not lines:
        return call.says("rules_how", asked="add")
    longest, most = call.settings.rule_characters, call.settings.active_rules
    too_long = [text for text in lines if len(text) > longest]
    fitting = [text for text in lines if len(text) <= longest]
    said = await rules.same(call.connection, call.owner, fitting)
    fresh = [text for place, text in enumerate(fitting) if place not in said]
    active, _ = await rules.counts(call.connection, call.owner)
    room = max(most - active, 0)
    new = [(text, category_of(text, compiled(text))) for text in fresh[:room]]
    ids = await rules.add(call.connection, call.owner, new)
    return call.says(
        "rules_added",
        added=await shown_named(call.connection, call.owner, ids),
        known=await shown_named(call.connection, call.owner, list(dict.fromkeys(said.values()))),
        too_long=too_long,
        beyond=fresh[room:],
        longest=longest,
        most=most,
        asking=await _ask_for_checks(call, ids),
    )


async def _ask_for_checks(call: Call, rule_ids: list[UUID]) -> bool:
    """A job for each rule that plain code cannot read; whether there is any."""
    if not has_model(call):
        return False
    unread = [rule for rule in await rules.named(call.connection, call.owner, rule_ids) if undecided(rule)]
    jobs = [_job(call, rule) for rule in unread[:MOST_ASKED]]
    await inbox.enqueue(call.connection, jobs)
    return bool(jobs)


def _job(call: Call, rule: ListedRule, *, asked: bool = False) -> dict[str, object]:
    to = asdict(call.message.chat)
    return propose_job(RuleJob(**to, rule_id=rule.id, user_id=call.owner, digest=rule.digest, asked=asked))


# ---- changed


async def edit(call: Call, rest: str) -> Turn:
    """The same rule in other words: a new version, whose grade starts anew."""
    rule, text, answer = await named_rule(call, rest, "edit")
    if rule is None:
        return answer
    text, longest = " ".join(text.split()), call.settings.rule_characters
    if not any(map(str.isalnum, text)):
        return call.says("rules_how", asked="edit")
    if len(text) > longest:
        return call.says("rule_too_long", count=len(text), most=longest)
    if text == rule.text:
        return await _says(call, "rule_unchanged", rule.id)
    said = (await rules.same(call.connection, call.owner, [text])).get(0)
    if said is not None and said != rule.id:
        return await _says(call, "rule_known", said)
    new = await rules.add_version(call.connection, call.owner, rule.id, text, category_of(text, compiled(text)))
    return await _says(call, "rule_edited", new, before=rule.text, asking=await _ask_for_checks(call, [new]))


async def press_back(call: Call, rule: ListedRule, _: str) -> Turn:
    """What it said before the last edit: that very row, or, once the new one was judged by, a version of its own."""
    before = await rules.take_version_back(call.connection, call.owner, rule.id)
    if before is not None:
        return await _says(call, "rule_taken_back", before)
    versions = await rules.history(call.connection, call.owner, rule.id)
    if len(versions) < 2:
        return call.says("rule_gone")
    text = versions[1].text[: call.settings.rule_characters]
    new = await rules.add_version(call.connection, call.owner, rule.id, text, category_of(text, compiled(text)))
    return await _says(call, "rule_taken_back", new)


async def pause(call: Call, rest: str) -> Turn:
    rule, more, answer = await named_rule(call, rest, "pause")
    if rule is not None and _MORE.search(more):
        return call.says("rules_how", asked="pause")
    return answer if rule is None else await press_pause(call, rule, "")


async def remove(call: Call, rest: str) -> Turn:
    """A rule that trades were judged by stays: it is paused."""
    rule, more, answer = await named_rule(call, rest, "pause")
    if rule is not None and _MORE.search(more):
        return call.says("rules_how", asked="pause")
    return answer if rule is None else await _set(call, rule, active=False, removed=True)


async def resume(call: Call, rest: str) -> Turn:
    rule, more, answer = await named_rule(call, rest, "resume")
    if rule is not None and _MORE.search(more):
        return call.says("rules_how", asked="resume")
    return answer if rule is None else await press_resume(call, rule, "")


async def press_pause(call: Call, rule: ListedRule, _: str) -> Turn:
    return await _set(call, rule, active=False)


async def press_resume(call: Call, rule: ListedRule, _: str) -> Turn:
    active, _paused = await rules.counts(call.connection, call.owner)
    if not rule.is_active and active >= call.settings.active_rules:
        return call.says("rules_full", most=call.settings.active_rules)
    return await _set(call, rule, active=True)


async def _set(call: Call, rule: ListedRule, *, active: bool, removed: bool = False) -> Turn:
    await rules.set_active(call.connection, call.owner, rule.id, active=active)
    return await _says(call, "rule_set", rule.id, changed=rule.is_active != active, removed=removed)


async def move(call: Call, rest: str) -> Turn:
    rule, place, answer = await named_rule(call, rest, "move")
    if rule is None:
        return answer
    found = _PLACE.fullmatch(place)
    if found is None:
        return call.says("rules_how", asked="move")
    return await press_move(call, rule, found[1])


async def press_move(call: Call, rule: ListedRule, place: str) -> Turn:
    """To this place among the active rules; a place beyond the last is the last."""
    active, _ = await rules.counts(call.connection, call.owner)
    if not rule.is_active or rule.number is None:
        return await _says(call, "rule_set", rule.id, changed=False)
    order = await rules.order(call.connection, call.owner)
    wanted = min(max(int(place), 1), active)
    await rules.put_in_order(call.connection, call.owner, moved(order, rule.id, wanted))
    return await _says(call, "rule_moved", rule.id, was=rule.number)


# ---- how it was read


async def press_right(call: Call, rule: ListedRule, digest: str) -> Turn:
    return await _read(call, rule, digest, right=True)


async def press_wrong(call: Call, rule: ListedRule, digest: str) -> Turn:
    return await _read(call, rule, digest, right=False)


async def _read(call: Call, rule: ListedRule, digest: str, *, right: bool) -> Turn:
    """The trader's word on a reading that was shown; of another text it says nothing."""
    if digest != rule.digest:
        return call.says("rule_gone")
    plain = compiled(rule.text) is not None
    answer = rules.answer_reading if plain else rules.answer_proposal
    await answer(call.connection, call.owner, rule.id, digest, right=right)
    return await _says(call, "rule_read", rule.id, right=right)


async def press_check(call: Call, rule: ListedRule, digest: str) -> Turn:
    """The model is asked for a check; what it says comes later."""
    if digest != rule.digest or not undecided(rule):
        return call.says("rule_gone")
    if not has_model(call):
        return await _says(call, "rule_unproposed", rule.id, reason="failed")
    await inbox.enqueue(call.connection, [_job(call, rule, asked=True)])
    return await _says(call, "rule_asking", rule.id)


async def _says(call: Call, key: str, rule_id: UUID, **data: object) -> Turn:
    (rule,) = await shown_named(call.connection, call.owner, [rule_id])
    return call.says(key, rule=rule, **data)
