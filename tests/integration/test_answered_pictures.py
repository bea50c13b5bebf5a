"""A picture sent as an answer belongs to the trade that was answered, on every platform that has answers."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from statemachine.message import Platform
from tests.conversations.discord_wire import DiscordWire
from tests.conversations.mail_wire import MailWire
from tests.conversations.whatsapp_wire import WhatsAppWire
from tests.conversations.wires import Said, TelegramWire, Wire
from tests.journaling import Person, journaling

PLATFORMS: dict[type[Wire], Platform] = {
    TelegramWire: "telegram",
    DiscordWire: "discord",
    WhatsAppWire: "whatsapp",
    MailWire: "email",
}


@pytest.mark.parametrize("kind", PLATFORMS, ids=lambda kind: kind.name)
async def test_it_goes_to_the_answered_trade(kind: type[Wire], dsn: str, tmp_path: Path, trader: UUID) -> None:
    """An older one than the last, and one that has a chart already; its caption marks it."""
    async with journaling(dsn, tmp_path, PLATFORMS[kind]) as journal:
        person = await Person(journal, "4001", PLATFORMS[kind]).binds(trader)
        older = await person.records("long 2 nq 18250 > 18290")
        receipt = next(sent for sent in person.replies if sent.text.startswith("Recorded"))
        await person.records("short 1 es 5300 > 5290")
        wire, now = kind.on(tmp_path), datetime.now(UTC)
        captions = ("", "#revenge setup: ORB")
        sent = [wire.message(Said(n, now, text=text, file="photo", answers=1)) for n, text in enumerate(captions, 1)]
        named = "update worker.outbox set external_id = $1 where external_id = $2"  # as the platform names our replies
        await journal.db.execute(named, sent[0].reply_to, receipt.external_id)
        us = {"account": person.recorder.account, "chat_id": person.chat_id, "sender_id": person.chat_id}
        for message in sent:
            said = await person.does(replace(message, **us))
            assert said[0].startswith("Got the picture for NQ +$1,600.00"), said
        marks = await journal.row("select trade_id, tags, setup from public.trade_marks")
        assert marks == {"trade_id": older, "tags": ["revenge"], "setup": "ORB"}
        media = "select count(*) from worker.pgqueuer where entrypoint = 'media' and convert_from(payload, 'utf8') ~ $1"
        assert await journal.db.fetchval(media, str(older)) == 2
