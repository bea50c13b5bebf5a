"""Slash commands: what Discord is told of them, and what a trader would have typed instead.

/trade has typed options that become one line of text, the way traders write it; /link has its code; every other
command of the table takes one optional text.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
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

LOCALES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({"es": ("es-ES", "es-419"), "pt": ("pt-BR",)})
"""What Discord calls a language, where it is not its own code."""

Definition = dict[str, Any]
Words = Mapping[str, Mapping[str, str]]
"""By language, what to say of a command and of its options, which are named "trade.symbol"."""


def _described(words: Words, name: str, english: str | None = None) -> Definition:
    """A description in every language. Without any words a name describes itself."""
    said = english or words.get("en", {}).get(name, name)
    return {"description": said[:DESCRIPTION_LIMIT], **_localized("description", words, name)}


def _localized(what: str, words: Words, name: str) -> Definition:
    told = {
        locale: words[language][name][:DESCRIPTION_LIMIT]
        for language in words
        if language != "en" and name in words[language]
        for locale in LOCALES.get(language, (language,))
    }
    return {f"{what}_localizations": told} if told else {}


def _option(words: Words, kind: int, command: str, name: str, **more: Any) -> Definition:
    return {"type": kind, "name": name, **_described(words, f"{command}.{name}"), **more}


def _choice(words: Words, value: str) -> Definition:
    name = f"trade.{value}"
    return {"name": words.get("en", {}).get(name, value), "value": value, **_localized("name", words, name)}


def _trade_command(words: Words) -> Definition:
    numbers = ("entry", "exit", "stop", "target", "pnl")
    options = [
        _option(words, STRING, "trade", "text", max_length=TEXT_LIMIT),
        _option(words, STRING, "trade", "symbol", max_length=20, autocomplete=True),
        _option(words, STRING, "trade", "direction", choices=[_choice(words, side) for side in ("long", "short")]),
        _option(words, NUMBER, "trade", "size", min_value=0),
        *(_option(words, NUMBER, "trade", name) for name in numbers),
        _option(words, ATTACHMENT, "trade", "screenshot"),
    ]
    return {"type": 1, "name": "trade", **_described(words, "trade"), "options": options}


def definitions(commands: Iterable[tuple[str, str]], words: Words = MappingProxyType({})) -> list[Definition]:
    """What Discord is to know: /trade, and every command (name without slash, description)."""
    code = _option(words, STRING, "link", "code", required=True, max_length=64)
    text = _option(words, STRING, "command", "text", max_length=TEXT_LIMIT)
    listed = [
        {
            "type": 1,
            "name": name,
            **_described(words, name, description),
            "options": [code if name == "link" else text],
        }
        for name, description in commands
        if name != "trade"
    ]
    return [_trade_command(words), *listed]


def same(wanted: Sequence[Definition], known: Sequence[Mapping[str, Any]]) -> bool:
    """Discord has these very commands; what it adds to them by itself does not count."""
    return sorted(map(_essence, wanted)) == sorted(map(_essence, known))


def _essence(command: Mapping[str, Any]) -> str:
    options = [
        (
            option["type"],
            option["name"],
            option["description"],
            _translated(option, "description"),
            bool(option.get("required")),
            bool(option.get("autocomplete")),
            [(choice["name"], choice["value"], _translated(choice, "name")) for choice in option.get("choices") or ()],
            option.get("max_length"),
            None if option.get("min_value") is None else float(option["min_value"]),
        )
        for option in command.get("options") or ()
    ]
    told = _translated(command, "description")
    return repr((command.get("type", 1), command["name"], command["description"], told, options))


def _translated(part: Mapping[str, Any], what: str) -> list[tuple[str, str]]:
    return sorted((part.get(f"{what}_localizations") or {}).items())


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
