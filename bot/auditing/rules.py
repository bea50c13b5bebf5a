"""A rule in plain English, compiled into a check that plain code can decide.

Rules of this file:
- A rule is compiled only when every word of it is understood: templates match a whole condition, never a part. Whatever
  is left over ("unless", "except on Fridays", "A+ setups") makes it None, and the rule goes to the judge.
- Several conditions compile only when each of them does.
- What can be read in two ways is not compiled: "after 3" (am or pm?), "max 3 trades" (a day, or at once?).
"""

import re
from collections.abc import Callable
from decimal import Decimal

from bot.auditing.kinds import (
    AllOf,
    Check,
    Hours,
    Limit,
    MaxDailyLoss,
    MaxRisk,
    MaxSize,
    MaxTrades,
    MinReward,
    OneSide,
    Single,
    SizeUnit,
    StopSet,
    Symbols,
)
from bot.auditing.wording import ZONES, clock, opened, pattern, plain, symbols

LONGEST = 300
"""Characters. A longer rule says more than these checks can."""

_JOINT = re.compile(r"\s*(?:[;\n]|\.(?!\d))+\s*|,\s*(?:and\s+)?|\s+(?:and|&|\+)\s+")

Found = dict[str, str | None]
Build = Callable[[Found], Single | None]


def compiled(rule: str) -> Check | None:
    """The check a rule means; None when any of it is not understood for sure."""
    if len(rule) > LONGEST:
        return None
    checks = _conditions(plain(rule))
    if not checks:
        return None
    return checks[0] if len(checks) == 1 else AllOf(checks=checks)


def _conditions(text: str) -> tuple[Single, ...] | None:
    """The whole text as one condition, else as a first condition and the rest."""
    whole = _one(text)
    if whole is not None:
        return (whole,)
    for joint in _JOINT.finditer(text):
        first = _one(text[: joint.start()])
        rest = _conditions(text[joint.end() :]) if first else None
        if first and rest:
            return (first, *rest)
    return None


def _one(text: str) -> Single | None:
    condition = opened(text)
    for known, build in _PATTERNS:
        match = known.fullmatch(condition)
        check = build(match.groupdict()) if match else None
        if check is not None:
            return check
    return None


def _number(text: str | None) -> Decimal | None:
    """None for zero, too: no rule means it."""
    return (Decimal(text) or None) if text else None


_UNITS: dict[str, SizeUnit] = {
    "contract": "contracts",
    "car": "contracts",
    "lot": "lots",
    "mini": "minis",
    "e-mini": "minis",
    "micro": "micros",
    "share": "shares",
}


def _size(found: Found) -> Single | None:
    limit, unit = _number(found["number"]), found.get("unit")
    return MaxSize(limit=limit, unit=_UNITS[unit] if unit else None) if limit else None


def _limit(found: Found) -> Limit | None:
    percent, amount = _number(found["percent"]), _number(found["amount"] or found["dollars"])
    if not (percent or amount) or (percent is not None and percent > 100):
        return None
    base = found["base"] or ""
    moving = ("balance" in base or "equity" in base) and not base.startswith(("starting", "initial"))
    return Limit(amount=amount, percent=percent, of="balance" if moving else "account")


def _risk(found: Found) -> Single | None:
    limit = _limit(found)
    return MaxRisk(limit=limit, strict=bool(found.get("strict"))) if limit else None


def _reward(found: Found) -> Single | None:
    """Risk to reward 1:2 and reward to risk 2:1 say the same; nobody demands a minimum below 1."""
    r = _number(found.get("r")) or _number(found.get("bare"))
    left, right = _number(found.get("left")), _number(found.get("right"))
    if left and right:
        r = max(left, right) if min(left, right) == 1 else None
    return MinReward(r=r) if r else None


def _hours(*, banned: bool, before: bool = False) -> Build:
    """One time is the start of the span or, `before`, its end; two are both."""

    def build(found: Found) -> Single | None:
        first, second = (clock(found.get(name) or "") for name in ("first", "second"))
        if first is None or (found.get("second") and second is None) or first == second:
            return None
        start, end = (None, first) if before else (first, second)
        zone = found["zone"]
        return Hours(start=start, end=end, banned=banned, zone=ZONES[zone] if zone else None)

    return build


def _trades(found: Found) -> Single | None:
    number = _number(found["number"])
    return MaxTrades(limit=int(number)) if number and number == int(number) else None


def _symbols(*, banned: bool) -> Build:
    def build(found: Found) -> Single | None:
        known = symbols(found["symbols"] or "")
        return Symbols(symbols=known, banned=banned) if known else None

    return build


def _side(*, banned: bool) -> Build:
    def build(found: Found) -> Single:
        said_long = (found["side"] or "").startswith("long")
        return OneSide(direction="long" if said_long != banned else "short")

    return build


def _daily_loss(*, stop: bool) -> Build:
    def build(found: Found) -> Single | None:
        limit = _limit(found)
        return MaxDailyLoss(limit=limit, stop=stop) if limit else None

    return build


def _stop(_found: Found) -> Single:
    return StopSet()


_NO_TRADES = "((no|never|stop|avoid)( take| taking| enter| entering| open| opening)?( any)? TRADES|never trade)"
_ONLY = "(only (take )?(trade|TRADES)|(trade|take TRADES) only)"

_TEMPLATES: tuple[tuple[Build, tuple[str, ...]], ...] = (
    (
        _stop,
        (
            "(have|use|set|place|need|trade with) an? STOP ON_EVERY",
            "(never|no)( an?)?( TRADES| trade| enter| enter an? trade| take an? trade)? without an? STOP",
            "(every trade|each trade|all trades) (must |should )?(has|have|needs?|needs? to have) an? STOP",
            "STOP (on|for|in) (every|each|all) (trade|position)s?",
            "no STOP,? no trade",
        ),
    ),
    (
        _size,
        (
            "(trade |use |take )?MAXIMUM NUMBER UNIT PER_TRADE",
            "never (trade|use|take) (more than|over) NUMBER UNIT PER_TRADE",
            "NUMBER UNIT (max|maximum|or less|or fewer) PER_TRADE",
            "max(imum)? (position )?size IS NUMBER( UNIT)? PER_TRADE",
            "(position )?size BE MAXIMUM NUMBER( UNIT)? PER_TRADE",
        ),
    ),
    (
        _risk,
        (
            "risk BE (MAXIMUM|LESS) AMOUNT PER_TRADE",
            "risk per trade BE (MAXIMUM|LESS) AMOUNT",
            "never risk (more than|over) AMOUNT PER_TRADE",
            "(keep|limit) (my |the )?risk( per trade)? (at |to )?(MAXIMUM |LESS )?AMOUNT PER_TRADE",
            "max(imum)? risk( per trade)? IS AMOUNT PER_TRADE",
            "MAXIMUM AMOUNT risk PER_TRADE",
        ),
    ),
    (
        _reward,
        (
            "(only )?(take |trade )?(trades )?(with )?(target |aim for )?MINIMUM R_VALUE( RATIO| target)? PER_TRADE",
            "MINIMUM RATIO IS (R_VALUE|BARE) PER_TRADE",
            "RATIO IS BE MINIMUM (R_VALUE|BARE) PER_TRADE",
            "R_VALUE( RATIO)? (min|minimum|or better|or more) PER_TRADE",
        ),
    ),
    (_hours(banned=True), (f"{_NO_TRADES} (after|past|from) TIME ZONE", "stop trading at TIME ZONE")),
    (_hours(banned=True), (f"{_NO_TRADES} (between|from) TIME TO_TIME ZONE", f"{_ONLY} before TIME ZONE")),
    (_hours(banned=True, before=True), (f"{_NO_TRADES} (before|until|till) TIME ZONE", f"{_ONLY} after TIME ZONE")),
    (_hours(banned=False), (f"{_ONLY} (between|from) TIME ?TO_TIME ZONE",)),
    (
        _trades,
        (
            "(take )?MAXIMUM NUMBER trades? PER_DAY",
            "NUMBER trades? PER_DAY (max|maximum)",
            "NUMBER trades? (max|maximum) PER_DAY",
            "never (take|make) (more than|over) NUMBER trades? PER_DAY",
        ),
    ),
    (
        _side(banned=False),
        ("only (take |go |trade )?SIDE( trades| positions| setups)?", "(trade |go )?SIDE( trades)? only"),
    ),
    (_side(banned=True), ("(no|never)( go| take| trade)? (SIDE|shorting)( trades| positions)?",)),
    (_symbols(banned=False), ("(only trade|trade only|only) SYMBOLS",)),
    (_symbols(banned=True), ("(never trade|avoid|avoid trading|no trading|no) SYMBOLS( trades)?",)),
    (
        _daily_loss(stop=False),
        (
            "(max(imum)? )?daily (max(imum)? )?loss( limit| max)? IS (MAXIMUM )?AMOUNT",
            "max(imum)? loss (per|a) day IS AMOUNT",
            "never lose (more than|over) AMOUNT PER_DAY",
            "lose MAXIMUM AMOUNT PER_DAY",
            "MAXIMUM AMOUNT loss PER_DAY",
        ),
    ),
    (
        _daily_loss(stop=True),
        (
            "(stop|stop trading|quit|walk away) (after|at) (losing |a loss of )?-?AMOUNT( loss| down)? PER_DAY",
            "(stop|stop trading|quit) for the day (after|at) (losing |a loss of )?-?AMOUNT( loss| down)?",
        ),
    ),
)
_PATTERNS = tuple((pattern(template), build) for build, templates in _TEMPLATES for template in templates)
