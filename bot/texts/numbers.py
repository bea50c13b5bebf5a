"""Figures as traders write them: the same in every language, so that a number is never read two ways.

Prices keep the digits they were written with. Values another writer left in the database may be anything: what is not
a finite number is shown as UNKNOWN, what is absurdly long is shown in short.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CURRENCY_SIGNS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
WHOLE_CURRENCIES: Final = frozenset({"JPY"})
"""Written without decimals."""

UNKNOWN: Final = "?"
GROUPED_FROM: Final = 10_000
"""Prices and sizes below have no thousands separator: 5321.25, but 18,250.25."""
MOST_DIGITS: Final = 15
FINEST: Final = Decimal("1e-10")


def _digits(value: Decimal) -> str:
    if not value.is_finite():
        return UNKNOWN
    if value.adjusted() >= MOST_DIGITS:
        return f"{value:.3e}"
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < FINEST.adjusted():
        value = value.quantize(FINEST, ROUND_HALF_UP).normalize()
    return f"{value:,f}" if abs(value) >= GROUPED_FROM else f"{value:f}"


def price(value: Decimal) -> str:
    """18,250.25 · 5321.50 · 1.0862: trailing zeros stay as they were written."""
    return _digits(value)


def size(value: Decimal) -> str:
    """2 · 0.5 · 10,000: without trailing zeros."""
    return _digits(value.normalize()) if value.is_finite() else UNKNOWN


def money(amount: Decimal, currency: str, *, signed: bool = False) -> str:
    """$1,600.00 · -$412.50 · CHF 80.00; `signed` puts a + before a gain. Zero has no sign."""
    if not amount.is_finite() or amount.adjusted() >= MOST_DIGITS:
        return UNKNOWN
    step = Decimal(1) if currency in WHOLE_CURRENCIES else Decimal("0.01")
    rounded = amount.quantize(step, ROUND_HALF_UP)
    sign = "-" if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{CURRENCY_SIGNS.get(currency, currency + ' ')}{abs(rounded):,f}"


def gain(amount: Decimal, currency: str) -> str:
    """A P&L: +$1,600.00 · -$412.50 · $0.00."""
    return money(amount, currency, signed=True)


def point_worth(amount: Decimal, currency: str) -> str:
    """What a point is worth, without needless decimals: $20 · $12.50 · $0.50."""
    text = money(amount, currency)
    return text.removesuffix(".00")


def percentage(value: Decimal) -> str:
    """87.5% of a value from 0 to 100; at most one decimal."""
    if not value.is_finite() or value.adjusted() >= MOST_DIGITS:
        return UNKNOWN
    return f"{_trimmed(value)}%"


def score(value: Decimal) -> str:
    """66.7 of a score from 0 to 100; at most one decimal."""
    return percentage(value).removesuffix("%")


def multiple(value: Decimal) -> str:
    """An R multiple: +2R · -1R · +1.5R."""
    if not value.is_finite() or value.adjusted() >= MOST_DIGITS:
        return UNKNOWN
    trimmed = _trimmed(value)
    return f"{'+' if not trimmed.startswith('-') and trimmed != '0' else ''}{trimmed}R"


def average_multiple(value: Decimal) -> str:
    """An R that is an average: +0.43R · -1.02R · 0.00R."""
    text = ratio(value)
    return f"{'+' if value > 0 and text.strip('0.') else ''}{text}R"


def ratio(value: Decimal) -> str:
    """1.67: always two decimals."""
    if not value.is_finite() or value.adjusted() >= MOST_DIGITS:
        return UNKNOWN
    text = f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):,f}"
    return text.removeprefix("-") if not text.strip("-0.") else text


def _trimmed(value: Decimal) -> str:
    rounded = f"{value.quantize(Decimal('0.1'), ROUND_HALF_UP):,f}".removesuffix(".0")
    return "0" if rounded == "-0" else rounded
