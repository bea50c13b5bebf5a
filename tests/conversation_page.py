"""Draws the conversation: `python -m tests.conversation_page` writes docs/conversation.md."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, ClassVar, get_args

from statemachine.conversation import STATES, Conversation, Scene, State
from statemachine.events import Event
from statemachine.machine import SETTLED, TABLE, step
from tests.situations import EVENTS, NOW, SITUATIONS, SURROUNDINGS, scene

DOCUMENT = Path(__file__).parents[1] / "docs" / "conversation.md"
PAGE = """\
# The conversation

Drawn from the table in [`statemachine/machine.py`](../statemachine/machine.py) by
`python -m tests.conversation_page`; a test keeps this page equal to the table. Scripts of whole conversations are in
[`tests/conversations/`](../tests/conversations/).

These events move the conversation on; every other event leaves it where it is.

```mermaid
{diagram}
```

An event does what its row says. Where the conversation is then follows from what is pending, the first that holds:

{settled}

## Events

| Event | What it means |
|---|---|
{events}

## Rows

Rows of an event are tried from top to bottom. An event without a row for the state is answered with what is possible
now and changes nothing.

| Event | In | If | Then |
|---|---|---|---|
{rows}
"""


def page() -> str:
    parts = {"diagram": diagram(), "settled": settled(), "events": events(), "rows": rows()}
    return PAGE.format(**{name: "\n".join(lines) for name, lines in parts.items()})


class Watched(Scene):
    """Surroundings that note what a step looks at."""

    looked_at: ClassVar[set[str]] = set()

    def __getattribute__(self, name: str) -> Any:
        Watched.looked_at.add(name)
        return super().__getattribute__(name)


def moves() -> set[tuple[State, State, str]]:
    """Every move that any message makes in any situation and surroundings."""
    every = [{fact.name: getattr(scene(around), fact.name) for fact in fields(Scene)} for around in SURROUNDINGS]
    return {
        (before.state, after, type(event).__name__)
        for before in SITUATIONS.values()
        for event in EVENTS.values()
        for after in led_to(before, event, every)
    }


def led_to(before: Conversation, event: Event, every: list[dict[str, Any]]) -> Iterator[State]:
    """Where an event leads in any of the surroundings; in those that differ only in what the step did not look at it is
    the same, and not taken again."""
    left = every
    while left:
        here = left[0]
        around = Watched(**here)
        Watched.looked_at.clear()
        yield step(before, event, NOW, around).conversation.state
        looked_at = Watched.looked_at & here.keys()
        left = [other for other in left if any(other[name] != here[name] for name in looked_at)]


def diagram() -> Iterator[str]:
    made = moves()
    order = [kind.__name__ for kind in get_args(Event)]
    yield "stateDiagram-v2"
    yield "    [*] --> idle"
    for before in STATES:
        for after in STATES:
            names = [name for name in order if (before, after, name) in made]
            if names and before != after:
                yield f"    {before} --> {after}: {', '.join(names)}"


def settled() -> Iterator[str]:
    for number, (state, condition) in enumerate(SETTLED, 1):
        yield f"{number}. {named(condition) or 'nothing is pending'}: `{state}`"


def events() -> Iterator[str]:
    for kind in get_args(Event):
        yield f"| {kind.__name__} | {(kind.__doc__ or '').splitlines()[0]} |"


def rows() -> Iterator[str]:
    for event, sources, condition, action in TABLE:
        states = [sources] if isinstance(sources, str) else sources
        where = "any" if len(states) == len(STATES) else ", ".join(states)
        yield f"| {event} | {where} | {named(condition)} | {named(action)} |"


def named(function: Callable[..., object] | None) -> str:
    return function.__name__.replace("_", " ") if function is not None else ""


if __name__ == "__main__":
    DOCUMENT.write_text(page())
