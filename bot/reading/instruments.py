"""Which words are instruments: contracts of our table, their nicknames, currency pairs, crypto and stocks.

A word that is also an everyday word ("es", "he", "cl") counts only where the trader writes it as a symbol: in capitals,
behind "$" or "/", or beside a side word or a number.
"""

import re
from dataclasses import dataclass
from typing import Literal

from bot.reading.languages import languages_of
from bot.reading.nicknames import NICKNAMES, nickname_at
from bot.reading.tokens import Token
from bot.reading.words import FOREIGN, GLUE, NO, POINTING, POLITE, QUESTIONS, SKIP, TAGGED, YES, Tag, word_set
from bot.trading.contracts import contract

CURRENCIES = word_set("USD EUR GBP JPY CHF AUD CAD NZD MXN ZAR TRY SEK NOK DKK SGD HKD CNH PLN HUF CZK XAU XAG")
COINS = word_set(
    "BTC XBT ETH SOL XRP ADA DOGE BNB AVAX DOT LINK LTC MATIC LUNC ATOM APT ARB SUI PEPE SHIB TRX UNI "
    "AAVE NEAR INJ TIA SEI FTM ALGO KCS HYPE WIF BONK JUP RUNE FIL ETC BCH XLM ICP GRT SAND MANA LDO CRV "
    "OP TON WLD ENA"
)
QUOTES = frozenset(["USDT", "USDC", "USD", "BUSD", "PERP", "EUR", "BTC"])
_B3_FUTURES = frozenset(("WIN", "IND", "WDO", "DOL"))
_B3_SHARE = re.compile(r"[A-Z]{4}(?:[3-6]|11)")
"""Brazil's exchange: four letters, and a number for the kind of share (PETR4, VALE3, BOVA11)."""
EVERYDAY = word_set(
    "es cl si he le ho ng la au eu uc gf op dot link near ton sand sui uni apt etc ub tn pl hg rb zs la "
    "gu ej met vx notes bonds spy fil icp sei btc2 ga us bz qm qg fiber kiwi corn beans"
)
"""Symbols that are words of some language in lower case."""
_DATED = re.compile(r"([A-Z0-9]{1,4}?)[FGHJKMNQUVXZ]\d{1,2}")
_TICKER = re.compile(r"[A-Z]{2,5}")
_SIDES: frozenset[Tag] = frozenset({Tag.LONG, Tag.SHORT, Tag.BUY, Tag.SELL, Tag.BUY_ORDER, Tag.SELL_ORDER, Tag.COVER})
_TRADING_NEIGHBOURS = _SIDES | {Tag.AT, Tag.ENTRY, Tag.EXIT, Tag.LOTS, Tag.MICROS, Tag.MINIS}
NOT_TICKERS = word_set(
    "I A AM PM OK LOL WTF OMG ATH ATL EMA SMA VWAP FOMC CPI NFP PPI FED GDP RSI MACD POI FVG OB HTF LTF "
    "BOS SMT IMO IMHO FYI EOD EOW AKA TBD TBA DCA NY LDN USA UK EU ET EST EDT UTC GMT CET BE SL TP PT RR "
    "PNL ALERT TRADE NO YES SYSTEM THE AND FOR WITH MY IT WAS IS ON IN OUT AT TO OF NOW ALL NEW JSON SQL "
    "NULL TRUE FALSE NAN INF ICH HIER IN MY ME WE FTMO APEX TOPSTEP MFF PT ITM OTM DTE IV AI API URL HTTP "
    "WWW BTO STO STC BTC2 PDT OCO ISO MIT DAY GTC LIVE DEMO USD EUR GBP JPY CHF AUD CAD NZD DOW HIT SIZE "
    "LOT LOTS STOP RISKY ONE TWO BUT NOT SO DO GO OR AN BY IF UP AS HE CT "
    "HALF SOME MOST REST LAST FINAL MORE PART BOTH THEM THIS THAT HERE AGAIN"
)
LONGEST_TICKER = 5
_SHARES = frozenset(("share", "shares", "stock", "stocks"))
_TALK = (
    frozenset(f"{GLUE}|{POINTING}|{POLITE}|{QUESTIONS}|{YES}|{NO}|{SKIP}".split("|"))
    | FOREIGN
    | word_set(
        "today now again early late then after before until till open close day week am pm with pre post nice bad good new "
        "old big small fast quick scalp swing quite very too much more less few same later still first last next back next"
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


def find_instruments(tokens: list[Token]) -> list[Instrument]:
    """All instruments in order of appearance; bare upper-case tickers only where nothing surer is there."""
    found: list[Instrument] = []
    words = [token.word or token.text for token in tokens]
    languages = languages_of(words)
    place = 0
    while place < len(tokens):
        instrument = _instrument_at(tokens, place, words, languages)
        if instrument is not None:
            place = instrument.last
            if instrument.symbol:
                found.append(instrument)
        place += 1
    return found or _bare_tickers(tokens) or _lower_case_ticker(tokens)


def _instrument_at(tokens: list[Token], place: int, words: list[str], languages: frozenset[str]) -> Instrument | None:
    token = tokens[place]
    if token.kind != "word":
        return None
    named = nickname_at(words, place, languages)
    if named is None:
        return _pair(tokens, place) or _single(tokens, place) or _share_of_brazil(token, place)
    nickname, last = named
    written = last > place or _written_as_symbol(tokens, place, _plain(token), token.text[0] in "$#/")
    if (nickname.symbol or last > place) and written:
        return Instrument(nickname.symbol, place, last, "nickname", nickname.name)
    return _pair(tokens, place) or (_single(tokens, place) if nickname.symbol or _plain(token).isupper() else None)


def _pair(tokens: list[Token], place: int) -> Instrument | None:
    """ "EUR/USD", "eur usd", "MATIC - USDT", "DOT/USDT", "USD/JY"."""
    base = _plain(tokens[place]).upper()
    after = place + 1
    if after < len(tokens) and tokens[after].word in ("/", "-", "\\"):
        after += 1
    if after >= len(tokens) or tokens[after].kind != "word":
        return None
    quote = _plain(tokens[after]).upper()
    quote = {"JY": "JPY", "JP": "JPY"}.get(quote, quote)
    separated = after > place + 1 or tokens[after].text.startswith("/")
    if base in CURRENCIES and quote in CURRENCIES and base != quote:
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
    if symbol is not None and _written_as_symbol(tokens, place, word, marked):
        return Instrument(symbol, place, place, how)
    if token.text[0] == "$" and re.fullmatch(r"[A-Z]{1,6}", upper):
        return Instrument(upper, place, place, "cashtag")
    return None


def _known(upper: str, lower: str, mark: str) -> tuple[str | None, Literal["table", "nickname", "pair", "coin"]]:
    if upper[:3] in CURRENCIES and upper[3:] in CURRENCIES and len(upper) == 6 and upper[:3] != upper[3:]:
        return upper, "pair"
    for quote in ("USDT", "USDC", "BUSD", "USD", "PERP"):
        if upper.endswith(quote) and 2 <= len(upper) - len(quote) <= 8 and upper[: -len(quote)].isalnum():
            sure = quote != "USD" or upper[: -len(quote)] in COINS
            if sure and upper not in QUOTES:
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
    if marked or any(c.isdigit() for c in word):
        return True
    if word.lower() not in EVERYDAY:
        return True
    if word.isupper():
        return len(word) > 1 and (not _shouting(tokens) or _beside_trading(tokens, place))
    return _beside_trading(tokens, place)


def _beside_trading(tokens: list[Token], place: int) -> bool:
    if 0 < place == len(tokens) - 1 and tokens[place - 1].word in ("was", "is", "its", "to"):
        return True
    return any(
        0 <= near < len(tokens)
        and (
            tokens[near].kind == "number"
            or TAGGED.get((tokens[near].word,)) in _SIDES | {Tag.EXIT, Tag.STOPPED}
            or _is_side_letter(tokens[near])
            or tokens[near].word == "on"
        )
        for near in (place - 1, place + 1)
    )


def _share_of_brazil(token: Token, place: int) -> Instrument | None:
    if not _B3_SHARE.fullmatch(token.text) or (token.word[:4],) in TAGGED:
        return None
    return Instrument(token.text, place, place, "ticker")


def _is_side_letter(token: Token) -> bool:
    return token.text in ("L", "S", "B")


def _shouting(tokens: list[Token]) -> bool:
    words = [t.text for t in tokens if t.kind == "word" and len(t.text) > 2]
    return len(words) > 4 and sum(w.isupper() for w in words) * 2 > len(words)


def _bare_tickers(tokens: list[Token]) -> list[Instrument]:
    """Upper-case words beside a side, a size or a price; at the very start also alone. Hash tags count as well."""
    shouting = _shouting(tokens)
    found = []
    for place, token in enumerate(tokens):
        upper = _plain(token).upper()
        if token.kind != "word" or not _TICKER.fullmatch(upper) or upper in NOT_TICKERS:
            continue
        before = tokens[place - 1].word if place else ""
        if ((token.word,) in TAGGED or (before, token.word) in TAGGED) and token.text[0] not in "$#":
            continue
        hashed = token.text[0] == "#"
        capital = _plain(token).isupper() and not shouting
        if hashed or (capital and _may_be_ticker(tokens, place)) or _follows_side(tokens, place):
            found.append(Instrument(upper, place, place, "ticker"))
            break
    return found


def _lower_case_ticker(tokens: list[Token]) -> list[Instrument]:
    """The only unknown short word beside "shares", or beside a side and three numbers: "aapl long 100 189.5 191.2"."""
    unknown = [place for place, token in enumerate(tokens) if _is_unknown(token)]
    if len(unknown) != 1:
        return []
    (place,) = unknown
    words = {token.word for token in tokens}
    numbers = sum(token.kind == "number" for token in tokens)
    sided = any(TAGGED.get((word,)) in _SIDES for word in words)
    if not (words & _SHARES and numbers) and not (sided and numbers >= 3):
        return []
    upper = _plain(tokens[place]).upper()
    return [Instrument(upper, place, place, "ticker")] if len(upper) <= LONGEST_TICKER and upper.isascii() else []


def _is_unknown(token: Token) -> bool:
    """A word of no meaning here: neither of trading nor of everyday talk."""
    tagged = (token.word,) in TAGGED or token.word in _SHARES
    return token.kind == "word" and not tagged and not is_known_word(token.word)


def is_known_word(word: str) -> bool:
    return word in _TALK or word.upper() in NOT_TICKERS


def _may_be_ticker(tokens: list[Token], place: int) -> bool:
    if place == 0:
        return len(tokens) == 1 or tokens[1].kind in ("number", "break", "word", "mark")
    near = [tokens[n] for n in (place - 1, place + 1) if 0 <= n < len(tokens)]
    return any(t.kind == "number" or t.word == "@" or TAGGED.get((t.word,)) in _TRADING_NEIGHBOURS for t in near)


def _follows_side(tokens: list[Token], place: int) -> bool:
    """ "shorted major at 0.262": a word between a side and a price, in any case."""
    if not 0 < place < len(tokens) - 2:
        return False
    before, after, price = tokens[place - 1], tokens[place + 1], tokens[place + 2]
    at = after.word == "@" or TAGGED.get((after.word,)) is Tag.AT
    return TAGGED.get((before.word,)) in _SIDES and at and price.kind == "number"


def _plain(token: Token) -> str:
    return token.text.lstrip("$#/")
