"""Every template is used and gets what it names, in every language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import bot.texts
from bot.commands import COMMANDS
from bot.texts.catalogue import LANGUAGES, ZERO_IS_ONE, catalogue, plural
from bot.texts.english import ENGLISH, THEMES


def nodes() -> Iterator[ast.AST]:
    """Everything in the source of bot/texts."""
    for path in sorted(Path(bot.texts.__file__).parent.glob("*.py")):
        yield from ast.walk(ast.parse(path.read_text()))


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


KEY_OF = {"words": "{}", "_plain": "{}", "self": "{}", "counted": "{}\\.(one|other)", "button": "button\\.{}"}
"""What is called with a key first, and the pattern of the keys of the catalogue that it means."""


def template_calls() -> Iterator[tuple[str, set[str]]]:
    """The pattern of the keys, and the names given, of every use of a template."""
    for node in nodes():
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in KEY_OF:
            names = {keyword.arg or "" for keyword in node.keywords}
            for pattern in patterns(node.args[0]):
                if called == "self" and ".+" in pattern:
                    continue  # Words itself, which completes the keys it is given
                yield KEY_OF[called].format(pattern), names | ({"count"} if called == "counted" else set())


def patterns(key: ast.AST) -> list[str]:
    """Of a key that is written out, chosen by a condition, or put together from parts."""
    match key:
        case ast.Constant():
            return [re.escape(str(key.value))]
        case ast.IfExp():
            return patterns(key.body) + patterns(key.orelse)
        case ast.JoinedStr():
            parts = (re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in key.values)
            return ["".join(parts)]
        case _:
            return []


def test_every_template_gets_what_it_names() -> None:
    checked = 0
    for pattern, names in template_calls():
        meant = re.compile(pattern)
        keys = [key for key in ENGLISH if meant.fullmatch(key)]
        assert keys, f"no text for {pattern}"
        if ".+" not in pattern:
            checked += 1
            assert all(placeholders(ENGLISH[key]) <= names for key in keys), pattern
    assert checked > 100


def test_no_text_is_left_unused() -> None:
    named = {pattern for pattern, _ in template_calls() if re.search(r"\w", pattern)}  # not of parts alone
    named |= {re.escape(f"command.{name}") for name in COMMANDS}
    used = re.compile("|".join(f"(?:{pattern})" for pattern in (*named, r"(?:option|undone|redone|evidence)\..+")))
    handed_on = {node.value for node in nodes() if isinstance(node, ast.Constant)}
    left = [key for key in ENGLISH if used.fullmatch(key) is None]
    assert [key for key in left if not {key, re.sub(r"^button\.|\.(one|other)$", "", key)} & handed_on] == []


def test_no_key_stands_in_two_themes() -> None:
    assert sum(len(theme) for theme in THEMES) == len(ENGLISH)


def test_every_plural_is_whole() -> None:
    for key in ENGLISH:
        if key.endswith(".one"):
            assert f"{key.removesuffix('.one')}.other" in ENGLISH


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_have_the_same_places(language: str) -> None:
    for key, template in LANGUAGES[language].items():
        wanted = placeholders(ENGLISH[key])
        if key.endswith((".one", ".other")):  # a number may be written out, or be told by its words alone
            assert placeholders(template) | {"count"} == wanted | {"count"}, key
        else:
            assert placeholders(template) == wanted, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_have_the_same_keys(language: str) -> None:
    assert LANGUAGES[language].keys() == ENGLISH.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_shaped_as_in_english(language: str) -> None:
    for key, template in LANGUAGES[language].items():
        english = ENGLISH[key]
        assert bool(template.strip()) == bool(english.strip()), key
        assert template.count("\n") == english.count("\n"), key
        assert len(template) <= max(40, 2 * len(english)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_is_a_place_where_none_is_one(language: str) -> None:
    for key, template in LANGUAGES[language].items():
        if language in ZERO_IS_ONE and key.endswith(".one") and "1" in ENGLISH[key]:
            assert "{count}" in template, key


@pytest.mark.parametrize(("locale", "words"), [("en", "other"), ("de", "other"), ("pt-BR", "other"), (None, "other")])
def test_none_is_many(locale: str | None, words: str) -> None:
    assert [plural(locale, count) for count in (0, 1, 2)] == [words, "one", "other"]


@pytest.mark.parametrize("locale", [None, "", "en", "en-US", "EN_gb", "xx", "../../etc/passwd", "e" * 1000])
def test_whatever_the_locale_there_are_words(locale: str | None) -> None:
    assert catalogue(locale)["button.confirm"] == "Confirm"
