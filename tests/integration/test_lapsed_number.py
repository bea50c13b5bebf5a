"""A WhatsApp number that was silent for 90 days may have been given to somebody else."""

from pathlib import Path
from uuid import UUID

from tests.journaling import REPORT, Person, journaling

NUMBER = "+15550100"
SILENT = "update worker.chats set last_inbound_at = now() - interval '90 days' - $1::interval"


async def test_it_needs_a_new_code(dsn: str, tmp_path: Path, trader: UUID) -> None:
    async with journaling(dsn, tmp_path, "whatsapp") as journal:
        person = await Person(journal, NUMBER, "whatsapp").binds(trader)
        await person.writes(REPORT)
        await journal.db.execute("update worker.outbox set status = 'held'")
        await journal.db.execute(SILENT.replace("$1", "'1 second'"))

        said = await person.writes("yes")

        assert len(said) == 1
        assert said[0].startswith("Hello, I am Vigil"), "who writes now is a stranger"
        assert await journal.db.fetchval("select whatsapp_phone from public.profiles where id = $1", trader) is None
        assert await journal.count("public.trades") == 0
        assert await journal.db.fetchval("select state from public.journal_conversations") == "idle"
        assert await journal.count("worker.outbox", "status = 'dropped'") == 1, "what was held is not for them"


async def test_it_lapses_whichever_of_our_numbers_is_written_to(dsn: str, tmp_path: Path, trader: UUID) -> None:
    async with journaling(dsn, tmp_path, "whatsapp") as journal:
        person = await Person(journal, NUMBER, "whatsapp").binds(trader)
        await journal.db.execute(
            "insert into worker.chats (platform, account, chat_id, user_id, last_inbound_at) "
            "values ('whatsapp', 'our other number', $1, $2, now() - interval '100 days')",
            NUMBER,
            trader,
        )
        (said,) = await person.writes("/trades")
        assert said.startswith("Hello, I am Vigil")


async def test_a_day_less_is_no_matter(dsn: str, tmp_path: Path, trader: UUID) -> None:
    async with journaling(dsn, tmp_path, "whatsapp") as journal:
        person = await Person(journal, NUMBER, "whatsapp").binds(trader)
        await person.writes(REPORT)
        await journal.db.execute(SILENT.replace("$1", "'-1 day'"))
        said = await person.writes("yes")
        assert said[0].startswith("Recorded")
