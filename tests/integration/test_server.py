"""The HTTP server over real sockets, as friends and as strangers use it."""

import asyncio
import gzip
import io
import json
import logging
import socket
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from bot.server import MAX_BODY, serving
from bot.settings import Settings, read_settings
from statemachine.errors import OperatorError, Unauthentic, Unavailable

TOKEN = "tell-me-everything"
READY = {"database": True, "migrations": True, "telegram": True}
THROUGH_A_PROXY = {"X-Forwarded-For": "127.0.0.1"}


def settings(**given: object) -> Settings:
    return read_settings(env_file=None, host="127.0.0.1", port=0, **given)


async def echo(request: web.Request) -> web.Response:
    form = await request.post()
    return web.Response(text=f"{form.get('Body', '')}{len(await request.read())}")


async def refuse(_request: web.Request) -> web.Response:
    raise Unauthentic("bad signature")


async def no_database(_request: web.Request) -> web.Response:
    raise Unavailable


async def broken(_request: web.Request) -> web.Response:
    raise RuntimeError("a detail of the inside")


ROUTES = [
    web.post("/telegram", echo),
    web.post("/refuse", refuse),
    web.post("/later", no_database),
    web.post("/broken", broken),
]


async def ready() -> Mapping[str, bool]:
    return READY


@asynccontextmanager
async def client(given: Settings, readiness: object = ready, **limits: float) -> AsyncIterator[aiohttp.ClientSession]:
    assert callable(readiness)
    async with (
        serving(given, ROUTES, readiness, **limits) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        yield session


async def raw(session: aiohttp.ClientSession, *parts: bytes, pause: float = 0.0) -> tuple[bytes, float]:
    """What the server sends back until it closes the connection, and the seconds that took."""
    assert session._base_url is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", session._base_url.port)
    start = asyncio.get_running_loop().time()
    for part in parts:
        writer.write(part)
        await asyncio.sleep(pause)
    try:
        async with asyncio.timeout(10):
            answer = await reader.read()
    except ConnectionError:
        answer = b""
    writer.close()
    return answer, asyncio.get_running_loop().time() - start


async def test_health_and_details_on_this_machine() -> None:
    async with client(settings()) as session:
        async with session.get("/healthz") as answer:
            assert (answer.status, await answer.text()) == (200, "ok")
            assert answer.headers["Server"] == "vigil"
        async with session.get("/readyz") as answer:
            assert (answer.status, await answer.json()) == (200, {"ready": True, **READY})
        async with session.get("/metrics") as answer:
            assert answer.status == 200
            assert "vigil_waiting_messages" in await answer.text()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_a_forwarded_peer_is_a_stranger(header: str) -> None:
    async with client(settings(metrics_token=TOKEN)) as session:
        headers = {header: "127.0.0.1"}
        async with session.get("/metrics", headers=headers) as answer:
            assert answer.status == 404
        async with session.get("/readyz", headers=headers) as answer:
            assert (answer.status, await answer.text()) == (200, "ready")


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 404),
        (f"Bearer {TOKEN[:-1]}", 404),
        (f"Basic {TOKEN}", 404),
        ("Bearer", 404),
        ("Bearer ümlaut\udcff", 404),
    ],
)
async def test_the_metrics_token(authorization: str, status: int) -> None:
    head = b"GET /metrics HTTP/1.0\r\nX-Forwarded-For: 1.2.3.4\r\nAuthorization: "
    async with client(settings(metrics_token=TOKEN)) as session:
        answer, _ = await raw(session, head + authorization.encode("utf-8", "surrogateescape") + b"\r\n\r\n")
    assert answer.split()[1] == str(status).encode()


async def test_without_a_metrics_token_no_bearer_helps() -> None:
    headers = THROUGH_A_PROXY | {"Authorization": "Bearer "}
    async with client(settings()) as session, session.get("/metrics", headers=headers) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("wrong", ["false", "error", "slow"])
async def test_not_ready(wrong: str, caplog: pytest.LogCaptureFixture) -> None:
    async def unready() -> Mapping[str, bool]:
        if wrong == "error":
            raise Unavailable
        if wrong == "slow":
            raise TimeoutError
        return {"database": True, "migrations": False}

    async with client(settings(), unready) as session:
        async with session.get("/readyz") as answer:
            assert answer.status == 503
            assert json.loads(await answer.text())["ready"] is False
        async with session.get("/readyz", headers=THROUGH_A_PROXY) as answer:
            assert (answer.status, await answer.text()) == (503, "not ready")


async def test_many_questions_are_one_query() -> None:
    asked = 0

    async def counting() -> Mapping[str, bool]:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.05)
        return READY

    async with client(settings(), counting) as session:
        began = time.monotonic()
        answers = await asyncio.gather(*(session.get("/readyz") for _ in range(20)))
        assert [answer.status for answer in answers] == [200] * 20
        for answer in answers:
            answer.release()
    assert 1 <= asked <= 1 + time.monotonic() - began  # one a second


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/telegram"), ("POST", "/healthz"), ("DELETE", "/readyz"), ("GET", "/../etc/passwd")],
)
async def test_nothing_else_answers(method: str, path: str) -> None:
    async with client(settings()) as session, session.request(method, path, data=b"x" * 100) as answer:
        assert (answer.status, await answer.text()) == (404, "not found")
        assert "Allow" not in answer.headers


async def test_webhooks_get_their_body_and_errors_their_status(caplog: pytest.LogCaptureFixture) -> None:
    async with client(settings()) as session:
        async with session.post("/telegram", data={"Body": "long"}) as answer:
            assert await answer.text() == "long9"
        async with session.post("/refuse", data=b"what a trader wrote") as answer:
            assert answer.status == 403
        async with session.post("/later") as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        async with session.post("/broken") as answer:
            assert (answer.status, answer.headers["Server"]) == (500, "vigil")
            assert "inside" not in await answer.text()
    assert "what a trader wrote" not in caplog.text


@pytest.mark.parametrize("told", [True, False])
async def test_too_large_a_body(told: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 65536 + 2):
            yield b"x" * 65536

    async with client(settings()) as session:
        body = io.BytesIO(b"x" * (MAX_BODY + 1)) if told else chunks()
        async with session.post("/telegram", data=body) as answer:
            assert answer.status == 413
        bomb = gzip.compress(b"x" * (50 * MAX_BODY))
        async with session.post("/telegram", data=bomb, headers={"Content-Encoding": "gzip"}) as answer:
            assert answer.status == 413


async def test_slow_clients_are_let_go() -> None:
    async with client(settings(), idle_seconds=0.5, body_seconds=0.5) as session:
        silent, seconds = await raw(session)
        assert (silent, seconds < 9) == (b"", True)
        headers, seconds = await raw(session, *[b"GET /healthz HTTP/1.1\r\n", *[b"X-A: b\r\n"] * 8], pause=0.1)
        assert (headers, seconds < 9) == (b"", True)
        body, seconds = await raw(session, b"POST /telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
        assert b" 408 " in body.splitlines()[0]
        assert seconds < 9
        async with session.get("/healthz") as answer:
            assert answer.status == 200


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\n\r\n",
    ],
)
async def test_broken_requests_learn_and_log_nothing(request_bytes: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with client(settings()) as session:
        answer, _ = await raw(session, request_bytes)
        assert b" 400 " in answer.splitlines()[0]
        assert b"Server: vigil\r\n" in answer
        assert answer.endswith(b"\r\n\r\nbad request")
        assert not caplog.records


async def test_requests_under_way_are_finished() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        begun.set()
        await go_on.wait()
        return web.Response(text="done")

    async with aiohttp.ClientSession() as session:
        async with serving(settings(), [web.post("/slow", slow)], ready) as port:
            request = asyncio.create_task(session.post(f"http://127.0.0.1:{port}/slow"))
            await begun.wait()
            asyncio.get_running_loop().call_later(0.2, go_on.set)
        assert await (await request).text() == "done"
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(f"http://127.0.0.1:{port}/healthz")


async def test_a_busy_port_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OperatorError) as caught:
            async with serving(read_settings(env_file=None, port=port), [], ready):
                pass
    assert str(caught.value) == (
        f"cannot listen on 127.0.0.1 port {port}: address already in use; set HOST and PORT to a free address"
    )
