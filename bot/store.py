"""Where screenshots are kept: the bucket `screenshots` of Supabase Storage, or a folder where there is no Supabase.

Rules: a path is `{user id}/{trade id}-{microseconds}.{png|jpg|webp}` and nothing else; what clients could have written
into trades.screenshot_url becomes a path only through `path_of`, and is never fetched as a URL.
"""

import asyncio
import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

import httpx
from storage3 import AsyncStorageClient
from storage3.exceptions import StorageApiError

from bot.media import MAX_BYTES
from statemachine.errors import Conflict, StoreError, Unavailable

BUCKET: Final = "screenshots"
MIMES: Final = frozenset({"image/png", "image/jpeg", "image/webp"})

_UUID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PATH: Final = re.compile(f"({_UUID})/({_UUID})-[0-9]{{10,16}}\\.(?:png|jpg|webp)")
"""Ten digits are seconds, thirteen JavaScript's milliseconds: the web app may count in those."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_REMOVED_AT_ONCE: Final = 100


class ScreenshotStore(Protocol):
    """The seam between the journal and the place of its pictures."""

    async def put(self, path: str, data: bytes, mime: str) -> None:
        """Keep a cleaned picture durably. Raises Conflict when the path is taken, Unavailable, StoreError."""

    async def get(self, path: str) -> bytes:
        """The picture's bytes. Raises Unavailable, or StoreError when there is none."""

    async def remove(self, paths: Sequence[str]) -> None:
        """Delete pictures; missing ones are no error. Raises Unavailable, StoreError."""

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
    return _checked(f"{user_id}/{trade_id}-{(at - _EPOCH) // timedelta(microseconds=1)}.{extension}")


def mime_of(path: str) -> str:
    """What a picture is, by its path. Raises StoreError for what is no path of a screenshot."""
    extension = _checked(path).rpartition(".")[2]
    return f"image/{'jpeg' if extension == 'jpg' else extension}"


def _checked(path: str) -> str:
    if not _PATH.fullmatch(path):
        raise StoreError("This is not the path of a screenshot.")
    return path


def _owned(path: str, user_id: UUID, trade_id: UUID) -> str:
    match = _PATH.fullmatch(path)
    if match is None or match.groups() != (str(user_id), str(trade_id)):
        raise StoreError("This screenshot's address is not one of this trade.")
    return path


def _check_content(data: bytes, mime: str) -> None:
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
        _check_content(data, mime)
        await asyncio.to_thread(self._write, self._file(path), data)

    async def get(self, path: str) -> bytes:
        return await asyncio.to_thread(self._read, self._file(path))

    async def remove(self, paths: Sequence[str]) -> None:
        await asyncio.to_thread(self._unlink, [self._file(path) for path in paths])

    def url(self, path: str) -> str:
        return _checked(path)

    def path_of(self, url: str, user_id: UUID, trade_id: UUID) -> str:
        return _owned(url, user_id, trade_id)

    def free_bytes(self) -> int | None:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        return shutil.disk_usage(self._root).free

    async def close(self) -> None:
        """Nothing is held open."""

    def _file(self, path: str) -> Path:
        """A link inside the folder could lead out of it even from a well-formed path."""
        root = self._root.resolve()
        file = root / _checked(path)
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

    def _unlink(self, files: list[Path]) -> None:
        try:
            for file in files:
                file.unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable(f"The screenshot folder cannot be written: {error.strerror}.") from error


def _sync_folder(folder: Path) -> None:
    """A new name survives a power cut only once its folder is written too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class SupabaseStore:
    """Pictures in Supabase Storage, reached with the service key, which passes row level security."""

    def __init__(self, url: str, service_key: str, *, seconds: float = 20) -> None:
        """`url`: the project's, as in SUPABASE_URL; `seconds`: the limit of one call in all."""
        base = f"{url.rstrip('/')}/storage/v1/"
        headers = {"apikey": service_key, "Authorization": f"Bearer {service_key}"}
        self._prefix = f"{base}object/{BUCKET}/"
        self._seconds = seconds
        self._http = httpx.AsyncClient(timeout=httpx.Timeout(seconds, connect=min(5, seconds)))
        self._bucket = AsyncStorageClient(base, headers, http_client=self._http).from_(BUCKET)

    async def put(self, path: str, data: bytes, mime: str) -> None:
        _check_content(data, mime)
        async with self._calling():
            await self._bucket.upload(_checked(path), data, {"content-type": mime, "upsert": "false"})

    async def get(self, path: str) -> bytes:
        async with self._calling():
            return await self._bucket.download(_checked(path))

    async def remove(self, paths: Sequence[str]) -> None:
        checked = [_checked(path) for path in paths]
        for start in range(0, len(checked), _REMOVED_AT_ONCE):
            async with self._calling():
                await self._bucket.remove(checked[start : start + _REMOVED_AT_ONCE])

    def url(self, path: str) -> str:
        return self._prefix + _checked(path)

    def path_of(self, url: str, user_id: UUID, trade_id: UUID) -> str:
        if not url.startswith(self._prefix):
            raise StoreError("This screenshot's address is not one of this trade.")
        return _owned(url.removeprefix(self._prefix), user_id, trade_id)

    def free_bytes(self) -> int | None:
        return None

    async def close(self) -> None:
        await self._http.aclose()

    @contextlib.asynccontextmanager
    async def _calling(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._seconds):
                yield
        except StorageApiError as error:
            raise _translated(error) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unavailable("Supabase Storage cannot be reached.") from error
        except (ValueError, LookupError, TypeError) as error:
            raise Unavailable("What answers at SUPABASE_URL is not Supabase Storage.") from error


def _translated(error: StorageApiError) -> StoreError:
    """Storage answers every refusal with HTTP 400; the real code is a string in its body, here `status`."""
    status = int(error.status) if str(error.status).isdecimal() else 0
    if status == 409:
        return Conflict("There is a screenshot at this path already.")
    if status == 429 or status >= 500:
        return Unavailable(f"Supabase Storage answers {status}.")
    if status == 404:
        return StoreError("There is no such screenshot.")
    return StoreError(f"Supabase Storage refuses ({error.status} {error.code}).")
