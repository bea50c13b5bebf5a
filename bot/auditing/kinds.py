"""What plain code can check about a trade: the kinds of check that rules are compiled into."""

from datetime import time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SizeUnit = Literal["contracts", "lots", "minis", "micros", "shares"]


class _Kind(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limit(_Kind):
    """An amount in the account's currency, or a percentage of the account size or of the current balance."""

    amount: Decimal | None = None
    percent: Decimal | None = None
    of: Literal["account", "balance"] = "account"


class StopSet(_Kind):
    """The trade has a stop."""

    kind: Literal["stop_set"] = "stop_set"


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


class MaxTrades(_Kind):
    """No more than `limit` trades a day."""

    kind: Literal["max_trades"] = "max_trades"
    limit: int


class Symbols(_Kind):
    """Only these symbols or, `banned`, none of them."""

    kind: Literal["symbols"] = "symbols"
    symbols: frozenset[str]
    banned: bool = False


class OneSide(_Kind):
    """Only longs or only shorts."""

    kind: Literal["one_side"] = "one_side"
    direction: Literal["long", "short"]


class MaxDailyLoss(_Kind):
    """The day's closed trades lose no more than this; `stop`: no trade is begun once they have."""

    kind: Literal["max_daily_loss"] = "max_daily_loss"
    limit: Limit
    stop: bool = False


Single = StopSet | MaxSize | MaxRisk | MinReward | Hours | MaxTrades | Symbols | OneSide | MaxDailyLoss


class AllOf(_Kind):
    """Several conditions in one rule."""

    kind: Literal["all_of"] = "all_of"
    checks: tuple[Annotated[Single, Field(discriminator="kind")], ...]


Check = Annotated[Single | AllOf, Field(discriminator="kind")]
