"""/limits: how the accounts stand, setting one limit, and taking what a firm asks as a suggestion.

/limits [@account]
/limits set daily|drawdown|target|trades AMOUNT|off [how it is measured] [@account]
/limits firm [NAME PRODUCT SIZE] [@account]
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from bot.commands.call import Call
from bot.commands.looking_again import look_again_at_unclear
from bot.commands.naming import account_in
from bot.reading.amounts import is_of_currency
from bot.standings import standings
from bot.trading.firm_words import LARGEST_SIZE, Asked, asked, preset_of
from bot.trading.firms import FINEST, Preset, checksum
from bot.trading.limit_types import NONE, DailyType, DrawdownType, daily_type, drawdown_type
from bot.trading.limit_words import LimitKind, Setting, Unclear, limit_words
from bot.trading.limits import AccountLimits, figure
from bot.trading.standing import Standing
from db import limits as stored
from statemachine.conversation import Turn
from statemachine.trade import MAIN

PERCENTAGES: Final[dict[LimitKind, str]] = {
    "daily": "daily_loss_limit_pct",
    "drawdown": "max_drawdown_pct",
    "target": "profit_target_pct",
}
TYPES: Final[dict[LimitKind, str]] = {"daily": "daily_loss_type", "drawdown": "max_drawdown_type"}


async def limits(call: Call) -> Turn:
    """What stands, or what the words after the command ask for."""
    known = await standings(call.connection, call.owner, call.accounts, call.now)
    chosen, text, name = account_in(call)
    account = next((one for one in known if chosen is not None and one.account_id == chosen.id), None)
    if account is None:
        return call.says("unknown_account", account=name)
    first = text.lower().partition(" ")[0]
    if not text or text.lower() in ("show", "list"):
        return call.says("limits", accounts=(account,) if name else known)
    if first in ("firm", "firms", "preset", "presets"):
        return await _firm(call, account, text[len(first) :].strip())
    return await _set(call, account, text)


# ---- one limit


async def _set(call: Call, account: Standing, text: str) -> Turn:
    setting = limit_words(text)
    if (
        isinstance(setting, Setting)
        and setting.money is not None
        and not is_of_currency(
            text.replace("$", ""),
            account.currency,  # "$" stands for money here, as in what a bare number is answered with
        )
    ):
        setting = Unclear("currency", setting.kind, account.currency)
    if isinstance(setting, Setting):
        setting = fitted(setting, account.limits)
    if isinstance(setting, Unclear):
        return call.says("limit_unclear", problem=setting.problem, kind=setting.kind, word=setting.word)
    await _write(call, account, columns(setting, account.limits))
    return call.says("limit_set", kind=setting.kind, account=await _again(call, account))


def fitted(setting: Setting, limits: AccountLimits) -> Setting | Unclear:
    """The setting, where an amount in money fits the account."""
    size = figure(limits.account_size)
    if setting.off or setting.money is None:
        return setting
    if size is None or size <= 0:
        return Unclear("size", setting.kind, f"{setting.money:f}")
    return setting if setting.money <= size else Unclear("money", setting.kind, f"{setting.money:f}")


def columns(setting: Setting, limits: AccountLimits) -> dict[str, Any]:
    """The columns that a setting changes. What it does not say of how it is measured stays as it was."""
    kind = setting.kind
    if kind == "trades":
        return {"max_daily_trades": None if setting.off else setting.count}
    if setting.off:
        return {PERCENTAGES[kind]: None} | ({TYPES[kind]: NONE} if kind in TYPES else {})
    percent = setting.percent
    if setting.money is not None:
        percent = setting.money * 100 / Decimal(str(limits.account_size))
        percent = percent.quantize(FINEST, ROUND_HALF_UP).normalize()
    values: dict[str, Any] = {PERCENTAGES[kind]: f"{percent:f}"}
    if kind == "daily":
        values["daily_loss_type"] = str(_daily_type(setting, limits))
    elif kind == "drawdown":
        values["max_drawdown_type"] = str(_drawdown_type(setting, limits))
    return values


def _daily_type(setting: Setting, limits: AccountLimits) -> DailyType:
    """An amount in money is one of the account size, which does not move."""
    was = daily_type(limits.daily_loss_type) or DailyType()
    base = setting.base or ("initial" if setting.money is not None else was.base)
    return DailyType(base, setting.ends or was.ends)


def _drawdown_type(setting: Setting, limits: AccountLimits) -> DrawdownType:
    """A lock alone leaves the trailing as it was; a static floor has no lock."""
    was = drawdown_type(limits.max_drawdown_type) or DrawdownType()
    trail = setting.trail or ("eod" if setting.lock is not None and was.trail == "static" else was.trail)
    lock = setting.lock if setting.lock is not None or setting.trail else was.lock
    return DrawdownType(trail, lock, setting.ends or was.ends)


async def _write(call: Call, account: Standing, values: dict[str, Any]) -> None:
    """Days are recomputed where a column asks for it; a verdict may have waited for the limit."""
    await stored.set_limits(call.connection, call.owner, account.account_id, values)
    await look_again_at_unclear(call, account.account_id)


async def _again(call: Call, account: Standing) -> Standing:
    """The account as it stands after a change."""
    known = await standings(call.connection, call.owner, call.accounts, call.now)
    return next(one for one in known if one.account_id == account.account_id)


# ---- what a firm asks


async def _firm(call: Call, account: Standing, text: str) -> Turn:
    if not text:
        return call.says("limit_firms", unknown="")
    found = asked(text)
    if found.firm is None:
        return call.says("limit_firms", unknown=found.unknown)
    if len(found.presets) != 1 or found.unknown:
        return call.says("limit_firm_which", firm=found.firm, presets=found.presets, size=found.size)
    (preset,) = found.presets
    size = _size(found, preset, account)
    if size is None:
        return call.says("limit_firm_size", preset=preset)
    return _shown(call, preset, size, account)


def _size(found: Asked, preset: Preset, account: Standing) -> int | None:
    """The size that was said; unsaid, the account's. None where there is none or the product has no such size."""
    own = figure(account.limits.account_size)
    size = found.size if found.size is not None else int(own) if own is not None and 1 <= own <= LARGEST_SIZE else None
    if not preset.sizes:
        return size
    if size is None and len(preset.sizes) == 1:
        return preset.sizes[0]
    return size if size in preset.sizes else None


def _shown(call: Call, preset: Preset, size: int, account: Standing, *, stale: bool = False) -> Turn:
    code = _checksum(preset, size, account)
    return call.says("limit_firm", preset=preset, size=size, account=account, checksum=code, stale=stale)


def _checksum(preset: Preset, size: int, account: Standing) -> str:
    """Of what would be written and of what it would take the place of."""
    return checksum(preset.columns(size), _current(preset, size, account))


def _current(preset: Preset, size: int, account: Standing) -> dict[str, Any]:
    """What the account has in the columns that the preset writes, but for the firm's id, which is the web app's."""
    has = {"prop_firm": account.firm, "challenge_phase": account.phase}
    names = [name for name in preset.columns(size) if name != "firm_id"]
    return {name: has[name] if name in has else getattr(account.limits, name) for name in names}


async def take_preset(call: Call) -> Turn:
    """The Confirm under a suggestion; one that was confirmed before is told again, one that has changed shown anew."""
    parts = [*call.argument.split(":"), ""]
    preset = preset_of(parts[0]) if call.message.button is not None and len(parts) > 3 else None
    if preset is None:
        return call.says("limit_firms", unknown="")
    size, code, name = int(parts[1]), parts[2], parts[3] or MAIN
    known = await standings(call.connection, call.owner, call.accounts, call.now)
    account = next((one for one in known if one.name == name), None)
    if account is None:
        return call.says("unknown_account", account=name)
    if preset.sizes and size not in preset.sizes:
        return call.says("limit_firm_size", preset=preset)
    wanted = preset.columns(size)
    there = checksum(_current(preset, size, account)) == checksum({k: v for k, v in wanted.items() if k != "firm_id"})
    if not there and code != _checksum(preset, size, account):
        return _shown(call, preset, size, account, stale=True)
    if not there:
        await _write(call, account, wanted)
    return call.says("limit_firm_set", preset=preset, account=await _again(call, account))


async def leave(call: Call) -> Turn:
    return call.says("limit_left")
