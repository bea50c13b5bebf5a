"""A million messages read, and every reading held against `tests.reading_promises`; whole trades must be read back.

    python -m tests.million --count 1000000 --seed 1 --jobs 2

Every message is read where nobody waits for anything, and in two other conversations. Lots of a thousand messages have
chances of their own, told by the seed and their number alone: the same seed finds the same whatever the jobs. Prints a
table and the first objections; exit 1 where there is one.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context

from bot.reading import LONGEST_TEXT, ReadContext, read
from statemachine.events import Event, Unread
from statemachine.trade import TradeFields
from tests.messages import CONTEXTS, MAKERS, Made, message
from tests.reading_promises import fields_of, objections
from tests.rendering import trades_of

LOT = 1000
SHOWN = 10
"""Objections of each kind."""
SLOW_AT_FIRST, SLOW_PER_CHARACTER = 0.005, 0.0001
"""Seconds of the processor: what a reading may take for any text, and for each character; far more than it does."""
BEST_OF = 5
"""Readings of a slow message of which the fastest counts: what else the processor does only ever adds time."""


@dataclass(slots=True)
class Report:
    """`shown` are the first objections of each kind; `found` counts all. `exact`: whole trades that were read back."""

    seconds: float = 0.0
    messages: Counter[str] = field(default_factory=Counter)
    readings: int = 0
    events: Counter[tuple[str, str]] = field(default_factory=Counter)
    exact: int = 0
    slowest: float = 0.0
    found: Counter[str] = field(default_factory=Counter)
    shown: dict[str, list[str]] = field(default_factory=dict)

    @property
    def faults(self) -> list[str]:
        return [fault for faults in self.shown.values() for fault in faults]

    def add(self, other: "Report") -> None:
        for name in ("messages", "events", "found"):
            getattr(self, name).update(getattr(other, name))
        self.readings += other.readings
        self.exact += other.exact
        self.slowest = max(self.slowest, other.slowest)
        for kind, faults in other.shown.items():
            shown = self.shown.setdefault(kind, [])
            shown += faults[: SHOWN - len(shown)]

    def object(self, kind: str, text: str, told: str) -> None:
        """Counted, and shown once for each text."""
        self.found[kind] += 1
        shown = self.shown.setdefault(kind, [])
        if len(shown) < SHOWN and not any(repr(text) in fault for fault in self.faults):
            shown.append(f"{told} in {text!r}")

    def __str__(self) -> str:
        count = self.messages.total()
        return (
            f"{count} messages in {self.readings} conversations in {self.seconds:.0f} s "
            f"({count / max(self.seconds, 0.001):.0f}/s); slowest {1000 * self.slowest:.1f} ms; "
            f"whole trades read back {self.exact} of {self.messages['trade']}, {self.found['misread']} misread, "
            f"{self.found['asked']} asked about; {self.found['raised']} raised, {self.found.total()} objections"
        )


def prove_reading(*, seed: int, count: int, jobs: int) -> Report:
    began = time.monotonic()
    report = Report()
    lots = [(number, min(LOT, count - number * LOT)) for number in range(-(-count // LOT))]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as processes:
        for found in processes.map(partial(_lot, seed), lots):
            report.add(found)
    report.seconds = time.monotonic() - began
    return report


def _lot(seed: int, lot: tuple[int, int]) -> Report:
    number, count = lot
    chance, report = random.Random(f"{seed} {number}"), Report()
    others = [name for name in CONTEXTS if name != "idle"]
    for _ in range(count):
        made = message(chance)
        report.messages[made.kind] += 1
        event = _read(made, "idle", report)
        if event is not None and made.told is not None:
            compare(made.text, made.told, event, report)
        for name in chance.sample(others, 2):
            _read(made, name, report)
    return report


def _read(made: Made, name: str, report: Report) -> Event | None:
    context = CONTEXTS[name]
    report.readings += 1
    began = time.process_time()
    try:
        event = read(made.text, context)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        report.object("raised", made.text, f"raised {error!r} ({name})")
        return None
    took = time.process_time() - began
    report.events[made.kind, type(event).__name__] += 1
    for told in _objections(made.text, context, event, took, report):
        report.object(told.partition(" ")[0], made.text, f"{told} ({name}, {_told(event)})")
    return event


def _objections(text: str, context: ReadContext, event: Event, took: float, report: Report) -> Iterator[str]:
    yield from objections(text, context, event)
    allowed = SLOW_AT_FIRST + SLOW_PER_CHARACTER * min(len(text), LONGEST_TEXT)
    if took > allowed:
        took = min(_timed(text, context) for _ in range(BEST_OF))
    report.slowest = max(report.slowest, took)
    if took > allowed:
        yield f"slow: {1000 * took:.1f} ms for {len(text)} characters"


def _told(event: Event) -> str:
    """An event on one line, without what was not said."""
    return f"{type(event).__name__}: {' + '.join(map(_facts, fields_of(event)))}"


def _facts(fields: TradeFields) -> str:
    return ", ".join(f"{name} {value}" for name, value in fields.said().items())


def _timed(text: str, context: ReadContext) -> float:
    began = time.process_time()
    read(text, context)
    return time.process_time() - began


def compare(text: str, told: TradeFields, event: Event, report: Report) -> None:
    """Nothing was left unsaid of a whole trade: to ask about it is a fault as well."""
    if trades_of(event) == [told]:
        report.exact += 1
        return
    kind = "asked" if isinstance(event, Unread) else "misread"
    report.object(kind, text, f"{kind}: told {_facts(told)}; {_told(event)}")


def table(report: Report) -> Iterator[str]:
    """Kinds of messages by what they were read as."""
    names = [name for name, _ in Counter(dict(_by_event(report))).most_common()]
    yield f"| messages | | {' | '.join(names)} |"
    yield f"|---|---:|{'---:|' * len(names)}"
    for kind in MAKERS:
        cells = (str(report.events[kind, name] or "") for name in names)
        yield f"| {kind} | {report.messages[kind]} | {' | '.join(cells)} |"


def _by_event(report: Report) -> Iterator[tuple[str, int]]:
    for name in {name for _, name in report.events}:
        yield name, sum(count for (_, each), count in report.events.items() if each == name)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.million", description="A million messages, read.")
    parser.add_argument("--count", type=int, default=1_000_000, help="messages (default a million)")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    options = parser.parse_args()
    report = prove_reading(seed=options.seed, count=options.count, jobs=options.jobs)
    print("\n".join(table(report)))
    print(f"\nseed {options.seed}: {report}")
    for name, count in report.found.most_common():
        print(f"    {count} {name}")
        for fault in report.shown[name]:
            print(f"      - {fault}")
    sys.exit(1 if report.faults else 0)


if __name__ == "__main__":
    main()
