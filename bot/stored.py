"""Messages and replies as JSON, for the inbox and the outbox."""

from typing import Any

from pydantic import TypeAdapter

from statemachine.message import Message, Reply

_message = TypeAdapter(Message)
_reply = TypeAdapter(Reply)


def dump_message(message: Message) -> dict[str, Any]:
    dumped: dict[str, Any] = _message.dump_python(message, mode="json", exclude_defaults=True)
    return dumped


def load_message(payload: dict[str, Any]) -> Message:
    return _message.validate_python(payload)


def dump_reply(reply: Reply) -> dict[str, Any]:
    dumped: dict[str, Any] = _reply.dump_python(reply, mode="json", exclude_defaults=True)
    return dumped


def load_reply(payload: dict[str, Any]) -> Reply:
    return _reply.validate_python(payload)
