"""The process that owns the embedded PostgreSQL: starts it, waits until nobody uses it, stops it.

Commands that overlap share one server, and none of them may take it from the others by ending first: so its
parent is this small process, run by `db.embedded` with the standard library only. What keeps it honest is held
by the kernel, which lets go of it however a process ends:

- `server.lock` is held by this process and, through the inherited descriptor, by every process of PostgreSQL:
  whoever gets it knows that nothing of an earlier server lives.
- `users.lock` is shared by all who use the server. Getting it exclusively means that all of them are gone.
- PostgreSQL is a direct child that asked for a signal at our death (Linux; elsewhere an orphan is found by the
  next start).

Reports one line on standard output, `ready` or what is wrong, and closes it.
"""

import contextlib
import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Final

from db.cluster import CannotServe, Cluster, launch, prepare, private_file

READY: Final = "ready"
ADDRESS: Final = "server.json"
HOST: Final = "127.0.0.1"
START_SECONDS: Final = 60
"""Recovery after a power loss replays up to max_wal_size before the server answers."""
STOP: Final = ((signal.SIGINT, 5.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 1.0))
"""Fast, then immediate shutdown, with the seconds each is given; both lose nothing that was committed."""

SETTINGS: Final = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements carry what traders wrote; the log is for the server's own troubles.
    "log_min_error_statement": "panic",
    "log_min_messages": "log",
    "log_checkpoints": "off",
}


@dataclass(frozen=True, slots=True)
class Address:
    """What `server.json` in the data directory holds; mode 0600. `process` is 0 before the server is ready."""

    port: int
    password: str
    process: int


class _Ended(Exception):
    """The server ended while we waited for its users to leave."""


def main() -> None:
    """Run with one argument, JSON: data_dir, binaries, lock (an inherited descriptor), settings."""
    order = json.loads(sys.argv[2])
    data_dir, lock = Path(order["data_dir"]), int(order["lock"])
    os.umask(0o022)
    # A signal to the whole group or control group is meant for the commands; this process ends after them.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: None)
    users = private_file(data_dir / "users.lock")
    try:
        server = _serve(data_dir, Path(order["binaries"]), lock, order["settings"])
    except CannotServe as problem:
        _report(str(problem))
        sys.exit(1)
    except OSError as problem:
        _report(f"The database in {data_dir} cannot be started: {problem}.")
        sys.exit(1)
    _report(READY)
    _wait_until_unused(users, server)
    _stop(server)


def _report(line: str) -> None:
    try:
        print(line, flush=True)  # noqa: T201
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except BrokenPipeError:
        pass  # the command that started us is gone; others may be waiting


def _serve(data_dir: Path, binaries: Path, lock: int, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start PostgreSQL, wait until it takes connections and publish its address."""
    address = _address(data_dir)
    # Written before the cluster is made: a cluster whose password nobody knows would be lost.
    _publish(data_dir, address)
    sync = settings.get("fsync") != "off"
    cluster = prepare(data_dir, binaries, address.password, lock, sync=sync)
    _clear_pid_file(cluster)
    address = replace(address, port=_free_port(address.port))
    values = SETTINGS | settings | {"port": str(address.port)}
    arguments = [f"--{name}={value}" for name, value in values.items()]
    log = sys.stderr.fileno()
    begin = os.fstat(log).st_size
    server = launch(cluster, "postgres", "-D", str(cluster.data), *arguments, lock=lock, output=log)
    _wait_until_ready(server, cluster.data, begin)
    _publish(data_dir, replace(address, process=server.pid))
    return server


def read_address(data_dir: Path) -> Address | None:
    """The address last published in this data directory, whether or not a server is there."""
    try:
        return Address(**json.loads((data_dir / ADDRESS).read_text()))
    except FileNotFoundError:
        return None


def _address(data_dir: Path) -> Address:
    """The address used before, or a new password: both outlive the server, so that links to it stay good."""
    known = read_address(data_dir)
    if known is not None:
        return replace(known, process=0)
    if (data_dir / "postgres").exists():
        raise CannotServe(
            f"{data_dir / ADDRESS}, which has the database's password, is missing: "
            f"restore it, or remove {data_dir / 'postgres'} to start empty."
        )
    return Address(port=0, password=secrets.token_urlsafe(24), process=0)


def _publish(data_dir: Path, address: Address) -> None:
    draft = data_dir / f"{ADDRESS}.new"
    draft.unlink(missing_ok=True)
    with os.fdopen(private_file(draft), "w") as file:
        json.dump(asdict(address), file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(data_dir / ADDRESS)


def _clear_pid_file(cluster: Cluster) -> None:
    """Remove what a killed server left: PostgreSQL would refuse to start if its number is in use again.

    The server lock says that no server of ours lives; one that somebody started by hand must not be joined by a second.
    """
    file = cluster.data / "postmaster.pid"
    try:
        process = int(file.read_text().split("\n", 1)[0])
    except FileNotFoundError:
        return
    except ValueError:
        process = 0  # torn by a power loss
    if process and _serves(process, cluster.data):
        raise CannotServe(f"Another PostgreSQL (process {process}) uses {cluster.data}: stop it first.")
    file.unlink()


def _serves(process: int, data: Path) -> bool:
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{process}/cwd").samefile(data)
        except OSError:
            return False
    shown = subprocess.run(  # noqa: S603
        ["/bin/ps", "-o", "command=", "-p", str(process)], capture_output=True, text=True, check=False
    )
    return str(data) in shown.stdout


def _free_port(wanted: int) -> int:
    """The port used before where it is free, else any other."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise CannotServe(f"No port is free on {HOST}.")


def _wait_until_ready(server: subprocess.Popen[bytes], data: Path, begin: int) -> None:
    """Wait for the line that PostgreSQL writes when it takes connections; `begin` is where its log begins."""
    deadline = time.monotonic() + START_SECONDS
    file = data / "postmaster.pid"
    while server.poll() is None and time.monotonic() < deadline:
        lines = file.read_text().split("\n") if file.exists() else []
        if len(lines) > 7 and lines[0] == str(server.pid) and lines[7].strip() == "ready":
            return
        time.sleep(0.005)
    _stop(server)
    raise CannotServe(f"The database did not start: {_complaint(begin)}")


def _complaint(begin: int) -> str:
    text = os.pread(sys.stderr.fileno(), 100_000, begin).decode(errors="replace")
    lines = [line for line in text.splitlines() if line.strip()]
    fatal = [line.split("FATAL:", 1)[1].strip() for line in lines if "FATAL:" in line]
    return (fatal or lines or ["it wrote nothing to its log"])[-1]


def _wait_until_unused(users: int, server: subprocess.Popen[bytes]) -> None:
    """Return when nobody holds the users' lock any more, holding it, or when the server ended by itself."""

    def look(_number: int, _frame: FrameType | None) -> None:
        if server.poll() is not None:
            raise _Ended

    with contextlib.suppress(_Ended):
        signal.signal(signal.SIGCHLD, look)
        if server.poll() is None:
            fcntl.flock(users, fcntl.LOCK_EX)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _stop(server: subprocess.Popen[bytes]) -> None:
    for number, seconds in STOP:
        server.send_signal(number)  # does nothing to a server that has ended
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(seconds)
            return
