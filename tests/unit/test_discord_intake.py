"""What the gateway brought until it is committed: the gate, the order, and what memory does not hold."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from adapters.discord_intake import Held, Intake, Page
from statemachine.errors import SendLater, SendRefused
from statemachine.message import Message
from tests.inbox import Inbox

ANN, BEN = "4001", "4002"


def message(chat: str, number: int, *, prefix: str = "") -> Message:
    return Message(
        platform="discord",
        account="1",
        chat_id=chat,
        sender_id=chat,
        external_id=f"{prefix}{number}",
        sent_at=datetime.now(UTC),
        text=str(number),
        handle="{}" if prefix else None,
    )


class History:
    """The DMs of a chat, in pages of three; `trouble` is raised first."""

    def __init__(self) -> None:
        self.dms: dict[str, list[int]] = {}
        self.trouble: list[Exception] = []
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, chat: str, after: int) -> Page:
        self.asked.append((chat, after))
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble.pop(0)
        found = [number for number in self.dms.get(chat, []) if number > after][:3]
        return [message(chat, number) for number in found], found[-1] if len(found) == 3 else None


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def history() -> History:
    return History()


@pytest.fixture
async def intake(inbox: Inbox, history: History) -> AsyncIterator[Intake]:
    intake = Intake(inbox.receive, history, lambda: None, most_held=3)
    yield intake
    await intake.close()


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.005)


async def test_nothing_is_committed_before_the_journal_has_said_where_it_stands(
    intake: Intake, inbox: Inbox, history: History
) -> None:
    history.dms[ANN] = [1, 2, 3, 4, 5]
    intake.accept(Held(message(ANN, 5)))
    intake.accept(Held(message(BEN, 9)))
    await asyncio.sleep(0.05)
    assert inbox.messages == []
    intake.catch_up({ANN: 1})
    await until(lambda: len(inbox.messages) >= 6)
    assert inbox.texts_of(int(ANN)) == ["2", "3", "4", "5", "5"]  # the journal drops the repeat
    assert inbox.texts_of(int(BEN)) == ["9"]
    assert history.asked == [(ANN, 1), (ANN, 4)]


async def test_a_new_session_shuts_the_gate_again(intake: Intake, inbox: Inbox, history: History) -> None:
    intake.catch_up({})
    intake.accept(Held(message(ANN, 1)))
    await until(lambda: inbox.texts == ["1"])
    intake.shut()
    history.dms[ANN] = [1, 2, 3]
    intake.accept(Held(message(ANN, 3)))
    await asyncio.sleep(0.05)
    assert inbox.texts == ["1"]
    intake.catch_up({ANN: 1})
    await until(lambda: len(inbox.messages) == 4)
    assert inbox.texts == ["1", "2", "3", "3"]


async def test_beyond_what_memory_holds_dms_are_left_with_discord(
    intake: Intake, inbox: Inbox, history: History
) -> None:
    intake.catch_up({})
    gate = inbox.gates[ANN] = asyncio.Event()
    history.dms = {ANN: list(range(10, 20)), BEN: [50]}
    for number in history.dms[ANN]:
        intake.accept(Held(message(ANN, number)))
    intake.accept(Held(message(BEN, 50)))
    intake.accept(Held(message(ANN, 99, prefix="i"), until=time.time() + 60))
    assert intake.held == 4  # three DMs, and the interaction, which nobody could fetch again
    gate.set()
    await until(lambda: len(inbox.messages) == 12)
    assert inbox.texts_of(int(ANN)) == ["10", "11", "12", "99", *map(str, range(13, 20))]
    assert inbox.texts_of(int(BEN)) == ["50"]
    assert intake.held == 0


async def test_histories_are_asked_again_when_discord_is_away(intake: Intake, inbox: Inbox, history: History) -> None:
    history.dms = {ANN: [2], BEN: [3]}
    history.trouble = [SendLater(after=0.01), SendLater(after=0.01)]
    intake.catch_up({ANN: 1, BEN: 1})
    await until(lambda: len(inbox.messages) == 2)


@pytest.mark.parametrize("trouble", [SendRefused("50007"), LookupError("a bug")])
async def test_a_history_that_cannot_be_read_holds_up_nobody(
    intake: Intake, inbox: Inbox, history: History, trouble: Exception
) -> None:
    history.dms = {ANN: [2], BEN: [3]}
    history.trouble = [trouble]
    intake.accept(Held(message(ANN, 7)))
    intake.catch_up({ANN: 1, BEN: 1})
    await until(lambda: len(inbox.messages) == 2)
    assert sorted(inbox.texts) == ["3", "7"]


async def test_an_interaction_is_given_up_when_its_token_is_dead(intake: Intake, inbox: Inbox) -> None:
    intake.catch_up({})
    inbox.down = True
    intake.accept(Held(message(ANN, 1, prefix="i"), until=time.time() + 0.2))
    intake.accept(Held(message(ANN, 2)))
    await until(lambda: inbox.attempts >= 2)
    inbox.down = False
    await until(lambda: inbox.messages)
    assert inbox.texts == ["2"]


async def test_what_discord_took_no_acknowledgement_for_is_answered_by_dm(intake: Intake, inbox: Inbox) -> None:
    async def acknowledged(taken: bool | None) -> bool:
        if taken is None:
            raise LookupError("a bug")
        return taken

    intake.catch_up({})
    for number, taken in ((1, True), (2, False), (3, None)):
        intake.accept(
            Held(message(ANN, number, prefix="i"), time.time() + 60, asyncio.create_task(acknowledged(taken)))
        )
    await until(lambda: len(inbox.messages) == 3)
    assert [message.handle for message in inbox.messages] == ["{}", None, None]


async def test_nothing_is_kept_of_a_chat_that_is_done(intake: Intake, inbox: Inbox) -> None:
    intake.catch_up({})
    for chat in range(100):
        intake.accept(Held(message(str(chat), chat)))
    await until(lambda: len(inbox.messages) >= 3)
    await until(lambda: not intake._runners)
    assert (intake._lanes, intake._missed, intake._left) == ({}, {}, {})
