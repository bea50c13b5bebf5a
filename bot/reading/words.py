"""The vocabulary of reading, as data: what traders call sides, exits and results, in five languages.

A phrase is written folded (lower case, no accents, no apostrophes) and separated by "|". The longest phrase at a
place wins, so an exception ("no stop") is simply a longer phrase than the word it takes away.
"""

from enum import StrEnum


class Tag(StrEnum):
    """What a phrase says about the trade or about the message."""

    LONG = "long"
    SHORT = "short"
    BUY = "buy"
    SELL = "sell"
    COVER = "cover"
    BUY_ORDER = "buy order"
    SELL_ORDER = "sell order"
    ENTRY = "entry"
    ENTRY_IF_NUMBER = "entry if a number follows"
    EXIT = "exit"
    STOPPED = "stopped"
    STOP = "stop"
    TARGET = "target"
    HIT = "hit"
    AT = "at"
    SIZE = "size"
    LOTS = "lots"
    PNL = "pnl"
    WIN = "win"
    LOSS = "loss"
    FEES = "fees"
    NET = "net"
    DISTANCE = "distance"
    MONEY = "money"
    BREAK_EVEN = "break even"
    SCRATCH = "scratch"
    MICROS = "micros"
    MINIS = "minis"
    ADD = "add"
    MOVE = "move"
    ZONE = "zone"
    IGNORE = "ignore"
    FILLER = "filler"
    FRACTION = "fraction"
    COUNT = "count"
    PLAN = "plan"
    WATCH = "watch"
    MISSED = "missed"
    OTHERS = "others"
    ATTACK = "attack"
    FLIP = "flip"
    CLEAR = "clear"
    NOT = "not"
    ORDINAL = "ordinal"


PHRASES: dict[Tag, str] = {
    Tag.LONG: "long|longs|calls|largo|largos|comprado|compra a mercado|haussier|acheteur|kaufposition",
    Tag.SHORT: "short|shorts|puts|corto|cortos|vendido|baissier|vendeur|leerverkauft",
    Tag.BUY: (
        "buy|bought|buying|longed|longing|bto|go long|gone long|going long|went long|got long|compre|"
        "compro|comprei|comprar|compra|kaufe|kaufte|gekauft|kauf|kaufen|achete|achat|acheter|jai achete"
    ),
    Tag.SELL: (
        "sell|sold|selling|sld|shorted|shorting|sto|go short|gone short|went short|got short|vendi|vendo|"
        "vender|venta|venda|verkaufe|verkauft|verkauf|verkaufen|vendu|vends|vente|vendre"
    ),
    Tag.COVER: "cover|covered|covering|bought back|buy back|btc back|recompre|recomprei|zuruckgekauft|rachete",
    Tag.BUY_ORDER: "buy limit|buy stop|limit buy|bid at|kauflimit|compra limite",
    Tag.SELL_ORDER: "sell limit|sell stop|limit sell|offer at|verkaufslimit|venta limite|venda limite",
    Tag.ENTRY: (
        "entry|entries|entered|entry price|entry point|entry zone|signal price|at price|get in|got in|"
        "filled at|from|avg|average|avg price|average price|opened|opened at|taken|taken at|ek|buy zone|"
        "entrada|entrada en|entre|entre en|entrei|entrei em|puntos de entrada|rango operativo|einstieg|"
        "eingestiegen|rein|entree|entre a|desde|ab|вход"
    ),
    Tag.ENTRY_IF_NUMBER: "in|en|em",
    Tag.EXIT: (
        "exit|exits|exited|stc|out|got out|get out|took off|off|half off|closed|close|closing|close price|"
        "exit price|flat|flattened|bailed|bailed out|dumped|scaled out|scaling out|took profit|"
        "took profits|tp hit at|rest out|sold out|cerre|cierre|cerrado|cerramos|salida|sali|salgo|sai|"
        "saida|fechei|fechado|encerrei|ausstieg|ausgestiegen|raus|geschlossen|schliesse|glattgestellt|"
        "sortie|sorti|ferme|cloture"
    ),
    Tag.STOPPED: (
        "stopped|stopped out|flat stopped|full stop|stop hit|stop got hit|sl hit|hit my stop|hit the stop|"
        "hit stop|got stopped|got stopped out|stop out|hit sl|stop was hit|me saco el stop|stopeado|"
        "stopado|ausgestoppt|stop touche"
    ),
    Tag.STOP: (
        "stop|stops|sl|stop loss|stoploss|stop/loss|protective stop|safety stop loss|s/l|"
        "hard stop|initial stop|perdida maxima|stopp"
    ),
    Tag.TARGET: (
        "target|targets|tp|tps|take profit|take profits|takeprofit|t/p|pt|tgt|profit target|objetivo|"
        "objetivos|alvo|alvos|ziel|ziele|kursziel|objectif|objectifs|тейки|цель"
    ),
    Tag.HIT: "hit|reached|filled there|got hit|alcanzado|atingido|erreicht|touche|atteint",
    Tag.AT: "at|a|bei|zu|around|near|for a price of|price of|price|auf",
    Tag.SIZE: "size|qty|quantity|position size|volume|tamano|tamanho|groesse|taille|menge|cantidad|lot size",
    Tag.LOTS: (
        "lot|lots|contract|contracts|contratos|contrato|kontrakt|kontrakte|contrat|contrats|car|cars|cons|"
        "share|shares|acciones|acoes|aktien|actions|cts|lotes|lote|coins|units|ctr|ctrs|x|pieces"
    ),
    Tag.PNL: "pnl|p&l|p/l|p n l|pl|p and l|total|result|resultado|ergebnis|resultat|thats",
    Tag.WIN: (
        "made|gained|gain|profit|profits|won|win|winner|up|green|banked|profit of|for a profit of|plus|"
        "net profit|gane|ganancia|ganancias|ganhei|lucro|lucro de|ganho|gewinn|gewonnen|gagne|gain de|"
        "profit de|beneficio"
    ),
    Tag.LOSS: (
        "lost|loss|lose|loser|loss of|for a loss of|down|red|minus|gave back|dropped|perdi|perdida|perda|"
        "prejuizo|prejuizo de|verlust|verloren|perdu|perte|perte de"
    ),
    Tag.FEES: (
        "commission|commissions|comm|comms|fee|fees|paid|swap|comision|comisiones|comissao|comissoes|taxas|"
        "gebuhr|gebuhren|kommission|provision|frais"
    ),
    Tag.NET: (
        "net|net of fees|after commission|after commissions|after comms|after fees|after costs|"
        "net after comms|net after fees|net after commissions|neto|liquido|netto|after comm|net of comms|"
        "net of commissions"
    ),
    Tag.DISTANCE: (
        "pip|pips|tick|ticks|point|points|pts|handles|handle|r|percent|%|pipos|puntos|pontos|punkte|"
        "prozent|hour|hours|hrs|minute|minutes|mins|min|days|weeks|seconds|horas|minutos|minuten|stunden"
    ),
    Tag.MONEY: (
        "usd|dollar|dollars|bucks|eur|euro|euros|gbp|pounds|dolares|reais|quid|usdt|franken|chf|cad|aud|jpy|yen"
    ),
    Tag.BREAK_EVEN: "be|b/e|breakeven|break even|break-even",
    Tag.SCRATCH: (
        "scratch|scratched|scratched it|scratch trade|out at be|stopped at be|closed be|out be|out flat|"
        "be stop hit|stopped at breakeven|out breakeven|out at breakeven|out at entry|closed at entry"
    ),
    Tag.MICROS: "micros|were micros|was micro|it was micros|micro contracts|micro",
    Tag.MINIS: "minis|were minis|e-minis|e-mini contracts|full size",
    Tag.ADD: "added|adding|added to|add|more|added more|average in|averaged in|dca|re-added|sume|nachgekauft",
    Tag.MOVE: (
        "moved|moved to|move|moving|adj|adj.|adjusted|trailed|trailing|raised|lowered|moving my|moved my|"
        "running|let it run"
    ),
    Tag.ZONE: "et|est|edt|utc|gmt|cet|cest|bst|pt zone|pst|pdt|cst|cdt|ny|ny time|london|london time|z",
    Tag.IGNORE: (
        "timeframe|period|leverage|risk|risking|riesgo|risco|risiko|risque|expiry|signal expiry time|"
        "signal|rr|r:r|risk reward|risk to reward|risk to reward ratio|cross|no|nr|trade|week|day|level|"
        "account|daily loss|ema|sma|vwap"
    ),
    Tag.FILLER: (
        "no stop|no sl|no tp|no target|close above|close below|close under|close over|stop de lucro|"
        "trailing stop|h1 close|for a|to go|for once|for the|out of the gate|no news|daily loss limit|"
        "trade alert|more or less|too long|so long|as long as|long time|how long|long term|long run|"
        "long day|longer|in short|short term|short squeeze|too short|break of|fake out|fakeout|"
        "out of nowhere|worn out|figured out|in and out|not bad|no fomo|no problem|should have been|shouldve been"
    ),
    Tag.FRACTION: "and a quarter|a quarter|and a half|and three quarters|three quarters|even",
    Tag.COUNT: (
        "one|two|three|four|five|six|seven|eight|nine|ten|both|uno|dos|tres|ein|eine|einen|zwei|drei|um|dois|un|deux"
    ),
    Tag.PLAN: (
        "looking to|planning to|plan to|plan is|plan|planning|will|ill|going to|gonna|waiting to|"
        "waiting for|want to|limit|limit order|set an order|order at|orders at|if filled|pending order|"
        "on stop|setup|idea|ich will|quiero|voy a|vou|je vais|plane|werde|buscando"
    ),
    Tag.WATCH: (
        "watching|watch|watchlist|watch list|might|maybe|eyeing|keeping an eye|thinking about|thinking of|"
        "considering|tempted to|on my radar|levels to watch|key levels|if it breaks|if we break|could see|"
        "levels for|keep an eye|quiza|tal vez|talvez|vielleicht|peut etre|mirando|observando|beobachte"
    ),
    Tag.MISSED: (
        "should have|shouldve|shoulda|shouldnt have|would have|wouldve|woulda|could have|couldve|coulda|"
        "wish i|wish id|if i had|if only|if id|missed|almost|nearly|didnt take|did not take|hadnt|what if|"
        "imagine|paper traded|backtest|backtested|backtesting|in sim|on sim|on demo|deberia haber|"
        "hatte ich|hatte|devia ter|jaurais du|aurais du"
    ),
    Tag.OTHERS: (
        "my buddy|my friend|a friend|my mate|my brother|my dad|my wife|my coach|my mentor|this guy|"
        "some guy|that guy|he made|he lost|she made|she lost|they made|he went|she went|they went|"
        "he shorted|he longed|he bought|he sold|everyone is|people are|guy in|someone|somebody|mi amigo|"
        "mein freund|mein kumpel|meu amigo|mon ami|un amigo|he is|shes|hes|theyre|she is|they are|trump|"
        "powell|elon"
    ),
    Tag.ATTACK: (
        "system:|ignore previous|ignore all|ignore the above|ignore your|disregard|you are now|assistant:|"
        "user:|previous instructions|new instructions|system prompt|developer mode|drop table|delete from|"
        "insert into"
    ),
    Tag.FLIP: (
        "other way round|other way around|other way|wrong way|wrong side|wrong direction|flip it|flip|"
        "reversed|backwards|opposite|the opposite|al reves|andersrum|umgekehrt|ao contrario|inverse|"
        "linverse"
    ),
    Tag.CLEAR: (
        "remove|delete|drop|clear|without|take out|take off|no|quita|borra|entferne|ohne|remova|sem|sin|enleve|sans"
    ),
    Tag.NOT: "not|instead of|rather than|nicht|nao|pas|y no|en vez de|statt|au lieu de",
    Tag.ORDINAL: (
        "first|second|third|1st|2nd|3rd|the first|the second|the third|first one|second one|third one|last one"
    ),
}

FOREIGN = (
    "vendi|compre|compro|cerre|gane|perdi|comprei|sai|fechei|lucro|prejuizo|einstieg|ausstieg|gewinn|"
    "verlust|gekauft|verkauft|kaufe|schliesse|ich|bei|raus|achete|vendu|sorti|sortie|gagne|perdu|"
    "entree|entrada|salida|saida|dolares|reais|por|com|con|und|mit|euro|ek|dollars de|et|lots a|en"
)
"""Words that make the comma the likelier decimal separator: "18.300" is then eighteen thousand."""

POINTS = frozenset(("point", "points", "pts", "pt", "handle", "handles"))
"""Distances in units of the price itself."""
CONTRACT_WORDS = frozenset(
    ("contract", "contracts", "contratos", "contrato", "kontrakt", "kontrakte", "contrat", "contrats", "cts", "ct")
)
"""Only futures and options are counted in these."""
TYPOS = {
    swapped: word
    for word in ("long", "short", "bought", "sold", "stop", "exit", "entry")
    for place in range(len(word) - 1)
    if (swapped := word[:place] + word[place + 1] + word[place] + word[place + 2 :]) != word
}
"""Side and level words with two neighbouring letters exchanged; none of them is a word of its own."""
COUNTS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "both": 2,
    "uno": 1,
    "dos": 2,
    "tres": 3,
    "ein": 1,
    "eine": 1,
    "einen": 1,
    "zwei": 2,
    "drei": 3,
    "um": 1,
    "dois": 2,
    "un": 1,
    "deux": 2,
}
FRACTIONS = {
    "and a quarter": "0.25",
    "a quarter": "0.25",
    "and a half": "0.5",
    "and three quarters": "0.75",
    "three quarters": "0.75",
    "even": "0",
}


def word_set(table: str) -> frozenset[str]:
    """The words of a table that are separated by blanks."""
    return frozenset(table.split())


def phrases(table: str) -> frozenset[tuple[str, ...]]:
    """The phrases of one table, each as its words."""
    return frozenset(tuple(phrase.split()) for phrase in table.split("|"))


TAGGED: dict[tuple[str, ...], Tag] = {words: tag for tag, table in PHRASES.items() for words in phrases(table)}
LONGEST = max(map(len, TAGGED))
