"""Questions that a command answers, and those that none does."""

import pytest

from bot.commands import COMMANDS
from bot.reading import read
from bot.reading.answer_words import TOPICS
from bot.reading.asking import command_asked
from statemachine.events import Asked
from tests.unit.test_reading import NQ, confirming, idle

ANSWERED = {
    "how am I doing today?": "limits",
    "what's my drawdown": "limits",
    "how much can I lose before I breach?": "limits",
    "am i still under the 1k daily loss": "limits",
    "am I up or down today?": "limits",
    "how close am i to my profit target": "limits",
    "how many trades did i take today": "trades",
    "show me my trades": "trades",
    "what did I trade today?": "trades",
    "what are my rules": "rules",
    "is anything waiting?": "drafts",
    "what's my balance": "balance",
    "how do I log a trade?": "help",
    "what can you do?": "help",
    "¿cuánto puedo perder hoy?": "limits",
    "wie stehe ich heute?": "limits",
    "quanto posso perder hoje?": "limits",
    "combien je peux perdre aujourd'hui ?": "limits",
    "какой у меня лимит на сегодня?": "limits",
}


@pytest.mark.parametrize(("text", "command"), ANSWERED.items())
def test_a_command_answers_it(text: str, command: str) -> None:
    for context in (idle(), confirming(NQ)):
        event = read(text, context)
        assert isinstance(event, Asked)
        assert command_asked(event.text) == command


@pytest.mark.parametrize(
    "text",
    [
        "what was my avg loss on ES last month",
        "what is my win rate?",
        "how many contracts do I have left today",
        "why did my stop get hit?",
        "should I short here?",
        "is nq up today?",
        "what is a drawdown in general?",
        "who won the game?",
    ],
)
def test_no_command_answers_it(text: str) -> None:
    assert command_asked(text) is None


def test_topics_are_commands() -> None:
    assert set(TOPICS) <= COMMANDS.keys()
