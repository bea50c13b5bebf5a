"""What a message says to a question of ours: yes, no, a correction, a detail, no picture.

The hard rule is that nothing is taken for a yes that might not be one. A confirmation is a message whose every word
belongs to a yes or to politeness; one word more, a question mark or a number makes it something else.
"""

from dataclasses import replace
from decimal import Decimal

from bot.reading.gathering import Said
from bot.reading.items import Item
from bot.reading.normalise import folded
from bot.reading.report import Context, Reading, impossible, report, said_trades
from bot.reading.tokens import Token
from bot.reading.words import ALL, NO, POLITE, SKIP, YES, Tag, phrases, word_set
from bot.trading.contracts import contract
from statemachine.events import Closed, Confirmed, Corrected, Denied, Detailed, Event, Reported, Skipped, Unread
from statemachine.trade import TradeFields

_YES, _NO, _POLITE, _SKIP, _ALL = (phrases(table) for table in (YES, NO, POLITE, SKIP, ALL))
_LONGEST = max(len(words) for table in (_YES, _NO, _POLITE, _SKIP) for words in table)
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "last": -1}
_ARTICLES = frozenset(("the", "one", "number", "#", "nr", "trade"))
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


def plain_answer(said: list[Token], context: Context) -> Event | None:
    """Yes, no or skip where the whole message says nothing else; None otherwise."""
    words = _words(said)
    if not words:
        return None
    which, rest = _which(words, len(context.drafts))
    if which is not None and not rest and len(context.drafts) > 1:
        return Confirmed(which=which)
    if len(context.drafts) > 1 and _covered(words, (_ALL, _POLITE)):
        return Confirmed()
    if context.state == "awaiting_screenshot" and _covered(words, (_SKIP, _NO, _POLITE)):
        return Skipped()
    verdict = _verdict(rest)
    if verdict is None or (which is not None and len(context.drafts) < 2):
        return None
    return Confirmed(which=which) if verdict else Denied(which=which)


def half_answer(said: list[Token]) -> bool:
    """A yes or no among other words: worth asking again instead of passing over."""
    return any((word,) in _YES or (word,) in _NO for word in _words(said))


def _words(said: list[Token]) -> list[str]:
    """The words, emoji and numbers of a message; marks that say nothing are dropped, a question mark is kept."""
    found = []
    for token in said:
        if token.kind == "mark" and token.word in ".,!;:-()*\"'…~":
            continue
        if token.kind != "break":
            found.append(token.word or folded(token.text))
    return found


def _which(words: list[str], drafts: int) -> tuple[int | None, list[str]]:
    """The number of a draft ("2", "the second one") and the words without it."""
    for n, word in enumerate(words):
        place = int(word) if word.isdecimal() and len(word) < 3 else _ORDINALS.get(word)
        if place is not None and drafts > 1:
            place = drafts if place == -1 else place
            rest = [w for m, w in enumerate(words) if m != n and not (abs(m - n) == 1 and w in _ARTICLES)]
            return (place, rest) if 1 <= place <= drafts else (None, words)
    return None, words


def _verdict(words: list[str]) -> bool | None:
    """True for yes, False for no, None for neither or a doubtful mixture. A no after a yes is a no ("yeah no")."""
    said: list[bool] = []
    place = 0
    while place < len(words):
        for length in range(min(_LONGEST, len(words) - place), 0, -1):
            phrase = tuple(words[place : place + length])
            if phrase in _NO or phrase in _YES:
                said.append(phrase not in _NO)
                break
            if phrase in _POLITE:
                break
        else:
            return None
        place += length
    if not said or (False in said and said[-1]):
        return None
    return said[-1]


def _covered(words: list[str], tables: tuple[frozenset[tuple[str, ...]], ...]) -> bool:
    """Every word belongs to a phrase of the tables, and not all of them to the last one (politeness)."""
    place, meant = 0, False
    while place < len(words):
        for length in range(min(_LONGEST, len(words) - place), 0, -1):
            phrase = tuple(words[place : place + length])
            if any(phrase in table for table in tables):
                meant |= any(phrase in table for table in tables[:-1])
                break
        else:
            return False
        place += length
    return meant


def answer(items: list[Item], context: Context) -> Reading | None:
    """What a message with facts says about the pending drafts; None where it has nothing to do with them."""
    if context.state == "awaiting_details":
        return _detail(items, context)
    if context.state == "awaiting_confirmation" and context.drafts:
        return _correction(items, context)
    return None


def _detail(items: list[Item], context: Context) -> Reading | None:
    """Facts that were asked for; a report of its own stays a report."""
    draft = context.drafts[-1] if context.drafts else TradeFields()
    bare = _bare_details(items, context.missing, draft)
    if bare is not None:
        return _checked(Detailed(fields=bare), Said(fields=bare), items)
    told = said_trades(items, context)
    if len(told) != 1 or _contradicts(told[0].fields, draft):
        return None
    fields = _asked_for(told[0].fields, context.missing)
    if not fields.said() or isinstance(report(items, context).event, Closed):
        return None
    return _checked(Detailed(fields=fields), replace(told[0], fields=fields), items)


def _checked(event: Event, said: Said, items: list[Item]) -> Reading:
    reason = impossible(said, items)
    if reason in ("impossible_price", "impossible_size"):
        return Reading(event=Unread(understood=said.fields, reason=reason), said=(said,))
    return Reading(event=event, said=(said,))


def _contradicts(said: TradeFields, draft: TradeFields) -> bool:
    """Names another instrument or side than the draft, with an entry: that is another trade."""
    other = said.symbol is not None and draft.symbol not in (None, said.symbol)
    turned = said.direction is not None and draft.direction not in (None, said.direction)
    return (other or turned) and said.entry_price is not None


def _bare_details(items: list[Item], missing: frozenset[str], draft: TradeFields) -> TradeFields | None:
    """One or two numbers without a word, told apart by what was asked: "18250", "18250 18290", "+400"."""
    facts = [i for i in items if i.kind != "break" and i.word not in (",", ".", ">", "-", "/", "and")]
    if not facts or len(facts) > 2 or any(i.kind != "number" or i.tag in (Tag.DISTANCE, Tag.IGNORE) for i in facts):
        return None
    first = facts[0]
    if len(facts) == 2:
        if {"entry_price", "exit_price"} <= missing and not facts[1].sign:
            return TradeFields(entry_price=first.value, exit_price=facts[1].value)
        return None
    if first.value is None:
        return None
    signed = -first.value if first.sign == "-" else first.value
    if (first.sign or first.money or first.tag is Tag.MONEY) and "pnl" in missing:
        return TradeFields(pnl=signed)
    if first.tag is Tag.LOTS or _counts_contracts(first, draft):
        return TradeFields(position_size=first.value)
    for name in ("entry_price", "exit_price", "position_size", "stop_loss", "pnl"):
        if name in missing:
            return TradeFields(**{name: signed if name == "pnl" else first.value})  # type: ignore[arg-type]
    return None


def _counts_contracts(item: Item, draft: TradeFields) -> bool:
    """A bare "2" for a future is a number of contracts: none trades at such a price."""
    known = contract(draft.symbol) if draft.symbol else None
    few = item.value is not None and item.value <= 20 and not item.decimals
    return few and known is not None and known.kind == "future" and draft.position_size is None


def _asked_for(fields: TradeFields, missing: frozenset[str]) -> TradeFields:
    """An only price that was read as an entry is the exit where only the exit was asked for."""
    only_entry = fields.entry_price is not None and fields.exit_price is None
    if only_entry and "exit_price" in missing and "entry_price" not in missing and fields.direction is None:
        return replace(fields, entry_price=None, exit_price=fields.entry_price)
    return fields


def _correction(items: list[Item], context: Context) -> Reading | None:
    which = _meant(items, context.drafts)
    draft = context.drafts[(which or 1) - 1]
    cleared = _cleared(items)
    swapped = _exchanged(items, draft)
    if swapped is not None:
        return _corrected(swapped, frozenset(), which, context, items)
    if cleared:
        return _corrected(TradeFields(), cleared, which, context, items)
    told = said_trades(items, context)
    told_event = report(items, context).event
    if len(told) != 1 or (isinstance(told_event, Reported) and _is_another(told_event.trades[0], draft, items)):
        return None
    fields = _turned(_changes(told[0].fields, items, draft), items, draft)
    if not fields.said():
        return None
    return _corrected(fields, frozenset(), which, context, items)


def _corrected(
    fields: TradeFields, cleared: frozenset[str], which: int | None, context: Context, items: list[Item]
) -> Reading:
    if which is None and len(context.drafts) > 1:
        return Reading(event=Unread(understood=fields, reason="unclear"))
    return _checked(Corrected(fields=fields, cleared=cleared, which=which), Said(fields=fields), items)


def _meant(items: list[Item], drafts: tuple[TradeFields, ...]) -> int | None:
    """Which of several drafts: by its ordinal, or by its symbol where only one has it."""
    if len(drafts) < 2:
        return None
    for item in items:
        for word in item.word.split():
            if item.tag is Tag.ORDINAL and (place := _ORDINALS.get(word)):
                place = len(drafts) if place == -1 else place
                return place if place <= len(drafts) else None
    named = {item.symbol for item in items if item.kind == "symbol"}
    meant = [n for n, draft in enumerate(drafts, 1) if draft.symbol in named]
    return meant[0] if len(meant) == 1 else None


def _cleared(items: list[Item]) -> frozenset[str]:
    """ "remove the stop": the fields to empty. With a number beside it the message is a change instead."""
    if any(item.kind == "number" for item in items):
        return frozenset()
    words = {item.word for item in items}
    if words & {"no stop", "no sl"}:
        return frozenset({"stop_loss"})
    if words & {"no tp", "no target"}:
        return frozenset({"take_profit"})
    if not any(item.tag is Tag.CLEAR for item in items):
        return frozenset()
    return frozenset(name for item in items if item.tag for name in _CLEARABLE.get(item.tag, ()))


def _exchanged(items: list[Item], draft: TradeFields) -> TradeFields | None:
    """ "1.0871 not 1.0817", "short not long", "not 2, 3": the named value replaces the one that stands in the draft."""
    nots = [n for n, item in enumerate(items) if item.tag is Tag.NOT]
    if len(nots) != 1:
        return None
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
    if old.tag in side and new.tag in side and new.tag is not None:
        return TradeFields(direction=side[new.tag])  # type: ignore[arg-type]
    return None


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


def _is_another(said: TradeFields, draft: TradeFields, items: list[Item]) -> bool:
    """A whole report, and no word that points at the draft: another trade."""
    correcting = any(i.tag in (Tag.FLIP, Tag.NOT) or i.word in _POINTING for i in items)
    whole = said.symbol is not None and said.direction is not None and said.entry_price is not None
    return (
        whole
        and not correcting
        and (said.exit_price is not None or said.symbol != draft.symbol or said.pnl is not None)
    )


_POINTING = word_set("actually correction wrong typo oops sorry meant should was were change make edit fix no")


def _changes(said: TradeFields, items: list[Item], draft: TradeFields) -> TradeFields:
    """The facts that differ from the draft. A single price without a label is nobody's: it is left out."""
    labels = {item.tag for item in items if item.tag is not None}
    fields = said
    if said.entry_price is not None and said.exit_price is None and not _labels_entry(items):
        fields = replace(fields, entry_price=None)
    if Tag.MICROS in labels or Tag.MINIS in labels:
        fields = replace(fields, symbol=_resized(draft.symbol, Tag.MICROS in labels) or fields.symbol)
    same = frozenset(name for name, value in fields.said().items() if getattr(draft, name) == value)
    return fields.without(same | {"note"})


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
    """ "other way round" turns the side; prices change only where new ones are said."""
    results = [item.tag for item in items if item.tag in (Tag.WIN, Tag.LOSS)]
    if results and fields.pnl is None and draft.pnl is not None and not fields.said():
        pnl = abs(draft.pnl) if results[0] is Tag.WIN else -abs(draft.pnl)
        return replace(fields, pnl=pnl) if pnl != draft.pnl else fields
    if any(item.tag is Tag.FLIP for item in items) and fields.direction is None and draft.direction is not None:
        return replace(fields, direction="short" if draft.direction == "long" else "long")
    return fields
