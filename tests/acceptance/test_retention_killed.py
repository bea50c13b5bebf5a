"""However often the retention is killed, in the end every row has its file and every file its row."""

from pathlib import Path

import pytest

from tests.acceptance.killed_retention import prove_retention
from tests.acceptance.killed_worker import RETENTION_POINTS

KILLS, SEED = 20, 20261127


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", ["local", "supabase"])
async def test_twenty_kills_leave_rows_and_files_in_step(
    server_dsn: str, template: str, tmp_path: Path, kind: str
) -> None:
    report = await prove_retention(server_dsn, tmp_path, kind, seed=SEED, kills=KILLS)
    print(report)
    assert not report.faults, f"{report}\n" + "\n".join(report.faults[:20])
    assert report.kills.total() == KILLS
    assert all(report.kills[point] for point in RETENTION_POINTS), report
    assert report.removed > report.planted / 2
    assert report.midway > KILLS / 4, report
