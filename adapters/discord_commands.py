"""Slash commands: what Discord is told of them, and what a trader would have typed instead.

/trade has typed options that become one line of text, the way traders write it; /link has its code; every other
command of the table takes one optional text.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

STRING, NUMBER, ATTACHMENT = 3, 10, 11
DESCRIPTION_LIMIT: Final = 100
TEXT_LIMIT: Final = 1000
MOST_CHOICES: Final = 25
CHOICE_LIMIT: Final = 100

# fmt: off
WELL_KNOWN: Final = (
    "NQ", "MNQ", "ES", "MES", "YM", "MYM", "RTY", "M2K", "CL", "MCL", "GC", "MGC", "SI", "HG", "NG", "ZN", "ZB",
    "6E", "6B", "6J", "EURUSD", "GBPUSD", "USDJPY", "BTCUSD", "ETHUSD",
)
# fmt: on
"""Offered for a symbol where nothing is known of the trader."""

Definition = dict[str, Any]


def _option(kind: int, name: str, description: str, **more: Any) -> Definition:
    return {"type": kind, "name": name, "description": description, **more}


_TRADE: Final[Definition] = {
    "type": 1,
    "name": "trade",
    "description": "Report a trade",
    "options": [
        _option(STRING, "text", "In your own words: long 2 nq 18250 > 18290 stop 18230", max_length=TEXT_LIMIT),
        _option(STRING, "symbol", "NQ, EURUSD, AAPL …", max_length=20, autocomplete=True),
        _option(
            STRING,
            "direction",
            "Long or short",
            choices=[{"name": "Long", "value": "long"}, {"name": "Short", "value": "short"}],
        ),
        _option(NUMBER, "size", "Contracts, lots, shares or coins", min_value=0),
        _option(NUMBER, "entry", "Entry price"),
        _option(NUMBER, "exit", "Exit price; none: the trade is still open"),
        _option(NUMBER, "stop", "Stop loss"),
        _option(NUMBER, "target", "Take profit"),
        _option(NUMBER, "pnl", "Profit or loss, where you know it better"),
        _option(ATTACHMENT, "screenshot", "The chart"),
    ],
}
_CODE: Final = _option(STRING, "code", "The code from the web app: VGL-XXXX", required=True, max_length=64)
_TEXT: Final = _option(STRING, "text", "What comes after the command", max_length=TEXT_LIMIT)


def definitions(commands: Iterable[tuple[str, str]]) -> list[Definition]:
    """What Discord is to know: /trade, and every command (name without slash, description)."""
    listed = [
        {
            "type": 1,
            "name": name,
            "description": description[:DESCRIPTION_LIMIT],
            "options": [_CODE if name == "link" else _TEXT],
        }
        for name, description in commands
        if name != "trade"
    ]
    return [_TRADE, *listed]


def same(wanted: Sequence[Definition], known: Sequence[Mapping[str, Any]]) -> bool:
    """Discord has these very commands; what it adds to them by itself does not count."""
    return sorted(map(_essence, wanted)) == sorted(map(_essence, known))


def _essence(command: Mapping[str, Any]) -> str:
    options = [
        (
            option["type"],
            option["name"],
            option["description"],
            bool(option.get("required")),
            bool(option.get("autocomplete")),
            [(choice["name"], choice["value"]) for choice in option.get("choices") or ()],
            option.get("max_length"),
            None if option.get("min_value") is None else float(option["min_value"]),
        )
        for option in command.get("options") or ()
    ]
    return repr((command.get("type", 1), command["name"], command["description"], options))


def typed(data: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The text of a command as a trader would have typed it, and the ids of the files that came with it."""
    name = str(data.get("name", ""))
    options = {str(option["name"]): option for option in data.get("options") or () if "value" in option}
    values = {key: _written(option["value"]) for key, option in options.items()}
    files = [values.pop(key) for key, option in options.items() if option.get("type") == ATTACHMENT]
    if name == "trade":
        return _trade(values), files
    return " ".join([f"/{name}", *values.values()]), files


def _trade(values: Mapping[str, str]) -> str:
    """long 2 NQ 18250 > 18290 stop 18230 tp 18310 pnl 1600"""
    entry, left = values.get("entry"), values.get("exit")
    prices = f"{entry} > {left}" if entry and left else entry or (f"exit {left}" if left else "")
    named = ((word, values.get(key)) for word, key in (("stop", "stop"), ("tp", "target"), ("pnl", "pnl")))
    parts = [
        values.get("direction"),
        values.get("size"),
        values.get("symbol"),
        prices,
        *(f"{word} {value}" for word, value in named if value),
        values.get("text"),
    ]
    return " ".join(part for part in parts if part)


def _written(value: Any) -> str:
    """Numbers arrive as JSON doubles; their shortest form is what was typed."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value).strip()
    return format(Decimal(repr(value)).normalize(), "f")


def suggestions(own: Iterable[str], typed_so_far: str) -> list[str]:
    """Symbols to offer: the trader's own, then the well known; those that begin with what is typed before others."""
    wanted = typed_so_far.strip().upper()
    every = dict.fromkeys(
        symbol[:CHOICE_LIMIT] for symbol in (*(name.strip().upper() for name in own), *WELL_KNOWN) if symbol
    )
    starting = [symbol for symbol in every if symbol.startswith(wanted)]
    containing = [symbol for symbol in every if wanted in symbol and symbol not in starting]
    return [*starting, *containing][:MOST_CHOICES]


def focused(data: Mapping[str, Any]) -> str:
    """What is typed so far into the option that asks for suggestions."""
    found = (option for option in data.get("options") or () if option.get("focused"))
    return next((str(option.get("value", "")) for option in found), "")
