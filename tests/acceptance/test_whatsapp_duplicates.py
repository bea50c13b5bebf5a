"""A WhatsApp message that comes again, or to two processes at once, acts once."""

import random
from pathlib import Path

import pytest

from tests.acceptance.whatsapp_duplicates import prove_whatsapp_duplicates


@pytest.mark.timeout(180)
async def test_conversations_with_repeats_leave_what_single_deliveries_leave(
    server_dsn: str, template: str, tmp_path: Path
) -> None:
    seed = random.randrange(1_000_000)
    report = await prove_whatsapp_duplicates(server_dsn, tmp_path, seed=seed, chats=6)
    print(report)
    assert not report.faults, f"{report}\n" + "\n".join(report.faults[:20])
    assert report.messages == 60
    assert report.deliveries > 1.5 * report.messages
    assert report.at_once > 5
