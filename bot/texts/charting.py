"""What is said of a chart beside the picture: its figures, and for those who do not see it what it shows.

The text has every figure that matters, as not every platform carries an alternative text.
"""

from decimal import Decimal
from typing import Final

from bot.charting.facts import (
    DaysFacts,
    EquityFacts,
    Facts,
    RuleFacts,
    RulesFacts,
    Scope,
    SpreadFacts,
    Sum,
    SumsFacts,
)
from bot.charting.wanted import KINDS, Kind
from bot.texts import buttons, numbers
from bot.texts.chart_subjects import empty, most_of, named_sum, period, sentence, title, untimed
from bot.texts.words import Words, quoted, symbol
from statemachine.message import Button, Reply

LONGEST_RULE: Final = 80
MOST_RULES: Final = 8
MOST_MONTHS: Final = 12


def drawn(words: Words, kind: Kind, facts: Facts, image: str | None) -> Reply:
    """`image`: its path in the store; None where it could not be drawn."""
    alt, lines = _told(words, kind, facts)
    notes = [] if image else [words("charts.undrawn")]
    if not alt:
        notes = [words("charts.longer", kind=kind)]
    return Reply(
        title=words("charts.title.period", title=title(words, kind, facts.scope), period=period(words, facts.scope)),
        text="\n".join([*lines, *notes]),
        image=image,
        alt=" ".join(filter(None, [alt, *map(sentence, lines)])) if image else None,
        buttons=_others(words, kind, facts.scope),
    )


def _others(words: Words, kind: Kind, scope: Scope) -> tuple[tuple[Button, ...], ...]:
    """The other charts of the same period and symbol."""
    others = [
        words.button(f"chart.{other}", buttons.chart(other, scope.period, scope.symbol))
        for other in KINDS
        if other != kind
    ]
    return tuple(others[:3]), tuple(others[3:])


def _told(words: Words, kind: Kind, facts: Facts) -> tuple[str, list[str]]:
    """What the picture is, and its figures; nothing and what is missing where there is none."""
    match facts:
        case EquityFacts(days=(_, *_)):
            return _equity(words, facts)
        case DaysFacts(days=(_, *_)):
            return _days(words, facts)
        case SumsFacts(sums=(_, *_), zone=None):
            return _symbols(words, facts)
        case SumsFacts(timed=(_, *_)):
            return _hours(words, facts)
        case RulesFacts(rules=(_, *_)):
            return _rules(words, facts)
        case SpreadFacts(multiples=(_, *_)):
            return _spread(words, facts)
        case _:
            return "", [empty(words, kind), *filter(None, [untimed(words, facts)])]


def trades(words: Words, count: int) -> str:
    return words.counted("charts.trades", count)


def _equity(words: Words, facts: EquityFacts) -> tuple[str, list[str]]:
    last, scope = facts.days[-1], facts.scope
    told = [facts.start, *(day.balance for day in facts.days)]
    show = words.money if facts.told else words.gain
    key = "charts.alt.equity" if facts.told else "charts.alt.made"
    alt = words(
        key,
        start=show(facts.start),
        first=words.day(facts.days[0].day),
        end=show(last.balance),
        last=words.day(last.day),
        high=show(max(told)),
        low=show(min(told)),
    )
    net, count = words.gain(facts.net), trades(words, facts.trades)
    if not facts.told:
        line = words("charts.made", net=net, trades=count)
    else:
        line = words("charts.balance", balance=show(last.balance), net=net, trades=count)
    lines = [line, deepest(words, facts)]
    if last.floor is not None:
        left = last.balance - last.floor
        floor = words.money(last.floor)
        key = "charts.floor.left" if left > 0 else "charts.floor.reached"
        lines.append(words(key, floor=floor, left=words.money(left)))
    if not facts.told and scope.symbol is None:
        lines.append(words("charts.untold"))
    return alt, [*lines, words("guard.basis")]


def deepest(words: Words, facts: EquityFacts) -> str:
    if facts.deepest is None:
        return words("charts.deepest.none")
    amount, day = facts.deepest
    return words("charts.deepest", amount=words.gain(amount), day=words.day(day))


def _days(words: Words, facts: DaysFacts) -> tuple[str, list[str]]:
    amounts = [amount for _, amount in facts.days]
    up, down = sum(amount > 0 for amount in amounts), sum(amount < 0 for amount in amounts)
    lines = [words.counted("charts.days", len(amounts), net=words.gain(facts.net), up=up, down=down)]
    if len(set(amounts)) > 1:
        best, worst = max(facts.days, key=lambda day: day[1]), min(facts.days, key=lambda day: day[1])
        lines.append(
            words(
                "charts.extremes",
                best=words.gain(best[1]),
                best_day=words.day(best[0]),
                worst=words.gain(worst[1]),
                worst_day=words.day(worst[0]),
            )
        )
    return " ".join([words("charts.alt.days"), _months(words, facts)]), lines


def _months(words: Words, facts: DaysFacts) -> str:
    sums: dict[tuple[int, int], Decimal] = {}
    for day, amount in facts.days:
        sums[day.year, day.month] = sums.get((day.year, day.month), Decimal(0)) + amount
    names = words("months").split()
    told = [
        words("charts.month", month=names[month - 1], year=year, amount=words.gain(amount))
        for (year, month), amount in list(sums.items())[-MOST_MONTHS:]
    ]
    return words("charts.months", months=", ".join(told))


def _sum(words: Words, name: str, one: Sum) -> str:
    return words("charts.sum", name=name, amount=words.gain(one.amount), trades=trades(words, one.trades))


def _symbols(words: Words, facts: SumsFacts) -> tuple[str, list[str]]:
    lines = [words("charts.made", net=words.gain(facts.net), trades=trades(words, facts.trades))]
    shown = [_sum(words, named_sum(words, one), one) for one in most_of(words, facts.sums)]
    return words("charts.alt.symbols"), [*lines, *shown]


def _hours(words: Words, facts: SumsFacts) -> tuple[str, list[str]]:
    lines = [words("charts.made", net=words.gain(facts.net), trades=trades(words, facts.trades))]
    if len({one.amount for one in facts.timed}) > 1:
        ordered = sorted(facts.timed, key=lambda one: one.amount)
        best, worst = (_sum(words, hour(words, one), one) for one in (ordered[-1], ordered[0]))
        lines.append(words("charts.hours", best=best, worst=worst))
    if without := untimed(words, facts):
        lines.append(without)
    every = [words("card.cell", label=hour(words, one), value=words.gain(one.amount)) for one in facts.timed]
    return words("charts.alt.hours", hours=", ".join(every)), lines


def hour(words: Words, one: Sum) -> str:
    return words("charts.hour", hour=f"{one.key:02d}")


def _rules(words: Words, facts: RulesFacts) -> tuple[str, list[str]]:
    lines = [_rule(words, rule) for rule in facts.rules[:MOST_RULES]]
    beyond = len(facts.rules) - MOST_RULES
    return words("charts.alt.rules"), [*lines, *([words.counted("charts.beyond", beyond)] if beyond > 0 else [])]


def _rule(words: Words, rule: RuleFacts) -> str:
    sums = []
    if rule.followed is not None:
        name = words("charts.followed", count=rule.followed.trades)
        sums.append(words("card.cell", label=name, value=words.gain(rule.followed.amount)))
    if rule.violated is not None:
        name = words("charts.violated", count=rule.violated.trades)
        sums.append(words("card.cell", label=name, value=words.gain(rule.violated.amount)))
    return words("charts.rule", rule=quoted(rule.rule, LONGEST_RULE), sums=", ".join(sums))


def _spread(words: Words, facts: SpreadFacts) -> tuple[str, list[str]]:
    made, multiple = facts.multiples, numbers.multiple
    lost, small = sum(one < 0 for one in made), sum(0 <= one <= 1 for one in made)
    alt = words("charts.alt.r", lost=lost, small=small, large=len(made) - lost - small)
    line = words(
        "charts.r.line",
        mean=numbers.average_multiple(facts.mean),
        trades=trades(words, len(made)),
        best=multiple(max(made)),
        worst=multiple(min(made)),
    )
    return alt, [line, *([words.counted("charts.r.left_out", facts.left_out)] if facts.left_out else [])]


# ---- what is asked


def chart_unclear(words: Words, problem: str, said: str) -> Reply:
    """What is wrong, what there is, one example."""
    lines = [words(f"chart_unclear.{problem}", said=quoted(said, 40)), words("chart_unclear.how")]
    return Reply(text="\n".join(lines))


def chart_no_symbol(words: Words, symbol_: str) -> Reply:
    return Reply(text=words("chart_no_symbol", symbol=symbol(symbol_)))


def chart_limit(words: Words, limit: int) -> Reply:
    return Reply(text=words.counted("chart_limit", limit))
