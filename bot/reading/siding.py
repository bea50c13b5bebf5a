"""The side of a trade that no word names, where its facts leave only one.

levels   the stop lies below the entry, or the target above it: long
result   what was made or lost, in money or points, beside the way the price went
shares   are bought first: of what is held, was added to, or left higher nothing else was said
"""

from decimal import Decimal
from typing import Final

from bot.reading.facts import Facts
from bot.reading.roles import Role
from bot.reading.words import Tag, word_set
from statemachine.trade import Direction

_HELD: Final = word_set("holding held hold position adding filled still")
_UNITS: Final = frozenset(("points", "ticks", "pips", "percent"))
_ROUNDED: Final = Decimal("0.6")
"""Percent as people say them, "4%" of 3.6 and 4.4."""
_RESULTS: Final = frozenset({Tag.WIN, Tag.LOSS})


def implied_side(facts: Facts) -> Direction | None:
    """The side by the facts; None where they leave both, or contradict each other."""
    entry = facts.entry
    if entry is None:
        return None
    if facts.stop is not None or facts.targets:
        above = {target > entry for target in facts.targets}
        if facts.stop is not None:
            above.add(facts.stop < entry)
        return _side(long=above.pop()) if len(above) == 1 else None
    return _by_result(facts, entry) or _by_shares(facts, entry)


def _by_result(facts: Facts, entry: Decimal) -> Direction | None:
    if facts.exit is None or facts.exit == entry:
        return None
    rose = facts.exit > entry
    if not facts.pnl:
        sign = _sign_of_the_run(facts, entry, facts.exit)
        return _side(long=rose == (sign == "+")) if sign else None
    signed = any(a.item.sign or (a.head is not None and a.head.tag in _RESULTS) for a in facts.roles[Role.PNL])
    return _side(long=rose == (facts.pnl > 0)) if signed or (rose and facts.pnl > 0) else None


def _sign_of_the_run(facts: Facts, entry: Decimal, left: Decimal) -> str:
    """Of "+175", which is how far the price went, and of "4% loss" where it went as far; "" without one."""
    paid, ran = facts.roles[Role.PNL], facts.distances.result
    if paid:
        return paid[0].item.sign
    if ran is None or not ran.value:
        return ""
    if ran.unit == "percent" and abs(abs(left - entry) / entry * 100 - abs(ran.value)) > _ROUNDED:
        return ""
    return "" if ran.unit not in _UNITS else "-" if ran.value < 0 else "+"


def _by_shares(facts: Facts, entry: Decimal) -> Direction | None:
    if not facts.telling.shares or facts.telling.option:
        return None
    if facts.exit is not None:
        return "long" if facts.exit > entry and not facts.pnl else None
    held = facts.telling.adding or any(not _HELD.isdisjoint(item.word.split()) for item in facts.items)
    return "long" if held else None


def _side(*, long: bool) -> Direction:
    return "long" if long else "short"
