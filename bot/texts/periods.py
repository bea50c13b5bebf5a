"""Periods in words, and what is said to one that is none."""

from datetime import date

from bot.periods import EARLIEST
from bot.texts.words import Words, quoted
from statemachine.message import Reply

LONGEST_SAID = 40


def period_named(words: Words, first: date, last: date) -> str:
    """1 Oct – 15 Oct; one day alone; of all that was the end."""
    if first == last:
        return words.day(first)
    if first == EARLIEST:
        return words("period.until", last=words.day(last))
    return words("period.range", first=words.day(first), last=words.day(last))


def period_refused(words: Words, reason: str, said: str) -> Reply:
    """`reason` and `said` as NotAPeriod has them."""
    shown = quoted(said, LONGEST_SAID)
    why = words(f"period_refused.{reason}", said=shown) if shown else words("period_refused.empty")
    return Reply(text="\n".join((why, words("period_refused.examples"))))
