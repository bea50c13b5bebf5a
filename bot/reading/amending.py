"""What a part of a message changes in a draft other than by telling a fact: emptied, swapped, turned, resized."""

from dataclasses import dataclass, field
from decimal import Decimal

from bot.reading.parts import PRICES, Part
from bot.reading.reworking import in_price, reworked, unit_of
from bot.trading.contracts import contract
from statemachine.trade import TradeFields

_GONE_WITH = {"exit_price": ("exit_price", "exit_time"), "pnl": ("pnl", "pnl_basis")}
_PRONOUNS = frozenset(("it", "that", "this", "them"))
_ARTICLES = frozenset(("a", "an", "the", "my", "really", "on"))


@dataclass(frozen=True, slots=True)
class Change:
    """New values, and the names of fields that are emptied."""

    fields: TradeFields = field(default_factory=TradeFields)
    cleared: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.cleared or self.fields.said())

    def also(self, other: "Change") -> "Change":
        told = other.fields.said().keys()
        return Change(self.fields.merged(other.fields), (self.cleared - told) | other.cleared)


def amended(part: Part, draft: TradeFields) -> Change | None:
    """The change that a part makes by itself; None where it only tells facts, or something else."""
    if not part.changes:
        return None
    for change in (_reopened, _swapped, _guarded, _emptied, _evened, _turned, _signed, _measured, _resized, _costing):
        found = change(part, draft)
        if found is not None:
            return found
    fields = reworked(part, draft)
    return Change(fields) if fields is not None else None


def _reopened(part: Part, draft: TradeFields) -> Change | None:
    """ "still open": what was told of the exit does not hold."""
    if not part.is_bare or not part.has("still open") or not part.says_only("still open"):
        return None
    names = frozenset(("exit_price", "exit_time", "pnl", "pnl_basis"))
    return Change(cleared=names) if any(getattr(draft, name) is not None for name in names) else None


def _swapped(part: Part, draft: TradeFields) -> Change | None:
    """ "stop and target are swapped": each takes the other's value."""
    named = [name for name in part.fields if name in PRICES]  # "swap" is a fee as well
    if len(named) != 2 or not part.is_bare or not part.has("swapped"):
        return None
    one, other = named
    if not part.says_only("swapped", "turned", "off"):
        return None
    values = {one: getattr(draft, other), other: getattr(draft, one)}
    if None in values.values():
        return None
    return Change(TradeFields(**values))


def _guarded(part: Part, draft: TradeFields) -> Change | None:
    """ "stop to entry": the stop is the entry."""
    named = "stop_loss" in part.fields and set(part.fields) <= {"stop_loss", "entry_price"}
    if draft.entry_price is None or not (named and part.is_bare and part.has("at entry")):
        return None
    if not part.says_only("placing", "at entry", "even"):
        return None
    return Change(TradeFields(stop_loss=draft.entry_price))


def _emptied(part: Part, _draft: TradeFields) -> Change | None:
    """ "remove the stop", "there was no target": with a number beside it the message is a change instead."""
    names = [name for name in part.fields if name != "position_size" or not part.has("taking")]
    taken = part.has("taking") and part.has("off")
    if taken:
        names = [name for name in names if name != "exit_price"]  # "take the stop out"
    if not names or not part.is_bare or not (taken or part.has("clearing") or part.lacks()):
        return None
    if not part.says_only("clearing", "lacking", "taking", "off", "explained"):
        return None
    if part.has("at entry"):
        return None  # "no tp, stop at entry" empties one and sets the other
    gone = [other for name in names for other in _GONE_WITH.get(name, (name,))]
    return Change(cleared=frozenset(gone))


def empties_it(part: Part) -> bool:
    """ "take it out", said of what was named before."""
    taken = part.has("clearing") or (part.has("taking") and part.has("off"))
    of_it = not _PRONOUNS.isdisjoint(part.words) and set(part.fields) <= {"exit_price"}
    return taken and of_it and part.is_bare and part.says_only("clearing", "taking", "off")


def emptied(name: str) -> Change:
    return Change(cleared=frozenset(_GONE_WITH.get(name, (name,))))


def _evened(part: Part, draft: TradeFields) -> Change | None:
    """ "closed at be": the exit is the entry."""
    if draft.entry_price is None or not part.is_bare or not part.has("even") or "stop_loss" in part.fields:
        return None
    if not {"exit_price"} >= set(part.fields) - {"entry_price"} or not part.says_only("even"):
        return None
    return Change(TradeFields(exit_price=draft.entry_price, pnl=Decimal(0)))


def left_at_level(part: Part, draft: TradeFields) -> Change | None:
    """ "stopped out", "hit target", "at be": the exit is a level that is known."""
    if (evened := _evened(part, draft)) is not None or not part.is_bare:
        return evened
    stopped = part.has("stopped")
    level = draft.stop_loss if stopped else draft.take_profit
    if level is None or stopped == part.has("target hit") or not part.says_only("stopped", "target hit", strictly=True):
        return None
    return Change(TradeFields(exit_price=level), frozenset(("pnl", "pnl_basis")))


def _measured(part: Part, draft: TradeFields) -> Change | None:
    """ "points, not dollars": the P&L that was told was a distance; money it makes only where its worth is known."""
    unit = unit_of(part)
    if (
        draft.pnl is None
        or not unit
        or not part.is_bare
        or not part.has("money")
        or not part.says_only("money", "excluded", unit)
    ):
        return None
    distance = in_price(draft.pnl, unit, draft)
    known = contract(draft.symbol) if draft.symbol else None
    if distance is None or known is None or not known.confirmed or draft.position_size is None:
        return emptied("pnl")
    return Change(TradeFields(pnl=distance * known.point_value * draft.position_size))


def _turned(part: Part, draft: TradeFields) -> Change | None:
    """ "other way round": the side."""
    if draft.direction is None or part.fields or not part.is_bare:
        return None
    if not part.has("turned") or not part.says_only("turned", strictly=True):
        return None
    return Change(TradeFields(direction="short" if draft.direction == "long" else "long"))


def _signed(part: Part, draft: TradeFields) -> Change | None:
    """ "it was a loss", "should be minus": the sign of the P&L, not the one behind a "not"."""
    if draft.pnl is None or not set(part.fields) <= {"pnl"}:
        return None
    if not part.is_bare and [number.value for number in part.numbers] != [abs(draft.pnl)]:
        return None
    if part.has("sign") and part.says_only("sign"):
        return Change(TradeFields(pnl=-draft.pnl))
    said = [(section == "positive", _is_excluded(part, at)) for section, at, _ in part.places("positive", "negative")]
    meant = {won for won, excluded in said if not excluded} or {not won for won, _ in said}
    if (
        len(meant) != 1
        or not part.says_only("positive", "negative", "excluded", "money", strictly=True)
        or _is_only_up(part)
    ):
        return None
    pnl = abs(draft.pnl) if meant.pop() else -abs(draft.pnl)
    return Change(TradeFields(pnl=pnl)) if pnl != draft.pnl else None


def _is_only_up(part: Part) -> bool:
    """ "up", "red" and the like are of the market unless the P&L or an exchange is spoken of."""
    strong = {"up", "down", "plus", "minus", "red", "green"}.isdisjoint(part.words)
    return not strong and not part.fields and not part.has("excluded") and "should" not in part.words


def _is_excluded(part: Part, place: int) -> bool:
    """ "not a win": the word before it, articles aside, is a "not"."""
    start = place
    while start > 0 and part.words[start - 1] in _ARTICLES:
        start -= 1
    return any(at + len(phrase) == start for _, at, phrase in part.places("excluded"))


def _costing(part: Part, draft: TradeFields) -> Change | None:
    """ "add 4.20 in fees": the one number beside nothing but the word for fees."""
    if part.fields != ("commissions",) or len(part.numbers) != 1 or not part.says_only("added", "money"):
        return None
    (number,) = part.numbers
    if number.sign or number.value in (None, draft.commissions):
        return None
    return Change(TradeFields(commissions=number.value))


def _resized(part: Part, draft: TradeFields) -> Change | None:
    """ "those were micros", "on the mini, not micro": the same market a size smaller or larger."""
    if not part.is_bare or not part.says_only("micro", "mini", "excluded", strictly=True):
        return None
    meant = {section for section, place, _ in part.places("micro", "mini") if not _is_excluded(part, place)}
    known = contract(draft.symbol) if draft.symbol else None
    if len(meant) != 1 or known is None:
        return None
    other = known.micro if meant == {"micro"} else known.micro_of
    already = known.micro_of if meant == {"micro"} else known.micro
    if other is None:
        return Change() if already is not None else None
    return Change(TradeFields(symbol=other))
