"""What the trader reads, by the examples; that nothing said is left without words, and nothing is ever too long."""

import ast
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

import statemachine
from bot.commands import COMMANDS, menu, page
from bot.hearing.listener import TROUBLES
from bot.hearing.notes import refused
from bot.reading import ReadContext, read
from bot.services import Absent
from bot.settings import read_settings
from bot.texts import render
from bot.texts.buttons import MOST_BYTES
from bot.texts.english import ENGLISH
from bot.texts.helping import THEMES
from bot.texts.pressed import parse_button
from bot.texts.render import RENDERERS
from bot.trading.limits import LEVELS, Guard, GuardKind
from statemachine.conversation import STATES, Conversation, Say, Scene
from statemachine.events import Corrected, Reported
from statemachine.machine import TABLE, step
from statemachine.message import AttachmentKind, Reply
from statemachine.trade import FIELD_NAMES, TradeFields
from tests.reply_examples import EDIT, EXAMPLES, LEFT, NOW, OPEN, ROW, STOPPED, VIEW, draft, known


def seen(reply: Reply) -> str:
    """A reply as one text: title, text, rows of [labels]."""
    rows = [" ".join(f"[{button.label}]" for button in row) for row in reply.buttons]
    return "\n".join([*([reply.title] if reply.title else []), reply.text, *rows])


def expected(example: str) -> str:
    return "\n".join(line.removeprefix(" " * 8) for line in example.strip().splitlines())


@pytest.mark.parametrize(("key", "data", "example"), EXAMPLES, ids=[key for key, _, _ in EXAMPLES])
def test_what_the_trader_sees(key: str, data: dict[str, Any], example: str) -> None:
    reply = render(Say(key, data), VIEW)
    assert seen(reply) == expected(example)
    for button in (button for row in reply.buttons for button in row):
        assert len(button.data.encode()) <= MOST_BYTES
        assert parse_button(button.data) is not None


def test_every_key_has_an_example() -> None:
    assert {key for key, _, _ in EXAMPLES} == set(RENDERERS)


def test_a_key_without_a_text_is_a_bug() -> None:
    with pytest.raises(KeyError):
        render(Say("no such key"), VIEW)
    with pytest.raises(TypeError):
        render(Say("stale"), VIEW)


# ---- the machine and the texts agree


def test_every_key_of_the_conversation_has_a_text() -> None:
    said: set[str] = set()
    sources = [path.read_text() for path in Path(statemachine.__file__).parent.glob("*.py")]
    for node in (node for source in sources for node in ast.walk(ast.parse(source))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
            said |= {leaf.value for leaf in ast.walk(node.args[0]) if isinstance(leaf, ast.Constant)}
    assert len(said) > 20
    assert said <= set(RENDERERS)


def test_every_illegal_pair_is_answered() -> None:
    legal = {(row[0], state) for row in TABLE for state in ([row[1]] if isinstance(row[1], str) else row[1])}
    illegal = {(event, state) for event, _ in legal for state in STATES} - legal
    assert illegal
    for event, state in illegal:
        assert render(Say("not_allowed", {"event": event, "state": state}), VIEW).text


def test_replies_of_whole_steps_can_be_rendered() -> None:
    scene = Scene(message_id=UUID(int=7), said_at=NOW, session_end=NOW)
    turn = step(Conversation(), Reported(trades=(LEFT, OPEN)), NOW, scene)
    assert [seen(render(say, VIEW)).splitlines()[0] for say in turn.replies] == ["Are these right?"]


@pytest.mark.parametrize(
    "reason",
    [
        "unclear",
        "empty",
        "too_long",
        "impossible_price",
        "impossible_size",
        "stop_wrong_side",
        "attachment_only",
        "heard",
    ],
)
def test_every_reason_not_to_read(reason: str) -> None:
    assert render(Say("unread", {"understood": TradeFields(), "reason": reason, "state": "idle"}), VIEW).text


@pytest.mark.parametrize(
    "reason", [*get_args(Absent), *sorted(TROUBLES), "spent", "too_long", "several", "silent", "later"]
)
def test_every_reason_not_to_listen(reason: str) -> None:
    assert "{" not in render(refused_say(reason), VIEW).text


def refused_say(reason: str) -> Say:
    refusal = refused(reason, read_settings(None))
    return Say(refusal.key, refusal.data)


@pytest.mark.parametrize("kind", [kind for kind in get_args(AttachmentKind) if kind != "voice"])
def test_every_kind_of_attachment(kind: str) -> None:
    assert render(Say("attachment_unsupported", {"kind": kind}), VIEW).text


@pytest.mark.parametrize("reason", ["gone", "too_large", "not_an_image", "truncated", "too_many_pixels", "unsupported"])
def test_every_reason_to_refuse_a_picture(reason: str) -> None:
    assert render(Say("picture_refused", {"reason": reason, "limit_mb": 5}), VIEW).text


@pytest.mark.parametrize("kind", get_args(GuardKind))
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("crossed", [True, False])
@pytest.mark.parametrize("ends", [None, "soft", "hard"])
def test_every_guard(kind: Any, level: Any, crossed: bool, ends: Any) -> None:
    guard = Guard(kind, Decimal(5), Decimal(4), Decimal(0), level, over=Decimal(1), crossed=crossed, ends=ends)
    text = render(Say("recorded", {"draft": draft(), "guards": (guard,)}), VIEW).text
    assert text.splitlines()[-1] == "Based on the closed trades you logged."


def test_every_field_can_change() -> None:
    new = TradeFields(
        symbol="ES", direction="short", entry_price=Decimal(1), exit_price=Decimal(2), position_size=Decimal(3),
        stop_loss=Decimal(4), take_profit=Decimal(5), pnl=Decimal(6), pnl_basis="net", commissions=Decimal(7),
        entry_time=NOW, exit_time=NOW, day=NOW.date(), note="late", account="apex2",
        tags=("orb",), setup="ORB", mood="calm", mistake="late",
    )  # fmt: skip
    lines = render(Say("edited", {"draft": replace(EDIT, fields=new)}), VIEW).text.splitlines()
    assert len(lines) == 1 + len(FIELD_NAMES)
    assert lines[1] == "Symbol NQ → ES"
    assert lines[-6:] == [
        "Note none → late", "Account main → apex2",
        "Tags none → #orb", "Setup none → ORB", "Mood none → calm", "Mistake none → late",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "symbol", "reason"),
    [
        ("EUR", "NQ", "NQ is counted in USD, your account in EUR."),
        ("USD", "XYZ", "I do not know what a point of XYZ is worth."),
        ("USD", "US30", "what a point of US30 is worth depends on your broker."),
        ("USD", "ZB", "the prices of ZB are in a notation I cannot be sure of."),
    ],
)
def test_why_there_is_no_computed_pnl(currency: str, symbol: str, reason: str) -> None:
    fields = replace(LEFT, symbol=symbol, entry_price=Decimal("118.17"), exit_price=Decimal("118.30"))
    text = render(Say("confirm", {"drafts": (draft(fields),)}), replace(VIEW, currency=currency)).text
    assert f"P&L not computed: {reason} To add it, type for example: pnl +250" in text


def test_a_confirmed_point_value_is_used() -> None:
    view = replace(VIEW, point_values={"US30": Decimal(5)})
    text = render(Say("confirm", {"drafts": (draft(replace(LEFT, symbol="US30")),)}), view).text
    assert "P&L +$400.00 computed = 40 pts × $5 × 2" in text


# ---- what others wrote, and how much of it


def test_text_of_the_trader_is_cut() -> None:
    long = replace(LEFT, symbol="X" * 500, note="y" * 5000)
    for key, data in (
        ("confirm", {"drafts": (draft(long),)}),
        ("confirm", {"drafts": (draft(long), replace(EDIT, fields=TradeFields(note="y" * 5000)))}),
        ("unread", {"understood": long, "reason": "unclear", "state": "idle"}),
        ("whose_picture", {"trades": (known(replace(long, pnl=Decimal(1))),)}),
    ):
        reply = render(Say(key, data), VIEW)
        assert "X" * 12 not in seen(reply)
        assert "y" * 201 not in seen(reply)
        assert len(seen(reply)) < 700


def test_braces_of_the_trader_are_text() -> None:
    text = render(Say("confirm", {"drafts": (draft(replace(LEFT, note="{0.__class__} {x}")),)}), VIEW).text
    assert "Note: {0.__class__} {x}" in text


def test_long_lists_stay_within_what_a_platform_shows() -> None:
    drafts = tuple(draft(STOPPED, number) for number in range(1, 21))
    trades = tuple(known(OPEN, number) for number in range(20))
    picking = draft(TradeFields(), kind="close", choices=trades)
    for key, data in (
        ("confirm", {"drafts": drafts}),
        ("reminder", {"drafts": drafts}),
        ("drafts", {"pending": drafts, "shelf": drafts}),
        ("ask_details", {"draft": picking, "missing": picking.missing()}),
        ("trades", {"trades": [ROW] * 50}),
    ):
        reply = render(Say(key, data), VIEW)
        assert len(reply.buttons) <= 5
        assert all(len(row) <= 5 for row in reply.buttons)
        assert len(reply.text) <= 4096


def test_every_command_stands_on_one_page_of_help() -> None:
    listed = [name for theme in THEMES for name, _ in page(theme)]
    assert sorted(listed) == sorted(name for name, _ in menu())
    assert {name for name, row in COMMANDS.items() if row.theme} == set(dict(menu()))


# ---- what we tell to type can be read


def test_the_examples_are_understood() -> None:
    context = ReadContext(state="idle", drafts=(), missing=frozenset(), open_trades=(), now=NOW, zone=ZoneInfo("UTC"))
    assert read(ENGLISH["example.report"], context) == Reported(trades=(STOPPED,))
    waiting = replace(context, state="awaiting_confirmation", drafts=(LEFT,))
    several = replace(waiting, drafts=(LEFT, LEFT))
    changes = TradeFields(exit_price=Decimal(18295))
    assert read(ENGLISH["example.correction"], waiting) == Corrected(fields=changes)
    assert read("second exit 18295", several) == Corrected(fields=changes, which=2)
    assert read("pnl +250", waiting) == Corrected(fields=TradeFields(pnl=Decimal(250)))
    net = TradeFields(pnl=Decimal("1592.00"), pnl_basis="net")
    assert read("pnl 1592.00 net", waiting) == Corrected(fields=net)
