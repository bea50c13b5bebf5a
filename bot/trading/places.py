"""Where a trader is, and so which time zone: by IANA name, city or region, or by a position on the globe.

What traders call a zone or a city and whole IANA names go first, then the 12,000 cities of `places.txt` (see its head),
then the last part of an IANA name. A name that several cities have is the largest's only where that is far larger than
all others in other zones.
"""

import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from tzfpy import get_tz

from bot.trading.day import place_of, zone_called, zone_in, zone_named
from statemachine.message import Place

FAR_LARGER: Final = 10
MOST_OFFERED: Final = 6
LONGEST: Final = 80
CALLED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "la": "America/Los_Angeles", "sf": "America/Los_Angeles", "bay area": "America/Los_Angeles",
        "bali": "Asia/Makassar", "cancún": "America/Cancun", "rom": "Europe/Rome", "nizza": "Europe/Paris",
        **dict.fromkeys(("ponta delgada", "açores"), "Atlantic/Azores"),
        **dict.fromkeys(("tenerife", "las palmas", "gran canaria", "canarias"), "Atlantic/Canary"),
        "rio": "America/Sao_Paulo", "oporto": "Europe/Lisbon", "firenze": "Europe/Rome", "florenz": "Europe/Rome",
        **dict.fromkeys(("genf", "genève", "ginebra", "genebra"), "Europe/Zurich"),
        **dict.fromkeys(("deutschland", "alemania", "alemanha", "allemagne"), "Europe/Berlin"),
        **dict.fromkeys(("österreich", "autriche"), "Europe/Vienna"),
        **dict.fromkeys(("schweiz", "suiza", "suíça", "suisse"), "Europe/Zurich"),
        **dict.fromkeys(("españa", "spanien", "espanha", "espagne"), "Europe/Madrid"),
        **dict.fromkeys(("frankreich", "francia", "frança"), "Europe/Paris"),
        **dict.fromkeys(("italien", "italia", "itália", "italie"), "Europe/Rome"),
        **dict.fromkeys(("inglaterra", "angleterre"), "Europe/London"),
    }
)  # fmt: skip
"""Places that the table lacks or knows for another, and countries of one zone in the languages of the replies."""
SEVERAL: Final[Mapping[str, str]] = MappingProxyType(
    {"brasil": "brazil", "brasilien": "brazil", "brésil": "brazil", "kanada": "canada", "usa": "united states",
     "america": "united states", "uk": "united kingdom", "england": "united kingdom", "scotland": "united kingdom"}
)  # fmt: skip
"""Other names of regions."""
_OFFSET: Final = re.compile(r"(?:utc|gmt)? ?[+-] ?\d{1,2}(?::?\d\d)?", re.IGNORECASE)
_INITIAL: Final = re.compile(r"\b(\w)\.(?=\w\b)")
_LETTERS: Final = (("ø", "o"), ("ł", "l"), ("đ", "d"), ("ı", "i"), ("æ", "ae"), ("œ", "oe"))
"""Those that are no plain letter with an accent."""
_COLUMNS: Final = "|;\n"
_MARKS: Final = bytes(byte if chr(byte).isalnum() or chr(byte) in _COLUMNS else ord(" ") for byte in range(128)) * 2


@dataclass(frozen=True, slots=True)
class City:
    """`region`: a country's two letters, or US-OR; `thousands` of people."""

    name: str
    region: str
    zone: str
    thousands: int


@dataclass(frozen=True, slots=True)
class _Table:
    """The file, searched as it is: an index of it takes ten times as long to make as all else, once in each process.

    lines    as they are written; `folded`: the same as one text without accents and marks
    starts   where each line begins in `folded`
    zones    the numbers of the lines that name a zone
    regions  codes by their names
    """

    lines: Sequence[str]
    folded: str
    starts: Sequence[int]
    zones: Sequence[int]
    regions: Mapping[str, frozenset[str]]

    def named(self, name: str) -> Iterator[City]:
        """The cities of a folded name."""
        at = self.folded.find(name) if len(name) > 1 and not name.isdecimal() else -1
        while at >= 0:
            end = at + len(name)
            if self.folded[at - 1] in "|;" and self.folded[end] in "|;\n":
                yield from self._city(at)
            at = self.folded.find(name, end)

    def within(self, region: str) -> Iterator[City]:
        """The cities of a region, by its code."""
        for found in re.finditer(rf"^{_folded(region)}[ |]", self.folded, re.MULTILINE):
            yield from self._city(found.start())

    def _city(self, at: int) -> Iterator[City]:
        """Of the line at a place in `folded`; none where this system does not know its zone."""
        number = bisect_right(self.starts, at) - 1
        under = bisect_right(self.zones, number) - 1
        if under >= 0 and (zone := zone_named(self.lines[self.zones[under]][1:])) is not None:
            region, name, thousands, *_ = self.lines[number].split("|")
            yield City(name=name, region=region, zone=zone.key, thousands=int(thousands))


def is_offset(words: str) -> bool:
    """ "GMT+2": no zone, as it does not know when the clocks change."""
    return _OFFSET.fullmatch(words.strip()) is not None


def zones_of(words: str) -> tuple[City, ...]:
    """Where that may be, the largest first: one where it is clear, several to ask about, none where it is unknown."""
    said = _INITIAL.sub(r"\1", words[:LONGEST]).strip(" .!,?")
    if not said or is_offset(said):
        return ()
    called = zone_called(said) or zone_named(_CALLED.get(_folded(said)))
    if called is not None:
        return (_of_zone(called),)
    if likely := _likely(_named(said)):
        return likely
    zone = zone_in(said)
    return () if zone is None else (_of_zone(zone),)


def _of_zone(zone: ZoneInfo) -> City:
    return City(name=place_of(zone.key), region="", zone=zone.key, thousands=0)


def zone_at(place: Place) -> ZoneInfo | None:
    """The zone of a position; None for one that is none. Far out at sea it is one of the ship's zones."""
    if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
        return None
    return zone_named(get_tz(place.longitude, place.latitude))


def _named(said: str) -> Sequence[City]:
    """Cities of that name, and of a region of that name; else those of a name in a region ("portland, oregon")."""
    table, name = _table(), _folded(said)
    regions = table.regions.get(name, frozenset())
    found = [*table.named(name), *(city for code in regions for city in table.within(code))]
    words = name.split()
    for count in range(1, len(words) if not found else 0):
        regions = table.regions.get(" ".join(words[-count:]), frozenset())
        if regions and (found := [city for city in table.named(" ".join(words[:-count])) if _lies_in(city, regions)]):
            break
    return found


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
    """ "sao paulo", of "São-Paulo": without accents and marks, in small letters. Lines and columns stay."""
    letters = text.casefold()
    for letter, plain in _LETTERS:
        letters = letters.replace(letter, plain)
    ascii_ = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").translate(_MARKS, b"'").decode()
    while "  " in ascii_:
        ascii_ = ascii_.replace("  ", " ")
    for mark in _COLUMNS:
        ascii_ = ascii_.replace(f" {mark}", mark).replace(f"{mark} ", mark)
    return ascii_.strip(" ")


_CALLED: Final = {_folded(name): zone for name, zone in CALLED.items()}


@cache
def _table() -> _Table:
    text = (files("bot.trading") / "places.txt").read_text(encoding="utf-8")
    lines, folded = text.split("\n"), _folded(text)
    regions: dict[str, set[str]] = defaultdict(set)
    for code, name in (line[1:].split("|") for line in lines if line.startswith("=")):
        for said in (name, code, code.removeprefix("US-")):
            regions[_folded(said)].add(code)
    for name, other in SEVERAL.items():
        regions[_folded(name)] = regions[other]
    return _Table(
        lines=lines,
        folded=folded,
        starts=[0, *accumulate(len(line) + 1 for line in folded.split("\n"))],
        zones=[number for number, line in enumerate(lines) if line.startswith(">")],
        regions={name: frozenset(codes) for name, codes in regions.items()},
    )
