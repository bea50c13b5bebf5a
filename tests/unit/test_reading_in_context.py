"""What a message means beside a draft that waits, an open trade or a question: hard cases, as traders write them."""

from dataclasses import replace

import pytest

from bot.reading import ReadContext, read
from statemachine.events import Asked, Chatted, Closed, Confirmed, Corrected, Denied, Detailed, Event, Reported, Unread
from statemachine.trade import TradeFields
from tests.unit.test_reading import ES, NQ, OPEN_ES, asked_for, confirming, fields, idle

GOLD = fields(symbol="GC", direction="short", entry="2350.5", exit="2344", size="3", stop="2354")
STILL_OPEN = fields(symbol="NQ", direction="long", entry="18250", size="2")
LOSS = replace(STILL_OPEN, pnl=fields(pnl="-420").pnl)
PART = fields(symbol="ES", direction="long", entry="5321.25", exit="5330", size="1", stop="5317")
OPEN_NQ = fields(symbol="NQ", direction="short", entry="18300", size="1")
OPEN_PAIR = (OPEN_NQ, fields(symbol="ES", direction="long", entry="5400", size="1"))


def test_a_report_beside_a_draft_of_another_instrument() -> None:
    reported = Reported(trades=(fields(symbol="NQ", entry="18250", exit="18290"),))
    assert read("nq 18250 > 18290", confirming(ES)) == reported


@pytest.mark.parametrize(
    "text",
    [
        "long nq 18250",
        "made 300 on nq",
        "es short 5400 > 5390",
        "ok thx, next: long 1 nq 18250",
        "another one, gc long 2350 > 2354",
        "short es 5420 > 5410",
        "long 1 es 5400",
    ],
)
def test_a_report_is_no_correction(text: str) -> None:
    assert isinstance(read(text, confirming(ES)), Reported)


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "no it was nq": fields(symbol="NQ"),
        "should be mes": fields(symbol="MES"),
        "actually mes 5412.5 > 5406": fields(symbol="MES"),
        "mes 5412.5 > 5406": fields(symbol="MES"),
        "3 mes": fields(symbol="MES", size="3"),
        "es 5412.5 > 5405": fields(exit="5405"),
        "short 2 es 5412.5 stop 5416": fields(stop="5416"),
        "covered at 5405": fields(exit="5405"),
        "bought at 5405": fields(exit="5405"),
        "5406 should be 5405": fields(exit="5405"),
    }.items(),
)
def test_a_correction_names_no_trade_of_its_own(text: str, said: TradeFields) -> None:
    assert read(text, confirming(ES)) == Corrected(fields=said)


def test_a_nickname_is_the_future_that_waits() -> None:
    assert read("gold exit 2343.5", confirming(GOLD)) == Corrected(fields=fields(exit="2343.5"))


@pytest.mark.parametrize(
    "text",
    [
        "what is my win rate?",
        "what is my win rate",
        "how much did I lose this week",
        "ok what's my best winner",
        "exit 18295?",
        "was it a win?",
    ],
)
@pytest.mark.parametrize("draft", [NQ, LOSS])
def test_a_question_corrects_nothing(text: str, draft: TradeFields) -> None:
    assert isinstance(read(text, confirming(draft)), Asked)


@pytest.mark.parametrize(
    "text",
    [
        "nice win bro",
        "finally green today",
        "last one was a loser so happy",
        "es is ripping today",
        "everyone is short lol",
        "I hate being short",
        "should have exited 18320",
        "up 2k on the day",
        "my buddy lost 3k",
        "powell speaks at 14:00",
        "no clue why my stop got hit",
        "I should stop at 2 losses",
        "yes wait",
        "ok one sec",
        "yes except the stop",
        "good morning",
        "it is what it is",
        "save it for later",
        "nq looks good",
        "good nq trade",
    ],
)
@pytest.mark.parametrize("draft", [NQ, LOSS])
def test_talk_changes_and_confirms_nothing(text: str, draft: TradeFields) -> None:
    assert isinstance(read(text, confirming(draft)), Chatted | Unread)


@pytest.mark.parametrize(
    ("text", "pnl"),
    [("it was a loss", "-1600"), ("not a win, a loss", "-1600"), ("not a win", "-1600"), ("no, loss", "-1600")],
)
def test_a_result_told_the_other_way(text: str, pnl: str) -> None:
    assert read(text, confirming(NQ)) == Corrected(fields=fields(pnl=pnl))


@pytest.mark.parametrize(
    ("text", "event"),
    {
        "rest out at 5332": Closed(fields=fields(exit="5332")),
        "out at 5332": Closed(fields=fields(exit="5332")),
        "sold the rest at 5332": Closed(fields=fields(direction="long", exit="5332")),
        "stopped out on the rest": Closed(fields=fields(exit="5317")),
        "exit was 5331": Corrected(fields=fields(exit="5331")),
        "exit 5331": Corrected(fields=fields(exit="5331")),
        "no, out at 5331": Corrected(fields=fields(exit="5331")),
    }.items(),
)
def test_another_leg_beside_the_one_that_waits(text: str, event: Event) -> None:
    assert read(text, replace(confirming(PART), open_trades=(OPEN_ES,))) == event


def test_a_leg_needs_something_that_is_left() -> None:
    whole = replace(confirming(replace(PART, position_size=OPEN_ES.position_size)), open_trades=(OPEN_ES,))
    assert read("out at 5331", whole) == Corrected(fields=fields(exit="5331"))
    beside = replace(confirming(NQ), open_trades=(OPEN_ES,))
    assert read("out at 18295", beside) == Corrected(fields=fields(exit="18295"))
    assert read("out at 5330", beside) == Closed(fields=fields(exit="5330"))


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "sold half at 5330": fields(direction="long", size="1", exit="5330"),
        "closed the es for +400": fields(symbol="ES", pnl="400"),
    }.items(),
)
def test_how_much_of_which_trade_was_closed(text: str, said: TradeFields) -> None:
    assert read(text, idle(open_trades=(OPEN_ES,))) == Closed(fields=said)


def test_a_part_of_unknown_size_is_asked_for() -> None:
    assert isinstance(read("took partials at 5330", idle(open_trades=(OPEN_ES,))), Unread)
    assert isinstance(read("sold half at 18290", idle(open_trades=(OPEN_NQ,))), Unread | Reported)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("long nq -5 > 18290", "impossible_price"),
        ("long 2 nq 18250 > -18290", "impossible_price"),
        ("long 2 nq -18250 18290", "impossible_price"),
        ("short es @ -5400", "impossible_price"),
        ("long nq 18250 > 1829", "impossible_price"),
    ],
)
def test_numbers_that_cannot_be_reported(text: str, reason: str) -> None:
    event = read(text, idle())
    assert isinstance(event, Unread)
    assert event.reason == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("long 2 nq 18250 stop 18300", "stop_wrong_side"),
        ("stop 18300", "stop_wrong_side"),
        ("stop -18230", "impossible_price"),
        ("exit -18295", "impossible_price"),
        ("exit 1829", "impossible_price"),
        ("entry 0", "impossible_price"),
        ("size -2", "impossible_size"),
        ("make it 0 contracts", "impossible_size"),
    ],
)
def test_numbers_that_cannot_correct(text: str, reason: str) -> None:
    event = read(text, confirming(STILL_OPEN))
    assert isinstance(event, Unread)
    assert event.reason == reason


def test_a_result_below_zero_is_no_price() -> None:
    assert read("nq long -420", idle()) == Reported(trades=(fields(symbol="NQ", direction="long", pnl="-420"),))
    assert read("closed at -420", idle(open_trades=(OPEN_ES,))) == Closed(fields=fields(pnl="-420"))


def test_a_side_may_be_turned_before_its_stop() -> None:
    draft = replace(STILL_OPEN, stop_loss=fields(stop="18230").stop_loss)
    assert read("short not long", confirming(draft)) == Corrected(fields=fields(direction="short"))


def which_was_closed(draft: TradeFields = fields(exit="5410")) -> ReadContext:
    return replace(asked_for("trade", draft=draft), open_trades=OPEN_PAIR)


@pytest.mark.parametrize(
    "text",
    [
        "es",
        "the es one",
        "ES!",
        "sorry, es",
        "the second one please",
        "2",
        "the last",
        "5400",
        "the long",
        "es out at 5410",
    ],
)
def test_which_trade_was_closed(text: str) -> None:
    told = fields(symbol="ES", direction="long", entry="5400")
    assert read(text, which_was_closed()) == Detailed(fields=told)


@pytest.mark.parametrize("text", ["gc", "3", "both", "not es", "es is flying", "drop the first", "5405"])
def test_what_tells_no_open_trade(text: str) -> None:
    assert isinstance(read(text, which_was_closed()), Unread | Chatted)


def test_more_than_the_trade_that_was_asked_for() -> None:
    assert isinstance(read("long 1 es 5395 > 5410", which_was_closed()), Reported)
    assert isinstance(read("nq out at 18250", which_was_closed()), Closed)
    assert read("no", which_was_closed()) == Denied()
    assert read("size 1", which_was_closed()) == Detailed(fields=fields(size="1"))


@pytest.mark.parametrize(
    ("text", "event"),
    {
        "drop the first": Denied(which=1),
        "delete 2": Denied(which=2),
        "cancel the second one": Denied(which=2),
        "remove the 2nd trade": Denied(which=2),
        "drop the es one": Denied(which=2),
        "cancel nq": Denied(which=1),
        "confirm es": Confirmed(which=2),
        "cancel both": Denied(),
        "yes both": Confirmed(),
    }.items(),
)
def test_one_of_several_drafts(text: str, event: Event) -> None:
    assert read(text, confirming(NQ, ES)) == event


@pytest.mark.parametrize("text", ["no, 2", "not all", "all but the first", "2 is wrong", "yes not es", "es correcto"])
def test_which_of_several_drafts_is_not_guessed(text: str) -> None:
    assert isinstance(read(text, confirming(NQ, ES)), Unread)


def test_both_of_three_is_unclear() -> None:
    assert read("both", confirming(NQ, ES, GOLD)) == Unread()


@pytest.mark.parametrize(
    ("text", "event"),
    {
        "long": Detailed(fields=fields(direction="long")),
        "long 2": Detailed(fields=fields(direction="long", size="2")),
        "not short, long": Detailed(fields=fields(direction="long")),
        "second one exit 5405": Corrected(fields=fields(exit="5405"), which=2),
        "drop the first": Denied(which=1),
    }.items(),
)
def test_the_incomplete_draft_is_the_one_that_was_asked_about(text: str, event: Event) -> None:
    incomplete = fields(symbol="NQ", entry="18250", exit="18290")
    assert read(text, replace(asked_for("direction"), drafts=(incomplete, ES))) == event


def test_another_trade_is_no_detail() -> None:
    asked = asked_for("direction", draft=fields(symbol="NQ", entry="18250", exit="18290"))
    assert isinstance(read("long 2 nq 18310 > 18330", asked), Reported)
    assert isinstance(read("my buddy is long", asked), Chatted)
