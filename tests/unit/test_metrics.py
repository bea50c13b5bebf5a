"""The metrics that operators' dashboards name."""

from bot import metrics


def test_what_happened_is_exposed() -> None:
    metrics.count_turn("telegram", "handled", 0.02)
    metrics.count_delivery("telegram", "sent")
    metrics.count_job("audit", "done")
    metrics.set_waiting(3)
    metrics.set_source("discord", "reading")
    metrics.set_source("discord", "standby")
    lines = metrics.exposition().decode().splitlines()
    for line in (
        'vigil_turns_total{outcome="handled",platform="telegram"} 1.0',
        'vigil_turn_seconds_bucket{le="0.025",platform="telegram"} 1.0',
        'vigil_deliveries_total{outcome="sent",platform="telegram"} 1.0',
        'vigil_jobs_total{entrypoint="audit",outcome="done"} 1.0',
        "vigil_waiting_messages 3.0",
        'vigil_source{platform="discord",vigil_source="standby"} 1.0',
        'vigil_source{platform="discord",vigil_source="reading"} 0.0',
    ):
        assert line in lines
