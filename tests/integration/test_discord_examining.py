"""What the doctor is told of a Discord bot, and how each thing that can be wrong is put."""

from collections.abc import AsyncIterator

import pytest

from adapters.discord_examining import examine
from statemachine.errors import OperatorError
from tests.inbox import Inbox
from tests.integration.discord_bot import bot, listening
from tests.servers.discord import BOT_ID, TOKEN, DiscordServer


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


async def test_all_is_well(server: DiscordServer) -> None:
    told = await examine(TOKEN, api_url=server.api)
    assert f"Vigil ({BOT_ID}), 1 shard, 999 of 1000 session starts left" in told
    assert "none privileged" in told
    assert "0 commands everywhere (`vigil run` sets them)" in told
    async with bot(server, guild_id=77) as adapter, listening(adapter, Inbox(), server):
        assert "1 command in server 77" in await examine(TOKEN, api_url=server.api, guild_id=77)


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ({"name": "me", "status": 401}, "DISCORD_BOT_TOKEN is refused"),
        ({"name": "me", "status": 503}, "503"),
        ({"name": "gateway_bot", "status": 503}, "cannot be asked"),
        ({"name": "me", "drop": "before", "times": 2}, "cannot be asked"),
        ({"name": "commands", "status": 403, "code": 50001}, "DISCORD_GUILD_ID"),
    ],
)
async def test_what_is_wrong(server: DiscordServer, trouble: dict[str, object], says: str) -> None:
    server.fault(**trouble)  # type: ignore[arg-type]
    with pytest.raises(OperatorError, match=says) as caught:
        await examine(TOKEN, api_url=server.api, guild_id=77)
    assert TOKEN not in str(caught.value)


async def test_commands_that_would_go_elsewhere(server: DiscordServer) -> None:
    server.interactions_endpoint = "https://example.org/discord"
    with pytest.raises(OperatorError, match="interactions endpoint URL"):
        await examine(TOKEN, api_url=server.api)


async def test_started_too_often(server: DiscordServer) -> None:
    server.session_starts_left = 0
    with pytest.raises(OperatorError, match="another 4 hours"):
        await examine(TOKEN, api_url=server.api)
