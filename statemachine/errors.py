"""Everything that can go wrong and is ours to name.

JournalError
├── UserError          safe to show; `key` names the text to show
│   ├── AttachmentRefused
│   └── NotAPeriod
├── PlatformError
│   ├── Unauthentic    a request that is not the platform's: 403, nothing stored, body never logged
│   ├── SendLater      try again after `after` seconds
│   ├── SendHeld       to be sent once the person has written again
│   └── SendRefused    refused for good; `blocked` when the person blocked us
├── StoreError
│   ├── Conflict       somebody else was first
│   └── Unavailable    no database: nothing was committed, try again
│       └── Collided   two transactions waited for each other, and this one gave way
├── AuditError         the model failed, refused or is over budget: fall back to computed checks
└── OperatorError      wrong settings or surroundings: one line that says what to do, exit 1
"""


class JournalError(Exception):
    """Something went wrong in the journal."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class UserError(JournalError):
    """This cannot be done."""

    key = "error"


class AttachmentRefused(UserError):
    """This file is not a usable picture."""

    key = "attachment_refused"

    def __init__(self, reason: str, message: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        """One of: gone, too_large, not_an_image, truncated, too_many_pixels, unsupported, too_many, no_room."""


class NotAPeriod(UserError):
    """This is no period of days."""

    key = "period_refused"

    def __init__(self, reason: str, said: str) -> None:
        super().__init__()
        self.reason = reason
        """One of: unknown, ahead, reversed, no_date, no_week, two_ways."""
        self.said = said


class PlatformError(JournalError):
    """The platform did not do what was asked."""


class Unauthentic(PlatformError):
    """The request does not come from the platform."""


class SendLater(PlatformError):
    """The platform wants to be asked again later."""

    def __init__(self, message: str | None = None, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after
        """Seconds the platform asked us to wait; None: ours to choose."""


class SendHeld(PlatformError):
    """The platform takes this reply only once the person has written again."""


class SendRefused(PlatformError):
    """The platform will never deliver this reply."""

    def __init__(self, message: str | None = None, *, blocked: bool = False) -> None:
        super().__init__(message)
        self.blocked = blocked


class StoreError(JournalError):
    """The database did not do what was asked."""


class Conflict(StoreError):
    """Somebody else was first."""


class Unavailable(StoreError):
    """The database cannot be reached."""


class Collided(Unavailable):
    """Two transactions waited for each other and this one gave way, or a migration changed what it ran: at the next try
    it may well go through."""


class AuditError(JournalError):
    """The model could not judge."""

    outcome = "unusable"

    def __init__(
        self,
        message: str | None = None,
        *,
        refund: bool = False,
        outcome: str | None = None,
        tokens: tuple[int, int] = (0, 0),
    ) -> None:
        super().__init__(message)
        self.refund = refund
        """True for timeout, 429 and 5xx: the credit is given back."""
        self.outcome = outcome or type(self).outcome
        """One of: timeout, unreachable, busy, failed, rejected, declined, cut_off, unusable, key_refused."""
        self.tokens = tokens
        """In and out, of an answer that was paid for and is of no use."""


class KeyRefused(AuditError):
    """The model's service refuses the key."""

    outcome = "key_refused"


class OperatorError(JournalError):
    """The settings or the surroundings are wrong."""
