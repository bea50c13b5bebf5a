"""A trader's accounts: the one that the profile describes, and those of worker.accounts beside it.

Rules: each has its own size, limits, currency and day start; the trader's zone, wishes and chats are the same for all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.reminding.wishes import Quiet, wishes_of
from bot.trading.day import DayStart, day_start_of, zone_named, zone_of
from bot.trading.limits import AccountLimits
from statemachine.message import PLATFORMS, Platform
from statemachine.trade import MAIN

MOST_ACCOUNTS: Final = 20
"""Open at a time, the default one aside."""
LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2}")
_LIMITS: Final = frozenset(field.name for field in fields(AccountLimits))


@dataclass(frozen=True, slots=True)
class Account:
    """What the journal needs to know of an account and its trader.

    language   in which the trader wants to be spoken to, a tag like "de" or "pt-BR"; None: as the platform says
    zone       the trader's own, on whose clock `quiet` is; `day_start` is the account's
    quiet      hours in which the trader wants to hear nothing unasked; None: none were chosen
    warned_on  where limit warnings go besides the receipt
    id         of worker.accounts; None: the default account
    closed     kept for its trades, takes no new ones
    """

    currency: str
    limits: AccountLimits
    zone: ZoneInfo
    day_start: DayStart
    wants_pictures: bool
    warned_on: frozenset[Platform]
    name: str = MAIN
    id: UUID | None = None
    firm: str | None = None
    phase: str | None = None
    closed: bool = False
    language: str | None = None
    quiet: Quiet | None = None

    def locale(self, platform: str | None) -> str | None:
        """In which language to speak in a chat whose platform says `platform`: what was chosen goes before."""
        return self.language or platform

    @classmethod
    def of(cls, profile: Mapping[str, Any]) -> "Account":
        """The default account, from begin_turn's profile.

        Preferences are written by clients: odd values fall back to the defaults.
        """
        preferences = preferences_of(profile)
        currency = preferences.get("currency")
        return cls(
            currency=currency if isinstance(currency, str) and len(currency) == 3 else "USD",
            limits=limits_of({**profile, **(profile.get("limits") or {})}),
            zone=zone_of(preferences),
            day_start=day_start_of(preferences),
            wants_pictures=preferences.get("screenshots") is not False,
            warned_on=_warned_on(preferences.get("guard_warnings")),
            firm=profile.get("firm"),
            phase=profile.get("challenge_phase"),
            language=_language(preferences.get("language")),
            quiet=wishes_of(preferences).quiet,
        )

    def beside(self, row: Mapping[str, Any]) -> "Account":
        """A further account of the same trader, from its row of worker.accounts."""
        zone, hour = zone_named(row["day_zone"]) or self.zone, row["day_hour"]
        return replace(
            self,
            currency=row["currency"],
            limits=limits_of(row),
            day_start=self.day_start if hour is None else DayStart(zone, hour),
            name=row["name"],
            id=UUID(str(row["id"])),
            firm=row["firm"],
            phase=row["challenge_phase"],
            closed=row["closed_at"] is not None,
        )


@dataclass(frozen=True, slots=True)
class Accounts:
    """All of a trader's accounts, the default one first. `current`: the one that is used where none is named."""

    all: tuple[Account, ...]
    current: Account

    @classmethod
    def of(cls, profile: Mapping[str, Any]) -> "Accounts":
        """From begin_turn's profile. Which account is in use is written by clients: what is none means the default."""
        default = Account.of(profile)
        every = (default, *(default.beside(row) for row in profile.get("accounts") or ()))
        chosen = preferences_of(profile).get("account")
        current = next((account for account in every if account.name == chosen and not account.closed), default)
        return cls(every, current)

    @property
    def default(self) -> Account:
        return self.all[0]

    @property
    def open(self) -> tuple[Account, ...]:
        return tuple(account for account in self.all if not account.closed)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the accounts that a trade can be recorded on."""
        return tuple(account.name for account in self.open)

    def find(self, name: str | None) -> Account | None:
        """The account of a name; None means the default one. Names of closed accounts are found too."""
        return next((account for account in self.all if account.name == (name or MAIN)), None)

    def named(self, name: str | None) -> Account:
        """As `find`; for an account closed so long ago that it is not loaded any more, one without limits."""
        return self.find(name) or replace(self.default, name=name or MAIN, limits=AccountLimits(), closed=True)

    def of_trade(self, snapshot: Mapping[str, Any]) -> Account:
        """The account that a trade counts on, by its snapshot."""
        number = (snapshot.get("facts") or {}).get("account_id")
        if number is None:
            return self.default
        found = next((account for account in self.all if str(account.id) == number), None)
        return found or replace(self.default, name="", id=UUID(number), limits=AccountLimits(), closed=True)


def limits_of(row: Mapping[str, Any]) -> AccountLimits:
    """The limit columns, which have the same names in public.profiles and worker.accounts."""
    return AccountLimits(**{name: _number(value) for name, value in row.items() if name in _LIMITS})


def preferences_of(profile: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the trader has chosen; nothing where that is no object."""
    preferences = profile.get("preferences")
    return preferences if isinstance(preferences, dict) else {}


def _language(chosen: object) -> str | None:
    return chosen if isinstance(chosen, str) and LANGUAGE_TAG.fullmatch(chosen) else None


def _warned_on(chosen: object) -> frozenset[Platform]:
    """journal_preferences.guard_warnings: "everywhere", or a list of platforms; whatever else means nowhere else."""
    if chosen == "everywhere":
        return frozenset(PLATFORMS)
    return frozenset(platform for platform in PLATFORMS if isinstance(chosen, list) and platform in chosen)


def _number(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, float) else value
