"""From the facts of a chart to what is drawn: every word and figure of the picture, in the trader's language."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from bot.charting.facts import (
    DaysFacts,
    EquityFacts,
    Facts,
    RulesFacts,
    Scope,
    SpreadFacts,
    Sum,
    SumsFacts,
)
from bot.charting.wanted import Kind
from bot.drawing.subjects import (
    Bar,
    Calendar,
    Equity,
    Group,
    Groups,
    Head,
    Hours,
    Spread,
    Subject,
)
from bot.texts import numbers
from bot.texts.facts import SEPARATOR
from bot.texts.words import Words, account_name, quoted, symbol
from bot.trading.day import place_of

MOST_SUMS: Final = 10
MOST_RULES: Final = 8
LONGEST_RULE: Final = 160


def subject_of(words: Words, kind: Kind, facts: Facts) -> Subject:
    """What shall be drawn."""
    months = tuple(words("months").split())
    match facts:
        case EquityFacts():
            return _equity(words, facts, months)
        case DaysFacts(scope=scope, days=days):
            return Calendar(
                head=_head(words, kind, scope, words.gain(facts.net) if days else "", facts.net),
                first=scope.period.first,
                last=scope.period.last,
                days=days,
                months=months,
                weekdays=tuple(words("weekdays").split()),
            )
        case SumsFacts(zone=None):
            bars = tuple(_bar(words, named_sum(words, one), one) for one in most_of(words, facts.sums))
            head = _head(words, kind, facts.scope, words.gain(facts.net) if bars else "", facts.net)
            return Groups(head=head, groups=(Group("", bars),) if bars else ())
        case SumsFacts():
            return _hours(words, facts)
        case RulesFacts():
            return _rules(words, facts)
        case SpreadFacts():
            return _spread(words, facts)


def _head(words: Words, kind: Kind, scope: Scope, figure_: str = "", amount: Decimal | None = None, *more: str) -> Head:
    note = SEPARATOR.join([period(words, scope), *more, words("charts.net")])
    return Head(
        title=title(words, kind, scope),
        note=note,
        unit=unit(words),
        empty=empty(words, kind),
        figure=figure_,
        sign=None if amount is None else (amount > 0) - (amount < 0),
    )


def title(words: Words, kind: Kind, scope: Scope) -> str:
    """Equity · NQ · @apex2."""
    account = words("trade.at_account", account=account_name(scope.account)) if scope.account else None
    of = SEPARATOR.join(filter(None, (symbol(scope.symbol) if scope.symbol else None, account)))
    named = words(f"charts.title.{kind}")
    return words("charts.title.of", title=named, of=of) if of else named


def empty(words: Words, kind: Kind) -> str:
    """What a chart without anything to show says."""
    return words(f"charts.empty.{kind}") if kind in ("hours", "r", "rules") else words("charts.empty")


def untimed(words: Words, facts: Facts) -> str:
    """What is said of trades without an entry time, and what they made: it is missing in the picture."""
    sums = facts.sums if isinstance(facts, SumsFacts) and facts.zone is not None else ()
    found = next((one for one in sums if one.key is None and one.trades), None)
    return words.counted("charts.untimed", found.trades, net=words.gain(found.amount)) if found is not None else ""


def unit(words: Words) -> str:
    """What stands before an amount."""
    currency = words.view.currency
    return numbers.CURRENCY_SIGNS.get(currency, f"{currency} ")


def period(words: Words, scope: Scope) -> str:
    """1 – 26 Nov would be shorter, but is read wrong: 1 Nov – 26 Nov."""
    first, last = words.day(scope.period.first), words.day(scope.period.last)
    return first if first == last else words("charts.period", first=first, last=last)


def _equity(words: Words, facts: EquityFacts, months: tuple[str, ...]) -> Equity:
    below, floor = facts.deepest, facts.floor
    shown = words.gain(facts.net)
    if facts.days and facts.told:
        shown = SEPARATOR.join([words.money(facts.days[-1].balance), words.gain(facts.net)])
    return Equity(
        head=_head(words, "equity", facts.scope, shown if facts.days else "", facts.net),
        start=facts.start,
        days=facts.days,
        floor_label="" if floor is None else words("charts.floor", floor=words.money(floor)),
        drawdown_label=words("charts.below.none")
        if below is None
        else words("charts.below.most", amount=words.gain(below[0]), day=words.day(below[1])),
        months=months,
    )


def most_of(words: Words, sums: Sequence[Sum]) -> Iterator[Sum]:
    """Those that moved most, and all others as one, whose key is what they are called."""
    room = MOST_SUMS if len(sums) <= MOST_SUMS else MOST_SUMS - 1
    yield from sums[:room]
    if rest := sums[room:]:
        name = words.counted("charts.beyond", len(rest))
        yield Sum(Others(name), sum((one.amount for one in rest), Decimal(0)), sum(one.trades for one in rest))


class Others(str):
    """The name of what has no room of its own; no symbol."""

    __slots__ = ()


def named_sum(words: Words, one: Sum) -> str:
    if isinstance(one.key, Others):
        return one.key
    return symbol(one.key or "") or words("charts.unnamed")


def _bar(words: Words, name: str, one: Sum) -> Bar:
    label = words("charts.counted", name=name, count=one.trades)
    return Bar(label, one.amount, words.gain(one.amount))


def _hours(words: Words, facts: SumsFacts) -> Hours:
    timed = tuple((one.key, one.amount) for one in facts.timed)
    made = sum((amount for _, amount in timed), Decimal(0))
    zone = words("charts.zone", zone=place_of(facts.zone or ""))
    return Hours(
        head=_head(words, "hours", facts.scope, words.gain(made) if timed else "", made, zone),
        hours=timed,
        untimed=untimed(words, facts),
    )


def _rules(words: Words, facts: RulesFacts) -> Groups:
    groups = []
    for rule in facts.rules[:MOST_RULES]:
        bars = []
        if rule.followed is not None:
            label = words("charts.followed", count=rule.followed.trades)
            bars.append(Bar(label, rule.followed.amount, words.gain(rule.followed.amount)))
        if rule.violated is not None:
            label = words("charts.violated", count=rule.violated.trades)
            bars.append(Bar(label, rule.violated.amount, words.gain(rule.violated.amount)))
        groups.append(Group(quoted(rule.rule, LONGEST_RULE), tuple(bars)))
    return Groups(head=_head(words, "rules", facts.scope), groups=tuple(groups))


def sentence(line: str) -> str:
    """A line as it is read aloud behind another one."""
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _spread(words: Words, facts: SpreadFacts) -> Spread:
    mean = numbers.average_multiple(facts.mean)
    return Spread(
        head=_head(words, "r", facts.scope, words("charts.r", mean=mean) if facts.multiples else "", facts.mean),
        multiples=facts.multiples,
        mean=facts.mean,
        mean_label=words("charts.r.mean", mean=mean),
        left_out=words.counted("charts.r.left_out", facts.left_out) if facts.left_out else "",
    )
