"""What works where: `python -m tests.contract.page` writes docs/platforms.md from the cases and the drivers."""

from collections.abc import Iterator
from pathlib import Path

from tests.contract.driver import CASES
from tests.contract.drivers import DRIVERS

DOCUMENT = Path(__file__).parents[2] / "docs" / "platforms.md"
PAGE = """\
# Platforms

A trader's journal is one, whichever platforms it is reached by: trades reported on Telegram show on Discord. Each
platform has a conversation of its own, and a trade is answered where it was reported. Each is linked by a
code of its own (`vigil link-code EMAIL PLATFORM`, or the web app).

Limit warnings come with the receipt of a trade; where `journal_preferences.guard_warnings` says `"everywhere"`, or
lists platforms (`["telegram"]`), they go to the trader's chats there as well. A chat that blocks the bot is told of on
the others.

| platform | how it is read | variables | from zero to the first trade |
|---|---|---|---|
{pages}

A platform is served where its variables are set; `vigil run --only telegram,jobs` names what one process serves.
`vigil doctor` tries each of them and says what is wrong and how to mend it.

## What works where

Every ✓ is a test of the contract suite, `tests/contract/test_contract.py`, run through the platform's real library
against a server that behaves like the platform. This page is written by `python -m tests.contract.page`; a test keeps
it equal to the suite. A new platform is one file there and a line in `drivers.py`.

{table}

{reasons}
"""
PAGES = (
    ("Telegram", "polling, or a webhook at `/telegram`", "`TELEGRAM_BOT_TOKEN`", "telegram.md"),
    ("Discord", "the gateway", "`DISCORD_BOT_TOKEN`", "discord.md"),
    ("WhatsApp", "webhooks at `/whatsapp` and `/whatsapp/status`", "`TWILIO_…`, `PUBLIC_URL`", "whatsapp.md"),
    ("E-mail", "IMAP", "`IMAP_URL`, `SMTP_URL`, `MAIL_FROM`", "email.md"),
)


def page() -> str:
    reasons = why_not()
    return PAGE.format(
        pages="\n".join(f"| {name} | {read} | {names} | [{file}]({file}) |" for name, read, names, file in PAGES),
        table="\n".join(_table(reasons)),
        reasons="\n".join(f"{number}. {reason}" for reason, number in reasons.items()),
    )


def why_not() -> dict[str, int]:
    """The reasons why platforms cannot have cases, numbered in the order of the table."""
    found = [driver.cannot[case] for case in CASES for driver in DRIVERS if case in driver.cannot]
    return {reason: number for number, reason in enumerate(dict.fromkeys(found), 1)}


def _table(reasons: dict[str, int]) -> Iterator[str]:
    yield f"| | {' | '.join(driver.name for driver in DRIVERS)} |"
    yield "|---|" + ":---:|" * len(DRIVERS)
    for case, told in CASES.items():
        cells = [f"– ({reasons[d.cannot[case]]})" if case in d.cannot else "✓" for d in DRIVERS]
        yield f"| {told} | {' | '.join(cells)} |"


if __name__ == "__main__":
    DOCUMENT.write_text(page(), encoding="utf-8")
