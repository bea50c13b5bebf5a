"""What can be drawn: plain values, with every text as it shall stand there. They cross to another process."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
Mark = Literal["followed", "violated", "unclear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands above every picture.

    figure  the one that matters most; `sign`: of it, None where it is neither gain nor loss
    note    period and whatever the figures rest on
    unit    the currency, before an amount: "$", "CHF "
    empty   what stands in the place of a picture that has nothing to show
    """

    title: str
    note: str
    unit: str
    empty: str
    figure: str = ""
    sign: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """How an account stood when a day had ended. `high`: what drawdown is measured from."""

    day: date
    balance: Decimal
    high: Decimal
    floor: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Equity:
    """The balance over time, what it lies below its high, and the floor it must not reach. `start`: before all."""

    head: Head
    start: Decimal
    days: tuple[Balance, ...]
    floor_label: str
    drawdown_label: str
    months: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Net P&L by day, from the month of `first` to that of `last`. `weekdays`: short names from Monday on."""

    head: Head
    first: date
    last: date
    days: tuple[tuple[date, Decimal], ...]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One sum. `label`: what it is of; `value`: how it is told."""

    label: str
    amount: Decimal
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """Bars that belong together, below a name."""

    name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Sums side by side, from above to below."""

    head: Head
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Net P&L by the hour of entry, 0 to 23. `untimed`: what is said of trades without a time."""

    head: Head
    hours: tuple[tuple[int, Decimal], ...]
    untimed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How often a trade made how many R. `mean_label` stands at `mean`; `left_out`: said of trades without an R."""

    head: Head
    multiples: tuple[Decimal, ...]
    mean: Decimal
    mean_label: str
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A price of a trade; `value`: how it is told."""

    label: str
    price: Decimal
    value: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule and its verdict."""

    mark: Mark
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One trade: `rows` are label, planned, happened; the levels are drawn on a scale where there are two or more."""

    head: Head
    columns: tuple[str, str]
    rows: tuple[tuple[str, str, str], ...]
    entry: Level | None
    stop: Level | None
    target: Level | None
    exit: Level | None
    verdicts: tuple[Judged, ...]
    verdicts_title: str
    beyond: str = ""


Subject = Equity | Calendar | Groups | Hours | Spread | Card
