"""What the rows of the table write about recorded trades: changing, deleting, one more fill."""

from statemachine.conditions import as_asked
from statemachine.conversation import KnownTrade
from statemachine.legs import with_fill
from statemachine.matching import needed
from statemachine.recorded import edit_of, forget_edit, of_recorded
from statemachine.trade import TradeFields
from statemachine.work import Work


def _target(work: Work) -> KnownTrade:
    target = work.scene.target
    assert target is not None  # noqa: S101 - the row's condition
    return target


def ask_which(work: Work) -> None:
    """It was not said of which trade, and there is not one alone that it could be."""
    work.say("which_recorded")
    work.show()


def ask_change(work: Work) -> None:
    """What is asked is asked before what else waits. A change that waits already goes on."""
    target = _target(work)
    if any((pending.kind, pending.trade_id) == ("edit", target.trade_id) for pending in work.drafts):
        work.show()
        return
    asked = work.asked()
    work.drafts.insert(len(work.drafts) if asked is None else asked, edit_of(work, target, TradeFields()))
    work.show()


def say_unchanged(work: Work) -> None:
    work.say("unchanged", trade=work.scene.target)
    work.show()


def say_needed(work: Work) -> None:
    """What is to be emptied can only be told otherwise."""
    target = _target(work)
    work.say("needed", trade=target, name=needed(target, work.event.cleared))
    work.show()


def propose_deletion(work: Work) -> None:
    target = _target(work)
    if not any((pending.kind, pending.trade_id) == ("delete", target.trade_id) for pending in work.drafts):
        work.drafts.append(of_recorded(work, target, "delete", alone=False))
    work.show()


# ---- one more fill


def propose_fill(work: Work) -> None:
    """Together with a change of the trade that waits already."""
    target = _target(work)
    changed = with_fill(as_asked(work, target), work.event.fields)
    assert isinstance(changed, TradeFields)  # noqa: S101 - the row's condition
    cleared: frozenset[str] = frozenset()
    for pending in forget_edit(work, target):
        changed, cleared = pending.fields.merged(changed), pending.cleared
    work.drafts.append(edit_of(work, target, changed, cleared))
    work.show()


def say_misfit(work: Work) -> None:
    target = as_asked(work, _target(work))
    work.say("fill_refused", trade=target, reason=with_fill(target, work.event.fields), fill=work.event.fields)
    work.show()
