"""Where screenshots are kept: the bucket `screenshots` of Supabase Storage (bot/supabase_store.py), or a folder where
there is no Supabase.

Rules: a path is `{user id}/{trade id}-{microseconds}.{png|jpg|webp}` and nothing else; what clients could have written
into trades.screenshot_url becomes a path only through `path_of`, and is never fetched as a URL. Other names in a
trader's folder (clients may upload there) are seen by `files` and removed by `discard`, and by nothing else.
"""

import asyncio
import contextlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

from bot.media import MAX_BYTES
from statemachine.errors import Conflict, StoreError, Unavailable

BUCKET: Final = "screenshots"
MIMES: Final = frozenset({"image/png", "image/jpeg", "image/webp"})

_UUID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
PATH: Final = re.compile(f"({_UUID})/({_UUID})-[0-9]{{10,16}}\\.(?:png|jpg|webp)")
"""Ten digits are seconds, thirteen JavaScript's milliseconds: the web app may count in those."""
FOLDER: Final = re.compile(_UUID)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

LONGEST_LINK: Final = 900
"""Seconds a signed address of a picture may live."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as the store lists it, and since when it is there. Its name may be one that no screenshot has."""

    path: str
    at: datetime

    @property
    def trade_id(self) -> UUID | None:
        """The trade it was taken for; None for a name that no screenshot has."""
        match = PATH.fullmatch(self.path)
        return UUID(match[2]) if match else None


class ScreenshotStore(Protocol):
    """The seam between the journal and the place of its pictures."""

    async def put(self, path: str, data: bytes, mime: str) -> None:
        """Keep a cleaned picture durably. Raises Conflict when the path is taken, Unavailable, StoreError."""

    async def get(self, path: str) -> bytes:
        """The picture's bytes. Raises Unavailable, or StoreError when there is none."""

    async def remove(self, paths: Sequence[str]) -> None:
        """Delete pictures; missing ones are no error. Raises Unavailable, StoreError."""

    async def has(self, path: str) -> bool:
        """Whether there is such a picture. Raises Unavailable, StoreError."""

    async def folders(self) -> list[UUID]:
        """The traders that have a folder, in order. Raises Unavailable, StoreError."""

    async def files(self, user_id: UUID) -> list[StoredFile]:
        """All that is in a trader's folder. Raises Unavailable, StoreError."""

    async def discard(self, user_id: UUID, files: Sequence[StoredFile]) -> None:
        """Delete files of a trader's folder as `files` listed them; missing ones are no error.

        Raises Unavailable, StoreError.
        """

    async def sign(self, path: str, seconds: int) -> str | None:
        """An address by which anybody can read the picture for so long; None where the store has none to give.

        Made when it is sent, never stored. Raises Unavailable, StoreError.
        """

    def url(self, path: str) -> str:
        """What trades.screenshot_url holds for this path."""

    def path_of(self, url: str, user_id: UUID, trade_id: UUID) -> str:
        """The path in a screenshot_url. Raises StoreError unless it is this user's and this trade's."""

    def free_bytes(self) -> int | None:
        """Room that is left, where the store knows it."""

    async def close(self) -> None:
        """Give back connections. Safe to call twice."""


def screenshot_path(user_id: UUID, trade_id: UUID, at: datetime, extension: str) -> str:
    """Where a new picture goes. `at` is aware; several pictures of one trade need different moments."""
    return checked(f"{user_id}/{trade_id}-{(at - _EPOCH) // timedelta(microseconds=1)}.{extension}")


def mime_of(path: str) -> str:
    """What a picture is, by its path. Raises StoreError for what is no path of a screenshot."""
    extension = checked(path).rpartition(".")[2]
    return f"image/{'jpeg' if extension == 'jpg' else extension}"


def checked(path: str) -> str:
    if not PATH.fullmatch(path):
        raise StoreError("This is not the path of a screenshot.")
    return path


def address_prefix(supabase_url: str | None) -> str:
    """What stands before the path in trades.screenshot_url; nothing where the store is a folder."""
    return f"{supabase_url.rstrip('/')}/storage/v1/object/{BUCKET}/" if supabase_url else ""


def path_in(address: str, prefix: str, user_id: UUID, trade_id: UUID) -> str:
    """The path in an address. Raises StoreError unless it is this user's and this trade's."""
    match = PATH.fullmatch(address.removeprefix(prefix)) if address.startswith(prefix) else None
    if match is None or match.groups() != (str(user_id), str(trade_id)):
        raise StoreError("This screenshot's address is not one of this trade.")
    return match[0]


def names_in(user_id: UUID, files: Sequence[StoredFile]) -> list[str]:
    """Of files in a trader's folder, without it. Raises StoreError for a file of another folder."""
    folder = f"{user_id}/"
    if not all(file.path.startswith(folder) for file in files):
        raise StoreError("This file is not one of this trader.")
    return [file.path.removeprefix(folder) for file in files]


def check_content(data: bytes, mime: str) -> None:
    """The bucket's own limits, so that the folder keeps nothing that the bucket would refuse."""
    if mime not in MIMES:
        raise StoreError("A screenshot must be PNG, JPEG or WebP.")
    if len(data) > MAX_BYTES:
        raise StoreError("A screenshot must not exceed 5 MB.")


class LocalStore:
    """Pictures in a folder only we can read (0700, files 0600)."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, path: str, data: bytes, mime: str) -> None:
        check_content(data, mime)
        await asyncio.to_thread(self._write, self._file(path), data)

    async def get(self, path: str) -> bytes:
        return await asyncio.to_thread(self._read, self._file(path))

    async def remove(self, paths: Sequence[str]) -> None:
        await asyncio.to_thread(self._unlink, [self._file(path) for path in paths])

    async def has(self, path: str) -> bool:
        return await asyncio.to_thread(self._file(path).is_file)

    async def folders(self) -> list[UUID]:
        names = await asyncio.to_thread(self._listed, self._root)
        return sorted(UUID(name) for name, found in names if FOLDER.fullmatch(name) and stat.S_ISDIR(found.st_mode))

    async def files(self, user_id: UUID) -> list[StoredFile]:
        listed = await asyncio.to_thread(self._listed, self._root / str(user_id))
        return [
            StoredFile(f"{user_id}/{name}", datetime.fromtimestamp(found.st_mtime, UTC))
            for name, found in listed
            if not stat.S_ISDIR(found.st_mode)
        ]

    async def discard(self, user_id: UUID, files: Sequence[StoredFile]) -> None:
        folder = self._root / str(user_id)
        if folder.is_symlink():
            raise StoreError("A trader's folder is a link: nothing is removed through it.")
        await asyncio.to_thread(self._unlink, [folder / Path(name).name for name in names_in(user_id, files)])

    async def sign(self, path: str, seconds: int) -> str | None:  # noqa: ARG002 - nobody but us reads the folder
        checked(path)
        return None

    def url(self, path: str) -> str:
        return checked(path)

    def path_of(self, url: str, user_id: UUID, trade_id: UUID) -> str:
        return path_in(url, "", user_id, trade_id)

    def free_bytes(self) -> int | None:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        return shutil.disk_usage(self._root).free

    async def close(self) -> None:
        """Nothing is held open."""

    def _file(self, path: str) -> Path:
        """A link inside the folder could lead out of it even from a well-formed path."""
        root = self._root.resolve()
        file = root / checked(path)
        if file.is_symlink() or file.parent.resolve() != file.parent:
            raise StoreError("This is not the path of a screenshot.")
        return file

    def _write(self, file: Path, data: bytes) -> None:
        """Whole or not at all: a complete temporary file is linked to its name, which fails if that is taken."""
        try:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.parent.mkdir(mode=0o700, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".new-") as new:  # created with 0600
                new.write(data)
                new.flush()
                os.fsync(new.fileno())
                os.link(new.name, file)
            _sync_folder(file.parent)
        except FileExistsError as error:
            raise Conflict("There is a screenshot at this path already.") from error
        except OSError as error:
            raise Unavailable(f"The screenshot folder cannot be written: {error.strerror}.") from error

    def _read(self, file: Path) -> bytes:
        try:
            return file.read_bytes()
        except FileNotFoundError as error:
            raise StoreError("There is no such screenshot.") from error
        except OSError as error:
            raise Unavailable(f"The screenshot folder cannot be read: {error.strerror}.") from error

    def _listed(self, folder: Path) -> list[tuple[str, os.stat_result]]:
        """Names in a folder, which a symbolic link is not; nothing where there is none."""
        try:
            if folder.is_symlink():
                return []
            with os.scandir(folder) as entries:
                return [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
        except FileNotFoundError:
            return []  # the folder; or a file that was removed meanwhile, and the next look is soon enough
        except OSError as error:
            raise Unavailable(f"The screenshot folder cannot be read: {error.strerror}.") from error

    def _unlink(self, files: list[Path]) -> None:
        try:
            for file in files:
                file.unlink(missing_ok=True)
            for folder in {file.parent for file in files}:
                with contextlib.suppress(OSError):  # not empty, or gone
                    folder.rmdir()  # one that is empty is no trader's any more, as in the bucket
        except OSError as error:
            raise Unavailable(f"The screenshot folder cannot be written: {error.strerror}.") from error


def _sync_folder(folder: Path) -> None:
    """A new name survives a power cut only once its folder is written too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
