"""A message that is delivered again, or to two workers at once, acts once."""

from tests.acceptance.duplicates import prove_duplicates

SEED = 20261127


async def test_repeats_to_two_workers_change_nothing(server_dsn: str, template: str) -> None:
    report = await prove_duplicates(server_dsn, seed=SEED)
    print(report)
    assert not report.faults, f"{report}\n" + "\n".join(report.faults[:20])
    assert report.messages == 200
    assert report.deliveries > 1.5 * report.messages
    assert report.at_once > 20
