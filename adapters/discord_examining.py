"""What `vigil doctor` asks Discord: whether the bot can log in, hear and show its commands. Changes nothing."""

import asyncio
from typing import Any, Final

from adapters.discord_api import OFFICIAL_API, REFUSED, UNREACHABLE, HTTPClient, aim, discord, quieten
from adapters.discord_gateway import intents
from statemachine.errors import OperatorError

SECONDS: Final = 20.0
PUBLIC_ADDRESS: Final = (
    "the application has an interactions endpoint URL, so Discord sends commands and buttons there: "
    "remove it on the General Information page of the developer portal"
)
NO_SERVER: Final = (
    "DISCORD_GUILD_ID names a server where the bot may not show commands: invite it there with the scopes "
    "bot and applications.commands, or unset the variable"
)
NO_SESSION: Final = "Discord lets the bot start no session for another {hours} hours: it was started too often today"


async def examine(token: str, *, api_url: str = OFFICIAL_API, guild_id: int | None = None) -> str:
    """Who the bot is and what it can do, in one line. Raises OperatorError with what to do."""
    aim(api_url.rstrip("/"))
    quieten()
    client = discord.Client(intents=discord.Intents.none(), max_messages=None)
    try:
        async with asyncio.timeout(SECONDS):
            await client.login(token)
            return await _look(client, guild_id)
    except discord.LoginFailure:
        raise OperatorError(REFUSED) from None
    except discord.HTTPException as exc:
        raise OperatorError(f"Discord answers {exc.status} ({exc.code}): try again later") from exc
    except (discord.GatewayNotFound, *UNREACHABLE) as exc:
        raise OperatorError(f"Discord cannot be asked at {api_url} ({type(exc).__name__})") from None
    finally:
        await client.close()


async def _look(client: discord.Client, guild_id: int | None) -> str:
    application = client.application
    if application is not None and application.interactions_endpoint_url:
        raise OperatorError(PUBLIC_ADDRESS)
    shards, _, limit = await client.http.get_bot_gateway()
    if limit["remaining"] < shards:
        raise OperatorError(NO_SESSION.format(hours=-(-limit["reset_after"] // 3_600_000)))
    shown = await _commands(client.http, client.application_id or 0, guild_id)
    name = client.user.name if client.user else "?"
    return (
        f"Discord knows it as {name} ({client.user.id if client.user else '?'}), {_plural(shards, 'shard')}, "
        f"{limit['remaining']} of {limit['total']} session starts left, {_asked()}; {shown}"
    )


async def _commands(http: HTTPClient, application: int, guild_id: int | None) -> str:
    try:
        known: list[Any] = list(
            await (
                http.get_guild_commands(application, guild_id) if guild_id else http.get_global_commands(application)
            )
        )
    except (discord.Forbidden, discord.NotFound):
        if guild_id:
            raise OperatorError(NO_SERVER) from None
        raise
    where = f"in server {guild_id}" if guild_id else "everywhere"
    return f"{_plural(len(known), 'command')} {where}" + ("" if known else " (`vigil run` sets them)")


def _asked() -> str:
    wanted = intents()
    names = ", ".join(name for name, on in wanted if on)
    return f"intents {names} (none privileged)"


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
