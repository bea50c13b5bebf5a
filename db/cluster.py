"""The embedded PostgreSQL on disk: whose account runs it, where it lies, and how its programs are started.

Rules of this file: the standard library only, because `postgres_process` runs it without site-packages, and
single-threaded callers only, because `launch` runs Python between fork and exec.

PostgreSQL refuses to run as root. As root its programs therefore run as the owner of the data (a data
directory that root does not own), else as an unprivileged account of the system; what that account cannot
reach, as in a home folder closed to others, is placed under the system's state directory instead.
"""

import contextlib
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ADMIN: Final = "vigil_admin"
"""The cluster's superuser. Not `postgres`: that is an ordinary role on Supabase and in its local imitation."""

STATE: Final = Path("/var/db/vigil" if sys.platform == "darwin" else "/var/lib/vigil")
UNPRIVILEGED: Final = ("nobody", "daemon")
MEGABYTE: Final = 1_000_000
ROOM_TO_CREATE: Final = 200 * MEGABYTE
ROOM_TO_START: Final = 32 * MEGABYTE
PR_SET_PDEATHSIG: Final = 1
"""prctl(2) of Linux: a signal for this process when the thread that started it ends."""


class CannotServe(Exception):
    """Why there is no embedded server, in one line that says what to do; an OperatorError on the other side."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user and group PostgreSQL runs as when root starts it."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that is ready to be started; `account` is None where we are not root."""

    binaries: Path
    data: Path
    account: Account | None


def prepare(data_dir: Path, binaries: Path, password: str, lock: int, *, sync: bool) -> Cluster:
    """Find or create the cluster of this data directory.

    The caller holds the server lock (`lock` is its descriptor, passed on so that a left-over initdb holds it too).
    Raises CannotServe.
    """
    home = data_dir / "postgres"
    account = _account(home, data_dir) if os.geteuid() == 0 else None
    programs = binaries if account is None else _reachable_binaries(binaries, account)
    if home.exists():
        _require_room(home, ROOM_TO_START)
        return Cluster(programs, home.resolve(), account)
    if home.is_symlink():
        raise CannotServe(f"{home.readlink()} is missing: restore it, or remove {home} to start empty.")
    if account is None or reachable(data_dir, account):
        cluster = Cluster(programs, home.absolute(), account)
        _create(cluster, password, lock, sync=sync)
    else:
        # A name of its own each time: a data directory that was deleted must not come back with the old data.
        cluster = Cluster(programs, _state_folder() / secrets.token_hex(8), account)
        _create(cluster, password, lock, sync=sync)
        home.symlink_to(cluster.data)
    return cluster


def launch(cluster: Cluster, program: str, *arguments: str, lock: int, output: int) -> subprocess.Popen[bytes]:
    """Start a program of PostgreSQL as its account; on Linux it ends when this process does, however that ends."""
    account = cluster.account
    return subprocess.Popen(  # noqa: S603
        [str(cluster.binaries / program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        # Only what is needed: PGOPTIONS, PGDATA and their like would change what we start.
        env={"PATH": f"{cluster.binaries}:{os.defpath}", "LC_ALL": "C", "TZ": "UTC"},
        cwd="/",
        pass_fds=(lock,),
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else (),
        preexec_fn=_die_with(os.getpid()) if sys.platform == "linux" else None,
    )


def private_file(path: Path, flags: int = 0) -> int:
    """Open a file that only its owner reads, creating it; what root creates belongs to the folder's owner."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | flags, 0o600)
    # A second link would mean that the folder's owner put a file of others here.
    if os.geteuid() == 0 and os.fstat(descriptor).st_nlink == 1:
        folder = path.parent.stat()
        os.fchown(descriptor, folder.st_uid, folder.st_gid)
    return descriptor


def reachable(path: Path, account: Account) -> bool:
    """Whether the account may enter this folder, or execute this file, by its path."""
    path = path.resolve()
    return all(_may_execute(step.stat(), account) for step in (path, *path.parents))


def _may_execute(status: os.stat_result, account: Account) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _account(home: Path, data_dir: Path) -> Account:
    for path in (home, data_dir):
        if path.exists() and path.stat().st_uid != 0:
            return Account(path.stat().st_uid, path.stat().st_gid)
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise CannotServe(f"PostgreSQL needs an account other than root: create the user {UNPRIVILEGED[0]}.")


def _state_folder() -> Path:
    STATE.mkdir(mode=0o711, parents=True, exist_ok=True)
    return STATE


def _reachable_binaries(binaries: Path, account: Account) -> Path:
    """The installation itself, or a copy of it that the account can execute."""
    if reachable(binaries / "postgres", account):
        return binaries
    installation = binaries.parent
    package = installation.parent
    # The name changes with the wheel's contents, so an upgrade is copied anew.
    stamp = f"{(binaries / 'postgres').stat().st_mtime_ns:x}-{(binaries / 'postgres').stat().st_size:x}"
    copy = _state_folder() / f"{installation.name}-{stamp}"
    if not copy.exists():
        _copy_installation(package, installation.name, copy)
    return copy / package.name / installation.name / "bin"


def _copy_installation(package: Path, installation: str, copy: Path) -> None:
    draft = copy.with_name(f"{copy.name}.{secrets.token_hex(4)}")
    # The programs find their libraries relative to themselves: beside the package on Linux, in it on macOS.
    parts = (
        package.parent / f"{package.name}.libs",
        package / ".dylibs",
        *(package / installation / part for part in ("bin", "lib", "share")),
    )
    for part in filter(Path.is_dir, parts):
        shutil.copytree(part, draft / part.relative_to(package.parent), symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
    try:
        draft.rename(copy)
    except OSError:
        shutil.rmtree(draft)
        if not copy.exists():
            raise


def _require_room(path: Path, needed: int) -> None:
    free = shutil.disk_usage(path).free
    if free < needed:
        raise CannotServe(
            f"Only {free // MEGABYTE} MB are free for the database in {path}: "
            f"free at least {needed // MEGABYTE} MB, or set DATA_DIR to another disk."
        )


def _create(cluster: Cluster, password: str, lock: int, *, sync: bool) -> None:
    """Run initdb beside its final place: a cluster is there in full or not at all, whenever we are killed."""
    _require_room(cluster.data.parent, ROOM_TO_CREATE)
    draft = cluster.data.with_name(f"{cluster.data.name}.new")
    secret = cluster.data.with_name(f"{cluster.data.name}.password")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    secret.unlink(missing_ok=True)
    try:
        descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(password)
        for path in (draft, secret):
            if cluster.account is not None:
                os.chown(path, cluster.account.uid, cluster.account.gid, follow_symlinks=False)
        _initdb(cluster, draft, secret, lock, sync=sync)
    finally:
        secret.unlink(missing_ok=True)
    draft.rename(cluster.data)


def _initdb(cluster: Cluster, draft: Path, secret: Path, lock: int, *, sync: bool) -> None:
    # C.UTF-8 comes with PostgreSQL itself: lower() and regular expressions know all letters, as on Supabase,
    # whatever locales the machine has.
    arguments = [
        f"--pgdata={draft}",
        f"--username={ADMIN}",
        f"--pwfile={secret}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
    ]
    process = launch(
        cluster, "initdb", *arguments, *([] if sync else ["--no-sync"]), lock=lock, output=sys.stderr.fileno()
    )
    if process.wait() != 0:
        raise CannotServe("The database could not be created; its log, postgres.log in DATA_DIR, says why.")


def _die_with(parent: int) -> Callable[[], None]:
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        # After the change of user, which would clear it. SIGQUIT is the quick end that needs nobody's consent.
        prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
        if os.getppid() != parent:
            os._exit(1)

    return ask
