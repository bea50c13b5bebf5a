"""Files of brokers: a table that is sent is read by a job; its preview is saved, dropped, taken back by buttons.

/import        how to                     /import symbol 2, side 3, dates d/m     what a file that waits did not say
A caption may name the account and the zone of the times: "@apex2, zone New York".
"""

from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from bot.accounts import Account
from bot.commands.call import Call
from bot.commands.naming import account_in, id_in
from bot.importing.answers import told_in
from bot.imports import shown
from bot.job_payloads import ImportJob, import_job
from db import imports, inbox
from statemachine.conversation import Turn
from statemachine.message import Attachment, Message

_ENDINGS: Final = (".csv", ".tsv", ".xlsx", ".xls")
_BARE_ENDINGS: Final = (".txt", ".htm", ".html")
_MIMES: Final = frozenset(
    {
        "text/csv", "application/csv", "text/x-csv", "text/comma-separated-values", "text/tab-separated-values",
        "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)  # fmt: skip
_BARE_MIMES: Final = frozenset({"text/plain", "text/html"})
"""Of files that come along with letters, too: there a table only where nothing else was said."""
_ATTACHMENT: Final = TypeAdapter(Attachment)
MANY: Final = 2000
"""Trades whose saving takes so long that it is said."""


def tables_of(message: Message) -> tuple[Attachment, ...]:
    bare = message.platform != "email" or not message.text.strip()
    documents = (one for one in message.attachments if one.kind == "document" and one.handle)
    return tuple(one for one in documents if _looks_so(one, bare=bare))


def is_table(message: Message) -> bool:
    """Whether it brings what may be a broker's file; an edited message brings nothing new."""
    return message.edits is None and bool(tables_of(message))


def _looks_so(attachment: Attachment, *, bare: bool) -> bool:
    """By its name, else by its declared type; what it is, its bytes tell later."""
    if attachment.name is not None and "." in attachment.name:
        return attachment.name.lower().endswith(_ENDINGS + (_BARE_ENDINGS if bare else ()))
    mime = (attachment.mime or "").partition(";")[0].strip().lower()
    return mime in _MIMES or (bare and mime in _BARE_MIMES)


def may_be_meant(turn: Turn) -> bool:
    """By a yes, no or cancel: nothing in the conversation waits for it. A file may: what is in it is shown again."""
    return [say.key for say in turn.replies] == ["not_allowed"]


async def import_(call: Call) -> Turn:
    """A file, what was asked of one, or how to."""
    files = tables_of(call.message)
    if files:
        return await _read(call, files)
    waits = await imports.waiting(call.connection, call.owner)
    if waits is None:
        return call.says("import_help")
    if not call.argument:
        say = shown(waits.summary, waits.id, _account_of(call, waits).name)
        return Turn(call.conversation, (say,))
    told = told_in(call.argument, [name for name, _ in waits.summary.get("columns", ())])
    if told.unread or not told.says_something():
        return call.says("import_unread", said=", ".join(told.unread), columns=waits.summary.get("columns", []))
    await imports.read_again(call.connection, call.owner, waits.id, told.merged(waits.told))
    await _enqueue(call, waits.id, "read", _account_of(call, waits))
    return call.says("import_begun", more=0, unread="")


def _account_of(call: Call, waits: imports.Import) -> Account:
    """The one that the file is for."""
    return next((one for one in call.accounts.all if one.id == waits.account_id), call.account)


async def _read(call: Call, files: tuple[Attachment, ...]) -> Turn:
    account, said, name = account_in(call)
    if account is None or account.closed:
        return call.says("unknown_account", account=name)
    told = told_in(said)
    attachment = _ATTACHMENT.dump_json(files[0]).decode()
    import_id = await imports.begin(
        call.connection, call.owner, account.id, call.message.chat, attachment, told.merged({})
    )
    if import_id is None:
        return call.says("import_under_way")
    await _enqueue(call, import_id, "read", account)
    unread = ", ".join(part for part in told.unread if any(map(str.isdigit, part)))  # it may have been a trade
    return call.says("import_begun", more=len(files) - 1, unread=unread)


async def pressed(call: Call) -> Turn:
    """A button below a preview, or below what was saved or taken back."""
    asked, _, hex_id = call.argument.partition(" ")
    import_id = id_in(hex_id)
    found = await imports.find(call.connection, call.owner, import_id) if import_id is not None else None
    match asked, found.status if found is not None else None:
        case (("save" | "apart"), "ready"):
            return await _save(call, found, merging=asked == "save")
        case "redo", "undone":
            return await _save(call, found, merging=True)
        case (("save" | "apart" | "redo"), "saving"):
            return call.says("import_saving", count=_count(found))
        case "undo", "saved":
            return await _undo(call, found)
        case ("undo", "undone") | (("save" | "apart" | "redo"), "saved") if found is not None:
            return call.says("import_already", status=found.status)
        case "drop", ("ready" | "asking"):
            return await _drop(call, found)
    return call.says("import_stale")


async def taken_back(call: Call, import_id: UUID) -> Turn:
    """The last change was a file: saved, or about to be."""
    found = await imports.find(call.connection, call.owner, import_id)
    if found is not None and found.status == "saving":
        return call.says("import_saving", count=_count(found))
    return await _undo(call, found)


async def brought_again(call: Call, import_id: UUID) -> Turn:
    found = await imports.find(call.connection, call.owner, import_id)
    return await _save(call, found, merging=True)


async def _undo(call: Call, found: imports.Import | None) -> Turn:
    if found is None:
        return call.says("import_stale")
    await _enqueue(call, found.id, "undo", call.account)
    return Turn(call.conversation)


async def _save(call: Call, found: imports.Import | None, *, merging: bool) -> Turn:
    if found is None:
        return call.says("import_stale")
    await imports.begin_saving(call.connection, call.owner, found.id)
    await _enqueue(call, found.id, "save", call.account, merging=merging)
    count = _count(found)
    return call.says("import_saving", count=count) if count > MANY else Turn(call.conversation)


def _count(found: imports.Import | None) -> int:
    count: int = found.summary.get("trades", 0) if found is not None else 0
    return count


async def _drop(call: Call, found: imports.Import | None) -> Turn:
    if found is None:
        return call.says("import_stale")
    await imports.end(call.connection, found.id, "dropped")
    return call.says("import_dropped")


async def _enqueue(call: Call, import_id: UUID, action: Any, account: Account, *, merging: bool = True) -> None:
    job = ImportJob(
        **asdict(call.message.chat),
        import_id=import_id,
        user_id=call.owner,
        action=action,
        merging=merging,
        named=account.name,
        zone=account.zone.key,
        day_zone=account.day_start.zone.key,
        day_hour=account.day_start.hour,
        currency=account.currency,
    )
    await inbox.enqueue(call.connection, [import_job(job)])
