"""The metrics that operators' dashboards name."""

from bot import metrics

COUNTED = (
    'vigil_turns_total{outcome="handled",platform="whatsapp"}',
    'vigil_turn_seconds_bucket{le="0.025",platform="whatsapp"}',
    'vigil_deliveries_total{outcome="sent",platform="whatsapp"}',
    'vigil_jobs_total{entrypoint="audit",outcome="done"}',
    'vigil_model_calls_total{outcome="answered",purpose="text"}',
    'vigil_model_tokens_total{direction="in",purpose="text"}',
    'vigil_model_tokens_total{direction="out",purpose="text"}',
)


def exposed() -> dict[str, float]:
    """What stands there now; other tests of this process count as well."""
    lines = (line.rsplit(" ", 1) for line in metrics.exposition().decode().splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines}


def test_what_happened_is_exposed() -> None:
    before = exposed()
    metrics.count_turn("whatsapp", "handled", 0.02)
    metrics.count_delivery("whatsapp", "sent")
    metrics.count_job("audit", "done")
    metrics.count_model("text", "answered", (900, 80))
    metrics.set_waiting(3)
    metrics.set_source("discord", "reading")
    metrics.set_source("discord", "standby")
    after = exposed()
    assert [after[name] - before.get(name, 0) for name in COUNTED] == [1, 1, 1, 1, 1, 900, 80]
    assert after["vigil_waiting_messages"] == 3
    assert after['vigil_source{platform="discord",vigil_source="standby"}'] == 1
    assert after['vigil_source{platform="discord",vigil_source="reading"}'] == 0
