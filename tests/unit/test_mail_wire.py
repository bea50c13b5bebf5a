"""A mail's bytes to a Message, or to the reason it is skipped."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from adapters.mail_mime import Skip
from adapters.mail_sender import DnsUnavailable
from adapters.mail_wire import Reading, file_in, filed_of, to_message
from statemachine.errors import AttachmentRefused
from statemachine.message import Message
from tests.hostile_mails import BELIEVED, CHECKED, odd_but_fine
from tests.servers.mail_letters import AUTHSERV, JOURNAL, accepted, letter, marked, picture, png, record, signed, zone

NOW = datetime.now(UTC).replace(microsecond=0)
ZONE = zone(
    weak=record("weak", 1024).replace(b"p=MI", b"p=AA"),
    trial=record(tags="t=y; "),
    revoked=b"v=DKIM1; k=rsa; p=",
    huge=record() + b"; n=" + b"x" * 8_000,
    odd=b"\xff\xfe = ; p=??",
)
BELIEVES = Reading(JOURNAL, AUTHSERV, ZONE)
CHECKS = Reading(JOURNAL, None, ZONE)


def read(raw: bytes, arrived: datetime = NOW, reading: Reading = BELIEVES) -> Message:
    return to_message(raw, arrived, reading)


def reason(raw: bytes, reading: Reading) -> str:
    with pytest.raises(Skip) as skip:
        to_message(raw, NOW, reading)
    return skip.value.reason


@pytest.mark.parametrize("name", BELIEVED)
def test_skipped(name: str) -> None:
    raw, why = BELIEVED[name]
    began = time.process_time()
    assert reason(raw, BELIEVES) == why
    assert time.process_time() - began < 5


@pytest.mark.parametrize("name", CHECKED)
def test_skipped_by_signature(name: str) -> None:
    raw, why = CHECKED[name]
    assert reason(raw, CHECKS) == why


ODD = odd_but_fine()


@pytest.mark.parametrize("name", ODD)
def test_odd_but_fine(name: str) -> None:
    message = read(ODD[name])
    assert message.text
    assert "\x00" not in message.text


def test_there_are_enough_of_them() -> None:
    assert len(BELIEVED) + len(CHECKED) > 100


def test_text() -> None:
    message = read(accepted("long 2 nq 18250 <b>&", sender="Ann Äpfel <Ann@Example.COM>", message_id="<1@example.com>"))
    assert (message.platform, message.account) == ("email", JOURNAL)
    assert (message.chat_id, message.sender_id) == ("ann@example.com", "ann@example.com")
    assert (message.external_id, message.text, message.private) == ("<1@example.com>", "long 2 nq 18250 <b>&", True)


@pytest.mark.parametrize("sender", ["ann.b+journal@example.com", "a.n.n@example.com"])
def test_addresses_are_not_folded(sender: str) -> None:
    assert read(accepted(sender=sender)).chat_id == sender


@pytest.mark.parametrize(
    "results",
    [
        "dmarc=pass header.from=example.com",
        "dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=EXAMPLE.com",
        "dkim=pass header.d=example.com",
        "dkim=pass header.i=@mail.example.com header.s=s1 header.b=abc",
        "dkim=fail header.d=example.com; dkim=pass (2048-bit key) header.d=mail.example.com",
        "spf=pass (mx.vigil.test: x designates 192.0.2.1 as permitted sender) smtp.mailfrom=b@mail.example.com",
        "dmarc=none header.from=example.com; dkim=pass header.d=example.com",
    ],
)
def test_our_servers_word(results: str) -> None:
    assert read(marked(letter(), results)).chat_id == "ann@example.com"


@pytest.mark.parametrize("canon", [(b"simple", b"simple"), (b"relaxed", b"relaxed")])
def test_signature(canon: tuple[bytes, bytes]) -> None:
    message = read(signed(letter(), canon=canon), reading=CHECKS)
    assert (message.chat_id, message.text) == ("ann@example.com", "long 2 nq 18250 > 18290")


def test_signature_of_a_subdomain_counts() -> None:
    def dns(name: str) -> bytes | None:
        return record() if name == "s1._domainkey.mail.example.com." else None

    raw = signed(letter(), domain="mail.example.com")
    assert read(raw, reading=Reading(JOURNAL, None, dns)).chat_id == "ann@example.com"


def test_second_signature_may_be_the_one() -> None:
    raw = signed(signed(letter()), domain="list.test", owner="evil.test")
    assert read(raw, reading=CHECKS).chat_id == "ann@example.com"


def test_a_replay_under_another_message_id_is_a_repeat() -> None:
    """The Message-ID is not covered here, so a thief may change it; what is covered names the mail."""
    raw = signed(letter(message_id="<1@example.com>"), cover=("from", "to", "subject", "date"))
    replayed = raw.replace(b"<1@example.com>", b"<2@evil.test>")
    first, second = read(raw, reading=CHECKS), read(replayed, reading=CHECKS)
    assert first.external_id == second.external_id
    assert read(signed(letter("short")), reading=CHECKS).external_id != first.external_id


def test_a_replay_without_one_of_two_signatures_is_a_repeat() -> None:
    other = zone(s2=record("second"))
    once = signed(letter(), canon=(b"simple", b"simple"))
    twice = signed(once, owner="second", selector="s2")
    reading = Reading(JOURNAL, None, other)
    assert read(once, reading=reading).external_id == read(twice, reading=reading).external_id


def test_uncovered_subject_is_not_read() -> None:
    raw = signed(letter("", subject="VGL-AB12"), cover=("from", "to", "date"))
    assert reason(raw, CHECKS) == "empty"
    assert read(signed(letter("", subject="VGL-AB12")), reading=CHECKS).text == "VGL-AB12"


def test_no_look_up_for_a_signature_that_cannot_count() -> None:
    def dns(name: str) -> bytes | None:
        raise AssertionError(name)

    raw = signed(letter(), domain="evil.test", owner="evil.test")
    assert reason(raw, Reading(JOURNAL, None, dns)) == "unauthenticated"


def test_dns_that_is_away_decides_nothing() -> None:
    def dns(name: str) -> bytes | None:
        raise DnsUnavailable

    with pytest.raises(DnsUnavailable):
        read(signed(letter()), reading=Reading(JOURNAL, None, dns))


@pytest.mark.parametrize("message_id", ["", "no brackets", "<a@b> <c@d>", f"<{'x' * 600}@example.com>", "<>"])
def test_mail_without_a_usable_id_has_its_hash(message_id: str) -> None:
    raw = accepted(message_id="<1@example.com>").replace(b"<1@example.com>", message_id.encode())
    first = read(raw)
    assert first.external_id.startswith("sha256:")
    assert len(first.external_id) == 71
    assert read(raw).external_id == first.external_id


def test_date_counts_only_near_the_arrival() -> None:
    written = NOW - timedelta(hours=20)
    assert read(accepted(date=written)).sent_at == written
    assert read(accepted(date=NOW - timedelta(hours=30))).sent_at == NOW
    assert read(accepted(date=NOW + timedelta(hours=23))).sent_at == NOW + timedelta(hours=23)


def test_a_week_is_counted_from_the_arrival() -> None:
    """A mail that waited for a worker for a month is as good as on its first day."""
    month_ago = NOW - timedelta(days=30)
    assert read(accepted(date=month_ago), arrived=month_ago).sent_at == month_ago


@pytest.mark.parametrize(
    ("text", "subject", "fields", "says"),
    [
        ("", "long 2 nq 18250 > 18290", {}, "long 2 nq 18250 > 18290"),
        ("", "Fwd: long 2 nq", {}, "long 2 nq"),
        ("VGL-AB12", "hello", {}, "VGL-AB12"),
        ("", "VGL-AB12", {}, "VGL-AB12"),
        ("", "My code is vgl-ab12.", {}, "VGL-AB12"),
        ("please link me", "Code VGL-AB12", {}, "VGL-AB12"),
        ("Hello, my code is VGL-AB12. Thanks!", "hello", {}, "VGL-AB12"),
        ("VGL-AB12 ann@example.com", "", {}, "VGL-AB12 ann@example.com"),
        ("/link VGL-AB12", "", {}, "/link VGL-AB12"),
        ("long 2 nq 18250", "Re: VGL-AB12", {"in_reply_to": "<a@b.c>"}, "long 2 nq 18250"),
        ("long 2 nq 18250", "VGL-AB12", {"references": "<a@b.c>"}, "long 2 nq 18250"),
        ("2", "Re: Is this right?", {"in_reply_to": "<a@b.c>"}, "2"),
    ],
)
def test_body_subject_and_code(text: str, subject: str, fields: dict[str, str], says: str) -> None:
    assert read(accepted(text, subject=subject, **fields)).text == says


def test_choice_by_number() -> None:
    message = read(accepted("2\n\n-- \nAnn", subject="Re: Is this right?", in_reply_to="<1.key@vigil.test>"))
    assert (message.choice, message.text, message.reply_to) == (2, "2", "<1.key@vigil.test>")
    assert read(accepted("2 nq")).choice is None


DATA = "c:0123456789abcdef0123456789abcdef:1"


@pytest.mark.parametrize(
    "body", ["Confirm", "", "Confirm\n\nSent from my iPhone", "Confirm\n\nAnn Example\nExample Ltd"]
)
def test_choice_by_link(body: str) -> None:
    message = read(accepted(body, subject=f"Vigil: Confirm [{DATA}]"))
    assert (message.button, message.text, message.choice) == (DATA, "", None)


@pytest.mark.parametrize(
    ("body", "subject", "fields"),
    [
        ("long 2 nq", f"Vigil: Confirm [{DATA}]", {}),
        ("Confirm", f"Re: Vigil: Confirm [{DATA}]", {}),
        ("Confirm", f"Vigil: Confirm [{DATA}]", {"in_reply_to": "<a@b.c>"}),
        ("Confirm", f"Other: Confirm [{DATA}]", {}),
        ("Confirm", f"Vigil: Confirm [{'x' * 65}]", {}),
        ("Confirm", "Vigil: Confirm [a b]", {}),
        ("Confirm", "Vigil: Confirm []", {}),
        ("Confirm", f"Vigil: Confirm [{DATA}] more", {}),
    ],
)
def test_no_choice(body: str, subject: str, fields: dict[str, str]) -> None:
    message = read(accepted(body, subject=subject, **fields))
    assert message.button is None
    assert message.text == body


def test_picture_attached() -> None:
    content = png()
    raw = accepted("my entry", files=[picture(content, "Chart Äpfel.png")])
    message = to_message(raw, NOW, BELIEVES, ("1000", 7))
    [found] = message.attachments
    assert (found.kind, found.name, found.mime, found.size) == ("image", "Chart Äpfel.png", "image/png", len(content))
    assert file_in(raw, filed_of(found.handle)) == content
    assert len(found.handle) < 400


def test_picture_inline_and_the_logo_of_a_signature() -> None:
    chart, logo, quoted = png(noise=20_000), png(60, 60, noise=20_000), png(800, 600, noise=20_000)
    html = (
        '<p>my entry</p><img src="cid:chart@x"><p>--<br>Ann <img src="cid:logo@x"></p>'
        '<div class="gmail_quote"><img src="cid:quoted@x"></div>'
    )
    files = [
        picture(chart, disposition="inline", cid="chart@x"),
        picture(logo, disposition="inline", cid="logo@x"),
        picture(quoted, disposition="inline", cid="quoted@x"),
    ]
    raw = accepted("my entry", html=html, files=files)
    message = read(raw)
    assert [found.kind for found in message.attachments] == ["photo"]
    assert file_in(raw, filed_of(message.attachments[0].handle)) == chart
    assert message.text == "my entry"


def test_phone_sends_a_small_picture_inline() -> None:
    """Apple's mail shows it in line without naming it in any HTML: that is no logo."""
    message = read(accepted("chart", files=[picture(png(200, 150), disposition="inline")]))
    assert [found.kind for found in message.attachments] == ["photo"]


def test_picture_alone() -> None:
    message = read(accepted("", subject="chart.png", files=[picture(png())]))
    assert (message.text, len(message.attachments)) == ("", 1)


def test_five_pictures_travel() -> None:
    message = read(accepted("see", files=[picture(png(noise=number), f"{number}.png") for number in range(7)]))
    assert len(message.attachments) == 7
    assert [found.handle.startswith("mail:") for found in message.attachments] == [True] * 5 + [False] * 2
    with pytest.raises(AttachmentRefused) as refused:
        filed_of(message.attachments[6].handle)
    assert refused.value.reason == "too_many"


def test_files_by_kind() -> None:
    files = [
        (b"a,b\n", {"maintype": "text", "subtype": "csv", "filename": "trades.csv"}),
        (b"%PDF", {"maintype": "application", "subtype": "pdf", "filename": "fills.pdf"}),
        (b'x\x9f>"', {"maintype": "application", "subtype": "ms-tnef", "filename": "winmail.dat"}),
        (b"BEGIN", {"maintype": "text", "subtype": "calendar", "filename": "invite.ics"}),
        (png(), {"maintype": "application", "subtype": "octet-stream", "filename": "Chart.PNG"}),
    ]
    message = read(accepted("see", files=files))
    assert [(found.kind, found.name) for found in message.attachments] == [
        ("document", "trades.csv"),
        ("document", "fills.pdf"),
        ("image", "Chart.PNG"),
    ]
    assert message.text == "see"


@pytest.mark.parametrize(
    "handle",
    ["", "mail:1:1::", f"mail:x:1:{'0' * 64}:", f"mail:1:-1:{'0' * 64}:", "https://evil.test/x", "/etc/passwd"],
)
def test_handles_that_hold_nothing(handle: str) -> None:
    with pytest.raises(AttachmentRefused) as refused:
        filed_of(handle)
    assert refused.value.reason == "gone"


def test_a_file_is_had_by_its_hash_alone() -> None:
    """Handles lie where traders can write: one that names another's mail must know what is in it."""
    raw = accepted("see", files=[picture(png())])
    guessed = filed_of(f"mail:1000:7:{'0' * 64}:<any@example.com>")
    with pytest.raises(AttachmentRefused):
        file_in(raw, guessed)


def test_html_only_charsets_and_nesting() -> None:
    assert read(accepted(None, html="<p>long 2 nq</p><p>18250 &gt; 18290</p>")).text == "long 2 nq\n18250 > 18290"
    latin = accepted("größer").replace("größer".encode(), "größer".encode("latin-1"))
    latin = latin.replace(b'charset="utf-8"', b'charset="iso-8859-1"')
    assert "größer" in read(latin).text
    assert read(accepted("plain", html="<p>html</p>")).text == "plain"
    assert read(accepted(" \n", html="<p>html</p>")).text == "html"


@pytest.mark.parametrize(
    ("line", "locale"),
    [
        ("Accept-Language: de-DE, en-US", "de"),
        ("Content-Language: pt", "pt"),
        ("Accept-Language: x1", None),
        ("X-Note: de", None),
    ],
)
def test_language_of_the_mail_program(line: str, locale: str | None) -> None:
    assert read(f"{line}\r\n".encode() + accepted()).locale == locale


def test_what_an_answer_needs() -> None:
    refs = " ".join(f"<{number}@example.com>" for number in range(30))
    message = read(accepted("yes", subject=f"Re: AW: my day [{DATA}]", references=refs, message_id="<me@example.com>"))
    handle = json.loads(message.handle or "")
    assert handle["id"] == "<me@example.com>"
    assert handle["refs"] == [f"<{number}@example.com>" for number in range(20, 30)]
    assert handle["subject"] == "my day"
    assert len(message.handle or "") < 4_000
