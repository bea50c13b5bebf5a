"""A plan's prices in words, and how the draft of its fill names it."""

from dataclasses import replace
from typing import Final

from bot.texts import numbers
from bot.texts.facts import SEPARATOR, prices
from bot.texts.words import Words
from statemachine.plan import Plan

MOST_TARGETS: Final = 6


def levels(words: Words, plan: Plan) -> str:
    """at 18,200 to 18,210 · stop 18,150 · targets 18,250, 18,300."""
    fields, targets = plan.fields, plan.levels.targets[:MOST_TARGETS]
    rest = replace(fields, entry_price=None, take_profit=None if targets else fields.take_profit)
    further = words("plan.targets", prices=", ".join(map(numbers.price, targets))) if targets else ""
    return SEPARATOR.join(filter(None, (_entry(words, plan), prices(words, rest), further)))


def from_plan(words: Words, plan: Plan | None) -> list[str]:
    """In the question whether a draft is right: it is the fill of this plan."""
    if plan is None:
        return []
    return [words("plan.from", entry=entry) if (entry := _entry(words, plan)) else words("plan.from.unpriced")]


def _entry(words: Words, plan: Plan) -> str:
    between, entry = plan.levels.entry_range, plan.fields.entry_price
    if between is not None:
        return words("plan.between", low=numbers.price(between[0]), high=numbers.price(between[1]))
    return "" if entry is None else words("plan.at", price=numbers.price(entry))
