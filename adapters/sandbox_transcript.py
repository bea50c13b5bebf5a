"""What a chat of the sandbox page shows, in the order of the chat; a page asks for what is newer than it knows."""

import asyncio
import secrets
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from adapters.sandbox_wire import Entry

MOST_ENTRIES: Final = 400
"""Older messages are dropped."""


class Transcript:
    """Every change raises `version` and wakes who waits.

    recalled  the version since which earlier messages stand before those of this process; 0: they do not yet. Who
              knows an older one has to take the whole
    """

    def __init__(self) -> None:
        self.version = self.recalled = 0
        # A page of an earlier process may name an entry before it knows those of this one: it has to find none.
        self._ids = secrets.randbelow(900_000_000)
        self._entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)
        self._changed = asyncio.Event()

    def since(self, version: int) -> Iterator[Entry]:
        """What was added or changed after it, in the order of the chat."""
        return (entry for entry in self._entries if entry.version > version)

    def find(self, entry_id: int) -> Entry | None:
        return next((entry for entry in self._entries if entry.id == entry_id), None)

    def with_external_id(self, external_id: str | None) -> Entry | None:
        return next((entry for entry in reversed(self._entries) if entry.external_id == external_id), None)

    def with_key(self, key: str) -> Entry | None:
        """The last part of the reply that was sent with this key."""
        return next((entry for entry in reversed(self._entries) if key and entry.key == key), None)

    def add(self, **values: Any) -> Entry:
        self._ids += 1
        entry = Entry(**{"id": self._ids, "version": self._next(), "at": datetime.now(UTC), **values})
        self._entries.append(entry)
        return entry

    def recall(self, earlier: Iterable[Mapping[str, Any]]) -> None:
        """Put what was said before in front. What this process has heard or sent itself is there already."""
        since = list(self._entries)
        known = {entry.external_id for entry in since}
        self._entries.clear()
        try:
            for values in earlier:
                if values["external_id"] not in known:
                    self.add(**values)
        finally:
            self._entries.extend(since)
            self.recalled = self._next()

    def change(self, entry: Entry, **values: Any) -> None:
        for place, other in enumerate(self._entries):
            if other.id == entry.id:
                self._entries[place] = replace(other, version=self._next(), **values)

    async def wait(self, version: int, seconds: float) -> None:
        """Until there is a newer one, for so long at most."""
        if self.version > version:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()

    def _next(self) -> int:
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()
        return self.version
