"""A silent database and model cost nobody their message: Discord is acknowledged, Twilio told to come again."""

from pathlib import Path

import pytest

from tests.acceptance.stalls import KINDS, prove_stalls


@pytest.mark.timeout(180)
async def test_discord_is_acknowledged_and_twilio_refused_while_the_database_is_silent(
    server_dsn: str, template: str, tmp_path: Path
) -> None:
    report = await prove_stalls(server_dsn, tmp_path, seconds=10, every=0.5)
    print(report)
    assert not report.faults, f"{report}\n" + "\n".join(report.faults[:20])
    assert set(report.acknowledged) == set(KINDS)
