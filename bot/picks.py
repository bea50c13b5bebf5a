"""Quick picks: what a trader marks trades with, offered as buttons. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from statemachine.trade import TradeFields

Kind = Literal["tag", "setup", "mood", "mistake"]
MOST: Final = 3
MOST_TAGS: Final = 2
"""Of these, so that a setup, too, has a place."""


@dataclass(frozen=True, slots=True)
class Pick:
    kind: Kind
    value: str

    @property
    def digest(self) -> str:
        """16 hex digits, as a button carries it; capitals make no difference."""
        return hashlib.sha256(f"{self.kind} {self.value.lower()}".encode()).hexdigest()[:16]

    @property
    def fields(self) -> TradeFields:
        match self.kind:
            case "tag":
                return TradeFields(tags=(self.value,))
            case "setup":
                return TradeFields(setup=self.value)
            case "mood":
                return TradeFields(mood=self.value)
            case "mistake":
                return TradeFields(mistake=self.value)


def used(rows: Iterable[Mapping[str, Any]]) -> tuple[Pick, ...]:
    """From the rows of worker.usual_marks, in their order."""
    return tuple(Pick(row["kind"], row["value"]) for row in rows)


def offered(rows: Iterable[Mapping[str, Any]], fields: TradeFields) -> tuple[Pick, ...]:
    """What a trade could be marked with, a few: the most frequent, nothing of a kind that it has."""
    found: list[Pick] = []
    for pick in used(rows):
        same = sum(other.kind == pick.kind for other in found)
        is_tag = pick.kind == "tag"
        has = pick.value in (fields.tags or ()) if is_tag else getattr(fields, pick.kind) is not None
        if not has and same < (MOST_TAGS if is_tag else 1):
            found.append(pick)
        if len(found) == MOST:
            break
    return tuple(found)
