"""How an account stands on a day: what /limits shows of it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bot.trading.limits import AccountLimits, DayFigures, Guard, Progress, guards, progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One account in use, on its trading day.

    account_id  None: the default account
    assumed     nobody told a balance: it starts at the account size
    """

    account_id: UUID | None
    name: str
    firm: str | None
    phase: str | None
    currency: str
    day: date
    limits: AccountLimits
    figures: DayFigures
    assumed: bool

    @property
    def guards(self) -> tuple[Guard, ...]:
        return guards(self.figures, self.limits)

    @property
    def progress(self) -> Progress | None:
        return progress(self.figures, self.limits)
