"""One turn in the making: what a message means, what the conversation makes of it, and the rows that follow.

It does no other I/O than the statements of commands and of changes to the journal, in the turn's transaction.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bot.accounts import Account, Accounts, preferences_of
from bot.commands import COMMANDS, Call, find_command, importing, onboarding
from bot.days_left import look_again_jobs
from bot.hearing.notes import as_heard, is_unheard, refused, refused_unheard, voices_of
from bot.introducing import answer_to, zone_told
from bot.job_payloads import drain_job, job_of
from bot.journal import changes_of
from bot.linking import mask_codes
from bot.meanings import Made, Meaning, Nothing, Question, Refusal
from bot.questions import answered_by, is_for_the_model
from bot.receipts import warnings_in, with_results, without_gone
from bot.settings import Settings
from bot.stored import dump_message, dump_reply
from bot.texts import Figured, View, render
from bot.texts.buttons import Command
from bot.texts.confirming import needs_no_look
from bot.texts.words import Words
from bot.trading.day import trading_day
from bot.trading.habits import FEWEST, habits_of
from bot.trading.limits import Guard
from bot.understanding import meaning_of, of_latest, pictures_of, scene_of, unknown_trades, wants_model, with_account
from db import conversations, imports, plans, turns
from db.jsonb import read_json
from db.pool import Connection
from db.turns import Begun, Written
from statemachine.conversation import (
    Conversation,
    DeleteTrade,
    Draft,
    KnownTrade,
    RecordTrade,
    Say,
    Scene,
    Turn,
    WaitUntil,
)
from statemachine.events import (
    Asked,
    Cancelled,
    Chatted,
    Confirmed,
    Denied,
    Event,
    Expired,
    PictureRefused,
    Reported,
    Unread,
)
from statemachine.machine import step
from statemachine.message import Message, Reply

PREVIEW = 200
"""Characters of a message kept in journal_messages."""


def view_of(begun: Begun, accounts: Accounts, now: datetime) -> View:
    account = accounts.current
    return View(
        locale=account.locale(begun.locale),
        zone=account.zone,
        currency=account.currency,
        now=now,
        account_size=account.limits.account_size,
        accounts={other.name: _figured(other) for other in accounts.all},
        several=len(accounts.all) > 1,
        habits=habits_of(read_json(begun.usual)),
    )


def about_of(say: Say) -> UUID | None:
    """The recorded trade that a reply speaks of: an answer to the reply is about that trade."""
    if say.about is not None:
        return say.about
    trade, draft = say.data.get("trade"), say.data.get("draft")
    if isinstance(trade, KnownTrade):
        return trade.trade_id
    named: UUID | None = say.data.get("trade_id") or (draft.trade_id if isinstance(draft, Draft) else None)
    return named


def _figured(account: Account) -> Figured:
    return Figured(account.currency, account.limits.account_size, open=not account.closed)


class NeedsLock(Exception):
    """This turn looks into the journal or changes it, so the chat and its profile have to be locked."""


class Answering:
    """Decides one turn and collects what it writes in `written`.

    `connection`: of the transaction that holds the locks; None: a turn that needs one ends with NeedsLock.
    """

    def __init__(
        self, connection: Connection | None, message: Message, begun: Begun, settings: Settings, now: datetime
    ) -> None:
        self._connection, self.message, self.begun, self.settings, self.now = connection, message, begun, settings, now
        self.user_id = begun.user_id
        self.accounts = Accounts.of(begun.profile)
        self.account = self.accounts.current
        self.preferences = preferences_of(begun.profile)
        self.view = view_of(begun, self.accounts, now)
        self.written = Written()
        self._unsaid = message.text if message.spoken else None
        """What was heard in a voice note, until it is shown."""

    @property
    def connection(self) -> Connection:
        if self._connection is None:
            raise NeedsLock
        return self._connection

    def store(self, after: float = 0) -> None:
        """Let the message wait for its chat's drain, which runs in `after` seconds."""
        self.written.status = "waiting"
        self.written.group_id = self.message.group_id
        since = self.message.received_at or self.now
        self.written.payload = dump_message(replace(self.message, received_at=since))
        self.written.jobs = [drain_job(self.message.chat, after)]

    async def answer(self, event: Made | None, *, may_ask: bool) -> Question | None:
        """Decide the turn; or, with nothing decided, what the model has to be asked first."""
        if self.begun.outcome != "go":
            if self.begun.outcome == "flooded":
                self.say(Say("flooded", {"limit": self.settings.messages_per_minute}))
        elif not self.message.private:
            self.written.hinted = True
            if not self.begun.hinted:
                self.say(Say("group_hint"))
        elif self.user_id is None and event is not None:
            self.written.wakes_at = (None,)  # unlinked meanwhile
        elif self.user_id is None:
            command = find_command(self.message)
            await self._command(command if command and COMMANDS[command.name].strangers else Command("stranger"))
        else:
            return await self._converse(self.user_id, event, may_ask=may_ask)
        return None

    async def _converse(self, user_id: UUID, event: Made | None, *, may_ask: bool) -> Question | None:
        begun = self.begun
        conversation, valid = conversations.load_conversation(begun.state, begun.pending_trade, begun.context)
        if not valid:
            self.say(Say("settings_word"))
            self.written.conversation = conversations.dump_conversation(conversation)
            self.written.wakes_at = (None,)
        scene = scene_of(
            self.message,
            self.accounts,
            self.now,
            user_id=user_id,
            open_trades=conversations.load_known_trades(begun.open_trades),
            recent=conversations.load_known_trades(begun.recent),
            target=conversations.load_known_trade(begun.target),
            plans=plans.load_plans(begun.profile.get("plans")),
        )
        if lacking := unknown_trades(conversation, scene):
            scene = replace(scene, named=await conversations.known_trades(self.connection, user_id, lacking))
        said_at = min(self.message.sent_at, self.now)  # after an outage "yesterday" is still that of the trader
        meaning: Meaning | None = find_command(self.message, drafting=bool(conversation.drafts))
        if meaning is None and event is None and is_unheard(self.message):
            event = refused_unheard(self.message, self.settings)
            if event is None and may_ask:
                return Question(user_id, conversation, scene, self.accounts, said_at)
            event = event or refused("no_key", self.settings)
        if isinstance(event, Refusal) and self.message.text.strip():
            self.say(Say(event.key, event.data))  # what was written beside it is read all the same
            event, may_ask = None, False
        if event is not None:
            meaning = with_account(event, self.message, conversation, scene)
        if isinstance(event, Expired):
            meaning = Expired(marker=conversation.marker or "")
        if meaning is None:
            meaning = meaning_of(self.message, conversation, scene, self.account, said_at)
            meaning = self._chosen(meaning, conversation) or meaning
            if may_ask and wants_model(meaning, self.message, conversation, scene):
                return Question(user_id, conversation, scene, self.accounts, said_at)
            if may_ask and isinstance(meaning, Asked) and self._is_for_the_model(meaning, conversation):
                return Question(user_id, conversation, scene, self.accounts, said_at, figures=True)
        if self._is_spoken_order(meaning, conversation):
            meaning = Unread(reason="ordered")
        await self._act(as_heard(meaning, self.message), conversation, of_latest(meaning, self.message, scene))
        if self._unsaid is not None:
            self.say(Say("heard", {"text": self._unsaid}))
        return None

    def _is_spoken_order(self, meaning: Meaning, conversation: Conversation) -> bool:
        """It was heard and would change something at once, had it been typed."""
        if not self.message.spoken:
            return False
        if isinstance(meaning, Command):
            return meaning.name == "marked"
        typed = replace(self.message, spoken=False)
        order = find_command(typed, drafting=bool(conversation.drafts)) or self._setting(meaning, conversation)
        return isinstance(meaning, Chatted | Denied) and order is not None

    def _chosen(self, meaning: Meaning, conversation: Conversation) -> Meaning | None:
        """A setting in the trader's words, or the answer to the question of first contact that waits."""
        message = self.message
        if message.button is not None or message.edits is not None or message.attachments or message.spoken:
            return None  # what was heard may have been misheard: it sets nothing
        return self._setting(meaning, conversation)

    def _setting(self, meaning: Meaning, conversation: Conversation) -> Meaning | None:
        step = onboarding.waiting(self.preferences, self.now)
        if step is not None and not isinstance(meaning, Command | Refusal | Nothing):
            answer = answer_to(step, meaning, self.message.text, conversation, self.account.day_start)
            if answer is not None:
                return answer
        told = isinstance(meaning, Chatted | Asked) and not conversation.drafts
        return zone_told(self.message.text) if told else None

    async def _act(self, meaning: Meaning, conversation: Conversation, scene: Scene) -> None:
        match meaning:
            case Command():
                await self._command(meaning, conversation, scene)
            case Asked() | Chatted() | Reported() | Unread() if (
                command := self._asked(meaning, conversation)
            ) is not None:
                await self._command(command, conversation, scene)
            case Refusal():
                self._log_inbound()
                self.say(Say(meaning.key, meaning.data))
            case Nothing():
                self._log_inbound()
            case Expired() | PictureRefused():
                await self._write(step(conversation, meaning, self.now, scene), scene)
            case _:
                turn = step(conversation, meaning, self.now, scene)
                answers = isinstance(meaning, Confirmed | Denied | Cancelled) and importing.may_be_meant(turn)
                if answers and self.user_id and await imports.waiting(self.connection, self.user_id):
                    await self._command(Command("import"), conversation, scene)
                    return
                self._log_inbound()
                await self._write(self._confirmed_at_once(turn, meaning, scene), scene)

    def _confirmed_at_once(self, turn: Turn, event: Event, scene: Scene) -> Turn:
        """The turn with its one draft confirmed, where the trader wants that and nothing of it needs a look."""
        shown = [say for say in turn.replies if say.key == "confirm"]
        drafts = turn.conversation.drafts
        if self.preferences.get("auto_confirm") is not True or not isinstance(event, Reported) or event.by_model:
            return turn
        if len(shown) != 1 or len(drafts) != 1 or scene.pictures or not needs_no_look(Words.of(self.view), drafts[0]):
            return turn
        yes = Confirmed(draft_id=drafts[0].id.hex, revision=drafts[0].revision)
        after = step(turn.conversation, yes, self.now, scene)
        said = (say for say in turn.replies if say.key != "confirm")
        done = (effect for effect in turn.effects if not isinstance(effect, WaitUntil))
        return Turn(after.conversation, (*said, *after.replies), (*done, *after.effects))

    def _asked(self, event: Event, conversation: Conversation) -> Command | None:
        if isinstance(event, Reported | Unread) and self.message.attachments:
            return None  # a picture is of a trade
        drafting = bool(conversation.drafts)
        return answered_by(event, self.message.text, self.accounts, self._today, drafting=drafting)

    def _is_for_the_model(self, event: Event, conversation: Conversation) -> bool:
        drafting = bool(conversation.drafts)
        return is_for_the_model(event, self.message.text, self.accounts, self._today, drafting=drafting)

    @property
    def _today(self) -> date:
        return trading_day(min(self.message.sent_at, self.now), self.account.day_start)

    async def _command(
        self, command: Command, conversation: Conversation | None = None, scene: Scene | None = None
    ) -> None:
        scene = scene or scene_of(self.message, self.accounts, self.now, user_id=self.user_id)
        call = Call(
            connection=self.connection,
            message=self.message,
            user_id=self.user_id,
            argument=command.argument or "",
            settings=self.settings,
            account=self.account,
            accounts=self.accounts,
            preferences=self.preferences,
            conversation=conversation or Conversation(),
            scene=scene,
            now=self.now,
            view=self.view,
        )
        turn = await onboarding.went_on(call, await COMMANDS[command.name].handler(call))
        self.user_id, self.view = call.user_id, call.view
        self._log_inbound("command")
        await self._write(turn, scene)

    async def _write(self, turn: Turn, scene: Scene) -> None:
        """What was decided becomes rows: trades, log, replies, conversation, timer, jobs."""
        changes = changes_of(turn.effects, self.accounts, self.message.chat)
        applied: dict[str, Any] = {}
        if changes and self.user_id is not None:
            applied = await turns.apply_changes(self.connection, self.user_id, changes)
            if self.written.log:
                self.written.log[0]["trade_id"] = changes[0]["trade_id"]
            self.written.jobs += look_again_jobs(applied["changes"], self.message.chat, self.user_id, self.now)
        turn = without_gone(turn, applied, self.now, scene)
        says = (*with_results(turn.replies, applied, self.accounts), *self._offers(turn))
        for say in says:
            self.say(say)
        await self._plans_back(turn)
        self._warn_elsewhere(warnings_in(says))
        if self.user_id is not None:
            self.written.conversation = conversations.dump_conversation(turn.conversation)
            self.written.plans = plans.dump_plans(turn.effects)
            self._set_timer(turn)
        jobs = (job_of(effect, self.user_id, self.message.chat, self.now) for effect in turn.effects)
        self.written.jobs.extend(job for job in jobs if job is not None)

    def _offers(self, turn: Turn) -> tuple[Say, ...]:
        """Fewer taps, when the fifth trade is recorded and nothing was chosen yet."""
        recorded = sum(isinstance(effect, RecordTrade) for effect in turn.effects)
        before = sum(usual.trades for usual in self.view.habits.values())
        fifth = before < FEWEST <= before + recorded
        return (Say("auto_confirm_offer"),) if fifth and "auto_confirm" not in self.preferences else ()

    async def _plans_back(self, turn: Turn) -> None:
        """The plan whose trade is deleted waits again."""
        for effect in turn.effects:
            if isinstance(effect, DeleteTrade) and self.user_id is not None and effect.draft.trade_id is not None:
                plan = await plans.waits_again(self.connection, self.user_id, effect.draft.trade_id)
                if plan is not None:
                    self.say(Say("plan_back", {"plan": plan}))

    def _warn_elsewhere(self, guards: dict[str, tuple[Guard, ...]]) -> None:
        """On the trader's other chats, where they asked for it: whoever trades at the desk may look at the phone."""
        platforms = self.account.warned_on - {self.message.platform}
        if guards and platforms:
            say = Say("warned_elsewhere", {"platform": self.message.platform, "guards": guards})
            self.written.elsewhere = {"platforms": sorted(platforms), "payload": dump_reply(render(say, self.view))}

    def _set_timer(self, turn: Turn) -> None:
        waits = [effect.at for effect in turn.effects if isinstance(effect, WaitUntil)]
        if waits:
            self.written.wakes_at = (waits[-1],)
        elif turn.conversation.marker is None:
            self.written.wakes_at = (None,)

    def _log_inbound(self, content_type: str = "text") -> None:
        if self.user_id is None:
            return
        self.written.log.append(
            {
                "direction": "inbound",
                "content_type": "image" if pictures_of(self.message) else content_type,
                "preview": mask_codes(self.message.text or self.message.button or "")[:PREVIEW],
                "metadata": {"external_id": self.message.external_id, **self._spoken()},
            }
        )

    def _spoken(self) -> dict[str, bool]:
        """The mark of a voice note in the log; whether it was heard."""
        voiced = self.message.spoken or bool(voices_of(self.message))
        return {"voice": True, "heard": self.message.spoken} if voiced else {}

    def _shown(self, say: Say) -> Reply:
        """The reply; the first to a voice note begins with what was heard."""
        reply, unsaid = render(say, self.view), self._unsaid
        self._unsaid = None
        if unsaid is None or say.key == "heard":
            return reply
        heard = render(Say("heard", {"text": unsaid}), self.view)
        return replace(reply, text=f"{heard.text}\n\n{reply.text}")

    def say(self, say: Say) -> None:
        """Put a reply into the outbox, and into the log where there is a profile to log for."""
        reply = self._shown(say)
        about = about_of(say)
        trade_id = str(about) if about else None
        self.written.replies.append({"payload": dump_reply(reply), "trade_id": trade_id})
        if self.user_id is not None:
            preview = mask_codes("\n".join(filter(None, (reply.title, reply.text))))[:PREVIEW]
            line = {"direction": "outbound", "content_type": "text", "preview": preview, "trade_id": trade_id}
            self.written.log.append(line)
