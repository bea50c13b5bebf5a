"""What a trader shows the world: shown first, nothing private in it, taken back at will, gone with its trade."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from db import shares
from tests.auditing import add_rules
from tests.integration.databases import acting_as, connected, sign_up
from tests.journaling import REPORT, Journal, Person, journaling

WIN = f"{REPORT} pnl +1600"
LOOKED_AT = "Share Long NQ? Everybody with the link will see:"


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, "telegram", "discord", messages_per_minute=300) as journal:
        yield journal
        assert await journal.rows("select error from worker.inbox where status = 'failed'") == []


async def shared(ann: Person) -> dict[str, Any]:
    """The last trade, looked at and shared; the row there is."""
    await ann.writes("/share")
    (said,) = await ann.presses("Share")
    assert said.startswith("Shared: ")
    return await ann.journal.row("select * from public.shared_results")


async def results(journal: Journal) -> int:
    count = await journal.count("public.shared_results")
    assert count == await journal.count("worker.shares")
    return count


# ---- what is seen


async def test_it_is_shown_first_and_confirmed(journal: Journal, ann: Person) -> None:
    await journal.db.execute("update public.profiles set account_size = 50000")
    await ann.records()
    (looked,) = await ann.writes("/share")
    assert looked.splitlines()[0] == LOOKED_AT
    assert "a win · +3.20% of the account · +2.00R" in looked
    assert looked.endswith("[Share] [No]")
    assert await results(journal) == 0
    assert await ann.presses("No") == ["Nothing was shared."]
    assert await results(journal) == 0
    (said,) = await ann.presses("Share")
    row = await journal.row("select * from public.shared_results")
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", row["result_hash"])
    assert said.splitlines() == [
        "Shared: Long NQ",
        f"The web app shows it under this code: {row['result_hash']}",
        "To take it back: /unshare",
    ]
    assert (row["strategy_summary"], str(row["pnl_percent"]), row["og_image_url"], row["views"]) == (
        "Long NQ", "3.20", None, 0,
    )  # fmt: skip


async def test_nothing_private_is_in_it(journal: Journal, ann: Person, trader: UUID) -> None:
    await journal.db.execute("update public.profiles set account_size = 48123")
    await ann.writes("/account add secretfirm 48123")
    await ann.records("long 2 nq 18250 > 18290 stop 18230 @secretfirm commissions 4.60 in 10:01 out 10:17")
    await journal.db.execute("update worker.trade_facts set note = 'my secret setup'")
    row = await shared(ann)
    stats = json.loads(row["stats"])
    assert set(stats) == {"kind", "symbol", "direction", "month", "outcome", "r"}
    assert re.fullmatch(r"\d{4}-\d{2}", stats["month"])
    email = await journal.db.fetchval("select email from auth.users")
    trade = await journal.db.fetchval("select id::text from public.trades")
    told = str({name: value for name, value in row.items() if name not in ("id", "result_hash", "created_at")})
    for private in (str(trader), trade, email, "4001", "secret", "48123", "18250", "18290", "18230", "1600", "1595",
                    "4.6", "10:"):  # fmt: skip
        assert private not in told


async def test_rules_are_counted_and_not_told(dsn: str, tmp_path: Path, trader: UUID) -> None:
    async with journaling(dsn, tmp_path, jobs=True, share_url="https://app.example.com/r/") as journal:
        ann = await Person(journal, "4001").binds(trader)
        await add_rules(journal.db, trader, "Never more than 1 contract", "Always use a stop")
        await ann.records()
        (looked,) = await ann.writes("/share 1")
        assert "Rules: ✓ 1 ✗ 1 ? 0" in looked
        (said,) = await ann.presses("Share")
        row = await journal.row("select * from public.shared_results")
        assert f"https://app.example.com/r/{row['result_hash']}" in said
        assert json.loads(row["stats"])["rules"] == {"followed": 1, "violated": 1, "unclear": 0}
        assert "contract" not in row["stats"]


async def test_percent_needs_the_size_of_the_trades_own_account(journal: Journal, ann: Person) -> None:
    await ann.writes("/account add apex2 100000")
    await ann.records()
    (looked,) = await ann.writes("/share")
    assert "%" not in looked.replace("No percentage", "")
    assert "No percentage, as the account's size is not known" in looked
    await ann.records("long 2 nq 18250 > 18290 stop 18230 @apex2")
    assert "+1.60% of the account" in (await ann.writes("/share"))[0]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("symbol", "'<script>alert(1)</script>'"),
        ("symbol", "E'NQ\\u202e\\n@everyone'"),
        ("symbol", "repeat('A', 5000)"),
        ("symbol", "null"),
        ("direction", "'up'"),
        ("pnl", "'NaN'"),
        ("pnl", "1e300"),
        ("pnl", "null"),
        ("entry_price", "'Infinity'"),
        ("stop_loss", "18249.9999999999999"),
        ("compliance_score", "'NaN'"),
        ("rules_violated", "-5"),
        ("audit_status", "'audited'"),
    ],
)
async def test_whatever_a_client_wrote_there(journal: Journal, ann: Person, column: str, value: str) -> None:
    await journal.db.execute("update public.profiles set account_size = 50000")
    await ann.records()
    await journal.db.execute(f"update public.trades set {column} = {value}")
    await journal.db.execute("update worker.trade_facts set initial_stop = null")
    row = await shared(ann)
    assert re.fullmatch(r"(Long|Short)?( ?NQ)?|Trade", row["strategy_summary"])
    assert not re.search("script|everyone|NaN|Infinity|-5|AAA", row["stats"])
    assert row["pnl_percent"] is None or abs(row["pnl_percent"]) < 10_000


async def test_open_trades_and_none_at_all(journal: Journal, ann: Person) -> None:
    assert (await ann.writes("/share"))[0].startswith("No trades yet")
    await ann.records("long 2 nq 18250")
    assert await ann.writes("/share 1") == ["That trade is still open: it can be shared once it is closed."]
    assert await ann.writes("/share 9") == ["I do not know which trade 9 is: /trades lists 1. Example: /share 1"]
    assert await results(journal) == 0


# ---- one row a trade


async def test_what_changed_since_it_was_looked_at_is_looked_at_again(journal: Journal, ann: Person) -> None:
    await ann.records()
    await ann.writes("/share")
    await journal.db.execute("update public.trades set pnl = -900")
    assert await ann.presses("Share") == [
        "The trade has changed since you looked, so nothing was shared. Send /share again."
    ]
    assert await results(journal) == 0


async def test_fifty_presses_at_once_share_once(journal: Journal, ann: Person, trader: UUID) -> None:
    there = await Person(journal, "5001", "discord").binds(trader)
    await ann.records()
    await ann.writes("/share")
    data = ann.replies[-1].reply.buttons[0][0].data
    messages = [person.message(button=data) for person in (ann, there) for _ in range(25)]
    await asyncio.gather(*(journal.worker.turns.receive(message) for message in messages))
    await journal.settle()
    assert await results(journal) == 1
    told = {sent.text for person in (ann, there) for sent in person.replies if sent.text.startswith("Shared")}
    assert len(told) == 1


async def test_sharing_again_tells_it_anew_under_the_same_link(journal: Journal, ann: Person) -> None:
    await ann.records()
    before = await shared(ann)
    await journal.db.execute("update public.shared_results set views = 7")
    await journal.db.execute("update public.trades set pnl = -900")
    after = await shared(ann)
    assert (after["id"], after["result_hash"], after["views"]) == (before["id"], before["result_hash"], 7)
    assert json.loads(after["stats"])["outcome"] == "loss"


async def test_there_is_an_end_to_it(journal: Journal, ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "MOST_SHARES", 1)
    await ann.records()
    await shared(ann)
    await ann.records("short 1 es 5300 > 5290")
    await ann.writes("/share")
    assert (await ann.presses("Share"))[0].startswith("1 trades are shared already")
    await ann.writes("/share 2")
    assert (await ann.presses("Share"))[0].startswith("Shared: Long NQ")  # again, and no more of them
    assert await results(journal) == 1


# ---- taken back


async def test_taken_back_by_number_button_and_all_at_once(journal: Journal, ann: Person) -> None:
    assert await ann.writes("/unshare") == ["You share nothing. To show a trade: /share"]
    for text in (REPORT, "short 1 es 5300 > 5290", "long 1 cl 70 > 71", "short 1 gc 2400 > 2390"):
        await ann.records(text)
        await ann.writes("/share")
        await ann.presses("Share")
    (listed,) = await ann.writes("/unshare")
    month = f"{await journal.db.fetchval('select now()'):%b %Y}"
    assert listed.splitlines()[:3] == ["What you share", f"1. Short GC, {month}", f"2. Long CL, {month}"]
    assert await ann.presses("Take back 1") == ["Taken back: Short GC. Its link leads nowhere now."]
    assert await ann.presses("Take back 1") == ["That is not shared any more."]
    assert await ann.writes("/unshare 2") == ["Taken back: Short ES. Its link leads nowhere now."]
    assert await ann.writes("/unshare 9") == ["There is no such number in the list; see /unshare"]
    assert await ann.writes("/unshare all") == ["Taken back: 2 trades. Their links lead nowhere now."]
    assert await results(journal) == 0


async def test_a_trade_that_is_taken_back_takes_its_share_along(journal: Journal, ann: Person) -> None:
    await ann.records()
    await shared(ann)
    await ann.writes("/undo")
    assert await results(journal) == 0
    await ann.writes("/redo")
    assert await results(journal) == 0
    assert (await ann.presses("Share"))[0].startswith("Shared: ")


@pytest.mark.parametrize("leaves", ["trade", "account"])
async def test_whoever_deletes_the_trade_or_the_account(
    journal: Journal, ann: Person, trader: UUID, leaves: str
) -> None:
    await ann.records()
    await shared(ann)
    if leaves == "trade":
        async with acting_as(journal.db, trader):
            await journal.db.execute("delete from public.trades")
    else:
        await journal.db.execute("delete from auth.users where id = $1", trader)
    assert await results(journal) == 0


async def test_a_trade_that_goes_at_the_moment_it_is_shared(
    journal: Journal, ann: Person, trader: UUID, dsn: str
) -> None:
    await ann.records()
    await ann.writes("/share")
    async with connected(dsn) as web:
        deleting = web.transaction()
        await deleting.start()
        await web.execute("delete from public.trades where user_id = $1", trader)
        pressing = asyncio.create_task(ann.presses("Share"))
        while not await web.fetchval("select exists (select from pg_locks where not granted)"):
            assert not pressing.done()
            await asyncio.sleep(0.02)
        await deleting.commit()
        assert await pressing == ["That trade is no longer there."]
    assert await results(journal) == 0


async def test_a_share_stays_as_it_was_looked_at_when_its_trade_changes(
    journal: Journal, ann: Person, trader: UUID
) -> None:
    """Nothing is shown to the world that its trader has not seen first."""
    await ann.records()
    before = await shared(ann)
    async with acting_as(journal.db, trader):
        await journal.db.execute("update public.trades set symbol = 'ES', direction = 'short'")
    after = await journal.row("select * from public.shared_results")
    assert after == before
    assert (await ann.writes("/share"))[0].startswith("Share Short ES?")
    await ann.presses("Share")
    again = await journal.row("select * from public.shared_results")
    assert (again["strategy_summary"], again["result_hash"]) == ("Short ES", before["result_hash"])


async def test_the_web_app_may_remove_a_share(journal: Journal, ann: Person) -> None:
    await ann.records()
    await shared(ann)
    await journal.db.execute("delete from public.shared_results")
    assert await results(journal) == 0
    assert await journal.count("public.trades") == 1


# ---- nobody else's


async def test_another_trader_shares_and_takes_back_nothing_of_it(journal: Journal, ann: Person) -> None:
    ben = await sign_up(journal.db, "ben@example.com")
    other = await Person(journal, "4002").binds(ben)
    await ann.records()
    await ann.writes("/share")
    data = ann.replies[-1].reply.buttons[0][0].data
    assert await other.does(other.message(button=data)) == ["That trade is no longer there."]
    await ann.presses("Share")
    await ann.writes("/unshare")
    data = ann.replies[-1].reply.buttons[0][0].data
    assert await other.does(other.message(button=data)) == ["That is not shared any more."]
    stranger = Person(journal, "9")
    assert (await stranger.does(stranger.message(button=data)))[0].startswith("Hello, I am Vigil")
    assert await results(journal) == 1


@pytest.mark.parametrize(
    "typed",
    ["/share_pressed", "/share_pressed x y", f"/share_pressed {'0' * 32} {'0' * 16}", "/unshare_pressed x",
     f"/unshare_pressed {'0' * 32}", "/share_declined", "/share \u0665", "/unshare \u0665", "/share -1", "/unshare 0"],
)  # fmt: skip
async def test_what_is_typed_in_place_of_a_button(journal: Journal, ann: Person, typed: str) -> None:
    await ann.records()
    await shared(ann)
    assert len(await ann.writes(typed)) == 1
    assert await results(journal) == 1


async def test_clients_reach_neither_table(connection: asyncpg.Connection, trader: UUID) -> None:
    for statement in (
        "select * from worker.shares", "select * from public.shared_results", "delete from public.shared_results",
        "insert into public.shared_results (result_hash) values ('mine')", "truncate worker.shares",
        "select worker.unshare()",
    ):  # fmt: skip
        for user in (trader, None):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with acting_as(connection, user):
                    await connection.execute(statement)
