"""A WhatsApp message that comes again, or to two processes at once, acts once."""

from pathlib import Path

import pytest

from tests.acceptance.whatsapp_duplicates import prove_whatsapp_duplicates

SEED = 20261127


@pytest.mark.timeout(180)
async def test_conversations_with_repeats_leave_what_single_deliveries_leave(
    server_dsn: str, template: str, tmp_path: Path
) -> None:
    report = await prove_whatsapp_duplicates(server_dsn, tmp_path, seed=SEED, chats=6)
    print(report)
    assert not report.faults, f"{report}\n" + "\n".join(report.faults[:20])
    assert report.messages == 60
    assert report.deliveries > 1.5 * report.messages
    assert report.at_once > 5
