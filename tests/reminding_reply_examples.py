"""What is told unasked, and pausing it; as in reply_examples.py."""

# ruff: noqa: E501

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bot.statistics import Statistics, Sums
from bot.texts.figures import Shown
from bot.texts.reminding import CloseTold, DigestTold, OpenTold, StreakTold, SummaryTold
from bot.trading.limits import Guard
from statemachine.conversation import KnownTrade
from statemachine.trade import TradeFields

DAY = date(2026, 3, 23)
ENDS = datetime(2026, 3, 23, 22, tzinfo=UTC)
FOUND = Statistics(
    sums=Sums(
        net=Decimal(1195), gross=Decimal(1200), trades=1, wins=1, losses=0, won=Decimal(1195), lost=Decimal(0),
        whole=Decimal(1195), measured=0, multiples=Decimal(0), open=0, unknown=0,
    ),
    groups=(), days=1, best=None, worst=None, best_day=None, worst_day=None, drawdown=Decimal(0), last_day=None,
    undated=0,
)  # fmt: skip
SUMMARY = SummaryTold(Shown(account="main", first=DAY, last=DAY, today=date(2026, 3, 25)), FOUND)
DIGEST = DigestTold(Shown(account="main", first=date(2026, 3, 17), last=DAY, today=date(2026, 3, 25)), FOUND)
HELD = KnownTrade(
    trade_id=UUID(int=1), fields=TradeFields(symbol="NQ", direction="long", entry_price=Decimal(18250)), is_open=True
)
LOSS = Guard("daily_loss", Decimal(250), Decimal(1000), Decimal(750), "ok")

# fmt: off
REMINDING_EXAMPLES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("told", {"parts": [SUMMARY]}, """
        Your day: 23 Mar
        1 trade: 1 won
        Win rate 100%
        P&L +$1,195.00 net, +$1,200.00 gross
        Average win +$1,195.00, nothing lost
        Expectancy +$1,195.00 a trade

        None of these for a while: /pause · Choose what comes: /settings messages"""),
    ("told", {"parts": [DIGEST, StreakTold(4, ENDS), CloseTold((HELD,), ENDS)]}, """
        Your week: 17 Mar – 23 Mar
        1 trade: 1 won
        Win rate 100%
        P&L +$1,195.00 net, +$1,200.00 gross
        Average win +$1,195.00, nothing lost
        Expectancy +$1,195.00 a trade

        Your streak is at risk
        4 trading days in a row are journaled, and nothing is logged today. The session ends at 18:00: log a trade, or take the day off with /rest

        The session ends at 18:00
        Still open:
        1. Long NQ 18,250
        A close is written like: out 18290

        None of these for a while: /pause · Choose what comes: /settings messages"""),
    ("told", {"parts": [OpenTold(DAY, {"main": (LOSS,)})]}, """
        A new session: 23 Mar
        Daily loss: $750.00 of $1,000.00 left
        Based on the closed trades you logged.
        A plan for it? Example: limit buy 2 nq 18200 stop 18180

        None of these for a while: /pause · Choose what comes: /settings messages"""),
    ("told", {"parts": [OpenTold(DAY, {})]}, """
        A new session: 23 Mar
        No limits are set: /limits
        A plan for it? Example: limit buy 2 nq 18200 stop 18180

        None of these for a while: /pause · Choose what comes: /settings messages"""),
    ("paused", {"until": "forever"}, "Paused: no summaries, reminders or news until you say /pause off. Whatever you write is answered as always."),
    ("paused", {"until": date(2026, 3, 27)}, "Paused until 27 Mar: no summaries, reminders or news before that. Whatever you write is answered as always. To end it: /pause off"),
    ("paused", {"until": None}, "You hear from me again: summaries, reminders and news come as before."),
    ("pause_refused", {"reason": "unread", "said": "a while", "day": DAY}, '"a while" is no time I can pause for. Example: /pause 3 days, /pause until friday, /pause off'),
    ("pause_refused", {"reason": "past", "said": "yesterday", "day": date(2026, 3, 22)}, "22 Mar is not ahead. Example: /pause 3 days, /pause until friday, /pause off"),
    ("pause_refused", {"reason": "far", "said": "2028-01-01", "day": date(2028, 1, 1)}, "1 Jan 2028 is too far ahead: a year at most. Without an end: /pause"),
)
