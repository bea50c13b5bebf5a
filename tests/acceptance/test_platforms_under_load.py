"""One worker serves all four platforms at once: every message is handled once and answered where it was written."""

from pathlib import Path

import pytest

from tests.acceptance.platforms import prove_platforms

SEED = 20261127


@pytest.mark.timeout(180)
async def test_traders_on_four_platforms_are_all_answered(server_dsn: str, template: str, tmp_path: Path) -> None:
    report = await prove_platforms(server_dsn, tmp_path, seed=SEED, rate=10, seconds=8, idle_seconds=0.5, between=2)
    print(report)
    assert not report.faults, f"{report}\n" + "\n".join(report.faults[:20])
    assert report.messages == 80
    assert report.replies >= report.messages
    assert all(found.replied for found in report.latencies.values()), "somebody wrote on every platform"
