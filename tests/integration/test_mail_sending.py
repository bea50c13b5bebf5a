"""Replies by SMTP, through the real library and sockets: what a mail program gets, and what a refusal means."""

import asyncio
import email
import email.policy
import html
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from adapters import Envelope
from adapters.mail import Mail
from adapters.mail_mime import Skip
from adapters.mail_wire import Reading, to_message
from statemachine.errors import AttachmentRefused, SendLater, SendRefused
from statemachine.message import Button, Reply
from tests.hostile_mails import with_line
from tests.mailing import mail_for
from tests.servers.mail import PASSWORD, MailServer
from tests.servers.mail_letters import AUTHSERV, JOURNAL, accepted, marked, png

ANN = "ann@example.com"
DRAFT = "c:0123456789abcdef0123456789abcdef:1"
QUESTION = Reply(
    title="Is this right?",
    text="Long 2 NQ\n18,250 → 18,290 · stop <18,230> & more",
    buttons=((Button("Confirm", DRAFT), Button("Cancel", "d:1:1")), (Button("Edit", "e:1:1"),)),
)


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        yield server


@pytest.fixture
def mail(server: MailServer) -> Mail:
    return mail_for(server)


def answering(*lines: str, **letter: str) -> Envelope:
    """The envelope of a reply to this mail, as the journal would hand it back. `lines`: further header fields."""
    raw = accepted("long 2 nq", message_id="<2@example.com>", **letter)
    for line in lines:
        raw = with_line(line, raw)
    message = to_message(raw, datetime.now(UTC), Reading(JOURNAL, AUTHSERV, lambda name: None))
    return Envelope(key="outbox-7", handle=message.handle)


def last(server: MailServer) -> EmailMessage:
    message = email.message_from_bytes(server.sent[-1].raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(server: MailServer, kind: str) -> str:
    part = last(server).get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


async def test_text_and_html(server: MailServer, mail: Mail) -> None:
    await mail.send(ANN, QUESTION, Envelope(key="1"))
    sent = server.sent[-1]
    assert (sent.sender, sent.to) == (JOURNAL, (ANN,))
    message = last(server)
    assert (message["From"], message["To"]) == (f"Vigil <{JOURNAL}>", ANN)
    assert message["Subject"] == "Is this right?"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] is None
    assert body(server, "plain") == (
        "Is this right?\n\nLong 2 NQ\n18,250 → 18,290 · stop <18,230> & more\n\n[1] Confirm\n[2] Cancel\n[3] Edit\n"
    )
    page = body(server, "html")
    assert "stop &lt;18,230&gt; &amp; more" in page
    assert "<b>Is this right?</b>" in page
    assert not re.search(rb"[^\r]\n", sent.raw)


async def test_choice_by_link_comes_back_as_the_button(server: MailServer, mail: Mail) -> None:
    """The link of the HTML part begins the very mail that presses the button."""
    await mail.send(ANN, QUESTION, Envelope(key="1"))
    links = [urlsplit(html.unescape(link)) for link in re.findall('href="(.*?)"', body(server, "html"))]
    assert [(link.scheme, unquote(link.path)) for link in links] == [("mailto", JOURNAL)] * 3
    fields = parse_qs(links[0].query)
    raw = accepted(fields["body"][0], subject=fields["subject"][0])
    message = to_message(raw, datetime.now(UTC), Reading(JOURNAL, AUTHSERV, lambda name: None))
    assert message.button == DRAFT


async def test_answer_is_in_the_thread(server: MailServer, mail: Mail) -> None:
    envelope = answering(subject="Re: my day", references="<0@example.com> <1@example.com>")
    sent = await mail.send(ANN, Reply(text="Recorded"), envelope)
    message = last(server)
    assert message["Subject"] == "Re: my day"
    assert message["In-Reply-To"] == "<2@example.com>"
    assert message["References"].split() == ["<0@example.com>", "<1@example.com>", "<2@example.com>"]
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["Message-ID"] == sent
    assert (sent or "").endswith("@vigil.test>")


async def test_long_ids_stay_whole(server: MailServer, mail: Mail) -> None:
    """The standard library would break them into encoded words, and the thread with them."""
    long = f"<{'x' * 200}@example.com>"
    await mail.send(ANN, Reply(text="Recorded"), answering(f"References: {' '.join([long] * 12)}"))
    assert server.sent[-1].raw.count(long.encode()) == 10
    assert all(len(line) < 998 for line in server.sent[-1].raw.split(b"\r\n"))


async def test_every_try_has_the_same_id_and_no_other_reply_has(server: MailServer, mail: Mail) -> None:
    server.fault("smtp:END", drop="after")
    with pytest.raises(SendLater):
        await mail.send(ANN, Reply(text="one"), Envelope(key="1"))
    again = await mail.send(ANN, Reply(text="one"), Envelope(key="1"))
    other = await mail.send(ANN, Reply(text="two"), Envelope(key="2"))
    ids = [email.message_from_bytes(sent.raw)["Message-ID"] for sent in server.sent]
    assert ids == [again, again, other]
    assert again != other


async def test_answer_of_the_adapter_is_automatic_mail_to_itself(server: MailServer, mail: Mail) -> None:
    """Two journals that write to each other stop after the first letter."""
    await mail.send("journal@other.test", Reply(text="Recorded"), Envelope(key="1"))
    raw = marked(server.sent[-1].raw, "dmarc=pass header.from=vigil.test")
    with pytest.raises(Skip, match="automatic"):
        to_message(raw, datetime.now(UTC), Reading("journal@other.test", AUTHSERV, lambda name: None))


@pytest.mark.parametrize("subject", ["VGL-AB12", f"Vigil: Confirm [{DRAFT}]"])
async def test_subject_of_an_answer_presses_and_spends_nothing(server: MailServer, mail: Mail, subject: str) -> None:
    await mail.send(ANN, Reply(text="Linked"), answering(subject=subject))
    assert "VGL" not in last(server)["Subject"]
    assert DRAFT not in last(server)["Subject"]


async def test_over_long_reply_is_one_mail(server: MailServer, mail: Mail) -> None:
    text = "\n".join(f"{number}: a line of the report 📈 äöü" for number in range(5_000)) + "x" * 20_000
    await mail.send(ANN, Reply(text=text), Envelope(key="1"))
    assert body(server, "plain") == text + "\n"
    assert all(len(line) < 998 for line in server.sent[-1].raw.split(b"\r\n"))


async def test_lines_of_dots(server: MailServer, mail: Mail) -> None:
    await mail.send(ANN, Reply(text=".\n..\nQUIT\n.x"), Envelope(key="1"))
    assert body(server, "plain") == ".\n..\nQUIT\n.x\n"


async def test_picture_goes_along(server: MailServer) -> None:
    content = png()

    async def load(path: str) -> bytes:
        assert path == "u/t-chart.png"
        return content

    await mail_for(server, load_image=load).send(
        ANN, Reply(text="Your <week>", image="u/t-chart.png"), Envelope(key="1")
    )
    [image] = [part for part in last(server).walk() if part.get_content_maintype() == "image"]
    assert (image.get_content_type(), image.get_content()) == ("image/png", content)
    assert f"cid:{image['Content-ID'][1:-1]}" in body(server, "html")
    assert 'alt="Your &lt;week&gt;"' in body(server, "html")


async def test_a_picture_says_what_it_shows(server: MailServer) -> None:
    async def load(path: str) -> bytes:
        return png()

    reply = Reply(title="Equity", text="+$120.00", image="u/t.png", alt='Line chart: "A & B" rose.')
    await mail_for(server, load_image=load).send(ANN, reply, Envelope(key="1"))
    assert 'alt="Line chart: &quot;A &amp; B&quot; rose."' in body(server, "html")


async def test_picture_that_is_gone(server: MailServer) -> None:
    async def load(path: str) -> bytes:
        raise AttachmentRefused("gone")

    await mail_for(server, load_image=load).send(ANN, Reply(text="Your week", image="u/t.png"), Envelope(key="1"))
    assert "Your week" in body(server, "plain")


@pytest.mark.parametrize(
    "handle",
    [
        "no json",
        "[]",
        "5",
        "[" * 100_000,
        '{"id": 5, "refs": "x", "subject": []}',
        '{"id": "<a@b>\\r\\nBcc: eve@evil.test", "refs": ["<a@b>\\nBcc: eve@evil.test"], "subject": "x"}',
        '{"id": "", "refs": [], "subject": "hi\\r\\nBcc: eve@evil.test\\r\\n\\r\\nbody"}',
        '{"id": "", "refs": [], "subject": "\\u2028\\u0000\\ud800hi"}',
    ],
)
async def test_no_field_can_be_injected(server: MailServer, mail: Mail, handle: str) -> None:
    await mail.send(ANN, Reply(title="t\r\nBcc: eve@evil.test", text="x"), Envelope(key="1\r\n", handle=handle))
    message = last(server)
    assert message["Bcc"] is None
    assert server.sent[-1].to == (ANN,)
    assert message["In-Reply-To"] is None
    assert len(message["Subject"].splitlines()) == 1


@pytest.mark.parametrize(
    "chat_id", ["", "ann", "ann@example.com, eve@evil.test", "a@b.c\r\nRCPT TO:<eve@evil.test>", "<a@b.c>"]
)
async def test_addresses_that_are_none(server: MailServer, mail: Mail, chat_id: str) -> None:
    with pytest.raises(SendRefused):
        await mail.send(chat_id, Reply(text="hi"), Envelope(key="1"))
    assert server.calls["smtp:EHLO"] == 0


async def test_nothing_to_say(mail: Mail) -> None:
    with pytest.raises(SendRefused):
        await mail.send(ANN, Reply(text=" \n"), Envelope(key="1"))


async def test_lone_surrogates_and_nul_in_a_reply(server: MailServer, mail: Mail) -> None:
    await mail.send(ANN, Reply(text="a\ud800b\x00c", buttons=((Button("x\ny", "d"),),)), Envelope(key="1"))
    assert body(server, "plain") == "a?bc\n\n[1] x y\n"


# Refusals and outages.


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [
        ("smtp:CONNECT", "421 too busy", SendLater),
        ("smtp:CONNECT", "554 not today", SendLater),
        ("smtp:MAIL", "451 try later", SendLater),
        ("smtp:MAIL", "553 this sender is not yours", SendLater),
        ("smtp:RCPT", "450 greylisted", SendLater),
        ("smtp:RCPT", "421 closing", SendLater),
        ("smtp:RCPT", "550 5.1.1 no such user", SendRefused),
        ("smtp:RCPT", "530 please log in", SendLater),
        ("smtp:DATA", "452 no room", SendLater),
        ("smtp:DATA", "554 refused", SendRefused),
        ("smtp:END", "451 try later", SendLater),
        ("smtp:END", "554 looks like spam", SendRefused),
    ],
)
async def test_refusals(server: MailServer, mail: Mail, command: str, answer: str, error: type[Exception]) -> None:
    server.fault(command, answer=answer)
    with pytest.raises(error) as refused:
        await mail.send(ANN, Reply(text="hi"), Envelope(key="1"))
    if isinstance(refused.value, SendRefused):
        assert answer.split(" ")[0] in str(refused.value)
        assert not refused.value.blocked
    assert await mail.send(ANN, Reply(text="hi"), Envelope(key="1"))


@pytest.mark.parametrize("command", ["smtp:CONNECT", "smtp:EHLO", "smtp:AUTH", "smtp:MAIL", "smtp:RCPT", "smtp:DATA"])
async def test_lost_connections(server: MailServer, mail: Mail, command: str) -> None:
    server.fault(command, drop="before")
    with pytest.raises(SendLater):
        await mail.send(ANN, Reply(text="hi"), Envelope(key="1"))
    assert server.sent == []


async def test_slow_server(server: MailServer) -> None:
    server.fault("smtp:RCPT", delay=60)
    with pytest.raises(SendLater):
        await mail_for(server, send_seconds=0.2).send(ANN, Reply(text="hi"), Envelope(key="1"))


async def test_nobody_there() -> None:
    mail = Mail("imap://u:p@127.0.0.1:1/INBOX", "smtp://127.0.0.1:1", JOURNAL)
    with pytest.raises(SendLater):
        await mail.send(ANN, Reply(text="hi"), Envelope(key="1"))


async def test_refused_login_waits_for_the_operator(
    server: MailServer, mail: Mail, capsys: pytest.CaptureFixture[str]
) -> None:
    server.refuse_smtp_login = True
    with pytest.raises(SendLater) as later:
        await mail.send(ANN, Reply(text="hi"), Envelope(key="1"))
    said = capsys.readouterr().out + str(later.value)
    assert "smtp_refuses_us" in said
    assert PASSWORD not in said


async def test_many_at_once(server: MailServer, mail: Mail) -> None:
    ids = await asyncio.gather(
        *(mail.send(f"t{n}@example.com", Reply(text=f"{n}"), Envelope(key=str(n))) for n in range(40))
    )
    assert len(set(ids)) == 40
    assert {sent.to[0] for sent in server.sent} == {f"t{n}@example.com" for n in range(40)}
