"""What a message marks its trade with: hashtags, and "setup: ORB mood: calm mistake: moved my stop note: …".

It is taken out before the trade is read: a note of a price is no price of the trade. Rules:

- A hashtag that names an instrument or a side is read as such ("#BTC #LONG"), and so is one in capitals that may be the
  only symbol of the message.
- What stands behind a word and its colon goes to the next such word, to a hashtag, to the end of its line, or to where
  the facts of the trade begin or go on ("setup: ORB, long 2 nq …"); a note behind the trade to the end of its line.
- "none" or "-" behind such a word and its colon takes it off, as "setup none" and "remove the note" do by themselves.
- Look-alikes, marks of direction and other invisible ones are gone from all of it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from itertools import islice
from typing import Final

from bot.reading.instruments import Instrument, find_instruments
from bot.reading.normalise import folded, normalised
from bot.reading.phrases import one_of
from bot.reading.roles import HEADS, OPENING
from bot.reading.tickers import STOCKS
from bot.reading.tokens import tokens
from bot.reading.words import SINGLE, Tag, entries
from statemachine.trade import TradeFields

MOST_TAGS: Final = 10
LONGEST_TAG: Final = 30
LONGEST_MARK: Final = 60
LONGEST_NOTE: Final = 500
MOST_WORDS: Final = 20
"""Words with a colon that are looked at in one message."""
LONGEST_TEXT: Final = 4000
"""Characters; a longer message is not read."""

_SIGNS: Final = frozenset("#＃:=：")
_TAG: Final = re.compile(r"(?<![\w/#&])#(?P<tag>[^\W\d_][\w-]*\+?)")
_IN_LIST: Final = re.compile(r"[^\W\d_][\w-]*\+?")
_LIST: Final = re.compile(r"\s*#?[^\W\d_][\w-]*\+?(?:(?:\s*,\s*|\s+(?=#))#?[^\W\d_][\w-]*\+?)*")
_SEPARATOR: Final = re.compile(r"[,;|]\s|\.\s")
_WORD: Final = re.compile(r"[^\W\d_]+")
_MONEY: Final = re.compile(r"[-+]?[$€£]\s?\d")
_EDGES: Final = " \t\r\n,;|/–—-"
_LINE_END: Final = re.compile(r"[\r\n]|$")
_LONGEST_SYMBOL: Final = 6
_SURE: Final = frozenset({"table", "nickname", "pair", "coin", "cashtag"})
_NAMED: Final = re.compile(r"(?P<word>[^\W\d_]+)[\s:=@]{1,3}\d")
_LEVELS: Final = frozenset({Tag.ENTRY, Tag.STOP, Tag.TARGET})
_NUMBER_HEADS: Final = (HEADS.keys() | OPENING.keys()) - {Tag.IGNORE, Tag.MOVE}

Label = tuple[int, int, str, str | None]
"""Words with a colon: from where to where, the kind, and the value; None takes it off."""
Marks = TradeFields
"""Tags, setup, mood, mistake and note; nothing else is said."""


@lru_cache(maxsize=64)
def without_marks(text: str) -> tuple[str, Marks]:
    """The text without what it marks its trade with, and that; a turn asks for them in several places."""
    if _SIGNS.isdisjoint(text) or len(text) > LONGEST_TEXT:
        return text, Marks()
    plain = text if text.isascii() else normalised(text)
    labels = list(_labelled(plain))
    spans = [(match.start(), match.end()) for match in _TAG.finditer(plain) if not _is_read(match, plain)]
    spans += [(start, end) for start, end, _, _ in labels]
    if not spans:
        return text, Marks()
    return _cut(plain, spans), _marks(plain, labels)


def taken_off(text: str) -> frozenset[str]:
    """The marks that are to be none: "setup: none", "remove the note"."""
    if len(text) > LONGEST_TEXT:
        return frozenset()
    plain = text if text.isascii() else normalised(text)
    off = {kind for _, _, kind, value in _labelled(plain) if value is None}
    alone = _alone().fullmatch(_unaccented(plain).strip(" .!"))
    return frozenset({*off, _kind(alone["first"] or alone["last"])} if alone is not None else off)


def only_takes_off(text: str) -> bool:
    return len(text) <= LONGEST_TEXT and _alone().fullmatch(_unaccented(text).strip(" .!")) is not None


def says_none(text: str) -> bool:
    return folded(text).strip() in _none()


def marks_of_lines(text: str, trades: int) -> tuple[Marks, ...]:
    """The marks of each of several trades: those of its own line, where each has one, and those of no trade's line;
    else each has all."""
    lines = [without_marks(line) for line in text.splitlines()]
    told = [place for place, (bare, _) in enumerate(lines) if any(map(str.isdigit, bare))]
    if len(told) != trades:
        return (without_marks(text)[1],) * trades
    shared = Marks()
    for place, (_, marks) in enumerate(lines):
        shared = shared if place in told else shared.merged(marks)
    return tuple(cut(shared.merged(lines[place][1])) for place in told)


def tag_of(word: str) -> str | None:
    """A tag as it is kept, from a word with or without its sign; None for what is none."""
    found = _IN_LIST.fullmatch(normalised(word).strip().removeprefix("#"))
    return found[0].lower()[:LONGEST_TAG] if found else None


def tags_in(text: str) -> tuple[str, ...]:
    """The tags of a list, with or without their signs."""
    words = (tag_of(word) for word in re.split(r"[\s,;]+", normalised(text)))
    return tuple(dict.fromkeys(word for word in words if word is not None))


def plain_mark(text: str, most: int = LONGEST_MARK) -> str | None:
    """A trader's words on one line; None where nothing is left of them."""
    return " ".join(normalised(text).split()).strip(_EDGES)[:most].strip() or None


def cut(marks: Marks) -> Marks:
    """As many tags as a trade may have."""
    return replace(marks, tags=marks.tags[:MOST_TAGS]) if marks.tags else marks


def _marks(text: str, labels: list[Label]) -> Marks:
    words: dict[str, str] = {}
    notes: list[str] = []
    tags = [tag for match in _TAG.finditer(text) if not _is_read(match, text) and (tag := tag_of(match["tag"]))]
    for _, _, kind, value in labels:
        if value is None:
            continue
        if kind == "tags":
            tags += tags_in(value)
        elif kind == "note":
            notes.append(value)
        else:
            words[kind] = (plain_mark(value) or value).rstrip(".")
    note = plain_mark("; ".join(notes), LONGEST_NOTE) if notes else None
    marks = Marks(tags=tuple(dict.fromkeys(tags)) or None, note=note)
    return cut(replace(marks, setup=words.get("setup"), mood=words.get("mood"), mistake=words.get("mistake")))


def _cut(text: str, spans: list[tuple[int, int]]) -> str:
    left, place = [], 0
    for start, end in sorted(spans):
        if end > place:
            left.append(text[place : max(start, place)])
            place = end
    return " ".join([*left, text[place:]]).strip(_EDGES)


# ---- hashtags


def _is_read(match: re.Match[str], text: str) -> bool:
    """It says what was traded, or which side."""
    word = match["tag"]
    if names_trade(word):
        return True
    if not word.isupper() or len(word) > _LONGEST_SYMBOL:
        return False
    rest = _bare(text)
    return bool(rest.strip(_EDGES)) and not _instruments(rest)


@lru_cache(maxsize=4096)
def names_trade(word: str) -> bool:
    """A hashtag of this word is an instrument or a side."""
    sure = any(found.how in _SURE for found in find_instruments(tokens(f"#{word}")))
    return sure or SINGLE.get(folded(word)) in OPENING or word.lower() in STOCKS


@lru_cache(maxsize=64)
def _bare(text: str) -> str:
    return _TAG.sub(lambda match: match[0] if names_trade(match["tag"]) else " ", text)


@lru_cache(maxsize=64)
def _instruments(text: str) -> tuple[Instrument, ...]:
    return tuple(find_instruments(tokens(text, 1000)))


# ---- words with a colon


@cache
def _words() -> dict[str, str]:
    """The kind that a word says, folded."""
    return {phrase: section for section, phrase, _ in entries("marks") if section != "none"}


@cache
def _none() -> frozenset[str]:
    return frozenset(phrase for section, phrase, _ in entries("marks") if section == "none")


def _kind(label: str) -> str:
    return _words()[" ".join(label.lower().replace("-", " ").split())]


@cache
def _alone() -> re.Pattern[str]:
    """ "remove the setup", "setup none"."""
    said, none = _said(), "|".join(map(re.escape, sorted(_none(), key=len, reverse=True)))
    remove = rf"{one_of('changing.txt', 'delete')}\s+(?:[a-z]{{1,3}}\s+)?(?P<first>{said})"
    return re.compile(rf"{remove}|(?P<last>{said})\s+(?:{none})", re.IGNORECASE)


@cache
def _said() -> str:
    phrases = sorted(_words(), key=len, reverse=True)
    return "|".join(re.escape(phrase).replace(r"\ ", r"[ -]?") for phrase in phrases)


@cache
def _label() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w#@/.-])(?P<label>{_said()})[ ]?[:=]", re.IGNORECASE)


def _labelled(text: str) -> Iterator[Label]:
    found = list(islice(_label().finditer(_unaccented(text)), MOST_WORDS))
    told = bool(found) and any(map(str.isdigit, text[: found[0].start()]))
    for number, match in enumerate(found):
        kind = _kind(match["label"])
        start, end = match.end(), _LINE_END.search(text, match.end()).start()  # type: ignore[union-attr]
        if number + 1 < len(found):
            end = min(end, found[number + 1].start())
        tag = _TAG.search(text, start, end)
        until = tag.start() if tag is not None else end
        if says_none(text[start:until].strip(" \t,;|.")):
            yield match.start(), until, kind, None
            continue
        if kind == "tags":
            listed = _LIST.match(text, start, end)
            end = listed.end() if listed is not None else start
        elif kind != "note":
            end = until
        if kind != "tags" and not (told and kind == "note"):
            end = start + _where_facts_go_on(text[start:end], begun=told)
        value = text[start:end].strip(_EDGES)
        if value and not (kind == "setup" and _tells_trade(value, text, match.start(), end)):
            yield match.start(), end, kind, value


def _unaccented(text: str) -> str:
    """As long as the text."""
    return text if text.isascii() else "".join(folded(c)[:1].ljust(1) if c.isalpha() else c for c in text)


def _where_facts_go_on(value: str, *, begun: bool) -> int:
    """Where the words of a mark end, because facts of the trade follow. `begun`: some were told before it."""
    start = 0
    for part in [*_SEPARATOR.finditer(value), None]:
        end = part.start() if part is not None else len(value)
        piece = value[start:end]
        if start and _is_fact(piece):
            return start
        side = None if begun else next((w for w in _WORD.finditer(piece) if _opens(w[0]) and w.start() > 1), None)
        if side is not None and any(map(str.isdigit, value[start + side.start() :])):
            return start + side.start()
        start = part.end() if part is not None else end
    return len(value)


def _opens(word: str) -> bool:
    return SINGLE.get(folded(word)) in OPENING


def _is_fact(piece: str) -> bool:
    """A number beside a word that says what it is."""
    if not any(map(str.isdigit, piece)):
        return False
    return _MONEY.search(piece) is not None or any(
        SINGLE.get(folded(word)) in _NUMBER_HEADS for word in _WORD.findall(piece)
    )


def _tells_trade(value: str, text: str, start: int, end: int) -> bool:
    """ "Setup: Long BTC" of a signal is the trade, where nothing else names an instrument; "setup: entry 1.0840" is."""
    named = _NAMED.match(value)
    if named is not None and SINGLE.get(folded(named["word"])) in _LEVELS:
        return True
    if not any(found.how in _SURE for found in _instruments(value)):
        return False
    rest = (text[:start] + " " + text[end:]).strip(_EDGES)
    return not _instruments(rest) if rest else any(map(str.isdigit, value))
