"""What each number of a trade is, by the words around it, by its size and by what the others are."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.reading import ReadContext, reading
from bot.reading.clauses import trades_in
from bot.reading.gathering import Said
from bot.reading.itemising import items
from bot.reading.normalise import normalised
from bot.reading.spelled import spelled_value
from statemachine.events import Planned

MESSAGES = Path(__file__).parent.parent / "data" / "blind_messages.jsonl"
IDLE = ReadContext(state="idle", now=datetime(2026, 3, 10, 20, 0, tzinfo=UTC), zone=ZoneInfo("America/New_York"))
SHORT_NAMES = {
    "sym": "symbol", "side": "direction", "in_": "entry_price", "out": "exit_price", "size": "position_size",
    "sl": "stop_loss", "tp": "take_profit", "pnl": "pnl", "fees": "commissions",
}  # fmt: skip


def told(text: str) -> tuple[Said, ...]:
    return reading(text, IDLE).said


def facts(said: Said) -> dict[str, Any]:
    found = said.fields.said()
    return {short: found[name] for short, name in SHORT_NAMES.items() if name in found}


def trade(line: str) -> dict[str, Any]:
    """ "NQ long in_=18250 size=2" as facts."""
    symbol, side, *rest = line.split()
    pairs = [part.split("=") for part in rest]
    values = {name: Decimal(value) for name, value in pairs}
    heads = {"sym": symbol, "side": side}
    return {name: value for name, value in heads.items() if value != "-"} | values


ONE_TRADE = {
    # the label before the number, behind it, or none
    "18312.5 entry 18330 exit nq long 2 lots": "NQ long in_=18312.5 out=18330 size=2",
    "nq long, 3 cons, in at 18312.5 and out at 18330": "NQ long in_=18312.5 out=18330 size=3",
    "short rty 2101.4 cvr 2096.1 x2, tgt was 2090": "RTY short in_=2101.4 out=2096.1 size=2 tp=2090",
    "mgc b 2 @ 2650.1 c 2655": "MGC long in_=2650.1 out=2655 size=2",
    "6e s 1.0850 1.0835": "6E short in_=1.0850 out=1.0835",
    "US30 sell 43210 close 43105 lot 0.5 = $52.50": "US30 short in_=43210 out=43105 size=0.5 pnl=52.50",
    "es,S,2,6010.25,6004.75,+550": "ES short in_=6010.25 out=6004.75 size=2 pnl=550",
    "instrument=NQ;side=LONG;entry=18250;exit=18290;qty=2": "NQ long in_=18250 out=18290 size=2",
    # money, with its sign
    "long cl 70.12 out 69.80, 2 cars, lost $640": "CL long in_=70.12 out=69.80 size=2 pnl=-640",
    "short 2 es 6000 > 6004, 400 dollars": "ES short in_=6000 out=6004 size=2 pnl=-400",
    "short 2 es 6004 > 6000 ($400)": "ES short in_=6004 out=6000 size=2 pnl=400",
    "ym long 44010 44055 3 lots 675": "YM long in_=44010 out=44055 size=3 pnl=675",
    # costs
    "long 4 mes 6001 > 6005 +80, 4.96 in fees": "MES long in_=6001 out=6005 size=4 pnl=80 fees=4.96",
    "long 10 mes 6001 > 6005 comms of $1.24/ct": "MES long in_=6001 out=6005 size=10 fees=12.40",
    "long 4 mes 6001 > 6005 made 80 less 4.96 commission = 75.04": (
        "MES long in_=6001 out=6005 size=4 pnl=80 fees=4.96"
    ),
    # shares, which are counted in numbers as large as a price: their place tells
    "long 300 TSLA 299.09 > 301.63": "TSLA long in_=299.09 out=301.63 size=300",
    "opened long 360 TSLA 360.06": "TSLA long in_=360.06 size=360",
    "410 TSLA gekauft bei 404, verkauft bei 405": "TSLA long in_=404 out=405 size=410",
    "375 tsla short from 381.22 covered 380.78": "TSLA short in_=381.22 out=380.78 size=375",
    "covered TSLA 262 from 248": "TSLA short in_=248 out=262",
    "closed $TSLA 252 bought in 248": "TSLA long in_=248 out=252",
    "sold TSLA 262 from 248": "TSLA long in_=248 out=262",
    "closed 250 TSLA at 252, was long from 248": "TSLA long in_=248 out=252 size=250",
    "TSLA long 275 @ 271.79 out 272.12 sl 269.21": "TSLA long in_=271.79 out=272.12 size=275 sl=269.21",
    "bought 250 $TSLA, in at 252.10 out 253": "TSLA long in_=252.10 out=253 size=250",
    "TSLA 250 long 255": "TSLA long in_=255 size=250",
    "TSLA long 250 entry 252.10 exit 253": "TSLA long in_=252.10 out=253 size=250",
    "NVDA | Short | 115 | 114.71 | 114.92 | -24": "NVDA short in_=114.71 out=114.92 size=115 pnl=-24",
    "TSLA\nlong\n395\n386.91\n384.86": "TSLA long in_=386.91 out=384.86 size=395",
    "/tsla short 300 287.96 > 285.25": "TSLA short in_=287.96 out=285.25 size=300",
    "TSLA long 355, 351.92, out 350.72": "TSLA long in_=351.92 out=350.72 size=355",
    "bought TSLA 255 251.92 sold 252.4": "TSLA long in_=251.92 out=252.4 size=255",
    "long 250 TSLA > 255": "TSLA long in_=250 out=255",
    "long 250 TSLA out 255": "TSLA long in_=250 out=255",
    "long from 250 TSLA 255": "TSLA long in_=250 out=255",
    "TSLA long 250 255": "TSLA long in_=250 out=255",
    # levels
    "long nq 18250 stop 20 out 18290": "NQ long in_=18250 out=18290 sl=18230",
    "long es 6000, sl 12 ticks, tp 24 ticks": "ES long in_=6000 sl=5997 tp=6006",
    "short eurusd 1.0850 stop 20 pips target 2R": "EURUSD short in_=1.0850 sl=1.0870 tp=1.0810",
    "buy tsla @ 240, stop under 233, t1 250 t2 260": "TSLA long in_=240 sl=233 tp=250",
    "long btcusdt 61000/59500/66000 10x": "BTCUSDT long in_=61000 sl=59500 tp=66000",
    "went long hood @ 38.2, 250 shares, hit my 37.5 stop": "HOOD long in_=38.2 out=37.5 size=250 sl=37.5",
    "short gc 2710 tp 2701 hit": "GC short in_=2710 out=2701 tp=2701",
    # what was left, of a trade that is told with its side
    "closed my long ym at 44123": "YM long out=44123",
    "sold 100 F at 11.02, was in from 12.40": "F long in_=12.40 out=11.02 size=100",
    # shorthand of prices and numbers
    "in 21450 out 85 long nq": "NQ long in_=21450 out=21485",
    "long 1 nq 18250 out 90": "NQ long in_=18250 out=18290 size=1",
    "long nq 18.2k out 18.3k": "NQ long in_=18200 out=18300",
    "long nq 18.250 out 18.290": "NQ long in_=18250 out=18290",
    "long zb 118'16 out 118'24": "ZB long in_=118.5 out=118.75",
    "zn short 109'165 > 109'12": "ZN short in_=109.515625 out=109.375",
    "zc long 450'2 out 452'6": "ZC long in_=450.25 out=452.75",
    "long es 6000½ out 6004": "ES long in_=6000.5 out=6004",
    "short two nq at twenty one thousand four hundred, out twenty one three eighty": (
        "NQ short in_=21400 out=21380 size=2"
    ),
    # legs
    "long 4 nq 18200, took 2 off at 18220, rest out at 18240": "NQ long in_=18200 out=18230 size=4",
    "long nio 200 @ 5.10, 400 @ 4.80, dumped at 4.65": "NIO long in_=4.9 out=4.65 size=600",
    "short ym from 44100, scaled: 1 @ 44080, 1 @ 44060": "YM short in_=44100 out=44070 size=2",
    "long 1 lot eurusd 1.0850, closed half at 1.0870 and the other half at be": (
        "EURUSD long in_=1.0850 out=1.0860 size=1"
    ),
    # options
    "bto 10 nvda 140c 1.85, stc 2.60": "NVDA long in_=1.85 out=2.60 size=10",
    "STO 5 SPY 580P @ 2.15, BTC @ 0.90": "SPY short in_=2.15 out=0.90 size=5",
}


@pytest.mark.parametrize(("text", "expected"), ONE_TRADE.items())
def test_one_trade(text: str, expected: str) -> None:
    (said,) = told(text)
    assert facts(said) == trade(expected)


PLANS = {
    "limit buy 2 es 6000-6004 sl 5990 tp 6020 6030": "ES long in_=6002 size=2 sl=5990 tp=6020",
    "buy limit 1 nq 18200 stop 18180": "NQ long in_=18200 size=1 sl=18180",
    "looking to short gold 2710-2712, sl 2718": "XAUUSD short in_=2711 sl=2718",
}


@pytest.mark.parametrize(("text", "expected"), PLANS.items())
def test_what_is_only_planned(text: str, expected: str) -> None:
    found = reading(text, IDLE)
    assert isinstance(found.event, Planned)
    assert facts(found.said[0]) == trade(expected)


SEVERAL = {
    "es longs: 6033→6037.5, 6031→6029. 1 lot each": [
        "ES long in_=6033 out=6037.5 size=1",
        "ES long in_=6031 out=6029 size=1",
    ],
    "long nq 21500 > 21520; then flipped short 21520 > 21510": [
        "NQ long in_=21500 out=21520",
        "NQ short in_=21520 out=21510",
    ],
    "COIN 40 sh 265.1→271.8, MARA 500 sh 19.44→18.97, both longs": [
        "COIN long in_=265.1 out=271.8 size=40",
        "MARA long in_=19.44 out=18.97 size=500",
    ],
    "gbpusd b 1.2610 c 1.2598 | eurusd s 1.0850 c 1.0840": [
        "GBPUSD long in_=1.2610 out=1.2598",
        "EURUSD short in_=1.0850 out=1.0840",
    ],
    "sold gc 2688 cover 2684.5, re-sold 2686 cover 2687.2": [
        "GC short in_=2688 out=2684.5",
        "GC short in_=2686 out=2687.2",
    ],
}


@pytest.mark.parametrize(("text", "expected"), SEVERAL.items())
def test_several_trades_in_one_message(text: str, expected: list[str]) -> None:
    assert [facts(said) for said in told(text)] == [trade(line) for line in expected]


DERIVED = {
    "long nq 18250 stop 20 pts": ("stop_loss", "distance", "20 pts"),
    "in 21450 out 85 long nq": ("exit_price", "shorthand", "85"),
    "long nq 18.2k out 18.3k": ("exit_price", "suffix", "18.3k"),
    "long 4 nq 18200, took 2 off at 18220, rest out at 18240": ("exit_price", "legs", "2 @ 18220, 18240"),
    "buy gold 2650-2652 sl 2645": ("entry_price", "range", "2650-2652"),
    "short 2 es 6000 > 6004, 400 dollars": ("pnl", "sign", "400"),
    "long nq 18250 +40 pts": ("exit_price", "points", "+40 pts"),
    "short eurusd 1.0850 stop 1.0870 target 2R": ("take_profit", "r", "2R"),
    "eurusd 1.0850 stop 1.0820 target 1.0900": ("direction", "facts", ""),
}


@pytest.mark.parametrize(("text", "expected"), DERIVED.items())
def test_what_was_not_written_as_such_says_how_it_came_about(text: str, expected: tuple[str, str, str]) -> None:
    (said,) = told(text)
    derived = said.fields.how(expected[0])
    assert derived is not None
    assert (derived.field, derived.how, derived.said) == expected


def test_what_was_written_is_not_marked() -> None:
    (said,) = told("long 2 nq 18250 > 18290 stop 18230 +1600")
    assert said.fields.derived == ()


def test_what_stands_among_items_is_asked_of_sets_that_say_so() -> None:
    wrong = []
    for line in MESSAGES.read_text(encoding="utf-8").splitlines():
        found = items(json.loads(line)["text"])
        wrong += [
            part
            for part in (found, *trades_in(found))
            if part.words != {item.word for item in part} or part.tags != {item.tag for item in part}
        ]
    assert not wrong


SPANS = "Long 2 NQ 18,250.25 out 18290 SL 18230 +$1,600 comm 4.18"


def test_every_field_knows_where_it_was_said() -> None:
    (said,) = told(SPANS)
    text = normalised(SPANS)
    places = {name: text[start:end] for name, (start, end) in said.spans.items()}
    assert places == {
        "direction": "Long", "position_size": "2", "symbol": "NQ", "entry_price": "18,250.25", "exit_price": "18290",
        "stop_loss": "18230", "pnl": "+$1,600", "commissions": "4.18",
    }  # fmt: skip


AIMED = {
    "buy TSLA: 250, sell: 262, stop: 244": {"entry_price": "250", "take_profit": "262", "stop_loss": "244"},
    "buy 22.50 SOFI, out under 21.80, target 25": {"entry_price": "22.50", "stop_loss": "21.80", "take_profit": "25"},
    "buy limits NQ 21310, 21307, stop 21299": {"entry_price": "21310", "stop_loss": "21299"},
}


@pytest.mark.parametrize(("text", "expected"), AIMED.items())
def test_what_is_yet_to_be_left_is_no_exit_where_it_was_said_either(text: str, expected: dict[str, str]) -> None:
    (said,) = told(text)
    prices = {name: text[start:end] for name, (start, end) in said.spans.items() if name not in ("symbol", "direction")}
    assert prices == expected


NO_NUMBER_OF_THE_TRADE = [
    "blew my 50k eval, long nq 18250",
    "trade 3: long nq 18250",
    "ema 200 bounce, long nq 18250",
    "long nq 18250, trading @ 18260 now",
]


@pytest.mark.parametrize("text", NO_NUMBER_OF_THE_TRADE)
def test_other_numbers_are_left_out(text: str) -> None:
    (said,) = told(text)
    assert facts(said) == trade("NQ long in_=18250")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("fifty nine eighty six", 5986),
        ("sixty one oh four", 6104),
        ("twenty one thousand four hundred ten", 21410),
        ("eighteen two fifty", 18250),
        ("five grand", 5000),
        ("two", 0),
        ("one one", 0),
    ],
)
def test_spelled_numbers(words: str, value: int) -> None:
    assert spelled_value(words.split()) == value
