"""Drafts about recorded trades: a change of one, its deletion."""

from collections.abc import Set
from dataclasses import replace
from typing import Literal
from uuid import uuid5

from statemachine.conversation import Draft, KnownTrade
from statemachine.matching import changes, emptied
from statemachine.trade import TradeFields
from statemachine.work import Work


def edit_of(work: Work, target: KnownTrade, said: TradeFields, cleared: frozenset[str] = frozenset()) -> Draft:
    """The draft of a change: of all copies of a trade, unless an account is named."""
    draft = of_recorded(work, target, "edit", alone=said.account is not None)
    return altered(draft, target, said, cleared)


def of_recorded(work: Work, target: KnownTrade, kind: Literal["edit", "delete"], *, alone: bool) -> Draft:
    """A draft about a recorded trade, and about its copies unless it is of this one alone."""
    known = {trade.trade_id: trade for trade in work.scene.known}
    copies = () if alone else tuple(known[number] for number in target.copies if number in known)
    return Draft(
        id=uuid5(work.scene.message_id, kind),
        kind=kind,
        fields=TradeFields(),
        said_at=work.scene.said_at,
        by_model=work.by_model,
        heard_at=work.heard_at,
        trade_id=target.trade_id,
        choices=(target, *copies),
        others=tuple(copy.trade_id for copy in copies),
    )


def altered(draft: Draft, trade: KnownTrade, said: TradeFields, cleared: Set[str]) -> Draft:
    """An edit that says and empties this, as far as it is recorded otherwise."""
    left = emptied(trade, cleared - said.said().keys())
    return replace(draft, fields=changes(trade, said) or TradeFields(), cleared=left)


def forget_edit(work: Work, target: KnownTrade) -> tuple[Draft, ...]:
    """A later edit of the same message replaces the one that was proposed."""
    edits = tuple(d for d in work.drafts if (d.kind, d.trade_id) == ("edit", target.trade_id))
    work.drafts = [pending for pending in work.drafts if pending not in edits]
    return edits
