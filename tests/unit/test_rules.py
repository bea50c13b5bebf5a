"""Rules as traders write them, and what they compile to; what has a doubt in it compiles to nothing.

The table of wordings is tests/data/rule_wordings.txt.
"""

import re
import time
from pathlib import Path
from typing import Any, Final, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.rules import bans, compiler, endings, scopes
from bot.rules.compiler import LONGEST, compiled
from bot.rules.kinds import Check, Single
from bot.rules.tokens import tokens
from bot.rules.values import READERS
from bot.rules.vocabulary import PHRASES, VALUED
from bot.rules.wording import unhyphened
from tests.checks_in_short import short

TABLE: Final = Path(__file__).parents[1] / "data" / "rule_wordings.txt"


def sections() -> dict[str, list[tuple[str, str]]]:
    """By the heading of a section: its wordings and their checks."""
    found: dict[str, list[tuple[str, str]]] = {}
    heading = ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line and not line.startswith("#"):
            wording, check = line.rsplit(" => ", 1)
            found.setdefault(heading, []).append((wording.replace("\\n", "\n"), check))
    return found


SECTIONS: Final = sections()
WORDINGS: Final = [row for rows in SECTIONS.values() for row in rows]
COMPILED: Final = [(wording, check) for wording, check in WORDINGS if check != "judge"]
RULES: Final = [wording for wording, _ in COMPILED]


@pytest.mark.parametrize("section", SECTIONS)
def test_a_wording_compiles_to_its_check_or_is_left_to_the_judge(section: str) -> None:
    found = [(wording, check, short(compiled(wording))) for wording, check in SECTIONS[section]]
    assert [row for row in found if row[1] != row[2]] == []


def test_the_table_knows_every_kind_and_many_near_misses() -> None:
    kinds = {kind.model_fields["kind"].default for kind in get_args(Single)}
    assert kinds <= {word for _, check in COMPILED for word in check.split()}
    assert len(COMPILED) >= 160
    assert len(WORDINGS) - len(COMPILED) >= 40
    assert len({wording for wording, _ in WORDINGS}) == len(WORDINGS)


# ---- nothing is misread for a word more or less


ADDITIONS: Final = (
    " unless I am in profit", ", except on Mondays", " if VIX > 20", " or not", " maybe", " without a reason",
    " until I feel better", ", mostly", ", but not always", " when the trend is up", ", 5 when I am green",
    " most of the time", " (except FOMC)", " or when tired", ", no need to on Fridays",
)  # fmt: skip
BEGINNINGS: Final = (
    "Unless I am in profit, ",
    "Except on FOMC days ",
    "If I feel like it: ",
    "Half: ",
    "Don't always ",
)


@pytest.mark.parametrize("addition", ADDITIONS)
def test_an_addition_that_is_not_understood_keeps_the_rule_from_being_misread(addition: str) -> None:
    added = [rule.rstrip(".! 🙏") + addition for rule in RULES]
    assert [rule for rule in added if compiled(rule) is not None] == []


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_so_does_a_beginning(beginning: str) -> None:
    begun = [beginning + re.sub(r"^[\W\d]+ ", "", rule) for rule in RULES]
    assert [rule for rule in begun if compiled(rule) is not None] == []


NEGATION = re.compile(
    r"\b(?:no|never|not|don['’]t|won't|without|nothing|avoid|skip)\b(?! ?(?:exceptions|SL|buts|works|negotiable)\b) ?",
    re.IGNORECASE,
)


def is_in_a_remark(rule: str, place: int) -> bool:
    """Whether the rule is whole before the clause at this place."""
    ends = [match.start() for match in re.finditer(r"[,;.:(!–-]| because", f"{rule[:place]};")]
    return any(compiled(rule[:end]) == compiled(rule) for end in ends)


def test_a_rule_without_its_negation_is_another_rule() -> None:
    kept = [
        (rule, changed)
        for rule in RULES
        for negation in NEGATION.finditer(rule)
        if compiled(changed := rule[: negation.start()] + rule[negation.end() :]) == compiled(rule)
        and not is_in_a_remark(rule, negation.start())
    ]
    assert kept == []


FIGURE = re.compile(r"(?<![\w.:,/#])\d+(?=%| ?[a-z]|$|R\b|k\b)(?!:)(?! ?(?:am|pm)\b)")


def test_another_figure_is_another_check() -> None:
    kept = [
        (rule, changed)
        for rule in RULES
        for figure in FIGURE.finditer(rule)
        if compiled(changed := f"{rule[: figure.start()]}{int(figure[0]) + 7}{rule[figure.end() :]}") == compiled(rule)
        and not is_in_a_remark(rule, figure.start())
    ]
    assert kept == []


WORDS: Final = sorted({word for rule, _ in WORDINGS for word in re.findall(r"[\w%$:.']+|[,;&+-]", rule)})


@given(st.sampled_from(RULES), st.sampled_from(WORDS), st.integers(0, 20))
def test_a_word_put_in_never_loses_a_demand(rule: str, word: str, place: int) -> None:
    """Whatever is put into a rule of one kind, no check of fewer conditions comes out."""
    words = rule.split(" ")
    changed = compiled(" ".join([*words[:place], word, *words[place:]]))
    known = compiled(rule)
    if changed is not None and known is not None and known.kind in ("all_of", "conditional"):
        assert changed.kind in ("all_of", "conditional")


@given(st.text(max_size=400))
def test_any_text_compiles_or_does_not(rule: str) -> None:
    compiled(rule)


@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_any_heap_of_rule_words_compiles_or_does_not(words: list[str]) -> None:
    compiled(" ".join(words))


def test_a_rule_that_is_too_long_is_left_to_the_judge() -> None:
    assert compiled("use a stop " * (LONGEST // 11 + 1)) is None
    assert compiled("use a stop. " * 20) is not None


def test_every_check_survives_json() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(Check)
    for check in map(compiled, RULES):
        assert adapter.validate_json(adapter.dump_json(check)) == check


# ---- time


@pytest.mark.parametrize(
    "piece",
    ["a ", "no ", "1", "1,", "9:30-", "nq, ", "nq and ", "mon, ", "max ", "5 minutes ", "stop ", "trade ", "to avoid ",
     "-", "because ", "only ", "hit down -", "loss, ", "$1 ", "1 % of ", "half ", "rule 1: ", "1. ", " ", "\n",
     "or after 9:30 ", "open ", "all trade position ", "after a loss, ", "on fridays ", "use a stop and ",
     "max 3 trades a day, ", "2r ", "loss or ", "(", "the nq or ", "reward setup trade "],
)  # fmt: skip
def test_no_input_takes_long(piece: str) -> None:
    """A pattern that runs back and forth would take seconds on one of these."""
    for text in (piece * LONGEST, "no trades " + piece * LONGEST, piece * LONGEST + "after 11:30"):
        for rule in (text[:LONGEST], text[-LONGEST:]):
            compiled.cache_clear()
            started = time.process_time()
            compiled(rule)
            assert time.process_time() - started < 0.25


# ---- the data


def test_a_phrase_has_one_meaning() -> None:
    phrases = [(phrase, concept) for concept, listed in PHRASES.items() for phrase in listed.split("|")]
    phrases += [
        (p, value) for by_value in VALUED.values() for value, listed in by_value.items() for p in listed.split("|")
    ]
    meanings: dict[str, set[str]] = {}
    for phrase, concept in phrases:
        meanings.setdefault(unhyphened(phrase), set()).add(concept)
    assert {phrase: found for phrase, found in meanings.items() if len(found) > 1} == {}
    assert all(phrase == phrase.lower() and (phrase == phrase.strip() or phrase == "\n") for phrase, _ in phrases)


def test_every_phrase_is_read_as_what_it_means() -> None:
    for concept, listed in PHRASES.items():
        for phrase in listed.split("|"):
            found = tokens(unhyphened(phrase))
            assert found is not None, phrase
            assert [token.concept for token in found] == ([concept] if concept else []), phrase


def test_sentences_use_known_words_only() -> None:
    known = {
        *PHRASES,
        *VALUED,
        "AMOUNT",
        "NUM",
        "TIME",
        "SPAN",
        "R",
        "RATIO_VALUE",
        "DURATION",
        "DISTANCE",
        "DAYS",
        "SYMBOLS",
    }
    patterns = [pattern.pattern for pattern, _ in compiler._GRAMMAR.rows]
    for module in (bans, endings, scopes):
        patterns += [value.pattern for value in vars(module).values() if isinstance(value, re.Pattern)]
    patterns += [pattern.pattern for pattern, _ in endings.TRIGGERS]
    patterns += [pattern.pattern for _, *both in scopes._SCOPES for pattern in both]
    assert len(READERS) == 11
    assert len(patterns) > 40
    assert {word for pattern in patterns for word in re.findall(r"[A-Z_]+", pattern)} - known == set()
