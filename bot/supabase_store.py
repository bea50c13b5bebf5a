"""Screenshots in the bucket of Supabase Storage: bot/store.py tells the rules."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import httpx
from storage3 import AsyncStorageClient
from storage3.exceptions import StorageApiError

from bot.store import (
    BUCKET,
    FOLDER,
    LONGEST_LINK,
    PATH,
    StoredFile,
    address_prefix,
    check_content,
    checked,
    names_in,
    path_in,
)
from statemachine.errors import Conflict, StoreError, Unavailable

_REMOVED_AT_ONCE: Final = 100
_LISTED_AT_ONCE: Final = 1000


class SupabaseStore:
    """Pictures in Supabase Storage, reached with the service key, which passes row level security."""

    def __init__(self, url: str, service_key: str, *, seconds: float = 20) -> None:
        """`url`: the project's, as in SUPABASE_URL; `seconds`: the limit of one call in all."""
        base = f"{url.rstrip('/')}/storage/v1/"
        headers = {"apikey": service_key, "Authorization": f"Bearer {service_key}"}
        self._prefix = address_prefix(url)
        self._seconds = seconds
        self._http = httpx.AsyncClient(timeout=httpx.Timeout(seconds, connect=min(5, seconds)))
        self._bucket = AsyncStorageClient(base, headers, http_client=self._http).from_(BUCKET)

    async def put(self, path: str, data: bytes, mime: str) -> None:
        check_content(data, mime)
        async with self._calling():
            await self._bucket.upload(checked(path), data, {"content-type": mime, "upsert": "false"})

    async def get(self, path: str) -> bytes:
        async with self._calling():
            return await self._bucket.download(checked(path))

    async def remove(self, paths: Sequence[str]) -> None:
        await self._remove([checked(path) for path in paths])

    async def has(self, path: str) -> bool:
        async with self._calling():
            return await self._bucket.exists(checked(path))

    async def folders(self) -> list[UUID]:
        names = [entry["name"] async for entry in self._entries("") if entry["id"] is None]
        return sorted(UUID(name) for name in names if FOLDER.fullmatch(name))

    async def files(self, user_id: UUID) -> list[StoredFile]:
        found, folders = [], [str(user_id)]
        while folders:
            folder = folders.pop()
            async for entry in self._entries(folder):
                path = f"{folder}/{entry['name']}"
                if entry["id"] is None:
                    folders.append(path)  # clients may make folders in their own
                else:
                    found.append(StoredFile(path, datetime.fromisoformat(entry["created_at"])))
        return found

    async def discard(self, user_id: UUID, files: Sequence[StoredFile]) -> None:
        await self._remove([f"{user_id}/{name}" for name in names_in(user_id, files)])

    async def sign(self, path: str, seconds: int) -> str | None:
        if not 0 < seconds <= LONGEST_LINK:
            raise StoreError(f"A signed address lives {LONGEST_LINK} seconds at most.")
        async with self._calling():
            return (await self._bucket.create_signed_url(checked(path), seconds))["signedURL"]

    def url(self, path: str) -> str:
        return self._prefix + checked(path)

    def path_of(self, url: str, user_id: UUID, trade_id: UUID) -> str:
        return path_in(url, self._prefix, user_id, trade_id)

    def free_bytes(self) -> int | None:
        return None

    async def close(self) -> None:
        await self._http.aclose()

    async def _entries(self, folder: str) -> AsyncIterator[dict[str, Any]]:
        """What Storage lists in a folder, page by page: files, and folders, whose id is null."""
        offset = 0
        while True:
            async with self._calling():
                page = await self._bucket.list(folder, {"limit": _LISTED_AT_ONCE, "offset": offset})
                entries = [{key: entry[key] for key in ("name", "id", "created_at")} for entry in page]
            for entry in entries:
                yield entry
            if len(entries) < _LISTED_AT_ONCE:
                return
            offset += len(entries)

    async def _remove(self, paths: list[str]) -> None:
        for start in range(0, len(paths), _REMOVED_AT_ONCE):
            portion = paths[start : start + _REMOVED_AT_ONCE]
            async with self._calling():
                removed = await self._bucket.remove(portion)
                # To a key that may not delete, Storage answers as if there had been nothing to delete. Of names that
                # clients gave it is not asked: the library takes some for no path.
                own = [path for path in portion if PATH.fullmatch(path)]
                refused = not removed and own and await self._bucket.exists(own[0])
            if refused:
                raise StoreError("Supabase Storage deletes nothing for this key: it must be the service role's.")

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


_REFUSALS: Final = {
    401: "refuses the key: is SUPABASE_SERVICE_ROLE_KEY the service role's",
    403: "refuses the key: is SUPABASE_SERVICE_ROLE_KEY the service role's",
    404: "has no such screenshot, or no bucket",
    413: "takes no picture of this size",
    415: "takes no file of this type",
}
"""What `statusCode` in the body of a refusal means to an operator."""


def _translated(error: StorageApiError) -> StoreError:
    """Storage answers every refusal with HTTP 400; the real code is a string in its body, here `status`."""
    status = int(error.status) if str(error.status).isdecimal() else 0
    if status == 429 or status >= 500:
        return Unavailable(f"Supabase Storage answers {status}.")
    if status == 409:
        return Conflict("There is a screenshot at this path already.")
    if error.code == "InvalidJWT":
        status = 403
    said = _REFUSALS.get(status, "refuses this")
    return StoreError(f"Supabase Storage {said} ({error.status} {error.code}).")
