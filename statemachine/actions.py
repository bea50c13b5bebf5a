"""What the rows of the table write once there are drafts: yes and no, the shelf, time, talk.

Each function takes the Work of one step; nothing else is touched.
"""

from dataclasses import replace

from statemachine.conversation import MOST_DRAFTS, Draft
from statemachine.forgetting import forget
from statemachine.pictures import attach
from statemachine.recording import write
from statemachine.work import Work, index_of

# ---- yes


def confirm(work: Work) -> None:
    refused = [work.drafts[number - 1] for number in sorted(work.event.refused)]
    if refused:
        work.drafts = [draft for draft in work.drafts if draft not in refused]
        _say_dropped(work, refused)
    taken = _taken(work)
    if work.scene.pictures:
        taken[0] = replace(taken[0], pictures=taken[0].pictures + work.scene.pictures)
    for pending in taken:
        write(work, pending)
    work.show()


def confirm_shelved(work: Work) -> None:
    pending = _unshelved(work)
    if pending.missing():
        work.drafts.append(pending)
    else:
        write(work, pending)
    work.show()


def _taken(work: Work) -> list[Draft]:
    """The drafts a yes or no speaks of, removed from the pending ones. Without a name: the asked one, else all."""
    event = work.event
    index = event.which - 1 if event.which is not None else index_of(work.drafts, event.draft_id)
    if index is None:
        index = work.asked()
    taken = list(work.drafts) if index is None else [work.drafts[index]]
    work.drafts = [draft for draft in work.drafts if draft not in taken]
    return taken


# ---- no


def drop(work: Work) -> None:
    _say_dropped(work, _taken(work))
    work.show()


def _say_dropped(work: Work, taken: list[Draft]) -> None:
    work.say("dropped", drafts=tuple(taken))
    for pending in taken:
        if pending.twin and pending.pictures and pending.choices:
            attach(work, pending.choices[0], pending.pictures)  # "the same": its picture belongs to the recorded one


def drop_shelved(work: Work) -> None:
    work.say("dropped", drafts=(_unshelved(work),))
    work.show()


def cancel_drafts(work: Work) -> None:
    work.say("dropped", drafts=tuple(work.drafts))
    work.drafts = []
    work.show()


# ---- the shelf, and what cannot be done


def take_from_shelf(work: Work) -> None:
    work.drafts.append(_unshelved(work))
    work.show()


def _unshelved(work: Work) -> Draft:
    return replace(work.shelf.pop(index_of(work.shelf, work.event.draft_id) or 0), shelved_at=None)


def show_shelf(work: Work) -> None:
    """A yes or no with nothing pending may answer the reminder; it does not say which draft, so it is asked again."""
    work.say("drafts", pending=(), shelf=tuple(work.shelf))


def say_stale(work: Work) -> None:
    work.say("stale", pending=bool(work.drafts or work.waiting))
    work.show()


def say_no_such_draft(work: Work) -> None:
    work.say("no_such_draft", which=work.event.which, count=len(work.drafts))
    work.show()


def ask_again(work: Work) -> None:
    work.show()


# ---- time


def end_wait(work: Work) -> None:
    work.end_wait()


def shelve(work: Work) -> None:
    """Put the drafts away, with one reminder. The shelf holds so many; what no longer fits is dropped, and named."""
    put_away = [replace(pending, shelved_at=work.now) for pending in work.drafts]
    shelf = work.shelf + put_away
    work.drafts, work.shelf, beyond = [], shelf[-MOST_DRAFTS:], shelf[:-MOST_DRAFTS]
    work.say("reminder", drafts=tuple(put_away))
    if beyond:
        work.say("dropped", drafts=tuple(beyond))
    work.end_wait()


def forget_trade(work: Work) -> None:
    """A trade that is gone is neither closed nor edited, nor is its chart waited for."""
    if forget(work, work.event.trade_id):
        work.show()


def ignore(work: Work) -> None:
    """Nothing to say, nothing to change."""


# ---- talk


def answer_question(work: Work) -> None:
    work.say("asked")
    work.show()


def answer_chat(work: Work) -> None:
    if work.drafts or work.waiting:
        work.show()
    else:
        work.say("chatted")


def answer_unread(work: Work) -> None:
    work.say("unread", understood=work.event.understood, reason=work.event.reason, state=work.state)
    work.show()


def say_not_allowed(work: Work) -> None:
    work.say("not_allowed", event=type(work.event).__name__, state=work.state)
    work.show()
