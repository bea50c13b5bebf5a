"""What sentences of rules are made with: templates over the tokens of a rule, and what is built from a match.

A template is a regular expression over concepts, each followed by a space: "NEVER TRADE AFTER TIME ". In braces stand
the pieces of PIECES. A template matches a whole sentence, so every word of it has been understood.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from bot.rules.kinds import AllOf, Conditional, Limit, Single
from bot.rules.tokens import Token

Built = Single | Conditional | AllOf | None


@dataclass(frozen=True, slots=True)
class Said:
    """The tokens of one sentence."""

    tokens: tuple[Token, ...]

    def has(self, *concepts: str) -> bool:
        return any(token.concept in concepts for token in self.tokens)

    def all(self, concept: str) -> list[Any]:
        return [token.value for token in self.tokens if token.concept == concept]

    def first(self, concept: str) -> Any:
        return next(iter(self.all(concept)), None)

    @property
    def number(self) -> Decimal | None:
        """A count, "twice" included; the only one of the sentence."""
        found = [*self.all("NUM"), *(Decimal(count) for count in self.all("COUNT"))]
        return found[0] if len(found) == 1 else None

    @property
    def whole(self) -> int | None:
        number = self.number
        return int(number) if number is not None and number == int(number) and number < 10_000 else None

    @property
    def limit(self) -> Limit | None:
        """An amount; a bare figure is money where it can hardly be a percentage."""
        if self.has("AMOUNT"):
            limit: Limit | None = self.first("AMOUNT")
            return limit
        number = self.number
        return Limit(amount=number) if number is not None and number >= BARE_MONEY_FROM else None


BARE_MONEY_FROM: Final = 100

Build = Callable[[Said], Built]
Sentences = Iterable[tuple[Build, Iterable[str]]]

PIECES: Final[dict[str, str]] = {
    "no": "NEVER|NOT|NOTHING|NO_MORE|SIT_OUT",
    "cap": "MAX | {no} MORE | LIMIT (MAX|AT)? | NOT_ALLOWED MORE | ONLY MAX",
    "max_after": "(JOIN|DASH)? (MAX | LIMIT | NO_MORE | {no} MORE)",
    "min": "MIN | {no} LESS",
    "use": "HAVE | USE | WITH | TAKE | OPEN | TRADE (WITH|HAVE|ON) | HAVE USE",
    "verb": "TAKE|MAKE|OPEN|HAVE|USE|TRADE|HOLD|KEEP|CAN|ON",
    "enter": "(START|TAKE|OPEN|MAKE|USE|TRADE)? (TRADE|SETUP) | (TAKE|OPEN|TRADE) POSITION",
    "pt": "PER_TRADE | ON? TRADE | ON POSITION",
    "day": "PER_DAY|DAILY|OF_DAY",
    "per": "PER_DAY|DAILY|OF_DAY|PER_WEEK|WEEKLY",
    "spanned": "DAILY|WEEKLY",
    "amt": "AMOUNT|NUM",
    "n": "NUM | COUNT | NUM TIMES_AS",
    "so": "(JOIN|DASH|THEN)*",
    "after": "AFTER|ONCE|AT|ON|FROM",
    "by": "BY|BEFORE|AT|UNTIL",
    "quit": "(QUIT|QUIT_DAY|STOP|IM_OUT) TRADE? | {no} {enter}",
    "break": "BREAK|QUIT TRADE?|STOP TRADE?|SIT_OUT|TAKE|HAVE",
}
_PIECE = re.compile(r"\{([a-z_]+)\}")
_CONCEPT = re.compile(r"[A-Z_]+")


@dataclass(frozen=True, slots=True)
class Grammar:
    """All templates, tried in order; of several that match, the first that builds something holds."""

    rows: tuple[tuple[re.Pattern[str], Build], ...]

    @classmethod
    def of(cls, *sentences: Sentences) -> "Grammar":
        rows = ((templates, build) for group in sentences for build, templates in group)
        return cls(tuple((pattern(*templates), build) for templates, build in rows))

    def read(self, tokens: tuple[Token, ...]) -> Built:
        said, shape = Said(tokens), shape_of(tokens)
        for pattern, build in self.rows:
            built = build(said) if pattern.fullmatch(shape) else None
            if built is not None:
                return built
        return None


def shape_of(tokens: Iterable[Token]) -> str:
    """The concepts of tokens as templates see them."""
    return "".join(f"{token.concept} " for token in tokens)


def pattern(*templates: str) -> re.Pattern[str]:
    """One pattern for any of the templates. Spaces in them are for the reader; "?" and "*" are of a whole concept.

    "*" is at most four times: no sentence needs more, and no pattern can run back and forth without end.
    """
    return re.compile("|".join(map(_concepts, templates)))


def _concepts(template: str) -> str:
    whole = template
    while _PIECE.search(whole):
        whole = _PIECE.sub(lambda piece: f"(?:{PIECES[piece[1]]})", whole)
    spelled = _CONCEPT.sub(r"(?:\g<0>~)", whole).replace("*", "{0,4}")
    return "(?:" + re.sub(r"\((?!\?)", "(?:", spelled.replace(" ", "").replace("~", " ")) + ")"
