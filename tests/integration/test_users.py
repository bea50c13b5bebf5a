"""`vigil user show`: what an operator sees of a trader, and what never."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from bot.ai_keys import seal_key
from db import ai_keys
from tests.commands import Ended, vigil
from tests.integration.databases import sign_up

JANE = "jane@example.com"
Vigil = Callable[..., Awaitable[Ended]]


@pytest.fixture
def run(dsn: str, tmp_path: Path) -> Vigil:
    return partial(vigil, tmp_path, database_url=dsn)


@pytest.fixture
async def jane(connection: asyncpg.Connection) -> UUID:
    user = await sign_up(connection, JANE)
    await connection.execute("update public.profiles set created_at = '2026-03-21 10:00+00' where id = $1", user)
    return user


async def test_a_new_trader(run: Vigil, jane: UUID) -> None:
    assert (await run("user", "show", JANE.upper())).lines == [
        f"{JANE}  {jane}",
        "  joined   2026-03-21 10:00 UTC",
        "  plan     free",
        "  audits   3 free left",
        "  linked   nowhere (vigil link-code)",
        "  waiting  0 messages, 0 replies",
        "  failed   nothing",
        "  journal  no trades",
    ]


async def test_a_trader_in_trouble(run: Vigil, connection: asyncpg.Connection, jane: UUID) -> None:
    await connection.execute(
        """update public.profiles set telegram_chat_id = '42', whatsapp_phone = E'+1555\\x1b[2J',
           subscription_status = 'active', subscription_plan = 'pro', subscription_period_end = '2026-12-01'
           where id = $1""",
        jane,
    )
    await connection.execute(
        """insert into worker.chats (platform, account, chat_id, user_id, last_inbound_at, blocked_at) values
           ('telegram', '7', '42', $1, '2026-04-01 09:00+00', null),
           ('whatsapp', '+1', '+1555', $1, null, '2026-04-02 08:00+00')""",
        jane,
    )
    await connection.execute(
        "insert into public.journal_conversations (user_id, platform, platform_chat_id, state)"
        " values ($1, 'telegram', '42', 'awaiting_details')",
        jane,
    )
    failed = await connection.fetchval(
        """insert into worker.inbox (platform, account, chat_id, external_id, status, payload) values
           ('telegram', '7', '42', '1', 'waiting', '{"text": "planted words"}'),
           ('telegram', '7', '42', '2', 'failed', '{"text": "planted words"}'),
           ('telegram', '7', '43', '1', 'failed', '{}') returning id"""
    )
    await connection.execute(
        """insert into worker.outbox (platform, account, chat_id, user_id, payload, status)
           select 'telegram', '7', '42', $1, '{"text": "planted words"}', status
           from unnest(array['pending', 'held', 'refused', 'sent']) status""",
        jane,
    )
    await connection.execute(
        "insert into public.trades (user_id, symbol, created_at) values ($1, 'NQ', '2026-04-01 09:00+00')", jane
    )
    ended = await run("user", "show", JANE)
    assert ended.lines[2:] == [
        "  plan     active (pro) until 2026-12-01 00:00 UTC",
        "  audits   unlimited",
        "  linked   telegram 42, whatsapp +1555?[2J",
        "  chat     telegram 7 42: awaiting_details, last message 2026-04-01 09:00 UTC, 1 waiting",
        "  chat     whatsapp +1 +1555: idle, nothing written yet, blocked the bot 2026-04-02 08:00 UTC",
        "  waiting  1 message, 1 reply, 1 until they write, 1 refused by the platform",
        f"  failed   m{failed + 1} (vigil jobs)",
        "  journal  1 trade, the latest recorded 2026-04-01 09:00 UTC; 0 open, 1 without an audit",
    ]
    assert "planted" not in ended.out


async def test_an_own_key_is_named_by_its_provider_alone(
    run: Vigil, connection: asyncpg.Connection, jane: UUID
) -> None:
    sealed = seal_key("sk-planted", jane, bytes(32))
    await ai_keys.keep_key(connection, jane, "mistral", *sealed)
    ended = await run("user", "show", JANE)
    assert ended.lines[3] == "  audits   on an own key (mistral)"
    assert "planted" not in ended.out
    assert bytes(sealed[1]).hex() not in ended.out


async def test_of_another_trader_nothing_is_shown(run: Vigil, connection: asyncpg.Connection, jane: UUID) -> None:
    other = await sign_up(connection, "other@example.com")
    await connection.execute("insert into public.trades (user_id, symbol) values ($1, 'NQ')", other)
    await connection.execute(
        "insert into worker.chats (platform, account, chat_id, user_id) values ('telegram', '7', '43', $1)", other
    )
    ended = await run("user", "show", JANE)
    assert ended.lines[-1] == "  journal  no trades"
    assert "43" not in ended.out.partition("\n")[2]


async def test_a_code_for_a_platform_that_is_linked_says_what_comes_first(
    run: Vigil, connection: asyncpg.Connection, jane: UUID
) -> None:
    await connection.execute("update public.profiles set telegram_chat_id = '42' where id = $1", jane)
    ended = await run("link-code", JANE, "telegram")
    assert ended.lines[2:] == [f"It works once the chat that is linked now is not: vigil unlink {JANE} telegram"]
    assert len((await run("link-code", JANE, "discord")).lines) == 2


# How they refuse: one line that says what to do, exit 1; a wrong call is exit 2.

COMMANDS = (
    ("user", "show", JANE),
    ("user", "add", JANE),
    ("link-code", JANE, "telegram"),
    ("unlink", JANE, "telegram"),
    ("ai-key", "remove", JANE),
    ("jobs",),
    ("jobs", "waiting"),
    ("jobs", "retry", "m1"),
    ("migrate",),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
async def test_without_a_database_one_line_says_so(tmp_path: Path, command: tuple[str, ...]) -> None:
    nowhere = "postgresql://vigil:planted@127.0.0.1:1/vigil"
    refusal = (await vigil(tmp_path, *command, database_url=nowhere)).refusal()
    assert "is it running?" in refusal or "cannot connect to the database" in refusal
    assert "planted" not in refusal


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("nobody@example.com", "`vigil user add EMAIL` makes one"),
        ("nobody", "write it like"),
        ("a@b.c\x1b[2J", "write it like"),
        ("", "write it"),
    ],
)
async def test_an_unknown_trader_is_named(run: Vigil, email: str, said: str) -> None:
    assert said in (await run("user", "show", email)).refusal()
    assert said in (await run("link-code", email, "telegram")).refusal()


@pytest.mark.parametrize("command", [("user",), ("user", "show"), ("link-code", JANE, "fax"), ("jobs", "retry")])
async def test_a_wrong_call_is_told_how(run: Vigil, command: tuple[str, ...]) -> None:
    ended = await run(*command)
    assert (ended.code, "Traceback" in ended.err) == (2, False)
    assert "Usage: " in ended.err
