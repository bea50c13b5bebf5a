"""Conversations over WhatsApp's wire: texts out, Twilio's forms in; choices are numbers."""

import re

from adapters.whatsapp_wire import to_message, to_parts
from bot.texts.catalogue import LANGUAGES
from statemachine.message import Message, Reply
from tests.conversations.wires import Choice, Feature, Read, Said, Wire, lines_of
from tests.servers.whatsapp_text import shown

ANN, NUMBER = "+4915112345678", "+14155238886"
ANSWERS = "|".join(re.escape(texts["choose"]) for texts in LANGUAGES.values())
CHOICES = re.compile(rf"((?:^\d+ [^\n]+\n)+)(?:{ANSWERS})\Z", re.MULTILINE)


class WhatsAppWire(Wire):
    name = "whatsapp"
    cannot: frozenset[Feature] = frozenset({"edit"})

    def read(self, reply: Reply, number: int) -> Read:
        text = "\n".join(shown(part.text)[0] for part in to_parts(reply))
        found = CHOICES.search(text)
        numbered = re.findall(r"^(\d+) (.+)$", found[1], re.MULTILINE) if found else []
        words = text[: found.start()] if found else text
        return Read(lines_of(words), tuple(Choice(label, number) for number, label in numbered))

    def message(self, said: Said) -> Message:
        form = {
            "From": f"whatsapp:{ANN}",
            "To": f"whatsapp:{NUMBER}",
            "MessageSid": f"SM{said.number:032x}",
            "Body": said.pressed.press if said.pressed else said.text,
            "NumMedia": "0",
            "MessageType": "text",
        }
        if said.answers is not None:
            form["OriginalRepliedMessageSid"] = f"SM{0xFFFF + said.answers:032x}"
        if said.file is not None:
            mime = {"photo": "image/jpeg", "voice": "audio/ogg"}[said.file]
            link = f"https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/SM{said.number:032x}/Media/ME{1:032x}"
            kind = {"photo": "image", "voice": "audio"}[said.file]
            form |= {"NumMedia": "1", "MediaContentType0": mime, "MediaUrl0": link, "MessageType": kind}
        message = to_message(form, NUMBER, said.at)
        assert message is not None
        return message
