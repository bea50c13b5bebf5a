"""Works out what a large day's audit takes long for beside the event loop: other chats are answered meanwhile."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

Made = TypeVar("Made")

MANY: Final = 500
"""Rules times other trades, from which on it is worth a thread: some milliseconds."""


async def aside(size: int, work: Callable[[], Made]) -> Made:
    """What `work` gives; in a thread where there is much of it. It touches nothing that anybody else has."""
    return await asyncio.to_thread(work) if size > MANY else work()
