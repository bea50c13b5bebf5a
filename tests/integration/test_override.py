"""The trader disagrees with an audit: by button, by number, with a reason, and back again; all that follows follows."""

import asyncio
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.journaling import Journal, Person, journaling

RULES = ("always use a stop", "never more than 1 contract", "only A+ setups", "only longs")
"""On the report: followed, violated, unclear without a model, followed."""


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, "telegram", "discord", jobs=True, messages_per_minute=1000) as journal:
        yield journal


@pytest.fixture
async def ann(journal: Journal, trader: UUID) -> Person:
    person = await Person(journal, "4001").binds(trader)
    await person.writes("/rules add " + "\n".join(RULES))
    return person


async def verdicts(journal: Journal) -> list[tuple[Any, ...]]:
    query = (
        "select v.verdict, v.is_overridden, v.original_verdict, v.override_reason from public.trade_rule_verdicts v "
        "join public.trading_rules r on r.id = v.rule_id order by r.sort_order"
    )
    return [tuple(row.values()) for row in await journal.rows(query)]


async def trade(journal: Journal) -> dict[str, Any]:
    return await journal.row(
        "select compliance_score, rules_followed, rules_violated, rules_unclear, has_overrides from public.trades"
    )


async def named(journal: Journal, number: int) -> str:
    """What a button carries for the verdict with this number: the trade and half of the rule."""
    row = await journal.db.fetchrow(
        "select v.trade_id, v.rule_id from public.trade_rule_verdicts v "
        "join public.trading_rules r on r.id = v.rule_id order by r.sort_order limit 1 offset $1", number - 1,
    )  # fmt: skip
    return f"{row['trade_id'].hex}:{row['rule_id'].hex[:16]}"


# ---- by buttons


async def test_by_buttons_with_a_reason_tapped(journal: Journal, ann: Person) -> None:
    await ann.records()
    assert ann.replies[-1].text.endswith("[Disagree]")
    before = await trade(journal)
    assert before["compliance_score"] is not None
    (answer,) = await ann.presses("Disagree")
    assert answer == (
        "Which verdict on NQ +$1,600.00 is wrong?\n"
        "1. ✓ always use a stop\n"
        "2. ✗ never more than 1 contract\n"
        "3. ? only A+ setups\n"
        "4. ✓ only longs\n"
        "[No. 1] [No. 2] [No. 3]\n[No. 4]"
    )
    (answer,) = await ann.presses("No. 2")
    lines = answer.splitlines()
    assert lines[:3] == ["Verdict 2 on NQ +$1,600.00", "2. ✗ never more than 1 contract", "The audit says: violated"]
    assert lines[-2].startswith("Tap what is right, or write it with your reason: /override 2 followed ")
    assert lines[-1] == "[It was followed]"
    (answer,) = await ann.presses("It was followed")
    lines = answer.splitlines()
    assert lines[0] == "2. never more than 1 contract: now followed, on your word"
    assert lines[1].startswith("NQ +$1,600.00: score ")
    assert lines[1].endswith("→ 100")
    assert lines[2:] == [
        "Why? Tap one, or write: /override 2 followed your reason",
        "[The facts were wrong]", "[The rule was misread]", "[A planned exception]", "[Take it back]",
    ]  # fmt: skip
    (answer,) = await ann.presses("A planned exception")
    assert answer.endswith("Your reason: A planned exception\n[Take it back]")
    assert (await verdicts(journal))[1] == ("followed", True, "violated", "A planned exception")
    assert await trade(journal) == {
        "compliance_score": 100, "rules_followed": 3, "rules_violated": 0, "rules_unclear": 1, "has_overrides": True,
    }  # fmt: skip
    (answer,) = await ann.presses("Take it back")
    assert answer.splitlines()[0] == "2. never more than 1 contract: violated again, as the audit said"
    assert (await verdicts(journal))[1] == ("violated", False, None, None)
    assert await trade(journal) == before


async def test_a_trade_that_is_reported_instead_of_a_reason_is_a_trade(journal: Journal, ann: Person) -> None:
    await ann.records()
    await ann.writes("/override 2 followed")
    (answer,) = await ann.writes("short 1 es 5330 > 5320 stop 5335")
    assert answer.startswith("Is this right?\nShort 1 ES")
    await ann.presses("A planned exception")
    assert (await verdicts(journal))[1] == ("followed", True, "violated", "A planned exception")
    answers = await ann.writes("yes")
    assert answers[0].startswith("Recorded")


# ---- by number


async def test_by_number_with_a_reason(journal: Journal, ann: Person) -> None:
    await ann.records()
    (answer,) = await ann.writes("/override 2 followed the second contract\nwas a   fill error")
    assert "Your reason: the second contract was a fill error" in answer
    assert (await verdicts(journal))[1] == ("followed", True, "violated", "the second contract was a fill error")
    (answer,) = await ann.writes("/override 2 kept")
    assert answer.startswith("2. never more than 1 contract: it says followed already")
    (answer,) = await ann.writes("/override 2 followed a better reason")
    assert (await verdicts(journal))[1] == ("followed", True, "violated", "a better reason")
    (answer,) = await ann.writes("/override 2")
    assert "You say: followed. The audit said: violated\n" in answer
    assert "Your reason: a better reason" in answer
    assert answer.endswith("[Take it back]")
    (answer,) = await ann.writes("/override 2 back")
    assert (await verdicts(journal))[1] == ("violated", False, None, None)
    assert await ann.writes("/override 2 back") == ["2. never more than 1 contract: it says violated already"]


async def test_what_was_unclear_is_decided(journal: Journal, ann: Person) -> None:
    await ann.records()
    (answer,) = await ann.presses("Disagree")
    (answer,) = await ann.presses("No. 3")
    assert answer.endswith("[It was followed] [It was violated]")
    (answer,) = await ann.presses("It was violated")
    assert answer.startswith("3. only A+ setups: now violated, on your word")
    assert "[I know I broke it]" in answer
    assert (await verdicts(journal))[2] == ("violated", True, "unclear", None)
    assert (await trade(journal))["rules_unclear"] == 0
    await ann.writes("/override 3 followed I was wrong")
    assert (await verdicts(journal))[2] == ("followed", True, "unclear", "I was wrong")
    await ann.writes("/override 3 undo")
    assert (await verdicts(journal))[2] == ("unclear", False, None, None)
    assert (await trade(journal))["has_overrides"] is False


async def test_to_say_what_the_audit_said_is_to_take_it_back(journal: Journal, ann: Person) -> None:
    await ann.records()
    await ann.writes("/override 1 violated")
    assert (await verdicts(journal))[0] == ("violated", True, "followed", None)
    (answer,) = await ann.writes("/override 1 followed after all")
    assert answer.startswith("1. always use a stop: followed again, as the audit said")
    assert (await verdicts(journal))[0] == ("followed", False, None, None)


async def test_the_day_and_the_audit_result_follow(journal: Journal, ann: Person) -> None:
    await ann.records()
    day = "select compliance_score from public.daily_tracking"
    before = await journal.db.fetchval(day)
    await ann.writes("/override 2 followed it was 1")
    assert await journal.db.fetchval(day) == Decimal(100) > before
    result = json.loads(await journal.db.fetchval("select audit_result from public.trades"))
    changed = next(line for line in result["verdicts"] if line.get("original_verdict"))
    assert (changed["verdict"], changed["original_verdict"], changed["override_reason"]) == (
        "followed", "violated", "it was 1",
    )  # fmt: skip
    assert (changed["overridden"], Decimal(result["score"])) == (True, 100)
    await ann.writes("/override 2 back")
    assert await journal.db.fetchval(day) == before
    result = json.loads(await journal.db.fetchval("select audit_result from public.trades"))
    assert not [line for line in result["verdicts"] if line.keys() & {"overridden", "original_verdict"}]


async def test_the_grade_follows(journal: Journal, ann: Person) -> None:
    """Three losses that were told as trades by the rule, and were none."""
    for made in (-800, -800, -800, 800, 800):
        await ann.records(f"long 1 nq in 18250 stop 18230 pnl {made}")
    rule = (
        "select quality_grade, win_rate, avg_pnl, sample_count from public.trading_rules where rule_text like '%1 con%'"
    )
    found = {"quality_grade": "D", "win_rate": Decimal("0.4"), "avg_pnl": -160, "sample_count": 5}
    assert await journal.row(rule) == found
    assert await journal.db.fetchval("select last_graded_at from public.trading_rules where quality_grade is not null")
    half = (await journal.db.fetchval(rule.replace("quality_grade, win_rate, avg_pnl, sample_count", "id"))).hex[:16]
    for lost in await journal.rows("select id from public.trades where pnl < 0"):
        await ann.does(ann.message(button=f"vv:{lost['id'].hex}:{half}"))
    assert await journal.row(rule) == {"quality_grade": "A", "win_rate": 1, "avg_pnl": 800, "sample_count": 5}
    (answer,) = await ann.writes("/rules")
    assert "Grade A · 5 trades · followed: won 100% · avg +$800.00 · broken 3 times: -$2,400.00" in answer


# ---- which trade


async def test_the_trade_whose_message_is_answered(journal: Journal, ann: Person) -> None:
    first = await ann.records()
    audit = ann.replies[-1].external_id
    await ann.records("short 1 es 5330 > 5320 stop 5335 pnl 500")
    (answer,) = await ann.writes("/override 2", reply_to=audit)
    assert answer.startswith("Verdict 2 on NQ +$1,600.00")
    await ann.writes("/override 2 followed", reply_to=audit)
    overridden = await journal.row("select trade_id from public.trade_rule_verdicts where is_overridden")
    assert overridden["trade_id"] == first
    (answer,) = await ann.writes("/override 2")
    assert answer.startswith("Verdict 2 on ES +$500.00")


async def test_the_audit_that_this_chat_saw_last(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.records()
    desk = await Person(journal, "5001", "discord").binds(trader)
    (answer,) = await desk.writes("/override")  # it has seen none: the latest audit
    assert "NQ +$1,600.00" in answer
    await desk.writes("short 1 es 5330 > 5320 stop 5335 pnl 500")
    await desk.writes("yes")
    await desk.writes("/skip")
    (answer,) = await ann.writes("/override 4")
    assert answer.startswith("Verdict 4 on NQ +$1,600.00\n4. ✓ only longs")
    (answer,) = await desk.writes("/override 4")
    assert answer.startswith("Verdict 4 on ES +$500.00\n4. ✗ only longs")


async def test_numbers_follow_the_order_of_the_rules(journal: Journal, ann: Person) -> None:
    await ann.records()
    await ann.writes("/rules move 4 to 1")
    (answer,) = await ann.writes("/override")
    assert [line for line in answer.splitlines() if line[:1].isdigit()] == [
        "1. ✓ only longs", "2. ✓ always use a stop", "3. ✗ never more than 1 contract", "4. ? only A+ setups",
    ]  # fmt: skip


async def test_many_verdicts_are_folded_into_pages(journal: Journal, ann: Person) -> None:
    await ann.writes("/rules add " + "\n".join(f"idea number {n} only" for n in range(9)))
    await ann.records()
    (first,) = await ann.presses("Disagree")
    assert first.splitlines()[-2:] == ["[No. 7] [No. 8] [No. 9]", "[More]"]
    (second,) = await ann.presses("More")
    assert second.splitlines()[-2:] == ["[No. 13]", "[Back]"]
    assert "13. ? idea number 8 only" in second
    assert await ann.presses("Back") == [first]


# ---- what cannot be done


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/override 9 followed", "There is no number 9: NQ +$1,600.00 was judged by 4 rules.\n[Disagree]"),
        ("/override 0", "There is no number 0"),
        ("/override 9999999 followed", "To disagree with a verdict"),
        ("/override two followed", "To disagree with a verdict"),
        ("/override 2 maybe", "To disagree with a verdict"),
        ("/override followed", "To disagree with a verdict"),
        ("/override 2 unclear", "To disagree with a verdict"),
        ("/override 2 followed " + "x" * 501, "The reason has 501 characters, 500 fit. Nothing was changed."),
        ("/verdict_pressed", "To disagree with a verdict"),
        ("/verdict_pressed followed 12", "To disagree with a verdict"),
        ("/verdict_pressed fly " + "0" * 32, "That verdict is not there any more"),
        ("/verdict_pressed list " + "0" * 32 + " x", "No trade has been judged yet."),
    ],
)
async def test_what_cannot_be_read_changes_nothing(journal: Journal, ann: Person, text: str, said: str) -> None:
    await ann.records()
    before = await verdicts(journal)
    (answer,) = await ann.writes(text)
    assert answer.startswith(said)
    assert await verdicts(journal) == before


async def test_without_an_audit(journal: Journal, ann: Person) -> None:
    assert await ann.writes("/override 1 followed") == ["No trade has been judged yet."]
    await ann.writes("long 2 nq 18250 stop 18230")
    await ann.writes("yes")
    receipt = ann.replies[-1].external_id
    assert await ann.writes("/override", reply_to=receipt) == ["Long 2 NQ 18,250 has not been judged yet."]


async def test_a_button_of_a_rule_that_the_trade_is_no_longer_judged_by(journal: Journal, ann: Person) -> None:
    await ann.records()
    await ann.writes("/override 2")
    await journal.db.execute("delete from public.trade_rule_verdicts")
    (answer,) = await ann.presses("It was followed")
    assert answer == (
        "That verdict is not there any more: the trade was judged again since. Nothing was changed."
    )  # fmt: skip
    assert await ann.presses("Disagree") == ["NQ +$1,600.00 has not been judged yet."]


async def test_a_reason_for_what_was_taken_back(journal: Journal, ann: Person) -> None:
    await ann.records()
    await ann.writes("/override 2 followed")
    await ann.presses("Take it back")
    (answer,) = await ann.presses("The rule was misread")
    assert answer.startswith("That verdict is not there any more")
    assert (await verdicts(journal))[1] == ("violated", False, None, None)


async def test_a_button_twice_and_from_two_chats_at_once(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.records()
    desk = await Person(journal, "5001", "discord").binds(trader)
    verdict = await named(journal, 2)
    presses = [person.message(button=f"v{kind}:{verdict}") for kind in "fvfb" for person in (ann, desk)]
    await asyncio.gather(*map(journal.worker.turns.receive, presses))
    await ann.does(ann.message(button=f"vf:{verdict}"))
    assert (await verdicts(journal))[1] == ("followed", True, "violated", None)
    assert (await trade(journal))["rules_violated"] == 0
    await ann.does(ann.message(button=f"vb:{verdict}"))
    assert (await verdicts(journal))[1] == ("violated", False, None, None)


async def test_a_verdict_of_somebody_else_is_never_found(
    journal: Journal, ann: Person, connection: asyncpg.Connection
) -> None:
    await ann.records()
    bob: UUID = await connection.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'bob@example.com') returning id"
    )
    eve = await Person(journal, "6001").binds(bob)
    verdict, trade_id = await named(journal, 2), await connection.fetchval("select id from public.trades")
    before = await verdicts(journal)
    for letters in ("vs", "vf", "vv", "vb"):
        (answer,) = await eve.does(eve.message(button=f"{letters}:{verdict}"))
        assert answer.startswith("That verdict is not there any more")
    assert await eve.does(eve.message(button=f"vd:{trade_id.hex}:1")) == ["No trade has been judged yet."]
    assert await eve.writes("/override 2 followed") == ["No trade has been judged yet."]
    assert await verdicts(journal) == before


async def test_a_verdict_by_a_rule_of_somebody_else_is_none(
    journal: Journal, ann: Person, connection: asyncpg.Connection
) -> None:
    """A client may point a verdict of its own trade at any rule: it is not shown, and changes no grade."""
    await ann.records()
    bob: UUID = await connection.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'bob@example.com') returning id"
    )
    rule = await connection.fetchval(
        "insert into public.trading_rules (user_id, rule_text) values ($1, 'a secret of Bob') returning id", bob
    )
    planted = await connection.fetchval(
        "insert into public.trade_rule_verdicts (trade_id, rule_id, verdict) select id, $1, 'violated' "
        "from public.trades returning trade_id", rule,
    )  # fmt: skip
    (answer,) = await ann.writes("/override")
    assert "secret" not in answer
    (answer,) = await ann.does(ann.message(button=f"vf:{planted.hex}:{rule.hex[:16]}"))
    assert answer.startswith("That verdict is not there any more")
    assert await connection.fetchval("select sample_count from public.trading_rules where id = $1", rule) == 0


async def test_whatever_a_client_wrote_into_the_audit(journal: Journal, ann: Person) -> None:
    await ann.records()
    await journal.db.execute(
        "update public.trade_rule_verdicts set severity = 'fatal', evidence = repeat('x', 100000), "
        "is_overridden = null, original_verdict = 'whatever', ai_confidence = null"
    )
    await journal.db.execute("update public.trade_rule_verdicts set verdict = null where verdict = 'unclear'")
    for result in ("[]", "null", '{"verdicts": 7}', '{"verdicts": [7, {}, {"rule_id": []}]}', '"text"'):
        await journal.db.execute("update public.trades set audit_result = $1::text::jsonb", result)
        (answer,) = await ann.writes("/override 2 followed")
        assert "now followed, on your word" in answer
        (answer,) = await ann.writes("/override 2 back")
        assert "violated again" in answer
        kept, planted = (
            json.loads(await journal.db.fetchval("select audit_result from public.trades")),
            json.loads(result),
        )
        if isinstance(planted, dict) and isinstance(planted["verdicts"], list):
            planted["score"] = "66.67"
        assert kept == planted
    (answer,) = await ann.writes("/override 3 violated")
    assert "now violated, on your word" in answer
    await journal.db.execute("update public.trade_rule_verdicts set original_verdict = 'nonsense' where is_overridden")
    (answer,) = await ann.writes("/override 3 back")
    assert "unclear again" in answer


async def test_a_trade_that_was_undone_has_no_verdicts(journal: Journal, ann: Person) -> None:
    await ann.records()
    await ann.writes("/override 2")
    await ann.writes("/undo")
    (answer,) = await ann.presses("It was followed")
    assert answer.startswith("That verdict is not there any more")
    assert await ann.does(ann.message(button=f"vd:{uuid4().hex}:1")) == ["No trade has been judged yet."]


# ---- judged again


async def test_an_override_outlives_the_next_audit(journal: Journal, ann: Person) -> None:
    await ann.records()
    await ann.writes("/override 2 followed it was a fill error")
    answers = await ann.writes("/audit")
    assert "never more than 1 contract" in answers[-1]
    assert (await verdicts(journal))[1] == ("followed", True, "violated", "it was a fill error")
    assert await trade(journal) == {
        "compliance_score": 100, "rules_followed": 3, "rules_violated": 0, "rules_unclear": 1, "has_overrides": True,
    }  # fmt: skip
    await ann.writes("/override 2 back")
    await ann.writes("/audit")
    assert (await verdicts(journal))[1] == ("violated", False, None, None)
    assert (await trade(journal))["has_overrides"] is False


async def test_a_button_holds_for_its_rule_after_another_audit(journal: Journal, ann: Person) -> None:
    await ann.records()
    await ann.presses("Disagree")
    await ann.presses("No. 2")
    await ann.writes("/audit")
    (answer,) = await ann.presses("It was followed")
    assert answer.startswith("2. never more than 1 contract: now followed, on your word")
    await ann.writes("/rules pause 2")
    await ann.writes("/audit")
    (answer,) = await ann.presses("It was followed")
    assert answer.startswith("That verdict is not there any more")


async def test_the_audit_numbers_its_verdicts_as_override_does(journal: Journal, ann: Person) -> None:
    await ann.records()
    lines = ann.replies[-1].text.splitlines()
    assert [line for line in lines if line[:2] in ("1.", "2.", "3.", "4.")] == [
        "2. ✗ never more than 1 contract", "3. ? only A+ setups", "1. ✓ always use a stop", "4. ✓ only longs",
    ]  # fmt: skip
    (answer,) = await ann.writes("/override 2")
    assert "2. ✗ never more than 1 contract" in answer


async def test_the_day_of_another_account_follows(journal: Journal, ann: Person, trader: UUID) -> None:
    await journal.db.execute("insert into worker.accounts (user_id, name) values ($1, 'apex2')", trader)
    await ann.records("long 2 nq 18250 > 18290 stop 18230 @apex2")
    day = "select compliance_score from worker.account_days"
    before = await journal.db.fetchval(day)
    assert before is not None
    await ann.writes("/override 2 followed")
    assert await journal.db.fetchval(day) == 100 > before
    assert await journal.count("public.daily_tracking") == 0
    await ann.writes("/override 2 back")
    assert await journal.db.fetchval(day) == before
