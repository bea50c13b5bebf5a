"""The local Twilio itself: strict like the platform, and driven from another process."""

import asyncio
import base64
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.servers.twilio import TEMPLATE, TwilioServer
from tests.servers.twilio_traffic import ACCOUNT, NUMBER, TOKEN
from tests.servers.whatsapp_text import shown

ANN = "+4915112345678"


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioServer]:
    async with TwilioServer() as server:
        server.write(ANN, "hi")
        yield server


async def post(twilio: TwilioServer, token: str = TOKEN, **fields: str) -> tuple[int, int | None]:
    """A message by hand; the status and Twilio's error code."""
    form = {"To": f"whatsapp:{ANN}", "From": f"whatsapp:{NUMBER}", **fields}
    headers = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT, token)}
    url = f"{twilio.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    async with twilio.http.post(url, data=form, headers=headers) as response:
        return response.status, (await response.json()).get("code")


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"Body": "hi"}, (201, None)),
        ({"Body": "x" * 1600}, (201, None)),
        ({"Body": "x" * 1601}, (400, 21617)),
        ({"Body": "📈" * 801}, (400, 21617)),
        ({}, (400, 21619)),
        ({"Body": "hi", "To": "+4915112345678"}, (400, 21211)),
        ({"Body": "hi", "To": "whatsapp:nobody"}, (400, 21211)),
        ({"Body": "hi", "From": "whatsapp:+15005550006"}, (400, 63007)),
        ({"Body": "hi", "token": "wrong"}, (401, 20003)),
        ({"Body": "hi", "MediaUrl": "ftp://x"}, (400, 21620)),
        ({"ContentSid": TEMPLATE, "ContentVariables": '{"1": "a"}'}, (201, None)),
        ({"ContentSid": TEMPLATE, "ContentVariables": '{"1": "a\\nb"}'}, (400, 21656)),
        ({"ContentSid": TEMPLATE, "ContentVariables": '{"1": ""}'}, (400, 21656)),
        ({"ContentSid": "HX1", "ContentVariables": '{"1": "a"}'}, (404, 20404)),
    ],
)
async def test_limits(twilio: TwilioServer, fields: dict[str, str], answer: tuple[int, int | None]) -> None:
    assert await post(twilio, **fields) == answer


@pytest.mark.parametrize(
    ("text", "seen", "formatted"),
    [
        ("*bold* _it_ ~no~ `x`", "bold it no x", [("bold", "bold"), ("italic", "it"), ("strike", "no"), ("code", "x")]),
        ("2*3 a_b_c * x * ~ 5", "2*3 a_b_c * x * ~ 5", []),
        ("> quoted", "> quoted", [("quote", "")]),
        ("a\n- b\n1. c", "a\n- b\n1. c", [("list", ""), ("list", "")]),
        ("*two\nlines*", "*two\nlines*", []),
    ],
)
def test_what_whatsapp_makes_of_a_text(text: str, seen: str, formatted: list[tuple[str, str]]) -> None:
    assert shown(text) == (seen, formatted)


async def test_driven_from_another_process() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.twilio", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    async with aiohttp.ClientSession() as http:

        async def control(name: str, **arguments: Any) -> Any:
            async with http.post(f"{url}/control/{name}", json=arguments) as response:
                assert response.status == 200
                return await response.json()

        assert (await control("write", person=ANN, body="hi")).startswith("SM")
        await control("show", person=ANN, picture=base64.b64encode(b"bytes").decode())
        assert (await control("state"))["received"] == 2
        async with http.post(f"{url}/control/spawn") as response:
            assert response.status == 404
    process.terminate()
    await process.wait()
