"""Where a trader is, and so which time zone: by IANA name, city or region, or by a position on the globe.

The zone database's own names go first; `places.txt` (see its head) knows 12,000 cities. A name that several cities have
is the largest's only where that is far larger than all others in other zones.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from tzfpy import get_tz

from bot.trading.day import zone_named, zone_said
from statemachine.message import Place

FAR_LARGER: Final = 10
MOST_OFFERED: Final = 6
LONGEST: Final = 80
_OFFSET: Final = re.compile(r"(?:utc|gmt)? ?[+-] ?\d{1,2}(?::?\d\d)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class City:
    """`region`: a country's two letters, or US-OR; `thousands` of people."""

    name: str
    region: str
    zone: str
    thousands: int


@dataclass(frozen=True, slots=True)
class _Table:
    cities: Mapping[str, Sequence[City]]
    regions: Mapping[str, frozenset[str]]


def is_offset(words: str) -> bool:
    """ "GMT+2": no zone, as it does not know when the clocks change."""
    return _OFFSET.fullmatch(words.strip()) is not None


def zones_of(words: str) -> tuple[City, ...]:
    """Where that may be, the largest first: one where it is clear, several to ask about, none where it is unknown."""
    said = words.strip(" .!,?")[:LONGEST]
    if not said or is_offset(said):
        return ()
    zone = zone_said(said)
    if zone is not None:
        return (City(name=place_of(zone), region="", zone=zone.key, thousands=0),)
    return _likely(_named(said))


def zone_at(place: Place) -> ZoneInfo | None:
    """The zone of a position; None for one that is none. Far out at sea it is one of the ship's zones."""
    if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
        return None
    return zone_named(get_tz(place.longitude, place.latitude))


def place_of(zone: ZoneInfo) -> str:
    """New York, of America/New_York."""
    return zone.key.rpartition("/")[2].replace("_", " ")


def _named(said: str) -> Sequence[City]:
    """Cities of that name; of that name in a region ("portland, oregon", "portland or"); else a region's largest."""
    table = _table()
    name = _folded(said)
    if name in table.cities:
        return table.cities[name]
    words = name.split()
    for count in range(1, len(words)):
        regions = table.regions.get(" ".join(words[-count:]), frozenset())
        cities = table.cities.get(" ".join(words[:-count]), ())
        if found := [city for city in cities if _lies_in(city, regions)]:
            return found
    regions = table.regions.get(name, frozenset())
    return [city for cities in table.cities.values() for city in cities if _lies_in(city, regions)] if regions else []


def _lies_in(city: City, regions: frozenset[str]) -> bool:
    return city.region in regions or city.region.partition("-")[0] in regions


def _likely(cities: Sequence[City]) -> tuple[City, ...]:
    """The largest of each zone; only the first where it is far larger than the others."""
    largest: dict[str, City] = {}
    for city in sorted(cities, key=lambda city: -city.thousands):
        largest.setdefault(city.zone, city)
    first, *others = largest.values() or (None,)
    if first is None:
        return ()
    close = [city for city in others if city.thousands * FAR_LARGER > first.thousands]
    return (first, *close)[:MOST_OFFERED]


def _folded(text: str) -> str:
    """ "Sao Paulo", of "São-Paulo": without accents and marks, in small letters."""
    if text.isascii() and text.replace(" ", "").isalnum():  # most of the table
        return " ".join(text.lower().split())
    bare = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o").replace("ł", "l"))
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w]+", " ", letters.replace("'", "")).split())


@cache
def _table() -> _Table:
    cities: dict[str, list[City]] = defaultdict(list)
    regions: dict[str, set[str]] = defaultdict(set)
    zone = ""
    for line in (files("bot.trading") / "places.txt").read_text(encoding="utf-8").splitlines():
        mark, rest = line[:1], line[1:]
        if mark == "=":
            code, name = rest.split("|")
            for said in (name, code, code.removeprefix("US-")):
                regions[_folded(said)].add(code)
        elif mark == ">":
            zone = rest if zone_named(rest) is not None else ""
        elif mark != "#" and zone:
            region, name, thousands, *more = line.split("|")
            city = City(name=name, region=region, zone=zone, thousands=int(thousands))
            for said in dict.fromkeys(map(_folded, (name, *(more[0].split(";") if more else ())))):
                cities[said].append(city)
    regions["usa"] = regions["america"] = {"US"}
    regions["uk"] = regions["england"] = regions["scotland"] = {"GB"}
    return _Table(cities, MappingProxyType({name: frozenset(codes) for name, codes in regions.items()}))
