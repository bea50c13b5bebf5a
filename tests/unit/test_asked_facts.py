"""What an audit asks for can be given in the words that it suggests."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from bot.auditing.findings import ANSWERS, Fact
from bot.reading import ReadContext, read
from statemachine.events import Corrected
from statemachine.trade import TradeFields

FIELDS: dict[Fact, str] = {
    "stop": "stop_loss",
    "target": "take_profit",
    "entry": "entry_price",
    "size": "position_size",
    "symbol": "symbol",
    "direction": "direction",
    "entry time": "entry_time",
    "exit time": "exit_time",
    "P&L": "pnl",
}
AFTERNOON = datetime(2026, 3, 24, 20, 0, tzinfo=UTC)
TRADE = TradeFields(
    symbol="NQ",
    direction="long",
    entry_price=Decimal(18250),
    exit_price=Decimal(18290),
    position_size=Decimal(1),
    pnl=Decimal(800),
)


@pytest.mark.parametrize("fact", get_args(Fact))
def test_the_answer_gives_the_fact_that_is_missing(fact: Fact) -> None:
    name = FIELDS[fact]
    lacking = replace(TRADE, **{name: None})
    context = ReadContext(
        state="awaiting_confirmation",
        drafts=(lacking,),
        missing=frozenset(),
        open_trades=(),
        now=AFTERNOON,
        zone=ZoneInfo("America/New_York"),
    )
    event = read(ANSWERS[fact], context)
    assert isinstance(event, Corrected), event
    assert getattr(event.fields, name) is not None
