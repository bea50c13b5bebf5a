"""What a message says to a question of ours, beyond yes and no: a detail that was asked for, or a correction."""

from dataclasses import replace
from decimal import Decimal

from bot.reading.amending import left_at_level
from bot.reading.choosing import meant
from bot.reading.context import Context
from bot.reading.corrections import as_sized, as_way_out, checked, correction
from bot.reading.exchanging import exchanged
from bot.reading.gathering import MOST_CONTRACTS, Said, near
from bot.reading.instruments import EVERYDAY, find_instruments, is_known_word
from bot.reading.items import Item, Items
from bot.reading.owning import is_beside
from bot.reading.parts import Part
from bot.reading.picking import picked
from bot.reading.report import Reading, report, said_trades
from bot.reading.reworking import step_of
from bot.reading.spelling import plain_words
from bot.reading.talk import asks, is_elsewhere, is_talk, lone_number, points, requests
from bot.reading.tickers import LONGEST_TICKER
from bot.reading.tokens import Token
from bot.reading.words import TAGGED, Tag
from bot.trading.contracts import contract
from statemachine.events import Closed, Corrected, Detailed, Unread
from statemachine.trade import TradeFields

_OR_PNL = frozenset({"pnl", "entry_price", "exit_price"})
"""A price is asked for, "or the P&L"."""
_OF_A_CLOSE = frozenset({"exit_price", "exit_time", "day", "pnl", "pnl_basis", "position_size", "commissions"})


def answer(said: list[Token], items: Items, context: Context) -> Reading | None:
    """What a message with facts says about the pending drafts; None where it has nothing to do with them."""
    detailed = context.state == "awaiting_details"
    if not detailed and not (context.state == "awaiting_confirmation" and context.drafts):
        return None
    if asks(items) and not requests(plain_words(said)):
        return None
    if not detailed:
        return correction(said, items, context)
    if "trade" in context.missing:
        return _picked(said, items, context)
    return _ticker(said, context) or _detail(said, items, context)


def _ticker(said: list[Token], context: Context) -> Reading | None:
    """A single short word where the instrument was asked for: "aapl"."""
    words = [token for token in said if token.kind != "mark"]
    if "symbol" not in context.missing or len(words) != 1 or words[0].kind != "word":
        return None
    word = words[0].word
    plain = word.isascii() and word.isalpha() and len(word) <= LONGEST_TICKER
    named = contract(word) is not None and word in EVERYDAY
    if not named and (not plain or (word,) in TAGGED or is_known_word(word) or find_instruments(said)):
        return None
    return Reading(event=Detailed(fields=TradeFields(symbol=word.upper())))


def _picked(said: list[Token], items: Items, context: Context) -> Reading | None:
    """Which open trade was closed; perhaps another fact of the close. It is never turned into another trade."""
    event = picked(said, context)
    if event is not None:
        return Reading(event=event)
    told = said_trades(items, context)
    if len(told) != 1 or is_elsewhere(items):
        return None
    fields = told[0].fields
    facts = fields.said().keys() - {"note"}
    if not facts or isinstance(report(items, context).event, Closed) or _is_of_its_own(fields, context):
        return None
    if facts <= _OF_A_CLOSE:
        return checked(Detailed(fields=fields), told[0], items, context.asked())
    return Reading(event=Unread(understood=fields, reason="unclear"), said=told)


def _is_of_its_own(fields: TradeFields, context: Context) -> bool:
    """Names an instrument that is not held, or an entry: not the close that waits."""
    if fields.symbol is None:
        return False
    return fields.entry_price is not None or fields.symbol not in {trade.symbol for trade in context.open_trades}


def _is_whole(fields: TradeFields) -> bool:
    """A trade of its own, from the entry on."""
    return None not in (fields.symbol, fields.direction, fields.entry_price)


def _detail(said: list[Token], items: Items, context: Context) -> Reading | None:
    """Facts that were asked for; a report of its own stays a report."""
    draft = context.asked()
    which = meant(items, context.drafts)
    if which is not None and context.drafts[which - 1] is not draft and "symbol" not in context.missing:
        return correction(said, items, context)
    number = lone_number(items)
    if number is not None and number <= MOST_CONTRACTS and points(items) and context.missing != {"position_size"}:
        return Reading(event=Unread(understood=draft))
    part = Part(tuple(said))
    bare = _bare_details(items, context.missing, draft) or exchanged(items, draft) or _told_by_word(part, context)
    if bare is not None:
        return checked(Detailed(fields=bare), Said(fields=bare), items, draft)
    told = said_trades(items, context)
    if len(told) != 1 or is_elsewhere(items) or told[0].planned or is_beside(items, told[0].fields):
        return _cleared(said, items, context)
    left = as_way_out(told[0].fields, items, draft) if "exit_price" in context.missing else told[0].fields
    if _contradicts(left, draft):
        return _cleared(said, items, context)
    fields = as_sized(_asked_for(left, context.missing, draft), items, draft)
    if not fields.said() or is_talk(items, fields):
        return _cleared(said, items, context)
    if "exit_price" not in context.missing and isinstance(report(items, context).event, Closed):
        return None
    return checked(Detailed(fields=fields), replace(told[0], fields=fields), items, draft)


def _told_by_word(part: Part, context: Context) -> TradeFields | None:
    """ "two", "half a lot" where the size was asked for; "stopped out" where the exit was."""
    if "exit_price" in context.missing and (level := left_at_level(part, context.asked())) is not None:
        return level.fields
    if context.missing != {"position_size"} or not part.is_bare or not part.says_only("half"):
        return None
    size = step_of(part)
    return TradeFields(position_size=size) if size is not None else None


def _cleared(said: list[Token], items: Items, context: Context) -> Reading | None:
    """ "no stop" empties a field here as well; of which draft, the conversation knows."""
    reading = correction(said, items, replace(context, drafts=(context.asked(),)))
    if reading is None or not isinstance(reading.event, Corrected) or not reading.event.cleared:
        return None
    return reading


def _contradicts(said: TradeFields, draft: TradeFields) -> bool:
    """Tells of another trade: another instrument and a price, another side and an entry, or another entry in full."""
    other = said.symbol is not None and draft.symbol not in (None, said.symbol)
    if said.entry_price is None:
        return other and (said.exit_price is not None or said.pnl is not None)
    turned = said.direction is not None and draft.direction not in (None, said.direction)
    return other or turned or (_is_whole(said) and draft.entry_price not in (None, said.entry_price))


def _bare_details(items: Items, missing: frozenset[str], draft: TradeFields) -> TradeFields | None:
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
    if (first.sign or first.money or first.tag is Tag.MONEY) and missing & _OR_PNL:
        return TradeFields(pnl=signed)
    if first.tag is Tag.LOTS or _counts_contracts(first, draft):
        return TradeFields(position_size=first.value)
    for name in ("entry_price", "exit_price", "position_size", "stop_loss", "pnl"):
        if name in missing:
            return TradeFields(**{name: signed if name == "pnl" else first.value})  # type: ignore[arg-type]
    return None


def _counts_contracts(item: Item, draft: TradeFields) -> bool:
    """A bare "2" for a future is a number of contracts: none trades at such a price."""
    return item.value is not None and not item.decimals and _is_few_contracts(item.value, draft)


def _is_few_contracts(value: Decimal, draft: TradeFields) -> bool:
    known = contract(draft.symbol) if draft.symbol else None
    return value <= MOST_CONTRACTS and known is not None and known.kind == "future" and draft.position_size is None


def _asked_for(fields: TradeFields, missing: frozenset[str], draft: TradeFields) -> TradeFields:
    """An only price that was read as an entry is a size, or the exit where only the exit was asked for."""
    entry = fields.entry_price
    if entry is None or fields.exit_price is not None:
        return fields
    far = draft.entry_price is not None and not near(entry, draft.entry_price)
    whole = entry == entry.to_integral_value()
    if whole and fields.position_size is None and (_is_few_contracts(entry, draft) or (far and entry < 1000)):
        return replace(fields, entry_price=None, position_size=entry)
    if "exit_price" in missing and "entry_price" not in missing and fields.direction is None:
        return replace(fields, entry_price=None, exit_price=entry)
    return fields
