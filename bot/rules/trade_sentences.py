"""Sentences about the trade as it is planned: stop, target, size, risk, reward, symbols, direction."""

from typing import Any, Final

from bot.rules.instruments import micros
from bot.rules.kinds import (
    AllOf,
    Conditional,
    Limit,
    MaxRisk,
    MaxSize,
    MaxTradeLoss,
    MinReward,
    OneSide,
    Single,
    StopDistance,
    StopSet,
    Symbols,
    TargetSet,
    When,
)
from bot.rules.sentences import Build, Built, Said, Sentences


def _levels(said: Said) -> Built:
    found: list[Single] = []
    if said.has("STOP", "NAKED"):
        found.append(StopSet())
    if said.has("TARGET"):
        found.append(TargetSet())
    return found[0] if len(found) == 1 else AllOf(checks=tuple(found))


def _risk(said: Said) -> Built:
    limit = said.limit
    return MaxRisk(limit=limit, strict=said.has("LESS")) if limit else None


def _share_of_daily_limit(said: Said) -> Built:
    limit: Limit = said.first("AMOUNT")
    return MaxRisk(limit=limit) if limit.of == "daily_limit" else None


def _trade_loss(said: Said) -> Built:
    return MaxTradeLoss(limit=said.limit) if said.limit else None


def _size(said: Said) -> Built:
    number, unit, symbols = said.number, said.first("UNIT"), said.first("SYMBOLS")
    if number is None or not number:
        return None
    check = MaxSize(limit=number, unit=unit)
    return size_on(symbols, check) if symbols else check


def size_on(symbols: frozenset[str], check: MaxSize) -> Conditional | None:
    """A size for some symbols. Contracts of a micro are micros there; of NQ and MNQ together nobody knows."""
    own = counted_on(symbols, check)
    return Conditional(when=When(symbols=symbols), check=own) if own else None


def counted_on(symbols: frozenset[str], check: MaxSize) -> MaxSize | None:
    """Elsewhere ten micros count as one contract."""
    if check.unit not in (None, "contracts") or micros(symbols) is False:
        return check
    return check.model_copy(update={"unit": "micros"}) if micros(symbols) else None


def _sizes(said: Said) -> Built:
    """ "Max 2 contracts on NQ, 4 on ES"."""
    first, second = said.all("NUM")
    both = said.all("SYMBOLS")
    units = said.all("UNIT") or [None]
    checks = [
        size_on(symbols, MaxSize(limit=limit, unit=unit))
        for symbols, limit, unit in zip(both, (first, second), (units[0], units[-1]), strict=True)
    ]
    return AllOf(checks=tuple(check for check in checks if check)) if all(checks) and not both[0] & both[1] else None


def _stops(said: Said) -> Built:
    """ "Stop max 30 points on NQ and 8 points on ES"."""
    both, distances = said.all("SYMBOLS"), said.all("DISTANCE")
    distances += [(limit, distances[0][1]) for limit in said.all("NUM")]
    checks = [
        Conditional(when=When(symbols=symbols), check=StopDistance(unit=unit, at_most=limit))
        for symbols, (limit, unit) in zip(both, distances, strict=True)
    ]
    return AllOf(checks=tuple(checks)) if not both[0] & both[1] else None


def _size_of_one(said: Said) -> Built:
    """ "Only 2 contracts" may mean exactly two; only one contract is also at most one."""
    return _size(said) if said.number == 1 else None


def _reward(said: Said) -> Built:
    values = [*said.all("R"), *said.all("RATIO_VALUE")]
    if not values and said.number is not None:
        values = [said.number]
    return MinReward(r=values[0]) if len(values) == 1 else None


def _distance(side: str) -> Build:
    def build(said: Said) -> Built:
        (limit, unit), *more = said.all("DISTANCE")
        bound: dict[str, Any] = {side: limit}
        return StopDistance(unit=unit, **bound) if not more else None

    return build


def _distances(said: Said) -> Built:
    """Between the two: the first figure is in the unit of the second."""
    low = said.number
    high, unit = said.first("DISTANCE")
    if low is None and len(both := said.all("DISTANCE")) == 2 and both[0][1] == both[1][1]:
        low, (high, unit) = both[0][0], both[1]
    return StopDistance(unit=unit, at_least=low, at_most=high) if low is not None and low < high else None


def _symbols(*, banned: bool) -> Build:
    return lambda said: Symbols(symbols=said.first("SYMBOLS"), banned=banned)


def _only_side(said: Said) -> Built:
    return OneSide(direction=said.first("SIDE"))


_LEVEL: Final = "(STOP | TARGET | STOP (JOIN WITH?|WITH|PLUS) TARGET | TARGET (JOIN|WITH|PLUS) STOP)"
_NEITHER: Final = "(STOP | TARGET | STOP (JOIN WITH?|OR|WITH|PLUS) TARGET | TARGET (JOIN|OR|WITH|PLUS) STOP)"
_RV: Final = "(R|RATIO_VALUE) PLUS?"
_GOOD: Final = "(RATIO|REWARD|SETUP|TRADE|TARGET|UP|RISK)*"
_SIZED: Final = "NUM SYMBOLS? UNIT SYMBOLS?"
_FAR: Final = "DISTANCE_WORD"

TRADE_SENTENCES: Final[Sentences] = (
    (
        _levels,
        (
            f"{{use}} {_LEVEL} REQUIRED? {{pt}}? REQUIRED?",
            f"{{use}} {_LEVEL} (REQUIRED|ON)? ONCE TRADE",
            f"ONCE TRADE {{so}} {{use}} {_LEVEL}",
            f"{{no}} ({{enter}}|{{use}}|(HOLD|OPEN|ON)? (POSITION|TRADE)?) WITHOUT {_NEITHER} REQUIRED?",
            f"PER_TRADE ({{use}}|CAN)* {_LEVEL} (REQUIRED|USE)?",
            f"{_LEVEL} REQUIRED? PER_TRADE REQUIRED?",
            f"{_LEVEL} {{use}} PER_TRADE",
            f"{_LEVEL} (REQUIRED|USE)",
            "STOP (JOIN|PLUS) TARGET",
            f"{{no}} {_NEITHER} {{so}} {{no}} {{enter}}",
            f"ONLY {{enter}} WITH {_LEVEL}",
            f"{{enter}} ONLY WITH {_LEVEL}",
            f"WITHOUT {_NEITHER} {{so}} {{no}} {{enter}}",
            "{no} ({use}|HOLD)? NAKED",
            f"ONCE {{no}} {_NEITHER} ON? REQUIRED? {{so}} (SKIP_IT|{{no}} {{enter}})",
            f"{{no}} {_NEITHER} ON? {{so}} SKIP_IT",
            f"{_LEVEL} (ON|REQUIRED)? JOIN? OR_SKIP",
            f"{_LEVEL} OR (NOTHING|{{no}} {{enter}})",
        ),
    ),
    (
        _size,
        (
            f"{{verb}}? {{cap}} {_SIZED} {{pt}}?",
            f"{{no}} {{verb}}? (POSITION|SIZE|TRADE)? WITH? MORE {_SIZED} {{pt}}?",
            f"{{verb}}? {_SIZED} {{max_after}} {{pt}}?",
            f"{{verb}}? {_SIZED} {{pt}} {{max_after}}",
            "{verb}? {cap} NUM SYMBOLS PER_TRADE?",
            "{no} {verb} MORE NUM SYMBOLS PER_TRADE?",
            "NUM SYMBOLS {max_after}",
            "MAX (POSITION? SIZE|POSITION) {pt}? NUM (UNIT|SYMBOLS)? {pt}?",
            "{pt}? SIZE {pt}? ({cap}|{max_after}|LIMIT) NUM UNIT? {pt}?",
            "SIZE NUM UNIT? {max_after} {pt}?",
            "MAX UNIT SIZE? {pt}? NUM",
            "UNIT LIMIT {pt}? NUM",
            "{cap} NUM UNIT SIZE",
            "{cap} SIZE {pt}? NUM UNIT? {pt}?",
            "(KEEP|LIMIT) (SIZE|POSITION) (MAX|WITHIN|AT)* NUM UNIT {max_after}? {pt}?",
            "SIZE {no} (MORE|CAN MORE) NUM UNIT? {pt}?",
            "{no} SIZE MORE NUM UNIT? {pt}?",
            "{no} SIZE AFTER NUM UNIT {pt}?",
            "PER_TRADE {verb}? {cap} NUM UNIT",
        ),
    ),
    (
        _sizes,
        (
            "{verb}? {cap} NUM UNIT ON SYMBOLS JOIN {cap}? NUM UNIT? ON SYMBOLS",
            "{verb}? {cap} NUM SYMBOLS UNIT JOIN {cap}? NUM SYMBOLS UNIT",
            "NUM UNIT MAX ON SYMBOLS JOIN NUM UNIT? MAX? ON SYMBOLS",
            "SYMBOLS ({cap} NUM UNIT|NUM UNIT MAX) JOIN SYMBOLS {cap}? NUM UNIT? MAX?",
            "{cap} NUM SYMBOLS JOIN {cap} NUM SYMBOLS",
        ),
    ),
    (
        _stops,
        (
            "STOP {cap} DISTANCE ON SYMBOLS JOIN {cap}? DISTANCE ON SYMBOLS",
            "MAX STOP DISTANCE ON SYMBOLS JOIN DISTANCE ON SYMBOLS",
            "SYMBOLS STOP ({cap} DISTANCE|DISTANCE MAX) JOIN SYMBOLS STOP? {cap}? (NUM|DISTANCE) MAX?",
            "SYMBOLS MAX STOP DISTANCE JOIN SYMBOLS (NUM|DISTANCE)",
        ),
    ),
    (
        _size_of_one,
        (
            "ONLY {verb}? NUM UNIT {pt}?",
            "{verb}? ONLY NUM UNIT {pt}?",
            "{verb}? NUM UNIT {pt}? ONLY",
            "NEXT NUM UNIT MAX?",
            "NEXT {cap} NUM UNIT",
        ),
    ),
    (
        _risk,
        (
            "KEEP? RISK {pt}? KEEP? {cap} {amt} {pt}?",
            "CAN? RISK {pt}? (CAN|KEEP)? ({cap}|LESS|WITHIN|{no} CAN? MORE) {amt} {pt}?",
            "RISK {pt}? {amt} {max_after} {pt}?",
            "RISK {amt} {pt}? {max_after}",
            "{no} {enter}? CAN? (RISK|WITH) MORE {amt} RISK? {pt}?",
            "{no} ({enter}|USE|HAVE) MORE AMOUNT RISK {pt}?",
            "{no} {enter} WITH RISK (CAN|{pt})? MORE {amt}",
            "{no} LET? {pt}? CAN? RISK MORE {amt} {pt}?",
            "MAX RISK {pt}? {amt} {pt}?",
            "{cap} AMOUNT ACCOUNT? {pt}? RISK {pt}?",
            "KEEP LESS AMOUNT RISK {pt}?",
            "{no} MORE AMOUNT RISK {pt}?",
            "AMOUNT {pt}? RISK {pt}? {max_after} {pt}?",
            "AMOUNT {max_after} RISK {pt}?",
            "(KEEP|LIMIT) RISK {pt}? (AT|MAX|LESS|WITHIN|{no} MORE)? AMOUNT {max_after}? {pt}?",
            "RISK LIMIT {pt}? {amt} {pt}?",
            "PER_TRADE (CAN|USE)? RISK? ({cap}|LESS) AMOUNT RISK",
            "PER_TRADE CAN? RISK ({cap}|LESS) AMOUNT",
            f"RISK {_FAR} STOP ({{cap}}|LESS) AMOUNT",
            "ONLY RISK MAX AMOUNT {pt}?",
            "AMOUNT {pt}? (JOIN|DASH)? MOST_AT_RISK {pt}?",
        ),
    ),
    (_share_of_daily_limit, ("{cap} AMOUNT {pt}", "{pt} {cap} AMOUNT", "{no} (USE|TRADE)? MORE AMOUNT {pt}")),
    (
        _distance("at_most"),
        (
            "RISK {cap} DISTANCE {pt}?",
            "{no} RISK MORE DISTANCE {pt}?",
            "MAX RISK {pt}? DISTANCE {pt}?",
            f"STOP {_FAR}? SIZE? (CAN|{_FAR}|USE)* ({{cap}}|WITHIN) DISTANCE {_FAR}? {{pt}}?",
            f"STOP {_FAR}? SIZE? {{no}} (CAN|{_FAR}|USE)* MORE DISTANCE {_FAR}? {{pt}}?",
            f"MAX STOP SIZE? {_FAR}? HAVE? {{pt}}? DISTANCE {_FAR}? {{pt}}?",
            f"{{cap}} STOP {_FAR}? DISTANCE",
            "{verb}? {cap} DISTANCE STOP {pt}?",
            "{verb}? DISTANCE {max_after} STOP",
            "{no} {verb}? MORE DISTANCE STOP",
            f"{{no}} {{verb}}? STOP SIZE? {_FAR}? MORE DISTANCE {_FAR}? {{pt}}?",
            f"STOP DISTANCE {_FAR}? {{max_after}}",
            "DISTANCE STOP {max_after}",
            f"(KEEP|LIMIT) STOP {_FAR}? (WITHIN|MAX)* DISTANCE {_FAR}?",
            f"(KEEP|LIMIT) STOP AT? DISTANCE {_FAR}? {{max_after}}",
            f"{{no}} STOP {_FAR}? MORE DISTANCE",
            "{no} {enter} WITH STOP MORE DISTANCE",
            "PER_TRADE {use} STOP MAX DISTANCE",
            "ONCE STOP MORE DISTANCE {so} ({no} {enter}|SKIP_IT)",
            "({no} {enter}|SKIP_IT) ONCE STOP MORE DISTANCE",
        ),
    ),
    (
        _distance("at_least"),
        (
            f"STOP {_FAR}? SIZE? (CAN|{_FAR}|USE)* ({{min}}|{{no}} (CAN|{_FAR}|USE)* LESS) DISTANCE {_FAR}?",
            f"MIN STOP SIZE? {_FAR}? DISTANCE {_FAR}?",
            f"{{no}} {{verb}}? STOP LESS DISTANCE {_FAR}?",
            f"STOP DISTANCE {_FAR}? MIN",
            "{verb}? MIN DISTANCE STOP",
            "ONCE STOP LESS DISTANCE {so} ({no} {enter}|SKIP_IT)",
            "({no} {enter}|SKIP_IT) ONCE STOP LESS DISTANCE",
        ),
    ),
    (
        _distances,
        (
            f"STOP SIZE? {_FAR}? (BETWEEN NUM JOIN|BETWEEN DISTANCE JOIN|FROM? NUM MINUS?) DISTANCE {_FAR}?",
            f"STOP {_FAR}? MIN (NUM|DISTANCE) JOIN {{cap}} DISTANCE {_FAR}?",
        ),
    ),
    (
        _reward,
        (
            f"TAKE? ONLY? ({{enter}}|TARGET|WITH|TAKE|HAVE|USE)* {{min}} {_RV} {_GOOD} {{pt}}?",
            f"(WITH|HAVE|USE)? (MIN RATIO|RATIO {{min}}|MIN RATIO {{min}}) ({_RV}|NUM) {{pt}}?",
            "RATIO NUM PLUS",
            f"MIN (RATIO|REWARD|TARGET) {{pt}}? ({_RV}|NUM) {{pt}}?",
            f"(USE|PER_TRADE|HAVE|WITH|TRADE|TAKE)* RATIO {{pt}}? {{min}} ({_RV}|NUM) {{pt}}?",
            f"{{use}}? RATIO? {_RV} RATIO? (MIN|{{no}} LESS) {_GOOD} {{pt}}?",
            f"TAKE? ONLY {{enter}}? WITH? {_RV} (RATIO|REWARD|TARGET)? MIN (RATIO|REWARD)?",
            f"{{no}} {{enter}}? (WITH|ON)? RATIO? LESS {_RV} {_GOOD}",
            "{no} {enter} WITH RATIO LESS NUM",
            f"RATIO {{no}} (CAN)? LESS ({_RV}|NUM)",
            "MIN (RATIO|REWARD|TARGET) {n} RISK",
            "(TARGET|REWARD|RATIO) {min} {n} (STOP|RISK) _FAR?".replace("_FAR", _FAR),
            f"TARGET {{min}} {_RV} {_FAR}?",
            f"PER_TRADE {{use}}? (TARGET|REWARD|RATIO)? {{min}} {_RV} {_GOOD}",
            f"MIN (TARGET|REWARD)? RATIO? {_RV}",
            f"{{no}} (TAKE|TARGET)? (TARGET|REWARD)? LESS {_RV} {_GOOD}",
            f"ONLY (TAKE|TRADE)* (R|RATIO_VALUE) PLUS {_GOOD}",
            f"TARGET {_RV} MIN",
            f"TAKE? RATIO? {_RV} RATIO? JOIN? OR_SKIP",
            f"ONCE RATIO? (NOT MIN?|LESS) ({_RV}) RATIO? {{so}} ({{no}} {{enter}}|SKIP_IT)",
            "ONCE RATIO LESS NUM {so} ({no} {enter}|SKIP_IT)",
            f"({{no}} {{enter}}|SKIP_IT) ONCE RATIO? (NOT MIN?|LESS) ({_RV})",
            "({no} {enter}|SKIP_IT) ONCE RATIO LESS NUM",
        ),
    ),
    (
        _trade_loss,
        (
            "MAX LOSS {pt} {amt}",
            "MAX LOSS {amt} {pt}",
            "{no} LOSE MORE {amt} {pt}",
            "{no} (TRADE|PER_TRADE) CAN? LOSE MORE {amt}",
            "LOSS {pt} ({cap}|LIMIT) {amt}",
            "LOSS {cap} {amt} {pt}",
            "{cap} {amt} LOSS {pt}",
            "{no} LOSS (CAN)? MORE {amt} {pt}?",
            "LOSE {cap} {amt} {pt}",
            "{no} (TAKE|HAVE|LET) LOSS (MORE|TRADE MORE) {amt} {pt}?",
            "{no} LET TRADE LOSE MORE {amt}",
            "{amt} (MAX LOSS|LOSS MAX) {pt}",
            "{amt} LOSS {pt} MAX",
            "(KEEP|LIMIT) LOSS {pt} (MAX|WITHIN|AT)* {amt}",
            "(KEEP|LIMIT) LOSS (MAX|WITHIN|AT)* {amt} {pt}",
            "PER_TRADE (LOSE|CAN LOSE) {cap} {amt}",
            "PER_TRADE MAX LOSS {amt}",
            "PER_TRADE LOSS ({cap}|LIMIT) {amt}",
            "(KEEP|LIMIT) EVERY LOSS (MAX|WITHIN|AT)* {amt}",
            "MAX {amt} LOSS {pt}",
        ),
    ),
    (
        _symbols(banned=False),
        (
            "(ONLY TAKE? TRADE? | TRADE ONLY) SYMBOLS (TRADE|SETUP)?",
            "(TRADE|ONLY|MARKETS)? SYMBOLS ONLY? JOIN? ONLY",
        ),
    ),
    (
        _only_side,
        (
            "(ONLY (TAKE|TRADE|OPEN)*|(TRADE|TAKE) ONLY) SIDE (TRADE|POSITION|SETUP)?",
            "(TRADE|TAKE)? SIDE (TRADE|SETUP)? ONLY",
        ),
    ),
)
