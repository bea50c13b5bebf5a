"""The mail settings tried by using them, for `vigil doctor`: nothing is read, flagged or sent."""

import contextlib
import ssl

import aiosmtplib

from adapters.mail_box import IMAP_PLACE, Box, in_thread, place_of
from adapters.mail_smtp import smtp_client
from statemachine.errors import OperatorError

SECONDS = 15.0


async def try_mailbox(imap_url: str, authserv_id: str | None, tls: ssl.SSLContext | None = None) -> str:
    """Log in, select the folder, look whose word on senders the newest mails carry. Raises OperatorError."""
    box = Box(place_of(imap_url, *IMAP_PLACE), tls or ssl.create_default_context())
    try:
        await in_thread(box.open)
        unread, results = await in_thread(box.unseen), await in_thread(box.newest_results)
    except OperatorError:
        raise
    except Exception as exc:
        raise OperatorError(f"IMAP_URL: the mailbox cannot be reached ({type(exc).__name__})") from exc
    finally:
        box.interrupt()
        with contextlib.suppress(Exception):
            await in_thread(box.close)
    push = "mail is pushed (IDLE)" if box.can_idle else "the server has no IDLE: mail is looked for every 30 s"
    return f"the mailbox answers, {len(unread)} unread, {push}; {_vouching(results, authserv_id)}"


def _vouching(results: list[str], authserv_id: str | None) -> str:
    """Whether the server that MAIL_AUTHSERV_ID names says anything about senders. Raises OperatorError."""
    names = {result.partition(";")[0].split(" ")[0].lower() for result in results if ";" in result}
    if not authserv_id:
        hint = f" (newest mails carry results of {', '.join(sorted(names))})" if names else ""
        return f"signatures of senders are checked here{hint}"
    if results and authserv_id.lower() not in names:
        said = f"but of {', '.join(sorted(names))}" if names else "nor of any other server"
        raise OperatorError(
            f"MAIL_AUTHSERV_ID: the newest {len(results)} mails carry no results of {authserv_id}, {said}. "
            "Name the server that does, or unset it: then signatures are checked here"
        )
    return f"senders are believed by the word of {authserv_id}"


async def try_smtp(smtp_url: str, mail_from: str, tls: ssl.SSLContext | None = None) -> str:
    """Log in and name the sender, then take it back. Raises OperatorError."""
    try:
        async with smtp_client(smtp_url, mail_from, SECONDS, tls or ssl.create_default_context()) as smtp:
            await smtp.mail(mail_from)
            await smtp.rset()
    except aiosmtplib.SMTPAuthenticationError as exc:
        raise OperatorError(f"SMTP_URL: the mail server refuses the login ({exc.code})") from None
    except aiosmtplib.SMTPSenderRefused as exc:
        raise OperatorError(f"MAIL_FROM: the mail server does not send for {mail_from} ({exc.code})") from None
    except aiosmtplib.SMTPNotSupported:
        raise OperatorError("SMTP_URL: the mail server offers no STARTTLS or no login; try smtps://") from None
    except ssl.SSLCertVerificationError as exc:
        raise OperatorError(f"SMTP_URL: the server's certificate is not valid: {exc.verify_message}") from exc
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as exc:
        raise OperatorError(f"SMTP_URL: the mail server cannot be reached ({type(exc).__name__})") from None
    return f"the mail server takes mail of {mail_from}"
