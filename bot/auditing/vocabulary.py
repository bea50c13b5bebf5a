"""The words rules are made of, as data: what a phrase means in a rule, whatever rule it is.

A phrase is lower case, phrases are separated by "|"; at any place the longest phrase counts. A new wording is a new
phrase here or a new template in the modules of sentences; a word that is in neither makes a rule the judge's.
"""

from typing import Final

PHRASES: Final[dict[str, str]] = {
    # words that change nothing in any of the templates
    "": (
        "the|a|an|my|your|our|i|we|you|me|will|must|should|shall|always|ever|please|strictly|absolutely|really|"
        "personally|myself|yourself|have to|need to|has to|needs to|ought to|got to|gotta|i'm|im|i'll|i've|i have|"
        "i am|am|is|are|be|been|of|to|it's|try to|aim to|make sure to|make sure i|make sure that i|make sure|"
        "be sure to|remember to|:|under any circumstances|no matter what|at all times|at all costs|no exceptions|"
        "no exception|no excuses|period|full stop|every time|every single time|ever again|at all|seriously|for real|"
        "anymore|any more|any longer|from now on|any|single|that|there|there's|allowed to|simply|we're|you're|"
        "own|'s|per se|ok|want to|intend to|no ifs no buts|both|allowed|permitted|number of|no. of|# of|plz|tbh|lol|"
        "bro|dude|literally|honestly|without exception|without exceptions|on principle"
    ),
    # what weakens a rule: in no template, so that it is left to the judge
    "HEDGE": (
        "not always|don't always|do not always|dont always|never always|won't always|will not always|not necessarily|"
        "not really|not strictly|not every|not each|not all|not any more than|no need to|don't need to|don't have to|"
        "do not have to|do not need to|needn't|not have to|not only|no problem|not just|can always|may always"
    ),
    # demands
    "NEVER": (
        "no|never|don't|dont|do not|does not|doesn't|doesnt|must not|mustn't|mustnt|should not|shouldn't|shouldnt|"
        "shall not|will not|won't|wont|cannot|can't|cant|can not|may not|avoid|refrain from|pass on|i pass on|"
        "stay out of|"
        "stay out of the market|stay away from|keep away from|keep out of|stay off|zero|skip|under no circumstances|"
        "not allowed to|no further|no additional|no other|steer clear of|stay clear of|forget about|"
        "not a single|with no|no taking|not trade"
    ),
    "NOT": "not|isn't|isnt|it isn't|it is not",
    "NOTHING": "nothing|none|nothing new",
    "NO_MORE": "no more|not more|no longer",
    "SIT_OUT": (
        "sit out|hands off|hands off the mouse|hands off the keyboard|no clicking|no clicks|sit on hands|"
        "sit on your hands|sitting on my hands|keep my hands off|stay out|stand aside|stand down|sit on my hands|"
        "stay on the sidelines|sit it out|wait out"
    ),
    "NOT_ALLOWED": (
        "not allowed|forbidden|banned|off limits|off-limits|prohibited|not permitted|a no-go|no-go|a no go|taboo"
    ),
    "ONLY": (
        "only|just|exclusively|solely|nothing but|nothing except|nothing other than|stick to|stick with|nothing else"
    ),
    "MAX": (
        "max|maximum|at most|at the most|up to|at max|tops|or less|or fewer|or lower|or smaller|or tighter|or closer|"
        "no longer than|no more than|not more than|no more then|<=|=<|≤|capped at|limited to|maximum of|max of|"
        "as a maximum|is the max|not exceeding|or under|not a penny more|not a cent more|not one more|never more|"
        "never more than|no further than|no farther than|biggest|largest|highest|widest|not any more than that|"
        "the most"
    ),
    "MORE": (
        "more than|over|above|bigger than|larger than|greater than|wider than|exceed|exceeds|exceeding|higher than|"
        "in excess of|>|farther than|further than|beyond|longer than|larger|bigger|go over|going over|go above|"
        "go beyond|further away than|farther away than"
    ),
    "LESS": (
        "less than|fewer than|under|below|smaller than|lower than|tighter than|closer than|nearer than|worse than|"
        "shorter than|<"
    ),
    "MIN": (
        "min|minimum|at least|at minimum|at a minimum|or more|or better|or higher|or greater|or above|>=|≥|=>|"
        "minimum of|min of|as a minimum|or bigger|or wider|and up|and above"
    ),
    "LIMIT": "limit|limits|cap|ceiling|limiting|capping|threshold",
    "RESPECT": "respect|honor|honour|obey",
    "VIOLATE": "breach|violate|bust|blow through|break through",
    "KEEP": "keep|keeping|stay|staying|keeps",
    "WITHIN": "within|inside",
    "WITHOUT": "without|w/o|w/out|lacking",
    "QUIT": (
        "quit|quitting|walk away|walking away|done|call it quits|call it|shut it down|shut down|"
        "shut down the platform|shut down the computer|walk|platform off|platform closed|laptop closed|screens off|"
        "charts closed|stand up and walk away|get up and walk away|finished|that's it|thats it|pack up|pack it in|"
        "pack it up|log off|log out|shut the platform|close the platform|close the laptop|turn off the platform|"
        "turn it off|step away from the desk|hang it up|cease|step away|stop taking trades|stop entering|"
        "stop and walk away|close shop|stop trading completely|trading stops|trading is over|i quit|stop immediately|"
        "stopping|knock off|knock it off|wrap it up|shut the computer|close the charts|close the computer|"
        "shut the laptop|no longer trade"
    ),
    "IM_OUT": "and out|i'm out|im out|i am out",
    "QUIT_DAY": (
        "call it a day|calling it a day|the day is over|day is over|the day's over|day's over|end the day|end my day|"
        "call it for the day|day over|my day is over|day is done|my day is done|the day is done|done for today|"
        "the trading day ends|trading day ends|go home|the trading day is over|trading day is over|day ends|"
        "my day ends|take the day off|take the rest of the day off"
    ),
    "CAN": "can|may|could|might",
    # actions and things
    "NAKED": "naked trades|naked trade|naked positions|naked position|naked entries",
    "STOP": (
        "stop|stops|stop loss|stop losses|stop-loss|stop-losses|stoploss|stoplosses|sl|s/l|protective stop|"
        "protective stop loss|stop loss order|stop order|initial stop|initial stop loss|hard stop loss|hard sl|"
        "physical stop|"
        "predefined stop|predefined stop loss|pre-defined stop|stop loss orders|defined stop|stop-loss order|"
        "stop-loss orders"
    ),
    "TARGET": (
        "target|targets|take profit|take-profit|take profits|tp|t/p|profit target|profit targets|price target|"
        "predefined target|pre-defined target|predefined take profit|defined target|predefined profit target|"
        "take profit order|takeprofit|take profit target|goal|profit goal"
    ),
    "TRADE": (
        "trade|trades|trading|entry|entries|enter|entering|new trade|new trades|new entries|new entry|new positions|"
        "new position|fresh positions|fresh trades|fresh entries|fresh position|fresh trade|traded|bullet|bullets|"
        "shot|shots|another trade|other trades"
    ),
    "SETUP": "setup|setups|set-up|set-ups|anything|something",
    "POSITION": "position|positions",
    "TAKE": (
        "take|taking|place|placing|execute|executing|do|doing|put on|go for|initiate|initiating|takes|taken|took|goes|"
        "pull the trigger on|get into|getting into|go|going|fire off"
    ),
    "START": "start|starting|begin|beginning",
    "OPEN": "open|opening|opened|running",
    "CLOSE": "close out|closing out|closed out|liquidate|close|closing|closed|exit|exiting|get out|get out of|"
    "getting out of",
    "LET": "let|letting",
    "PASS": "pass|passes|go by",
    "HAVE": "have|has|having|had|allow|accept|permit|tolerate",
    "WITH": "with|w/",
    "USE": (
        "use|using|uses|set|setting|put|need|needs|require|requires|run|include|includes|come with|comes with|attach|"
        "work with|put in|demand|define|be set|gets|get|carries|attached|attached to|protected by|protected with|"
        "covered by|offer|offers"
    ),
    "REQUIRED": (
        "required|mandatory|a must|obligatory|compulsory|in place|in the market|live in the market|in the system|"
        "non-negotiable|non negotiable"
    ),
    "SIZE": (
        "size|position size|position sizes|trade size|lot size|size up|sizing|position sizing|pos size|contract size|"
        "sizes|"
        "contract count|number of contracts"
    ),
    "ACCOUNT": "account",
    "DAYS_WORD": "trading days",
    "MARKETS": "instruments|instrument|markets|market|symbols|symbol|products",
    "HOURS_WORD": "trading hours|trading window|trading time|trading session|hours",
    "WHILE_OPEN": (
        "while one is open|while another is open|while i'm in a trade|while in a trade|while in a position|"
        "while another trade is open|while a trade is open|while a position is open|while already in a trade|"
        "until the last one is closed|until the current one is closed|when already in a trade|when in a trade|"
        "while one is still open|while another one is open|while another position is open|while i am in a trade|"
        "while i have an open position|while i have a position|when i already have a position|while i have one open|"
        "while in another trade|while already in a position|when another is open|if another is open|"
        "if one is already open|when one is already open|before the last one is closed|until the first is closed|"
        "before the current one is closed|while a trade is running|while another is running|while one is running|"
        "while i'm in another trade|while i have an open trade|while i'm already in a trade|while i'm in a position"
    ),
    "RISK": "risk|risking|risks|at risk|on the line|risked|capital at risk|risk per trade",
    "RATIO": (
        "risk reward|risk-reward|risk/reward|risk:reward|risk to reward|risk-to-reward|reward risk|reward-risk|"
        "reward/risk|reward:risk|reward to risk|reward-to-risk|rr|r:r|r/r|r r|rrr|risk reward ratio|"
        "risk-reward ratio|risk/reward ratio|risk:reward ratio|risk to reward ratio|risk-to-reward ratio|"
        "reward risk ratio|rr ratio|reward-risk ratio|reward/risk ratio|reward:risk ratio|reward to risk ratio|"
        "reward-to-risk ratio|r:r ratio|r multiple|r-multiple|r/r ratio|crv|payoff ratio"
    ),
    "REWARD": "reward|rewards|potential reward|planned reward|profit potential",
    "DISTANCE_WORD": (
        "distance|wide|away|far|from entry|from the entry|from my entry|of entry|of my entry|of the entry|"
        "away from entry|away from my entry|away from the entry"
    ),
    "ADD": (
        "add|adding|add on|scale in|scaling in|scale into|scaling into|adds|add contracts|add size|add more|"
        "averaging into"
    ),
    "AVERAGE_DOWN": (
        "average down|averaging down|average into losers|average losers|average a loser|average a losing position|"
        "average a losing trade|average losing trades|double down|doubling down|averaging into losers|"
        "averaging losers|averaging a loser|averaging into a loser"
    ),
    "HOLD": (
        "hold|holding|holds|held|keep open|keep holding|leave open|stay in|sit in|staying in|hold time|holding time|"
        "holding period|time in trade|time in the trade|trade duration|hold duration|hold on to|holding on to|carry|"
        "carrying|leave|leaving"
    ),
    "OVERNIGHT": (
        "overnight|over night|overnights|through the night|into the next day|to the next day|over the night|"
        "until the next day|past the end of the day|past the session close"
    ),
    "WEEKEND_HOLD": (
        "over the weekend|over weekends|over a weekend|through the weekend|into the weekend|through weekends|"
        "into weekends|across the weekend|weekend hold|weekend holds|weekend positions|weekend position|weekend holding"
    ),
    "BEFORE_WEEKEND": "before the weekend|before weekends|ahead of the weekend|for the weekend",
    "BY_END_OF_DAY": (
        "by the end of the day|by end of day|at the end of the day|at end of day|before the end of the day|by eod|"
        "at eod|before eod|by the end of the trading day|the same day|same day|on the same day|before the day ends|"
        "each night|every night|every evening|by day's end|on the day they are opened|end of day|"
        "by the close of the day|eod"
    ),
    "DAY_TRADES": "day trades|intraday|day trading|intraday trades|day trade|daytrades|daytrading",
    "FLAT": (
        "flat|all flat|out|out of the market|out of all trades|out of all positions|out of everything|out of trades|"
        "all out|flatten|flatten everything|flatten all|flatten all positions|out of every trade|"
        "out of every position"
    ),
    "ALL": "all|everything|all of my|all open trades|all open positions",
    "NO_OPEN": "no open",
    "OPEN_TRADES": (
        "open trades|open positions|trades open|positions open|open trade|open position|trade open|position open|"
        "running trades|running trade|running positions|running position|trades running|trade running|positions running"
    ),
    "AT_ONCE": (
        "at once|at a time|at the same time|simultaneously|at any time|at any one time|concurrently|"
        "at any given time|at any moment|simultaneous|concurrent|in parallel"
    ),
    "BREAK": (
        "break|pause|timeout|time out|cooldown|cool-down|cool down|cooling off|cooling-off|cooldown period|wait|"
        "waiting|rest|breather|step back|take a break|pause trading|cool-down period|cool off|cool-off|"
        "cool-off period|wait time|cooling off period|take time off|watch only|only watch|just watch|"
        "away from the screen|away from the screens|away from the desk|away from the charts|wait at least"
    ),
    "BETWEEN": "between|in between|apart",
    "AGAIN": (
        "again|trading again|entering again|before the next trade|before next trade|before another trade|"
        "before trading again|before taking another trade|before taking the next trade|before entering again|"
        "before the next entry|before i trade again|before re-entering|before taking a new trade|before a new trade|"
        "before taking the next one|before i take another trade|before the next one|before entering another trade|"
        "before another entry|before opening another|before opening a new trade|before any new trade|"
        "before my next trade|before my next entry|before i take the next trade|before taking another|"
        "before i re-enter|until the next trade|before i enter again|before new entries|before opening another trade|"
        "before placing another trade|before the next position|before trading|before my first trade|"
        "before the first trade|before taking a trade|before i take a trade|before i take my first trade|"
        "before my first entry|before entering|before i enter|before i trade"
    ),
    # results
    "LOSS": (
        "loss|losses|loser|losers|losing trade|losing trades|red trade|red trades|losing position|losing positions|"
        "trade that loses|losing ones|reds"
    ),
    "WIN": (
        "win|wins|winner|winners|winning trade|winning trades|green trade|green trades|profitable trade|"
        "profitable trades|winning position|winning positions|greens"
    ),
    "LOSE": "lose|losing|lost|loses|drop|drops|dropped|give back",
    "DOWN": (
        "down|in the red|in the hole|red|underwater|in losses|in drawdown|that's underwater|that is underwater|"
        "that's red|that's losing|that's down|that's in the red|that is red|that is losing|that is down"
    ),
    "UP": "up|in profit|in the green|green|ahead|in profits|profit|profits|gain|gains|positive",
    "MAKE": "make|making|made|earn|earning|earned|bank|banked|banking|book|booked|booking|gained",
    "HIT": (
        "hit|hits|hitting|reach|reached|reaches|reaching|suffer|get to|got|touch|touching|touches|experience|see|"
        "used|used up|"
        "gone|spent"
    ),
    "PNL": "p&l|pnl|p/l|p & l|result|day's p&l|day p&l|net p&l",
    "IN_A_ROW": (
        "in a row|back to back|back-to-back|consecutive|straight|consecutively|in succession|on the trot|"
        "one after another|successive|one after the other"
    ),
    "MINUS": "-",
    "PLUS": "+",
    "TIMES_AS": "times|x",
    # when
    "AFTER": "after|past|later than|following",
    "FROM": "from|starting at|beginning at",
    "BEFORE": "before|prior to|earlier than|ahead of",
    "UNTIL": "until|till|til|til'",
    "ONWARDS": "onwards|onward",
    "AT": "at|@",
    "BY": "by|latest|at the latest|no later than",
    "ONCE": "once|when|if|as soon as|whenever|upon|the moment|when i've|after i've|if i've|once i've|if i|when i",
    "THEN": "then|means|equals|=|->|→|⇒|==",
    "DURING": "during|through|throughout",
    "FIRST": "first|initial",
    "LAST": "last|final",
    "OF_SESSION": (
        "of the session|of the open|after the open|after the opening|after the market opens|of trading|"
        "after the opening bell|of the market|of the trading day|of the trading session|of regular trading hours|"
        "of rth|of the cash session|after the cash open|after the market open|of each session|of every session|"
        "after open|after market open|following the open|of market open|after the session opens|of the main session|"
        "of the regular session|of the opening|after the bell|after the opening of the session|of my session|"
        "of the market open|of each day|of the open market|from the open"
    ),
    "OF_CLOSE": (
        "before the close|before the market closes|before the closing bell|before the session close|"
        "before the session closes|before market close|before close|into the close|before the cash close|"
        "before the market close|ahead of the close|to the close|before the end of the session|before the bell|"
        "until the close"
    ),
    "OPEN_NAMED": (
        "the open|the opening bell|the market opens|market open|the market open|the cash open|the session opens"
    ),
    "PER_DAY": (
        "per day|a day|each day|every day|in a day|in one day|on the day|for the day|per session|a session|"
        "in a session|each session|in any day|on any day|any day|in any given day|in a given day|in a single day|"
        "on any given day|on a given day|per trading day|a trading day|during the day|/day|for today|today|on a day|"
        "on any one day|within a day|in any one day|in one session|every session|on a single day|that day|the day|"
        "for the rest of the day|the rest of the day|for the session|that session|this session|any one day|"
        "any given day|in the day|/ day|for that day|in 1 day|until tomorrow|till tomorrow|in one trading day|"
        "in any trading day|in a trading day"
    ),
    "OF_DAY": "of the day",
    "DAILY": "daily|day",
    "PER_WEEK": (
        "per week|a week|each week|every week|in a week|in one week|on the week|for the week|in any week|any week|"
        "in any given week|per trading week|/week|this week|that week|of the week|in the week|in a single week|"
        "during the week|for the rest of the week|the rest of the week|a trading week|until next week|/ week|the week"
    ),
    "WEEKLY": "weekly|week",
    "PER_TRADE": (
        "on all positions|for all positions|in all positions|on each and every trade|on all my trades|per trade|"
        "each trade|every trade|on any trade|on each trade|on every trade|on a trade|in a trade|in any trade|"
        "per position|on a single trade|on one trade|in one trade|per entry|per setup|on all trades|for each trade|"
        "for every trade|for any trade|with every trade|with each trade|each position|every position|"
        "on any one trade|on any position|on a position|on any single trade|on every position|in every trade|"
        "in each trade|in all trades|for all trades|on each position|all trades|every single trade|"
        "each and every trade|on every single trade|any single trade|any one trade|every entry|each entry|"
        "for a single trade|on every entry|on each entry|in a single trade|for every position|for each position|"
        "/trade|/ trade|all positions|for every entry|every setup|in any one trade|in any single trade|"
        "in every position|a single trade|per single trade|each one|on every order|to every order|every order|"
        "each order|on everything|all entries|all my entries|all my trades|all my positions|every single position|"
        "every single entry|with every entry|with each entry|"
        "on every last trade"
    ),
    "PER_SYMBOL": (
        "per symbol|per instrument|per market|in each symbol|on each symbol|in each market|per pair|for each symbol|"
        "each symbol|each instrument|each market|for each instrument|per ticker|on each instrument|"
        "in each instrument|in any symbol|in any one symbol|on any symbol|in the same symbol|on the same symbol|"
        "per product|each pair|in the same instrument|on the same instrument|on each pair|on each market|"
        "in the same market"
    ),
    "EVERY": "each|every",
    "ON": "on|in|for|when trading|while trading|when i trade|if i trade|if trading|on my",
    "OFF": "off|days off|day off|no trading day|a day off|no-trade day|no trade days|no-trade days|free",
    "JOIN": ",|(|)|and|&|plus|also|as well as|but",
    "OR": "or|nor",
    "OR_SKIP": (
        "or skip|or skip it|or i skip|or i skip it|or pass|or i pass|or i pass on it|or no trade|or i don't take it|"
        "or i dont take it|or nothing|otherwise skip|otherwise i skip|otherwise i skip it|otherwise no trade|else skip|"
        "or it's a skip|or it's a pass|or i don't trade it|or i'm not taking it|or i don't enter|or skip the trade|"
        "or i skip the trade|or i leave it|or i won't take it"
    ),
    "SKIP_IT": (
        "skip it|don't take it|dont take it|do not take it|pass on it|pass on the trade|pass on that trade|"
        "won't take it|i pass|i pass on it|i pass on the trade|not taking it|leave it"
    ),
    "OUTSIDE": "outside|outside of",
    "HARD": "\n|.|!",
    "DASH": ";|--|–|—|...|…",
    "FIRM": "firm's|firms|prop firm's|firm|prop firm|account's|broker's",
}

VALUED: Final[dict[str, dict[str, str]]] = {
    "QUIT": {"hard": "hard stop|hard stops"},
    "UNIT": {
        "contracts": "contract|contracts|car|cars|con|cons|ct|cts",
        "lots": "lot|lots|standard lot|standard lots",
        "minis": "mini|minis|e-mini|e-minis|emini|eminis|mini contract|mini contracts|e-mini contracts",
        "micros": "micro|micros|micro contract|micro contracts|micro e-minis|micro e-mini",
        "shares": "share|shares",
    },
    "SIDE": {
        "long": (
            "long|longs|long trades|long trade|buys|buy|buying|go long|going long|long setups|long side|"
            "the long side|buy trades|long entries|longing|long only trades|buy setups"
        ),
        "short": (
            "short|shorts|shorting|short trades|short trade|sells|sell|go short|going short|short setups|"
            "short selling|short side|the short side|sell short|sell trades|short entries|selling short|sell setups|"
            "short sales|short-selling"
        ),
    },
    "PHASE": {
        "evaluation": (
            "in evaluation|during evaluation|during the evaluation|in the evaluation|in the evaluation phase|"
            "during the evaluation phase|in the eval|during the eval|on eval accounts|on evaluation accounts|"
            "on an evaluation account|on an eval account|in the challenge|during the challenge|"
            "in the challenge phase|while in evaluation|while in the evaluation|on challenge accounts|in a challenge|"
            "on evals|in evals|during evals|in eval|on a challenge account|during challenge|while in the challenge|"
            "on the eval"
        ),
        "funded": (
            "when funded|on funded accounts|once funded|in the funded phase|on a funded account|on my funded account|"
            "on the funded account|in funded|when i'm funded|if funded|on funded|while funded|in the funded account|"
            "after getting funded|once i'm funded|funded accounts|on my funded accounts|when i am funded"
        ),
    },
    "COUNT": {
        "2": "twice|two times|double|second|2nd|a second",
        "3": "three times|thrice|third|3rd",
        "4": "fourth|4th",
    },
}
