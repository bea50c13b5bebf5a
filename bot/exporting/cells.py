"""Values as cells of a CSV file that a spreadsheet opens: what could be taken for a formula is made plain text.

A cell that begins with = + - @, a tab or a carriage return is run by Excel, LibreOffice and Google Sheets (OWASP, "CSV
Injection"); the wide forms of these signs in some of their languages, and so is what stands behind a semicolon, a tab
or a line break where the reader takes that for the separator. Blanks and quotes before the sign do not help: readers
trim the first, and to one that parts at semicolons our doubled quote is an empty text with the formula behind it. A '
before all that is shown as text. Numbers stay numbers.
"""

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

_UNSEEN: Final = r'(?:[^\S\t\r\n]|["\x00-\x08\x0e-\x1f\u200b-\u200f\u2060\ufeff])*'
_RUNS: Final = re.compile(rf"(?:^|(?<=[;\t\r\n]))(?={_UNSEEN}[=+\-@\t\r＝＋－＠−﹢﹣﹦﹫])")
"""Before the last signs, U+2212 and the small forms, stand the wide ones."""
_LONGEST_INT: Final = 400
"""Digits. Clients write numbers, too, and Python takes none of more than 4,300 for an int."""


def cells(row: str, columns: Sequence[str]) -> list[str]:
    """A row, given as JSON by the database, as cells. What no Python type could hold is text or a number there."""
    values = json.loads(row, parse_float=Decimal, parse_int=_whole)
    return [cell(values[column]) for column in columns]


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < _LONGEST_INT else Decimal(digits)


def cell(value: Any) -> str:
    """One value as it stands in the file, before it is quoted; numbers with every digit."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case dict() | list():
            return harmless(json.dumps(value, ensure_ascii=False, default=float))
        case _:
            return harmless(str(value))


def harmless(text: str) -> str:
    return _RUNS.sub("'", text)
