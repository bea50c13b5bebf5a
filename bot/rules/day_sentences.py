"""Sentences about the trade beside the others: counts, losses and wins of the day, money, pauses, adding."""

from decimal import Decimal
from typing import Any, Final

from bot.rules.kinds import (
    AllOf,
    Conditional,
    Cooldown,
    Limit,
    MaxDailyLoss,
    MaxLosses,
    MaxOpen,
    MaxTrades,
    MaxWins,
    NoAdding,
    ProfitStop,
    Span,
    When,
)
from bot.rules.sentences import Build, Built, Said, Sentences

SPANS: Final = ("PER_DAY", "DAILY", "OF_DAY", "PER_WEEK", "WEEKLY")


def span_of(said: Said) -> Span | None:
    """The day or the week; None where neither is said, or both are."""
    day, week = said.has("PER_DAY", "DAILY", "OF_DAY", "QUIT_DAY"), said.has("PER_WEEK", "WEEKLY")
    return None if day == week else "week" if week else "day"


def _trades(said: Said) -> Built:
    limit, span = said.whole, span_of(said)
    return MaxTrades(limit=limit, per=span, each_symbol=said.has("PER_SYMBOL")) if limit and span else None


def _trades_of_symbol(said: Said) -> Built:
    trades, symbols = _trades(said), said.first("SYMBOLS")
    if not isinstance(trades, MaxTrades) or len(symbols) != 1:
        return None
    return Conditional(when=When(symbols=symbols), check=trades.model_copy(update={"each_symbol": True}))


def _trades_on_one_day(said: Said) -> Built:
    """ "Fridays max 1 trade" is the day's."""
    limit, days = said.whole, said.first("DAYS")
    return Conditional(when=When(days=days), check=MaxTrades(limit=1)) if limit == 1 and len(days) == 1 else None


def _one_trade(said: Said) -> Built:
    """ "3 trades a day" may be a limit or a plan; one trade is hardly a plan, and so are bullets."""
    return _trades(said) if said.whole == 1 or "shot" in said.all("TRADE") else None


def _trades_and_more(said: Said) -> Built:
    """ "Max 3 trades a day and 10 a week"."""
    first, second = said.all("NUM")
    spans = [
        "week" if token.concept in ("PER_WEEK", "WEEKLY") else "day" for token in said.tokens if token.concept in SPANS
    ]
    whole = all(number == int(number) for number in (first, second))
    if not whole or len(set(spans)) != 2:
        return None
    limits = zip(spans, (int(first), int(second)), strict=True)
    return AllOf(
        checks=tuple(MaxTrades(limit=limit, per="week" if span == "week" else "day") for span, limit in limits)
    )


def _trades_or_losses(said: Said) -> Built:
    """ "Max 3 trades or 2 losses a day"."""
    trades, lost = said.all("NUM")
    if trades != int(trades) or lost != int(lost):
        return None
    return AllOf(checks=(MaxTrades(limit=int(trades)), MaxLosses(limit=int(lost))))


def trades_a_day(said: Said) -> Built:
    limit = said.whole
    span = span_of(said) or ("day" if not said.has("PER_WEEK", "PER_DAY", "DAILY", "WEEKLY") else None)
    return MaxTrades(limit=limit, per=span) if limit and span else None


def _result_count(said: Said) -> int | None:
    return said.whole if said.has("NUM", "COUNT") else 1


def losses(said: Said) -> Built:
    limit = _result_count(said)
    if not said.has("NUM", "COUNT", "QUIT", "QUIT_DAY", "STOP", "IM_OUT", *SPANS):
        return None  # "no trades after a loss" may be meant for a while
    if not limit or said.has("PER_WEEK", "WEEKLY") or (limit == 1 and said.has("IN_A_ROW")):
        return None
    return MaxLosses(limit=limit, in_a_row=said.has("IN_A_ROW"))


def wins(said: Said) -> Built:
    limit = _result_count(said)
    if not said.has("NUM", "COUNT", "QUIT", "QUIT_DAY", "STOP", "IM_OUT", *SPANS):
        return None
    return MaxWins(limit=limit) if limit and not said.has("PER_WEEK", "WEEKLY") else None


def daily_loss(*, stop: bool) -> Build:
    def build(said: Said) -> Built:
        limit, span = said.limit, span_of(said)
        if limit is not None and limit.of == "daily_limit":
            span = span or "day"
        return MaxDailyLoss(limit=limit, stop=stop, per=span) if limit and span else None

    return build


def whole_limit(*, stop: bool) -> Build:
    """The account's own daily loss limit."""
    limit = Limit(percent=Decimal(100), of="daily_limit")
    return lambda _said: MaxDailyLoss(limit=limit, stop=stop)


def part_of_limit(said: Said) -> Built:
    """A share of the daily loss limit is a loss, and the day's."""
    return daily_loss(stop=True)(said) if said.limit is not None and said.limit.of == "daily_limit" else None


def profit(said: Said) -> Built:
    limit, span = said.limit, span_of(said)
    return ProfitStop(limit=limit, per=span) if limit and span and limit.of != "daily_limit" else None


def _open(said: Said) -> Built:
    return MaxOpen(limit=said.whole) if said.whole else None


def _open_below(said: Said) -> Built:
    """ "Never two at once" allows one."""
    return MaxOpen(limit=said.whole - 1) if said.whole and said.whole > 1 else None


def _one_open(said: Said) -> Built:
    return MaxOpen(limit=1) if said.whole == 1 else None


def _only_one_open(_said: Said) -> Built:
    return MaxOpen(limit=1)


def _cooldown(said: Said) -> Built:
    after: Any = "loss" if said.has("LOSS") else "win" if said.has("WIN") else "trade"
    if said.number not in (None, 1) and not (said.number == 2 and said.has("BETWEEN")):
        return None  # "between two trades" is between any
    return Cooldown(minutes=said.first("DURATION"), after=after)


def _adding(*, losers: bool) -> Build:
    return lambda _said: NoAdding(losers=losers)


_OPEN_ONES: Final = "(POSITION|TRADE|OPEN_TRADES)"
_ENDED: Final = "AFTER (EVERY )?NUM? (LOSS|WIN|TRADE|PER_TRADE)"
THE_LIMIT: Final = "FIRM? DAILY MAX? LOSS LIMIT | FIRM DAILY LIMIT | FIRM? MAX DAILY LOSS LIMIT?"
_LOSING: Final = "(LOSS|POSITION LOSS|DOWN (POSITION|TRADE)|(POSITION|TRADE) DOWN)"

DAY_SENTENCES: Final[Sentences] = (
    (
        _trades,
        (
            "{verb}? {cap} {n} TRADE {per} PER_SYMBOL?",
            "{verb}? {cap} {n} TRADE PER_SYMBOL {per}",
            "{per} {verb}? {cap} {n} TRADE",
            "{no} {verb}? MORE {n} TRADE {per} PER_SYMBOL?",
            "{verb}? {n} TRADE {per} {max_after}",
            "{verb}? {n} TRADE {max_after} {per}",
            "{verb}? {n} TRADE {max_after} {per} PER_SYMBOL",
            "{n} TRADE {per} ONLY",
            "ONLY {verb}? {n} TRADE {per} PER_SYMBOL?",
            "{verb} ONLY {n} TRADE {per}",
            "MAX TRADE {per} {n}",
            "MAX {spanned} TRADE {n}",
            "MAX {n} {spanned} TRADE",
            "{spanned} MAX {n} TRADE",
            "{spanned} TRADE (MAX|LIMIT|{cap}) {n}",
            "TRADE {per} {cap} {n}",
            "TRADE {per} {n} MAX",
            "TRADE LIMIT {per} {n} TRADE?",
            "{cap} TRADE {per}? {n} {per}?",
            "(LIMIT|KEEP) TRADE? (MAX|{n}|WITHIN)* {n} TRADE {per}",
            "LIMIT TRADE {n} {per}",
            "TRADE {cap} {n} {per}",
            "{no} TRADE MORE {n} {per}",
            "{n} {spanned} TRADE {max_after}",
            "LIMIT {n} TRADE {per}",
        ),
    ),
    (
        _trades_on_one_day,
        (
            "ON? DAYS {so} {cap} {n} TRADE",
            "ON? DAYS {so} ONLY? {n} TRADE {max_after}",
            "ON? DAYS {so} ONLY {verb}? {n} TRADE",
            "{verb}? {cap} {n} TRADE (ON|DURING) DAYS",
        ),
    ),
    (_one_trade, ("{verb}? {n} TRADE {per} PER_SYMBOL?", "{verb}? {n} TRADE PER_SYMBOL {per}")),
    (
        _trades_of_symbol,
        (
            "{verb}? {cap} NUM SYMBOLS TRADE {per}",
            "{no} {verb}? MORE NUM SYMBOLS TRADE {per}",
            "ONLY {verb}? NUM SYMBOLS TRADE {per}",
            "NUM SYMBOLS TRADE {per} {max_after}",
            "SYMBOLS {cap} NUM TRADE {per}",
        ),
    ),
    (_trades_or_losses, ("{verb}? {cap} NUM TRADE (OR|JOIN) {cap}? NUM LOSS {day}",)),
    (_trades_and_more, ("{verb}? {cap} NUM TRADE {per} JOIN {cap}? NUM TRADE? {per}",)),
    (
        daily_loss(stop=False),
        (
            "MAX? {spanned} MAX? LOSS (LIMIT|MAX)? ({cap}|AT)? MINUS? {amt} MAX?",
            "MAX LOSS {per} {amt}",
            "MAX LOSS {amt} {per}",
            "(MAX|LIMIT) {amt} LOSS {per}",
            "{cap} {amt} {spanned} LOSS",
            "LOSS {per} ({cap}|LIMIT) {amt}",
            "LOSS LIMIT {per} {amt}",
            "LOSS LIMIT {amt} {per}",
            "{no} LOSE MORE {amt} {per}",
            "{no} DOWN MORE {amt} {per}",
            "{no} HAVE? (LOSS|{spanned} LOSS) MORE {amt} {per}?",
            "{per} {no} LOSE MORE {amt}",
            "{per}? CAN? LOSE {cap} {amt} {per}",
            "{cap} AMOUNT (ON LOSS|DOWN) {per}",
            "{cap} {amt} LOSS {per}",
            "{cap} LOSS {amt} {per}",
            "{amt} (MAX|LIMIT)? {spanned} LOSS (LIMIT|MAX)",
            "{amt} MAX {spanned} LOSS",
            "{amt} MAX LOSS {per}",
            "{amt} LOSS {per} MAX",
            "(KEEP|LIMIT) {spanned} LOSS (MAX|WITHIN|AT)* {amt}",
            "(KEEP|LIMIT) LOSS (MAX|WITHIN|AT)* {amt} {per}",
            "{spanned} LOSS {no} MORE {amt}",
            "{no} LOSE MORE AMOUNT",
            "LOSE {cap} AMOUNT",
        ),
    ),
    (
        whole_limit(stop=False),
        (
            f"KEEP? WITHIN ({THE_LIMIT})",
            f"{{no}} MORE ({THE_LIMIT})",
            f"{{no}} VIOLATE ({THE_LIMIT})",
            f"RESPECT ({THE_LIMIT})",
            f"KEEP LESS ({THE_LIMIT})",
        ),
    ),
    (daily_loss(stop=True), ("MAX? {spanned} (STOP|QUIT) AT? {amt}",)),
    (profit, ("MAX? {spanned} UP (LIMIT|MAX) AT? {amt}", "MAX {spanned} UP {amt}")),
    (
        losses,
        (
            "{verb}? {cap} NUM IN_A_ROW? LOSS IN_A_ROW? {day}",
            "{verb}? {cap} NUM (IN_A_ROW LOSS|LOSS IN_A_ROW)",
            "NUM LOSS (MAX {day}|{day} MAX|{day} LIMIT)",
            "{no} {verb}? MORE NUM LOSS {day}",
            "MAX LOSS {day} NUM LOSS?",
            "MAX {day} LOSS NUM LOSS",
        ),
    ),
    (wins, ("{verb}? {cap} NUM WIN {day}", "NUM WIN (MAX {day}|{day} MAX)")),
    (
        _open,
        (
            f"{{verb}}? {{cap}} NUM {_OPEN_ONES} (OPEN|ON)? AT_ONCE",
            f"{{verb}}? {{cap}} NUM (OPEN_TRADES|OPEN {_OPEN_ONES}) {{day}}? AT_ONCE?",
            f"{{verb}}? NUM {_OPEN_ONES} (OPEN|ON)? AT_ONCE {{max_after}}",
            f"{{verb}}? NUM {_OPEN_ONES} {{max_after}} AT_ONCE",
            "NUM OPEN_TRADES {max_after} AT_ONCE?",
            f"{{no}} {{verb}}? MORE NUM {_OPEN_ONES} (OPEN|ON)? AT_ONCE",
            "{no} {verb}? MORE NUM OPEN_TRADES AT_ONCE?",
            "{no} HOLD MORE NUM POSITION",
            f"ONLY {{verb}}? NUM {_OPEN_ONES} (OPEN|ON)? AT_ONCE",
            "ONLY {verb}? NUM OPEN_TRADES AT_ONCE?",
            f"{{verb}} ONLY NUM {_OPEN_ONES} (OPEN|ON)? AT_ONCE",
            f"MAX (OPEN_TRADES|OPEN {_OPEN_ONES}|AT_ONCE {_OPEN_ONES}) NUM",
            f"{{cap}} NUM AT_ONCE {_OPEN_ONES}",
            f"NUM {_OPEN_ONES} AT_ONCE ONLY",
        ),
    ),
    (_one_open, (f"{{verb}}? NUM {_OPEN_ONES} (OPEN|ON)? AT_ONCE", "{verb}? NUM OPEN_TRADES AT_ONCE")),
    (_only_one_open, ("{no} (OPEN|TAKE)? COUNT? ({enter}|POSITION) WHILE_OPEN",)),
    (_open_below, (f"{{no}} {{verb}}? NUM {_OPEN_ONES} (OPEN|ON)? AT_ONCE",)),
    (
        _cooldown,
        (
            f"{{break}} BREAK? ON? {{min}}? DURATION BREAK? {_ENDED} AGAIN?",
            f"{{min}}? DURATION BREAK {_ENDED} AGAIN?",
            f"{_ENDED} {{so}} {{break}} BREAK? ON? {{min}}? DURATION BREAK? MIN? AGAIN? ({{enter}})?",
            f"{_ENDED} {{so}} {{min}}? DURATION BREAK",
            f"{_ENDED} {{so}} (TAKE|HAVE) ON? DURATION OFF",
            f"(TAKE|HAVE)? {{min}}? DURATION OFF {_ENDED}",
            "{no} {enter}? (WITHIN|ON|FIRST|UNTIL|DURING)* DURATION (AFTER EVERY?)? (LOSS|WIN|LAST TRADE)",
            f"{_ENDED} {{so}} {{no}} {{enter}} (WITHIN|ON)? DURATION",
            "{break} {min}? DURATION BREAK? BETWEEN TRADE MIN?",
            "{min}? DURATION BREAK BETWEEN NUM? TRADE MIN?",
            "{min} DURATION BETWEEN NUM? TRADE",
            "DURATION BETWEEN NUM? TRADE JOIN? MIN",
            "{enter} {min} DURATION BETWEEN",
            f"BREAK {_ENDED} {{min}}? DURATION",
            "(LOSS|WIN) THEN DURATION BREAK",
            "(LOSS|WIN) {so} {break} BREAK? ON? DURATION BREAK? AGAIN?",
            f"{{no}} {{enter}} UNTIL DURATION {_ENDED}",
            f"MIN DURATION BREAK? {_ENDED} AGAIN?",
        ),
    ),
    (
        _adding(losers=True),
        (
            f"{{no}} ADD (TRADE|POSITION|SIZE|ON)* {_LOSING}",
            f"{{no}} ADD {_LOSING} {{so}} ONLY WIN",
            "{no} AVERAGE_DOWN",
            "ONLY ADD WIN",
            "ADD ONLY ON? WIN",
            f"{{no}} (ADD|AVERAGE_DOWN) (ON)? {_LOSING}",
            "{no} AVERAGE_DOWN (ON)? (LOSS|TRADE|POSITION)",
        ),
    ),
    (
        _adding(losers=False),
        (
            "{no} ADD (ON)? (POSITION|TRADE|OPEN_TRADES|PER_TRADE|OPEN POSITION)?",
            "{no} ADD ON? (POSITION|TRADE)? (JOIN|DASH)? NOT ON? LOSS (JOIN|OR)* NOT? ON? WIN",
            "{no} ADD ON? (POSITION|TRADE)? (JOIN|DASH)? NOT ON? WIN (JOIN|OR)* NOT? ON? LOSS",
        ),
    ),
)
