"""How long a service that turned us away is waited for."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import openai
import pytest

from bot.retrying import TRIES, retried

REQUEST = httpx2.Request("POST", "http://127.0.0.1/v1/chat/completions")


def refusal(status: int, headers: Mapping[str, str] | None = None) -> openai.APIStatusError:
    response = httpx2.Response(status, headers=dict(headers or {}), request=REQUEST)
    kinds = {429: openai.RateLimitError, 400: openai.BadRequestError}
    return kinds.get(status, openai.InternalServerError)("no", response=response, body=None)


class Service:
    """Fails as it is told, then answers."""

    def __init__(self, *failures: Exception) -> None:
        self.failures, self.asked = list(failures), 0

    async def __call__(self) -> str:
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)
        return "good"


async def test_a_passing_failure_is_tried_again() -> None:
    quick = {"retry-after": "0"}
    service = Service(refusal(429, quick), refusal(503, quick))
    assert await retried(service, time.monotonic() + 5) == "good"
    assert service.asked == TRIES


@pytest.mark.parametrize("status", [400])
async def test_a_lasting_one_is_not(status: int) -> None:
    service = Service(refusal(status))
    with pytest.raises(openai.APIStatusError):
        await retried(service, time.monotonic() + 5)
    assert service.asked == 1


async def test_it_gives_up_in_the_end() -> None:
    service = Service(*(refusal(500, {"retry-after": "0.01"}) for _ in range(TRIES + 1)))
    with pytest.raises(openai.InternalServerError):
        await retried(service, time.monotonic() + 5)
    assert service.asked == TRIES


@pytest.mark.parametrize("how", ["seconds", "date"])
async def test_the_pause_that_is_asked_for_is_kept(how: str) -> None:
    at = datetime.now(UTC) + timedelta(seconds=2)
    told = {"seconds": "0.4", "date": format_datetime(at, usegmt=True)}[how]
    began = time.monotonic()
    await retried(Service(refusal(429, {"retry-after": told})), began + 5)
    assert 0.4 <= time.monotonic() - began < 3


@pytest.mark.parametrize("told", ["90", "1e999", "Fri, 31 Dec 2999 23:59:59 GMT"])
async def test_a_pause_beyond_the_deadline_is_not_begun(told: str) -> None:
    began = time.monotonic()
    service = Service(refusal(429, {"retry-after": told}))
    with pytest.raises(openai.RateLimitError):
        await retried(service, began + 20)
    assert service.asked == 1
    assert time.monotonic() - began < 0.5


@pytest.mark.parametrize("told", ["soon", "nan", "", "-5", "Fri, 99 Foo 2026"])
async def test_nonsense_is_no_pause_of_its_own(told: str) -> None:
    service = Service(refusal(429, {"retry-after": told}))
    assert await retried(service, time.monotonic() + 5) == "good"


async def test_no_connection_is_tried_again() -> None:
    service = Service(openai.APIConnectionError(request=REQUEST))
    assert await retried(service, time.monotonic() + 5) == "good"
    assert service.asked == 2
