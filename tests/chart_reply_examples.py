"""What a trader reads beside charts."""

# ruff: noqa: E501

from decimal import Decimal
from typing import Any

from bot.charting.facts import Sum, SumsFacts
from tests.chart_scenes import SCENES, card, facts

UNTIMED = SumsFacts(scope=SCENES["one"].scope, sums=(Sum(None, Decimal(-40), 3),), zone="America/New_York")

CHART_EXAMPLES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("drawn", {"kind": "equity", "facts": facts("losses", "equity"), "image": "u/c-1.png"}, """
        Equity, 1 Feb – 20 Mar
        Balance $43,923.20: -$6,076.80 with 40 trades.
        Deepest drawdown at the end of a day -$6,076.80, on 20 Mar.
        Floor $47,500.00: reached.
        Based on the closed trades you logged.
        [Days] [Symbols] [Hours]
        [Rules] [R]"""),
    ("drawn", {"kind": "equity", "facts": facts("one", "equity"), "image": None}, """
        Equity, 1 Feb – 20 Mar
        Balance $50,322.20: +$322.20 with 1 trade.
        No drawdown.
        Floor $47,500.00: $2,822.20 left.
        Based on the closed trades you logged.
        I could not draw the picture this time; these are its figures.
        [Days] [Symbols] [Hours]
        [Rules] [R]"""),
    ("drawn", {"kind": "equity", "facts": facts("none", "equity"), "image": "u/c-1.png"}, """
        Equity, 1 Feb – 20 Mar
        No closed trades in this time.
        For a longer time: /chart equity all
        [Days] [Symbols] [Hours]
        [Rules] [R]"""),
    ("drawn", {"kind": "days", "facts": facts("losses", "days"), "image": "u/c-1.png"}, """
        Day by day, 1 Feb – 20 Mar
        -$6,076.80 on 24 days: 0 up, 24 down.
        Best -$54.00 on 20 Mar, worst -$847.80 on 4 Feb.
        [Equity] [Symbols] [Hours]
        [Rules] [R]"""),
    ("drawn", {"kind": "symbols", "facts": facts("many", "symbols"), "image": "u/c-1.png"}, """
        By symbol, 14 Jul 2025 – 20 Mar
        +$34,592.40 with 500 trades.
        NQ +$16,452.00 (219 trades)
        ES +$12,204.00 (133 trades)
        MNQ +$2,192.40 (79 trades)
        CL +$2,091.60 (24 trades)
        AAPL +$833.40 (3 trades)
        EURUSD +$522.00 (14 trades)
        GC +$520.20 (19 trades)
        6E -$190.80 (4 trades)
        TSLA -$176.40 (1 trade)
        2 others +$144.00 (4 trades)
        [Equity] [Days] [Hours]
        [Rules] [R]"""),
    ("drawn", {"kind": "hours", "facts": facts("losses", "hours"), "image": "u/c-1.png"}, """
        By hour of entry, 1 Feb – 20 Mar
        -$6,076.80 with 40 trades.
        Best hour 14:00 -$138.60 (1 trade), worst 11:00 -$1,452.60 (9 trades).
        4 trades without an entry time are not shown: -$585.00.
        [Equity] [Days] [Symbols]
        [Rules] [R]"""),
    ("drawn", {"kind": "rules", "facts": facts("many", "rules"), "image": "u/c-1.png"}, """
        By rule, 14 Jul 2025 – 20 Mar
        Never risk more than 1% of the account on any one trade, whatever the setup loo…: followed (378) +$44,460.00, broken (122) -$9,867.60
        Max 3 trades a day: followed (373) +$42,777.00, broken (127) -$8,184.60
        No trades after 15:30 New York: followed (363) +$42,813.00, broken (137) -$8,220.60
        [Equity] [Days] [Symbols]
        [Hours] [R]"""),
    ("drawn", {"kind": "rules", "facts": facts("none", "rules"), "image": "u/c-1.png"}, """
        By rule, 1 Feb – 20 Mar
        No judged trades in this time.
        For a longer time: /chart rules all
        [Equity] [Days] [Symbols]
        [Hours] [R]"""),
    ("drawn", {"kind": "r", "facts": facts("many", "r"), "image": "u/c-1.png"}, """
        R multiples, 14 Jul 2025 – 20 Mar
        Average +0.38R over 500 trades: best +3.6R, worst -1.4R.
        [Equity] [Days] [Symbols]
        [Hours] [Rules]"""),
    ("card", {"facts": card("losses"), "image": "u/c-1.png"}, """
        Long 2 NQ · -$1,228.40
        Planned: stop 18,230, target 18,310, risk $810.00, +3R.
        Happened: entry 18,250.25, stop 18,220.00, exit 18,219.75, size 2, -1.5R, net -$1,228.40, time 09:40 – 10:14.
        Rules: 0 of 2 followed
        ✗ Never risk more than 1% of the account on any one trade, whatever the setup loo…
        ✗ Max 3 trades a day
        ? No trades after 15:30 New York
        No screenshot of it: answer this message with one."""),
    ("card", {"facts": card("none"), "image": None}, """
        Long 2 NQ · open
        Planned: stop 18,230, target 18,310, risk $810.00, +3R.
        Happened: entry 18,250.25, exit open, size 2, time 09:40.
        No rule was judged.
        I could not draw the picture this time; these are its figures.
        No screenshot of it: answer this message with one."""),
    ("card", {"facts": card("many"), "image": "u/c-1.png"}, """
        Long 2 NQ · +$1,591.60
        Planned: entry 18,248, stop 18,230, target 18,310, size 2, risk $810.00, +3R.
        Happened: entry 18,250.25, exit 18,290.17 in 3 parts, size 2, +2R, net +$1,591.60, time 20 Mar 09:40 – 21 Mar 11:40.
        #orb #aplus · setup: opening range breakout with a retest · mood: impatient
        Rules: 5 of 10 followed
        ✗ Max 3 trades a day
        ✗ Max 3 trades a day
        ✗ Max 3 trades a day
        ✗ Max 3 trades a day
        ✗ Max 3 trades a day
        ? No trades after 15:30 New York
        ? No trades after 15:30 New York
        ? No trades after 15:30 New York
        and 2 more
        No screenshot of it: answer this message with one."""),
    ("drawn", {"kind": "hours", "facts": UNTIMED, "image": "u/c-1.png"}, """
        By hour of entry, 1 Feb – 20 Mar
        No closed trades with an entry time in this time.
        3 trades without an entry time are not shown: -$40.00.
        For a longer time: /chart hours all
        [Equity] [Days] [Symbols]
        [Rules] [R]"""),
    ("chart_unclear", {"problem": "word", "said": "candles!"}, """
        I do not know the chart "candles!".
        Charts: equity, days, symbols, hours, rules, r. Then a symbol or a period, if you like: last week, march, 30 days, 2026-03-01 to 2026-03-15, all.
        Example: /chart symbols last month"""),
    ("chart_unclear", {"problem": "period", "said": "2026-13"}, """
        "2026-13" is no period that I can show.
        Charts: equity, days, symbols, hours, rules, r. Then a symbol or a period, if you like: last week, march, 30 days, 2026-03-01 to 2026-03-15, all.
        Example: /chart symbols last month"""),
    ("chart_unclear", {"problem": "two", "said": "ES NQ"}, """
        One at a time: ES NQ.
        Charts: equity, days, symbols, hours, rules, r. Then a symbol or a period, if you like: last week, march, 30 days, 2026-03-01 to 2026-03-15, all.
        Example: /chart symbols last month"""),
    ("chart_no_symbol", {"symbol_": "ZZ"}, "You have no trade of ZZ. /chart symbols shows what you trade."),
    ("chart_limit", {"limit": 30}, "30 charts a day are all I draw. Ask again tomorrow."),
    ("chart_gone", {}, "That trade is no longer in the journal. /trades lists what is."),
    ("chart_failed", {}, "The chart could not be made. Please ask again later."),
)  # fmt: skip
