"""What follows from written numbers, and what does not."""

from decimal import Decimal

import pytest

from bot.reading import computing
from bot.reading.computing import Distance
from bot.reading.itemising import items


def decimals(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]


@pytest.mark.parametrize(
    ("digits", "base", "full"),
    [
        ("85", "21450", ["21485"]),
        ("485", "21450", ["21485"]),
        ("85.5", "21450", ["21485.5"]),
        ("05", "21450", ["21405"]),
        ("72", "1.0850", ["1.0872"]),
        ("50", "64000.5", ["64050", "64005.0"]),
        ("8", "21450", []),
        ("99999", "21450", []),
        ("85", "0", []),
        ("85", "-5", []),
        ("", "21450", []),
        ("8e1", "21450", []),
    ],
)
def test_shortened(digits: str, base: str, full: list[str]) -> None:
    assert list(computing.shortened(digits, Decimal(base)))[:1] == decimals(*full)[:1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("stop 20 points", [("20", "point")]),
        ("20-pt stop", [("20", "point")]),
        ("a 20pts stop and 40 handles up", [("20", "point"), ("40", "point")]),
        ("stop 8 Ticks", [("8", "tick")]),
        ("15.5 pips", [("15.5", "pip")]),
        ("15,5 pips", [("15.5", "pip")]),
        ("20 Punkte, 10 puntos, 5 pontos", [("20", "point"), ("10", "point"), ("5", "point")]),
        ("2R and 3% and 20", []),
        ("ticks 8", []),
        ("20 pointless trades", []),
    ],
)
def test_distances(text: str, found: list[tuple[str, str]]) -> None:
    assert [(str(away.value), away.unit) for away in computing.distances(text)] == found


@pytest.mark.parametrize(
    ("name", "distance", "entry", "direction", "symbol", "found"),
    [
        ("stop_loss", ("20", "point"), "18250", "long", "NQ", ["18230"]),
        ("stop_loss", ("20", "point"), "18250", "short", "NQ", ["18270"]),
        ("take_profit", ("20", "point"), "18250", "long", "NQ", ["18270"]),
        ("take_profit", ("20", "point"), "18250", "short", "NQ", ["18230"]),
        ("exit_price", ("20", "point"), "18250", "long", "NQ", ["18270", "18230"]),
        ("stop_loss", ("20", "point"), "18250", None, "NQ", ["18270", "18230"]),
        ("stop_loss", ("8", "tick"), "18250", "long", "NQ", ["18248.00"]),
        ("stop_loss", ("8", "tick"), "18250", "long", "XYZ", []),
        ("stop_loss", ("15", "pip"), "1.0850", "long", "EURUSD", ["1.08350"]),
        ("stop_loss", ("15", "pip"), "151.20", "short", "USDJPY", ["151.350"]),
        ("stop_loss", ("15", "pip"), "2650", "long", "XAUUSD", []),
        ("stop_loss", ("15", "pip"), "18250", "long", "NQ", []),
        ("stop_loss", ("15", "point"), "1.0850", "long", "EURUSD", []),
        ("stop_loss", ("2", "point"), "190", "long", "AAPL", ["188"]),
        ("stop_loss", ("2", "point"), "190", "long", None, ["188"]),
        ("entry_price", ("20", "point"), "18250", "long", "NQ", []),
    ],
)
def test_levels(
    name: str, distance: tuple[str, str], entry: str, direction: object, symbol: str | None, found: list[str]
) -> None:
    away = Distance(Decimal(distance[0]), distance[1])
    assert list(computing.levels(name, away, Decimal(entry), direction, symbol)) == decimals(*found)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "means", "totals"),
    [
        ("sold 1 at 18290 and 1 at 18310", ["18300"], ["2"]),
        ("sold 3 at 18290 and 1 at 18310", ["18295"], ["4"]),
        ("18290 x1, 18310 x3", ["18305"], ["4"]),
        ("2 lots at 1.0850, 1 lot at 1.0880", ["1.086"], ["3"]),
        ("1 @ 18290, 1 @ 18310, 1 @ 18330", ["18300", "18310", "18320"], ["2", "3", "2"]),
        ("1 @ 10, 2 @ 10.01", ["10.00666667"], ["3"]),
        ("long 2 nq 18250 > 18290", [], []),
        ("2 nq at 18250, 1 es at 5300", [], ["3"]),
        ("made 200 and lost 50", [], []),
        ("2 contracts, -250 and +100", [], []),
    ],
)
def test_means_and_totals(text: str, means: list[str], totals: list[str]) -> None:
    before, behind = computing.legs(items(text))
    told = before if len(before) >= len(behind) else behind
    assert [price for price, _ in computing.means(told)] == decimals(*means)
    assert [size for size, _ in computing.totals(told)] == decimals(*totals)


def test_legs_without_end_cost_no_time() -> None:
    before, behind = computing.legs(items("1 at 18290 " * 400))
    assert max(len(before), len(behind)) == computing.MOST_LEGS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("18250-18260", ["18255"]),
        ("18250 – 18260", ["18255"]),
        ("18250 to 18261", ["18255.5"]),
        ("18250/18260", ["18255"]),
        ("18250, 18260", []),
        ("2-18260", []),
        ("20-30 points", []),
    ],
)
def test_midpoints(text: str, found: list[str]) -> None:
    assert [middle for middle, _ in computing.midpoints(items(text))] == decimals(*found)


def test_what_follows_is_told_with_the_words_it_follows_from() -> None:
    behind = computing.legs(items("18290 x1, 18310 x3"))[1]
    assert [said for _, said in computing.means(behind)] == ["1 @ 18290, 3 @ 18310"]
    assert [said for _, said in computing.midpoints(items("in 18250 - 18260"))] == ["18250-18260"]
    assert [away.said for away in computing.distances("a stop of 20 pts")] == ["20 pts"]


@pytest.mark.parametrize(
    ("claim", "exact", "holds"),
    [
        ("18300", "18300", True),
        ("18300.00", "18300", True),
        ("18283.33", "18283.33333333", True),
        ("18283.34", "18283.33333333", False),
        ("18283.3", "18283.33333333", False),
        ("18283", "18283.33333333", False),
    ],
)
def test_a_mean_may_be_cut_but_no_shorter_than_its_prices(claim: str, exact: str, holds: bool) -> None:
    written = decimals("18275.25", "18300.00", "2")
    assert computing.rounded(Decimal(claim), Decimal(exact), written) is holds
