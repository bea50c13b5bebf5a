"""Yes and no as traders write them, and what only looks like a yes."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading import read
from statemachine.events import Confirmed, Denied, Skipped
from tests.unit.test_reading import ES, NQ, asked_for, confirming, idle

ANSWERS = Path(__file__).parent.parent / "data" / "answers"


def lines(name: str) -> list[str]:
    return (ANSWERS / f"{name}.txt").read_text(encoding="utf-8").splitlines()


CONFIRMING = lines("confirming")

DENYING = lines("denying")


@pytest.mark.parametrize("text", CONFIRMING)
def test_a_yes(text: str) -> None:
    assert read(text, confirming(NQ)) == Confirmed()


@pytest.mark.parametrize("text", DENYING)
def test_a_no(text: str) -> None:
    assert read(text, confirming(NQ)) == Denied()


YESES = lines("yeses")
BUTS = lines("buts")


@pytest.mark.parametrize("but", BUTS)
def test_a_yes_with_anything_else_is_none(but: str) -> None:
    texts = [text for yes in YESES for text in (f"{yes} {but}", f"{yes}, {but}", f"{but} {yes}")]
    waiting = (confirming(NQ), confirming(NQ, ES))
    assert [text for text in texts for context in waiting if isinstance(read(text, context), Confirmed)] == []


HEDGES = lines("hedges")


@pytest.mark.parametrize("text", HEDGES)
def test_what_only_sounds_like_a_yes(text: str) -> None:
    for waiting in (confirming(NQ), confirming(NQ, ES), asked_for("direction")):
        assert not isinstance(read(text, waiting), Confirmed), text


@given(
    yes=st.sampled_from(YESES),
    word=st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=9).filter(lambda word: word not in CONFIRMING),
    number=st.decimals(min_value=3, max_value=99999, places=2),
)
def test_neither_an_unknown_word_nor_another_number_is_in_a_yes(yes: str, word: str, number: object) -> None:
    assert not isinstance(read(f"{yes} {number}", confirming(NQ)), Confirmed)
    assert not isinstance(read(f"{yes} zq{word}", confirming(NQ)), Confirmed)


@pytest.mark.parametrize("text", ["ok", "great", "cool thanks", "nice", "perfect", "👏", "sure", "good"])
def test_where_nothing_waits_praise_is_talk(text: str) -> None:
    assert not isinstance(read(text, idle()), Confirmed | Denied)


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "skip",
        "no chart",
        "none",
        "don't have one",
        "later",
        "no screenshot this time",
        "sin foto",
        "ohne",
        "без скриншота",
    ],
)
def test_no_chart(text: str) -> None:
    assert read(text, replace(idle(), state="awaiting_screenshot")) == Skipped()


@pytest.mark.parametrize(
    ("text", "event"),
    {
        "yes to the second": Confirmed(which=2),
        "log the first one": Confirmed(which=1),
        "the es one is right": Confirmed(which=2),
        "save the short": Confirmed(which=2),
        "both look good": Confirmed(),
        "all of them are right": Confirmed(),
        "no to the second": Denied(which=2),
        "don't log the nq": Denied(which=1),
        "scrap both of them": Denied(),
        "guarda la segunda": Confirmed(which=2),
        "lösch den ersten": Denied(which=1),
    }.items(),
)
def test_which_of_two(text: str, event: object) -> None:
    assert read(text, confirming(NQ, ES)) == event


@pytest.mark.parametrize(
    ("text", "event"),
    {
        "yes to the first, no to the second": Confirmed(refused=frozenset({2})),
        "1 yes 2 no": Confirmed(refused=frozenset({2})),
        "scrap the first and log the second": Confirmed(refused=frozenset({1})),
        "log the nq one, drop the other": Confirmed(refused=frozenset({2})),
        "lose the second one, first is fine": Denied(which=2),
        "the first is right, delete the second": Denied(which=2),
    }.items(),
)
def test_yes_to_one_and_no_to_the_other(text: str, event: object) -> None:
    assert read(text, confirming(NQ, ES)) == event


def test_what_is_not_named_is_not_answered() -> None:
    assert not isinstance(read("yes to the first, no to the second", confirming(NQ, ES, NQ)), Confirmed)
    assert read("log 1 and 3, drop 2", confirming(NQ, ES, NQ)) == Confirmed(refused=frozenset({2}))
    assert read("save the first, scrap the rest", confirming(NQ, ES, NQ)) == Confirmed(refused=frozenset({2, 3}))
