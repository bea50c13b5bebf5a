"""The HTTP side of a worker: health, readiness, metrics and the webhooks of the adapters. Nothing else answers.

Strangers reach this. Whatever is sent, they learn no version, no path that exists with another method and no detail of
the state inside; they cannot hold a connection by being slow, and a body is read in full, within limits, before a
handler runs. Only a peer on this machine is told more: one that came through a proxy is not, so a proxy on the same
machine has to set X-Forwarded-For or Forwarded, as all but the barest configurations do.
"""

import asyncio
import hmac
import ipaddress
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import cast

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from aiohttp.web_protocol import RequestHandler
from pydantic import SecretStr

from bot import metrics
from bot.settings import Settings
from statemachine.errors import OperatorError, Unauthentic, Unavailable

Readiness = Callable[[], Awaitable[Mapping[str, bool]]]
"""What has to be true before messages should come here, by name: database, migrations, each source."""

MAX_BODY = 1024 * 1024
"""Bytes. Telegram's and Twilio's webhooks carry no files: the largest is some tens of kilobytes."""
IDLE_SECONDS = 75.0
"""For a request's headers, and between requests; longer than the 60 s after which proxies drop idle connections."""
BODY_SECONDS = 10.0
READINESS_SECONDS = 5.0
SHUTDOWN_SECONDS = 2
"""For requests under way when the worker ends, which has 10 s in all."""

_SERVER = "vigil"
_FORWARDING = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")

_log = logging.getLogger(__name__)


BodyLimit = Callable[[web.Request], int]


def _usual_limit(_request: web.Request) -> int:
    return MAX_BODY


@asynccontextmanager
async def serving(
    settings: Settings,
    routes: Iterable[web.RouteDef],
    readiness: Readiness,
    *,
    body_limit: BodyLimit = _usual_limit,
    idle_seconds: float = IDLE_SECONDS,
    body_seconds: float = BODY_SECONDS,
) -> AsyncIterator[int]:
    """Serve on HOST and PORT until the block ends, then let requests under way finish. Yields the port (for PORT=0).

    `body_limit`: bytes that the body of this request may have.

    Raises OperatorError when the address cannot be used.
    """
    application = _application(settings, routes, readiness, _guard(body_seconds, body_limit))
    runner = web.AppRunner(application, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        listener = await _listen(runner, settings, idle_seconds)
        try:
            yield listener.sockets[0].getsockname()[1]
        finally:
            listener.close()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: Settings, idle_seconds: float) -> asyncio.Server:
    """A listener of our own instead of aiohttp's TCPSite, which cannot be given another protocol class."""
    loop = asyncio.get_running_loop()
    manager = cast("web.Server", runner.server)

    def connection() -> _Connection:
        return _Connection(
            manager,
            loop=loop,
            access_log=None,  # type: ignore[arg-type] # None is how aiohttp turns it off
            keepalive_timeout=idle_seconds,
            lingering_time=1.0,
        )

    try:
        return await loop.create_server(connection, settings.host, settings.port)
    except OSError as error:
        reason = (error.strerror or str(error)).partition("): ")[2] or error.strerror or str(error)
        raise OperatorError(
            f"cannot listen on {settings.host} port {settings.port}: {reason}; set HOST and PORT to a free address"
        ) from error


class _Connection(RequestHandler):
    """aiohttp's, but its answers to broken requests say nothing about us and fill no log."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if status < 500:
            response: web.StreamResponse = web.Response(status=status, text="bad request")
            response.force_close()
        else:
            response = super().handle_error(request, status, exc, message)
        response.headers["Server"] = _SERVER
        return response


def _application(
    settings: Settings, routes: Iterable[web.RouteDef], readiness: Readiness, guard: Middleware
) -> web.Application:
    application = web.Application(client_max_size=MAX_BODY, middlewares=[guard])
    application.on_response_prepare.append(_add_headers)
    ask = _at_most_once_a_second(readiness)

    async def readyz(request: web.Request) -> web.Response:
        checks = await ask()
        ready = all(checks.values())
        status = 200 if ready else 503
        if _may_see_inside(request, settings.metrics_token):
            return web.json_response({"ready": ready, **checks}, status=status)
        return web.Response(text="ready" if ready else "not ready", status=status)

    async def show_metrics(request: web.Request) -> web.Response:
        if not _may_see_inside(request, settings.metrics_token):
            raise web.HTTPNotFound(text="not found")
        return web.Response(body=metrics.exposition(), headers={"Content-Type": metrics.CONTENT_TYPE})

    application.add_routes(
        [web.get("/healthz", _healthz), web.get("/readyz", readyz), web.get("/metrics", show_metrics), *routes]
    )
    return application


async def _healthz(_request: web.Request) -> web.Response:
    return web.Response(text="ok")


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = _SERVER
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "no-store")


def _guard(body_seconds: float, body_limit: BodyLimit) -> Middleware:
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.match_info.http_exception is not None:
            raise web.HTTPNotFound(text="not found")
        most = body_limit(request)
        if most != MAX_BODY:
            request = request.clone(client_max_size=most)
        await _read_body(request, body_seconds, most)
        try:
            return await handler(request)
        except Unauthentic as error:
            _log.warning("refused a request to %s from %s: %s", request.path, request.remote, error)
            raise web.HTTPForbidden(text="forbidden") from None
        except Unavailable:
            raise web.HTTPServiceUnavailable(text="try again", headers={"Retry-After": "5"}) from None

    return guard


async def _read_body(request: web.Request, seconds: float, most: int) -> None:
    """Reads the body into the request, where the handler finds it; refuses what is too large, slow or broken."""
    if (request.content_length or 0) > most:
        raise _closing(web.HTTPRequestEntityTooLarge(most, request.content_length or 0, text="too large"))
    try:
        async with asyncio.timeout(seconds):
            await request.read()
    except TimeoutError:
        raise _closing(web.HTTPRequestTimeout(text="too slow")) from None
    except web.HTTPRequestEntityTooLarge as error:
        raise _closing(error) from None
    except web.RequestPayloadError:
        raise _closing(web.HTTPBadRequest(text="bad request")) from None


def _closing(error: web.HTTPException) -> web.HTTPException:
    error.force_close()
    return error


def _at_most_once_a_second(ask: Readiness) -> Readiness:
    """Strangers may ask as often as they like: each answer costs queries, so all share the last one."""
    lock = asyncio.Lock()
    answer: Mapping[str, bool] = {}
    stale_at = 0.0

    async def shared() -> Mapping[str, bool]:
        nonlocal answer, stale_at
        async with lock:
            now = asyncio.get_running_loop().time()
            if now >= stale_at:
                answer = await _asked(ask)
                stale_at = now + 1.0
            return answer

    return shared


async def _asked(ask: Readiness) -> Mapping[str, bool]:
    try:
        async with asyncio.timeout(READINESS_SECONDS):
            return await ask()
    except Exception:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
        _log.warning("readiness could not be asked", exc_info=True)
        return {"readiness": False}


def _may_see_inside(request: web.Request, token: SecretStr | None) -> bool:
    """True for a peer on this machine, and for whoever sends METRICS_TOKEN as its bearer token."""
    return is_loopback(request) or (token is not None and _bears(request, token.get_secret_value()))


def _bears(request: web.Request, token: str) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    # Headers are decoded with surrogateescape: arbitrary bytes must be compared, not raise.
    same = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), token.encode())
    return scheme.lower() == "bearer" and same


def is_loopback(request: web.Request) -> bool:
    """By the socket's peer only; with a forwarding header the real sender is somebody else."""
    if request.remote is None or any(name in request.headers for name in _FORWARDING):
        return False
    try:
        address = ipaddress.ip_address(request.remote.partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
