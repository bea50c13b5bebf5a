"""`vigil doctor` against services that answer, refuse and are not there; nothing secret is ever printed."""

import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.ai_keys import seal_key
from db import ai_keys
from tests.commands import Ended, free_port, vigil
from tests.integration.databases import empty_database, sign_up
from tests.servers.openai import OpenAIServer, openai_server
from tests.servers.storage import StorageServer, storage_server
from tests.servers.telegram import TelegramServer
from tests.servers.telegram_traffic import Webhook

SECRET = "A" * 43 + "="
PLANTED = "planted0secret"


class Services:
    """Everything the doctor asks, and the settings that lead there."""

    def __init__(self, dsn: str, telegram: TelegramServer, storage: StorageServer, model: OpenAIServer) -> None:
        self.telegram, self.storage, self.model = telegram, storage, model
        self.settings: dict[str, Any] = {
            "database_url": dsn,
            "supabase_url": storage.url,
            "supabase_service_role_key": storage.key,
            "telegram_bot_token": telegram.token,
            "telegram_api_url": telegram.url,
            "openai_api_key": model.key,
            "openai_base_url": model.url,
            "ai_keys_secret": SECRET,
            "port": 0,
        }

    async def examine(self, folder: Path, **settings: object) -> Ended:
        return await vigil(folder, "doctor", **{**self.settings, **settings})


@pytest.fixture
async def services(dsn: str) -> AsyncIterator[Services]:
    async with AsyncExitStack() as stack:
        yield Services(
            dsn,
            await stack.enter_async_context(TelegramServer()),
            await stack.enter_async_context(storage_server(f"{PLANTED}-service")),
            await stack.enter_async_context(openai_server(f"sk-{PLANTED}")),
        )


def state_of(ended: Ended, name: str) -> tuple[str, str]:
    """ok, fail or –, and what was said of a variable."""
    (line,) = [line for line in ended.lines if line.split()[1] == name]
    state, _, text = line.split(maxsplit=2)
    return state, text


async def test_all_is_well(services: Services, tmp_path: Path) -> None:
    ended = await services.examine(tmp_path, share_secret=f"{PLANTED}-shared")
    assert (ended.code, ended.err) == (0, ""), ended
    states = {line.split()[1]: line.split()[0] for line in ended.lines}
    assert states == dict.fromkeys(
        ("DATABASE_URL", "DATABASE_DIRECT_URL", "SUPABASE_URL", "DATA_DIR", "TELEGRAM_BOT_TOKEN"), "ok"
    ) | dict.fromkeys(("OPENAI_API_KEY", "AI_KEYS_SECRET", "SHARE_SECRET", "PORT"), "ok") | dict.fromkeys(
        ("DISCORD_BOT_TOKEN", "DISCORD_GUILD_ID", "TWILIO_ACCOUNT_SID", "TWILIO_TEMPLATE_SID"), "–"
    ) | dict.fromkeys(("IMAP_URL", "SMTP_URL", "DATABASE_CA_FILE", "SHARE_URL"), "–")
    assert state_of(ended, "IMAP_URL")[1] == "not set"
    assert "voice notes are heard by gpt-transcribe" in state_of(ended, "OPENAI_API_KEY")[1]
    assert PLANTED not in ended.out


async def test_wrong_keys_are_told_one_by_one(services: Services, tmp_path: Path) -> None:
    ended = await services.examine(
        tmp_path,
        supabase_service_role_key=f"{PLANTED}-wrong",
        telegram_bot_token=f"7000001:{PLANTED}",
        openai_api_key=f"sk-{PLANTED}-wrong",
    )
    assert ended.code == 1
    assert "Storage refuses (403)" in state_of(ended, "SUPABASE_URL")[1]
    assert state_of(ended, "TELEGRAM_BOT_TOKEN") == (
        "fail",
        "Telegram refuses this token; @BotFather has the right one.",
    )
    assert "Check OPENAI_API_KEY" in state_of(ended, "OPENAI_API_KEY")[1]
    assert state_of(ended, "DATABASE_URL")[0] == "ok"
    assert PLANTED not in ended.out + ended.err


async def test_services_that_are_not_there(services: Services, tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = await services.examine(
            tmp_path,
            database_url=f"postgresql://vigil:{PLANTED}@127.0.0.1:{free_port()}/vigil?sslmode=disable",
            supabase_url=nowhere,
            telegram_api_url=nowhere,
            data_dir="/proc/vigil",
            port=taken.getsockname()[1],
        )
    assert ended.code == 1
    for name in ("DATABASE_URL", "DATABASE_DIRECT_URL", "SUPABASE_URL", "DATA_DIR", "TELEGRAM_BOT_TOKEN", "PORT"):
        assert state_of(ended, name)[0] == "fail", ended.out
    assert "Traceback" not in ended.out + ended.err
    assert PLANTED not in ended.out + ended.err


async def test_the_webhook_must_lead_here(services: Services, tmp_path: Path) -> None:
    examine = partial(
        services.examine, tmp_path, telegram_webhook_secret="hook", public_url="https://vigil.example.com"
    )
    assert "delivers to nobody" in state_of(await examine(), "TELEGRAM_BOT_TOKEN")[1]
    services.telegram.webhook = Webhook("https://vigil.example.com/telegram", "hook")
    assert state_of(await examine(), "TELEGRAM_BOT_TOKEN")[0] == "ok"


async def test_a_public_bucket_and_a_full_disk_fail(services: Services, tmp_path: Path) -> None:
    services.storage.public = True
    ended = await services.examine(tmp_path, disk_reserve_megabytes=10**9)
    assert "is public" in state_of(ended, "SUPABASE_URL")[1]
    assert "free some disk" in state_of(ended, "DATA_DIR")[1]


async def test_the_web_app_must_answer_where_shares_are_shown(services: Services, tmp_path: Path) -> None:
    ended = await services.examine(tmp_path, share_url=services.storage.url)
    assert state_of(ended, "SHARE_URL") == ("ok", "the web app answers where /share sends people")
    ended = await services.examine(tmp_path, share_url=f"http://127.0.0.1:{free_port()}")
    assert state_of(ended, "SHARE_URL") == ("fail", "Nothing answers there (ConnectError).")
    assert state_of(ended, "SHARE_SECRET") == ("–", "not set: strangers are offered no /try")


async def test_the_secret_must_open_the_keys_that_are_stored(
    services: Services, tmp_path: Path, connection: asyncpg.Connection
) -> None:
    jane = await sign_up(connection, "jane@example.com")
    await ai_keys.keep_key(connection, jane, "openai", *seal_key("sk-jane", jane, b"x" * 32))
    state, text = state_of(await services.examine(tmp_path), "AI_KEYS_SECRET")
    assert (state, "does not open a stored key" in text) == ("fail", True)


async def test_missing_migrations_fail(services: Services, server_dsn: str, tmp_path: Path) -> None:
    async with empty_database(server_dsn) as empty:
        ended = await services.examine(tmp_path, database_url=empty)
    assert state_of(ended, "DATABASE_URL")[0] == "fail"
    assert "run `vigil migrate`" in state_of(ended, "DATABASE_URL")[1]


async def test_a_direct_connection_to_another_database_is_noticed(
    services: Services, server_dsn: str, tmp_path: Path
) -> None:
    ended = await services.examine(tmp_path, database_direct_url=server_dsn)
    state, text = state_of(ended, "DATABASE_DIRECT_URL")
    assert (state, "keeps no lock for DATABASE_URL" in text) == ("fail", True)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the embedded server may pass through when it runs as another user."""
    with tempfile.TemporaryDirectory(prefix="vigil-test-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


async def test_without_any_setting_the_embedded_database_is_looked_at(folder: Path) -> None:
    ended = await vigil(folder, "doctor", port=0)
    assert ended.code == 0, ended
    assert "embedded PostgreSQL in .vigil answers" in state_of(ended, "DATABASE_URL")[1]
    assert state_of(ended, "DATABASE_DIRECT_URL")[0] == "ok"
    assert state_of(ended, "OPENAI_API_KEY") == ("–", "not set")
