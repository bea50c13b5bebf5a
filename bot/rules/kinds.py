"""What plain code can check about a trade: the kinds of check that rules are compiled into.

Every kind is one sentence a trader could have written; its docstring is what a violation means. A check says nothing
about facts it does not name: "no trades after 11:30" is kept by a trade at 11:30.
"""

from datetime import time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from statemachine.trade import Direction

SizeUnit = Literal["contracts", "lots", "minis", "micros", "shares"]
DistanceUnit = Literal["points", "ticks", "pips"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Span = Literal["day", "week"]
"""The trading day, or the week of trading days that begins on Monday."""
Phase = Literal["evaluation", "funded"]


class _Kind(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limit(_Kind):
    """An amount in the account's currency, or a percentage of the account size, of the current balance, or of the
    daily loss limit that the account has."""

    amount: Decimal | None = None
    percent: Decimal | None = None
    of: Literal["account", "balance", "daily_limit"] = "account"


# ---- the trade as it was planned


class StopSet(_Kind):
    """The trade has a stop."""

    kind: Literal["stop_set"] = "stop_set"


class TargetSet(_Kind):
    """The trade has a take profit."""

    kind: Literal["target_set"] = "target_set"


class StopDistance(_Kind):
    """From entry to initial stop it is no farther than `at_most` and no nearer than `at_least`."""

    kind: Literal["stop_distance"] = "stop_distance"
    unit: DistanceUnit
    at_most: Decimal | None = None
    at_least: Decimal | None = None


class MaxSize(_Kind):
    """No larger than `limit`; `unit` None: as the instrument counts."""

    kind: Literal["max_size"] = "max_size"
    limit: Decimal
    unit: SizeUnit | None = None


class MaxRisk(_Kind):
    """Entry to initial stop risks no more than this; `strict`: less than this."""

    kind: Literal["max_risk"] = "max_risk"
    limit: Limit
    strict: bool = False


class MinReward(_Kind):
    """The take profit is at least `r` times as far away as the initial stop."""

    kind: Literal["min_reward"] = "min_reward"
    r: Decimal


class Symbols(_Kind):
    """Only these symbols or, `banned`, none of them."""

    kind: Literal["symbols"] = "symbols"
    symbols: frozenset[str]
    banned: bool = False


class OneSide(_Kind):
    """Only longs or only shorts."""

    kind: Literal["one_side"] = "one_side"
    direction: Direction


# ---- when


class Hours(_Kind):
    """Entries by the wall clock of `zone` (None: the trader's).

    None are allowed from `start` to `end` or, not `banned`, only those are. None is midnight; an end before the start
    is the next day's.
    """

    kind: Literal["hours"] = "hours"
    start: time | None = None
    end: time | None = None
    banned: bool = True
    zone: str | None = None


class SessionEdge(_Kind):
    """No entries in the first or last `minutes` of the instrument's main session (stock index futures and stocks: the
    New York session, 9:30 to 16:00)."""

    kind: Literal["session_edge"] = "session_edge"
    minutes: int
    edge: Literal["open", "close"]


class Weekdays(_Kind):
    """Entries only on these weekdays of the trading day or, `banned`, on none of them."""

    kind: Literal["weekdays"] = "weekdays"
    days: frozenset[Weekday]
    banned: bool = False


class FlatBy(_Kind):
    """Out of the trade by this wall-clock time of the trading day it was entered on; `zone` None: the trader's."""

    kind: Literal["flat_by"] = "flat_by"
    at: time
    zone: str | None = None


class NotHeldOver(_Kind):
    """Closed on the trading day it was entered on ("night"), or before the weekend."""

    kind: Literal["not_held_over"] = "not_held_over"
    over: Literal["night", "weekend"] = "night"


class HoldTime(_Kind):
    """Held for at most or at least so many minutes, entry to exit."""

    kind: Literal["hold_time"] = "hold_time"
    at_most: int | None = None
    at_least: int | None = None


# ---- beside the other trades of the account


class MaxTrades(_Kind):
    """No more than `limit` trades a day or a week; `each_symbol`: counted for each symbol by itself."""

    kind: Literal["max_trades"] = "max_trades"
    limit: int
    per: Span = "day"
    each_symbol: bool = False


class MaxLosses(_Kind):
    """No trade is begun once the day has `limit` losing trades; `in_a_row`: with nothing but losses since."""

    kind: Literal["max_losses"] = "max_losses"
    limit: int
    in_a_row: bool = False


class MaxWins(_Kind):
    """No trade is begun once the day has `limit` winning trades."""

    kind: Literal["max_wins"] = "max_wins"
    limit: int


class Cooldown(_Kind):
    """At least `minutes` between the exit of the last trade (or the last losing, or winning one) and this entry."""

    kind: Literal["cooldown"] = "cooldown"
    minutes: int
    after: Literal["trade", "loss", "win"] = "trade"


class NoAdding(_Kind):
    """Not entered while another trade in the same symbol and direction is open; `losers`: only if that one stood worse
    than its entry when this one was entered."""

    kind: Literal["no_adding"] = "no_adding"
    losers: bool = True


class MaxOpen(_Kind):
    """No more than `limit` trades open at once, this one counted."""

    kind: Literal["max_open"] = "max_open"
    limit: int


# ---- money


class MaxTradeLoss(_Kind):
    """The trade itself loses no more than this, commissions included."""

    kind: Literal["max_trade_loss"] = "max_trade_loss"
    limit: Limit


class MaxDailyLoss(_Kind):
    """The closed trades of the day (or week) lose no more than this; `stop`: no trade is begun once they have."""

    kind: Literal["max_daily_loss"] = "max_daily_loss"
    limit: Limit
    stop: bool = False
    per: Span = "day"


class ProfitStop(_Kind):
    """No trade is begun once the closed trades of the day (or week) have made this much."""

    kind: Literal["profit_stop"] = "profit_stop"
    limit: Limit
    per: Span = "day"


Single = (
    StopSet
    | TargetSet
    | StopDistance
    | MaxSize
    | MaxRisk
    | MinReward
    | Symbols
    | OneSide
    | Hours
    | SessionEdge
    | Weekdays
    | FlatBy
    | NotHeldOver
    | HoldTime
    | MaxTrades
    | MaxLosses
    | MaxWins
    | Cooldown
    | NoAdding
    | MaxOpen
    | MaxTradeLoss
    | MaxDailyLoss
    | ProfitStop
)


class When(_Kind):
    """Which trades a rule is about; what is None or empty does not matter. A trade must meet all that is given.

    hours        of the entry, between its edges: a trade on the very minute of one is not meant; not banned
    after_loss   True: the last closed trade of the day before this one was a loss
    """

    symbols: frozenset[str] = frozenset()
    days: frozenset[Weekday] = frozenset()
    direction: Direction | None = None
    hours: Hours | None = None
    phase: Phase | None = None
    after_loss: bool = False


class Conditional(_Kind):
    """A check for some trades only; the others keep the rule."""

    kind: Literal["conditional"] = "conditional"
    when: When
    check: Annotated[Single, Field(discriminator="kind")]


class AllOf(_Kind):
    """Several conditions in one rule."""

    kind: Literal["all_of"] = "all_of"
    checks: tuple[Annotated[Single | Conditional, Field(discriminator="kind")], ...]


Check = Annotated[Single | Conditional | AllOf, Field(discriminator="kind")]
