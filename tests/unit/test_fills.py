"""What became of a plan, in a trader's words: which messages fill one, which end one, and which do neither."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.reading import ReadContext, read
from bot.reading.fills import VOCABULARY
from bot.reading.normalise import folded
from statemachine.events import Closed, Corrected, Filled, Planned, Reported, Unfilled
from statemachine.plan import Levels
from statemachine.trade import TradeFields

NQ = TradeFields(symbol="NQ", direction="long", entry_price=Decimal(18200), position_size=Decimal(2))
ES = TradeFields(symbol="ES", direction="short", entry_price=Decimal(5420))
NOTHING = ReadContext(state="idle", now=datetime(2026, 3, 23, 15, tzinfo=UTC), zone=ZoneInfo("America/New_York"))
PLANNED = replace(NOTHING, plans=(NQ, ES))
DRAFTED = replace(PLANNED, state="awaiting_confirmation", drafts=(NQ,))


def said(**fields: Any) -> TradeFields:
    return TradeFields(**{name: Decimal(value) if value[0].isdigit() else value for name, value in fields.items()})


@pytest.mark.parametrize(
    ("text", "fields", "which"),
    [
        ("filled", {}, None),
        ("Got filled!", {}, None),
        ("filled at 18201", {"entry_price": "18201"}, None),
        ("filled 18201.25", {"entry_price": "18201.25"}, None),
        ("nq filled", {"symbol": "NQ"}, None),
        ("es filled", {"symbol": "ES"}, None),
        ("filled 2 @ 18201", {"entry_price": "18201", "position_size": "2"}, None),
        ("my nq order got hit", {"symbol": "NQ"}, None),
        ("limit triggered on the es short", {"symbol": "ES", "direction": "short"}, None),
        ("got filled on the es short at 5419", {"symbol": "ES", "direction": "short", "entry_price": "5419"}, None),
        ("finally got filled on that nq limit, 18201, let's go", {"symbol": "NQ", "entry_price": "18201"}, None),
        ("filled 2 @ 18201 sl 18180", {"entry_price": "18201", "position_size": "2", "stop_loss": "18180"}, None),
        ("i'm in", {}, None),
        ("plan 2 filled", {}, 2),
        ("plan 1 filled at 18201", {"entry_price": "18201"}, 1),
        ("the second order was filled", {}, 2),
        ("ejecutada a 18201", {"entry_price": "18201"}, None),
        ("ordem executada", {}, None),
        ("exécuté à 18201", {"entry_price": "18201"}, None),
        ("Order wurde ausgeführt bei 18.201,25", {"entry_price": "18201.25"}, None),
        ("исполнен по 18201", {"entry_price": "18201"}, None),
    ],
)  # fmt: skip
def test_a_fill(text: str, fields: dict[str, str], which: int | None) -> None:
    assert read(text, PLANNED) == Filled(fields=said(**fields), which=which)


@pytest.mark.parametrize(
    ("text", "fields", "which"),
    [
        ("no fill", {}, None),
        ("didn't fill", {}, None),
        ("not filled", {}, None),
        ("missed the fill", {}, None),
        ("no fill on nq", {"symbol": "NQ"}, None),
        ("no fill on the es short today, it ran away without me", {"symbol": "ES", "direction": "short"}, None),
        ("cancelled my nq order", {"symbol": "NQ"}, None),
        ("scrap the plan", {}, None),
        ("cancel plan 2", {}, 2),
        ("cancel nq", {"symbol": "NQ"}, None),
        ("no se ejecutó", {}, None),
        ("não executou", {}, None),
        ("pas exécuté", {}, None),
        ("annulé mon ordre nq", {"symbol": "NQ"}, None),
        ("nicht ausgeführt", {}, None),
        ("не исполнился", {}, None),
        ("отменил ордер nq", {"symbol": "NQ"}, None),
    ],
)
def test_no_fill(text: str, fields: dict[str, str], which: int | None) -> None:
    assert read(text, PLANNED) == Unfilled(fields=said(**fields), which=which)


@pytest.mark.parametrize(
    "text",
    [
        "not filled yet",
        "still waiting to get filled",
        "if i get filled at 18200 i'll trail it",
        "almost got filled",
        "tp filled",
        "tp filled at 18260",
        "target order got filled 18260",
        "my stop got filled",
        "filled at 18201 out 18250",
        "my buddy got filled on nq",
        "did my nq order fill?",
        "don't cancel my nq order",
        "got filled long cl 71.20",
        "plan: short the nq drop at 18200",
        "cancel",
        "yes",
        "i'm in a meeting",
        "hit my daily limit, done for the day",
        "max loss limit hit",
        "stuck to the plan, done for today",
        "executed the plan perfectly today",
        "need to execute better",
        "hit my plan for the week, coffee now",
        "filled out the form",
        "got filled with regret after watching all of this market go",
        "got in late today, traffic",
        "word " * 41 + "filled",
    ],
)
def test_neither(text: str) -> None:
    assert not isinstance(read(text, PLANNED), Filled | Unfilled)


@pytest.mark.parametrize("text", ["filled", "nq filled", "filled at 18201", "no fill", "cancelled my nq order"])
def test_without_a_plan_it_is_still_understood(text: str) -> None:
    assert isinstance(read(text, NOTHING), Filled | Unfilled)


def test_what_fits_no_plan_and_is_whole_is_a_report() -> None:
    taken = Reported(trades=(said(symbol="NQ", direction="long", entry_price="18201"),))
    assert read("got filled long nq 18201", NOTHING) == taken
    assert read("limit order filled, long nq 18201", NOTHING) == taken
    assert isinstance(read("limit order long nq 18201", NOTHING), Planned)


def test_a_price_beside_a_draft_is_of_the_draft() -> None:
    assert read("filled at 18202", DRAFTED) == Corrected(fields=said(entry_price="18202"))
    assert read("es filled at 5420", DRAFTED) == Filled(fields=said(symbol="ES", entry_price="5420"))
    assert read("my order was filled at 18202", DRAFTED) == Filled(fields=said(entry_price="18202"))


def test_what_was_not_filled_may_be_the_trade_that_waits() -> None:
    reported = replace(PLANNED, state="awaiting_confirmation", drafts=(said(symbol="CL", direction="long"),))
    assert not isinstance(read("didn't get filled", reported), Unfilled)
    assert read("didn't get filled", DRAFTED) == Unfilled()
    assert read("no fill", reported) == Unfilled()
    assert read("no fill on nq", reported) == Unfilled(fields=said(symbol="NQ"))
    assert read("my order wasn't filled", reported) == Unfilled()


def test_an_order_that_closes_is_no_plans() -> None:
    holding = replace(NOTHING, open_trades=(NQ,))
    for text in ("sell order filled at 18260", "sold 1 nq filled 18260"):
        assert isinstance(read(text, holding), Closed)
        assert isinstance(read(text, replace(holding, plans=(replace(ES, symbol="NQ", entry_price=None),))), Closed)


def test_a_plan_comes_with_its_range_and_its_targets() -> None:
    event = read("planning to long nq 18200-18210 stop 18150 tp1 18250 tp2 18300", NOTHING)
    assert isinstance(event, Planned)
    between, targets = (Decimal(18200), Decimal(18210)), (Decimal(18250), Decimal(18300))
    assert event.levels == (Levels(entry_range=between, targets=targets),)
    plain = read("limit buy 2 nq 18200 tp 18260", NOTHING)
    assert isinstance(plain, Planned)
    assert plain.levels == (Levels(),)


def written() -> Iterator[tuple[str, str, str]]:
    for line in files("bot.reading").joinpath("vocabulary", "fills.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            heading, _, table = line.partition(":")
            what, language = heading.split()
            yield what, language, table


def test_the_vocabulary_is_whole() -> None:
    lines = list(written())
    assert {(what, language) for what, language, _ in lines} == {
        (what, language) for what in VOCABULARY for language in ("en", "es", "pt", "fr", "de", "ru")
    }
    for _, _, table in lines:
        phrases = [folded(phrase).strip() for phrase in table.split("|")]
        assert all(phrases)
        assert len(phrases) == len(set(phrases))
        assert not any("'" in phrase for phrase in table)
