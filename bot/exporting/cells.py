"""Values as cells of a CSV file that a spreadsheet opens: what could be taken for a formula is made plain text.

A cell that begins with = + - @, a tab or a carriage return is run by Excel, LibreOffice and Google Sheets (OWASP, "CSV
Injection"); the wide forms of these signs in some of their languages, and so is what stands behind a semicolon, a tab
or a line break where the reader takes that for the separator. A ' before it is shown as text. Numbers stay numbers.
"""

import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

_RUNS: Final = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=[=+\-@\t\r＝＋－＠])")


def cell(value: Any) -> str:
    """One value as it stands in the file, before it is quoted; numbers with every digit, times in UTC."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat()
        case date():
            return value.isoformat()
        case dict() | list():
            return harmless(json.dumps(value, ensure_ascii=False))
        case _:
            return harmless(str(value))


def harmless(text: str) -> str:
    return _RUNS.sub("'", text)
