"""Cuts normalised text into words, numbers, clock times, dates, marks and line breaks, each with its place.

One expression of plain alternatives is matched from left to right; none of them can backtrack over more than a few
characters, so the time is linear. A number keeps what it says exactly as a Decimal: "18.2k" is 18200, "2.345,60" is
2345.60, "39,450" is 39450.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

from bot.reading.foreign import in_english
from bot.reading.languages import ENGLISH, joining_words, languages_of, may_be_foreign
from bot.reading.normalise import folded
from bot.reading.words import TYPOS, word_set

Kind = Literal["word", "number", "clock", "date", "mark", "break"]


@dataclass(slots=True)
class Token:
    """A piece of the text from `start` to `end`; not frozen, as making frozen ones takes three times as long.

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
_DATE = r"""
    (?P<date>(?<=[A-Z][ ])(?:0[1-9]|1[0-2])-2\d(?![\d.,-])
        |20\d\d[-.](?:0[1-9]|1[0-2])[-.][0-3]\d(?!\d)(?:T\d\d:\d\d(?::\d\d)?Z?)?
        |(?<![\d/.])\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\d/.])|(?<![\d:.,])\d{1,2}:\d(?:\.\d)?(?![\d:])
        |(?:(?<=\bon[ ])|(?<![^\n]))\d{1,2}(?:st|nd|rd|th|\.)?[ ]MONTH\b(?:,?[ ]20\d\d\b)?
        |(?<![\w.,])\d{1,2}(?:st|nd|rd|th|\.)?[ ]MONTH\b(?:,?[ ]20\d\d\b|(?=[ ]*(?:$|[\n,.;!)])))
        |\bMONTH[ ]\d{1,2}(?:st|nd|rd|th)?\b(?![.,]\d|[ ]?(?:@|lots?\b|contracts?\b|cars?\b))(?:,?[ ]20\d\d\b)?)
    """.replace("MONTH", _MONTH)
_CLOCK = r"""
    (?P<clock>(?<![\d:.])\d{1,2}:\d\d(?::\d\d)?(?!:?\d)(?:[ ]?[ap]\.?m\b)?
        |(?<![\d:.,])\d{1,2}(?:[.:]\d\d)?\s?[ap]\.?m\b)
    """
_ROOT = r"(?P<root>\b1000[A-Z]{3,9}USDT?\b|\b(?:M?6[ABCEJNS]|10Y|1INCH)(?:[FGHJKMNQUVXZ]\d{1,2})?\b)"
_FIGURE = r"""
    (?P<number>(?:[+-](?=[$€£]?[\d.]))?(?:[$€£][ ]?)?(?:[+-](?=[\d.]))?
        (?:\d|(?<![\w.)])\.(?=\d)|(?<=\bspot)\.(?=\d))[\d.,']*(?:e[+-]?\d{1,4}\b)?(?:[ ]?[$€£](?!\w)|\+(?=\s))?)
    """
_NAME = r"(?P<word>[$#/]?[^\W\d_][\w&]*(?:'\w+)*)"
_TIMES = r"(?P<times>(?<![\w.])x\d+(?:[.,]\d+)?\b)"
_LINK = re.compile(
    r"(?:https?://|www\.)\S{1,2000}|[\w.+-]{1,64}@(?!\d+\.\d+(?!\.?\w))[\w-]{1,64}\.\S{1,100}|(?<!\S)@[A-Za-z_]\w*",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]@[\w-]+\.")
_MENTION = re.compile(r"(?<!\S)@[A-Za-z_]")


def _either(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.VERBOSE | re.IGNORECASE)


_ANYTHING = _either(r"(?P<break>\n)", _DATE, _CLOCK, _ROOT, _FIGURE, _TIMES, _NAME, r"(?P<mark>\S)")
_FROM_DIGIT = _either(_DATE, _CLOCK, _ROOT, _FIGURE)
_FROM_LETTER = _either(_DATE, _TIMES, _NAME)
_FROM_SIGN = _either(_FIGURE, _NAME, r"(?P<mark>\S)")
_SIGNS = frozenset("+-.$€£#/")
_WORD, _NUMBER, _BREAK, _MARK = 1, 2, 3, 4  # and 5, a signed number
_PLAIN = re.compile(
    r"[ ]*+(?:([$#/]?[^\W\d_][\w&]*(?:'\w+)*)"
    r"|((?:\d{3,}|[1-9]\d{0,2},\d{3})(?:\.\d+)?(?=[,.;)]?(?:$|\n|[ ](?![ $€£])))"
    r"|\d{1,2}(?:\.\d+)?(?=$|[ \n](?!(?i:" + _MONTH + r"|[ap]\.?m)|[ $€£]))"
    r"|\d{1,2}\.\d+(?=[,;)](?:$|[ \n])))"
    r"|(\n)"
    r"|([^\w\s+.$€£-]|_|[+-](?![\d.$€£])|\.(?!\d)|[$€£](?![ ]?[\d+.-]))"
    r"|([+-](?<![\w.)$][+-])\$?\d+(?:\.\d+)?(?=[,;)]?(?:$|\n|[ ](?![ $€£])))))"
)
"""A word, a number that begins no date ("9 May"), clock time ("9 am") or sum ("9 $"), a line break, a mark that begins
no number, or a number with a sign that is no dash. Its groups are numbered as above."""
_BLANKS = re.compile(r"[ ]*+")
_MONTH_STARTS = word_set("jan feb mar apr may jun jul aug sep oct nov dec")
_SUFFIX = re.compile(r"[a-z%]{1,9}(?![a-z0-9])", re.IGNORECASE)
_BLANK_THOUSANDS = re.compile(r"(?<![\w.,+-])(\d{1,3}) (\d{3})((?:[.,]\d{1,2})?)(?![\d.,]*\d| \d{3}(?!\d))")
_AFTER_TARGET = re.compile(r"\b(?:tps?|tgts?|pts?|targets?)[:@ ]{1,3}$", re.IGNORECASE)
_LABEL = 10
"""Characters in which a target is named: "tgt 9/12" are two prices, not a day."""
_RUPEES = re.compile(r"(?:\bRs\.?|[₹¥₽]) ?(?=\d)")
_STOP = re.compile(r"\bs\s?\.\s?l\b\.?", re.IGNORECASE)
_TARGET = re.compile(r"\bt\s?\.\s?p\s?\.?(?=\s?-?\d?\b)", re.IGNORECASE)
_SPELLED = (
    *((mark, _STOP, "SL") for mark in (".l", ". l")),
    *((mark, _TARGET, "TP") for mark in (".p", ". p")),
    (
        "1/2 ",
        re.compile(r"(?<![\w/.-])(?<!\bon )1/2(?= (?:off|my|at|@|out|of|position|the)(?!\w))", re.IGNORECASE),
        "half",
    ),
    ("_f", re.compile(r"(?<=[A-Z])_F\b"), ""),
    ("p-", re.compile(r"\bTP-(?=\d\b(?![.,]\d))", re.IGNORECASE), "TP"),
    ("l-", re.compile(r"\bSL-(?=\d\b(?![.,]\d))", re.IGNORECASE), "SL"),
    *((mark, _RUPEES, "") for mark in ("rs", "₹", "¥", "₽")),
)
"""What is spelled in other ways, behind what has to stand in it."""
_GLUED_SIGN = re.compile(
    r"[0-9](?:\.\.[0-9]|[cegmnrxyzCEGMNRXYZ][a-zA-Z2]|(?<=[lptygnLPTYGN][0-9])(?:[0-9]{2}|[0-9]*\.[0-9]|[0-9]{0,2},[0-9]{3}))"
)
"""What stands in every text that has one of the following, and is found far sooner."""
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
    (re.compile(r"(?<![\w.,:])(\d{3,}\.(?=\.\d\d?(?!\d))|\d\.(?=\.\d{3}))\.(?=\d{1,5}(?![\w.,]?\d))"), r"\1"),
)
"""Labels and sizes that touch: "sl18230", "2nq"; the point that was typed twice in "131..20". """
_LISTED = re.compile(r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d+|\d+(?:\.\d+)?)(?=,|$)")
"""The first number of "2,6010.25,6004.75", which is a list."""
_TWO_PRICES = re.compile(r"\d{4,},\d{4,}")
"""The end of the same: no price of thousands has four decimals."""
_EUROPEAN = re.compile(r"\d\.\d{3},\d")
_ASCII_WORDS = re.compile(r"[a-z][\w&]*|[-/]")
_WORDS = re.compile(r"[^\W\d_][\w&]*(?:'\w+)*|[-/]")
_AFTER_WORDS = word_set("@ at a en em bei zu target tp stop sl entry exit out from von de")
_INDEXED = frozenset(("tp", "et"))
"""How the words end that a number of their own may follow: "tp", "target"."""
_APART = re.compile(r" (?<=\d )\d{3}")
"""What a number with blanks for thousands holds, and is found far sooner."""
_COMMA = re.compile(r",\d")
"""The same of a number with a comma."""
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])\d+,(?:\d{1,2}|\d{4,5})(?![\d,])")


def links(text: str) -> bool:
    """Whether a text holds links or mail addresses, which are left out of its tokens; a mention is none."""
    return "://" in text or "www." in text or ("@" in text and _MAIL.search(text) is not None)


def tokens(text: str, most: int | None = None) -> list[Token]:
    """The tokens of normalised text, up to one more than `most`. Links, mail addresses and mentions are left out."""
    text = _spelled_out(text)
    words = _words_of(text) if may_be_foreign(text) else []
    languages = languages_of(words) if words else ENGLISH
    commas = _COMMA.search(text) is not None
    if languages or (commas and _DECIMAL_COMMA.search(text)):
        text = in_english(text, languages, words or _words_of(text))
    joining = joining_words(languages) if languages else {}
    if _APART.search(text) and _BLANK_THOUSANDS.search(text):
        text = _thousands_joined(text)
    comma = commas and _EUROPEAN.search(text) is not None
    found: list[Token] = []
    linked = links(text) or ("@" in text and _MENTION.search(text) is not None)
    place, end, length = 0, -1, len(text)
    most, plain_at, word_of = length if most is None else most, _PLAIN.match, _word_of
    limited = length > most
    while place < length and not (limited and len(found) > most):
        if linked:
            place = _BLANKS.match(text, place).end()  # type: ignore[union-attr]
            link = _LINK.match(text, place)
            if link is not None:
                place = link.end()
                continue
        token, plain = None, plain_at(text, place)
        if plain is not None:
            group = plain.lastindex or 0
            start, place = plain.span(group)
            raw = text[start:place]
            if group != _WORD:
                token = _plain_token(group, raw, start, comma)
            elif (word := word_of(raw)) is not None:
                token = Token("word", raw, start, place, word)
            if token is None:
                place = start
        if token is None:
            token = _token_at(text, place, comma)
            if token is None:
                break
        if joining:
            token.word = joining.get(token.word, token.word)
        token.glued = token.start == end
        found.append(token)
        place = end = token.end
    return found


def words_of(cut: list[Token]) -> list[str]:
    """Each token as the vocabulary has it; numbers, times and dates as they are written."""
    return [token.word or token.text for token in cut]


def _words_of(text: str) -> list[str]:
    """The folded words of a text that is not cut yet, and what may join two of them."""
    return _ASCII_WORDS.findall(text.lower()) if text.isascii() else [folded(word) for word in _WORDS.findall(text)]


def _begins(first: str) -> re.Pattern[str]:
    """What may begin with a character: trying all else as well would take three times as long."""
    if first.isdecimal():
        return _FROM_DIGIT
    return _FROM_SIGN if first in _SIGNS else _FROM_LETTER if first.isalpha() else _ANYTHING


def _plain_token(group: int, raw: str, start: int, comma: bool) -> Token | None:
    """The number, mark or line break that can be nothing else; None for a number that has to be looked at."""
    end = start + len(raw)
    if group == _MARK:
        return Token("mark", raw, start, end, raw)
    if group == _BREAK:
        return Token("break", raw, start, end)
    if comma:
        return None
    if group == _NUMBER:
        return Token("number", raw, start, end, "", Decimal(raw.replace(",", "")))
    money = raw[1] == "$"
    return Token("number", raw, start, end, "", Decimal(raw[1 + money :]), raw[0], money)


@lru_cache(maxsize=8192)
def _word_of(raw: str) -> str | None:
    """A word as the vocabulary has it; None for what may begin a date or a count ("x3")."""
    if raw[0] in "$#/":
        return _spelled_right(raw)
    word = folded(raw)
    if word[:3] in _MONTH_STARTS or word[:1] == "x":
        return None
    return _spelled_right(raw)


def _spelled_right(raw: str) -> str:
    word = folded(raw.lstrip("$#/"))
    return TYPOS.get(word, word) if raw.islower() else word


def _spelled_out(text: str) -> str:
    """Labels and sizes that are written with marks of their own or glued to a number, in plain."""
    lower = text.lower()
    for mark, pattern, plain in _SPELLED:
        if mark in lower:
            text = pattern.sub(plain, text)
    if _GLUED_SIGN.search(text):
        for pattern, plain in _GLUED:
            text = pattern.sub(plain, text)
    return text


def _token_at(text: str, place: int, comma: bool) -> Token | None:
    """What begins behind the blanks at a place, whatever it may be; None at the end."""
    place = _BLANKS.match(text, place).end()  # type: ignore[union-attr]
    match = _begins(text[place]).search(text, place) if place < len(text) else None
    if match is None:
        return None
    kind, raw, start, end = match.lastgroup or "mark", match.group(), match.start(), match.end()
    if kind == "number":
        return _number(raw, start, text, comma)
    if kind == "times":
        return Token("number", raw, start, end, "", number_value(raw[1:], comma), suffix="pieces")
    if kind in ("word", "root"):
        return Token("word", raw, start, end, _spelled_right(raw))
    if kind == "date" and "/" in raw and _AFTER_TARGET.search(text[max(0, start - _LABEL) : start]):
        first = raw.partition("/")[0]
        return Token("number", first, start, start + len(first), "", Decimal(first))
    if kind in ("clock", "date", "break"):
        return Token(kind, raw, start, end)  # type: ignore[arg-type]
    return Token("mark", raw, start, end, raw)


def _number(raw: str, start: int, text: str, comma: bool) -> Token:
    """A number; a "-" that follows a letter or digit directly is a dash between two things, not a sign."""
    if raw[0] in "+-" and start and (text[start - 1].isalnum() or text[start - 1] in (".)$" if raw[0] == "-" else ")")):
        return Token("mark", raw[0], start, start + 1, raw[0])
    digits = raw.strip("+-$€£ ").rstrip(".,'")
    end = start + len(raw)
    several = "," in digits and ("." in digits or digits.count(",") > 1 or _TWO_PRICES.fullmatch(digits))
    if several and (listed := _LISTED.match(digits)) and listed.end() < len(digits):
        digits = listed.group()
        raw = raw[: raw.index(digits) + len(digits)]
        end = start + len(raw)
    if raw[-1] in ".,'":
        end = start + raw.rindex(digits) + len(digits)
    lead = raw[: raw.index(digits)]
    sign = next((mark for mark in lead if mark in "+-"), "") if lead else ""
    money = "$" in raw or "€" in raw or "£" in raw
    token = Token("number", text[start:end], start, end, "", number_value(digits, comma), sign, money)
    if end < len(text) and (text[end].isalpha() or text[end] == "%"):
        _take_suffix(token, text)
    return token


def _take_suffix(token: Token, text: str) -> None:
    """ "18.2k" and "3c": what is glued to a number belongs to it; a thousand or a million is multiplied in."""
    glued = _SUFFIX.match(text, token.end)
    if glued is None or token.value is None:
        return
    suffix = folded(glued.group())
    if suffix in _POWERS or (suffix == "m" and token.money):
        token.value *= _POWERS.get(suffix, 1_000_000)
    else:
        token.suffix = suffix
    token.text, token.end = text[token.start : glued.end()], glued.end()


def number_value(digits: str, comma_is_decimal: bool = False) -> Decimal | None:
    """The value of digits with separators, None when they make none. "5.406" is 5406 where the comma is decimal."""
    if digits.isdecimal():
        return Decimal(digits)
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


def _thousands_joined(text: str) -> str:
    """ "at 18 455" is one number, and so are "18 455" and "18 420" beside each other; "2 455" alone stays two."""
    values = [int(match[1] + match[2]) for match in _BLANK_THOUSANDS.finditer(text) if len(match[1]) > 1]
    alike = len(set(values)) > 1 and max(values) < 2 * min(values)
    sure: set[str] = set()

    def joined(match: re.Match[str]) -> str:
        before = match.string[: match.start()].rstrip(" ")
        labelled = before.rpartition(" ")[2].lower().strip(":,").rpartition("\n")[2] in _AFTER_WORDS
        if labelled and before[-2:].lower() not in _INDEXED:
            sure.add(match[1])
        labelled &= len(match[1]) > 1 or match[1] in sure or before[-2:].lower() not in _INDEXED  # "TP 1 161.80"
        return match[1] + match[2] + match[3] if labelled or (alike and len(match[1]) > 1) else match[0]

    return _BLANK_THOUSANDS.sub(joined, text)


_POWERS = {"k": 1000, "mio": 1_000_000}
