"""What is seen of the journal's figures; as in reply_examples.py."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.statistics import Extreme, Group, Statistics, Sums
from bot.texts.figures import Shown

TODAY = date(2026, 3, 23)


def sums(**values: Any) -> Sums:
    none = {name: Decimal(0) for name in ("net", "gross", "won", "lost", "whole", "multiples")}
    counts = dict.fromkeys(("trades", "wins", "losses", "measured", "open", "unknown"), 0)
    return Sums(**{**none, **counts, **{name: Decimal(v) if name in none else v for name, v in values.items()}})


def found(total: Sums, *groups: Group, **values: Any) -> Statistics:
    none = dict.fromkeys(("best", "worst", "best_day", "worst_day", "last_day"))
    return Statistics(
        **{"sums": total, "groups": groups, "days": 0, "undated": 0, "drawdown": Decimal(0), **none, **values}
    )


def shown(**values: Any) -> Shown:
    return Shown(**{"account": "main", "first": date(2026, 3, 1), "last": TODAY, "today": TODAY, **values})


NQ = sums(net=1500, gross=1540, trades=8, wins=6, losses=2)
ES = sums(net=-260, gross=-230, trades=4, wins=1, losses=2)
ALL = sums(
    net=1240, gross=1310, trades=12, wins=7, losses=4, won=2170, lost=-930, whole=1240, measured=9, multiples="5.1",
    open=1, unknown=2,
)  # fmt: skip
MONTH = found(
    ALL, Group("NQ", NQ), Group("ES", ES), days=9, drawdown=Decimal(520),
    best=Extreme(Decimal(900), date(2026, 3, 12), "NQ", "long"), best_day=Extreme(Decimal(1100), date(2026, 3, 12)),
    worst=Extreme(Decimal(-400), date(2026, 3, 13), "ES", "short"), worst_day=Extreme(Decimal(-410), date(2026, 3, 13)),
)  # fmt: skip
ONE = found(sums(net=1600, gross=1600, trades=1, wins=1, won=1600, whole=1600), days=1)
RULES = found(
    ALL, Group("followed", NQ), Group("violated", ES), Group("followed Always have a stop", NQ),
    Group("violated Always have a stop", ES), days=9,
)  # fmt: skip

ASKING_EXAMPLES: list[tuple[str, dict[str, Any], str]] = [
    ("figures", {"shown": shown(dimension="symbol"), "found": MONTH}, """
        1 Mar – 23 Mar
        12 trades: 7 won, 4 lost, 1 scratch
        Win rate 63.6%
        P&L +$1,240.00 net, +$1,310.00 gross
        Average win +$310.00, loss -$232.50
        Profit factor 2.33
        Expectancy +$103.33 a trade
        Average R +0.57R, 9 trades
        Best +$900.00: NQ long, 12 Mar
        Worst -$400.00: ES short, 13 Mar
        Best day +$1,100.00: 12 Mar
        Worst day -$410.00: 13 Mar
        Deepest drawdown $520.00, trade by trade
        Not counted: 1 open and 2 without a P&L

        By symbol
        NQ: +$1,500.00, 8 trades, 75%
        ES: -$260.00, 4 trades, 33.3%
        [Symbols] [Sides] [Hours] [Weekdays] [Rules]"""),
    ("figures", {"shown": shown(metric="win_rate", symbol="ES"), "found": MONTH}, """
        ES · 1 Mar – 23 Mar
        Win rate 63.6%
        12 trades: 7 won, 4 lost, 1 scratch
        P&L +$1,240.00 net, +$1,310.00 gross
        Not counted: 1 open and 2 without a P&L
        [Sides] [Hours] [Weekdays] [Rules]"""),
    ("figures", {"shown": shown(metric="costs"), "found": ONE}, """
        1 Mar – 23 Mar
        Commissions $0.00
        1 trade: 1 won
        P&L +$1,600.00, no commissions logged"""),
    ("figures", {"shown": shown(metric="average_loss"), "found": found(sums(open=1))}, """
        1 Mar – 23 Mar
        No averages: nothing was won or lost.
        No trade is closed with a P&L.
        Not counted: 1 open"""),
    ("figures", {"shown": shown(first=TODAY, dimension="symbol", limited=True), "found": ONE}, """
        Today, 23 Mar
        1 trade: 1 won
        Win rate 100%
        P&L +$1,600.00, no commissions logged
        Average win +$1,600.00, nothing lost
        Expectancy +$1,600.00 a trade

        What is left of your limits: /limits"""),
    ("figures", {"shown": shown(first=date(1970, 1, 1), dimension="rule", divided=True), "found": RULES}, """
        All time
        By rule
        Every rule followed: +$1,500.00, 8 trades, 75%
        A rule broken: -$260.00, 4 trades, 33.3%

        Always have a stop
        followed: +$1,500.00, 8 trades, 75%
        broken: -$260.00, 4 trades, 33.3%
        [All figures] [Symbols] [Sides] [Hours] [Weekdays]"""),
    ("figures", {
        "shown": shown(dimension="hour", divided=True), "found": found(ALL, Group("9", NQ), Group(None, ES), days=9),
    }, """
        1 Mar – 23 Mar
        By hour of entry, New York
        09:00: +$1,500.00, 8 trades, 75%
        No time told: -$260.00, 4 trades, 33.3%
        [All figures] [Symbols] [Sides] [Weekdays] [Rules]"""),
    ("figures", {
        "shown": shown(dimension="weekday", divided=True), "found": found(ALL, Group("1", NQ), Group("5", ES), days=9),
    }, """
        1 Mar – 23 Mar
        By weekday
        Mon: +$1,500.00, 8 trades, 75%
        Fri: -$260.00, 4 trades, 33.3%
        [All figures] [Symbols] [Sides] [Hours] [Rules]"""),
    ("figures", {"shown": shown(dimension="rule", divided=True), "found": found(ONE.sums, days=1)}, """
        1 Mar – 23 Mar
        By rule
        No rule was judged on these trades."""),
    ("figures", {"shown": shown(first=TODAY), "found": found(sums(), last_day=date(2026, 3, 20))}, """
        Today, 23 Mar
        No trades.
        You last traded on 20 Mar.
        [Show 20 Mar]"""),
    ("figures", {"shown": shown(first=TODAY), "found": found(sums())}, """
        Today, 23 Mar
        No trades.
        Nothing is in this journal before that."""),
    ("figures", {"shown": shown(symbol="TSLA"), "found": found(sums())}, """
        TSLA · 1 Mar – 23 Mar
        No trades in TSLA.
        There is no TSLA in this journal. Write for example: /stats nq last month or /stats by hour this week"""),
    ("figures", {"shown": shown(first=date(1970, 1, 1), last=date(2025, 9, 30), metric="pnl"), "found": ONE}, """
        All until 30 Sep 2025
        P&L +$1,600.00, no commissions logged
        1 trade: 1 won"""),
    ("figures", {"shown": shown(first=date(1970, 1, 1), latest=1, metric="pnl", symbol="NQ"), "found": ONE}, """
        NQ · Last trade
        P&L +$1,600.00, no commissions logged
        1 trade: 1 won

        One by one: /trades"""),
    ("figures", {"shown": shown(latest=10, metric="win_rate"), "found": MONTH}, """
        Last 10 trades · 1 Mar – 23 Mar
        Win rate 63.6%
        12 trades: 7 won, 4 lost, 1 scratch
        P&L +$1,240.00 net, +$1,310.00 gross
        Not counted: 1 open and 2 without a P&L

        One by one: /trades"""),
    ("figures", {"shown": shown(), "found": found(sums(), undated=2)}, """
        1 Mar – 23 Mar
        No trades.
        Not counted: 2 of no trading day, written by another program"""),
    ("figures", {"shown": shown(metric="pnl", side="long", understood=True), "found": replace(ONE, undated=1)}, """
        Long · 1 Mar – 23 Mar
        Understood as: P&L · Long · 1 Mar – 23 Mar

        P&L +$1,600.00, no commissions logged
        1 trade: 1 won
        Not counted: 1 of no trading day, written by another program"""),
    ("figures", {
        "shown": shown(symbol="NQ", dimension="weekday", divided=True, understood=True),
        "found": found(ALL, Group("1", NQ), days=9),
    }, """
        NQ · 1 Mar – 23 Mar
        Understood as: All figures · NQ · 1 Mar – 23 Mar · By weekday

        By weekday
        Mon: +$1,500.00, 8 trades, 75%
        [All figures] [Sides] [Hours] [Rules]"""),
    ("figures", {"shown": shown(metric="best_day", understood=True), "found": found(sums())}, """
        1 Mar – 23 Mar
        Understood as: Best day · 1 Mar – 23 Mar
        No trades.
        Nothing is in this journal before that."""),
    ("figures", {
        "shown": shown(dimension="setup", divided=True, ranks=("worst",)),
        "found": found(ALL, Group("ORB", NQ), Group("fade", ES), days=9),
    }, """
        1 Mar – 23 Mar
        By setup
        Worst – fade: -$260.00, 4 trades, 33.3%
        fade: -$260.00, 4 trades, 33.3%
        ORB: +$1,500.00, 8 trades, 75%
        [All figures] [Symbols] [Sides] [Hours] [Weekdays]
        [Rules]"""),
    ("figures", {
        "shown": shown(dimension="side", divided=True, ranks=("best", "worst"), symbol="NQ"),
        "found": found(ALL, Group("long", NQ), Group("short", ES), days=9),
    }, """
        NQ · 1 Mar – 23 Mar
        By side
        Best – Long: +$1,500.00, 8 trades, 75%
        Worst – Short: -$260.00, 4 trades, 33.3%
        Long: +$1,500.00, 8 trades, 75%
        Short: -$260.00, 4 trades, 33.3%
        [All figures] [Hours] [Weekdays] [Rules]"""),
    ("figures_compared", {"sides": (
        (shown(symbol="ES", metric="win_rate"), MONTH),
        (shown(symbol="ES", metric="win_rate", first=date(2026, 2, 1), last=date(2026, 2, 28)), found(sums())),
    )}, """
        ES · 1 Mar – 23 Mar
        Win rate 63.6%
        12 trades: 7 won, 4 lost, 1 scratch
        P&L +$1,240.00 net, +$1,310.00 gross
        Not counted: 1 open and 2 without a P&L

        ES · 1 Feb – 28 Feb
        No trades in ES.
        There is no ES in this journal. Write for example: /stats nq last month or /stats by hour this week"""),
    ("figures_one_account", {"names": ("main", "apex2")}, """
        One account at a time, they are never added up: /stats @main or /stats @apex2"""),
    ("figures_unclear", {"said": "nq es", "several": True}, """
        One symbol at a time, or all: “nq es” are several.
        Write for example: /stats nq last month or /stats by hour this week"""),
    ("figures_unclear", {"said": "foo bar"}, """
        I do not know “foo bar” there.
        Write for example: /stats nq last month or /stats by hour this week"""),
    ("asked", {}, """
        I cannot answer that. I record your trades and check them against your rules; see /help.
        Your figures I can tell: trades, win rate, P&L, averages, profit factor, R, best, worst, drawdown, commissions;
        of any period, symbol or side, and by symbol, side, hour, weekday or rule.
        Of your trades you can ask for example: how am I doing today? or: what's my win rate on ES this month?"""),
]  # fmt: skip
