"""What a remark behind a rule may hold: any words and a verb, if none of them could be a condition or a limit."""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from bot.rules.idioms import EMPHASIS, OF_A_TIME, THAT_IS_WHEN
from bot.rules.stories import told
from bot.rules.values import readings
from bot.rules.verbs import has_verb

Need = Literal["timed", "at_most", "at_least", "ending", "again", "choice"]


@dataclass(frozen=True, slots=True)
class Remark:
    """A tail that changes nothing behind a rule with these `needs`, and of which each value is the rule's own, or
    (`elsewhere`) what the rule leaves out."""

    needs: frozenset[Need] = frozenset()
    repeated: str = ""
    elsewhere: tuple[tuple[str, Any], ...] = ()


_BIGGER: Final = "bigger|larger|higher|longer|wider|more|above|over|beyond|further|farther"
_PIECE: Final = "cent|penny|dollar|buck|tick|pip|point|micro|lot|share|contract|minute|second|trade"
_AT_MOST = re.compile(
    rf"(?:and )?(?:(?:no|nothing|never|not|none) (?:any )?(?:{_BIGGER})|(?:not|never) (?:even )?(?:one|"
    rf"an?) (?:single )?"
    rf"(?:{_PIECE})? ?(?:more|longer|over|above)|not (?:even )?(?:one|1) more|under|less)(?: than that)?"
)
_AT_LEAST = re.compile(
    rf"(?:and )?(?:(?:no|nothing|never|not|none) (?:any )?(?:tighter|less|lower|shorter|smaller|closer|nearer|sooner|"
    rf"quicker|faster)|(?:not|never) (?:even )?(?:one|an?) (?:single )?(?:{_PIECE})? ?(?:less|sooner|shorter)|minimum|"
    r"min)(?: than that)?"
)
_ENDING = re.compile(
    r"(?:and |so |then )?(?:no (?:more|new|further) (?:trad(?:es|ing)|entries|positions|orders|clicks)|nothing (?:more|"
    r"new|further|else)|no more|(?:not|never) (?:a|one) (?:single )?(?:more )?(?:trade|click)(?: more)?|"
    r"that'?s me done|"
    r"i'?m done|done|no (?:revenge|revenge trades|revenge trading|making it back|chasing|comebacks?|come backs?)|"
    r"no (?:later|exceptions after)|not a (?:minute|second) later|no latecomers)"
    r"(?: after (?:that|this)| today| (?:for )?(?:the|that) day| from there| then)?"
)
_AGAIN = re.compile(
    r"no (?:coming|going) back(?: for (?:seconds|more|another(?: go)?|a second(?: go)?))?|no second (?:chances|"
    r"helpings|"
    r"tries|attempts|goes|bites)(?: at it)?|no seconds|no do-?overs|one entry(?: and)? that'?s (?:it|my position)|"
    r"no re-?entr(?:y|ies)|no mulligans"
)
_CHOICE = re.compile(
    r"(?:and )?(?:nothing (?:else|other)|no others?|no other (?:markets?|symbols?|products?|pairs?|days?|hours|times?|"
    r"instruments?)|(?:everything|anything|all|the) (?:else|rest|others?) (?:is|are|just|only|gets?|can (?:wait|go)|"
    r"doesn'?t|does not|costs?|kills?|burns?|eats?|stays? (?:off|out|away)|loses?|bleeds?)\b(?P<rest>.*)|"
    r"(?:the )?(?:rest|others?) (?:is|are|just|can wait)\b(?P<more>.*))"
)
_STRONGER = re.compile(
    r"(?:and )?(?:(?:not )?even (?:if|when|though)|(?:i )?(?:don'?t|do not) care (?:how|what|if|who|whether|about)|"
    r"no matter "
    r"(?:what|how|who|if)|regardless(?: of)?|however (?:good|nice|tempting|perfect|sure|obvious)|whatever (?:the|it|"
    r"i|my|"
    r"happens|anyone|anybody|they)|doesn'?t matter (?:how|what|if|who))\b"
)
_FIRM_CLOSES = re.compile(
    r"(?:as |because |cause )?(?:the |my )?(?:(?:prop )?firm|broker|ftmo|topstep|apex|platform|they) (?:will |would )?"
    r"(?:auto-? ?(?:liquidates?|closes?|flattens?|squares?)|liquidates?|flattens?|force-? ?closes?|squares?|closes? "
    r"(?:me|us|everything|all|it all))(?: (?:me|us|everything|it|off|out|all|positions?|accounts?)){0,3} at [\d:.]+"
    r"(?: ?[ap]m)?(?: [a-z]{2,4})?"
)
_FIRM = re.compile(
    r"(?:as |because |cause |or |otherwise |or else |since )?(?:the |my |this |most |all )?(?:prop )?(?:firms?|"
    r"props?|ftmo|"
    r"topstep|apex|brokers?|they|risk desk)\b(?: (?:will |would |just |always )?(?:bans?|closes?|forbids?|prohibits?|"
    r"(?:requires?|demands?|"
    r"wants?|needs?|allows? no|hates?) (?=it|this|that|them)|pulls?|flags?|kills?|takes?|cuts?)\b)?"
)
_MARKET = re.compile(
    r"\b(?:markets?|prices?|price action|volumes?|liquidity|spreads?|volatility|chop\w*|noise|gaps?|algos?|whales|bots|"
    r"tape|charts?|slippage|fake-?outs?|candles?|(?:moves|they) are|whip\w*|spikes?|rang(?:e|es|ing)|trend\w*|"
    r"stop hunts?)\b"
)
_MOMENT = re.compile(
    r"\b(?:mornings?|afternoons?|evenings?|nights?|lunch\w*|sessions?|asian?|london|europe|new york|america|open|"
    r"opens|close|"
    r"bell|weekends?|midday|sleep|dawn|hours?|weeks?)\b"
)
_ACCOUNTS: Final = (
    r"(?:(?:my|the|your|an?|this|their|whole|last|entire|funded|good|two|three|four|five|several|many|"
    r"enough|\d+) )*accounts?"
)
_SPARED = re.compile(
    r"\b(?:start|starts|begin|begins) early\b|\bhappens? without\b|\banother day\b|\b(?:much |way |so )?better\b|"
    r"\b(?:sleep|feel|live|do|think) better\b|\bnot an option\b|\bsmall losses keep\b|\bscalper\b|"
    r"\b(?:the )?first candles?\b|\blong life\b|\bin the game\b|\b(?:kids|wife|family) needs? \w+(?: up)?\b|"
    r"\bhope is\b|\bnot ready for (?:more|bigger|size)\b|"
    rf"\b(?<!on )(?<!for )(?<!in ){_ACCOUNTS}\b|\b(?:cost|costs|costing|lost|burn(?:ed|t)|blew|blown|took|wasted|"
    rf"paid)(?: me| us)?"
    r"(?: (?:\w+ ){0,2}(?:accounts?|evals?|challenges?|grand|thousands?|weeks?|months?|years?|times?))\b|"
    r"\b(?:have|has|get|leaves me|gives me) \w+ (?:shots|bullets|tries|attempts|chances|lives)\b|\b(?:give|gives|"
    r"gave|giving|hand|handing|handed)(?: it| them)?(?: all| everything)? ?back(?: my| the)?(?: gains| profits?)?|"
    r"\b(?:revenge|over|emotional|bad|dumb|stupid|tilt|angry|bored?|boredom)[ -]?trad(?:e|es|ing)|\btraders?\b|"
    r"\btrade (?:like|badly|worse|worst|terribly|horribly|poorly|angry|tired|bored|drunk|stupid|scared)|"
    r"\b(?:the|my|whole|entire|all|every|each|another|bad|good|this|that) (?:single )?day(?:'s)?(?: long)?\b|"
    r"\b(?:no|that|this|the|every|each|old) one\b|\bone (?:thing|bad|stupid|dumb|of (?:us|them|those))\b|"
    r"\b(?:after|before) (?:that|this|it|them)\b|\b(?:no|any|zero) (?:good|use|edge|brain|energy|patience|sense|"
    r"discipline|focus|"
    r"self ?control|idea|clue|interest|business|fun|joke|point|luck|way|mercy|reason|need)\b|"
    r"\bonly (?:ever )?(?:lose|donate|bleed|gamble|hurts?|gets?|"
    r"leads?|ends?|makes?|brings?|costs?|feeds?)\b|\b(?:cost|lose|lost|make|made|save|lost) (?:me )?(?:my |the |"
    r"a lot of |all my )?money\b|"
    r"\b(?:all )?my (?:gains|profits?|winnings|edge)\b|\b(?:take|taking|took) (?:it easy|care)\b|"
    r"(?<!^)(?<!i'm)(?<!im)(?<!am)(?<! is)(?<!'s)(?<!are)(?<!was) (?:up|down|out)\b|\btick scalping\b|"
    r"\bscalping (?:bot|abuse)\b|"
    r"\b(?:too )(?:fast|much|hard|wild|quickly|easily|tired|slow|late|choppy|noisy|thin|random|greedy|old|many|"
    r"emotional|"
    r"expensive|weak|stupid|dangerous|tempting)\b|\b(?:nothing|something|anything) good\b|\b(?:the )?(?:most|"
    r"rest) of (?:my|it)\b|"
    r"\b(?:where|when) (?:my|i|the|it|all|most|they|money|accounts|good|bad)\b|\b(?:big|small|tiny|last|second|"
    r"third) (?:mistake|problem|leak|deal|"
    r"account|thing|time|wife|child|kid|job|voice)\b|\bhalf (?:asleep|dead|awake|drunk|blind)\b|\b(?:just|always|"
    r"usually|mostly|often|"
    r"sometimes) (?=\w)|\b(?:(?:my|the) (?:losses|losers|worst (?:trades|days|losses)|best (?:trades|days))|chas(?:e|"
    r"ing) losses)\b|"
    r"\bcharge(?:s)? (?:a |me )?(?:penalty|fees?)\b|\bstand up\b|\bmorning coffee\b|\b(?:ten|hundred|\d+) times\b|"
    r"\b(?:this|that|last) (?:year|month|"
    r"week)\b|\b(?:for|in) (?:years|months)\b|\b(?:can't|cannot|couldn't) take\b|\bdo(?:es)? (?=not|my|the|it|"
    r"nothing|me)|\bbe (?:happy|broke|"
    r"careful|patient|smart|trusted|home)\b|\btake (?:the )?(?:money|rest|hit|pain)\b|\bwant to (?:sleep|live|"
    r"survive|keep|be|see)\b"
)
_SUSPECT = re.compile(
    r"[\d$%?&/<>=+*#@:]|\b(?:if|when|whenever|wherever|where|unless|except\w*|exclud\w*|exempt\w*|besides|apart|"
    r"aside|save|"
    r"until|til|till|while|whilst|during|after|before|once|as long|provided|depend\w*|in case|without|only|but|also|"
    r"too|plus|"
    r"instead|rather|else|otherwise|then|or|and no|not (?:on|in|for)|although|though|however|half|double|twice|"
    r"triple|both|"
    r"couple|few|some|sometimes|most|mostly|many|several|extra|additional|another|more|less|fewer|larger|bigger|"
    r"smaller|small|"
    r"big|tiny|second|first|last|next|third|other|others|same|different\w*|separate\w*|usual\w*|normal\w*|general\w*|"
    r"typical\w*|"
    r"often|rarely|seldom|maybe|perhaps|probably|approx\w*|rough\w*|around|about|almost|nearly|ideal\w*|prefer\w*|"
    r"try|trying|guess|think|hope|mean|rules?|"
    r"plan|goal|aim|option\w*|flexib\w*|guideline\w*|suggest\w*|decid\w*|choos\w*|choice|chosen|vary|varies|judge|"
    r"judgement|free|"
    r"freely|relax\w*|paus\w*|wait\w*|follow\w*|obey\w*|joke|reset\w*|reduc\w*|switch\w*|instead|increas\w*|"
    r"decreas\w*|adjust\w*|"
    r"cut|cuts|cutting|chang\w*|differ|exercis\w*|"
    r"ok|okay|fine|good|allow\w*|permit\w*|let|lets|letting|may|might|can(?!'t)|could|should|must|need\w*|forbid\w*|ban|"
    r"bans|banned|avoid|"
    r"count\w*|includ\w*|appl(?:y|ies)|match\w*|unlimited|minimum|maximum|min|max|limit\w*|cap|"
    r"trad(?:e|es|ed|ing)|entr(?:y|ies)|enter\w*|re-?ent\w*|positions?|stops?|stopped|targets?|contracts?|lots?|"
    r"micros?|minis?|size[ds]?|sizing|shares?|buy\w*|sell\w*|loss(?:es)?|losers?|losing|wins?|winners?|winning|"
    r"profits?|"
    r"green|red|up|down|risk\w*|add(?:s|ed|ing)?|hold\w*|held|clos(?:e[ds]|ing)|flat|"
    r"exit\w*|scal(?:e|es|ing|p|ps|ping|per|pers)|orders?|setups?|swing\w*|runners?|partial\w*|hedg\w*|break\w*|"
    r"revers\w*|vwap|emas?|news|fomc|cpi|nfp|ppi|fed|earnings|data|releases?|ny|us|holiday\w*|summer|winter|spring|"
    r"autumn|january|february|march|april|june|july|august|september|october|november|december|months?\w*|years?|"
    r"days?|daily|today|tomorrow|tonight|minutes?|mins?|seconds?|later|early|earlier|soon|now|again|back (?:at|on|in|"
    r"for)|accounts?|"
    r"evals?|evaluation\w*|challenges?|funded|phases?|live|sim|demo|paper|crypto\w*|forex|fx|futures|stocks?|options|"
    r"index|indices|gold|silver|oil|points?|ticks?|pips?|dollars?|euros?|bucks|percent\w*|am|pm|et|est|ct|utc|gmt|"
    r"zones?|clock|get(?:s|ting)? in|got in|get out|skip\w*|ignor\w*|cheat\w*|make\w* (?:up|exceptions?)|"
    r"bend\w*|broken?|drop (?:it|this)|keep (?:it|this|that|the)|kept|forget (?:it|this|about)|"
    r"no|nor|even|still|mental\w*|alert\w*|manual\w*|breakeven|be|trail\w*|move (?:it|the|my)|moved|take|takes|"
    r"bullish|bearish|strong|weak|hot|late|above|below|under|want|wants|require|requires|demand|demands|use|uses|do|"
    r"start\w*|resum\w*|continu\w*|keep going|return\w*|come back|stays?|remain\w*|carry|carries|leav\w*|left|gets?|"
    r"one|ones|two|three|four|five|six|seven|eight|nine|ten|zero|a\+|plus|scratch\w*|setup|retest|pullbacks?|"
    r"breakouts?|"
    r"ris(?:es?|ing)|finish|nibbl\w*|(?:push|bump|raise|lift|"
    r"stretch|extend|tweak|shift|widen|pull|hide) (?:it|this|that|the|my)|"
    r"grow\w*|fad(?:e|es|ing)|with (?:the|my|a)|bracket\w*|limit|market orders?|copy|copier|backtest\w*|optional|"
    r"permission|permitted|goes to|is for|are for|for me to)\b"
)
_HALVES = re.compile(r"\b(?:longs?|shorts?|shorting|short selling|going short|going long)\b")
_GETS = re.compile(
    r"\bgets? (?:me|my|choppy|wild|crazy|slow|thin|ugly|messy|dead|nasty|silly|greedy|tilted|"
    r"hammered|chopped|killed|sloppy|tired|stupid|bored|angry|emotional|cocky|burned|burnt|wrecked|smoked|eaten)\b"
)
_FOR_AMATEURS = re.compile(
    r"\b(?:is|are) for (?:amateurs|losers|gamblers|idiots|suckers|tourists|fools|family|others|dreamers|the birds)\b"
)
_ON = re.compile(r"\b(?:on|in|with|for|at) ")
_BAD_AT = re.compile(
    r"(?:so |just |pretty |really |absolutely )?(?:rubbish|terrible|bad|awful|useless|hopeless|crap|shit|no good|"
    r"horrible|"
    r"not good|worst) (?:at|with) "
)
_DONE = re.compile(r"\b(?:i'?m (?:out|done|finished)|walk away|hit it)\b")
_IMPERATIVE = re.compile(r"let (?:the|it|them|things|that|others|everyone|everybody)\b")


def remark(tail: str) -> Remark | None:
    """What a tail needs of the rule before it; None where it may change that rule."""
    if EMPHASIS.fullmatch(tail):
        return Remark()
    for known, need in ((_AT_MOST, "at_most"), (_AT_LEAST, "at_least"), (_ENDING, "ending"), (_AGAIN, "again")):
        if known.fullmatch(tail):
            return Remark(frozenset((need,)))  # type: ignore[arg-type]
    if OF_A_TIME.fullmatch(tail):
        return Remark(frozenset(("timed",)))
    if _FIRM_CLOSES.fullmatch(tail):
        return Remark(frozenset(("timed",)))
    own = re.sub("^(?:not|and|i said|i repeat|that's|that is) ", "", tail)
    if len(own.split(" ")) <= 2 and (own == "never" or readings(own)):
        return Remark(repeated=own)
    said, story = _said(tail), told(tail)
    return said if said is not None or story is None else Remark(story)  # type: ignore[arg-type]


def _said(tail: str) -> Remark | None:
    choice, needs = _CHOICE.fullmatch(tail), set[Need]()
    if choice:
        tail = choice["rest"] or choice["more"] or ""
        needs.add("choice")
    elif (not _BAD_AT.match(tail) and not has_verb(tail)) or len(tail.split(" ")) < 2:
        return None
    if _DONE.search(tail):
        needs.add("ending")
    if THAT_IS_WHEN.match(tail):
        needs.add("timed")
    stronger = _STRONGER.match(tail)
    rest = tail[stronger.end() :] if stronger else tail
    rest = _IMPERATIVE.sub("~", rest) if rest.startswith("let ") else rest
    firm = _FIRM.match(rest)
    rest = rest[firm.end() :] if firm else rest
    for harmless in (_GETS, _FOR_AMATEURS, _SPARED):
        rest = harmless.sub(" ~ ", rest)
    if stronger:
        rest = re.sub(
            r"\b(?:good|strong|early|late|hot|setups?|trade|a\+|be|green|red|takes?|one)\b",
            "~",
            rest,
        )
    rest_values = readings(rest)
    elsewhere = tuple(value for value in rest_values if value[0] in ("DAYS", "SYMBOLS"))
    if (
        len(elsewhere) < len(rest_values)
        or (elsewhere and _ON.search(rest))
        or _SUSPECT.search(rest)
        or _forbidden(rest)
    ):
        return None
    sides = {found[0].startswith("long") or found[0] == "going long" for found in _HALVES.finditer(rest)}
    elsewhere += tuple(("SIDE", "long" if side else "short") for side in sides)
    if not stronger and not firm and (_MARKET.search(rest) or (_MOMENT.search(rest) and not elsewhere)):
        needs.add("timed")
    return Remark(frozenset(needs), elsewhere=elsewhere)


_LEFT: Final = re.compile(
    r"[\d$%?&/<>=+*#]|\b(?:unless|except\w*|only|but|or|then|half|instead|otherwise|until|maybe|can(?!'t)|may|might|"
    r"allowed|more|less|"
    r"double|before|after|once|apart|aside|besides)\b"
)


def _forbidden(rest: str) -> bool:
    """Even a remark that makes the rule stronger ("I don't care how good it looks") may not hold these."""
    return bool(_LEFT.search(rest))
