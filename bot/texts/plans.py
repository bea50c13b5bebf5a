"""What is said of plans: kept, listed, filled, ended. A plan is shown as it was understood, with how it goes on."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from bot.texts import buttons, numbers
from bot.texts.confirming import account_lines, at_account
from bot.texts.facts import SEPARATOR, headline, particulars, summary
from bot.texts.layout import Rows, rows_of
from bot.texts.plan_levels import levels
from bot.texts.results import risk_line
from bot.texts.words import Words, account_name, capital, symbol
from statemachine.conversation import Draft
from statemachine.message import Button, Reply
from statemachine.plan import MOST_PLANS, PLAN_KEPT, Levels, Plan
from statemachine.trade import TradeFields


def planned(words: Words, plans: tuple[Plan, ...], news: str) -> Reply:
    """`news`: kept, changed or known."""
    title = words.counted(f"plan.title.{news}", len(plans))
    shown = _whole(words, plans[0]) if len(plans) == 1 else _listed(words, plans)
    kept = words("plan.kept", days=PLAN_KEPT.days)
    told = _how(words, plans[0]) if len(plans) == 1 else words("plan.how.several", name=_name(plans))
    return Reply(title=title, text="\n".join([*shown, kept, told]), buttons=_outcomes(words, plans, numbered=False))


def plans(words: Words, plans: tuple[Plan, ...]) -> Reply:
    """The list, numbered as "plan 2" is understood."""
    if not plans:
        return Reply(text="\n".join([words("plan.none"), words("example", example=words("example.plan"))]))
    told = _how(words, plans[0]) if len(plans) == 1 else words("plan.how.numbered")
    lines = [*_listed(words, plans), "", told]
    return Reply(
        title=words.counted("plan.list", len(plans)),
        text="\n".join(lines),
        buttons=_outcomes(words, plans, numbered=len(plans) > 1),
    )


def too_many_plans(words: Words, most: int, plans: tuple[Plan, ...]) -> Reply:
    text = "\n".join([words("plan.too_many", most=most), *_listed(words, plans)])
    return Reply(text=text, buttons=_outcomes(words, plans, numbered=True))


def which_plan(words: Words, plans: tuple[Plan, ...]) -> Reply:
    """Which of them came to nothing?"""
    return Reply(
        title=words("plan.which.unfilled"),
        text="\n".join([*_listed(words, plans), words("plan.which.type.unfilled", name=_name(plans))]),
        buttons=_choices(words, plans, map(buttons.unfilled, plans)),
    )


def which_filled(words: Words, draft: Draft) -> Reply:
    """Which of them is the trade that was told?"""
    understood = [words("understood", trade=summary(words, draft.fields))] if draft.fields.said() else []
    typed = words("plan.which.type.filled", name=_name(draft.plans))
    cancel = words.button("cancel", buttons.drop(draft))
    return Reply(
        title=words("plan.which.filled"),
        text="\n".join([*understood, *_listed(words, draft.plans), typed]),
        buttons=(*_choices(words, draft.plans, map(buttons.filled, draft.plans)), (cancel,)),
    )


def _choices(words: Words, plans: Sequence[Plan], data: Iterable[str]) -> Rows:
    labels = [_label(words, plan) for plan in plans]
    return rows_of(map(Button, labels, data), width=1 if len(plans) <= 4 else 5)


def no_such_plan(words: Words, plans: tuple[Plan, ...], gone: bool, filled: bool, said: TradeFields) -> Reply:
    """`gone`: it was named by its button or number; else nothing that is planned fits what was said.

    `filled`: so there may be a trade that is not told yet.
    """
    if gone:
        first = words("plan.gone")
    elif said.symbol is not None:
        first = words("plan.unknown.symbol", symbol=symbol(said.symbol))
    else:
        first = words("plan.unknown")
    if plans:
        lines = [first, words.counted("plan.there_are", len(plans)), *_listed(words, plans)]
        return Reply(text="\n".join(lines), buttons=_outcomes(words, plans, numbered=len(plans) > 1))
    told = [words("plan.unknown.whole"), words("example", example=words("example.report"))] if filled else []
    return Reply(text="\n".join([first, *told]))


def plan_ended(words: Words, plan: Plan) -> Reply:
    return Reply(text=words("plan.ended", plan=plan_line(words, plan)))


def plan_back(words: Words, plan: Plan) -> Reply:
    """The trade that it became was taken back."""
    text = words("plan.back", plan=plan_line(words, plan))
    return Reply(text=text, buttons=_outcomes(words, (plan,), numbered=False))


def ends_plan(words: Words, plan: Plan | None) -> list[str]:
    """In the receipt of the trade that it became."""
    return [] if plan is None else [words("plan.filled", plan=plan_line(words, plan))]


def plan_line(words: Words, plan: Plan) -> str:
    """Long 2 NQ · at 18,200 · stop 18,180 · target 18,260."""
    return SEPARATOR.join(filter(None, (headline(words, plan.fields), levels(words, plan), _at(words, plan))))


def _accounts(words: Words, plan: Plan) -> tuple[str, ...]:
    """Those that it is of; none where the fill will ask which."""
    said, known = plan.copies, tuple(name for name, told in words.view.accounts.items() if told.open)
    if said is None:
        return (plan.fields.booked_on,)
    return said.names or (known if said.count in (None, len(known)) else ())


def _at(words: Words, plan: Plan) -> str:
    """@apex1 @apex2, at the end of a line."""
    names = _accounts(words, plan)
    if not names and plan.copies is not None:
        return words("plan.copies", count=plan.copies.count)
    return " ".join(filter(None, (at_account(words, name) for name in names)))


def _on(words: Words, plan: Plan) -> list[str]:
    """The account, or the accounts; nothing for a trader who has one only."""
    names = _accounts(words, plan)
    if len(names) == 1:
        return account_lines(words, names[0])
    if not names:
        return [capital(_at(words, plan))]
    return [words("trade.accounts", accounts=words.listed([account_name(name) for name in names]))]


def _whole(words: Words, plan: Plan) -> list[str]:
    fields = plan.fields
    on_it = words.on(fields.booked_on)
    beside = particulars(words, replace(fields, note=None) if plan.levels != Levels() else fields)
    risked = None if plan.levels.entry_range is not None else risk_line(on_it, fields)
    head = [headline(words, fields), *_on(words, plan), levels(words, plan)]
    doubt = words("warning.by_model") if plan.by_model else None
    chart = words("plan.chart") if plan.pictures else None
    lines = [*head, risked, *beside, _lacking(words, fields), doubt, chart]
    return [line for line in lines if line]


def _lacking(words: Words, fields: TradeFields) -> str | None:
    absent = [words(f"missing.{name}") for name in ("symbol", "direction") if getattr(fields, name) is None]
    return words("plan.lacking", missing=words.listed(absent)) if absent else None


def _listed(words: Words, plans: Sequence[Plan]) -> list[str]:
    return [words("numbered", number=number, line=plan_line(words, plan)) for number, plan in enumerate(plans, 1)]


def _how(words: Words, plan: Plan) -> str:
    """With a price to copy: the planned one."""
    entry = plan.fields.entry_price
    if entry is None or plan.levels.entry_range is not None:
        return words("plan.how.unpriced")
    return words("plan.how", price=f"{entry:f}")


def _name(plans: Sequence[Plan]) -> str:
    """How the first is named in a message."""
    return symbol(plans[0].fields.symbol or "plan 1").lower()


def _label(words: Words, plan: Plan) -> str:
    """Long 2 NQ 18,200."""
    entry, between = plan.fields.entry_price, plan.levels.entry_range
    ends = between if between is not None else (entry,) if entry is not None else ()
    return " ".join(filter(None, (headline(words, plan.fields), "-".join(map(numbers.price, ends)))))


def _outcomes(words: Words, plans: Sequence[Plan], *, numbered: bool) -> Rows:
    """Filled or not, for each; two plans a row."""
    if len(plans) > 1 and not numbered:
        return ()
    keys = ("filled_one", "no_fill_one") if numbered else ("filled", "no_fill")
    pairs = (
        (
            words.button(keys[0], buttons.filled(plan), number=number),
            words.button(keys[1], buttons.unfilled(plan), number=number),
        )
        for number, plan in enumerate(plans[:MOST_PLANS], 1)
    )
    return rows_of(chain.from_iterable(pairs), width=4)
