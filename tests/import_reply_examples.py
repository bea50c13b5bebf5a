"""What is seen of periods and of files that come in; as in reply_examples.py."""

from typing import Any

IMPORT_EXAMPLES: list[tuple[str, dict[str, Any], str]] = [
    ("period_refused", {"reason": "unknown", "said": "soonish"}, """
        I do not know the period “soonish”.
        Say for example: today, last week, october, last 30 days, ytd or 2026-10-01..2026-10-15"""),
    ("period_refused", {"reason": "no_date", "said": "2026-02-30"}, """
        There is no such day: “2026-02-30”.
        Say for example: today, last week, october, last 30 days, ytd or 2026-10-01..2026-10-15"""),
]  # fmt: skip
