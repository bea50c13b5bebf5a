"""Symbols in rules: contracts of our table, what traders call them, currency pairs and the best-known stocks."""

import re
from functools import lru_cache
from typing import Final

from bot.reading.instruments import CURRENCIES
from bot.trading.contracts import CONTRACTS, NICKNAMES, contract

_MEANT: Final[dict[str, str]] = {
    "s&p": "ES SPX500",
    "s&p 500": "ES SPX500",
    "s&p500": "ES SPX500",
    "sp500": "ES SPX500",
    "sp 500": "ES SPX500",
    "e-mini s&p": "ES",
    "emini s&p": "ES",
    "micro s&p": "MES",
    "nasdaq 100": "NQ NAS100",
    "nasdaq100": "NQ NAS100",
    "us100": "NAS100",
    "ustec": "NAS100",
    "us500": "SPX500",
    "micro nasdaq": "MNQ",
    "e-mini nasdaq": "NQ",
    "micro gold": "MGC",
    "micro dow": "MYM",
    "micro russell": "M2K",
    "micro crude": "MCL",
    "micro es": "MES",
    "micro nq": "MNQ",
    "dow jones": "YM US30",
    "dj30": "US30",
    "russell": "RTY",
    "russell 2000": "RTY",
    "dax": "FDAX GER40",
    "ger30": "GER40",
    "de40": "GER40",
    "natural gas": "NG",
    "nat gas": "NG",
    "natgas": "NG",
    "copper": "HG",
    "corn": "ZC",
    "wheat": "ZW",
    "soybeans": "ZS",
    "brent": "BZ",
    "wti crude": "CL",
    "aussie": "AUDUSD",
    "kiwi": "NZDUSD",
    "bund": "FGBL",
    "cable": "GBPUSD",
    "fibre": "EURUSD",
    "fiber": "EURUSD",
    "loonie": "USDCAD",
    "swissy": "USDCHF",
    "swissie": "USDCHF",
    "ninja": "USDJPY",
    "chunnel": "EURGBP",
    "spoos": "ES",
    "spooz": "ES",
    "crude oil": "CL",
    "tesla": "TSLA",
    "apple": "AAPL",
    "nvidia": "NVDA",
    "amazon": "AMZN",
    "microsoft": "MSFT",
    "netflix": "NFLX",
}
"""Beyond the nicknames of the table: the symbols a word stands for, whatever kind of account trades them."""
_STOCK_NAMES: Final = (
    "AAPL TSLA NVDA AMZN MSFT META GOOGL GOOG AMD NFLX SPY QQQ IWM DIA PLTR COIN MSTR SMCI INTC BABA GME AMC TQQQ SQQQ "
    "VIX NDX SPX"
)
_STOCKS: Final = frozenset(_STOCK_NAMES.split(" "))
_ALSO_WORDS: Final = frozenset(("he", "met"))
"""Symbols that are words: meant only behind "$" or "/"."""


@lru_cache(maxsize=4096)
def meant(word: str) -> frozenset[str]:
    """The symbols a lower-case word or phrase stands for; none where it is no instrument."""
    if word in _MEANT:
        return frozenset(_MEANT[word].split())
    nickname = NICKNAMES.get(word)
    if nickname is not None:
        return frozenset(symbol for symbol in (nickname.contracts, nickname.lots) if symbol)
    if word in _ALSO_WORDS or len(word) < 2:
        return frozenset()
    known = contract(word)
    bare = re.sub(r"[$#/\-]", "", word).upper()
    if known is not None:
        return frozenset((known.symbol,))
    pair = len(bare) == 6 and bare[:3] in CURRENCIES and bare[3:] in CURRENCIES and bare[:3] != bare[3:]
    return frozenset((bare,)) if pair or bare in _STOCKS else frozenset()


def names() -> tuple[str, ...]:
    """Everything that is more than one plain word, longest first: what a pattern of symbols has to name."""
    phrases = [name for name in (*_MEANT, *NICKNAMES) if not name.isalpha()]
    return tuple(sorted(phrases, key=len, reverse=True))


def micros(symbols: frozenset[str]) -> bool | None:
    """Whether these are micro contracts; None where some are and some are not."""
    found = {symbol in CONTRACTS and CONTRACTS[symbol].micro_of is not None for symbol in symbols}
    return None if len(found) > 1 else found.pop()
