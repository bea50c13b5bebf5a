"""Which recorded trade is meant: the open one that is closed, the one reported again, the one that is edited."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from statemachine.conversation import Draft, KnownTrade
from statemachine.trade import TradeFields

MONEY = ("entry_price", "exit_price", "pnl")


# ---- open trades


def still_held(trade: KnownTrade, drafts: Sequence[Draft]) -> KnownTrade | None:
    """The open trade as it will be once the pending closes are confirmed; None when nothing will be left of it."""
    closed = [
        draft.fields.position_size for draft in drafts if draft.kind == "close" and draft.trade_id == trade.trade_id
    ]
    if not closed:
        return trade
    held = trade.fields.position_size
    sizes = [size for size in closed if size is not None]
    if held is None or len(sizes) < len(closed) or sum(sizes) >= held:
        return None
    left = held - sum(sizes)
    return replace(trade, fields=replace(trade.fields, position_size=left), open_size=str(left))


def meant_by(said: TradeFields, trades: Iterable[KnownTrade]) -> tuple[KnownTrade, ...]:
    """The trades that a close may speak of: nothing it says of symbol, side and entry is against them."""
    return tuple(
        trade
        for trade in trades
        if said.symbol in (None, trade.fields.symbol)
        and said.direction in (None, trade.fields.direction)
        and said.entry_price in (None, trade.fields.entry_price)
    )


def told_whole(said: TradeFields, trades: Iterable[KnownTrade]) -> KnownTrade | None:
    """The one open trade that a whole report is the end of: same symbol, side and entry, and now it was left."""
    facts = (said.symbol, said.direction, said.entry_price)
    if None in facts or said.is_open:
        return None
    same = [
        t for t in trades if (t.fields.symbol, t.fields.direction, t.fields.entry_price) == facts and _fits(said, t)
    ]
    return same[0] if len(same) == 1 else None


def _fits(said: TradeFields, trade: KnownTrade) -> bool:
    held = trade.fields.position_size
    return said.position_size is None or held is None or said.position_size <= held


def closing_fields(said: TradeFields, trade: KnownTrade) -> TradeFields:
    """The close with what the open trade already tells; a size that was not said is all that is held."""
    known = trade.fields
    return replace(
        said,
        symbol=known.symbol,
        direction=known.direction,
        entry_price=known.entry_price,
        stop_loss=known.stop_loss,
        take_profit=known.take_profit,
        position_size=said.position_size if said.position_size is not None else known.position_size,
    )


def closes_a_part(draft: Draft) -> bool:
    """Less is closed than is held."""
    trade = known_trade(draft)
    held = trade.fields.position_size if trade is not None else None
    closed = draft.fields.position_size
    return draft.kind == "close" and held is not None and closed is not None and closed < held


def known_trade(draft: Draft) -> KnownTrade | None:
    """The recorded trade that a draft closes or edits, as it was when the draft was made."""
    return next((choice for choice in draft.choices if choice.trade_id == draft.trade_id), None)


# ---- recorded trades


def is_twin(said: TradeFields, other: TradeFields) -> bool:
    """Equal in whatever both say, and that is enough to tell: symbol, side, and a price or a result."""
    mine, theirs = said.said(), other.said()
    common = (mine.keys() & theirs.keys()) - {"note"}
    if said.pnl_basis != other.pnl_basis and "net" in (said.pnl_basis, other.pnl_basis):
        common -= {"pnl"}  # a net figure is stored gross once the commissions are known
    enough = {"symbol", "direction"} <= common and any(name in common for name in MONEY)
    return enough and said.is_open == other.is_open and all(mine[name] == theirs[name] for name in common)


def changes(old: TradeFields, new: TradeFields) -> TradeFields | None:
    """What `new` says otherwise than `old`; None where nothing is."""
    changed = {name: value for name, value in new.said().items() if getattr(old, name) != value}
    return TradeFields(**changed) if changed else None
