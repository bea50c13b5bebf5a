"""The English texts of periods and of files that come in and go out."""

from types import MappingProxyType
from typing import Final

IMPORTING: Final = MappingProxyType(
    {
        # ---- periods
        "period.range": "{first} – {last}",
        "period_refused.unknown": "I do not know the period “{said}”.",
        "period_refused.empty": "Which period?",
        "period_refused.ahead": "“{said}” has not begun yet.",
        "period_refused.reversed": "“{said}” ends before it begins.",
        "period_refused.no_date": "There is no such day: “{said}”.",
        "period_refused.two_ways": "“{said}” could be two days. Write it as 2026-10-25.",
        "period_refused.examples": "Say for example: today, last week, october, last 30 days, ytd or "
        "2026-10-01..2026-10-15",
        # ---- exports of a period
        "export_begun.period": "I am putting {period} of your journal into a file: trades, verdicts, days, plans, "
        "messages and charts of these days; rules and accounts whole. It comes here as a ZIP in a few minutes.",
        "export_of.one": "{period}: one trade, and all that belongs to these days, as CSV and as JSON.",
        "export_of.other": "{period}: {count} trades, and all that belongs to these days, as CSV and as JSON.",
        "export_none": "{period}: no trades. What else belongs to these days is in it, as CSV and as JSON.",
    }
)
