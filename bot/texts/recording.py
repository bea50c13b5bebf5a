"""What is said of the journal itself: recorded, changed, taken back, listed, and how the day and its limits stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from bot.picks import Pick
from bot.texts import buttons, numbers, results
from bot.texts.confirming import account_lines, account_of, at_account, closed, edit_lines
from bot.texts.facts import SEPARATOR, edited_trade, headline, marks_line, marks_lines, prices, summary
from bot.texts.marking import picks_row
from bot.texts.plans import ends_plan
from bot.texts.words import Words, decimal
from bot.trading.limits import Guard, figure
from bot.trading.pnl import r_multiple
from statemachine.conversation import Draft
from statemachine.matching import closes_a_part
from statemachine.message import Button, Reply
from statemachine.plan import Plan
from statemachine.trade import MAIN, Basis, TradeFields

MOST_TRADES: Final = 20
MOST_CARDS: Final = 5
"""Trades that have a button: one row of them."""
MARKS: Final = {"followed": "✓", "violated": "✗", "unclear": "?"}


def recorded(
    words: Words,
    draft: Draft,
    pnl: Decimal | None = None,
    pnl_origin: str | None = None,
    day: Mapping[str, Any] | None = None,
    guards: Iterable[Guard] = (),
    whole: Decimal | None = None,
    costs: Decimal | None = None,
    change_id: int | None = None,
    plan: Plan | None = None,
    stop: Decimal | None = None,
    picks: Sequence[Pick] = (),
) -> Reply:
    """The receipt. pnl, pnl_origin ("said", "computed"), costs: as stored; day: its row of daily_tracking.

    whole: the P&L of all parts of a trade, where its last part was closed; plan: the one that it was;
    stop: the first one; picks: what the trade could be marked with.
    """
    words = words.on(account_of(draft))
    if draft.kind == "close":
        title = words("closed.title.part" if closes_a_part(draft) else "closed.title")
        lines = [closed(words, draft)]
    else:
        title = words("recorded.title.open" if draft.fields.is_open else "recorded.title")
        lines = [SEPARATOR.join(filter(None, (headline(words, draft.fields), prices(words, draft.fields))))]
    lines += account_lines(words, account_of(draft))
    if pnl is not None:
        lines.append(result(words, draft.fields, pnl, pnl_origin, costs))
    elif change_id is not None and not draft.fields.is_open:
        lines.append(words("result.none", example=words(results.example_key(draft.fields))))
    lines += [words("result.whole", amount=words.gain(whole))] if whole is not None else []
    lines += [*_risk_lines(words, draft.fields, pnl, costs, stop), *marks_lines(words, draft.fields)]
    lines += [*ends_plan(words, plan), *day_lines(words, day, guards)]
    rows = (*undo_row(words, change_id), *picks_row(words, draft.trade_id or draft.id, picks))
    return Reply(title=title, text="\n".join(lines), buttons=rows)


def _risk_lines(
    words: Words, fields: TradeFields, pnl: Decimal | None, costs: Decimal | None, stop: Decimal | None
) -> list[str]:
    """R and risk by the first stop, of the P&L as it is stored."""
    basis: Basis = "net" if costs is None and fields.pnl_basis == "net" else "gross"
    stored = replace(fields, pnl=pnl, pnl_basis=basis, commissions=costs, stop_loss=stop or fields.stop_loss)
    return list(filter(None, (results.risk_line(words, stored),)))


def undo_row(words: Words, change_id: int | None) -> tuple[tuple[Button, ...], ...]:
    return () if change_id is None else ((words.button("undo", buttons.undo(change_id)),),)


def result(words: Words, fields: TradeFields, pnl: Decimal, origin: str | None, costs: Decimal | None) -> str:
    """The stored P&L: gross, less the commissions that are known, or net as said."""
    if costs is not None:
        return words("result.left", gross=words.gain(pnl), costs=words.money(costs), left=words.gain(pnl - costs))
    if origin == "computed":
        return words("result.computed", amount=words.gain(pnl))
    return words("result.net" if fields.pnl_basis == "net" else "result", amount=words.gain(pnl))


def day_lines(words: Words, day: Mapping[str, Any] | None, guards: Iterable[Guard] = ()) -> list[str]:
    """Mon's figures, then each limit, and what they are based on."""
    lines = []
    if day is not None and (made := decimal(day.get("daily_pnl"))) is not None:
        named_day = words.day(_date(day["trade_date"])) if day.get("trade_date") else words("day.unnamed")
        lines.append(
            words.counted("day.figures", int(day.get("trades_taken") or 0), day=named_day, pnl=words.gain(made))
        )
    return [*lines, *guard_lines(words, guards)]


def guard_lines(words: Words, guards: Iterable[Guard]) -> list[str]:
    """Each limit, and what they are based on."""
    limits = limit_lines(words, guards)
    return [*limits, *([words("guard.basis")] if limits else [])]


def limit_lines(words: Words, guards: Iterable[Guard]) -> list[str]:
    return [_guard_line(words, guard) for guard in guards]


def _guard_line(words: Words, guard: Guard) -> str:
    """Loud where the last change brought the limit to this level, else the bare figures."""
    shown = numbers.size if guard.kind == "trades" else words.money
    share = numbers.percentage(Decimal(guard.percent))
    figures = {"used": shown(guard.used), "limit": shown(guard.limit), "left": shown(guard.left), "share": share}
    line = words(f"guard.{guard.kind}.{_loudness(guard)}", **figures)
    return words(f"guard.ends.{guard.ends}", line=line) if guard.level == "reached" and guard.ends else line


def _loudness(guard: Guard) -> str:
    if guard.kind == "trades":
        return "over" if guard.over else guard.level
    if guard.level == "ok":
        profit = guard.kind == "daily_loss" and guard.left > guard.limit
        return "at_least" if guard.at_least else "profit" if profit else "ok"
    if guard.crossed:
        return guard.level
    return "still.reached" if guard.level == "reached" else "still"


def _date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def edited(
    words: Words,
    draft: Draft,
    change_id: int | None = None,
    day: Mapping[str, Any] | None = None,
    guards: Iterable[Guard] = (),
) -> Reply:
    words = words.on(account_of(draft))
    on_account = account_lines(words, account_of(draft))
    changed = edit_lines(words, draft)
    lines = [headline(words, edited_trade(draft)), *on_account, *changed, *day_lines(words, day, guards)]
    return Reply(title=words("edited.title"), text="\n".join(lines), buttons=undo_row(words, change_id))


def trade_gone(words: Words, draft: Draft) -> Reply:
    """It was undone, or deleted in the web app, after this change of it was asked."""
    return Reply(text=words("trade_gone", trade=summary(words, edited_trade(draft))))


# ---- undo and redo


def undone(
    words: Words, change: Mapping[str, Any], day: Mapping[str, Any] | None = None, guards: Iterable[Guard] = ()
) -> Reply:
    """change: {"kind": record|close|edit, "fields": TradeFields, "id": number}; day and guards: as they are now."""
    redo = words.button("redo", buttons.redo(change["id"]))
    return Reply(text=_turned(words, "undone", change, day, guards), buttons=((redo,),))


def redone(
    words: Words, change: Mapping[str, Any], day: Mapping[str, Any] | None = None, guards: Iterable[Guard] = ()
) -> Reply:
    """As for `undone`."""
    return Reply(text=_turned(words, "redone", change, day, guards), buttons=undo_row(words, change["id"]))


def _turned(
    words: Words, key: str, change: Mapping[str, Any], day: Mapping[str, Any] | None, guards: Iterable[Guard]
) -> str:
    account = change["fields"].booked_on
    words = words.on(account)
    said = words(f"{key}.{change['kind']}", trade=summary(words, change["fields"]))
    return "\n".join(
        [said, *marks_lines(words, change["fields"]), *account_lines(words, account), *day_lines(words, day, guards)]
    )


# ---- lists


def trades(words: Words, trades: Sequence[Mapping[str, Any]]) -> Reply:
    """Rows of trades with is_open and pnl_origin, in the order they come; at most MOST_TRADES."""
    lines = trade_lines(words, trades[:MOST_TRADES])
    cards = tuple(
        words.button("chart.card", buttons.card(trade["trade_id"]), number=number)
        for number, trade in enumerate(trades[:MOST_CARDS], 1)
    )
    return Reply(title=words("trades.title"), text="\n".join([*lines, "", words("trades.hint")]), buttons=(cards,))


def trade_lines(words: Words, trades: Sequence[Mapping[str, Any]]) -> list[str]:
    return [words("numbered", number=number, line=_trade_line(words, trade)) for number, trade in enumerate(trades, 1)]


def _trade_line(words: Words, trade: Mapping[str, Any]) -> str:
    """Long 2 NQ · +$1,600.00 · 23 Mar 14:05 · ✓ 4 ✗ 1 · score 80."""
    fields = TradeFields(
        symbol=trade.get("symbol"),
        direction=trade.get("direction"),
        entry_price=decimal(trade.get("entry_price")),
        exit_price=decimal(trade.get("exit_price")),
        position_size=decimal(trade.get("position_size")),
    )
    account = trade.get("account") or MAIN
    words = words.on(account)
    made = _multiple(words, trade, fields)
    parts = [headline(words, fields), _outcome(words, trade, fields), made, _moment(words, trade.get("created_at"))]
    told: dict[str, Any] = {name: trade.get(name) for name in ("tags", "setup", "mood", "mistake")}
    marks = marks_line(words, TradeFields(**told))
    return SEPARATOR.join(part for part in (*parts, at_account(words, account), _audited(words, trade), marks) if part)


def _multiple(words: Words, trade: Mapping[str, Any], fields: TradeFields) -> str:
    """+2R, by the first stop; other writers may have put anything there."""
    if trade.get("is_open"):
        return ""
    stop, costs, pnl = (figure(decimal(trade.get(name))) for name in ("initial_stop", "commissions", "pnl"))
    known = replace(
        fields,
        entry_price=figure(fields.entry_price),
        exit_price=figure(fields.exit_price),
        position_size=figure(fields.position_size),
        direction=fields.direction if fields.direction in ("long", "short") else None,
        pnl=pnl,
        commissions=costs,
        pnl_basis=trade.get("pnl_basis"),
    )
    made = r_multiple(known, stop, words.view.currency)
    return "" if made is None else numbers.multiple(made)


def _outcome(words: Words, trade: Mapping[str, Any], fields: TradeFields) -> str:
    made = decimal(trade.get("pnl"))
    if trade.get("is_open"):
        still = prices(words, fields) or words("trades.open")
        return still if made is None else words("trades.partly", prices=still, amount=words.gain(made))
    if made is None:
        return prices(words, fields)
    return words("pnl.short" if trade.get("pnl_origin") == "computed" else "pnl.bare", amount=words.gain(made))


def _moment(words: Words, moment: datetime | None) -> str:
    return words.clock(moment) if moment is not None else ""


def _audited(words: Words, trade: Mapping[str, Any]) -> str:
    """How the trade stands by its rules; an open one is judged when it is closed."""
    if trade.get("audit_status") != "audited":
        return "" if trade.get("is_open") or trade.get("audit_status") == "skipped" else words("trades.pending")
    shown = [f"{mark} {count}" for verdict, mark in MARKS.items() if (count := trade.get(f"rules_{verdict}"))]
    score = decimal(trade.get("compliance_score"))
    scored = words("trades.score", score=numbers.score(score)) if score is not None else ""
    return SEPARATOR.join(filter(None, (" ".join(shown), scored)))


def no_trades(words: Words) -> Reply:
    return Reply(text="\n".join([words("no_trades"), words("example", example=words("example.report"))]))
