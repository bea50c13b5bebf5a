"""No secret reaches the output, whichever way it takes: real programs run and all they print is searched."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.logs import redactor

TELEGRAM = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9"
PASSWORD = "Tr0ub4dor&3/ü"
PASSWORD_IN_URL = "Tr0ub4dor%263%2F%C3%BC"
DSN = f"postgresql://vigil:{PASSWORD_IN_URL}@127.0.0.1:1/postgres"
SERVICE_KEY = 'service-"role"-key'
METRICS = "metrics-token-value"
PLANTED = [TELEGRAM, PASSWORD, PASSWORD_IN_URL, SERVICE_KEY, METRICS, "TESTKEY99", "VGL-AB23"]

PRELUDE = f"""
import asyncio, logging, sys, threading, warnings
import structlog
from bot.logs import configure
from bot.settings import read_settings

DSN = {DSN!r}
TELEGRAM = {TELEGRAM!r}
PASSWORD = {PASSWORD!r}
SERVICE_KEY = {SERVICE_KEY!r}
redact = configure(read_settings(env_file=None))
log = structlog.get_logger("vigil.test")
"""


def output(program: str, tmp_path: Path, log_format: str = "console") -> str:
    """Everything a program prints; it has the secrets in its settings."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.getcwd(),
        "PYTHONIOENCODING": "utf-8",
        "DATABASE_URL": DSN,
        "TELEGRAM_BOT_TOKEN": TELEGRAM,
        "SUPABASE_URL": "https://x.supabase.co",
        "SUPABASE_SERVICE_ROLE_KEY": SERVICE_KEY,
        "METRICS_TOKEN": METRICS,
        "LOG_FORMAT": log_format,
        "LOG_LEVEL": "DEBUG",
    }
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + program],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
    )
    text = (done.stdout + done.stderr).decode()
    assert [secret for secret in PLANTED if secret in text] == [], text
    return text


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_nothing_planted_is_printed(tmp_path: Path, log_format: str) -> None:
    program = """
log.info("linking with VGL-AB23", dsn=DSN, nested={"keys": [SERVICE_KEY, b"sk-TESTKEY99abc"], "at": ("x", TELEGRAM)})
log.info("headers %s", {"Authorization": "Bearer TESTKEY99-abcdef"}, api_key="TESTKEY99")
logging.getLogger("some.library").warning("GET https://host/bot%s/getMe?key=%s", TELEGRAM, "sk-TESTKEY99abc")
logging.getLogger("some.library").error("not %d", TELEGRAM)
warnings.warn(f"deprecated: {DSN}")
try:
    try:
        raise ValueError(f"cannot use {SERVICE_KEY}")
    except ValueError as error:
        raise RuntimeError(f"cannot reach {DSN} with {PASSWORD}") from error
except RuntimeError:
    log.exception("failed")
    logging.getLogger("some.library").exception("failed too")
"""
    text = output(program, tmp_path, log_format)
    assert "linking with VGL-***" in text
    assert "RuntimeError: cannot reach" in text
    assert "a log line was lost at" in text
    assert "deprecated: " in text


def test_json_lines_stay_json(tmp_path: Path) -> None:
    program = """
log.warning("quoted", said=f'password="{PASSWORD}" token={SERVICE_KEY}', password="TESTKEY99 and more", count=3)
try:
    raise RuntimeError(DSN + chr(10) + SERVICE_KEY)
except RuntimeError:
    log.exception("failed")
"""
    lines = [json.loads(line) for line in output(program, tmp_path, "json").splitlines()]
    assert [line["event"] for line in lines] == ["quoted", "failed"]
    assert (lines[0]["password"], lines[0]["count"], lines[0]["level"]) == ("***", 3, "warning")
    assert lines[1]["exception"].startswith("Traceback")


def test_what_the_libraries_log_and_raise(tmp_path: Path) -> None:
    """httpx logs addresses, asyncpg speaks of the connection string: both over real sockets."""
    program = """
import asyncpg, httpx

async def main():
    for call in (
        lambda: asyncpg.connect(DSN, timeout=5),
        lambda: asyncpg.connect(DSN.replace("postgresql", "mysql")),
        lambda: asyncpg.connect(DSN.replace("@127.0.0.1:1", "@127.0.0.1:port" + PASSWORD)),
    ):
        try:
            await call()
        except Exception:
            log.exception("no database")
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, httpx.AsyncClient() as client:
        logging.getLogger("httpx").setLevel(logging.DEBUG)
        await client.get(f"http://127.0.0.1:{port}/bot{TELEGRAM}/getMe", headers={"Authorization": "Bearer TESTKEY99"})

async def answer(reader, writer):
    await reader.readuntil(b"\\r\\n\\r\\n")
    writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n")
    await writer.drain()
    writer.close()

asyncio.run(main())
"""
    text = output(program, tmp_path)
    assert "HTTP Request: GET http://127.0.0.1:" in text
    assert "/bot***/getMe" in text
    assert text.count("Traceback") >= 3


def test_httpx_is_silent_by_itself(tmp_path: Path) -> None:
    assert output('logging.getLogger("httpx").info("HTTP Request"); log.info("ours")', tmp_path).count("\n") == 1


@pytest.mark.parametrize(
    "program",
    [
        "raise RuntimeError(DSN)",
        "def fail(): raise RuntimeError(DSN)\nt = threading.Thread(target=fail); t.start(); t.join()",
        "class Bad:\n    def __del__(self): raise RuntimeError(DSN)\nBad()",
        "async def fail(): raise RuntimeError(DSN)\n"
        "async def main():\n    t = asyncio.create_task(fail()); await asyncio.sleep(0.05); del t\n"
        "    import gc; gc.collect(); await asyncio.sleep(0)\nasyncio.run(main())",
        "print(redact(f'vigil: cannot reach {DSN}: RuntimeError'))",
    ],
    ids=["main", "thread", "finaliser", "task", "printed"],
)
def test_what_nobody_catches(tmp_path: Path, program: str) -> None:
    text = output(program, tmp_path)
    assert "RuntimeError" in text
    assert "://vigil:***@" in text or "***" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"https://api.telegram.org/bot{TELEGRAM}/getUpdates", "https://api.telegram.org/bot***/getUpdates"),
        (f"https://api.telegram.org/bot{TELEGRAM.replace(':', '%3A')}/x", "https://api.telegram.org/bot***/x"),
        ("imaps://me:pa55@mail:993/INBOX", "imaps://me:***@mail:993/INBOX"),
        ("postgresql://u:p@ss/w@h/d", "postgresql://u:***@h/d"),
        ("http://127.0.0.1:8080/a?mail=a@b.c", "http://127.0.0.1:8080/a?mail=a@b.c"),
        ("Authorization: Bearer abcdefgh.ijk", "Authorization: Bearer ***"),
        ("(b'Authorization', b'Basic QUMxOnRva2Vu')", "(b'Authorization', b'Basic ***')"),
        ("key sk-proj-abcdef123 refused", "key *** refused"),
        ("key gsk_AbCdEf0123456789AbCdEf refused", "key *** refused"),
        ("key xai-AbCdEf0123456789AbCdEf refused", "key *** refused"),
        ("key AIzaSyA0123456789abcdefABCDEF0123456789 refused", "key *** refused"),
        ("key tgp_v1_AbCdEf0123456789AbCdEf refused", "key *** refused"),
        ("code vgl-ab23!", "code vgl-***!"),
        ("password=hunter2 host=db", "password=*** host=db"),
        ("{'access_token': 'abc', 'n': 1}", "{'access_token': '***', 'n': 1}"),
        ("risk-adjusted return, 12:30:45, NQ 18250.25", "risk-adjusted return, 12:30:45, NQ 18250.25"),
        ("the bot connected as vigil#1234", "the bot connected as vigil#1234"),
        ("prompt_tokens=12 total", "prompt_tokens=12 total"),
    ],
)
def test_shapes(text: str, shown: str) -> None:
    assert redactor()(text) == shown


@pytest.mark.parametrize(
    "written", ["a/b c+d&é", "a/b%20c%2Bd%26%C3%A9", "a%2Fb+c%2Bd%26%C3%A9", "a%2fb%20c%2bd%26%c3%a9"]
)
def test_known_values_however_they_are_written(written: str) -> None:
    assert redactor(["a/b c+d&é"])(f"<{written}>") == "<***>"


def test_a_value_too_short_to_be_a_secret_is_left_alone() -> None:
    assert redactor(["on", ""])("on and on") == "on and on"
