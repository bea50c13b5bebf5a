"""What the database holds now, as the sandbox page shows it: plain values, every word of others as text."""

from typing import Any

from db.conversations import load_conversation
from db.watching import Watched
from statemachine.conversation import Draft


def shown(watched: Watched) -> dict[str, Any]:
    """For the page, as JSON takes it. A pending draft that is not valid is none, as it is to the bot."""
    conversation, valid = load_conversation(watched.state, watched.pending_trade, watched.context)
    return {
        "trader": watched.trader,
        "state": conversation.state,
        "valid": valid,
        "drafts": [_draft(draft) for draft in conversation.drafts],
        "shelved": len(conversation.shelf),
        "charts": [trade.fields.symbol or "?" for trade in conversation.awaiting],
        "trades": watched.trades,
        "judged": watched.judged,
        "verdicts": watched.verdicts,
        "messages": watched.messages,
        "jobs": watched.jobs,
        "waiting": watched.waiting,
        "unsent": watched.unsent,
    }


def _draft(draft: Draft) -> dict[str, Any]:
    target = next((trade.fields for trade in draft.choices if trade.trade_id == draft.trade_id), None)
    return {
        "kind": draft.kind,
        "of": f"{target.symbol or '?'} {target.direction or ''}".strip() if target else None,
        "revision": draft.revision,
        "missing": [name.replace("_", " ") for name in draft.missing()],
        "fields": [[name.replace("_", " "), _value(value)] for name, value in draft.fields.said().items()],
        "pictures": len(draft.pictures),
        "copies": list(draft.copies),
    }


def _value(value: Any) -> str:
    return " ".join(f"#{tag}" for tag in value) if isinstance(value, tuple) else str(value)
