"""Questions for the figures: what is understood of them, and what is left to others."""

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accounts import Accounts
from bot.asking import EVERY, Question, of_command, question_in, unknown_of
from bot.questions import answered_by
from bot.reading import read
from bot.texts.buttons import Command
from statemachine.errors import NotAPeriod
from statemachine.events import Asked
from tests.conversations.driver import ACCOUNT
from tests.unit.test_reading import NQ, confirming, idle

TODAY = date(2026, 11, 27)
NOVEMBER = (date(2026, 11, 1), TODAY)
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
THIS_WEEK = (date(2026, 11, 23), TODAY)
LAST_WEEK = (date(2026, 11, 16), date(2026, 11, 22))
ACCOUNTS = Accounts((ACCOUNT,), ACCOUNT)

ASKED: dict[str, dict[str, Any]] = {
    "how am I doing today?": {"period": (TODAY, TODAY), "now": True},
    "how am i doing": {"now": True},
    "how's my week?": {"period": (date(2026, 11, 23), TODAY)},
    "what's my win rate on ES this month": {"metric": "win_rate", "symbol": "ES", "period": NOVEMBER},
    "best day last week": {"metric": "best_day", "period": LAST_WEEK},
    "what was my max drawdown last 60 days?": {"metric": "drawdown", "period": (date(2026, 9, 29), TODAY)},
    "what's my average loss on crude oil in october": {"metric": "average_loss", "symbol": "CL", "period": OCTOBER},
    "how much did i lose last week on es?": {"metric": "pnl", "symbol": "ES", "period": LAST_WEEK},
    "am i up or down this month?": {"metric": "pnl", "period": NOVEMBER},
    "how many trades did I take today?": {"metric": "trades", "period": (TODAY, TODAY)},
    "how much did i pay in fees this month?": {"metric": "costs", "period": NOVEMBER},
    "which rule costs me most?": {"dimension": "rule"},
    "what hour do I trade best?": {"dimension": "hour"},
    "do I do better on longs or shorts?": {"dimension": "side"},
    "which day of the week is my worst": {"dimension": "weekday"},
    "win rate by hour this month": {"metric": "win_rate", "dimension": "hour", "period": NOVEMBER},
    "can you show me my stats for gold": {"symbol": "XAUUSD"},
    "win rate on longs this month": {"metric": "win_rate", "side": "long", "period": NOVEMBER},
    "how did my es shorts do last week?": {"symbol": "ES", "side": "short", "period": LAST_WEEK},
    "how did apex2 do this month?": {"account": "apex2", "period": NOVEMBER},
    "how did october go?": {"period": OCTOBER},
    "what time of the day do i trade best?": {"dimension": "hour"},
    "how do I do on mondays?": {"dimension": "weekday"},
    "recap of the week": {"period": (date(2026, 11, 23), TODAY)},
    "what's my average win/loss this month": {"metric": "average_win", "period": NOVEMBER},
    "how much did #revenge cost me?": {"mark": ("tag", "revenge")},
    "which setup is best?": {"dimension": "setup"},
    "what's my best setup on nq": {"dimension": "setup", "symbol": "NQ"},
    "how am I doing across all accounts?": {"account": EVERY, "now": True},
    "how did my last 10 trades go?": {"latest": 10},
    "what's my win rate over the last twenty ES trades": {"metric": "win_rate", "symbol": "ES", "latest": 20},
    "how did my last 3 longs do this month?": {"side": "long", "latest": 3, "period": NOVEMBER},
    "how was my last trade?": {"latest": 1},
    "pnl of last week's trades": {"metric": "pnl", "period": LAST_WEEK},
    "this week vs last week": {"period": THIS_WEEK, "against": LAST_WEEK},
    "compare this month to last month": {"period": NOVEMBER, "against": OCTOBER},
    "how does my week compare to last week on nq?": {"period": THIS_WEEK, "against": LAST_WEEK, "symbol": "NQ"},
    "is this month better than last month": {"period": NOVEMBER, "against": OCTOBER},
    "win rate october vs. november": {"metric": "win_rate", "period": OCTOBER, "against": NOVEMBER},
    "compare from 1 oct to 31 oct with november": {"period": OCTOBER, "against": NOVEMBER},
    "longs vs shorts this week vs last week": {"dimension": "side", "period": THIS_WEEK, "against": LAST_WEEK},
    "last week and this week": {"period": (date(2026, 11, 16), TODAY)},
    "which tag costs the most?": {"dimension": "tag"},
    "worst setup nq": {"dimension": "setup", "symbol": "NQ"},
    "how did I do before october?": {"period": (date(1970, 1, 1), date(2026, 9, 30))},
    "how was week 42?": {"period": (date(2026, 10, 12), date(2026, 10, 18))},
    "how did setup orb do in october?": {"mark": ("setup", "orb"), "period": OCTOBER},
}


def seen(question: Question) -> dict[str, Any]:
    names = ("metric", "dimension", "symbol", "side", "account", "mark", "latest")
    told: dict[str, Any] = {name: value for name in names if (value := getattr(question, name)) is not None}
    for name, period in (("period", question.period), ("against", question.against)):
        if period is not None:
            told[name] = (period.first, period.last)
    return told | ({"now": True} if question.now else {})


@pytest.mark.parametrize("text", ASKED)
def test_it_is_understood(text: str) -> None:
    question = question_in(text, TODAY, ("main", "apex2"))
    assert seen(question) == ASKED[text]
    assert question.left == ""


TODAYS = {"period": (TODAY, TODAY)}
IN_OTHER_LANGUAGES: dict[str, dict[str, Any]] = {
    "wie läuft es heute?": {"now": True, **TODAYS},
    "wie war meine Woche?": {"period": THIS_WEEK},
    "wie ist meine Trefferquote im ES diesen Monat?": {"metric": "win_rate", "symbol": "ES", "period": NOVEMBER},
    "wie viel habe ich letzte Woche verloren?": {"metric": "pnl", "period": LAST_WEEK},
    "welche Regel kostet mich am meisten?": {"dimension": "rule"},
    "¿cómo voy hoy?": {"now": True, **TODAYS},
    "¿cuál es mi tasa de acierto en NQ este mes?": {"metric": "win_rate", "symbol": "NQ", "period": NOVEMBER},
    "¿cuánto gané la semana pasada?": {"metric": "pnl", "period": LAST_WEEK},
    "¿cuál fue mi mejor día el mes pasado?": {"metric": "best_day", "period": OCTOBER},
    "qual meu win rate no NQ esse mês?": {"metric": "win_rate", "symbol": "NQ", "period": NOVEMBER},
    "como estou hoje?": {"now": True, **TODAYS},
    "quanto perdi semana passada?": {"metric": "pnl", "period": LAST_WEEK},
    "quantos trades fiz hoje?": {"metric": "trades", **TODAYS},
    "mon drawdown ?": {"metric": "drawdown"},
    "combien ai-je gagné cette semaine ?": {"metric": "pnl", "period": THIS_WEEK},
    "quel est mon taux de réussite sur NQ ce mois-ci ?": {"metric": "win_rate", "symbol": "NQ", "period": NOVEMBER},
    "mon meilleur jour le mois dernier ?": {"metric": "best_day", "period": OCTOBER},
    "wie lief mein Tag?": {"now": True},
    "welches Setup ist am besten?": {"dimension": "setup"},
    "¿qué error me cuesta más?": {"dimension": "mistake"},
    "qual setup me custa mais?": {"dimension": "setup"},
    "mes résultats par humeur ce mois-ci": {"dimension": "mood", "period": NOVEMBER},
    "Ergebnisse auf allen Konten diesen Monat": {"account": EVERY, "period": NOVEMBER},
    "was kostet mich #revenge?": {"mark": ("tag", "revenge")},
    "¿cómo fueron mis últimas 10 operaciones?": {"latest": 10},
    "minhas últimas cinco operações": {"latest": 5},
    "quel est mon taux de réussite sur mes 20 derniers trades ?": {"metric": "win_rate", "latest": 20},
    "mes 10 derniers trades": {"latest": 10},  # which has the name of a contract in it
    "wie liefen meine letzten zehn NQ Trades?": {"symbol": "NQ", "latest": 10},
    "esta semana vs la semana pasada": {"period": THIS_WEEK, "against": LAST_WEEK},
    "compara este mes con el mes pasado": {"period": NOVEMBER, "against": OCTOBER},
    "compare este mês com o mês passado": {"period": NOVEMBER, "against": OCTOBER},
    "compare ce mois-ci avec le mois dernier": {"period": NOVEMBER, "against": OCTOBER},
    "vergleiche diesen Monat mit letztem Monat": {"period": NOVEMBER, "against": OCTOBER},
    "lief diese Woche besser als letzte Woche?": {"period": THIS_WEEK, "against": LAST_WEEK},
    "peor setup": {"dimension": "setup"},
    "qual meu pior setup?": {"dimension": "setup"},
    "quel est mon pire setup ?": {"dimension": "setup"},
    "was ist mein schlechtestes Setup?": {"dimension": "setup"},
    "wie lief KW 42?": {"period": (date(2026, 10, 12), date(2026, 10, 18))},
    "und gestern?": {"period": (date(2026, 11, 26), date(2026, 11, 26))},
}


@pytest.mark.parametrize("text", IN_OTHER_LANGUAGES)
def test_it_is_understood_in_other_languages(text: str) -> None:
    assert seen(question_in(text, TODAY)) == IN_OTHER_LANGUAGES[text]
    found = answered_by(read(text, idle()), text, ACCOUNTS, TODAY, drafting=False)
    assert found == Command("figures_asked", text)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("how am I doing today?", "figures_asked"),
        ("how much did I make today?", "figures_asked"),
        ("what was my max drawdown last 60 days?", "figures_asked"),
        ("and yesterday?", "figures_asked"),
        ("what's my drawdown", "figures_asked"),  # the account has no limit of it
        ("win rate this month", "figures_asked"),
        ("win rate on gold", "figures_asked"),  # which looks like a report
        ("how did I do today?", "figures_asked"),
        ("what's my win rate next month?", "figures_asked"),  # which is told of the period
        ("profit factor", "figures_asked"),
        ("what's my win rate on 2026-02-30?", "figures_asked"),
        ("how much can I lose today?", "limits"),
        ("how close am i to my profit target", "limits"),
        ("last 10 trades", "figures_asked"),
        ("my last five trades", "figures_asked"),
        ("last 10 nq trades", "figures_asked"),
        ("drawdown of the last 50 trades", "figures_asked"),
        ("how was week 60?", "figures_asked"),
        ("best setup", "figures_asked"),
        ("week 40 vs week 41", "figures_asked"),
        ("q1 versus q2 2026 by hour", "figures_asked"),
        ("compare this month with last month", "figures_asked"),
        ("what was my last trade?", "trades"),
        ("show me my trades", "trades"),
        ("what did I trade today?", "trades"),
        ("what are my rules", "rules"),
        ("what's my balance", "balance"),
        ("what can you do?", "help"),
    ],
)
def test_a_command_answers(text: str, command: str) -> None:
    event = read(text, idle())
    found = answered_by(event, text, ACCOUNTS, TODAY, drafting=False)
    assert found is not None
    assert found.name == command


@pytest.mark.parametrize(
    "text",
    [
        "who won the game?", "is nq up today?", "what is a drawdown in general?", "should i trade today?",
        "how many contracts do I have left today", "should i trade on 2026-02-30?", "should i trade 1/2 size?",
        "was it on 5/6/2026 that nq crashed?", "made money on nq today, flat now",
        "why did my stop get hit?", "did I hold too long?",
        "how are you doing?", "how is the market doing today", "nice profit today", "up 2k on the day", "good morning",
        "best day", "x" * 5000 + "?", "last trade", "last 2 longs", "sold my last 2", "last 2 nq out at 18250",
        "last 2 es trades +400", "closed my last 2 trades", "last 0 trades",
        "today was better than yesterday", "setup was the best", "best time", "compare", "nq vs es", "week 42",
        "nq 18250 vs 18200 long today vs yesterday",
    ],
)  # fmt: skip
def test_nothing_here_can_tell(text: str) -> None:
    event = read(text, idle())
    assert answered_by(event, text, ACCOUNTS, TODAY, drafting=False) is None


def test_what_is_no_question_speaks_to_the_draft() -> None:
    event = read("win rate this month", confirming(NQ))
    assert answered_by(event, "win rate this month", ACCOUNTS, TODAY, drafting=True) is None
    last = "is this my last trade?"
    assert answered_by(read(last, confirming(NQ)), last, ACCOUNTS, TODAY, drafting=True) is None
    assert answered_by(read(last, idle()), last, ACCOUNTS, TODAY, drafting=False) == Command("trades")
    asked = read("what's my win rate this month?", confirming(NQ))
    found = answered_by(asked, "what's my win rate this month?", ACCOUNTS, TODAY, drafting=True)
    assert found == Command("figures_asked", "what's my win rate this month?")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", {}),
        ("nq last month", {"symbol": "NQ", "period": OCTOBER}),
        ("nq week", {"symbol": "NQ", "period": (date(2026, 11, 23), TODAY)}),
        ("march nq", {"symbol": "NQ", "period": (date(2026, 3, 1), date(2026, 3, 31))}),
        ("tsla", {"symbol": "TSLA"}),
        ("$AAPL ytd", {"symbol": "AAPL", "period": (date(2026, 1, 1), TODAY)}),
        ("/NQZ6", {"symbol": "NQ"}),
        ("all", {"period": (date(1970, 1, 1), TODAY)}),
        ("mes last month", {"symbol": "MES", "period": OCTOBER}),
        ("mes", {"symbol": "MES"}),
        ("mon", {"period": (date(2026, 11, 23), date(2026, 11, 23))}),
        ("7203", {"symbol": "7203"}),
        ("setup last month", {"dimension": "setup", "period": OCTOBER}),
        ("tag revenge", {"mark": ("tag", "revenge")}),
        ("last 10 trades nq", {"latest": 10, "symbol": "NQ"}),
        ("by hour last 20 trades", {"latest": 20, "dimension": "hour"}),
        (
            "nq october vs september",
            {"symbol": "NQ", "period": OCTOBER, "against": (date(2026, 9, 1), date(2026, 9, 30))},
        ),
        (
            "may vs june",
            {"period": (date(2026, 5, 1), date(2026, 5, 31)), "against": (date(2026, 6, 1), date(2026, 6, 30))},
        ),
        ("week 42 nq", {"symbol": "NQ", "period": (date(2026, 10, 12), date(2026, 10, 18))}),
        ("by rule october", {"dimension": "rule", "period": OCTOBER}),
    ],
)
def test_after_a_command(text: str, wanted: dict[str, Any]) -> None:
    question = of_command(question_in(text, TODAY), TODAY)
    assert seen(question) == wanted
    assert question.left == ""


@pytest.mark.parametrize(
    "text",
    [
        "foo bar",
        "nq es",
        "oct nov",
        "since",
        "de",
        "1/2/3",
        "last -3 days",
        "everything but nq",
        "last 3 winning nq trades",
        "last few trades",
        "last 10 trades vs last week",
        "vs",
        "before",
        "last",
        "'; drop table",
    ],
)
def test_a_command_that_is_not_understood(text: str) -> None:
    assert of_command(question_in(text, TODAY), TODAY).left


def test_what_is_not_known_is_told_without_the_symbols() -> None:
    assert unknown_of("nq es last blah") == "last blah"
    assert unknown_of("nq es") == ""
    assert (unknown_of("nq vs es"), unknown_of("vs"), unknown_of("nq vs")) == ("", "vs", "vs")


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "nq 5/6/2026",
        "from october to march",
        "since 2027-01-01",
        "31 february",
        "next month",
        "nq tomorrow",
        "tsla next week",
        "last 0 days",
        "last 0 trades",
        "last 99999999999 trades",
        "week 60",
        "nq week 54",
        "this week vs next week",
    ],
)
def test_periods_that_make_no_sense(text: str) -> None:
    with pytest.raises(NotAPeriod):
        of_command(question_in(text, TODAY), TODAY)


@pytest.mark.parametrize(
    ("text", "ranks"),
    [
        ("what's my best setup on nq", ("best",)),
        ("which tag costs me most?", ("worst",)),
        ("my worst and best hour", ("worst", "best")),
        ("¿qué error me cuesta más?", ("worst",)),
        ("welches Setup ist am besten?", ("best",)),
        ("by setup", ()),
    ],
)
def test_which_of_several_is_asked_for(text: str, ranks: tuple[str, ...]) -> None:
    assert question_in(text, TODAY).ranks == ranks


@given(st.text(max_size=300))
def test_any_text_is_borne(text: str) -> None:
    with suppress(NotAPeriod):
        of_command(question_in(text, TODAY), TODAY)
    answered_by(Asked(text=text), text, ACCOUNTS, TODAY, drafting=False)
