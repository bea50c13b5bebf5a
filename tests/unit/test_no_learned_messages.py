"""The reader knows the language, not the messages that it is tried on: none of them stands in it, in part or whole."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import bot.reading
from bot.reading.answer_words import phrases_in
from bot.reading.normalise import folded

DATA = Path(__file__).parent.parent / "data"
SETS = ("fresh_messages", "blind_messages", "near_answers", "language_messages", "messages")
READER = Path(bot.reading.__file__).parent
RUN = 5
"""Words in a row that two texts have in common only where one was written after the other."""
BY_CHANCE = {"how many trades did i take this week?", "that's not what i traded, throw it out"}
"""Written by people who did not know the words, which held as much before."""
WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")


def runs(words: Iterable[str]) -> Iterator[tuple[str, ...]]:
    said = list(words)
    return (tuple(said[start : start + RUN]) for start in range(len(said) - RUN + 1))


def words_in(text: str) -> list[str]:
    return WORD.findall(folded(text.replace("'", "").replace("’", "")))


def messages() -> Iterator[str]:
    for name in SETS:
        for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            text = json.loads(line)["text"]
            if text not in BY_CHANCE:
                yield text


SAID = {run: text for text in messages() for run in runs(words_in(text))}


def learned(texts: Iterable[str]) -> set[str]:
    """The messages of which a run of words stands in a text."""
    return {SAID[run] for text in texts for run in runs(words_in(text)) if run in SAID}


def test_a_run_of_words_is_found() -> None:
    text = max(messages(), key=len)
    assert text in learned([f"and {text} too"])


def test_no_message_stands_in_the_code() -> None:
    assert learned(path.read_text(encoding="utf-8") for path in READER.glob("*.py")) == set()


def test_no_message_stands_in_the_vocabulary() -> None:
    lines = (line for path in READER.rglob("*.txt") for line in path.read_text(encoding="utf-8").splitlines())
    assert learned(phrase for line in lines for phrase in re.split(r"[,|]", line)) == set()


def test_no_choice_of_words_makes_up_a_message() -> None:
    files = (READER / "vocabulary" / "answers").glob("*.txt")
    phrases = [words for file in files for _, words in phrases_in(file.read_text(encoding="utf-8"))]
    assert phrases
    assert learned(" ".join(words) for words in phrases) == set()
