"""Trades at random, and the ways traders write them down: what is told, and what must be read back.

A shape is a template; its placeholders say which facts it tells, and nothing else may be read from its text. Whoever
gives the chance decides: `random.Random` for millions of messages, Hypothesis' own for tests that shrink.
"""

import random
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from bot.reading import ReadContext, read
from statemachine.events import Event, Planned, Reported
from statemachine.trade import TradeFields

FUTURE, FOREX, CRYPTO, STOCK = "future", "forex", "crypto", "stock"
KINDS: Final = (FUTURE, FOREX, CRYPTO, STOCK)

Number = Callable[[Decimal], str]
Words = Mapping[str, tuple[str, str]]

NOBODY: Final = ReadContext(state="idle", now=datetime(2026, 3, 10, 20, tzinfo=UTC), zone=ZoneInfo("America/New_York"))
"""A conversation in which nothing waits and no trade is open."""


@dataclass(frozen=True, slots=True)
class Market:
    """A symbol, the prices it has, their step, and the step and most of a size.

    A size that could be a price of the same pair (1.3 lots of GBPUSD) is left out: nobody can tell them apart.
    """

    symbol: str
    kind: str
    lowest: Decimal
    highest: Decimal
    tick: Decimal
    size_step: Decimal
    most: Decimal


def _market(line: str) -> Market:
    symbol, kind, *numbers = line.split()
    return Market(symbol, kind, *map(Decimal, numbers))


MARKETS: Final = tuple(
    _market(line)
    for line in (
        "NQ future 15000 22000 0.25 1 9",
        "ES future 4000 6500 0.25 1 9",
        "MNQ future 15000 22000 0.25 1 9",
        "MES future 4000 6500 0.25 1 9",
        "YM future 34000 44000 1 1 9",
        "RTY future 1800 2400 0.1 1 9",
        "CL future 60 95 0.01 1 9",
        "GC future 1800 2700 0.1 1 9",
        "EURUSD forex 1.0400 1.1500 0.0001 0.01 0.8",
        "GBPUSD forex 1.2000 1.3500 0.0001 0.01 0.8",
        "USDJPY forex 138 159 0.01 0.01 5",
        "BTCUSDT crypto 30000 70000 0.5 0.05 3",
        "ETHUSDT crypto 1800 4000 0.1 0.1 9",
        "TSLA stock 150 420 0.01 5 500",
        "AAPL stock 150 250 0.01 5 500",
        "NVDA stock 90 180 0.01 5 500",
    )
)

SIDES: Final[Words] = {
    "long": ("long", "short"), "Long": ("Long", "Short"), "LONG": ("LONG", "SHORT"), "L": ("L", "S"),
    "buy": ("buy", "sell"), "Buy": ("Buy", "Sell"), "bought": ("bought", "sold"), "Bought": ("Bought", "Sold"),
    "sign": ("+", "-"), "largo": ("largo", "corto"), "compre": ("compré", "vendí"),
    "comprado": ("comprado", "vendido"), "comprei": ("comprei", "vendi"), "achete": ("acheté", "vendu"),
    "gekauft": ("gekauft", "verkauft"), "kaufte": ("kaufte", "verkaufte"), "kupil": ("купил", "продал"),
    "lonng": ("лонг", "шорт"), "Lonng": ("Лонг", "Шорт"),
}  # fmt: skip
"""For a long trade and for a short one."""
LEAVING: Final[Words] = {
    "sold": ("sold", "bought"), "covered": ("sold", "covered"), "vendi": ("vendí", "recompré"),
    "vendei": ("vendi", "recomprei"), "vendu": ("vendu", "racheté"), "verkauft": ("verkauft", "zurückgekauft"),
    "prodal": ("продал", "откупил"),
}  # fmt: skip
OUTCOMES: Final[Words] = {
    "made": ("made", "lost"), "Profit": ("Profit", "Loss"), "gane": ("gané", "perdí"), "lucro": ("lucro", "prejuízo"),
    "gagne": ("gagné", "perdu"), "Gewinn": ("Gewinn", "Verlust"), "pribyl": ("прибыль", "убыток"),
}  # fmt: skip
"""For a gain and for a loss; `amount` beside it has no sign."""

FACTS: Final = {
    "symbol": "symbol", "dated": "symbol", "small": "symbol", "size": "position_size", "entry": "entry_price",
    "exit": "exit_price", "stop": "stop_loss", "target": "take_profit", "pnl": "pnl", "money": "pnl", "amount": "pnl",
    "fees": "commissions", **dict.fromkeys(SIDES, "direction"),
}  # fmt: skip
"""What each placeholder tells; the others (LEAVING, OUTCOMES) tell nothing by themselves."""
READ: Final = tuple(dict.fromkeys(FACTS.values()))


@dataclass(frozen=True, slots=True)
class Shape:
    """One way to write a trade of these kinds."""

    language: str
    template: str
    kinds: tuple[str, ...] = KINDS

    @property
    def facts(self) -> frozenset[str]:
        names = (name for _, name, _, _ in string.Formatter().parse(self.template) if name)
        return frozenset(FACTS[name] for name in names if name in FACTS)

    def render(self, trade: TradeFields, number: Number) -> str:
        return self.template.format_map(spelled(trade, number))

    def told(self, trade: TradeFields) -> TradeFields:
        """The trade as far as this shape tells it."""
        return TradeFields(**{name: value for name, value in trade.said().items() if name in self.facts})


def spelled(trade: TradeFields, number: Number) -> dict[str, str]:
    assert trade.symbol is not None
    assert trade.pnl is not None
    short, lost = trade.direction == "short", trade.pnl < 0
    words = {name: pair[short] for name, pair in (SIDES | LEAVING).items()}
    words |= {name: pair[lost] for name, pair in OUTCOMES.items()}
    prices = ("entry_price", "exit_price", "stop_loss", "take_profit")
    facts = {name: number(getattr(trade, fact)) for name, fact in FACTS.items() if fact in prices}
    minus, amount = "-" if lost else "+", plain(abs(trade.pnl))
    return words | facts | {
        "symbol": trade.symbol, "dated": f"{trade.symbol}Z6", "small": trade.symbol.lower(),
        "size": plain(trade.position_size or Decimal(0)), "fees": plain(trade.commissions or Decimal(0)),
        "pnl": f"{minus}{amount}", "money": f"{minus}${amount}", "amount": amount,
    }  # fmt: skip


def plain(value: Decimal) -> str:
    """As short as it can be written: 18250.25, 18250, 0.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def padded(value: Decimal) -> str:
    """As brokers write it, with the decimals of the tick: 18250.00."""
    return f"{value:f}" if "." in f"{value:f}" else f"{value:f}.00"


def some_trade(chance: random.Random, kind: str) -> TradeFields:
    """A whole trade whose prices, stop, target and result agree with its side."""
    market = chance.choice([each for each in MARKETS if each.kind == kind])
    return some_trade_in(chance, market)


def some_trade_in(chance: random.Random, market: Market) -> TradeFields:
    up = 1 if chance.random() < 0.5 else -1
    steps = chance.randint(int(market.lowest / market.tick), int(market.highest / market.tick))
    entry = market.tick * steps
    reach = max(4, int(entry / market.tick / 100))  # a trade moves by a hundredth at most
    moves = [market.tick * chance.randint(2, reach) for _ in range(3)]
    won = chance.random() < 0.6
    exit_price = entry + up * (moves[0] if won else -moves[0])
    amount = Decimal(chance.randint(40, 16_000)) / 4
    if amount == moves[0]:  # "64537 63897 +640": so many points, or so much money where no size is told
        amount += Decimal("0.25")
    return TradeFields(
        symbol=market.symbol,
        direction="long" if up > 0 else "short",
        position_size=market.size_step * chance.randint(1, int(market.most / market.size_step)),
        entry_price=entry,
        exit_price=exit_price,
        stop_loss=entry - up * moves[1],
        take_profit=entry + up * moves[2],
        pnl=amount if won else -amount,
        commissions=Decimal(chance.randint(50, 1200)) / 100,
    )


def trades(kind: str) -> st.SearchStrategy[TradeFields]:
    return st.randoms(use_true_random=False).map(lambda chance: some_trade(chance, kind))


def read_back(text: str) -> list[TradeFields]:
    """The trades that are read from a text where nothing waits."""
    return trades_of(read(text, NOBODY))


def trades_of(event: Event) -> list[TradeFields]:
    """The trades that an event tells of, as far as shapes tell one; none where it is anything else."""
    if not isinstance(event, Reported | Planned):
        return []
    return [TradeFields(**{name: getattr(trade, name) for name in READ}) for trade in event.trades]
