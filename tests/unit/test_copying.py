"""On how many accounts a trade was taken: what says so, which accounts are meant, and what becomes of one draft."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.copies import without_copies
from db.conversations import dump_conversation, load_conversation
from statemachine.conversation import Conversation, Draft
from statemachine.copying import are_copies, meant_together, shares, spread
from statemachine.trade import Copies
from tests.situations import (
    CLOSING_BOTH,
    COPIED,
    COPIED_TOO,
    EDITING,
    HELD,
    HELD_ON_APEX2,
    HELD_TOO,
    WHOLE,
    draft,
    scene,
)
from tests.unit.test_derived import texts

THREE = scene(accounts=("main", "apex1", "apex2"), account="apex1")


# ---- what says so


@pytest.mark.parametrize(
    ("text", "left", "copies"),
    [
        ("long 2 nq 18250 > 18290 x3 accounts", "long 2 nq 18250 > 18290", Copies(count=3)),
        ("long 2 nq 18250 > 18290, 3x accts", "long 2 nq 18250 > 18290", Copies(count=3)),
        ("X3 ACCS: long 2 nq", "long 2 nq", Copies(count=3)),
        ("long nq on 3 accounts", "long nq", Copies(count=3)),
        ("long nq on three accounts", "long nq", Copies(count=3)),
        ("long nq copied to 3 accounts", "long nq", Copies(count=3)),
        ("long nq on 2 of my 3 accounts", "long nq", Copies(count=2)),
        ("long nq on 4 prop accounts", "long nq", Copies(count=4)),
        ("long nq on all accounts", "long nq", Copies(every=True)),
        ("long nq all my accs", "long nq", Copies(every=True)),
        ("long nq on every account", "long nq", Copies(every=True)),
        ("long nq on all 3 accounts", "long nq", Copies(count=3)),
        ("long nq both accounts", "long nq", Copies(count=2)),
        ("long nq on 1 account", "long nq", Copies(count=1)),
        ("long nq +900 total on 3 accounts", "long nq +900", Copies(count=3, total=True)),
        ("long nq x2 accounts, +900 in total", "long nq   +900", Copies(count=2, total=True)),
        ("largo nq en ambas cuentas", "largo nq", Copies(count=2)),
        ("largo nq en todas las cuentas", "largo nq", Copies(every=True)),
        ("long nq auf allen Konten", "long nq", Copies(every=True)),
        ("long nq auf fünf Konten", "long nq", Copies(count=5)),
        ("comprei nq nas 3 contas", "comprei nq", Copies(count=3)),
        ("long nq sur les deux comptes", "long nq", Copies(count=2)),
    ],
)
def test_copies_are_said(text: str, left: str, copies: Copies) -> None:
    bare, said = without_copies(text)
    assert said == copies
    assert bare.replace(",", " ").split() == left.split()


@pytest.mark.parametrize(
    "text",
    [
        "long nq x3 18250 > 18290",
        "long 3 nq all in",
        "long nq account 2",
        "long nq 18250 accounts for it",
        "18,250.5 accounts",
        "+900 in total",
        "all good, both legs filled",
        "",
    ],
)
def test_no_copies_are_said(text: str) -> None:
    assert without_copies(text) == (text, None)


def test_a_pnl_per_account_is_one_as_any() -> None:
    assert without_copies("long nq +500 per account") == ("long nq +500", None)


@pytest.mark.parametrize("text", ["all", "both", "All of them.", "all 3", "alle", "todas"])
def test_all_is_an_answer(text: str) -> None:
    assert without_copies(text, asked=True) == ("", Copies(every=True))
    assert without_copies(text) == (text, None)


@given(st.text(max_size=60))
def test_any_text_is_left_or_shortened(text: str) -> None:
    left, said = without_copies(text)
    assert left == text or len(left) < len(text) or said is None


# ---- which accounts


@pytest.mark.parametrize(
    ("said", "accounts"),
    [
        (Copies(every=True), ("main", "apex1", "apex2")),
        (Copies(count=3), ("main", "apex1", "apex2")),
        (Copies(count=1), ("apex1",)),
        (Copies(names=("apex2", "main")), ("apex2", "main")),
        (Copies(names=("apex2", "main"), count=2), ("apex2", "main")),
    ],
)
def test_which_accounts_are_meant(said: Copies, accounts: tuple[str, ...]) -> None:
    made = spread(draft(1), said, THREE)
    assert (made.fields.account, *made.copies) == accounts
    assert made.missing() == ()


@pytest.mark.parametrize("said", [Copies(count=2), Copies(count=4), Copies(names=("apex2", "main"), count=3)])
def test_another_number_is_asked_about(said: Copies) -> None:
    made = spread(draft(1), said, THREE)
    assert (made.copies_asked, made.copies, made.missing()) == (said.count, (), ("accounts",))


def test_an_unknown_name_is_asked_about() -> None:
    made = spread(draft(1), Copies(names=("apex1", "apx2")), THREE)
    assert (made.unknown_account, made.copies, made.missing()) == ("apx2", (), ("account",))


# ---- which open trades


def test_copies_are_closed_together_whatever_is_said() -> None:
    both = (COPIED, COPIED_TOO)
    assert are_copies(both)
    assert meant_together(both, None) == both
    assert meant_together((COPIED,), None) == ()
    assert meant_together(both, Copies(names=("apex2",))) == (COPIED_TOO,)


def test_other_trades_only_where_it_is_said_and_they_are_one_trade() -> None:
    both = (HELD, HELD_ON_APEX2)
    assert meant_together(both, None) == ()
    assert meant_together(both, Copies(every=True)) == both
    assert meant_together(both, Copies(count=2)) == both
    assert meant_together(both, Copies(count=3)) == ()
    assert meant_together((HELD, HELD_TOO), Copies(every=True)) == ()
    assert meant_together((HELD, replace(HELD, trade_id=UUID(int=59))), Copies(every=True)) == ()


# ---- what becomes of a draft


def on_three(**values: object) -> Draft:
    fields = replace(WHOLE, account="main", pnl=Decimal(1000))
    return draft(1, fields, copies=("apex1", "apex2"), **values)


def test_each_share_is_a_trade_of_its_own() -> None:
    one, two, three = shares(on_three())
    assert [share.fields.account for share in (one, two, three)] == ["main", "apex1", "apex2"]
    assert [share.id for share in (one, two, three)] == [
        UUID(int=1),
        uuid5(UUID(int=1), "apex1"),
        uuid5(UUID(int=1), "apex2"),
    ]
    assert {(share.copies, share.copy_of, share.fields.pnl) for share in (one, two, three)} == {
        ((), UUID(int=1), Decimal(1000))
    }


def test_a_total_is_shared_to_the_cent() -> None:
    parts = [share.fields.pnl for share in shares(on_three(total=True))]
    assert parts == [Decimal("333.34"), Decimal("333.33"), Decimal("333.33")]
    loss = on_three(total=True)
    loss = replace(loss, fields=replace(loss.fields, pnl=Decimal(-1000)))
    assert sum(share.fields.pnl or 0 for share in shares(loss)) == -1000


def test_an_account_named_twice_has_one_trade() -> None:
    assert len(shares(draft(1, replace(WHOLE, account="main"), copies=("main", "apex2", "apex2")))) == 2


def test_a_single_trade_is_its_own_share() -> None:
    assert shares(draft(1)) == (draft(1),)


def test_a_close_of_all_closes_what_each_holds() -> None:
    small = replace(COPIED_TOO, fields=replace(COPIED_TOO.fields, position_size=Decimal(1)))
    whole = replace(CLOSING_BOTH, choices=(COPIED, small))
    assert [share.fields.position_size for share in shares(whole)] == [2, 1]
    assert [share.fields.account for share in shares(whole)] == [None, "apex2"]
    part = replace(whole, fields=replace(whole.fields, position_size=Decimal(1)))
    assert [share.fields.position_size for share in shares(part)] == [1, 1]


# ---- what a client may have written


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(replace(CLOSING_BOTH, others=(UUID(int=77),)), id="a trade that was not offered"),
        pytest.param(draft(1, others=(UUID(int=77),)), id="a report of a recorded trade"),
        pytest.param(draft(1, copy_of=UUID(int=77)), id="a copy of any draft"),
        pytest.param(draft(1, cleared=frozenset({"stop_loss"})), id="a report that empties a fact"),
        pytest.param(replace(EDITING, cleared=frozenset({"symbol"})), id="an edit that empties what is needed"),
        pytest.param(replace(EDITING, cleared=frozenset({"id"})), id="an edit that empties what is no fact"),
    ],
)
def test_a_forged_draft_is_no_conversation(forged: Draft) -> None:
    waiting = Conversation(state="awaiting_confirmation", drafts=(forged,))
    assert load_conversation(*texts(dump_conversation(waiting))) == (Conversation(), False)


def test_copies_wait_with_their_draft() -> None:
    emptying = replace(EDITING, cleared=frozenset({"stop_loss", "note"}))
    waiting = Conversation(state="awaiting_confirmation", drafts=(on_three(total=True), CLOSING_BOTH, emptying))
    assert load_conversation(*texts(dump_conversation(waiting))) == (waiting, True)
