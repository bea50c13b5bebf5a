"""What a run left behind, comparable with another run of the same traffic, and how its replies arrived.

Left out is what two runs cannot share: moments, random ids, the order of jobs. Ids of trades and traders are compared.
"""

import itertools
import json
import re
from collections import Counter
from typing import Any

import asyncpg

from adapters.telegram_wire import to_calls
from bot.stored import load_reply
from tests.servers.telegram_traffic import Sent

Effects = dict[str, list[str]]

CLOCK = re.compile(r"\b\d\d:\d\d\b")
JUDGED = re.compile(r" · ([✓✗?] \d+|not judged yet)[^\n]*")
"""What /trades tells of an audit, which may or may not have run by then."""
NUMBERED = re.compile(r"([ur]):\d+")
"""The data of Undo and Redo: the change's number, which a turn that was rolled back has used up."""
MOMENTS = frozenset({"created_at", "updated_at", "loose_at", "shelved_at"})

QUERIES = {
    "inbox": "select chat_id, external_id, user_id, status, error from worker.inbox order by chat_id, id",
    "profiles": """
        select id, telegram_chat_id, gmail_journal_address, current_streak_days, longest_streak_days,
               free_audits_remaining
        from public.profiles order by id""",
    "trades": """
        select to_jsonb(t) - array['created_at', 'daily_tracking_id', 'screenshot_url', 'audit_result', 'entry_time',
                                   'exit_time']
               || jsonb_build_object('day', d.trade_date, 'pictured', t.screenshot_url is not null) as trade
        from public.trades t left join public.daily_tracking d on d.id = t.daily_tracking_id order by t.id""",
    "facts": "select to_jsonb(f) - 'created_at' as facts from worker.trade_facts f order by trade_id",
    "pictures": "select trade_id, handle from worker.pictures_taken order by 1, 2",
    "days": "select to_jsonb(d) - 'id' as day from public.daily_tracking d order by user_id, trade_date",
    "conversations": """
        select user_id, platform, platform_chat_id, state, pending_trade, context
        from public.journal_conversations order by user_id, platform""",
    "changes": """
        select user_id, kind, trade_id, undone_at is not null as undone, before is null as made
        from worker.changes order by user_id, id""",
    "verdicts": """
        select v.trade_id, r.rule_text, v.verdict, v.evidence, v.severity
        from public.trade_rule_verdicts v join public.trading_rules r on r.id = v.rule_id order by 1, 2""",
    "log": """
        select user_id, platform, direction, content_type, trade_id, split_part(content_preview, E'\\n', 1) as line,
               metadata
        from public.journal_messages order by user_id, 2, 3, 4, 5, 6""",
    "replies": "select chat_id, user_id, trade_id, payload from worker.outbox order by chat_id, id",
    "jobs": "select entrypoint, status from worker.pgqueuer order by 1, 2",
}


async def effects_of(connection: asyncpg.Connection) -> Effects:
    """The journal and the worker's tables as sorted lines."""
    found: Effects = {}
    for name, query in QUERIES.items():
        lines = [_line(dict(row)) for row in await connection.fetch(query)]
        # Verdicts come when their job ran: where a reply or its line in the log stands is not the traffic's choice.
        found[name] = sorted(lines) if name in ("log", "replies") else lines
    return found


def differences(expected: Effects, found: Effects) -> list[str]:
    """What is missing (-) and what is too much (+), by table."""
    told: list[str] = []
    for name in expected:
        missing, extra = Counter(expected[name]), Counter(found[name])
        told += [f"- {name}: {line}" for line in (missing - extra).elements()]
        told += [f"+ {name}: {line}" for line in (extra - missing).elements()]
        if not told and expected[name] != found[name]:
            told.append(f"! {name}: the same rows in another order")
    return told


def _line(row: dict[str, Any]) -> str:
    values = {name: json.loads(value) if _is_json(value) else value for name, value in row.items()}
    return json.dumps(_steady(values), default=str, sort_keys=True, ensure_ascii=False)


def _is_json(value: Any) -> bool:
    return isinstance(value, str) and value[:1] in ("{", "[")


def _steady(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _steady(part) for name, part in value.items() if name not in MOMENTS}
    if isinstance(value, list):
        return [_steady(part) for part in value]
    if isinstance(value, str):
        numbered = NUMBERED.fullmatch(value)
        return numbered[1] if numbered else JUDGED.sub("", CLOCK.sub("", value))
    return value


OUTBOX = "select chat_id, status, payload::text from worker.outbox order by chat_id, id"


async def delivery_faults(connection: asyncpg.Connection, sent: list[Sent]) -> list[str]:
    """Replies that were not delivered, or not in the order of the outbox; a repeat follows its first at once."""
    rows = await connection.fetch(OUTBOX)
    faults = [f"{row['status']}: {row['payload']}" for row in rows if row["status"] != "sent"]
    for chat_id, replies in itertools.groupby(rows, lambda row: row["chat_id"]):
        expected = [call.text for row in replies for call in to_calls(load_reply(json.loads(row["payload"])))]
        arrived = [message.source for message in sent if str(message.chat_id) == chat_id]
        if not _repeats_only(expected, arrived):
            faults.append(f"chat {chat_id}: expected {expected}, arrived {arrived}")
    return faults


def _repeats_only(expected: list[str], arrived: list[str]) -> bool:
    """Both say the same in the same order, but for repeats in a row."""
    wanted = [(text, len(list(run))) for text, run in itertools.groupby(expected)]
    came = [(text, len(list(run))) for text, run in itertools.groupby(arrived)]
    return [text for text, _ in wanted] == [text for text, _ in came] and all(
        least <= count for (_, least), (_, count) in zip(wanted, came, strict=True)
    )
