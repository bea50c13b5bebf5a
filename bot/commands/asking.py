"""The figures of the journal: /today, /yesterday, /week, /month, /stats, and questions for the same.

    /stats                        /stats nq last month        /stats by hour this week      /week nq
    /stats #revenge               /stats setup orb         /stats by tag last month
    /stats @apex2 this month      /today @apex2               how am I doing today?

Each may be followed by a symbol, a period, a tag, an account, a figure ("win rate") and by what they are to be divided.
"""

import re
from dataclasses import replace
from datetime import date
from typing import Final

from bot.accounts import Account
from bot.asking import EVERY, Question, of_command, question_in, unknown_of
from bot.choosing import choice_in, is_named, is_quoted, question_of
from bot.commands.call import Call
from bot.commands.naming import account_in
from bot.comparing import with_first
from bot.periods import EARLIEST, Period, period_of
from bot.reading.account_names import without_accounts
from bot.statistics import Statistics, frame_of
from bot.texts.figures import LETTERS, Shown
from bot.trading.contracts import family
from bot.trading.day import trading_day
from db import marks, statistics, trades
from db.statistics import Dimension
from statemachine.conversation import Turn
from statemachine.errors import NotAPeriod

ALL_TIME: Final = "all time"
WORD_OF_MARK: Final = re.compile(r"\b(?:setup|mood|mistake)\b", re.IGNORECASE)


async def today(call: Call) -> Turn:
    return await _told(call, "today")


async def yesterday(call: Call) -> Turn:
    return await _told(call, "yesterday")


async def week(call: Call) -> Turn:
    return await _told(call, "this week")


async def month(call: Call) -> Turn:
    return await _told(call, "this month")


async def stats(call: Call) -> Turn:
    return await _told(call, ALL_TIME)


async def asked(call: Call) -> Turn:
    """A question in the trader's words, which bot.asking understood."""
    return await _told(call, ALL_TIME, command=False)


async def chosen(call: Call) -> Turn:
    """A question in the trader's words, for which the model chose among these queries."""
    choice = choice_in(call.argument)
    names = [account.name for account in call.accounts.all]
    question = question_of(choice, _today(call, call.account), names) if choice is not None else None
    if choice is not None and question is not None and question.account is not None:
        question = question_of(choice, _today(call, call.accounts.named(question.account)), names)
    if question is None or not await _is_grounded(call, question):
        return call.says("asked")
    account = call.accounts.named(question.account) if question.account else call.account
    period = question.period or period_of(ALL_TIME, _today(call, account))
    return await _figures(call, account, question, period, understood=True)


async def _is_grounded(call: Call, question: Question) -> bool:
    """The message says what the trades are to be of, or the trader traded it."""
    said = call.message.text
    if question.mark is not None and not is_quoted(question.mark[1], said):
        return False
    symbol = question.symbol
    return symbol is None or is_named(symbol, said, await trades.symbols(call.connection, call.owner))


async def _told(call: Call, default: str, *, command: bool = True) -> Turn:
    chosen, text, name = account_in(call)
    if chosen is None:
        return call.says("unknown_account", account=name)
    text = with_first(text, default) if command else text
    try:
        used = await _used(call) if WORD_OF_MARK.search(text) else ()
        question = question_in(text, _today(call, chosen), call.accounts.names, used)
        if _is_of_several(call, question):
            return call.says("figures_one_account", names=call.accounts.names)
        if question.account not in (None, EVERY) and not name:
            chosen = call.accounts.named(question.account)
            question = question_in(text, _today(call, chosen), call.accounts.names, used)
        day = _today(call, chosen)
        question = of_command(question, day) if command else question
    except NotAPeriod as refused:
        return call.says(refused.key, reason=refused.reason, said=refused.said)
    if question.left:
        unknown = unknown_of(question.left)
        return call.says("figures_unclear", said=unknown or question.left, several=not unknown)
    now = question.now and question.latest is None
    period = question.period or period_of("today" if now else default, day)
    return await _figures(call, chosen, question, period)


def _is_of_several(call: Call, question: Question) -> bool:
    names = call.accounts.names
    named = without_accounts(call.argument, names)[1]
    return len(names) > 1 and (question.account == EVERY or len(set(named)) > 1)


async def _used(call: Call) -> tuple[tuple[str, str], ...]:
    """Kinds and values of what the trader marks trades with."""
    return tuple((row["kind"], row["value"]) for row in await marks.usual(call.connection, call.owner))


def _today(call: Call, account: Account) -> date:
    """After an outage "today" is still that of the trader."""
    return trading_day(min(call.message.sent_at, call.now), account.day_start)


async def pressed(call: Call) -> Turn:
    """A button below figures; anybody can write what it carries, but about their own account only."""
    letter, days, named, name = call.argument.split(":")
    account, (begin, end) = call.accounts.find(name), days.split("-")
    if account is None:
        return call.says("unknown_account", account=name)
    try:
        period = Period(date.fromisoformat(begin), date.fromisoformat(end))
    except ValueError:
        return call.says("period_refused", reason="no_date", said=days)
    day = _today(call, account)
    first = max(EARLIEST, min(period.first, day))
    period = Period(first, max(first, min(period.last, day)))
    question = Question(symbol=None if named == "-" else named, dimension=LETTERS[letter])
    return await _figures(call, account, question, period)


async def _figures(
    call: Call, account: Account, question: Question, period: Period, *, understood: bool = False
) -> Turn:
    question = replace(question, symbol=question.symbol and family(question.symbol))
    periods = (period, question.against) if question.against is not None else (period,)
    sides = [await _found(call, account, question, each, understood=understood) for each in periods]
    if question.against is not None:
        return call.says("figures_compared", sides=sides)
    shown, found = sides[0]
    return call.says("figures", shown=shown, found=found)


async def _found(
    call: Call, account: Account, question: Question, period: Period, *, understood: bool
) -> tuple[Shown, Statistics]:
    mark, marked = question.mark or (None, None)
    span = statistics.Span(
        user_id=call.owner,
        account_id=account.id,
        first=period.first,
        last=period.last,
        symbol=question.symbol,
        side=question.side,
        mark=mark,
        marked=marked,
        latest=question.latest,
    )
    day = _today(call, account)
    dimension = question.dimension or _usual(question)
    frame = frame_of(period, day, currency=account.currency, zone=account.zone.key, day_start=account.day_start)
    found = await statistics.sums(call.connection, span, dimension, frame)
    shown = Shown(
        account=account.name,
        first=period.first,
        last=period.last,
        today=day,
        symbol=question.symbol,
        mark=question.mark,
        latest=question.latest,
        ranks=question.ranks,
        side=question.side,
        metric=question.metric,
        dimension=dimension,
        divided=question.dimension is not None,
        understood=understood,
        limited=not (question.metric or question.dimension or question.against) and _is_limited(account),
    )
    return shown, Statistics.of(found, dimension)


def _usual(question: Question) -> Dimension | None:
    """What the figures are divided by where nothing is said of it."""
    if question.metric is not None or question.against is not None:
        return None
    return "side" if question.symbol is not None else "symbol"


def _is_limited(account: Account) -> bool:
    limits = account.limits
    return bool(limits.daily_loss_limit_pct or limits.max_drawdown_pct or limits.max_daily_trades)
