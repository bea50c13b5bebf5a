"""What is seen of periods and of files that come in; as in reply_examples.py."""

# ruff: noqa: E501

from datetime import date
from typing import Any

from statemachine.message import File

OCTOBER = {"first": date(2025, 10, 1), "last": date(2025, 10, 31)}
ZIP = File("exports/7.zip", "vigil.zip")

IMPORT_EXAMPLES: list[tuple[str, dict[str, Any], str]] = [
    ("period_refused", {"reason": "unknown", "said": "soonish"}, """
        I do not know the period “soonish”.
        Say for example: today, last week, october, last 30 days, ytd or 2026-10-01..2026-10-15"""),
    ("period_refused", {"reason": "no_date", "said": "2026-02-30"}, """
        There is no such day: “2026-02-30”.
        Say for example: today, last week, october, last 30 days, ytd or 2026-10-01..2026-10-15"""),
    ("export_begun", OCTOBER, """
        I am putting 1 Oct 2025 – 31 Oct 2025 of your journal into a file: trades, verdicts, days, plans, messages and charts of these days; rules and accounts whole. It comes here as a ZIP in a few minutes."""),
    ("export_ready", {**OCTOBER, "platform": "telegram", "megabytes": 45, "file": ZIP, "trades": 31, "put": 1, "left_out": 0, "missing": 0}, """
        Your journal as a file
        1 Oct 2025 – 31 Oct 2025: 31 trades, and all that belongs to these days, as CSV and as JSON.
        1 chart picture is in it."""),
    ("export_ready", {"first": date(2026, 3, 23), "last": date(2026, 3, 23), "platform": "telegram", "megabytes": 45, "file": ZIP, "trades": 0, "put": 0, "left_out": 0, "missing": 0}, """
        Your journal as a file
        23 Mar: no trades. What else belongs to these days is in it, as CSV and as JSON."""),
]  # fmt: skip
