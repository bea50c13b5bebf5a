"""`vigil doctor`: every setting that is set is tried by using it, one line each; secrets are never shown.

A check returns what it saw, or raises OperatorError with what to do. None of them changes anything but the embedded
database, which is brought up to date as by any other command.
"""

import asyncio
import errno
import secrets
import shutil
import socket
import ssl
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Literal
from uuid import uuid4

import asyncpg
import click
import httpx
from pydantic import BaseModel

from bot import doctor_platforms, logs
from bot.ai_keys import Sealed, open_key, seal_key
from bot.database import Database, connect, opened
from bot.settings import Settings
from bot.store import BUCKET
from db import ai_keys, connecting, pool
from statemachine.errors import AuditError, JournalError, OperatorError

CHECK_SECONDS = 40.0
"""For one check in all; the slowest, the language model, gives up by itself after 30."""
CALL_SECONDS = 10.0
HEARD_SECONDS = 5.0
MEGABYTE = 1_000_000
SHORTEST_SECRET = 16

State = Literal["ok", "fail", "–"]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the checks look at; `database` is None where it could not be opened."""

    settings: Settings
    database: Database | None


@dataclass(frozen=True, slots=True)
class Check:
    """One line. `name`: the variable; it is checked if set, or where `always`; `unset` is said where it is not."""

    name: str
    look: Callable[[Surroundings], Awaitable[str]]
    always: bool = False
    unset: str = "not set"


async def examine(settings: Settings) -> bool:
    """Print a line for every variable; True when nothing failed."""
    redact = logs.redactor(settings.secret_values)
    failures = 0

    def tell(state: State, name: str, text: str) -> None:
        nonlocal failures
        failures += state == "fail"
        click.echo(f"{state:<4} {name:<25} {redact(' '.join(text.split()))}")

    async with AsyncExitStack() as stack:
        database = None
        try:
            database = await stack.enter_async_context(opened(settings))
            tell("ok", "DATABASE_URL", _where(settings, database))
        except (JournalError, asyncpg.PostgresError) as error:
            tell("fail", "DATABASE_URL", str(error))
        for check in CHECKS:
            if check.always or getattr(settings, check.name.lower()) is not None:
                tell(*await _tried(check, Surroundings(settings, database)))
            else:
                tell("–", check.name, check.unset)
    return not failures


def _where(settings: Settings, database: Database) -> str:
    if database.embedded:
        return f"not set: the embedded PostgreSQL in {settings.data_dir} answers, no migration is missing"
    return f"the database answers, no migration is missing{_unchecked(database.dsn)}"


UNCHECKED: Mapping[connecting.Checked, str] = {
    "local": "",
    "host": "",
    "authority": "; warning: by its sslmode nobody checks that the certificate is this host's, use verify-full",
    "nothing": "; warning: by its sslmode nobody checks who answers there, use verify-full",
}


def _unchecked(dsn: str) -> str:
    return UNCHECKED[connecting.checked(dsn)]


async def _tried(check: Check, around: Surroundings) -> tuple[State, str, str]:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return "ok", check.name, await check.look(around)
    except TimeoutError:
        return "fail", check.name, f"no answer within {CHECK_SECONDS:.0f} seconds"
    except JournalError as error:
        return "fail", check.name, str(error)
    except Exception as error:  # noqa: BLE001 - one broken check must not hide what the others see
        return "fail", check.name, f"{type(error).__name__}: {error}"


async def _direct(around: Surroundings) -> str:
    """A session: what it listens to arrives, and a lock it holds is seen by another connection to DATABASE_URL."""
    if around.database is None:
        raise OperatorError("not tried: DATABASE_URL comes first")
    name = "DATABASE_DIRECT_URL" if around.settings.database_direct_url else "DATABASE_URL"
    session = await connect(around.database.direct, name=name)
    try:
        other = await connect(around.database.dsn, pooler=around.database.pooler)
        try:
            await _try_session(session, other, name)
        finally:
            await other.close(timeout=CALL_SECONDS)
    finally:
        await session.close(timeout=CALL_SECONDS)
    where = "the embedded PostgreSQL" if around.database.embedded else name
    return f"LISTEN and advisory locks work on {where}{_unchecked(around.database.direct)}"


async def _try_session(session: pool.Connection, other: pool.Connection, name: str) -> None:
    heard = asyncio.Event()
    channel, lock = f"vigil_doctor_{secrets.token_hex(8)}", secrets.randbits(62)
    await session.execute("select pg_advisory_lock($1)", lock)
    if await other.fetchval("select pg_try_advisory_xact_lock($1)", lock):
        raise OperatorError(f"{name} keeps no lock for DATABASE_URL: it must lead to the same database, by no pooler.")
    await session.add_listener(channel, lambda *_: heard.set())
    await other.execute("select pg_notify($1, '')", channel)
    try:
        await asyncio.wait_for(heard.wait(), HEARD_SECONDS)
    except TimeoutError:
        raise OperatorError(f"{name} hears no LISTEN: use a direct or session connection (port 5432).") from None


async def _authorities(around: Surroundings) -> str:
    """Tried as the driver reads it; whether it fits the server is what DATABASE_URL tells."""
    try:
        known = ssl.create_default_context(cafile=around.settings.database_ca_file).get_ca_certs()
    except (OSError, ssl.SSLError) as error:
        raise OperatorError("It holds no certificates (PEM): download them from where the database is.") from error
    return f"{len(known)} authorities may sign for the database"


async def _storage(around: Surroundings) -> str:
    """The bucket, by the Storage API; it answers every refusal with HTTP 400 and the real code in the body."""
    url, key = around.settings.supabase_url, around.settings.supabase_service_role_key
    assert key is not None  # noqa: S101 - the settings want it beside SUPABASE_URL
    headers = {"apikey": key.get_secret_value(), "Authorization": f"Bearer {key.get_secret_value()}"}
    try:
        async with httpx.AsyncClient(headers=headers, timeout=CALL_SECONDS) as client:
            answer = await client.get(f"{url}/storage/v1/bucket/{BUCKET}")
            said = answer.json()
            code = "200" if answer.is_success else str(said.get("statusCode") or answer.status_code)
            public = code == "200" and bool(said["public"])
    except httpx.HTTPError as error:
        raise OperatorError(f"Supabase cannot be reached there ({type(error).__name__}).") from error
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise OperatorError("What answers there is not Supabase Storage.") from error
    if code == "404":
        raise OperatorError(f"There is no bucket {BUCKET}: run `vigil migrate`.")
    if code != "200":
        raise OperatorError(f"Supabase Storage refuses ({code}): is SUPABASE_SERVICE_ROLE_KEY this project's?")
    if public:
        raise OperatorError(f"The bucket {BUCKET} is public: make it private, anybody can read traders' screenshots.")
    return f"the bucket {BUCKET} answers to SUPABASE_SERVICE_ROLE_KEY"


async def _data_dir(around: Surroundings) -> str:
    """Tried in the nearest folder that exists: making DATA_DIR is for the embedded server, which knows whose it is."""
    folder, reserve = around.settings.data_dir.absolute(), around.settings.disk_reserve_megabytes
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            free = shutil.disk_usage(existing).free // MEGABYTE
    except OSError as error:
        raise OperatorError(
            f"{existing} cannot be written ({error.strerror}): set DATA_DIR to another folder."
        ) from error
    if free < reserve:
        raise OperatorError(f"{free} MB are free, pictures are refused below {reserve} MB: free some disk.")
    return f"{folder} can be written, {free} MB are free"


class Ping(BaseModel):
    """The least a model can be asked for."""

    ready: bool


async def _model(around: Surroundings) -> str:
    """One small question, as reading and judging ask: it proves key, model and structured answers together."""
    from bot.hearing.trial import heard_by
    from bot.model import model_of

    settings = around.settings
    model = model_of(settings)
    assert model is not None  # noqa: S101 - this check runs where a key is set
    try:
        answer = await model.ask(Ping, system="Answer with ready: true.", user="Ready?")
    except AuditError as error:
        raise OperatorError(
            f"{error} Check OPENAI_API_KEY, OPENAI_MODEL ({settings.openai_model}) and OPENAI_BASE_URL."
        ) from error
    finally:
        await model.close()
    return f"{answer.model} answers in {answer.seconds:.1f} s; {await heard_by(settings)}"


async def _ai_keys(around: Surroundings) -> str:
    """A round trip, and the key that was stored last."""
    secret, user_id = around.settings.ai_keys_key, uuid4()
    assert secret is not None  # noqa: S101 - this check runs where it is set
    if open_key(seal_key("round trip", user_id, secret), user_id, secret) != "round trip":
        raise OperatorError("What it seals does not open again.")
    return "what it seals opens again" + await _stored_key(around, secret)


async def _stored_key(around: Surroundings, secret: bytes) -> str:
    if around.database is None:
        return ""
    connection = await connect(around.database.dsn, pooler=around.database.pooler)
    try:
        latest = await ai_keys.latest_key(connection)
    finally:
        await connection.close(timeout=CALL_SECONDS)
    if latest is None:
        return ""
    user_id, nonce, ciphertext = latest
    open_key(Sealed(nonce, ciphertext), user_id, secret)
    return ", so do the keys that are stored"


async def _port(around: Surroundings) -> str:
    """Free, or taken by a worker of ours."""
    host, port = around.settings.host, around.settings.port
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise OperatorError(f"HOST {host} is no address of this machine: 127.0.0.1 or 0.0.0.0 are.") from error
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and await _is_vigil(host, port):
                return f"Vigil is running at {host}:{port}"
            raise OperatorError(f"{host}:{port} cannot be used ({error.strerror}): set PORT or HOST.") from error
    return f"{host}:{port} is free"


async def _is_vigil(host: str, port: int) -> bool:
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    with suppress(httpx.HTTPError):
        async with httpx.AsyncClient(timeout=CALL_SECONDS, trust_env=False) as client:
            answer = await client.get(f"http://{f'[{near}]' if ':' in near else near}:{port}/healthz")
            return answer.text == "ok"
    return False


async def _share_secret(around: Surroundings) -> str:
    secret = around.settings.share_secret
    assert secret is not None  # noqa: S101 - this check runs where it is set
    if len(secret.get_secret_value()) < SHORTEST_SECRET:
        raise OperatorError(f"It can be guessed: use {SHORTEST_SECRET} random characters or more.")
    return "signs the links by which WhatsApp's pictures are fetched, and hides whose a stranger's /try is"


async def _share_url(around: Surroundings) -> str:
    """Something answers there; what it says of a share that does not exist is its own business."""
    try:
        async with httpx.AsyncClient(timeout=CALL_SECONDS) as client:
            answer = await client.get(f"{around.settings.share_url}/{secrets.token_urlsafe(24)}")
    except httpx.HTTPError as error:
        raise OperatorError(f"Nothing answers there ({type(error).__name__}).") from error
    if answer.status_code >= 500:
        raise OperatorError(f"The web app fails there ({answer.status_code}).")
    return "the web app answers where /share sends people"


def _platform(look: Callable[[Settings], Awaitable[str]]) -> Callable[[Surroundings], Awaitable[str]]:
    return lambda around: look(around.settings)


CHECKS = (
    Check("DATABASE_DIRECT_URL", _direct, always=True),
    Check("DATABASE_CA_FILE", _authorities),
    Check("SUPABASE_URL", _storage),
    Check("DATA_DIR", _data_dir, always=True),
    Check("TELEGRAM_BOT_TOKEN", _platform(doctor_platforms.telegram)),
    Check("DISCORD_BOT_TOKEN", _platform(doctor_platforms.discord)),
    Check("DISCORD_GUILD_ID", _platform(doctor_platforms.discord_guild)),
    Check("TWILIO_ACCOUNT_SID", _platform(doctor_platforms.twilio)),
    Check("TWILIO_TEMPLATE_SID", _platform(doctor_platforms.twilio_template)),
    Check("IMAP_URL", _platform(doctor_platforms.imap)),
    Check("SMTP_URL", _platform(doctor_platforms.smtp)),
    Check("OPENAI_API_KEY", _model),
    Check("AI_KEYS_SECRET", _ai_keys),
    Check("SHARE_SECRET", _share_secret, unset="not set: strangers are offered no /try"),
    Check("SHARE_URL", _share_url),
    Check("PORT", _port, always=True),
)
