"""Numbers, clocks, days and instruments as other languages write them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.reading import ReadContext, read
from bot.reading.days import named_day
from bot.reading.instruments import find_instruments
from bot.reading.itemising import items
from bot.reading.languages import languages_of
from bot.reading.normalise import normalised
from bot.reading.tokens import tokens
from statemachine.events import Planned, Reported

NOW = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")


def numbers(text: str) -> list[str]:
    found = tokens(normalised(text))
    return [f"{t.sign}{t.value:f}" if t.kind == "number" else t.text for t in found if t.kind in ("number", "clock")]


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "largo 24.812,50 salida 24.840": ["24812.50", "24840"],
        "largo 24,812.50 salida 24,840.25": ["24812.50", "24840.25"],
        "acheté à 24 815,25, vendu 24 838": ["24815.25", "24838"],
        "long 24\u202f815,25 out 24\u00a0838": ["24815.25", "24838"],
        "купил 2 контракта по 6 865,5": ["2", "6865.5"],
        "kaufe EURUSD 1,165 Stopp 1.162": ["1.165", "1.162"],
        "compré gas natural a 3.245": ["3.245"],
        "compré la libra a 1.342": ["1.342"],
        "comprei 10.000 moedas de doge a 0,143": ["10000", "0.143"],
        "ethusdt long 3.120 a 3.185, fees 4,7": ["3120", "3185", "4.7"],
        "gané 170 menos 8,40 de comisiones": ["170", "-8.40"],
        "минус 9 500 руб": ["-9500"],
        "vente entre 4030 et 4034": ["4030", "4034"],
        "entré a las 9h42, salí a las 10.15": ["9:42", "10:15"],
        "entrei às 10h, comprado": ["10:00"],
        "um 10.12 Uhr rein, um 16 Uhr raus": ["10:12", "16:00"],
        "halb zehn rein bei 24.350": ["9:30", "24350"],
        "вошел в 9 утра, вышел в 5 вечера": ["9:00", "17:00"],
        "long 4h chart 18.250": ["4", "18.250"],
        "sold at 1.165 on the 15m": ["1.165", "15"],
    }.items(),
)
def test_numbers_and_clocks(text: str, said: list[str]) -> None:
    assert numbers(text) == said


@pytest.mark.parametrize(
    ("text", "day"),
    {
        "ayer gané 350 con el NQ": date(2026, 11, 25),
        "vorgestern 200 Euro im DAX verloren": date(2026, 11, 24),
        "el lunes perdí 120 en el oro": date(2026, 11, 23),
        "lundi dernier: long NQ": date(2026, 11, 23),
        "am Montag 300 Euro Gewinn": date(2026, 11, 23),
        "в пятницу заработал 500": date(2026, 11, 20),
        "el 3 de noviembre compré 1 NQ": date(2026, 11, 3),
        "am 3. November kaufte ich 2 NQ": date(2026, 11, 3),
        "le 3 août 2026 j'ai vendu": date(2026, 8, 3),
        "3 ноября купил NQ": date(2026, 11, 3),
        "hoy gané 350": None,
        "lunes": None,
    }.items(),
)
def test_days(text: str, day: date | None) -> None:
    assert named_day(items(text), NOW, MADRID) == day


@pytest.mark.parametrize(
    ("text", "symbols"),
    {
        "vendu 0,2 lot sur l'or": ["XAUUSD"],
        "or : vente à 4030": ["XAUUSD"],
        "long or short today": [],
        "comprei 2 win a 158.450": ["WIN"],
        "2 wins, 1 loss, a win of 300": [],
        "corto en libra dólar": ["GBPUSD"],
        "шорт по доллар-йене": ["USDJPY"],
        "Mini-DAX short, Einstieg 24.405": ["FDXM"],
        "fermé le short CL": ["CL"],
        "si on casse, j'achète le dax": ["DAX"],
        "perte 250 balles sur l'ES": ["ES"],
        "long the S&P 500 at 6850": ["ES"],
        "comprei 200 VALE3 a 61,20": ["VALE3"],
        "vendi petr4 a 38,50": ["PETR4"],
        "compra 2 WINZ26 158.300": ["WIN"],
        "LONG3 and take3 are no shares": [],
        "este mes gané 500 con el NQ": ["NQ"],
        "compré 2 mes a 6850": ["MES"],
        "j'ai vendu mes 50 actions Apple": ["AAPL"],
    }.items(),
)
def test_instruments(text: str, symbols: list[str]) -> None:
    assert [found.symbol for found in find_instruments(tokens(normalised(text)))] == symbols


def test_the_language_is_the_one_of_most_words() -> None:
    assert languages_of(["comprei", "contratos", "vendido", "zerei"]) == {"pt"}
    assert languages_of(["шорт"]) == {"ru"}
    assert languages_of(["bought", "two", "nq"]) == frozenset()


def test_letters_that_look_latin_are_read_so_unless_the_text_is_cyrillic() -> None:
    assert normalised("long ЕS 5400") == "long ES 5400"
    assert normalised("лонг NQ, вход 24815") == "лонг NQ, вход 24815"


@pytest.mark.parametrize(
    "text", ["am 3. maı kaufte ich", "9:30 de\nla tarde compré", "mıenos 5 largo", "a las 9\nlargo"]
)
def test_what_only_looks_like_a_date_or_clock_is_left(text: str) -> None:
    assert named_day(items(text), NOW, MADRID) is None


def test_a_report_and_a_plan() -> None:
    context = ReadContext(state="idle", now=NOW, zone=MADRID)
    report = read("Купила 2 NQ по 24 650 в 15:30 мск, вышла 24 670, прибыль 800$", context)
    assert isinstance(report, Reported)
    (trade,) = report.trades
    assert (trade.direction, trade.entry_price, trade.exit_price) == ("long", Decimal(24650), Decimal(24670))
    assert (trade.pnl, trade.entry_time) == (Decimal(800), datetime(2026, 11, 26, 12, 30, tzinfo=UTC))
    plan = read("Kauflimit im Dow bei 47.600, Stop 47.520, Ziel 47.800", context)
    assert isinstance(plan, Planned)
    assert plan.trades[0].stop_loss == Decimal(47520)
