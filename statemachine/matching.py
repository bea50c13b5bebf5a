"""Which recorded trade is meant: the open one that is closed, the one reported again, the one that is edited."""

from collections.abc import Iterable, Set
from dataclasses import replace
from decimal import Decimal

from statemachine.conversation import Draft, KnownTrade
from statemachine.trade import EMPTIABLE, FIELD_NAMES, REMARKS, TradeFields

MONEY = ("entry_price", "exit_price", "pnl")
SETTLED_BY_PARTS = frozenset(
    {"symbol", "direction", "entry_price", "exit_price", "position_size", "pnl", "pnl_basis", "exit_time"}
)
"""What the result of a part that was closed rests on."""
ASIDE = frozenset({"stop_loss", "take_profit", "entry_time", "exit_time", "day", "commissions"}) | REMARKS
"""What the rest of a trade does not depend on."""
KNOWN_OF_OPEN = frozenset({"symbol", "direction", "entry_price", "stop_loss", "take_profit", "account"})
"""What an open trade tells of its close."""


# ---- open trades


def still_held(trade: KnownTrade, drafts: Iterable[Draft]) -> KnownTrade | None:
    """The open trade as it will be once these closes are done; None when nothing will be left of it."""
    closed = [
        draft.fields.position_size
        for draft in drafts
        if draft.kind == "close" and trade.trade_id in (draft.trade_id, *draft.others)
    ]
    if not closed:
        return trade
    held = trade.held
    sizes = [size for size in closed if size is not None]
    if held is None or len(sizes) < len(closed) or sum(sizes) >= held:
        return None
    return replace(trade, open_size=held - sum(sizes))


def meant_by(said: TradeFields, trades: Iterable[KnownTrade]) -> tuple[KnownTrade, ...]:
    """The trades that a close may speak of: nothing it says of symbol, side and entry is against them."""
    return tuple(
        trade
        for trade in trades
        if said.account in (None, trade.fields.booked_on)
        and said.symbol in (None, trade.fields.symbol)
        and said.direction in (None, trade.fields.direction)
        and said.entry_price in (None, trade.fields.entry_price)
    )


def told_whole(said: TradeFields, trades: Iterable[KnownTrade]) -> tuple[KnownTrade, ...]:
    """The open trades that a whole report may be the end of: same symbol, side and entry, and now it was left."""
    facts = (said.symbol, said.direction, said.entry_price)
    if None in facts or said.is_open:
        return ()
    return tuple(
        t
        for t in trades
        if (t.fields.symbol, t.fields.direction, t.fields.entry_price) == facts
        and said.account in (None, t.fields.booked_on)
        and _fits(said, t)
    )


def _fits(said: TradeFields, trade: KnownTrade) -> bool:
    held = trade.held
    return said.position_size is None or held is None or said.position_size <= held


def closing_fields(said: TradeFields, trade: KnownTrade) -> TradeFields:
    """The close with what the open trade already tells; a size that was not said is all that is held."""
    known = trade.fields
    return replace(
        said,
        derived=tuple(derived for derived in said.derived if derived.field not in KNOWN_OF_OPEN),
        symbol=known.symbol,
        direction=known.direction,
        entry_price=known.entry_price,
        stop_loss=known.stop_loss,
        take_profit=known.take_profit,
        account=known.account,
        position_size=said.position_size if said.position_size is not None else trade.held,
    )


def closing_anew(draft: Draft, trade: KnownTrade, pending: Iterable[Draft]) -> Draft:
    """A close to be asked again, as `trade` has changed since: a part stays that part, all is all that is left now."""
    shown, size = known_trade(draft), draft.fields.position_size
    if shown is not None and size == shown.held:
        size = (still_held(trade, pending) or trade).held
    return draft.changed(fields=closing_fields(replace(draft.fields, position_size=size), trade), choices=(trade,))


def is_as_shown(draft: Draft, trade: KnownTrade) -> bool:
    """What a close was asked with still holds."""
    shown = known_trade(draft)
    return shown is not None and _asked_with(shown) == _asked_with(trade)


def _asked_with(trade: KnownTrade) -> tuple[Decimal | None, str | None, str | None, Decimal | None]:
    return trade.held, trade.fields.symbol, trade.fields.direction, trade.fields.entry_price


def closes_a_part(draft: Draft) -> bool:
    """Less is closed than is held."""
    trade = known_trade(draft)
    held = trade.held if trade is not None else None
    closed = draft.fields.position_size
    return draft.kind == "close" and held is not None and closed is not None and closed < held


def costs(draft: Draft) -> Decimal | None:
    """The commissions that come off a draft's P&L: of a trade that is closed in one piece, the entry's too.

    A part has only those that were said with it: the entry's count on the trade's own day.
    """
    trade, said = known_trade(draft), draft.fields.commissions
    paid = trade.fields.commissions if trade is not None else None
    if draft.kind != "close" or trade is None or paid is None or trade.open_size is not None or closes_a_part(draft):
        return said
    return paid + (said or 0)


def known_trade(draft: Draft) -> KnownTrade | None:
    """The recorded trade that a draft closes or edits, as it was when the draft was made."""
    return next((choice for choice in draft.choices if choice.trade_id == draft.trade_id), None)


# ---- recorded trades


def is_twin(said: TradeFields, other: TradeFields) -> bool:
    """Equal in whatever both say, and that is enough to tell: symbol, side, and a price or a result; on one account."""
    if said.booked_on != other.booked_on:
        return False
    mine, theirs = said.said(), other.said()
    common = (mine.keys() & theirs.keys()) - (REMARKS | {"account"})
    if said.pnl_basis != other.pnl_basis and "net" in (said.pnl_basis, other.pnl_basis):
        common -= {"pnl"}  # a net figure is stored gross once the commissions are known
    enough = {"symbol", "direction"} <= common and any(name in common for name in MONEY)
    return enough and said.is_open == other.is_open and all(mine[name] == theirs[name] for name in common)


def changes(trade: KnownTrade, said: TradeFields) -> TradeFields | None:
    """What is said otherwise than the trade is recorded; None where nothing is.

    A report that is read anew leaves the day that was named: an answer moves it.
    """
    old, names = trade.fields, set(said.said())
    if said.symbol is not None or said.day == trade.day:
        names.discard("day")
    if not moves_account(old, said):
        names.discard("account")
    merged = old.merged(said)
    changed = frozenset(name for name in names if getattr(old, name) != getattr(merged, name))
    return said.only(changed) if changed else None


def emptied(trade: KnownTrade, cleared: Set[str]) -> frozenset[str]:
    """Of these facts, those that the trade has."""
    return frozenset(name for name in cleared if getattr(trade.fields, name) is not None)


def needed(trade: KnownTrade, cleared: Set[str]) -> str | None:
    """One of these facts that the trade cannot be without; its P&L, where no price tells of it."""
    kept = cleared - EMPTIABLE if trade.fields.entry_price is not None else cleared - (EMPTIABLE - {"pnl"})
    return next((name for name in FIELD_NAMES if name in emptied(trade, kept)), None)


def moves_account(known: TradeFields, said: TradeFields) -> bool:
    """Another account is named than the one that a recorded trade counts on."""
    return said.account not in (None, known.booked_on)


def is_shown(draft: Draft, trade: KnownTrade) -> bool:
    """What an edit or a deletion was asked with still holds: what it changes, and what that was computed from."""
    shown, said = known_trade(draft), draft.alters
    aside = draft.kind == "edit" and said <= ASIDE
    names = said if aside else said | (frozenset(FIELD_NAMES) - ASIDE)
    if shown is None or any(_told(shown, name) != _told(trade, name) for name in names):
        return False
    return aside or (shown.is_open, shown.open_size) == (trade.is_open, trade.open_size)


def _told(trade: KnownTrade, name: str) -> object:
    if name == "day":
        return trade.day
    return trade.fields.booked_on if name == "account" else getattr(trade.fields, name)


def forbidden_by_parts(trade: KnownTrade, changed: Set[str]) -> bool:
    """A part of the trade is closed and counted: its result would no longer fit what is changed."""
    return trade.is_open and trade.open_size is not None and not SETTLED_BY_PARTS.isdisjoint(changed)
