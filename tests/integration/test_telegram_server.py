"""The local Telegram server itself: run as a process, driven over its control endpoints, strict like the platform."""

import asyncio
import base64
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.servers.telegram import TOKEN, TelegramServer

ANN = 4001


class Remote:
    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self.http = http

    async def control(self, name: str, arguments: Any = None) -> Any:
        async with self.http.post(f"{self.url}/control/{name}", json=arguments or {}) as response:
            assert response.status == 200
            return await response.json()

    async def call(self, method: str, token: str = TOKEN, **values: Any) -> tuple[int, Any]:
        async with self.http.post(f"{self.url}/bot{token}/{method}", json=values) as response:
            answer = await response.json()
            return response.status, answer.get("result", answer.get("description"))


@pytest.fixture
async def remote() -> AsyncIterator[Remote]:
    async with TelegramServer() as server, aiohttp.ClientSession() as http:
        yield Remote(server.url, http)


@pytest.fixture
async def distant() -> AsyncIterator[Remote]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.telegram", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    async with aiohttp.ClientSession() as http:
        yield Remote(url, http)
    process.terminate()
    await process.wait()


async def test_driven_from_another_process(distant: Remote) -> None:
    picture = base64.b64encode(b"bytes").decode()
    steps = [("write", {"chat_id": ANN, "text": "hi"}), ("album", {"chat_id": ANN, "pictures": [picture, picture]})]
    assert await distant.control("batch", steps) != []
    status, updates = await distant.call("getUpdates")
    assert (status, len(updates)) == (200, 3)
    _, file = await distant.call("getFile", file_id=updates[1]["message"]["photo"][-1]["file_id"])
    async with distant.http.get(f"{distant.url}/file/bot{TOKEN}/{file['file_path']}") as response:
        assert await response.read() == b"bytes"
    await distant.call("sendMessage", chat_id=ANN, text="<b>Hi</b> &lt;", parse_mode="HTML")
    state = await distant.control("state")
    assert [sent["text"] for sent in state["sent"]] == ["Hi <"]
    assert state["calls"] == {"getUpdates": 1, "getFile": 1, "sendMessage": 1}


async def test_offset_deletes_for_good(remote: Remote) -> None:
    await remote.control("batch", [("write", {"chat_id": ANN, "text": str(number)}) for number in range(5)])
    _, updates = await remote.call("getUpdates", limit=2)
    _, rest = await remote.call("getUpdates", offset=updates[1]["update_id"] + 1)
    _, again = await remote.call("getUpdates", offset=0)
    assert [update["message"]["text"] for update in rest] == ["2", "3", "4"]
    assert again == rest


async def test_the_older_of_two_pollers_gets_the_conflict(remote: Remote) -> None:
    older = asyncio.create_task(remote.call("getUpdates", timeout=20))
    while not (await remote.control("state"))["calls"].get("getUpdates"):
        await asyncio.sleep(0.01)
    newer = asyncio.create_task(remote.call("getUpdates", timeout=20))
    status, says = await older
    assert (status, "terminated by other getUpdates" in says) == (409, True)
    await remote.control("write", {"chat_id": ANN, "text": "hi"})
    assert (await newer)[0] == 200


@pytest.mark.parametrize(
    ("method", "values", "says"),
    [
        ("sendMessage", {"text": "x" * 4097}, "message is too long"),
        ("sendMessage", {"text": "📈" * 2049}, "message is too long"),
        ("sendMessage", {"text": "  "}, "message text is empty"),
        ("sendMessage", {"text": "a < b", "parse_mode": "HTML"}, "Unclosed start tag"),
        ("sendMessage", {"text": "<b>a", "parse_mode": "HTML"}, "Can't find end tag"),
        ("sendMessage", {"text": "<p>a</p>", "parse_mode": "HTML"}, "Unsupported start tag"),
        ("sendMessage", {"text": "a", "chat_id": 1}, "chat not found"),
        ("sendMessage", {"text": "a", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
        (
            "sendMessage",
            {"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "x" * 65}]]}},
            "BUTTON_DATA_INVALID",
        ),
        ("editMessageText", {"message_id": 2, "text": "same"}, "message is not modified"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
        ("getFile", {"file_id": "none"}, "wrong file_id"),
        ("setMyCommands", {"commands": [{"command": "Bad Name", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ],
)
async def test_refusals(remote: Remote, method: str, values: dict[str, Any], says: str) -> None:
    await remote.control("write", {"chat_id": ANN, "text": "hi"})
    assert (await remote.call("sendMessage", chat_id=ANN, text="same"))[0] == 200
    status, description = await remote.call(method, **{"chat_id": ANN, **values})
    assert status == 400
    assert says in description


async def test_wrong_token_and_blocked_chat(remote: Remote) -> None:
    await remote.control("write", {"chat_id": ANN, "text": "hi"})
    assert (await remote.call("getMe", token="7000001:other"))[0] == 401
    await remote.control("block", {"chat_id": ANN})
    assert (await remote.call("sendMessage", chat_id=ANN, text="hi"))[0] == 403
