"""Who may write a journal: codes, how they are guessed at, and what unlinking leaves behind."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from bot.linking import ALPHABET, new_code
from statemachine.errors import SendLater
from tests.journaling import REPORT, Journal, Person, journaling

INVALID = "This code does not work. Get a new one in the web app and send it within 10 minutes: /link VGL-XXXX"
NEEDS_EMAIL = "One more thing to be sure it is you"
STRANGER = "Hello, I am Vigil"


@pytest.fixture
async def journal(dsn: str, tmp_path: Path, trader: UUID) -> AsyncIterator[Journal]:
    """Of traders who answered the first questions in the web app."""
    async with journaling(dsn, tmp_path, "telegram", "whatsapp", "discord", "email") as journal:
        await journal.db.execute("alter table public.profiles alter onboarding_complete set default true")
        await journal.db.execute("update public.profiles set onboarding_complete = true")
        yield journal


@pytest.fixture
def ann(journal: Journal) -> Person:
    return Person(journal, "4001")


async def given_code(journal: Journal, user_id: UUID, platform: str = "telegram", *, minutes: int = 10) -> str:
    """A code as the web app makes one."""
    code = new_code()
    await journal.db.execute(
        """insert into public.platform_link_codes (user_id, platform, code, expires_at)
           values ($1, $2, $3, now() + make_interval(mins => $4))""",
        user_id,
        platform,
        code,
        minutes,
    )
    return code


async def added_user(journal: Journal) -> UUID:
    user: UUID = await journal.db.fetchval(
        "insert into auth.users (id, email) values (gen_random_uuid(), $1) returning id",
        f"other-{secrets.token_hex(4)}@example.com",
    )
    return user


async def bound_to(journal: Journal, user_id: UUID) -> str | None:
    chat: str | None = await journal.db.fetchval("select telegram_chat_id from public.profiles where id = $1", user_id)
    return chat


async def is_used(journal: Journal, code: str) -> bool:
    used: bool = await journal.db.fetchval("select used from public.platform_link_codes where code = $1", code)
    return used


# ---- the ways in


@pytest.mark.parametrize("form", ["/link {}", "{}", "  {}\n", "/LINK {}", "/link@vigil_bot {}", "/link   {}"])
async def test_a_code_binds(journal: Journal, ann: Person, trader: UUID, form: str) -> None:
    code = await given_code(journal, trader)
    (said,) = await ann.writes(form.format(code.lower() if form == "{}" else code))
    assert said.startswith("Linked\nThis chat now writes the journal of t***@example.com.")
    assert await bound_to(journal, trader) == "4001"
    assert await is_used(journal, code)
    assert (await ann.writes(REPORT))[0].startswith("Is this right?")


async def test_a_code_is_masked_in_the_log(journal: Journal, ann: Person, trader: UUID) -> None:
    code = await given_code(journal, trader)
    await ann.writes(f"/link {code}")
    log = await journal.rows(
        "select direction, content_type, content_preview from public.journal_messages order by created_at"
    )
    assert [line["content_preview"].splitlines()[0] for line in log] == ["/link VGL-****", "Linked"]
    assert log[0]["content_type"] == "command"
    assert await journal.count("public.journal_messages", f"content_preview ilike '%{code[4:]}%'") == 0


async def test_a_deep_link_asks_first(journal: Journal, ann: Person, trader: UUID) -> None:
    code = await given_code(journal, trader)
    (question,) = await ann.writes(f"/start {code}")
    assert question.startswith("This code belongs to t***@example.com. Link this chat to that journal?")
    assert question.endswith("[Link] [Not mine]")
    assert not await is_used(journal, code)
    assert await bound_to(journal, trader) is None
    (linked,) = await ann.presses("Link")
    assert linked.startswith("Linked")
    assert await bound_to(journal, trader) == "4001"


async def test_a_deep_link_that_is_not_mine(journal: Journal, ann: Person, trader: UUID) -> None:
    code = await given_code(journal, trader)
    await ann.writes(f"/start {code}")
    (said,) = await ann.presses("Not mine")
    assert said.startswith("Not linked, nothing was changed.")
    assert await bound_to(journal, trader) is None
    assert not await is_used(journal, code)


async def test_start_alone_says_how_to_begin(journal: Journal, ann: Person, trader: UUID) -> None:
    assert (await ann.writes("/start"))[0].startswith(STRANGER)
    await ann.binds(trader)
    assert (await ann.writes("/start"))[0].startswith("Write a trade as you would to a friend")


@pytest.mark.parametrize(
    ("platform", "column"),
    [("whatsapp", "whatsapp_phone"), ("discord", "discord_user_id"), ("email", "gmail_journal_address")],
)
async def test_every_platform_binds_its_own_identity(
    journal: Journal, trader: UUID, platform: str, column: str
) -> None:
    code = await given_code(journal, trader, platform)
    person = Person(journal, "chat-1", platform)  # type: ignore[arg-type]
    (said,) = await person.writes(f"/link {code}")
    assert said.startswith("Linked")
    assert await journal.db.fetchval(f"select {column} from public.profiles where id = $1", trader) == "chat-1"
    assert (await person.writes(REPORT))[0].startswith("Is this right?")


def test_codes_made_here_are_of_clear_letters() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) > 450
    assert {letter for code in codes for letter in code[4:]} <= set(ALPHABET)


# ---- codes that do not work


async def test_every_code_that_does_not_work_gets_the_same_answer(journal: Journal, trader: UUID) -> None:
    used = await given_code(journal, trader)
    await journal.db.execute("update public.platform_link_codes set used = true")
    expired = await given_code(journal, trader, minutes=-1)
    elsewhere = await given_code(journal, trader, "whatsapp")
    texts = ["/link VGL-9999", f"/link {used}", f"/link {expired}", f"/link {elsewhere}", "/link", "/link me please"]
    for number, text in enumerate((*texts, f"/start {used}", f"/start {expired}", f"/start {elsewhere}")):
        assert await Person(journal, str(5000 + number)).writes(text) == [INVALID], text
    assert await bound_to(journal, trader) is None
    assert await journal.count("public.journal_messages") == 0


async def test_five_wrong_tries_close_a_chat_for_ten_minutes(journal: Journal, ann: Person, trader: UUID) -> None:
    code = await given_code(journal, trader)
    for _ in range(5):
        assert await ann.writes("/link VGL-9999") == [INVALID]
    throttled = await ann.writes(f"/link {code}")
    assert throttled == ["Too many tries. Wait 10 minutes, then send a new code."]
    assert await ann.writes(f"/start {code}") == throttled
    assert await ann.writes("/link VGL-9999") == throttled
    await journal.db.execute("update worker.link_attempts set tried_at = tried_at - interval '10 minutes'")
    assert (await ann.writes(f"/link {code}"))[0].startswith("Linked")


async def test_while_a_platform_is_guessed_at_a_code_needs_the_address(
    journal: Journal, ann: Person, trader: UUID
) -> None:
    await guess_at(journal)
    code = await given_code(journal, trader)
    email = await journal.db.fetchval("select email from auth.users where id = $1", trader)
    (ask,) = await ann.writes(f"/link {code}")
    assert ask.startswith(NEEDS_EMAIL)
    assert ask.endswith(f"like this: /link {code} you@example.com")
    assert await ann.writes(f"/link {code} other@example.com") == [INVALID]
    assert await bound_to(journal, trader) is None
    assert (await ann.writes(f"/link {code} {email.upper()}"))[0].startswith("Linked")


async def test_asking_for_the_address_does_not_tell_which_codes_exist(journal: Journal, trader: UUID) -> None:
    await guess_at(journal)
    code = await given_code(journal, trader)
    wrong = "VGL-9999"
    for form in ("/link {}", "{}", "/start {}", "/link {} other@example.com"):
        answers = [
            (await Person(journal, f"6{number}{form}").writes(form.format(guess)))[0].replace(guess, "VGL-XXXX")
            for number, guess in enumerate((code, wrong))
        ]
        assert answers[0] == answers[1]


async def test_guessing_on_one_platform_leaves_the_others_alone(journal: Journal, trader: UUID) -> None:
    await guess_at(journal)
    code = await given_code(journal, trader, "whatsapp")
    assert (await Person(journal, "+4915112345678", "whatsapp").writes(f"/link {code}"))[0].startswith("Linked")


async def guess_at(journal: Journal) -> None:
    """A hundred wrong tries, each in another chat."""
    await journal.db.execute(
        """insert into worker.link_attempts (platform, account, chat_id)
           select 'telegram', 'bot', 'guesser-' || n from generate_series(1, 100) n"""
    )


# ---- already bound


async def test_a_bound_chat_keeps_its_journal_and_the_code(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.binds(trader)
    other = await added_user(journal)
    code = await given_code(journal, other)
    for text in (f"/link {code}", code, f"/start {code}"):
        assert await ann.writes(text) == [
            "This chat already writes a journal. Send /unlink first, then your code again."
        ]
    assert not await is_used(journal, code)
    assert (await bound_to(journal, trader), await bound_to(journal, other)) == ("4001", None)
    assert await journal.count("public.journal_messages", f"content_preview like '%{code}%'") == 0


async def test_a_bound_profile_keeps_its_chat_and_the_code(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.binds(trader)
    code = await given_code(journal, trader)
    (said,) = await Person(journal, "4002").writes(f"/link {code}")
    assert said.startswith("The journal of t***@example.com already has another chat on this platform.")
    assert not await is_used(journal, code)
    assert await bound_to(journal, trader) == "4001"
    await ann.writes("/unlink")
    assert (await Person(journal, "4002").writes(f"/link {code}"))[0].startswith("Linked")


async def test_of_two_chats_with_one_code_one_wins(journal: Journal, trader: UUID) -> None:
    code = await given_code(journal, trader)
    people = [Person(journal, str(4001 + number)) for number in range(4)]
    receive = journal.worker.turns.receive
    await asyncio.gather(*(receive(person.message(f"/link {code}")) for person in people))
    await journal.settle()
    titles = [person.replies[0].text.splitlines()[0] for person in people]
    assert titles.count("Linked") == 1
    assert await bound_to(journal, trader) == people[titles.index("Linked")].chat_id
    assert await journal.count("worker.chats", "user_id is not null") == 1


async def test_of_two_codes_in_one_chat_one_wins(journal: Journal, ann: Person, trader: UUID) -> None:
    codes = [await given_code(journal, trader), await given_code(journal, await added_user(journal))]
    await asyncio.gather(*(journal.worker.turns.receive(ann.message(f"/link {code}")) for code in codes))
    await journal.settle()
    assert sorted(sent.text.splitlines()[0][:22] for sent in ann.replies) == ["Linked", "This chat already writ"]
    assert await journal.count("public.profiles", "telegram_chat_id = '4001'") == 1


# ---- the other chats hear of it


async def test_a_new_link_is_told_in_the_other_chats(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.binds(trader)
    await ann.writes("hello")
    code = await given_code(journal, trader, "whatsapp")
    phone = Person(journal, "+4915112345678", "whatsapp")
    assert (await phone.writes(f"/link {code}"))[0].startswith("Linked")
    assert ann.replies[-1].text == ("A new chat on WhatsApp was linked to your journal. Not you? Send /unlink whatsapp")
    (said,) = await ann.writes("/unlink whatsapp")
    assert said.startswith("Your chat on WhatsApp no longer writes your journal.")
    assert (await phone.writes(REPORT))[0].startswith(STRANGER)
    assert (await ann.writes(REPORT))[0].startswith("Is this right?")


# ---- unlinking


async def test_unlinking_resets_the_conversation_and_cancels_replies(
    journal: Journal, ann: Person, trader: UUID
) -> None:
    await ann.binds(trader)
    await ann.writes(REPORT)
    journal.telegram.trouble.append(SendLater(after=3600))
    await ann.writes("/trades")
    (said,) = await ann.writes("/unlink")
    assert said.startswith("Your chat on Telegram no longer writes your journal.")
    assert await journal.count("worker.outbox", "status = 'dropped' and error = 'unlinked'") == 1
    conversation = await journal.row("select state, pending_trade, context::text from public.journal_conversations")
    assert conversation == {"state": "idle", "pending_trade": None, "context": "{}"}
    assert await journal.row("select user_id, wakes_at from worker.chats") == {"user_id": None, "wakes_at": None}
    assert await bound_to(journal, trader) is None
    assert (await ann.writes("yes"))[0].startswith(STRANGER)
    assert await journal.count("public.trades") == 0


async def test_unlinking_another_platform_leaves_this_conversation(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.binds(trader)
    gamer = Person(journal, "user-7", "discord")
    await gamer.writes(f"/link {await given_code(journal, trader, 'discord')}")
    await gamer.writes("short 1 es 5300 > 5290")
    await ann.writes(REPORT)
    (said,) = await ann.writes("/unlink discord")
    assert said.startswith("Your chat on Discord no longer writes your journal.")
    assert await journal.count("public.journal_messages", "content_preview = '/unlink discord'") == 1
    assert await journal.count("worker.inbox", f"chat_id = '4001' and user_id = '{trader}'") == 2
    states = await journal.rows("select platform, state from public.journal_conversations order by platform")
    assert [tuple(row.values()) for row in states] == [("discord", "idle"), ("telegram", "awaiting_confirmation")]
    assert await journal.rows("select platform from worker.chats where wakes_at is not null") == [
        {"platform": "telegram"}
    ]
    assert (await ann.writes("yes"))[0].startswith("Recorded")
    assert (await gamer.writes("yes"))[0].startswith(STRANGER)


AUDITED = """
select t.symbol from worker.pgqueuer q
join public.trades t on t.id = (convert_from(q.payload, 'UTF8')::jsonb ->> 'trade_id')::uuid
where q.entrypoint = 'audit'
"""


@pytest.mark.parametrize("platform", ["telegram", "discord"])
async def test_a_trade_that_waits_for_its_chart_is_judged_when_its_chat_is_unlinked(
    journal: Journal, ann: Person, trader: UUID, platform: str
) -> None:
    await ann.binds(trader)
    await ann.writes(REPORT)
    await ann.writes("yes")
    if platform == "telegram":
        await ann.writes("/unlink")
    else:
        gamer = Person(journal, "user-7", "discord")
        await gamer.writes(f"/link {await given_code(journal, trader, 'discord')}")
        await gamer.writes("/unlink telegram")
    assert await journal.rows(AUDITED) == [{"symbol": "NQ"}]


async def test_unlinking_what_is_not_linked(ann: Person, trader: UUID) -> None:
    await ann.binds(trader)
    assert await ann.writes("/unlink whatsapp") == ["No chat on WhatsApp is linked to your journal."]
    assert await ann.writes("/unlink fax") == ["No chat on fax is linked to your journal."]
    assert (await ann.writes("/unlink email please"))[0].startswith("No chat on email please")


async def test_the_button_of_an_old_draft_after_relinking_changes_nothing(
    journal: Journal, ann: Person, trader: UUID
) -> None:
    await ann.binds(trader)
    await ann.writes(REPORT)
    await ann.writes("/unlink")
    await ann.writes(f"/link {await given_code(journal, trader)}")
    (said,) = await ann.presses("Confirm")
    assert said.startswith("That button is out of date")
    assert await journal.count("public.trades") == 0


async def test_delivery_looks_again_whose_chat_it_is(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.binds(trader)
    journal.telegram.trouble.append(SendLater(after=600))
    assert await ann.writes("/trades") == []
    # the web app unbinds the profile and somebody else's takes the chat
    other = await added_user(journal)
    await journal.db.execute("update public.profiles set telegram_chat_id = null where id = $1", trader)
    await ann.binds(other)
    await journal.db.execute("update worker.outbox set due_at = now() where status = 'pending'")
    said = await ann.writes(REPORT)
    assert [text.splitlines()[0] for text in said] == ["Is this right?"]
    dropped = await journal.row("select user_id, error from worker.outbox where status = 'dropped'")
    assert dropped["user_id"] == trader


async def test_a_timer_of_an_unlinked_chat_says_nothing(dsn: str, tmp_path: Path, trader: UUID) -> None:
    async with journaling(dsn, tmp_path, jobs=True, sweep_seconds=0.1) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await ann.writes(REPORT)
        await journal.db.execute("update public.profiles set telegram_chat_id = null")
        await journal.db.execute("update worker.chats set wakes_at = now()")
        async with asyncio.timeout(10):
            while await journal.count("worker.chats", "wakes_at is not null"):
                await asyncio.sleep(0.05)
        await journal.settle()
        assert len(ann.replies) == 1


# ---- two profiles


async def test_a_chat_reads_its_own_journal_only(journal: Journal, ann: Person, trader: UUID) -> None:
    await ann.binds(trader)
    trade = await ann.records()
    ben = await Person(journal, "4002").binds(await added_user(journal))
    assert (await ben.writes("/trades"))[0].startswith("No trades yet.")
    change = await journal.db.fetchval("select max(id) from worker.changes")
    for button in (f"u:{change}", f"r:{change}", f"lp:{trade.hex}", f"c:{trade.hex}:1"):
        assert await ben.does(ben.message(button=button))
    answers = [sent.external_id for sent in ann.replies if sent.text.startswith("Recorded")]
    await ben.writes("exit 1", reply_to=answers[0])
    assert await journal.count("public.trades", "exit_price = 18290") == 1


async def test_a_message_of_another_connection_waits_for_the_chat(
    journal: Journal, ann: Person, trader: UUID, connection: asyncpg.Connection
) -> None:
    """While a code is being consumed elsewhere a second one waits for the profile, and then sees the binding."""
    code = await given_code(journal, trader)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("update public.profiles set telegram_chat_id = '4999' where id = $1", trader)
    task = asyncio.create_task(ann.writes(f"/link {code}"))
    await asyncio.sleep(0.3)
    assert not task.done()
    await transaction.commit()
    (said,) = await task
    assert said.startswith("The journal of t***@example.com already has another chat")
    assert await bound_to(journal, trader) == "4999"
