"""The trader's rules in the chat: listed, added, reworded, paused, put in order; by words and by buttons."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.journaling import Journal, Person, journaling

LISTED = "select rule_text, is_active, sort_order, version from public.trading_rules order by sort_order, version"


@pytest.fixture
async def journal(dsn: str, tmp_path: Path) -> AsyncIterator[Journal]:
    async with journaling(dsn, tmp_path, "telegram", "discord", messages_per_minute=1000, active_rules=10) as journal:
        yield journal


@pytest.fixture
async def stranger(connection: asyncpg.Connection) -> UUID:
    """Another trader with a rule of their own."""
    user: UUID = await connection.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'bob@example.com') returning id"
    )
    return user


async def write_rule(journal: Journal, user: UUID, text: str, **columns: Any) -> UUID:
    """As the web app would, or somebody who plays it."""
    names = ["user_id", "rule_text", *columns]
    places = ", ".join(f"${place}" for place in range(1, len(names) + 1))
    statement = f"insert into public.trading_rules ({', '.join(names)}) values ({places}) returning id"
    rule: UUID = await journal.db.fetchval(statement, user, text, *columns.values())
    return rule


async def texts(journal: Journal, condition: str = "is_active") -> list[str]:
    query = f"select rule_text from public.trading_rules where {condition} order by sort_order, created_at, id"
    return [row["rule_text"] for row in await journal.rows(query)]


# ---- added


async def test_the_first_rules(ann: Person) -> None:
    (answer,) = await ann.writes("/rules")
    assert answer == (
        "No rules yet\nWrite them as you would say them, one per line:\n"
        "/rules add never risk more than 1% of the account"
    )
    (answer,) = await ann.writes("/rules add Always use a stop")
    assert answer.splitlines()[:2] == ["Added", "1. Always use a stop"]
    assert "I check: " in answer
    assert answer.splitlines()[-2:] == ["[Right] [Not what I meant]", "[Pause]"]
    (answer,) = await ann.writes("/rules add only A+ setups")
    assert "Left to the judge" in answer
    assert "[Right]" not in answer


async def test_several_at_once_each_on_a_line(journal: Journal, ann: Person) -> None:
    (answer,) = await ann.writes("/rules add\n- Always use a stop\n2) max 3 contracts\n\n* always  use a stop.\n-\n")
    assert answer.splitlines()[0] == "Added 2 rules"
    assert answer.endswith("[Rule 1] [Rule 2]")
    assert await texts(journal) == ["Always use a stop", "max 3 contracts"]
    rows = await journal.rows("select category, sort_order, version from public.trading_rules order by sort_order")
    assert [(row["category"], row["sort_order"], row["version"]) for row in rows] == [("risk", 1, 1), ("risk", 2, 1)]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("no trades after 11:30", "timing"),
        ("only longs", "entry"),
        ("at least 2R", "exit"),
        ("max daily loss $500", "risk"),
        ("only longs and always use a stop", "entry"),
        ("never trade the news", "timing"),
        ("let runners run to the target", "exit"),
        ("size down when tired", "risk"),
        ("A+ setups only", "entry"),
    ],
)
async def test_a_rule_has_a_category(journal: Journal, ann: Person, text: str, category: str) -> None:
    await ann.writes(f"/rules add {text}")
    assert await journal.db.fetchval("select category from public.trading_rules") == category


async def test_what_is_there_already_is_not_added_twice(journal: Journal, ann: Person) -> None:
    await ann.writes("/rules add Always use a stop\nmax 3 contracts")
    (answer,) = await ann.writes("/rules add ALWAYS use  a stop.")
    assert answer == "Nothing was added\nYou have it already as 1: Always use a stop"
    await ann.writes("/rules pause 1")
    (answer,) = await ann.writes("/rules add always use a stop\nonly longs")
    assert "Added\n2. only longs" in answer
    assert "You have it already, paused, as 3: Always use a stop" in answer
    (answer,) = await ann.writes("/rules add always use a stop")
    assert answer.endswith("[Resume]")
    await ann.presses("Resume")
    assert await texts(journal) == ["Always use a stop", "max 3 contracts", "only longs"]


async def test_no_more_rules_and_no_longer_ones_than_there_may_be(journal: Journal, ann: Person) -> None:
    await ann.writes("/rules add " + "\n".join(f"idea number {n} only" for n in range(8)))
    (answer,) = await ann.writes("/rules add nine is fine\nten is the end\n" + "x" * 1001 + "\neleven is too many")
    assert answer.startswith("Added 2 rules\n9. nine is fine\n")
    assert "Too long with 1001 characters, 1000 fit: xxxx" in answer
    assert "You have 10 active rules, the most there can be. Pause one, then add again: eleven is too many" in answer
    assert await journal.count("public.trading_rules") == 10
    await ann.writes("/rules pause 1")
    await ann.writes("/rules add eleven is fine now")
    (answer,) = await ann.writes("/rules resume 11")
    assert answer.startswith("You have 10 active rules, the most there can be. Pause one first.")
    assert await journal.count("public.trading_rules", "is_active") == 10
    (answer,) = await ann.writes("/rules edit 1 " + "y" * 1001)
    assert answer == "That has 1001 characters, and a rule at most 1000. Nothing was changed."


# ---- listed


async def test_a_list_is_folded_into_pages(ann: Person) -> None:
    await ann.writes("/rules add " + "\n".join(f"idea number {n} only" for n in range(1, 9)))
    (first,) = await ann.writes("/rules")
    assert first.startswith("Your 8 rules\n1. idea number 1 only\n   Left to the judge")
    assert "7. idea" not in first
    assert first.endswith("[Rule 1] [Rule 2] [Rule 3]\n[Rule 4] [Rule 5] [Rule 6]\n[More]")
    (second,) = await ann.presses("More")
    assert "7. idea number 7 only" in second
    assert second.endswith("[Rule 7] [Rule 8]\n[Back]")
    assert await ann.writes("/rules 2") == [second]
    assert await ann.writes("/rules 9999") == [second]
    assert await ann.presses("Back") == [first]


async def test_paused_rules_stand_below(ann: Person) -> None:
    await ann.writes("/rules add only longs\nonly A+ setups\nmax 3 contracts")
    (answer,) = await ann.writes("/rules pause 2")
    assert answer == "Paused, trades are not judged by it: 3. only A+ setups\n[Resume]"
    (answer,) = await ann.writes("/rules")
    lines = answer.splitlines()
    assert lines[0] == "Your rules: 2 active, 1 paused"
    assert lines[lines.index("Paused:") + 1] == "3. only A+ setups"
    assert "2. max 3 contracts" in lines
    (answer,) = await ann.presses("Resume")
    assert answer == "Active again: 2. only A+ setups\n[Pause]"


async def test_one_rule_whole(journal: Journal, ann: Person) -> None:
    await ann.writes("/rules add only longs\nmax 3 contracts\nonly A+ setups " + "and more " * 60)
    (answer,) = await ann.writes("/rules show 3")
    assert answer.startswith("Rule 3\nonly A+ setups and more and more")
    assert answer.endswith("[Pause] [Up]")
    (answer,) = await ann.writes("/rules show 2")
    assert answer.endswith("[Right] [Not what I meant]\n[Pause] [Up] [Down]")
    (answer,) = await ann.presses("Up")
    assert answer.startswith("Now number 1, was 2: max 3 contracts")
    assert (await texts(journal))[:2] == ["max 3 contracts", "only longs"]


# ---- order


async def test_rules_are_moved(journal: Journal, ann: Person) -> None:
    await ann.writes("/rules add only longs\nmax 3 contracts\nalways use a stop\nonly A+ setups")
    (answer,) = await ann.writes("/rules move 4 to 1")
    assert answer == "Now number 1, was 4: only A+ setups\n[Undo] [Rules]"
    assert await texts(journal) == ["only A+ setups", "only longs", "max 3 contracts", "always use a stop"]
    await ann.presses("Undo")
    assert await texts(journal) == ["only longs", "max 3 contracts", "always use a stop", "only A+ setups"]
    (answer,) = await ann.writes("/rules move 1 99")
    assert answer.startswith("Now number 4, was 1: only longs")
    (answer,) = await ann.writes("/rules move #4 to #4")
    assert answer == "It is number 4 already: only longs"


async def test_a_paused_rule_comes_back_to_its_place(journal: Journal, ann: Person) -> None:
    await ann.writes("/rules add only longs\nmax 3 contracts\nalways use a stop")
    await ann.writes("/rules pause 2")
    await ann.writes("/rules move 2 to 1")
    assert await texts(journal) == ["always use a stop", "only longs"]
    (answer,) = await ann.writes("/rules move 3 to 1")
    assert answer == "It is paused: 3. max 3 contracts\n[Resume]"
    await ann.presses("Resume")
    assert await texts(journal) == ["always use a stop", "only longs", "max 3 contracts"]


async def test_rules_that_the_web_app_left_without_an_order(journal: Journal, ann: Person, trader: UUID) -> None:
    """Clients leave every sort_order at 0, or whatever they like: numbers stay where they were shown."""
    for text, order in (("a only", 0), ("b only", 0), ("c only", None), ("d only", 2**31 - 1), ("e only", -5)):
        await write_rule(journal, trader, text, sort_order=order)
    (answer,) = await ann.writes("/rules")
    assert [line for line in answer.splitlines() if line[:1].isdigit()] == [
        "1. e only", "2. a only", "3. b only", "4. d only", "5. c only",
    ]  # fmt: skip
    (answer,) = await ann.writes("/rules edit 2 a+ only")
    assert "2. a+ only" in answer
    await ann.writes("/rules add f only")
    assert await texts(journal) == ["e only", "a+ only", "b only", "d only", "c only", "f only"]


# ---- reworded


async def test_other_words_are_a_new_version(journal: Journal, ann: Person) -> None:
    await ann.writes("/rules add only longs\nmax 3 contracts\nalways use a stop")
    await journal.db.execute("update public.trading_rules set quality_grade = 'B' where rule_text = 'max 3 contracts'")
    (answer,) = await ann.writes("/rules edit 2 max 2\ncontracts")
    assert answer.splitlines()[:2] == ["Changed, its grade starts anew", "2. max 2 contracts"]
    assert "Before: max 3 contracts" in answer
    new = await journal.row("select * from public.trading_rules where rule_text = 'max 2 contracts'")
    old = await journal.row("select * from public.trading_rules where rule_text = 'max 3 contracts'")
    assert (new["version"], new["previous_version_id"], new["sort_order"]) == (2, old["id"], 2)
    assert (new["quality_grade"], new["is_active"]) == (None, True)
    assert (old["quality_grade"], old["is_active"]) == ("B", False)
    assert await texts(journal) == ["only longs", "max 2 contracts", "always use a stop"]
    (answer,) = await ann.writes("/rules")
    assert "max 3 contracts" not in answer
    (answer,) = await ann.writes("/rules history 2")
    told = [re.sub(r"since .+?:", "since …:", line) for line in answer.splitlines() if "since" in line]
    assert told == ["2, since …: max 2 contracts", "1, since …: max 3 contracts"]


async def test_an_edit_is_taken_back_as_if_it_had_not_been(journal: Journal, ann: Person) -> None:
    await ann.writes("/rules add only longs\nmax 3 contracts")
    before = await journal.rows(LISTED)
    await ann.writes("/rules edit 2 max 2 contracts")
    (answer,) = await ann.presses("Undo")
    assert answer == "As before: 2. max 3 contracts\n[Rule 2]"
    assert await journal.rows(LISTED) == before
    (answer,) = await ann.presses("Undo")
    assert answer == "That rule has changed since, so nothing was done.\n[Rules]"


async def test_a_version_that_trades_were_judged_by_stays_in_the_history(
    journal: Journal, ann: Person, trader: UUID
) -> None:
    await ann.writes("/rules add max 3 contracts")
    await ann.writes("/rules edit 1 max 2 contracts")
    await journal.db.execute(
        "with t as (insert into public.trades (user_id) values ($1) returning id) insert into "
        "public.trade_rule_verdicts (trade_id, rule_id, verdict) select t.id, r.id, 'followed' from t, "
        "public.trading_rules r where r.rule_text = 'max 2 contracts'", trader,
    )  # fmt: skip
    await ann.presses("Undo")
    rows = await journal.rows("select rule_text, version, is_active from public.trading_rules order by version")
    assert [(row["rule_text"], row["is_active"]) for row in rows] == [
        ("max 3 contracts", False), ("max 2 contracts", False), ("max 3 contracts", True),
    ]  # fmt: skip
    assert await journal.count("public.trade_rule_verdicts") == 1


async def test_an_edit_that_changes_nothing(journal: Journal, ann: Person) -> None:
    await ann.writes("/rules add only longs\nmax 3 contracts")
    assert await ann.writes("/rules edit 1 only longs") == ["It says that already. 1. only longs"]
    (answer,) = await ann.writes("/rules edit 1 MAX 3 contracts")
    assert answer == "You have it already as 2: max 3 contracts\n[Rule 2]"
    (answer,) = await ann.writes("/rules edit 1 Only longs")
    assert answer.startswith("Changed")
    assert await journal.count("public.trading_rules", "is_active") == 2


async def test_a_paused_rule_is_reworded_and_stays_paused(journal: Journal, ann: Person) -> None:
    await ann.writes("/rules add only longs\nmax 3 contracts")
    await ann.writes("/rules pause 1")
    (answer,) = await ann.writes("/rules edit 2 only shorts")
    assert answer.endswith("[Undo] [Resume]")
    assert await texts(journal) == ["max 3 contracts"]
    await ann.presses("Resume")
    assert await texts(journal) == ["only shorts", "max 3 contracts"]


async def test_to_remove_is_to_pause(journal: Journal, ann: Person) -> None:
    await ann.writes("/rules add only longs")
    (answer,) = await ann.writes("/rules remove 1")
    assert answer == (
        "Paused, trades are not judged by it: 1. only longs\n"
        "Its history and grade are kept; it no longer counts.\n[Resume]"
    )
    assert await journal.count("public.trading_rules") == 1


# ---- how it is read


async def test_a_reading_that_was_not_meant_goes_to_the_judge(journal: Journal, ann: Person) -> None:
    await ann.writes("/rules add only longs")
    (answer,) = await ann.presses("Not what I meant")
    assert answer.startswith("Then I do not compute it: it is left to the judge. 1. only longs")
    (answer,) = await ann.writes("/rules")
    assert "Left to the judge" in answer
    (answer,) = await ann.presses("Right")
    assert answer.startswith("Good, it counts from the next audit on. 1. only longs\nI check: ")
    assert await journal.count("worker.rule_checks") == 0
    await ann.presses("Not what I meant")
    await journal.db.execute("update public.trading_rules set rule_text = 'only shorts'")  # in the web app
    (answer,) = await ann.writes("/rules")
    assert "I check: " in answer  # another text, another reading
    assert await ann.presses("Right") == ["That rule has changed since, so nothing was done.\n[Rules]"]


# ---- what cannot be done


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/rules add", "Write the rule behind it"),
        ("/rules add  -  \n *\n", "Write the rule behind it"),
        ("/rules edit", "Say which rule, and how it shall read"),
        ("/rules edit 1", "Say which rule, and how it shall read"),
        ("/rules edit one max 3", "Say which rule, and how it shall read"),
        ("/rules pause", "Say which rule, one at a time: /rules pause 2"),
        ("/rules pause 1 2", "Say which rule, one at a time: /rules pause 2"),
        ("/rules remove 1, 2", "Say which rule, one at a time: /rules pause 2"),
        ("/rules help", "/rules lists your rules."),
        ("/rules pause all", "Say which rule, one at a time: /rules pause 2"),
        ("/rules resume -1", "Say which rule, one at a time: /rules resume 2"),
        ("/rules pause 0", "There is no number 0: you have one rule."),
        ("/rules pause 999999", "There is no number 999999: you have one rule."),
        ("/rules pause 99999999999999999999", "Say which rule, one at a time: /rules pause 2"),
        ("/rules pause \u0663", "There is no number 3"),
        ("/rules move 1", "Say which rule, and to which place"),
        ("/rules move 1 to the top", "Say which rule, and to which place"),
        ("/rules history", "Say which rule: /rules history 2"),
        ("/rules 0", "Your rule\n"),
        ("/rules no trades on fridays", "To add that as a rule: /rules add no trades on fridays"),
        ("/rule_pressed", "/rules lists your rules."),
        ("/rule_pressed pause 12", "/rules lists your rules."),
        ("/rule_pressed fly " + "0" * 32, "/rules lists your rules."),
        ("/rule_pressed pause " + "0" * 32, "That rule has changed since"),
    ],
)
async def test_what_cannot_be_read_is_answered_with_an_example(
    journal: Journal, ann: Person, text: str, said: str
) -> None:
    await ann.writes("/rules add only longs")
    before = await journal.rows(LISTED)
    (answer,) = await ann.writes(text)
    assert answer.startswith(said), answer
    assert await journal.rows(LISTED) == before


async def test_without_rules_every_number_is_wrong(ann: Person) -> None:
    (answer,) = await ann.writes("/rules pause 1")
    assert answer.startswith("Write them as you would say them")


async def test_a_draft_that_waits_is_left_alone(journal: Journal, ann: Person) -> None:
    await ann.writes("long 2 nq 18250 > 18290 stop 18230")
    await ann.writes("/rules add only longs")
    answers = await ann.writes("yes")
    assert answers[0].startswith("Recorded")


# ---- two chats, other people, and clients that write what they like


async def test_a_stale_button_never_hits_another_rule(journal: Journal, ann: Person, trader: UUID) -> None:
    desk = await Person(journal, "5001", "discord").binds(trader)
    await ann.writes("/rules add only longs\nmax 3 contracts\nalways use a stop")
    await ann.writes("/rules show 2")
    await desk.writes("/rules move 2 to 3")
    (answer,) = await ann.presses("Pause")
    assert answer.startswith("Paused, trades are not judged by it: 3. max 3 contracts")
    await desk.writes("/rules edit 1 only shorts")
    await ann.writes("/rules show 1")
    await desk.writes("/rules edit 1 only longs again")
    (answer,) = await ann.presses("Pause")
    assert answer == "That rule has changed since, so nothing was done.\n[Rules]"
    assert await texts(journal) == ["only longs again", "always use a stop"]


async def test_two_chats_at_once(journal: Journal, ann: Person, trader: UUID) -> None:
    """Each change sees the other: nothing is lost, no place is held by two, and the limit holds."""
    desk = await Person(journal, "5001", "discord").binds(trader)
    await ann.writes("/rules add " + "\n".join(f"idea {n} only" for n in range(6)))
    said = []
    for n in range(6):
        said += [ann.message(f"/rules add from the phone {n}"), desk.message(f"/rules add from the desk {n}")]
        said += [ann.message(f"/rules move {n + 1} to 1"), desk.message("/rules move 1 to 6")]
    await asyncio.gather(*map(journal.worker.turns.receive, said))
    await journal.settle()
    rows = await journal.rows("select sort_order, rule_text from public.trading_rules where is_active order by 1")
    assert [row["sort_order"] for row in rows] == list(range(1, 11))
    assert len({row["rule_text"] for row in rows}) == 10


async def test_a_rule_of_somebody_else_is_never_found(
    journal: Journal, ann: Person, trader: UUID, stranger: UUID
) -> None:
    theirs = await write_rule(journal, stranger, "only longs")
    mine = await write_rule(journal, trader, "max 3 contracts", previous_version_id=theirs, version=2)
    (answer,) = await ann.writes("/rules")
    assert "1. max 3 contracts" in answer
    assert "longs" not in answer
    (answer,) = await ann.writes("/rules history 1")
    assert "longs" not in answer
    for asked in ("pause", "show", "back", "move 1"):
        word, _, more = asked.partition(" ")
        button = {"pause": "rp", "show": "rs", "back": "rb", "move": "rm"}[word] + f":{theirs.hex}"
        (answer,) = await ann.does(ann.message(button=f"{button}:{more}" if more else button))
        assert answer.startswith("That rule has changed since")
    (answer,) = await ann.does(ann.message(button=f"rb:{mine.hex}"))
    assert answer.startswith("That rule has changed since")  # what was before it is nobody's here
    row = await journal.row("select is_active, sort_order, rule_text from public.trading_rules where id = $1", theirs)
    assert row == {"is_active": True, "sort_order": 0, "rule_text": "only longs"}
    (answer,) = await ann.writes("/rules add only longs")
    assert answer.startswith("Added")


async def test_whatever_a_client_writes_breaks_no_list(journal: Journal, ann: Person, trader: UUID) -> None:
    await write_rule(journal, trader, "", is_active=None)
    await write_rule(journal, trader, "\u202eonly {0.__class__} %s", is_active=True, sort_order=None, version=-7)
    await write_rule(journal, trader, "x" * 300_000, is_active=True, version=2**31 - 1)
    one = await write_rule(journal, trader, "one of a ring", is_active=False, version=1)
    two = await write_rule(journal, trader, "two of a ring", is_active=False, version=2, previous_version_id=one)
    three = await write_rule(journal, trader, "its own past", is_active=True)
    await journal.db.execute("update public.trading_rules set previous_version_id = $2 where id = $1", one, two)
    await journal.db.execute("update public.trading_rules set previous_version_id = id where id = $1", three)
    await journal.db.execute(
        "update public.trading_rules set quality_grade = repeat('Z', 9999), win_rate = 'NaN', avg_pnl = 'Infinity', "
        "sample_count = -1"
    )
    (answer,) = await ann.writes("/rules")
    assert answer.startswith("Your rules: 3 active, 2 paused")
    assert "only {0.__class__} %s" in answer
    assert len(answer) < 4000
    for number in range(1, 6):
        for asked in ("show", "history", "pause", "resume"):
            assert len(await ann.writes(f"/rules {asked} {number}")) == 1
    (answer,) = await ann.writes("/rules edit 1 no trades after 11:30")
    assert answer.startswith("Changed")
    (answer,) = await ann.presses("Undo")
    assert answer.startswith("As before: ")
