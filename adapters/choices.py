"""Buttons for platforms that have none: choices are printed with numbers, and the number comes back.

Which choice a number means is known to the journal alone, which looks at what it last offered in the chat; so it works
after a restart, and on any process.
"""

import re

from statemachine.message import Button, Reply

_NUMBER = re.compile(r"\s*\[?([1-9][0-9]?)[\].)]?\s*")


def numbered(reply: Reply) -> list[tuple[int, Button]]:
    """The reply's buttons with their numbers, in reading order."""
    return list(enumerate((button for row in reply.buttons for button in row), start=1))


def choice_in(text: str) -> int | None:
    """The number that a message consists of, for Message.choice; None where it says anything else."""
    found = _NUMBER.fullmatch(text)
    return int(found[1]) if found else None
