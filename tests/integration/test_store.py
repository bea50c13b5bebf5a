"""Both screenshot stores against one contract, and each against its own dangers."""

import os
import socket
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest

from bot.store import LONGEST_LINK, LocalStore, ScreenshotStore, StoredFile, screenshot_path
from bot.supabase_store import SupabaseStore
from statemachine.errors import Conflict, StoreError, Unavailable
from tests.servers.storage import StorageServer, Stored, storage_server

USER = UUID("11111111-1111-4111-8111-111111111111")
TRADE = UUID("22222222-2222-4222-8222-222222222222")
OTHER = UUID("33333333-3333-4333-8333-333333333333")
AT = datetime(2026, 11, 23, 14, 5, 6, 123456, tzinfo=UTC)
PATH = screenshot_path(USER, TRADE, AT, "png")
PICTURE = b"\x89PNG pretend"

HOSTILE_PATHS = [
    "",
    "a.png",
    "/etc/passwd",
    f"../{PATH}",
    f"{PATH}/../../x",
    f"{USER}/../{OTHER}/{TRADE}-1764000000.png",
    f"{PATH}\n",
    f"{PATH}\0",
    PATH.replace(".png", ".svg"),
    PATH.replace(".png", ".png.html"),
    PATH.replace("/", "//"),
    PATH.replace("/", "\\"),
    PATH.replace("/", "%2f"),
    PATH.replace("11111111", "١١١١١١١١"),
    f"{USER}/{TRADE}-.png",
    f"{USER}/{TRADE}-1.png",
    f"https://evil.example/{PATH}",
]


@pytest.fixture
async def server() -> AsyncIterator[StorageServer]:
    async with storage_server() as running:
        yield running


@pytest.fixture
async def supabase(server: StorageServer) -> AsyncIterator[SupabaseStore]:
    store = SupabaseStore(server.url, server.key, seconds=2)
    yield store
    await store.close()


@pytest.fixture
def local(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "data" / "screenshots")


@pytest.fixture(params=["local", "supabase"])
def store(request: pytest.FixtureRequest, local: LocalStore, supabase: SupabaseStore) -> ScreenshotStore:
    return local if request.param == "local" else supabase


def test_a_path_names_user_trade_and_moment() -> None:
    assert f"{USER}/{TRADE}-1795442706123456.png" == PATH
    assert screenshot_path(USER, TRADE, AT.astimezone(ZoneInfo("America/New_York")), "png") == PATH
    assert screenshot_path(USER, TRADE, AT + timedelta(microseconds=1), "png") != PATH
    with pytest.raises(StoreError):
        screenshot_path(USER, TRADE, AT, "svg")


async def test_what_was_put_is_got_until_removed(store: ScreenshotStore) -> None:
    await store.put(PATH, PICTURE, "image/png")
    assert await store.get(PATH) == PICTURE
    await store.remove([PATH, screenshot_path(USER, OTHER, AT, "webp")])
    with pytest.raises(StoreError) as missing:
        await store.get(PATH)
    assert not isinstance(missing.value, Unavailable)
    await store.remove([PATH])
    await store.remove([])


async def test_a_taken_path_is_a_conflict_and_keeps_the_first(store: ScreenshotStore) -> None:
    await store.put(PATH, PICTURE, "image/png")
    with pytest.raises(Conflict):
        await store.put(PATH, b"another", "image/png")
    assert await store.get(PATH) == PICTURE


async def test_what_the_bucket_would_refuse_is_refused(store: ScreenshotStore) -> None:
    with pytest.raises(StoreError):
        await store.put(PATH, b"<svg/>", "image/svg+xml")
    with pytest.raises(StoreError):
        await store.put(PATH, b"x" * (5 * 1024 * 1024 + 1), "image/png")
    with pytest.raises(StoreError):
        await store.get(PATH)


@pytest.mark.parametrize("path", HOSTILE_PATHS)
async def test_a_path_that_is_none_reaches_nothing(store: ScreenshotStore, server: StorageServer, path: str) -> None:
    with pytest.raises(StoreError):
        await store.put(path, PICTURE, "image/png")
    with pytest.raises(StoreError):
        await store.get(path)
    with pytest.raises(StoreError):
        await store.remove([PATH, path])
    with pytest.raises(StoreError):
        store.url(path)
    assert server.requests == []


async def test_an_address_leads_back_to_its_path_only_for_its_own_trade(store: ScreenshotStore) -> None:
    url = store.url(PATH)
    assert store.path_of(url, USER, TRADE) == PATH
    milliseconds = f"{USER}/{TRADE}-1795442706123.jpg"
    assert store.path_of(store.url(milliseconds), USER, TRADE) == milliseconds
    for user, trade in [(OTHER, TRADE), (USER, OTHER), (TRADE, USER)]:
        with pytest.raises(StoreError):
            store.path_of(url, user, trade)


@pytest.mark.parametrize("path", HOSTILE_PATHS)
async def test_hostile_addresses_lead_nowhere(store: ScreenshotStore, path: str) -> None:
    prefix = store.url(PATH).removesuffix(PATH)
    for url in (prefix + path, f"http://evil.example/{PATH}", f"{prefix}{PATH}?x=1"):
        with pytest.raises(StoreError):
            store.path_of(url, USER, TRADE)


async def test_the_address_is_what_the_web_app_reads(supabase: SupabaseStore, server: StorageServer) -> None:
    assert supabase.url(PATH) == f"{server.url}/storage/v1/object/screenshots/{PATH}"


async def test_the_folder_is_for_us_alone(local: LocalStore, tmp_path: Path) -> None:
    await local.put(PATH, PICTURE, "image/png")
    root = tmp_path / "data" / "screenshots"
    for folder in (root, root / str(USER)):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((root / PATH).stat().st_mode) == 0o600
    assert [file.name for file in (root / str(USER)).iterdir()] == [PATH.split("/")[1]]


async def test_a_link_does_not_lead_out_of_the_folder(local: LocalStore, tmp_path: Path) -> None:
    root, outside = tmp_path / "data" / "screenshots", tmp_path / "outside"
    root.mkdir(parents=True)
    outside.mkdir()
    (outside / PATH.split("/")[1]).write_bytes(b"secret")
    (root / str(USER)).symlink_to(outside)
    with pytest.raises(StoreError):
        await local.get(PATH)
    (root / str(USER)).unlink()
    (root / str(USER)).mkdir()
    (root / PATH).symlink_to(outside / PATH.split("/")[1])
    with pytest.raises(StoreError):
        await local.get(PATH)
    with pytest.raises(StoreError):
        await local.remove([PATH])
    assert os.listdir(outside)


async def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable):
        await LocalStore(tmp_path / "file" / "screenshots").put(PATH, PICTURE, "image/png")


async def test_a_wrong_service_key_is_refused_for_good(server: StorageServer) -> None:
    store = SupabaseStore(server.url + "/", "not-the-key")
    with pytest.raises(StoreError) as refused:
        await store.put(PATH, PICTURE, "image/png")
    assert type(refused.value) is StoreError
    assert "403" in str(refused.value)
    assert "not-the-key" not in str(refused.value)
    await store.close()
    await store.close()


@pytest.mark.parametrize("outage", [500, 502, 503, 429, 3.0, "garbage"])
async def test_an_outage_is_unavailable_and_passes(
    supabase: SupabaseStore, server: StorageServer, outage: int | float | str
) -> None:
    server.script.append(outage)
    with pytest.raises(Unavailable):
        await supabase.put(PATH, PICTURE, "image/png")
    server.objects.clear()
    await supabase.put(PATH, PICTURE, "image/png")
    assert server.objects == {PATH: Stored(PICTURE, "image/png")}


async def test_no_server_is_unavailable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        store = SupabaseStore(f"http://127.0.0.1:{taken.getsockname()[1]}", "key", seconds=2)
        with pytest.raises(Unavailable):
            await store.get(PATH)
        await store.close()


async def test_many_pictures_are_removed_in_portions(supabase: SupabaseStore, server: StorageServer) -> None:
    paths = [screenshot_path(USER, TRADE, AT + timedelta(seconds=n), "jpg") for n in range(205)]
    server.objects.update({path: Stored(PICTURE, "image/jpeg") for path in paths})
    await supabase.remove(paths)
    assert server.objects == {}
    assert len(server.requests) == 3


async def test_what_is_kept_is_listed(store: ScreenshotStore) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    other = screenshot_path(OTHER, TRADE, AT, "jpg")
    assert (await store.folders(), await store.files(USER)) == ([], [])
    for path, mime in ((PATH, "image/png"), (other, "image/jpeg")):
        await store.put(path, PICTURE, mime)
    assert await store.folders() == [USER, OTHER]
    (file,) = await store.files(USER)
    assert (file.path, file.trade_id) == (PATH, TRADE)
    assert before < file.at < datetime.now(UTC) + timedelta(seconds=1)
    assert await store.has(PATH)
    await store.discard(USER, [file, StoredFile(f"{USER}/gone.png", AT)])
    assert not await store.has(PATH)
    assert await store.folders() == [OTHER]
    assert [left.path for left in await store.files(OTHER)] == [other]


async def test_nobody_elses_file_is_discarded(store: ScreenshotStore) -> None:
    await store.put(PATH, PICTURE, "image/png")
    with pytest.raises(StoreError):
        await store.discard(OTHER, await store.files(USER))
    assert await store.has(PATH)


async def test_what_a_broken_upload_left_is_listed_and_discarded(local: LocalStore, tmp_path: Path) -> None:
    await local.put(PATH, PICTURE, "image/png")
    (tmp_path / "data" / "screenshots" / str(USER) / ".new-abc").write_bytes(b"half a pic")
    half = [file for file in await local.files(USER) if file.path != PATH]
    assert [(file.path, file.trade_id) for file in half] == [(f"{USER}/.new-abc", None)]
    await local.discard(USER, half)
    assert [file.path for file in await local.files(USER)] == [PATH]


async def test_no_list_and_no_removal_follows_a_link(local: LocalStore, tmp_path: Path) -> None:
    root, outside = tmp_path / "data" / "screenshots", tmp_path / "outside"
    root.mkdir(parents=True)
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    (root / str(USER)).symlink_to(outside)
    (root / "lost+found").mkdir()
    assert (await local.folders(), await local.files(USER)) == ([], [])
    with pytest.raises(StoreError):
        await local.discard(USER, [StoredFile(f"{USER}/secret", AT)])
    await local.discard(OTHER, [StoredFile(f"{OTHER}/../../../outside/secret", AT)])
    assert os.listdir(outside) == ["secret"]


async def test_long_lists_come_in_pages_and_folders_in_folders(supabase: SupabaseStore, server: StorageServer) -> None:
    paths = [screenshot_path(USER, TRADE, AT + timedelta(seconds=n), "jpg") for n in range(2000)]
    paths += [f"{USER}/deeper/and/deeper.png", f"{USER}/deeper/still.png"]
    server.objects.update({path: Stored(PICTURE, "image/jpeg", AT) for path in [*paths, "loose.png", "odd/1.png"]})
    assert await supabase.folders() == [USER]
    listed = await supabase.files(USER)
    assert sorted(file.path for file in listed) == sorted(paths)
    assert {file.at for file in listed} == {AT.replace(microsecond=123000)}
    await supabase.discard(USER, listed)
    assert sorted(server.objects) == ["loose.png", "odd/1.png"]


async def test_a_key_that_may_not_delete_is_told(supabase: SupabaseStore, server: StorageServer) -> None:
    await supabase.put(PATH, PICTURE, "image/png")
    server.may_delete = False
    for removing in (supabase.remove([PATH]), supabase.discard(USER, await supabase.files(USER))):
        with pytest.raises(StoreError, match="service role"):
            await removing
    assert PATH in server.objects


async def test_a_name_that_is_no_path_stops_nothing(supabase: SupabaseStore, server: StorageServer) -> None:
    """Somebody removed it meanwhile, so Storage answers that nothing was deleted."""
    await supabase.discard(USER, [StoredFile(f"{USER}/a/../b.png", AT), StoredFile(f"{USER}/./c.png", AT)])
    assert [method for method, _ in server.requests] == ["DELETE"]


async def test_a_signed_address_opens_one_picture_for_a_while(supabase: SupabaseStore, server: StorageServer) -> None:
    await supabase.put(PATH, PICTURE, "image/png")
    address = await supabase.sign(PATH, 60)
    assert address is not None
    async with httpx.AsyncClient() as anybody:
        assert (await anybody.get(address)).content == PICTURE
        assert (await anybody.get(supabase.url(PATH))).status_code == 400
        other = await anybody.get(address.replace(str(TRADE), str(OTHER)))
        server.signed = {token: (name, 0.0) for token, (name, _) in server.signed.items()}
        ended = await anybody.get(address)
    assert [(answer.status_code, answer.json()["message"]) for answer in (other, ended)] == [
        (400, "invalid signature"),
        (400, "jwt expired"),
    ]


async def test_no_address_lives_longer_than_a_quarter_of_an_hour(
    supabase: SupabaseStore, server: StorageServer, local: LocalStore
) -> None:
    for seconds in (0, LONGEST_LINK + 1):
        with pytest.raises(StoreError):
            await supabase.sign(PATH, seconds)
    with pytest.raises(StoreError):
        await supabase.sign(f"{USER}/../{OTHER}.png", 60)
    assert server.requests == []
    with pytest.raises(StoreError, match="no such screenshot"):
        await supabase.sign(PATH, LONGEST_LINK)
    assert await local.sign(PATH, 60) is None


@pytest.mark.parametrize(
    ("code", "kind", "word"),
    [
        ("401", StoreError, "SERVICE_ROLE_KEY"),
        ("403", StoreError, "SERVICE_ROLE_KEY"),
        ("404", StoreError, "no such screenshot"),
        ("409", Conflict, "already"),
        ("413", StoreError, "size"),
        ("415", StoreError, "type"),
        ("429", Unavailable, "429"),
        ("500", Unavailable, "500"),
        ("400", StoreError, "refuses this"),
    ],
)
async def test_the_code_in_the_body_is_what_counts(
    supabase: SupabaseStore, server: StorageServer, code: str, kind: type[StoreError], word: str
) -> None:
    """Each of these comes as HTTP 400."""
    for call in (supabase.get(PATH), supabase.has(PATH), supabase.files(USER), supabase.sign(PATH, 60)):
        server.script.append(code)
        with pytest.raises(StoreError, match=word) as refused:
            await call
        assert type(refused.value) is kind
