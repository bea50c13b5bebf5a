"""What a trader reads while recorded trades are changed and deleted."""

# ruff: noqa: E501

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from statemachine.conversation import Draft, KnownTrade
from statemachine.trade import TradeFields

Example = tuple[str, dict[str, Any], str]


def editing_examples(
    edit: Draft, held: KnownTrade, row: Mapping[str, Any], day: Mapping[str, Any]
) -> tuple[Example, ...]:
    deletion = replace(edit, id=UUID(int=9), kind="delete", fields=TradeFields())
    nothing = replace(edit, fields=TradeFields())
    fill = TradeFields(position_size=Decimal(3), exit_price=Decimal(18300))
    emptied = replace(edit, fields=TradeFields(), cleared=frozenset({"exit_price"}))
    # fmt: off
    return (
        ("which_trade", {"asked": "edit", "trades": [row]}, """
        Which trade is to be changed?
        1. Long 2 NQ · +$1,600.00 computed · 14:05 · ✓ 2 ✗ 1 · score 66.7

        Press its number, or say it at once: /edit 1 exit 18295
        [1]"""),
        ("which_trade", {"asked": "delete", "trades": [row]}, """
        Which trade is to be deleted?
        1. Long 2 NQ · +$1,600.00 computed · 14:05 · ✓ 2 ✗ 1 · score 66.7

        Press its number, or write: /delete 1
        [1]"""),
        ("ask_details", {"draft": nothing, "missing": ("change",)}, """
        What is different in long 2 NQ?
        Type only what changes, for example: exit 18295
        Or /cancel to drop it.
        [Cancel]"""),
        ("confirm", {"drafts": (deletion,)}, """
        Delete this trade?
        Long 2 NQ
        18,250 → 18,290
        +$1,600.00
        Its charts and verdicts go with it. /undo brings it back.
        [Delete] [Cancel]"""),
        ("confirm", {"drafts": (deletion, edit)}, """
        Are these right?
        1. Delete Long 2 NQ · 18,250 → 18,290 · +$1,600.00
        2. Change long 2 NQ: Exit 18,290 → 18,295; P&L +$1,600.00 → +$1,800.00
        To change one, say which: second exit 18295
        [1] [2]
        [Confirm all] [Cancel]"""),
        ("confirm", {"drafts": (emptied,)}, """
        Change this trade?
        Long 2 NQ
        Exit 18,290 → none
        P&L +$1,600.00 → none
        Open again, without a result until you close it.
        [Confirm] [Cancel] [Edit]"""),
        ("trade_deleted", {"draft": deletion, "change_id": 9, "day": day}, """
        Deleted
        Long 2 NQ · 18,250 → 18,290
        23 Mar: +$1,187.50, 2 trades
        [Undo]"""),
        ("trade_deleted_copies", {"drafts": (deletion, deletion), "trade_id": UUID(int=101), "figures": (
            {"change_id": 8, "day": day}, {"change_id": 9, "day": day})}, """
        Deleted
        Long 2 NQ · 18,250 → 18,290
        @main: 23 Mar: +$1,187.50, 2 trades
        @main: 23 Mar: +$1,187.50, 2 trades
        [Undo]"""),
        ("undone", {"change": {"kind": "delete", "fields": replace(held.fields, exit_price=Decimal(18290)), "id": 7}}, """
        Back in your journal: Long 2 NQ · 18,250 → 18,290
        [Redo]"""),
        ("redone", {"change": {"kind": "delete", "fields": replace(held.fields, exit_price=Decimal(18290)), "id": 7}}, """
        Deleted again: Long 2 NQ · 18,250 → 18,290
        [Undo]"""),
        ("changed_since", {"trade": held, "kind": "edit"}, "Long 2 NQ has changed since I asked. Nothing was saved, please look again:"),
        ("edit_unclear", {"trade": held}, "I found no change of long 2 NQ in that. Say what is different, for example: exit 18295"),
        ("edit_gone", {}, "That trade is no longer in your journal, nothing was changed. /trades lists what is."),
        ("needed", {"trade": held, "name": "entry_price"}, "Entry: without it long 2 NQ is no trade. Say what it was instead, or take it out with /delete."),
        ("unchanged", {"trade": held}, "Long 2 NQ is recorded so already, nothing changes."),
        ("which_recorded", {}, "Which trade is that of? Answer its message, or say its number in /trades, for example: /add 1 2 @ 18240"),
        ("fill_unclear", {"asked": "exit", "number": 2}, "I found no size and price in that. Example: /exit 2 1 @ 18300"),
        ("fill_refused", {"trade": held, "reason": "too_much", "fill": fill}, "3 is more than long 2 NQ was. If it was larger, say so first: size 3"),
        ("fill_refused", {"trade": held, "reason": "parts", "fill": fill}, "A part of long 2 NQ is closed already, so it cannot grow any more. Record what was added as a trade of its own."),
        ("fill_refused", {"trade": held, "reason": "no_size", "fill": fill}, "The size of long 2 NQ is not known, so I cannot average. Say it first: size 2"),
        ("fill_refused", {"trade": held, "reason": "no_fill_size", "fill": fill}, "How many were it? Say it with the price, for example: 1 @ 18300"),
        ("fill_refused", {"trade": held, "reason": "no_price", "fill": fill}, "The price of long 2 NQ is not known, so I cannot average. Say it first: entry 18250"),
        ("fill_refused", {"trade": held, "reason": "no_rest", "fill": fill}, "Where was the rest of long 2 NQ left? Say its exit first: exit 18290"),
        ("photo_how", {}, "Send the picture itself, and with it the words: for 1. The number is that of the trade in /trades."),
    )
