"""What an operator does from the command line: migrations, accounts, link codes, traders' own keys, reading lines."""

import asyncio
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

import click
import httpx

from bot.ai_keys import seal_key
from bot.database import connect, connected, opened, seed
from bot.linking import new_code
from bot.settings import Settings
from db import accounts, ai_keys, links, migrations, pool
from db.embedded import embedded_server
from db.pool import Connection
from statemachine.errors import AuditError, OperatorError
from statemachine.message import Platform

EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[\w-]+\.)+[\w-]{2,}")
LONGEST_EMAIL = 254
LONGEST_KEY = 1000
AUTH_SECONDS = 20.0
CODE_TRIES = 50


async def migrate_database(settings: Settings, *, check: bool, plain: bool) -> None:
    """`vigil migrate`: apply what is missing, or only tell. Raises OperatorError, with `check` if anything is missing.

    Over the direct connection: a transaction pooler cannot hold the lock of migrations.
    """
    if settings.direct_url is not None:
        await _migrate(settings.trusting(settings.direct_url), check=check, plain=plain)
        return
    async with embedded_server(settings.data_dir) as dsn:
        if await _migrate(dsn, check=check, plain=True):
            await seed(dsn)


async def _migrate(dsn: str, *, check: bool, plain: bool) -> bool:
    """Whether anything was applied."""
    versions = await _missing(dsn) if check else await migrations.migrate(dsn, plain=plain)
    for version in versions:
        click.echo(f"missing {version}" if check else f"applied {version}")
    if not versions:
        click.echo("nothing to apply")
    elif check:
        raise OperatorError(f"{len(versions)} migrations are missing: run `vigil migrate`.")
    return bool(versions)


async def _missing(dsn: str) -> list[str]:
    connection = await connect(dsn)
    try:
        return await migrations.missing(connection)
    finally:
        await connection.close()


async def add_user(settings: Settings, email: str) -> None:
    """`vigil user add`: a trader's account with a confirmed address; prints its id. Raises OperatorError."""
    email = _address(email)
    if settings.supabase_url and settings.supabase_service_role_key:
        key = settings.supabase_service_role_key.get_secret_value()
        click.echo(await _add_through_auth(settings.supabase_url, key, email))
        return
    async with connected(settings) as connection:
        if not await accounts.is_imitation(connection):
            raise OperatorError(
                "This database is a Supabase project's: set SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY to add users."
            )
        user_id = await accounts.add_user(connection, email)
    if user_id is None:
        raise _taken(email)
    click.echo(user_id)


def _address(email: str) -> str:
    """As it is stored: lower case. Unprintable characters would be refused by the database, and not kindly."""
    address = email.strip().lower()
    if len(address) > LONGEST_EMAIL or not address.isprintable() or not EMAIL.fullmatch(address):
        raise OperatorError("This is not an e-mail address: write it like trader@example.com.")
    return address


def _taken(email: str) -> OperatorError:
    return OperatorError(f"There is a trader with the address {email} already.")


async def _add_through_auth(url: str, key: str, email: str) -> UUID:
    """A user by Supabase's Auth admin API: https://supabase.com/docs/reference/javascript/auth-admin-createuser."""
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    try:
        async with asyncio.timeout(AUTH_SECONDS), httpx.AsyncClient(headers=headers, timeout=AUTH_SECONDS) as client:
            answer = await client.post(f"{url}/auth/v1/admin/users", json={"email": email, "email_confirm": True})
    except (httpx.HTTPError, TimeoutError) as error:
        raise OperatorError(f"SUPABASE_URL cannot be reached ({type(error).__name__}).") from error
    if answer.status_code in (401, 403):
        raise OperatorError("Supabase refuses SUPABASE_SERVICE_ROLE_KEY: copy it from the project's API settings.")
    try:
        said = answer.json()
        if answer.is_success:
            return UUID(said["id"])
        code = str(said.get("error_code") or said.get("msg") or "no reason given")
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise OperatorError(
            f"What answers at SUPABASE_URL is not Supabase Auth (HTTP {answer.status_code})."
        ) from error
    if code in ("email_exists", "user_already_exists"):
        raise _taken(email)
    raise OperatorError(f"Supabase Auth refuses the user: HTTP {answer.status_code}, {code[:100]}.")


async def trader(connection: Connection, email: str) -> UUID:
    """The profile of an address. Raises OperatorError."""
    user_id = await links.find_user(connection, _address(email))
    if user_id is None:
        raise OperatorError("There is no trader with this address: `vigil user add EMAIL` makes one.")
    return user_id


async def make_link_code(settings: Settings, email: str, platform: Platform) -> None:
    """`vigil link-code`: prints a new code, and how to use it. Raises OperatorError."""
    async with connected(settings) as connection:
        user_id = await trader(connection, email)
        is_bound = await links.is_bound(connection, user_id, platform)
        code = await added_code(connection, user_id, platform)
    click.echo(code)
    click.echo(f"Send /link {code} to the bot within ten minutes.")
    if is_bound:
        click.echo(f"It works once the chat that is linked now is not: vigil unlink {_address(email)} {platform}")


async def added_code(connection: Connection, user_id: UUID, platform: Platform) -> str:
    """A new link code, stored. Raises OperatorError."""
    for _ in range(CODE_TRIES):
        code = new_code()
        if await links.add_code(connection, user_id, platform, code):
            return code
    raise OperatorError("No free link code was found: delete old rows of platform_link_codes.")


async def unlink_platform(settings: Settings, email: str, platform: Platform) -> None:
    """`vigil unlink`: for lost phones and recycled numbers; prints what was done. Raises OperatorError."""
    async with connected(settings) as connection, connection.transaction():
        user_id = await trader(connection, email)
        await links.lock_chats(connection, user_id, platform)
        done = await links.unbind(connection, user_id, platform)
    address = _address(email)
    click.echo(f"{address} is no longer linked on {platform}." if done else f"{address} was not linked on {platform}.")


async def set_ai_key(settings: Settings, email: str, key: str, provider: str) -> None:
    """`vigil ai-key set`: seal a trader's own key and store it. Raises OperatorError; the key is never shown."""
    secret = settings.ai_keys_key
    if secret is None:
        raise OperatorError("Set AI_KEYS_SECRET to 32 random bytes in base64 (openssl rand -base64 32).")
    key = key.strip()
    if not key:
        raise OperatorError("No key came on standard input: pipe it in, like `vigil ai-key set EMAIL < key.txt`.")
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise OperatorError("What came on standard input is not one key in one line.")
    async with connected(settings) as connection:
        user_id = await trader(connection, email)
        await ai_keys.keep_key(connection, user_id, provider, *seal_key(key, user_id, secret))
    click.echo(f"The key of {_address(email)} is stored.")


async def remove_ai_key(settings: Settings, email: str) -> None:
    """`vigil ai-key remove`: forget a trader's own key; prints what was done. Raises OperatorError."""
    async with connected(settings) as connection:
        removed = await ai_keys.remove_key(connection, await trader(connection, email))
    address = _address(email)
    click.echo(f"The key of {address} is forgotten." if removed else f"{address} had no key.")


async def clean_store(settings: Settings, *, force: bool) -> None:
    """`vigil clean-screenshots`: one run of the retention; prints what was done. Raises OperatorError."""
    from bot.retention import Retention  # these import the whole worker, and no other command needs it
    from bot.worker import store_of

    store = store_of(settings)
    async with opened(settings) as database:
        connections = await pool.open_pool(database.dsn, size=1, pooler=database.pooler)
        try:
            swept = await Retention(connections, store, settings.screenshot_days).run(datetime.now(UTC), force=force)
        finally:
            await connections.close()
            await store.close()
    files, rows = swept["expired"] + swept["orphaned"], swept["missing"] + swept["foreign"]
    click.echo(
        f"Removed {files} files ({swept['expired']} expired, {swept['orphaned']} of no trade); "
        f"cleared {rows} trades ({swept['missing']} without their file, {swept['foreign']} naming none of their own)."
    )


async def read_with_model(settings: Settings, lines: Iterable[str]) -> None:
    """`vigil read --ai`: as plain code reads, and by the model where plain code is unsure. Raises OperatorError.

    A message that the model fails on keeps plain code's answer, with a word on standard error.
    """
    from bot.model import model_of  # the language model's client is slow to import, and no other command needs it
    from bot.reading import reading
    from bot.reading.by_model import read_by_model
    from bot.reading.jsonl import answer_line, records
    from statemachine.events import Unread

    model = model_of(settings)
    if model is None:
        raise OperatorError("Set OPENAI_API_KEY: --ai asks the language model.")
    try:
        for record in records(lines):
            found = reading(record.text, record.context)
            event, said = found.event, found.said
            if isinstance(event, Unread) and event.reason == "unclear":
                try:
                    event, said = await read_by_model(model, record.text, record.context), ()
                except AuditError as error:
                    click.echo(f"vigil: {record.name}: read by plain code alone. {error}", err=True)
            click.echo(answer_line(record, event, said))
            sys.stdout.flush()
    finally:
        await model.close()
