"""The main session of an instrument: the hours of the exchange its price comes from, where that is one.

Stock index futures trade around the clock; what traders call their session is that of the stocks (New York 9:30 to
16:00, nyse.com/markets/hours-calendars; Xetra 9:00 to 17:30, London 8:00 to 16:30). Oil, metals, currencies and
crypto have no such hours that everybody means. Holidays and half days are not known here.
"""

from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from bot.reading.instruments import COINS, CURRENCIES
from bot.trading.contracts import contract


@dataclass(frozen=True, slots=True)
class MainSession:
    """Monday to Friday from `opens` to `closes` on the clock of `zone`."""

    zone: ZoneInfo
    opens: time
    closes: time


NEW_YORK = MainSession(ZoneInfo("America/New_York"), time(9, 30), time(16))
XETRA = MainSession(ZoneInfo("Europe/Berlin"), time(9), time(17, 30))
LONDON = MainSession(ZoneInfo("Europe/London"), time(8), time(16, 30))

_BY_SYMBOL = {
    **dict.fromkeys(("ES", "NQ", "RTY", "YM", "EMD", "MES", "MNQ", "M2K", "MYM", "US30", "NAS100", "SPX500"), NEW_YORK),
    **dict.fromkeys(("SPX", "NDX", "RUT", "DOW", "VIX"), NEW_YORK),
    **dict.fromkeys(("FDAX", "FDXM", "FDXS", "FESX", "FSXE", "GER40", "DAX"), XETRA),
    **dict.fromkeys(("UK100", "FTSE"), LONDON),
}
_ELSEWHERE = frozenset({"NIKKEI", "DXY"})
_LONGEST_TICKER = 5


def main_session(symbol: str) -> MainSession | None:
    """None where the instrument has none that is known. An unknown word of up to five letters is a stock."""
    known = contract(symbol)
    name = known.symbol if known else symbol.strip().upper()
    if name in _BY_SYMBOL:
        return _BY_SYMBOL[name]
    if known is not None or name in _ELSEWHERE or name in COINS or name in CURRENCIES:
        return None
    letters = name.replace(".", "")
    return NEW_YORK if letters.isascii() and letters.isalpha() and len(letters) <= _LONGEST_TICKER else None
