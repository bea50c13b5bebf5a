"""What a model may choose, and what of its choice holds."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accounts import Accounts
from bot.asking import Question
from bot.choosing import Choice, choice_in, is_named, is_quoted, question_of
from bot.periods import Period
from bot.questions import is_for_the_model
from bot.reading import read
from tests.conversations.driver import ACCOUNT
from tests.unit.test_reading import NQ, confirming, idle

TODAY = date(2026, 11, 27)
ACCOUNTS = Accounts((ACCOUNT,), ACCOUNT)
NONE: dict[str, Any] = dict.fromkeys(
    ("period", "symbol", "side", "account", "mark", "marked", "breakdown", "against", "latest")
)


def chosen(query: str = "win_rate", **more: Any) -> Question | None:
    return question_of(Choice.model_validate({"query": query, **NONE, **more}), TODAY, ("main", "apex2"))


def test_what_is_chosen_is_asked() -> None:
    found = chosen(period="last 30 days", symbol="nqz6", side="long", account="apex2", breakdown="hour")
    assert found == Question(
        period=Period(date(2026, 10, 29), TODAY), symbol="NQ", side="long", dimension="hour", metric="win_rate",
        account="apex2",
    )  # fmt: skip
    assert chosen("pnl", period="this month", against="last month", latest=12) == Question(
        period=Period(date(2026, 11, 1), TODAY), against=Period(date(2026, 10, 1), date(2026, 10, 31)), metric="pnl",
        latest=12,
    )  # fmt: skip
    assert chosen("overview", symbol="", period=" ", account="", marked="") == Question(overview=True)
    assert chosen("pnl", mark="tag", marked="#Revenge") == Question(metric="pnl", mark=("tag", "revenge"))
    assert chosen("pnl", mark="setup", marked="opening drive") == Question(
        metric="pnl", mark=("setup", "opening drive")
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"query": "none"}, {"query": "limits"}, {"query": "trades"}, {"period": "2026-13"}, {"period": "next week"},
        {"period": "since the flood"}, {"period": "2026-10-15; drop table trades"}, {"symbol": "a symbol"},
        {"symbol": "'; --"}, {"account": "apex3"}, {"account": "other@example.com"}, {"mark": "mood"},
        {"mark": "mood", "marked": " "}, {"marked": "tilted"}, {"mark": "tag", "marked": "'; --"},
        {"against": "last month"}, {"period": "today", "against": "tomorrow"}, {"latest": 0}, {"latest": 10**9},
    ],
)  # fmt: skip
def test_what_does_not_hold_is_void(wrong: dict[str, Any]) -> None:
    assert chosen(**wrong) is None


@given(
    st.sampled_from(("overview", "pnl", "best")), st.none() | st.text(), st.none() | st.text(), st.none() | st.text()
)
def test_any_words_are_borne(query: str, period: str | None, symbol: str | None, account: str | None) -> None:
    found = chosen(query, period=period, symbol=symbol, account=account)
    assert found is None or found.period is None or found.period.last <= TODAY


@pytest.mark.parametrize(
    "text", ["", "{}", "nq", '{"query": "pnl"}', '{"query": "sql", "sql": "select 1"}', "[" * 9999]
)
def test_a_command_that_carries_no_choice(text: str) -> None:
    assert choice_in(text) is None


@pytest.mark.parametrize(
    ("symbol", "text", "traded", "named"),
    [
        ("NQ", "how was it?", ["NQ 12-25"], True),
        ("ES", "how often am I right on es, really?", [], True),
        ("CL", "how do I do on crude oil?", [], True),
        ("TSLA", "how am I on NQ, honestly?", ["NQ"], False),
    ],
)
def test_a_symbol_is_one_that_was_traded_or_is_named(symbol: str, text: str, traded: list[str], named: bool) -> None:
    assert is_named(symbol, text, traded) is named


@pytest.mark.parametrize(
    ("marked", "quoted"), [("tilted", True), ("TILTED", True), ("angry", False), ("opening drive", True)]
)
def test_a_mark_stands_in_the_message(marked: str, quoted: bool) -> None:
    assert is_quoted(marked, "do I lose when I'm Tilted  in the Opening Drive?") is quoted


@pytest.mark.parametrize(
    ("text", "idle_", "drafting"),
    [
        ("why is my win rate so bad in the rain?", True, True),
        ("who won the game?", True, False),
        ("does that look right to you?", True, False),
        ("how am I doing today?", False, False),
        ("show me my trades", False, False),
        ("up 2k on the day", False, False),
        ("x" * 600 + "?", False, False),
    ],
)
def test_the_model_is_asked_only_what_code_cannot_tell(text: str, idle_: bool, drafting: bool) -> None:
    assert is_for_the_model(read(text, idle()), text, ACCOUNTS, TODAY, drafting=False) is idle_
    assert is_for_the_model(read(text, confirming(NQ)), text, ACCOUNTS, TODAY, drafting=True) is drafting
