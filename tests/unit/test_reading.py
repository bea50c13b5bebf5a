"""What plain code makes of what traders write."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading import ReadContext, read
from bot.reading.jsonl import read_lines
from bot.reading.normalise import normalised
from bot.reading.tokens import number_value, tokens
from statemachine.events import (
    Asked,
    Chatted,
    Closed,
    Confirmed,
    Corrected,
    Denied,
    Detailed,
    Event,
    Planned,
    Reported,
    Skipped,
    Unread,
)
from statemachine.trade import Derived, TradeFields

MESSAGES = Path(__file__).parent.parent / "data" / "messages.jsonl"
NOW = datetime(2026, 3, 10, 20, 0, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


def fields(**said: Any) -> TradeFields:
    """Trade fields from plain values: numbers as strings, short names as in a trader's notes."""
    names = {
        "entry": "entry_price",
        "exit": "exit_price",
        "size": "position_size",
        "stop": "stop_loss",
        "fees": "commissions",
    }
    numbers = {"entry_price", "exit_price", "position_size", "stop_loss", "take_profit", "pnl", "commissions"}
    values = {names.get(name, name): value for name, value in said.items()}
    return TradeFields(**{n: Decimal(v) if n in numbers else v for n, v in values.items()})


NQ = fields(symbol="NQ", direction="long", entry="18250", exit="18290", size="2", pnl="1600", stop="18230")
ES = fields(symbol="ES", direction="short", entry="5412.5", exit="5406", size="2")
OPEN_ES = fields(symbol="ES", direction="long", entry="5321.25", size="2", stop="5317")


def idle(**known: Any) -> ReadContext:
    return ReadContext(state="idle", now=NOW, zone=NEW_YORK, **known)


def confirming(*drafts: TradeFields) -> ReadContext:
    return ReadContext(state="awaiting_confirmation", drafts=drafts, now=NOW, zone=NEW_YORK)


def asked_for(*missing: str, draft: TradeFields = TradeFields()) -> ReadContext:
    return ReadContext(state="awaiting_details", drafts=(draft,), missing=frozenset(missing), now=NOW, zone=NEW_YORK)


REPORTS: dict[str, TradeFields] = {
    "long 2 nq 18250 > 18290 stop 18230": fields(
        symbol="NQ", direction="long", size="2", entry="18250", exit="18290", stop="18230"
    ),
    "in long ES 5321.25 stop 5317": fields(symbol="ES", direction="long", entry="5321.25", stop="5317"),
    "/ES short 5400 5395 2": fields(symbol="ES", direction="short", entry="5400", exit="5395", size="2"),
    "NQZ6 long 18250 18260": fields(symbol="NQ", direction="long", entry="18250", exit="18260"),
    "in 1.0850 out 72 long eu 1 lot": fields(
        symbol="EURUSD", direction="long", entry="1.0850", exit="1.0872", size="1"
    ),
    "long NQ 18.2k out 18.3k": fields(symbol="NQ", direction="long", entry="18200", exit="18300"),
    "es long 5400 out BE": fields(symbol="ES", direction="long", entry="5400", exit="5400", pnl="0"),
    "-$420 on NQ": fields(symbol="NQ", pnl="-420"),
    "nq (420)": fields(symbol="NQ", pnl="-420"),
    "made 1.2k on nq": fields(symbol="NQ", pnl="1200"),
    "lost 637.50 es short": fields(symbol="ES", direction="short", pnl="-637.50"),
    "bought 100 TSLA at 250, sold at 255": fields(symbol="TSLA", direction="long", entry="250", exit="255", size="100"),
    "long btcusdt 0.5 60000 61000 +500": fields(
        symbol="BTCUSDT", direction="long", entry="60000", exit="61000", size="0.5", pnl="500"
    ),
    "kaufe 2 nq bei 18250,5 raus 18260": fields(symbol="NQ", direction="long", entry="18250.5", exit="18260", size="2"),
    "nq short 18250 18240 1 lot sl 18260 comm 4.2": fields(
        symbol="NQ", direction="short", entry="18250", exit="18240", size="1", stop="18260", fees="4.2"
    ),
    "long 3 es 5400 5410 should have held longer": fields(
        symbol="ES", direction="long", entry="5400", exit="5410", size="3"
    ),
    "bot 3 mes 5400, sld 5405": fields(symbol="MES", direction="long", entry="5400", exit="5405", size="3"),
    "bought 5 AAPL 190 calls at 2.10 sold 3.40": fields(
        symbol="AAPL", direction="long", entry="2.10", exit="3.40", size="5"
    ),
    "short 1 nq 18250 18260 +200": fields(
        symbol="NQ", direction="short", entry="18250", exit="18260", size="1", pnl="200"
    ),
}


@pytest.mark.parametrize(("text", "said"), REPORTS.items())
def test_a_report(text: str, said: TradeFields) -> None:
    assert read(text, idle()) == Reported(trades=(said,))


def test_two_trades_in_one_message() -> None:
    event = read("long 1 nq 18250 18260, short 1 es 5400 5395", idle())
    assert isinstance(event, Reported)
    assert [trade.symbol for trade in event.trades] == ["NQ", "ES"]


def test_clock_times_are_moments_in_the_zone_that_is_named() -> None:
    event = read("bought 2 nq 18250 at 9:31 CT sold 18290 at 10:05 CT net 780", idle())
    assert isinstance(event, Reported)
    (trade,) = event.trades
    assert trade.entry_time == datetime(2026, 3, 10, 14, 31, tzinfo=UTC)
    assert trade.exit_time == datetime(2026, 3, 10, 15, 5, tzinfo=UTC)
    assert (trade.pnl, trade.pnl_basis) == (Decimal(780), "net")


@pytest.mark.parametrize(
    "text",
    ["looking to short es 5400 stop 5410", "buy limit nq 18200 sl 18150 tp 18300", "sell gold 2340 sl 2350 tp 2320"],
)
def test_a_plan_is_no_trade_yet(text: str) -> None:
    assert isinstance(read(text, idle()), Planned)


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "out at 5330": fields(exit="5330"),
        "closed es 5330": fields(symbol="ES", exit="5330"),
        "sold 1 of 2 at 5330": fields(direction="long", size="1", exit="5330"),
        "closed 1": fields(size="1"),
        "sold 2": fields(direction="long", size="2"),
        "rest out 5332": fields(exit="5332"),
        "stopped out": fields(exit="5317"),
        "out BE": fields(exit="5321.25", pnl="0"),
        "closed +400": fields(pnl="400"),
    }.items(),
)
def test_leaving_an_open_trade(text: str, said: TradeFields) -> None:
    assert read(text, idle(open_trades=(OPEN_ES,))) == Closed(fields=said)


def test_the_exit_of_an_open_trade_may_be_cut_short() -> None:
    short = Derived(field="exit_price", how="shorthand", said="30")
    assert read("out 30", idle(open_trades=(OPEN_ES,))) == Closed(fields=replace(fields(exit="5330"), derived=(short,)))


def test_few_shares_that_were_sold_may_be_a_price() -> None:
    held = fields(symbol="AAPL", direction="long", entry="50", size="100")
    assert read("sold 40", idle(open_trades=(held,))) == Closed(fields=fields(direction="long", exit="40"))


def test_another_trade_beside_an_open_one() -> None:
    assert isinstance(read("long 2 nq 18250 18290", idle(open_trades=(OPEN_ES,))), Reported)
    assert isinstance(read("sold 2 nq 18250", idle(open_trades=(OPEN_ES,))), Reported)


YES = (
    "yes|y|Yes!|ok 👍|k|sure, log it|that's the one|no problem, looks right|✅|sí|ja, stimmt|sim|oui|perfecto, gracias"
)
NO = "no|n|nope|nah|❌|👎|delete|don't save|yeah no|👍👎|yes delete|not correct|nein|não|non|cancelar"
NEITHER = (
    "yes?|correct?|is that right|no yes|not sure|I said yes|yesterday|sure why not|yes and then it dropped|"
    "ok whatever|right, the exit was wrong|confirm 2|2|y n y|yes 3 contracts|ok but exit was 18288|+1|hello|nice"
)


@pytest.mark.parametrize("text", YES.split("|"))
def test_yes(text: str) -> None:
    assert read(text, confirming(NQ)) == Confirmed()


@pytest.mark.parametrize("text", NO.split("|"))
def test_no(text: str) -> None:
    assert read(text, confirming(NQ)) == Denied()


@pytest.mark.parametrize("text", NEITHER.split("|"))
def test_what_might_not_be_a_yes_is_none(text: str) -> None:
    assert not isinstance(read(text, confirming(NQ)), Confirmed | Denied)


@pytest.mark.parametrize(
    ("text", "event"),
    {
        "2": Confirmed(which=2),
        "confirm 2": Confirmed(which=2),
        "cancel 2": Denied(which=2),
        "all": Confirmed(),
        "second one: exit 5405": Corrected(fields=fields(exit="5405"), which=2),
        "nq exit 18295": Corrected(fields=fields(exit="18295"), which=1),
        "exit 18295": Corrected(fields=fields(exit="18295"), which=1),
        "stop 9000": Unread(understood=fields(stop="9000")),
    }.items(),
)
def test_answers_to_several_drafts(text: str, event: Event) -> None:
    assert read(text, confirming(NQ, ES)) == event


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "yes 3 contracts": fields(size="3"),
        "no exit was 18295": fields(exit="18295"),
        "ok but exit was 18288": fields(exit="18288"),
        "short not long": fields(direction="short"),
        "loss not profit": fields(pnl="-1600"),
        "no it was es": fields(symbol="ES"),
        "other way round": fields(direction="short"),
        "18251 not 18250": fields(entry="18251"),
        "pnl should be -1600 not 1600": fields(pnl="-1600"),
        "make it 3 contracts": fields(size="3"),
        "actually those were micros": fields(symbol="MNQ"),
        "add commissions 4.18": fields(fees="4.18"),
        "exit 18295 and stop 18240": fields(exit="18295", stop="18240"),
    }.items(),
)
def test_a_correction(text: str, said: TradeFields) -> None:
    assert read(text, confirming(NQ)) == Corrected(fields=said)


def test_a_correction_that_empties_a_field() -> None:
    assert read("remove the stop", confirming(NQ)) == Corrected(fields=TradeFields(), cleared=frozenset({"stop_loss"}))


def test_a_whole_report_while_a_draft_waits_is_another_trade() -> None:
    assert isinstance(read("long 1 es 5400 5395", confirming(NQ)), Reported)


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "18250": fields(entry="18250"),
        "18250 18290": fields(entry="18250", exit="18290"),
        "long": fields(direction="long"),
        "nq": fields(symbol="NQ"),
        "+400": fields(pnl="400"),
        "-$420": fields(pnl="-420"),
        "entry 18250 exit 18290": fields(entry="18250", exit="18290"),
        "out 18290": fields(exit="18290"),
    }.items(),
)
def test_a_detail_that_was_asked_for(text: str, said: TradeFields) -> None:
    context = asked_for("symbol", "direction", "entry_price", "exit_price", "pnl")
    assert read(text, context) == Detailed(fields=said)


def test_a_bare_two_for_a_future_counts_contracts() -> None:
    context = asked_for("entry_price", draft=fields(symbol="NQ", direction="long"))
    assert read("2", context) == Detailed(fields=fields(size="2"))


@pytest.mark.parametrize("text", ["no", "skip", "none", "no thanks", "later", "sin foto"])
def test_no_picture(text: str) -> None:
    assert read(text, ReadContext(state="awaiting_screenshot", now=NOW, zone=NEW_YORK)) == Skipped()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("long nq 0", "impossible_price"),
        ("long 2 nq 1e308", "impossible_price"),
        ("short 0 es 5400 5390", "impossible_size"),
        ("long -2 nq 18250 18260", "impossible_size"),
        ("long nq 18250 stop 18300", "stop_wrong_side"),
        ("18250", "unclear"),
        ("x" * 4001, "too_long"),
        ("nq " * 3000, "too_long"),
        (" \n\t", "empty"),
        ("\u200b\u202e", "empty"),
    ],
)
def test_what_is_not_understood_says_why(text: str, reason: str) -> None:
    event = read(text, idle())
    assert isinstance(event, Unread)
    assert event.reason == reason


def test_a_trailed_stop_beyond_the_entry_is_fine_once_the_trade_is_closed() -> None:
    assert isinstance(read("long 1 nq 18250 18290 stop 18270", idle()), Reported)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("what's my drawdown", Asked),
        ("how did I do on NQ long 18250?", Asked),
        ("lol powell talking", Chatted),
        ("I should have shorted NQ at 18500, would have been +2k", Chatted),
        ("my buddy made 3k long es today", Chatted),
        ('{"symbol": "NQ", "direction": "long", "pnl": 1000000, "confirmed": true}', Chatted),
        ("caught the big tech index early, 18250 was mine, gone by 18290 with both", Unread),
        ("my stop there was never seen this morning, the small caps liked 2061.5 too much for that", Unread),
        ("2021 and 2022 were the worst years for me, 2019 was fine, so I keep a journal now", Chatted),
        ("I take 2 or 3 trades a day and then I am out, more than that never ends well", Chatted),
    ],
)
def test_no_trade(text: str, kind: type[Event]) -> None:
    assert isinstance(read(text, idle()), kind)


@pytest.mark.parametrize(
    ("digits", "value"),
    [("18,250", "18250"), ("2.345,60", "2345.60"), ("1,234,567.5", "1234567.5"), ("0,5", "0.5"), ("1.0850", "1.0850")],
)
def test_numbers_are_read_exactly(digits: str, value: str) -> None:
    assert str(number_value(digits)) == value


def test_look_alikes_and_invisible_marks_are_made_plain() -> None:
    assert normalised("ＮＱ lо\u200bng １８２５０") == "NQ long 18250"


def test_tokens_know_their_place() -> None:
    text = "long 2 nq 18250"
    assert [text[token.start : token.end] for token in tokens(text)] == text.split()


RECORDS = [json.loads(line) for line in MESSAGES.read_text(encoding="utf-8").splitlines()]
SCORED = ("symbol", "direction", "entry_price", "exit_price", "position_size", "stop_loss", "pnl", "commissions")


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])
def test_messages_as_traders_write_them(record: dict[str, Any]) -> None:
    (line,) = read_lines([json.dumps(record)])
    answer, gold, also = json.loads(line), record["gold"], record.get("alt", {})
    assert answer["intent"] in [gold["intent"], *also.get("intent", [])]
    if not gold["is_trade"] or not answer["is_trade"]:
        return
    wanted = gold.get("trades", [gold])
    others = also.get("trades", [also] * len(wanted))
    assert len(answer["trades"]) == len(wanted)
    for trade, right, or_else in zip(answer["trades"], wanted, others, strict=True):
        for name in SCORED:
            assert trade[name] in [right[name], *or_else.get(name, [])], name


def test_a_record_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="line 2 is not a record"):
        list(read_lines(['{"id": 1, "text": "hi"}', "nonsense"]))


CONTEXTS = [
    idle(),
    idle(open_trades=(OPEN_ES,)),
    confirming(NQ),
    confirming(NQ, ES),
    asked_for("entry_price", "pnl"),
    ReadContext(state="awaiting_screenshot", now=NOW, zone=NEW_YORK),
]
PIECES = (
    "long|short|nq|ES|eurusd|18250|1.0850|-5|+200|$420|(2)|>|@|stop|sl|tp1|:|/|-|,|.|\n|out|in|BE|not|2|lots|x3|9:31|am|"
    "1e9999|1e-9999|.5|5.406,7|yes|no|remove|the|?|{|[|'|and a quarter|١٢|𝟙|²|both|second|comm|net|%|k|R|micros|buy"
)
WORDS = st.sampled_from(PIECES.split("|"))


@settings(max_examples=150, deadline=None)
@given(text=st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=14).map(" ".join)))
def test_no_message_raises(text: str) -> None:
    for context in CONTEXTS:
        assert read(text, context) is not None
