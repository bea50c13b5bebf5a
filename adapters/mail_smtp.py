"""SMTP out: the client for SMTP_URL, and its refusals in the journal's words."""

import contextlib
import ssl
from collections.abc import Iterator
from typing import Final, NoReturn

import aiosmtplib
import structlog

from adapters.mail_box import place_of
from statemachine.errors import SendLater, SendRefused

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

SMTP_PLACE: Final = ("SMTP_URL", ("smtp", "smtps"), (587, 465))
LOGIN_CODES: Final = frozenset((530, 534, 535, 538))


def smtp_client(smtp_url: str, account: str, seconds: float, tls: ssl.SSLContext) -> aiosmtplib.SMTP:
    """A client that connects and logs in when it is entered; `seconds` for every single answer."""
    place = place_of(smtp_url, *SMTP_PLACE)
    start_tls: bool | None = None  # where it is offered
    if place.tls or place.loopback:
        start_tls = False
    elif place.user:
        start_tls = True  # not left to who sits in between whether the password goes in clear
    return aiosmtplib.SMTP(
        hostname=place.host,
        port=place.port,
        username=place.user or None,
        password=place.password or None,
        use_tls=place.tls,
        start_tls=start_tls,
        tls_context=tls,
        local_hostname=account.rpartition("@")[2],
        timeout=seconds,
    )


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """SMTP's refusals in the journal's words. What is refused before the recipient is named says nothing about them."""
    try:
        yield
    except aiosmtplib.SMTPRecipientsRefused as exc:
        _refuse(exc.recipients[0].code, exc.recipients[0].message)
    except (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPHeloError) as exc:
        log.error("smtp_refuses_us", code=exc.code, at=type(exc).__name__)
        raise SendLater(f"SMTP_URL or MAIL_FROM is refused: {exc.code}") from None
    except aiosmtplib.SMTPConnectResponseError as exc:
        raise SendLater(f"the mail server greets with {exc.code}") from None
    except aiosmtplib.SMTPResponseException as exc:
        _refuse(exc.code, exc.message)
    except aiosmtplib.SMTPNotSupported:
        log.error("smtp_refuses_us", code=0, at="STARTTLS or AUTH is not offered")
        raise SendLater("the mail server offers no STARTTLS or no login") from None
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as exc:
        raise SendLater(type(exc).__name__) from None


def _refuse(code: int, said: str) -> NoReturn:
    if code in LOGIN_CODES:
        log.error("smtp_refuses_us", code=code, at="recipient")
        raise SendLater(f"SMTP_URL: the mail server wants a login: {code}") from None
    reason = f"{code} {' '.join(said.split())[:200]}"
    raise (SendRefused(reason) if code >= 500 else SendLater(reason)) from None
