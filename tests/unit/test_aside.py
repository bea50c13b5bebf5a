"""What takes long beside the event loop, and what does not."""

import asyncio
import threading

import pytest

from bot.auditing.aside import MANY, aside


@pytest.mark.parametrize(("size", "others_run"), [(MANY + 1, True), (MANY, False)])
async def test_others_run_while_a_large_day_is_worked_out(size: int, others_run: bool) -> None:
    ran = threading.Event()
    asyncio.get_running_loop().call_soon(ran.set)
    assert await aside(size, lambda: ran.wait(10 if others_run else 0.01)) is others_run


async def test_what_goes_wrong_there_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        await aside(MANY + 1, lambda: 1 // 0)
