"""What a language model is told about a trade, for the rules that are left to it: facts and figures, no sentences.

What is not known is left out or null, never guessed. Clock times are those of the trader's zone, which is named.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.auditing.checks_plan import canonical
from bot.auditing.facts import AuditFacts, Logged
from bot.trading.pnl import r_multiple, reward_to_risk, risk

MOST_TOLD = 20
"""Other trades of the day that are told one by one, the latest before this one; all of them are counted."""


def told(facts: AuditFacts) -> dict[str, Any]:
    """JSON-ready, and the same for the same facts."""
    return {
        "zone": facts.zone.key,
        "trade": _trade(facts.this, facts) | _plan(facts),
        "day": _day(facts),
        "account": {
            "size": _text(facts.account_size),
            "currency": facts.account_currency,
            "phase": facts.phase,
            "balance_at_start_of_day": _text(facts.starting_balance),
            "daily_loss_limit": _text(facts.daily_limit),
        },
    }


def _text(value: Decimal | int | None) -> str | None:
    return None if value is None else str(value)


def _clock(moment: datetime | None, facts: AuditFacts) -> str | None:
    return None if moment is None else f"{moment.astimezone(facts.zone):%Y-%m-%d %H:%M}"


def _trade(trade: Logged, facts: AuditFacts) -> dict[str, Any]:
    """What is known of one trade; its note is the trader's own words and goes another way."""
    said = {name: str(value) for name, value in trade.fields.said().items() if name not in _OTHERWISE}
    told_ = {
        "entered": _clock(trade.fields.entry_time, facts),
        "left": _clock(trade.fields.exit_time, facts),
        "trading_day": None if trade.day is None else f"{trade.day:%a %Y-%m-%d}",
        "is_open": trade.is_open,
        "net_pnl": _text(_net(trade, facts)),
        "outcome": None if trade.is_open else facts.outcome_of(trade),
        "symbol": canonical(trade.fields.symbol),
        "initial_stop": _text(trade.stop),
    }
    return said | told_


_OTHERWISE = frozenset({"note", "entry_time", "exit_time", "symbol", "day", "stop_loss", "account"})


def _net(trade: Logged, facts: AuditFacts) -> Decimal | None:
    amounts = [made.amount for made in facts.realised_of(trade)]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(amounts) else None


def _plan(facts: AuditFacts) -> dict[str, Any]:
    """What the trade itself allows to compute. A stop that was moved is told beside the one it was entered with."""
    trade, currency, value = facts.trade, facts.account_currency, facts.this.point_value
    moved = trade.stop_loss if trade.stop_loss != facts.stop else None
    return {
        "stop_moved_to": _text(moved),
        "risk": _text(risk(trade, facts.stop, currency, value)),
        "planned_r": _rounded(reward_to_risk(trade, facts.stop)),
        "realised_r": _rounded(r_multiple(trade, facts.stop, currency, value)),
    }


def _rounded(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _day(facts: AuditFacts) -> dict[str, Any]:
    """The day so far: the trades that came before this one, as far as the journal can order them."""
    begun = facts.began_on(facts.this)
    before = [other for other in facts.before() if facts.began_on(other) == begun]
    before.sort(key=lambda other: other.fields.entry_time or other.recorded[0])
    moment = facts.entered(facts.this).last
    closed = [other for other in before if facts.closed_by(other, moment)]
    closed.sort(key=lambda other: facts.left(other).last)
    nets = [_net(other, facts) for other in closed]
    losses = [other for other in closed if facts.outcome_of(other) == "loss"]
    beside = [other for other in facts.others if facts.open_at(other, moment)]
    return {
        "number_of_this_trade": len(before) + 1,
        "net_pnl_before": None if None in nets else str(sum((net for net in nets if net is not None), Decimal(0))),
        "losses_before": len(losses),
        "last_loss": _trade(losses[-1], facts) if losses else None,
        "last_closed": _trade(closed[-1], facts) if closed else None,
        "open_beside": [_trade(other, facts) for other in beside[:MOST_TOLD]],
        "trades_before": [_trade(other, facts) for other in before[-MOST_TOLD:]],
    }
