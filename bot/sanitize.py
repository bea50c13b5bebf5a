"""What is taken out of messages at the border: what PostgreSQL refuses (NUL and lone surrogates), and keys."""

from dataclasses import replace

from bot.key_shapes import mask_keys
from statemachine.message import Attachment, Message

LONGEST_TEXT = 20_000
"""Characters kept of one message; far above any platform's limit."""


def storable(text: str) -> str:
    """The text without NUL and lone surrogates, cut to LONGEST_TEXT."""
    return text[:LONGEST_TEXT].replace("\x00", "").encode("utf-8", "ignore").decode()


def _optional(text: str | None) -> str | None:
    return None if text is None else storable(text)


def storable_message(message: Message) -> Message:
    """The message with every string of the outside made storable, and no key of a language model left in its text."""
    return replace(
        message,
        account=storable(message.account),
        chat_id=storable(message.chat_id),
        sender_id=storable(message.sender_id),
        external_id=storable(message.external_id),
        text=mask_keys(storable(message.text)),
        button=_optional(message.button),
        edits=_optional(message.edits),
        reply_to=_optional(message.reply_to),
        group_id=_optional(message.group_id),
        locale=_optional(message.locale),
        handle=_optional(message.handle),
        attachments=tuple(_storable_attachment(attachment) for attachment in message.attachments[:20]),
    )


def _storable_attachment(attachment: Attachment) -> Attachment:
    return replace(
        attachment,
        handle=storable(attachment.handle),
        name=_optional(attachment.name),
        mime=_optional(attachment.mime),
    )
