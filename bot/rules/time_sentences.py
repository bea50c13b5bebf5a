"""Sentences about when: hours, weekdays, the edges of the session, how long a trade is held."""

from typing import Any, Final

from bot.rules.bans import EDGE, edge, hours
from bot.rules.kinds import AllOf, FlatBy, HoldTime, Hours, NotHeldOver, Weekdays
from bot.rules.sentences import Build, Built, Said, Sentences


def _only_hours(said: Said) -> Built:
    """From a span only that is allowed; before or after a time means that the other side is not."""
    if said.has("SPAN"):
        start, end, zone = said.first("SPAN")
        return Hours(start=start, end=end, zone=zone, banned=False)
    at, zone = said.first("TIME")
    return Hours(start=at, zone=zone) if said.has("BEFORE", "UNTIL") else Hours(end=at, zone=zone)


def _from(said: Said) -> Built:
    at, zone = said.first("TIME")
    return Hours(start=at, zone=zone)


def _not_before(said: Said) -> Built:
    at, zone = said.first("TIME")
    return Hours(end=at, zone=zone)


def _weekdays(*, banned: bool) -> Build:
    return lambda said: Weekdays(days=said.first("DAYS"), banned=banned)


def _days_and_hours(said: Said) -> Built:
    start, end, zone = said.first("SPAN")
    return AllOf(checks=(Weekdays(days=said.first("DAYS")), Hours(start=start, end=end, zone=zone, banned=False)))


def _flat(said: Said) -> Built:
    at, zone = said.first("TIME")
    return FlatBy(at=at, zone=zone)


def _held(over: str) -> Build:
    values: dict[str, Any] = {"over": over}
    return lambda _said: NotHeldOver(**values)


def _held_at_all(_said: Said) -> Built:
    return AllOf(checks=(NotHeldOver(over="night"), NotHeldOver(over="weekend")))


def _hold(side: str) -> Build:
    def build(said: Said) -> Built:
        bound: dict[str, Any] = {side: said.first("DURATION")}
        return HoldTime(**bound)

    return build


def _hours(said: Said) -> Built:
    return hours(said)


_THINGS: Final = "(TRADE|POSITION|PER_TRADE|OPEN_TRADES|ALL|SETUP)*"
_ANYTHING: Final = "(TRADE|POSITION|PER_TRADE|OPEN_TRADES|ALL|OPEN|SETUP)*"
_NIGHT: Final = "OVERNIGHT"
_WEEKEND: Final = "(WEEKEND_HOLD|BEFORE_WEEKEND)"

TIME_SENTENCES: Final[Sentences] = (
    (
        _only_hours,
        (
            "(ONLY {enter}|{enter} ONLY|ONLY TAKE|ONLY) (ON|DURING)? SPAN",
            "{enter} (ON|DURING)? SPAN ONLY",
            "(ONLY {enter}|{enter} ONLY) (BEFORE|UNTIL|AFTER|FROM) TIME ONWARDS?",
            "{enter} (BEFORE|UNTIL|AFTER) TIME ONLY",
            "SPAN ONLY",
            "{enter} (ON|DURING)? SPAN (JOIN|DASH)? ONLY",
            "{no} {enter}? OUTSIDE SPAN",
            "ONLY? HOURS_WORD ONLY? SPAN ONLY?",
            "ONLY {enter} (WITHIN|ON|DURING) HOURS_WORD SPAN",
        ),
    ),
    (
        _from,
        (
            "(QUIT|STOP) {enter} {day}? (AT|BY|AFTER|FROM|BEFORE) TIME {day}?",
            "(QUIT|QUIT_DAY|STOP) {day}? (AT|AFTER|FROM) TIME {day}?",
            "LAST {enter} {day}? (AT|BY|BEFORE|UNTIL)? TIME BY?",
            "AFTER TIME {so} (QUIT|STOP TRADE?) {day}?",
            "AT TIME {so} (QUIT|STOP TRADE) {day}?",
            "{enter} {no} AFTER TIME",
            "{enter} UNTIL TIME ONLY",
            "ALL {enter} BEFORE TIME",
        ),
    ),
    (
        _not_before,
        (
            "{no} START {enter}? (BEFORE|UNTIL) TIME",
            "BREAK UNTIL TIME (BEFORE|AGAIN)? {enter}?",
            "FIRST {enter} {no} BEFORE TIME",
            "{enter} {no} BEFORE TIME",
            "{no} FIRST {enter} BEFORE TIME",
        ),
    ),
    (_hours, ("{no} {enter} (BEFORE|AFTER) TIME", "{no} {enter} (WITHIN|DURING) SPAN")),
    (
        _weekdays(banned=False),
        (
            "(ONLY {enter}|{enter} ONLY|ONLY) ON? DAYS",
            "{enter}? ON? DAYS ONLY",
            "{enter} ON? DAYS ONLY",
            "ONLY DAYS",
            "DAYS_WORD ONLY? DAYS ONLY?",
            "{no} {enter} OUTSIDE DAYS",
        ),
    ),
    (
        _weekdays(banned=True),
        (
            "(TAKE|HAVE|KEEP)? DAYS THEN? OFF",
            "ON? DAYS {no} {enter}",
            "OFF ON DAYS",
            "(TAKE|HAVE) OFF (ON)? DAYS",
        ),
    ),
    (_days_and_hours, ("ONLY {enter} ON? DAYS SPAN", "{enter} ONLY ON? DAYS SPAN")),
    (
        edge,
        (
            "BREAK (UNTIL)? DURATION (OF_SESSION|AFTER OPEN_NAMED) AGAIN?",
            "BREAK MIN DURATION (OF_SESSION|AFTER OPEN_NAMED) AGAIN?",
            f"BREAK? ({EDGE}) (SIT_OUT|BREAK)",
            "(QUIT|STOP) {enter}? DURATION OF_CLOSE",
            "(BREAK|LET) ON? (FIRST|OPEN) DURATION (OF_SESSION|OF_DAY)? PASS? (AGAIN|BEFORE {enter})?",
            "KEEP FLAT ON? (FIRST|OPEN) DURATION (OF_SESSION|OF_DAY)?",
        ),
    ),
    (
        _flat,
        (
            f"KEEP? FLAT {_ANYTHING} {{by}} TIME BY?",
            f"CLOSE {_ANYTHING} {{by}} TIME BY?",
            f"{_ANYTHING} (CLOSE|FLAT) {{by}} TIME BY?",
            "ALL OFF {by} TIME",
            f"NO_OPEN {_ANYTHING} (AFTER|AT|BY) TIME",
            "{no} (HAVE|KEEP)? OPEN_TRADES (AFTER|AT) TIME",
            f"{{no}} HOLD {_ANYTHING} (AFTER) TIME",
            f"{{no}} HAVE {_ANYTHING} OPEN_TRADES AFTER TIME",
            f"HAVE {_ANYTHING} (CLOSE|FLAT) {{by}} TIME",
        ),
    ),
    (
        _held("night"),
        (
            f"{{no}} (HOLD|KEEP|HAVE|TAKE|CLOSE)? {_ANYTHING} {_NIGHT} (TRADE|POSITION|HOLD)*",
            f"{{no}} {_ANYTHING} (HOLD|KEEP) {_NIGHT}",
            f"(HOLD|KEEP) {{no}} {_ANYTHING} {_NIGHT}",
            f"{{no}} {_NIGHT} (TRADE|POSITION|HOLD|RISK)*",
            f"(KEEP|TAKE)? FLAT (BY BY_END_OF_DAY|BY_END_OF_DAY|{_NIGHT})",
            f"(CLOSE|FLAT) {_ANYTHING} (BY_END_OF_DAY|{_NIGHT})",
            f"{_ANYTHING} (CLOSE|FLAT) BY_END_OF_DAY",
            f"NO_OPEN {_ANYTHING} {_NIGHT}",
            "ONLY TAKE? DAY_TRADES",
            "TRADE? DAY_TRADES ONLY",
            "{no} TO_BED",
        ),
    ),
    (
        _held_at_all,
        (
            f"{{no}} (HOLD|KEEP|HAVE|TAKE)? {_ANYTHING} {_NIGHT} (TRADE|POSITION|HOLD)* OR {_WEEKEND} HOLD?",
            f"(KEEP|TAKE)? FLAT {_NIGHT} (OR|JOIN) {_WEEKEND}",
        ),
    ),
    (
        _held("weekend"),
        (
            f"{{no}} (HOLD|KEEP|HAVE|TAKE)? {_ANYTHING} {_WEEKEND} (TRADE|POSITION|HOLD)*",
            f"{{no}} {_ANYTHING} (HOLD|KEEP) {_WEEKEND}",
            f"(KEEP|TAKE)? FLAT {_WEEKEND}",
            f"(CLOSE|FLAT) {_ANYTHING} {_WEEKEND}",
            f"{_ANYTHING} (CLOSE|FLAT) {_WEEKEND}",
            f"NO_OPEN {_ANYTHING} {_WEEKEND}",
        ),
    ),
    (
        _hold("at_most"),
        (
            f"HOLD {_THINGS} ON? ({{cap}}|WITHIN) DURATION",
            f"{{no}} HOLD {_THINGS} ON? MORE DURATION",
            f"MAX HOLD {_THINGS} DURATION",
            f"{{no}} {_THINGS} HOLD ON? MORE DURATION",
            f"HOLD {_THINGS} ON? DURATION {{max_after}}",
            f"CLOSE {_ANYTHING} (WITHIN|AFTER MAX|MAX AFTER) DURATION",
            f"{_ANYTHING} CLOSE WITHIN DURATION",
            f"HOLD {_THINGS} {{no}} MORE DURATION",
            "DURATION MAX HOLD",
            "{pt}? TIME_STOP {pt}? ({after}|{cap})* DURATION {pt}?",
            "DURATION TIME_STOP {pt}?",
            f"{_THINGS} HOLD ON? {{cap}} DURATION",
            "{cap} DURATION PER_TRADE",
            "PER_TRADE {cap} DURATION",
            f"(CLOSE|FLAT) {_ANYTHING} AFTER DURATION MAX",
            f"{{no}} (KEEP|HAVE) {_ANYTHING} (ON)? MORE DURATION",
        ),
    ),
    (
        _hold("at_least"),
        (
            f"HOLD {_THINGS} (ON)? {{min}} DURATION",
            f"{{no}} HOLD {_THINGS} (ON)? LESS DURATION",
            "{min} DURATION PER_TRADE",
            "PER_TRADE {min} DURATION",
            f"MIN HOLD {_THINGS} DURATION",
            f"HOLD {_THINGS} ON? DURATION MIN",
            f"{_THINGS} (HOLD|OPEN|OPEN_TRADES|KEEP OPEN) ON? {{min}} DURATION",
            f"{{no}} CLOSE {_ANYTHING} (BEFORE|WITHIN) DURATION",
        ),
    ),
)
