"""/rules: the list of the trader's rules; the other half of it, their changes, is changing_rules.py.

A button carries the rule's id, so a stale one never hits another rule. A number means the list as it is now; the
answer names the rule, and a button takes the change back.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from bot.commands import changing_rules as changing
from bot.commands.call import Call
from bot.commands.changing_rules import named_rule
from bot.rules.grading import track_records
from bot.rules.rulebook import shown, undecided
from bot.texts.rules import ShownVersion
from db import rules
from db.rules import ListedRule
from statemachine.conversation import Turn

_LISTED: Final = frozenset({"list", "all"})
PAGE: Final = 6
"""Rules of one page: about a phone's screen."""


async def command(call: Call) -> Turn:
    """/rules, /rules PAGE, /rules add TEXT, /rules edit N TEXT, …"""
    word, rest = (*call.argument.strip().split(None, 1), "", "")[:2]
    if not word or re.fullmatch(r"\d{1,4}", word):
        return await _list(call, int(word or 1))
    if word.lower() in _LISTED and not rest:
        return await _list(call, 1)
    if word.lower() == "help" and not rest:
        return call.says("rules_how", asked="unknown")
    asked = ASKED.get(word.lower())
    if asked is None:
        return call.says("rules_how", asked="unknown", text=call.argument)
    return await asked(call, rest)


async def pressed(call: Call) -> Turn:
    """A button beside a rule: what is asked for, the rule's id, and what belongs to it."""
    asked, hex_id, more = (*call.argument.split(), "", "", "")[:3]
    press = PRESSED.get(asked)
    if press is None or not re.fullmatch(r"[0-9a-f]{32}", hex_id):
        return call.says("rules_how", asked="unknown")
    rule = await rules.rule(call.connection, call.owner, UUID(hex_id))
    if rule is None or rule.number is None:
        return call.says("rule_gone")
    return await press(call, rule, more)


async def _list(call: Call, page: int) -> Turn:
    """A page beyond the last shows the last."""
    active, paused = await rules.counts(call.connection, call.owner)
    if not active + paused:
        return call.says("no_rules")
    pages = -(-(active + paused) // PAGE)
    page = min(max(page, 1), pages)
    found = await rules.page(call.connection, call.owner, (page - 1) * PAGE, PAGE)
    listed = await shown(call.connection, call.owner, found)
    most = call.settings.active_rules
    return call.says("rules", rules=listed, page=page, pages=pages, active=active, paused=paused, judged=most)


async def _show(call: Call, rule: ListedRule, _: str = "") -> Turn:
    active, _paused = await rules.counts(call.connection, call.owner)
    can_propose = changing.has_model(call) and undecided(rule)
    (found,) = await shown(call.connection, call.owner, [rule])
    return call.says("rule", rule=found, last=active, can_propose=can_propose)


async def _history(call: Call, rest: str) -> Turn:
    rule, _, answer = await named_rule(call, rest, "history")
    if rule is None:
        return answer
    versions = await rules.history(call.connection, call.owner, rule.id)
    figures = await track_records(call.connection, call.owner, [version.id for version in versions])
    told = [ShownVersion(old.version, old.text, old.created_at, figures[old.id]) for old in versions]
    return call.says("rule_history", number=rule.number, versions=told)


async def _show_numbered(call: Call, rest: str) -> Turn:
    rule, _, answer = await named_rule(call, rest, "show")
    return answer if rule is None else await _show(call, rule)


Asked = Callable[[Call, str], Awaitable[Turn]]
Press = Callable[[Call, ListedRule, str], Awaitable[Turn]]

ASKED: Final[Mapping[str, Asked]] = MappingProxyType(
    {
        "add": changing.add,
        "new": changing.add,
        "edit": changing.edit,
        "change": changing.edit,
        "pause": changing.pause,
        "remove": changing.remove,
        "delete": changing.remove,
        "resume": changing.resume,
        "move": changing.move,
        "history": _history,
        "show": _show_numbered,
    }
)
PRESSED: Final[Mapping[str, Press]] = MappingProxyType(
    {
        "show": _show,
        "pause": changing.press_pause,
        "resume": changing.press_resume,
        "move": changing.press_move,
        "back": changing.press_back,
        "right": changing.press_right,
        "wrong": changing.press_wrong,
        "check": changing.press_check,
    }
)
