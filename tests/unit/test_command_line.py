"""Wrong use and wrong settings: usage errors exit 2, everything else is one line that says what to do and exit 1."""

from pathlib import Path

import pytest

from tests.commands import free_port, vigil
from tests.servers.telegram import TelegramServer

SECRET = "hunter2-hunter2"
NOBODY = f"postgresql://vigil:{SECRET}@127.0.0.1:{{port}}/vigil?sslmode=disable"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("run", "--only", "telegram,pigeons"),
        ("link-code", "jane@example.com"),
        ("link-code", "jane@example.com", "pigeon"),
        ("chat", "--user", "jane@example.com", "--new"),
    ],
)
async def test_wrong_use_exits_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = await vigil(tmp_path, *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "Usage: " in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"port": "eighty"}, "PORT must be"),
        ({"database_url": NOBODY.format(port=6543)}, "set DATABASE_DIRECT_URL"),
        ({"database_url": SECRET}, "DATABASE_URL must be postgresql://"),
        ({"ai_keys_secret": SECRET}, "AI_KEYS_SECRET must be 32 random bytes"),
        ({"supabase_url": "https://project.example.com"}, "SUPABASE_SERVICE_ROLE_KEY must be set too"),
    ],
)
async def test_wrong_settings_are_named(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    refusal = (await vigil(tmp_path, "doctor", **settings)).refusal()
    assert said in refusal
    assert SECRET not in refusal


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("migrate",),
        ("jobs",),
        ("chat", "--user", "jane@example.com"),
    ],
)
async def test_no_database_listens(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = await vigil(tmp_path, *arguments, database_url=NOBODY.format(port=free_port()))
    assert "database" in ended.refusal()
    assert SECRET not in ended.err


async def test_debug_shows_where_it_failed(tmp_path: Path) -> None:
    ended = await vigil(tmp_path, "--debug", "jobs", database_url=NOBODY.format(port=free_port()))
    assert ended.code == 1
    assert "Traceback" in ended.err
    assert SECRET not in ended.err


async def test_telegram_refuses_the_token(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        ended = await vigil(
            tmp_path, "run", telegram_bot_token=f"7000001:{SECRET}", telegram_api_url=server.url, port=0
        )
    assert "TELEGRAM_BOT_TOKEN is refused" in ended.refusal()
    assert SECRET not in ended.err


async def test_lines_that_are_no_records_are_named(tmp_path: Path) -> None:
    ended = await vigil(tmp_path, "read", stdin='{"id": 1, "text": "long nq"}\nnonsense\n')
    assert "line 2 is not a record" in ended.refusal()
    assert len(ended.lines) == 1


async def test_reading_by_model_needs_a_key(tmp_path: Path) -> None:
    ended = await vigil(tmp_path, "read", "--ai", stdin='{"id": 1, "text": "long nq"}\n')
    assert "OPENAI_API_KEY" in ended.refusal()
    assert ended.out == ""
