"""How traders write a trade, as templates of `tests.rendering`: in the words of six languages, loose and labelled."""

from tests.rendering import CRYPTO, FOREX, FUTURE, KINDS, STOCK, Shape

COUNTED = (FUTURE, FOREX, CRYPTO)
"""Traded in a few contracts, lots or coins: a size is far from any price."""

ANY: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "en": (
        KINDS,
        (
            "{long} {size} {symbol} {entry} > {exit}",
            "{long} {size} {small} {entry} > {exit} stop {stop}",
            "{symbol} {long} {size} @ {entry} out {exit} sl {stop}",
            "{bought} {size} {symbol} {entry}, {sold} {exit}",
            "{bought} {size} {symbol} at {entry}, {sold} at {exit}",
            "{Bought} {size} {small} @ {entry} and {sold} @ {exit}",
            "in {entry} out {exit} {long} {small} x{size}",
            "{long} {symbol} in at {entry} out at {exit}",
            "{long} {symbol} from {entry} to {exit}",
            "{long} {symbol} from {entry} to {exit}, size {size}",
            "{LONG} {symbol} {entry} -> {exit} {pnl}",
            "{entry} → {exit} {long} {size} {symbol}",
            "{symbol} {long} {entry} => {exit}, {money}",
            "in {long} {symbol} {entry} stop {stop} target {target}",
            "{long} {size} {symbol} at {entry}, stop {stop}, tp {target}, out at {exit}",
            "{size} {symbol} {long} from {entry} {covered} {exit}",
            "closed {symbol} {long} {pnl}",
            "{money} on {symbol} {long}",
            "{made} {amount} on {small} {long}",
            "{long} {symbol} {entry} {exit} {pnl} comm {fees}",
            "{long} {symbol} in {entry} out {exit} {pnl} fees {fees}",
            "/{symbol} {long} {size} {entry} {exit}",
            "{L} {size} {symbol} {entry} -> {exit}",
            "{symbol} | {Long} | {size} | {entry} | {exit} | {pnl}",
            "{symbol}, {long}, entry {entry}, exit {exit}, size {size}",
            "went {long} {size} {symbol} at {entry}, got out at {exit} for {pnl}",
            "took {symbol} {long} {entry}, closed {exit} ({pnl})",
            "{symbol} {long} {entry}, exit {exit}, sl was {stop}, tp {target}",
            "{long} {symbol}. Entry {entry}. Exit {exit}. Stop {stop}. Target {target}.",
            "{long} {symbol} entry {entry} exit {exit} qty {size} pnl {pnl} commission {fees}",
            "{long} {symbol} avg {entry} exit {exit} qty {size}",
            "{symbol} {long} {entry} stopped out {exit}",
            "opened {long} {size} {symbol} {entry}",
            "{Buy} {symbol} {entry} SL {stop} TP {target}",
            "Entry: {entry}\nExit: {exit}\n{symbol} {long}\nSize: {size}",
            "Symbol: {symbol}\nSide: {Long}\nQty: {size}\nEntry: {entry}\nExit: {exit}",
            "Instrument: {symbol}\nDirection: {Long}\nQuantity: {size}\nEntry price: {entry}\nExit price: {exit}\n"
            "P&L: {pnl}\nCommission: {fees}",
            "{symbol} {LONG}\nEntry {entry}\nSL {stop}\nTP {target}",
            "Side={Buy} Symbol={symbol} Qty={size} Entry={entry} Exit={exit}",
            "{symbol}\n{long}\n{size}\n{entry}\n{exit}",
            "{long} {symbol} {entry}-{exit} {pnl}",
            "nice {long} on {symbol} today: {entry} to {exit}, {pnl}",
            "sl {stop} tp {target} {long} {small} {entry}",
            "{symbol} {long} {entry}, out {exit}. {Profit} {amount}",
        ),
    ),
    "es": (
        KINDS,
        (
            "{largo} {size} {symbol} {entry} salida {exit}",
            "{compre} {size} {symbol} a {entry} y {vendi} a {exit}",
            "entrada {entry} salida {exit} {symbol} {largo}",
            "{symbol} {largo} {entry} stop {stop} objetivo {target}",
            "Símbolo: {symbol}\nDirección: {largo}\nEntrada: {entry}\nSalida: {exit}\nTamaño: {size}",
            "{gane} {amount} en {symbol} {largo}",
        ),
    ),
    "pt": (
        KINDS,
        (
            "{comprado} {size} {symbol} {entry} saída {exit}",
            "{comprei} {size} {symbol} a {entry} e {vendei} a {exit}",
            "entrada {entry} saída {exit} {symbol} {comprado}",
            "{symbol} {comprado} {entry} stop {stop} alvo {target}",
            "Ativo: {symbol}\nLado: {comprado}\nEntrada: {entry}\nSaída: {exit}\nTamanho: {size}",
            "{symbol} {comprado} {entry}, saí em {exit}, {lucro} de {amount}",
        ),
    ),
    "fr": (
        KINDS,
        (
            "{achete} {size} {symbol} à {entry}, {vendu} à {exit}",
            "{long} {size} {symbol} entrée {entry} sortie {exit}",
            "{symbol} {long} {entry} stop {stop} objectif {target}",
            "Symbole: {symbol}\nSens: {long}\nEntrée: {entry}\nSortie: {exit}\nTaille: {size}",
            "{gagne} {amount} sur {symbol} {long}",
        ),
    ),
    "de": (
        KINDS,
        (
            "{size} {symbol} {gekauft} bei {entry}, {verkauft} bei {exit}",
            "{kaufte} {size} {symbol} bei {entry}, raus bei {exit}",
            "{symbol} {long} Einstieg {entry} Ausstieg {exit}",
            "{long} {size} {symbol} {entry} raus {exit} Stopp {stop}",
            "Symbol: {symbol}\nRichtung: {long}\nEinstieg: {entry}\nAusstieg: {exit}\nMenge: {size}",
            "{Gewinn} {amount} mit {symbol} {long}",
        ),
    ),
    "ru": (
        KINDS,
        (
            "{kupil} {size} {symbol} по {entry}, {prodal} по {exit}",
            "{lonng} {size} {symbol} вход {entry} выход {exit}",
            "{symbol} {lonng} {entry} стоп {stop} тейк {target}",
            "Инструмент: {symbol}\nНаправление: {Lonng}\nВход: {entry}\nВыход: {exit}\nОбъём: {size}",
            "{symbol} {lonng} {pribyl} {amount}",
        ),
    ),
}

SOME: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("en", "{symbol} {long} {entry} {exit} x{size}", COUNTED),
    ("en", "{symbol} {long} {size} {entry}/{exit} {pnl}", COUNTED),
    ("en", "{symbol}, {long}, {size}, {entry}, {exit}", COUNTED),
    ("en", "({size}) {symbol} {long} {entry} {exit}", (FUTURE,)),
    ("en", "{long} {entry} {symbol} out {exit}", COUNTED),
    ("en", "{sign}{size} {dated} {entry} {exit}", (FUTURE,)),
    ("en", "{dated} {long} {entry} {exit}", (FUTURE,)),
    ("en", "{long} {size}{small} {entry} {exit}", (FUTURE,)),
    ("en", "{long} {size} contracts {symbol} {entry}, out {exit}", (FUTURE,)),
    ("en", "just got out of {small} {long}, {size} cars, in at {entry} out at {exit}", (FUTURE,)),
    ("en", "{bought} {size} lots {symbol} at {entry}, {sold} at {exit}", (FOREX,)),
    ("en", "{buy} {symbol} {size} lots {entry} > {exit}", (FOREX,)),
    ("en", "{bought} {size} shares of {symbol} at {entry}, {sold} at {exit}", (STOCK,)),
    ("en", "{bought} {size} ${symbol} at {entry}, {sold} at {exit}", (STOCK,)),
    ("es", "{largo} {size} contratos {symbol} {entry}, salida {exit}", (FUTURE,)),
    ("pt", "{comprado} {size} contratos de {symbol} {entry}, saída {exit}", (FUTURE,)),
    ("fr", "{long} {size} contrats {symbol} {entry}, sorti à {exit}", (FUTURE,)),
    ("de", "{long} {size} Kontrakte {symbol} {entry}, raus bei {exit}", (FUTURE,)),
    ("ru", "{lonng} {size} контракта {symbol} {entry}, выход {exit}", (FUTURE,)),
)

SHAPES: tuple[Shape, ...] = (
    *(Shape(language, template, kinds) for language, (kinds, templates) in ANY.items() for template in templates),
    *(Shape(language, template, kinds) for language, template, kinds in SOME),
)
