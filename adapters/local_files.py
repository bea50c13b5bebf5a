"""Files of the chats that this program serves itself, the terminal's and the sandbox page's, in the data directory.

What comes in is kept under a name made of its content, which is the attachment's handle: the file that was sent may be
gone by the time a job fetches it. Files of replies are for the person to open. All are readable by their owner only.
"""

import asyncio
import hashlib
import re
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from statemachine.errors import AttachmentRefused

MAX_FILE: Final = 20 * 1024 * 1024
"""Bytes, as Telegram allows a bot to fetch."""

_HANDLE: Final = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{1,5}")


def kept(data: bytes, suffix: str, folder: Path) -> str:
    """Keeps what was sent, whole or not at all; its handle. Raises OSError."""
    kind = suffix.lower().removeprefix(".")
    handle = f"{hashlib.sha256(data).hexdigest()}.{kind if re.fullmatch('[a-z0-9]{1,5}', kind) else 'bin'}"
    _write(data, folder, handle)
    return handle


def saved(name: str, data: bytes, folder: Path) -> Path:
    """Keeps a file of a reply, whole or not at all; one of the same name is replaced. Raises OSError."""
    return _write(data, folder, Path(name).name)


async def fetched(handle: str, limit: int, folder: Path) -> bytes:
    """What was kept. Raises AttachmentRefused: "gone" for an unknown handle, "too_large" beyond `limit` bytes."""
    if not _HANDLE.fullmatch(handle):
        raise AttachmentRefused("gone")
    try:
        data = await asyncio.to_thread((folder / handle).read_bytes)
    except OSError as error:
        raise AttachmentRefused("gone") from error
    if len(data) > limit:
        raise AttachmentRefused("too_large")
    return data


def names(folder: Path) -> frozenset[str]:
    """The handles, and the names of files, that are kept."""
    return frozenset(file.name for file in folder.iterdir()) if folder.is_dir() else frozenset()


def forget_older(folder: Path, seconds: float) -> None:
    """Removes what was kept longer ago than that: its jobs have ended."""
    before = time.time() - seconds
    for file in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):  # another worker forgets, too
            if file.stat().st_mtime < before:
                file.unlink()


def _write(data: bytes, folder: Path, name: str) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(data)
    return Path(file.name).replace(folder / name)
