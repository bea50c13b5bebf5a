"""An amount of money by itself, as commands are given it: "51240", "1k", "$1,500", "51.240,50", "50 000".

Read by the journal's own numbers. Money has no third decimal, so that "51.240" is fifty-one thousand.
"""

import re
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from bot.reading.normalise import normalised
from bot.reading.tokens import Token, tokens

LARGEST: Final = Decimal(1_000_000_000)
LONGEST: Final = 60
"""Characters of an amount with a word or two beside it."""
_SPACED: Final = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_REAIS: Final = re.compile(r"r\$", re.IGNORECASE)
_MIL: Final = re.compile(r"(?<=\d) ?mil\b", re.IGNORECASE)
"""A thousand in Spanish and Portuguese: "50 mil"."""
_MONEY_WORDS: Final = frozenset(
    {"usd", "eur", "gbp", "jpy", "chf", "cad", "aud", "dollars", "euros", "euro", "bucks", "brl", "reais"}
)


_CODES: Final = ("USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "BRL")
_DOLLARS: Final = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"})
_NAMED: Final = MappingProxyType(
    {
        **dict.fromkeys(("r$", "reais"), frozenset({"BRL"})),
        "€": frozenset({"EUR"}), "euro": frozenset({"EUR"}), "euros": frozenset({"EUR"}),
        "£": frozenset({"GBP"}), "¥": frozenset({"JPY", "CNY"}),
        **dict.fromkeys(("$", "dollars", "bucks"), _DOLLARS),
        **{code.lower(): frozenset({code}) for code in _CODES},
    }
)  # fmt: skip
_NAME: Final = re.compile(rf"(?<![a-z])(?:{'|'.join(re.escape(name) for name in _NAMED)})(?![a-z])", re.IGNORECASE)


def is_of_currency(text: str, currency: str) -> bool:
    """Whether no other currency is named in a text: "$" is any dollar."""
    return all(currency in _NAMED[name.lower()] for name in _NAME.findall(text))


def currency_in(text: str, usual: str) -> str:
    """The currency a text names; "$" is the usual one where that is a dollar, and so is none at all."""
    meant = [_NAMED[name.lower()] for name in _NAME.findall(text)]
    if not meant or usual in meant[0]:
        return usual
    return next(code for code in _CODES if code in meant[0])


def amount_in(text: str) -> Decimal | None:
    """The one amount of a text; negative where a minus stands before it. None where it is none, or not alone."""
    if len(text) > LONGEST:
        return None
    found = tokens(_SPACED.sub("", _MIL.sub("k", _REAIS.sub("$", normalised(text)))))
    numbers = [token for token in found if token.kind == "number"]
    rest = [token.word for token in found if token.kind != "number"]
    if len(numbers) != 1 or not set(rest) <= _MONEY_WORDS | {"$", "€", "£"}:
        return None
    return _value(numbers[0])


def _value(number: Token) -> Decimal | None:
    if number.value is None or number.suffix not in ("", *_MONEY_WORDS):
        return None
    value = number.value
    exponent = value.as_tuple().exponent
    if exponent == -3 and "e" not in number.text.lower() and not number.text.lower().endswith("k"):
        value *= 1000
    return -value if number.sign == "-" else value
