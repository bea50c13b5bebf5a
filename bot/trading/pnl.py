"""P&L, risk and R of a trade from its facts. Where not every fact is known for certain the answer is None.

- P&L is gross: before commissions. Money is rounded to 0.01 of the account's currency.
- `point_value` is the value a trader confirmed for a symbol (money in the account's currency per 1.00 and lot); it
  stands whatever the table says, as CFDs differ from broker to broker.
- Grains, soybean oil and livestock are quoted in cents or dollars: both prices must be in the same, else None.
- Treasuries are taken as decimals; a price off the tick grid (109.165 for 109'165) is a misread fraction: None.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from bot.trading.contracts import Contract, contract
from statemachine.trade import Basis, Direction, TradeFields

Outcome = Literal["win", "loss", "scratch"]

CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 12
"""More money than any account holds: such prices were misread."""
UNKNOWN_COSTS = 10
"""Ticks per contract a net figure may stay below the gross one where commissions were not said (about $7 a lot in
forex, $1 to $5 a future)."""


def sign_of(direction: Direction) -> int:
    return 1 if direction == "long" else -1


def _money(amount: Decimal) -> Decimal | None:
    return amount.quantize(CENT, ROUND_HALF_UP) if abs(amount) < LARGEST else None


def price_unit(known: Contract, prices: tuple[Decimal, ...]) -> Decimal | None:
    """What 1.00 of the written prices is in the contract's own quote; None when the prices do not agree on it."""
    if known.quote_below is None:
        return Decimal(1)
    above = [price >= known.quote_below for price in prices]
    if any(above):
        return CENT if all(above) and known.cents else None
    misread = known.fractions and any(price % (known.tick_size or 1) for price in prices)
    return None if misread else Decimal(1)


def money_per_point(
    symbol: str,
    prices: tuple[Decimal, ...],
    account_currency: str,
    point_value: Decimal | None = None,
) -> Decimal | None:
    """Money in the account's currency per 1.00 of the written price and one contract or lot.

    The last of `prices` is where the trade is or would be left: it converts the quote currency of a pair whose first
    currency is the account's (USDJPY on a dollar account).
    """
    if point_value is not None:
        return point_value
    known = contract(symbol)
    if known is None or not known.confirmed:
        return None
    unit = price_unit(known, prices)
    if unit is None:
        return None
    if known.currency == account_currency:
        return known.point_value * unit
    if known.kind == "forex" and known.symbol[:3] == account_currency and prices[-1] > 0:
        return known.point_value / prices[-1]
    return None


def computed_pnl(fields: TradeFields, account_currency: str, point_value: Decimal | None = None) -> Decimal | None:
    """Gross P&L from size, entry and exit."""
    entry, leave, size = fields.entry_price, fields.exit_price, fields.position_size
    if fields.symbol is None or fields.direction is None or entry is None or leave is None or not size:
        return None
    value = money_per_point(fields.symbol, (entry, leave), account_currency, point_value)
    if value is None or size < 0:
        return None
    return _money((leave - entry) * sign_of(fields.direction) * size * value)


def net_pnl(pnl: Decimal, commissions: Decimal | None, basis: Basis | None) -> Decimal:
    """What is left after costs; a figure that is already net stays as it is."""
    return pnl if basis == "net" or commissions is None else pnl - commissions


def one_tick(fields: TradeFields, account_currency: str, point_value: Decimal | None = None) -> Decimal | None:
    """What one tick of the whole position is worth. Needs a price only where its unit or currency hangs on it."""
    price = fields.exit_price or fields.entry_price
    known = contract(fields.symbol) if fields.symbol else None
    if known is None or known.tick_size is None or not fields.position_size:
        return None
    if price is None and (known.quote_below is not None or known.currency != account_currency):
        return None
    prices = () if price is None else (price,)
    value, unit = money_per_point(known.symbol, prices, account_currency, point_value), price_unit(known, prices)
    return None if value is None or unit is None else known.tick_size / unit * value * fields.position_size


@dataclass(frozen=True, slots=True)
class Difference:
    """What the trader said and what the prices give, on the same `basis`."""

    said: Decimal
    computed: Decimal
    basis: Basis


def difference(fields: TradeFields, account_currency: str, point_value: Decimal | None = None) -> Difference | None:
    """Said and computed P&L where they differ by more than a tick of the position, or than the commissions.

    The commissions excuse a difference where it was not said whether they are off already.
    """
    computed = computed_pnl(fields, account_currency, point_value)
    if computed is None or fields.pnl is None:
        return None
    tick = one_tick(fields, account_currency, point_value) or abs(computed) * CENT
    if fields.pnl_basis == "net":
        computed = net_pnl(computed, fields.commissions, "gross")
        above, below = tick, tick * (UNKNOWN_COSTS if fields.commissions is None else 1)
    else:
        above = below = max(tick, fields.commissions or Decimal(0))
    if computed - below <= fields.pnl <= computed + above:
        return None
    return Difference(fields.pnl, computed, fields.pnl_basis or "gross")


def outcome(fields: TradeFields, account_currency: str, point_value: Decimal | None = None) -> Outcome | None:
    """Win or loss; scratch within one tick of the position or the commissions. None without a P&L."""
    if fields.pnl is None:
        return None
    tick = one_tick(fields, account_currency, point_value) or Decimal(0)
    if abs(fields.pnl) <= max(tick, fields.commissions or Decimal(0)):
        return "scratch"
    return "win" if net_pnl(fields.pnl, fields.commissions, fields.pnl_basis) > 0 else "loss"


def _distance(fields: TradeFields, price: Decimal | None, side: Literal[1, -1]) -> Decimal | None:
    """From the entry to a price that lies on the winning (1) or losing (-1) side; None where it does not."""
    if fields.entry_price is None or fields.direction is None or price is None:
        return None
    distance = (price - fields.entry_price) * sign_of(fields.direction) * side
    return distance if distance > 0 else None


def risk(
    fields: TradeFields, initial_stop: Decimal | None, account_currency: str, point_value: Decimal | None = None
) -> Decimal | None:
    """Money lost if the initial stop is hit, commissions aside; None where the stop is not on the losing side."""
    distance = _distance(fields, initial_stop, -1)
    if distance is None or initial_stop is None or fields.entry_price is None or fields.symbol is None:
        return None
    point = money_per_point(fields.symbol, (fields.entry_price, initial_stop), account_currency, point_value)
    if point is None or fields.position_size is None:
        return None
    return _money(distance * point * fields.position_size)


def reward_to_risk(fields: TradeFields, initial_stop: Decimal | None) -> Decimal | None:
    """The planned R: distance to the take profit over distance to the initial stop. Needs no point value."""
    up, down = _distance(fields, fields.take_profit, 1), _distance(fields, initial_stop, -1)
    return up / down if up is not None and down is not None else None


def r_multiple(
    fields: TradeFields, initial_stop: Decimal | None, account_currency: str, point_value: Decimal | None = None
) -> Decimal | None:
    """The realised R: net P&L over the money risked; from the prices alone where either is unknown."""
    risked = risk(fields, initial_stop, account_currency, point_value)
    if risked and fields.pnl is not None:
        return net_pnl(fields.pnl, fields.commissions, fields.pnl_basis) / risked
    down = _distance(fields, initial_stop, -1)
    if down is None or fields.exit_price is None or fields.entry_price is None or fields.direction is None:
        return None
    return (fields.exit_price - fields.entry_price) * sign_of(fields.direction) / down
