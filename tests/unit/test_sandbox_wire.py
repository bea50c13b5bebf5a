"""Replies as the sandbox page shows them, with the limits of the platform that it imitates."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters import Envelope, discord_wire, telegram_wire, whatsapp_wire
from adapters.local_files import kept
from adapters.sandbox import ACCOUNT, CHAT_ID, Sandbox
from adapters.sandbox_wire import CAPTION_LIMIT, TEXT_LIMIT, Entry, Part, parts_of, wire_of
from bot.job_payloads import entrypoint
from bot.platforms import sandbox_of
from bot.settings import read_settings
from bot.store import LocalStore
from statemachine.errors import AttachmentRefused, SendRefused
from statemachine.message import PLATFORMS, Attachment, Button, Platform, Reply
from tests.inbox import Inbox
from tests.servers.telegram import TOKEN

ROOT = Path(__file__).parents[2]
BUTTONS = ((Button("Confirm", "c:1"), Button("Edit", "e:1")), (Button("Cancel", "x:1"),))
ASKED = Reply(title="Is this right?", text="Long 2 NQ\n18,250 → 18,290", buttons=BUTTONS)


def test_the_limits_are_the_platforms_own() -> None:
    assert TEXT_LIMIT["telegram"] == telegram_wire.TEXT_LIMIT
    assert CAPTION_LIMIT["telegram"] == telegram_wire.CAPTION_LIMIT
    assert TEXT_LIMIT["discord"] == CAPTION_LIMIT["discord"] == discord_wire.CONTENT_LIMIT
    assert TEXT_LIMIT["whatsapp"] == whatsapp_wire.TEXT_LIMIT
    assert CAPTION_LIMIT["whatsapp"] == whatsapp_wire.CAPTION_LIMIT


@pytest.mark.parametrize(
    ("platform", "part"),
    [
        ("telegram", Part(title="Is this right?", text="Long 2 NQ\n18,250 → 18,290", buttons=BUTTONS)),
        ("discord", Part(title="Is this right?", text="Long 2 NQ\n18,250 → 18,290", buttons=BUTTONS)),
        (
            "whatsapp",
            Part(
                title="Is this right?",
                text="Long 2 NQ\n18,250 → 18,290\n\n1 Confirm\n2 Edit\n3 Cancel\nAnswer with a number.",
            ),
        ),
        (
            "email",
            Part(
                title="Is this right?",
                text="Long 2 NQ\n18,250 → 18,290",
                buttons=(
                    (Button("[1] Confirm", "c:1"),),
                    (Button("[2] Edit", "e:1"),),
                    (Button("[3] Cancel", "x:1"),),
                ),
            ),
        ),
    ],
)
def test_a_question(platform: Platform, part: Part) -> None:
    assert parts_of(ASKED, platform) == [part]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_long_reply_comes_in_parts(platform: Platform) -> None:
    """None beyond the limit, no word lost, the image with the first, the choices with the last."""
    text = "\n".join(f"line {number} of a long answer" for number in range(400))
    parts = parts_of(Reply(title="All of it", text=text, buttons=BUTTONS, image="a.png"), platform)
    assert len(parts) == {"telegram": 4, "discord": 6, "whatsapp": 7, "email": 1}[platform]
    assert all(len(part.title) + len(part.text) <= TEXT_LIMIT[platform] for part in parts if platform != "email")
    assert [part.with_image for part in parts] == [True] + [False] * (len(parts) - 1)
    assert [bool(part.buttons) for part in parts[:-1]] == [False] * (len(parts) - 1)
    assert [part.title for part in parts] == ["All of it"] + [""] * (len(parts) - 1)
    words = " ".join(part.text for part in parts)
    assert [f"line {number} of" in words for number in range(400)] == [True] * 400


def test_the_page_never_gets_what_a_button_carries() -> None:
    entry = Entry(
        id=1,
        version=1,
        who="vigil",
        at=datetime(2026, 4, 1, tzinfo=UTC),
        external_id="x",
        part=parts_of(ASKED, "telegram")[0],
        picture="user/trade-1.png",
        file=("journal.zip", "f" * 64 + ".zip"),
    )
    wire = wire_of(entry)
    assert (wire["buttons"], wire["picture"], wire["file"]) == ([["Confirm", "Edit"], ["Cancel"]], True, "journal.zip")
    assert not re.search("c:1|user/trade|ffff", str(wire))


async def test_a_reply_that_is_sent_twice_shows_once(tmp_path: Path) -> None:
    chat = sandbox(tmp_path)
    first = await chat.send(CHAT_ID, ASKED, Envelope("7-a"))
    assert await chat.send(CHAT_ID, ASKED, Envelope("7-a")) == first
    assert await chat.send(CHAT_ID, ASKED, Envelope("8-b")) != first
    assert len(list(chat.transcript.since(0))) == 2
    with pytest.raises(SendRefused):
        await chat.send("local:terminal", ASKED)


async def test_what_was_said_before_comes_first_and_once(tmp_path: Path) -> None:
    """What this process has heard or sent itself is not told again, whenever the rest is remembered."""
    chat = sandbox(tmp_path)
    await chat.write(Inbox(), "hello")
    (own,) = chat.transcript.since(0)
    version = chat.transcript.version
    before = [{"who": "trader", "external_id": number, "part": Part(text=number)} for number in ("1", own.external_id)]
    chat.transcript.recall(before)
    assert [entry.part.text for entry in chat.transcript.since(0)] == ["1", "hello"]
    assert version < chat.transcript.recalled
    assert len({entry.id for entry in chat.transcript.since(0)}) == 2


async def test_a_picture_is_told_to_those_who_do_not_see_it(tmp_path: Path) -> None:
    chat = sandbox(tmp_path)
    await chat.send(CHAT_ID, Reply(title="Equity", text="+$120.00. " * 600, image="u/t.png", alt="Line chart."))
    told = [(wire["picture"], wire["alt"]) for wire in map(wire_of, chat.transcript.since(0))]
    assert (told[0], set(told[1:])) == ((True, "Line chart."), {(False, None)})


async def test_only_what_was_kept_is_fetched(tmp_path: Path) -> None:
    chat, inbox = sandbox(tmp_path), Inbox()
    await chat.show(inbox, b"bytes", name="../../chart.PNG", mime="image/png")
    (picture,) = inbox.messages[0].attachments
    assert await chat.fetch(picture, 5) == b"bytes"
    assert re.fullmatch(r"[0-9a-f]{64}\.png", picture.handle)
    (tmp_path / "secret").write_bytes(b"secret")
    for handle in ("../secret", "secret", "/etc/passwd", ""):
        with pytest.raises(AttachmentRefused) as refused:
            await chat.fetch(Attachment(kind="photo", handle=handle), 100)
        assert refused.value.reason == "gone"
    with pytest.raises(AttachmentRefused) as refused:
        await chat.fetch(picture, 4)
    assert refused.value.reason == "too_large"


def test_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    handle = kept(b"bytes", ".png", folder)
    assert (folder.stat().st_mode & 0o77, (folder / handle).stat().st_mode & 0o77) == (0, 0)


async def test_what_earlier_chats_sent_is_forgotten(tmp_path: Path) -> None:
    old, new = (tmp_path / "sandbox" / kept(data, ".png", tmp_path / "sandbox") for data in (b"old", b"new"))
    os.utime(old, (0, 0))
    await sandbox(tmp_path).connect()
    assert (old.exists(), new.exists()) == (False, True)


def test_its_jobs_are_nobody_elses() -> None:
    assert entrypoint("audit", ACCOUNT) == "audit:sandbox"
    assert entrypoint("audit", "4001") == entrypoint("audit", "") == "audit"


@pytest.mark.parametrize(
    ("given", "served"),
    [
        ({}, 4),
        ({"sandbox": "off"}, 0),
        ({"telegram_bot_token": TOKEN}, 0),
        ({"telegram_bot_token": TOKEN, "sandbox": "on"}, 4),
        ({"host": "0.0.0.0"}, 4),
        ({"host": "::1"}, 4),
        ({"host": "192.0.2.7"}, 0),
        ({"host": "192.0.2.7", "sandbox": "on"}, 0),
    ],
)
def test_where_there_is_a_page(tmp_path: Path, given: dict[str, object], served: int) -> None:
    settings = read_settings(None, data_dir=tmp_path, **given)
    assert len(sandbox_of(settings, LocalStore(tmp_path))) == served


def test_the_diagram_is_the_conversation() -> None:
    """docs/conversation.md is drawn from the table, and a test keeps it so."""
    document = (ROOT / "docs" / "conversation.md").read_text()
    drawn = set(re.findall(r"^    (\w+) --> (\w+):", document, re.MULTILINE))
    page = (ROOT / "bot" / "sandbox" / "page.html").read_text()
    assert set(re.findall(r'data-from="(\w+)" data-to="(\w+)"', page)) == drawn
    assert set(re.findall(r'data-state="(\w+)"', page)) == {state for move in drawn for state in move}


def sandbox(folder: Path) -> Sandbox:
    async def no_image(path: str) -> bytes:
        raise AttachmentRefused("gone")

    return Sandbox("telegram", folder, no_image)
