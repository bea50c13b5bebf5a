"""The trader's list of rules: how each is read and stands, and how a list is put in another order."""

import re
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from bot.rules.grade import TrackRecord
from bot.rules.grading import track_records
from bot.rules.readings import check_of, load_check
from bot.texts.rules import ReadAs, ShownRule
from db import rules
from db.pool import Connection
from db.rules import ListedRule

_BULLET: Final = re.compile(r"^\s*(?:[-*•–—·]+|\(?\d{1,3}[.)])\s+")


async def shown(connection: Connection, user_id: UUID, found: Sequence[ListedRule]) -> list[ShownRule]:
    """Rules with their readings and figures."""
    figures = await track_records(connection, user_id, [rule.id for rule in found])
    return [shown_rule(rule, figures[rule.id]) for rule in found]


async def shown_named(connection: Connection, user_id: UUID, rule_ids: Sequence[UUID]) -> list[ShownRule]:
    """Rules that are known to be there: looked up or written under the same lock."""
    return await shown(connection, user_id, await rules.named(connection, user_id, rule_ids))


def shown_rule(rule: ListedRule, figures: TrackRecord) -> ShownRule:
    decides = check_of(rule)
    check = decides or load_check(rule.proposed)
    read_as: ReadAs = "computed" if decides is not None else "judged" if check is None else "proposed"
    return ShownRule(
        number=rule.number,
        id=rule.id,
        text=rule.text,
        is_active=rule.is_active,
        read_as=read_as,
        check=check,
        digest=rule.digest,
        record=figures,
    )


def undecided(rule: ListedRule) -> bool:
    """Plain code cannot read it, and nobody was asked yet what it could mean."""
    return check_of(rule) is None and rule.proposed is None and not rule.decided


def lines_of(text: str) -> list[str]:
    """The rules of a message, one per line, without bullets and numbers; each said once."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        rule = " ".join(_BULLET.sub("", line).split())
        if any(map(str.isalnum, rule)):
            found.setdefault(rule.lower().strip(" .!"), rule)
    return list(found.values())


def moved(order: Sequence[tuple[UUID, bool]], rule_id: UUID, place: int) -> list[UUID]:
    """All rules in a new order: this active one becomes the `place`th of the active ones, or the last.

    `order`: every rule, and whether it is active. Paused ones keep their neighbour before them.
    """
    others = [(rule, active) for rule, active in order if rule != rule_id]
    active = [index for index, (_, is_active) in enumerate(others) if is_active]
    at = active[place - 1] if place <= len(active) else (active[-1] + 1 if active else 0)
    found = [rule for rule, _ in others]
    return [*found[:at], rule_id, *found[at:]]
