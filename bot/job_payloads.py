"""What the engine's jobs carry: written in the turn's transaction, read by whoever runs the job.

Chats of the terminal (account "local") and of the sandbox page have entry points of their own, which only the process
that serves them registers.
"""

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel

from bot.charting.wanted import Kind
from bot.drawing.subjects import Theme
from statemachine.conversation import AttachPictures, Effect, RequestAudit
from statemachine.message import Attachment, Chat, Message, Platform

LOCAL: Final = ("local", "sandbox")
"""The accounts of chats that their own process serves."""
NO_TRADE = UUID(int=0)


class ChatJob(BaseModel):
    """drain and wake: a chat; for wake also since when its wait is over."""

    platform: Platform
    account: str
    chat_id: str
    since: datetime | None = None

    @property
    def chat(self) -> Chat:
        return Chat(self.platform, self.account, self.chat_id)


class TradeJob(ChatJob):
    """audit and media: a trade of a user, and the chat that hears of it.

    at          when it was asked for
    copies      of media: the same trade on other accounts, which has the same pictures
    asked       the trader asked for the audit: it is answered in any case
    day         of a trade that was taken back, with `account_id`: only the other trades of that day are looked at; with
                NO_TRADE all of them
    """

    trade_id: UUID
    user_id: UUID
    at: datetime
    pictures: tuple[Attachment, ...] = ()
    copies: tuple[UUID, ...] = ()
    asked: bool = False
    day: date | None = None
    account_id: UUID | None = None


class RuleJob(ChatJob):
    """propose: a rule of a user that plain code cannot read, and the chat that is asked. `digest`: of its text.

    asked   the trader asked for it: it is answered in any case
    """

    rule_id: UUID
    user_id: UUID
    digest: str
    asked: bool = False


class ExportJob(ChatJob):
    """export: everything of a user as a file, for the chat that asked; or what belongs to the days `first` to `last`.
    `zone`: the trader's."""

    export_id: UUID
    user_id: UUID
    first: date | None = None
    last: date | None = None
    zone: str = "UTC"


class ImportJob(ChatJob):
    """import: read a broker's file, save what was read of it, or take that back.

    `merging`: a trade that the journal has already is one with it. The rest is of the account that the file is for.
    """

    import_id: UUID
    user_id: UUID
    action: Literal["read", "save", "undo"]
    merging: bool = True
    named: str = "main"
    zone: str = "UTC"
    day_zone: str = "UTC"
    day_hour: int = 0
    currency: str = "USD"


class ChartJob(ChatJob):
    """chart: a chart of an account of a user, or the card of a trade, for the chat that asked.

    account_name  where the trader has several
    currency      of the account
    theme         where one was asked for
    handle        of the message that asked, as in Message
    """

    chart_id: UUID
    user_id: UUID
    account_id: UUID | None = None
    account_name: str | None = None
    currency: str
    kind: Kind = "equity"
    first: date | None = None
    last: date | None = None
    symbol: str | None = None
    theme: Theme | None = None
    handle: str | None = None
    trade_id: UUID | None = None


class UserJob(ChatJob):
    """delete_me: of a user whose journal is deleted; the chat is the one that asked for it."""

    user_id: UUID


class TryJob(ChatJob):
    """try: a stranger's free audit whose other rules are put to the model, and the chat that waits for it."""

    result_id: UUID
    locale: str | None = None


def entrypoint(name: str, account: str) -> str:
    return f"{name}:{account}" if account in LOCAL else name


def _job(name: str, payload: ChatJob, **options: Any) -> dict[str, Any]:
    text = payload.model_dump_json(exclude_none=True)
    return {"entrypoint": entrypoint(name, payload.account), "payload": text, **options}


def job_message(job: ChatJob, name: str, at: datetime) -> Message:
    """What a job has to say to its chat's conversation, as a message: `name` makes it unique, so it counts once."""
    return Message(
        platform=job.platform,
        account=job.account,
        chat_id=job.chat_id,
        sender_id=job.chat_id,
        external_id=name,
        sent_at=at,
    )


def drain_job(chat: Chat, after: float = 0) -> dict[str, Any]:
    """No dedupe key: one that is running may just have looked. An extra drain finds nothing and ends."""
    return _job("drain", ChatJob(**asdict(chat)), after=after)


def wake_job(chat: Chat, since: datetime) -> dict[str, Any]:
    key = json.dumps([chat.platform, chat.account, chat.chat_id])
    return _job("wake", ChatJob(**asdict(chat), since=since), key=f"wake:{key}")


def trade_job(chat: Chat, user_id: UUID, trade_id: UUID, at: datetime, **more: Any) -> TradeJob:
    """`more`: the other fields of a TradeJob."""
    return TradeJob(**asdict(chat), trade_id=trade_id, user_id=user_id, at=at, **more)


def audit_job(job: TradeJob) -> dict[str, Any]:
    return _job("audit", job.model_copy(update={"pictures": (), "copies": ()}))


def propose_job(job: RuleJob) -> dict[str, Any]:
    """One that was asked for is not lost beside one that was not: only it is answered in any case."""
    key = f"propose:{job.rule_id.hex}:{job.digest}"
    return _job("propose", job, key=f"{key}:asked" if job.asked else key)


def export_job(job: ExportJob) -> dict[str, Any]:
    return _job("export", job)


def chart_job(job: ChartJob) -> dict[str, Any]:
    return _job("chart", job)


def import_job(job: ImportJob) -> dict[str, Any]:
    return _job("import", job)


def delete_job(job: UserJob) -> dict[str, Any]:
    return _job("delete_me", job, key=f"delete_me:{job.user_id.hex}")


def try_job(chat: Chat, result_id: UUID, locale: str | None) -> dict[str, Any]:
    return _job("try", TryJob(**asdict(chat), result_id=result_id, locale=locale))


def job_of(effect: Effect, user_id: UUID | None, chat: Chat, now: datetime) -> dict[str, Any] | None:
    """The job that an effect asks for, if any."""
    if user_id is None:
        return None
    match effect:
        case RequestAudit(trade_id):
            return _job("audit", trade_job(chat, user_id, trade_id, now))
        case AttachPictures(trade_id, pictures, copies):
            return _job("media", trade_job(chat, user_id, trade_id, now, pictures=pictures, copies=copies))
    return None
