"""After a crash, messages are handled one at a time for a while, so that the one that kills its worker is found.

A crash leaves no trace of which of many messages in flight it was. So a worker that starts after one counts each try
in a transaction of its own, and lets no other turn run beside it; in ordinary times nobody counts and nobody waits.
"""

import asyncio
import time

CAREFUL_SECONDS = 60.0


class Gate:
    """`careful` for a while when another worker died; `alone` is then held around each turn."""

    def __init__(self, *, after_crash: bool = False) -> None:
        self._careful_until = time.monotonic() + CAREFUL_SECONDS if after_crash else 0.0
        self.alone = asyncio.Lock()

    @property
    def careful(self) -> bool:
        return time.monotonic() < self._careful_until
