"""Announcements of the web app in a chat. Whoever wrote them, they are plain text here and of bounded length."""

from typing import Final
from uuid import UUID

from bot.texts import buttons
from bot.texts.words import Words, quoted
from statemachine.message import Reply

KINDS: Final = ("info", "feature", "warning")
LONGEST_TITLE: Final = 120
LONGEST_LINE: Final = 500
MOST_LINES: Final = 20
LONGEST_BODY: Final = 1_200


def announcement(words: Words, announcement_id: UUID, title: str, body: str, kind: str | None) -> Reply:
    """`kind`: info, feature, warning; whatever else is told as info."""
    named = quoted(title, LONGEST_TITLE)
    lines = [line for line in _lines(body) if line]
    return Reply(
        title=words(f"announcement.{kind if kind in KINDS else 'info'}", title=named),
        text="\n".join([*lines, words("announcement.off")]),
        buttons=((words.button("dismiss", buttons.dismiss(announcement_id)),),),
    )


def _lines(body: str) -> list[str]:
    lines: list[str] = []
    left = LONGEST_BODY
    for line in body[: LONGEST_BODY * 4].splitlines()[: MOST_LINES * 2]:
        if left < 2 or len(lines) == MOST_LINES:
            break
        lines.append(quoted(line, min(left, LONGEST_LINE)))
        left -= len(lines[-1])
    return lines


def announcements(words: Words, wanted: bool) -> Reply:
    """Whether they are told here, and how to change that."""
    return Reply(text=words("announcements.on" if wanted else "announcements.off"))


def referral_rewarded(words: Words, free_audits: int) -> Reply:
    """To the referrer. Whom they referred is nobody's business here."""
    return Reply(text=words("referral_rewarded", count=free_audits))
