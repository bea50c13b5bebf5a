"""How checks answer: a finding with its evidence, how figures are written in it, and what is asked for where a fact is
missing.

Evidence is English and short, with the figures it rests on; the limit comes last. What is missing is named together
with the words that give it, in a form the journal understands.

Severity of a violation:
    minor     a slip: up to a quarter beyond a limit, or half of what was wanted and more
    major     more than that, or a rule that knows no degree (a wrong hour, side or symbol)
    critical  more than twice the limit, or the account itself is at stake (no stop, the day's loss)
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

from bot.auditing.facts import AuditFacts, Logged
from bot.auditing.verdict import Judgement, Severity

SEVERITIES: tuple[Severity, ...] = ("minor", "major", "critical")
MOST_ENTRIES = 64
"""Possible moments of an unsaid entry that are looked at."""
_NAMED = 3
"""Trades that are named one by one in evidence."""
_LONGEST_SYMBOL = 20
_LONGEST_FIGURE = 15
"""Digits before or behind the point; no real price, size or amount has more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says. `severity` of a violation; "minor" otherwise."""

    verdict: Judgement
    evidence: str
    severity: Severity = "minor"


def decided(followed: bool, evidence: str, severity: Severity = "major") -> Finding:
    return Finding("followed", evidence) if followed else Finding("violated", evidence, severity)


def unclear(evidence: str) -> Finding:
    return Finding("unclear", evidence)


def by_excess(value: Decimal, limit: Decimal) -> Severity:
    """A quarter over the limit is a slip, more than twice the limit is reckless."""
    if value > 2 * limit:
        return "critical"
    return "major" if value > limit * Decimal("1.25") else "minor"


def by_shortfall(value: Decimal, limit: Decimal) -> Severity:
    """Less than half of what was wanted is more than a slip."""
    return "major" if value < limit / 2 else "minor"


def by_count(number: int, limit: int) -> Severity:
    """One too many is plainly one; each further one was begun in spite of that."""
    return "major" if number <= limit + 1 else "critical"


# ---- what is missing


Fact = Literal["stop", "target", "entry", "size", "symbol", "direction", "entry time", "exit time", "P&L"]
ANSWERS: Final[Mapping[Fact, str]] = MappingProxyType(
    {
        "stop": "stop 18230",
        "target": "tp 18310",
        "entry": "entry 18250",
        "size": "size 2",
        "symbol": "it was NQ",
        "direction": "it was long",
        "entry time": "entered 10:15",
        "exit time": "out 10:05",
        "P&L": "pnl -120",
    }
)
"""How a missing fact of a trade may be written back to its message, with figures of its own."""


HOW: Final = " Answer its message with it, as in "
"""How a missing fact is told: its answer follows in quotes. A trade of no journal has no message."""


def this_lacks(what: Fact) -> Finding:
    """A fact of the trade itself."""
    return unclear(f"The {what} of this trade was not given.{HOW}'{ANSWERS[what]}'.")


def others_lack(what: Fact, trades: Iterable[Logged], facts: AuditFacts) -> Finding:
    """A fact of other trades of the account."""
    lacking = list(trades)
    names = [named(trade, facts) for trade in lacking[:_NAMED]]
    more = len(lacking) - len(names)
    listed = ", ".join(names) + (f" and {more} more" if more else "")
    which = "that trade" if len(lacking) == 1 else "each of these trades"
    return unclear(
        f"The {what} of {listed} was not given. Answer the message of {which} with it, as in '{ANSWERS[what]}'."
    )


AccountFact = Literal["size", "balance", "phase", "daily_limit"]
_COMMANDS: dict[AccountFact, tuple[str, str]] = {
    "size": ("account size", "/account {of}size 50000"),
    "balance": ("balance", "/balance 51240{at}"),
    "phase": ("account's phase", "/account {of}phase funded"),
    "daily_limit": ("daily loss limit", "/limits set daily 1000{at}"),
}


def account_lacks(fact: AccountFact, facts: AuditFacts) -> Finding:
    """A fact of the account: the command names the account where it is not the trader's default one."""
    what, command = _COMMANDS[fact]
    name = facts.account_name
    said = command.format(of=f"{name} " if name else "", at=f" @{name}" if name else "")
    return unclear(f"Your {what} is not known. Send it, as in '{said}'.")


def entry_time_missing() -> Finding:
    return this_lacks("entry time")


def exit_time_missing() -> Finding:
    return this_lacks("exit time")


def still_open() -> Finding:
    return unclear("The trade is still open. Close it, as in 'out 18290', and it can be judged.")


def exit_times_missing(trades: Iterable[Logged], facts: AuditFacts) -> Finding:
    return others_lack("exit time", trades, facts)


def results_missing(trades: Iterable[Logged], facts: AuditFacts) -> Finding:
    return others_lack("P&L", trades, facts)


def named(trade: Logged, facts: AuditFacts) -> str:
    """A trade by what the trader sees of it: short 1 ES (-$250)."""
    fields = trade.fields
    size = None if fields.position_size is None else exact(fields.position_size)
    symbol = shown(fields.symbol) if fields.symbol else None
    words = " ".join(word for word in (fields.direction, size, symbol) if word)
    result = "open" if trade.is_open else None if fields.pnl is None else money(fields.pnl, facts.account_currency)
    return f"the {words or 'trade'}" + (f" ({result})" if result else "")


def shown(symbol: str | None) -> str:
    """A symbol as it goes into evidence: other writers may have stored anything as one."""
    return "".join(c if c.isprintable() else " " for c in (symbol or "this instrument")[:_LONGEST_SYMBOL])


def not_all_here(facts: AuditFacts) -> Finding:
    return unclear(f"Only the last {len(facts.others)} trades before this one are looked at, and this rule needs more.")


# ---- a trade whose entry time may not have been said


def at_entry(facts: AuditFacts, find: Callable[[datetime], Finding]) -> Finding:
    """What a check finds at the moment of the entry. Unsaid, the moment matters only where another one would change
    the verdict."""
    moments = facts.entries
    if len(moments) > MOST_ENTRIES:
        return entry_time_missing()
    findings = [find(moment) for moment in moments]
    last = findings[-1]
    if all(found.verdict == last.verdict for found in findings):
        if len({found.evidence for found in findings}) == 1:
            return last
        return replace(last, evidence=f"Whatever the unsaid entry time was, at the latest: {last.evidence}")
    return entry_time_missing()


# ---- figures


def figure(value: Decimal) -> str:
    """At most two decimals, none that are zero at the end."""
    text = _cents(value)
    return text if "." not in text or "E" in text else text.rstrip("0").rstrip(".")


def beside(value: Decimal, bound: Decimal) -> str:
    """As `figure`, with as many decimals more as it takes to be seen beside a bound that it is not: 1.9975, not 2."""
    if value == bound or figure(value) != figure(bound):
        return figure(value)
    digits = (f"{value:,.{places}f}".rstrip("0") for places in range(3, _LONGEST_FIGURE))
    return next((text for text in digits if Decimal(text.replace(",", "")) != bound), exact(value))


def _cents(value: Decimal) -> str:
    """Two decimals or none."""
    if value and abs(value.adjusted()) > _LONGEST_FIGURE:
        return f"{value:.3E}"
    return f"{value:,.2f}".removesuffix(".00")


def exact(value: Decimal) -> str:
    """As it was written, without zeros at the end."""
    if value and (value.adjusted() > _LONGEST_FIGURE or len(value.as_tuple().digits) > 2 * _LONGEST_FIGURE):
        return f"{value:.3E}"
    return f"{value.normalize():f}" if abs(value.normalize().adjusted()) <= _LONGEST_FIGURE else f"{value:.3E}"


def money(amount: Decimal, currency: str) -> str:
    sign, figures = "-" if amount < 0 else "", _cents(abs(amount))
    return f"{sign}${figures}" if currency == "USD" else f"{sign}{figures} {currency}"


def counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"
