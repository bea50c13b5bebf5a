"""Prices in the way their market quotes them: bonds in 32nds, grains in eighths, an index with a dot for thousands.

"118'16" and "118-16" are 118 and 16/32; a third digit adds a fraction of a 32nd ("109'165" is half of one more);
"450'2" cents are 450 and 2/8. "18.300" cannot be an index that moves by quarters: it is 18300.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.reading.instruments import Instrument
from bot.reading.tokens import Token
from bot.trading.contracts import Contract, contract

_TICKED: Final = re.compile(r"(\d{2,4})['-](\d{1,3})")
_EIGHTHS_OF_32ND: Final = {"0": 0, "1": 1, "2": 2, "3": 3, "5": 4, "6": 5, "7": 6, "8": 7}
"""The third digit, its decimals cut off: 2 is a quarter (0.25) of a 32nd, 5 a half, 7 three quarters (0.75)."""
_COARSE_TICK: Final = Decimal("0.1")
_MOST_IN_THOUSANDS: Final = Decimal(100)


def requoted(cut: list[Token], instruments: Sequence[Instrument]) -> None:
    """Gives the numbers of a message about one kind of market the values that they have there. Changes the tokens."""
    if any(instrument.symbol.startswith("BTC") for instrument in instruments):
        _in_thousands(cut)
        return
    known = contract(instruments[0].symbol)
    if known is None:
        return
    for instrument in instruments[1:]:
        other = contract(instrument.symbol)
        if other is None or _quoted(other) != _quoted(known):
            return
    if known.fractions:
        _in_fractions(cut, 32)
    elif known.cents:
        _in_fractions(cut, 8)
    elif known.kind == "forex" and not known.symbol.endswith("JPY"):
        _in_decimals(cut)
    elif known.tick_size is not None and known.tick_size >= _COARSE_TICK:
        _in_thousands(cut)


def _quoted(known: Contract) -> tuple[bool, bool, bool]:
    return known.fractions, known.cents, known.tick_size is not None and known.tick_size >= _COARSE_TICK


def _in_fractions(cut: list[Token], parts: int) -> None:
    for n in range(len(cut) - 2):
        if parts == 32 and cut[n].kind == "number" and cut[n + 1].word == "-" and cut[n + 1].glued:
            _joined(cut, n)
    cut[:] = [token for token in cut if token.end > token.start]
    for token in cut:
        match = _TICKED.fullmatch(token.text) if token.kind == "number" else None
        if match is not None and (value := _fraction(match[1], match[2], parts)) is not None:
            token.value = value


def _joined(cut: list[Token], n: int) -> None:
    """ "118-16" is one price where nothing stands between and what follows the dash are 32nds."""
    whole, dash, part = cut[n : n + 3]
    if part.kind != "number" or not part.glued or not re.fullmatch(r"[0-3]\d\d?", part.text) or len(whole.text) != 3:
        return
    whole.text, whole.end = f"{whole.text}-{part.text}", part.end
    for token in (dash, part):
        token.kind, token.word, token.start = "mark", "", token.end


def _fraction(whole: str, part: str, parts: int) -> Decimal | None:
    if parts == 8:
        return Decimal(whole) + Decimal(part) / 8 if len(part) == 1 and part < "8" else None
    ticks = Decimal(part[:2])
    if len(part) < 2 or ticks >= parts or part[2:] not in ("", *_EIGHTHS_OF_32ND):
        return None
    return Decimal(whole) + (ticks + Decimal(_EIGHTHS_OF_32ND.get(part[2:], 0)) / 8) / parts


def _in_decimals(cut: list[Token]) -> None:
    """ "1,147" of a currency is no eleven hundred."""
    for token in cut:
        if token.kind == "number" and re.fullmatch(r"[01],\d{3}", token.text) and not token.money and not token.sign:
            token.value = Decimal(token.text.replace(",", "."))


def _in_thousands(cut: list[Token]) -> None:
    for token in cut:
        value = token.value
        if value is None or token.kind != "number" or token.money or token.sign or token.suffix:
            continue
        if value < _MOST_IN_THOUSANDS and re.fullmatch(r"[1-9]\d?\.\d{3}", token.text):
            token.value = value * 1000
