"""Makes text plain before it is read: look-alikes, invisible marks, full-width digits, dashes and quotes.

Compatibility folding is Unicode's NFKC; what it leaves (look-alikes of other scripts, format characters) is done
here. Everything is one pass over the text: time is linear in its length.
"""

import html
import re
import unicodedata
from functools import lru_cache

_LOOKALIKES = dict(
    zip("АВЕКМНОРСТХУЅІЈаеорсухѕіјΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEKMHOPCTXYSIJaeopcyxsijABEZHIKMNOPTYXo", strict=True)
)
"""Cyrillic and Greek letters drawn like Latin ones (Unicode's confusables, the ones a ticker or side word can hold)."""

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        **dict.fromkeys("‘’‛`´ʼ", "'"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("→➡⇒➔⟶►▶➜➝➞", ">"),
        **dict.fromkeys("⤵⤴👇🔽", " "),
        **dict.fromkeys("❌✖✗✘", "❌"),
        **dict.fromkeys("✔☑", "✅"),
        "❗": "!",
        "⁄": "/",
        "∕": "/",
    }
)

_HALVES = {"½": ".5", "¼": ".25", "¾": ".75", "⅛": ".125", "⅜": ".375", "⅝": ".625", "⅞": ".875"}
_VULGAR = re.compile(r"(\d) ?([½¼¾⅛⅜⅝⅞])")
_LONGEST_WORD = 30
_FEWEST_CELLS = 3
_RUN = re.compile(rf"\S{{{_LONGEST_WORD},}}")
_CELLS = re.compile(r"(?<=[a-z])(?=[A-Z\d])|(?<=\d)(?=[A-Z][a-z])")
_ENTITY = re.compile(r"&(?:[a-z][a-z0-9]{1,9}|#\d{1,6}|#x[0-9a-f]{1,5});", re.IGNORECASE)
_MARKUP = re.compile(
    r"</?(?:(?P<line>br|p|div|ul|ol|li|tr|table|h[1-6]|blockquote|pre)|[bius]|em|strong|del|ins|span|a|code|font|small|t[dh])"
    r"(?: [\w-]{1,20}=[^<>]{0,200})? ?/?>"
    r"|</?(?:script|style|img|iframe|svg|object|embed|form|input|button|body|html|head|meta|link|base|video|audio)"
    r"\b[^<>]{0,200}>",
    re.IGNORECASE,
)
_UNREAD = re.compile(r"<(?:(?P<name>script|style)\b[^<>]{0,200}>|!--)", re.IGNORECASE)
_READ_AGAIN = {
    "script": re.compile(r"</script[^<>]{0,20}>", re.IGNORECASE),
    "style": re.compile(r"</style[^<>]{0,20}>", re.IGNORECASE),
    "": re.compile("-->"),
}
"""Where what no browser shows ends: a script, a style, a comment."""

_LETTERS = re.compile(r"[^\W\d_]+")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+(?!\d)")
"""A number whose thousands are written with blanks that do not break."""
_UNBROKEN = str.maketrans("", "", "\u00a0\u2009\u202f")


def normalised(text: str) -> str:
    """The text in plain characters; line breaks are kept, case is kept."""
    ascii_only = text.isascii()
    if not ascii_only:
        text = _GROUPED.sub(lambda number: number[0].translate(_UNBROKEN), text)
    if len(text) >= _LONGEST_WORD:
        text = _parted(text)
    if "<" in text:
        text = _MARKUP.sub(lambda tag: "\n" if tag["line"] else " ", _shown(text))
    if "**" in text:
        text = text.replace("**", " ")  # Markdown's bold
    if "&" in text and (unescaped := _ENTITY.sub(_mark_of, text)) != text:
        text, ascii_only = unescaped, unescaped.isascii()
    if ascii_only and text.replace("\n", "").isprintable():
        return text  # what most people write: nothing below would change it
    if unicodedata.is_normalized("NFKC", text):
        return _latin(text.translate(_KEPT))
    text = text.translate(_PLAIN)
    text = _VULGAR.sub(lambda match: f"{match[1]}{_HALVES[match[2]]}", text)
    text = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    return _latin(text.translate(_KEPT))


def _shown(text: str) -> str:
    """Without scripts, styles and comments; one that is not closed is shown."""
    shown, place, open_ones = [], 0, set()
    for tag in _UNREAD.finditer(text):
        name = (tag["name"] or "").lower()
        if tag.start() < place or name in open_ones:
            continue
        close = _READ_AGAIN[name].search(text, tag.end())
        if close is None:
            open_ones.add(name)
        else:
            shown.append(text[place : tag.start()])
            place = close.end()
    return " ".join([*shown, text[place:]]) if shown else text


def _mark_of(entity: re.Match[str]) -> str:
    """What an HTML entity stands for, unless that is a letter or digit: nobody types those so."""
    mark = html.unescape(entity[0])
    return entity[0] if mark.isalnum() else mark


def _parted(text: str) -> str:
    """ "SymbolESZ5SideShortEntry5412.50": the cells of a table that was copied without its lines."""
    if _RUN.search(text) is None:
        return text
    runs = (run for run in _RUN.findall(text) if "/" not in run)
    glued = any(len(_CELLS.findall(run)) >= _FEWEST_CELLS for run in runs)
    return _CELLS.sub(" ", text) if glued else text


@lru_cache(maxsize=8192)
def folded(word: str) -> str:
    """Lower case without accents or apostrophes, as the vocabulary is written: "Não" and "nao" are one word."""
    if word.isascii():
        return word.lower().replace("'", "")
    apart = unicodedata.normalize("NFD", word.casefold())
    return "".join(c for c in apart if c != "'" and not unicodedata.combining(c))


class _Kept(dict[int, str]):
    """What each character is kept as, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = kept = "".join(map(_kept, chr(code).translate(_PLAIN)))
        return kept


_KEPT = _Kept()


def _kept(character: str) -> str:
    if character in "\n\r\u2028\u2029":
        return "\n"
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me", "Cs", "Co", "Cn"):
        return ""
    return " " if category in ("Zs", "Cc") else character


_CYRILLIC = re.compile("[\u0370-\u04ff]")


def _latin(text: str) -> str:
    """Replaces look-alikes in words that mix them with Latin letters, and in Latin text; other Cyrillic is left."""
    if _CYRILLIC.search(text) is None:
        return text
    latin = not any(_is_cyrillic(word) for word in _LETTERS.findall(text))
    return _LETTERS.sub(lambda word: _plain_word(word[0], latin), text)


def _is_cyrillic(word: str) -> bool:
    """A word that Latin letters cannot draw."""
    return any("\u0370" <= c <= "\u04ff" and c not in _LOOKALIKES for c in word)


def _plain_word(word: str, latin: bool) -> str:
    mixed = any(c.isascii() for c in word) and not _is_cyrillic(word)
    return "".join(_LOOKALIKES.get(c, c) for c in word) if latin or mixed else word
