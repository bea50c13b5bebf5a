"""Repeats a request to the model's service that failed for a passing reason, for as long as somebody waits.

The client would do it by itself, but waits for as long as the service says, even where nobody will be there any more.
"""

import asyncio
import email.utils
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeVar

import openai

Got = TypeVar("Got")

TRIES: Final = 3
FIRST_PAUSE: Final = 0.5
"""Seconds before the second try where the service does not say; twice that before the third."""


async def retried(request: Callable[[], Awaitable[Got]], deadline: float) -> Got:
    """What the request gives, in up to TRIES tries. `deadline`: on the monotonic clock.

    The service's own pause (Retry-After) is kept to; one that ends behind the deadline is not begun. Raises the last
    openai.APIError.
    """
    for number in range(TRIES):
        try:
            return await request()
        except openai.APIConnectionError:
            pause = _backoff(number)
            if number == TRIES - 1 or time.monotonic() + pause >= deadline:
                raise
        except openai.APIStatusError as error:
            told = _told(error.response.headers)
            pause = _backoff(number) if told is None else told
            lasting = error.status_code not in (408, 409, 429) and error.status_code < 500
            if lasting or number == TRIES - 1 or time.monotonic() + pause >= deadline:
                raise
        await asyncio.sleep(pause)
    raise AssertionError("unreachable")


def _backoff(number: int) -> float:
    """With a quarter at random, so that not all who were turned away come back at once."""
    return FIRST_PAUSE * (1 << number) * random.uniform(0.75, 1)  # noqa: S311 - no secret


def _told(headers: Mapping[str, str]) -> float | None:
    """Seconds the service asks to wait, from Retry-After as seconds or as a date; None where it says nothing."""
    said = headers.get("retry-after")
    if said is None:
        return None
    try:
        seconds = float(said)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(said).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError, OSError):
            return None
    return max(0.0, seconds) if seconds == seconds else None  # NaN is no time
