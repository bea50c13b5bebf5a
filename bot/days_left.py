"""The days that changes of the journal took a trade from: their other trades were judged with it, and are again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.job_payloads import audit_job, trade_job
from statemachine.message import Chat

Side = Mapping[str, Any] | None


def look_again_jobs(
    changes: Iterable[Mapping[str, Any]], chat: Chat, user_id: UUID, now: datetime
) -> list[dict[str, Any]]:
    """A job for each day, of its account, that a trade counted on and does not any more. `changes`: as applied."""
    return [
        audit_job(trade_job(chat, user_id, UUID(change["trade_id"]), now, day=day, account_id=account))
        for change in changes
        if change["id"] is not None
        for day, account in sorted(_days(change["before"]) - _days(change["after"]), key=str)
    ]


def _days(side: Side) -> set[tuple[str, str | None]]:
    if side is None:
        return set()
    account = (side["facts"] or {}).get("account_id")
    return {(one["day"], account) for one in (side, *side.get("legs", ())) if one.get("day") is not None}
