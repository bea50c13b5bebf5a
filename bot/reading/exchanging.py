"""One value in place of another: "18295 not 18290", "short not long", "change 2 to 3", "nq was mnq"."""

from decimal import Decimal

from bot.reading.amending import Change
from bot.reading.answer_words import words_of
from bot.reading.items import Item
from bot.reading.parts import Part
from bot.reading.spelling import names_symbol
from bot.reading.talk import only_facts, points
from bot.reading.words import Tag
from bot.trading.contracts import contract, nicknamed
from statemachine.trade import TradeFields

NUMBERS = (
    "entry_price",
    "exit_price",
    "position_size",
    "stop_loss",
    "take_profit",
    "pnl",
    "commissions",
)
_EXCLUDED = words_of("excluded")


def exchanged(items: list[Item], draft: TradeFields) -> TradeFields | None:
    """ "1.0871 not 1.0817", "short not long", "not 2, 3": the named value replaces the one that stands in the draft."""
    found = exchanged_in(items, draft)
    return None if found is None else found[0]


def exchanged_in(items: list[Item], draft: TradeFields) -> tuple[TradeFields, int, int] | None:
    """The same, with the place in the text from the first of the two values to the last."""
    nots = [n for n in range(len(items)) if _excludes(items, n)]
    pair = _around_not(items, nots[0]) if len(nots) == 1 else _should_be(items, draft)
    if pair is None:
        return None
    old, new = pair
    if old.kind == new.kind == "clock":
        return TradeFields(), old.start, old.end
    fields = _replaced(old, new, items, draft)
    return None if fields is None else (fields, min(old.start, new.start), max(old.end, new.end))


def exchanged_to(part: Part, items: list[Item], draft: TradeFields) -> Change | None:
    """ "nq to mnq": in a clause of its own, where something is to be changed."""
    if "to" not in part.words:
        return None
    start, end = part.tokens[0].start, part.tokens[-1].end
    own = [item for item in items if start <= item.start < end]
    values = [item for item in own if _is_value(item)]
    if len(values) != 2 or "to" not in _words(own, *values) or not points(items):
        return None
    fields = _replaced(values[0], values[1], own, draft)
    return None if fields is None else Change(fields)


def _excludes(items: list[Item], n: int) -> bool:
    """A "not"; "no", which is one in other languages, only where it stands between two values."""
    item = items[n]
    if item.tag is Tag.NOT or item.word not in _EXCLUDED:
        return item.tag is Tag.NOT
    return 0 < n < len(items) - 1 and _is_value(items[n - 1]) and _is_value(items[n + 1])


def _around_not(items: list[Item], place: int) -> tuple[Item, Item] | None:
    before = [item for item in items[:place] if _is_value(item)]
    after = [item for item in items[place + 1 :] if _is_value(item)]
    if before and after and before[-1].kind == after[0].kind:
        return after[0], before[-1]
    return (after[0], after[1]) if not before and len(after) == 2 else None


def _replaced(old: Item, new: Item, items: list[Item], draft: TradeFields) -> TradeFields | None:
    if old.kind == "number" and new.kind == "number":
        return _replaced_number(old, new, draft)
    if old.kind == "symbol" and new.kind == "symbol":
        stood = draft.symbol == old.symbol or names_symbol(old.word, draft.symbol)
        return TradeFields(symbol=_as_kind(new, draft)) if stood else None
    side = {Tag.LONG: "long", Tag.BUY: "long", Tag.SHORT: "short", Tag.SELL: "short"}
    if old.tag in side and new.tag in side and new.tag is not None and only_facts(items):
        return TradeFields(direction=side[new.tag])  # type: ignore[arg-type]
    return None


def _as_kind(item: Item, draft: TradeFields) -> str:
    """ "gold" is the future where a future is what it replaces."""
    known = contract(draft.symbol) if draft.symbol else None
    future = nicknamed(item.word, "contracts") if known is not None and known.kind == "future" else None
    return future or item.symbol


def _should_be(items: list[Item], draft: TradeFields) -> tuple[Item, Item] | None:
    """ "2344 should be 2343", "change 2344 to 2343", "nq was mnq": two values of a kind, and the first stands."""
    symbols = [item for item in items if item.kind == "symbol"]
    if len(symbols) == 2 and symbols[0].symbol == draft.symbol and only_facts(items):
        return (symbols[0], symbols[1]) if _words(items, *symbols) & {"was", "should", "meant"} else None
    numbers = [item for item in items if item.kind == "number"]
    if len(numbers) != 2:
        return None
    between = _words(items, *numbers)
    said_so = bool(between & {"should", "wrong", "typo"}) or (bool(between & {"to", "with", "into"}) and points(items))
    return (numbers[0], numbers[1]) if said_so else None


def _words(items: list[Item], first: Item, last: Item) -> set[str]:
    return {word for item in items if first.end <= item.start < last.start for word in item.word.split()}


def _is_value(item: Item) -> bool:
    return item.kind in ("number", "symbol", "clock") or item.tag in (Tag.LONG, Tag.SHORT, Tag.BUY, Tag.SELL)


def _replaced_number(old: Item, new: Item, draft: TradeFields) -> TradeFields | None:
    stood = _signed(old)
    names = [n for n in NUMBERS if getattr(draft, n) in (stood, old.value)]
    if len(names) != 1:
        return None
    value = _signed(new) if names[0] == "pnl" else new.value
    return TradeFields(**{names[0]: value})  # type: ignore[arg-type]


def _signed(item: Item) -> Decimal | None:
    return -item.value if item.value is not None and item.sign == "-" else item.value
