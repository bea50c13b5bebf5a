"""What is said of limits: how accounts stand, what was set, and what firms ask."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from bot.texts import buttons, numbers
from bot.texts.facts import SEPARATOR
from bot.texts.words import Words, quoted
from bot.trading.firm_words import FIRMS
from bot.trading.firms import NOTED_ON, SERVER, Preset
from bot.trading.limit_types import DailyType, DrawdownType, daily_type, drawdown_type
from bot.trading.limit_words import MOST_TRADES, LimitKind, Problem
from bot.trading.limits import Guard, Progress, daily_limit, figure
from bot.trading.standing import Standing
from statemachine.message import Reply

CELLS: Final = 10
MOST_ACCOUNTS: Final = 6
LONGEST_NAME: Final = 40


def limits(words: Words, accounts: Sequence[Standing]) -> Reply:
    """A block for each account; what the figures rest on below."""
    shown = accounts[:MOST_ACCOUNTS]
    blocks = ["\n".join(_block(words, account)) for account in shown]
    beyond = len(accounts) - len(shown)
    blocks += [words.counted("limits.beyond", beyond)] if beyond else []
    return Reply(title=words("limits.title"), text="\n\n".join([*blocks, *_basis(words, shown)]))


def _basis(words: Words, accounts: Sequence[Standing]) -> list[str]:
    """What the figures rest on; nothing where there are none."""
    measured = [account for account in accounts if account.guards or account.progress]
    lines = [words("guard.basis")] if measured else []
    if any(_sees_equity(account) for account in measured):
        lines.append(words("limits.open_positions"))
    assumed = [account for account in measured if account.assumed and figure(account.limits.account_size) is not None]
    if assumed and words.view.several:
        names = words.listed([f"@{account.name}" for account in assumed])
        lines.append(words("limits.assumed.named", accounts=names))
    elif assumed:
        lines.append(words("limits.assumed"))
    return ["\n".join(lines)] if lines else []


def _sees_equity(account: Standing) -> bool:
    daily, drawdown = daily_type(account.limits.daily_loss_type), drawdown_type(account.limits.max_drawdown_type)
    kinds = {guard.kind for guard in account.guards}
    by_equity = "daily_loss" in kinds and daily is not None and daily.base == "equity"
    return by_equity or ("drawdown" in kinds and drawdown is not None and drawdown.trail == "intraday")


def _name(words: Words, account: Standing) -> str | None:
    """Where there are several to tell apart."""
    return account.name if words.view.several or account.account_id is not None else None


def _block(words: Words, account: Standing) -> Iterator[str]:
    """Head, balance, then each limit with a bar."""
    size = figure(account.limits.account_size)
    name = _name(words, account)
    firm, phase = (quoted(text, LONGEST_NAME) if text else None for text in (account.firm, account.phase))
    head = [
        f"@{name}" if name else None,
        firm,
        _money(account, size) if size is not None else None,
        phase,
        words.day(account.day),
    ]
    yield SEPARATOR.join(filter(None, head))
    balance, made = figure(account.figures.ending_balance), figure(account.figures.daily_pnl)
    if balance is not None and made is not None:
        pnl = numbers.gain(made, account.currency).removesuffix(".00")
        yield words("limits.balance", balance=_money(account, balance), pnl=pnl, day=words("limits.today"))
    yield from _limit_lines(words, account)


def _limit_lines(words: Words, account: Standing) -> Iterator[str]:
    kinds = _settings(words, account)
    if not kinds:
        yield words("limits.none")
        yield words("limits.how", example=_example(words, "daily", _name(words, account)))
    for kind in kinds:
        yield _titled(words, account, kind)
        yield _measured(words, account, kind)


def _measured(words: Words, account: Standing, kind: LimitKind) -> str:
    """Bar and figures; where there are none, what they want."""
    guards: dict[str, Guard] = {guard.kind: guard for guard in account.guards}
    guard = guards.get("daily_loss" if kind == "daily" else kind)
    if guard is not None:
        return _guard(words, account, guard)
    if kind == "target" and account.progress is not None:
        return _target(words, account, account.progress)
    return words("limits.unmeasured" if figure(account.limits.account_size) is None else "limits.no_balance")


def _titled(words: Words, account: Standing, kind: LimitKind) -> str:
    has, how = account.limits, ""
    shares = {"daily": has.daily_loss_limit_pct, "drawdown": has.max_drawdown_pct, "target": has.profit_target_pct}
    if kind == "daily":
        how = _how_daily(words, daily_type(has.daily_loss_type) or DailyType())
    elif kind == "drawdown":
        how = _how_drawdown(words, account, drawdown_type(has.max_drawdown_type) or DrawdownType())
    share = figure(shares.get(kind))
    return words(f"limits.{kind}", how=how, share="" if share is None else _percent(share))


def _guard(words: Words, account: Standing, guard: Guard) -> str:
    bar = _bar(guard.percent, guard.used > 0)
    if guard.kind == "trades":
        return words("limits.trades.figures", bar=bar, used=numbers.size(guard.used), limit=numbers.size(guard.limit))
    level = "reached" if guard.level == "reached" else "at_least" if guard.at_least else "ok"
    used, limit, left = (_money(account, amount) for amount in (guard.used, guard.limit, guard.left))
    line = words(f"limits.figures.{level}", bar=bar, used=used, limit=limit, left=left)
    return line if guard.floor is None else words("limits.floor", figures=line, floor=_money(account, guard.floor))


def _target(words: Words, account: Standing, reached: Progress) -> str:
    return words(
        "limits.target.figures" if reached.left else "limits.target.reached",
        bar=_bar(reached.percent, reached.made > 0),
        made=_money(account, reached.made),
        goal=_money(account, reached.goal),
        left=_money(account, reached.left),
    )


def _bar(percent: int, some: bool) -> str:
    """▰▰▰▱▱▱▱▱▱▱ 34%: whole only at 100 %, and never empty where something is used."""
    filled = min(max(percent * CELLS // 100, int(some)), CELLS)
    return f"{'▰' * filled}{'▱' * (CELLS - filled)} {numbers.percentage(Decimal(percent))}"


def _money(account: Standing, amount: Decimal) -> str:
    """Without needless decimals."""
    return numbers.money(amount, account.currency).removesuffix(".00")


# ---- how a limit is measured


def _how_daily(words: Words, kind: DailyType) -> str:
    ends = [words(f"limit.ends.{kind.ends}")] if kind.ends else []
    return ", ".join([words(f"limit.base.{kind.base}"), *ends])


def _how_drawdown(words: Words, account: Standing, kind: DrawdownType) -> str:
    said = [words(f"limit.trail.{kind.trail}")]
    if kind.trail != "static" and kind.lock is not None:
        said.append(_lock(words, account, kind.lock))
    said += [words(f"limit.ends.{kind.ends}")] if kind.ends else []
    return ", ".join(said)


def _lock(words: Words, account: Standing, lock: Decimal) -> str:
    if not lock:
        return words("limit.lock")
    size = figure(account.limits.account_size)
    absolute = size is not None and lock >= size
    return words("limit.lock.at" if absolute else "limit.lock.above", amount=_money(account, lock))


def _settings(words: Words, account: Standing) -> dict[LimitKind, str]:
    """One line for each limit that is set, whether or not it can be measured."""
    has = account.limits
    lines: dict[LimitKind, str] = {}
    daily, drawdown = daily_type(has.daily_loss_type), drawdown_type(has.max_drawdown_type)
    if daily is not None and _sane(has.daily_loss_limit_pct):
        worth = _worth(words, account, has.daily_loss_limit_pct, daily_limit(has, account.figures))
        lines["daily"] = words("limit_set.daily", worth=worth, how=_how_daily(words, daily))
    if drawdown is not None and _sane(has.max_drawdown_pct):
        how = _how_drawdown(words, account, drawdown)
        lines["drawdown"] = words("limit_set.drawdown", worth=_worth(words, account, has.max_drawdown_pct), how=how)
    if _sane(has.profit_target_pct):
        lines["target"] = words("limit_set.target", worth=_worth(words, account, has.profit_target_pct))
    if (trades := figure(has.max_daily_trades)) is not None and trades >= 1:
        lines["trades"] = words.counted("limit_set.trades", int(trades))
    return lines


def _sane(percentage: Any) -> bool:
    value = figure(percentage)
    return value is not None and 0 < value <= 100


def _worth(words: Words, account: Standing, percentage: Any, amount: Decimal | None = None) -> str:
    """2% = $1,000, or the percentage alone where the account has no size."""
    share, size = figure(percentage), figure(account.limits.account_size)
    assert share is not None  # noqa: S101 - only limits that are set are told
    shown = _percent(share)
    if amount is None and size is not None:
        amount = size * share / 100
    return shown if amount is None else words("limit.worth", share=shown, amount=_money(account, amount))


def _percent(share: Decimal) -> str:
    return f"{share.quantize(Decimal('0.01')).normalize():f}%"


# ---- what was set, or could not be


def limit_set(words: Words, kind: LimitKind, account: Standing) -> Reply:
    """The limit in words and in money, and how the account stands by it."""
    name = _name(words, account)
    title = words("limit_set.title.account" if name else "limit_set.title", account=name)
    line = _settings(words, account).get(kind)
    if line is None:
        return Reply(title=title, text=words(f"limit_set.off.{kind}"))
    return Reply(title=title, text="\n".join([line, _measured(words, account, kind), *_basis(words, [account])]))


def limit_unclear(words: Words, problem: Problem, kind: LimitKind | None, word: str) -> Reply:
    """What was understood, what is missing, one example."""
    named = words(f"limit_kind.{kind}") if kind else ""
    about = f"{problem}.trades" if (problem, kind) == ("amount", "trades") else problem
    line = words(f"limit_unclear.{about}", kind=named, word=quoted(word, LONGEST_NAME), most=MOST_TRADES)
    if problem == "size":
        return Reply(text=line)
    return Reply(text="\n".join([line, words("example", example=_example(words, kind or "daily"))]))


def _example(words: Words, kind: LimitKind, account: str | None = None) -> str:
    return " ".join(filter(None, (words(f"limit_example.{kind}"), account and f"@{account}")))


# ---- what firms ask


def limit_firms(words: Words, unknown: str) -> Reply:
    """`unknown`: what the trader wrote, where it names none."""
    lines = [words("limit_firms.unknown", word=quoted(unknown, LONGEST_NAME))] if unknown else []
    return Reply(text="\n".join([*lines, words("limit_firms", firms=words.listed(FIRMS))]))


def limit_firm_which(words: Words, firm: str, presets: Sequence[Preset], size: int | None) -> Reply:
    lines = [
        words("limit_firm_which.line", product=preset.product, id=preset.id, size=_size(_offered(preset, size)))
        for preset in presets
    ]
    return Reply(title=words("limit_firm_which", firm=firm), text="\n".join(lines))


def limit_firm_size(words: Words, preset: Preset) -> Reply:
    return Reply(
        text=words(
            "limit_firm_size" if preset.sizes else "limit_firm_size.any",
            firm=preset.firm,
            product=preset.product,
            sizes=", ".join(map(_size, preset.sizes)),
            id=preset.id,
            size=_size(_offered(preset, None)),
        )
    )


def _offered(preset: Preset, size: int | None) -> int:
    """A size to show in an example: the one that was said, where the product has it."""
    if preset.sizes:
        return size if size in preset.sizes else preset.sizes[0]
    return size or 100_000


def _size(size: int) -> str:
    return f"{size // 1000}k" if size % 1000 == 0 else str(size)


def limit_firm(words: Words, preset: Preset, size: int, account: Standing, checksum: str, stale: bool = False) -> Reply:
    """A suggestion whole: every value, where it is from and when. Only its Confirm writes."""
    name = _name(words, account)
    title = words(
        "limit_firm.title.account" if name else "limit_firm.title",
        firm=preset.firm,
        product=preset.product,
        size=_money(account, Decimal(size)),
        account=name,
    )
    source = words(
        "limit_firm.source",
        source=words(f"limit_firm.source.{preset.source}"),
        named=_named(words, preset),
        dated=words(f"firm.dated.{preset.dated}"),
        noted=words(
            "day.year", day=NOTED_ON.day, month=words("months").split()[NOTED_ON.month - 1], year=NOTED_ON.year
        ),
    )
    lines = [
        *([words("limit_firm.stale")] if stale else []),
        *_terms(words, preset, size, account),
        " ".join(words(f"firm.note.{name}") for name in preset.note),
        source,
        words("limit_firm.check"),
    ]
    yes = words.button(
        "confirm", buttons.take_preset(preset.id, size, checksum, None if account.account_id is None else account.name)
    )
    return Reply(title=title, text="\n".join(lines), buttons=((yes, words.button("no", buttons.LEAVE_LIMITS)),))


def _named(words: Words, preset: Preset) -> str:
    if preset.beside is None:
        return preset.named
    what, other = preset.beside
    return words(f"firm.beside.{what}", named=preset.named, other=other)


def _terms(words: Words, preset: Preset, size: int, account: Standing) -> Iterator[str]:
    values = preset.columns(size)

    def line(key: str, column: str, known: bool, how: str = "") -> str:
        percentage = values.get(column)
        if not known:
            return words(f"limit_firm.{key}.unknown")
        if percentage is None:
            return words(f"limit_firm.{key}.none")
        amount = _money(account, (percentage * size / 100).quantize(Decimal("0.01")))
        worth = words("limit.worth", share=_percent(percentage), amount=amount)
        return words(f"limit_firm.{key}", worth=worth, how=how)

    daily = daily_type(preset.daily[1]) if preset.daily else None
    drawdown = drawdown_type(preset.drawdown[1]) if preset.drawdown else None
    how_daily = _how_daily(words, daily) if daily else ""
    how_drawdown = _how_drawdown(words, account, drawdown) if drawdown else ""
    yield line("daily", "daily_loss_limit_pct", preset.daily is not None, how_daily)
    yield line("drawdown", "max_drawdown_pct", preset.drawdown is not None, how_drawdown)
    yield line("target", "profit_target_pct", preset.target is not None)
    if preset.phase:
        yield words("limit_firm.phase", phase=preset.phase)
    if preset.day:
        yield words(
            "limit_firm.day.set" if preset.start else "limit_firm.day",
            day=words("firm.day.server") if preset.day == SERVER else preset.day,
            account=account.name,
            start=preset.start,
        )


def limit_firm_set(words: Words, preset: Preset, account: Standing) -> Reply:
    name = _name(words, account)
    title = words(
        "limit_firm_set.title.account" if name else "limit_firm_set.title",
        firm=preset.firm,
        product=preset.product,
        account=name,
    )
    text = "\n\n".join(["\n".join(_block(words, account)), *_basis(words, [account])])
    return Reply(title=title, text=text)
