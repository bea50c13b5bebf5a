"""What is told unasked: a summary, a digest, prompts; several at once as one message. No buttons: a number that is
typed below it answers what was asked before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bot.statistics import Statistics
from bot.texts.facts import SEPARATOR, short_name
from bot.texts.figures import Shown, figures
from bot.texts.recording import limit_lines
from bot.texts.words import Words, account_name, quoted
from bot.trading.limits import Guard
from statemachine.conversation import KnownTrade
from statemachine.message import Reply

LONGEST_SAID: Final = 40


@dataclass(frozen=True, slots=True)
class SummaryTold:
    """The figures of a session of one account."""

    shown: Shown
    found: Statistics


@dataclass(frozen=True, slots=True)
class DigestTold:
    """The figures of seven days of one account."""

    shown: Shown
    found: Statistics


@dataclass(frozen=True, slots=True)
class StreakTold:
    """So many days in a row, which end with the session unless something is recorded."""

    days: int
    ends: datetime


@dataclass(frozen=True, slots=True)
class CloseTold:
    trades: tuple[KnownTrade, ...]
    ends: datetime


@dataclass(frozen=True, slots=True)
class OpenTold:
    """A session that begins; by account what its limits leave, of those that have any."""

    day: date
    guards: Mapping[str, tuple[Guard, ...]]


Part = SummaryTold | DigestTold | StreakTold | CloseTold | OpenTold


def told(words: Words, parts: Sequence[Part]) -> Reply:
    """The first part's title is the message's."""
    (title, lines), *more = [_part(words, part) for part in parts]
    blocks = ["\n".join(lines), *("\n".join([head, *rest]) for head, rest in more), words("told.off")]
    return Reply(title=title, text="\n\n".join(blocks))


def _part(words: Words, part: Part) -> tuple[str, list[str]]:
    match part:
        case SummaryTold() | DigestTold():
            reply = figures(words, part.shown, part.found)
            key = "told.summary" if isinstance(part, SummaryTold) else "told.digest"
            return words(key, of=reply.title), reply.text.split("\n")
        case StreakTold():
            return words("told.streak"), [words("told.streak.how", days=part.days, time=words.clock(part.ends))]
        case CloseTold():
            return words("told.close", time=words.clock(part.ends)), _open(words, part)
        case OpenTold():
            return words("told.open", day=words.day(part.day)), _limits(words, part)


def _open(words: Words, part: CloseTold) -> list[str]:
    return [
        words("told.close.open"),
        *_numbered(words, [_trade(words, trade) for trade in part.trades]),
        words("told.close.how"),
    ]


def _trade(words: Words, trade: KnownTrade) -> str:
    on = trade.fields.booked_on
    name = f"@{account_name(on)}" if words.view.several else None
    return SEPARATOR.join(filter(None, (short_name(words.on(on), trade.fields), name)))


def _numbered(words: Words, lines: Sequence[str]) -> list[str]:
    return [words("numbered", number=number, line=line) for number, line in enumerate(lines, 1)]


def _limits(words: Words, part: OpenTold) -> list[str]:
    lines: list[str] = []
    for name, guards in part.guards.items():
        lines += [f"@{account_name(name)}"] if words.view.several else []
        lines += limit_lines(words.on(name), guards)
    basis = [words("guard.basis")] if lines else [words("told.open.unlimited")]
    return [*lines, *basis, words("told.open.plan")]


def paused(words: Words, until: date | str | None) -> Reply:
    """`until`: None: no more; a day; else for ever."""
    if isinstance(until, date):
        return Reply(text=words("paused.until", day=words.day(until)))
    return Reply(text=words("paused.off" if until is None else "paused.forever"))


def pause_refused(words: Words, reason: str, said: str, day: date) -> Reply:
    if reason == "unread":
        return Reply(text=words("pause_refused", said=quoted(said, LONGEST_SAID)))
    return Reply(text=words(f"pause_refused.{reason}", day=words.day(day)))
