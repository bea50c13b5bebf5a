"""How a rule's text is made plain before its words are looked at: what carries no meaning is taken away here.

A reason ("because I get tired") goes only where it cannot hide a second rule: a figure, an exception or a demand in it
means that the rule is not understood.
"""

import re
import unicodedata
from typing import Final

from bot.rules.values import readings

_DASHES: Final = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": " ", "”": " ", '"': " ", "‑": "-", "‐": "-", "−": "-", "⁄": "/"}
)
_MEANT_NO: Final = frozenset("❌🚫⛔✖✗✘🛑👎🙅❎📵🔞⊘")
"""Signs that may stand for "no": they are not stripped, so a rule with one is left to the judge."""
_LABEL = re.compile(
    r"(?:[-*•·>–—]+ +|\(?\d{1,2}[.)] +|#\d{1,2}[:.)]? +|"
    r"(?:my |the |golden |trading |personal |number |first |second |third )*"
    r"rule(?: ?(?:no\.? ?|number |# ?))? ?\d{0,2} ?(?:is that|is to|is|:|-|–|—|\.|\)) *)"
)
_REASON = re.compile(
    r"[,(]? ?\b(?:because|cuz|coz|'?cause|bc|since (?=(?:i|it|it's|that|my|they|the market)\b)|so that|"
    r"(?P<so>so (?:i|we) (?:do not|don'?t|can|won'?t|stay|keep|"
    r"get(?= (?:some|my|enough) (?:sleep|rest)\b)))|in order to|"
    r"otherwise (?:i(?! (?:it|skip|take|trade|half|halve|use|reduce|go|switch|wait|only|do|don'?t)\b)|it|my)|"
    r"to (?:avoid|prevent|protect|stay|keep (?:me|my|emotions|things|it)|make sure))\b(?P<why> [^.;\n!]+)"
)
_PURPOSE = re.compile(r"(?:^|(?<=\n))(?:in order )?to (?:avoid|prevent|protect|stay|stop|keep)\b(?P<why>[^,.;\n]*), ?")
_WEIGHTY = re.compile(
    r"\d|\b(?:maybe|mostly|usually|sometimes|most|often|generally|normally|perhaps|unless|except\w*|only|"
    r"max\w*|min\w*|"
    r"but|apart|if|when|until|after|before|without|during|mornings?|afternoons?|news|funded|eval\w*|challenge)\b"
)
_OF_TRADING = re.compile(
    r"\b(?:trad(?:e|es|ing)|stops?|positions?|contracts?|risk|loss(?:es)?|losers?|winners?|longs?|shorts?|overnight|"
    r"add)\b"
)
"""In "so I don't …" these may be a second rule, not a reason."""
_DEMAND = re.compile(r"(?: and | or | then )[^,]*\b(?:no|not|never|don'?t|stop|always|must|have to|avoid|quit|use)\b")
_EITHER_WAY = re.compile(r" ?(?:[,(]| - | -- |[–—])? ?win,? lose,? or draw\b\)?")
_GO = re.compile(r"(?:(?<=one )|(?<=\b1 ))go(?= (?:per|a|each) )")
_GOES = re.compile(r"(?:(?<=\d )|(?<=two )|(?<=three )|(?<=four )|(?<=five ))goes(?= (?:per|a|each) )")
_WHOLE: Final = {"one": "1", "two": "2", "three": "3"}
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DECIMAL_COMMA = re.compile(
    r"(?<=\d),(?=\d{1,2} ?(?:%|r\b|lots?\b|pct\b|percent\b)|(?:\d|25|50|75) ?(?:points?|pts?|ticks?|pips?)\b)|"
    r"(?<=1:\d),(?=\d\b)|(?<=at least \d),(?=\d\b)|(?<=min \d),(?=\d\b)|(?<=crv \d),(?=\d\b)|(?<=rr \d),(?=\d\b)"
)
_HYPHEN = re.compile(r"(?<![\w-])(?:[a-z']+|\d+(?:\.\d+)?)(?:-[a-z']+)+(?!\w)")
_SHORT: Final = (
    (re.compile(r"\bacct(s?)\b"), r"account\1"),
    (re.compile(r"\bno orders?(?= (?:without|w/o|w/out) )"), "no trade"),
    (re.compile(r"\bmkt(s?)\b"), r"market\1"),
    (re.compile(r"(?:(?<=\ba )|(?<=\bper )|(?<=/)|(?<=/ )|(?<=\beach ))wk\b"), "week"),
    (re.compile(r"(?<=\d )(open )?pos\b(?! size)"), r"\1positions"),
    (re.compile(r"\b(?:half a|a half) dozen\b(?! or| [a-z]+ or so)"), "6"),
    (re.compile(r"(?<!half )\b(?:a|one) dozen\b(?! or| [a-z]+ or so)"), "12"),
    (re.compile(r"^if (?:my|the) (?:last|previous) (?:trade|one) (?:was|is) a (?:loser|loss),? "), "after a loss "),
)
"""Abbreviations and dozens, spelled out."""
_PER = re.compile(r" ?/ ?(day|week|trade|session)\b")
_DEFINED = re.compile(
    r"\b(?:pre ?defined|defined|clear|proper|fixed|planned) (?=(?:profit target|target|take profit|tp)\b)"
)
_SHORTENED = re.compile(r"\b(max|min|approx|incl)\.")
_LAST_WORD = re.compile(r"[.!]+ (?=(?:max|maximum|tops|no more)[ .!]*$)")
""" "2 trades a day. Max." is one sentence."""
_AND_A_HALF = re.compile(r"\b(one|two|three|1|2|3) and a half(?= (?:times|x\b|r\b|percent|hours|points|lots|to one))")
_SPELLED_OUT = re.compile(r"[.!]+ every[.!]+ single[.!]+ (?:one|time|trade|fucking time)[.!]*$")
_LUNCH = re.compile(
    r"^(?:no|never) (?:lunch ?(?:time|hour|break)?|midday|morning|afternoon|evening|night|"
    r"overnight session) (?:trad(?:ing|es)|entries)"
    r" ?[,:;.(-]+ ?(?=[\d:apm ]+(?:to|till|until|-|–) ?[\d:apm ]+(?: (?:et|est|ct|uk time|"
    r"utc))? is (?:off limits|a no go|banned|forbidden|out))"
)
""" "No lunchtime trading, 12:00 till 13:30 is off limits" says one thing twice."""
_HALF_OF_DAY = re.compile(r"(?<=\d) ?\b([ap])\.? ?m\b\.?")


def plain(rule: str) -> str:
    """Lower case on single spaces, with labels, emoji, quotes and reasons gone; a reason that may hold more stays."""
    text = unicodedata.normalize("NFKC", rule).lower().translate(_DASHES)
    if not text.isprintable() or not text.isascii():
        text = "".join(character for character in text if _kept(character))
    lines = (_unlabelled(" ".join(line.split())) for line in text.splitlines())
    text = "\n".join(line for line in lines if line)
    text = _DECIMAL_COMMA.sub(".", _THOUSANDS.sub("", text))
    text = _HALF_OF_DAY.sub(r"\1m", text)
    for short, long in _SHORT:
        text = short.sub(long, text)
    text = _PER.sub(r" per \1", unhyphened(text))
    text = re.sub(r"\bdll\b", "daily loss limit", text)
    text = _DEFINED.sub("", _SHORTENED.sub(r"\1", text))
    text = _EITHER_WAY.sub("", text)
    text = _GOES.sub("shots", _GO.sub("shot", text))
    text = _LAST_WORD.sub(", ", text)
    text = _AND_A_HALF.sub(lambda found: f"{_WHOLE.get(found[1], found[1])}.5", _SPELLED_OUT.sub("", text))
    text = _LUNCH.sub("", text)
    return (_without_reasons(text) if _reasons_are_harmless(text) else text).strip(" .!\n,;")


def unhyphened(text: str) -> str:
    """ "stop-loss" as "stop loss"; "mon-thu" and "eur-usd" stay."""
    return _HYPHEN.sub(lambda found: found[0] if len(found[0]) == 7 else found[0].replace("-", " "), text)


def _kept(character: str) -> bool:
    """Decoration goes; a sign that may mean "no" stays, and is then not understood."""
    if character in _MEANT_NO:
        return True
    return character == "\n" or unicodedata.category(character) not in ("So", "Sk", "Cf", "Mn", "Cc", "Cs", "Co", "Cn")


def _unlabelled(line: str) -> str:
    for _ in range(3):
        match = _LABEL.match(line)
        if match is None or not match.end():
            break
        line = line[match.end() :].lstrip()
    return line


def _reasons_are_harmless(text: str) -> bool:
    found = [match for match in _REASON.finditer(text) if match.start()]
    if any(match["so"] and _OF_TRADING.search(match["why"]) for match in found):
        return False
    whys = [match["why"] for match in (*found, *_PURPOSE.finditer(text))]
    return not any(
        _WEIGHTY.search(why) or _DEMAND.search(why) or re.search(r"[,(]| - ", why) or readings(why) for why in whys
    )


def _without_reasons(text: str) -> str:
    return _REASON.sub(lambda match: "" if match.start() else match[0], _PURPOSE.sub("", text))
