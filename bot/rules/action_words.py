"""The words of rules for what is done and with what; the form is that of bot.rules.vocabulary."""

from typing import Final

ACTIONS: Final[dict[str, str]] = {
    # words that change nothing in any of the templates
    "": (
        "all in|comms included|commissions included|fees included|including commissions|including fees|"
        "including comms|incl commissions|incl fees|net of fees|after fees|after commissions|"
        "costs included|commission included|fees and all|"
        "for me|the|a|an|my|your|our|i|we|you|me|will|must|should|shall|always|ever|please|strictly|absolutely|"
        "really|"
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
        "i refuse to|not gonna|not going to|not taking|no way i|ain't|stay clear from|i'm not|not doing|"
        "quit taking|"
        "no|never|don't|dont|do not|does not|doesn't|doesnt|must not|mustn't|mustnt|should not|shouldn't|shouldnt|"
        "shall not|will not|won't|wont|cannot|can't|cant|can not|may not|avoid|refrain from|pass on|i pass on|"
        "stay out of|"
        "stay out of the market|stay away from|keep away from|keep out of|stay off|zero|skip|under no circumstances|"
        "not allowed to|no further|no additional|no other|steer clear of|stay clear of|forget about|"
        "not a single|not one|with no|no taking|not trade"
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
        "not one contract more|not one tick more|not a cent over|not a dollar more|not a tick more|"
        "not a contract more|not a minute longer|not any more|"
        "max|maximum|at most|at the most|up to|at max|tops|or less|or fewer|or lower|or smaller|or tighter|or closer|"
        "no longer than|no more than|not more than|no more then|<=|=<|≤|capped at|limited to|maximum of|max of|"
        "as a maximum|is the max|not exceeding|or under|not a penny more|not a cent more|not one more|never more|"
        "never more than|no further than|no farther than|biggest|largest|highest|widest|not any more than that|"
        "the most|at or below|at or under|is the most i'll take|is the most i take|is the most i'll trade|"
        "is the most i trade|is the most i'll hold|"
        "is the most i hold|is the most i'll ever take|is the most i'll put on|is as big as i go|"
        "is as big as it gets|"
        "is the most i will take|is the most i will trade|is all i trade|is the biggest i go|is the most i do"
    ),
    "MORE": (
        "north of|upwards of|"
        "more than|over|above|bigger than|larger than|greater than|wider than|exceed|exceeds|exceeding|higher than|"
        "in excess of|>|farther than|further than|beyond|longer than|larger|bigger|go over|going over|go above|"
        "go beyond|further away than|farther away than"
    ),
    "LESS": (
        "shy of|short of|south of|"
        "less than|fewer than|under|below|smaller than|lower than|tighter than|closer than|nearer than|worse than|"
        "shorter than|<"
    ),
    "MIN": (
        "min|minimum|at least|at minimum|at a minimum|or more|or better|or higher|or greater|or above|>=|≥|=>|"
        "minimum of|min of|as a minimum|or bigger|or wider|and up|and above"
    ),
    "LIMIT": (
        "my limit|the limit|upper limit|hard cap|hard limit|hard ceiling|"
        "limit|limits|cap|ceiling|limiting|capping|threshold"
    ),
    "RESPECT": "respect|honor|honour|obey",
    "VIOLATE": "breach|violate|bust|blow through|break through",
    "KEEP": "keep|keeping|stay|staying|keeps|stays|is kept|kept|remains",
    "WITHIN": "within|inside",
    "WITHOUT": "without|w/o|w/out|lacking",
    "QUIT": (
        "pencils down|laptop is shut|the laptop is shut|laptop shut|laptop goes shut|screens go off|"
        "screens are off|platform is off|platform is closed|platform gets closed|platform goes off|"
        "i'm off to the pub|"
        "i'm off to the gym|i'm off to the beach|off to the pub|off to the gym|off to the beach|"
        "tools down|close the book|lights out|game over|i log off|i'm gone|laptop is closed|"
        "the laptop closes|charts off|charts are off|curtains|hit the gym|down tools|log out for the day|"
        "machine off|pc off|computer off|stand down for the day|i am finished|platform shut|i'm off|"
        "lock the platform|switch off|switch it off|call time|call it there|that's me done|that's me|"
        "that's my day|"
        "quit|quitting|walk away|walking away|done|call it quits|call it|shut it down|shut down|"
        "shut down the platform|shut down the computer|walk|platform off|platform closed|laptop closed|screens off|"
        "charts closed|stand up and walk away|get up and walk away|finished|that's it|thats it|pack up|pack it in|"
        "pack it up|log off|log out|shut the platform|close the platform|close the laptop|turn off the platform|"
        "turn it off|step away from the desk|hang it up|cease|step away|stop taking trades|stop entering|"
        "stop and walk away|close shop|stop trading completely|trading stops|trading is over|i quit|stop immediately|"
        "stopping|knock off|knock it off|wrap it up|shut the computer|close the charts|close the computer|"
        "shut the laptop|no longer trade"
    ),
    "TIME_STOP": "time stop|time stops|time limit|time-stop|max time in a trade|max time",
    "TO_BED": (
        "go to bed with a position on|go to bed with an open position|go to bed with a trade on|"
        "go to bed with a position|"
        "go to bed in a trade|sleep with a position on|sleep on open positions|sleep with open positions|"
        "sleep on a position|go to sleep with a position on|go to bed with anything open|sleep on trades|"
        "go to sleep in a trade|go to bed with open trades|sleep with a position|sleep on an open position|"
        "sleep on positions|"
        "sleep with anything open|sleep in a trade|sleep on a trade|go to sleep with anything on"
    ),
    "MOST_AT_RISK": (
        "that's the most i put on the line|that's the most i risk|is the most i risk|is the most i put on the line|"
        "is the most i'll risk|that's the most i'll risk|is all i risk|that's all i risk|is my max risk|"
        "is the most i'm risking|"
        "is the most i will risk|is as much as i risk|is the most i'm willing to risk|is the most i ever risk"
    ),
    "NEXT": "my next trade is|next trade is|my next one is|the next trade is|the next one is|next one is|next trade",
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
        "new setups|new orders|new order|new exposure|"
        "trade|trades|trading|entry|entries|enter|entering|new trade|new trades|new entries|new entry|new positions|"
        "new position|fresh positions|fresh trades|fresh entries|fresh position|fresh trade|traded|"
        "another trade|other trades"
    ),
    "SETUP": "setup|setups|set-up|set-ups|anything|something",
    "POSITION": "position|positions",
    "TAKE": (
        "take|taking|place|placing|execute|executing|do|doing|put on|go for|initiate|initiating|takes|taken|took|"
        "goes|"
        "pull the trigger on|get into|getting into|go|going|fire off"
    ),
    "START": "start|starting|begin|beginning",
    "OPEN": "open|opening|opened|running",
    "CLOSE": "square off|squared off|squaring off|square up|squared up|flatten out|close out|closing out|closed out|"
    "liquidate|close|closing|closed|exit|exiting|get out|get out of|"
    "getting out of",
    "LET": "let|letting",
    "PASS": "pass|passes|go by",
    "HAVE": "have|has|having|had|allow|accept|permit|tolerate",
    "WITH": "with|w/",
    "USE": (
        "use|using|uses|set|setting|put|need|needs|require|requires|run|include|includes|come with|comes with|attach|"
        "work with|put in|demand|define|be set|gets|get|carries|attached|attached to|protected by|protected with|"
        "covered by|offer|offers|puts|pay|pays|goes in with|goes in on"
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
    "HOURS_WORD": "trading hours|trading window|window|trading time|trading session|hours",
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
        "stack|stacking|add to|adding to|top up|topping up|load up|press|"
        "add|adding|add on|scale in|scaling in|scale into|scaling into|adds|add contracts|add size|add more|"
        "averaging into"
    ),
    "AVERAGE_DOWN": (
        "average down|averaging down|average into losers|average losers|average a loser|average a losing position|"
        "average a losing trade|average losing trades|double down|doubling down|averaging into losers|"
        "averaging losers|averaging a loser|averaging into a loser"
    ),
    "HOLD": (
        "gets held|get held|carried|carried over|take home|taken home|carry home|carry over|taking home|"
        "lasts|"
        "hold|holding|holds|held|keep open|keep holding|leave open|stay in|sit in|staying in|hold time|holding time|"
        "holding period|time in trade|time in the trade|trade duration|hold duration|hold on to|holding on to|carry|"
        "carrying|leave|leaving"
    ),
    "OVERNIGHT": (
        "overnight|over night|overnights|through the night|into the next day|to the next day|over the night|"
        "until the next day|past the end of the day|past the session close"
    ),
    "WEEKEND_HOLD": (
        "going into the weekend|heading into the weekend|over the weekend|over weekends|over a weekend|"
        "through the weekend|into the weekend|through weekends|"
        "into weekends|across the weekend|weekend hold|weekend holds|weekend positions|weekend position|"
        "weekend holding"
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
        "running trades|running trade|running positions|running position|trades running|trade running|"
        "positions running"
    ),
    "AT_ONCE": (
        "at once|at a time|at the same time|simultaneously|at any time|at any one time|concurrently|"
        "at any given time|at any moment|simultaneous|concurrent|in parallel"
    ),
    "BREAK": (
        "take five away|a breather|break time|off the desk|get up from the desk|walk around|"
        "away from the platform|off the charts|off the screens|screen break|no clicking for|"
        "sit on my hands for|hands off for|walk the dog|"
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
        "before i click anything|before i click|before i touch anything|before i do anything|"
        "before i take another|before i take anything|"
        "before i click again|before i touch the mouse|before i even look|before the next click|"
        "before i place another|before i get back in|"
        "before i go again|before anything else|before my next one|before my first entry|before entering|"
        "before i enter|before i trade"
    ),
}
