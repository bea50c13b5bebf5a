"""Everything the operator can set, read once from the environment and `.env`; an empty value counts as unset.

A wrong value becomes one OperatorError that names the variable and what it must look like, and never the value.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import parse_qs, unquote

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.connecting import with_authority
from statemachine.errors import OperatorError
from statemachine.message import PLATFORMS, Platform

Text = TypeVar("Text", str, SecretStr, str | None, SecretStr | None)

TRANSACTION_POOLER_PORT = 6543
"""Supabase's pooler lends a server connection per transaction on this port (its docs, "Connect to your database")."""

_HOST = r"(?:\[[0-9a-fA-F:.]+\]|[^\[\]:,/?#@\s]*)(?::\d{1,5})?"
_DSN = re.compile(rf"postgres(?:ql)?://(?:\S*@)?(?P<hosts>{_HOST}(?:,{_HOST})*)(?:/[^?#\s]*)?(?:\?(?P<query>\S*))?")
_URL_PASSWORD = re.compile(r"://[^:/@\s]*:(\S+)@")


def _shaped(pattern: str, shape: str) -> AfterValidator:
    """Refuse a value that does not match `pattern` from end to end; `shape` completes "NAME must be …"."""
    compiled = re.compile(pattern)

    def check(value: Text) -> Text:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if text is not None and not compiled.fullmatch(text):
            raise PydanticCustomError("shape", "must be {shape}", {"shape": shape})
        return value

    return AfterValidator(check)


def _key_of_32_bytes(value: SecretStr | None) -> SecretStr | None:
    if value is not None and len(_decoded(value)) != 32:
        raise PydanticCustomError("shape", "must be 32 random bytes in base64 (openssl rand -base64 32)")
    return value


def _decoded(value: SecretStr) -> bytes:
    """The bytes behind base64, standard or URL-safe; nothing where it is neither."""
    text = value.get_secret_value().replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _without_whatsapp(value: Any) -> Any:
    """Twilio's console shows the number as `whatsapp:+1…`; inside it is plain E.164."""
    return value.removeprefix("whatsapp:") if isinstance(value, str) else value


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _no_slash(value: str | None) -> str | None:
    return value.rstrip("/") if value is not None else None


Dsn = Annotated[
    SecretStr | None,
    _shaped(_DSN.pattern, "postgresql://user:password@host:port/database, the password percent-encoded"),
]
_HTTP = _shaped(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?", "https://host or http://host")
HttpUrl = Annotated[str | None, _HTTP, AfterValidator(_no_slash)]
RequiredHttpUrl = Annotated[str, _HTTP, AfterValidator(_no_slash)]
Days = Annotated[int, Field(ge=1, le=36_500)]
"""How long something is kept: docs/data.md."""
Seconds = Annotated[PositiveFloat, Field(le=3600, allow_inf_nan=False)]
Price = Annotated[Decimal | None, Field(ge=0, le=10_000, allow_inf_nan=False)]
"""US dollars for a million tokens."""


class Settings(BaseSettings):
    """One attribute per environment variable, named like it in lower case."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    database_url: Dsn = None
    database_direct_url: Dsn = None
    database_ca_file: Path | None = None
    supabase_url: HttpUrl = None
    supabase_service_role_key: SecretStr | None = None
    data_dir: Path = Path(".vigil")

    telegram_bot_token: Annotated[
        SecretStr | None, _shaped(r"\d+:[A-Za-z0-9_-]+", "the token BotFather gave, like 123456789:AA…")
    ] = None
    telegram_api_url: RequiredHttpUrl = "https://api.telegram.org"
    telegram_webhook_secret: Annotated[
        SecretStr | None, _shaped(r"[A-Za-z0-9_-]{1,256}", "1 to 256 of A-Z a-z 0-9 _ -")
    ] = None

    discord_bot_token: Annotated[SecretStr | None, _shaped(r"\S+", "the bot's token, without spaces")] = None
    discord_api_url: RequiredHttpUrl = "https://discord.com/api/v10"
    discord_gateway_url: Annotated[str | None, _shaped(r"wss?://\S+", "wss://host")] = None
    discord_guild_id: PositiveInt | None = None

    twilio_account_sid: Annotated[str | None, _shaped(r"AC[0-9A-Za-z]+", "the account SID, AC…")] = None
    twilio_auth_token: SecretStr | None = None
    twilio_whatsapp_from: Annotated[
        str | None, BeforeValidator(_without_whatsapp), _shaped(r"\+\d{7,15}", "a number like +14155238886")
    ] = None
    twilio_api_url: RequiredHttpUrl = "https://api.twilio.com"
    twilio_template_sid: Annotated[str | None, _shaped(r"HX[0-9A-Za-z]+", "a content SID, HX…")] = None

    imap_url: Annotated[
        SecretStr | None, _shaped(r"imaps?://[^\s/]+:[^\s/]+@[^\s/@]+(?:/\S*)?", "imaps://user:password@host:993/INBOX")
    ] = None
    smtp_url: Annotated[
        SecretStr | None, _shaped(r"smtps?://(?:\S+@)?[^\s/@]+/?", "smtps://user:password@host:465 or smtp://…")
    ] = None
    mail_from: Annotated[str | None, _shaped(r"[^@\s<>]+@[^@\s<>]+", "an address like journal@example.com")] = None
    mail_authserv_id: Annotated[str | None, _shaped(r"\S+", "one name, without spaces")] = None

    openai_api_key: Annotated[SecretStr | None, _shaped(r"\S+", "one key, without spaces")] = None
    openai_base_url: RequiredHttpUrl = "https://api.openai.com/v1"
    openai_model: str = "gpt-5.4-mini"
    openai_transcription_model: str = "gpt-transcribe"
    ai_keys_secret: Annotated[SecretStr | None, AfterValidator(_key_of_32_bytes)] = None
    share_secret: SecretStr | None = None
    share_url: HttpUrl = None
    metrics_token: SecretStr | None = None

    public_url: HttpUrl = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    sandbox: Annotated[Literal["auto", "on", "off"], BeforeValidator(_lower)] = "auto"
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = "console"
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = "INFO"

    pool_size: PositiveInt = 10
    messages_per_minute: PositiveInt = 30
    pictures_per_day: PositiveInt = 50
    picture_megabytes_per_day: PositiveInt = 500
    active_rules: PositiveInt = 100
    rule_characters: PositiveInt = 1000
    ai_calls_per_day: PositiveInt = 500
    ai_tokens_per_day: Annotated[int, Field(ge=10_000)] = 1_000_000
    ai_input_price: Price = None
    ai_output_price: Price = None
    try_calls_per_day: Annotated[int, Field(ge=0)] = 50
    announcements_per_minute: PositiveInt = 120
    reminders_per_minute: PositiveInt = 600
    announcement_days: Annotated[PositiveInt, Field(le=90)] = 14
    voice_minutes: Annotated[PositiveInt, Field(le=60)] = 5
    voice_megabytes: Annotated[PositiveInt, Field(le=25)] = 10
    hearing_seconds: Annotated[PositiveFloat, Field(le=30, allow_inf_nan=False)] = 30.0
    reading_seconds: Annotated[PositiveFloat, Field(le=30, allow_inf_nan=False)] = 20.0
    link_tries_per_chat: PositiveInt = 5
    link_tries_per_platform: PositiveInt = 100
    screenshot_days: Annotated[int, Field(ge=2, le=36_500)] = 90
    exports_per_day: PositiveInt = 3
    charts_per_day: PositiveInt = 30
    chart_processes: Annotated[PositiveInt, Field(le=16)] = 2
    keep_link_codes_days: Days = 7
    keep_failed_days: Days = 30
    keep_message_keys_days: Annotated[int, Field(ge=30, le=36_500)] = 400
    keep_message_log_days: Days | None = None
    keep_replies_days: Days = 90
    keep_strangers_days: Days = 90
    keep_job_log_days: Days = 7
    keep_changes_days: Days = 365
    disk_reserve_megabytes: Annotated[int, Field(ge=0)] = 256
    album_wait_seconds: Seconds = 1.0
    job_heartbeat_seconds: Seconds = 30.0
    sweep_seconds: Seconds = 30.0

    @model_validator(mode="before")
    @classmethod
    def _drop_blank(cls, values: dict[str, Any]) -> dict[str, Any]:
        trimmed = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        return {name: value for name, value in trimmed.items() if value != ""}

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        for name, needed in _NEEDS.items():
            missing = [other for other in needed if getattr(self, name) is not None and getattr(self, other) is None]
            if missing:
                _refuse(f"{missing[0].upper()} must be set too where {name.upper()} is set")
        if self.database_direct_url is None and TRANSACTION_POOLER_PORT in _ports(self.database_url):
            _refuse(
                f"DATABASE_URL is a transaction pooler (port {TRANSACTION_POOLER_PORT}): "
                "set DATABASE_DIRECT_URL to a direct or session connection (port 5432)"
            )
        if TRANSACTION_POOLER_PORT in _ports(self.database_direct_url):
            _refuse(
                "DATABASE_DIRECT_URL must be a direct or session connection (port 5432), "
                f"not the transaction pooler on port {TRANSACTION_POOLER_PORT}"
            )
        return self

    @property
    def configured_platforms(self) -> tuple[Platform, ...]:
        """The platforms that have what they need, in the order of PLATFORMS."""
        configured: dict[Platform, bool] = {
            "telegram": self.telegram_configured,
            "discord": self.discord_bot_token is not None,
            "whatsapp": self.twilio_account_sid is not None,
            "email": self.imap_url is not None,
        }
        return tuple(platform for platform in PLATFORMS if configured[platform])

    @property
    def telegram_configured(self) -> bool:
        return self.telegram_bot_token is not None

    @property
    def is_transaction_pooler(self) -> bool:
        """No prepared statements, LISTEN or session locks on DATABASE_URL: those need `direct_url`."""
        pooled, direct = self.database_url, self.database_direct_url
        return TRANSACTION_POOLER_PORT in _ports(pooled) or (direct is not None and direct != pooled)

    @property
    def direct_url(self) -> SecretStr | None:
        """Where a session may be kept: LISTEN, advisory locks, migrations. None: the embedded server."""
        return self.database_direct_url or self.database_url

    def trusting(self, dsn: SecretStr) -> str:
        """A connection string with the authorities of DATABASE_CA_FILE, where it names none itself."""
        text = dsn.get_secret_value()
        return text if self.database_ca_file is None else with_authority(text, self.database_ca_file)

    @property
    def ai_keys_key(self) -> bytes | None:
        """AI_KEYS_SECRET decoded: 32 bytes."""
        return None if self.ai_keys_secret is None else _decoded(self.ai_keys_secret)

    @property
    def secret_values(self) -> frozenset[str]:
        """Every secret in clear, the passwords inside URLs also by themselves: what no log may show."""
        return frozenset(self._secrets())

    def _secrets(self) -> Iterator[str]:
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                yield value.get_secret_value()
                for password in _URL_PASSWORD.findall(value.get_secret_value()):
                    yield password
                    yield unquote(password)


_NEEDS: dict[str, tuple[str, ...]] = {
    "database_direct_url": ("database_url",),
    "supabase_url": ("supabase_service_role_key",),
    "supabase_service_role_key": ("supabase_url",),
    "telegram_webhook_secret": ("public_url",),
    # Twilio signs the public address, so a webhook cannot be verified without knowing it.
    "twilio_account_sid": ("twilio_auth_token", "twilio_whatsapp_from", "public_url"),
    "twilio_auth_token": ("twilio_account_sid",),
    "twilio_whatsapp_from": ("twilio_account_sid",),
    "imap_url": ("smtp_url", "mail_from"),
    "smtp_url": ("imap_url",),
    "mail_from": ("imap_url",),
    "ai_input_price": ("ai_output_price",),
    "ai_output_price": ("ai_input_price",),
}
"""Which variables are of no use without others."""


def read_settings(env_file: Path | str | None = ".env", **given: Any) -> Settings:
    """The settings from the environment, then `env_file`; `given` (by attribute name) goes before both.

    Raises OperatorError with one line for everything that is wrong.
    """
    try:
        return Settings(**{"_env_file": env_file, **given})
    except ValidationError as error:
        raise OperatorError("; ".join(_line(detail) for detail in error.errors(include_input=False))) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise OperatorError(f"{env_file} cannot be read: {reason}") from None


def _line(detail: ErrorDetails) -> str:
    message = detail["msg"].replace("Input should be", "must be")
    return f"{str(detail['loc'][0]).upper()} {message}" if detail["loc"] else message


def _refuse(message: str) -> None:
    raise PydanticCustomError("together", "{message}", {"message": message})


def _ports(dsn: SecretStr | None) -> set[int]:
    """All ports a connection string names: of each host, and of its query."""
    match = _DSN.fullmatch(dsn.get_secret_value()) if dsn is not None else None
    if match is None:
        return set()
    ports = re.findall(r":(\d+)(?=,|$)", match["hosts"])
    for value in parse_qs(match["query"] or "").get("port", []):
        ports += value.split(",")
    return {int(port) for port in ports if port.isdigit()}
