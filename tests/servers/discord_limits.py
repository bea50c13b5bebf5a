"""Discord's documented limits, as refusals: what a message, a response or a command may be."""

import json
import re
from typing import Any

from aiohttp import web

CONTENT, LABEL, CUSTOM_ID, ROWS, IN_A_ROW, CHOICES = 2000, 80, 100, 5, 5, 25
FILE_BYTES = 10_000_000
DEFERRED, DEFERRED_UPDATE, SUGGESTIONS, FORM = 5, 6, 8, 9
LOCALES = frozenset({"de", "es-ES", "es-419", "fr", "pt-BR", "en-US", "en-GB"})
COMMAND_NAME = re.compile(r"[-_'a-z0-9]{1,32}")


class Refused(Exception):
    """An answer that is not 2xx: status and Discord's number of the error."""

    def __init__(
        self, status: int, code: int, message: str, retry_after: float | None = None, everywhere: bool = False
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.retry_after, self.everywhere = status, code, retry_after, everywhere

    def response(self) -> web.Response:
        body: dict[str, Any] = {"message": str(self), "code": self.code}
        headers = {"Via": "1.1 google"}  # what tells Discord's own 429 from the one of the proxy before it
        if self.retry_after is not None:
            body |= {"retry_after": self.retry_after, "global": self.everywhere}
            headers["Retry-After"] = str(self.retry_after)
        return answer(body, status=self.status, headers=headers)


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Discord names no charset, and the library takes nothing else for JSON."""
    body = json.dumps(data).encode()
    return web.Response(body=body, status=status, headers=headers, content_type="application/json")


def _need(holds: object, message: str) -> None:
    if not holds:
        raise Refused(400, 50035, f"Invalid Form Body: {message}")


def check_message(values: dict[str, Any], file: bytes | None) -> None:
    content = values.get("content") or ""
    if not content.strip() and file is None:
        raise Refused(400, 50006, "Cannot send an empty message")
    _need(len(content) <= CONTENT, "content: Must be 2000 or fewer in length.")
    if file is not None and len(file) > FILE_BYTES:
        raise Refused(413, 40005, "Request entity too large")
    _need(file is None or values.get("attachments"), "attachments: names no file")
    _need(len(str(values.get("nonce", ""))) <= 25, "nonce: Must be 25 or fewer in length.")
    _need(not int(values.get("flags") or 0) & ~(4 | 64 | 4096), "flags: cannot be set")
    _check_rows(values.get("components") or [])


def _check_rows(rows: list[dict[str, Any]]) -> None:
    _need(len(rows) <= ROWS, "components: Must be 5 or fewer in length.")
    seen = set()
    for row in rows:
        _need(row["type"] == 1 and 1 <= len(row["components"]) <= IN_A_ROW, "components: 1 to 5 in a row")
        for button in row["components"]:
            _need(1 <= len(button["label"]) <= LABEL, "label: Must be between 1 and 80 in length.")
            _need(1 <= len(button["custom_id"]) <= CUSTOM_ID, "custom_id: Must be between 1 and 100 in length.")
            _need(button["custom_id"] not in seen, "custom_id: Component custom id cannot be duplicated")
            _need(button["type"] == 2 and button["style"] in (1, 2, 3, 4), "style: unknown")
            seen.add(button["custom_id"])


def check_callback(asked: int, values: dict[str, Any]) -> None:
    """`asked`: the type of the interaction (2 command, 3 component, 4 autocomplete, 5 form)."""
    kind, data = values["type"], values.get("data") or {}
    _need((kind == SUGGESTIONS) == (asked == 4), "type: does not answer this interaction")
    _need(kind in (4, DEFERRED, DEFERRED_UPDATE, SUGGESTIONS, FORM), "type: unknown")
    _need(kind != FORM or asked in (2, 3), "type: a form cannot follow a form")
    _need(kind != DEFERRED_UPDATE or asked in (3, 5), "type: nothing to update")
    if kind == SUGGESTIONS:
        _need(len(data["choices"]) <= CHOICES, "choices: Must be 25 or fewer in length.")
        for choice in data["choices"]:
            _need(1 <= len(choice["name"]) <= 100 and 1 <= len(choice["value"]) <= 100, "choices: 1 to 100")
    if kind == FORM:
        _check_form(data)


def _check_form(data: dict[str, Any]) -> None:
    _need(1 <= len(data["title"]) <= 45, "title: Must be between 1 and 45 in length.")
    _need(1 <= len(data["custom_id"]) <= CUSTOM_ID, "custom_id: Must be between 1 and 100 in length.")
    _need(1 <= len(data["components"]) <= 5, "components: 1 to 5")
    for row in data["components"]:
        labelled = row["type"] == 18
        field = row["component"] if labelled else row["components"][0]
        _need(1 <= len((row if labelled else field)["label"]) <= 45, "label: Must be between 1 and 45 in length.")
        _need(len(field.get("value") or "") <= 4000, "value: Must be 4000 or fewer in length.")
        _need(field["style"] in (1, 2) and field["type"] == 4, "style: unknown")


def untranslated(part: Any) -> Any:
    """What Discord tells of commands where nobody asks for their translations."""
    if isinstance(part, list):
        return [untranslated(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {key: untranslated(value) for key, value in part.items() if not key.endswith("_localizations")}


def _check_translations(part: dict[str, Any]) -> None:
    for what in ("name", "description"):
        for locale, text in (part.get(f"{what}_localizations") or {}).items():
            _need(locale in LOCALES, f"{what}_localizations: unknown locale")
            _need(1 <= len(text) <= 100, f"{what}_localizations: Must be between 1 and 100 in length.")


def check_commands(commands: list[dict[str, Any]]) -> None:
    _need(len(commands) <= 100, "Maximum number of application commands reached (100).")
    _need(len({command["name"] for command in commands}) == len(commands), "name: duplicated")
    for command in commands:
        _need(COMMAND_NAME.fullmatch(command["name"]), "name: invalid")
        _need(1 <= len(command["description"]) <= 100, "description: Must be between 1 and 100 in length.")
        _check_translations(command)
        options = command.get("options") or []
        _need(len(options) <= 25, "options: Must be 25 or fewer in length.")
        optional = False
        for option in options:
            _need(COMMAND_NAME.fullmatch(option["name"]), "options: name invalid")
            _need(1 <= len(option["description"]) <= 100, "options: description 1 to 100")
            for part in (option, *(option.get("choices") or ())):
                _check_translations(part)
            _need(len(option.get("choices") or []) <= CHOICES, "choices: Must be 25 or fewer in length.")
            _need(not (option.get("choices") and option.get("autocomplete")), "choices or autocomplete")
            _need(not (optional and option.get("required")), "required options must come first")
            optional = optional or not option.get("required")
