"""The words of rules for results, times and how conditions are joined; the form is that of bot.rules.vocabulary."""

from typing import Final

OUTCOMES: Final[dict[str, str]] = {
    # results
    "LOSS": (
        "loss|losses|loser|losers|losing trade|losing trades|red trade|red trades|losing position|losing positions|"
        "trade that loses|losing ones|reds"
    ),
    "WIN": (
        "winners either|winners on the board|green ones|"
        "win|wins|winner|winners|winning trade|winning trades|green trade|green trades|profitable trade|"
        "profitable trades|winning position|winning positions|greens"
    ),
    "LOSE": ("cost me|costs me|cost|costing me|lose me|burn|bleed|lose|losing|lost|loses|drop|drops|dropped|give back"),
    "DOWN": (
        "down|in the red|in the hole|red|underwater|in losses|in drawdown|that's underwater|that is underwater|"
        "that's red|that's losing|that's down|that's in the red|that is red|that is losing|that is down"
    ),
    "UP": "up|in profit|in the green|green|ahead|in profits|profit|profits|gain|gains|positive",
    "MAKE": "make|making|made|earn|earning|earned|bank|banked|banking|book|booked|booking|gained",
    "HIT": (
        "burned|burnt|burned through|burnt through|eaten|eaten up|gone through|chewed through|"
        "blown through|blown|"
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
        "till monday|until monday|till next monday|until next monday|till next week|back on monday|"
        "till the new week|until the new week|"
        "per week|a week|each week|every week|in a week|in one week|on the week|for the week|in any week|any week|"
        "in any given week|per trading week|/week|this week|that week|of the week|in the week|in a single week|"
        "during the week|for the rest of the week|the rest of the week|a trading week|until next week|/ week|the week"
    ),
    "WEEKLY": "weekly|week",
    "PER_TRADE": (
        "in anything|on anything|any one idea|per idea|per go|on any one idea|"
        "per shot|a pop|per click|"
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
        "on every last trade|on the order|on every ticket|on each ticket|every ticket|each ticket|per ticket|"
        "on every setup|on each setup"
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
        "otherwise i don't take it|otherwise i pass|otherwise i don't trade it|otherwise it's a no|"
        "otherwise no deal|otherwise i'm not interested|otherwise i'm not in|or no deal|or i'm not in|"
        "or i'm not interested|or it's a no|or forget it|otherwise forget it|or i walk|otherwise pass|"
        "else no trade|else i skip|or i stay out|otherwise i leave it|or else i skip it|"
        "otherwise i don't enter|"
        "or skip|or skip it|or i skip|or i skip it|or pass|or i pass|or i pass on it|or no trade|or i don't take it|"
        "or i dont take it|or nothing|otherwise skip|otherwise i skip|otherwise i skip it|otherwise no trade|"
        "else skip|"
        "or it's a skip|or it's a pass|or i don't trade it|or i'm not taking it|or i don't enter|or skip the trade|"
        "or i skip the trade|or i leave it|or i won't take it"
    ),
    "SKIP_IT": (
        "i'm not in|i'm not taking it|"
        "i don't touch it|i leave it|"
        "i'm not interested|no deal|"
        "skip it|don't take it|dont take it|do not take it|pass on it|pass on the trade|pass on that trade|"
        "won't take it|i pass|i pass on it|i pass on the trade|not taking it|leave it"
    ),
    "OUTSIDE": "outside|outside of",
    "HARD": "\n|.|!",
    "DASH": ";|--|–|—|...|…",
    "FIRM": "firm's|firms|prop firm's|firm|prop firm|account's|broker's",
}
