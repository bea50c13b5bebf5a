"""Trades in the journal: what is stored of them, their days, undo, edits, charts and waits."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest

from bot.understanding import message_id
from tests.journaling import REPORT, Journal, Person, journaling
from tests.screenshots import PHOTO

TRADE = """
select t.*, f.is_open, f.open_size, f.pnl_basis, f.pnl_origin, f.initial_stop, d.trade_date::text as day
from public.trades t join worker.trade_facts f on f.trade_id = t.id
left join public.daily_tracking d on d.id = t.daily_tracking_id
"""
NET = """
select coalesce(sum(case when l.n is null then t.pnl else 0 end
    - case when f.pnl_basis = 'net' then 0 else coalesce(t.commissions, 0) end), 0)
    + coalesce((select sum(pnl) from worker.trade_legs where daily_tracking_id = $1), 0) as pnl, count(*) as taken
from public.trades t join worker.trade_facts f on f.trade_id = t.id
left join (select trade_id, count(*) as n from worker.trade_legs group by 1) l on l.trade_id = t.id
where t.daily_tracking_id = $1
"""
MONDAY = datetime(2026, 3, 23, 15, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, messages_per_minute=1000) as journal:
        yield journal
        await check_days(journal)


async def check_days(journal: Journal) -> None:
    """Every day row says what its trades say."""
    for day in await journal.rows("select id, daily_pnl, trades_taken from public.daily_tracking"):
        assert (day["daily_pnl"], day["trades_taken"]) == tuple((await journal.row(NET, day["id"])).values())


async def days(journal: Journal) -> dict[str, Decimal]:
    rows = await journal.rows("select trade_date::text, daily_pnl from public.daily_tracking order by 1")
    return {row["trade_date"]: row["daily_pnl"] for row in rows}


async def trade(journal: Journal) -> dict[str, Any]:
    return await journal.row(TRADE)


async def recomputed(journal: Journal) -> None:
    """As after a change that another writer made."""
    await journal.db.execute("select worker.recompute_days(id, '2026-01-01') from public.profiles")
    await journal.db.execute("select worker.recompute_streak(id) from public.profiles")


async def receipt_of(person: Person) -> str:
    """The id of the receipt that was sent last."""
    return next(sent.external_id for sent in reversed(person.replies) if sent.text.startswith("Recorded"))


async def ring(journal: Journal, person: Person, *, replies: int) -> list[str]:
    """The conversation's wait is over: the sweep finds it, the job tells it."""
    before = len(person.replies)
    await journal.db.execute("update worker.chats set wakes_at = now() - interval '1 second'")
    async with asyncio.timeout(10):
        while await journal.count("worker.chats", "wakes_at < now()") or len(person.replies) < before + replies:
            await asyncio.sleep(0.02)
    await journal.settle()
    return [sent.text for sent in person.replies[before:]]


# ---- P&L


@pytest.mark.parametrize(
    ("report", "stored", "shown"),
    [
        (REPORT, ("1600", None, "gross", "computed", "1600"), "+$1,600.00 computed"),
        ("long 2 nq 18250 > 18290 pnl +1600", ("1600", None, "gross", "said", "1600"), "+$1,600.00"),
        ("long 2 nq 18250 > 18290 pnl +1500", ("1500", None, "gross", "said", "1500"), "+$1,500.00"),
        ("nq long +412.50", ("412.50", None, "gross", "said", "412.50"), "+$412.50"),
        (
            "long 2 nq 18250 > 18290 comm 8.40",
            ("1600", "8.40", "gross", "computed", "1591.60"),
            "+$1,600.00 less $8.40 commissions: +$1,591.60",
        ),
        (
            "long 2 nq 18250 > 18290 pnl +1500 net",
            ("1500", None, "net", "said", "1500"),
            "+$1,500.00 after commissions",
        ),
        (
            "long 2 nq 18250 > 18290 pnl +1500 net comm 8.40",
            ("1508.40", "8.40", "gross", "said", "1500"),
            "+$1,508.40 less $8.40 commissions: +$1,500.00",
        ),
    ],
)
async def test_pnl_as_said_or_computed(
    journal: Journal, ann: Person, report: str, stored: tuple[Any, ...], shown: str
) -> None:
    await ann.writes(report, sent_at=MONDAY)
    receipt = (await ann.writes("yes"))[0]
    row = await trade(journal)
    pnl, costs, basis, origin, day = stored
    assert row["pnl"] == Decimal(pnl)
    assert row["commissions"] == (Decimal(costs) if costs else None)
    assert (row["pnl_basis"], row["pnl_origin"]) == (basis, origin)
    assert await days(journal) == {"2026-03-23": Decimal(day)}
    assert shown in receipt.splitlines()


async def test_a_differing_pnl_is_told_before_it_is_saved(ann: Person) -> None:
    (question,) = await ann.writes("long 2 nq 18250 > 18290 pnl +1500")
    assert "you said +$1,500.00, your prices give +$1,600.00" in question
    (question,) = await ann.writes("pnl 1600")
    assert "P&L +$1,600.00, as you said" in question


async def test_limits_come_with_the_receipt(journal: Journal, ann: Person, trader: UUID) -> None:
    await journal.db.execute(
        """update public.profiles set account_size = 50000, daily_loss_limit_pct = 2, max_drawdown_pct = 4,
           max_daily_trades = 1 where id = $1""",
        trader,
    )
    await ann.writes("long 1 nq 18250 > 18210")
    receipt = (await ann.writes("yes"))[0].splitlines()
    assert receipt[4:] == [
        "Careful, daily loss: only $200.00 of $1,000.00 left (80% used)",
        "Drawdown: $1,200.00 to the floor",
        "Trades: 1 of 1, that was your last for the day",
        "Based on the closed trades you logged.",
        "[Undo]",
    ]


# ---- open trades and parts


async def test_an_open_trade_and_its_close_on_another_day(journal: Journal, ann: Person) -> None:
    await ann.writes("in long 2 es 5321.25 stop 5315", sent_at=MONDAY)
    assert (await ann.writes("yes"))[0].startswith("Recorded, open\nLong 2 ES · in at 5321.25, open · stop 5315")
    row = await trade(journal)
    assert (row["is_open"], row["pnl"], row["day"]) == (True, None, "2026-03-23")
    (question,) = await ann.writes("out 5331.25", sent_at=TUESDAY)
    assert question.startswith("Close long 2 ES from 5321.25 at 5331.25?\nP&L +$1,000.00 computed")
    assert (await ann.writes("yes"))[0].startswith("Closed\nLong 2 ES from 5321.25 at 5331.25\n+$1,000.00 computed")
    row = await trade(journal)
    assert (row["is_open"], row["pnl"], row["day"]) == (False, Decimal(1000), "2026-03-24")
    assert row["initial_stop"] == Decimal(5315)
    assert await days(journal) == {"2026-03-24": Decimal(1000)}


async def test_a_trade_closed_in_parts(journal: Journal, ann: Person) -> None:
    await ann.writes("in long 3 nq 18250 stop 18230", sent_at=MONDAY)
    await ann.writes("yes")
    await ann.writes("sold 1 at 18290", sent_at=MONDAY)
    (receipt,) = await ann.writes("yes")
    assert receipt.startswith("Partly closed\nLong 1 of 3 NQ from 18,250 at 18,290\n+$800.00 computed")
    row = await trade(journal)
    assert (row["is_open"], row["open_size"], row["position_size"]) == (True, 2, 3)
    assert (row["pnl"], row["exit_price"]) == (800, None)

    await ann.writes("sold 1 at 18240", sent_at=TUESDAY)
    (receipt,) = await ann.writes("yes")
    assert receipt.startswith("Partly closed\nLong 1 of 2 NQ from 18,250 at 18,240\n-$200.00 computed")
    assert "24 Mar: -$200.00, 0 trades" in receipt

    (question,) = await ann.writes("rest out 18300", sent_at=TUESDAY)
    assert question.startswith("Close long 1 NQ from 18,250 at 18,300?\nP&L +$1,000.00 computed")
    receipt, _ = await ann.writes("yes")
    assert receipt.startswith(
        "Closed\nLong 1 NQ from 18,250 at 18,300\n+$1,000.00 computed\nThe whole trade +$1,600.00"
    )
    row = await trade(journal)
    assert (row["is_open"], row["open_size"], row["position_size"]) == (False, None, 3)
    assert row["pnl"] == 1600
    assert str(row["exit_price"]) == "18276.6666666667"
    legs = await journal.rows("select size, exit_price, pnl from worker.trade_legs order by created_at")
    assert [tuple(leg.values()) for leg in legs] == [(1, 18290, 800), (1, 18240, -200), (1, 18300, 1000)]
    assert (await ann.writes("/trades"))[0].splitlines()[1].startswith("1. Long 3 NQ · +$1,600.00 computed")


async def test_the_weighted_exit_has_no_idle_zeros(journal: Journal, ann: Person) -> None:
    for text in ("in long 2 nq 18250", "yes", "sold 1 at 18290", "yes", "rest out 18300", "yes"):
        await ann.writes(text)
    assert str((await trade(journal))["exit_price"]) == "18295"


async def test_the_legs_of_a_trade_count_on_their_own_days(journal: Journal, ann: Person) -> None:
    await ann.writes("in long 2 nq 18250", sent_at=MONDAY)
    await ann.writes("yes")
    await ann.writes("sold 1 at 18290 comm 2.10", sent_at=MONDAY)
    await ann.writes("yes")
    await ann.writes("rest out 18300 comm 2.10", sent_at=TUESDAY)
    await ann.writes("yes")
    assert (await trade(journal))["commissions"] == Decimal("4.20")
    assert await days(journal) == {"2026-03-23": Decimal(800), "2026-03-24": Decimal("995.80")}


@pytest.mark.parametrize(
    ("entry", "closes", "pnl", "costs", "basis", "net"),
    [
        ("commission 5", ["out 18290 commission 4"], 1600, 9, "gross", 1591),
        ("commission 5", ["out 18290"], 1600, 5, "gross", 1595),
        ("commission 5", ["out 18290 pnl +1591 net commission 4"], 1600, 9, "gross", 1591),
        ("commission 5", ["out 18290 pnl +1595 net"], 1600, 5, "gross", 1595),
        ("", ["out 18290 pnl +1591 net"], 1591, None, "net", 1591),
        ("commission 5", ["sold 1 at 18290 commission 2", "rest out 18300 commission 3"], 1800, 10, "gross", 1790),
        ("", ["sold 1 at 18290 pnl 796 net commission 4", "rest out 18300 commission 3"], 1800, 7, "gross", 1793),
        ("", ["sold 1 at 18290 pnl 796 net", "rest out 18300 commission 3"], 1796, 3, "gross", 1793),
        ("", ["sold 1 at 18290 commission 4", "rest out 18300 pnl 997 net"], 1797, 4, "gross", 1793),
    ],
)
async def test_what_is_left_of_a_trade_whose_costs_came_piecemeal(
    journal: Journal, ann: Person, entry: str, closes: list[str], pnl: int, costs: int | None, basis: str, net: int
) -> None:
    for text in (f"in long 2 nq 18250 {entry}", *closes):
        await ann.writes(text, sent_at=MONDAY)
        (*_, receipt) = [said for said in await ann.writes("yes") if not said.startswith("A chart")]
    row = await trade(journal)
    assert (row["is_open"], row["pnl"], row["commissions"], row["pnl_basis"]) == (False, pnl, costs, basis)
    assert await days(journal) == {"2026-03-23": Decimal(net)}
    assert f"23 Mar: +${net:,}.00, 1 trade" in receipt


async def test_the_receipt_takes_the_costs_of_the_entry_off_too(ann: Person) -> None:
    await ann.writes("in long 2 nq 18250 commission 5")
    await ann.writes("yes")
    (question,) = await ann.writes("out 18290 commission 4")
    assert "After commissions +$1,591.00" in question
    assert "+$1,600.00 less $9.00 commissions: +$1,591.00" in (await ann.writes("yes"))[0]


async def test_two_parts_confirmed_at_once_have_a_receipt_each(journal: Journal, ann: Person) -> None:
    for text in ("in long 2 nq 18250", "yes", "sold 1 at 18270", "rest out 18290"):
        await ann.writes(text, sent_at=MONDAY)
    first, second, *_ = await ann.writes("yes")
    assert first.startswith("Partly closed\nLong 1 of 2 NQ from 18,250 at 18,270\n+$400.00 computed\n23 Mar")
    assert second.startswith("Closed\nLong 1 NQ from 18,250 at 18,290\n+$800.00 computed\nThe whole trade +$1,200.00")
    row = await trade(journal)
    assert (row["is_open"], row["pnl"], row["position_size"]) == (False, 1200, 2)


async def test_a_close_of_what_another_chat_has_closed_a_part_of_is_asked_again(
    dsn: str, tmp_path: Path, trader: UUID
) -> None:
    async with journaling(dsn, tmp_path, "telegram", "discord") as journal:
        ann, dee = await Person(journal, "4001").binds(trader), await Person(journal, "dee", "discord").binds(trader)
        for text in ("in long 2 nq 18250", "yes", "out 18290"):
            await ann.writes(text, sent_at=MONDAY)
        for text in ("sold 1 at 18270", "yes"):
            await dee.writes(text, sent_at=MONDAY)
        changed, question = await ann.writes("yes")
        assert changed.startswith("Long 2 NQ has changed since I asked.")
        assert question.startswith("Close long 1 NQ from 18,250 at 18,290?\nP&L +$800.00 computed")
        (stale, _) = await ann.presses("Confirm", at=-2)
        assert stale.startswith("That button is out of date")
        await ann.presses("Confirm")
        row = await trade(journal)
        assert (row["is_open"], row["open_size"], row["pnl"]) == (False, None, 1200)
        assert await days(journal) == {"2026-03-23": Decimal(1200)}


async def test_of_two_open_trades_the_bot_asks_which(journal: Journal, ann: Person) -> None:
    for text in ("in long 1 es 5300", "yes", "in long 2 nq 18250", "yes"):
        await ann.writes(text)
    (question,) = await ann.writes("out 5310")
    assert "Which trade did you close?" in question
    (question,) = await ann.presses("Long 1 ES 5300")
    assert question.startswith("Close long 1 ES from 5300 at 5310?\nP&L +$500.00 computed")
    await ann.writes("yes")
    rows = await journal.rows(f"{TRADE} order by t.created_at")
    assert [(row["symbol"], row["is_open"], row["pnl"]) for row in rows] == [("ES", False, 500), ("NQ", True, None)]


async def test_a_close_without_an_open_trade_records_nothing(journal: Journal, ann: Person) -> None:
    (said,) = await ann.writes("out 5310")
    assert said.startswith("I have no open trade to close.")
    assert await journal.db.fetchval("select state from public.journal_conversations") == "idle"


# ---- undo and redo


async def test_undo_and_redo_of_a_record(journal: Journal, ann: Person) -> None:
    await ann.writes(REPORT, sent_at=MONDAY)
    await ann.writes("yes")
    before = await trade(journal)
    (said,) = await ann.presses("Undo")
    assert said.startswith("Taken back, no longer in your journal: Long 2 NQ · 18,250 → 18,290")
    assert "\n23 Mar: $0.00, 0 trades\n" in said
    assert (await journal.count("public.trades"), await days(journal)) == (0, {})
    assert (await ann.writes("/undo")) == ["There is nothing to take back."]
    (said,) = await ann.presses("Redo")
    assert said.startswith("Back in your journal: Long 2 NQ")
    assert "\n23 Mar: +$1,600.00, 1 trade\n" in said
    after = await trade(journal)
    assert after | {"daily_tracking_id": None} == before | {"daily_tracking_id": None}
    assert await days(journal) == {"2026-03-23": Decimal(1600)}
    assert (await ann.writes("/redo")) == ["There is nothing to bring back."]


async def test_undo_ends_the_wait_for_the_chart(journal: Journal, ann: Person) -> None:
    await ann.writes(REPORT)
    await ann.writes("yes")
    await ann.writes("/undo")
    assert await journal.db.fetchval("select state from public.journal_conversations") == "idle"
    assert (await ann.writes("/skip"))[0].startswith("There is no chart to skip.")


async def test_undo_and_redo_of_parts(journal: Journal, ann: Person) -> None:
    await ann.writes("in long 2 nq 18250", sent_at=MONDAY)
    await ann.writes("yes")
    for text, at in (("sold 1 at 18290", MONDAY), ("rest out 18300", TUESDAY)):
        await ann.writes(text, sent_at=at)
        await ann.writes("yes")
    await ann.writes("/skip")
    whole = await days(journal)
    assert whole == {"2026-03-23": Decimal(800), "2026-03-24": Decimal(1000)}
    (said,) = await ann.writes("/undo")
    assert said.startswith("Taken back, open again: Long 2 NQ")
    assert "\n24 Mar: $0.00, 0 trades\n" in said
    row = await trade(journal)
    assert (row["is_open"], row["open_size"], row["pnl"]) == (True, 1, 800)
    assert await days(journal) == {"2026-03-23": Decimal(800)}
    await ann.writes("/undo")
    row = await trade(journal)
    assert (row["is_open"], row["open_size"], row["pnl"]) == (True, None, None)
    await ann.writes("/redo")
    await ann.writes("/redo")
    row = await trade(journal)
    assert (row["is_open"], row["pnl"], row["exit_price"], row["day"]) == (False, 1800, 18295, "2026-03-24")
    assert await days(journal) == whole


async def test_undo_of_an_edit_takes_the_day_back_too(journal: Journal, ann: Person) -> None:
    await ann.does(ann.message(REPORT, external_id="m1", sent_at=MONDAY))
    await ann.writes("yes")
    await ann.writes("/skip")
    edited = f"{REPORT} out 10:00"  # of the day it was edited on: the exit decides the day
    tuesday = "2026-03-24"
    (question, *_) = await ann.writes(edited, edits="m1", sent_at=MONDAY + timedelta(days=1))
    assert question.startswith("Change this trade?")
    await ann.writes("yes")
    assert (await trade(journal))["day"] == tuesday
    assert await days(journal) == {tuesday: Decimal(1600)}
    await ann.writes("/undo")
    assert (await trade(journal))["day"] == "2026-03-23"
    assert await days(journal) == {"2026-03-23": Decimal(1600)}
    await ann.writes("/redo")
    assert (await trade(journal))["day"] == tuesday


async def test_a_redo_is_refused_once_the_trade_was_changed_again(journal: Journal, ann: Person) -> None:
    await ann.does(ann.message(REPORT, external_id="m1"))
    await ann.writes("yes")
    await ann.writes("/skip")
    for price in (18295, 18300):
        await ann.writes(f"long 2 nq 18250 > {price} stop 18230", edits="m1")
        await ann.writes("yes")
        await ann.writes("/undo") if price == 18295 else None
    assert await ann.writes("/redo") == ["There is nothing to bring back."]
    (said,) = await ann.presses("Redo")
    assert said.startswith("That button is out of date")
    assert (await trade(journal))["exit_price"] == 18300


async def test_an_undo_button_takes_back_its_own_change_once(journal: Journal, ann: Person) -> None:
    for text in ("in long 2 nq 18250", "yes", "out 18290", "yes", "/skip"):
        await ann.writes(text)
    (stale,) = await ann.presses("Undo", at=0)  # of the record, while the close came later
    assert stale.startswith("That button is out of date")
    (said,) = await ann.presses("Undo", at=1)
    assert said.startswith("Taken back, open again")
    (stale,) = await ann.presses("Undo", at=1)  # a double tap
    assert stale.startswith("That button is out of date")
    assert (await trade(journal))["is_open"]
    (said,) = await ann.presses("Undo", at=0)
    assert said.startswith("Taken back, no longer in your journal")
    (stale,) = await ann.presses("Redo", at=0)  # of the close, while there is no trade to close
    assert stale.startswith("That button is out of date")
    await ann.presses("Redo", at=1)
    assert (await ann.presses("Redo", at=0))[0].startswith("Closed again")


async def test_undo_of_a_trade_deleted_in_the_web_app_brings_no_ghost(journal: Journal, ann: Person) -> None:
    number = await ann.records()
    await ann.writes("pnl +1500", reply_to=(await receipt_of(ann)))
    await ann.writes("yes")
    await ann.writes("/undo")
    await journal.db.execute("delete from public.trades where id = $1", number)
    await recomputed(journal)
    assert await ann.writes("/redo") == ["There is nothing to bring back."]
    assert await ann.writes("/undo") == ["There is nothing to take back."]
    assert await journal.count("public.trades") == 0


async def test_a_trade_that_is_open_again_is_not_judged_nor_in_the_streak(journal: Journal, ann: Person) -> None:
    for text in ("in long 2 nq 18250", "yes", "out 18290", "yes", "/skip"):
        await ann.writes(text, sent_at=MONDAY)
    rule = await journal.db.fetchval(
        "insert into public.trading_rules (user_id, rule_text) select id, 'A stop' from public.profiles returning id"
    )
    await journal.db.execute(
        """insert into public.trade_rule_verdicts (trade_id, rule_id, verdict)
           select id, $1, 'violated' from public.trades""",
        rule,
    )
    await journal.db.execute(
        """update public.trades set audit_status = 'audited', audit_result = '{"of": "x"}', compliance_score = 50,
           rules_violated = 1"""
    )
    await recomputed(journal)
    streak = "select current_streak_days, last_audit_date::text from public.profiles"
    assert await journal.row(streak) == {"current_streak_days": 1, "last_audit_date": "2026-03-23"}
    await ann.writes("/undo")
    row = await trade(journal)
    assert (row["audit_status"], row["audit_result"], row["compliance_score"]) == ("pending", None, None)
    assert await journal.count("public.trade_rule_verdicts") == 0
    assert await journal.row(streak) == {"current_streak_days": 0, "last_audit_date": None}
    assert await journal.db.fetchval("select compliance_score from public.daily_tracking") is None


async def test_a_brought_back_trade_keeps_its_chart_and_is_judged_anew(journal: Journal, ann: Person) -> None:
    number = await ann.records()
    await journal.db.execute(
        """update public.trades set screenshot_url = 'kept', audit_status = 'audited', audit_result = '{"of": "x"}',
           compliance_score = 50 where id = $1""",
        number,
    )
    await ann.writes("/undo")
    await ann.writes("/redo")
    row = await trade(journal)
    assert (row["screenshot_url"], row["audit_status"], row["audit_result"]) == ("kept", "pending", None)
    assert row["compliance_score"] is None


# ---- edits


async def test_an_edit_before_recording_changes_the_draft(journal: Journal, ann: Person) -> None:
    await ann.does(ann.message(REPORT, external_id="m1"))
    (question,) = await ann.writes("long 2 nq 18250 > 18300 stop 18230", edits="m1")
    assert question.startswith("Is this right?\nLong 2 NQ · $20/pt\n18,250 → 18,300")
    (stale, _) = await ann.presses("Confirm", at=0)
    assert stale.startswith("That button is out of date")
    await ann.presses("Confirm")
    assert (await trade(journal))["exit_price"] == 18300


async def test_an_edit_after_recording_proposes_the_change(journal: Journal, ann: Person) -> None:
    await ann.does(ann.message(REPORT, external_id="m1"))
    await ann.writes("yes")
    await ann.writes("/skip")
    (question,) = await ann.writes("long 2 nq 18250 > 18300 stop 18230", edits="m1")
    assert question.startswith("Change this trade?\nLong 2 NQ\nExit 18,290 → 18,300\nP&L +$1,600.00 → +$2,000.00")
    assert (await trade(journal))["exit_price"] == 18290
    assert (await ann.writes("yes"))[0].startswith("Changed\nLong 2 NQ\nExit 18,290 → 18,300")
    row = await trade(journal)
    assert (row["exit_price"], row["pnl"], row["pnl_origin"]) == (18300, 2000, "computed")


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("exit 18300", ("2000", None, "gross", "computed")),
        ("size 3", ("2400", None, "gross", "computed")),
        ("pnl +1500", ("1500", None, "gross", "said")),
        ("pnl +1500 net", ("1500", None, "net", "said")),
        ("pnl +1500 net comm 8.40", ("1508.40", "8.40", "gross", "said")),
        ("commissions 8.40", ("1600", "8.40", "gross", "computed")),
        ("stop 18240", ("1600", None, "gross", "computed")),
    ],
)
async def test_an_answer_to_the_receipt_changes_the_trade(
    journal: Journal, ann: Person, said: str, stored: tuple[Any, ...]
) -> None:
    await ann.records()
    (question,) = await ann.writes(said, reply_to=await receipt_of(ann))
    assert question.startswith("Change this trade?\nLong 2 NQ\n")
    await ann.writes("yes")
    row = await trade(journal)
    pnl, costs, basis, origin = stored
    assert (row["pnl"], row["commissions"]) == (Decimal(pnl), Decimal(costs) if costs else None)
    assert (row["pnl_basis"], row["pnl_origin"], row["initial_stop"]) == (basis, origin, 18230)


async def test_commissions_told_later_make_a_net_figure_gross(journal: Journal, ann: Person) -> None:
    await ann.does(ann.message("long 2 nq 18250 > 18290 pnl +1500 net", external_id="m1"))
    await ann.writes("yes")
    await ann.writes("/skip")
    await ann.writes("commissions 8.40", reply_to="m1")
    await ann.writes("yes")
    row = await trade(journal)
    assert (row["pnl"], row["pnl_basis"], row["commissions"]) == (Decimal("1508.40"), "gross", Decimal("8.40"))


async def test_a_new_result_of_a_trade_closed_in_parts_counts(journal: Journal, ann: Person) -> None:
    await ann.does(ann.message("in long 2 nq 18250", external_id="m1", sent_at=MONDAY))
    await ann.writes("yes")
    for text in ("sold 1 at 18290", "rest out 18300"):
        await ann.writes(text, sent_at=MONDAY)
        await ann.writes("yes")
    await ann.writes("/skip")
    await ann.writes("pnl +1700", reply_to="m1")
    await ann.writes("yes")
    assert (await trade(journal))["pnl"] == 1700
    assert await days(journal) == {"2026-03-23": Decimal(1700)}
    await ann.writes("/undo")
    assert await days(journal) == {"2026-03-23": Decimal(1800)}


async def test_an_edit_that_closes_moves_the_day(journal: Journal, ann: Person) -> None:
    await ann.does(ann.message("in long 2 nq 18250", external_id="m1", sent_at=MONDAY))
    await ann.writes("yes")
    await ann.writes("long 2 nq 18250 > 18290", edits="m1", sent_at=TUESDAY)
    (receipt,) = await ann.writes("yes")
    assert "24 Mar: +$1,600.00, 1 trade" in receipt
    assert await days(journal) == {"2026-03-24": Decimal(1600)}


@pytest.mark.parametrize("edited", ["long 2 nq 18250 > 18290", "long 2 nq 18240", "long 2 nq 18250 pnl +900"])
async def test_what_a_closed_part_made_is_not_edited_away(journal: Journal, ann: Person, edited: str) -> None:
    await ann.does(ann.message("in long 2 nq 18250", external_id="m1", sent_at=MONDAY))
    for text in ("yes", "sold 1 at 18270", "yes"):
        await ann.writes(text, sent_at=MONDAY)
    (said,) = await ann.writes(edited, edits="m1", sent_at=TUESDAY)
    assert said.startswith("A part of long 2 NQ is closed already")
    (question,) = await ann.writes("long 2 nq 18250 stop 18230", edits="m1", sent_at=TUESDAY)
    assert question.startswith("Change this trade?\nLong 2 NQ\nStop none → 18,230\n[")
    await ann.writes("yes")
    row = await trade(journal)
    assert (row["is_open"], row["open_size"], row["position_size"], row["pnl"]) == (True, 1, 2, 400)
    assert row["stop_loss"] == 18230


async def test_an_edit_of_a_trade_that_is_gone_brings_no_ghost(journal: Journal, ann: Person) -> None:
    await ann.does(ann.message(REPORT, external_id="m1"))
    await ann.writes("yes")
    await ann.writes("/skip")
    await ann.writes("long 2 nq 18250 > 18300", edits="m1")
    taken_back, dropped = await ann.writes("/undo")
    assert taken_back.startswith("Taken back, no longer in your journal")
    assert dropped.startswith("Dropped, nothing was saved")
    await ann.writes("/redo")
    await ann.writes("long 2 nq 18250 > 18300", edits="m1")
    await journal.db.execute("delete from public.trades")
    await recomputed(journal)
    (said,) = await ann.writes("yes")
    assert said.startswith("It is no longer in your journal, nothing was changed: Long 2 NQ")
    assert await journal.count("public.trades") == 0


async def test_a_trade_without_a_pnl_is_not_counted_and_says_so(journal: Journal, ann: Person) -> None:
    (question,) = await ann.writes("gbpjpy long 1 195.10 > 194.10", sent_at=MONDAY)
    assert "P&L not computed: GBPJPY is counted in JPY, your account in USD." in question
    assert "for example: pnl -120" in question
    receipt, _ = await ann.writes("yes")
    assert "No P&L: the day and its limits do not count this one. To add it, answer this message: pnl -120" in receipt
    await ann.writes("pnl -640", reply_to=await receipt_of(ann))
    receipt = (await ann.writes("yes"))[0]
    assert "23 Mar: -$640.00, 1 trade" in receipt


async def test_nobody_else_can_take_the_id_of_a_trade(journal: Journal, ann: Person) -> None:
    """What a stranger can know of a message does not tell which trade it makes."""
    report = ann.message(REPORT, external_id="m1")
    eve = await journal.db.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'eve@example.com') returning id"
    )
    for guess in (message_id(report, None), message_id(report, eve)):
        await journal.db.execute("insert into public.trades (id, user_id) values ($1, $2)", uuid5(guess, "0"), eve)
    await ann.does(report)
    assert (await ann.writes("yes"))[0].startswith("Recorded")


async def test_an_edit_of_anything_else_is_ignored(journal: Journal, ann: Person) -> None:
    await ann.does(ann.message("hello", external_id="m1"))
    assert await ann.writes("hello again", edits="m1") == []
    assert await ann.writes(REPORT, edits="m-unknown") == []
    assert await journal.count("worker.inbox", "status = 'done'") == 3


# ---- the same again, and several


async def test_an_equal_report_asks(journal: Journal, ann: Person) -> None:
    await ann.records()
    (question,) = await ann.writes(REPORT)
    assert "You recorded the same trade a short while ago: again, or the same?" in question
    await ann.presses("The same")
    assert await journal.count("public.trades") == 1
    await ann.writes(REPORT)
    await ann.presses("Again")
    assert await journal.count("public.trades") == 2


async def test_several_trades_one_by_one(journal: Journal, ann: Person) -> None:
    (question,) = await ann.writes("long 1 nq 18000 > 17960, short 1 es 5300 > 5290, long 1 cl 70 > 71")
    assert question.startswith("Are these right?\n1. Long 1 NQ")
    await ann.presses("2")
    assert [row["symbol"] for row in await journal.rows(TRADE)] == ["ES"]
    (drafts,) = await ann.writes("/drafts")
    assert [line[:9] for line in drafts.splitlines()[1:3]] == ["1. Long 1", "2. Long 1"]
    await ann.presses("Confirm all")
    assert await journal.db.fetchval("select array_agg(symbol order by created_at) from public.trades") == [
        "ES", "NQ", "CL",
    ]  # fmt: skip
    trades = (await ann.writes("/trades"))[0].splitlines()
    assert [line.split(" · ")[0] for line in trades[1:4]] == ["1. Long 1 CL", "2. Long 1 NQ", "3. Short 1 ES"]


# ---- charts


async def test_a_picture_of_an_older_trade(journal: Journal, ann: Person) -> None:
    first = await ann.records()
    await ann.records("short 1 es 5300 > 5290")
    (question,) = await ann.sends(PHOTO)
    assert question.startswith("Which trade is this picture of?")
    assert "[ES +$500.00] [NQ +$1,600.00]" in question
    (said,) = await ann.presses("NQ +$1,600.00")
    assert said == "Got the picture for NQ +$1,600.00, I am saving it."
    jobs = await journal.rows(
        "select convert_from(payload, 'UTF8')::jsonb as job from worker.pgqueuer where entrypoint = 'media'"
    )
    assert f'"trade_id": "{first}"' in jobs[0]["job"]


async def test_a_picture_of_a_trade_that_is_a_day_old_belongs_to_a_new_one(journal: Journal, ann: Person) -> None:
    await ann.records()
    await journal.db.execute("update public.trades set created_at = now() - interval '25 hours'")
    (said,) = await ann.sends(PHOTO)
    assert said.startswith("I keep this picture for 24 hours. Now tell me its trade.")
    await ann.writes("short 1 es 5300 > 5290")
    await ann.writes("yes")
    assert await journal.count("worker.pgqueuer", "entrypoint = 'media'") == 1


@pytest.mark.parametrize("answered", ["Recorded", "A chart of", "the report"])
async def test_a_picture_that_answers_the_trades_message(journal: Journal, ann: Person, answered: str) -> None:
    await ann.does(ann.message(REPORT, external_id="m1"))
    await ann.writes("yes")
    await ann.writes("/skip")
    await ann.records("short 1 es 5300 > 5290")
    found = next((sent.external_id for sent in ann.replies if sent.text.startswith(answered)), "m1")
    await journal.db.execute("update public.trades set created_at = now() - interval '3 days'")
    (said,) = await ann.sends(PHOTO, reply_to=found)
    assert said == "Got the picture for NQ +$1,600.00, I am saving it."


# ---- waits


@pytest.fixture
async def waking(dsn: str, tmp_path: Path, trader: UUID) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, jobs=True, sweep_seconds=0.1) as journal:
        await Person(journal, "4001").binds(trader)
        yield journal


async def test_after_half_an_hour_the_chart_is_no_longer_waited_for(waking: Journal) -> None:
    ann = Person(waking, "4001")
    await ann.writes(REPORT)
    await ann.writes("yes")
    wait = await waking.db.fetchval("select wakes_at - now() from worker.chats")
    assert timedelta(minutes=29) < wait <= timedelta(minutes=30)
    (audit,) = await ring(waking, ann, replies=1)
    assert audit.startswith("NQ +$1,600.00 was not judged: you have no active rules.")
    assert await waking.db.fetchval("select state from public.journal_conversations") == "idle"
    assert await waking.db.fetchval("select wakes_at from worker.chats") is None


async def test_at_the_sessions_end_a_draft_is_put_away_and_told_once(waking: Journal) -> None:
    ann = Person(waking, "4001")
    await ann.writes(REPORT)
    (reminder,) = await ring(waking, ann, replies=1)
    assert reminder.startswith("This trade is not confirmed yet\n1. Long 2 NQ")
    (drafts,) = await ann.writes("/drafts")
    assert drafts.startswith("Put away unconfirmed, kept for 7 days:\n1. Long 2 NQ")
    assert (await ann.presses("Confirm 1"))[0].startswith("Recorded")
    assert await waking.count("public.trades") == 1


async def test_a_draft_put_away_is_kept_for_seven_days(waking: Journal) -> None:
    ann = Person(waking, "4001")
    await ann.writes(REPORT)
    await ring(waking, ann, replies=1)
    shelf = "jsonb_set(context, '{shelf,0,shelved_at}', to_jsonb(now() - interval '7 days'))"
    await waking.db.execute(f"update public.journal_conversations set context = {shelf}")
    (said,) = await ann.presses("Confirm 1")
    assert said.startswith("That button is out of date")
    assert await ann.writes("/drafts") == ["No trade waits for your confirmation."]


async def test_a_timer_that_rings_late_leaves_the_next_wait_alone(waking: Journal) -> None:
    """Between the sweep's look and the job's turn the trader reported the next trade: its wait is another one."""
    ann = Person(waking, "4001")
    await ann.writes(REPORT)
    late = await waking.db.fetchval("select now() - interval '1 second'")
    payload = f'{{"platform": "telegram", "account": "bot", "chat_id": "4001", "since": "{late.isoformat()}"}}'
    await waking.db.execute(
        "select worker.enqueue_jobs(jsonb_build_array(jsonb_build_object('entrypoint', 'wake', 'payload', $1::text)))",
        payload,
    )
    await waking.settle()
    assert len(ann.replies) == 1
    assert (await ann.writes("yes"))[0].startswith("Recorded")
