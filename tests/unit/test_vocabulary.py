"""The vocabulary files: what each of them may hold."""

from collections import Counter
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.reading.instruments import COINS, CURRENCIES
from bot.reading.normalise import folded
from bot.reading.words import GLOSSARY, LANGUAGES, TAGS, UNITS, WORDS_OF, entries
from bot.trading.contracts import CONTRACTS

SYMBOLS = {symbol.lower() for symbol in CONTRACTS.keys() | COINS | CURRENCIES}
FILES = (*LANGUAGES, "calendar", "glossary", "instruments", "periods")
SECTIONS = {name.lower() for name in TAGS}
CALENDAR = {
    "days ago",
    "weekday",
    "before",
    "on",
    "last",
    "last behind",
    "month",
    "before clock",
    "after clock",
    "sign",
}


@pytest.mark.parametrize("name", FILES)
def test_no_phrase_stands_twice_in_one_file(name: str) -> None:
    sectioned = name not in LANGUAGES  # there a word may mean something else in another section
    said = Counter(
        (section if sectioned else "", phrase) for section, phrase, _ in entries(name) if section != "marker"
    )
    assert [phrase for phrase, times in said.items() if times > 1] == []


@pytest.mark.parametrize("name", FILES)
def test_phrases_are_folded(name: str) -> None:
    assert [phrase for _, phrase, _ in entries(name) if phrase != " ".join(map(folded, phrase.split()))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_is_a_tag(language: str) -> None:
    sections = {section.partition(":")[0] for section, _, _ in entries(language)}
    assert sections <= SECTIONS | {"marker"}
    assert {section.partition(":")[2] for section, _, _ in entries(language)} <= {"", *UNITS.values()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_are_numbers_or_zones(language: str) -> None:
    for section, _, value in entries(language):
        if section == "zone" and value:
            ZoneInfo(value)
        elif section in ("count", "fraction"):
            assert Decimal(value) >= 0
        else:
            assert value == ""


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_phrase_is_shadowed_by_another_meaning(language: str) -> None:
    meanings: dict[str, str] = {}
    for earlier in LANGUAGES[: LANGUAGES.index(language) + 1]:
        for section, phrase, _ in entries(earlier):
            if section == "marker":
                continue
            if earlier == language:
                assert meanings.get(phrase, section) == section, phrase
            meanings.setdefault(phrase, section)


def test_the_other_files_have_known_sections() -> None:
    assert {section for section, _, _ in entries("calendar")} == CALENDAR
    assert {section for section, _, _ in entries("glossary")} == set(GLOSSARY)
    assert {section for section, _, _ in entries("instruments")} == {"any", "beside a side", *LANGUAGES[1:]}


def test_what_tells_a_language_is_no_symbol() -> None:
    assert [words & SYMBOLS for words in WORDS_OF.values()] == [set()] * len(WORDS_OF)


def test_what_tells_a_language_is_no_english_trading_word() -> None:
    talk = {
        "was",
        "the",
        "trade",
        "with",
        "stop",
        "and",
        "for",
        "from",
        "target",
        "profit",
        "position",
        "rest",
        "today",
    }
    assert [talk & words for words in WORDS_OF.values()] == [set()] * len(WORDS_OF)
