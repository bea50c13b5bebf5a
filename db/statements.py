"""Splits an SQL script into its statements, as the Supabase CLI does before it records them.

Comments stay with the statement they precede; the closing semicolon goes. Standard strings only: a
backslash inside '...' escapes nothing.
"""

import re
from collections.abc import Iterator

# What may hide a semicolon, or is one; everything between two matches is plain SQL.
TOKEN = re.compile(
    r"""
      --[^\n]*
    | /\*.*?\*/
    | '[^']*'
    | "[^"]*"
    | (?<!\w) (?P<tag> \$ (?:[^\W\d]\w*)? \$ ) .*? (?P=tag)
    | (?P<end> ; )
    """,
    re.VERBOSE | re.DOTALL,
)


def statements(script: str) -> list[str]:
    """The statements of a script in order, trimmed, empty ones left out."""
    return [statement for part in _parts(script) if (statement := part.strip())]


def _parts(script: str) -> Iterator[str]:
    start = 0
    for token in TOKEN.finditer(script):
        if token["end"]:
            yield script[start : token.start()]
            start = token.end()
    yield script[start:]
