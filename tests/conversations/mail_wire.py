"""Conversations over e-mail's wire: mails out and in; a choice is the link that begins a mail."""

import email
import email.policy
import html
import re
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

from adapters import Envelope
from adapters.mail_reply import to_mail
from adapters.mail_wire import Reading, to_message
from statemachine.message import Message, Reply
from tests.contract.driver import picture as chart
from tests.conversations.driver import BEGIN
from tests.conversations.wires import Choice, Feature, Read, Said, Wire, lines_of
from tests.servers.mail_letters import AUTHSERV, JOURNAL, accepted, picture, zone

ANN = "ann@example.com"
LINK = re.compile(r'<a href="(mailto:[^"]+)">([^<]*)</a>')
READING = Reading(JOURNAL, AUTHSERV, zone())


class MailWire(Wire):
    name = "email"
    cannot: frozenset[Feature] = frozenset({"edit", "voice"})

    def read(self, reply: Reply, number: int) -> Read:
        _, raw = to_mail(reply, ANN, JOURNAL, Envelope(key=str(number)), BEGIN)
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        words, page = (part.get_content() for part in (mail.get_body(("plain",)), mail.get_body(("html",))) if part)
        found = [(html.unescape(link), html.unescape(label)) for link, label in LINK.findall(page)]
        numbered = {f"[{place}] {label}" for place, (_, label) in enumerate(found, 1)}
        lines = [line for line in lines_of(words.replace("\r\n", "\n")) if line not in numbered]
        return Read(tuple(lines), tuple(Choice(label, link) for link, label in found))

    def message(self, said: Said) -> Message:
        text, more = said.text, {"subject": "trade"}
        if said.pressed is not None:
            begun = {name: values[0] for name, values in parse_qs(urlsplit(said.pressed.press).query).items()}
            text, more = begun["body"], {"subject": begun["subject"]}
        elif said.answers is not None:
            more["in_reply_to"] = f"<reply.{said.answers}@vigil.test>"
        files = [picture(chart(100))] if said.file else []
        if files and not text:
            more["subject"] = ""
        raw = accepted(text, sender=ANN, date=said.at, files=files, message_id=f"<{said.number}@example.com>", **more)
        return to_message(raw, said.at, READING)
