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
    }
)
