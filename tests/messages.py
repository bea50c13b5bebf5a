"""Messages by chance: trades in the shapes of traders, real messages, answers, garbage, and all of these damaged."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bot.reading import LONGEST_TEXT, ReadContext
from statemachine.trade import TradeFields
from tests.rendering import KINDS, NOBODY, padded, plain, some_trade, spelled
from tests.shapes import SHAPES

MESSAGES = Path(__file__).parent / "data" / "messages.jsonl"
NOW: Final = datetime(2026, 3, 10, 20, tzinfo=UTC)
NEW_YORK: Final = ZoneInfo("America/New_York")

ANSWERS: Final = (
    "yes", "ok 👍", "yep thanks", "no", "nah", "not yet", "yes?", "1", "2", "confirm 2", "cancel 1", "all", "both",
    "second one: exit {exit}", "first: size {size}", "exit was {exit}", "no exit was {exit}", "ok but exit was {exit}",
    "entry {entry} not {exit}", "{entry}", "{entry} {exit}", "out {exit}", "out BE", "stopped out", "closed {pnl}",
    "{pnl}", "{money}", "make it {size}", "yes {size} contracts", "stop {stop}", "tp {target}", "remove the stop",
    "add commissions {fees}", "fees {fees}", "short not long", "loss not profit", "other way round", "it was {symbol}",
    "those were micros", "{long}", "{symbol}", "skip", "none", "later", "sold {size} at {exit}", "rest out {exit}",
    "sold 1 of {size} at {exit}", "half off at {exit}", "pnl {pnl}", "what's my drawdown", "lol", "sí", "ja", "oui",
    "sim", "nein", "exit {exit} and stop {stop}", "it was {pnl} net", "{size}", "sl to be", "in at 9:31 out 10:05",
)  # fmt: skip
PIECES: Final = (
    "long", "short", "nq", "ES", "eurusd", "gold", "tsla", "18250", "1.0850", "-5", "+200", "$420", "(2)", ">", "@",
    "stop", "sl", "tp1", ":", "/", "-", ",", ".", "\n", "out", "in", "BE", "not", "2", "lots", "x3", "9:31", "am",
    "1e9999", "1e-9999", ".5", "5.406,7", "18 250", "yes", "no", "remove", "the", "?", "{", "[", "'", "and a quarter",
    "١٢", "𝟙", "²", "both", "second", "comm", "net", "%", "k", "R", "micros", "buy", "sold", "ticks", "pips", "half",
    "rest", "closed", "entry", "exit", "was", "be", "all", "ok", "👍", "❌", "20 points", "1/2", "112'16", "5320-5325",
    "Mon", "yesterday",
)  # fmt: skip
NOISE: Final = "\u200b\u200d\u202e\u00a0\u2009\ufeff\u0301−–—’“¼½²¹١٢𝟙１２ßİıŁøЖ中🙂👍🏽\U000e0041\x00\x07"


@dataclass(frozen=True, slots=True)
class Made:
    """A message, how it came about, and the trade that it tells of, where it is whole."""

    kind: str
    text: str
    told: TradeFields | None = None


@cache
def real_messages() -> tuple[str, ...]:
    with MESSAGES.open(encoding="utf-8") as lines:
        return tuple(json.loads(line)["text"] for line in lines)


def message(chance: random.Random) -> Made:
    """The next message."""
    (kind,) = chance.choices(tuple(MAKERS), weights=[share for share, _ in MAKERS.values()])
    return MAKERS[kind][1](chance)


def _trade(chance: random.Random) -> Made:
    shape = chance.choice(SHAPES)
    trade = some_trade(chance, chance.choice(shape.kinds))
    return Made("trade", shape.render(trade, chance.choice((plain, padded))), shape.told(trade))


def _damaged_trade(chance: random.Random) -> Made:
    return Made("trade, damaged", damaged(chance, _trade(chance).text, lambda: _trade(chance).text))


def _real(chance: random.Random) -> Made:
    return Made("real message", chance.choice(real_messages()))


def _damaged_real(chance: random.Random) -> Made:
    text = chance.choice(real_messages())
    return Made("real message, damaged", damaged(chance, text, lambda: chance.choice(real_messages())))


def _answer(chance: random.Random) -> Made:
    return Made("answer", _some_answer(chance))


def _damaged_answer(chance: random.Random) -> Made:
    return Made("answer, damaged", damaged(chance, _some_answer(chance), lambda: _some_answer(chance)))


def _some_answer(chance: random.Random) -> str:
    return chance.choice(ANSWERS).format_map(spelled(some_trade(chance, chance.choice(KINDS)), plain))


def _garbage(chance: random.Random) -> Made:
    between = chance.choice((" ", " ", "", "\n"))
    return Made("garbage", between.join(chance.choice(PIECES) for _ in range(chance.randint(1, 16))))


def _unicode(chance: random.Random) -> Made:
    if chance.random() < 0.3:
        return Made("unicode", "".join(chr(_code(chance)) for _ in range(chance.randint(1, 40))))
    text = list(_trade(chance).text)
    for _ in range(chance.randint(1, 8)):
        text.insert(chance.randrange(len(text) + 1), chance.choice(NOISE))
    return Made("unicode", "".join(text))


def _long(chance: random.Random) -> Made:
    """As much as the reader takes: one piece again and again, or many messages."""
    length = chance.randint(LONGEST_TEXT // 2, LONGEST_TEXT)
    if chance.random() < 0.5:
        piece = chance.choice((*PIECES, *NOISE)) + chance.choice(("", " ", "/", "-", ",", chance.choice(PIECES)))
        return Made("long", (piece * length)[:length])
    texts = [chance.choice((_trade, _damaged_real, _garbage))(chance).text for _ in range(length // 20)]
    return Made("long", chance.choice(("\n", " ", ", ")).join(texts)[:length])


def _code(chance: random.Random) -> int:
    code = chance.choice((chance.randrange(0x250), chance.randrange(0x3000), chance.randrange(0x110000)))
    return 0x20 if 0xD800 <= code < 0xE000 else code


MAKERS: Final[dict[str, tuple[float, Callable[[random.Random], Made]]]] = {
    "trade": (25, _trade),
    "trade, damaged": (25, _damaged_trade),
    "real message": (3, _real),
    "real message, damaged": (15, _damaged_real),
    "answer": (8, _answer),
    "answer, damaged": (8, _damaged_answer),
    "garbage": (9, _garbage),
    "unicode": (7, _unicode),
    "long": (0.2, _long),
}


def damaged(chance: random.Random, text: str, another: Callable[[], str]) -> str:
    """One to three of: a piece left out, twice, elsewhere or exchanged; another message in it; other case."""
    for _ in range(chance.randint(1, 3)):
        text = chance.choice(DAMAGES)(chance, text, another)
    return text


def _span(chance: random.Random, text: str) -> tuple[int, int]:
    start = chance.randrange(len(text) + 1)
    return start, min(len(text), start + chance.randint(1, 8))


def _left_out(chance: random.Random, text: str, another: Callable[[], str]) -> str:
    start, end = _span(chance, text)
    return text[:start] + text[end:]


def _twice(chance: random.Random, text: str, another: Callable[[], str]) -> str:
    start, end = _span(chance, text)
    return text[:end] + text[start:end] + text[end:]


def _words_moved(chance: random.Random, text: str, another: Callable[[], str]) -> str:
    words = text.split(" ")
    word = words.pop(chance.randrange(len(words)))
    words.insert(chance.randrange(len(words) + 1), word)
    return " ".join(words)


def _word_left_out(chance: random.Random, text: str, another: Callable[[], str]) -> str:
    words = text.split(" ")
    del words[chance.randrange(len(words))]
    return " ".join(words)


def _exchanged(chance: random.Random, text: str, another: Callable[[], str]) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(" .,-+/:0123456789kxn\n'$()") + text[place + 1 :]


def _spliced(chance: random.Random, text: str, another: Callable[[], str]) -> str:
    other = another()
    return text[: chance.randrange(len(text) + 1)] + other[chance.randrange(len(other) + 1) :]


def _joined(chance: random.Random, text: str, another: Callable[[], str]) -> str:
    return text + chance.choice((" ", ", ", "\n", ". ", " and ")) + another()


def _with_piece(chance: random.Random, text: str, another: Callable[[], str]) -> str:
    words = text.split(" ")
    words.insert(chance.randrange(len(words) + 1), chance.choice(PIECES))
    return " ".join(words)


def _other_case(chance: random.Random, text: str, another: Callable[[], str]) -> str:
    return chance.choice((str.upper, str.lower, str.title))(text)


DAMAGES: Final[Sequence[Callable[[random.Random, str, Callable[[], str]], str]]] = (
    _left_out, _twice, _words_moved, _word_left_out, _exchanged, _spliced, _joined, _with_piece, _other_case,
)  # fmt: skip


def _facts(symbol: str, direction: str, *numbers: str | None) -> TradeFields:
    names = ("entry_price", "exit_price", "position_size", "stop_loss", "pnl")
    values = {name: Decimal(each) for name, each in zip(names, numbers, strict=False) if each is not None}
    return TradeFields(symbol=symbol, direction=direction, **values)  # type: ignore[arg-type]


NQ: Final = _facts("NQ", "long", "18250", "18290", "2", "18230", "1600")
ES: Final = _facts("ES", "short", "5412.5", "5406", "2")
OPEN_ES: Final = _facts("ES", "long", "5321.25", None, "2", "5317")
OPEN_EURUSD: Final = _facts("EURUSD", "short", "1.0850", None, "0.5")


def _asked(*missing: str, draft: TradeFields) -> ReadContext:
    return ReadContext(state="awaiting_details", drafts=(draft,), missing=frozenset(missing), now=NOW, zone=NEW_YORK)


CONTEXTS: Final = {
    "idle": NOBODY,
    "one open": ReadContext(state="idle", open_trades=(OPEN_ES,), now=NOW, zone=NEW_YORK),
    "two open": ReadContext(state="idle", open_trades=(OPEN_ES, OPEN_EURUSD), now=NOW, zone=NEW_YORK),
    "one draft": ReadContext(state="awaiting_confirmation", drafts=(NQ,), now=NOW, zone=NEW_YORK),
    "two drafts": ReadContext(state="awaiting_confirmation", drafts=(NQ, ES), now=NOW, zone=NEW_YORK),
    "a draft beside an open one": ReadContext(
        state="awaiting_confirmation", drafts=(ES,), open_trades=(OPEN_ES,), now=NOW, zone=NEW_YORK
    ),
    "prices asked for": _asked("entry_price", "exit_price", "pnl", draft=_facts("NQ", "long", None)),
    "all asked for": _asked("symbol", "direction", "entry_price", draft=TradeFields()),
    "a chart asked for": ReadContext(state="awaiting_screenshot", now=NOW, zone=NEW_YORK),
}
