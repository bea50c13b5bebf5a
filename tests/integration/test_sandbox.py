"""The sandbox page's HTTP side by a real server: who may use it, what it takes, and what it tells."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest

from adapters.local_files import MAX_FILE
from adapters.sandbox import CHAT_ID
from bot.cli import PARTS
from bot.running import run_worker
from bot.sandbox.page import FILES
from bot.sandbox.stream import MOST_STREAMS
from bot.server import MAX_BODY
from bot.settings import read_settings
from db import watching
from statemachine.message import Chat
from tests.broker_files import TRADOVATE_PERFORMANCE
from tests.commands import free_port
from tests.contract.driver import picture
from tests.sandbox_page import REPORT, Browser, Served, add_demo_trader, all_sent, browser, served_page

CUT = """
select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = 'vigil'
"""
NOTHING_STORED = "select not exists (select from worker.chats)"
OTHER_NAMES = (
    "vigil.example.com",
    "127.0.0.1.example.com",
    "localhost.example.com:8080",
    "127.0.0.1@example.com",
    "127.0.0.2",
    "0.0.0.0",
    "localhost.",
    "localhost:8080:80",
    "127.0.0.1:8080, evil.example.com",
    "2130706433",
    "",
)
OTHER_ORIGINS = (
    "null",
    "",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1:1",
    "http://localhost:{port}",
    "http://evil.example.com",
)
TRICKS = (
    "/sandbox/",
    "/sandbox/page.py",
    "/sandbox/page.html",
    "/sandbox/../page.py",
    "/sandbox/..%2fpage.py",
    "/sandbox/%2e%2e/%2e%2e/pyproject.toml",
    "/sandbox//etc/passwd",
    "/sandbox/page.css%00.html",
    "/sandbox/console/events",
    "/sandbox/telegram",
    "/sandbox/telegram/entries/1/picture",
    "/sandbox/telegram/entries/-1/picture",
    "/sandbox/telegram/entries/1%2f..%2f2/picture",
    "/sandbox/telegram/entries/..%2f..%2fserver.json/file",
    "/sandbox/telegram/entries/99999999999999999999/file",
    "/sandbox/telegram/messages",
)
WRONG = (
    ("messages", b""),
    ("messages", b"\xff\xfe"),
    ("messages", b"[" * 5000),
    ("messages", []),
    ("messages", {"text": 5}),
    ("messages", {"text": " \n "}),
    ("messages", {"text": "hi", "answers": "1"}),
    ("messages", {"text": "hi", "user_id": "1"}),
    ("choices", {"entry": 1}),
    ("choices", {"entry": 1, "choice": "0"}),
    ("edits", {"entry": 1, "text": ""}),
    ("files", b""),
    ("files?answers=one", b"x"),
)
GONE = (
    ("messages", {"text": "hi", "answers": 7}),
    ("choices", {"entry": 7, "choice": 0}),
    ("edits", {"entry": 7, "text": "hi"}),
    ("files?answers=7", picture(9)),
)


@pytest.fixture
async def served(dsn: str, connection: asyncpg.Connection, tmp_path: Path) -> AsyncIterator[Served]:
    await add_demo_trader(connection)
    async with served_page(dsn, tmp_path) as served:
        yield served


@pytest.fixture
async def page(served: Served) -> AsyncIterator[Browser]:
    async with browser(served) as page:
        yield page


# ---- who may


async def test_the_page_brings_its_own_rules(served: Served, page: Browser) -> None:
    """No script, style or picture from elsewhere, and none inside the page."""
    async with aiohttp.ClientSession(served.origin) as session, session.get("/") as answer:
        policy = answer.headers["Content-Security-Policy"]
        html = await answer.text()
    assert answer.content_type == "text/html"
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
    assert [found for found in re.findall(r"<script([^>]*)>([^<]*)<", html) if found[1] or "src=" not in found[0]] == []
    links = re.findall(r"""(?:src|href)="([^"#][^"]*)""", html)
    assert {link.rpartition("/")[2] for link in links} <= set(FILES)
    for link in links:
        status, kind, data = await page.gets(link)
        assert (status, bool(data)) == (200, True), link
        assert kind == FILES[link.rpartition("/")[2]]


async def test_loopback_by_its_names(page: Browser) -> None:
    for host in ("127.0.0.1:1", "localhost", "LOCALHOST:8080", "[::1]:8080"):
        assert (await page.gets("/", Host=host))[0] == 200, host


async def test_a_name_that_was_pointed_at_this_machine(served: Served, page: Browser) -> None:
    for host in OTHER_NAMES:
        for path in ("/", "/sandbox/page.js", "/sandbox/telegram/events"):
            assert (await page.gets(path, Host=host))[0] == 403, (host, path)
        assert await page.posts("messages", {"text": "hi"}, Host=host) == 403, host


async def test_another_origin_changes_nothing(served: Served, page: Browser, connection: asyncpg.Connection) -> None:
    """A site, another program of this machine too, that sends this browser here."""
    for origin in OTHER_ORIGINS:
        foreign = origin.format(port=served.port)
        for path, body in (("messages", {"text": "hi"}), ("files", picture(9)), ("link-code", {}), ("choices", {})):
            assert await page.posts(path, body, Origin=foreign) == 403, (foreign, path)
        assert (await page.gets("/", Origin=foreign))[0] == 403, foreign
    async with (
        aiohttp.ClientSession(served.origin) as session,
        session.post("/sandbox/telegram/messages", json={"text": "without one"}) as answer,
    ):
        assert answer.status == 403
    assert await connection.fetchval(NOTHING_STORED)
    assert await connection.fetchval("select count(*) from public.platform_link_codes") == 0


async def test_a_page_of_others_reads_nothing(page: Browser) -> None:
    """An image, a script or a stream that a web site asks for comes without Origin, but the browser says from where."""
    for site in ("cross-site", "same-site"):
        for path in ("/", "/sandbox/page.js", "/sandbox/telegram/events"):
            assert (await page.gets(path, **{"Sec-Fetch-Site": site}))[0] == 403, (site, path)


async def test_one_that_came_through_a_proxy_finds_nothing(page: Browser) -> None:
    assert (await page.gets("/", **{"X-Forwarded-For": "127.0.0.1"}))[0] == 404
    assert await page.posts("messages", {"text": "hi"}, Forwarded="for=127.0.0.1") == 404
    assert await page.posts("files", b"x" * (MAX_BODY + 1), Via="proxy") == 413


FROM_ELSEWHERE = """
import http.client, sys
def status(method, path, headers):
    connection = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]), timeout=20)
    connection.request(method, path, b"{}" if method == "POST" else None, headers)
    return connection.getresponse().status
own = {"Host": "127.0.0.1:" + sys.argv[2], "Origin": "http://127.0.0.1:" + sys.argv[2]}
print([status("GET", path, headers) for path in ("/", "/sandbox/telegram/events") for headers in (own, {})],
      status("POST", "/sandbox/telegram/messages", own), status("GET", "/healthz", {}))
"""


async def test_another_interface_finds_nothing(dsn: str, connection: asyncpg.Connection, tmp_path: Path) -> None:
    """On HOST=0.0.0.0 the worker answers others, the page does not, whatever they say they are."""
    addresses = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout.split()
    outer = next((address for address in addresses if ":" not in address), None)
    if outer is None:
        pytest.skip("this machine has no other interface")
    async with served_page(dsn, tmp_path, host="0.0.0.0") as served:
        asked = await asyncio.create_subprocess_exec(
            sys.executable, "-c", FROM_ELSEWHERE, outer, str(served.port), stdout=asyncio.subprocess.PIPE
        )
        said, _ = await asked.communicate()
        async with browser(served) as page:
            assert (await page.gets("/"))[0] == 200
    assert said.decode().split("\n")[0] == "[404, 404, 404, 404] 404 200"


async def test_a_path_leads_nowhere_else(page: Browser) -> None:
    for path in TRICKS:
        status, _, body = await page.gets(path)
        assert (status, body) == (404, b"not found"), path


# ---- what it takes


async def test_what_no_page_sends(page: Browser, connection: asyncpg.Connection) -> None:
    for path, body in WRONG:
        assert await page.posts(path, body) == 400, (path, body)
    assert await connection.fetchval(NOTHING_STORED)


async def test_an_entry_that_is_not_there(page: Browser, connection: asyncpg.Connection) -> None:
    for path, body in GONE:
        assert await page.posts(path, body) == 404, (path, body)
    assert await connection.fetchval(NOTHING_STORED)


async def test_what_is_too_large(page: Browser, served: Served, connection: asyncpg.Connection) -> None:
    assert await page.posts("messages", {"text": "x" * 4097}) == 413
    assert await page.posts("messages", b"x" * (MAX_BODY + 1)) == 413
    assert await page.posts(f"files?caption={'x' * 1025}", picture(9)) == 413
    assert await page.posts("files", b"x" * (MAX_FILE + 1)) == 413
    assert await connection.fetchval(NOTHING_STORED)


async def test_an_upload_that_never_says_how_large_it_is(served: Served, connection: asyncpg.Connection) -> None:
    """In pieces, without a length: broken off where it passes the limit, and what was read is kept nowhere."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65536
            yield b"\0" * 65536

    headers = {"Origin": served.origin}
    async with aiohttp.ClientSession(served.origin) as session:
        try:
            async with session.post("/sandbox/telegram/files", data=endless(), headers=headers) as answer:
                assert answer.status == 413
        except aiohttp.ClientError:
            pass  # cut while it was still being sent
    assert MAX_FILE < sent < 3 * MAX_FILE
    assert await connection.fetchval(NOTHING_STORED)
    assert not (served.worker.settings.data_dir / "sandbox").exists()


@pytest.mark.parametrize(
    "data", [b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", picture(9)[:90]]
)
async def test_what_is_no_picture_is_never_shown(page: Browser, data: bytes) -> None:
    """It comes in as on any platform, and the bot says what is wrong; the page gets no byte of it back."""
    await page.links()
    async with page.follows() as stream:
        await page.writes(REPORT)
        await stream.reads("Is this right")
        await page.writes("yes")
        await stream.reads("Send the picture")
        assert await page.posts("files?name=chart.png", data, **{"Content-Type": "image/png"}) == 204
        await stream.until(lambda s: any(entry["picture"] for entry in s.entries.values()))
        (sent,) = (entry for entry in stream.entries.values() if entry["picture"])
        assert (await page.gets(f"/sandbox/telegram/entries/{sent['id']}/picture"))[0] == 404
        await stream.until(lambda s: s.state and not s.state["waiting"] and max(s.entries) > sent["id"] + 1)
        last = list(stream.entries.values())[-1]
        assert re.search("picture|PNG|image", last["text"]), last


# ---- what it tells


async def test_a_stranger_sees_nobodys_journal(page: Browser) -> None:
    async with page.follows() as stream:
        await stream.until(lambda s: s.state is not None)
        await stream.until(lambda s: s.chat["whole"])
        assert stream.chat == {"entries": [], "whole": True, "text_limit": 4096, "edits": True}
        assert stream.state is not None
        assert (stream.state["trader"], stream.state["state"]) == (None, "idle")
        assert stream.state["trades"] == stream.state["messages"] == stream.state["verdicts"] == []


async def test_from_the_code_to_the_verdicts(page: Browser) -> None:
    async with page.follows() as stream:
        await page.links()
        await stream.until(lambda s: s.state and s.state["trader"])
        await page.writes(REPORT)
        await stream.until(lambda s: s.state and s.state["state"] == "awaiting_confirmation")
        assert stream.state is not None
        (draft,) = stream.state["drafts"]
        assert ["symbol", "NQ"] in draft["fields"]
        asked = await stream.reads("Is this right")
        assert await page.posts("choices", {"entry": asked["id"], "choice": 0}) == 204
        await stream.until(lambda s: s.state and s.state["state"] == "awaiting_screenshot")
        assert stream.state["charts"] == ["NQ"]
        assert await page.posts("files?name=chart.png", picture(40), **{"Content-Type": "image/png"}) == 204
        await stream.until(lambda s: s.state and s.state["verdicts"])
        await stream.reads("Your rules on NQ")
        verdicts = {verdict["rule_text"]: verdict["verdict"] for verdict in stream.state["verdicts"]}
        assert verdicts == {"Always have a stop loss": "followed", "Never risk more than 1% of the account": "violated"}
        (trade,) = stream.state["trades"]
        assert (trade["symbol"], trade["pnl"], trade["has_picture"]) == ("NQ", "1600.00", True)
        assert {"audit", "media"} <= {job["name"] for job in stream.state["jobs"]}
        assert re.search("VGL-[A-Z0-9]", str(stream.state["messages"])) is None
        sent = next(entry for entry in stream.entries.values() if entry["picture"])
        status, kind, _ = await page.gets(f"/sandbox/telegram/entries/{sent['id']}/picture")
        assert (status, kind) == (200, "image/png")
        assert (await page.gets(f"/sandbox/telegram/entries/{sent['id']}/file"))[0] == 404


async def test_numbers_where_there_are_no_buttons(served: Served, connection: asyncpg.Connection) -> None:
    async with browser(served, "whatsapp") as page, page.follows() as stream:
        await page.links()
        await page.writes(REPORT)
        asked = await stream.reads("Is this right")
        assert asked["buttons"] == []
        assert "Answer with a number" in asked["text"]
        await all_sent(connection)
        await page.writes("1")
        await stream.reads("Recorded")
    assert await connection.fetchval("select count(*) from public.trades") == 1


async def test_pictures_and_files_of_the_bot(page: Browser) -> None:
    """A chart comes back encoded as it is kept; an export opens as a file, whatever is in it."""
    await page.links()
    async with page.follows() as stream:
        await page.writes(REPORT)
        await stream.reads("Is this right")
        await page.writes("yes")
        await stream.reads("Send the picture")
        assert await page.posts("files?name=chart.png", picture(40), **{"Content-Type": "image/png"}) == 204
        await stream.reads("Your rules on NQ")
        await page.writes("/chart")
        await stream.until(lambda s: any(e["picture"] and e["who"] == "vigil" for e in s.entries.values()))
        chart = next(e["id"] for e in stream.entries.values() if e["picture"] and e["who"] == "vigil")
        status, kind, data = await page.gets(f"/sandbox/telegram/entries/{chart}/picture")
        assert (status, kind, data[:4]) == (200, "image/png", b"\x89PNG")
        await page.writes("/export")
        await stream.until(lambda s: any(entry["file"] for entry in s.entries.values()))
        export = next(entry for entry in stream.entries.values() if entry["file"])
        assert re.fullmatch(r"[\w-]+\.zip", export["file"])
        status, kind, data = await page.gets(f"/sandbox/telegram/entries/{export['id']}/file")
        assert (status, kind, data[:2]) == (200, "application/octet-stream", b"PK")


async def test_a_brokers_file(page: Browser, connection: asyncpg.Connection) -> None:
    """Dropped as any document: shown, and saved by its button."""
    await page.links()
    async with page.follows() as stream:
        assert await page.posts("files?name=fills.csv", TRADOVATE_PERFORMANCE.encode()) == 204
        shown = await stream.reads("2 new trades")
        (sent,) = (entry for entry in stream.entries.values() if entry["file"])
        assert (sent["who"], sent["file"], sent["picture"]) == ("trader", "fills.csv", False)
        assert await page.posts("choices", {"entry": shown["id"], "choice": 0}) == 204
        await stream.reads("2 trades are in your journal")
        status, kind, data = await page.gets(f"/sandbox/telegram/entries/{sent['id']}/file")
        assert (status, kind, data) == (200, "application/octet-stream", TRADOVATE_PERFORMANCE.encode())
    assert await connection.fetchval("select count(*) from public.trades where source_type = 'csv_import'") == 2


async def test_an_edit_and_a_reply(page: Browser, served: Served) -> None:
    await page.links()
    async with page.follows() as stream:
        await page.writes(REPORT)
        await stream.reads("Is this right")
        own = next(entry for entry in stream.entries.values() if entry["text"] == REPORT)
        assert await page.posts("edits", {"entry": own["id"], "text": REPORT.replace("18290", "18295")}) == 204
        asked = await stream.reads("+$1,800.00")
        assert stream.entries[own["id"]]["edited"] is True
        assert await page.posts("messages", {"text": "yes", "answers": asked["id"]}) == 204
        await stream.reads("Recorded")
        assert (await stream.wrote("yes"))["answers"] == asked["id"]
        assert await page.posts("edits", {"entry": asked["id"], "text": "not mine"}) == 404
        assert await page.posts("choices", {"entry": asked["id"], "choice": 9}) == 404
    async with browser(served, "whatsapp") as other:
        await other.writes("hello")
        assert await other.posts("edits", {"entry": 1, "text": "hi"}) == 404


async def test_what_cannot_be_stored_or_shown_is_taken_all_the_same(page: Browser) -> None:
    """NUL, half a surrogate pair, an end of event: in as on every platform, out as text."""
    await page.links()
    async with page.follows() as stream:
        assert await page.posts("messages", b'{"text": "a\\u0000b\\n\\nevent: database\\ndata: {}"}') == 204
        assert await page.posts("messages", b'{"text": "half \\ud83d of it"}') in (204, 400)
        said = await stream.wrote("event: database")
        assert said["text"] == "a\0b\n\nevent: database\ndata: {}"
        await stream.until(lambda s: s.state and s.state["trader"])


async def test_two_pages_see_the_same_and_a_later_one_all_of_it(page: Browser) -> None:
    async with page.follows() as first, page.follows() as second:
        await page.writes("hello there")
        for stream in (first, second):
            await stream.until(lambda s: len(s.entries) == 2)
        assert first.entries == second.entries
    async with page.follows() as third:
        await third.until(lambda s: len(s.entries) == 2)


async def test_after_a_restart_the_chat_is_as_it_was(dsn: str, connection: asyncpg.Connection, tmp_path: Path) -> None:
    """Words, buttons and files of both sides, once each; and a page of the process before names nothing of this one."""
    await add_demo_trader(connection)
    async with served_page(dsn, tmp_path) as served, browser(served) as page, page.follows() as stream:
        await page.links()
        await stream.reads("Where are you?")
        await page.writes(REPORT)
        await stream.reads("Is this right")
        own = await stream.wrote(REPORT)
        assert await page.posts("edits", {"entry": own["id"], "text": REPORT.replace("18290", "18295")}) == 204
        asked = await stream.reads("+$1,800.00")
        assert await page.posts("choices", {"entry": asked["id"], "choice": 0}) == 204
        await stream.reads("Send the picture, or skip")
        assert await page.posts("files?name=chart.png", picture(40), **{"Content-Type": "image/png"}) == 204
        await stream.reads("Your rules on NQ")
        assert await page.posts("files?name=fills.csv", TRADOVATE_PERFORMANCE.encode()) == 204
        await stream.reads("2 new trades")
        await page.writes("/export")
        await stream.until(lambda s: any(entry["file"] and entry["who"] == "vigil" for entry in s.entries.values()))
        await page.writes("x" * 300)
        await stream.reads("I know no city")
        before = list(stream.entries.values())
        await all_sent(connection)
    next((tmp_path / "sandbox").glob("*.csv")).unlink()
    async with served_page(dsn, tmp_path) as served, browser(served) as page, page.follows() as stream:
        await stream.until(lambda s: s.entries)
        after = list(stream.entries.values())
        assert [_told(entry) for entry in after[1:]] == [_told(entry) for entry in before[1:]]
        assert re.fullmatch(r"/link VGL-\*{4}", after[0]["text"])
        for entry in after:
            if entry["picture"] or entry["file"]:
                kind = "picture" if entry["picture"] else "file"
                status, _, _ = await page.gets(f"/sandbox/telegram/entries/{entry['id']}/{kind}")
                assert status == (200 if entry["kept"] else 404), entry
        assert [entry["file"] for entry in after if not entry["kept"]] == ["sent.csv"]
        asked = next(entry for entry in after if "+$1,800.00" in entry["text"] and entry["buttons"])
        assert await page.posts("choices", {"entry": before[1]["id"], "choice": 0}) == 404
        stream.read = after[-1]["id"]
        assert await page.posts("choices", {"entry": asked["id"], "choice": 0}) == 204
        await stream.reads("That button is out of date")
        async with page.follows() as second:
            await second.until(lambda s: len(s.entries) == len(stream.entries))
            assert list(second.entries.values()) == list(stream.entries.values())
    assert await connection.fetchval("select count(*) from public.trades") == 1


def _told(entry: dict[str, Any]) -> tuple[Any, ...]:
    """What a page shows of it, but for what no log has: the end of long words, the name of a trader's file."""
    file = entry["file"] if entry["who"] == "vigil" else bool(entry["file"])
    same = ("who", "title", "buttons", "picture", "alt", "pressed", "edited")
    return *(entry[name] for name in same), entry["text"][:200], file


async def test_a_code_is_the_demo_traders_alone(
    served: Served, page: Browser, connection: asyncpg.Connection, trader: object
) -> None:
    """A terminal gives way; a real chat does not, and without a demo trader there is no code."""
    await connection.execute("update public.profiles set telegram_chat_id = 'local:terminal' where id <> $1", trader)
    async with page.follows() as stream:
        await page.links()
        await stream.until(lambda s: s.state and s.state["trader"] == "demo@vigil.local")
    assert await connection.fetchval("select telegram_chat_id from public.profiles where id <> $1", trader) == CHAT_ID
    await connection.execute("update public.profiles set telegram_chat_id = '4001' where id <> $1", trader)
    assert await page.posts("link-code", {}) == 200
    assert await connection.fetchval("select telegram_chat_id from public.profiles where id <> $1", trader) == "4001"
    await connection.execute("delete from auth.users where id <> $1", trader)
    assert await page.posts("link-code", {}) == 404


async def test_a_closed_stream_gives_its_place_back(page: Browser) -> None:
    async with AsyncExitStack() as pages:
        streams = [await pages.enter_async_context(page.follows()) for _ in range(MOST_STREAMS)]
        await streams[-1].until(lambda s: s.state is not None)
        assert (await page.gets("/sandbox/telegram/events"))[0] == 503
        assert (await page.gets("/"))[0] == 200
    async with asyncio.timeout(20), page.follows_when_free() as stream:
        await stream.until(lambda s: s.state is not None)


async def test_open_streams_do_not_hold_up_the_end(dsn: str, tmp_path: Path) -> None:
    async with served_page(dsn, tmp_path) as served, browser(served) as page, AsyncExitStack() as pages:
        streams = [await pages.enter_async_context(page.follows()) for _ in range(3)]
        for stream in streams:
            await stream.until(lambda s: s.state is not None)
        async with asyncio.timeout(8):  # of the ten that a stop may take
            served.stop.set()
            for stream in streams:
                await stream.ended()


async def test_a_database_that_is_away(
    page: Browser, served: Served, connection: asyncpg.Connection, server_dsn: str
) -> None:
    """The page is told, the words stay with it, and it goes on by itself."""
    name = await connection.fetchval("select current_database()")
    admin = await asyncpg.connect(server_dsn)
    async with page.follows() as stream:
        await stream.until(lambda s: s.state is not None)
        try:
            await admin.execute(f'alter database "{name}" allow_connections false')
            await admin.execute(CUT, name)
            assert await page.posts("messages", {"text": "anybody there?"}) == 503
            await stream.until(lambda s: s.state is None and s.states > 1)
            said = (await stream.wrote("anybody there?"))["id"]
            await stream.until(lambda s: s.entries[said]["failed"])
        finally:
            await admin.execute(f'alter database "{name}" allow_connections true')
            await admin.close()
        await stream.until(lambda s: s.state is not None)


async def test_what_is_said_waits_for_no_slow_look(page: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database answers turns; what the page asks of it takes as long as it takes, and the page is told so."""
    asked, answered, watched = asyncio.Event(), asyncio.Event(), watching.watched

    async def slow(connection: asyncpg.Connection, chat: Chat) -> watching.Watched:
        asked.set()
        await answered.wait()
        return await watched(connection, chat)

    monkeypatch.setattr(watching, "watched", slow)
    monkeypatch.setattr("bot.sandbox.stream.SLOW_SECONDS", 0.1)
    async with page.follows() as stalled:
        await asked.wait()
        await page.writes("hello there")
        await stalled.until(lambda s: len(s.entries) == 2)
        await stalled.until(lambda s: s.states)
        assert stalled.state is None
        answered.set()
        await stalled.until(lambda s: s.state is not None)
        assert stalled.states == 2


@pytest.mark.parametrize(("parts", "status"), [(PARTS, 200), (("jobs",), 404)])
async def test_the_worker_says_where_it_is(
    dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], parts: tuple[str, ...], status: int
) -> None:
    """`vigil run` with no platform configured; a process of a part has no page."""
    settings = read_settings(None, database_url=dsn, data_dir=tmp_path, port=free_port())
    running = asyncio.create_task(run_worker(settings, frozenset(parts)))
    said = ""
    async with asyncio.timeout(30):
        while "\nready\n" not in said and not running.done():
            await asyncio.sleep(0.02)
            said += capsys.readouterr().out
    address = f"http://127.0.0.1:{settings.port}/"
    assert (f"Try it: {address} " in said) == (status == 200)
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        assert answer.status == status
    signal.raise_signal(signal.SIGTERM)
    await running
