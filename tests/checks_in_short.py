"""Checks as short readable lines, for tables of rules: `max_size limit=2 unit=contracts`, `when days=fri: …`."""

from datetime import time
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from bot.rules.kinds import AllOf, Check, Conditional, Hours, Limit

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def short(check: Check | None) -> str:
    """The kind and every field that is not its default; several conditions joined by " + "; "judge" for none."""
    if check is None:
        return "judge"
    if isinstance(check, AllOf):
        return " + ".join(short(one) for one in check.checks)
    if isinstance(check, Conditional):
        return f"when {_fields(check.when)}: {short(check.check)}"
    return f"{check.kind} {_fields(check)}".strip()


def _fields(model: BaseModel) -> str:
    said = []
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if name == "kind" or value == field.get_default(call_default_factory=True):
            continue
        said.append(name if value is True else f"not_{name}" if value is False else f"{name}={_value(value)}")
    return " ".join(said)


def _value(value: Any) -> str:
    match value:
        case Limit(amount=Decimal() as amount):
            return f"${amount.normalize():f}"
        case Limit(percent=Decimal() as percent, of=of):
            return f"{percent.normalize():f}%" + ("" if of == "account" else f"_of_{of}")
        case Decimal():
            return f"{value.normalize():f}"
        case time():
            return f"{value:%H:%M}"
        case frozenset():
            return "/".join(sorted(value, key=lambda item: (WEEK.index(item) if item in WEEK else 0, item)))
        case Hours():
            return f"({_fields(value)})"
        case _:
            return str(value)
