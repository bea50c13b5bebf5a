"""Ends of the day: "stop for the day after two losses", "if I'm down $500 I'm done for the day".

An event and what follows from it, in either order. Money ends a day only where the rule names the day or the week.
"""

from typing import Final

from bot.rules.day_sentences import (
    SPANS,
    THE_LIMIT,
    daily_loss,
    losses,
    part_of_limit,
    profit,
    trades_a_day,
    whole_limit,
    wins,
)
from bot.rules.kinds import AllOf
from bot.rules.sentences import Built, Said, pattern, shape_of
from bot.rules.tokens import Token

_LOST: Final = (
    "MAX? (NUM|COUNT|FIRST)? IN_A_ROW? LOSS IN_A_ROW? MAX? {day}? IN_A_ROW?",
    "(HAVE|HIT|TAKE|MAKE) (NUM|COUNT|FIRST)? IN_A_ROW? LOSS IN_A_ROW? {day}? IN_A_ROW?",
    "LOSE NUM IN_A_ROW? TRADE IN_A_ROW? {day}?",
    "NUM TRADE IN_A_ROW? LOSE IN_A_ROW? {day}?",
    "LOSE (COUNT|NUM TIMES_AS) IN_A_ROW? {day}?",
    "LOSE NUM IN_A_ROW {day}?",
)
_WON: Final = ("MAX? (HAVE|HIT|TAKE|MAKE)? (NUM|COUNT|FIRST)? WIN {day}?",)
_LOST_MONEY: Final = (
    "{per}? PNL? (HAVE|HIT|AT|LESS|TAKE)* (LOSE|DOWN|LOSS|MINUS) (HIT|AT|BY|MORE|MINUS|{per})* {amt} "
    "(LOSS|DOWN)? {per}? HIT?",
    "(HAVE|HIT|TAKE)? AMOUNT {per}? (LOSS|DOWN|LOSE|{per} LOSS) {per}?",
    "{per} MAX? LOSS LIMIT? (HIT|AT|LIMIT|MORE)* {amt}",
    "MAX? LOSS {per}? (HIT|AT)? {amt} {per}?",
    "MINUS AMOUNT {per}?",
    "MAX? AMOUNT (MAX {per} LOSS|{per} MAX? LOSS MAX?)",
)
_WON_MONEY: Final = (
    "{per}? PNL? (HAVE|HIT|AT|TAKE)* (UP|MAKE|PLUS|WIN) (HIT|AT|BY|MORE|PLUS|UP|{per})* {amt} (UP)? {per}? HIT?",
    "(HAVE|HIT|TAKE|AT)? AMOUNT {per}? UP {per}?",
    "{per}? (UP|TARGET) (HIT|AT|TARGET)* {amt} HIT? {per}?",
    "HIT {per} TARGET {amt}",
    "(HIT|AT|MAKE)* AMOUNT {per} (TARGET|UP TARGET) HIT?",
)
_TRADED: Final = ("MAX? (HAVE|MAKE|TAKE)? (NUM|COUNT) TRADE {day}?",)

TRIGGERS: Final = tuple(
    (pattern(*templates), build)
    for templates, build in (
        (_LOST, losses),
        (_WON, wins),
        (_TRADED, trades_a_day),
        (_LOST_MONEY, daily_loss(stop=True)),
        (_WON_MONEY, profit),
        ((f"(HIT|AT)* ({THE_LIMIT}) HIT?",), whole_limit(stop=True)),
        (("(HIT|AT|USE|LOSE)* AMOUNT HIT?",), part_of_limit),
    )
)
_HEAD: Final = pattern("{so} {quit} {per}? {after}?", "{per} {quit} {after}?")
_TAIL: Final = pattern("{so} {quit} {per}?", "{so} {per} {quit}")
_BEGIN: Final = pattern("{after}")


def quitting(tokens: tuple[Token, ...]) -> Built:
    """ "Stop for the day after two losses or at -$300", in either order: no trade is begun after that."""
    for cut in range(1, len(tokens)):
        head, tail = tokens[:cut], tokens[cut:]
        if _HEAD.fullmatch(shape_of(head)) and (built := _triggers(tail, tokens)) is not None:
            return built
        if _TAIL.fullmatch(shape_of(tail)) and (built := _triggers(head, tokens)) is not None:
            return built
    return None


def _triggers(event: tuple[Token, ...], whole: tuple[Token, ...]) -> Built:
    """What ends the day: one event, or several joined by "or"."""
    parts: list[list[Token]] = [[]]
    for token in event:
        if token.concept == "OR":
            parts.append([])
        else:
            parts[-1].append(token)
    spans = [token for token in whole if token.concept in (*SPANS, "QUIT", "QUIT_DAY", "STOP", "IM_OUT")]
    checks = [_trigger(tuple(part), spans) for part in parts]
    if not checks or any(check is None for check in checks) or _is_open(parts):
        return None
    if len(checks) == 1:
        return checks[0]
    return AllOf(checks=tuple(checks))  # type: ignore[arg-type]


def _is_open(parts: list[list[Token]]) -> bool:
    """ "After 2 wins or 3 losses in a row", "after 3 trades or at -$500 for the week": is that said of both?"""
    for words in (frozenset(("IN_A_ROW",)), frozenset(("PER_WEEK", "WEEKLY"))):
        said = [any(token.concept in words for token in part) for part in parts]
        money = all(any(token.concept == "AMOUNT" for token in part) for part in parts)
        if any(said) and not all(said) and not (said[-1] and money):
            return True
    return False


def _trigger(event: tuple[Token, ...], spans: list[Token]) -> Built:
    while event and _BEGIN.fullmatch(shape_of(event[:1])):
        event = event[1:]
    shape = shape_of(event)
    said = Said((*event, *(span for span in spans if span not in event)))
    for known, build in TRIGGERS:
        built = build(said) if known.fullmatch(shape) else None
        if built is not None:
            return built
    return None
