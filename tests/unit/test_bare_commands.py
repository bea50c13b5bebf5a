"""Commands typed without the slash."""

from datetime import UTC, datetime

import pytest

from bot.commands import find_command
from bot.texts.buttons import Command
from statemachine.message import Message


def typed(text: str, **values: str) -> Message:
    return Message(
        platform="telegram",
        account="bot",
        chat_id="1",
        sender_id="1",
        external_id="1",
        sent_at=datetime(2026, 3, 10, 20, 0, tzinfo=UTC),
        text=text,
        **values,
    )


@pytest.mark.parametrize("word", ["undo", "redo", "help", "trades", "drafts", "Undo!", " HELP "])
def test_a_bare_word_is_its_command(word: str) -> None:
    assert find_command(typed(word)) == Command(word.strip(" !").lower())


@pytest.mark.parametrize("text", ["cancel", "skip", "no", "undo it", "help me", "link", "start", "my trades"])
def test_what_may_be_an_answer_is_no_command(text: str) -> None:
    assert find_command(typed(text)) is None


def test_undo_beside_a_draft_is_said_of_the_draft() -> None:
    assert find_command(typed("undo"), drafting=True) is None
    assert find_command(typed("/undo"), drafting=True) == Command("undo", "")
    assert find_command(typed("drafts"), drafting=True) == Command("drafts")


def test_an_edited_message_is_no_command() -> None:
    assert find_command(typed("undo", edits="0")) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/help charts", Command("help", "charts")),
        ("/helping charts", Command("help")),
    ],
)
def test_only_help_itself_has_a_page(text: str, found: Command) -> None:
    assert find_command(typed(text)) == found
