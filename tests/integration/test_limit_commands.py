"""/limits: how accounts stand, setting a limit, taking what a firm asks, and what receipts say of it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.journaling import Journal, Person, journaling

COLUMNS = """
select account_size, daily_loss_limit_pct as daily, daily_loss_type as daily_type, max_drawdown_pct as drawdown,
    max_drawdown_type as drawdown_type, profit_target_pct as target, max_daily_trades as trades
"""
PROFILE = f"{COLUMNS}, prop_firm as firm, challenge_phase as phase from public.profiles where telegram_chat_id = '4001'"
APEX = f"{COLUMNS}, firm, challenge_phase as phase from worker.accounts where name = 'apex2'"


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, "telegram", "whatsapp") as journal:
        yield journal


@pytest.fixture
async def ann(journal: Journal, trader: UUID) -> Person:
    """A trader who wants no pictures, with an account of $50,000."""
    await journal.db.execute(
        "update public.profiles set account_size = 50000, journal_preferences = '{\"screenshots\": false}'"
    )
    return await Person(journal, "4001").binds(trader)


@pytest.fixture
async def apex2(journal: Journal, ann: Person, trader: UUID) -> UUID:
    """A second account of hers, of €100,000, with a balance that was told yesterday."""
    account: UUID = await journal.db.fetchval(
        """insert into worker.accounts
               (user_id, name, firm, account_size, currency, max_drawdown_pct, max_drawdown_type)
           values ($1, 'apex2', 'Apex', 100000, 'EUR', 3, 'static') returning id""",
        trader,
    )
    yesterday = today() - timedelta(days=1)
    await journal.db.execute(
        "select worker.tell_balance($1, $2, $3, 'balance', 99500, null)", trader, account, yesterday
    )
    return account


def today() -> date:
    return datetime.now(UTC).date()


def told(day: date) -> str:
    return f"{day.day} {day:%b}"


async def answer(person: Person, text: str) -> list[str]:
    """The one reply to a message, as lines."""
    (reply,) = await person.writes(text)
    return reply.splitlines()


async def receipt(person: Person, pnl: str) -> list[str]:
    """Record a trade that made so much; the lines of its receipt below the day's figures."""
    await person.writes(f"long 1 nq 18250 pnl {pnl}")
    lines = (await person.writes("yes"))[0].splitlines()
    return lines[lines.index(next(line for line in lines if " trade" in line)) + 1 :]


# ---- how accounts stand


async def test_without_limits_it_says_how_to_set_one(ann: Person) -> None:
    assert await answer(ann, "/limits") == [
        "Your limits",
        f"$50,000 · {told(today())}",
        "Balance $50,000, today $0",
        "No limits set.",
        "To set one: /limits set daily 2% initial soft",
        "To begin with what a firm asks: /limits firm",
    ]


async def test_every_limit_as_numbers_and_a_bar(ann: Person) -> None:
    for words in ("daily 2% balance soft", "drawdown 4% trailing lock+100", "target 6%", "trades 5"):
        await ann.writes(f"/limits set {words}")
    await receipt(ann, "+1000")
    await receipt(ann, "-380")
    assert await answer(ann, "/limits") == [
        "Your limits",
        f"$50,000 · {told(today())}",
        "Balance $50,620, today +$620",
        "Daily loss: 2% of the balance at the day's start, then a pause until the next session",
        "▱▱▱▱▱▱▱▱▱▱ 0% · $0 of $1,000 used, $1,620 left · floor $49,000",
        "Drawdown: 4% trailing at the day's end, its floor stops $100 above the account size",
        "▱▱▱▱▱▱▱▱▱▱ 0% · $0 of $2,000 used, $2,620 left · floor $48,000",
        "Profit target: 6%",
        "▰▰▱▱▱▱▱▱▱▱ 20% · $620 of $3,000, $2,380 to go",
        "Trades a day",
        "▰▰▰▰▱▱▱▱▱▱ 40% · 2 of 5",
        "",
        "Based on the closed trades you logged.",
        "Assuming you started at account size.",
    ]


async def test_a_new_day_begins_with_its_own_budget_and_the_floor_that_yesterday_left(ann: Person) -> None:
    for words in ("daily 2% initial", "drawdown 4% trailing"):
        await ann.writes(f"/limits set {words}")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await ann.writes("long 1 nq 18250 pnl +1500", sent_at=yesterday)
    await ann.writes("yes", sent_at=yesterday)
    lines = await answer(ann, "/limits")
    assert lines[2:7:2] == [
        "Balance $51,500, today $0",
        "▱▱▱▱▱▱▱▱▱▱ 0% · $0 of $1,000 used, $1,000 left · floor $50,500",
        "▱▱▱▱▱▱▱▱▱▱ 0% · $0 of $2,000 used, $2,000 left · floor $49,500",
    ]
    await receipt(ann, "-900")
    assert (await answer(ann, "/limits"))[4:7:2] == [
        "▰▰▰▰▰▰▰▰▰▱ 90% · $900 of $1,000 used, $100 left · floor $50,500",
        "▰▰▰▰▱▱▱▱▱▱ 45% · $900 of $2,000 used, $1,100 left · floor $49,500",
    ]


async def test_the_high_before_today_is_looked_up(ann: Person) -> None:
    """A receipt sees today alone and says the least there is; /limits knows."""
    await ann.writes("/limits set drawdown 4% trailing")
    for days_ago, pnl in ((3, "+1000"), (2, "-800")):
        moment = datetime.now(UTC) - timedelta(days=days_ago)
        await ann.writes(f"long 1 nq 18250 pnl {pnl}", sent_at=moment)
        await ann.writes("yes", sent_at=moment)
    assert (await receipt(ann, "+1500"))[0] == "Drawdown: at least $2,000.00 to the floor"  # 51,700 is a new high
    assert "$0 of $2,000 used, $2,700 left · floor $49,000" in (await answer(ann, "/limits"))[4]


async def test_a_payout_of_today_lowers_balance_and_floor_alike(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.writes("/limits set drawdown 4% trailing")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await ann.writes("long 1 nq 18250 pnl +2000", sent_at=yesterday)
    await ann.writes("yes", sent_at=yesterday)
    await journal.db.execute("select worker.tell_balance($1, null, $2, 'payout', 1000, null)", trader, today())
    assert "$0 of $2,000 used, $2,000 left · floor $49,000" in (await answer(ann, "/limits"))[4]
    await receipt(ann, "+500")  # 51,500: a new high, from tomorrow on
    assert "$0 of $2,000 used, $2,500 left · floor $49,000" in (await answer(ann, "/limits"))[4]


@pytest.mark.parametrize("kind", ["trailing", "intraday"])
async def test_a_payout_moves_no_floor_that_is_locked(journal: Journal, ann: Person, trader: UUID, kind: str) -> None:
    """50,000 that became 53,000: the floor stopped at 50,000, and 2,000 are paid out of it."""
    await ann.writes(f"/limits set drawdown 4% {kind} lock")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await ann.writes("long 1 nq 18250 pnl +3000", sent_at=yesterday)
    await ann.writes("yes", sent_at=yesterday)
    await ann.writes("/payout 2000")
    assert "$1,000 of $2,000 used, $1,000 left · floor $50,000" in (await answer(ann, "/limits"))[4]
    assert (await receipt(ann, "-200"))[0] == "Drawdown: $800.00 to the floor"
    assert "$1,200 of $2,000 used, $800 left · floor $50,000" in (await answer(ann, "/limits"))[4]
    await ann.writes("/account main reset")  # a new challenge: nothing is locked
    assert "$0 of $2,000 used, $2,000 left · floor $48,000" in (await answer(ann, "/limits"))[4]


async def test_a_lock_by_a_peak_that_was_told_holds_through_a_payout_of_the_same_day(ann: Person) -> None:
    await ann.writes("/limits set drawdown 4% trailing lock")
    await ann.writes("/balance 53000 peak 53000")
    await ann.writes("/payout 2000")
    assert "$1,000 of $2,000 used, $1,000 left · floor $50,000" in (await answer(ann, "/limits"))[4]


async def test_a_payout_of_another_account_locks_nothing_here(journal: Journal, ann: Person, apex2: UUID) -> None:
    await ann.writes("/limits apex2 set drawdown 4% trailing lock")
    for said in ("/balance 105000 peak 105000 @apex2", "/payout 3000 @apex2"):
        await ann.writes(said)
    assert "floor €100,000" in "\n".join(await answer(ann, "/limits apex2"))
    await ann.writes("/limits set drawdown 4% trailing lock")
    assert "floor $48,000" in "\n".join(await answer(ann, "/limits main"))


async def test_a_peak_that_was_told_today_is_the_high(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.writes("/limits set drawdown 4% trailing")
    await journal.db.execute("select worker.tell_balance($1, null, $2, 'balance', 51240, 52000)", trader, today())
    assert "$760 of $2,000 used, $1,240 left · floor $50,000" in (await answer(ann, "/limits"))[4]
    await receipt(ann, "+1000")  # 52,240 is above the peak: whether by today's trades alone is not looked up
    assert "$0 of $2,000 used, at least $2,000 left" in (await answer(ann, "/limits"))[4]


async def test_a_balance_that_was_entered_is_not_assumed(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.writes("/limits set drawdown 4% static")
    await journal.db.execute(
        "insert into worker.entered_balances (user_id, trade_date, starting_balance) values ($1, $2, 51000)",
        trader,
        today(),
    )
    await receipt(ann, "-100")
    lines = await answer(ann, "/limits")
    assert lines[2] == "Balance $50,900, today -$100"
    assert lines[-1] == "Based on the closed trades you logged."


@pytest.mark.parametrize("words", ["daily 2% equity", "drawdown 4% intraday"])
async def test_what_a_journal_cannot_see_is_said(ann: Person, words: str) -> None:
    lines = await answer(ann, f"/limits set {words}")
    assert "Your firm counts open positions too, which I do not see." in lines


async def test_it_reads_well_as_plain_text(journal: Journal, ann: Person, trader: UUID) -> None:
    """On WhatsApp the buttons of a suggestion are numbers, and a number confirms."""
    phone = await Person(journal, "+4915112345678", "whatsapp").binds(trader)
    await phone.writes("/limits firm topstep 50k")
    yes = phone.replies[-1].reply.buttons[0][0]
    assert yes.label == "Confirm"
    (done,) = await phone.does(phone.message("1", choice=1))
    assert done.startswith("Set: Topstep Trading Combine\nTopstep · $50,000 · evaluation")


# ---- setting one


@pytest.mark.parametrize(
    ("words", "changed", "said"),
    [
        ("daily 2%", {"daily": 2, "daily_type": "initial"}, "Daily loss limit: 2% ($1,000) of the account size"),
        (
            "daily loss 2.5% of balance, soft",
            {"daily": Decimal("2.5"), "daily_type": "balance soft"},
            "Daily loss limit: 2.5% ($1,250) of the balance at the day's start, then a pause until the next session",
        ),
        (
            "daily $1,000 hard",
            {"daily": 2, "daily_type": "initial hard"},
            "Daily loss limit: 2% ($1,000) of the account size, then the account ends",
        ),
        (
            "dd $333 static",
            {"drawdown": Decimal("0.666"), "drawdown_type": "static"},
            "Maximum drawdown: 0.67% ($333) of the account size, static",
        ),
        (
            "drawdown 4 % trailing lock+100",
            {"drawdown": 4, "drawdown_type": "trailing_eod lock+100"},
            "Maximum drawdown: 4% ($2,000) of the account size, trailing at the day's end, its floor stops $100 above "
            "the account size",
        ),
        (
            "drawdown 2k intraday",
            {"drawdown": 4, "drawdown_type": "trailing_intraday"},
            "Maximum drawdown: 4% ($2,000) of the account size, trailing within the day",
        ),
        ("target 6%", {"target": 6}, "Profit target: 6% ($3,000) of the account size"),
        ("trades 5", {"trades": 5}, "At most 5 trades a day"),
    ],
)
async def test_set(journal: Journal, ann: Person, words: str, changed: dict[str, Any], said: str) -> None:
    before = await journal.row(PROFILE)
    assert (await answer(ann, f"/limits set {words}"))[:2] == ["Set", said]
    assert await journal.row(PROFILE) == before | changed


async def test_what_is_not_said_stays(journal: Journal, ann: Person) -> None:
    await ann.writes("/limits set daily 2% balance soft")
    await ann.writes("/limits set daily 3%")
    await ann.writes("/limits set drawdown 4% trailing lock+100 hard")
    await ann.writes("/limits set drawdown 5%")
    row = await journal.row(PROFILE)
    assert (row["daily"], row["daily_type"]) == (3, "balance soft")
    assert (row["drawdown"], row["drawdown_type"]) == (5, "trailing_eod lock+100 hard")
    await ann.writes("/limits set daily $1000")  # an amount is one of the account size
    await ann.writes("/limits set drawdown 5% static")
    row = await journal.row(PROFILE)
    assert (row["daily_type"], row["drawdown_type"]) == ("initial soft", "static hard")


async def test_off(journal: Journal, ann: Person) -> None:
    for words in ("daily 2%", "drawdown 4%", "target 6%", "trades 5"):
        await ann.writes(f"/limits set {words}")
    for kind in ("daily", "drawdown", "target", "trades"):
        assert (await answer(ann, f"/limits set {kind} off"))[0] == "Set"
    row = await journal.row(PROFILE)
    assert [row[name] for name in ("daily", "drawdown", "target", "trades")] == [None] * 4
    assert "No limits set." in await answer(ann, "/limits")


async def test_trailing_within_the_day_counts_days_that_are_over(journal: Journal, ann: Person) -> None:
    """The days are computed anew in the same turn: a high that was given back counts from now on."""
    await ann.writes("/limits set drawdown 4% trailing")
    await receipt(ann, "+900")
    await receipt(ann, "-1000")
    lines = await answer(ann, "/limits set drawdown 4% intraday")
    assert "$1,000 of $2,000 used, $1,000 left · floor $48,900" in lines[2]
    assert await journal.db.fetchval("select max_equity_high from public.daily_tracking") == 50_900


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("set", ["Which limit? I know daily, drawdown, target and trades."]),
        ("set 2%", ["Which limit? I know daily, drawdown, target and trades."]),
        ("set daily 2% drawdown 4%", ["One limit at a time, please."]),
        ("set daily", ["Daily loss: how much? A percentage or an amount, or off."]),
        ("set trades", ["Trades a day: how many a day? A number, or off.", "Example: /limits set trades 5"]),
        ("set daily 2", ["Daily loss: 2 percent, or 2 in money? Write 2% or $2."]),
        ("set daily 2% static", ['Daily loss: I do not understand "static".']),
        ("set drawdown 4% 2000", ['Drawdown: I do not understand "2000".']),
        (
            "set drawdown 2.000",
            [
                "Drawdown: 2.000 can be read two ways. Write thousands without a separator, like 1000.",
                "Example: /limits set drawdown 4% trailing lock",
            ],
        ),
        ("set target 120%", ["Profit target: 120% cannot be. A percentage is over 0 and at most 100."]),
        ("set daily 0%", ["Daily loss: 0% cannot be. A percentage is over 0 and at most 100."]),
        ("set daily $60000", ["Daily loss: 60000 cannot be. An amount is over 0 and at most the account size."]),
        ("set trades 2.5", ["Trades a day: 2.5 cannot be. I need a whole number from 1 to 500."]),
        ("set trades 999999999999", ["Trades a day: 999999999999 cannot be. I need a whole number from 1 to 500."]),
        ("@apex9", ["I know no account @apex9. You have @main.", "To add it: /account add apex9 50000"]),
    ],
)  # fmt: skip
async def test_what_cannot_be_set_is_answered(journal: Journal, ann: Person, words: str, lines: list[str]) -> None:
    before = await journal.row(PROFILE)
    said = await answer(ann, f"/limits {words}")
    assert said[: len(lines)] == lines
    assert "Example: " in said[-1] or words.startswith("@")
    assert await journal.row(PROFILE) == before


async def test_an_amount_needs_the_account_size(journal: Journal, ann: Person) -> None:
    await journal.db.execute("update public.profiles set account_size = null")
    (line,) = await answer(ann, "/limits set daily $1000")
    assert line.endswith("I need the account size first. Write for example: /account size 50000")
    lines = await answer(ann, "/limits set daily 2%")
    assert lines[1:] == [
        "Daily loss limit: 2% of the account size",
        "To measure it I need the account size, for example: /account size 50000",
    ]


async def test_hostile_columns_are_shown_as_no_limits(journal: Journal, ann: Person) -> None:
    await journal.db.execute(
        """update public.profiles set daily_loss_limit_pct = 'NaN', max_drawdown_pct = 1e30, profit_target_pct = -1,
           max_daily_trades = -5, account_size = 2147483647, daily_loss_type = repeat('lock', 5000),
           prop_firm = repeat('x', 5000)"""
    )
    lines = await answer(ann, "/limits")
    assert "No limits set." in lines
    assert len("\n".join(lines)) < 500


# ---- receipts


async def test_a_level_is_said_loudly_once(ann: Person) -> None:
    await ann.writes("/limits set daily 2% initial soft")
    assert (await receipt(ann, "-690"))[0] == "Daily loss: $310.00 of $1,000.00 left"
    assert (await receipt(ann, "-10"))[0] == "Careful, daily loss: only $300.00 of $1,000.00 left (70% used)"
    assert (await receipt(ann, "-50"))[0] == "Daily loss: $250.00 of $1,000.00 left (75% used)"
    assert (await receipt(ann, "-150"))[0] == "Very close, daily loss: only $100.00 of $1,000.00 left (90% used)"
    assert (await receipt(ann, "+150"))[0] == "Daily loss: $250.00 of $1,000.00 left (75% used)"
    assert (await receipt(ann, "-500"))[0] == (
        "Stop: daily loss limit of $1,000.00 reached ($1,250.00 used). Pause until the next session."
    )
    # what already happened is recorded all the same
    assert (await receipt(ann, "-100"))[0] == (
        "Daily loss limit of $1,000.00 reached ($1,350.00 used). Pause until the next session."
    )


async def test_a_limit_that_ends_the_account_is_worded_so(ann: Person) -> None:
    await ann.writes("/limits set drawdown 2% static hard")
    lines = await receipt(ann, "-1000.01")
    assert lines[0] == (
        "Stop: maximum drawdown of $1,000.00 reached ($1,000.01 used). By your firm's rule the account ends here."
    )
    assert lines[1] == "Based on the closed trades you logged."


async def test_profit_of_the_day_adds_room(ann: Person) -> None:
    await ann.writes("/limits set daily 2%")
    assert (await receipt(ann, "+250"))[0] == "Daily loss: $1,250.00 left, today's profit counted"


async def test_of_several_trades_the_last_receipt_is_the_loud_one(ann: Person) -> None:
    await ann.writes("/limits set daily 2%")
    await ann.writes("long 1 nq 18250 pnl -400\nshort 1 es 5300 pnl -350")
    first, second = await ann.writes("yes")
    assert "Daily loss: $250.00 of $1,000.00 left (75% used)" in first
    assert "Careful, daily loss: only $250.00 of $1,000.00 left (75% used)" in second


async def test_a_high_that_one_message_made_and_gave_back_is_told(ann: Person) -> None:
    await ann.writes("/limits set drawdown 2% intraday")
    await ann.writes("long 1 nq 18250 pnl +1100\nshort 1 es 5300 pnl -1600")
    first, second = await ann.writes("yes")
    assert "\nMaximum drawdown of $1,000.00 reached ($1,600.00 used)\n" in first
    assert "\nStop: maximum drawdown of $1,000.00 reached ($1,600.00 used)\n" in second
    assert (await receipt(ann, "-10"))[0] == "Maximum drawdown of $1,000.00 reached ($1,610.00 used)"


async def test_undo_is_quiet_and_redo_is_not(ann: Person) -> None:
    await ann.writes("/limits set daily 2%")
    await receipt(ann, "-750")
    await receipt(ann, "-200")
    (undone,) = await ann.writes("/undo")
    assert "Daily loss: $250.00 of $1,000.00 left (75% used)" in undone
    (redone,) = await ann.writes("/redo")
    assert "Very close, daily loss: only $50.00 of $1,000.00 left (95% used)" in redone


async def test_costs_and_parts_count_as_the_day_counts_them(ann: Person) -> None:
    """Before the part was closed the day stood at -$650 net: closing it crosses 70 %."""
    await ann.writes("/limits set daily 2%")
    assert (await receipt(ann, "-640 comm 10"))[0] == "Daily loss: $350.00 of $1,000.00 left"
    await ann.writes("in long 2 nq 18250")
    await ann.writes("yes")
    await ann.writes("sold 1 at 18247")
    (part,) = await ann.writes("yes")
    assert "Careful, daily loss: only $290.00 of $1,000.00 left (71% used)" in part


# ---- what firms ask


async def test_a_suggestion_is_shown_whole_and_written_by_confirm_alone(journal: Journal, ann: Person) -> None:
    await ann.writes("/limits set trades 4")
    before = await journal.row(PROFILE)
    (shown,) = await ann.writes("/limits firm ftmo 2-step step 1 100k")
    assert shown.splitlines()[:6] == [
        "FTMO 2-Step, step 1 · $100,000",
        "Daily loss: 5% ($5,000) of the account size, then the account ends",
        "Drawdown: 10% ($10,000), static, then the account ends",
        "Profit target: 10% ($10,000)",
        "Phase: evaluation",
        "The firm's day starts at 00:00 Prague. To set yours: /account main start 00:00 Prague",
    ]
    assert "noted 26 Nov 2026" in shown
    assert "Firms change their rules" in shown
    assert await journal.row(PROFILE) == before
    (done,) = await ann.presses("Confirm")
    assert done.startswith("Set: FTMO 2-Step, step 1\nFTMO · $100,000 · evaluation")
    assert await journal.row(PROFILE) == before | {
        "firm": "FTMO", "phase": "evaluation", "account_size": 100_000, "daily": 5, "daily_type": "initial hard",
        "drawdown": 10, "drawdown_type": "static hard", "target": 10,
    }  # fmt: skip


async def test_a_new_account_size_moves_the_days(journal: Journal, ann: Person) -> None:
    await receipt(ann, "-100")
    await ann.writes("/limits firm topstep 100k")
    (done,) = await ann.presses("Confirm")
    assert "Balance $99,900, today -$100" in done


async def test_no_writes_nothing(journal: Journal, ann: Person) -> None:
    before = await journal.row(PROFILE)
    await ann.writes("/limits firm topstep 50k")
    assert await ann.presses("No") == ["Nothing was changed."]
    assert await journal.row(PROFILE) == before


async def test_confirm_twice_is_the_same_as_once(journal: Journal, ann: Person) -> None:
    await ann.writes("/limits firm topstep 50k")
    assert (await ann.presses("Confirm"))[0].startswith("Set: Topstep")
    once = await journal.row(PROFILE)
    assert (await ann.presses("Confirm"))[0].startswith("Set: Topstep")
    assert await journal.row(PROFILE) == once


async def test_a_confirm_is_stale_once_the_limits_changed(journal: Journal, ann: Person) -> None:
    await ann.writes("/limits firm topstep 50k")
    await ann.writes("/limits set drawdown 3% static")
    before = await journal.row(PROFILE)
    (again,) = await ann.presses("Confirm")
    assert again.splitlines()[1] == "This has changed since I showed it, nothing was set. As it is now:"
    assert await journal.row(PROFILE) == before
    assert (await ann.presses("Confirm"))[0].startswith("Set: Topstep")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("lf:topstep-tc:50000:00000000", "Topstep Trading Combine · $50,000\nThis has changed since I showed it"),
        ("lf:topstep-tc:75000:00000000", "Which account size of Topstep Trading Combine?"),
        ("lf:no-more-there:50000:00000000", "I have suggestions for"),
        ("lf:topstep-tc:50000:00000000:apex9", "I know no account @apex9."),
    ],
)
async def test_a_confirm_of_another_release_writes_nothing(journal: Journal, ann: Person, data: str, said: str) -> None:
    """Its values have changed since, or it is gone."""
    before = await journal.row(PROFILE)
    (shown,) = await ann.does(ann.message(button=data))
    assert shown.startswith(said)
    assert await journal.row(PROFILE) == before


async def test_what_was_typed_confirms_nothing(journal: Journal, ann: Person) -> None:
    before = await journal.row(PROFILE)
    await ann.writes("/limits firm topstep 50k")
    data = ann.replies[-1].reply.buttons[0][0].data.removeprefix("lf:")
    assert (await answer(ann, f"/limits_firm {data}"))[0].startswith("I have suggestions for")
    assert await journal.row(PROFILE) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("firm", "I have suggestions for FTMO, Topstep, Apex Trader Funding"),
        ("firm nobody 50k", 'I have none for "nobody 50k".'),
        ("firm ftmo", "Which product of FTMO?\n2-Step, step 1: /limits firm ftmo-2s1 100k"),
        ("firm ftmo swing", "Which product of FTMO?"),
        ("firm topstep 75k", "Which account size of Topstep Trading Combine? There is 50k, 100k, 150k."),
    ],
)
async def test_what_fits_no_suggestion_is_answered(ann: Person, words: str, said: str) -> None:
    assert "\n".join(await answer(ann, f"/limits {words}")).startswith(said)


# ---- several accounts


async def test_accounts_are_shown_one_below_the_other(ann: Person, apex2: UUID) -> None:
    await ann.writes("/limits set daily 2%")
    assert await answer(ann, "/limits") == [
        "Your limits",
        f"@main · $50,000 · {told(today())}",
        "Balance $50,000, today $0",
        "Daily loss: 2% of the account size",
        "▱▱▱▱▱▱▱▱▱▱ 0% · $0 of $1,000 used, $1,000 left · floor $49,000",
        "",
        f"@apex2 · Apex · €100,000 · {told(today())}",
        "Balance €99,500, today €0",
        "Drawdown: 3% static",
        "▰▱▱▱▱▱▱▱▱▱ 16% · €500 of €3,000 used, €2,500 left · floor €97,000",
        "",
        "Based on the closed trades you logged.",
        "Assuming @main started at account size.",
    ]
    assert (await answer(ann, "/limits @apex2"))[1].startswith("@apex2 · Apex")
    assert (await answer(ann, "/limits @main"))[1].startswith("@main · $50,000")


async def test_each_account_has_limits_of_its_own(journal: Journal, ann: Person, apex2: UUID) -> None:
    main, apex = await journal.row(PROFILE), await journal.row(APEX)
    assert (await answer(ann, "/limits @Apex2 set daily $1000 soft"))[:2] == [
        "Set for @apex2",
        "Daily loss limit: 1% (€1,000) of the account size, then a pause until the next session",
    ]
    assert await journal.row(PROFILE) == main
    assert await journal.row(APEX) == apex | {"daily": 1, "daily_type": "initial soft"}
    await ann.writes("/limits set trades 3")
    assert await journal.row(PROFILE) == main | {"trades": 3}
    assert (await journal.row(APEX))["trades"] is None
    await ann.writes("/account use apex2")
    assert (await answer(ann, "/limits set trades 4"))[0] == "Set for @apex2"
    assert (await journal.row(APEX))["trades"] == 4
    assert (await answer(ann, "/limits main set trades 2"))[0] == "Set for @main"
    assert (await journal.row(PROFILE))["trades"] == 2


async def test_a_trade_warns_of_its_own_account(journal: Journal, ann: Person, apex2: UUID, trader: UUID) -> None:
    """In its own currency, on other chats too; the other account's limits say nothing of it."""
    phone = await Person(journal, "+4915112345678", "whatsapp").binds(trader)
    await phone.writes("/limits set daily 2%")
    await ann.writes("/limits @apex2 set daily 1% balance soft")
    await journal.db.execute(
        """update public.profiles set journal_preferences = journal_preferences || '{"guard_warnings": "everywhere"}'"""
    )
    await ann.writes("long 1 nq 18250 pnl -1000 @apex2")
    (receipt,) = await ann.writes("yes")
    assert "Stop: daily loss limit of €995.00 reached (€1,000.00 used). Pause until the next session." in receipt
    told = [sent.text for sent in phone.replies if sent.text.startswith("Your limits, after a trade on Telegram")]
    assert told == [
        "Your limits, after a trade on Telegram\nAccount apex2\n"
        "Stop: daily loss limit of €995.00 reached (€1,000.00 used). Pause until the next session.\n"
        "Based on the closed trades you logged."
    ]
    lines = await answer(ann, "/limits")
    assert "▱▱▱▱▱▱▱▱▱▱ 0% · $0 of $1,000 used, $1,000 left · floor $49,000" in lines
    assert "▰▰▰▰▰▰▰▰▰▰ 100% · €1,000 of €995 used: reached · floor €98,505" in lines


async def test_of_trades_on_several_accounts_each_receipt_tells_of_its_own(ann: Person, apex2: UUID) -> None:
    await ann.writes("/limits set daily 2%")
    await ann.writes("/limits @apex2 set daily 1% initial")
    await ann.writes("long 1 nq 18250 pnl -750 @apex2\nshort 1 es 5300 pnl -750 @main")
    first, second = await ann.writes("yes")
    assert "Careful, daily loss: only €250.00 of €1,000.00 left (75% used)" in first
    assert "Careful, daily loss: only $250.00 of $1,000.00 left (75% used)" in second


async def test_a_suggestion_for_a_further_account(journal: Journal, ann: Person, apex2: UUID) -> None:
    main = await journal.row(PROFILE)
    (shown,) = await ann.writes("/limits firm tpt test 50k @apex2")
    assert shown.startswith("Take Profit Trader Test · €50,000 · for @apex2\nDaily loss: none\n")
    (done,) = await ann.presses("Confirm")
    assert done.startswith(
        "Set for @apex2: Take Profit Trader Test\n@apex2 · Take Profit Trader · €50,000 · evaluation"
    )
    assert await journal.row(PROFILE) == main
    row = await journal.row(APEX)
    assert (row["firm"], row["drawdown"], row["drawdown_type"]) == ("Take Profit Trader", 4, "trailing_eod lock hard")


async def test_a_closed_account_has_no_limits_to_set(journal: Journal, ann: Person, apex2: UUID) -> None:
    await journal.db.execute("update worker.accounts set closed_at = now()")
    closed = "@apex2 is closed. To open it again: /account reopen apex2"
    assert await answer(ann, "/limits @apex2 set daily 2%") == [closed]


async def test_somebody_elses_account_is_never_found(
    journal: Journal, ann: Person, apex2: UUID, connection: asyncpg.Connection
) -> None:
    other = await connection.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'eve@example.com') returning id"
    )
    eve = await Person(journal, "6666").binds(other)
    before = await journal.row(APEX)
    assert (await answer(eve, "/limits @apex2 set daily 2%"))[0] == "I know no account @apex2. You have @main."
    await ann.writes("/limits firm topstep 50k @apex2")
    data = ann.replies[-1].reply.buttons[0][0].data
    (said,) = await eve.does(eve.message(button=data))
    assert said.startswith("I know no account @apex2.")
    assert await journal.row(APEX) == before
