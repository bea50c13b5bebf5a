"""The operator's commands, run as processes against a database: what they do, and how they refuse."""

import asyncio
import json
import re
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from bot.ai_keys import Sealed, open_key, seal_key
from bot.job_payloads import ChatJob
from bot.jobs import Jobs
from bot.settings import read_settings
from db import ai_keys, inbox, links
from db.migrations import migrations
from statemachine.errors import OperatorError
from tests.commands import Ended, vigil
from tests.integration.databases import empty_database, sign_up
from tests.servers.auth import auth_server
from tests.servers.openai import answers, fails, openai_server

JANE = "jane@example.com"
KEY = "sk-proj-planted-key-of-jane"
SECRET = "A" * 43 + "="
Vigil = Callable[..., Awaitable[Ended]]


@pytest.fixture
def run(dsn: str, tmp_path: Path) -> Vigil:
    """Runs a command on the test's database."""
    return partial(vigil, tmp_path, database_url=dsn)


@pytest.fixture
async def jane(connection: asyncpg.Connection) -> UUID:
    return await sign_up(connection, JANE)


# Migrations.


async def test_migrate_tells_what_is_missing_then_applies_it(server_dsn: str, tmp_path: Path) -> None:
    versions = [migration.version for migration in migrations()]
    async with empty_database(server_dsn) as empty:
        checked = await vigil(tmp_path, "migrate", "--check", database_url=empty)
        assert f"{len(versions)} migrations are missing" in checked.refusal()
        assert checked.lines == [f"missing {version}" for version in versions]
        assert "--plain" in (await vigil(tmp_path, "migrate", database_url=empty)).refusal()
        applied = await vigil(tmp_path, "migrate", "--plain", database_url=empty)
        assert applied == Ended(0, "".join(f"applied {version}\n" for version in versions), "")
        again = await vigil(tmp_path, "migrate", "--check", database_url=empty)
        assert again == Ended(0, "nothing to apply\n", "")


async def test_other_commands_name_the_missing_migrations(server_dsn: str, tmp_path: Path) -> None:
    async with empty_database(server_dsn) as empty:
        assert "run `vigil migrate`" in (await vigil(tmp_path, "jobs", database_url=empty)).refusal()


async def test_migrations_go_over_the_direct_connection(dsn: str, tmp_path: Path) -> None:
    pooler = "postgresql://vigil:secret@127.0.0.1:6543/vigil"
    ended = await vigil(tmp_path, "migrate", database_url=pooler, database_direct_url=dsn)
    assert ended == Ended(0, "nothing to apply\n", "")


async def test_the_embedded_database_needs_no_setting() -> None:
    with tempfile.TemporaryDirectory(prefix="vigil-test-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # as root the server is another user, who must be able to pass
        first = await vigil(folder, "migrate")
        assert len(first.lines) == len(migrations()), first.err
        demo = await vigil(folder, "link-code", "demo@vigil.local", "telegram")
        assert demo.code == 0, demo.err


# Accounts.


async def test_a_user_is_added_once(run: Vigil, connection: asyncpg.Connection) -> None:
    added = await run("user", "add", "Jane@Example.com")
    user_id = await connection.fetchval("select id from auth.users where email = $1", JANE)
    assert added == Ended(0, f"{user_id}\n", "")
    assert await connection.fetchval("select count(*) from public.profiles where id = $1", user_id) == 1
    assert "already" in (await run("user", "add", "JANE@example.com")).refusal()


@pytest.mark.parametrize("email", ["jane@example", "jane\x07@example.com"])
async def test_what_is_no_address_is_refused(run: Vigil, email: str) -> None:
    assert "not an e-mail address" in (await run("user", "add", email)).refusal()


async def test_users_of_a_real_supabase_are_not_made_by_hand(run: Vigil, connection: asyncpg.Connection) -> None:
    await connection.execute("comment on schema auth is null")
    assert "set SUPABASE_URL" in (await run("user", "add", JANE)).refusal()
    assert await connection.fetchval("select count(*) from auth.users") == 0


async def test_users_are_added_through_supabase_auth(tmp_path: Path) -> None:
    async with auth_server() as server:
        add = partial(vigil, tmp_path, "user", "add", supabase_url=server.url, supabase_service_role_key=server.key)
        added = await add(" Jane@Example.com")
        assert added == Ended(0, f"{server.users[JANE]}\n", "")
        assert "already" in (await add(JANE)).refusal()
        wrong = (await add(JANE, supabase_service_role_key="planted-wrong-key")).refusal()
        assert "SUPABASE_SERVICE_ROLE_KEY" in wrong
        assert "planted" not in wrong
        for answer in ((502, "<html>gateway</html>"), (200, "[]")):
            server.answer = answer
            assert "is not Supabase Auth" in (await add(JANE)).refusal()
        server.answer = (422, '{"code": 422, "error_code": "validation_failed"}')
        assert "validation_failed" in (await add(JANE)).refusal()
    assert "cannot be reached" in (await add(JANE)).refusal()


# Link codes.


async def test_a_link_code_works(run: Vigil, connection: asyncpg.Connection, jane: UUID) -> None:
    ended = await run("link-code", JANE.upper(), "whatsapp")
    code, how = ended.lines
    assert re.fullmatch(r"VGL-[A-HJ-NP-Z2-9]{4}", code)
    assert how == f"Send /link {code} to the bot within ten minutes."
    found = await links.find_code(connection, code, "whatsapp")
    assert found is not None
    assert found.user_id == jane
    assert await links.find_code(connection, code, "telegram") is None
    left = await connection.fetchval("select expires_at - now() from public.platform_link_codes where code = $1", code)
    assert 590 < left.total_seconds() <= 600


@pytest.mark.parametrize("command", ["link-code", "unlink"])
async def test_an_unknown_trader_is_named(run: Vigil, command: str) -> None:
    assert "no trader with this address" in (await run(command, "nobody@example.com", "telegram")).refusal()


async def test_unlinking_frees_the_chat(run: Vigil, connection: asyncpg.Connection, jane: UUID) -> None:
    await connection.execute("insert into worker.chats values ('telegram', '7', '42', $1)", jane)
    await connection.execute("update public.profiles set telegram_chat_id = '42' where id = $1", jane)
    await connection.execute(
        "insert into worker.outbox (platform, account, chat_id, user_id, payload)"
        " values ('telegram', '7', '42', $1, '{}')",
        jane,
    )
    assert (await run("unlink", JANE, "telegram")).out == f"{JANE} is no longer linked on telegram.\n"
    assert await connection.fetchval("select telegram_chat_id from public.profiles where id = $1", jane) is None
    assert await connection.fetchval("select user_id from worker.chats where chat_id = '42'") is None
    assert await connection.fetchval("select status from worker.outbox") == "dropped"
    assert (await run("unlink", JANE, "telegram")).out == f"{JANE} was not linked on telegram.\n"


# Traders' own keys.


async def test_an_own_key_is_sealed(run: Vigil, connection: asyncpg.Connection, jane: UUID) -> None:
    set_key = partial(run, "ai-key", "set", JANE, ai_keys_secret=SECRET)
    for key in ("sk-earlier", KEY):
        assert await set_key(stdin=f"{key}\n") == Ended(0, f"The key of {JANE} is stored.\n", "")
    stored = await ai_keys.own_key(connection, jane)
    secret = read_settings(None, ai_keys_secret=SECRET).ai_keys_key
    assert stored is not None
    assert secret is not None
    assert KEY.encode() not in stored.ciphertext
    assert open_key(Sealed(stored.nonce, stored.ciphertext), jane, secret) == KEY
    assert await connection.fetchval("select has_byok_key from public.profiles where id = $1", jane)


async def test_an_own_key_is_of_a_provider_and_can_be_removed(
    run: Vigil, connection: asyncpg.Connection, jane: UUID
) -> None:
    set_key = partial(run, "ai-key", "set", JANE, stdin=KEY, ai_keys_secret=SECRET)
    assert (await set_key("--provider", "mistral")).code == 0
    profile = "select ai_provider, has_byok_key from public.profiles where id = $1"
    assert dict(await connection.fetchrow(profile, jane)) == {"ai_provider": "mistral", "has_byok_key": True}
    assert await connection.fetchval("select provider from worker.ai_keys where user_id = $1", jane) == "mistral"
    unknown = await set_key("--provider", "evil.example")
    assert (unknown.code, KEY in unknown.err) == (2, False)
    assert (await run("ai-key", "remove", JANE)).out == f"The key of {JANE} is forgotten.\n"
    assert await ai_keys.own_key(connection, jane) is None
    assert await connection.fetchval("select has_byok_key from public.profiles where id = $1", jane) is False
    assert (await run("ai-key", "remove", JANE)).out == f"{JANE} had no key.\n"
    assert "no trader with this address" in (await run("ai-key", "remove", "nobody@example.com")).refusal()


@pytest.mark.parametrize(
    ("key", "settings", "said"),
    [
        ("  \n", {"ai_keys_secret": SECRET}, "No key came"),
        (f"{KEY}é", {"ai_keys_secret": SECRET}, "not one key"),
        (KEY, {}, "Set AI_KEYS_SECRET"),
    ],
)
async def test_no_key_and_no_secret_are_refused(
    run: Vigil, jane: UUID, key: str, settings: dict[str, str], said: str
) -> None:
    refusal = (await run("ai-key", "set", JANE, stdin=key, **settings)).refusal()
    assert said in refusal
    assert KEY not in refusal


def test_a_sealed_key_opens_for_its_trader_and_secret_only() -> None:
    user, secret = uuid4(), bytes(32)
    sealed = seal_key(KEY, user, secret)
    assert open_key(sealed, user, secret) == KEY
    assert seal_key(KEY, user, secret).nonce != sealed.nonce
    changed = Sealed(sealed.nonce, bytes([sealed.ciphertext[0] ^ 1]) + sealed.ciphertext[1:])
    for stored, owner, opener in ((sealed, uuid4(), secret), (sealed, user, b"x" * 32), (changed, user, secret)):
        with pytest.raises(OperatorError, match="AI_KEYS_SECRET"):
            open_key(stored, owner, opener)


@pytest.mark.parametrize("role", ["anon", "authenticated"])
async def test_clients_never_see_a_sealed_key(connection: asyncpg.Connection, role: str) -> None:
    await connection.execute(f"set role {role}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.fetch("select * from worker.ai_keys")


# Reading lines.

NOTHING = dict.fromkeys(
    (
        *("symbol", "direction", "entry_price", "exit_price", "position_size", "stop_loss", "take_profit", "pnl"),
        *("commissions", "entry_time", "exit_time"),
    )
)
PENDING = {"symbol": "NQ", "direction": "long", "entry_price": 18250, "position_size": 2}
UNSURE = {"id": "a", "text": "that last one ended around 18295", "context": {"pending_trade": PENDING}}
SURE = {"id": "b", "text": "long 2 nq 18250 > 18290 stop 18230"}
LINES = f"{json.dumps(UNSURE)}\n{json.dumps(SURE)}\n"


async def test_the_model_reads_what_plain_code_is_unsure_of(tmp_path: Path) -> None:
    trade = NOTHING | {"exit_price": 18295, "pnl_is_after_costs": False}
    plain = await vigil(tmp_path, "read", stdin=LINES)
    async with openai_server() as server:
        claim = {"intent": "change", "trades": [trade], "which": None, "cleared": []}
        server.script = [answers({"picture": None, "picture_lines": [], **claim})]
        server.otherwise = fails(401)
        read = partial(vigil, tmp_path, "read", "--ai", openai_api_key=server.key, openai_base_url=server.url)
        helped = await read(stdin=LINES)
        failed = await read(stdin=LINES)
    assert len(server.requests) == 2  # once each time: the other message is plain
    assert json.loads(plain.lines[0])["intent"] == "chatter"
    unsure = json.loads(helped.lines[0])
    assert (unsure["id"], unsure["intent"], unsure["trades"][0]["exit_price"]) == ("a", "correction", 18295)
    assert helped.lines[1] == plain.lines[1]
    assert (failed.code, failed.out) == (0, plain.out)
    assert "a: read by plain code alone" in failed.err


# Jobs.


async def plant_failed(connection: asyncpg.Connection, text: str) -> int:
    """A message that was set aside."""
    await connection.execute("insert into worker.chats values ('telegram', '7', '42')")
    number: int = await connection.fetchval(
        "insert into worker.inbox (platform, account, chat_id, external_id, status, payload, error)"
        " values ('telegram', '7', '42', 'x1', 'failed', $1::jsonb, 'KeyError') returning id",
        json.dumps({"text": text}),
    )
    return number


async def plant_dead_letter(connection: asyncpg.Connection, dsn: str, text: str) -> int:
    """A job that the engine ran and gave up on."""

    async def fail(job: ChatJob) -> None:
        raise ValueError(text)

    payload = ChatJob(platform="telegram", account="7", chat_id=text).model_dump_json()
    await inbox.enqueue(connection, [{"entrypoint": "drain", "payload": payload}])
    jobs = Jobs(dsn, read_settings(None), {"drain": fail}, {})
    running = asyncio.create_task(jobs.run())
    async with asyncio.timeout(20):
        while (number := await connection.fetchval("select id from worker.pgqueuer where status = 'failed'")) is None:
            await asyncio.sleep(0.05)
    jobs.stop()
    await running
    assert isinstance(number, int)
    return number


async def test_what_waits_is_counted_by_chat(run: Vigil, connection: asyncpg.Connection) -> None:
    await connection.execute("insert into worker.chats values ('telegram', '7', '42'), ('email', 'j@x.org', 'a@x.org')")
    await connection.execute(
        "insert into worker.inbox (platform, account, chat_id, external_id, status, payload, received_at) values"
        " ('telegram', '7', '42', '1', 'waiting', '{\"text\": \"planted\"}', now() - interval '5 minutes'),"
        " ('telegram', '7', '42', '2', 'waiting', '{}', now()), ('telegram', '7', '42', '3', 'done', null, now()),"
        " ('email', 'j@x.org', 'a@x.org', '1', 'waiting', '{}', now() - interval '3 hours')"
    )
    ended = await run("jobs", "waiting")
    assert ended.lines == [
        "Messages that wait: 3",
        "  email j@x.org a@x.org: 1, the oldest for 3 h",
        "  telegram 7 42: 2, the oldest for 5 min",
    ]


async def test_what_a_platform_calls_a_chat_moves_no_cursor(run: Vigil, connection: asyncpg.Connection) -> None:
    await connection.execute("insert into worker.chats values ('email', 'j@x.org', $1)", "a\x1b[2J\n@x.org")
    await connection.execute(
        "insert into worker.inbox (platform, account, chat_id, external_id, status, payload)"
        " values ('email', 'j@x.org', $1, '1', 'waiting', '{}')",
        "a\x1b[2J\n@x.org",
    )
    assert (await run("jobs", "waiting")).lines[1].startswith("  email j@x.org a?[2J?@x.org: 1,")


async def test_a_failed_message_is_listed_and_tried_again(run: Vigil, connection: asyncpg.Connection) -> None:
    number = await plant_failed(connection, "planted words")
    ended = await run("jobs")
    assert ended.code == 0
    assert re.search(rf"^  m{number}  telegram  KeyError  \d{{4}}-\d\d-\d\d \d\d:\d\d UTC$", ended.out, re.MULTILINE)
    assert "planted" not in ended.out
    assert (await run("jobs", "retry", f"m{number}")).out == f"m{number} waits for its turn again.\n"
    assert await connection.fetchval("select status from worker.inbox where id = $1", number) == "waiting"
    (job,) = await connection.fetch("select entrypoint, payload from worker.pgqueuer")
    assert job["entrypoint"] == "drain"
    assert ChatJob.model_validate_json(job["payload"]).chat_id == "42"
    assert f"m{number}" in (await run("jobs", "retry", f"m{number}")).refusal()


async def test_a_dead_letter_is_listed_and_tried_again(run: Vigil, connection: asyncpg.Connection, dsn: str) -> None:
    number = await plant_dead_letter(connection, dsn, "planted words")
    ended = await run("jobs", "failed")
    assert re.search(rf"^  j{number}  drain  ValueError  \d{{4}}-\d\d-\d\d \d\d:\d\d UTC$", ended.out, re.MULTILINE)
    assert "planted" not in ended.out
    assert (await run("jobs", "retry", f"J{number}")).out == f"j{number} waits for its turn again.\n"
    assert await connection.fetchval("select status from worker.pgqueuer where id = $1", number) == "queued"
    assert f"j{number}" in (await run("jobs", "retry", f"j{number}")).refusal()


@pytest.mark.parametrize(
    "identity", ["12", "m99999999999999999999", "j999999999999999999", "j12", "", "m", "m-1", "m1 or 1", "m\uff11"]
)
async def test_an_unknown_id_is_refused(run: Vigil, identity: str) -> None:
    assert "see `vigil jobs failed`" in (await run("jobs", "retry", "--", identity)).refusal()
