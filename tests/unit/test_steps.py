"""What a step does to the facts, where the table of test_machine.py cannot show it: each a thing traders trip over."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from statemachine.conversation import (
    MOST_DRAFTS,
    MOST_OPEN,
    SCREENSHOT_WAIT,
    AttachPictures,
    CloseTrade,
    Conversation,
    Draft,
    EditTrade,
    RecordTrade,
    RequestAudit,
    Turn,
    WaitUntil,
)
from statemachine.events import (
    Chatted,
    Closed,
    Confirmed,
    Corrected,
    Denied,
    Detailed,
    Pictured,
    Reported,
    Revised,
    Vanished,
)
from statemachine.machine import step
from statemachine.message import Attachment
from statemachine.trade import TradeFields
from tests.situations import (
    CHART,
    CLOSING,
    EDITING,
    ENTERED,
    EVENING,
    EVENTS,
    HELD,
    HELD_TOO,
    NOW,
    OTHER,
    OUT,
    PARTLY_CLOSED,
    RECORDED,
    SIDELESS,
    SITUATIONS,
    WHOLE,
    draft,
    known,
    scene,
)


def did(situation: str, event: str, around: str = "", **values: Any) -> Turn:
    return step(SITUATIONS[situation], EVENTS[event], NOW, scene(around, **values))


def only_draft(turn: Turn) -> Draft:
    (pending,) = turn.conversation.drafts
    return pending


# ---- which draft


@pytest.mark.parametrize(("event", "changed"), [("correction", 1), ("correction of 2", 1)])
def test_a_correction_changes_the_draft_it_names_else_the_last(event: str, changed: int) -> None:
    before, after = SITUATIONS["several"].drafts, did("several", event).conversation.drafts
    assert after[changed].fields.exit_price == Decimal(18295)
    assert after[1 - changed] == before[1 - changed]
    assert after[changed].revision == before[changed].revision + 1


def test_a_correction_while_details_are_asked_for_changes_the_draft_that_is_asked_about() -> None:
    mixed = replace(SITUATIONS["mixed"], drafts=SITUATIONS["mixed"].drafts[::-1])
    turn = step(mixed, EVENTS["correction"], NOW, scene())
    assert [pending.fields.exit_price for pending in turn.conversation.drafts] == [Decimal(18295), Decimal(5300)]


def test_no_while_details_are_asked_for_drops_only_that_draft() -> None:
    assert only_draft(did("mixed", "no")).fields == OTHER


def test_a_button_confirms_its_complete_draft_whatever_another_lacks() -> None:
    turn = did("mixed", "[yes 1]")
    assert [effect.draft.fields for effect in turn.effects if isinstance(effect, RecordTrade)] == [OTHER]
    assert only_draft(turn).fields == SIDELESS


# ---- closing


def test_a_close_takes_over_what_the_open_trade_tells() -> None:
    pending = only_draft(did("idle", "close", "one open"))
    assert (pending.fields, pending.trade_id) == (WHOLE, HELD.trade_id)


@pytest.mark.parametrize(
    ("answer", "picked"),
    [
        (TradeFields(symbol="ES"), HELD_TOO),
        (TradeFields(direction="long"), HELD),
        (TradeFields(entry_price=Decimal(18250)), HELD),
        (TradeFields(symbol="CL"), None),
        (TradeFields(note="the first"), None),
    ],
)
def test_the_trade_that_was_closed_may_be_named_in_words(answer: TradeFields, picked: Any) -> None:
    pending = only_draft(step(SITUATIONS["which"], Detailed(fields=answer), NOW, scene("two open")))
    assert pending.trade_id == (picked and picked.trade_id)
    assert (pending.missing() == ()) == (picked is not None)


def test_an_exit_told_for_a_close_without_one() -> None:
    exitless = draft(1, ENTERED, kind="close", trade_id=HELD.trade_id, choices=(HELD,))
    waiting = Conversation(state="awaiting_details", drafts=(exitless,), marker="draft:1")
    turn = step(waiting, Detailed(fields=OUT), NOW, scene("one open"))
    assert turn.conversation.state == "awaiting_confirmation"
    assert only_draft(turn).fields == WHOLE


def test_a_second_part_is_closed_from_what_the_first_leaves() -> None:
    second = did("closing", "close", "one open").conversation.drafts[1]
    assert second.trade_id == HELD.trade_id
    assert second.fields.position_size == Decimal(1)


@pytest.mark.parametrize(("closed", "asked"), [(2, 1), (1, 1), (3, 3)])
def test_a_close_of_a_trade_that_has_changed_since_is_asked_again(closed: int, asked: int) -> None:
    """All is all that is left now; a part, or more than there was, stays what was said."""
    closing = replace(CLOSING, fields=replace(WHOLE, position_size=Decimal(closed)))
    turn = step(replace(SITUATIONS["closing"], drafts=(closing,)), Confirmed(), NOW, scene("partly closed"))
    assert (turn.effects, [say.key for say in turn.replies]) == ((), ["changed_since", "confirm"])
    again = only_draft(turn)
    assert (again.id, again.revision, again.choices) == (closing.id, closing.revision + 1, (PARTLY_CLOSED,))
    assert again.fields.position_size == Decimal(asked)
    assert isinstance(step(turn.conversation, Confirmed(), NOW, scene("partly closed")).effects[0], CloseTrade)


def test_the_rest_is_all_once_the_part_before_it_is_not_closed() -> None:
    both = did("closing", "close", "one open").conversation
    dropped = step(both, Denied(which=1), NOW, scene("one open")).conversation
    again = only_draft(step(dropped, Confirmed(), NOW, scene("one open")))
    assert again.fields.position_size == Decimal(2)


def test_the_rest_confirmed_before_the_part_is_asked_again_as_a_part() -> None:
    both = did("closing", "close", "one open").conversation
    turn = step(both, Confirmed(which=2), NOW, scene("one open"))
    part, rest = turn.conversation.drafts
    assert (part.fields.position_size, rest.fields.position_size) == (Decimal(1), Decimal(1))
    assert rest.choices == (HELD,)


def test_nothing_is_left_to_close_once_all_of_it_is_pending() -> None:
    closing_all = did("idle", "close", "one open").conversation
    turn = step(closing_all, Closed(fields=OUT), NOW, scene("one open"))
    assert turn.replies[0].key == "nothing_open"
    assert turn.conversation == closing_all


def test_a_whole_report_of_an_open_trade_closes_it() -> None:
    pending = only_draft(did("idle", "report", "one open"))
    assert (pending.kind, pending.trade_id, pending.fields) == ("close", HELD.trade_id, WHOLE)


def test_a_report_from_another_entry_is_a_trade_of_its_own() -> None:
    fields = replace(WHOLE, entry_price=Decimal(18251))
    assert only_draft(step(Conversation(), Reported(trades=(fields,)), NOW, scene("one open"))).kind == "record"


def test_a_part_is_neither_charted_nor_judged_the_rest_is() -> None:
    part = did("closing", "yes", "one open")
    assert [type(effect) for effect in part.effects] == [CloseTrade]
    both = step(did("closing", "close", "one open").conversation, Confirmed(), NOW, scene("one open"))
    assert [trade.trade_id for trade in both.conversation.awaiting] == [HELD.trade_id]


def test_a_trade_that_is_no_longer_open_is_not_closed_again() -> None:
    turn = did("closing", "yes")
    assert (turn.effects, turn.replies[0].key) == ((), "nothing_open")


def test_a_trade_may_be_open_beyond_those_the_scene_holds() -> None:
    others = tuple(known(200 + n, ENTERED, is_open=True) for n in range(MOST_OPEN))
    assert did("closing", "yes", open_trades=others).effects[0] == CloseTrade(SITUATIONS["closing"].drafts[0])


def test_a_picture_button_never_picks_the_trade_to_close() -> None:
    assert did("which", "[picture of held]", "two open").conversation == SITUATIONS["which"]


# ---- twins


@pytest.mark.parametrize(
    ("fields", "twin"),
    [
        (WHOLE, True),
        (replace(WHOLE, note="again"), True),
        (TradeFields(symbol="NQ", direction="long", exit_price=Decimal(18290), entry_price=Decimal(18250)), True),
        (replace(WHOLE, exit_price=Decimal(18291)), False),
        (replace(WHOLE, direction="short"), False),
        (TradeFields(symbol="NQ", direction="long", position_size=Decimal(2), pnl=Decimal(400)), False),
        (ENTERED, False),
        (TradeFields(symbol="NQ", direction="long", note="felt good"), False),
    ],
)
def test_twins_are_told_by_a_price_or_a_result(fields: TradeFields, twin: bool) -> None:
    assert only_draft(step(Conversation(), Reported(trades=(fields,)), NOW, scene("recent"))).twin is twin


def test_a_report_sent_twice_is_a_twin_of_the_one_that_waits() -> None:
    assert [pending.twin for pending in did("confirmation", "report").conversation.drafts] == [False, True]


def test_a_net_result_is_not_compared_with_a_gross_one() -> None:
    net = replace(WHOLE, pnl=Decimal(1590), pnl_basis="net")
    stored = known(61, replace(WHOLE, pnl=Decimal(1600)))
    assert only_draft(step(Conversation(), Reported(trades=(net,)), NOW, scene(recent=(stored,)))).twin


def test_a_detail_may_make_a_twin_and_a_correction_unmake_it() -> None:
    incomplete = step(Conversation(), Reported(trades=(SIDELESS,)), NOW, scene("recent"))
    assert not only_draft(incomplete).twin
    complete = step(incomplete.conversation, Detailed(fields=TradeFields(direction="long")), NOW, scene("recent"))
    assert only_draft(complete).twin
    other = step(complete.conversation, EVENTS["correction"], NOW, scene("recent"))
    assert not only_draft(other).twin


def test_the_picture_of_the_same_again_goes_to_the_recorded_trade() -> None:
    assert did("twin", "no").effects == (AttachPictures(RECORDED.trade_id, CHART),)


# ---- pictures


def test_pictures_with_a_yes_join_the_first_draft() -> None:
    turn = did("several", "yes", "picture")
    recorded, *_ = (effect.draft for effect in turn.effects if isinstance(effect, RecordTrade))
    assert recorded.pictures == CHART
    assert AttachPictures(recorded.id, CHART) in turn.effects


def test_pictures_that_came_one_by_one_are_kept_together() -> None:
    more = (Attachment(kind="photo", handle="more"),)
    turn = step(SITUATIONS["loose"], Pictured(pictures=more), NOW, scene())
    assert turn.conversation.loose == CHART + more
    assert only_draft(step(turn.conversation, EVENTS["report"], NOW, scene())).pictures == CHART + more


def test_an_edited_message_does_not_bring_its_picture_twice() -> None:
    reported = did("idle", "report", "picture").conversation
    turn = step(reported, Revised(source="m99", fields=WHOLE), NOW, scene("picture"))
    assert only_draft(turn).pictures == CHART


def test_a_picture_beside_a_proposed_edit_goes_to_its_trade() -> None:
    turn = did("edit and chart", "picture")
    assert turn.effects == (AttachPictures(RECORDED.trade_id, CHART),)
    assert turn.conversation.awaiting == ()


# ---- edits


def test_an_edited_message_keeps_what_other_messages_told() -> None:
    with_stop = Corrected(fields=TradeFields(stop_loss=Decimal(18230)))
    corrected = step(SITUATIONS["confirmation"], with_stop, NOW, scene()).conversation
    fields = only_draft(step(corrected, EVENTS["edit of m1"], NOW, scene())).fields
    assert (fields.stop_loss, fields.exit_price) == (Decimal(18230), Decimal(18295))


def test_a_later_edit_replaces_the_proposed_one() -> None:
    pending = only_draft(did("editing", "edit of m0", "target"))
    assert pending.fields == TradeFields(exit_price=Decimal(18295))


def test_an_edited_trade_is_judged_anew_unless_its_chart_is_awaited() -> None:
    assert did("editing", "yes").effects == (EditTrade(EDITING), RequestAudit(RECORDED.trade_id))
    waiting = did("edit and chart", "yes")
    assert RequestAudit(RECORDED.trade_id) not in waiting.effects
    assert waiting.conversation.awaiting[0].fields.exit_price == OUT.exit_price


def test_what_a_closed_part_rests_on_is_not_corrected_either() -> None:
    stop = TradeFields(stop_loss=Decimal(18230))
    edit = replace(EDITING, fields=stop, trade_id=HELD.trade_id, choices=(PARTLY_CLOSED,))
    waiting = replace(SITUATIONS["editing"], drafts=(edit,))
    turn = step(waiting, Corrected(fields=TradeFields(entry_price=Decimal(18240))), NOW, scene())
    assert ([say.key for say in turn.replies], only_draft(turn)) == (["partly_closed", "confirm"], edit)


def test_an_edit_that_waited_while_a_part_was_closed_is_refused() -> None:
    edit = replace(EDITING, trade_id=HELD.trade_id, choices=(HELD,))
    turn = step(replace(SITUATIONS["editing"], drafts=(edit,)), Confirmed(), NOW, scene("partly closed"))
    assert ([say.key for say in turn.replies], turn.effects) == (["partly_closed"], ())


def test_of_a_trade_that_is_gone_nothing_waits() -> None:
    gone = Vanished(trade_id=RECORDED.trade_id)
    shelved = replace(EDITING, id=UUID(int=2), shelved_at=NOW)
    waiting = Conversation(
        state="awaiting_confirmation", drafts=(EDITING,), shelf=(shelved,), awaiting=(RECORDED, HELD), marker="draft:1"
    )
    turn = step(waiting, gone, NOW, scene())
    assert (turn.conversation.drafts, turn.conversation.shelf) == ((), ())
    assert (turn.conversation.state, turn.conversation.awaiting) == ("awaiting_screenshot", (HELD,))
    assert [say.key for say in turn.replies] == ["dropped", "ask_chart"]


def test_an_open_trade_whose_stop_is_edited_is_not_judged() -> None:
    stop = draft(1, TradeFields(stop_loss=Decimal(18200)), kind="edit", trade_id=HELD.trade_id, choices=(HELD,))
    waiting = Conversation(state="awaiting_confirmation", drafts=(stop,), marker="draft:1")
    assert step(waiting, Confirmed(), NOW, scene("one open")).effects == (EditTrade(stop),)


# ---- waits


def timers(turn: Turn) -> list[WaitUntil]:
    return [effect for effect in turn.effects if isinstance(effect, WaitUntil)]


def test_a_draft_is_waited_for_until_the_session_ends_whatever_is_said_about_it() -> None:
    conversation = Conversation()
    marker = f"draft:{UUID(int=99).hex}"
    for event, expected in (
        ("incomplete report", [WaitUntil(EVENING, marker)]),
        ("talk", []),
        ("side", []),
        ("correction", []),
        ("side removed", []),
        ("report", []),
    ):
        turn = step(conversation, EVENTS[event], NOW, scene())
        assert timers(turn) == expected
        assert turn.conversation.marker == marker
        conversation = turn.conversation


def test_the_wait_for_a_chart_begins_with_the_question_and_again_with_the_next() -> None:
    first = did("confirmation", "yes")
    assert timers(first) == [WaitUntil(NOW + SCREENSHOT_WAIT, f"chart:{UUID(int=99).hex}")]
    assert timers(step(first.conversation, Chatted(), NOW + timedelta(minutes=5), scene())) == []
    later = NOW + timedelta(minutes=7)
    following = step(SITUATIONS["charts"], Pictured(pictures=CHART), later, scene())
    assert timers(following) == [WaitUntil(later + SCREENSHOT_WAIT, f"chart:{UUID(int=99).hex}")]


def test_a_new_wait_has_a_new_marker() -> None:
    idle = did("confirmation", "no").conversation
    assert idle.marker is None
    again = step(idle, EVENTS["report"], NOW, scene(message_id=UUID(int=100)))
    assert again.conversation.marker != SITUATIONS["confirmation"].marker


# ---- the shelf


def test_what_the_shelf_cannot_hold_is_named() -> None:
    turn = did("full shelf", "time")
    assert len(turn.conversation.shelf) == MOST_DRAFTS
    assert turn.replies[1].data["drafts"] == (SITUATIONS["full shelf"].shelf[0],)


@pytest.mark.parametrize("event", ["[yes 9]", "[edit 9]"])
def test_a_draft_from_the_shelf_is_no_longer_put_away(event: str) -> None:
    assert only_draft(did("shelf incomplete", event)).shelved_at is None


def test_a_dropped_draft_is_gone_and_the_others_stay() -> None:
    turn = step(SITUATIONS["several"], Denied(which=1), NOW, scene())
    assert turn.replies[0].data["drafts"] == (SITUATIONS["several"].drafts[0],)
    assert turn.conversation.drafts == SITUATIONS["several"].drafts[1:]
