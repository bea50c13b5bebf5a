"""What one point of a contract is worth, and which instrument a trader's word for it means.

The table is `contracts.json`: every value names where it was read. A contract that is not `confirmed` (sources
disagree, or the value depends on the broker, as with index CFDs) is known by name only: no P&L is computed from its
point value.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from db.symbols import AROUND, DATED, SEPARATORS

Kind = Literal["future", "forex", "cfd"]
Unit = Literal["contracts", "lots"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One instrument.

    currency     of `point_value`; of a pair: its quote currency
    point_value  money per 1.00 of price and one contract or lot
    tick_size    smallest step of the price, None where it is not known
    quote_below  prices at or above this are in another unit than `point_value` means (corn at 450 is in cents);
                 None: no such limit
    cents        that other unit is a hundredth
    fractions    quoted in 32nds (treasuries): a decimal off the tick grid is such a fraction, misread
    micro, micro_of  the same market a size smaller or larger
    """

    symbol: str
    name: str
    kind: Kind
    currency: str
    point_value: Decimal
    tick_size: Decimal | None = None
    confirmed: bool = True
    micro: str | None = None
    micro_of: str | None = None
    exchange: str | None = None
    quote_below: Decimal | None = None
    cents: bool = False
    fractions: bool = False
    sources: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Nickname:
    """What a word means when the size is in contracts, in lots, or is not said (`default`; None: ask)."""

    contracts: str | None
    lots: str | None
    default: str | None


def _contract(row: Mapping[str, Any], micros: Mapping[str, str]) -> Contract:
    tick = row["tick_size"]
    limit = row.get("quote_below")
    values = dict(row) | {
        "point_value": Decimal(row["point_value"]),
        "tick_size": None if tick is None else Decimal(tick),
        "quote_below": None if limit is None else Decimal(limit),
        "sources": tuple(row["sources"]),
        "micro": micros.get(row["symbol"]),
    }
    return Contract(**values)


def _load() -> tuple[Mapping[str, Contract], Mapping[str, Nickname]]:
    data = json.loads(files(__package__).joinpath("contracts.json").read_text(encoding="utf-8"))
    rows = data["contracts"]
    micros = {row["micro_of"]: row["symbol"] for row in rows if "micro_of" in row}
    contracts = {row["symbol"]: _contract(row, micros) for row in rows}
    nicknames = {word: Nickname(**meaning) for word, meaning in data["nicknames"].items()}
    return MappingProxyType(contracts), MappingProxyType(nicknames)


CONTRACTS: Mapping[str, Contract]
NICKNAMES: Mapping[str, Nickname]
"""Lower-case words of traders ("gold", "cable") that are not symbols."""
CONTRACTS, NICKNAMES = _load()

_AROUND, _SEPARATORS, _DATED = map(re.compile, (AROUND, SEPARATORS, DATED))


@lru_cache(maxsize=4096)
def contract(symbol: str) -> Contract | None:
    """The contract of a symbol in any spelling (`/NQ`, `eur/usd`, `NQZ5`, `NQ 12-25`); None when the table has none."""
    bare = _bare(symbol)
    if bare in CONTRACTS:
        return CONTRACTS[bare]
    dated = _DATED.fullmatch(bare)
    found = CONTRACTS.get(dated[1]) if dated else None
    return found if found is not None and found.kind == "future" else None


def family(symbol: str) -> str:
    """What all spellings of a symbol have in common: the contract's symbol, else the letters alone."""
    known = contract(symbol)
    return known.symbol if known is not None else _bare(symbol)


def _bare(symbol: str) -> str:
    return _SEPARATORS.sub("", _AROUND.sub("", symbol.upper().strip()))


def pip(symbol: str) -> Decimal | None:
    """A hundredth of a yen, ten cents of gold, else the fourth decimal of a pair; None for what has no pips."""
    known = contract(symbol)
    if known is not None and known.symbol == "XAUUSD":
        return Decimal("0.1")
    if known is None or known.kind != "forex":
        return None
    return Decimal("0.01") if known.currency == "JPY" else Decimal("0.0001")


def nicknamed(word: str, unit: Unit | None = None) -> str | None:
    """The symbol a trader's word stands for, given how size is counted; None when unknown or not decided."""
    meaning = NICKNAMES.get(word.lower())
    if meaning is None:
        return None
    if unit is None:
        return meaning.default
    return meaning.contracts if unit == "contracts" else meaning.lots
