"""Periods as traders ask for them."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.periods import EARLIEST, Period, period_in, period_of
from statemachine.errors import NotAPeriod

FRIDAY = date(2026, 11, 27)

SAID = {
    "today": ("2026-11-27", "2026-11-27"),
    "Yesterday": ("2026-11-26", "2026-11-26"),
    "this week": ("2026-11-23", "2026-11-27"),
    "week": ("2026-11-23", "2026-11-27"),
    "last week": ("2026-11-16", "2026-11-22"),
    "previous week.": ("2026-11-16", "2026-11-22"),
    "this month": ("2026-11-01", "2026-11-27"),
    "last month": ("2026-10-01", "2026-10-31"),
    "the last month": ("2026-10-01", "2026-10-31"),
    "last quarter": ("2026-07-01", "2026-09-30"),
    "last year": ("2025-01-01", "2025-12-31"),
    "march": ("2026-03-01", "2026-03-31"),
    "in march": ("2026-03-01", "2026-03-31"),
    "December": ("2025-12-01", "2025-12-31"),
    "november": ("2026-11-01", "2026-11-27"),
    "may 2024": ("2024-05-01", "2024-05-31"),
    "octubre": ("2026-10-01", "2026-10-31"),
    "Dezember": ("2025-12-01", "2025-12-31"),
    "q1": ("2026-01-01", "2026-03-31"),
    "Q4 2025": ("2025-10-01", "2025-12-31"),
    "2025": ("2025-01-01", "2025-12-31"),
    "2026-10": ("2026-10-01", "2026-10-31"),
    "2024-02": ("2024-02-01", "2024-02-29"),
    "2026-10-15": ("2026-10-15", "2026-10-15"),
    "2026-10-01..2026-10-15": ("2026-10-01", "2026-10-15"),
    "2026-10-01 … 2026-10-15": ("2026-10-01", "2026-10-15"),
    "2026-10-01 – 2026-10-15": ("2026-10-01", "2026-10-15"),
    "2026-10-01 to 2026-10-15": ("2026-10-01", "2026-10-15"),
    "from 1 oct to 15 oct": ("2026-10-01", "2026-10-15"),
    "oct 1st until oct 15th": ("2026-10-01", "2026-10-15"),
    "2026-09..2026-10": ("2026-09-01", "2026-10-31"),
    "march to may": ("2026-03-01", "2026-05-31"),
    "1.10. bis 5.10.": ("2026-10-01", "2026-10-05"),
    "01.10.2026 bis 05.10.2026": ("2026-10-01", "2026-10-05"),
    "last 10000 years": ("1970-01-01", "2026-11-27"),
    "since monday": ("2026-11-23", "2026-11-27"),
    "since march": ("2026-03-01", "2026-11-27"),
    "since last week": ("2026-11-16", "2026-11-27"),
    "last 30 days": ("2026-10-29", "2026-11-27"),
    "past two weeks": ("2026-11-14", "2026-11-27"),
    "last 3 months": ("2026-08-28", "2026-11-27"),
    "last 5 years": ("2021-11-28", "2026-11-27"),
    "1 day": ("2026-11-27", "2026-11-27"),
    "ytd": ("2026-01-01", "2026-11-27"),
    "year to date": ("2026-01-01", "2026-11-27"),
    "mtd": ("2026-11-01", "2026-11-27"),
    "friday": ("2026-11-27", "2026-11-27"),
    "last friday": ("2026-11-20", "2026-11-20"),
    "lunes pasado": ("2026-11-23", "2026-11-23"),
    "10/25/2026": ("2026-10-25", "2026-10-25"),
    "25.10.2026": ("2026-10-25", "2026-10-25"),
    "15 oct 2025": ("2025-10-15", "2025-10-15"),
    "dec 24": ("2025-12-24", "2025-12-24"),
    "all time": (EARLIEST.isoformat(), "2026-11-27"),
    "last 9999 days": ("1999-07-14", "2026-11-27"),
    "oct 1-15": ("2026-10-01", "2026-10-15"),
    "1 to 15 October 2025": ("2025-10-01", "2025-10-15"),
    "from the 1st to the 15th of october": ("2026-10-01", "2026-10-15"),
    "dec 20 to 31": ("2025-12-20", "2025-12-31"),
    "2026/10/15": ("2026-10-15", "2026-10-15"),
    "15.10.": ("2026-10-15", "2026-10-15"),
    "10/25": ("2026-10-25", "2026-10-25"),
    "2024-2025": ("2024-01-01", "2025-12-31"),
    "30d": ("2026-10-29", "2026-11-27"),
    "last 2w": ("2026-11-14", "2026-11-27"),
    "last seven days": ("2026-11-21", "2026-11-27"),
    "last month to today": ("2026-10-01", "2026-11-27"),
    "last week and this week": ("2026-11-16", "2026-11-27"),
    "mon": ("2026-11-23", "2026-11-23"),
    "until march": (EARLIEST.isoformat(), "2026-03-31"),
    "before october": (EARLIEST.isoformat(), "2026-09-30"),
    "prior to 15 oct": (EARLIEST.isoformat(), "2026-10-14"),
    "up to last week": (EARLIEST.isoformat(), "2026-11-22"),
    "before may": (EARLIEST.isoformat(), "2026-04-30"),
    "until december": (EARLIEST.isoformat(), "2025-12-31"),
    "after october": ("2026-11-01", "2026-11-27"),
    "since august until october": ("2026-08-01", "2026-10-31"),
    "week 42": ("2026-10-12", "2026-10-18"),
    "Week 48": ("2026-11-23", "2026-11-27"),
    "week 49": ("2025-12-01", "2025-12-07"),
    "week 53": ("2020-12-28", "2021-01-03"),
    "w42": ("2026-10-12", "2026-10-18"),
    "2025-W01": ("2024-12-30", "2025-01-05"),
    "week 42 of 2025": ("2025-10-13", "2025-10-19"),
    "week 40 to week 42": ("2026-09-28", "2026-10-18"),
    "from week 48 until week 50": ("2026-11-23", "2026-11-27"),
    "until week 42": (EARLIEST.isoformat(), "2026-10-18"),
    "lifetime": (EARLIEST.isoformat(), "2026-11-27"),
}


@pytest.mark.parametrize("text", SAID)
def test_a_period_is_read(text: str) -> None:
    assert period_of(text, FRIDAY) == Period(*map(date.fromisoformat, SAID[text]))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unknown"),
        ("soon", "unknown"),
        ("last", "unknown"),
        ("last fortnights", "unknown"),
        ("last 0 days", "unknown"),
        ("last 99999999999 days", "unknown"),
        ("1969", "unknown"),
        ("1960-05-05", "unknown"),
        ("mes", "unknown"),  # a contract, too
        ("today tomorrow", "unknown"),
        ("drop table trades", "unknown"),
        ("tomorrow", "ahead"),
        ("next month", "ahead"),
        ("the coming friday", "ahead"),
        ("semana que viene", "ahead"),
        ("2026-12", "ahead"),
        ("2027-01-01..2027-02-01", "ahead"),
        ("2026-10-15..2026-10-01", "reversed"),
        ("15-1 oct", "reversed"),
        ("2026-02-30", "no_date"),
        ("2026-13", "no_date"),
        ("31 april", "no_date"),
        ("31 de febrero", "no_date"),
        ("31.2.", "no_date"),
        ("1.13.", "no_date"),
        ("from june to may 1200", "no_date"),
        ("5/6/2026", "two_ways"),
        ("2026-10-01..", "unknown"),
        ("before", "unknown"),
        ("before lunch", "unknown"),
        ("nach Monat", "unknown"),  # by month
        ("after this week", "ahead"),
        ("before 1970", "reversed"),
        ("week 60", "no_week"),
        ("KW 0", "no_week"),
        ("week 53 of 2025", "no_week"),
        ("2025-W53", "no_week"),
        ("5/6", "two_ways"),
    ],
)
def test_nonsense_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(NotAPeriod) as refused:
        period_of(text, FRIDAY)
    assert refused.value.reason == reason


@pytest.mark.parametrize("text", ["próxima semana", "31 février", "2026-10-15..2026-10-01"])
def test_what_is_refused_is_quoted_as_written(text: str) -> None:
    with pytest.raises(NotAPeriod) as refused:
        period_in(f"mi win rate {text}?", FRIDAY)
    assert refused.value.said == text


@pytest.mark.parametrize(
    ("text", "period", "rest"),
    [
        ("nq last month", "last month", "nq"),
        ("what's my win rate on ES this month", "this month", "what's my win rate on ES"),
        ("how am I doing today?", "today", "how am I doing ?"),
        ("yesterday's P&L", "yesterday", "P&L"),
        ("my P&L in may on nq", "may", "my P&L on nq"),
        ("stats from 2026-10-01 to 2026-10-15 nq", "2026-10-01..2026-10-15", "stats nq"),
        ("nq since last week please", "since last week", "nq please"),
        ("how did I do before may on nq?", "until april", "how did I on nq?"),
        ("how was week 42?", "week 42", "how was ?"),
        ("my pnl from 1 to 15 october on es", "1-15 oct", "my pnl on es"),
    ],
)
def test_a_period_is_found_in_a_question(text: str, period: str, rest: str) -> None:
    assert period_in(text, FRIDAY) == (period_of(period, FRIDAY), rest)


@pytest.mark.parametrize(
    "text",
    [
        "may I see my stats",
        "what's my best day",
        "nq",
        "all my wins",
        "GC 2650",
        "NQ 12-25",
        "me sat out",
        "",
        "before 10am",
    ],
)
def test_other_words_are_no_period(text: str) -> None:
    assert period_in(text, FRIDAY) == (None, text)


def test_the_end_of_a_range_may_lie_ahead() -> None:
    """An end without a year is of the year that the range begins in, and what has run of it is meant."""
    october, march = date(2026, 10, 5), date(2027, 3, 31)
    for text, today in (
        ("1 oct to 15 oct", october),
        ("from 1 oct to 15 oct", october),
        ("october to december", october),
        ("march to may", march),
        ("q1 to q3", date(2026, 1, 20)),
    ):
        assert period_of(text, today) == Period(today.replace(day=1), today)
    for text in ("oct 2026 to may 2026", "oct 15 to oct 1", "1 oct 2026 to 10/25/25"):
        with pytest.raises(NotAPeriod):
            period_of(text, FRIDAY)


def test_an_impossible_period_in_a_question_is_refused() -> None:
    with pytest.raises(NotAPeriod):
        period_in("nq 2026-02-30", FRIDAY)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.sampled_from(sorted(SAID)))
@settings(deadline=None)
def test_a_period_begins_before_it_ends_and_ends_by_today(today: date, text: str) -> None:
    period = asked(text, today)
    if period is None:
        assert today < FRIDAY
        return
    assert period.first <= period.last <= today
    assert period.first in period
    assert period.last + timedelta(1) not in period


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_is_a_period_or_refused(text: str) -> None:
    period = asked(text, FRIDAY)
    assert period is None or period.days >= 1
    assert text.strip() or period is None


OTHER_LANGUAGES = {
    "last month": ["el mes pasado", "mes pasado", "mês passado", "le mois dernier", "letzten Monat"],
    "last week": ["la semana pasada", "semana passada", "la semaine dernière", "letzte Woche"],
    "this week": ["esta semana", "essa semana", "nesta semana", "cette semaine", "diese Woche", "Woche"],
    "this month": ["este mes", "neste mês", "ce mois", "ce mois-ci", "diesen Monat"],
    "this year": ["este año", "este ano", "cette année", "dieses Jahr"],
    "last 30 days": ["últimos 30 días", "los últimos 30 días", "30 derniers jours", "letzten 30 Tage"],
    "yesterday": ["ayer", "ontem", "hier", "gestern"],
    "since march": ["desde marzo", "desde março", "depuis mars", "seit März"],
    "in october": ["en octubre", "em outubro", "en octobre", "im Oktober"],
    "last two weeks": [
        "las últimas dos semanas",
        "duas últimas semanas",
        "les deux dernières semaines",
        "letzten zwei Wochen",
    ],
    "15 oct 2025": ["15 de octubre de 2025", "15 de outubro de 2025", "le 15 octobre 2025", "15. Oktober 2025"],
    "1 to 15 oct": ["del 1 al 15 de octubre", "de 1 a 15 de outubro", "du 1er au 15 octobre", "vom 1. bis 15. Oktober"],
    "from august to october": [
        "de agosto a octubre",
        "de agosto até outubro",
        "d'août à octobre",
        "von August bis Oktober",
    ],
    "last year": ["el año pasado", "ano passado", "l’année dernière", "letztes Jahr"],
    "since monday": ["desde el lunes", "desde segunda-feira", "depuis lundi", "seit Montag"],
    "before october": ["antes de octubre", "antes de outubro", "avant octobre", "vor Oktober"],
    "until march": ["hasta marzo", "até março", "jusqu'en mars", "jusqu’à mars", "bis März"],
    "after 15 oct": [
        "después del 15 de octubre",
        "depois de 15 de outubro",
        "après le 15 octobre",
        "nach dem 15. Oktober",
    ],
    "august to october": ["desde agosto hasta octubre", "desde agosto até outubro"],
    "week 42": ["semana 42", "la semaine 42", "KW 42", "KW42", "42. KW", "Kalenderwoche 42", "in der 42. Woche"],
    "last 20 days": ["últimos veinte días", "últimos vinte dias", "vingt derniers jours", "letzten zwanzig Tage"],
    "all time": ["desde siempre", "desde sempre", "depuis toujours", "alles"],
}


@pytest.mark.parametrize("text", [text for texts in OTHER_LANGUAGES.values() for text in texts])
def test_other_languages(text: str) -> None:
    english = next(english for english, texts in OTHER_LANGUAGES.items() if text in texts)
    assert period_of(text, FRIDAY) == period_of(english, FRIDAY)


def asked(text: str, today: date) -> Period | None:
    try:
        return period_of(text, today)
    except NotAPeriod:
        return None
