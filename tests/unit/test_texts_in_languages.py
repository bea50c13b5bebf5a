"""Every reply in every language: what can be pressed, what fits a phone, and that what is told to be typed is read."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from textwrap import wrap
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.discord_commands import DESCRIPTION_LIMIT
from bot.asking import Question, of_command, question_in
from bot.charting.wanted import Wanted, wanted_in
from bot.commands import menu, page
from bot.commands.overriding import _SAID
from bot.commands.settings import DAY_NAMES
from bot.commands.switching import ON_OFF
from bot.forms import prefill
from bot.introducing import answer_to, zone_told
from bot.periods import Period, period_of
from bot.reading import ReadContext, read
from bot.reminding.wishes import WEEKDAYS
from bot.texts import View, render
from bot.texts.buttons import Command
from bot.texts.catalogue import LANGUAGES, catalogue
from bot.texts.helping import THEMES
from bot.trading.day import DayStart
from statemachine.conversation import Conversation, Say
from statemachine.events import Confirmed, Corrected, Filled, Planned, Reported, Unfilled
from statemachine.message import Reply
from statemachine.trade import TradeFields
from tests.reply_examples import EXAMPLES, LEFT, NOW, OPEN, STOPPED, VIEW, draft

OTHERS = [language for language in LANGUAGES if language != "en"]
IDLE = ReadContext(state="idle", now=NOW, zone=ZoneInfo("UTC"))
WAITING = replace(IDLE, state="awaiting_confirmation", drafts=(LEFT,))
DAY = date(2026, 11, 27)
LABEL = 20
"""Characters of a button: two stand beside each other on a phone."""
PHONE_COLUMNS, PHONE_LINES = 40, 24
"""What the smallest phones show of a chat (360 × 640 points); a button is two lines high."""


def view(language: str) -> View:
    return replace(VIEW, locale=language)


def labels(reply: Reply) -> list[str]:
    return [button.label for row in reply.buttons for button in row]


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize(("key", "data"), [(key, data) for key, data, _ in EXAMPLES], ids=[e[0] for e in EXAMPLES])
def test_every_reply(key: str, data: dict[str, Any], language: str) -> None:
    """The same lines and the same choices as in English, not much longer."""
    english, other = render(Say(key, data), VIEW), render(Say(key, data), view(language))
    assert other.text.count("\n") == english.text.count("\n")
    assert [[button.data for button in row] for row in other.buttons] == [
        [button.data for button in row] for row in english.buttons
    ]
    assert len(other.text) <= 1.5 * len(english.text) + 40
    assert bool(other.title) == bool(english.title)
    for mine, theirs in zip(labels(other), labels(english), strict=True):
        assert len(mine.replace("\u00a0:", ":")) <= max(LABEL, len(theirs)), mine


@pytest.mark.parametrize("language", OTHERS)
def test_replies_are_in_the_language(language: str) -> None:
    """Hardly a reply reads as in English."""
    same = [
        key
        for key, data, _ in EXAMPLES
        if render(Say(key, data), VIEW).text == render(Say(key, data), view(language)).text
    ]
    assert len(same) < 6, same


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_help_fits_one_phone_screen(language: str) -> None:
    pages = [Say("help_page", {"theme": theme, "commands": page(theme, language)}) for theme in THEMES]
    for say in (Say("help"), *pages):
        reply = render(say, view(language))
        lines = [*([reply.title] if reply.title else []), *reply.text.splitlines()]
        wrapped = sum(len(wrap(line, PHONE_COLUMNS)) or 1 for line in lines)
        assert wrapped + 2 * len(reply.buttons) <= PHONE_LINES, reply.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_menus_fit(language: str) -> None:
    assert [name for name, _ in menu(language)] == [name for name, _ in menu()]
    assert all(0 < len(description) <= DESCRIPTION_LIMIT for _, description in menu(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_of_names_are_whole(language: str) -> None:
    texts = catalogue(language)
    assert len(set(texts["months"].split())) == 12
    for key in ("weekdays", "figures.weekdays", "rule.days"):
        assert len(set(texts[key].split())) == 7


# ---- what is told to be typed is understood


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_are_understood(language: str) -> None:
    texts = catalogue(language)
    assert read(texts["example.report"], IDLE) == Reported(trades=(STOPPED,))
    plan = read(texts["example.plan"], IDLE)
    assert isinstance(plan, Planned)
    assert (plan.trades[0].direction, plan.trades[0].entry_price) == ("long", Decimal(18200))
    assert read(texts["example.correction"], WAITING) == Corrected(fields=TradeFields(exit_price=Decimal(18295)))
    for key, changed in (
        ("entry_price", TradeFields(entry_price=Decimal(18251))),
        ("exit_price", TradeFields(exit_price=Decimal(18251))),
    ):
        text = texts[f"example.{key}"].format(price=18251)
        assert read(text, WAITING) == Corrected(fields=changed), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("entry_price", Decimal(18250)),
        ("exit_price", Decimal(18290)),
        ("position_size", Decimal(2)),
        ("stop_loss", Decimal(18230)),
        ("take_profit", Decimal(18310)),
        ("pnl", Decimal(250)),
        ("commissions", Decimal("4.20")),
    ],
)
def test_what_was_left_out_can_be_added(language: str, field: str, value: Decimal) -> None:
    text = catalogue(language)[f"doubted.{field}.example"]
    waiting = replace(WAITING, drafts=(TradeFields(symbol="NQ", direction="long"),))
    event = read(text, waiting)
    assert isinstance(event, Corrected), text
    assert getattr(event.fields, field) == value


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_one_is_can_be_told(language: str) -> None:
    """As the page of the time zone says."""
    example = catalogue(language)["zone.how"].partition(":")[2].partition(".")[0].strip()
    assert zone_told(example) is not None, example


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_of_skip_leaves_a_question(language: str) -> None:
    word = catalogue(language)["button.onboarding.skip"]
    left = answer_to("zone", read(word, IDLE), word, Conversation(), DayStart(ZoneInfo("UTC")))
    assert left == Command("question_left", "zone")


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_off_and_weekdays_are_taken_as_they_are_told(language: str) -> None:
    texts = catalogue(language)
    assert (ON_OFF[texts["state.on"]], ON_OFF[texts["state.off"]]) == (True, False)
    assert [DAY_NAMES[texts[f"weekday.{day}"].lower()] for day in WEEKDAYS] == list(WEEKDAYS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_questions_that_are_told_are_understood(language: str) -> None:
    """As those of English are."""
    told, english = catalogue(language), catalogue("en")
    for key in ("asked.example.1", "asked.example.2", "figures.example.1", "figures.example.2", "help.page.figures"):
        asked, meant = (_question_of(texts[key]) for texts in (told, english))
        assert (asked.left, replace(asked, oneself=True)) == ("", replace(meant, oneself=True)), key


def _question_of(text: str) -> Question:
    said = text.rpartition(": ")[2].removeprefix("/stats ")
    question = question_in(said, DAY)
    return of_command(question, DAY) if text.startswith("/stats ") else question


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_periods_that_are_told_are_read(language: str) -> None:
    told = catalogue(language)["period_refused.examples"].rpartition(": ")[2]
    *most, last = told.split(", ")
    periods = [period_of(said, DAY) for said in (*most, *last.rsplit(" ", 2)[::2])]
    week = Period(DAY - timedelta(days=DAY.weekday() + 7), DAY - timedelta(days=DAY.weekday() + 1))
    month, year = Period(date(2026, 10, 1), date(2026, 10, 31)), Period(date(2026, 1, 1), DAY)
    days = Period(DAY - timedelta(days=29), DAY)
    assert periods == [Period(DAY, DAY), week, month, days, year, Period(date(2026, 10, 1), date(2026, 10, 15))]
    assert period_of(catalogue(language)["command.export"].rpartition("/export ")[2], DAY) == month
    assert wanted_in(catalogue(language)["help.page.charts"].rpartition("/chart ")[2], DAY) == Wanted(
        kind="hours", period=month, symbol="NQ"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_of_the_button_confirms(language: str) -> None:
    assert isinstance(read(catalogue(language)["button.confirm"], WAITING), Confirmed)


@pytest.mark.parametrize(("language", "yes"), [("en", "yes"), ("es", "sí"), ("de", "ja"), ("pt", "sim"), ("fr", "oui")])
def test_yes_confirms_in_every_language(language: str, yes: str) -> None:
    assert isinstance(read(yes, WAITING), Confirmed)
    assert isinstance(read(f"{yes.capitalize()}!", WAITING), Confirmed)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "fields", [STOPPED, OPEN, replace(OPEN, take_profit=Decimal("18310.50")), replace(LEFT, direction="short")]
)
def test_the_form_opens_with_the_trade(language: str, fields: TradeFields) -> None:
    """Discord shows the message's own lines in it, so they have to be read as the trade that they tell."""
    reply = render(Say("confirm", {"drafts": (draft(fields),)}), view(language))
    data = next(button.data for row in reply.buttons for button in row if prefill(button.data, "") is not None)
    text = prefill(data, f"{reply.title}\n{reply.text}")
    assert text
    assert read(text, IDLE) == Reported(trades=(fields,))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", ["followed", "violated"])
def test_a_verdict_can_be_typed(language: str, verdict: str) -> None:
    assert _SAID[catalogue(language)[f"verdict.{verdict}"].lower()] == verdict


@pytest.mark.parametrize("language", LANGUAGES)
def test_fills_that_are_told_to_be_typed(language: str) -> None:
    planned = replace(IDLE, plans=(OPEN,))
    texts = catalogue(language)
    filled, unfilled = _quotations(texts["plan.how"].format(price=18201))
    assert isinstance(read(filled.partition('"')[0], planned), Filled)
    assert isinstance(read(unfilled, planned), Unfilled)


def _quotations(text: str) -> tuple[str, str]:
    """The first and the last words in quotation marks."""
    found = text.split('"')[1::2]
    return found[0], found[-1]
