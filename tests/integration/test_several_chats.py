"""One profile, several chats: one journal, a conversation on each platform, answers where the trade was reported."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from tests.journaling import REPORT, Journal, Person, journaling

SHORT = "short 1 es 5300 > 5290"
STATES = "select platform, state from public.journal_conversations order by platform"


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, "telegram", "discord", "email", jobs=True) as journal:
        yield journal


@pytest.fixture
async def phone(journal: Journal, trader: UUID) -> Person:
    """The trader on Telegram."""
    return await Person(journal, "4001").binds(trader)


@pytest.fixture
async def desk(journal: Journal, trader: UUID) -> Person:
    """The same trader on Discord."""
    return await Person(journal, "814123456789012345", "discord").binds(trader)


async def records(person: Person, text: str) -> list[str]:
    """A report and its yes, without a chart; what is said from then on."""
    await person.writes(text)
    return [*await person.writes("yes"), *await person.writes("/skip")]


async def states(journal: Journal) -> dict[str, str]:
    return {row["platform"]: row["state"] for row in await journal.rows(STATES)}


# ---- one journal


async def test_trades_of_both_chats_are_one_list_and_one_day(journal: Journal, phone: Person, desk: Person) -> None:
    await records(phone, REPORT)
    recorded, *_ = await records(desk, SHORT)
    assert "+$2,100.00, 2 trades" in recorded  # 1,600 were reported on Telegram
    for person in (phone, desk):
        (listed,) = await person.writes("/trades")
        assert listed.index("Short 1 ES") < listed.index("Long 2 NQ")
    assert await journal.count("public.daily_tracking") == 1


async def test_a_trade_opened_on_one_is_closed_on_the_other(journal: Journal, phone: Person, desk: Person) -> None:
    await phone.writes("in long 2 nq 18250")
    await phone.writes("yes")
    (question,) = await desk.writes("out 18290")
    assert question.startswith("Close long 2 NQ from 18,250 at 18,290?")
    await desk.writes("yes")
    assert await journal.db.fetchval("select pnl from public.trades") == 1600


async def test_undo_is_of_the_journal_whichever_chat_says_it(journal: Journal, phone: Person, desk: Person) -> None:
    await records(phone, REPORT)
    (said,) = await desk.writes("/undo")
    assert said.startswith("Taken back, no longer in your journal: Long 2 NQ")
    assert await journal.count("public.trades") == 0
    await phone.writes("/redo")
    assert await journal.count("public.trades") == 1


async def test_both_chats_at_once_leave_a_day_that_is_right(journal: Journal, phone: Person, desk: Person) -> None:
    async def five_trades(person: Person, report: str) -> None:
        for text in (report, "yes", "/skip") * 5:
            await journal.worker.turns.receive(person.message(text))

    await asyncio.gather(five_trades(phone, REPORT), five_trades(desk, SHORT))
    await journal.settle()
    day = await journal.row("select daily_pnl, trades_taken from public.daily_tracking")
    assert (day["daily_pnl"], day["trades_taken"]) == (5 * (1600 + 500), 10)


# ---- a conversation on each platform


async def test_a_draft_waits_in_its_own_chat(journal: Journal, phone: Person, desk: Person) -> None:
    await phone.writes(REPORT)
    assert (await desk.writes("yes"))[0].startswith("There is nothing to confirm.")
    await desk.writes(SHORT)
    assert await states(journal) == {"telegram": "awaiting_confirmation", "discord": "awaiting_confirmation"}
    await desk.writes("/cancel")
    assert await states(journal) == {"telegram": "awaiting_confirmation", "discord": "idle"}
    assert (await phone.writes("yes"))[0].startswith("Recorded")
    assert [row["symbol"] for row in await journal.rows("select symbol from public.trades")] == ["NQ"]


async def test_a_button_of_the_other_chat_changes_nothing(journal: Journal, phone: Person, desk: Person) -> None:
    await phone.writes(REPORT)
    (confirm,) = (b for row in phone.replies[-1].reply.buttons for b in row if b.label == "Confirm")
    assert (await desk.does(desk.message(button=confirm.data)))[0].startswith("That button is out of date")
    assert await journal.count("public.trades") == 0


async def test_an_answer_means_a_message_of_the_same_chat(journal: Journal, phone: Person, desk: Person) -> None:
    """Message ids are a platform's own: the same one elsewhere is another message."""
    await phone.writes(REPORT, external_id="77")
    await phone.writes("yes")
    await desk.writes("exit 1", reply_to="77")
    await desk.writes("long 3 nq 18250 > 18290", edits="77", external_id="77:e1")
    assert await journal.row("select exit_price, position_size from public.trades") == {
        "exit_price": 18290,
        "position_size": 2,
    }


# ---- answers where the trade was reported


async def test_the_audit_is_told_where_the_trade_was_reported(
    journal: Journal, phone: Person, desk: Person, trader: UUID
) -> None:
    await journal.db.execute(
        "insert into public.trading_rules (user_id, rule_text) values ($1, 'Never more than 1 contract')", trader
    )
    await phone.writes("/trades")  # the latest chat that wrote
    said = await records(desk, REPORT)
    await phone.writes("/help")
    assert [text for text in said if text.startswith("Your rules on")]
    assert not [sent for sent in phone.replies if "Your rules on" in sent.text]
    said = await records(phone, SHORT)
    assert [text for text in said if text.startswith("Your rules on ES")]
    assert not [sent for sent in desk.replies if "Your rules on ES" in sent.text]


async def test_unlinking_elsewhere_beside_a_turn_of_that_chat(
    journal: Journal, phone: Person, desk: Person, trader: UUID
) -> None:
    """The two take their locks from both ends; whichever gives way tries again by itself."""
    receive = journal.worker.turns.receive
    for _ in range(10):
        await phone.binds(trader)
        await asyncio.gather(
            receive(desk.message("/unlink telegram")), receive(phone.message(REPORT)), receive(phone.message("yes"))
        )
    await journal.settle()
    assert await journal.count("worker.inbox", "status <> 'done'") == 0
    assert await journal.count("worker.inbox") == 30


# ---- limits


async def prefers(journal: Journal, trader: UUID, warnings: str) -> None:
    await journal.db.execute(
        "update public.profiles set account_size = 50000, daily_loss_limit_pct = 2, "
        "journal_preferences = jsonb_build_object('guard_warnings', $2::jsonb) where id = $1",
        trader,
        warnings,
    )


@pytest.mark.parametrize("warnings", ['"everywhere"', '["discord", "email"]'])
async def test_a_limit_that_comes_close_is_told_where_the_trader_asked_for_it(
    journal: Journal, phone: Person, desk: Person, trader: UUID, warnings: str
) -> None:
    await prefers(journal, trader, warnings)
    await desk.writes("/help")
    receipt, *_ = await records(phone, "long 1 nq 18250 > 18205")  # $900 of $1,000
    assert "Very close, daily loss: only $100.00" in receipt
    (told,) = (sent.text for sent in desk.replies if sent.text.startswith("Your limits"))
    assert told.startswith("Your limits, after a trade on Telegram")
    assert "Very close, daily loss: only $100.00" in told
    assert not [sent for sent in phone.replies if sent.text.startswith("Your limits")]


@pytest.mark.parametrize("warnings", ["null", '["telegram"]', '"everyone"', "[7]"])
async def test_else_it_is_told_in_the_receipt_alone(
    journal: Journal, phone: Person, desk: Person, trader: UUID, warnings: str
) -> None:
    await prefers(journal, trader, warnings)
    await desk.writes("/help")
    receipt, *_ = await records(phone, "long 1 nq 18250 > 18205")
    assert "Very close" in receipt
    assert not [sent for sent in desk.replies if sent.text.startswith("Your limits")]


async def test_a_limit_that_is_far_is_told_nowhere_else(
    journal: Journal, phone: Person, desk: Person, trader: UUID
) -> None:
    await prefers(journal, trader, '"everywhere"')
    await desk.writes("/help")
    await records(phone, REPORT)
    assert not [sent for sent in desk.replies if sent.text.startswith("Your limits")]


async def test_a_chat_that_is_unlinked_leaves_the_journal_to_the_others(
    journal: Journal, phone: Person, desk: Person
) -> None:
    await records(desk, SHORT)
    await phone.writes("/unlink discord")
    assert (await desk.writes("/trades"))[0].startswith("Hello, I am Vigil")
    (listed,) = await phone.writes("/trades")
    assert "Short 1 ES" in listed


async def test_a_chat_that_is_linked_is_announced_on_all_others(
    journal: Journal, phone: Person, desk: Person, trader: UUID
) -> None:
    for person in (phone, desk):
        await person.writes("/help")
    await journal.db.execute(
        "insert into public.platform_link_codes (user_id, platform, code, expires_at) "
        "values ($1, 'email', 'VGL-ABCD', now() + interval '5 minutes')",
        trader,
    )
    mail = Person(journal, "ann@example.com", "email")
    assert (await mail.writes("VGL-ABCD"))[0].startswith("Linked")
    for person in (phone, desk):
        (told,) = (sent.text for sent in person.replies if "was linked" in sent.text)
        assert told.startswith("A new chat on e-mail was linked to your journal.")
    assert not [sent for sent in mail.replies if "was linked" in sent.text]
