"""A worker that is killed anywhere loses nothing and does nothing twice."""

from pathlib import Path

import pytest

from tests.acceptance.killing import NAMED, prove_kills

KILLS, SEED = 10, 20261127


@pytest.mark.timeout(180)
async def test_ten_kills_change_nothing_but_repeated_replies(server_dsn: str, template: str, tmp_path: Path) -> None:
    report = await prove_kills(server_dsn, tmp_path, seed=SEED, kills=KILLS, webhook=False)
    print(report)
    assert not report.faults, f"{report}\n" + "\n".join(report.faults[:20])
    assert report.messages == 200
    assert report.kills.total() >= KILLS
    assert all(report.kills[point] for point in NAMED), report
