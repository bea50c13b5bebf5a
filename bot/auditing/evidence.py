"""What a model gives as its reason, made safe to show, and looked at for being one.

Evidence is shown in chats and in the web app, so it is plain text of one paragraph: no links, no markup, nobody is
mentioned. It was written by something that read what strangers wrote.
"""

import re
import unicodedata
from typing import Final

from bot.auditing.prompt import SYSTEM, visible
from bot.auditing.verdict import Judgement

LONGEST_EVIDENCE: Final = 500
_QUOTED_WORDS: Final = 8
"""So many words in a row of the instructions are no accident."""

_MARKDOWN_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_TAG: Final = re.compile(r"</?[a-z!@#][^<>]{0,200}>", re.IGNORECASE)
_LINK: Final = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,20}:/{1,2}|\bwww\.|\b(?:mailto|tel|javascript|data):)\S*"
    r"|\b(?:[a-z0-9-]{1,63}\.)+(?:[a-z]{2,}/\S*|(?:com|net|org|io|me|gg|ly|co|app|dev|xyz|info|biz|link|site|ai|ru|de))\b\S*",
    re.IGNORECASE,
)
_MENTION: Final = re.compile(r"[@#]+(?=\w)")
_MARKUP: Final = re.compile(
    r"[`~|\\\[\]{}]+|<(?=[a-z/!@#])|(?<!\d)\*+(?=\S)|(?<=\S)\*+(?!\d)|(?<!\w)_+|_+(?!\w)", re.IGNORECASE
)
"""A sum such as "2 * 20 > 30" stays."""

_BROKEN: Final = re.compile(
    r"\b(?:violat(?:ed|es|ions?)|broke the rule)\b|\brule (?:was|is) (?:not followed|not kept|broken)\b", re.IGNORECASE
)
_DENIED: Final = re.compile(
    r"(?:\b(?:no|not|never|without|neither|nor|nothing|none|zero)|n['’]t)\b(?:[ -]\w+){0,3}[ -]$", re.IGNORECASE
)
"""Before a word: "no sign of a violation", "neither rule was violated"."""
_REACH: Final = 60
_KEPT: Final = re.compile(r"\brule (?:was|is) (?:followed|kept|respected)\b|\b(?:no|not a) violation\b", re.IGNORECASE)


def plain(evidence: str) -> str:
    """One paragraph of plain text, cut to LONGEST_EVIDENCE; empty where nothing is left."""
    text = visible(unicodedata.normalize("NFKC", visible(evidence[: LONGEST_EVIDENCE * 20])))
    for pattern, instead in ((_MARKDOWN_LINK, r"\1"), (_TAG, " "), (_LINK, " "), (_MARKUP, " "), (_MENTION, "")):
        text = pattern.sub(instead, text)
    text = " ".join(text.split())
    if not any(character.isalnum() for character in text):
        return ""
    return text if len(text) <= LONGEST_EVIDENCE else text[: LONGEST_EVIDENCE - 1].rstrip() + "…"


def contradicts(verdict: Judgement, evidence: str) -> bool:
    """The reason says the opposite of the verdict in so many words."""
    if verdict == "followed":
        return any(not _DENIED.search(evidence[: found.start()][-_REACH:]) for found in _BROKEN.finditer(evidence))
    return verdict == "violated" and bool(_KEPT.search(evidence))


def quotes_instructions(evidence: str) -> bool:
    """Instead of a reason it gives away what the model was told."""
    words = _words(evidence)
    runs = (" ".join(words[start : start + _QUOTED_WORDS]) for start in range(len(words) - _QUOTED_WORDS + 1))
    return any(f" {run} " in _INSTRUCTIONS for run in runs)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


_INSTRUCTIONS: Final = f" {' '.join(_words(SYSTEM))} "
