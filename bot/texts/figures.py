"""The figures of a period in words, one line each; what is divided by symbol, side, hour, weekday or rule."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, get_args

from bot.comparing import Rank
from bot.periods import EARLIEST
from bot.statistics import Extreme, Group, Metric, Statistics, Sums, rules_in
from bot.texts import buttons, numbers
from bot.texts.facts import SEPARATOR
from bot.texts.layout import Rows, rows_of
from bot.texts.periods import period_named
from bot.texts.words import Words, capital, quoted, symbol
from bot.trading.day import place_of
from db.statistics import Dimension, Mark, Side
from statemachine.message import Button, Reply

MOST_GROUPS: Final = 12
MOST_RULES: Final = 6
LONGEST_RULE: Final = 60
LONGEST_SAID: Final = 40
LETTERS: Final[Mapping[str, Dimension | None]] = MappingProxyType(
    {"a": None, "s": "symbol", "d": "side", "h": "hour", "w": "weekday", "r": "rule"}
)
"""By what the figures are divided, as buttons carry it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What was asked. `today`: the trading day that runs; `divided`: only the groups were asked for; `understood`:
    it was not said in such words, so what was understood is told."""

    account: str
    first: date
    last: date
    today: date
    symbol: str | None = None
    side: Side | None = None
    metric: Metric | None = None
    dimension: Dimension | None = None
    divided: bool = False
    understood: bool = False
    limited: bool = False
    latest: int | None = None
    ranks: tuple[Rank, ...] = ()
    mark: tuple[Mark, str] | None = None


def figures(words: Words, shown: Shown, found: Statistics) -> Reply:
    """Title: whose and when. First what was asked for, then the rest."""
    told = words.on(shown.account)
    title = SEPARATOR.join(_title(told, shown))
    understood = [_understood(told, shown)] if shown.understood else []
    if not found.traded:
        return _nothing(told, shown, found, title, understood)
    blocks = [understood, [] if shown.divided else list(_lines(told, shown, found))]
    blocks.append(list(_groups(told, shown, found)))
    if shown.limited and shown.first == shown.today:
        blocks.append([told("figures.limits")])
    if shown.latest:
        blocks.append([told("figures.latest.list")])
    text = "\n\n".join("\n".join(lines) for lines in blocks if lines)
    return Reply(title=title, text=text, buttons=_buttons(told, shown, found))


def figures_compared(words: Words, sides: Sequence[tuple[Shown, Statistics]]) -> Reply:
    """One period below the other, each under its own title."""
    replies = [figures(words, shown, found) for shown, found in sides]
    return Reply(text="\n\n".join(f"{reply.title}\n{reply.text}" for reply in replies))


def _understood(words: Words, shown: Shown) -> str:
    """ "Win rate · ES · this month": what the model made of a question."""
    by = (
        words(f"figures.by.{shown.dimension}", zone=place_of(words.view.zone.key))
        if shown.dimension and shown.divided
        else None
    )
    parts = (words(f"figures.name.{shown.metric or 'overview'}"), *_title(words, shown), by)
    return words("figures.understood", asked=SEPARATOR.join(filter(None, parts)))


def figures_unclear(words: Words, said: str, *, several: bool = False) -> Reply:
    """`several`: what was said are symbols, all of them known."""
    why = words("figures.several" if several else "figures.unclear", said=quoted(said, LONGEST_SAID))
    return Reply(text="\n".join((why, _examples(words))))


def figures_one_account(words: Words, names: Sequence[str]) -> Reply:
    """Where those of several accounts are asked for together."""
    return Reply(text=words("figures.one_account", first=names[0], second=names[1]))


def asked(words: Words) -> Reply:
    """A question that nothing here can answer, what can be asked, and two examples."""
    first, second = words("asked.example.1"), words("asked.example.2")
    lines = (words("asked"), words("asked.figures"), words("asked.examples", first=first, second=second))
    return Reply(text="\n".join(lines))


def _examples(words: Words) -> str:
    first, second = words("figures.example.1"), words("figures.example.2")
    return words("figures.unclear.examples", first=first, second=second)


def _title(words: Words, shown: Shown) -> Iterator[str]:
    if shown.symbol:
        yield symbol(shown.symbol)
    if shown.mark:
        yield _marked(words, *shown.mark)
    if shown.side is not None:
        yield capital(words(f"trade.{shown.side}"))
    if shown.latest:
        yield words.counted("figures.latest", shown.latest)
    if shown.first == shown.last == shown.today:
        yield words("figures.today", day=words.day(shown.first))
    elif shown.first == shown.last == shown.today - timedelta(days=1):
        yield words("figures.yesterday", day=words.day(shown.first))
    elif shown.first == EARLIEST and shown.last == shown.today:
        if not shown.latest:
            yield words("figures.all")
    else:
        yield capital(period_named(words, shown.first, shown.last))
    if words.view.several:
        yield f"@{shown.account}"


def _marked(words: Words, kind: Mark, value: str) -> str:
    value = quoted(value, LONGEST_SAID)
    return f"#{value}" if kind == "tag" else words(f"marks.{kind}", value=value)


# ---- nothing there


def _nothing(words: Words, shown: Shown, found: Statistics, title: str, understood: list[str]) -> Reply:
    named = symbol(shown.symbol) if shown.symbol else ""
    lines = [*understood, words("figures.nothing.symbol", symbol=named) if named else words("figures.nothing")]
    if shown.mark:
        named, lines = "", [*understood, words("figures.nothing.marked", mark=_marked(words, *shown.mark))]
    row: tuple[Button, ...] = ()
    if shown.mark:
        lines.append(words("marks.how"))
    elif found.last_day is not None:
        day = words.day(found.last_day)
        of = "figures.last_day.symbol" if named else "figures.last_day"
        lines.append(words(of, symbol=named, day=day))
        data = buttons.figures("a", found.last_day, found.last_day, shown.symbol, shown.account)
        row = (words.button("figures.day", data, day=day),) if data else ()
    elif named:
        first, second = words("figures.example.1"), words("figures.example.2")
        lines.append(words("figures.never.symbol", symbol=named, first=first, second=second))
    elif not found.undated:
        lines.append(words("figures.never"))
    lines.extend(_beside(words, found))
    return Reply(title=title, text="\n".join(lines), buttons=(row,) if row else ())


# ---- the figures


def _lines(words: Words, shown: Shown, found: Statistics) -> Iterator[str]:
    """What was asked for, though there be none; below it how many trades it rests on, or all there is to tell."""
    asked = shown.metric
    if asked is not None:
        yield LINES[asked](words, found) or words(f"figures.none.{'average_win' if 'average_l' in asked else asked}")
    rest = ("trades", "pnl") if asked is not None else _overview(found)
    lines = (LINES[name](words, found) for name in rest if name != asked)
    yield from (line for line in lines if line is not None)
    yield from _beside(words, found)


def _beside(words: Words, found: Statistics) -> Iterator[str]:
    """What is in none of the figures."""
    counts = (("open", found.sums.open), ("unknown", found.sums.unknown), ("undated", found.undated))
    parts = [words.counted(f"figures.{name}", count) for name, count in counts if count]
    if parts:
        yield words("figures.beside", parts=words.listed(parts))


def _overview(found: Statistics) -> tuple[Metric, ...]:
    """Of one trade, and of one day, there is no best or worst."""
    extremes: tuple[Metric, ...] = ("best", "worst") if found.sums.trades > 1 else ()
    course: tuple[Metric, ...] = ("best_day", "worst_day", "drawdown") if found.days > 1 else ()
    return (*OVERVIEW, *extremes, *course)


def _trades(words: Words, found: Statistics) -> str | None:
    sums = found.sums
    if not sums.trades:
        return words("figures.none.trades")
    counts = (("won", sums.wins), ("lost", sums.losses), ("scratches", sums.scratches))
    parts = ", ".join(words.counted(f"figures.{name}", count) for name, count in counts if count)
    return words.counted("figures.trades", sums.trades, parts=parts)


def _win_rate(words: Words, found: Statistics) -> str | None:
    rate = found.sums.win_rate
    return None if rate is None else words("figures.win_rate", rate=numbers.percentage(rate))


def _pnl(words: Words, found: Statistics) -> str | None:
    if not found.days:
        return None
    net, gross = words.gain(found.sums.net), words.gain(found.sums.gross)
    costless = found.sums.net == found.sums.gross
    return words("figures.pnl.costless" if costless else "figures.pnl", net=net, gross=gross)


def _average(words: Words, found: Statistics) -> str | None:
    win, loss = found.sums.average_win, found.sums.average_loss
    if win is not None and loss is not None:
        return words("figures.average", win=words.gain(win), loss=words.gain(loss))
    if win is not None:
        return words("figures.average.win", win=words.gain(win))
    return words("figures.average.loss", loss=words.gain(loss)) if loss is not None else None


def _profit_factor(words: Words, found: Statistics) -> str | None:
    factor = found.sums.profit_factor
    return None if factor is None else words("figures.profit_factor", factor=numbers.ratio(factor))


def _expectancy(words: Words, found: Statistics) -> str | None:
    made = found.sums.expectancy
    return None if made is None else words("figures.expectancy", amount=words.gain(made))


def _average_r(words: Words, found: Statistics) -> str | None:
    average = found.sums.average_r
    if average is None:
        return None
    return words.counted("figures.average_r", found.sums.measured, multiple=numbers.average_multiple(average))


def _trade(words: Words, key: str, found: Statistics, extreme: Extreme | None) -> str | None:
    if extreme is None:
        return None
    side = words(f"trade.{extreme.direction}") if extreme.direction else None
    name = symbol(extreme.symbol) if extreme.symbol else words("figures.no_name")
    day = words.day(extreme.day) if found.days > 1 else None
    named = " ".join(filter(None, (name, side)))
    return words(key, amount=words.gain(extreme.net), trade=", ".join(filter(None, (named, day))))


def _day(words: Words, key: str, extreme: Extreme | None) -> str | None:
    return None if extreme is None else words(key, amount=words.gain(extreme.net), day=words.day(extreme.day))


def _drawdown(words: Words, found: Statistics) -> str | None:
    return words("figures.drawdown", amount=words.money(found.drawdown)) if found.days else None


def _costs(words: Words, found: Statistics) -> str | None:
    return words("figures.costs", amount=words.money(found.sums.gross - found.sums.net)) if found.days else None


LINES: Final[Mapping[Metric, Callable[[Words, Statistics], str | None]]] = MappingProxyType(
    {
        "trades": _trades,
        "win_rate": _win_rate,
        "pnl": _pnl,
        "average_win": _average,
        "average_loss": _average,
        "profit_factor": _profit_factor,
        "expectancy": _expectancy,
        "average_r": _average_r,
        "best": lambda words, found: _trade(words, "figures.best", found, found.best),
        "worst": lambda words, found: _trade(words, "figures.worst", found, found.worst),
        "best_day": lambda words, found: _day(words, "figures.best_day", found.best_day),
        "worst_day": lambda words, found: _day(words, "figures.worst_day", found.worst_day),
        "drawdown": _drawdown,
        "costs": _costs,
    }
)
OVERVIEW: Final[tuple[Metric, ...]] = (
    "trades", "win_rate", "pnl", "average_win", "profit_factor", "expectancy", "average_r",
)  # fmt: skip


# ---- divided


def _groups(words: Words, shown: Shown, found: Statistics) -> Iterator[str]:
    dimension = shown.dimension
    if dimension is None or (not shown.divided and len(found.groups) < 2):
        return
    yield words(f"figures.by.{dimension}", zone=place_of(words.view.zone.key))
    if dimension == "rule":
        yield from _rules(words, found.groups)
        return
    if dimension in get_args(Mark) and not found.groups:
        yield words("figures.unmarked")
        yield words("marks.how")
    timed = dimension in ("side", "hour", "weekday")
    groups = found.groups[::-1] if shown.ranks == ("worst",) and not timed else found.groups
    yield from _ranked(words, shown, dimension, groups)
    most = len(groups) if timed else MOST_GROUPS
    for group in groups[:most]:
        yield _group(words, _name(words, dimension, group.key), group.sums)
    if len(groups) > most:
        yield words.counted("figures.more", len(groups) - most)


def _ranked(words: Words, shown: Shown, dimension: Dimension, groups: Sequence[Group]) -> Iterator[str]:
    """The best or worst by P&L, where one is asked for and there are several to choose from."""
    known = [group for group in groups if group.key is not None and group.sums.trades]
    if len(known) < 2 or not shown.divided or shown.metric is not None:
        return
    for rank in shown.ranks:
        chosen = (min if rank == "worst" else max)(known, key=lambda group: group.sums.net)
        yield words(f"figures.rank.{rank}", group=_group(words, _name(words, dimension, chosen.key), chosen.sums))


def _group(words: Words, name: str, sums: Sums) -> str:
    line = words.counted("figures.group", sums.trades, name=name, amount=words.gain(sums.net))
    rate = sums.win_rate
    return line if rate is None else words("figures.group.rate", group=line, rate=numbers.percentage(rate))


def _name(words: Words, dimension: Dimension, key: str | None) -> str:
    if key is None:
        return words("figures.no_time" if dimension == "hour" else "figures.no_name")
    match dimension:
        case "side":
            return capital(words(f"trade.{key}"))
        case "hour":
            return f"{int(key):02}:00"
        case "weekday":
            return words("figures.weekdays").split()[int(key) - 1]
        case "tag":
            return f"#{quoted(key, LONGEST_SAID)}"
        case "setup" | "mood" | "mistake":
            return quoted(key, LONGEST_SAID)
        case _:
            return symbol(key)


def _rules(words: Words, groups: Sequence[Group]) -> Iterator[str]:
    """All rules together, then each rule with what following and breaking it made, the dearest to break first."""
    keyed = {group.key or "": group.sums for group in groups}
    if not keyed:
        yield words("figures.no_rules")
        return
    for verdict in ("followed", "violated"):
        if verdict in keyed:
            yield _group(words, words(f"figures.rules.{verdict}"), keyed[verdict])
    rules = rules_in(groups)
    for rule in rules[:MOST_RULES]:
        yield ""
        yield quoted(rule.text, LONGEST_RULE)
        if rule.followed is not None:
            yield _group(words, words("figures.rule.followed"), rule.followed)
        if rule.violated is not None:
            yield _group(words, words("figures.rule.violated"), rule.violated)
    if len(rules) > MOST_RULES:
        yield words.counted("figures.more", len(rules) - MOST_RULES)


def _buttons(words: Words, shown: Shown, found: Statistics) -> Rows:
    """The same figures divided otherwise, where there are several trades; buttons know of no side, mark or number."""
    if found.sums.trades < 2 or shown.mark or shown.latest or shown.side is not None:
        return ()
    current = shown.dimension if shown.divided else None
    offered = []
    for letter, dimension in LETTERS.items():
        data = buttons.figures(letter, shown.first, shown.last, shown.symbol, shown.account)
        needless = dimension == current and (shown.divided or dimension is None)
        if data and not needless and not (dimension == "symbol" and shown.symbol):
            offered.append(words.button(f"figures.{dimension or 'all'}", data))
    return rows_of(offered)
