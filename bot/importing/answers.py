"""What a trader says of a file: which column is what, the order of its dates, the zone of its times.

"symbol 2, side 3, entry Open, dates d/m, zone New York": columns by their number or their name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.importing.cells import zone_of
from bot.importing.formats import SAID

_PART: Final = re.compile(r"[,;\n]+")
_DATES: Final = {"d/m": "dmy", "d/m/y": "dmy", "dmy": "dmy", "m/d": "mdy", "m/d/y": "mdy", "mdy": "mdy"}
_ZONE: Final = re.compile(r"(?:time ?zone|zone|times?(?: are| in)?) +(.+)", re.IGNORECASE)
_ORDER: Final = re.compile(r"dates?(?: are)? +(\S+)", re.IGNORECASE)


@dataclass(slots=True)
class Told:
    """`unread`: parts that say nothing of the kind."""

    columns: dict[str, int] = field(default_factory=dict)
    dates: str | None = None
    zone: str | None = None
    unread: list[str] = field(default_factory=list)

    def merged(self, earlier: Mapping[str, Any]) -> dict[str, Any]:
        """This on top of what was told before, as worker.imports.told keeps it."""
        now = {
            "columns": {**(earlier.get("columns") or {}), **self.columns},
            "dates": self.dates or earlier.get("dates"),
            "zone": self.zone or earlier.get("zone"),
        }
        return {name: value for name, value in now.items() if value}

    def says_something(self) -> bool:
        return bool(self.columns or self.dates or self.zone)


def told_in(text: str, headers: Sequence[str] = ()) -> Told:
    """`headers`: the names of the columns, in their order."""
    told = Told()
    for part in filter(None, map(str.strip, _PART.split(text[:2000]))):
        if not (_ordered(part, told) or _placed(part, headers, told) or _zoned(part, told)):
            told.unread.append(part)
    return told


def _ordered(part: str, told: Told) -> bool:
    found = _ORDER.fullmatch(part)
    if found is None or found[1].lower() not in _DATES:
        return False
    told.dates = _DATES[found[1].lower()]
    return True


def _placed(part: str, headers: Sequence[str], told: Told) -> bool:
    words = part.replace("=", " ").replace(":", " ").split()
    for length in (2, 1):
        role = SAID.get(" ".join(words[:length]).lower())
        value = " ".join(words[length:])
        place = _place(value, headers) if role is not None and value else None
        if role is not None and place is not None:
            told.columns[role] = place
            return True
    return False


def _place(value: str, headers: Sequence[str]) -> int | None:
    if value.isascii() and value.isdecimal() and len(value) < 3:
        place = int(value) - 1
        return place if 0 <= place < max(len(headers), 1) else None
    lowered = [name.lower() for name in headers]
    return lowered.index(value.lower()) if value.lower() in lowered else None


def _zoned(part: str, told: Told) -> bool:
    found = _ZONE.fullmatch(part)
    name = found[1] if found is not None else part
    if zone_of(name) is None:
        return False
    told.zone = name
    return True
