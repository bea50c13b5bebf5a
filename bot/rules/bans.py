"""Bans: "no" with what must not be traded, when or how: "no shorts on Fridays before 10:00".

All that is named must come together for the ban to hold, so one part becomes the check and the others say which
trades it is about. Parts joined by "or" are bans of their own.
"""

from typing import Any, Final

from bot.rules.joined import in_one_zone
from bot.rules.kinds import AllOf, Conditional, Hours, OneSide, SessionEdge, Single, Symbols, Weekdays, When
from bot.rules.sentences import Built, Said, pattern, shape_of
from bot.rules.tokens import Token

OPPOSITE: Final = {"long": "short", "short": "long"}
EDGE: Final = (
    "(ON|WITHIN|DURING)? (FIRST|OPEN|LAST|CLOSE) DURATION (OF_SESSION|OF_DAY|OF_CLOSE)?"
    " | ON? DURATION (OF_CLOSE|AFTER OPEN_NAMED)"
)
WHEN: Final = f"(ON|FROM)? SPAN | (AFTER|FROM) TIME ONWARDS? | (BEFORE|UNTIL) TIME | (ON|DURING)? DAYS | {EDGE}"
_WHAT: Final = "({enter} | TAKE | OPEN | HIT)? SIDE? ((ON|TRADE ON)? SYMBOLS)? ({enter}|SIDE)?"
_BAN = pattern(f"(TAKE|OPEN|MAKE)? {{no}} {_WHAT} ({WHEN}| (ON|WITH) (SYMBOLS|SIDE))*")
_BOTH_EDGES = pattern(
    "{no} {enter}? (ON|DURING)? (FIRST|OPEN) (JOIN|OR) ON? (LAST|CLOSE) DURATION (OF_SESSION|OF_DAY)?"
)
_TURNED = pattern(
    f"({WHEN}) {{so}} {{no}} {_WHAT}",
    f"({{enter}}|SIDE|SYMBOLS) ({WHEN})? {{no}} ({WHEN})",
    "{no} DAYS {enter}",
    "{no} (TAKE|OPEN)? SIDE (POSITION|SETUP)",
)
_PART = pattern(f"{WHEN} | (ON|WITH)? (SYMBOLS|SIDE)")
_OPENING = pattern("(TAKE|OPEN|MAKE)? {no} ({enter}|TAKE|SIDE|SYMBOLS|SIDE ON SYMBOLS|SYMBOLS {enter})?")


def ban(tokens: tuple[Token, ...]) -> Built:
    """The check of a ban; None where it is none, or names one thing twice."""
    shape = shape_of(tokens)
    if _BAN.fullmatch(shape) or _TURNED.fullmatch(shape):
        return restricted(tokens)
    if _BOTH_EDGES.fullmatch(shape):
        minutes = Said(tokens).first("DURATION")
        return AllOf(checks=(SessionEdge(minutes=minutes, edge="open"), SessionEdge(minutes=minutes, edge="close")))
    return _alternatives(tokens) if any(token.concept in ("OR", "JOIN") for token in tokens) else None


def _alternatives(tokens: tuple[Token, ...]) -> Built:
    """ "No trades before 9:30 or after 15:30": each part with the same beginning. "And" is taken so only between times,
    as no trade is at both; elsewhere it may mean both at once."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.concept in ("OR", "JOIN"):
            parts.append([])
        else:
            parts[-1].append(token)
    heads = [n for n in range(1, len(parts[0])) if _OPENING.fullmatch(shape_of(parts[0][:n]))]
    if not heads:
        return None
    head = tuple(parts[0][: heads[-1]])
    own = [parts[0][heads[-1] :], *parts[1:]]
    if not all(_PART.fullmatch(shape_of(part)) for part in own):
        return None
    rows = [(*head, *part) for part in own]
    checks = [restricted(row) if _BAN.fullmatch(shape_of(row)) else None for row in rows]
    if any(check is None for check in checks) or _ban_all_day(checks):
        return None
    joined_by_and = any(token.concept == "JOIN" for token in tokens)
    if joined_by_and and not all(_one_sided(check) for check in checks):
        return None
    zoned = in_one_zone([check for check in checks if isinstance(check, (*_SINGLES, Conditional))])
    return AllOf(checks=tuple(zoned)) if zoned else None


_SINGLES: Final = (Hours, SessionEdge, Weekdays, OneSide, Symbols)


def _ban_all_day(checks: list[Built]) -> bool:
    """ "No trades after 9:30 or before 11:30" leaves nothing: most likely the time between is meant."""
    inner = [check.check if isinstance(check, Conditional) else check for check in checks]
    starts = [check.start for check in inner if isinstance(check, Hours) and check.start and not check.end]
    ends = [check.end for check in inner if isinstance(check, Hours) and check.end and not check.start]
    return any(start < end for start in starts for end in ends)


def _one_sided(check: Built) -> bool:
    inner = check.check if isinstance(check, Conditional) else check
    return isinstance(inner, (Hours, SessionEdge))


def restricted(tokens: tuple[Token, ...]) -> Built:
    """The ban of trades that meet all of these: hours before days, days before direction, direction before symbols."""
    said = Said(tokens)
    counts = [len(said.all(concept)) for concept in ("SYMBOLS", "SIDE", "DAYS")]
    times = len(said.all("TIME")) + len(said.all("SPAN")) + len(said.all("DURATION"))
    if max(counts) > 1 or times > 1 or not (times or any(counts)):
        return None
    symbols, side, days = said.first("SYMBOLS"), said.first("SIDE"), said.first("DAYS")
    check: Single
    scope: dict[str, Any] = {"symbols": symbols, "direction": side, "days": days}
    if times:
        check = edge(said) if said.has("DURATION") else hours(said)
    elif days:
        check = Weekdays(days=scope.pop("days"), banned=True)
    elif side:
        check = OneSide(direction=OPPOSITE[scope.pop("direction")])  # type: ignore[arg-type]
    else:
        check = Symbols(symbols=scope.pop("symbols"), banned=True)
    scope = {name: value for name, value in scope.items() if value}
    return Conditional(when=When(**scope), check=check) if scope else check


def hours(said: Said) -> Hours:
    if said.has("SPAN"):
        start, end, zone = said.first("SPAN")
        return Hours(start=start, end=end, zone=zone)
    at, zone = said.first("TIME")
    return Hours(end=at, zone=zone) if said.has("BEFORE", "UNTIL") else Hours(start=at, zone=zone)


def edge(said: Said) -> SessionEdge:
    closing = said.has("LAST", "CLOSE", "OF_CLOSE")
    return SessionEdge(minutes=said.first("DURATION"), edge="close" if closing else "open")
