"""What people wrote while our webhook could not be told: Twilio repeats little, but it keeps every message.

Each pass lists what came since the last complete one and hands it over, each chat oldest first; the journal drops what
it has. While a pass is to mend a chat, messages of that chat from the webhook wait for it, so that they stay in order;
they wait no longer than Twilio does, and then the next pass takes them.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final

import structlog

from adapters import Receiver, Seen
from adapters.handover import pause
from adapters.whatsapp_api import Api
from adapters.whatsapp_wire import Listed, listed_to_message
from statemachine.errors import SendLater, Unavailable
from statemachine.message import Message

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

MARGIN: Final = timedelta(minutes=5)
"""Looked at again at each pass: clocks differ, and a list may lag behind."""
REACH: Final = timedelta(hours=24)
AT_FIRST: Final = timedelta(hours=1)
"""How far a journal that has nothing yet looks back."""
MESSAGE_SECONDS: Final = 30.0
"""After which a chat whose message is still not stored is left to the next pass."""
REMEMBERED: Final = 10_000
WIDTH: Final = 8
"""Chats handed over at once."""
LONGEST_PAUSE: Final = 30.0


class Missed:
    """The catching up of one account; `every`: seconds between passes."""

    def __init__(self, account: str, every: float) -> None:
        self._account = account
        self._every = every
        self._since: datetime | None = None
        self._heard: Sequence[Seen] | None = None
        self._first_look = asyncio.Lock()
        self._stored: OrderedDict[str, None] = OrderedDict()
        self._behind: dict[str, asyncio.Event] = {}
        self._begun = asyncio.Event()
        self._begun.set()
        self._wake = asyncio.Event()
        self._slots = asyncio.Semaphore(WIDTH)
        self._listening = False

    def noticed(self, chat_id: str) -> None:
        """A message could not be stored: a pass is due, and what follows it in its chat waits for that."""
        if self._listening:
            self._behind.setdefault(chat_id, asyncio.Event())
            self._wake.set()

    async def hand_over(self, receiver: Receiver, message: Message) -> None:
        """Commit what the webhook brought, in its turn. Raises Unavailable."""
        await self._remember(receiver)
        await self._begun.wait()
        if behind := self._behind.get(message.chat_id):
            await behind.wait()
        await self._commit(receiver, message)

    async def run(self, receiver: Receiver, api: Api) -> None:
        """Pass after pass, until cancelled."""
        self._listening = True
        self._begun.clear()  # what came before this process goes first
        failures = 0
        while True:
            self._wake.clear()
            try:
                await self._pass(receiver, api)
            except (Unavailable, SendLater) as exc:
                if not failures:
                    log.warning("missed_messages_wait", reason=str(exc))
                if isinstance(exc, SendLater):
                    self._release(set(self._behind))  # new messages are worth more than their order
                failures += 1
                # No sooner for being woken: in an outage every message does that.
                await asyncio.sleep(pause(failures, LONGEST_PAUSE))
                continue
            failures = 0
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every):
                    await self._wake.wait()

    async def _remember(self, receiver: Receiver) -> None:
        """Ask what was the last thing heard, before anything new is: what lies between was missed."""
        async with self._first_look:
            if self._heard is None:
                self._heard = await receiver.newest("whatsapp", self._account)

    async def _start(self, api: Api, now: datetime) -> datetime:
        """From when messages may be missing."""
        if self._since is not None:
            return self._since
        if not self._heard:
            return now - AT_FIRST
        newest = self._heard[0]
        # One that was itself missed was stored long after it came: Twilio knows when that was.
        came = await api.sent_at(newest.external_id)
        return min(came or newest.received_at, newest.received_at)

    async def _pass(self, receiver: Receiver, api: Api) -> None:
        await self._remember(receiver)
        began, waiting = datetime.now(UTC), set(self._behind)
        try:
            since = await self._start(api, began)
            listed = await api.inbound_since(max(since - MARGIN, began - REACH))
            lanes = _by_chat([each for each in listed if each.sid not in self._stored])
            for chat_id in lanes:
                self._behind.setdefault(chat_id, asyncio.Event())
        finally:
            self._begun.set()
        mends = (self._mend(receiver, api, lane) for lane in lanes.values())
        outcomes = dict(zip(lanes, await asyncio.gather(*mends, return_exceptions=True), strict=True))
        errors = {chat_id: outcome for chat_id, outcome in outcomes.items() if isinstance(outcome, BaseException)}
        self._release((waiting | set(lanes)) - set(errors))
        for error in errors.values():
            raise error
        if all(outcomes.values()):
            self._since = began

    def _release(self, chats: set[str]) -> None:
        for chat_id in chats:
            if behind := self._behind.pop(chat_id, None):
                behind.set()

    async def _mend(self, receiver: Receiver, api: Api, lane: Sequence[Listed]) -> bool:
        """Hand over what a chat missed. False where a message fails by a bug: the rest goes on, it is tried again.

        Raises Unavailable, SendLater.
        """
        failed = []
        async with self._slots:
            for listed in lane:
                try:
                    files = await api.files_of(listed)
                    async with asyncio.timeout(MESSAGE_SECONDS):
                        await self._commit(receiver, listed_to_message(listed, files, self._account))
                except TimeoutError:
                    raise Unavailable("A missed message takes too long.") from None
                except (Unavailable, SendLater):
                    raise
                except Exception:
                    log.exception("message_failed", external_id=listed.sid)
                    failed.append(listed.sid)
                else:
                    log.info("handed_over_from_list", external_id=listed.sid)
        return not failed

    async def _commit(self, receiver: Receiver, message: Message) -> None:
        await receiver.receive(message)
        self._stored[message.external_id] = None
        if len(self._stored) > REMEMBERED:
            self._stored.popitem(last=False)


def _by_chat(listed: Sequence[Listed]) -> dict[str, list[Listed]]:
    person = attrgetter("person")
    return {chat_id: list(lane) for chat_id, lane in groupby(sorted(listed, key=person), key=person)}
