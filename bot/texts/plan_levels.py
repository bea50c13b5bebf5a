"""A plan's prices in words, and how the draft of its fill names it."""

from dataclasses import replace
from typing import Final

from bot.texts import numbers
from bot.texts.facts import SEPARATOR, headline, prices
from bot.texts.words import Words
from statemachine.plan import Plan

MOST_TARGETS: Final = 6


def levels(words: Words, plan: Plan) -> str:
    """at 18,200–18,210 · stop 18,150 · targets 18,250, 18,300."""
    fields, between, targets = plan.fields, plan.levels.entry_range, plan.levels.targets[:MOST_TARGETS]
    shown = replace(fields, take_profit=None if targets else fields.take_profit)
    parts = [prices(words, replace(shown, entry_price=None) if between is not None else shown, planned=True)]
    if between is not None:
        parts.insert(0, words("plan.between", low=numbers.price(between[0]), high=numbers.price(between[1])))
    if targets:
        parts.append(words("plan.targets", prices=", ".join(map(numbers.price, targets))))
    return SEPARATOR.join(filter(None, parts))


def from_plan(words: Words, plan: Plan | None) -> list[str]:
    """In the question whether a draft is right: it is the fill of this plan."""
    return [] if plan is None else [words("plan.from", levels=levels(words, plan) or headline(words, plan.fields))]
