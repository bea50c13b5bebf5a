"""Checks of when a trade was entered and left. Traders give times to the minute, so seconds decide nothing."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.auditing.facts import AuditFacts
from bot.auditing.findings import (
    Finding,
    by_excess,
    by_shortfall,
    clock,
    counted,
    decided,
    entry_time_missing,
    exit_time_missing,
    shown,
    still_open,
    this_lacks,
    unclear,
)
from bot.auditing.sessions import MainSession, main_session
from bot.rules.kinds import FlatBy, HoldTime, Hours, NotHeldOver, SessionEdge, Weekday, Weekdays
from bot.trading.day import place_of, session_of, trading_day, zone_named

MINUTE = timedelta(minutes=1)
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SATURDAY = 5


def hours(check: Hours, facts: AuditFacts) -> Finding:
    zone = zone_of(check.zone, facts)
    if zone is None:
        return unclear("The rule names a time zone that is not known. Write it anew, as in 'New York time'.")
    at = facts.trade.entry_time
    if at is None:  # not even its day is certain: a trade that was held overnight stands on the day of its exit
        return entry_time_missing()
    span = f"{_wall(check.start)} to {_wall(check.end)}"
    rule = f"no entries from {span}" if check.banned else f"entries only from {span}"
    return decided(allows(check, at, zone), f"{entered(at, zone)}; {rule}.")


def zone_of(name: str | None, facts: AuditFacts) -> ZoneInfo | None:
    return facts.zone if name is None else zone_named(name)


def entered(at: datetime, zone: ZoneInfo) -> str:
    return f"Entered {clock(at.astimezone(zone))} {place_of(zone.key)}"


def _wall(at: time | None) -> str:
    return f"{at or time():%H:%M}"


def minute(moment: datetime) -> time:
    return time(moment.hour, moment.minute)


def allows(check: Hours, moment: datetime, zone: ZoneInfo) -> bool:
    """Whether an entry at a moment keeps the rule. On the very minute of an edge it does, banned or not."""
    at, start, end = minute(moment.astimezone(zone)), check.start, check.end
    if check.banned:
        later, earlier = start is None or at > start, end is None or at < end
    else:
        later, earlier = start is None or at >= start, end is None or at <= end
    overnight = start is not None and end is not None and end < start
    inside = (later or earlier) if overnight else (later and earlier)
    return inside is not check.banned


def session_edge(check: SessionEdge, facts: AuditFacts) -> Finding:
    symbol = facts.trade.symbol
    if symbol is None:
        return this_lacks("symbol")
    session = main_session(symbol)
    if session is None:
        return unclear(
            f"{shown(symbol)} has no session of its own that everybody means. Name the hours, as in "
            "'no trades from 9:30 to 9:35 New York'."
        )
    at = facts.trade.entry_time
    if at is None:
        return entry_time_missing()
    which = "first" if check.edge == "open" else "last"
    rule = f"no entries in the {which} {counted(check.minutes, 'minute', 'minutes')} of the session"
    hours_said = f"{_wall(session.opens)} to {_wall(session.closes)}"
    return decided(not _is_at_edge(session, check, at), f"{entered(at, session.zone)}; {rule} ({hours_said}).")


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _is_at_edge(session: MainSession, check: SessionEdge, moment: datetime) -> bool:
    local = moment.astimezone(session.zone)
    at, opens, closes = _minutes(minute(local)), _minutes(session.opens), _minutes(session.closes)
    if local.weekday() >= _SATURDAY or not opens <= at < closes:
        return False
    return at < opens + check.minutes if check.edge == "open" else at >= closes - check.minutes


def weekdays(check: Weekdays, facts: AuditFacts) -> Finding:
    day = facts.began_on(facts.this)
    if day is None:
        return entry_time_missing()
    among = WEEKDAYS[day.weekday()] in check.days
    listed = ", ".join(name.title() for name in WEEKDAYS if name in check.days)
    rule = f"none on {listed}" if check.banned else f"only on {listed}"
    return decided(among is not check.banned, f"Entered on the trading day {day:%a %Y-%m-%d}; {rule}.")


# ---- when it was left


def flat_by(check: FlatBy, facts: AuditFacts) -> Finding:
    zone, begun = zone_of(check.zone, facts), facts.began_on(facts.this)
    if zone is None:
        return unclear("The rule names a time zone that is not known. Write it anew, as in 'New York time'.")
    if facts.this.is_open:
        return still_open()
    left = facts.trade.exit_time
    if begun is None or (facts.trade.entry_time is None and facts.day is None):
        return entry_time_missing()
    latest = f"the rule is out by {_wall(check.at)} {place_of(zone.key)} of {begun:%a %Y-%m-%d}"
    if left is None and facts.day is not None and facts.day > begun:
        return Finding("violated", f"Closed on the trading day {facts.day:%a %Y-%m-%d}; {latest}.", "critical")
    if left is None:
        return exit_time_missing()
    by = _moment_in_session(check.at, zone, begun, facts)
    local = left.astimezone(zone)
    evidence = f"Closed {local:%a} {clock(local)} {place_of(zone.key)}; {latest}."
    over = trading_day(left, facts.day_start) > begun
    return decided(_to_minute(left) <= _to_minute(by), evidence, "critical" if over else "major")


def _moment_in_session(at: time, zone: ZoneInfo, day: date, facts: AuditFacts) -> datetime:
    """The moment of a session (its start left out, its end included) at which the clock of a zone shows a time.

    Where clocks are turned back it may be there twice, then the later one counts; turned forward it may be missing,
    then it is the moment the clock jumped.
    """
    first, end = session_of(day, facts.day_start)
    local = first.astimezone(zone).date()
    moments = [
        datetime.combine(
            local + timedelta(days=n),
            at,
            zone,
        )
        for n in (-1, 0, 1, 2)
    ]
    both = [moment.replace(fold=fold).astimezone(UTC) for moment in moments for fold in (0, 1)]
    return max((moment for moment in both if first < moment <= end), default=end)


def _to_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def not_held_over(check: NotHeldOver, facts: AuditFacts) -> Finding:
    if facts.this.is_open:
        return still_open()
    if facts.trade.entry_time is None:
        return entry_time_missing()
    begun = trading_day(facts.trade.entry_time, facts.day_start)
    ended = _left_on(begun, facts)
    if ended is None:
        return exit_time_missing()
    over = ended > begun if check.over == "night" else _weekends(begun, ended)
    said = f"Entered on the trading day {begun:%a %Y-%m-%d}, closed on {ended:%a %Y-%m-%d}"
    rule = "closed the same day is the rule" if check.over == "night" else "closed before the weekend is the rule"
    return decided(not over, f"{said}; {rule}.")


def _left_on(begun: date, facts: AuditFacts) -> date | None:
    """The trading day of the exit. Unsaid, it is the one the journal has, where that is not merely the entry's; or the
    entry's, where the whole trade was recorded on it."""
    if facts.trade.exit_time is not None:
        return trading_day(facts.trade.exit_time, facts.day_start)
    if facts.day is not None and facts.day > begun:
        return facts.day
    recorded = facts.recorded_at
    return begun if recorded is not None and trading_day(recorded, facts.day_start) <= begun else None


def _weekends(begun: date, ended: date) -> bool:
    """Whether a Saturday lies after the one day, up to the other."""
    to_saturday = (_SATURDAY - begun.weekday()) % 7 or 7
    return (ended - begun).days >= to_saturday


def hold_time(check: HoldTime, facts: AuditFacts) -> Finding:
    if facts.this.is_open:
        return still_open()
    began, left = facts.trade.entry_time, facts.trade.exit_time
    if began is None:
        return entry_time_missing()
    if left is None:
        return _held_at_least(check, began, facts)
    held = int((_to_minute(left) - _to_minute(began)) / MINUTE)
    if held < 0:
        return unclear(
            "The exit time is before the entry time. Answer this trade's message with the right one, as in 'out 10:05'."
        )
    return _held(check, held, f"Held {counted(held, 'minute', 'minutes')}")


def _held_at_least(check: HoldTime, began: datetime, facts: AuditFacts) -> Finding:
    """A trade that was closed on a later day was held till then at least."""
    least = int((facts.left(facts.this).first - _to_minute(began)) / MINUTE)
    too_long = check.at_most is not None and least > check.at_most
    long_enough = check.at_most is None and check.at_least is not None and least >= check.at_least
    if too_long or long_enough:
        return _held(check, least, f"Held {counted(least, 'minute', 'minutes')} at least")
    return exit_time_missing()


def _held(check: HoldTime, held: int, said: str) -> Finding:
    if check.at_most is not None and held > check.at_most:
        limit = counted(check.at_most, "minute", "minutes")
        return Finding("violated", f"{said}; limit {limit}.", by_excess(Decimal(held), Decimal(check.at_most)))
    if check.at_least is not None and held < check.at_least:
        limit = counted(check.at_least, "minute", "minutes")
        severity = by_shortfall(Decimal(held), Decimal(check.at_least))
        return Finding("violated", f"{said}; at least {limit} is the rule.", severity)
    bounds = (("at most", check.at_most), ("at least", check.at_least))
    limits = [f"{word} {counted(bound, 'minute', 'minutes')}" for word, bound in bounds if bound is not None]
    return Finding("followed", f"{said}; {' and '.join(limits) or 'no limit'}.")
