"""The local Discord itself: strict like the platform, and run as a process of its own."""

import asyncio
import base64
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.servers.discord import BOT_ID, TOKEN, DiscordServer

ANN = 4001
BUTTON = {"type": 2, "style": 1, "label": "Ok", "custom_id": "ok"}


class Remote:
    def __init__(self, server: DiscordServer, http: aiohttp.ClientSession) -> None:
        self.server = server
        self.http = http

    async def call(self, method: str, path: str, token: str = TOKEN, **values: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bot {token}"}
        json = values.get("values", values)
        async with self.http.request(method, f"{self.server.api}{path}", json=json, headers=headers) as response:
            answer = await response.json()
            return response.status, answer.get("code") if response.status >= 400 else answer


@pytest.fixture
async def remote() -> AsyncIterator[Remote]:
    async with DiscordServer() as server, aiohttp.ClientSession() as http:
        yield Remote(server, http)


def row(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(buttons)}


def several(number: int) -> list[dict[str, Any]]:
    return [{**BUTTON, "custom_id": str(n)} for n in range(number)]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"content": "x" * 2001}, 50035),
        ({"content": " "}, 50006),
        ({"content": "x", "nonce": "x" * 26}, 50035),
        ({"content": "x", "flags": 128}, 50035),
        ({"content": "x", "components": [row(*several(6))]}, 50035),
        ({"content": "x", "components": [row(button) for button in several(6)]}, 50035),
        ({"content": "x", "components": [row({**BUTTON, "label": "x" * 81})]}, 50035),
        ({"content": "x", "components": [row({**BUTTON, "label": ""})]}, 50035),
        ({"content": "x", "components": [row({**BUTTON, "custom_id": "x" * 101})]}, 50035),
        ({"content": "x", "components": [row(BUTTON, BUTTON)]}, 50035),
        ({"content": "x" * 2000, "components": [row(button) for button in several(5)]}, None),
    ],
)
async def test_limits_of_a_message(remote: Remote, message: dict[str, Any], code: int | None) -> None:
    channel = remote.server.channel_of(ANN)
    status, found = await remote.call("POST", f"/channels/{channel}/messages", **message)
    assert (status, found) == (400, code) if code else status == 200


@pytest.mark.parametrize(
    ("kind", "answer", "code"),
    [
        ("trades", {"type": 5, "data": {"flags": 64}}, None),
        ("trades", {"type": 8, "data": {"choices": []}}, 50035),
        ("symbol", {"type": 8, "data": {"choices": [{"name": str(n), "value": str(n)} for n in range(26)]}}, 50035),
        ("symbol", {"type": 5}, 50035),
        ("trades", {"type": 9, "data": {"title": "x" * 46, "custom_id": "e", "components": []}}, 50035),
        ("trades", {"type": 6}, 50035),
    ],
)
async def test_limits_of_a_response(remote: Remote, kind: str, answer: dict[str, Any], code: int | None) -> None:
    server = remote.server
    number = server.type_symbol(ANN, "n") if kind == "symbol" else server.command(ANN, kind)
    status, found = await remote.call("POST", f"/interactions/{number}/{server.asked[number].token}/callback", **answer)
    assert (status, found) == (400, code) if code else status == 200


async def test_an_interaction_lives_three_seconds_then_a_quarter_of_an_hour(remote: Remote) -> None:
    server = remote.server
    late, asked = server.asked[server.command(ANN, "trades")], server.asked[server.command(ANN, "trades")]
    original = f"/webhooks/{BOT_ID}/{asked.token}/messages/@original"
    assert await remote.call("PATCH", original, content="too soon") == (404, 10015)
    server.age(late.id, 3.1)
    deferral: dict[str, Any] = {"type": 5, "data": {"flags": 64}}
    assert await remote.call("POST", f"/interactions/{late.id}/{late.token}/callback", **deferral) == (404, 10062)
    assert (await remote.call("POST", f"/interactions/{asked.id}/{asked.token}/callback", **deferral))[0] == 200
    form = {"type": 9, "data": {"title": "Edit", "custom_id": "e", "components": [row()]}}
    status, code = await remote.call("POST", f"/interactions/{asked.id}/{asked.token}/callback", **form)
    assert status == 400
    assert code in (40060, 50035)  # a form cannot follow a deferral
    assert (await remote.call("GET", original))[1]["flags"] == 64 | 128
    assert (await remote.call("PATCH", original, content="done"))[0] == 200
    assert (await remote.call("GET", original))[1]["flags"] == 64
    server.age(asked.id, 15 * 60)
    assert await remote.call("PATCH", original, content="too late") == (401, 50027)


async def test_a_nonce_counts_once(remote: Remote) -> None:
    path = f"/channels/{remote.server.channel_of(ANN)}/messages"
    answers = [await remote.call("POST", path, content="hi", nonce="7", enforce_nonce=True) for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(remote.server.sent) == 1


async def test_wrong_token_and_closed_doors(remote: Remote) -> None:
    assert (await remote.call("GET", "/users/@me", token="other"))[0] == 401
    remote.server.block(ANN)
    path = f"/channels/{remote.server.channel_of(ANN)}/messages"
    assert await remote.call("POST", path, content="hi") == (403, 50007)
    assert await remote.call("POST", "/channels/5/messages", content="hi") == (404, 10003)


@pytest.mark.parametrize("command", [{"name": "Bad Name"}, {"description": ""}, {"description": "x" * 101}])
async def test_commands_discord_would_refuse(remote: Remote, command: dict[str, Any]) -> None:
    commands = [{"name": "undo", "description": "Take back", "options": [], **command}]
    assert await remote.call("PUT", f"/applications/{BOT_ID}/commands", values=commands) == (400, 50035)


async def test_driven_from_another_process() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.discord", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    picture = base64.b64encode(b"bytes").decode()
    async with aiohttp.ClientSession() as http:
        async with http.post(
            f"{url}/control/write", json={"user": ANN, "text": "hi", "files": [["a.png", picture]]}
        ) as r:
            number = await r.json()
        headers = {"Authorization": f"Bot {TOKEN}"}
        channel = 440_000_000_000_000_000 + ANN
        async with http.get(f"{url}/api/v10/channels/{channel}/messages/{number}", headers=headers) as r:
            link = (await r.json(content_type=None))["attachments"][0]["url"]
        async with http.get(link) as r:
            assert await r.read() == b"bytes"
        async with http.post(f"{url}/control/state") as r:
            assert (await r.json())["online"] is False
        async with http.post(f"{url}/control/token") as r:
            assert r.status == 404
    process.terminate()
    await process.wait()
