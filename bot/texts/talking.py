"""What is said to strangers, to questions and small talk, and where a message could not be used."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from bot.texts import buttons
from bot.texts.confirming import account_lines
from bot.texts.facts import summary
from bot.texts.recording import limit_lines
from bot.texts.words import Words, quoted, symbol
from bot.trading.limits import Guard
from statemachine.conversation import Draft, State
from statemachine.message import PLATFORMS, Reply
from statemachine.trade import TradeFields

LONGEST_EMAIL: Final = 80


# ---- linking


def stranger(words: Words, may_try: bool = False) -> Reply:
    """Who speaks here, and the way in; `may_try`: one audit is to be had without it."""
    lines = [words("stranger"), *([words("stranger.try", example=_report(words))] if may_try else [])]
    return Reply(title=words("stranger.title"), text="\n".join(lines))


def link_check(words: Words, code: str, email_masked: str) -> Reply:
    row = (words.button("link", buttons.link(code)), words.button("not_mine", buttons.NOT_MINE))
    return Reply(text=words("link_check", email=quoted(email_masked, LONGEST_EMAIL)), buttons=(row,))


def linked(words: Words, email_masked: str) -> Reply:
    lines = [words("linked", email=quoted(email_masked, LONGEST_EMAIL)), words("linked.try", example=_report(words))]
    return Reply(title=words("linked.title"), text="\n".join(lines))


def link_needs_email(words: Words, code: str) -> Reply:
    """Somebody is guessing codes: the account's address must come with this one."""
    return Reply(text=words("link_needs_email", code=quoted(code, 16)))


def link_taken_profile(words: Words, email_masked: str | None = None) -> Reply:
    if email_masked is None:
        return Reply(text=words("link_taken_profile"))
    return Reply(text=words("link_taken_profile.named", email=quoted(email_masked, LONGEST_EMAIL)))


def link_new_elsewhere(words: Words, platform: str) -> Reply:
    """On the profile's other chats, so that nobody links unnoticed."""
    return Reply(text=words("link_new_elsewhere", platform=_platform(words, platform), word=quoted(platform, 20)))


def blocked_elsewhere(words: Words, platform: str) -> Reply:
    """On the profile's other chats, when a platform refuses to deliver to one."""
    return Reply(text=words("blocked_elsewhere", platform=_platform(words, platform)))


def warned_elsewhere(words: Words, platform: str, guards: Mapping[str, Sequence[Guard]]) -> Reply:
    """On the profile's other chats, when a trade brought limits of these accounts close or broke them."""
    lines: list[str] = []
    for account, near in guards.items():
        lines += [*account_lines(words, account), *limit_lines(words.on(account), near)]
    title = words("warned_elsewhere", platform=_platform(words, platform))
    return Reply(title=title, text="\n".join([*lines, words("guard.basis")]))


def unlinked(words: Words, platform: str) -> Reply:
    return Reply(text=words("unlinked", platform=_platform(words, platform)))


def unlink_nothing(words: Words, platform: str) -> Reply:
    """`platform` is the trader's own word and may be none."""
    return Reply(text=words("unlink_nothing", platform=_platform(words, platform)))


def _platform(words: Words, platform: str) -> str:
    return words(f"platform.{platform}") if platform in PLATFORMS else quoted(platform, 20)


# ---- questions, commands, small talk


def chatted(words: Words) -> Reply:
    return Reply(text="\n".join([words("chatted"), words("example", example=_report(words))]))


# ---- what could not be used


def unread(words: Words, understood: TradeFields, reason: str, state: State) -> Reply:
    """What was understood, what stands in the way or is missing, and one example that works now."""
    lines = [words(f"unread.{reason}")]
    if understood.said():
        lines.append(words("understood", trade=summary(words, understood)))
        lines += _missing(words, understood) if state == "idle" and reason == "unclear" else []
    drafting = state in ("awaiting_details", "awaiting_confirmation")
    example = words("example.correction") if drafting else _whole(words, understood)
    return Reply(text="\n".join([*lines, words("example", example=example)]))


def _whole(words: Words, understood: TradeFields) -> str:
    """A report to copy: what was understood of it, in its place."""
    entry, leave = understood.entry_price, understood.exit_price
    if understood.symbol is None or entry is None:
        return _report(words)
    side, size = words(f"trade.{understood.direction or 'long'}"), understood.position_size or Decimal(1)
    told = f"{side} {size:f} {symbol(understood.symbol).lower()} {entry:f}"
    if leave is not None:
        told += f" > {leave:f}"
    return told if understood.stop_loss is None else f"{told} stop {understood.stop_loss:f}"


def _missing(words: Words, understood: TradeFields) -> Sequence[str]:
    absent = Draft(id=UUID(int=0), fields=understood, said_at=words.view.now).missing()
    asked = words.listed([words(f"missing.{name}") for name in absent])
    return [words("details.missing", missing=asked)] if asked else []


def reading_spent(words: Words, day: date) -> Reply:
    """The trader's share of the model is used up for a UTC day."""
    lines = [words("reading_spent", day=words.day(day)), words("example", example=_report(words))]
    return Reply(text="\n".join(lines))


def reading_own_key(words: Words, trouble: str) -> Reply:
    """`trouble`: refused or unreadable."""
    return Reply(text=words(f"reading_own_key.{trouble}"))


def not_allowed(words: Words, event: str, state: State) -> Reply:
    """What cannot be done now, and what can."""
    return Reply(text="\n".join([words(f"not_allowed.{event}"), words(f"possible.{state}")]))


def flooded(words: Words, limit: int) -> Reply:
    return Reply(text=words("flooded", limit=limit))


def _report(words: Words) -> str:
    return words("example.report")
