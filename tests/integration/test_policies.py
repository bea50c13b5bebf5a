"""Every policy lets through what it is for, and nothing is let through without it; none is forgotten."""

import asyncpg
import pytest

from tests.integration.access import Access
from tests.integration.conftest import Filled
from tests.integration.rows import Table

READ, ADD, CHANGE, DELETE = "select", "insert", "update", "delete"
ALL = f"{READ} {ADD} {CHANGE} {DELETE}"
POLICIES = {
    "announcement_dismissals": {"Users manage their own dismissals": ALL},
    "announcements": {"Anyone sees active announcements": READ},
    "broker_connections": {"Users manage their own broker connections": ALL},
    "daily_tracking": {"Users manage their own days": ALL},
    "journal_conversations": {"Users manage their own conversations": ALL},
    "journal_messages": {"Users see their own messages": READ},
    "platform_link_codes": {"Users add their own link codes": ADD, "Users see their own link codes": READ},
    "profiles": {"Users see their own profile": READ, "Users update their own profile": CHANGE},
    "referrals": {"Users record who referred them": ADD, "Users see referrals they are part of": READ},
    "storage.objects": {
        "Users upload their own screenshots": ADD,
        "Users read their own screenshots": READ,
        "Users delete their own screenshots": DELETE,
    },
    "strategy_analyses": {
        "Users add their own analyses": ADD,
        "Users see their own analyses": READ,
        "Users update their own analyses": CHANGE,
    },
    "sync_logs": {"Users see the logs of their own connections": READ},
    "trade_marks": {"Users see their own marks": READ},
    "trade_rule_verdicts": {"Users manage the verdicts on their own trades": ALL},
    "trades": {"Users manage their own trades": ALL},
    "trading_rules": {"Users manage their own rules": ALL},
}
RESTRICTIVE = {("storage.objects", "Screenshots stay in the folder of their user")}
"""Tried in test_attacks.py: with it path tricks are refused, and a wider policy opens nothing."""
EACH = [(table, policy) for table, policies in POLICIES.items() for policy in policies]


@pytest.mark.parametrize(("table", "policy"), EACH)
async def test_opens_what_it_is_for(filled: Filled, table: str, policy: str) -> None:
    """Each verb takes one's own rows and those alone; with the policy gone it takes none."""
    access = Access(filled.db, (filled.one, filled.two))
    loaded = await Table.load(filled.db, table)
    verbs = POLICIES[table][policy].split()
    if table == "storage.objects":
        await filled.db.execute("alter table storage.objects disable trigger protect_objects_delete")
    own = "p" if table == "announcements" else "o"
    assert [await access.cell("the user", verb, loaded) for verb in verbs] == [own] * len(verbs)
    if ADD in verbs:
        assert await access.cell("another", ADD, loaded) == "-"
    await filled.db.execute(f'drop policy "{policy}" on {table}')
    closed = {ADD: "-"}
    assert [await access.cell("the user", verb, loaded) for verb in verbs] == [closed.get(verb, "n") for verb in verbs]


async def test_none_is_forgotten(connection: asyncpg.Connection) -> None:
    rows = await connection.fetch("select polrelid::regclass::text, polname, polpermissive from pg_policy")
    assert {(table, name) for table, name, permissive in rows if permissive} == set(EACH)
    assert {(table, name) for table, name, permissive in rows if not permissive} == RESTRICTIVE
    assert len(EACH) + len(RESTRICTIVE) == 24
