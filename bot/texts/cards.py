"""A trade as a card: what was planned, what happened, what its rules say, as a picture and in words."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal

from bot.charting.facts import CardFacts
from bot.drawing.subjects import Card, Head, Judged, Level, Mark
from bot.texts import numbers
from bot.texts.chart_subjects import sentence, unit
from bot.texts.facts import SEPARATOR, headline, marks_line
from bot.texts.recording import MARKS
from bot.texts.words import Words, account_name, capital, quoted
from bot.trading.limits import figure
from db.series import TradeRow
from db.verdicts import StoredVerdict
from statemachine.message import Reply
from statemachine.trade import TradeFields

LONGEST_RULE: Final = 80
LONGEST_DRAWN: Final = 160
LONGEST_CELL: Final = 40
MOST_RULES: Final = 8
MOST_VERDICTS: Final = 7
ORDER: Final[tuple[Mark, ...]] = ("violated", "unclear", "followed")


def card(words: Words, facts: CardFacts, image: str | None) -> Reply:
    """What was planned, what happened, and the verdicts that need attention first."""
    lines = [_side(words, facts, side) for side in (0, 1)]
    lines = [line for line in (*lines, marks_line(words, _fields(facts.trade))) if line]
    lines += _verdicts(words, facts)
    if not image:
        lines.append(words("charts.undrawn"))
    told = [] if facts.pictured else [words("card.no_picture")]
    named = card_name(words, facts)
    alt = " ".join([words("card.alt"), *map(sentence, [named, *lines])]) if image else None
    return Reply(title=named, text="\n".join([*lines, *told]), image=image, alt=alt)


def _side(words: Words, facts: CardFacts, side: Literal[0, 1]) -> str:
    """Planned: stop 18,230, target 18,310."""
    cells = [
        values[side] if label == words("card.r") else words("card.cell", label=label, value=values[side])
        for label, *values in card_rows(words, facts)
        if values[side]
    ]
    name = words("card.happened" if side else "card.planned")
    return words("card.said", side=name, cells=", ".join(cells)) if cells else ""


def _verdicts(words: Words, facts: CardFacts) -> Sequence[str]:
    if not facts.verdicts:
        return [words("card.rules.none")]
    others = [verdict for verdict in _first_broken(facts) if verdict.verdict != "followed"]
    shown = [
        words("card.verdict", mark=MARKS[_mark(verdict.verdict)], rule=quoted(verdict.rule, LONGEST_RULE))
        for verdict in others[:MOST_RULES]
    ]
    beyond = len(others) - MOST_RULES
    return [_counted(words, facts), *shown, *([words.counted("card.beyond", beyond)] if beyond > 0 else [])]


def _first_broken(facts: CardFacts) -> list[StoredVerdict]:
    """Where not all have room, those that need attention do."""
    return sorted(facts.verdicts, key=lambda verdict: ORDER.index(_mark(verdict.verdict)))


def _counted(words: Words, facts: CardFacts) -> str:
    marks = [_mark(verdict.verdict) for verdict in facts.verdicts]
    followed = marks.count("followed")
    return words("card.rules.counted", followed=followed, judged=followed + marks.count("violated"))


def _fields(trade: TradeRow) -> TradeFields:
    return TradeFields(
        symbol=trade.symbol,
        direction=trade.direction if trade.direction in ("long", "short") else None,  # type: ignore[arg-type]
        position_size=figure(trade.position_size),
        tags=tuple(trade.tags or ()),
        setup=trade.setup,
        mood=trade.mood,
        mistake=trade.mistake,
    )


def card_name(words: Words, facts: CardFacts) -> str:
    """Long 2 NQ · +$1,600.00."""
    trade = facts.trade
    made = figure(trade.net)
    state = words("card.open") if trade.is_open else None if made is None else words.gain(made)
    return SEPARATOR.join(filter(None, (headline(words, _fields(trade)), state)))


def card_rows(words: Words, facts: CardFacts) -> list[tuple[str, str, str]]:
    """Label as it stands in a sentence, planned, happened; only what is known of either."""
    trade = facts.trade
    stop, moved = figure(facts.stop), figure(trade.stop_loss)
    made, risked = figure(trade.net), facts.risk
    rows = [
        (words("card.entry"), _price(facts.planned_entry), _price(trade.entry_price)),
        (words("card.stop"), _price(stop), _price(moved) if moved != stop else ""),
        (words("card.target"), _price(trade.take_profit), ""),
        (words("card.exit"), "", _left(words, trade)),
        (words("card.size"), _size(facts.planned_size), _size(trade.position_size)),
        (words("card.risk"), words.money(risked) if risked is not None else "", ""),
        (words("card.r"), _multiple(facts.planned_r), _multiple(facts.made_r)),
        (words("card.pnl"), "", words.gain(made) if made is not None else ""),
        (words("card.time"), "", _times(words, trade)),
    ]
    return [row for row in rows if row[1] or row[2]]


def _left(words: Words, trade: TradeRow) -> str:
    """5329.67 in 3 parts."""
    price, parts = _exit(trade), words.counted("card.parts", trade.exits) if trade.exits else ""
    if price is None:
        return parts or (words("card.open") if trade.is_open else "")
    return numbers.price(price) if trade.exits < 2 else f"{numbers.price(price)} {parts}"


def _exit(trade: TradeRow) -> Decimal | None:
    """Of parts the average, with no more digits than the trade's other prices have."""
    price = figure(trade.exit_price)
    if price is None or trade.exits < 2:
        return price
    said = [figure(value) for value in (trade.entry_price, trade.stop_loss, trade.take_profit)]
    finest = min((int(value.as_tuple().exponent) for value in said if value is not None), default=0)
    return price.quantize(max(Decimal(1).scaleb(min(finest, -2)), numbers.FINEST))


def _marks(words: Words, trade: TradeRow) -> list[tuple[str, str, str]]:
    """As rows of the picture."""
    rows = [
        (words("field.setup"), quoted(trade.setup or "", LONGEST_CELL), ""),
        (words("field.mood"), "", quoted(trade.mood or "", LONGEST_CELL)),
        (words("field.mistake"), "", quoted(trade.mistake or "", LONGEST_CELL)),
        (words("field.tags"), "", quoted(" ".join(f"#{tag}" for tag in trade.tags or ()), LONGEST_CELL)),
    ]
    return [row for row in rows if row[1] or row[2]]


def _price(value: Decimal | None) -> str:
    known = figure(value)
    return "" if known is None else numbers.price(known)


def _size(value: Decimal | None) -> str:
    known = figure(value)
    return "" if known is None else numbers.size(known)


def _multiple(value: Decimal | None) -> str:
    return "" if value is None else numbers.multiple(value)


def _times(words: Words, trade: TradeRow) -> str:
    """Only what was said, on the trader's clocks; with the days where they differ."""
    zone = words.view.zone
    entered, left = (moment.astimezone(zone) if moment else None for moment in (trade.entry_time, trade.exit_time))
    apart = entered is not None and left is not None and entered.date() != left.date()
    told = [
        numbers.UNKNOWN if moment is None
        else f"{words.day(moment.date())} {moment:%H:%M}" if apart
        else f"{moment:%H:%M}"
        for moment in (entered, left)
    ]  # fmt: skip
    if left is None and (trade.is_open or entered is None):
        return told[0] if entered else ""
    return words("card.times", entered=told[0], left=told[1])


def card_subject(words: Words, facts: CardFacts) -> Card:
    """What shall be drawn of one trade."""
    trade, made = facts.trade, figure(facts.trade.net)
    day = words.day(trade.day) if trade.day is not None else None
    account = words("trade.at_account", account=account_name(trade.account)) if trade.account else None
    beyond = len(facts.verdicts) - MOST_VERDICTS
    is_open, net = words("card.open") if trade.is_open else "", words("charts.net")
    note = (day, account) if made is None else (day, account, is_open, net)
    return Card(
        head=Head(
            title=headline(words, _fields(trade)),
            note=SEPARATOR.join(filter(None, note)),
            unit=unit(words),
            empty="",
            figure=capital(is_open) if made is None else words.gain(made),
            sign=None if made is None else (made > 0) - (made < 0),
        ),
        columns=(words("card.planned"), words("card.happened")),
        rows=tuple((capital(row[0]), row[1], row[2]) for row in (*card_rows(words, facts), *_marks(words, trade))),
        entry=_level(words("card.entry"), trade.entry_price),
        stop=_level(words("card.stop"), facts.stop),
        target=_level(words("card.target"), trade.take_profit),
        exit=_level(words("card.exit"), _exit(trade)),
        verdicts=tuple(
            Judged(_mark(verdict.verdict), quoted(verdict.rule, LONGEST_DRAWN))
            for verdict in _first_broken(facts)[:MOST_VERDICTS]
        ),
        verdicts_title=_counted(words, facts) if facts.verdicts else words("card.rules.none"),
        beyond=words.counted("card.beyond", beyond) if beyond > 0 else "",
    )


def _level(label: str, value: Decimal | None) -> Level | None:
    price = figure(value)
    return None if price is None else Level(capital(label), price, numbers.price(price))


def _mark(verdict: str) -> Mark:
    return "followed" if verdict == "followed" else "violated" if verdict == "violated" else "unclear"
