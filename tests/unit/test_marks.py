"""Tags, setup, mood, mistake and notes in a message: read back as given, and nothing else of it is read otherwise."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.picks import MOST, Pick, offered
from bot.reading import ReadContext, read
from bot.reading.marks import LONGEST_TAG, MOST_TAGS, marks_of_lines, only_takes_off, tag_of, taken_off, without_marks
from statemachine.events import Reported
from statemachine.trade import TradeFields

NOW = datetime(2026, 3, 23, 18, tzinfo=UTC)
IDLE = ReadContext(state="idle", now=NOW, zone=ZoneInfo("UTC"))
TRADES = ("long 2 nq 18250 > 18290 stop 18230", "short 1 es 5321.25 out 5315", "bought 100 TSLA at 250, sold 255")
TAGS = ("orb", "aplus", "revenge", "a+", "late-entry", "fomo2", "überlegt", "реванш")
SETUPS = ("ORB", "opening drive", "VWAP reclaim", "NQ open drive", "failed breakdown 2")
MISTAKES = ("moved my stop", "sold 10 early", "took it too late, again", "no stop")
NOTES = ("chased a bit", "should have held to 18310", "stop was at 18200 first, then moved", "out 85 would be better")


def trade_in(text: str) -> TradeFields:
    event = read(text, IDLE)
    assert isinstance(event, Reported), text
    return event.trades[0]


@given(
    trade=st.sampled_from(TRADES),
    tags=st.lists(st.sampled_from(TAGS), max_size=4, unique=True),
    setup=st.none() | st.sampled_from(SETUPS),
    mistake=st.none() | st.sampled_from(MISTAKES),
    note=st.none() | st.sampled_from(NOTES),
    first=st.booleans(),
    breaks=st.booleans(),
)
def test_marks_are_read_back_and_change_nothing_else(
    trade: str, tags: list[str], setup: str | None, mistake: str | None, note: str | None, first: bool, breaks: bool
) -> None:
    """Hashtags at either end; words with a colon behind the trade, or on lines before it."""
    signs = " ".join(f"#{tag}" for tag in tags)
    told = [f"{name}: {value}" for name, value in (("setup", setup), ("Mistake", mistake), ("note", note)) if value]
    between = "\n" if breaks or first else " "
    parts = [signs, *told, trade] if first else [trade, signs, *told]
    bare, marks = without_marks(between.join(filter(None, parts)))
    assert trade_in(bare) == trade_in(trade)
    assert marks == TradeFields(tags=tuple(tags) or None, setup=setup, mistake=mistake, note=note)


@pytest.mark.parametrize("text", ["#BTC #LONG 22650 > 23000", "#GME long 20 > 22", "Setup: Long BTC\nEntry: 22650"])
def test_what_was_traded_is_no_mark(text: str) -> None:
    assert without_marks(text) == (text, TradeFields())


@pytest.mark.parametrize(
    ("text", "bare", "marks"),
    [
        ("setup: ORB, long 2 nq 18250 > 18290", "long 2 nq 18250 > 18290", {"setup": "ORB"}),
        ("setup: ORB long 2 nq 18250 > 18290", "long 2 nq 18250 > 18290", {"setup": "ORB"}),
        ("long nq 18250 mistake: moved my stop, stop 18230", "long nq 18250  stop 18230", {"mistake": "moved my stop"}),
        ("tags: orb, a+ long nq 18250", "long nq 18250", {"tags": ("orb", "a+")}),
        ("long nq 18250 Stimmung: müde", "long nq 18250", {"mood": "müde"}),
        ("#re\u200fv\u0435nge", "", {"tags": ("revenge",)}),
        ("mood: \u202egnorw\u202c", "", {"mood": "gnorw"}),
        ("see https://x.example/#orb &#39; #1", "see https://x.example/#orb &#39; #1", {}),
    ],
)
def test_where_marks_end(text: str, bare: str, marks: dict[str, object]) -> None:
    left, found = without_marks(text)
    assert (left.split(), found.said()) == (bare.split(), marks)


@pytest.mark.parametrize(
    ("text", "off"),
    [
        ("setup: none", {"setup"}), ("mood: - #late", {"mood"}), ("setup: none, note: nothing", {"setup", "note"}),
        ("tags: -", {"tags"}), ("exit 18295 mistake: none", {"mistake"}), ("remove the setup", {"setup"}),
        ("Setup none.", {"setup"}), ("quita la nota", {"note"}), ("estrategia: ninguna", {"setup"}),
        ("Notiz: keine", {"note"}), ("lösche die Notiz", {"note"}), ("humor: nenhum", {"mood"}),
        ("apaga a nota", {"note"}), ("commentaire : aucun", {"note"}), ("supprime le commentaire", {"note"}),
        ("setup: none of my rules", set()), ("setup:\nmood: calm", set()), ("no mistakes today", set()),
        ("note: -5 pts", set()),
    ],
)  # fmt: skip
def test_what_is_taken_off(text: str, off: set[str]) -> None:
    assert taken_off(text) == off
    assert off.isdisjoint(without_marks(text)[1].said())
    alone = ("remove", "setup none", "quita", "lösche", "apaga", "supprime")
    assert only_takes_off(text) == text.lower().startswith(alone)


def test_each_trade_has_the_marks_of_its_line() -> None:
    first, second = marks_of_lines("long nq 18250 > 18290 #orb\nshort es 5321 > 5315 #fade\n#tired", 2)
    assert (first.tags, second.tags) == (("tired", "orb"), ("tired", "fade"))


def test_a_thousand_tags_are_ten() -> None:
    bare, marks = without_marks("#x " * 990 + " ".join(f"#x{number}" for number in range(100, 300)))
    assert bare == "#x " * 990 + " ".join(f"#x{number}" for number in range(100, 300)), "too long to be read"
    bare, marks = without_marks("#x " * 900 + " ".join(f"#x{number}" for number in range(100, 300)))
    assert marks.tags == ("x", *(f"x{number}" for number in range(100, 109)))
    assert len(marks.tags) == MOST_TAGS
    assert bare == ""


@given(st.text(max_size=200))
def test_no_text_makes_an_odd_mark(text: str) -> None:
    for tag in without_marks(f"#{text} setup: {text}")[1].tags or ():
        assert tag == tag_of(tag)
        assert len(tag) <= LONGEST_TAG
        assert tag.isprintable()


def test_few_picks_are_offered_of_each_kind() -> None:
    kinds = ["tag", "tag", "tag", "setup", "setup", "mood"]
    rows = [{"kind": kind, "value": f"{kind}{number}", "trades": 3} for number, kind in enumerate(kinds)]
    assert [pick.value for pick in offered(rows, TradeFields())] == ["tag0", "tag1", "setup3"]
    assert [p.value for p in offered(rows, TradeFields(tags=("tag0",), setup="x"))] == ["tag1", "tag2", "mood5"]
    assert len(offered(rows, TradeFields())) == MOST
    assert Pick("setup", "ORB").digest == Pick("setup", "orb").digest != Pick("tag", "orb").digest
