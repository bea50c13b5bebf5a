"""Corrections that are reckoned from what stands in the draft: "double the size", "exit 5 points higher"."""

from decimal import Decimal

from bot.reading.answer_words import words_of
from bot.reading.parts import COUNT_WORDS, PRICES, Part
from bot.trading.contracts import contract
from statemachine.trade import TradeFields

FACTORS = {"double": Decimal(2), "triple": Decimal(3), "half": Decimal("0.5")}
_UNITS = {unit: words_of(unit) for unit in ("tick", "pip", "point")}
MOST_MORE = Decimal("0.05")
"""A step without a unit is this part of the price at most; a larger number is a price."""
MOST_STEP = Decimal(100)
_FILLS = ("entry_price", "exit_price")
_ONE = frozenset(("a", "an", "another"))


def reworked(part: Part, draft: TradeFields) -> TradeFields | None:
    """The new value, where a part of a message says it by the old one."""
    return _times(part, draft) or _moved(part, draft) or _worse(part, draft)


def _times(part: Part, draft: TradeFields) -> TradeFields | None:
    """ "double the size", "half that": of the size, or of the money that is named."""
    factor = next((value for section, value in FACTORS.items() if part.has(section)), None)
    named = set(part.fields) or {"position_size"}
    if factor is None or not part.is_bare or part.has("more", "less") or not part.says_only(*FACTORS):
        return None
    name = named.pop()
    stood: Decimal | None = getattr(draft, name)
    if named or name in PRICES or stood is None or not _can_be(name, stood * factor, draft):
        return None
    return TradeFields(**{name: _plain(stood * factor)})  # type: ignore[arg-type]


def _moved(part: Part, draft: TradeFields) -> TradeFields | None:
    """ "one more contract", "exit 5 points higher": a step up or down from what stands."""
    up, down = part.has("more"), part.has("less")
    added = part.has("added") and part.fields == ("position_size",) and not (up or down)
    unit, step = unit_of(part), step_of(part)
    if _is_set_to(part) or step is None or (up == down and not added) or len(part.fields) > 1:
        return None
    if not part.says_only("more", "less", "added", "shifted", "half", *_UNITS):
        return None
    name = part.fields[0] if part.fields else "position_size"
    stood: Decimal | None = getattr(draft, name)
    size = in_price(step, unit, draft) if name in PRICES else step
    if not part.fields or stood is None or size is None or (name not in PRICES and unit):
        return None
    if name in PRICES and not unit and size > stood * MOST_MORE:
        return None
    value = stood - size if down else stood + size
    return TradeFields(**{name: _plain(value)}) if _can_be(name, value, draft) else None  # type: ignore[arg-type]


def _is_set_to(part: Part) -> bool:
    """ "reduce the size to 1", "off by 5": the number is no step, or nobody can tell which way."""
    words = part.words
    to = any(word in ("to", "at") and words[n + 1][0].isdigit() for n, word in enumerate(words[:-1]))
    return to or any(words[n : n + 2] == ["off", "by"] for n in range(len(words)))


def _worse(part: Part, draft: TradeFields) -> TradeFields | None:
    """ "entry was a tick worse": dearer for who buys, cheaper for who sells; of a fill, the price that is said."""
    unit, worse = unit_of(part), part.has("worse")
    told = part.numbers[-1].value if part.numbers and not part.numbers[-1].suffix else None
    step = step_of(part) if told is None or len(part.numbers) > 1 else Decimal(1)
    size = in_price(step or Decimal(0), unit, draft)
    if not unit or not size or draft.direction is None or worse == part.has("better"):
        return None
    if not part.says_only("worse", "better", "fill", *_UNITS):
        return None
    named = [name for name in part.fields if name in _FILLS] or _FILLS
    found = [fields for name in named if (fields := _with_slip(draft, name, size if worse else -size)) is not None]
    if told is not None and told > MOST_STEP:
        found = [fields for fields in found if told in (fields.entry_price, fields.exit_price)]
    return found[0] if len(found) == 1 else None


def _with_slip(draft: TradeFields, name: str, worse_by: Decimal) -> TradeFields | None:
    """The entry or exit that is so much worse for the trader."""
    stood: Decimal | None = getattr(draft, name)
    if stood is None:
        return None
    dearer = (draft.direction == "long") == (name == "entry_price")
    return TradeFields(**{name: stood + worse_by if dearer else stood - worse_by})  # type: ignore[arg-type]


def unit_of(part: Part) -> str:
    """tick, pip or point, where one is named."""
    spoken = {*part.words, *(token.suffix for token in part.numbers)}
    return next((unit for unit, words in _UNITS.items() if spoken & words), "")


def step_of(part: Part) -> Decimal | None:
    """The one amount that is said: a number, a counting word, "a tick", "half a lot"."""
    if part.numbers:
        return part.numbers[0].value if len(part.numbers) == 1 and part.numbers[0].value else None
    counts = {COUNT_WORDS[word] for word in part.words if word in COUNT_WORDS}
    if len(counts) == 1:
        return Decimal(counts.pop())
    if part.has("half"):
        return FACTORS["half"]
    return Decimal(1) if _ONE & set(part.words) and part.is_bare and (unit_of(part) or _counts(part)) else None


def _counts(part: Part) -> bool:
    return "position_size" in part.fields


def in_price(step: Decimal, unit: str, draft: TradeFields) -> Decimal | None:
    """A step in the quote of the draft's instrument; None where its unit is not known for it."""
    if unit in ("", "point"):
        return step
    known = contract(draft.symbol) if draft.symbol else None
    if known is None:
        return None
    if unit == "pip":
        pip = Decimal("0.01") if known.currency == "JPY" else Decimal("0.0001")
        return step * pip if known.kind == "forex" else None
    return step * known.tick_size if known.tick_size is not None else None


def _can_be(name: str, value: Decimal, draft: TradeFields) -> bool:
    """A size is more than nothing, and no future is held in halves."""
    if name != "position_size":
        return name == "pnl" or value >= 0
    known = contract(draft.symbol) if draft.symbol else None
    return value > 0 and not (known is not None and known.kind == "future" and value % 1)


def _plain(value: Decimal) -> Decimal:
    """Without the zeros that reckoning leaves."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
