"""Is this right? What a trader is shown of a draft: how values came about, what was computed and how, what clashes."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.texts import View, render
from bot.trading.habits import Usual, habits_of
from statemachine.conversation import Say
from statemachine.trade import Derived, How, TradeFields
from tests.reply_examples import EDIT, LEFT, NOW, OPEN, VIEW, draft

LOSS = replace(LEFT, exit_price=Decimal(18230))
PAIR = TradeFields(
    symbol="EURUSD", direction="short", position_size=Decimal("0.5"), entry_price=Decimal("1.0890"),
    exit_price=Decimal("1.0862"),
)  # fmt: skip


def lines(fields: TradeFields, view: View = VIEW, **values: Any) -> list[str]:
    return render(Say("confirm", {"drafts": (draft(fields, **values),)}), view).text.splitlines()


# ---- what was computed, and how


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (LEFT, ["Long 2 NQ · $20/pt", "18,250 → 18,290", "P&L +$1,600.00 computed = 40 pts × $20 × 2"]),
        (LOSS, ["Long 2 NQ · $20/pt", "18,250 → 18,230", "P&L -$800.00 computed = -20 pts × $20 × 2"]),
        (OPEN, ["Long 2 NQ · $20/pt", "in at 18,250, open"]),
        (PAIR, ["Short 0.5 EURUSD · $10/pip", "1.0890 → 1.0862", "P&L +$140.00 computed = 28 pips × $10 × 0.5"]),
        (
            replace(PAIR, symbol="USDJPY", entry_price=Decimal("149.20"), exit_price=Decimal("149.05")),
            [
                "Short 0.5 USDJPY · 100,000 a lot",
                "149.20 → 149.05",
                "P&L +$50.32 computed = 15 pips × ¥1,000 × 0.5 ÷ 149.05",
            ],
        ),
        (
            replace(LEFT, symbol="ZC", entry_price=Decimal("450.25"), exit_price=Decimal("455.25")),
            ["Long 2 ZC · $50/pt", "450.25 → 455.25", "P&L +$500.00 computed = 5 pts × $50 × 2"],
        ),
        (TradeFields(symbol="ZC", direction="long", pnl=Decimal(50)), ["Long ZC", "P&L +$50.00, as you said"]),
        (replace(LEFT, symbol="US30", pnl=Decimal(80)), ["Long 2 US30", "18,250 → 18,290", "P&L +$80.00, as you said"]),
    ],
)
def test_what_was_computed_and_how(fields: TradeFields, shown: list[str]) -> None:
    assert lines(fields) == shown


def test_risk_and_r() -> None:
    assert "+2R, risk $800.00 computed" in lines(replace(LEFT, stop_loss=Decimal(18230)))
    assert "Risk $800.00 computed" in lines(replace(OPEN, stop_loss=Decimal(18230)))
    assert "+2R computed" in lines(replace(LEFT, position_size=None, stop_loss=Decimal(18230), pnl=Decimal(800)))


# ---- how values came about


@pytest.mark.parametrize(
    ("name", "value", "how", "said", "line"),
    [
        ("stop_loss", 18230, "distance", "stop 20 pts", "Stop 18,230 = 20 below the entry"),
        ("take_profit", 18310, "distance", "tp 60", "Target 18,310 = 60 above the entry"),
        ("exit_price", 18290, "shorthand", "90", "Exit 18,290 from “90”"),
        ("entry_price", 18250, "suffix", "18.25k", "Entry 18,250 from “18.25k”"),
        ("exit_price", 18290, "legs", "1 @ 18280, 1 @ 18300", "Exit 18,290 = the average of “1 @ 18280, 1 @ 18300”"),
        ("position_size", 2, "legs", "1 + 1", "Size 2 = the sum of “1 + 1”"),
        ("take_profit", 18310, "legs", "18310 / 18330", "Target 18,310 = the first of “18310 / 18330”"),
        ("entry_price", 18250, "range", "18249-18251", "Entry 18,250 = the middle of “18249-18251”"),
        ("exit_price", 18290, "points", "+40 pts", "Exit 18,290 from “+40 pts”"),
        ("take_profit", 18310, "r", "3R", "Target 18,310 from “3R”"),
        ("stop_loss", 18230, "plan", "", "Stop 18,230 from your plan"),
        ("stop_loss", 18230, "picture", "", "Stop 18,230 from the picture"),
    ],
)
def test_how_a_value_came_about(name: str, value: int, how: How, said: str, line: str) -> None:
    fields = replace(LEFT, **{name: Decimal(value)}, derived=(Derived(name, how, said),))
    assert lines(fields)[-1] == line


def test_a_side_that_no_word_told() -> None:
    fields = replace(LEFT, derived=(Derived("direction", "facts", ""),))
    assert lines(fields)[-1] == "Direction long by the rest of what you said"


def test_a_pnl_told_in_points_is_computed() -> None:
    fields = replace(OPEN, pnl=Decimal(800), derived=(Derived("pnl", "points", "+20 pts"),))
    assert "P&L +$800.00 computed from “+20 pts”" in lines(fields)
    assert not [line for line in lines(fields) if "as you said" in line]


def test_a_sign_that_was_not_said() -> None:
    sign = (Derived("pnl", "sign", "stopped out"),)
    assert lines(replace(LOSS, pnl=Decimal(-800), derived=sign))[-1] == "P&L: a loss, by your prices"
    told = replace(OPEN, entry_price=None, pnl=Decimal(-800), derived=sign)
    assert lines(told)[-1] == "P&L: a loss, from “stopped out”"


def test_what_the_words_hold_is_cut_and_harmless() -> None:
    fields = replace(LEFT, derived=(Derived("exit_price", "shorthand", "8\n\u202e5" + "x" * 60),))
    assert lines(fields)[-1] == f"Exit 18,290 from “8 5{'x' * 36}…”"


def test_in_a_list_it_stands_behind_the_number() -> None:
    stop = replace(LEFT, stop_loss=Decimal(18230), derived=(Derived("stop_loss", "distance", "20 pts"),))
    text = render(Say("confirm", {"drafts": (draft(), draft(stop, 2))}), VIEW).text
    assert "2: Stop 18,230 = 20 below the entry" in text.splitlines()


def test_in_an_edit_the_entry_is_that_of_the_trade() -> None:
    stop = TradeFields(stop_loss=Decimal(18230), derived=(Derived("stop_loss", "distance", "20 pts"),))
    text = render(Say("confirm", {"drafts": (replace(EDIT, fields=stop),)}), VIEW).text
    assert text.splitlines()[1:] == ["Stop none → 18,230", "Stop 18,230 = 20 below the entry"]


def test_what_is_asked_tells_of_it_too() -> None:
    fields = TradeFields(symbol="NQ", exit_price=Decimal(21485), derived=(Derived("exit_price", "shorthand", "85"),))
    asked = draft(fields)
    said = render(Say("ask_details", {"draft": asked, "missing": asked.missing(), "number": None}), VIEW).text
    assert said.splitlines() == [
        "Understood: NQ · out at 21,485",
        "Exit 21,485 from “85”",
        "Still needed: long or short and entry price (or the P&L)",
        "Example: long entry 21485",
    ]


def test_what_could_not_be_read_is_given_back_as_an_example() -> None:
    stopped = TradeFields(symbol="NQ", entry_price=Decimal("18250.50"), stop_loss=Decimal(18230))
    for understood, example in (
        (stopped, "long 1 nq 18250.50 stop 18230"),
        (replace(stopped, direction="short", position_size=Decimal(2), exit_price=Decimal(18200), stop_loss=None),
         "short 2 nq 18250.50 > 18200"),
        (TradeFields(symbol="NQ"), "long 2 nq 18250 > 18290 stop 18230"),
    ):  # fmt: skip
        text = render(Say("unread", {"understood": understood, "reason": "unclear", "state": "idle"}), VIEW).text
        assert text.splitlines()[-1] == f"Example: {example}"


# ---- what clashes

HABITS = {"NQ": Usual(8, Decimal(2)), "MES": Usual(20, Decimal(10)), "ES": Usual(1, Decimal(1))}


@pytest.mark.parametrize(
    ("fields", "warned"),
    [
        pytest.param(
            replace(LEFT, pnl=Decimal(-1600)),
            "A long 18,250 → 18,290 gains, this P&L is a loss: is the side right?",
            id="loss of a gain",
        ),
        pytest.param(
            replace(LEFT, symbol="US30", direction="short", pnl=Decimal(80)),
            "A short 18,250 → 18,290 loses, this P&L is a gain: is the side right?",
            id="gain of a loss, worth unknown",
        ),
        pytest.param(
            replace(LEFT, stop_loss=Decimal(18330)),
            "The stop 18,330 is above the entry of a long.",
            id="stop of a long",
        ),
        pytest.param(
            replace(LEFT, direction="short", stop_loss=Decimal(18230)),
            "The stop 18,230 is below the entry of a short.",
            id="stop of a short",
        ),
        pytest.param(
            replace(OPEN, take_profit=Decimal(18200)),
            "The target 18,200 is below the entry of a long.",
            id="target of a long",
        ),
        pytest.param(
            replace(OPEN, direction="short", take_profit=Decimal(18300)),
            "The target 18,300 is above the entry of a short.",
            id="target of a short",
        ),
        pytest.param(
            replace(LEFT, exit_price=Decimal(18920)),
            "Exit 18,920 is 3.7% from the entry. 18,290 without swapped or doubled digits: a typo?",
            id="digits swapped",
        ),
        pytest.param(
            replace(LEFT, stop_loss=Decimal(182230)),
            "Stop 182,230 is 899% from the entry. 18,230 without swapped or doubled digits: a typo?",
            id="a digit too many",
        ),
        pytest.param(replace(LEFT, exit_price=Decimal(1829)), "18,250 → 1829 is 90% away: a typo?", id="a digit short"),
        pytest.param(
            replace(LEFT, position_size=Decimal(20)),
            "20 is more than usual: your largest in NQ lately was 2.",
            id="size beyond the usual",
        ),
        pytest.param(
            replace(LEFT, symbol="ES"),
            "You usually trade MES, and ES is 10 times as large. Meant MES? Type it.",
            id="usually the micro",
        ),
        pytest.param(
            replace(LEFT, entry_time=NOW, exit_time=NOW - timedelta(minutes=15)),
            "Out 13:50 is before in 14:05: which is wrong?",
            id="out before in",
        ),
    ],
)
def test_what_clashes_is_said(fields: TradeFields, warned: str) -> None:
    assert f"⚠ {warned}" in lines(fields, replace(VIEW, habits=HABITS))


def test_a_pnl_in_the_currency_of_the_contract() -> None:
    euros = replace(VIEW, currency="EUR")
    clash = "⚠ +$1,600.00 is what your prices give in USD. Your account counts in EUR: type the P&L in that."
    assert clash in lines(replace(LEFT, pnl=Decimal(1600)), euros)
    assert clash not in lines(replace(LEFT, pnl=Decimal(1480)), euros)
    assert clash not in lines(replace(LEFT, pnl=Decimal(1600)))


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(LEFT, id="a plain trade"),
        pytest.param(replace(LEFT, pnl=Decimal(1600), stop_loss=Decimal(18230)), id="all that fits"),
        pytest.param(
            replace(LEFT, exit_price=Decimal("18250.25"), pnl=Decimal(-5), commissions=Decimal(15)), id="eaten by costs"
        ),
        pytest.param(replace(LEFT, exit_price=Decimal(18500)), id="a wide move"),
        pytest.param(replace(LEFT, symbol="AAPL", exit_price=Decimal(18920), pnl=Decimal(9)), id="a share runs"),
        pytest.param(replace(LEFT, position_size=Decimal(4)), id="twice the usual"),
        pytest.param(replace(LEFT, entry_time=NOW, exit_time=NOW), id="in and out at once"),
    ],
)
def test_what_fits_is_not_doubted(fields: TradeFields) -> None:
    shown = lines(fields, replace(VIEW, habits=HABITS))
    assert not [line for line in shown if line.startswith("⚠") or "you said +" in line]


def test_an_edit_is_asked_about_what_it_touches() -> None:
    note = replace(EDIT, fields=TradeFields(note="late"))
    text = render(Say("confirm", {"drafts": (note,)}), replace(VIEW, habits={"NQ": Usual(9, Decimal("0.5"))})).text
    assert text.splitlines() == ["Long 2 NQ", "Note none → late"]


def test_habits_are_of_the_contract_whatever_its_month() -> None:
    rows = [
        {"symbol": "NQZ5", "trades": 3, "largest": "2"},
        {"symbol": "NQ", "trades": 4, "largest": "3"},
        {"symbol": "aapl", "trades": 1, "largest": "100"},
    ]
    assert habits_of(rows) == {"NQ": Usual(7, Decimal(3)), "AAPL": Usual(1, Decimal(100))}
    assert habits_of(None) == {}
