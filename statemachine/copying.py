"""One trade on several accounts: which accounts are meant, and the trades that a confirmed draft becomes.

- A draft of copies is one draft: shown, corrected and confirmed once. What is confirmed becomes one trade for each
  account, whose ids follow from the draft's, so that the same message never makes a second one.
- A P&L is each account's own, unless it was said to be the total.
- Copies that are open are closed together, and edited together, by whoever names no account.
"""

from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from uuid import uuid5

from statemachine.conversation import Draft, KnownTrade, Scene
from statemachine.matching import closing_fields, known_trade
from statemachine.trade import Copies, TradeFields

CENT = Decimal("0.01")


# ---- drafts to be recorded


def spread(draft: Draft, said: Copies, scene: Scene) -> Draft:
    """The draft on the accounts that were said. Where they are not known for sure, they are asked for."""
    draft = replace(draft, total=said.total or draft.total)
    unknown = next((name for name in said.names if name not in scene.accounts), None)
    if unknown is not None:
        return replace(draft, unknown_account=unknown, copies=(), copies_asked=None, fields=_on(draft, None))
    chosen = _chosen(said, scene)
    if chosen is None:
        return replace(draft, copies=(), copies_asked=said.count, unknown_account=None)
    if not chosen:
        return draft
    first, *others = chosen
    return replace(draft, fields=_on(draft, first), copies=tuple(others), copies_asked=None, unknown_account=None)


def _chosen(said: Copies, scene: Scene) -> tuple[str, ...] | None:
    """None: it has to be asked which. Empty: nothing was said of which."""
    if said.names:
        return said.names if said.count in (None, len(said.names)) else None
    if said.count is None:
        return scene.accounts if said.every else ()
    if said.count == len(scene.accounts):
        return scene.accounts
    return (scene.account,) if said.count == 1 else None


def on_one(draft: Draft) -> Draft:
    """An account was named by itself: the trade is on that one."""
    return replace(draft, copies=(), copies_asked=None)


def accounts_of(draft: Draft) -> tuple[str, ...]:
    """The accounts that a draft is recorded on, each once."""
    return tuple(dict.fromkeys((draft.fields.booked_on, *draft.copies)))


def _on(draft: Draft, account: str | None) -> TradeFields:
    return replace(draft.fields, account=account)


# ---- open and recorded trades


def are_copies(trades: Iterable[KnownTrade]) -> bool:
    """The same trade on several accounts."""
    first, *others = trades
    return bool(others) and all(trade.trade_id in first.copies for trade in others)


def closing_together(draft: Draft, trades: tuple[KnownTrade, ...]) -> Draft:
    """A close of all of these; each is closed with what it holds, unless a size was said."""
    first, *others = trades
    fields = closing_fields(draft.fields, first)
    return replace(
        draft, trade_id=first.trade_id, choices=trades, others=tuple(t.trade_id for t in others), fields=fields
    )


def meant_together(trades: tuple[KnownTrade, ...], said: Copies | None) -> tuple[KnownTrade, ...]:
    """Those of the open trades that a close is of together; empty where it is of one only, or not known which."""
    if said is not None and said.names:
        named = tuple(trade for trade in trades if trade.fields.booked_on in said.names)
        return named if _same_trade(named) and len(named) == len(said.names) else ()
    wanted = said is not None and (said.every or said.count == len(trades))
    if len(trades) > 1 and ((wanted and _same_trade(trades)) or are_copies(trades)):
        return trades
    return ()


def _same_trade(trades: tuple[KnownTrade, ...]) -> bool:
    """One market, one side, and no account twice."""
    accounts = [trade.fields.booked_on for trade in trades]
    markets = {(trade.fields.symbol, trade.fields.direction) for trade in trades}
    return len(markets) == 1 and len(set(accounts)) == len(accounts)


# ---- what is confirmed


def shares(draft: Draft) -> tuple[Draft, ...]:
    """The drafts of single trades that a draft stands for; a draft of one trade is its only share."""
    if draft.kind == "record":
        names = accounts_of(draft)
        if len(names) == 1:
            return (draft,)
        return tuple(_copy(draft, name, place, len(names)) for place, name in enumerate(names))
    return (
        (_of_one(draft, draft.trade_id), *(_of_one(draft, other) for other in draft.others))
        if draft.others
        else (draft,)
    )


def _copy(draft: Draft, account: str, place: int, count: int) -> Draft:
    fields = replace(draft.fields, account=account, pnl=_part(draft, place, count))
    number = draft.id if place == 0 else uuid5(draft.id, account)
    return replace(draft, id=number, fields=fields, copies=(), total=False, copy_of=draft.id)


def _part(draft: Draft, place: int, count: int) -> Decimal | None:
    """Of a total, a part in whole cents; what does not divide is the first one's."""
    said = draft.fields.pnl
    if said is None or not draft.total:
        return said
    part = (said / count).quantize(CENT, ROUND_DOWN)
    return said - part * (count - 1) if place == 0 else part


def _of_one(draft: Draft, trade_id: object) -> Draft:
    trade = next(choice for choice in draft.choices if choice.trade_id == trade_id)
    alone = replace(draft, trade_id=trade.trade_id, choices=(trade,), others=())
    shown = known_trade(draft)
    if draft.kind != "close" or shown is None:
        return alone
    size = draft.fields.position_size
    said = replace(draft.fields, position_size=None if size == shown.held else size)
    return replace(alone, fields=closing_fields(said, trade))
