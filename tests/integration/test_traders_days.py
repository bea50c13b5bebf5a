"""Days as traders live them, told as they are written: what the journal answers on the way is right, and leads on."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from tests.journaling import Journal, Person, journaling

STOPPED = "long 1 nq 18250 > 18240 stop 18240 tp 18270"


@pytest.fixture
async def journal(dsn: str, trader: UUID, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, jobs=True, messages_per_minute=1000, openai_api_key=None) as journal:
        await journal.db.execute(
            """update public.profiles set account_size = 50000, daily_loss_limit_pct = 2, daily_loss_type = 'balance',
               max_drawdown_pct = 4, max_drawdown_type = 'static', max_daily_trades = 5, journal_preferences = $2
               where id = $1""",
            trader,
            json.dumps({"timezone": "America/New_York", "screenshots": False}),
        )
        yield journal


async def last(person: Person, text: str, **answering: str) -> str:
    """The last answer."""
    return (await person.writes(text, **answering))[-1]


async def recorded(person: Person, report: str) -> tuple[str, str]:
    """Reported and confirmed: the receipt and what the rules say."""
    await person.writes(report)
    receipt, judged = await person.writes("yes")
    return receipt, judged


async def test_rules_are_written_as_one_thinks_of_them(ann: Person) -> None:
    added = await last(ann, "/rules add max 2 trades a day\n- no fridays\n3) be patient")
    assert "1. max 2 trades a day\n   I check: No more than 2 trades a day" in added
    assert "2. no fridays\n   I check: No trades on Fridays" in added
    assert "3. be patient\n   Left to the judge" in added
    assert "You have it already as 1: max 2 trades a day" in await last(ann, "/rules add Max 2 trades a day!")
    changed = await last(ann, "/rules edit 2 no trading on mondays")
    assert "I check: No trades on Mondays" in changed
    assert "Before: no fridays" in changed
    assert "left to the judge" in (await ann.presses("Not what I meant"))[0]
    assert "Now number 1, was 2: no trading on mondays" in await last(ann, "/rules move 2 to 1")
    assert "Now number 2, was 1: no trading on mondays" in (await ann.presses("Undo"))[0]
    assert "Paused, trades are not judged by it: 3. max 2 trades a day" in await last(ann, "/rules pause 1")
    listed = await last(ann, "/rules")
    assert "2 active, 1 paused" in listed
    assert listed.index("no trading on mondays") < listed.index("be patient") < listed.index("max 2 trades a day")


async def test_a_losing_day(ann: Person) -> None:
    """$1,000 may be lost: 70, 90, 100 % are each told once, and the rules are judged by the day so far."""
    await ann.writes("/rules add max 2 trades a day\nstop for the day after two losses\nmax daily loss $500")
    receipt, judged = await recorded(ann, "short 1 nq 18250 > 18285 stop 18260")
    assert "Careful, daily loss: only $300.00 of $1,000.00 left (70% used)" in receipt
    assert "✗ max daily loss $500\n   $700 lost on the day, this trade included; limit $500." in judged
    receipt, judged = await recorded(ann, "short 1 nq 18240 > 18250 stop 18250")
    assert "Very close, daily loss: only $100.00 of $1,000.00 left (90% used)" in receipt
    assert "2. ✓ stop for the day after two losses" in judged
    assert "3. ✗ max daily loss $500\n   $900 lost on the day, this trade included; limit $500." in judged
    receipt, judged = await recorded(ann, "long 1 nq 18230 > 18225 stop 18220")
    assert "Stop: daily loss limit of $1,000.00 reached ($1,000.00 used)" in receipt
    assert "1. ✗ max 2 trades a day\n   Trade 3 of the day; limit 2." in judged
    assert "2. ✗ stop for the day after two losses\n   2 losses earlier that day; limit 2." in judged
    shown = await last(ann, "/limits")
    assert "100% · $1,000 of $1,000 used: reached" in shown
    assert "50% · $1,000 of $2,000 used, $1,000 left · floor $48,000" in shown
    assert "Trades: 2 of 5" in await last(ann, "/undo")
    assert "90% · $900 of $1,000 used, $100 left" in await last(ann, "/limits")


async def test_a_verdict_is_disagreed_with_and_the_trade_edited_after(ann: Person) -> None:
    await ann.writes("/rules add at least 2R\nmax 1 contract")
    _, judged = await recorded(ann, "long 2 nq 18250 > 18290 stop 18230 tp 18310")
    assert "2. ✗ max 1 contract" in judged
    receipt = next(sent for sent in reversed(ann.replies) if sent.text.startswith("Recorded"))
    assert "now followed, on your word" in await last(ann, "/override 2 followed micros, mistyped")
    for nonsense in ("/override followed 2", "/override 2 maybe", "/override two"):
        assert "/override 2 followed" in await last(ann, nonsense)
    assert "There is no number 99: NQ +$1,600.00 was judged by 2 rules." in await last(ann, "/override 99 followed")
    await ann.writes("tp 18280", reply_to=receipt.external_id)
    judged = await last(ann, "yes")
    assert "1. ✗ at least 2R" in judged
    assert "2. ✓ max 1 contract (your verdict; it was violated)" in judged
    assert "violated again, as the audit said" in await last(ann, "/override 2 back")


async def test_what_is_missing_is_given_as_an_answer_to_the_audit(ann: Person) -> None:
    """By itself it is meant of the trade that was recorded last; as an answer, of the trade that is answered."""
    await ann.writes("/rules add at least 2R")
    _, judged = await recorded(ann, "long 2 nq 18250 > 18290 stop 18230")
    assert "Answer its message with it, as in 'tp 18310'." in judged
    audit = ann.replies[-1].external_id
    assert "Change this trade?" in await last(ann, "tp 18310")
    await ann.writes("/cancel")
    assert "Change this trade?" in await last(ann, "tp 18310", reply_to=audit)
    assert "1 of 1 rules followed" in await last(ann, "yes")


async def test_undo_means_the_last_change_of_trades_and_balances(journal: Journal, ann: Person) -> None:
    await recorded(ann, STOPPED)
    await ann.writes("/payout 500")
    assert "Taken back: payout $500.00.\nBalance $49,800.00" in await last(ann, "/undo")
    assert await journal.count("public.trades") == 1
    await ann.writes("/deposit 500")
    await recorded(ann, "long 1 es 5300 > 5310")
    assert "Taken back, no longer in your journal: Long 1 ES" in await last(ann, "/undo")
    assert "Taken back: deposit $500.00." in await last(ann, "undo")
    assert "Taken back, no longer in your journal: Long 1 NQ" in await last(ann, "/undo")
    assert await last(ann, "/undo") == "There is nothing to take back."


async def test_a_trade_that_is_brought_back_keeps_the_traders_own_verdicts(journal: Journal, ann: Person) -> None:
    await ann.writes("/rules add max 1 contract\nalways have a stop")
    await recorded(ann, "long 2 nq 18250 > 18290 stop 18230")
    await ann.writes("/override 1 followed micros, mistyped")
    await ann.writes("/undo")
    judged = await last(ann, "/redo")
    assert "1. ✓ max 1 contract (your verdict; it was violated)" in judged
    assert "2. ✓ always have a stop" in judged
    row = await journal.row(
        "select original_verdict, override_reason from public.trade_rule_verdicts where is_overridden"
    )
    assert row == {"original_verdict": "violated", "override_reason": "micros, mistyped"}
    assert await journal.count("public.trades", "has_overrides") == 1


async def test_undo_reaches_what_was_told_of_another_account(ann: Person) -> None:
    await ann.writes("/account add apex2 50000")
    await ann.writes("/payout 700 @apex2")
    undone = await last(ann, "/undo")
    assert "apex2" in undone
    assert "Balance $50,000.00" in undone


async def test_a_payout_tells_what_it_leaves_above_the_floor(ann: Person) -> None:
    """A static floor stays where it is."""
    assert "Drawdown: $1,400.00 to the floor" in await last(ann, "/payout 600")
    assert "Stop: maximum drawdown of $2,000.00 reached ($2,100.00 used)" in await last(ann, "/payout 1500")
    assert "Drawdown: $2,900.00 to the floor" in await last(ann, "/deposit 3000")


async def test_money_of_another_currency_is_not_taken_for_the_accounts(journal: Journal, ann: Person) -> None:
    assert "kept in USD" in await last(ann, "/deposit 500 EUR")
    assert "kept in USD" in await last(ann, "/balance €51000")
    assert "kept in USD" in await last(ann, "/limits set daily €500")
    assert await journal.count("worker.balance_changes") == 0
    assert "@ftmo · €100,000" in await last(ann, "/account add ftmo €100.000")
    assert "payout €500.00" in await last(ann, "/payout €500 @ftmo")
    assert "kept in EUR" in await last(ann, "/payout $500 @ftmo")


async def test_an_audit_names_the_money_of_the_trades_account(ann: Person) -> None:
    await ann.writes("/rules add always have a stop")
    await ann.writes("/account add ftmo 100000 EUR")
    _, judged = await recorded(ann, "long 1 nq 18250 > 18290 stop 18230 pnl +250 @ftmo")
    assert judged.startswith("Your rules on NQ +€250.00")
    assert "NQ +€250.00" in await last(ann, "/override 1 violated")
    assert "NQ +€250.00" in await last(ann, "/audit")


async def test_a_closed_account_is_named_as_closed(ann: Person) -> None:
    await ann.writes("/account add apex2 50000")
    await ann.writes("/account close apex2")
    for text in ("long 1 nq 18250 > 18290 @apex2", "/limits @apex2"):
        assert "@apex2 is closed. To open it again: /account reopen apex2" in await last(ann, text)


@pytest.mark.parametrize("words", ["/rules list", "/rules all", "/limits show", "/limits list"])
async def test_lists_are_asked_for_in_more_words(ann: Person, words: str) -> None:
    await ann.writes("/rules add be patient")
    assert (await last(ann, words)).startswith(("Your rule\n1. be patient", "Your limits\n"))


async def test_nothing_is_assumed_of_an_account_without_a_size(journal: Journal, ann: Person) -> None:
    await journal.db.execute("update public.profiles set account_size = null")
    assert "Assuming" not in await last(ann, "/limits set trades 3")


async def test_a_trade_is_on_one_account(ann: Person) -> None:
    await ann.writes("/account add apex2 50000")
    asked = await last(ann, "long 1 nq 18250 > 18290 @apex2 or @main")
    assert "Several accounts are named, and a trade is on one. You have @main and @apex2." in asked
    assert "Account apex2" in await last(ann, "@apex2")


async def test_an_account_is_never_unknown_for_a_verb_that_is(ann: Person) -> None:
    await ann.writes("/account add apex2 50000")
    for words in ("apex2 rename", "rename apex2 apex3"):
        assert "I do not know what to change." in await last(ann, f"/account {words}")
    assert "Closed and kept for its trades: @apex2" in await last(ann, "/account delete apex2")


async def test_a_rest_day_too_far_away(ann: Person) -> None:
    assert "1 Jan 2019 is more than a year away." in await last(ann, "/rest 2019-01-01")
    assert "a date like 20" in await last(ann, "/rest whenever")
