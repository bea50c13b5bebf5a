"""Tails that say nothing more: an emphasis ("I mean it"), a reason ("firm flags it"), a repetition ("max two. Two.").

A tail may hold words nobody knows, so it is dropped only where both hold: it looks like a reason (a set phrase, or a
subject and a verb of ours), and nothing in it could be a condition, an exception, a figure, a scope or a permission.
The state of the market is a reason only behind a rule about a time ("no trades 12:00-13:30, volume is thin"): behind
"max 2 contracts" it may be the condition.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.auditing.values import readings

MOST_TAILS: Final = 3


@dataclass(frozen=True, slots=True)
class Bare:
    """A rule without its tails. `timed`: only a rule about a time may have them; `repeated`: what must be its own."""

    rule: str
    timed: bool
    repeated: tuple[str, ...]


_CUT = re.compile(
    r" ?(?:[,;!\n(…]+|\.+(?=\s)| --? | ?[–—] ?| or (?=(?:the |my |this )?(?:prop )?firm (?:will|pulls?|kills?|"
    r"closes?)\b))"
)
_EDGES: Final = " .!,;)-…"

_EMPHASIS = re.compile(
    r"(?:and |but )?(?:i (?:really |do )?mean it|i'?m (?:dead |so )?serious|(?:i'?m )?not kidding|i swear|i promise|"
    r"no (?:exceptions?|excuses?|discussions?|debates?|questions(?: asked)?|matter what|bs|bullshit|jokes?|mercy|"
    r"compromises?|negotiations?|way around it|cheating|whining|drama|heroics|greed|revenge|regrets|ego|"
    r"ifs(?:,? (?:and|or|no))? buts(?: or maybes)?)|"
    r"nothing else|ever|(?:never )?ever(?: ever)+|never ever|period|full stop|end of (?:the )?(?:story|discussion|"
    r"debate)|"
    r"zero exceptions|none|be (?:happy|grateful|thankful|patient|disciplined|smart|humble|content|proud)|"
    r"stay (?:disciplined|humble|patient|calm|safe|focused|sane|alive)|trust the process|trust me|believe me|"
    r"(?:protect|preserve|save) (?:the |my |your )?(?:capital|account|money|bankroll|gains)|"
    r"capital (?:preservation|first|is king|comes first)|live to (?:fight|trade|play)(?: another day)?|"
    r"don'?t (?:be|get) (?:greedy|stupid|cocky)|keep it simple|take the (?:money|win|gift)(?: and run)?|"
    r"enjoy (?:the day|life|your day|it)|go outside|go for a walk|touch grass|(?:it'?s )?(?:as )?simple as that|"
    r"lesson learned|(?:i )?learn(?:ed|t) (?:it |this |that )?the hard way|survival first|discipline|patience|"
    r"thank you|thanks|enough is enough|just don'?t(?: do it)?|seriously|"
    r"(?:it'?s (?:a|the|my) |this is (?:a|the|my) |a |the |my )?(?:hard|firm|prop|prop firm|firm's|house|golden|iron|"
    r"ftmo|topstep) rules?|(?:it'?s |this is )?(?:non.?|not )negotiable|(?:it'?s )?(?:the )?law|(?:written|set|"
    r"carved) in stone|"
    r"without fail|whatever happens|come what may|rain or shine|quality over quantity|less is more|tilt is real|"
    r"(?:it'?s )?not worth (?:it|the (?:risk|stress|pain|headache))|(?:and )?that'?s (?:it|final|enough|that)|lol|"
    r"even (?:if|when) (?:it|that) hurts|you know why|discipline (?:is everything|equals freedom|first))"
)
_OF_A_TIME = re.compile(
    r"(?:every day|every single day|each day|(?:(?:pure|just|too much|total|low|thin|dead|opening|algo|lunch|lunchtime|"
    r"lunch hour|midday|lots of|full of|constant|typical|nothing but) ){0,3}(?:chop|noise|fake-?outs?|fake outs?|"
    r"whipsaws?|manipulation|slippage|gap risk|dead zone|death zone|traps|garbage|volume|liquidity|randomness)|"
    r"no (?:volume|liquidity|edge)|it'?s (?:all |just |pure )?(?:chop|noise|choppy|dead|slow|random)|too choppy)"
)
_THAT_IS_WHEN = re.compile(r"(?:that'?s|that is|this is) (?:when|where) ")

_MAY_PRECEDE: Final = r"(?:will |would |'ll |always |just |really |simply |only ever )?"
_HABITS: Final = (
    "tilt|overtrade|gamble|give|gave|get|got|blow|blew|lost|suck|know|learned|learnt|hate|love|panic|chase|chased|ruin|"
    "ruined|burn|burned|burnt|regret|bleed|bled|struggle|spiral|mess|screw|fall|tend to (?:tilt|overtrade|gamble|give|"
    "get|blow|panic|chase|lose)|have (?:no edge|a family|a life|a job|zero edge|no discipline)|go crazy|lose (?:it|"
    "focus|money)|"
    "start (?:tilting|gambling|chasing|forcing)|revenge|go on tilt|see red|end up"
)
_EFFECTS: Final = (
    "kills?|hurts?|eats?|hates?|moves?|ruins?|ruined|destroys?|destroyed|wrecks?|wrecked|blows?|blew|burns?|burned|"
    "burnt|pulls?|works?|pays?|saves?|saved|protects?|keeps (?:me|my|it simple)|makes (?:me|sense)|drains?|bleeds?|"
    "gets me|got me|costs?|matters|ends? (?:badly|in tears)|leads to|never (?:works|ends well|pays)|"
    "(?:doesn'?t|does not|don'?t|do not) (?:work|pay|end well)|(?:is|are) (?:not |never )?worth it|isn'?t worth it"
)
_VERDICTS: Final = (
    "will|would|pulls?|flags?|bans?|closes?|kills?|terminates?|breach(?:es)?|fails?|punish(?:es)?|checks?|"
    "(?:requires?|demands?|wants?|insists on) (?:it|this|that)|hates?|says so|insists|monitors?|watch(?:es)?|sees?|"
    "voids?|"
    "denies|deny|takes (?:it|them)|is strict|are strict"
)
_STATES: Final = (
    "is|are|goes|gets?|dies|dries|dry|chops?|kills?|eats?|fakes?|hunts?|traps?|widens?|slows?|sucks?|moves?|"
    "turns?|becomes?|just"
)
_CLAUSE = re.compile(
    rf"(?:because |cause |cuz |since |as )?(?:(?:i|we|you)(?: {_MAY_PRECEDE}|{_MAY_PRECEDE})(?:{_HABITS})|"
    r"i'?m (?:so |just |really )?(?:terrible|bad|awful|horrible|useless|rubbish|no good|not good|hopeless) "
    r"(?:at|with) (?:it|them|that|this|those)|"
    rf"(?:it|that|this|(?:this|that) (?:one|rule)) {_MAY_PRECEDE}(?:{_EFFECTS})|"
    r"(?:it'?s|that'?s|that is|this is) (?:how|why|not worth|enough|gambling|suicide|tilt|revenge|greed|a casino|"
    r"poison|"
    r"death|a trap|a killer|a mistake|my weakness|my leak|where i bleed)|"
    r"(?:the |my |this |most |all )?(?:firms?|prop|prop firms?|props|ftmo|topstep|apex|broker) "
    rf"{_MAY_PRECEDE}(?:{_VERDICTS})|"
    r"(?:my )?(?:greed|ego|discipline|tilt|fomo|revenge|overtrading|patience|survival|capital|correlation|leverage|"
    r"martingale|gambling|boredom|hope|habits?|brain|head|wife|mentor|coach|stats|journal|history) "
    rf"{_MAY_PRECEDE}(?:{_EFFECTS}|is (?:real|king|everything|key|deadly|poison|the enemy)|says? so|knows?|comes first|"
    r"told me so|beats? greed))\b"
)
_STATE = re.compile(
    r"(?:the |this |that )?(?:market|price|price action|volume|liquidity|spreads?|volatility|chop|noise|gaps?|algos?|"
    rf"whales|bots|tape|charts?|slippage|fake-?outs?) (?:{_STATES})\b"
)
_SPARED = re.compile(
    r"\b(?:(?:pulls?|closes?|blow(?:s|n)?(?: up)?|blew(?: up)?|kills?|los[et]|nukes?|busts?|terminates?|breach(?:es)?|"
    r"saves?|protects?|destroys?|ruins?|wipes?(?: out)?|drains?|fails?|ends?|eats?|ban|bans) "
    r"(?:the |my |your |an? |this |their |whole )*(?:last |entire |whole |funded )?accounts?|"
    r"los(?:e|t|ing) (?:all )?(?:my |the )?money|give it all back|give(?:s)? (?:it )?(?:all )?back(?: my|"
    r" the)? ?(?:gains|profits?)?|"
    r"revenge trad(?:e|ing)|accounts? (?:die|blow up|get blown)|over-?trad(?:e|ing)|all my (?:gains|profits?))\b"
)
_SUSPECT = re.compile(
    r"[\d$%?&/<>=+*#@:]|\b(?:if|when|whenever|wherever|where|unless|except\w*|exclud\w*|exempt\w*|besides|apart|aside|"
    r"save|"
    r"until|til|till|while|whilst|during|after|before|once|as long|provided|depend\w*|in case|without|with|only|"
    r"but|also|too(?! (?:fast|much|hard|wild|quickly|easily))|plus|instead|rather|else|otherwise|then|or|and no|"
    r"not (?:on|in|for)|although|though|however|half|double|"
    r"twice|triple|both|couple|few|some|sometimes|most|mostly|many|several|extra|additional|another|more|less|fewer|"
    r"larger|bigger|smaller|small|big|tiny|second|first|last|next|third|other|others|same|different\w*|separate\w*|"
    r"usual\w*|normal\w*|general\w*|typical\w*|often|rarely|maybe|perhaps|probably|approx\w*|rough\w*|around|about|"
    r"almost|nearly|ideal\w*|prefer\w*|try|hope|guess|think|plan|goal|aim|option\w*|flexib\w*|guideline\w*|suggest\w*|"
    r"ok|okay|fine|allow\w*|permit\w*|let|lets|letting|may|might|can|could|should|must|need\w*|"
    r"count\w*|includ\w*|appl(?:y|ies)|match\w*|unlimited|minimum|maximum|min|max|limit\w*|cap|"
    r"trad(?:e|es|ed|ing|er|ers)|entr(?:y|ies)|enter\w*|re-?ent\w*|positions?|stops?|stopped|targets?|contracts?|lots?|"
    r"micros?|minis?|size[ds]?|sizing|shares?|longs?|shorts?|shorting|buy\w*|sell\w*|loss(?:es)?|losers?|losing|wins?|"
    r"winners?|winning|profits?|green|red|up|down|risk\w*|add(?:s|ed|ing)?|hold\w*|held|open\w*|clos(?:e[ds]?|ing)|"
    r"flat|"
    r"exit\w*|scal(?:e|es|ing|p|ps|ping|per|pers)|orders?|setups?|swing\w*|runners?|partial\w*|hedg\w*|break\w*|"
    r"revers\w*|trend\w*|"
    r"rang(?:e|es|ing)|vwap|emas?|news|fomc|cpi|nfp|ppi|fed|earnings|data|releases?|sessions?|london|york|asian?|ny|"
    r"us|europe\w*|morning\w*|afternoon\w*|evening\w*|nights?|overnight|lunch\w*|week\w*|holiday\w*|summer|winter|"
    r"spring|"
    r"autumn|january|february|march|april|june|july|august|september|october|november|december|months?\w*|years?|"
    r"days?|daily|today|tomorrow|tonight|hours?|minutes?|mins?|seconds?|later|early|earlier|soon|now|again|accounts?|"
    r"evals?|evaluation\w*|challenges?|funded|phases?|live|sim|demo|paper|crypto\w*|forex|fx|futures|stocks?|options|"
    r"index|indices|gold|silver|oil|points?|ticks?|pips?|dollars?|euros?|bucks|percent\w*|am|pm|et|est|ct|utc|gmt|"
    r"zones?|clock|get(?:s|ting)? (?:in|out)|got (?:in|out)|skip\w*|ignor\w*|cheat\w*|make\w* (?:up|exceptions?)|"
    r"bend\w*|"
    r"no|nor|even|still|mental\w*|alert\w*|manual\w*|breakeven|be|trail\w*|move (?:it|the|my)|mov(?:ed|ing)|take|takes|"
    r"bullish|bearish|strong|weak|hot|late|above|below|under|want|wants|require|requires|demand|demands|use|uses|do|"
    r"does|did|start\w*|resume\w*|continue\w*|keep going|return\w*|come back)\b"
)
"""What could change the rule before it. "Up" and "open" may be harmless; then the rule is the judge's all the same."""


def bare(text: str) -> Iterator[Bare]:
    """The rule without its last tail, without its last two …, as long as each of them is harmless."""
    cuts = list(_CUT.finditer(text))[-MOST_TAILS:]
    end, timed = len(text), False
    repeated: tuple[str, ...] = ()
    for cut in reversed(cuts):
        tail = text[cut.end() : end].strip(_EDGES)
        if tail and not _EMPHASIS.fullmatch(tail):
            if len(tail.split(" ")) <= 2 and (tail == "never" or readings(tail)):
                repeated = (*repeated, tail)
            else:
                reason = _reason(tail)
                if reason is None:
                    return
                timed = timed or reason
        end = cut.start()
        yield Bare(text[:end], timed, repeated)


def _reason(tail: str) -> bool | None:
    """Whether it is a reason for a time only; None where it is no reason for sure."""
    if _OF_A_TIME.fullmatch(tail):
        return True
    when = _THAT_IS_WHEN.match(tail)
    said = tail[when.end() :] if when else tail
    clause, state = _CLAUSE.match(said), _STATE.match(said)
    told = clause or state
    if told is None or "," in said:
        return None
    rest = _SPARED.sub(lambda spared: "~" * len(spared[0]), said)[told.end() :]
    if _SUSPECT.search(rest) or rest.startswith((" in ", " out ")) or readings(said):
        return None
    return bool(when or state)
