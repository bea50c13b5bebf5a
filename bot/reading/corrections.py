"""Corrections of the trades that wait for a yes: which draft, which field, and what is no correction at all."""

from dataclasses import replace

from bot.reading.amending import Change, amended, emptied, empties_it, left_at_level
from bot.reading.answer_words import words_of
from bot.reading.choosing import Share, fitting, shares
from bot.reading.closings import is_another_leg
from bot.reading.completing import by_labels, completed, counted, may_count, mistyped
from bot.reading.context import Context
from bot.reading.days import DAY_WORDS
from bot.reading.exchanging import NUMBERS, exchanged_in, exchanged_to
from bot.reading.gathering import Said, near
from bot.reading.itemising import items_of
from bot.reading.items import Item, Items
from bot.reading.owning import is_beside
from bot.reading.parts import COUNT_WORDS, FIELDS, Part, clauses
from bot.reading.report import Reading, far_apart, impossible, is_trade, report, said_trades
from bot.reading.spelling import names_symbol
from bot.reading.talk import is_elsewhere, is_talk, points, points_outright
from bot.reading.times import redated
from bot.reading.tokens import Token
from bot.reading.verdicts import is_answer
from bot.reading.words import TAGGED, Tag
from bot.trading.contracts import contract
from statemachine.events import Closed, Corrected, Event, Unread
from statemachine.trade import TradeFields

_ACTIONS = frozenset({Tag.BUY, Tag.SELL, Tag.COVER})
_FIT = words_of("fit", "content")
_OTHERS = frozenset(("rest", "other", "others", "else"))
_DENYING = frozenset(("actually", "no", "nope", "nah", "not", "wrong", "oops", "sorry", "correction"))
_SAME = frozenset(NUMBERS) - {"pnl"}
"""Fields that a number by itself may be of, behind another draft's; of a result it would leave the sign open."""
_NEXT = frozenset(("another", "next", "new", "again"))
_SIZES = frozenset(("size", "position size", "qty", "quantity"))
_BEFORE_SIZE = _SIZES | {"to", "was", "is", "be", "not", ":", "="}
_BLAMED = {
    "impossible_price": ("entry_price", "exit_price", "stop_loss", "take_profit"),
    "stop_wrong_side": ("stop_loss",),
}


def correction(said: list[Token], items: Items, context: Context) -> Reading | None:
    """What a message changes in the drafts; None where it tells of something else."""
    if is_elsewhere(items):
        return None
    drafts, tokens = context.drafts, tuple(_bare(token) for token in said)
    if not _SIZES.isdisjoint(items.words):
        tokens = tuple(_as_number(token, before) for token, before in zip(tokens, (None, *tokens), strict=False))
    if tokens != tuple(said):
        items = items_of(list(tokens))
    if len(drafts) < 2:
        return _of_draft(tokens, items, None, context)
    shared = shares(tokens, drafts)
    if not shared:
        return _of_draft(tokens, items, fitting(tokens, drafts), context)
    if len(shared) == 1 and len(shared[0][0]) == 1:
        (which,) = shared[0][0]
        return _of_the_same("", shared[0][1], which, context) or _of_draft(
            shared[0][1], items_of(list(shared[0][1])), which, context
        )
    return _of_several(shared, context)


def _bare(token: Token) -> Token:
    """ "size's" is the size, "l'objectif" the target."""
    if token.kind != "word" or "'" not in token.text:
        return token
    owner, elided = token.word[:-1], token.word[1:]
    if token.text[-2:] in ("'s", "'S") and ((owner,) in TAGGED or owner in DAY_WORDS):
        return replace(token, word=owner)
    return replace(token, word=elided) if token.text[1] == "'" and (elided,) in TAGGED else token


def _as_number(token: Token, before: Token | None) -> Token:
    """The "two" of "change size to two", which counts; not the "one" of "the second one"."""
    value = COUNT_WORDS.get(token.word)
    if value is None or before is None or before.word not in _BEFORE_SIZE:
        return token
    return replace(token, kind="number", word="", value=value)


def _of_several(shared: list[Share], context: Context) -> Reading | None:
    """One correction for each draft that is named; a part that says nothing new of its draft is passed over."""
    changes: list[Reading] = []
    last = ""
    for picked, tokens in shared:
        items = items_of(list(tokens))
        for which in sorted(picked):
            found = _of_the_same(last, tokens, which, context) or _of_draft(tokens, items, which, context)
            if found is not None and not isinstance(found.event, Corrected):
                return found
            if found is None and any(_tells(item, context.drafts[which - 1]) for item in items):
                return Reading(event=Unread(reason="unclear"))
            if found is not None:
                changes.append(found)
                last = _only_field(found.event)
    events = [change.event for change in changes if isinstance(change.event, Corrected)]
    if not events:
        return None
    told = tuple(said for change in changes for said in change.said)
    return Reading(event=replace(events[0], also=tuple(events[1:])), said=told)


def _only_field(event: Event) -> str:
    """The one field that was changed; empty where it was another number of them."""
    names = event.fields.said().keys() - {"note"} if isinstance(event, Corrected) and not event.cleared else set()
    return next(iter(names)) if len(names) == 1 else ""


def _of_the_same(name: str, tokens: tuple[Token, ...], which: int, context: Context) -> Reading | None:
    """ "first was 2 lots, second 3": a number by itself is of the field before it, or how many of a future."""
    draft = context.drafts[which - 1]
    part = Part(tuple(token for token in tokens if not names_symbol(token.word, draft.symbol)))
    if len(part.numbers) != 1 or part.fields or part.changes or not part.says_only():
        return None
    (number,) = part.numbers
    if number.sign or number.suffix or number.money:
        return None
    if not name and may_count(number.value, draft):
        name = "position_size"  # "nq: 2"
    if name not in _SAME:
        return None
    fields = TradeFields(**{name: number.value})  # type: ignore[arg-type]
    return _corrected(Said(fields=fields), frozenset(), which, context, items_of(list(tokens)))


def _tells(item: Item, draft: TradeFields) -> bool:
    return item.kind == "number" or (item.kind == "symbol" and item.symbol != draft.symbol)


def _of_draft(tokens: tuple[Token, ...], items: Items, which: int | None, context: Context) -> Reading | None:
    """What a message, or its part, changes in one draft."""
    draft = context.drafts[which - 1] if which is not None else context.asked()
    change, left = _amended(tokens, items, draft, context)
    rest = items if left == tokens else items_of(list(left))
    told = _told(
        left,
        rest,
        which,
        draft,
        context,
        corrects=points(items) or bool(change),
        outright=points_outright(items) or bool(change),
    )
    if isinstance(told, Reading):
        return None if change else told
    if told is None and not change:
        return None
    said = told or Said(fields=TradeFields())
    change = change.also(Change(said.fields))
    whole = said if not change.cleared else None
    return _corrected(replace(said, fields=change.fields), change.cleared, which, context, items, whole=whole)


def _amended(
    tokens: tuple[Token, ...], items: Items, draft: TradeFields, context: Context
) -> tuple[Change, tuple[Token, ...]]:
    """What is exchanged, emptied, swapped, turned or reckoned, and the tokens that are left to be read as facts."""
    swapped = exchanged_in(items, draft)
    if swapped is not None:
        fields, start, end = swapped
        change = Change(fields)
        tokens = _without_act(tokens, start, fields) + tuple(token for token in tokens if token.start >= end)
    else:
        change = Change()
        whole = amended(Part(tokens), draft)
        if whole is not None:
            return whole, ()
    left: list[Token] = []
    named, parts, denies = "", clauses(tokens), _denies(items)
    for part in parts:
        found = amended(part, draft) if len(parts) > 1 else None
        if found is None and not context.open_trades and (draft.exit_price is None or denies):
            found = left_at_level(part, draft)
        if found is None:
            found = exchanged_to(part, items, draft)
        if found is None and named and empties_it(part):
            found = emptied(named)
        named = part.fields[-1] if part.fields else named
        if found is not None:
            change = change.also(found)
        elif not (_is_right(part) or (part.is_bare and is_answer(part.said, context))):
            left += part.tokens
    return change, tuple(left)


def _without_act(tokens: tuple[Token, ...], end: int, exchanged: TradeFields) -> tuple[Token, ...]:
    """What stands before exchanged values; "sold at" before those of the exit is how it was left, and no side."""
    before = [token for token in tokens if token.end <= end]
    while exchanged.exit_price is not None and before and TAGGED.get((before[-1].word,)) in _ACTIONS | {Tag.AT}:
        before.pop()
    return tuple(before)


def _denies(items: Items) -> bool:
    """More than "was": said against what stands."""
    return any(item.word in _DENYING for item in items)


def _is_right(part: Part) -> bool:
    """ "pnl's right", "rest fine", beside what is not."""
    named = bool(part.fields) or not _OTHERS.isdisjoint(part.words)
    return part.is_bare and named and not _FIT.isdisjoint(part.words) and part.says_only()


def _told(
    tokens: tuple[Token, ...],
    items: Items,
    which: int | None,
    draft: TradeFields,
    context: Context,
    *,
    corrects: bool,
    outright: bool,
) -> Said | Reading | None:
    """The facts that differ from the draft; a Reading where something stands in the way; None where nothing is told.

    `corrects`: something was said to be wrong, or is changed already; `outright`: in so many words.
    """
    told = said_trades(items, context) if items else ()
    if len(told) != 1:
        return None
    said = _in_own_words(told[0], items, context)
    left = report(items, context).event if context.open_trades and not corrects else None
    if isinstance(left, Closed) and is_another_leg(left, items, context):
        return None
    another = said.planned or _is_next(said.fields, items) or _is_another(said.fields, context, which)
    if not corrects and another:
        return None
    if not outright and is_beside(items, said.fields):
        return None
    part = Part(tokens)
    alone = (mistyped(items, draft) if corrects or "*" in items.words else None) or counted(part, items, draft)
    if alone is not None:
        return Said(fields=alone)
    fields = redated(_differing(said.fields, part, items, draft), draft, context.zone)
    doubtful = _are_loose_legs(said.fields, items) or (not corrects and _turns_at_a_price(fields))
    nothing_new = not fields.said() and is_trade(said) and said.fields.entry_price is None
    if doubtful or nothing_new:
        return Reading(event=Unread(understood=fields if fields.said() else said.fields), said=(said,))
    if not fields.said() or is_talk(items, fields):
        return None
    return replace(said, fields=fields)


def _differing(said: TradeFields, part: Part, items: Items, draft: TradeFields) -> TradeFields:
    """What is told otherwise than it stands; the one field that is named, for a number that went elsewhere."""
    fields, labelled = _changes(said, part, items, draft), by_labels(part, draft).said()
    elsewhere = len(part.numbers) == 1 and not labelled.keys() <= fields.said().keys()
    if (labelled and elsewhere) or not fields.said().keys() - {"note"}:
        return TradeFields(**labelled)  # "it's the size that's wrong: 4"
    return fields


def _turns_at_a_price(fields: TradeFields) -> bool:
    """ "then i flipped short at 18290": the other side at another price may be the next trade."""
    return fields.direction is not None and fields.entry_price is not None and fields.symbol is None


def _are_loose_legs(said: TradeFields, items: Items) -> bool:
    """ "1 at 18290 1 at 18300": two prices, and no word that tells entry from exit."""
    if said.entry_price is None or said.exit_price is None or said.direction is not None or said.symbol is not None:
        return False
    words = {word for item in items for word in item.word.split()}
    return not any(item.tag in FIELDS for item in items) and words.isdisjoint(("to", ">", "-", "in", "/"))


def _in_own_words(said: Said, items: Items, context: Context) -> Said:
    """ "gold" is the future where that is what waits."""
    words = [item.word for item in items if item.kind == "symbol"]
    own = next((d.symbol for d in context.drafts if any(names_symbol(word, d.symbol) for word in words)), None)
    return said if own is None or said.fields.symbol is None else replace(said, fields=replace(said.fields, symbol=own))


def _corrected(
    said: Said,
    cleared: frozenset[str],
    which: int | None,
    context: Context,
    items: Items,
    *,
    whole: Said | None = None,
) -> Reading:
    if which is None and len(context.drafts) > 1:
        return Reading(event=Unread(understood=said.fields, reason="unclear"))
    draft = context.drafts[(which or 1) - 1]
    return checked(Corrected(fields=said.fields, cleared=cleared, which=which), said, items, draft, whole=whole)


def checked(event: Event, said: Said, items: Items, draft: TradeFields, *, whole: Said | None = None) -> Reading:
    """The event, unless its numbers cannot be true: by themselves, as a report (`whole`), or in the draft."""
    reason = impossible(whole or said, items) or _impossible_in(draft, said.fields, items)
    if reason is not None:
        return Reading(event=Unread(understood=said.fields, reason=reason), said=(said,))
    return Reading(event=event, said=(said,))


def _impossible_in(draft: TradeFields, fields: TradeFields, items: Items) -> str | None:
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


def _is_next(said: TradeFields, items: Items) -> bool:
    """ "took another long 18300 out 18310": a trade of its own, though it names no instrument."""
    whole = None not in (said.direction, said.entry_price, said.exit_price)
    return whole and any(word in _NEXT for item in items for word in item.word.split())


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


def _changes(said: TradeFields, part: Part, items: Items, draft: TradeFields) -> TradeFields:
    """The facts that differ from the draft. A single price without a label is nobody's: it is left out."""
    fields = as_way_out(said, items, draft)
    if fields.entry_price is not None and fields.exit_price is None and not _labels_entry(items):
        fields = replace(fields, entry_price=None)
    if part.says_only("explained"):
        fields = completed(fields, draft, labelled=_names_entry(items))
    fields = as_sized(fields, items, draft)
    same = frozenset(name for name, value in fields.said().items() if getattr(draft, name) == value)
    return fields.without(same | {"note"})


def as_way_out(said: TradeFields, items: Items, draft: TradeFields) -> TradeFields:
    """ "sold at 18295" of a long trade is its exit, not another side."""
    labels = {item.tag for item in items}
    acted = labels & _ACTIONS and not labels & {Tag.LONG, Tag.SHORT}
    turned = draft.direction is not None and said.direction not in (None, draft.direction)
    if not acted or not turned or said.entry_price is None or said.exit_price is not None:
        return said
    return replace(said, direction=None, entry_price=None, exit_price=said.entry_price)


def as_sized(said: TradeFields, items: Items, draft: TradeFields) -> TradeFields:
    """ "10 micros" are of the smaller contract."""
    sized = {item.tag for item in items} & {Tag.MICROS, Tag.MINIS}
    return replace(said, symbol=_resized(draft.symbol, Tag.MICROS in sized) or said.symbol) if sized else said


def _names_entry(items: Items) -> bool:
    return any(item.tag in (Tag.ENTRY, Tag.AT) or item.word in ("in", "en", "em") for item in items)


def _labels_entry(items: Items) -> bool:
    return any(
        i.tag in (Tag.ENTRY, Tag.BUY, Tag.SELL, Tag.LONG, Tag.SHORT) or i.word in ("in", "en", "em") for i in items
    )


def _resized(symbol: str | None, to_micro: bool) -> str | None:
    """ "those were micros": the same market a size smaller (or larger)."""
    known = contract(symbol) if symbol else None
    if known is None:
        return None
    return (known.micro if to_micro else known.micro_of) or known.symbol
