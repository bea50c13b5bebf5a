"""The trader's eyes: View says for whom a text is, Words finds the words.

Text that others wrote (notes, rules, evidence) goes through `quoted` before it is shown, symbols through `symbol`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from bot.texts import numbers
from bot.texts.catalogue import catalogue, plural
from bot.trading.habits import Habits
from statemachine.message import Button

LONGEST_NOTE: Final = 200
LONGEST_SYMBOL: Final = 12
LONGEST_ACCOUNT: Final = 20


@dataclass(frozen=True, slots=True)
class Figured:
    """How an account's figures are told: its currency, and its size where it is known. `open`: takes new trades."""

    currency: str
    size: int | None = None
    open: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """For whom a reply is written.

    currency      code of the currency of the account in use
    now           aware UTC
    point_values  what the trader confirmed a point of a symbol to be worth, in `currency`
    account_size  in `currency`; None where it is not known
    accounts      how each account of the trader is told, by name
    several       accounts are told apart: their names are shown
    habits        what the trader usually trades
    """

    locale: str | None
    zone: ZoneInfo
    currency: str
    now: datetime
    point_values: Mapping[str, Decimal] = field(default_factory=dict)
    account_size: int | None = None
    accounts: Mapping[str, Figured] = field(default_factory=dict)
    several: bool = False
    habits: Habits = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Words:
    """The templates of one language, for one view. `words("key", name=value)` is a text with its places filled."""

    view: View
    templates: Mapping[str, str]

    @classmethod
    def of(cls, view: View) -> Self:
        return cls(view, catalogue(view.locale))

    def on(self, account: str) -> "Words":
        """The same words for the figures of one account."""
        told = self.view.accounts.get(account)
        if told is None:
            return self
        return Words(replace(self.view, currency=told.currency, account_size=told.size), self.templates)

    def __call__(self, key: str, **values: object) -> str:
        return self.templates[key].format(**values)

    def counted(self, key: str, count: int, **values: object) -> str:
        """The text for so many: `key.one` or `key.other`, with {count}."""
        return self(f"{key}.{plural(self.view.locale, count)}", count=count, **values)

    def listed(self, items: Sequence[str]) -> str:
        """a, b and c."""
        if len(items) < 2:
            return "".join(items)
        return self("listed", head=", ".join(items[:-1]), last=items[-1])

    def button(self, label: str, data: str, **values: object) -> Button:
        return Button(self(f"button.{label}", **values), data)

    def gain(self, amount: Decimal) -> str:
        return numbers.gain(amount, self.view.currency)

    def money(self, amount: Decimal) -> str:
        return numbers.money(amount, self.view.currency)

    def day(self, day: date) -> str:
        """23 Mar; with the year where it is not this one."""
        month = self("months").split()[day.month - 1]
        this_year = day.year == self.view.now.astimezone(self.view.zone).year
        return self("day" if this_year else "day.year", day=day.day, month=month, year=day.year)

    def clock(self, moment: datetime) -> str:
        """14:05 in the trader's zone; with the day where it is not today."""
        local = moment.astimezone(self.view.zone)
        if local.date() == self.view.now.astimezone(self.view.zone).date():
            return f"{local:%H:%M}"
        return f"{self.day(local.date())} {local:%H:%M}"


def quoted(text: str, most: int = LONGEST_NOTE) -> str:
    """Somebody's text on one line, without control and direction marks, cut to `most` characters."""
    visible = (character for character in text[: most * 4] if character.isprintable() or character.isspace())
    line = " ".join("".join(visible).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def symbol(text: str) -> str:
    return quoted(text, LONGEST_SYMBOL)


def account_name(text: str) -> str:
    return quoted(text, LONGEST_ACCOUNT)


def decimal(value: Any) -> Decimal | None:
    """A figure of a database row or of JSON."""
    return None if value is None else Decimal(str(value))


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
