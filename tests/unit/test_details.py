"""Answers to what was asked about a draft, in the words that traders answer with."""

from dataclasses import replace

import pytest

from bot.reading import read
from statemachine.events import Chatted, Denied, Detailed, Unread
from statemachine.trade import TradeFields
from tests.unit.test_reading import NQ, asked_for, fields

UNSIDED = fields(symbol="NQ", entry="18250", exit="18290")
UNSIZED = replace(UNSIDED, direction="long")
STILL_OPEN = replace(NQ, exit_price=None, pnl=None, take_profit=fields(take_profit="18300").take_profit)
NAMELESS = replace(UNSIZED, symbol=None)


@pytest.mark.parametrize("text", ["two", "2", "2 lots", "it was 2", "two contracts", "i had 2 on", "just two"])
def test_how_many(text: str) -> None:
    event = read(text, asked_for("position_size", draft=UNSIZED))
    assert isinstance(event, Detailed)
    assert event.fields == fields(size="2")


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "half a lot": fields(size="0.5"),
        "10 micros": fields(size="10", symbol="MNQ"),
    }.items(),
)
def test_how_many_of_what(text: str, said: TradeFields) -> None:
    assert read(text, asked_for("position_size", draft=UNSIZED)) == Detailed(fields=said)


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "stopped out": fields(exit="18230"),
        "hit my stop": fields(exit="18230"),
        "hit target": fields(exit="18300"),
        "out at be": fields(exit="18250", pnl="0"),
        "sold 18290": fields(exit="18290"),
        "out at 18290": fields(exit="18290"),
        "made 400": fields(pnl="400"),
        "lost 400": fields(pnl="-400"),
    }.items(),
)
def test_how_it_was_left(text: str, said: TradeFields) -> None:
    assert read(text, asked_for("exit_price", "pnl", draft=STILL_OPEN)) == Detailed(fields=said)


@pytest.mark.parametrize(("text", "symbol"), [("es", "ES"), ("cl", "CL"), ("it was es", "ES"), ("aapl", "AAPL")])
def test_which_instrument(text: str, symbol: str) -> None:
    assert read(text, asked_for("symbol", draft=NAMELESS)) == Detailed(fields=fields(symbol=symbol))


@pytest.mark.parametrize("text", ["s", "idk", "no idea", "one sec", "both", "let me check"])
def test_what_answers_nothing(text: str) -> None:
    event = read(text, asked_for("position_size", draft=UNSIZED))
    assert isinstance(event, Chatted | Unread)


@pytest.mark.parametrize("text", ["forget it", "scrap it, never mind", "cancel that", "no, bin it"])
def test_what_was_asked_about_is_dropped(text: str) -> None:
    assert read(text, asked_for("direction", draft=UNSIDED)) == Denied()
