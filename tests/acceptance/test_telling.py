"""However often workers are killed, each trader is told what is due once, over weekends and changes of the clocks."""

import pytest

from tests.acceptance.telling import prove_telling
from tests.acceptance.told_traders import KINDS

KILLS, SEED = 5, 20261127


@pytest.mark.timeout(120)
async def test_three_workers_tell_everything_once(server_dsn: str, template: str) -> None:
    report = await prove_telling(server_dsn, seed=SEED, traders=10, kills=KILLS)
    print(report)
    assert not report.faults, f"{report}\n" + "\n".join(report.faults[:20])
    assert report.kills
    assert all(report.told[kind] for kind in KINDS), report
