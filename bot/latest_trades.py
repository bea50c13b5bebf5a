"""How many of the latest trades are asked for: "my last ten trades", "las últimas 5 operaciones", "10 derniers trades".

Some words may stand between, which are left to be read ("last 10 nq trades"), but none of time: "last week's trades".
"""

from typing import Final

from bot import period_words as known
from bot.periods import MOST_COUNTED
from statemachine.errors import NotAPeriod

_NEAR: Final = 3
"""Words behind the number, of which one names the trades."""


def latest_in(text: str) -> tuple[int | None, str]:
    """The number, and the text without it, of which "last" is left: it tells the language. None where none is said; "my
    last trade" is one.

    Raises NotAPeriod for a number that cannot be.
    """
    plain = known.plain(text)
    found = list(known.WORD.finditer(plain))
    words = [known.bare(match[0]) for match in found]
    for place, word in enumerate(words):
        if word not in known.LAST:
            continue
        numbered = next((at for at in (place + 1, place - 1) if 0 <= at < len(words) and _number(words[at])), None)
        end = place + 1 if numbered is None else max(place, numbered) + 1
        if not _names_trades(words[end : end + _NEAR], one=numbered is None):
            continue
        if numbered is None:
            return 1, text
        count, said = known.number(words[numbered]) or 0, found[numbered]
        if not 1 <= count <= MOST_COUNTED:
            raise NotAPeriod("unknown", f"{words[place]} {said[0]}")
        return count, " ".join(f"{plain[: said.start()]} {plain[said.end() :]}".split())
    return None, text


def _number(word: str) -> bool:
    return known.number(word) is not None


def _names_trades(words: list[str], *, one: bool) -> bool:
    for word in words:
        if word in known.SPANS:
            return False
        if word in known.TRADES:
            return not one or known.TRADES[word] == "one"
    return False
