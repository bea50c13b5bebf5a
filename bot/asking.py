"""Questions for the figures of the journal: what is asked, of which period and symbol. Pure; no number comes from here.

A question is understood where every word of it is known (vocabulary/asking.txt, asking.es.txt and so on); anything
else is somebody else's to answer. After a command a single word that is not known is taken for a symbol.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Final, get_args

from bot.comparing import AGAINST, Rank, compared_in, ranks_in
from bot.latest_trades import latest_in
from bot.period_words import TIME_WORDS
from bot.periods import Period, period_in, period_of
from bot.reading.instruments import find_instruments, is_known_word
from bot.reading.marks import names_trade, tag_of
from bot.reading.normalise import folded, normalised
from bot.reading.tokens import tokens
from bot.reading.words import entries
from bot.statistics import Metric
from bot.trading.contracts import CONTRACTS, contract
from db.statistics import Dimension, Mark, Side
from statemachine.errors import NotAPeriod

EVERY: Final = "*"
"""The account of a question for all of them."""
LONGEST: Final = 200
"""Characters; what is longer asks for more than figures."""
UNMISTAKABLE: Final = frozenset(("win_rate", "profit_factor", "expectancy", "average_win", "average_loss", "average_r"))
"""Figures that nobody names but to ask for them."""
RANKED: Final = frozenset(("symbol", "setup", "tag", "weekday"))
"""Of these nobody names the best but to ask for it."""
LANGUAGES: Final = ("asking.es", "asking.pt", "asking.fr", "asking.de")
"""Tables of the vocabulary, beside that of English."""
_LONGEST_PHRASE: Final = 6
_WORD: Final = re.compile(r"[^\s,;:?!¿¡()\"]+")
_TAGGED: Final = re.compile(r"(?<![\w/#&])#(?P<tag>[^\W\d_][\w-]*\+?)")
_MARKED: Final = re.compile(
    r"(?<!by )(?<!per )(?<!which )(?<!best )(?<!worst )\b(?P<kind>tag|setup|mood|mistake)[:=]?\s+(?=\S)", re.IGNORECASE
)
SYMBOL: Final = re.compile(r"[A-Z0-9][A-Z0-9./]{0,11}")
_OWN_SPAN: Final = re.compile(
    r"(?<!day of )(?<!time of )(?<!hour of )\b(?:my|the|mi|minha|meu|ma|mon|meine|mein|meinen)"
    r" (day|week|month|quarter|year|d[ií]a|semana|m[eê]s|a[nñ]o|journ[eé]e|semaine|mois|ann[eé]e|woche|monat|jahr)\b",
    re.IGNORECASE,
)
_ONESELF: Final = frozenset({"i", "my", "mine", "me", "im", "ive", "we", "our"})


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `period` and `symbol` None: not named. `left`: the words that were not understood.

    mark      what the trades are marked with: its kind and value
    latest    of so many trades, the latest of the period
    against   the period that the first is compared with
    ranks     which of those that they are divided into are asked for
    overview  it asks for figures, and for none in particular
    now       of the day that runs, where no period is named
    oneself   the trader speaks of themselves
    alone     nothing is said but one of several: "best setup"
    """

    period: Period | None = None
    symbol: str | None = None
    side: Side | None = None
    dimension: Dimension | None = None
    metric: Metric | None = None
    account: str | None = None
    mark: tuple[Mark, str] | None = None
    latest: int | None = None
    against: Period | None = None
    ranks: tuple[Rank, ...] = ()
    overview: bool = False
    now: bool = False
    oneself: bool = False
    alone: bool = False
    left: str = ""

    @property
    def is_of_figures(self) -> bool:
        """Every word is understood, and figures are asked for."""
        figures = self.metric or self.dimension or self.overview or self.mark
        return not self.left and bool(figures or self.against or self.counts)

    @property
    def counts(self) -> bool:
        """Several of the latest trades are asked for; of one its facts may be wanted as well."""
        return self.latest is not None and self.latest > 1

    @property
    def is_empty(self) -> bool:
        """Nothing is asked for or named."""
        return not (self.is_of_figures or self.period or self.latest or self.symbol or self.side or self.account)

    @property
    def is_of_time(self) -> bool:
        """Every word is understood, and of figures there is only their time: "and yesterday?"."""
        return not self.left and self.period is not None and not self.is_of_figures

    @property
    def is_unmistakable(self) -> bool:
        """Nobody says that who reports a trade."""
        counts = self.counts and self.metric != "pnl" and self.side is None
        compares = self.against is not None and not self.ranks
        return not self.left and (counts or compares or self.metric in UNMISTAKABLE)

    @property
    def is_plain(self) -> bool:
        """Clear without any word that asks: "win rate this month"; "today was better than yesterday" tells."""
        if self.ranks and self.against:
            return False
        bounded = (
            (self.alone and self.dimension in RANKED)
            or self.mark
            or self.period
            or self.symbol
            or self.side
            or self.oneself
            or self.counts
        )
        return self.is_of_figures and bool(bounded or self.is_unmistakable)


def question_in(
    text: str, today: date, accounts: Collection[str] = (), marks: Collection[tuple[str, str]] = ()
) -> Question:
    """What a text asks for; `accounts`: names that may stand in it; `marks`: kinds and values that the trader uses.
    Raises NotAPeriod."""
    if len(text) > LONGEST:
        return Question(left=text)
    text, mark = _without_mark(text, marks)
    return _read_as(text, today, accounts, mark)


def _without_mark(text: str, marks: Collection[tuple[str, str]]) -> tuple[str, tuple[Mark, str] | None]:
    """The text without what the trades are to be marked with: a hashtag, or "setup" and the longest value that is
    used, else the next word."""
    tagged = _TAGGED.search(text)
    if tagged is not None and (tag := tag_of(tagged["tag"])) is not None and not names_trade(tagged["tag"]):
        return text[: tagged.start()] + " " + text[tagged.end() :], ("tag", tag)
    said = _MARKED.search(text)
    if said is None:
        return text, None
    kind: Mark = _one_of(get_args(Mark), said["kind"].lower())
    rest = text[said.end() :]
    used = sorted((value for of, value in marks if of == kind), key=len, reverse=True)
    value = next((v for v in used if re.match(re.escape(v) + r"(?!\w)", rest, re.IGNORECASE)), None)
    value = value or rest.split()[0].strip("?.,!")
    if kind == "tag":
        value = tag_of(value.lstrip("#")) or ""
    if not value or (value not in used and _is_vocabulary(folded(value))):
        return text, None
    return text[: said.start()] + " " + rest[len(value) :], (kind, value)


def _read_as(text: str, today: date, accounts: Collection[str], mark: tuple[Mark, str] | None) -> Question:
    """In English, else in the first language in which it asks for something. Raises NotAPeriod."""
    latest, text = latest_in(text)
    if (period := _period(text, today)) is not None:
        return Question(period=period, mark=mark)
    text = _OWN_SPAN.sub(r"this \1", normalised(text))
    first, against, rest = compared_in(text, today) or (None, None, text)
    period, rest = (first, rest) if first is not None else period_in(text, today)
    words, names = _WORD.findall(rest), frozenset(accounts)
    counted = latest is not None
    read = [_with_symbol(*_read(words, names, "asking", counted=counted))]
    if read[0].left:  # in no other language before: "es" is a word of some, and a symbol
        read += [_with_symbol(*_read(words, names, language, counted=counted)) for language in LANGUAGES]
    read = [replace(question, period=period, mark=mark, latest=latest, against=against) for question in read]
    return next((question for question in read if not question.left and not question.is_empty), read[0])


def _with_symbol(found: Question, left: str) -> Question:
    symbol = symbol_said(left)
    return replace(found, symbol=symbol, left="" if symbol else left)


def _read(words: list[str], accounts: frozenset[str], table: str, *, counted: bool) -> tuple[Question, str]:
    """What the words ask for by a table, the first of each kind, and those that are not known. `counted`: "last" is, of
    the latest trades."""
    plain = [folded(word.rstrip(".")) for word in words]
    said: dict[str, str] = {}
    left, place, length = [], 0, 0
    while place < len(words):
        length, section, value = _longest(plain, place, table)
        if not section and plain[place] in accounts:
            section, value = "account", plain[place]
        if section and (counted or section != "last"):
            said.setdefault(section, value)
        else:
            left.append(words[place])
        place += length
    question = Question(
        dimension=_one_of(get_args(Dimension), said.get("by")),
        metric=_one_of(get_args(Metric), said.get("metric")),
        side=_one_of(get_args(Side), said.get("side")),
        account=said.get("account"),
        overview="overview" in said,
        ranks=ranks_in(plain),
        now=said.get("overview") == "now",
        alone=bool(ranks_in(plain)) and length == len(words),
        oneself=not _ONESELF.isdisjoint(plain),
    )
    return question, " ".join(left)


def of_command(question: Question, today: date) -> Question:
    """After a command a word that means nothing else is a symbol, and a period needs no "this": "nq week". Raises
    NotAPeriod."""
    words = question.left.split()
    if question.symbol is not None or not words:
        return question
    for name, said in ((words[0], words[1:]), (words[-1], words[:-1])):
        if not _may_be_symbol(name):
            continue
        if not said:
            return replace(question, symbol=_named(name), left="")
        if question.period is None and (period := _period(" ".join(said), today)) is not None:
            return replace(question, symbol=_named(name), period=period, left="")
    return question


def _may_be_symbol(word: str) -> bool:
    """Letters and digits, or digits alone, as in Hong Kong; no date, and no word of talk or of time."""
    name, bare = word.upper().lstrip("$/#"), folded(word)
    of_digits = name.isdigit() or any(letter.isalpha() for letter in name)
    is_talk = is_known_word(bare) or bare in TIME_WORDS or bare in AGAINST
    return bool(SYMBOL.fullmatch(name)) and of_digits and not is_talk


def unknown_of(left: str) -> str:
    """Of words that were not understood those that are no symbols; "" where they are several symbols."""
    words = left.split()
    unknown = [word for word in words if not symbol_said(word)]
    several = len(words) - len(unknown) > 1  # "nq vs es"
    return " ".join(word for word in unknown if not (several and folded(word) in AGAINST))


def _named(word: str) -> str:
    known = contract(word)
    return known.symbol if known is not None else word.upper().lstrip("$/#")


def _period(text: str, today: date) -> Period | None:
    """Raises NotAPeriod where it is one that cannot be."""
    try:
        return period_of(text, today)
    except NotAPeriod as refused:
        if refused.reason != "unknown":
            raise
        return None


def symbol_said(words: str) -> str | None:
    """The one instrument that words name, and nothing else; None where they do not."""
    bare = words.upper().lstrip("$/#")
    if not bare or bare in CONTRACTS:
        return bare or None
    said = tokens(normalised(words))
    found = find_instruments(said)
    named = {instrument.symbol for instrument in found if instrument.symbol}
    covered = {place for instrument in found for place in range(instrument.first, instrument.last + 1)}
    return named.pop() if len(named) == 1 and len(covered) == len(said) else None


def _one_of(known: tuple[Any, ...], value: str | None) -> Any:
    return next((name for name in known if name == value), None)


@cache
def _is_vocabulary(word: str) -> bool:
    """A word of questions or of time: "which setup is best" names no setup."""
    return word in TIME_WORDS or any((word,) in _phrases(table) for table in ("asking", *LANGUAGES))


@cache
def _phrases(table: str) -> dict[tuple[str, ...], tuple[str, str]]:
    """Of a table; in other languages English words are used as well."""
    found = [*entries(table), *(entries("asking") if table != "asking" else ())]
    return {tuple(phrase.split()): (section, value) for section, phrase, value in reversed(found)}


def _longest(words: list[str], place: int, table: str) -> tuple[int, str, str]:
    """The longest phrase at a place: its length, section and value; one word without a section where there is none."""
    for length in range(_LONGEST_PHRASE, 0, -1):
        found = _phrases(table).get(tuple(words[place : place + length]))
        if found is not None and place + length <= len(words):
            return length, *found
    return 1, "", ""
