"""From settings to adapters: what is configured and asked for is served, and nothing else is even imported."""

import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from bot.fetching import loader
from bot.platforms import adapters_of
from bot.settings import Settings
from bot.store import LocalStore
from bot.symbols import Symbols
from statemachine.errors import AttachmentRefused, SendLater, Unavailable
from statemachine.message import PLATFORMS, Platform
from tests.servers.discord import BOT_ID
from tests.servers.discord import TOKEN as DISCORD
from tests.servers.telegram import TOKEN as TELEGRAM

ANN = UUID(int=1)
ALL = {
    "telegram_bot_token": TELEGRAM,
    "discord_bot_token": DISCORD,
    "twilio_account_sid": "AC1",
    "twilio_auth_token": "token",
    "twilio_whatsapp_from": "whatsapp:+14155238886",
    "public_url": "https://vigil.example.com",
    "imap_url": "imaps://journal%40example.com:pass@mail.example.com:993/INBOX",
    "smtp_url": "smtps://journal%40example.com:pass@mail.example.com:465",
    "mail_from": "journal@example.com",
}
ACCOUNTS = {
    "telegram": TELEGRAM.partition(":")[0],
    "discord": str(BOT_ID),
    "whatsapp": "+14155238886",
    "email": "journal@example.com",
}
IMPORTED = """
import sys
import bot.platforms, bot.running
print([name for name in ("telegram", "discord", "twilio", "imap_tools") if name in sys.modules])
"""


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]


@pytest.mark.parametrize("wanted", [PLATFORMS, ("discord", "email"), ("whatsapp",), ()])
async def test_what_is_asked_for_is_made(wanted: tuple[Platform, ...], tmp_path: Path) -> None:
    """Each knows its account before it logs in: a process of jobs finds the one to fetch a picture from."""
    adapters = adapters_of(settings(**ALL), wanted, LocalStore(tmp_path), Symbols())
    assert {adapter.platform: adapter.account for adapter in adapters} == {name: ACCOUNTS[name] for name in wanted}
    for adapter in adapters:
        await adapter.close()


async def test_what_is_not_configured_is_not_served(tmp_path: Path) -> None:
    assert adapters_of(settings(), PLATFORMS, LocalStore(tmp_path), Symbols()) == []
    (adapter,) = adapters_of(settings(discord_bot_token=DISCORD), PLATFORMS, LocalStore(tmp_path), Symbols())
    assert adapter.platform == "discord"
    await adapter.close()


def test_nothing_is_imported_before_it_is_needed() -> None:
    """All SDKs take three seconds and 86 MB."""
    ended = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


class AwayStore(LocalStore):
    async def get(self, path: str) -> bytes:
        raise Unavailable("The store is away.")


async def test_a_picture_that_cannot_be_read_now_means_later_and_one_that_is_gone_means_without(tmp_path: Path) -> None:
    with pytest.raises(SendLater, match="The store is away"):
        await loader(AwayStore(tmp_path))("any")
    for path in ("../../etc/passwd", f"{ANN}/{ANN}-1774278000000000.png"):
        with pytest.raises(AttachmentRefused) as caught:
            await loader(LocalStore(tmp_path))(path)
        assert caught.value.reason == "gone"
