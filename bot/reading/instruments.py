"""Which words are instruments: contracts of our table, their nicknames, currency pairs, crypto and stocks.

A word that is also an everyday word ("es", "he", "cl") counts only where the trader writes it as a symbol: in capitals,
behind "$" or "/", or beside a side word or a number.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bot.reading.answer_words import talk_words
from bot.reading.languages import languages_of
from bot.reading.nicknames import MONEYS, NICKNAMES, begins_name, nickname_at
from bot.reading.tickers import (
    LISTING,
    NOT_TICKERS,
    SIDES,
    STOCKS,
    bare_tickers,
    is_listed,
    is_option,
    lower_case_ticker,
)
from bot.reading.tokens import Token, words_of
from bot.reading.words import FOREIGN, TAGGED, Tag, word_set
from bot.trading.contracts import contract

CURRENCIES = word_set("USD EUR GBP JPY CHF AUD CAD NZD MXN ZAR TRY SEK NOK DKK SGD HKD CNH PLN HUF CZK INR ILS XAU XAG")
COINS = word_set(
    "BTC XBT ETH SOL XRP ADA DOGE BNB AVAX DOT LINK LTC MATIC LUNC ATOM APT ARB SUI PEPE SHIB TRX UNI "
    "AAVE NEAR INJ TIA SEI FTM ALGO KCS HYPE WIF BONK JUP RUNE FIL ETC BCH XLM ICP GRT SAND MANA LDO CRV "
    "OP TON WLD ENA DYDX STX IMX RNDR FET MKR SNX YFI SUSHI CAKE GALA AXS CHZ EGLD XTZ EOS XMR ZEC KAS ORDI JTO "
    "PYTH STRK PENDLE ONDO FLOKI PNUT PENGU TAO KAVA ZIL VET THETA HBAR QNT ENS GMX CFX MINA POPCAT FARTCOIN"
)
QUOTES = frozenset(["USDT", "USDC", "USD", "BUSD", "PERP", "EUR", "BTC"])
_REACH = 12
"""Tokens in which the price of a currency stands."""
FUTURES = frozenset(("futures", "future", "fut", "futs"))
_SEPARATORS = frozenset("/-\\")
"""Between the halves of a pair."""
_LISTED = re.compile(r"[A-Z]{2,10}")
_LABELS = frozenset(("COIN", "SPOT"))
_B3_FUTURES = frozenset(("WIN", "IND", "WDO", "DOL"))
_B3_SHARE = re.compile(r"[A-Z]{4}(?:[3-6]|11)")
"""Brazil's exchange: four letters, and a number for the kind of share (PETR4, VALE3, BOVA11)."""
EVERYDAY = word_set(
    "es cl si he le ho ng la au eu uc gf op dot link near ton sand sui uni apt etc ub tn pl hg rb zs la "
    "gu ej met vx notes bonds spy fil icp sei btc2 ga us bz qm qg fiber kiwi corn beans eg aj ninja"
)
"""Symbols that are words of some language in lower case."""
_LEFT_OR_ENTERED = SIDES | {Tag.EXIT, Tag.STOPPED, Tag.AT, Tag.SCRATCH}
_DONE = frozenset({Tag.BUY, Tag.SELL, Tag.EXIT})
_DATED = re.compile(r"([A-Z0-9]{1,4}?)[FGHJKMNQUVXZ]\d{1,2}")
_TALK = (
    talk_words()
    | FOREIGN
    | word_set(
        "today now again early late then after before until till open close day week am pm with pre post nice bad good "
        "new old big small fast quick scalp swing quite very too much more less few same later still first last next "
        "back"
    )
)


@dataclass(frozen=True, slots=True)
class Instrument:
    """A symbol found in the text, over tokens `first` to `last` (inclusive), and what made it one (`how`).

    `symbol` is empty for words that are none ("este mes"); `name` is the English nickname of what has one.
    """

    symbol: str
    first: int
    last: int
    how: Literal["table", "nickname", "pair", "coin", "cashtag", "ticker"]
    name: str = ""


def find_instruments(tokens: list[Token], words: list[str] | None = None) -> list[Instrument]:
    """All instruments in order of appearance; bare upper-case tickers only where nothing surer is there.

    `words`: those of the tokens (`words_of`), where they are known.
    """
    found: list[Instrument] = []
    unknown: list[Instrument] = []
    words = words_of(tokens) if words is None else words
    languages = languages_of(words)
    separated = not _SEPARATORS.isdisjoint([token.text[0] for token in tokens])
    last = -1
    for place, token in enumerate(tokens):
        if token.kind != "word" or place <= last:
            continue
        if languages or _may_name(token.text, words[place]) or (separated and _is_half(tokens, place)):
            instrument = _instrument_at(tokens, place, words, languages)
            if instrument is not None:
                last = instrument.last
                if instrument.symbol:
                    found.append(instrument)
            elif _may_be_listed(token.text) and is_listed(tokens, place):
                unknown.append(Instrument(token.text, place, place, "ticker"))
    if found:
        return _with_listed(found, unknown, tokens) if unknown else found
    tickers = bare_tickers(tokens, _shouting(tokens)) or lower_case_ticker(tokens, _TALK)
    if len(unknown) > len(tickers):
        return unknown
    return [Instrument(symbol, place, place, "ticker") for symbol, place in tickers]


def _with_listed(found: list[Instrument], unknown: list[Instrument], tokens: list[Token]) -> list[Instrument]:
    """With the tickers of other lines and clauses, which no table knows."""
    told = [*found, *(one for one in unknown if not any(_are_together(one, known, tokens) for known in found))]
    return sorted(told, key=lambda instrument: instrument.first)


def _are_together(one: Instrument, other: Instrument, tokens: list[Token]) -> bool:
    between = tokens[min(one.last, other.last) + 1 : max(one.first, other.first)]
    return all(token.kind != "break" and token.word not in LISTING for token in between)


@lru_cache(maxsize=4096)
def _may_be_listed(text: str) -> bool:
    """Capitals that are no word of traders or of everyday talk."""
    word = text.lower()
    return _LISTED.fullmatch(text) is not None and not is_known_word(word) and (word,) not in TAGGED


@lru_cache(maxsize=8192)
def _may_name(text: str, name: str) -> bool:
    """Whether a word may be a symbol, the first half of a pair or begin a name (`name`: folded); most do none of it.

    So may capitals that nobody knows, in a list.
    """
    word = text.lstrip("$#/")
    upper = word.upper()
    if begins_name(name) or upper in CURRENCIES or word.lower() in STOCKS:
        return True
    if text[0] in "$#/" or upper[-1:].isdecimal() or _may_be_listed(text):
        return True
    plural = word[-1:] == "s" and word[:-1].isupper() and _known(upper[:-1], word[:-1].lower(), text[0])[0] is not None
    return plural or _known(upper, word.lower(), text[0])[0] is not None


def _instrument_at(tokens: list[Token], place: int, words: list[str], languages: frozenset[str]) -> Instrument | None:
    token = tokens[place]
    named = nickname_at(words, place, languages) if begins_name(words[place]) else None
    if named is None:
        found = _pair(tokens, place) or _single(tokens, place) or _share_of_brazil(token, place)
        return found or (_money_traded(tokens, place) if token.word in MONEYS else None)
    nickname, last = named
    written = last > place or _written_as_symbol(tokens, place, _plain(token), token.text[0] in "$#/")
    if (nickname.symbol or last > place) and written:
        return Instrument(nickname.symbol, place, last, "nickname", nickname.name)
    return _pair(tokens, place) or (_single(tokens, place) if nickname.symbol or _plain(token).isupper() else None)


def _money_traded(tokens: list[Token], place: int) -> Instrument | None:
    """The EUR of "eur short at 1.0532" and "long eur 1.0532"; behind a number it is money."""
    before, after = tokens[place - 1] if place else None, tokens[place + 1] if place + 1 < len(tokens) else None
    if after is None or (before is not None and (before.kind == "number" or before.money)):
        return None
    priced = after.kind == "number" or TAGGED.get((after.word,)) is Tag.AT
    led = before is not None and TAGGED.get((before.word,)) in SIDES and priced
    if not led and TAGGED.get((after.word,)) not in SIDES and after.word not in FUTURES:
        return None
    if all(token.kind != "number" for token in tokens[max(0, place - _REACH) : place + _REACH]):
        return None  # "eur longs are crowded"
    pair, future = MONEYS[tokens[place].word]
    return Instrument(future if after.word in FUTURES else pair, place, place, "nickname")


def _is_half(tokens: list[Token], place: int) -> bool:
    """A separator stands behind the word, as in "MATIC - USDT"."""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    return after is not None and (after.word in _SEPARATORS or after.text[0] == "/")


def _pair(tokens: list[Token], place: int) -> Instrument | None:
    """ "EUR/USD", "eur usd", "MATIC - USDT", "DOT/USDT", "USD/JY"."""
    after = place + 1
    if after < len(tokens) and tokens[after].word in _SEPARATORS:
        after += 1
    if after >= len(tokens) or tokens[after].kind != "word":
        return None
    base = _plain(tokens[place]).upper()
    separated = after > place + 1 or tokens[after].text[0] == "/"
    if not separated and base not in CURRENCIES:
        return None
    quote = _plain(tokens[after]).upper()
    quote = {"JY": "JPY", "JP": "JPY"}.get(quote, quote)
    if base in CURRENCIES and quote in CURRENCIES and base != quote:
        return Instrument(base + quote, place, after, "pair")
    if separated and quote == "BTC" and base in COINS and base != quote:
        return Instrument(base + quote, place, after, "pair")
    if separated and quote in QUOTES - {"EUR", "BTC"} and re.fullmatch(r"[A-Z0-9]{2,10}", base):
        return Instrument(base + quote.replace("PERP", "USDT"), place, after, "pair")
    return None


def _single(tokens: list[Token], place: int) -> Instrument | None:
    token = tokens[place]
    word = _plain(token)
    upper = word.upper()
    marked = token.text[0] in "$#/"
    symbol, how = _known(upper, word.lower(), token.text[0])
    if symbol is None and word[-1:] == "s" and word[:-1].isupper():
        symbol, how = _known(upper[:-1], word[:-1].lower(), token.text[0])  # "MNQs"
    if symbol is None and upper[-1:] in ("1", "2") and place + 1 < len(tokens) and tokens[place + 1].word == "!":
        symbol, how = _known(upper[:-1], word[:-1].lower(), token.text[0])  # the charts' "NQ1!"
    if symbol == "BTC" and _buys_to_close(tokens, place):
        return None
    if symbol is not None and _written_as_symbol(tokens, place, word, marked):
        return Instrument(symbol, place, place, how)
    if word.lower() in STOCKS and not marked and _is_stock(tokens, place, word):
        return Instrument(upper, place, place, "ticker")
    if token.text[0] == "$" and re.fullmatch(r"[A-Z]{1,6}", upper):
        return Instrument(upper, place, place, "cashtag")
    return None


def _buys_to_close(tokens: list[Token], place: int) -> bool:
    """ "BTC @ .90" beside options that were sold, and "BTC 3 SPY 510p"."""
    if place + 1 >= len(tokens):
        return False
    after = tokens[place + 1]
    if after.word in ("@", "at"):
        return any(token.word == "sto" for token in tokens[:place])
    named = place + 2 if after.kind == "number" and not after.suffix else place + 1
    return named < len(tokens) - 1 and tokens[named].kind == "word" and is_option(tokens, named)


def _is_stock(tokens: list[Token], place: int, word: str) -> bool:
    if word in _LABELS and place + 1 < len(tokens) and tokens[place + 1].word == ":":
        return False  # "COIN: AVAX"
    if place + 1 < len(tokens) and tokens[place + 1].word in FUTURES:
        return True
    if word.isupper():
        return is_option(tokens, place) or not _shouting(tokens) or _beside_trading(tokens, place)
    return STOCKS[word.lower()] == "stock" and _beside_trading(tokens, place)


@lru_cache(maxsize=4096)
def _known(upper: str, lower: str, mark: str) -> tuple[str | None, Literal["table", "nickname", "pair", "coin"]]:
    if upper[:3] in CURRENCIES and upper[3:] in CURRENCIES and len(upper) == 6 and upper[:3] != upper[3:]:
        return upper, "pair"
    for quote in ("USDT", "USDC", "BUSD", "USD", "PERP"):
        if upper.endswith(quote) and 2 <= len(upper) - len(quote) <= 8 and upper[: -len(quote)].isalnum():
            sure = quote != "USD" or upper[: -len(quote)] in COINS
            if sure and upper not in QUOTES:
                return upper, "pair"
    if upper[-3:] == "BTC" and upper[:-3] in COINS:
        return upper, "pair"
    if lower in NICKNAMES:
        return NICKNAMES[lower], "nickname"
    if upper in COINS:
        return upper, "coin"
    known = contract(upper) if len(upper) <= 8 else None
    if known is not None and (mark != "$" or len(upper) > 1):
        return known.symbol, "table"
    dated = _DATED.fullmatch(upper)
    if dated and dated[1] in _B3_FUTURES:
        return dated[1], "table"
    if dated and (root := contract(dated[1])) is not None and root.kind == "future":
        return root.symbol, "table"
    return None, "table"


def _written_as_symbol(tokens: list[Token], place: int, word: str, marked: bool) -> bool:
    if marked or word.lower() not in EVERYDAY or any(c.isdigit() for c in word):
        return True
    if word.isupper():
        return len(word) > 1 and (not _shouting(tokens) or _beside_trading(tokens, place))
    return _beside_trading(tokens, place) and not _is_who_does(tokens, place)


def _is_who_does(tokens: list[Token], place: int) -> bool:
    """The "he" of "he shorted 10", where "he short 82.1" is lean hogs."""
    after = tokens[place + 1].word if place + 1 < len(tokens) else ""
    return tokens[place].word == "he" and TAGGED.get((after,)) in _DONE


def _beside_trading(tokens: list[Token], place: int) -> bool:
    if 0 < place == len(tokens) - 1 and tokens[place - 1].word in ("was", "is", "its", "to"):
        return True
    return any(
        0 <= near < len(tokens)
        and (
            tokens[near].kind == "number"
            or TAGGED.get((tokens[near].word,)) in _LEFT_OR_ENTERED
            or _is_side_letter(tokens, near)
            or tokens[near].word == "on"
        )
        for near in (place - 1, _behind(tokens, place))
    )


def _behind(tokens: list[Token], place: int) -> int:
    """The next token that is no comma, bracket or "future": "es, long", "es (long 6020)", and "es: long" in a line."""
    after = tokens[place + 1].word if place + 1 < len(tokens) else ""
    begins = place == 0 or tokens[place - 1].kind == "break"
    return place + 2 if after in (",", "(") or after in FUTURES or (begins and after == ":") else place + 1


def _share_of_brazil(token: Token, place: int) -> Instrument | None:
    if not _B3_SHARE.fullmatch(token.text) or (token.word[:4],) in TAGGED:
        return None
    return Instrument(token.text, place, place, "ticker")


def _is_side_letter(tokens: list[Token], place: int) -> bool:
    """ "ES L", and in lower case only before a number: "es l 6001"."""
    if tokens[place].text in ("L", "S", "B"):
        return True
    return tokens[place].text in ("l", "s", "b") and place + 1 < len(tokens) and tokens[place + 1].kind == "number"


def _shouting(tokens: list[Token]) -> bool:
    words = [t.text for t in tokens if t.kind == "word" and len(t.text) > 2]
    return len(words) > 4 and sum(w.isupper() for w in words) * 2 > len(words)


def is_known_word(word: str) -> bool:
    """A word of everyday talk or of traders, which is no ticker."""
    return word in _TALK or word.upper() in NOT_TICKERS


def _plain(token: Token) -> str:
    return token.text.lstrip("$#/")
