"""Which preset a trader means: "topstep 50k", "ftmo 2-step step 1 100k", "tpt-pro 50000"."""

import re
from dataclasses import dataclass
from typing import Final

from bot.trading.firms import PRESETS, SHORT_NAMES, Preset
from bot.trading.limit_words import number

FIRMS: Final = tuple(dict.fromkeys(preset.firm for preset in PRESETS))
LARGEST_SIZE: Final = 10_000_000

_NAMES: Final = sorted({name.lower() for name in FIRMS} | set(SHORT_NAMES), key=len, reverse=True)
_SIZE = re.compile(r"[$€£¥]?(\d[\d.,]*)(k)?")
_SILENT: Final = frozenset({"account", "challenge", "plan", "the", "for", "a", "an", "in", "of"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What was understood: presets that fit (all of the firm's where none does), a size, a word that fits none."""

    firm: str | None
    presets: tuple[Preset, ...]
    size: int | None = None
    unknown: str = ""


def asked(text: str) -> Asked:
    words = text.lower().split()
    named = next((preset for preset in PRESETS if preset.id in words), None)
    plain = _plain(" ".join(word for word in words if named is None or word != named.id))
    firm = named.firm if named is not None else None
    found = next((name for name in _NAMES if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain)), None)
    if found is not None:
        plain = re.sub(rf"(?<!\w){re.escape(found)}(?!\w)", " ", plain, count=1)
        firm = firm or SHORT_NAMES.get(found) or next(name for name in FIRMS if name.lower() == found)
    if firm is None:
        return Asked(None, (), unknown=text)
    sizes = [size for word in plain.split() if (size := _size(word)) is not None]
    rest = [word for word in plain.split() if _size(word) is None]
    size = sizes[0] if sizes else None
    if named is not None:
        return Asked(firm, (named,), size)
    return _narrowed(firm, [word for word in rest if word not in _SILENT], size)


def preset_of(id_: str) -> Preset | None:
    return next((preset for preset in PRESETS if preset.id == id_), None)


def _narrowed(firm: str, words: list[str], size: int | None) -> Asked:
    of_firm = tuple(preset for preset in PRESETS if preset.firm == firm)
    known = {preset.id: set(_plain(preset.product).split()) for preset in of_firm}
    unknown = next((word for word in words if not any(word in product for product in known.values())), "")
    fitting = tuple(preset for preset in of_firm if known[preset.id] >= set(words))
    return Asked(firm, of_firm if unknown or not fitting else fitting, size, unknown)


def _plain(text: str) -> str:
    joined = re.sub(r"(\d)[\s-]*step", r"\1step", text.lower())
    return " ".join(re.sub(r"(?<=\d)\s+(?=k\b)", "", re.sub(r"[-,/]+(?!\d)|(?<!\d)[-,/]+", " ", joined)).split())


def _size(word: str) -> int | None:
    """50k, 50,000 or $50000; smaller numbers belong to a product's name."""
    found = _SIZE.fullmatch(word)
    value = number(found[1]) if found else None
    if found is None or value is None:
        return None
    value *= 1000 if found[2] else 1
    return int(value) if 1000 <= value <= LARGEST_SIZE and value == int(value) else None
