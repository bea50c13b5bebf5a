"""What a message means to the conversation it came into: buttons, edits, pictures and words become one event."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from bot.accounts import Account, Accounts
from bot.dating import on_its_day
from bot.forms import filled_in
from bot.marking import with_marks
from bot.meanings import Meaning, Nothing, Refusal
from bot.reading import ReadContext, may_confirm, read
from bot.reading.account_names import offers_a_choice, without_accounts
from bot.reading.changing import deletes_it, fill_in
from bot.reading.choosing import meant
from bot.reading.copies import without_copies
from bot.reading.itemising import items
from bot.reading.marks import without_marks
from bot.reminding.due import out_of_quiet
from bot.texts.buttons import NO_DRAFT, AllConfirmed, AllDropped, ChoicePicked
from bot.texts.pressed import parse_button
from bot.trading.day import session_end
from statemachine.conversation import Conversation, Draft, KnownTrade, Scene
from statemachine.events import (
    Asked,
    Chatted,
    Closed,
    Confirmed,
    Corrected,
    DeletionAsked,
    Denied,
    Detailed,
    Event,
    Filled,
    FillTold,
    Pictured,
    Planned,
    Reported,
    Revised,
    Unfilled,
    Unread,
)
from statemachine.matching import changes, emptied, known_trade, meant_by, moves_account
from statemachine.message import Attachment, Message
from statemachine.plan import Plan
from statemachine.trade import Copies, TradeFields

LARGEST_PICTURE = 5 * 1024 * 1024
"""Bytes; the limit of the screenshots bucket."""

FEW_WORDS = 4
"""Beside an account's name: "wrong account, it was"."""

MESSAGE_IDS = UUID("6f1d0a52-9a5c-4c1e-8d1b-2f0f6f6d6b10")
"""Namespace of the ids that follow from a message's identity: the same message always makes the same trade."""


def message_id(message: Message, user_id: UUID | None) -> UUID:
    """The profile belongs to it: no stranger can tell which trade a message will make. Who knows the profile, too, is
    kept by a trigger from taking that trade's id first: ids of version 5 are not for clients."""
    of = (message.platform, message.account, message.chat_id, message.external_id, str(user_id or ""))
    return uuid5(MESSAGE_IDS, "\x1f".join(of))


def pictures_of(message: Message) -> tuple[Attachment, ...]:
    """What may be a chart: pictures, and image files, up to the limit."""
    return tuple(a for a in message.attachments if a.kind in ("photo", "image") and (a.size or 0) <= LARGEST_PICTURE)


def scene_of(
    message: Message,
    accounts: Accounts,
    now: datetime,
    *,
    user_id: UUID | None = None,
    open_trades: tuple[KnownTrade, ...] = (),
    recent: tuple[KnownTrade, ...] = (),
    target: KnownTrade | None = None,
    plans: tuple[Plan, ...] = (),
) -> Scene:
    """The surroundings of a message, for the state machine."""
    return Scene(
        message_id=message_id(message, user_id),
        said_at=message.sent_at,
        session_end=_put_away(accounts.current, now),
        source=message.edits or message.external_id,
        pictures=pictures_of(message),
        open_trades=open_trades,
        recent=recent,
        target=target,
        wants_pictures=accounts.current.wants_pictures,
        accounts=accounts.names,
        account=accounts.current.name,
        plans=plans,
        spoken=message.spoken,
        received_at=message.received_at or now,
    )


def _put_away(account: Account, now: datetime) -> datetime:
    """When a draft that nobody confirms is put away, which is said: as the session ends, but in no quiet hours."""
    return out_of_quiet(account.quiet, session_end(now, account.day_start), account.zone)


def read_context(conversation: Conversation, scene: Scene, account: Account, now: datetime) -> ReadContext:
    """What the reader may know: what is pending, what is missing, what is open, the clock and the zone."""
    incomplete = next((draft for draft in conversation.drafts if draft.missing()), None)
    missing = frozenset(incomplete.missing()) if incomplete else frozenset()
    asks_change = "change" in missing  # what is said of a recorded trade is read as a correction of it
    return ReadContext(
        state="awaiting_confirmation" if asks_change else conversation.state,
        drafts=tuple(_facts_of(draft) for draft in conversation.drafts),
        missing=missing - {"change"},
        open_trades=tuple(replace(trade.fields, position_size=trade.held) for trade in scene.open_trades),
        plans=tuple(plan.fields for plan in scene.plans),
        now=now,
        zone=account.zone,
    )


def _facts_of(draft: Draft) -> TradeFields:
    """What a draft would make of its trade."""
    trade = known_trade(draft)
    return draft.fields if draft.kind in ("record", "close") or trade is None else draft.on(trade.fields)


def unknown_trades(conversation: Conversation, scene: Scene) -> set[UUID]:
    """Recorded trades that are changed or spoken of, and that begin_turn does not give: older ones."""
    drafts = [draft for draft in conversation.drafts if draft.kind in ("edit", "delete")]
    named = {number for draft in drafts for number in (draft.trade_id, *draft.others) if number is not None}
    copies = scene.target.copies if scene.target is not None else ()
    return (named | set(copies)) - {trade.trade_id for trade in scene.known}


def meaning_of(message: Message, conversation: Conversation, scene: Scene, account: Account, now: datetime) -> Meaning:
    """Plain code's understanding; Unread("unclear") where only the model could tell more."""
    bare = replace(message, text=bare_text(message, conversation, scene))
    return with_account(_meaning(bare, conversation, scene, account, now), message, conversation, scene)


def with_account(meaning: Meaning, message: Message, conversation: Conversation, scene: Scene) -> Meaning:
    """The event with the accounts that the message names, "@apex2", "x3 accounts", and with its marks; read without
    them."""
    return with_marks(_with_account(meaning, message, conversation, scene), message, conversation, scene)


def _with_account(meaning: Meaning, message: Message, conversation: Conversation, scene: Scene) -> Meaning:
    text, names, copies = _named(message, conversation, scene)
    if not names and copies is None:
        return meaning
    if isinstance(meaning, Reported | Planned) and copies is None and len(meaning.trades) > 1:
        return replace(meaning, trades=_booked(meaning.trades, names))
    if copies is None and len(set(names)) > 1 and not offers_a_choice(message.text):
        copies = Copies(names=tuple(dict.fromkeys(names)))
    known = bool(copies is not None or names[-1] in scene.accounts)
    which = meant(items(text), tuple(draft.fields for draft in conversation.drafts))
    alone = TradeFields(account=names[-1] if copies is None else None)
    match meaning:
        case Reported(trades=trades) | Planned(trades=trades) if copies is None:
            return replace(meaning, trades=_booked(trades, names))
        case Reported() | Planned():
            return replace(meaning, copies=copies)
        case (
            Closed(fields=fields)
            | Detailed(fields=fields)
            | Corrected(fields=fields)
            | Revised(fields=fields)
            | Filled(fields=fields)
        ):
            return replace(meaning, fields=fields.merged(alone), copies=copies)
        case Unfilled(fields=fields) | FillTold(fields=fields):
            return replace(meaning, fields=fields.merged(alone))
        case Confirmed(draft_id=None, which=number) | Denied(draft_id=None, which=number) if conversation.drafts:
            which = number or which  # "yes @apex2": moved, and shown again
        case Unread(understood=understood) if not text.strip() or (known and not understood.said() and _is_short(text)):
            pass
        case Chatted() if known and _is_short(text):
            pass
        case _:
            return meaning
    return _only_account(alone, copies, which, message, conversation, scene)


def bare_text(message: Message, conversation: Conversation, scene: Scene) -> str:
    """What is read, here and by the model: the text without the accounts it names and without marks."""
    return _named(message, conversation, scene)[0]


def _named(message: Message, conversation: Conversation, scene: Scene) -> tuple[str, tuple[str, ...], Copies | None]:
    """The text without the accounts it names; their names; and the copies, where it speaks of several accounts."""
    asked = any({"accounts", "trade"} & set(draft.missing()) for draft in conversation.drafts)
    text = without_marks(message.text)[0] if message.button is None else message.text
    text, names = without_accounts(text, scene.accounts)
    text, copies = without_copies(text, asked=asked)
    if copies is not None:
        copies = replace(copies, names=tuple(dict.fromkeys(names)))
    return text, names, copies


def _only_account(
    named: TradeFields,
    copies: Copies | None,
    which: int | None,
    message: Message,
    conversation: Conversation,
    scene: Scene,
) -> Event:
    """Nothing but accounts was said: of the trade that was answered, or of what waits; perhaps of one of several."""
    if not conversation.drafts and scene.target is not None and moves_account(scene.target.fields, named):
        return Revised(source=message.external_id, fields=named, copies=copies, asked=True)
    if conversation.state == "awaiting_details" and which is None:
        return Detailed(fields=named, copies=copies)
    return Corrected(fields=named, which=which, copies=copies)


def _booked(trades: tuple[TradeFields, ...], names: tuple[str, ...]) -> tuple[TradeFields, ...]:
    """One name is all trades', as many as trades are theirs in order; anything else is asked about."""
    if len(set(names)) == 1:
        names = names[:1] * len(trades)
    elif len(names) != len(trades):
        names = (" / ".join(dict.fromkeys(names)),) * len(trades)
    return tuple(replace(fields, account=name) for fields, name in zip(trades, names, strict=True))


def _is_short(text: str) -> bool:
    return len(text.split()) <= FEW_WORDS


def _meaning(message: Message, conversation: Conversation, scene: Scene, account: Account, now: datetime) -> Meaning:
    if message.button is not None:
        context = read_context(conversation, scene, account, now)
        text = message.text if message.choice is None else ""  # a number that was chosen is no form's text
        return filled_in(message.button, text, conversation, context) or _pressed(message.button, conversation)
    if not message.text.strip():
        return _attached(message, scene)
    if message.edits is not None:  # read as if it were new: the draft it is about would make it a correction
        return _revised(read(message.text, read_context(Conversation(), scene, account, now)), message.edits)
    answers = message.reply_to is not None and scene.target is not None
    if answers and not conversation.drafts and deletes_it(message.text):
        return DeletionAsked()
    event = _about_target(message, scene, account, now) or _of_edit(
        read(message.text, read_context(conversation, scene, account, now)), message.text, conversation, account, now
    )
    if (
        isinstance(event, Unread | Reported)
        and not conversation.drafts
        and (added := _added(message, scene, account, now))
    ):
        return added
    if isinstance(event, Filled | Unfilled) and scene.plans:
        return _of_answered(event, message, scene)
    if scene.pictures and isinstance(event, Unread | Chatted | Asked | Filled | Unfilled):
        return Pictured(pictures=scene.pictures)
    if isinstance(event, Corrected | Filled) and not conversation.drafts and scene.target is None and scene.recent:
        return _about(scene.recent[0], message, scene, account, now) or event
    if isinstance(event, Chatted | Unread) and not conversation.drafts and scene.target is None and scene.recent:
        return _emptied(scene.recent[0], message, scene, account, now) or event
    return event


def _emptied(trade: KnownTrade, message: Message, scene: Scene, account: Account, now: datetime) -> Event | None:
    """ "remove the stop", of the latest trade, where it has one."""
    said = change_said(trade, message.text, message.external_id, scene, account, now)
    return said if isinstance(said, Revised) and emptied(trade, said.cleared) else None


def _of_answered(event: Filled | Unfilled, message: Message, scene: Scene) -> Event:
    """Where the message of a plan was answered, that plan is meant."""
    answered = [plan for plan in scene.plans if message.reply_to is not None and plan.source == message.reply_to]
    if event.which is None and len(answered) == 1:
        return replace(event, plan_id=answered[0].id.hex)
    return event


def of_latest(meaning: Meaning, message: Message, scene: Scene) -> Scene:
    """The scene of what was said of the latest trade without answering its message: "stop 18230", as an audit asks."""
    if scene.target is not None:
        return scene
    if isinstance(meaning, FillTold):
        held = meant_by(TradeFields(account=meaning.fields.account), scene.open_trades)
        return replace(scene, target=held[0]) if len(held) == 1 else scene
    latest = isinstance(meaning, Revised) and meaning.source == message.external_id
    return replace(scene, target=scene.recent[0]) if latest and scene.recent else scene


def _about_target(message: Message, scene: Scene, account: Account, now: datetime) -> Event | None:
    """What is different in the recorded trade whose message was answered; None where nothing of the kind is said."""
    if message.reply_to is None or scene.target is None:
        return None
    fill = fill_in(message.text, scene.target.fields, read_context(Conversation(), scene, account, now))
    if fill is not None:
        return told_fill(scene.target, fill)
    return _about(scene.target, message, scene, account, now)


def _about(trade: KnownTrade, message: Message, scene: Scene, account: Account, now: datetime) -> Event | None:
    if trade.is_open and isinstance(read(message.text, read_context(Conversation(), scene, account, now)), Closed):
        return None
    return change_said(trade, message.text, message.external_id, scene, account, now)


def change_said(
    trade: KnownTrade, text: str, source: str, scene: Scene, account: Account, now: datetime
) -> Revised | Unread | None:
    """What a text says otherwise of a recorded trade, read as a correction of a draft is, or why it cannot be; None for
    anything else."""
    context = read_context(Conversation(), scene, account, now)
    event = read(text, replace(context, state="awaiting_confirmation", drafts=(trade.fields,)))
    understood = event.understood if isinstance(event, Unread) else TradeFields()
    again = understood.said() and changes(trade, understood) is None  # it says what is recorded
    if again or (isinstance(event, Confirmed) and not may_confirm(text)):
        return Revised(source=source, fields=understood, asked=True)
    if isinstance(event, Unread) and event.reason.startswith("impossible"):
        return event
    if not isinstance(event, Corrected) or event.which is not None:
        return None
    fields = on_its_day(event.fields, trade, text, now, account.day_start, account.zone)
    return Revised(source=source, fields=fields, cleared=event.cleared, asked=True)  # no draft comes from the answer


def _of_edit(event: Event, text: str, conversation: Conversation, account: Account, now: datetime) -> Event:
    """A correction of an edit: clock times are of its trade's day, and what is recorded may be said again."""
    if not isinstance(event, Corrected | Unread) or not conversation.drafts:
        return event
    asked = next((draft for draft in conversation.drafts if draft.missing()), conversation.drafts[-1])
    trade = known_trade(asked) if asked.kind == "edit" else None
    if trade is None:
        return event
    if isinstance(event, Unread):
        again = replace(trade, fields=_facts_of(asked))
        repeats = event.understood.said() and changes(again, event.understood) is None
        return Corrected(fields=event.understood) if repeats else event
    if event.which is not None:
        return event
    return replace(event, fields=on_its_day(event.fields, trade, text, now, account.day_start, account.zone))


def _added(message: Message, scene: Scene, account: Account, now: datetime) -> Event | None:
    """More of the only trade that is open; of several it is asked which."""
    only = scene.open_trades[0] if len(scene.open_trades) == 1 else None
    known = only.fields if only is not None else TradeFields()
    fill = fill_in(message.text, known, read_context(Conversation(), scene, account, now))
    if fill is None or not scene.open_trades:
        return None
    return told_fill(only, fill) if only is not None else FillTold(fields=fill)


def told_fill(trade: KnownTrade, fill: TradeFields) -> Event:
    """An exit of a trade that is open closes it, or a part of it."""
    return Closed(fields=fill) if trade.is_open and fill.exit_price is not None else FillTold(fields=fill)


def _pressed(data: str, conversation: Conversation) -> Meaning:
    pressed = parse_button(data)
    if isinstance(pressed, AllConfirmed | AllDropped | ChoicePicked):
        return pressed.event(conversation.drafts)
    return pressed if pressed is not None else Confirmed(draft_id=NO_DRAFT, revision=0)  # unknown data is stale


def _attached(message: Message, scene: Scene) -> Meaning:
    if scene.pictures:
        return Pictured(pictures=scene.pictures)
    if not message.attachments:
        return Unread(reason="empty")
    first = message.attachments[0]
    if first.kind in ("photo", "image"):
        return Refusal("picture_refused", {"reason": "too_large", "limit_mb": LARGEST_PICTURE // 1024 // 1024})
    if first.kind == "voice":
        return Refusal("voice_refused", {"reason": "no_key"})
    return Refusal("attachment_unsupported", {"kind": first.kind})


def _revised(event: Event, source: str) -> Meaning:
    """An edited report, plan or fill is read anew; any other edited message is ignored."""
    match event:
        case Reported(trades=(fields,)):
            return Revised(source=source, fields=fields)
        case Filled(fields=fields) if fields.said():
            return Revised(source=source, fields=fields)
        case Planned():
            return replace(event, edited=True)
    return Nothing()


def wants_model(meaning: Meaning, message: Message, conversation: Conversation, scene: Scene) -> bool:
    """Plain code is unsure; or a picture came first, with nothing it could belong to, or where details are missing."""
    if isinstance(meaning, Unread):
        return meaning.reason == "unclear"
    if not isinstance(meaning, Pictured) or scene.target is not None:
        return False
    if conversation.state != "idle":
        return conversation.state == "awaiting_details"
    return bool(without_marks(message.text)[0].strip()) or all(trade.has_picture for trade in scene.recent)


def merged(messages: list[Message]) -> Message:
    """An album as one message: the first, with every picture and whatever caption there is."""
    attachments = tuple(attachment for message in messages for attachment in message.attachments)
    text = next((message.text for message in messages if message.text.strip()), "")
    return replace(messages[0], attachments=attachments, text=text)
