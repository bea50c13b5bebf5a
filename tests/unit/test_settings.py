"""What the operator sets: read, defaulted, and refused in one line that never shows a secret."""

import base64
import os
from pathlib import Path

import pytest

from bot.settings import Settings, read_settings
from statemachine.errors import OperatorError

SECRET = "hunter2-hunter2"
POOLER = f"postgresql://vigil:{SECRET}@pooler.example.com:6543/postgres"
DIRECT = f"postgresql://vigil:{SECRET}@db.example.com:5432/postgres"


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def refused(**environment: str) -> str:
    """The one line for settings that are wrong."""
    os.environ.update(environment)
    try:
        with pytest.raises(OperatorError) as caught:
            read_settings()
    finally:
        for name in environment:
            del os.environ[name]
    line = str(caught.value)
    assert "\n" not in line
    assert SECRET not in line
    assert caught.value.__cause__ is None
    return line


def test_everything_has_a_default() -> None:
    settings = read_settings()
    assert settings.data_dir == Path(".vigil")
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.configured_platforms == ()
    assert settings.direct_url is None
    assert not settings.is_transaction_pooler
    assert settings.messages_per_minute == 30
    assert settings.secret_values == frozenset()


def test_environment_goes_before_the_env_file_and_blank_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("PORT=9000\nLOG_FORMAT=JSON\nLOG_LEVEL=debug\nPUBLIC_URL=\nMESSAGES_PER_MINUTE=7\n")
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("MESSAGES_PER_MINUTE", "9")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "   ")
    settings = read_settings()
    assert (settings.port, settings.log_format, settings.log_level) == (9000, "json", "DEBUG")
    assert settings.messages_per_minute == 9
    assert settings.public_url is None
    assert not settings.telegram_configured


def test_platforms_are_configured_by_their_variables() -> None:
    settings = read_settings(
        telegram_bot_token="123:abc",
        discord_bot_token="token",
        twilio_account_sid="AC1",
        twilio_auth_token="token",
        twilio_whatsapp_from="whatsapp:+14155238886",
        imap_url="imaps://journal%40example.com:pass@mail.example.com:993/INBOX",
        smtp_url="smtps://mail.example.com:465",
        mail_from="journal@example.com",
        public_url="https://vigil.example.com/",
    )
    assert settings.configured_platforms == ("telegram", "discord", "whatsapp", "email")
    assert settings.twilio_whatsapp_from == "+14155238886"
    assert settings.public_url == "https://vigil.example.com"


@pytest.mark.parametrize(
    ("name", "value", "shape"),
    [
        ("DATABASE_URL", f"mysql://u:{SECRET}@host/db", "postgresql://user:password@host:port/database"),
        ("DATABASE_URL", f"postgresql://u:{SECRET}@host:port/db", "postgresql://"),
        ("TELEGRAM_BOT_TOKEN", SECRET, "BotFather"),
        ("TELEGRAM_WEBHOOK_SECRET", f"{SECRET} !", "1 to 256"),
        ("TELEGRAM_WEBHOOK_SECRET", "x" * 257, "1 to 256"),
        ("AI_KEYS_SECRET", SECRET, "32 random bytes"),
        ("AI_KEYS_SECRET", base64.b64encode(b"x" * 31).decode(), "32 random bytes"),
        ("IMAP_URL", f"https://u:{SECRET}@host", "imaps://user:password@host:993/INBOX"),
        ("PORT", "http", "must be a valid integer"),
        ("PORT", "65536", "must be less than or equal to 65535"),
        ("LOG_FORMAT", "xml", "must be 'console' or 'json'"),
        ("MESSAGES_PER_MINUTE", "0", "must be greater than 0"),
        ("ALBUM_WAIT_SECONDS", "nan", "must be"),
        ("READING_SECONDS", "31", "must be less than or equal to 30"),
        ("READING_SECONDS", "0", "must be greater than 0"),
        ("AI_TOKENS_PER_DAY", "100", "must be greater than or equal to 10000"),
        ("AI_INPUT_PRICE", "-1", "must be greater than or equal to 0"),
        ("AI_OUTPUT_PRICE", "NaN", "must be a finite number"),
        ("PUBLIC_URL", "vigil.example.com", "https://host"),
        ("DISCORD_GUILD_ID", "my guild", "must be a valid integer"),
        ("TWILIO_WHATSAPP_FROM", "0170", "+14155238886"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str, shape: str) -> None:
    line = refused(**{name: value})
    assert line.startswith(f"{name} must be")
    assert shape in line


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"DATABASE_URL": POOLER}, "DATABASE_DIRECT_URL"),
        ({"DATABASE_URL": f"postgresql://u:{SECRET}@a:5432,b:6543/d"}, "DATABASE_DIRECT_URL"),
        ({"DATABASE_URL": f"postgresql:///d?host=a&port=6543&password={SECRET}"}, "DATABASE_DIRECT_URL"),
        ({"DATABASE_URL": POOLER, "DATABASE_DIRECT_URL": POOLER}, "DATABASE_DIRECT_URL must be a direct"),
        ({"DATABASE_DIRECT_URL": DIRECT}, "DATABASE_URL must be set too"),
        ({"TELEGRAM_WEBHOOK_SECRET": "abc"}, "PUBLIC_URL must be set too where TELEGRAM_WEBHOOK_SECRET is set"),
        ({"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": SECRET}, "TWILIO_WHATSAPP_FROM must be set too"),
        ({"SUPABASE_URL": "https://x.supabase.co"}, "SUPABASE_SERVICE_ROLE_KEY must be set too"),
        ({"IMAP_URL": f"imaps://u:{SECRET}@host"}, "SMTP_URL must be set too"),
        ({"AI_INPUT_PRICE": "0.75"}, "AI_OUTPUT_PRICE must be set too"),
    ],
)
def test_what_belongs_together_is_checked(environment: dict[str, str], named: str) -> None:
    assert named in refused(**environment)


def test_all_wrong_values_are_named_in_one_line() -> None:
    line = refused(PORT="x", LOG_LEVEL="loud")
    assert "PORT must be" in line
    assert "LOG_LEVEL must be" in line


def test_a_pooler_with_a_direct_connection_is_welcome() -> None:
    settings = read_settings(database_url=POOLER, database_direct_url=DIRECT)
    assert settings.is_transaction_pooler
    assert settings.direct_url is not None
    assert settings.direct_url.get_secret_value() == DIRECT
    assert not read_settings(database_url=DIRECT).is_transaction_pooler


def test_an_ordinary_connection_is_its_own_direct_one() -> None:
    settings = read_settings(database_url=DIRECT)
    assert settings.direct_url == settings.database_url


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_the_key_for_own_ai_keys_is_decoded(encode: object) -> None:
    key = bytes(range(224, 256))
    assert callable(encode)
    assert read_settings(ai_keys_secret=encode(key).decode()).ai_keys_key == key


def test_secrets_are_collected_and_never_shown() -> None:
    settings = read_settings(
        database_url="postgresql://vigil:pa%40ss-word@db/postgres", telegram_bot_token="123:abc", metrics_token=SECRET
    )
    assert settings.secret_values >= {"pa%40ss-word", "pa@ss-word", "123:abc", SECRET}
    assert not [secret for secret in settings.secret_values if secret in repr(settings)]


def test_an_unreadable_env_file_is_one_line() -> None:
    Path(".env").write_bytes(b"PORT=\xff\xfe")
    assert ".env cannot be read: it is not UTF-8" in refused()
