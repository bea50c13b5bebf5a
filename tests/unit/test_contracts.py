"""The table of contracts: every value has a source, none that is not confirmed is used, words find their symbol."""

import json
from importlib.resources import files

import pytest

from bot.trading.contracts import CONTRACTS, NICKNAMES, contract, nicknamed

TABLE = json.loads(files("bot.trading").joinpath("contracts.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("symbol", "currency", "point", "tick"),
    [
        ("NQ", "USD", "20", "0.25"),
        ("MES", "USD", "5", "0.25"),
        ("CL", "USD", "1000", "0.01"),
        ("ZN", "USD", "1000", "0.015625"),
        ("FDAX", "EUR", "25", "1"),
        ("6J", "USD", "12500000", "0.0000005"),
        ("USDJPY", "JPY", "100000", "0.001"),
        ("EURUSD", "USD", "100000", "0.00001"),
        ("XAUUSD", "USD", "100", "0.01"),
    ],
)
def test_a_contract_has_the_exchanges_values(symbol: str, currency: str, point: str, tick: str) -> None:
    known = CONTRACTS[symbol]
    assert (known.currency, str(known.point_value), format(known.tick_size, "f")) == (currency, point, tick)
    assert known.confirmed


def test_every_value_names_a_source_that_the_table_lists() -> None:
    for known in CONTRACTS.values():
        assert known.sources
        assert set(known.sources) <= set(TABLE["sources"])


def test_a_symbol_stands_in_the_table_once() -> None:
    assert len(TABLE["contracts"]) == len(CONTRACTS)


@pytest.mark.parametrize("symbol", ["VXM", "XAGUSD", "US30", "NAS100", "SPX500", "GER40", "UK100", "JP225"])
def test_a_value_that_sources_or_brokers_dispute_is_not_confirmed(symbol: str) -> None:
    assert not CONTRACTS[symbol].confirmed


@pytest.mark.parametrize(
    ("written", "symbol"),
    [
        ("nq", "NQ"),
        ("/NQ", "NQ"),
        ("NQZ5", "NQ"),
        ("mesh26", "MES"),
        ("6EU25", "6E"),
        ("M2K", "M2K"),
        ("M2KZ5", "M2K"),
        ("EUR/USD", "EURUSD"),
        ("eur usd", "EURUSD"),
        ("10Y", "10Y"),
    ],
)
def test_a_symbol_is_found_in_any_spelling(written: str, symbol: str) -> None:
    found = contract(written)
    assert found is not None
    assert found.symbol == symbol


@pytest.mark.parametrize("written", ["AAPL", "", "BTCUSDT", "EURUSDZ5", "NQQ", "1OZ", "ESZ555"])
def test_what_the_table_does_not_have_is_unknown(written: str) -> None:
    assert contract(written) is None


@pytest.mark.parametrize(("micro", "mini"), [("MNQ", "NQ"), ("M2K", "RTY"), ("MCL", "CL"), ("FDXS", "FDAX")])
def test_micro_and_mini_know_each_other(micro: str, mini: str) -> None:
    assert CONTRACTS[micro].micro_of == mini
    assert CONTRACTS[mini].micro == micro


def test_every_relation_leads_to_a_contract() -> None:
    for known in CONTRACTS.values():
        assert {known.micro, known.micro_of} - {None} <= set(CONTRACTS)
    for meaning in NICKNAMES.values():
        assert {meaning.contracts, meaning.lots, meaning.default} - {None} <= set(CONTRACTS)


def test_a_nickname_depends_on_how_the_size_is_counted() -> None:
    assert nicknamed("Gold", "contracts") == "GC"
    assert nicknamed("gold", "lots") == "XAUUSD"
    assert nicknamed("cable") == "GBPUSD"
    assert nicknamed("nasdaq", "contracts") == "NQ"
    assert nicknamed("nasdaq") is None
    assert nicknamed("dax", "contracts") is None
    assert nicknamed("tesla") is None
