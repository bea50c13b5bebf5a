"""The files of answer words, and how they are read."""

import pytest

from bot.reading.answer_words import CHANGING, CLASSES, TABLES, letters, phrases_in, table
from bot.reading.normalise import folded


def test_choices_are_phrases() -> None:
    text = "# words\n[yes]\nsave (|it|that), (log|put (it|this)) in\n\n[no]\nNão"
    assert set(phrases_in(text)) == {
        ("yes", ("save",)),
        ("yes", ("save", "it")),
        ("yes", ("save", "that")),
        ("yes", ("log", "in")),
        ("yes", ("put", "it", "in")),
        ("yes", ("put", "this", "in")),
        ("no", ("nao",)),
    }


@pytest.mark.parametrize(("text", "says"), [("[yes]\nyes\n[nope]\nno", "line 3"), ("yes", "line 1")])
def test_a_word_that_belongs_nowhere_is_named(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        list(phrases_in(text))


@pytest.mark.parametrize("section", sorted(CLASSES.keys() | TABLES | CHANGING))
def test_every_section_has_words_as_they_are_compared(section: str) -> None:
    assert table(section)
    assert all(word == folded(word) for phrase in table(section) for word in phrase)


def test_a_phrase_is_of_one_class() -> None:
    assert letters()["yes",] == CLASSES["yes"]
    assert letters()["no",] == CLASSES["no"]
    assert letters()["wrong", "trade"] == CLASSES["no"]
