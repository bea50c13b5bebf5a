"""Pictures that a platform fetches from us: signed, one file, ten minutes; nothing else opens."""

import base64
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import aiohttp
import pytest

from bot.media_links import VALID_SECONDS, MediaLinks, media_links
from bot.server import serving
from bot.settings import Settings
from bot.store import LocalStore, screenshot_path
from statemachine.errors import StoreError, Unavailable

SECRET = "s3cret"
ANN, BEN = UUID(int=1), UUID(int=2)
PNG = b"\x89PNG a picture"
MADE = datetime(2026, 3, 23, 15, 0, tzinfo=UTC)
PATH = screenshot_path(ANN, UUID(int=7), MADE, "png")


class Site:
    """Our side on a real socket, with a clock to turn."""

    def __init__(self, store: LocalStore) -> None:
        self.time = time.time()
        self.links = MediaLinks(SECRET, "https://vigil.example.com/", store, now=lambda: self.time)
        self.session: aiohttp.ClientSession

    def token(self, path: str = PATH) -> str:
        return self.links.url(path).rpartition("/")[2]

    async def get(self, token: str) -> tuple[int, bytes, Mapping[str, str]]:
        async with self.session.get(f"/media/{token}") as answer:
            return answer.status, await answer.read(), answer.headers


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    store = LocalStore(tmp_path / "screenshots")
    await store.put(PATH, PNG, "image/png")
    site = Site(store)

    async def ready() -> Mapping[str, bool]:
        return {}

    settings = Settings(_env_file=None, port=0)  # type: ignore[call-arg]
    async with (
        serving(settings, site.links.routes(), ready) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as site.session,
    ):
        yield site


async def test_a_link_shows_its_picture_and_nobody_keeps_it(site: Site) -> None:
    assert site.links.url(PATH).startswith("https://vigil.example.com/media/")
    status, body, headers = await site.get(site.token())
    assert (status, body) == (200, PNG)
    assert headers["Content-Type"] == "image/png"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_after_ten_minutes_a_link_is_nothing(site: Site) -> None:
    token = site.token()
    site.time += VALID_SECONDS - 1
    assert (await site.get(token))[0] == 200
    site.time += 2
    assert (await site.get(token))[:2] == (404, b"not found")


async def test_no_changed_or_invented_token_opens(site: Site) -> None:
    token = site.token()
    signed = base64.urlsafe_b64decode(token + "==")
    signature, named = signed[:32], signed[32:]
    later = named.replace(named[:10], b"9999999999", 1)
    other = named.replace(str(ANN).encode(), str(BEN).encode())
    assert later != named != other
    tokens = [encoded(signature + later), encoded(signature + other), encoded(named), encoded(signature), token[:-2]]
    tokens += [f"{token}x", token.swapcase(), "x", "%00", "..%2f..%2fetc%2fpasswd", "A" * 5000, "é" * 20, "=" * 8]
    for forged in tokens:
        assert (await site.get(forged))[0] == 404, forged
    assert (await site.get(token))[0] == 200


async def test_a_secret_of_another_worker_opens_nothing(site: Site, tmp_path: Path) -> None:
    stranger = MediaLinks("another", "https://vigil.example.com", LocalStore(tmp_path))
    assert (await site.get(stranger.url(PATH).rpartition("/")[2]))[0] == 404


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "/etc/passwd", "", f"{PATH}/../x", f"{PATH}.exe", "http://x/y.png"]
)
async def test_only_paths_of_the_store_get_a_link(site: Site, path: str) -> None:
    with pytest.raises(StoreError):
        site.links.url(path)


async def test_a_picture_that_is_gone(site: Site) -> None:
    gone = screenshot_path(BEN, UUID(int=7), MADE, "webp")
    assert (await site.get(site.token(gone)))[0] == 404


class AwayStore(LocalStore):
    async def get(self, path: str) -> bytes:
        raise Unavailable


async def test_a_store_that_is_away_is_asked_again(site: Site, tmp_path: Path) -> None:
    site.links._store = AwayStore(tmp_path)
    assert (await site.get(site.token()))[0] == 503


async def test_links_are_made_where_whatsapp_is_configured(tmp_path: Path) -> None:
    twilio = {"twilio_account_sid": "AC1", "twilio_auth_token": "t0ken", "twilio_whatsapp_from": "+14155238886"}
    public = {"public_url": "https://vigil.example.com"}
    assert media_links(settings(**public, share_secret="x"), LocalStore(tmp_path)) is None
    by_token = media_links(settings(**public, **twilio), LocalStore(tmp_path))
    by_secret = media_links(settings(**public, **twilio, share_secret=SECRET), LocalStore(tmp_path))
    assert by_token is not None
    assert by_secret is not None
    assert by_secret._path_of(by_secret.url(PATH).rpartition("/")[2]) == PATH
    assert by_secret._path_of(by_token.url(PATH).rpartition("/")[2]) is None


def settings(**given: str) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
