"""Logging for the whole process: structlog over the standard library, to standard error, without secrets.

All lines pass one handler, the libraries' too, and there every text is redacted after exceptions were turned into
text. Libraries are not to be trusted: httpx logs Telegram's address with the token in it, drivers print addresses with
passwords. Tracebacks are plain on purpose: the pretty ones print local variables and break secrets across lines.
"""

import json
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any
from urllib.parse import quote, quote_plus

import structlog
from structlog.typing import EventDict, Processor

from bot import key_shapes
from bot.settings import Settings

Redact = Callable[[str], str]

HIDDEN = "***"
SHORTEST_SECRET = 4
"""Characters. Hiding every occurrence of something shorter would make the logs unreadable and protect nothing."""

_TELLING_NAME = r"\w*(?:password|passwd|api_?key|secret|token)"
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"\d+(?::|%3A)[A-Za-z0-9_-]{30,}", HIDDEN),  # Telegram bot tokens
        (r"(://[^\s/:@\"'\\]*:)(?!\d+[/?#])[^\s\"'\\]+@", rf"\1{HIDDEN}@"),  # passwords in URLs
        (r"\b(Bearer\s+)[A-Za-z0-9._~+/=-]{8,}", rf"\1{HIDDEN}"),
        (r"(Authorization[\"']?\s*[:=,]\s*(?:b?[\"'])?(?:\w+\s+)?)[^\s\"'\\]+", rf"\1{HIDDEN}"),
        (r"[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}", HIDDEN),  # Discord bot tokens
        (r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*", HIDDEN),  # JWTs: Supabase's service role key
        (r"\bsb_secret_[A-Za-z0-9_-]+", HIDDEN),
        (r"\bsk-[A-Za-z0-9_*-]{6,}", HIDDEN),
        *((shape, HIDDEN) for shape in key_shapes.SHAPES),
        (rf"\b({_TELLING_NAME})(\"|')?(\s*[=:]\s*)(\"|')?[^\s\"'\\,;&]+", rf"\1\2\3\4{HIDDEN}"),
        (r"\b(VGL)[-_ ]?[A-Z0-9]{4}\b", rf"\1-{HIDDEN}"),  # link codes
    )
)

_TALKATIVE = ("httpx", "httpcore", "httpx2", "httpcore2", "openai", "twilio", "hpack", "PIL", "asyncio")
"""Below a warning these log addresses, headers and bodies, that is credentials and what traders write."""


def configure(settings: Settings) -> Redact:
    """Send everything that is logged, warned of or raised unseen through one redacting handler.

    Returns the redaction itself, for lines that go to standard error without being logged. May be called again.
    """
    redact = redactor(settings.secret_values)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = _RedactedStderr(redact)
    handler.setFormatter(_formatter(settings.log_format, shared, redact))
    logging.basicConfig(handlers=[handler], level=settings.log_level, force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))
    logging.getLogger("asyncpg.pool").setLevel(logging.ERROR)  # a traceback a try; who needs a connection is told
    logging.getLogger("transitions").setLevel(logging.ERROR)  # what is not allowed now is the trader's to know
    logging.captureWarnings(True)
    _catch_the_uncaught()
    return redact


def redactor(secrets: Iterable[str] = ()) -> Redact:
    """A function that hides these very values, however they are written, and all that has a secret's shape."""
    variants = {variant for secret in secrets for variant in _variants(secret) if len(secret) >= SHORTEST_SECRET}
    longest_first = sorted(variants, key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)", re.IGNORECASE)

    def redact(text: str) -> str:
        text = known.sub(HIDDEN, text)
        for pattern, replacement in _SHAPES:
            text = pattern.sub(replacement, text)
        return text

    return redact


def _variants(secret: str) -> set[str]:
    """A secret as it is, as URLs write it, and as JSON and repr do."""
    return {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
    }


def _formatter(log_format: str, shared: list[Processor], redact: Redact) -> logging.Formatter:
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )

    def redact_event(_logger: Any, _method: str, event: EventDict) -> EventDict:
        return {key: _redacted_item(key, value, redact) for key, value in event.items()}

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        use_get_message=True,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact_event,
            renderer,
        ],
    )


def _redacted(value: Any, redact: Redact) -> Any:
    """Redacted before rendering, so that JSON stays valid. What is no plain value is shown as its repr."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redact(str(key)): _redacted_item(key, item, redact) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(item, redact) for item in value]
    return redact(repr(value))


def _redacted_item(key: Any, item: Any, redact: Redact) -> Any:
    """A value whose name alone says that it is secret need not have a shape."""
    named_secret = isinstance(item, str) and re.fullmatch(_TELLING_NAME, str(key), re.IGNORECASE)
    return HIDDEN if named_secret else _redacted(item, redact)


class _RedactedStderr(logging.Handler):
    """Writes to whatever standard error is at that moment: the terminal chat puts its own in place."""

    def __init__(self, redact: Redact) -> None:
        super().__init__()
        self._redact = redact

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:  # noqa: BLE001 - a log line that cannot be written must not stop the caller
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """The standard library would print the unformatted arguments, secrets and all."""
        error = self._redact(repr(sys.exception()))
        if sys.stderr is not None:
            sys.stderr.write(f"a log line was lost at {record.pathname}:{record.lineno}: {error}\n")


def _catch_the_uncaught() -> None:
    """The interpreter prints what nobody caught by itself, past every handler."""
    log = logging.getLogger("vigil")

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            log.critical("uncaught exception", exc_info=(kind, error, trace))

    def uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
        log.critical("uncaught exception in a thread", exc_info=args.exc_value)

    def unraisable(args: "sys.UnraisableHookArgs") -> None:
        log.error("exception ignored: %s", args.err_msg or "in a finaliser", exc_info=args.exc_value)

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread
    sys.unraisablehook = unraisable
