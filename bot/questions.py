"""Which command answers a question in the trader's words: one that is there for it, or the journal's figures."""

from dataclasses import replace
from datetime import date

from bot.accounts import Account, Accounts
from bot.asking import Question, question_in
from bot.choosing import LONGEST
from bot.comparing import compared_in
from bot.latest_trades import latest_in
from bot.reading.account_names import without_accounts
from bot.reading.asking import command_asked
from bot.texts.buttons import Command
from statemachine.errors import NotAPeriod
from statemachine.events import Asked, Chatted, Event, Reported, Unread


def answered_by(event: Event, text: str, accounts: Accounts, today: date, *, drafting: bool) -> Command | None:
    """None where nothing is asked, or nothing here can tell. `text`: the message.

    Figures need not be asked for in a question ("win rate this month", which "on gold" makes look like a report), but
    while a draft waits what is no question speaks to the draft.
    """
    if isinstance(event, Reported | Unread):
        asks = not drafting and _may_ask(text, today) and _question(text, accounts, today).is_unmistakable
        return _figures(text) if asks else None
    if isinstance(event, Chatted):
        return _figures(text) if not drafting and _question(text, accounts, today).is_plain else None
    if not isinstance(event, Asked):
        return None
    topic = command_asked(event.text)
    limited = accounts.current.limits.max_drawdown_pct is not None
    for said in (text, event.text):  # the reader leaves out what it took for a fact: "last 60 days"
        question = _question(said, accounts, today)
        if topic == "limits" and limited and _is_of_limit(question):
            break
        if question.is_of_figures or (topic is None and question.is_of_time):
            return _figures(said)
        if topic is None and question.latest == 1 and not (question.left or drafting):
            topic = "trades"  # "what was my last trade?"
    return Command(topic) if topic is not None else None


def is_for_the_model(event: Event, text: str, accounts: Accounts, today: date, *, drafting: bool) -> bool:
    """A question that nothing here can tell. While a draft waits most questions are about it: then only one that has
    a word of figures, or a time, in it."""
    if not isinstance(event, Asked) or not text.strip() or len(text) > LONGEST:
        return False
    if answered_by(event, text, accounts, today, drafting=drafting) is not None:
        return False
    asked = _question(text, accounts, today)
    return not drafting or bool(asked.metric or asked.dimension or asked.period)


def _may_ask(text: str, today: date) -> bool:
    """A number in it may be how many trades are asked for, or of times that are compared; others are of a report."""
    try:
        counted = not any(map(str.isdecimal, text)) or latest_in(text)[0] is not None
        return counted or compared_in(text, today) is not None
    except NotAPeriod:
        return False


def _figures(text: str) -> Command:
    return Command("figures_asked", text)


def _question(text: str, accounts: Accounts, today: date) -> Question:
    """One whose period is none is a question for figures all the same, where the rest is: it is told so."""
    bare, _ = without_accounts(text, _names(accounts.all))
    try:
        return question_in(bare, today, accounts.names)
    except NotAPeriod as refused:
        words = refused.said.split()
        rest = " ".join(word for word in bare.split() if word.strip("?!.,") not in words)
        return Question(left=text) if rest == bare else replace(_question(rest, accounts, today), overview=True)


def _names(accounts: tuple[Account, ...]) -> tuple[str, ...]:
    return tuple(account.name for account in accounts)


def _is_of_limit(question: Question) -> bool:
    """ "What's my drawdown": how much of the account's limit is left, where no period is named."""
    return question.metric == "drawdown" and not (question.period or question.symbol or question.dimension)
