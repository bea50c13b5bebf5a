"""Turns that meet: two chats of one trader, and a message that cannot be handled."""

from datetime import UTC, datetime

import asyncpg
import pytest

from statemachine.message import Message
from tests.acceptance.confirming import prove_confirming
from tests.acceptance.intake import taking_in
from tests.acceptance.traffic import sign_up_traders

CONFIRMATIONS = 100
REFUSING = """
create function public.refuse_crude() returns trigger language plpgsql as $$
begin
    if new.symbol = 'CL' then
        raise exception 'no crude here';
    end if;
    return new;
end $$;
create trigger refuse_crude before insert on public.trades for each row execute function public.refuse_crude();
"""
"""What somebody else's trigger may do to the journal: every turn that records crude oil fails in the database."""


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", [1, 2])
async def test_the_day_equals_its_recomputation_after_every_pair(server_dsn: str, template: str, seed: int) -> None:
    """Twice, on a day of its own each: with the trades of a day grows what a turn has to look at."""
    report = await prove_confirming(server_dsn, seed=seed, times=CONFIRMATIONS)
    print(report)
    assert not report.faults, f"{report}\n" + "\n".join(report.faults[:5])
    assert report.confirmed == CONFIRMATIONS


async def test_a_message_whose_turn_raises_is_set_aside_and_blocks_nobody(
    dsn: str, connection: asyncpg.Connection
) -> None:
    await sign_up_traders(connection, (5001, 5002))
    await connection.execute(REFUSING)
    async with taking_in(dsn) as worker:
        await worker.receive(_message(5001, "1", "short 2 cl 78.20 > 77.90"))
        await worker.receive(_message(5001, "2", "yes"))
        await worker.receive(_message(5001, "2", "yes"))
        for chat, number, text in ((5002, "1", "long 2 nq 18250 > 18290"), (5002, "2", "yes"), (5001, "3", "cancel")):
            await worker.receive(_message(chat, number, text))
    inbox = await connection.fetch("select chat_id, external_id, status, error from worker.inbox order by id")
    assert [tuple(row)[:3] for row in inbox] == [
        ("5001", "1", "done"), ("5001", "2", "failed"), ("5002", "1", "done"), ("5002", "2", "done"),
        ("5001", "3", "done"),
    ]  # fmt: skip
    assert inbox[1]["error"] == "RaiseError"
    assert await connection.fetchval("select payload ->> 'text' from worker.inbox where status = 'failed'") == "yes"
    replies = await connection.fetch("select payload ->> 'text' as text from worker.outbox where chat_id = '5001'")
    assert len(replies) == 3, "a draft, an apology, and the draft dropped"
    assert await connection.fetchval("select array_agg(symbol) from public.trades") == ["NQ"]


def _message(chat: int, external_id: str, text: str) -> Message:
    name = str(chat)
    return Message(
        platform="telegram", account="1", chat_id=name, sender_id=name, external_id=external_id,
        sent_at=datetime.now(UTC), text=text,
    )  # fmt: skip
