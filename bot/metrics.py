"""What Prometheus sees at /metrics, in a registry of our own so that libraries add nothing to it.

Labels hold only small closed sets (platform, outcome, entry point): never a chat, a user or a text.
"""

from collections.abc import Callable
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Enum, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from db.pool import Usage, tell_waits
from statemachine.message import Platform

SourceState = Literal["stopped", "standby", "reading"]

CONTENT_TYPE = CONTENT_TYPE_LATEST
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_TURNS = Counter("vigil_turns", "Turns by outcome", ["platform", "outcome"], registry=REGISTRY)
_TURN_SECONDS = Histogram(
    "vigil_turn_seconds",
    "Seconds from receiving a message to its commit",
    ["platform"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
    registry=REGISTRY,
)
_DELIVERIES = Counter(
    "vigil_deliveries", "Deliveries of replies by outcome", ["platform", "outcome"], registry=REGISTRY
)
_JOBS = Counter("vigil_jobs", "Jobs that ended, by outcome", ["entrypoint", "outcome"], registry=REGISTRY)
_MODEL = Counter("vigil_model_calls", "Calls of the language model", ["purpose", "outcome"], registry=REGISTRY)
_TOKENS = Counter("vigil_model_tokens", "Tokens of the language model", ["purpose", "direction"], registry=REGISTRY)
_SCREENSHOTS = Counter(
    "vigil_screenshots", "Screenshots removed, and trades that name none any more", ["outcome"], registry=REGISTRY
)
_CONNECTIONS = Gauge("vigil_pool_connections", "Connections of the pool to the database", ["state"], registry=REGISTRY)
_POOL_SIZE = Gauge("vigil_pool_size", "Connections that the pool may have (POOL_SIZE)", registry=REGISTRY)
_POOL_WAITING = Gauge("vigil_pool_waiting", "Turns and jobs that wait for a connection", registry=REGISTRY)
_POOL_WAIT_SECONDS = Histogram(
    "vigil_pool_wait_seconds",
    "Seconds until a turn or a job had a connection, or gave up",
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
_WAITING = Gauge("vigil_waiting_messages", "Messages stored and not yet handled", registry=REGISTRY)
_SOURCE = Enum(
    "vigil_source",
    "State of what reads a platform",
    ["platform"],
    states=["stopped", "standby", "reading"],
    registry=REGISTRY,
)


def count_turn(platform: Platform, outcome: str, seconds: float) -> None:
    """A turn ended: outcome is what became of the message (handled, repeated, stored, failed, unavailable)."""
    _TURNS.labels(platform, outcome).inc()
    _TURN_SECONDS.labels(platform).observe(seconds)


def count_delivery(platform: Platform, outcome: str, replies: int = 1) -> None:
    """An attempt to deliver a reply ended, or the platform said later how it had: sent, later, held, refused, blocked,
    expired, dropped."""
    _DELIVERIES.labels(platform, outcome).inc(replies)


def count_job(entrypoint: str, outcome: str) -> None:
    """A job ended: done, retried, failed."""
    _JOBS.labels(entrypoint, outcome).inc()


def count_model(purpose: str, outcome: str, tokens: tuple[int, int]) -> None:
    """A call of the language model ended, as worker.model_costs keeps it; tokens in and out."""
    _MODEL.labels(purpose, outcome).inc()
    for direction, number in zip(("in", "out"), tokens, strict=True):
        _TOKENS.labels(purpose, direction).inc(number)


def count_screenshots(outcome: str, number: int) -> None:
    """What the retention did: files that expired or were orphaned, rows whose file was missing or foreign."""
    _SCREENSHOTS.labels(outcome).inc(number)


def watch_pool(usage: Callable[[], Usage]) -> None:
    """Ask for the pool's state whenever the metrics are read, and hear of every wait for a connection."""
    tell_waits(_POOL_WAIT_SECONDS.observe)
    _CONNECTIONS.labels("used").set_function(lambda: usage().used)
    _CONNECTIONS.labels("idle").set_function(lambda: usage().idle)
    _POOL_SIZE.set_function(lambda: usage().most)
    _POOL_WAITING.set_function(lambda: usage().waiting)


def set_waiting(messages: int) -> None:
    _WAITING.set(messages)


def set_source(platform: Platform, state: SourceState) -> None:
    """`standby`: another worker holds the platform's only reader."""
    _SOURCE.labels(platform).state(state)


def exposition() -> bytes:
    """All metrics in the text format of CONTENT_TYPE."""
    return generate_latest(REGISTRY)
