"""The reader under a coverage-guided fuzzer: it never raises, and keeps what `tests.reading_promises` says.

    pip install atheris            # into an environment that has the project's packages; it is none of them
    python -m tests.fuzz.reading DIR -max_total_time=600

DIR keeps what was found worth trying; a new one begins with real messages and one trade of every shape. The first byte
of an input picks the conversation, the others are the text. What raises, and the first objection, ends the run and is
written down as libFuzzer does; with --go-on objections are only printed, each kind once in each conversation. Every
other argument is libFuzzer's.
"""

import random
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bot.reading"]):
    from bot.reading import read

from tests.messages import ANSWERS, CONTEXTS, real_messages
from tests.reading_promises import objections
from tests.rendering import plain, some_trade
from tests.shapes import SHAPES

NAMES = tuple(CONTEXTS)
GO_ON = "--go-on"


class Objection(Exception):
    """A promise that was not kept."""


class Target:
    def __init__(self, *, go_on: bool) -> None:
        self._go_on = go_on
        self._known: set[tuple[str, str]] = set()

    def __call__(self, data: bytes) -> None:
        if not data:
            return
        name, text = NAMES[data[0] % len(NAMES)], data[1:].decode("utf-8", "replace")
        for told in objections(text, CONTEXTS[name], read(text, CONTEXTS[name])):
            if not self._go_on:
                raise Objection(f"{told} in {text!r} ({name})")
            kind = (told.partition(" ")[0], name)
            if kind not in self._known:
                self._known.add(kind)
                print(f"OBJECTION {told} in {text!r} ({name})", flush=True)


def plant(folder: Path) -> None:
    """What a new folder begins with."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        return
    chance = random.Random(1)
    shown = [shape.render(some_trade(chance, shape.kinds[0]), plain) for shape in SHAPES]
    for number, text in enumerate((*real_messages(), *shown, *ANSWERS)):
        (folder / f"seed-{number}").write_bytes(bytes([number % len(NAMES)]) + text.encode())


def main() -> None:
    arguments = [each for each in sys.argv if each != GO_ON]
    for each in arguments[1:]:
        if not each.startswith("-"):
            plant(Path(each))
    atheris.Setup(arguments, Target(go_on=GO_ON in sys.argv))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
