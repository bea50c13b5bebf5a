"""Corrections of what waits for a yes, as traders write them: each field, by name, value, arithmetic, side and sign."""

from pathlib import Path

import pytest

from bot.reading import ReadContext, read
from statemachine.events import Confirmed, Corrected, Denied, Unread
from statemachine.trade import TradeFields
from tests.unit.test_reading import ES, NQ, confirming, fields

FILE = Path(__file__).parent.parent / "data" / "answers" / "corrections.txt"
EU = fields(symbol="EURUSD", direction="long", entry="1.0815", size="0.5", stop="1.0790", take_profit="1.0870")
LOSS = fields(
    symbol="ES", direction="short", entry="5412.5", exit="5418", size="2", pnl="-550", fees="4.20", stop="5416"
)
MNQ = fields(symbol="MNQ", direction="long", entry="21650", exit="21663.25", size="4")
MES = fields(symbol="MES", direction="short", entry="5400", exit="5395", size="4")
WAITING = {
    "nq": (NQ,),
    "eu": (EU,),
    "es": (LOSS,),
    "short": (fields(symbol="EURUSD", direction="short", entry="1.0815", stop="1.077", take_profit="1.084"),),
    "two": (NQ, ES),
    "micros": (MNQ, MES),
    "three": (NQ, MNQ, fields(symbol="CL", direction="long", entry="71.2", exit="71.45", size="1")),
}
CASES = [
    tuple(part.strip() for part in line.split("|"))
    for line in FILE.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def changed(drafts: tuple[TradeFields, ...], event: Corrected) -> tuple[TradeFields, ...]:
    """What waits after the correction."""
    after = list(drafts)
    for one in (event, *event.also):
        place = (one.which or 1) - 1
        after[place] = after[place].without(one.cleared).merged(one.fields)
    return tuple(after)


def expected(drafts: tuple[TradeFields, ...], changes: str) -> tuple[TradeFields, ...]:
    after, place = list(drafts), 0
    for word in changes.split():
        if word.endswith(":"):
            place = int(word[:-1]) - 1
            continue
        name, value = word.split("=")
        said = fields(**{name: "1" if value == "-" else value})
        names = frozenset(said.said())
        after[place] = after[place].without(names) if value == "-" else after[place].merged(said)
    return tuple(after)


@pytest.mark.parametrize(("waiting", "text", "changes"), CASES)
def test_a_correction(waiting: str, text: str, changes: str) -> None:
    drafts = WAITING[waiting]
    context: ReadContext = confirming(*drafts)
    event = read(text, context)
    if "=" not in changes:
        assert isinstance(event, Unread)
        return
    assert isinstance(event, Corrected), event
    assert changed(drafts, event) == expected(drafts, changes)


@pytest.mark.parametrize("text", (FILE.parent / "talk.txt").read_text(encoding="utf-8").splitlines())
def test_talk_beside_a_draft_leaves_it_alone(text: str) -> None:
    assert not isinstance(read(text, confirming(NQ)), Corrected | Confirmed | Denied)
