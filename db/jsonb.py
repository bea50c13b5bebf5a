"""JSONB that clients may have written, as text from the database.

PostgreSQL stores what Python's reader refuses: lists thousands deep, whole numbers of thousands of digits.
"""

import json
from decimal import Decimal
from typing import Any, Final

LONGEST_NUMBER: Final = 100
"""Digits; a longer one is no number here."""


def read_json(text: str | None, *, exact: bool = False) -> Any:
    """What it holds; None where that cannot be read. Never raises. Fractions are floats, `exact` Decimal."""
    if not text:
        return None
    try:
        return json.loads(text, parse_int=_whole, parse_float=_exact if exact else _fraction)
    except (ValueError, RecursionError):
        return None


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= LONGEST_NUMBER else None


def _fraction(text: str) -> float | None:
    return float(text) if len(text) <= LONGEST_NUMBER else None


def _exact(text: str) -> Decimal | None:
    return Decimal(text) if len(text) <= LONGEST_NUMBER else None
