"""How fast Telegram lets a bot send."""

from collections import OrderedDict
from typing import Final

from aiolimiter import AsyncLimiter

CHATS_PACED: Final = 4096


class Pace:
    """Telegram's limits for sending: about 30 messages a second in all, 1 a second to one chat, short bursts."""

    def __init__(self, per_second: float | None, per_chat: float | None) -> None:
        self._overall = _limiter(per_second, burst=5)
        self._per_chat = per_chat
        self._chats: OrderedDict[str, AsyncLimiter] = OrderedDict()

    async def wait(self, chat_id: str) -> None:
        limiter = self._chats.pop(chat_id, None) or _limiter(self._per_chat, burst=3)
        if limiter is not None:
            self._chats[chat_id] = limiter
            if len(self._chats) > CHATS_PACED:
                self._chats.popitem(last=False)
            await limiter.acquire()
        if self._overall is not None:
            await self._overall.acquire()


def _limiter(rate: float | None, burst: int) -> AsyncLimiter | None:
    return AsyncLimiter(burst, burst / rate) if rate else None
