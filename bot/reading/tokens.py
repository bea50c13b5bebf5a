"""Cuts normalised text into words, numbers, clock times, dates, marks and line breaks, each with its place.

One expression of plain alternatives is matched from left to right; none of them can backtrack over more than a few
characters, so the time is linear. A number keeps what it says exactly as a Decimal: "18.2k" is 18200, "2.345,60" is
2345.60, "39,450" is 39450.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Literal

from bot.reading.normalise import folded
from bot.reading.words import FOREIGN, TYPOS, word_set

Kind = Literal["word", "number", "clock", "date", "mark", "break"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of the text from `start` to `end`.

    word    folded form of a word (lower case, no accents); the mark itself for a mark
    value   of a number, never negative; None where it is not a number after all ("1.1.5320")
    sign    "+" or "-" where one stands directly before the number
    money   a currency sign stands beside it
    suffix  letters glued to the number: "x", "p", "pips", "am"
    glued   nothing stands between this and the token before
    """

    kind: Kind
    text: str
    start: int
    end: int
    word: str = ""
    value: Decimal | None = None
    sign: str = ""
    money: bool = False
    suffix: str = ""
    glued: bool = False


_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?)"
)
_PATTERN = re.compile(
    r"""
    (?P<break>\n)
  | (?P<link>(?:https?://|www\.)\S{1,2000}|[\w.+-]{1,64}@[\w-]{1,64}\.\S{1,100}|(?<!\S)@[A-Za-z_]\w*)
  | (?P<date>\d{4}[-.]\d\d[-.]\d\d(?:T\d\d:\d\d(?::\d\d)?Z?)?
        |(?<![\d/.])\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\d/.])|(?<![\d:.,])\d{1,2}:\d(?:\.\d)?(?![\d:])
        |(?:(?<=\bon[ ])|(?<![^\n]))\d{1,2}(?:st|nd|rd|th|\.)?[ ]MONTH\b(?:,?[ ]20\d\d\b)?
        |(?<![\w.,])\d{1,2}(?:st|nd|rd|th|\.)?[ ]MONTH\b(?:,?[ ]20\d\d\b|(?=[ ]*(?:$|[\n,.;!)])))
        |\bMONTH[ ]\d{1,2}(?:st|nd|rd|th)?\b(?![.,]\d|[ ]?(?:@|lots?\b|contracts?\b|cars?\b))(?:,?[ ]20\d\d\b)?)
  | (?P<clock>(?<![\d:.])\d{1,2}:\d\d(?::\d\d)?(?![\d:])|(?<![\d:.,])\d{1,2}(?:[.:]\d\d)?\s?[ap]\.?m\b)
  | (?P<root>\b(?:M?6[ABCEJNS]|10Y|1INCH)(?:[FGHJKMNQUVXZ]\d{1,2})?\b)
  | (?P<number>(?:[+-](?=[ ]?[$€£]?[\d.]))?(?:R?[$€£][ ]?)?(?:[+-](?=[\d.]))?
        (?:\d|(?<![\w.)])\.(?=\d)|(?<=\bspot)\.(?=\d))[\d.,']*(?:e[+-]?\d{1,4}\b)?(?:[ ]?[$€£](?!\w)|\+(?=\s))?)
  | (?P<word>[$#/]?[^\W\d_][\w&]*(?:'\w+)*)
  | (?P<mark>\S)
    """.replace("MONTH", _MONTH),
    re.VERBOSE | re.IGNORECASE,
)
_SUFFIX = re.compile(r"[a-z%]{1,9}(?![a-z0-9])", re.IGNORECASE)
_BLANK_THOUSANDS = re.compile(r"(?<=[@\w:.] )(\d{1,3}) (\d{3})(?![\d.,]*\d)(?=\D|$)")
_SPELLED = (
    (re.compile(r"\bs\s?\.\s?l\b\.?", re.IGNORECASE), "SL"),
    (re.compile(r"\bt\s?\.\s?p\s?\.?(?=\s?\d?\b)", re.IGNORECASE), "TP"),
)
_GLUED = (
    (
        re.compile(r"\b(sl|tp|stop|target|entry|exit|long|short|in|out)(?=\d{3}|\d+\.\d|\d{1,3},\d{3})", re.IGNORECASE),
        r"\1 ",
    ),
    (
        re.compile(
            r"(?<![\w.,:$])(\d{1,4})(?=(?:m?nq|m?es|m?ym|rty|m2k|m?gc|m?cl|m?ng|zb|zn|eurusd|gbpusd|xauusd)\b)",
            re.IGNORECASE,
        ),
        r"\1 ",
    ),
)
"""Labels and sizes that touch: "sl18230", "2nq". """
_EUROPEAN = re.compile(r"\d\.\d{3},\d")
_PAIR = re.compile(r"(?:usd|eur|gbp|jpy|chf|aud|cad|nzd|usdt)\b", re.IGNORECASE)
_AFTER_WORDS = word_set("@ at a en em bei zu target tp stop sl entry exit out from von de")


def tokens(text: str) -> list[Token]:
    """The tokens of normalised text. Links, mail addresses and mentions are left out."""
    for pattern, plain in (*_SPELLED, *_GLUED):
        text = pattern.sub(plain, text)
    text = _BLANK_THOUSANDS.sub(_joined_thousands, text)
    comma = _comma_is_decimal(text)
    found: list[Token] = []
    place = 0
    while match := _PATTERN.search(text, place):
        kind, place = match.lastgroup or "mark", match.end()
        if kind == "link":
            continue
        glued = bool(found) and found[-1].end == match.start()
        token = _token(kind, match, text, comma, glued)
        found.append(token)
        place = token.end
    return found


def _token(kind: str, match: re.Match[str], text: str, comma: bool, glued: bool) -> Token:
    raw, start, end = match.group(), match.start(), match.end()
    if kind == "number":
        return _number(raw, start, text, comma, glued)
    if kind in ("word", "root"):
        word = folded(raw.lstrip("$#/"))
        word = TYPOS.get(word, word) if raw.islower() else word
        return Token(kind="word", text=raw, start=start, end=end, word=word, glued=glued)
    if kind in ("clock", "date", "break"):
        return Token(kind=kind, text=raw, start=start, end=end, glued=glued)  # type: ignore[arg-type]
    return Token(kind="mark", text=raw, start=start, end=end, word=raw, glued=glued)


def _number(raw: str, start: int, text: str, comma: bool, glued: bool) -> Token:
    """A number; a "-" that follows a letter or digit directly is a dash between two things, not a sign."""
    if raw[0] in "+-" and start and (text[start - 1].isalnum() or text[start - 1] in ".)$"):
        return Token(kind="mark", text=raw[0], start=start, end=start + 1, word=raw[0], glued=glued)
    digits = raw.strip("+-R$€£ r").rstrip(".,'")
    end = start + len(raw)
    if raw[-1] in ".,'":
        end = start + raw.rindex(digits) + len(digits)
    sign = next((c for c in raw[: raw.index(digits)] if c in "+-"), "")
    money = any(c in raw for c in "$€£")
    token = Token(
        kind="number",
        text=text[start:end],
        start=start,
        end=end,
        value=number_value(digits, comma),
        sign=sign,
        money=money,
        glued=glued,
    )
    return _with_suffix(token, text)


def _with_suffix(token: Token, text: str) -> Token:
    glued = _SUFFIX.match(text, token.end)
    if glued is None or token.value is None:
        return token
    suffix = folded(glued.group())
    if suffix == "k":
        value = token.value * 1000
        return replace(token, value=value, text=text[token.start : glued.end()], end=glued.end())
    return replace(token, suffix=suffix, text=text[token.start : glued.end()], end=glued.end())


def number_value(digits: str, comma_is_decimal: bool = False) -> Decimal | None:
    """The value of digits with separators, None when they make none. "5.406" is 5406 where the comma is decimal."""
    digits, _, exponent = digits.replace("'", "").lower().partition("e")
    if "." in digits and "," in digits:
        decimal = max(digits.rindex("."), digits.rindex(","))
        digits = re.sub(r"[.,]", "", digits[:decimal]) + "." + digits[decimal + 1 :]
    elif "," in digits:
        groups = digits.split(",")
        thousands = all(len(g) == 3 for g in groups[1:]) and len(groups[0]) <= 3 and groups[0] != "0"
        digits = "".join(groups) if thousands else ".".join(groups)
    elif comma_is_decimal or digits.count(".") > 1:
        groups = digits.split(".")
        if all(len(g) == 3 for g in groups[1:]) and 1 <= len(groups[0]) <= 3 and groups[0] != "0":
            digits = "".join(groups)
    try:
        return Decimal(digits).scaleb(_in_reach(exponent)) if exponent else Decimal(digits)
    except InvalidOperation:
        return None


def _in_reach(exponent: str) -> int:
    """An exponent cut to what arithmetic can take: 1e9999 is as impossible a price as 1e400."""
    return max(-400, min(400, int(exponent)))


def _comma_is_decimal(text: str) -> bool:
    """True for "5.412,50", and for other languages' words where no currency pair (with three decimals) is named."""
    if _EUROPEAN.search(text):
        return True
    if _PAIR.search(text):
        return False
    words = {folded(word) for word in re.findall(r"[^\W\d_]+", text)}
    return bool(words & _FOREIGN_WORDS)


def _joined_thousands(match: re.Match[str]) -> str:
    """ "at 18 455" is one number; "2 455" after anything but a preposition or a label stays two."""
    before = match.string[: match.start()].rstrip().rpartition(" ")[2].lower().strip(":,")
    return match[1] + match[2] if before in _AFTER_WORDS else match[0]


_FOREIGN_WORDS = frozenset(FOREIGN.split("|")) - {"en", "et", "con", "com", "por", "ek"}
