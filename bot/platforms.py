"""The adapters of the platforms that are configured. An SDK is imported only where its platform is: all take 3 s."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from pydantic import SecretStr

from adapters import Adapter
from adapters.sandbox import Sandbox
from bot.commands import descriptions, menu
from bot.fetching import loader, signer
from bot.forms import prefill
from bot.media_links import media_links
from bot.settings import Settings
from bot.store import ScreenshotStore
from bot.symbols import Symbols
from statemachine.message import PLATFORMS, Platform


def adapters_of(
    settings: Settings, platforms: Iterable[Platform], store: ScreenshotStore, symbols: Symbols
) -> list[Adapter]:
    """The adapters of those of `platforms` that are configured."""
    wanted = frozenset(platforms)
    served = (platform for platform in settings.configured_platforms if platform in wanted)
    return [MAKERS[platform](settings, store, symbols) for platform in served]


PAGE_HOSTS: Final[Mapping[str, str]] = MappingProxyType(
    {"127.0.0.1": "127.0.0.1", "localhost": "localhost", "::1": "[::1]", "0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104
)
"""By HOST, where a browser of this machine finds the sandbox page; where it finds none, there is no page."""


def sandbox_of(settings: Settings, store: ScreenshotStore) -> list[Adapter]:
    """The four chats of the sandbox page: where no platform is configured, or where SANDBOX asks for it."""
    off = settings.sandbox == "off" or (settings.sandbox == "auto" and settings.configured_platforms)
    if off or settings.host not in PAGE_HOSTS:
        return []
    return [Sandbox(platform, settings.data_dir, loader(store)) for platform in PLATFORMS]


def _telegram(settings: Settings, store: ScreenshotStore, _: Symbols) -> Adapter:
    from adapters.telegram import Telegram

    secret = settings.telegram_webhook_secret
    return Telegram(
        _set(settings.telegram_bot_token),
        api_url=settings.telegram_api_url,
        webhook_secret=secret.get_secret_value() if secret else None,
        public_url=settings.public_url,
        commands=menu(),
        words=descriptions(),
        load_image=loader(store),
    )


def _discord(settings: Settings, store: ScreenshotStore, symbols: Symbols) -> Adapter:
    from adapters.discord import Discord

    return Discord(
        _set(settings.discord_bot_token),
        api_url=settings.discord_api_url,
        gateway_url=settings.discord_gateway_url,
        guild_id=settings.discord_guild_id,
        commands=menu(),
        words=descriptions(),
        symbols=symbols,
        form=prefill,
        load_image=loader(store),
    )


def _whatsapp(settings: Settings, store: ScreenshotStore, _: Symbols) -> Adapter:
    from adapters.whatsapp import WhatsApp

    links = media_links(settings, store)
    return WhatsApp(
        _set(settings.twilio_account_sid),
        _set(settings.twilio_auth_token),
        _set(settings.twilio_whatsapp_from),
        public_url=_set(settings.public_url),
        api_url=settings.twilio_api_url,
        template_sid=settings.twilio_template_sid,
        load_image=loader(store),
        media_url=links.url if links else None,
        sign=signer(store, _set(settings.public_url)),
    )


def _email(settings: Settings, store: ScreenshotStore, _: Symbols) -> Adapter:
    from adapters.mail import Mail

    return Mail(
        _set(settings.imap_url),
        _set(settings.smtp_url),
        _set(settings.mail_from),
        authserv_id=settings.mail_authserv_id,
        load_image=loader(store),
    )


def _set(value: str | SecretStr | None) -> str:
    """A setting that the others of its platform cannot be without: Settings refuses them then."""
    assert value is not None  # noqa: S101
    return value.get_secret_value() if isinstance(value, SecretStr) else value


MAKERS: Final[Mapping[Platform, Callable[[Settings, ScreenshotStore, Symbols], Adapter]]] = MappingProxyType(
    {"telegram": _telegram, "discord": _discord, "whatsapp": _whatsapp, "email": _email}
)
