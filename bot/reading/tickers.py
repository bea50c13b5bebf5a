"""Shares and whatever else trades under a ticker that no table knows: told by how and where the word is written."""

import re
from collections.abc import Sequence
from typing import Final

from bot.reading.tokens import Token
from bot.reading.words import FOREIGN, TAGGED, Tag, entries, word_set

LONGEST_TICKER: Final = 5
LISTING: Final = frozenset((",", ";", "|", "/", "&", "and", "•", ")", "."))
"""Between the trades of a list."""
_NEAR: Final = 4
NOT_TICKERS: Final = word_set(
    "I A AM PM OK LOL WTF OMG ATH ATL EMA SMA VWAP FOMC CPI NFP PPI FED GDP RSI MACD POI FVG OB HTF LTF "
    "BOS SMT IMO IMHO FYI EOD EOW AKA TBD TBA DCA NY LDN USA UK EU ET EST EDT UTC GMT CET BE SL TP PT RR "
    "PNL ALERT TRADE NO YES SYSTEM THE AND FOR WITH MY IT WAS IS ON IN OUT AT TO OF NOW ALL NEW JSON SQL "
    "NULL TRUE FALSE NAN INF ICH HIER IN MY ME WE FTMO APEX TOPSTEP MFF PT ITM OTM DTE IV AI API URL HTTP "
    "WWW BTO STO STC BTC2 PDT OCO ISO MIT DAY GTC LIVE DEMO USD EUR GBP JPY CHF AUD CAD NZD DOW HIT SIZE "
    "LOT LOTS STOP RISKY ONE TWO BUT NOT SO DO GO OR AN BY IF UP AS HE CT CMP LTP CE PE CALL PUT CALLS PUTS "
    "HALF SOME MOST REST LAST FINAL MORE PART BOTH THEM THIS THAT HERE AGAIN PLAY SETUP SCALP SWING TYPE PAIR "
    "ENTRY EXIT OPEN CLOSE LONG SHORT BUY SELL TARGET ZONE AREA RISK HIGH LOW MID TICKER EXP AVG QTY ID APP BOT "
    "MTD WTD QTD ROI SUM MARKET PRICE LEVEL INSTANT URGENT PENDING INTRADAY DAILY VIP "
    "RANGE RALLY RALLIES DIP DIPS BREAKOUT BETWEEN SIGNAL ORDER STRONG HOLD TREND SUPPORT RESISTANCE "
    "TOS MT4 MT5 TV PDH PDL ORB EOM YTD PA FF HH LL LH HL TF RIP GG GL GM GN BTW TY THX CAN OR WK SH AFK DD"
)
"""Capitals that are words of traders; whatever is in the vocabulary is one as well."""
_TICKER: Final = re.compile(r"[A-Z]{1,5}")
_OPTION_SUFFIXES: Final = frozenset(("c", "p"))
_OPTION_WORDS: Final = frozenset(("call", "calls", "put", "puts", "ce", "pe"))
_OF_OPTIONS: Final = word_set("expired expire expiring worthless bto stc strike premium")
_OPTION_ORDERS: Final = frozenset(("bto", "sto", "stc"))
_SHARES: Final = frozenset(("share", "shares", "stock", "stocks", "sh", "shs"))
SIDES: Final = frozenset({Tag.LONG, Tag.SHORT, Tag.BUY, Tag.SELL, Tag.BUY_ORDER, Tag.SELL_ORDER, Tag.COVER})
_TRADING_NEIGHBOURS: Final = SIDES | {Tag.AT, Tag.ENTRY, Tag.EXIT, Tag.LOTS, Tag.MICROS, Tag.MINIS}

STOCKS: Final[dict[str, str]] = {word: section for section, word, _ in entries("stocks")}
"""Known tickers in lower case: "stock" in any case, "capital" only in capitals."""


def is_option(tokens: Sequence[Token], place: int) -> bool:
    """A strike stands behind the word ("COIN 73c", "SPX 6690P", "AMZN 190 call"), perhaps behind a date."""
    ahead = [t for t in tokens[place + 1 : place + 4] if t.kind != "date"]
    if not ahead or ahead[0].kind != "number":
        return False
    return ahead[0].suffix in _OPTION_SUFFIXES or (len(ahead) > 1 and ahead[1].word in _OPTION_WORDS)


def bare_tickers(tokens: Sequence[Token], shouting: bool) -> list[tuple[str, int]]:
    """Upper-case words beside a side, a size or a price; at the very start also alone. Hash tags count as well.

    Those that stand like an option or behind its order are all taken, of the others the first.
    """
    found: list[tuple[str, int]] = []
    weak: tuple[str, int] | None = None
    for place, token in enumerate(tokens):
        plain = token.text.lstrip("$#/")
        if token.kind != "word" or not _TICKER.fullmatch(plain.upper()) or plain.upper() in NOT_TICKERS:
            continue
        before = tokens[place - 1].word if place else ""
        tagged = ((token.word,) in TAGGED or (before, token.word) in TAGGED) and token.text[0] not in "$#"
        if plain.isupper() and (is_option(tokens, place) or (not tagged and _is_ordered(tokens, place))):
            found.append((plain, place))
        elif not tagged and weak is None and _may_be(tokens, place, plain, shouting):
            weak = plain.upper(), place
    return found or ([weak] if weak is not None else [])


def _is_ordered(tokens: Sequence[Token], place: int) -> bool:
    behind = [t.word for t in tokens[max(0, place - 2) : place] if t.kind != "number"]
    return bool(behind) and behind[-1] in _OPTION_ORDERS


def _may_be(tokens: Sequence[Token], place: int, plain: str, shouting: bool) -> bool:
    if len(plain) == 1:
        return _is_between_size_and_price(tokens, place)
    if tokens[place].text[0] == "#" or _follows_side(tokens, place):
        return True
    if not plain.isupper() or shouting:
        return False
    if place == 0:
        return len(tokens) == 1 or tokens[1].kind in ("number", "break", "word", "mark")
    near = [tokens[n] for n in (place - 1, place + 1) if 0 <= n < len(tokens)]
    return any(t.kind == "number" or t.word == "@" or TAGGED.get((t.word,)) in _TRADING_NEIGHBOURS for t in near)


def is_listed(tokens: Sequence[Token], place: int) -> bool:
    """Where a list names what is traded: "BYND short 6.1", "RKT: +60", "sell LTIM 5900", "and 200 BYND 6.1"."""
    before = tokens[place - 1] if place else None
    begins = before is None or before.kind == "break" or before.word in LISTING
    after = place + 2 if place + 1 < len(tokens) and tokens[place + 1].word == ":" else place + 1
    if after >= len(tokens):
        return False
    told = tokens[after]
    if begins:
        if told.kind == "number":
            return bool(told.sign)
        kinds = [token.kind for token in tokens[after + 1 : after + _NEAR]]
        priced = "number" in kinds and "break" not in kinds[: kinds.index("number")]
        return priced and TAGGED.get((told.word,)) in SIDES
    assert before is not None  # noqa: S101  it begins otherwise
    if told.kind != "number" or after > place + 1:
        return False
    if before.kind == "number" and place > 1:
        led = tokens[place - 2]
        return TAGGED.get((led.word,)) in SIDES or led.word in LISTING
    return TAGGED.get((before.word,)) in SIDES


def _is_between_size_and_price(tokens: Sequence[Token], place: int) -> bool:
    """ "sold 100 F at 11.02", "sold 100 shares of F at 11.02"."""
    if not 0 < place < len(tokens) - 1 or not tokens[place].text.isupper():
        return False
    before = place - 3 if tokens[place - 1].word == "of" and tokens[place - 2].word in _SHARES else place - 1
    return before >= 0 and tokens[before].kind == "number" and tokens[place + 1].word in ("@", "at")


def _follows_side(tokens: Sequence[Token], place: int) -> bool:
    """ "shorted major at 0.262": a word between a side and a price, in any case."""
    if not 0 < place < len(tokens) - 2:
        return False
    before, after, price = tokens[place - 1], tokens[place + 1], tokens[place + 2]
    if tokens[place].word in FOREIGN:
        return False
    at = after.word == "@" or TAGGED.get((after.word,)) is Tag.AT
    return TAGGED.get((before.word,)) in SIDES and at and price.kind == "number"


def lower_case_ticker(tokens: Sequence[Token], known: frozenset[str]) -> list[tuple[str, int]]:
    """The only unknown short word beside "shares", or beside a side and three numbers: "aapl long 100 189.5 191.2"."""
    unknown = [place for place, token in enumerate(tokens) if _is_unknown(token, known)]
    words = {token.word for token in tokens}
    optional = [] if words.isdisjoint(_OF_OPTIONS) else [place for place in unknown if _names_option(tokens, place)]
    unknown = optional or unknown
    if len(unknown) != 1:
        return []
    (place,) = unknown
    numbers = sum(token.kind == "number" for token in tokens)
    sided = any(TAGGED.get((word,)) in SIDES for word in words)
    if not (words & _SHARES and numbers) and not (sided and numbers >= 3) and not (optional and numbers):
        return []
    upper = tokens[place].text.lstrip("$#/").upper()
    return [(upper, place)] if len(upper) <= LONGEST_TICKER and upper.isascii() else []


def _names_option(tokens: Sequence[Token], place: int) -> bool:
    """ "mara calls expired", "soun 10c expired"."""
    after = tokens[place + 1].word if place + 1 < len(tokens) else ""
    return after in _OPTION_WORDS or is_option(tokens, place)


def _is_unknown(token: Token, known: frozenset[str]) -> bool:
    """A word of no meaning here: neither of trading nor of everyday talk."""
    if token.kind != "word" or (token.word,) in TAGGED or token.word in _SHARES:
        return False
    return token.word not in known and token.word.upper() not in NOT_TICKERS
