"""What is known when a message is read."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from statemachine.trade import TradeFields


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known when a message is read.

    state        of the conversation: idle, awaiting_details, awaiting_confirmation, awaiting_screenshot
    drafts       trades that wait for an answer
    missing      names of what was asked for: fields, or "trade" where an open trade has to be picked
    open_trades  recorded trades without an exit
    plans        what is planned and not filled, oldest first
    now, zone    the message's moment (aware UTC) and the trader's zone: what clock times are resolved with
    """

    state: str
    drafts: tuple[TradeFields, ...] = ()
    missing: frozenset[str] = frozenset()
    open_trades: tuple[TradeFields, ...] = ()
    plans: tuple[TradeFields, ...] = ()
    now: datetime
    zone: ZoneInfo

    def asked(self) -> TradeFields:
        """The draft that was asked about: the first that lacks what is missing."""
        lacking = (draft for draft in self.drafts if all(getattr(draft, name, None) is None for name in self.missing))
        if "trade" in self.missing:
            lacking = (draft for draft in lacking if draft.entry_price is None)
        return next(lacking, self.drafts[-1] if self.drafts else TradeFields())

    def left_open(self) -> tuple[TradeFields, ...]:
        """The open trades of which something is left once the waiting drafts are confirmed."""
        return tuple(trade for trade in self.open_trades if not self._is_closed(trade))

    def _is_closed(self, trade: TradeFields) -> bool:
        facts = (trade.symbol, trade.direction, trade.entry_price)
        closing = [d for d in self.drafts if (d.symbol, d.direction, d.entry_price) == facts and not d.is_open]
        sizes = [draft.position_size for draft in closing]
        if not closing or trade.position_size is None or None in sizes:
            return bool(closing)
        return sum(size for size in sizes if size is not None) >= trade.position_size
