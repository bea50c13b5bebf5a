"""The table of formats (formats.toml): which headers a broker's export has, and which column holds what."""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any, Final, Literal

Holds = Literal["trades", "fills"]

_BRACKETS: Final = re.compile(r"\s*[(\[]([^)\]]*)[)\]]")
_CURRENCY: Final = re.compile(r"\s+(?:usd|eur|gbp|chf|jpy|aud|cad|nzd|[$€£])$")
_TABLES: Final[Mapping[str, Any]] = tomllib.loads(files(__package__).joinpath("formats.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Format:
    """How one kind of file is read. `columns`: the headers of each role, the first that is there holds it."""

    name: str
    broker: str
    label: str
    holds: Holds
    columns: Mapping[str, Sequence[str]]
    marks: frozenset[str] = frozenset()
    dates: str | None = None
    basis: str = "gross"
    per: frozenset[str] = frozenset()
    flows: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A format found in a file: the place of the column of each role, of costs all; `zone`: as headers name it."""

    format: Format
    places: Mapping[str, int]
    costs: Sequence[tuple[int, bool]] = field(default=())
    zone: str | None = None


def _format(row: Mapping[str, Any]) -> Format:
    given = {"marks": frozenset(row["marks"]), "per": frozenset(row.get("per", ()))}
    return Format(**{**row, **given})


FORMATS: Final = tuple(_format(row) for row in _TABLES["format"])
ANY: Final[Mapping[str, Sequence[str]]] = _TABLES["any"]["columns"]
WORDS: Final[Mapping[str, Any]] = _TABLES["words"]
SAID: Final[Mapping[str, str]] = _TABLES["said"]
"""Roles by what a trader calls them."""


def any_format(holds: Holds) -> Format:
    """That of a file nobody has described."""
    given = _TABLES["any"]
    return Format("any", given["broker"], given["label"], holds, ANY, basis="either")


def headers_of(cells: Sequence[str]) -> tuple[list[str], str | None]:
    """Headers in the spelling of the table, and the zone that one of them names: "Update Time (EDT)"."""
    seen: Counter[str] = Counter()
    names, zone = [], None
    for cell in cells:
        bare = cell.replace("\ufeff", "").strip(" '\"").lower()
        text = " ".join((bare if bare.startswith("_") else bare.replace("_", " ")).split())
        for inside in _BRACKETS.findall(text):
            zone = zone or _zone_in(inside)
        name = _CURRENCY.sub("", _BRACKETS.sub("", text)).strip(" .:")
        seen[name] += 1
        names.append(name if seen[name] == 1 or not name else f"{name}#{seen[name]}")
    return names, zone


def _zone_in(text: str) -> str | None:
    found = re.fullmatch(r"(?:utc|gmt)\s*([+-]\d{1,2}(?::\d{2})?)", text)
    if found is not None:
        return f"UTC{found[1]}"
    zone: str | None = WORDS["zones"].get(text)
    return zone


def recognised(cells: Sequence[str]) -> Layout | None:
    """The layout of a known format whose marks stand in this row."""
    names, zone = headers_of(cells)
    present = frozenset(names)
    found = [layout_of(known, names, zone) for known in FORMATS if known.marks <= present]
    return max(found, key=lambda layout: (len(layout.format.marks), len(layout.places)), default=None)


def guessed(cells: Sequence[str], told: Mapping[str, int]) -> Layout:
    """The layout of any other file, as far as its headers say it; `told`: columns that the trader named."""
    names, zone = headers_of(cells)
    layout = layout_of(any_format("trades"), names, zone)
    used = set(told.values())
    places = {role: place for role, place in layout.places.items() if place not in used} | dict(told)
    costs = tuple(cost for cost in layout.costs if cost[0] not in used) + (
        ((places["costs"], False),) if "costs" in told else ()
    )
    places.pop("costs", None)
    return _held(Layout(any_format("trades"), places, costs, zone))


def signed(layout: Layout) -> Layout:
    """That of a file whose sizes have a sign and which names no side: the sign is the side."""
    return _held(replace(layout, places={**layout.places, "side": layout.places["size"]}))


def _held(layout: Layout) -> Layout:
    """With what its rows are, trades or fills, by the roles that it has."""
    places = layout.places
    named = places.keys() & {"entry_price", "exit_price", "pnl", "net"}
    fills = places.keys() >= {"price", "side"} and not named
    return replace(layout, format=any_format("fills" if fills else "trades"))


def layout_of(known: Format, names: Sequence[str], zone: str | None) -> Layout:
    where: dict[str, int] = {}
    for number, name in enumerate(names):
        if name:
            where.setdefault(name, number)
    places: dict[str, int] = {}
    for role, headers in known.columns.items():
        place: int | None = next((where[header] for header in headers if header in where), None)
        if place is not None and role != "costs" and place not in places.values():
            places[role] = place
    costs = tuple((where[name], name in known.per) for name in known.columns.get("costs", ()) if name in where)
    return Layout(known, places, costs, zone)


def missing(layout: Layout) -> list[str]:
    """The roles without which no row can be read, in the order they are asked for."""
    has = layout.places.keys()
    lacking = [role for role in ("symbol", "side") if role not in has]
    if "buy_time" in has or "sell_time" in has:
        lacking = [role for role in lacking if role != "side"]
    if layout.format.holds == "fills":
        return lacking + [role for role in ("size", "price", "time") if role not in has]
    if not has & {"entry_time", "exit_time", "time", "buy_time"}:
        lacking.append("time")
    prices = {"entry_price", "exit_price"} <= has or {"buy_price", "sell_price"} <= has
    if not (prices and "size" in has) and not has & {"pnl", "net"}:
        lacking += [role for role in ("size", "entry_price", "exit_price") if role not in has]
    return lacking
