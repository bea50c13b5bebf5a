"""Hands messages to the journal, each until the journal has it: most platforms would not give it a second time."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import structlog

from statemachine.errors import Unavailable
from statemachine.message import Message

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


async def hand_over(
    receive: Callable[[Message], Awaitable[None]], message: Message, *, until: float | None = None
) -> bool:
    """Returns once the message is committed; False where it is not by `until`, in seconds since 1970."""
    attempt = 0
    while until is None or time.time() < until:
        longest = 5.0
        try:
            await receive(message)
            return True
        except Unavailable:
            if not attempt:
                log.warning("message_waits", external_id=message.external_id, reason="no database")
        except Exception:
            # The journal stores poison messages itself, so this is a bug; dropping the message would be another.
            log.exception("message_failed", external_id=message.external_id, attempt=attempt)
            longest = 60.0
        await asyncio.sleep(pause(attempt, longest))
        attempt += 1
    return False


def pause(attempt: int, longest: float) -> float:
    """Seconds before the next attempt: doubling, with up to half taken off so that workers do not march in step."""
    return min(longest, 0.5 * 2.0 ** min(attempt, 16)) * random.uniform(0.5, 1.0)  # noqa: S311
