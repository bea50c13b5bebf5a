"""The conversation as a table.

Rules for the reader:
- One row per (event, state) and condition; rows of one event and state are tried from top to bottom.
- Conditions look, actions write into the Work at hand; neither does I/O, reads a clock or makes up an id.
- An action says what is pending; SETTLED says which state that is.
- A pair without a row is illegal: it is answered with what is possible now and changes nothing.
- The Machine is made once at import; each step drives it with a small object made from the row and never kept.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, cast

from transitions import EventData, Machine

from statemachine import actions as act
from statemachine import changing as fix
from statemachine import conditions as when
from statemachine import drafting as new
from statemachine import pictures as pic
from statemachine import planning as plan
from statemachine import revising as rev
from statemachine.conversation import STATES, Conversation, Scene, State, Turn
from statemachine.events import Event
from statemachine.work import Work

IDLE, DETAILS, CONFIRMATION, SCREENSHOT = STATES
DRAFTING: list[State] = [DETAILS, CONFIRMATION]
ANY: list[State] = list(STATES)

Condition = Callable[[Work], bool]
Action = Callable[[Work], None]
Row = tuple[str, State | list[State], Condition | None, Action]

# fmt: off
TABLE: tuple[Row, ...] = (
    # event       in state        if                     then
    ("Reported",  ANY,            when.too_many_drafts,  new.refuse_more_drafts),
    ("Reported",  SCREENSHOT,     None,                  new.end_wait_and_draft),
    ("Reported",  ANY,            None,                  new.draft),
    ("Planned",   ANY,            when.edits_no_plan,    act.ignore),
    ("Planned",   ANY,            when.too_many_plans,   plan.refuse_more_plans),
    ("Planned",   ANY,            None,                  plan.keep),
    ("Filled",    ANY,            when.fill_waits,       fix.change_fill),
    ("Filled",    ANY,            when.no_plan_meant,    plan.say_no_plan),
    ("Filled",    ANY,            when.answers_which,    plan.tell_which),
    ("Filled",    ANY,            when.too_many_drafts,  new.refuse_more_drafts),
    ("Filled",    SCREENSHOT,     None,                  plan.end_wait_and_fill),
    ("Filled",    ANY,            None,                  plan.fill),
    ("Unfilled",  ANY,            when.no_plan_meant,    plan.say_no_plan),
    ("Unfilled",  ANY,            when.several_plans_meant, plan.ask_which),
    ("Unfilled",  ANY,            None,                  plan.end),
    ("Closed",    ANY,            when.nothing_open,     new.say_nothing_open),
    ("Closed",    ANY,            when.too_many_drafts,  new.refuse_more_drafts),
    ("Closed",    SCREENSHOT,     None,                  new.end_wait_and_close),
    ("Closed",    ANY,            None,                  new.close),
    ("Detailed",  DRAFTING,       None,                  fix.add_details),
    ("Corrected", DRAFTING,       when.no_such_draft,    act.say_no_such_draft),
    ("Corrected", DRAFTING,       None,                  fix.correct),
    ("Revised",   ANY,            when.revises_a_draft,  fix.revise_draft),
    ("Revised",   ANY,            when.empties_needed,   rev.say_needed),
    ("Revised",   ANY,            when.revises_parts,    fix.refuse_edit),
    ("Revised",   ANY,            when.revises_too_many, new.refuse_more_drafts),
    ("Revised",   ANY,            when.revises_shelved,  fix.revise_shelved),
    ("Revised",   ANY,            when.revises_a_plan,   plan.fill_as_edited),
    ("Revised",   ANY,            when.revises_a_trade,  fix.propose_edit),
    ("Revised",   ANY,            when.names_other_account, fix.say_account_stays),
    ("Revised",   ANY,            when.takes_edit_back,  fix.take_edit_back),
    ("Revised",   ANY,            when.asks_nothing_new, rev.say_unchanged),
    ("Revised",   ANY,            None,                  act.ignore),
    ("ChangeAsked", ANY,          when.lacks_target,     rev.ask_which),
    ("ChangeAsked", ANY,          when.too_many_drafts,  new.refuse_more_drafts),
    ("ChangeAsked", ANY,          None,                  rev.ask_change),
    ("DeletionAsked", ANY,        when.lacks_target,     rev.ask_which),
    ("DeletionAsked", ANY,        when.too_many_drafts,  new.refuse_more_drafts),
    ("DeletionAsked", ANY,        None,                  rev.propose_deletion),
    ("FillTold",  ANY,            when.lacks_target,     rev.ask_which),
    ("FillTold",  ANY,            when.does_not_fit,     rev.say_misfit),
    ("FillTold",  ANY,            when.too_many_drafts,  new.refuse_more_drafts),
    ("FillTold",  ANY,            None,                  rev.propose_fill),
    ("Confirmed", ANY,            when.lacks_room,       new.refuse_more_drafts),
    ("Confirmed", ANY,            when.names_shelved,    act.confirm_shelved),
    ("Confirmed", ANY,            when.is_stale,         act.say_stale),
    ("Confirmed", CONFIRMATION,   when.no_such_draft,    act.say_no_such_draft),
    ("Confirmed", CONFIRMATION,   when.not_yet_shown,    act.ask_again),
    ("Confirmed", CONFIRMATION,   None,                  act.confirm),
    ("Confirmed", DETAILS,        when.names_complete,   act.confirm),
    ("Confirmed", DETAILS,        None,                  act.ask_again),
    ("Confirmed", SCREENSHOT,     when.brings_pictures,  pic.attach_awaited),
    ("Confirmed", SCREENSHOT,     None,                  act.ask_again),
    ("Confirmed", IDLE,           when.has_shelf,        act.show_shelf),
    ("Denied",    ANY,            when.names_shelved,    act.drop_shelved),
    ("Denied",    ANY,            when.is_stale,         act.say_stale),
    ("Denied",    DRAFTING,       when.no_such_draft,    act.say_no_such_draft),
    ("Denied",    DRAFTING,       None,                  act.drop),
    ("Denied",    SCREENSHOT,     when.brings_pictures,  pic.attach_awaited),
    ("Denied",    SCREENSHOT,     None,                  pic.skip),
    ("Denied",    IDLE,           when.has_loose,        pic.forget_loose),
    ("Denied",    IDLE,           when.has_shelf,        act.show_shelf),
    ("EditAsked", ANY,            when.lacks_room,       new.refuse_more_drafts),
    ("EditAsked", ANY,            when.names_shelved,    act.take_from_shelf),
    ("EditAsked", ANY,            when.is_stale,         act.say_stale),
    ("EditAsked", DRAFTING,       None,                  fix.explain_editing),
    ("AccountPicked", ANY,        when.is_stale,         act.say_stale),
    ("AccountPicked", ANY,        None,                  fix.pick_account),
    ("Picked",    ANY,            when.picks_for_loose,  pic.place_loose),
    ("Picked",    ANY,            when.is_stale,         act.say_stale),
    ("Picked",    DRAFTING,       when.picks_offered,    new.pick_trade),
    ("Picked",    ANY,            None,                  act.say_stale),
    ("Pictured",  ANY,            when.has_target,       pic.attach_to_target),
    ("Pictured",  SCREENSHOT,     None,                  pic.attach_awaited),
    ("Pictured",  DRAFTING,       None,                  pic.join_pictures),
    ("Pictured",  IDLE,           None,                  pic.keep_loose),
    ("PictureRefused", ANY,       None,                  pic.ask_chart_again),
    ("Skipped",   SCREENSHOT,     when.brings_pictures,  pic.attach_awaited),
    ("Skipped",   ANY,            when.awaits_charts,    pic.skip),
    ("Skipped",   IDLE,           when.has_loose,        pic.forget_loose),
    ("Cancelled", DRAFTING,       None,                  act.cancel_drafts),
    ("Cancelled", SCREENSHOT,     None,                  pic.skip),
    ("Cancelled", IDLE,           when.has_loose,        pic.forget_loose),
    ("Expired",   ANY,            when.is_outlived,      act.ignore),
    ("Expired",   SCREENSHOT,     None,                  act.end_wait),
    ("Expired",   DRAFTING,       None,                  act.shelve),
    ("Vanished",  ANY,            None,                  act.forget_trade),
    ("Asked",     ANY,            None,                  act.answer_question),
    ("Chatted",   ANY,            None,                  act.answer_chat),
    ("Unread",    ANY,            None,                  act.answer_unread),
)

# After the row of the event: where to, by what is pending now.
SETTLED: tuple[tuple[State, Condition | None], ...] = (
    (DETAILS,      when.lacks_details),
    (CONFIRMATION, when.has_drafts),
    (SCREENSHOT,   when.awaits_charts),
    (IDLE,         None),
)
# fmt: on


def _looks(condition: Condition | None) -> list[Callable[[EventData], bool]]:
    return [] if condition is None else [lambda data: condition(cast("Work", data.model))]


def _writes(action: Action) -> Callable[[EventData], None]:
    return lambda data: action(cast("Work", data.model))


def _transitions() -> Iterator[dict[str, Any]]:
    for event, sources, condition, action in TABLE:
        for source in sources if isinstance(sources, list) else [sources]:
            row = {"trigger": event, "source": source, "dest": None}
            yield row | {"conditions": _looks(condition), "before": _writes(action)}
    for state, condition in SETTLED:
        yield {"trigger": "Settled", "source": "*", "dest": state, "conditions": _looks(condition)}


MACHINE = Machine(
    model=None,
    states=list(STATES),
    initial=IDLE,
    auto_transitions=False,
    send_event=True,
    ignore_invalid_triggers=True,
    transitions=list(_transitions()),
)


def step(conversation: Conversation, event: Event, now: datetime, scene: Scene) -> Turn:
    """One event on one conversation. Pure: the same arguments give the same Turn; `now` is aware UTC."""
    work = Work(conversation, event, now, scene)
    if not MACHINE.events[type(event).__name__].trigger(work):
        act.say_not_allowed(work)
    MACHINE.events["Settled"].trigger(work)
    return work.turn()
