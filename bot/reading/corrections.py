"""Corrections of the trades that wait for a yes: which draft, which field, and what is no correction at all."""

from dataclasses import replace
from decimal import Decimal

from bot.reading.closings import is_another_leg
from bot.reading.context import Context
from bot.reading.gathering import Said, near
from bot.reading.items import Item
from bot.reading.report import Reading, far_apart, impossible, is_trade, report, said_trades
from bot.reading.spelling import ORDINALS, names_symbol
from bot.reading.talk import is_elsewhere, is_talk, only_facts, points
from bot.reading.times import redated
from bot.reading.words import Tag
from bot.trading.contracts import contract
from statemachine.events import Closed, Corrected, Event, Unread
from statemachine.trade import TradeFields

_CLEARABLE: dict[Tag, tuple[str, ...]] = {
    Tag.STOP: ("stop_loss",),
    Tag.TARGET: ("take_profit",),
    Tag.EXIT: ("exit_price", "exit_time"),
    Tag.ENTRY: ("entry_price",),
    Tag.PNL: ("pnl", "pnl_basis"),
    Tag.FEES: ("commissions",),
    Tag.SIZE: ("position_size",),
}
_NUMBERS = (
    "entry_price",
    "exit_price",
    "position_size",
    "stop_loss",
    "take_profit",
    "pnl",
    "commissions",
)


_ACTIONS = frozenset({Tag.BUY, Tag.SELL, Tag.COVER})
_UNSURE_RESULTS = frozenset(("up", "down", "dropped", "gave back", "plus", "minus"))


def correction(items: list[Item], context: Context) -> Reading | None:
    """What a message changes in the drafts; None where it tells of something else."""
    which = meant(items, context.drafts)
    place = _place_of_number(items, len(context.drafts)) if which is not None else None
    items = items if place is None else items[:place] + items[place + 1 :]
    draft = context.drafts[which - 1] if which is not None else context.asked()
    swapped, cleared = exchanged(items, draft), _cleared(items)
    if swapped is not None or cleared:
        return _corrected(Said(fields=swapped or TradeFields()), cleared, which, context, items)
    told = said_trades(items, context)
    if len(told) != 1 or is_elsewhere(items):
        return None
    said, corrects = _in_own_words(told[0], items, context), points(items)
    left = report(items, context).event
    if isinstance(left, Closed) and not corrects and is_another_leg(left, items, context):
        return None
    if not corrects and (said.planned or _is_another(said.fields, context, which)):
        return None
    fields = redated(_turned(_changes(said.fields, items, draft), items, draft), draft, context.zone)
    if not fields.said() and is_trade(said) and said.fields.entry_price is None:
        return Reading(event=Unread(understood=said.fields, reason="unclear"), said=(said,))
    if not fields.said() or is_talk(items, fields):
        return None
    return _corrected(replace(said, fields=fields), frozenset(), which, context, items, whole=said)


def _in_own_words(said: Said, items: list[Item], context: Context) -> Said:
    """ "gold" is the future where that is what waits."""
    words = [item.word for item in items if item.kind == "symbol"]
    own = next((d.symbol for d in context.drafts if any(names_symbol(word, d.symbol) for word in words)), None)
    return said if own is None or said.fields.symbol is None else replace(said, fields=replace(said.fields, symbol=own))


def _corrected(
    said: Said,
    cleared: frozenset[str],
    which: int | None,
    context: Context,
    items: list[Item],
    *,
    whole: Said | None = None,
) -> Reading:
    if which is None and len(context.drafts) > 1:
        return Reading(event=Unread(understood=said.fields, reason="unclear"))
    draft = context.drafts[(which or 1) - 1]
    return checked(Corrected(fields=said.fields, cleared=cleared, which=which), said, items, draft, whole=whole)


def checked(event: Event, said: Said, items: list[Item], draft: TradeFields, *, whole: Said | None = None) -> Reading:
    """The event, unless its numbers cannot be true: by themselves, as a report (`whole`), or in the draft."""
    reason = impossible(whole or said, items) or _impossible_in(draft, said.fields, items)
    if reason is not None:
        return Reading(event=Unread(understood=said.fields, reason=reason), said=(said,))
    return Reading(event=event, said=(said,))


def _impossible_in(draft: TradeFields, fields: TradeFields, items: list[Item]) -> str | None:
    """A side that is turned leaves the old stop behind: that is corrected next, so only a stop that is said counts."""
    entry, pnl = draft.entry_price, fields.pnl
    exit_named = any(item.tag is Tag.EXIT for item in items)
    if exit_named and pnl is not None and pnl < 0 and entry is not None and near(entry, -pnl):
        return "impossible_price"
    symbol = fields.symbol or draft.symbol
    if any(far_apart(symbol, entry, level) for level in (fields.stop_loss, fields.take_profit)):
        return "impossible_price"
    reason = impossible(Said(fields=draft.merged(fields)), items)
    return reason if any(getattr(fields, name) is not None for name in _BLAMED.get(reason or "", ())) else None


_BLAMED = {
    "impossible_price": ("entry_price", "exit_price", "stop_loss", "take_profit"),
    "stop_wrong_side": ("stop_loss",),
}


def meant(items: list[Item], drafts: tuple[TradeFields, ...]) -> int | None:
    """Which of several drafts: by its ordinal, or by its symbol where only one has it."""
    if len(drafts) < 2:
        return None
    numbered = _place_of_number(items, len(drafts))
    if numbered is not None:
        return int(items[numbered].value or 0)
    for item in items:
        for word in item.word.split():
            if item.tag is Tag.ORDINAL and (place := ORDINALS.get(word)):
                place = len(drafts) if place == -1 else place
                return place if place <= len(drafts) else None
    named = {item.symbol for item in items if item.kind == "symbol"}
    meant = [n for n, draft in enumerate(drafts, 1) if draft.symbol in named]
    return meant[0] if len(meant) == 1 else None


def _place_of_number(items: list[Item], drafts: int) -> int | None:
    """Where a draft is named by its number, as in "trade 2 exit to 5316" and "2: size 3"."""
    for n, item in enumerate(items):
        if item.kind != "number" or item.value not in range(1, drafts + 1) or item.sign or item.tag is not None:
            continue
        labelled = n > 0 and items[n - 1].word in ("trade", "#", "number", "nr", "draft")
        headed = n == 0 and len(items) > 1 and items[1].word in (":", ")")
        if labelled or headed:
            return n
    return None


def _cleared(items: list[Item]) -> frozenset[str]:
    """ "remove the stop": the fields to empty. With a number or a time beside it the message is a change instead."""
    if any(item.kind in ("number", "clock", "date") for item in items):
        return frozenset()
    words = {item.word for item in items} if only_facts(items) else set()
    if words & {"no stop", "no sl"}:
        return frozenset({"stop_loss"})
    if words & {"no tp", "no target"}:
        return frozenset({"take_profit"})
    if not any(item.tag is Tag.CLEAR for item in items) or not only_facts(items):
        return frozenset()
    return frozenset(name for item in items if item.tag for name in _CLEARABLE.get(item.tag, ()))


def exchanged(items: list[Item], draft: TradeFields) -> TradeFields | None:
    """ "1.0871 not 1.0817", "short not long", "not 2, 3": the named value replaces the one that stands in the draft."""
    nots = [n for n, item in enumerate(items) if item.tag is Tag.NOT]
    if len(nots) != 1:
        return _should_be(items, draft)
    before = [i for i in items[: nots[0]] if _is_value(i)]
    after = [i for i in items[nots[0] + 1 :] if _is_value(i)]
    if before and after:
        new, old = before[-1], after[0]
    elif len(after) == 2:
        old, new = after
    else:
        return None
    if old.kind == "number" and new.kind == "number":
        return _replaced_number(old, new, draft)
    if old.kind == "symbol" and new.kind == "symbol" and draft.symbol == old.symbol:
        return TradeFields(symbol=new.symbol)
    side = {Tag.LONG: "long", Tag.BUY: "long", Tag.SHORT: "short", Tag.SELL: "short"}
    if old.tag in side and new.tag in side and new.tag is not None and only_facts(items):
        return TradeFields(direction=side[new.tag])  # type: ignore[arg-type]
    return None


def _should_be(items: list[Item], draft: TradeFields) -> TradeFields | None:
    """ "2344 should be 2343", "nq was mnq": two values of a kind, and the first stands in the draft."""
    symbols = [n for n, item in enumerate(items) if item.kind == "symbol"]
    if len(symbols) == 2 and items[symbols[0]].symbol == draft.symbol and only_facts(items):
        between = {item.word for item in items[symbols[0] : symbols[1]]}
        return TradeFields(symbol=items[symbols[1]].symbol) if between & {"was", "should", "meant"} else None
    numbers = [n for n, item in enumerate(items) if item.kind == "number"]
    if len(numbers) != 2 or not any(item.word == "should" for item in items[numbers[0] : numbers[1]]):
        return None
    return _replaced_number(items[numbers[0]], items[numbers[1]], draft)


def _is_value(item: Item) -> bool:
    return item.kind in ("number", "symbol") or item.tag in (Tag.LONG, Tag.SHORT, Tag.BUY, Tag.SELL)


def _replaced_number(old: Item, new: Item, draft: TradeFields) -> TradeFields | None:
    stood = _signed(old)
    names = [n for n in _NUMBERS if getattr(draft, n) in (stood, old.value)]
    if len(names) != 1:
        return None
    value = _signed(new) if names[0] == "pnl" else new.value
    return TradeFields(**{names[0]: value})  # type: ignore[arg-type]


def _signed(item: Item) -> Decimal | None:
    return -item.value if item.value is not None and item.sign == "-" else item.value


def _is_another(said: TradeFields, context: Context, which: int | None) -> bool:
    """A report of its own: it names an instrument and tells more of it than the draft's own facts."""
    if said.symbol is None:
        return False
    same = [draft for draft in context.drafts if draft.symbol == said.symbol]
    if which is None and not same:
        return not any(_only_renames(said, draft) for draft in context.drafts)
    draft = context.drafts[which - 1] if which is not None else same[0]
    if draft.symbol != said.symbol:
        return not _only_renames(said, draft)
    if said.entry_price is None:
        return False
    if said.entry_price == draft.entry_price:
        both = said.direction is not None and said.exit_price is not None
        return both and said.exit_price != draft.exit_price
    return said.direction is not None or said.exit_price not in (None, draft.exit_price)


def _only_renames(said: TradeFields, draft: TradeFields) -> bool:
    """Beside the instrument (and how many of it) nothing differs from the draft."""
    facts = said.without(frozenset({"symbol", "position_size", "note"})).said()
    return all(getattr(draft, name) == value for name, value in facts.items())


def _changes(said: TradeFields, items: list[Item], draft: TradeFields) -> TradeFields:
    """The facts that differ from the draft. A single price without a label is nobody's: it is left out."""
    labels = {item.tag for item in items if item.tag is not None}
    fields = said
    if said.entry_price is not None and said.exit_price is None and _is_way_out(said, labels, draft):
        fields = replace(fields, direction=None, entry_price=None, exit_price=said.entry_price)
    elif said.entry_price is not None and said.exit_price is None and not _labels_entry(items):
        fields = replace(fields, entry_price=None)
    if Tag.MICROS in labels or Tag.MINIS in labels:
        fields = replace(fields, symbol=_resized(draft.symbol, Tag.MICROS in labels) or fields.symbol)
    same = frozenset(name for name, value in fields.said().items() if getattr(draft, name) == value)
    return fields.without(same | {"note"})


def _is_way_out(said: TradeFields, labels: set[Tag], draft: TradeFields) -> bool:
    """ "sold at 18295" of a long trade is its exit, not another side."""
    acted = labels & _ACTIONS and not labels & {Tag.LONG, Tag.SHORT}
    return bool(acted) and draft.direction is not None and said.direction not in (None, draft.direction)


def _labels_entry(items: list[Item]) -> bool:
    return any(
        i.tag in (Tag.ENTRY, Tag.BUY, Tag.SELL, Tag.LONG, Tag.SHORT) or i.word in ("in", "en", "em") for i in items
    )


def _resized(symbol: str | None, to_micro: bool) -> str | None:
    """ "those were micros": the same market a size smaller (or larger)."""
    known = contract(symbol) if symbol else None
    if known is None:
        return None
    return (known.micro if to_micro else known.micro_of) or known.symbol


def _turned(fields: TradeFields, items: list[Item], draft: TradeFields) -> TradeFields:
    """ "other way round" turns the side, "it was a loss" the sign; prices change only where new ones are said."""
    if fields.said() or not only_facts(items):
        return fields
    won = _says_won(items)
    if won is not None and draft.pnl is not None:
        pnl = abs(draft.pnl) if won else -abs(draft.pnl)
        return replace(fields, pnl=pnl) if pnl != draft.pnl else fields
    if any(item.tag is Tag.FLIP for item in items) and draft.direction is not None:
        return replace(fields, direction="short" if draft.direction == "long" else "long")
    return fields


def _says_won(items: list[Item]) -> bool | None:
    """True for a win, False for a loss: the one that is said, not the one behind "not"."""
    results = [
        (item.tag is Tag.WIN) != (n > 0 and _denied(items[:n]))
        for n, item in enumerate(items)
        if item.tag in (Tag.WIN, Tag.LOSS) and item.word not in _UNSURE_RESULTS
    ]
    return results[0] if results and len(set(results)) == 1 else None


def _denied(before: list[Item]) -> bool:
    """ "not a win": the word before the result, articles aside, is a "not"."""
    words = [item for item in before if item.word not in ("a", "an", "the", "my", "really")]
    return bool(words) and words[-1].tag is Tag.NOT
