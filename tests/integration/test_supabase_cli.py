"""`supabase db push`, by the real CLI, and `vigil migrate` take turns on one project. Skipped where there is no CLI.

npm install supabase
PATH=node_modules/.bin:$PATH .venv/bin/python -m pytest -rP tests/integration/test_supabase_cli.py
"""

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from db import migrations as ours
from db.migrations import MIGRATIONS, migrate, migrations
from tests.integration.databases import REGIMES, Regime, connected, project_database, push
from tests.integration.test_as_postgres import Facts, state

CLI = shutil.which("supabase") or ""
FILES = migrations()
VERSIONS = [file.version for file in FILES]
POSITIONS = range(len(FILES) + 1)
SECONDS = 60.0
HISTORY = "select version, name, statements from supabase_migrations.schema_migrations order by version"

if not CLI:
    pytest.skip("needs the Supabase CLI: npm install supabase, and node_modules/.bin in PATH", allow_module_level=True)


async def run_cli(folder: Path, dsn: str, *options: str) -> tuple[int, str]:
    """The CLI's exit status, and all that it said."""
    process = await asyncio.create_subprocess_exec(
        *(CLI, "db", "push", "--yes", *options, "--workdir", str(folder), f"--remote={dsn}"),
        env=os.environ | {"SUPABASE_TELEMETRY_DISABLED": "1", "DO_NOT_TRACK": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), SECONDS)
    except BaseException:
        process.kill()
        await process.wait()
        raise
    assert process.returncode is not None
    return process.returncode, out.decode()


async def db_push(folder: Path, dsn: str, *options: str) -> tuple[str, list[str]]:
    """All that the CLI said, and the files it applied. It must end with success."""
    status, said = await run_cli(folder, dsn, *options)
    assert status == 0, said
    return said, [line.split()[2].rstrip(".") for line in said.splitlines() if line.startswith("Applying migration")]


def folder_of(parent: Path, count: int) -> Path:
    """A copy of supabase/ with the first files only."""
    folder = parent / f"first-{count}"
    shutil.copytree(MIGRATIONS.parent, folder / "supabase")
    for file in FILES[count:]:
        (folder / "supabase" / "migrations" / file.path.name).unlink()
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def wanted(server_dsn: str) -> Facts:
    async with project_database(server_dsn) as (project, superuser):
        await migrate(project)
        return await state(superuser)


@pytest.mark.parametrize("regime", REGIMES)
async def test_running_either_after_the_other_changes_nothing(
    server_dsn: str, wanted: Facts, tmp_path: Path, regime: Regime
) -> None:
    whole = folder_of(tmp_path, len(FILES))
    async with project_database(server_dsn, regime) as (by_cli, by_cli_super):
        said, applied = await db_push(whole, by_cli)
        assert applied == [file.path.name for file in FILES], said
        assert await state(by_cli_super) == wanted
        assert await migrate(by_cli) == []
        async with project_database(server_dsn, regime) as (by_vigil, by_vigil_super):
            assert await migrate(by_vigil) == VERSIONS
            said, applied = await db_push(whole, by_vigil)
            assert ("up to date" in said, applied) == (True, []), said
            assert await state(by_vigil_super) == wanted
            async with connected(by_cli) as one, connected(by_vigil) as other:
                assert await one.fetch(HISTORY) == await other.fetch(HISTORY)


@pytest.mark.parametrize("count", POSITIONS)
async def test_vigil_goes_on_where_the_cli_stopped(server_dsn: str, wanted: Facts, tmp_path: Path, count: int) -> None:
    async with project_database(server_dsn, REGIMES[count % 2]) as (project, superuser):
        if count:
            await db_push(folder_of(tmp_path, count), project)
        assert await migrate(project) == VERSIONS[count:]
        assert await state(superuser) == wanted


@pytest.mark.parametrize("count", POSITIONS)
async def test_the_cli_goes_on_where_vigil_stopped(
    server_dsn: str, wanted: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    async with project_database(server_dsn, REGIMES[(count + 1) % 2]) as (project, superuser):
        first: Callable[[], list[ours.Migration]] = lambda: FILES[:count]  # noqa: E731
        with monkeypatch.context() as earlier:
            earlier.setattr(ours, "migrations", first)
            assert await migrate(project) == VERSIONS[:count]
        _, applied = await db_push(folder_of(tmp_path, len(FILES)), project)
        assert applied == [file.path.name for file in FILES[count:]]
        assert await state(superuser) == wanted


@pytest.mark.parametrize("count", POSITIONS[1:])
async def test_a_file_pushed_twice_fails_cleanly_or_changes_nothing(
    server_dsn: str, tmp_path: Path, count: int
) -> None:
    """As if its record had been lost, right after it was applied."""
    async with project_database(server_dsn, REGIMES[count % 2]) as (project, superuser):
        async with connected(project) as connection:
            await push(connection, FILES[:count])
            await connection.execute(
                "delete from supabase_migrations.schema_migrations where version = $1", VERSIONS[count - 1]
            )
        before = await state(superuser)
        status, said = await run_cli(folder_of(tmp_path, count), project)
        assert await state(superuser) == before, said
        print(next((line for line in said.splitlines() if line.startswith("ERROR")), said.splitlines()[0]))
        assert f"Applying migration {FILES[count - 1].path.name}" in said
        assert (status == 0) == ("ERROR" not in said), said


async def test_the_seed_is_sown_once(server_dsn: str, tmp_path: Path) -> None:
    whole = folder_of(tmp_path, len(FILES))
    async with project_database(server_dsn) as (project, _), connected(project) as connection:
        for _ in range(2):
            await db_push(whole, project, "--include-seed")
        assert await traders(connection) == 1
        seed = whole / "supabase" / "seed.sql"
        seed.write_text(seed.read_text() + "\n-- another text is run again, and finds that all is done\n")
        await db_push(whole, project, "--include-seed")
        assert await traders(connection) == 1


async def traders(connection: asyncpg.Connection) -> int:
    count: int = await connection.fetchval("select count(*) from public.profiles")
    return count
