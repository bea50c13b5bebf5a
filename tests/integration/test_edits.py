"""Recorded trades are changed, moved and deleted: one change each, its days follow, and undo takes it back."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from statemachine.message import Attachment
from tests.integration.databases import sign_up
from tests.integration.test_accounts import add_account, days
from tests.journaling import Journal, Person, journaling

TRADE = "select to_jsonb(t) - array['audit_result', 'audit_provider'] as t from public.trades t order by created_at"
FACTS = "select to_jsonb(f) as f from worker.trade_facts f order by created_at, trade_id"
LEGS = "select to_jsonb(l) as l from worker.trade_legs l order by created_at, id"
DAYS = "select to_jsonb(d) - 'id' as d from public.daily_tracking d order by trade_date"
OTHER_DAYS = "select to_jsonb(d) - 'id' as d from worker.account_days d order by account_id, trade_date"
VERDICTS = """
select v.trade_id, v.rule_id, v.verdict, v.evidence, v.severity from public.trade_rule_verdicts v order by 1, 2
"""
MARKS = "select to_jsonb(m) as m from public.trade_marks m order by trade_id"
PICTURE = Attachment(kind="photo", handle="chart")


@pytest.fixture
async def journal(dsn: str, trader: UUID, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(
        dsn, tmp_path, "telegram", "discord", openai_api_key=None, messages_per_minute=1000
    ) as journal:
        await journal.db.execute(
            "update public.profiles set account_size = 50000, journal_preferences = $2 where id = $1",
            trader,
            '{"timezone": "America/New_York", "screenshots": false}',
        )
        yield journal


@pytest.fixture
async def phone(journal: Journal, trader: UUID) -> Person:
    return await Person(journal, "4001").binds(trader)


@pytest.fixture
async def desk(journal: Journal, trader: UUID) -> Person:
    """The same trader on Discord."""
    return await Person(journal, "814123456789012345", "discord").binds(trader)


async def whole(journal: Journal) -> list[Any]:
    """The journal, but for the ids of days, which come and go with their trades."""
    every = [await journal.rows(query) for query in (TRADE, FACTS, LEGS, DAYS, OTHER_DAYS, VERDICTS, MARKS)]
    for rows in every[:3]:
        for row in rows:
            (values,) = row.values()
            row.clear()
            row["of"] = {k: v for k, v in _read(values).items() if k not in ("daily_tracking_id", "account_day_id")}
    return every


def _read(value: Any) -> dict[str, Any]:
    return dict(json.loads(value)) if isinstance(value, str) else dict(value)


EDITS = (
    "/edit 1 exit 18295",
    "/edit 1 entry 18255 size 3 stop 18200 tp 18400",
    "/edit 1 short",
    "/edit 1 mnq",
    "/edit 1 pnl +900 net",
    "/edit 1 fees 4.20",
    "/edit 1 entry 9:42 ET out 10:05 ET",
    "/edit 1 that was yesterday",
    "/edit 1 @apex2",
    "/edit 1 exit 18300 @apex2",
    "/edit 1 #fomo mood: calm",
    "/edit 1 exit 18295 setup: fade @apex2 note: waited",
    "/add 1 1 @ 18240",
    "/add 1 1 @ 18240 #late",
    "/exit 1 1 @ 18300",
    "/edit 1 no stop",
    "/edit 1 exit none",
    "/edit 1 remove the size",
    "/edit 1 no fees, short",
    "/edit 1 still open",
    "/delete 1",
)


async def test_an_edit_and_its_undo_give_the_journal_back(journal: Journal, phone: Person, trader: UUID) -> None:
    await add_account(journal.db, trader, "apex2")
    await phone.records("short 1 es 5300 > 5290 yesterday #fade")
    await phone.records("long 2 nq 18250 > 18290 stop 18230 fees 4 #orb setup: ORB mistake: late")
    await phone.writes("/note 1 chased a bit")
    before = await whole(journal)
    for said in EDITS:
        question, *_ = await phone.writes(said)
        assert question.startswith(("Change this trade?", "Delete this trade?")), said
        assert await whole(journal) == before, said
        await phone.writes("yes")
        after = await whole(journal)
        assert after != before, said
        await phone.writes("/undo")
        assert await whole(journal) == before, said
        await phone.writes("/redo")
        assert await whole(journal) == after, said
        await phone.writes("/undo")
        assert await whole(journal) == before, said


async def test_a_partly_closed_trade_moves_with_its_parts(journal: Journal, phone: Person, trader: UUID) -> None:
    apex = await add_account(journal.db, trader, "apex2")
    await phone.records("long 3 nq 18250")
    await phone.writes("sold 1 at 18270")
    await phone.writes("yes")
    before = await whole(journal)
    await phone.writes("/edit 1 @apex2")
    await phone.writes("yes")
    assert [day[3:5] for day in await days(journal, None)] == []
    assert [day[3:5] for day in await days(journal, apex)] == [(400, 1)]
    await phone.writes("out 18290")
    await phone.writes("yes")
    assert [day[3:5] for day in await days(journal, apex)] == [(2000, 1)]
    await phone.writes("/undo")
    await phone.writes("/undo")
    assert await whole(journal) == before


async def test_a_trade_of_another_day_leaves_that_day(journal: Journal, phone: Person) -> None:
    await phone.records("long 2 nq 18250 > 18290")
    await phone.writes("/edit 1 that was yesterday")
    await phone.writes("yes")
    rows = await journal.rows("select trade_date, daily_pnl, trades_taken from public.daily_tracking")
    assert [(row["daily_pnl"], row["trades_taken"]) for row in rows] == [(1600, 1)]
    jobs = await journal.rows(
        "select convert_from(payload, 'utf8') as p from worker.pgqueuer where entrypoint = 'audit'"
    )
    assert sum('"day":"' in row["p"] for row in jobs) == 1  # the trades that are left there are looked at again


async def test_copies_are_deleted_together_and_come_back_together(
    journal: Journal, phone: Person, trader: UUID
) -> None:
    for name in ("apex1", "apex2"):
        await add_account(journal.db, trader, name)
    await phone.writes("long 1 nq 18250 > 18290 on all accounts")
    await phone.writes("yes")
    before = await whole(journal)
    (question,) = await phone.writes("/delete 2")
    assert "Accounts main, apex1 and apex2" in question
    await phone.writes("yes")
    assert await journal.count("public.trades") == 0
    await phone.writes("/undo")
    assert await whole(journal) == before
    (refused,) = await phone.writes("/edit 1 @main")  # the last one is apex2's
    assert "is recorded on @apex2, and a recorded trade stays on its account" in refused


async def test_delete_answered_to_a_trade_means_that_trade(journal: Journal, phone: Person) -> None:
    await phone.records("long 2 nq 18250 > 18290")
    receipt = phone.replies[-1].external_id
    await phone.records("short 1 es 5300 > 5290")
    (question,) = await phone.writes("delete this trade", reply_to=receipt)
    assert question.startswith("Delete this trade?\nLong 2 NQ")
    await phone.writes("yes")
    assert await journal.row("select symbol from public.trades") == {"symbol": "ES"}


async def test_older_copies_are_changed_with_it(journal: Journal, phone: Person, trader: UUID) -> None:
    await add_account(journal.db, trader, "apex2")
    await phone.writes("long 1 nq 18250 > 18290 on all accounts")
    await phone.writes("yes")
    await journal.db.execute("update public.trades set created_at = created_at - interval '3 days'")
    await phone.writes("/edit 1 exit 18295")
    await phone.writes("yes")
    assert await journal.count("public.trades", "exit_price = 18295 and pnl = 900") == 2


# ---- somebody else was there


async def test_two_chats_lose_no_update(journal: Journal, phone: Person, desk: Person) -> None:
    """Both ask, both say yes at once, of an old trade: what one changed, the other computes with or asks again."""
    await phone.records("long 2 nq 18250 > 18290")
    await journal.db.execute("update public.trades set created_at = created_at - interval '3 days'")
    await phone.writes("/edit 1 exit 18300")
    await desk.writes("/edit 1 size 3")
    turns = journal.worker.turns
    await asyncio.gather(turns.receive(phone.message("yes")), turns.receive(desk.message("yes")))
    await journal.settle()
    for person in (phone, desk):
        if "please look again" in " ".join(sent.text for sent in person.replies[-2:]):
            await person.writes("yes")
    trade = await journal.row("select exit_price, position_size, pnl from public.trades")
    assert trade == {"exit_price": 18300, "position_size": 3, "pnl": 3000}
    assert (await journal.row("select daily_pnl from public.daily_tracking"))["daily_pnl"] == 3000


async def test_what_changed_meanwhile_is_asked_again(journal: Journal, phone: Person, desk: Person) -> None:
    await phone.records("long 2 nq 18250 > 18290")
    await phone.writes("/edit 1 exit 18300")
    await desk.writes("/edit 1 exit 18310")
    await desk.writes("yes")
    changed, question = await phone.writes("yes")
    assert changed.startswith("Long 2 NQ has changed since I asked. Nothing was saved")
    assert "Exit 18,310 → 18,300" in question
    await phone.writes("yes")
    assert await journal.count("public.trades", "exit_price = 18300 and pnl = 2000") == 1


async def test_marks_of_another_chat_stay(journal: Journal, phone: Person, desk: Person) -> None:
    """They change nothing of what was asked."""
    await phone.records("long 2 nq 18250 > 18290 #orb")
    await phone.writes("/edit 1 exit 18300")
    await desk.writes("/tag 1 #late")
    await desk.writes("/note 1 chased a bit")
    (said,) = await phone.writes("yes")
    assert said.startswith("Changed")
    assert await journal.row("select tags from public.trade_marks") == {"tags": ["orb", "late"]}
    await phone.writes("/delete 1")
    await desk.writes("/mood 1 tired")
    (said,) = await phone.writes("yes")
    assert said.startswith("Deleted")
    assert await journal.count("public.trade_marks") == 0
    await desk.writes("/undo")
    marks = await journal.row("select tags, mood from public.trade_marks")
    assert marks == {"tags": ["orb", "late"], "mood": "tired"}


async def test_marks_go_to_the_answered_trade_though_a_draft_waits(journal: Journal, phone: Person) -> None:
    """As "stop 18240" does; marks that answer nothing are the draft's."""
    await phone.records("long 2 nq 18250 > 18290")
    receipt = phone.replies[-1].external_id
    await phone.writes("short 1 es 5300 > 5290")
    (said,) = await phone.writes("#late", reply_to=receipt)
    assert said.startswith("NQ")
    assert "#late" in said
    await phone.writes("#fade")
    await phone.writes("yes")
    marks = "select symbol, tags from public.trade_marks m join public.trades t on t.id = m.trade_id order by 1"
    assert await journal.rows(marks) == [
        {"symbol": "ES", "tags": ["fade"]},
        {"symbol": "NQ", "tags": ["late"]},
    ]


async def test_marks_alone_are_not_judged(journal: Journal, phone: Person) -> None:
    await phone.records("long 2 nq 18250 > 18290")
    judged = await journal.count("worker.pgqueuer", "entrypoint = 'audit'")
    for said in ("/edit 1 #late note: chased a bit", "yes", "/undo", "/redo"):
        await phone.writes(said)
    assert await journal.count("worker.pgqueuer", "entrypoint = 'audit'") == judged
    assert await journal.count("public.trade_marks", "tags = '{late}'") == 1
    await phone.writes("/edit 1 exit 18295 #late")
    await phone.writes("yes")
    assert await journal.count("worker.pgqueuer", "entrypoint = 'audit'") == judged + 1


async def test_a_trade_that_was_deleted_meanwhile(journal: Journal, phone: Person, desk: Person) -> None:
    await phone.records("long 2 nq 18250 > 18290")
    await phone.writes("/edit")
    await phone.writes("/edit 1 exit 18300")
    await desk.writes("/delete 1")
    await desk.writes("/delete 1")
    await desk.writes("yes")
    (said,) = await phone.writes("yes")
    assert said.startswith("It is no longer in your journal, nothing was changed")
    (said,) = await phone.presses("1")
    assert said.startswith("That trade is no longer in your journal")
    assert await journal.count("worker.changes") == 2


async def test_a_trade_of_somebody_else_is_none(journal: Journal, phone: Person) -> None:
    await phone.records("long 2 nq 18250 > 18290")
    await phone.writes("/edit")
    stranger = await Person(journal, "4002").binds(await sign_up(journal.db, "other@example.com"))
    await stranger.records("long 1 es 5300 > 5310")
    data = next(b.data for sent in phone.replies for row in sent.reply.buttons for b in row if b.label == "1")
    for pressed in (data, data.replace("te:", "td:")):
        (said,) = await stranger.does(stranger.message(button=pressed))
        assert said.startswith("That trade is no longer in your journal")


# ---- pictures


@pytest.mark.parametrize("caption", ["for 2", "Chart for trade 2", "/photo 2", "screenshot of #2"])
async def test_a_caption_names_the_trade_of_a_picture(journal: Journal, phone: Person, caption: str) -> None:
    await phone.records("long 2 nq 18250 > 18290")
    await phone.records("short 1 es 5300 > 5290")
    (said,) = await phone.sends(PICTURE, text=caption)
    assert said.startswith("Got the picture for NQ +$1,600.00")


async def test_what_a_caption_marks_goes_where_its_picture_goes(journal: Journal, phone: Person) -> None:
    """To the trade it names or answers, to a draft, and where it is asked for, to the trade that is picked."""
    await phone.records("long 2 nq 18250 > 18290 #orb")
    receipt = phone.replies[-1].external_id
    await phone.records("short 1 es 5300 > 5290")
    await phone.sends(PICTURE, text="for 2 #revenge")
    await phone.sends(PICTURE, text="/photo 2 mood: calm")
    await phone.sends(PICTURE, text="a late one, #late mistake: chased it", reply_to=receipt)
    marks = "select tags, setup, mood, mistake from public.trade_marks m join public.trades t on t.id = trade_id"
    nq = await journal.row(f"{marks} where symbol = 'NQ'")
    assert nq == {"tags": ["orb", "revenge", "late"], "setup": None, "mood": "calm", "mistake": "chased it"}
    (asked,) = await phone.sends(PICTURE, text="#fade setup: gap fill")
    assert asked.startswith("Which trade is this picture of?")
    _, changed = await phone.presses("ES +$500.00")
    assert "Tags none → #fade" in changed
    await phone.presses("Undo")
    assert await journal.rows(f"{marks} where symbol = 'ES'") == []
    await phone.writes("long 1 cl 70 > 71")
    await phone.sends(PICTURE, text="#trend")
    await phone.writes("yes")
    assert (await journal.row(f"{marks} where symbol = 'CL'"))["tags"] == ["trend"]


async def test_a_picture_answers_the_list_of_one_trade(journal: Journal, phone: Person) -> None:
    await phone.records("long 2 nq 18250 > 18290")
    for asked in ("/trades", "/edit"):
        await phone.writes(asked)
        (said,) = await phone.sends(PICTURE, reply_to=phone.replies[-1].external_id)
        assert said.startswith("Got the picture for NQ +$1,600.00")


async def test_what_a_plan_became_is_deleted_and_the_plan_waits_again(journal: Journal, phone: Person) -> None:
    await phone.writes("limit buy 2 nq 18200 stop 18180")
    await phone.writes("filled")
    await phone.writes("yes")
    await phone.writes("/delete 1")
    deleted, back = await phone.writes("yes")
    assert deleted.startswith("Deleted")
    assert "plan" in back.lower()
