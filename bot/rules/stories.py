"""Remarks that tell something: what has happened, what a firm or the market does, what the trader is like.

They may hold figures and a trader's nouns, as nothing told of the past, of others or of one's own nature is a rule.
Conditions, exceptions, permissions and further demands keep them from being remarks all the same.
"""

import re
from typing import Final

from bot.rules.values import readings

_PAST: Final = re.compile(
    r"(?:that'?s (?:how|why) )?(?:(?:i|we|it|that|they|he|she|this|apex|topstep|ftmo|gold|"
    r"(?:the|my|one|last|every) (?:\w+ ){1,2}) ?)?"
    r"(?:have |has |had |'ve |'s (?=always been|never been|cost))?(?:never once |never |already |once |just |always )?"
    r"(?:got|cost|blew|blown|lost|was|were|owes|gave|burn(?:ed|t)|paid|learn(?:ed|t)|wiped|woke|watched|ruined|"
    r"killed|"
    r"went|tried|failed|turned|happened|worked|did|had|wrecked|ended|taught|made|been|gapped|saw|took) (?!it |to )"
)
_PAST_OF_ANY: Final = re.compile(
    r"[\w' ]+ (?:has|have) never (?:once |ever )?(?:worked|paid|made|gone|helped|saved|done)\b"
)
_LESSON: Final = re.compile(
    r"that (?:[a-z]+ ){1,3}(?:in [a-z]+ |last [a-z]+ )?(?:was|were) (?:an? |my |the )?(?:\w+ )?"
    r"(?:lesson|nightmare|disaster|mess)"
)
""" "That Sunday gap in March was an expensive lesson": a day that is told of is no day of the rule."""
_OTHERS: Final = re.compile(
    r"(?:as |because |since )?(?:the |my )?(?:prop )?(?:firm|apex|topstep|ftmo|broker|spreads?|algos?|bots|they)"
    r" (?:just |always |will |only )?"
    r"(?:close[sd]?|calls?|counts?|flags?|fails?|pulls?|kills?|eats?|takes?|breach(?:es)?|terminates?|are|is|gets?|"
    r"bans?|hunts?|rob|robs|murders?|voids?|treats?|sees?|liquidates?|auto liquidates?|pulled|"
    r"failed|flagged|busted|kicked|widens?|go|goes|blows?|blow)\b"
)
_THEY_ARE: Final = re.compile(
    r"(?:they|(?:the |my )?(?:prop )?(?:firm|broker|apex|topstep|ftmo)) (?:are|is|gets?|goes?)\b"
)
""" "They are mental stops" is a rule."""
_NATURE: Final = re.compile(
    r"(?:i (?:need (?:to sleep|my sleep|sleep)|always (?:lose|give|hand|get|end|blow|chase|tilt|panic|freeze)|"
    r"(?:just )?can'?t (?:think|focus|handle|sleep|cope|watch|follow|see|trust)|get (?:greedy|sloppy|tired|"
    r"bored|angry|"
    r"stupid|tilted|cocky|emotional|chopped|silly|careless|lazy|reckless|impatient)|have (?:a family|kids|a job))|"
    r"that'?s all (?:my|i)|my (?:focus|brain|head|heart|wife|account|nerves|eyes|hands) (?!is fine)|(?:it'?s|"
    r"that'?s) (?:all|as much as) my)"
    r"\b"
)
_TIMED: Final = re.compile(
    r"(?:the )?(?:open|close|lunch|morning|afternoon|asia session|session|first hour) is (?:just |way |far )?(?:too )|"
    r"(?:the )?(?:lunch|lunchtime|midday|opening|morning|afternoon) chop (?:just |always )?"
    r"(?:eats|kills|takes|burns|murders) "
    r"(?:up )?my (?:[a-z]+'?s? )?(?:profits?|gains|account|pnl|winnings)$"
)
_COMPARED: Final = re.compile(
    r"(?:anything|everything|whatever is|any) (?P<how>tighter|shorter|less|lower|smaller|closer|quicker|faster|"
    r"under that|"
    r"below that|more|bigger|longer|larger|higher|wider|above that|over that|beyond that)(?: than that)? (?=\w)"
)
_SMALLER: Final = frozenset(
    ("tighter", "shorter", "less", "lower", "smaller", "closer", "quicker", "faster", "under that", "below that")
)
_WEIGHTY: Final = re.compile(
    r"[?%&=<>+*:]|\b(?:or|most|neither|if|when\w*|where|unless|except\w*|exempt\w*|only|but|also|plus|then|"
    r"instead|rather|max\w*|min\w*|"
    r"at most|at least|half|halve|double|allow\w*|permit\w*|lets?|letting|may|might|could|should|must|maybe|perhaps|"
    r"probably|depend\w*|flexib\w*|option\w*|guideline\w*|reset\w*|until|till?|while|before|after|during|without|"
    r"now|today|tomorrow|later|fine|ok|okay|allowed|mostly|usually|sometimes|often|rarely|almost|nearly|"
    r"roughly|about|"
    r"don'?t (?:count|apply|matter|mind)|doesn'?t (?:count|apply|matter|mind)|not count|ignore\w*|"
    r"no|never (?:more|trade|hold|take|add|risk)|stop (?!hunt)|so|always have|use|wait|skip|avoid|close by|"
    r"besides|apart|aside|otherwise i|counts? (?:it|this|that|them)|crypto\w*|forex|fx|futures|stocks|options|"
    r"swings?|however|although|though|still|can(?! (?:manage|handle|take|follow|cope with|"
    r"juggle|watch|afford|stomach)\b)(?!'t)|need a|rules?|news|sim|demo|funded|evals?|mean|i trade|i take|"
    r"i hold|i use|"
    r"i add|i go|exclud\w*|includ\w*|a\+|want|prefer\w*|plan|aim|good|works?|better|different|smaller size|"
    r"bigger size|reduced?|increased?|free|judge\w*|decide\w*)\b"
)
_SPARED: Final = re.compile(
    r"\bnever once\b|\b(?:third|fourth|fifth|last|next) one\b|\bby then\b|\bno (?:fun|"
    r"joke|good|use|thanks|edge)\b|\b(?:too )?good at\b|\btick scalping\b|"
    r"\bso (?:much|many)\b|\bworked out\b|\bno mercy\b"
)
_OTHERS_VALUES: Final = re.compile(r"\b(?:on|in|for|at|from|to) (?!me\b|you\b|us\b|them\b|it\b)|\d")


def told(tail: str) -> frozenset[str] | None:
    """What such a remark needs of its rule, in the words of `bot.rules.reasons.Need`; None where it is none."""
    rest = _SPARED.sub("~", tail)
    named = {concept for concept, _ in readings(rest)} & {"DAYS", "SYMBOLS", "SPAN"}
    if _LESSON.fullmatch(tail) and not _WEIGHTY.search(rest):
        return frozenset()
    if named or _WEIGHTY.search(rest):
        return None
    compared = _COMPARED.match(tail)
    if compared:
        side = "at_least" if compared["how"] in _SMALLER else "at_most"
        return None if _OTHERS_VALUES.search(tail) else frozenset((side,))
    if _TIMED.match(tail):
        return frozenset(("timed",))
    if _PAST.match(tail) or _PAST_OF_ANY.match(tail):
        return frozenset()
    if _OTHERS.match(tail) and not _THEY_ARE.match(tail):
        if _OTHERS_VALUES.search(tail):
            return None
        inner = re.search(r"anything (\w+) as ", tail)
        if inner is None:
            timed = re.search(r"\b(?:spreads?|algos?|bots|otherwise)\b", tail)
            return frozenset(("timed",)) if timed else frozenset()
        return frozenset(("at_least" if inner[1] in _SMALLER else "at_most",))
    if _NATURE.match(tail) and not re.search(r"\d|\b(?:two|three|four|five|one)\b", tail):
        return frozenset()
    return None
