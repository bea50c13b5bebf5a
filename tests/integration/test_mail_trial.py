"""What `vigil doctor` says about the mail settings."""

from collections.abc import AsyncIterator

import pytest

from adapters.mail_trial import try_mailbox, try_smtp
from statemachine.errors import OperatorError
from tests.servers.mail import PASSWORD, MailServer
from tests.servers.mail_letters import AUTHSERV, JOURNAL, accepted, letter


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        yield server


async def test_mailbox_answers(server: MailServer) -> None:
    server.deliver(accepted("hi"))
    said = await try_mailbox(server.imap_url, AUTHSERV)
    assert said == (
        f"the mailbox answers, 1 unread, mail is pushed (IDLE); senders are believed by the word of {AUTHSERV}"
    )
    assert server.unseen() == [1]
    assert server.calls["STORE"] == 0


async def test_whose_word_the_newest_mails_carry(server: MailServer) -> None:
    server.deliver(accepted("hi"))
    with pytest.raises(OperatorError, match=f"no results of mx.other.test, but of {AUTHSERV}"):
        await try_mailbox(server.imap_url, "mx.other.test")
    assert f"signatures of senders are checked here (newest mails carry results of {AUTHSERV})" in await try_mailbox(
        server.imap_url, None
    )
    server.folder.clear()
    server.deliver(letter("hi"))
    with pytest.raises(OperatorError, match="nor of any other"):
        await try_mailbox(server.imap_url, AUTHSERV)


async def test_empty_mailbox_without_idle(server: MailServer) -> None:
    server.idle = False
    assert "0 unread, the server has no IDLE" in await try_mailbox(server.imap_url, AUTHSERV)


async def test_mailbox_refuses_or_is_away(server: MailServer) -> None:
    server.refuse_login = "[AUTHENTICATIONFAILED] no"
    with pytest.raises(OperatorError, match="refuses the login"):
        await try_mailbox(server.imap_url, None)
    with pytest.raises(OperatorError, match="cannot be reached"):
        await try_mailbox("imap://u:p@127.0.0.1:1/INBOX", None)


async def test_smtp(server: MailServer) -> None:
    assert await try_smtp(server.smtp_url, JOURNAL) == f"the mail server takes mail of {JOURNAL}"
    assert server.sent == []
    server.fault("smtp:MAIL", answer="553 not yours")
    with pytest.raises(OperatorError, match="does not send for"):
        await try_smtp(server.smtp_url, JOURNAL)
    server.refuse_smtp_login = True
    with pytest.raises(OperatorError, match="refuses the login") as refused:
        await try_smtp(server.smtp_url, JOURNAL)
    assert PASSWORD not in str(refused.value)
    with pytest.raises(OperatorError, match="cannot be reached"):
        await try_smtp("smtp://127.0.0.1:1", JOURNAL)
