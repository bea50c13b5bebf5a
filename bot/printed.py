"""How commands print what stands in the database, where other writers may have put anything."""

from datetime import datetime
from typing import Final

LONGEST: Final = 80
"""Characters of a value that is shown."""


def plain(text: str) -> str:
    """Nothing that moves the cursor of the operator's terminal."""
    return "".join(c if c.isprintable() else "?" for c in text[:LONGEST])


def when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
