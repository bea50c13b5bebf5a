"""How long plain code takes to read what traders write: `make bench`, or `python -m benchmarks.reading`.

    read    bot.reading: a message in its conversation, as an event
    floor   one regular expression that cuts the same texts into numbers, words and marks, and does nothing else

Both take turns in rounds over the same messages, so that a busy moment of the machine meets both; only the ratios mean
anything on another machine. Long messages are generated, and read uncut: in the journal the reader leaves alone what
is longer than LONGEST_TEXT, and what a text of that length costs must follow from what a short one does.
"""

import argparse
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from bot.reading import ReadContext, read_uncut, reading
from bot.reading.jsonl import Record, records

MESSAGES = Path(__file__).parent.parent / "tests" / "data" / "messages.jsonl"
FLOOR = re.compile(r"\d[\d.,']*|[^\W\d_]+|\S")
SHORT, LONG = 1_000, 10_000
"""Characters of the generated messages."""
BEST_OF = 5
"""Readings of a long message of which the fastest counts: what else runs only ever adds time."""
NOBODY = ReadContext(state="idle", now=datetime(2026, 3, 10, 20, tzinfo=UTC), zone=ZoneInfo("America/New_York"))

TRADES = (
    "long 2 nq 18250.25 > 18290 stop 18230",
    "short 1 es 5412.5 out 5406, +325",
    "bought 100 TSLA at 250, sold 255",
)
PROSE = "waited for the open and then the tape went quiet so I sat on my hands until lunch"
PIECES: dict[str, tuple[str, ...]] = {
    "trades": (*(f"{trade}\n" for trade in TRADES),),
    "prose": (*(f"{word} " for word in PROSE.split()),),
    "trades in prose": (*(f"{text} " for text in (*TRADES, *PROSE.split())),),
    "numbers": ("18250 ", "18,250.25 ", "-420 ", "$1.2k ", "1.0850 "),
    "digits": tuple("0123456789"),
    "letters": tuple("longestrif"),
    "marks": tuple(".,:;-+/@$()[]>'\""),
    "blanks": (" ", "\t", "\n"),
}
"""What the long messages are put together from at random."""


@dataclass(slots=True)
class Times:
    """Seconds of every reading, and of each round together."""

    each: list[float] = field(default_factory=list)
    rounds: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Growth:
    """Seconds a character, by the length of the message."""

    short: float
    long: float

    @property
    def ratio(self) -> float:
        return self.long / self.short


Read = Callable[[str, ReadContext], object]


def uncut(text: str, context: ReadContext) -> object:
    """A text read whatever its length; what has more words and marks than MOST_TOKENS is given up."""
    return read_uncut(text, context)


def floor(text: str, _context: ReadContext) -> object:
    return FLOOR.findall(text)


def measured(messages: Sequence[Record], rounds: int) -> dict[str, Times]:
    found = {"read": Times(), "floor": Times()}
    for number in range(rounds + 1):  # the first one warms up
        for name, read in (("read", reading), ("floor", floor)):
            times = list(timed(read, messages))
            if number:
                found[name].each += times
                found[name].rounds.append(sum(times))
    return found


def timed(read: Read, messages: Sequence[Record]) -> Iterator[float]:
    for message in messages:
        began = time.perf_counter()
        read(message.text, message.context)
        yield time.perf_counter() - began


def generated(pieces: Sequence[str], length: int) -> str:
    chance = random.Random(length)
    text = ""
    while len(text) < length:
        text += chance.choice(pieces)
    return text[:length]


def growth(read: Read, pieces: Sequence[str]) -> Growth:
    return Growth(*(fastest(read, generated(pieces, length)) / length for length in (SHORT, LONG)))


def fastest(read: Read, text: str) -> float:
    times = []
    for _ in range(BEST_OF):
        began = time.perf_counter()
        read(text, NOBODY)
        times.append(time.perf_counter() - began)
    return min(times)


def speed_table(sets: dict[str, dict[str, Times]]) -> Iterator[str]:
    yield "| messages | | messages/s (median) | p50 ms | p99 ms |"
    yield "|---|---|---:|---:|---:|"
    for title, contenders in sets.items():
        for name, times in contenders.items():
            in_order = sorted(times.each)
            p50, p99 = (1000 * in_order[int(share * (len(in_order) - 1))] for share in (0.5, 0.99))
            rate = len(times.each) / len(times.rounds) / median(times.rounds)
            yield f"| {title} | {name} | {rate:.0f} | {p50:.3f} | {p99:.3f} |"


def ratio_table(sets: dict[str, dict[str, Times]]) -> Iterator[str]:
    """Time of the reader over that of the floor, in a round each: median (lowest–highest)."""
    yield "| messages | read/floor |"
    yield "|---|---|"
    for title, contenders in sets.items():
        pairs = zip(contenders["read"].rounds, contenders["floor"].rounds, strict=True)
        ratios = [ours / theirs for ours, theirs in pairs]
        yield f"| {title} | {median(ratios):.1f} ({min(ratios):.1f}–{max(ratios):.1f}) |"


def growth_table() -> Iterator[str]:
    yield (
        f"| {LONG:,} characters of | read ms | floor ms | read/floor | "
        f"read: a character, {LONG:,} to {SHORT:,} | floor: the same |"
    )
    yield f"|---|{'---:|' * 5}"
    for name, pieces in PIECES.items():
        ours, theirs = growth(uncut, pieces), growth(floor, pieces)
        yield (
            f"| {name} | {1000 * ours.long * LONG:.2f} | {1000 * theirs.long * LONG:.2f} | "
            f"{ours.long / theirs.long:.1f} | {ours.ratio:.2f} | {theirs.ratio:.2f} |"
        )


def _messages(path: Path) -> list[Record]:
    with path.open(encoding="utf-8") as lines:
        return list(records(lines))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description="Reading by plain code.")
    parser.add_argument(
        "--messages",
        nargs="+",
        type=Path,
        default=[MESSAGES],
        metavar="FILE.jsonl",
        help="records as `vigil read` takes",
    )
    parser.add_argument("--rounds", type=int, default=20, help="(default 20)")
    arguments = parser.parse_args()
    files = {path.stem: _messages(path) for path in arguments.messages}
    if len(files) > 1:
        files["together"] = [message for messages in files.values() for message in messages]
    sets = {f"{name} ({len(messages)})": measured(messages, arguments.rounds) for name, messages in files.items()}
    for table in (speed_table(sets), ratio_table(sets), growth_table()):
        print("\n".join(table) + "\n")


if __name__ == "__main__":
    main()
