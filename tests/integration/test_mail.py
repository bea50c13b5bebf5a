"""E-mail read from a mailbox, through the real library and sockets: what arrives, in which order, what is flagged."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from adapters.mail import Mail
from adapters.mail_sender import DnsUnavailable
from statemachine.errors import AttachmentRefused, OperatorError, SendLater
from tests.hostile_mails import BELIEVED, CHECKED, odd_but_fine
from tests.inbox import Inbox
from tests.mailing import listening, mail_for
from tests.servers.mail import PASSWORD, MailServer
from tests.servers.mail_letters import JOURNAL, accepted, letter, picture, png, signed, zone

ANN, BEN = "ann@example.com", "ben@example.org"


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        yield server


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def mail(server: MailServer, inbox: Inbox) -> AsyncIterator[Mail]:
    adapter = mail_for(server)
    async with listening(adapter, inbox):
        yield adapter


# What people do, as the journal gets it: cases that every adapter has in common.


async def test_text(server: MailServer, mail: Mail, inbox: Inbox) -> None:
    server.deliver(accepted("long 2 nq 18250 <b>&", message_id="<1@example.com>"))
    await server.until(lambda: not server.unseen())
    message = inbox.messages[0]
    assert (message.platform, message.account, message.chat_id) == ("email", JOURNAL, ANN)
    assert (message.external_id, message.text) == ("<1@example.com>", "long 2 nq 18250 <b>&")
    assert message.private
    assert abs(message.sent_at.timestamp() - time.time()) < 60


async def test_picture_and_its_bytes(server: MailServer, mail: Mail, inbox: Inbox) -> None:
    content = png()
    server.deliver(accepted("my entry", files=[picture(content)]))
    await server.until(lambda: inbox.messages)
    message = inbox.messages[0]
    assert (message.text, [found.kind for found in message.attachments]) == ("my entry", ["image"])
    assert await mail.fetch(message.attachments[0], 1_000_000) == content


async def test_picture_is_there_after_a_restore(server: MailServer, mail: Mail, inbox: Inbox) -> None:
    content = png()
    server.write("first")
    server.deliver(accepted("my entry", files=[picture(content)]))
    await server.until(lambda: not server.unseen())
    server.folder.pop(0)
    server.renumber()
    assert await mail.fetch(inbox.messages[1].attachments[0], 1_000_000) == content


async def test_picture_that_cannot_be_had(server: MailServer, inbox: Inbox) -> None:
    mail = mail_for(server)
    server.deliver(accepted("my entry", files=[picture(png()), picture(png(noise=6_000_000))]))
    async with listening(mail, inbox):
        await server.until(lambda: not server.unseen())
    first, large = inbox.messages[0].attachments
    with pytest.raises(AttachmentRefused) as refused:
        await mail.fetch(large, 5_000_000)
    assert refused.value.reason == "too_large"
    server.down = True
    with pytest.raises(SendLater):
        await mail.fetch(first, 5_000_000)
    server.down = False
    server.folder.clear()
    with pytest.raises(AttachmentRefused) as refused:
        await mail.fetch(first, 5_000_000)
    assert refused.value.reason == "gone"


async def test_several_pictures_are_one_message(server: MailServer, mail: Mail, inbox: Inbox) -> None:
    server.deliver(accepted("entry and exit", files=[picture(png(640 + number)) for number in range(3)]))
    await server.until(lambda: inbox.messages)
    assert [len(message.attachments) for message in inbox.messages] == [3]
    assert inbox.messages[0].group_id is None


async def test_the_same_mail_twice_has_one_identity(server: MailServer, mail: Mail, inbox: Inbox) -> None:
    raw = accepted("hi")
    server.deliver(raw)
    server.deliver(raw)
    await server.until(lambda: len(inbox.messages) == 2)
    assert len({(message.chat, message.external_id) for message in inbox.messages}) == 1


async def test_oldest_first_whatever_their_dates(server: MailServer, inbox: Inbox) -> None:
    for number in range(30):
        server.deliver(accepted(f"{number} nq", date=datetime.now(UTC) - timedelta(minutes=number)))
    async with listening(mail_for(server), inbox):
        await server.until(lambda: not server.unseen())
    assert inbox.texts == [f"{number} nq" for number in range(30)]


async def test_what_was_read_before_is_left_alone(server: MailServer, inbox: Inbox) -> None:
    server.deliver(accepted("old"), seen=True)
    server.deliver(accepted("new"))
    async with listening(mail_for(server), inbox):
        await server.until(lambda: not server.unseen())
    assert inbox.texts == ["new"]


# How it arrives.


async def test_idle_brings_a_mail_at_once(server: MailServer, mail: Mail, inbox: Inbox) -> None:
    await server.until(lambda: server.calls["IDLE"])
    began = time.monotonic()
    server.write("long 2 nq")
    await server.until(lambda: inbox.messages)
    took = time.monotonic() - began
    print(f"from delivery to the journal: {took * 1000:.0f} ms")
    await server.until(lambda: not server.unseen())
    assert took < 10  # the next renewal would be in a minute


async def test_news_that_came_with_the_word_idling(server: MailServer, inbox: Inbox) -> None:
    """Between the last look and the idling: the server tells in the same packet, and never again."""
    server.together = True
    server.on_search = lambda: server.write("in between")
    async with listening(mail_for(server), inbox):
        await server.until(lambda: inbox.texts == ["in between"])


async def test_idle_is_renewed(server: MailServer, inbox: Inbox) -> None:
    async with listening(mail_for(server, idle_seconds=0.05), inbox):
        await server.until(lambda: server.calls["IDLE"] >= 3)
        server.write("hi")
        await server.until(lambda: inbox.texts == ["hi"])
    assert server.calls["LOGIN"] == 1


async def test_polling_where_there_is_no_idle(server: MailServer, inbox: Inbox) -> None:
    server.idle = False
    async with listening(mail_for(server), inbox):
        await server.until(lambda: server.calls["SEARCH"] >= 2)
        server.write("hi")
        await server.until(lambda: not server.unseen())
    assert inbox.texts == ["hi"]
    assert server.calls["IDLE"] == 0


# Outages.


async def test_database_down_leaves_mails_unread(server: MailServer, mail: Mail, inbox: Inbox) -> None:
    inbox.down = True
    for number in range(20):
        server.write(f"{number} nq", sender=(ANN, BEN)[number % 2])
    await server.until(lambda: inbox.attempts >= 4)
    assert len(server.unseen()) == 20
    inbox.down = False
    await server.until(lambda: not server.unseen())
    assert inbox.texts_of_sender(ANN) == [f"{number} nq" for number in range(0, 20, 2)]
    assert inbox.texts_of_sender(BEN) == [f"{number} nq" for number in range(1, 20, 2)]


async def test_one_chat_does_not_hold_up_another(server: MailServer, mail: Mail, inbox: Inbox) -> None:
    gate = inbox.gates[ANN] = asyncio.Event()
    first = server.write("waits", sender=ANN)
    second = server.write("waits behind it", sender=ANN)
    server.write("goes on", sender=BEN)
    await server.until(lambda: server.unseen() == [first, second])
    assert inbox.texts == ["goes on"]
    server.write("goes on too", sender=BEN)
    await server.until(lambda: len(inbox.texts) == 2)
    gate.set()
    await server.until(lambda: not server.unseen())
    assert inbox.texts == ["goes on", "goes on too", "waits", "waits behind it"]


async def test_bug_in_the_journal_loses_nothing(server: MailServer, mail: Mail, inbox: Inbox) -> None:
    inbox.sick.add(ANN)
    waits = server.write("ill", sender=ANN)
    server.write("well", sender=BEN)
    await server.until(lambda: server.unseen() == [waits])
    inbox.sick.clear()
    await server.until(lambda: not server.unseen())
    assert inbox.texts == ["well", "ill"]


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "SEARCH", "FETCH", "STORE", "IDLE", "CAPABILITY"])
@pytest.mark.parametrize("how", [{"drop": "before"}, {"drop": "after"}, {"answer": "NO [UNAVAILABLE] later"}])
async def test_failures_of_the_mailbox_are_waited_out(
    server: MailServer, inbox: Inbox, command: str, how: dict[str, str]
) -> None:
    server.fault(command, **how)
    server.write("hi")
    async with listening(mail_for(server), inbox):
        await server.until(lambda: not server.unseen())
        server.write("again")
        await server.until(lambda: not server.unseen())
    assert list(dict.fromkeys(inbox.texts)) == ["hi", "again"]
    assert len({message.external_id for message in inbox.messages}) == 2


async def test_lost_connection_while_idling(server: MailServer, mail: Mail, inbox: Inbox) -> None:
    await server.until(lambda: server.calls["IDLE"])
    server.drop()
    server.write("hi")
    await server.until(lambda: inbox.texts == ["hi"])
    assert server.calls["LOGIN"] == 2


async def test_mailbox_away_at_the_start(server: MailServer, inbox: Inbox) -> None:
    server.down = True
    server.write("hi")
    async with listening(mail_for(server), inbox) as task:
        await server.until(lambda: server.turned_away)
        assert not task.done()
        server.down = False
        await server.until(lambda: inbox.texts == ["hi"])


async def test_renumbered_folder_is_read_anew(server: MailServer, mail: Mail, inbox: Inbox) -> None:
    """After a restore all is unread under other numbers; the journal knows the mails by their Message-IDs."""
    server.write("one")
    server.write("two")
    await server.until(lambda: not server.unseen())
    server.renumber()
    server.write("three")
    await server.until(lambda: not server.unseen())
    assert inbox.texts == ["one", "two", "one", "two", "three"]
    assert len({message.external_id for message in inbox.messages}) == 3


async def test_committed_under_the_old_numbers_flags_nothing_under_the_new(
    server: MailServer, mail: Mail, inbox: Inbox
) -> None:
    ann, ben = inbox.gates[ANN], inbox.gates[BEN] = asyncio.Event(), asyncio.Event()
    server.write("waits", sender=ANN)
    await server.until(lambda: inbox.attempts == 1)
    server.folder.clear()
    server.renumber()
    number = server.write("has its number now", sender=BEN)
    assert number == 1
    await server.until(lambda: inbox.attempts == 2)
    ann.set()
    await server.until(lambda: inbox.texts == ["waits"])
    looks = server.calls["SEARCH"]
    await server.until(lambda: server.calls["SEARCH"] >= looks + 2)
    assert server.unseen() == [number]
    ben.set()
    await server.until(lambda: not server.unseen())
    assert inbox.texts == ["waits", "has its number now"]


async def test_flagged_only_after_the_commit(server: MailServer, mail: Mail, inbox: Inbox) -> None:
    gate = inbox.gates[ANN] = asyncio.Event()
    number = server.write("hi")
    await server.until(lambda: inbox.attempts)
    await server.until(lambda: server.calls["SEARCH"] >= 2)
    assert (server.unseen(), server.calls["STORE"]) == ([number], 0)
    gate.set()
    await server.until(lambda: not server.unseen())


async def test_ended_between_fetch_and_flag(server: MailServer) -> None:
    """Nothing of it is lost, and the next reader hands it over under the same identity."""
    first, second = Inbox(), Inbox()
    first.gates[ANN] = asyncio.Event()
    server.write("hi")
    async with listening(mail_for(server), first):
        await server.until(lambda: first.attempts)
    assert server.unseen() == [1]
    async with listening(mail_for(server), second):
        await server.until(lambda: not server.unseen())
    assert second.texts == ["hi"]


@pytest.mark.parametrize("how", [{"answer": "NO [SERVERBUG] cannot read it"}, {"drop": "before"}])
async def test_mail_that_the_mailbox_cannot_give_holds_up_nobody(
    server: MailServer, inbox: Inbox, how: dict[str, str]
) -> None:
    broken = server.write("broken")
    server.fault(f"BODY {broken}", times=1_000, **how)
    server.write("next", sender=BEN)
    async with listening(mail_for(server, retry_seconds=0.2), inbox):
        await server.until(lambda: server.unseen() == [broken])
        assert inbox.texts == ["next"]
        server.faults.clear()
        await server.until(lambda: not server.unseen(), within=60)
    assert inbox.texts == ["next", "broken"]


async def test_mailbox_that_never_takes_a_flag_is_not_hammered(server: MailServer, inbox: Inbox) -> None:
    server.fault("STORE", answer="NO over quota", times=1_000)
    server.write("hi")
    async with listening(mail_for(server), inbox):
        await server.until(lambda: server.calls["LOGIN"] >= 3)
        began, logins = time.monotonic(), server.calls["LOGIN"]
        await server.until(lambda: server.calls["LOGIN"] > logins)
        assert time.monotonic() - began > 0.5
    assert inbox.texts == ["hi"]


async def test_slow_mailbox_can_be_left_at_once(server: MailServer, inbox: Inbox) -> None:
    server.fault("FETCH", delay=60)
    server.write("hi")
    async with listening(mail_for(server), inbox):
        await server.until(lambda: server.calls["FETCH"])
        began = time.monotonic()
    assert time.monotonic() - began < 20


# Refusals.


async def test_refused_login_is_the_operators(server: MailServer, inbox: Inbox) -> None:
    server.refuse_login = f"[AUTHENTICATIONFAILED] no, not {PASSWORD}"
    adapter = mail_for(server)
    await adapter.connect()
    with pytest.raises(OperatorError, match="IMAP_URL: the mailbox refuses the login") as refused:
        await adapter.listen(inbox)
    assert PASSWORD not in str(refused.value)


async def test_login_refused_later_is_waited_out(server: MailServer, mail: Mail, inbox: Inbox) -> None:
    await server.until(lambda: server.calls["IDLE"])
    server.refuse_login = "[AUTHENTICATIONFAILED] too busy to tell"
    server.drop()
    await server.until(lambda: server.calls["LOGIN"] >= 2)
    server.refuse_login = ""
    server.write("hi")
    await server.until(lambda: inbox.texts == ["hi"])


async def test_folder_that_is_not_there(server: MailServer, inbox: Inbox) -> None:
    adapter = Mail(server.imap_url.replace("/INBOX", "/Elsewhere"), server.smtp_url, JOURNAL)
    with pytest.raises(OperatorError, match="no folder Elsewhere"):
        await adapter.listen(inbox)


@pytest.mark.parametrize(
    ("imap_url", "smtp_url", "mail_from", "says"),
    [
        ("imaps://u:p@", "smtp://h", JOURNAL, "IMAP_URL must look like"),
        ("http://u:p@h", "smtp://h", JOURNAL, "IMAP_URL must look like"),
        ("imaps://u:p#x@h/INBOX", "smtp://h", JOURNAL, "IMAP_URL must look like"),
        ("imaps://u:p@h:99999", "smtp://h", JOURNAL, "IMAP_URL must look like"),
        ("imaps://u:p%0D%0Ax@h", "smtp://h", JOURNAL, "IMAP_URL must look like"),
        ("imaps://u:p@h", "imap://h", JOURNAL, "SMTP_URL must look like"),
        ("imaps://u:p@h", "smtp://h", "journal", "MAIL_FROM must be"),
        ("imaps://u:p@h", "smtp://h", "a b@example.com", "MAIL_FROM must be"),
    ],
)
async def test_settings_of_a_wrong_shape(imap_url: str, smtp_url: str, mail_from: str, says: str) -> None:
    with pytest.raises(OperatorError, match=says) as refused:
        await Mail(imap_url, smtp_url, mail_from).connect()
    assert "u:p" not in str(refused.value)


# Hostile mail.


async def test_nothing_hostile_reaches_the_journal_or_stops_the_reader(
    server: MailServer, mail: Mail, inbox: Inbox
) -> None:
    wanted = Counter(why for _, why in BELIEVED.values())
    for raw, _ in BELIEVED.values():
        server.deliver(raw)
    server.write("the next good one")
    await server.until(lambda: not server.unseen(), within=60)
    assert inbox.texts == ["the next good one"]
    assert mail.skipped == wanted
    assert len(BELIEVED) > 80
    assert server.sent == []
    assert server.calls["LOGIN"] == 1


async def test_nothing_unsigned_or_forged_where_signatures_are_checked_here(server: MailServer, inbox: Inbox) -> None:
    adapter = mail_for(server, authserv_id=None, dns=zone(revoked=b"v=DKIM1; p="))
    for raw, _ in CHECKED.values():
        server.deliver(raw)
    server.deliver(signed(letter("the next good one")))
    async with listening(adapter, inbox):
        await server.until(lambda: not server.unseen(), within=60)
    assert inbox.texts == ["the next good one"]
    assert sum(adapter.skipped.values()) == len(CHECKED)


async def test_strange_mails_of_people_arrive(server: MailServer, mail: Mail, inbox: Inbox) -> None:
    mails = odd_but_fine()
    for raw in mails.values():
        server.deliver(raw)
    await server.until(lambda: not server.unseen(), within=60)
    assert len(inbox.messages) == len(mails)
    assert mail.skipped == {}


async def test_thirty_megabytes_are_not_even_fetched(server: MailServer, mail: Mail, inbox: Inbox) -> None:
    server.deliver(accepted("hi"), size=30_000_001)
    server.write("next")
    await server.until(lambda: not server.unseen())
    assert inbox.texts == ["next"]
    assert mail.skipped == {"too_large": 1}
    assert server.calls["FETCH"] <= 4  # sizes (once or twice) and the body of the good one


async def test_skipped_mail_leaves_only_its_reason_in_the_log(
    server: MailServer, mail: Mail, inbox: Inbox, capsys: pytest.CaptureFixture[str]
) -> None:
    server.deliver(letter("planted-body", sender="planted-sender@evil.test", subject="planted-subject"))
    server.write("next")
    await server.until(lambda: not server.unseen())
    said = capsys.readouterr().out
    assert "unauthenticated" in said
    assert "planted" not in said


async def test_dns_that_is_away_is_asked_again(server: MailServer, inbox: Inbox) -> None:
    answers = [False, False, True]
    known = zone()

    def dns(name: str) -> bytes | None:
        if not answers.pop(0):
            raise DnsUnavailable
        return known(name)

    server.deliver(signed(letter("hi")))
    async with listening(mail_for(server, authserv_id=None, dns=dns, retry_seconds=0.02), inbox):
        await server.until(lambda: not server.unseen())
    assert inbox.texts == ["hi"]


async def test_dns_that_never_answers_is_not_asked_for_ever(server: MailServer, inbox: Inbox) -> None:
    def dns(name: str) -> bytes | None:
        raise DnsUnavailable

    two_days_ago = datetime.now(UTC) - timedelta(days=2)
    server.deliver(signed(letter("hi", date=two_days_ago)), arrived=two_days_ago)
    adapter = mail_for(server, authserv_id=None, dns=dns, retry_seconds=0.02)
    async with listening(adapter, inbox):
        await server.until(lambda: not server.unseen())
    assert (inbox.messages, adapter.skipped) == ([], {"unauthenticated": 1})
