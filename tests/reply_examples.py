"""What the trader sees for every key: title, text, rows of [buttons]. Lines are as long as the trader's."""

# ruff: noqa: E501

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.accounts import Account
from bot.texts import View
from bot.trading.day import DayStart
from bot.trading.firm_words import preset_of
from bot.trading.limits import AccountLimits, DayFigures, Guard
from bot.trading.standing import Standing
from db.days import BalanceChange
from statemachine.conversation import Draft, KnownTrade
from statemachine.copying import shares
from statemachine.message import Attachment, File
from statemachine.plan import Levels, Plan
from statemachine.trade import TradeFields
from tests.asking_reply_examples import ASKING_EXAMPLES
from tests.chart_reply_examples import CHART_EXAMPLES
from tests.editing_reply_examples import editing_examples
from tests.import_reply_examples import IMPORT_EXAMPLES
from tests.marks_reply_examples import MARKS_EXAMPLES
from tests.reminding_reply_examples import REMINDING_EXAMPLES
from tests.rule_reply_examples import RULE_EXAMPLES
from tests.settings_reply_examples import SETTINGS_EXAMPLES
from tests.web_reply_examples import WEB_EXAMPLES

NOW = datetime(2026, 3, 23, 18, 5, tzinfo=UTC)
VIEW = View("en", ZoneInfo("America/New_York"), "USD", NOW, account_size=50_000)

OPEN = TradeFields(symbol="NQ", direction="long", position_size=Decimal(2), entry_price=Decimal(18250))
LEFT = replace(OPEN, exit_price=Decimal(18290))
STOPPED = replace(LEFT, stop_loss=Decimal(18230))
SAID = replace(LEFT, pnl=Decimal(1600))


def draft(fields: TradeFields = LEFT, number: int = 1, **values: Any) -> Draft:
    return Draft(id=UUID(int=number), fields=fields, said_at=NOW, **values)


def known(fields: TradeFields = SAID, number: int = 101, **values: Any) -> KnownTrade:
    return KnownTrade(trade_id=UUID(int=number), fields=fields, **values)


HELD = known(OPEN, is_open=True)
CLOSE = draft(LEFT, kind="close", trade_id=HELD.trade_id, choices=(HELD,))
EDIT = draft(
    TradeFields(exit_price=Decimal(18295)), number=3, kind="edit", trade_id=known().trade_id, choices=(known(),)
)
COPIES = shares(draft(replace(LEFT, account="main"), copies=("apex2",)))
ASK = draft(TradeFields(symbol="NQ", position_size=Decimal(2)))
WHICH = draft(
    TradeFields(exit_price=Decimal(18290)),
    kind="close",
    choices=(HELD, known(replace(OPEN, direction="short", symbol="ES", entry_price=Decimal("5321.25")), 102)),
)
ZIP = File("exports/7.zip", "vigil.zip")
CHART = Attachment(kind="photo", handle="chart")
PLAN = Plan(
    id=UUID(int=81),
    fields=replace(OPEN, stop_loss=Decimal(18230), take_profit=Decimal(18310)),
    planned_at=NOW,
)
RANGED = Plan(
    id=UUID(int=82),
    fields=TradeFields(
        symbol="ES", direction="short", entry_price=Decimal(5421), stop_loss=Decimal(5426), take_profit=Decimal(5410),
        note="entry 5420-5422; targets 5410, 5400",
    ),
    planned_at=NOW,
    levels=Levels(entry_range=(Decimal(5420), Decimal(5422)), targets=(Decimal(5410), Decimal(5400))),
)  # fmt: skip
WHICH_PLAN = draft(TradeFields(position_size=Decimal(1)), plans=(PLAN, RANGED))
DAY = {"trade_date": "2026-03-23", "daily_pnl": 1187.5, "trades_taken": 2}
ROW = {
    "trade_id": UUID(int=101),
    "symbol": "NQ", "direction": "long", "position_size": Decimal(2), "entry_price": Decimal(18250),
    "exit_price": Decimal(18290), "pnl": Decimal(1600), "pnl_origin": "computed", "created_at": NOW,
    "audit_status": "audited", "compliance_score": Decimal("66.67"), "is_open": False,
    "rules_followed": 2, "rules_violated": 1, "rules_unclear": 0,
}  # fmt: skip
ACCOUNT = Standing(
    account_id=None, name="main", firm="Topstep", phase="evaluation", currency="USD", day=NOW.date(), assumed=True,
    limits=AccountLimits(
        account_size=50_000, daily_loss_limit_pct=Decimal(2), daily_loss_type="initial soft",
        max_drawdown_pct=Decimal(4), max_drawdown_type="trailing_eod lock", profit_target_pct=Decimal(6),
        max_daily_trades=5,
    ),
    figures=DayFigures(
        starting_balance=Decimal(50_500), ending_balance=Decimal(50_120), daily_pnl=Decimal(-380),
        max_equity_high=Decimal(50_800), trades_taken=4,
    ),
)  # fmt: skip
SECOND = replace(
    ACCOUNT, account_id=UUID(int=8), name="apex2", firm="Apex Trader Funding", phase="funded", assumed=False,
    limits=AccountLimits(
        account_size=50_000, daily_loss_type="none", max_drawdown_pct=Decimal(5),
        max_drawdown_type="trailing_intraday lock+100 hard",
    ),
)  # fmt: skip
BARE = replace(ACCOUNT, firm=None, phase=None, limits=AccountLimits(), figures=DayFigures())
FTMO, TOPSTEP = preset_of("ftmo-1s"), preset_of("topstep-tc")
VERDICTS = [
    ("Always use a stop", "followed", "Stop at 18,230.", True),
    ("Never more than 1 contract", "violated", "2 contracts were traded.", True),
    ("Only trade A+ setups", "unclear", "Nothing was said of the setup.", False),
]

_PROFILE = {"preferences": {"timezone": "America/New_York"}, "firm": "Example Futures Funding",
            "challenge_phase": "evaluation", "limits": {"account_size": 50_000}}  # fmt: skip
MAIN_ACCOUNT = Account.of(_PROFILE)
APEX = replace(
    MAIN_ACCOUNT, name="apex2", id=UUID(int=1), currency="EUR", firm=None, phase=None,
    limits=AccountLimits(account_size=100_000), day_start=DayStart(ZoneInfo("America/New_York"), 18),
)  # fmt: skip
TOLD = BalanceChange(1, date(2026, 3, 20), "balance", Decimal(51_240), Decimal(52_000))
PAYOUT = BalanceChange(2, date(2026, 3, 23), "payout", Decimal(2_000), None)

# fmt: off
EXAMPLES: tuple[tuple[str, dict[str, Any], str], ...] = (
    # key, data, what the trader sees: title, text, [buttons]
    ("confirm", {"drafts": (draft(STOPPED),)}, """
        Is this right?
        Long 2 NQ · $20/pt
        18,250 → 18,290 · stop 18,230
        P&L +$1,600.00 computed = 40 pts × $20 × 2
        +2R, risk $800.00 computed
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (draft(replace(OPEN, take_profit=Decimal("18310.50"))),)}, """
        Is this right?
        Long 2 NQ · $20/pt
        in at 18,250, open · target 18,310.50
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (draft(replace(LEFT, pnl=Decimal(1500)), twin=True, by_model=True),)}, """
        Is this right?
        Long 2 NQ · $20/pt
        18,250 → 18,290
        P&L: you said +$1,500.00, your prices give +$1,600.00 = 40 pts × $20 × 2. Yours will be saved. To save the other, type: pnl 1600.00
        ⚠ You recorded the same trade a short while ago: again, or the same?
        ⚠ Read by the language model: check the numbers.
        [Again] [The same] [Edit]"""),
    ("confirm", {"drafts": (draft(SAID, by_model=True, doubted=("stop_loss", "position_size")),)}, """
        Is this right?
        Long 2 NQ · $20/pt
        18,250 → 18,290
        P&L +$1,600.00, as you said
        ⚠ Read by the language model: check the numbers.
        ⚠ Not found in what you sent, so left out: stop and size. To add: stop 18230
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (draft(replace(LEFT, commissions=Decimal("8.4"), entry_time=NOW, note="late\n entry")),)}, """
        Is this right?
        Long 2 NQ · $20/pt
        18,250 → 18,290
        P&L +$1,600.00 computed = 40 pts × $20 × 2
        After commissions +$1,591.60
        In 14:05 · commissions $8.40
        Note: late entry
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (draft(replace(SAID, pnl=Decimal(1500), pnl_basis="net", commissions=Decimal(8))),)}, """
        Is this right?
        Long 2 NQ · $20/pt
        18,250 → 18,290
        P&L after commissions: you said +$1,500.00, your prices give +$1,592.00, from 40 pts × $20 × 2. Yours will be saved. To save the other, type: pnl 1592.00 net
        Commissions $8.00
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (draft(replace(LEFT, exit_price=Decimal(1825), stop_loss=Decimal(18330))),)}, """
        Is this right?
        Long 2 NQ · $20/pt
        18,250 → 1825 · stop 18,330
        P&L -$657,000.00 computed = -16,425 pts × $20 × 2
        ⚠ The stop 18,330 is above the entry of a long.
        ⚠ 18,250 → 1825 is 90% away: a typo?
        ⚠ This P&L is larger than your account of $50,000.00.
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (CLOSE,)}, """
        Close long 2 NQ from 18,250 at 18,290?
        P&L +$1,600.00 computed = 40 pts × $20 × 2
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (CLOSE.changed(fields=replace(LEFT, position_size=Decimal(1))),)}, """
        Close long 1 of 2 NQ from 18,250 at 18,290?
        P&L +$800.00 computed = 40 pts × $20 × 1
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (CLOSE.changed(fields=replace(LEFT, position_size=Decimal(3))),)}, """
        Close long 3 NQ from 18,250 at 18,290?
        P&L +$2,400.00 computed = 40 pts × $20 × 3
        ⚠ This is more than you hold.
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (EDIT,)}, """
        Change this trade?
        Long 2 NQ
        Exit 18,290 → 18,295
        P&L +$1,600.00 → +$1,800.00
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (draft(), draft(replace(LEFT, symbol="US30"), 2), EDIT)}, """
        Are these right?
        1. Long 2 NQ · 18,250 → 18,290 · +$1,600.00 computed
        2. Long 2 US30 · 18,250 → 18,290
        3. Change long 2 NQ: Exit 18,290 → 18,295; P&L +$1,600.00 → +$1,800.00
        2: P&L not computed: what a point of US30 is worth depends on your broker.
        To change one, say which: second exit 18295
        [1] [2] [3]
        [Confirm all] [Cancel]"""),
    ("ask_details", {"draft": ASK, "missing": ASK.missing(), "number": None}, """
        Almost there
        Understood: 2 NQ
        Still needed: long or short and entry price (or the P&L)
        Example: long entry 18250
        [Cancel]"""),
    ("ask_details", {"draft": draft(copies_asked=3), "missing": ("accounts",), "number": None}, """
        Almost there
        Understood: Long 2 NQ · 18,250 → 18,290
        You said 3 accounts. You have @main.
        To add one: /account add apex3 50000
        Still needed: which accounts
        Example: @main
        [@main]
        [Cancel]"""),
    ("ask_details", {"draft": WHICH, "missing": WHICH.missing(), "number": 2}, """
        Almost there: trade 2
        Understood: Out at 18,290
        Still needed: which trade
        Which trade did you close?
        [Long 2 NQ 18,250]
        [Short 2 ES 5321.25]
        [Cancel]"""),
    ("how_to_edit", {"draft": draft()}, """
        What is different in long 2 NQ?
        Type only what changes, for example: exit 18295
        Or /cancel to drop it."""),
    ("too_many_drafts", {"most": 20}, """
        20 trades wait already. Confirm or cancel some first, then send this one again."""),
    ("planned", {"plans": (PLAN,), "news": "kept"}, """
        Plan kept
        Long 2 NQ
        at 18,250 · stop 18,230 · target 18,310
        Risk $800.00 computed
        Not in your journal. Kept for 7 days under /plans.
        Write "filled" or "filled at 18250" when you are in, "no fill" when it is off.
        [Filled] [No fill]"""),
    ("planned", {"plans": (replace(RANGED, by_model=True, pictures=(CHART,)),), "news": "changed"}, """
        Plan changed
        Short ES
        at 5420 to 5422 · stop 5426 · targets 5410, 5400
        Read by the language model: check the numbers.
        Its picture is kept with it.
        Not in your journal. Kept for 7 days under /plans.
        Write "filled at" and the price when you are in, "no fill" when it is off.
        [Filled] [No fill]"""),
    ("planned", {"plans": (PLAN, RANGED), "news": "kept"}, """
        2 plans kept
        1. Long 2 NQ · at 18,250 · stop 18,230 · target 18,310
        2. Short ES · at 5420 to 5422 · stop 5426 · targets 5410, 5400
        Not in your journal. Kept for 7 days under /plans.
        Write "nq filled" when you are in one, "nq no fill" when it is off."""),
    ("planned", {"plans": (replace(PLAN, fields=TradeFields(direction="long", entry_price=Decimal(150))),), "news": "kept"}, """
        Plan kept
        Long
        at 150
        Not understood: symbol. Edit the message, or say it with the fill.
        Not in your journal. Kept for 7 days under /plans.
        Write "filled" or "filled at 150" when you are in, "no fill" when it is off.
        [Filled] [No fill]"""),
    ("plans", {"plans": (PLAN, RANGED)}, """
        Your 2 plans
        1. Long 2 NQ · at 18,250 · stop 18,230 · target 18,310
        2. Short ES · at 5420 to 5422 · stop 5426 · targets 5410, 5400

        Or write "plan 1 filled at" and the price, or "plan 1 no fill".
        [Filled 1] [No fill 1] [Filled 2] [No fill 2]"""),
    ("plans", {"plans": ()}, """
        You have no plans. Send one as you would place the order; it stays out of your journal until it is filled.
        Example: limit buy 2 nq 18200 stop 18180"""),
    ("too_many_plans", {"most": 10, "plans": (PLAN,)}, """
        10 plans wait already, so this one was not kept. End one first, then send it again.
        1. Long 2 NQ · at 18,250 · stop 18,230 · target 18,310
        [Filled 1] [No fill 1]"""),
    ("which_plan", {"plans": (PLAN, RANGED)}, """
        Which plan is off?
        1. Long 2 NQ · at 18,250 · stop 18,230 · target 18,310
        2. Short ES · at 5420 to 5422 · stop 5426 · targets 5410, 5400
        Press it, or name it: "nq no fill".
        [Long 2 NQ 18,250]
        [Short ES 5420-5422]"""),
    ("ask_details", {"draft": WHICH_PLAN, "missing": WHICH_PLAN.missing()}, """
        Which plan was filled?
        Understood: 1
        1. Long 2 NQ · at 18,250 · stop 18,230 · target 18,310
        2. Short ES · at 5420 to 5422 · stop 5426 · targets 5410, 5400
        Press it, or name it: nq
        [Long 2 NQ 18,250]
        [Short ES 5420-5422]
        [Cancel]"""),
    ("no_such_plan", {"plans": (), "gone": False, "filled": True, "said": TradeFields(symbol="ES")}, """
        I know no plan in ES that this could be.
        If you are in a trade, send it whole.
        Example: long 2 nq 18250 > 18290 stop 18230"""),
    ("no_such_plan", {"plans": (PLAN,), "gone": True, "filled": False, "said": TradeFields()}, """
        That plan is not there any more.
        This one waits:
        1. Long 2 NQ · at 18,250 · stop 18,230 · target 18,310
        [Filled] [No fill]"""),
    ("plan_ended", {"plan": PLAN}, """
        Plan ended, nothing was journaled: Long 2 NQ · at 18,250 · stop 18,230 · target 18,310"""),
    ("plan_back", {"plan": PLAN}, """
        Its plan waits again: Long 2 NQ · at 18,250 · stop 18,230 · target 18,310
        [Filled] [No fill]"""),
    ("confirm", {"drafts": (draft(replace(OPEN, entry_price=Decimal("18250.25")), plan=PLAN),)}, """
        Is this right?
        Long 2 NQ · $20/pt
        in at 18,250.25, open
        From your plan at 18,250
        [Confirm] [Cancel] [Edit]"""),
    ("recorded", {"draft": draft(OPEN), "plan": PLAN, "change_id": 7}, """
        Recorded, open
        Long 2 NQ · in at 18,250, open
        Ends your plan: Long 2 NQ · at 18,250 · stop 18,230 · target 18,310
        [Undo]"""),
    ("nothing_open", {"fields": TradeFields(symbol="ES", exit_price=Decimal(5300))}, """
        I have no open trade in ES to close.
        If it is not in the journal yet, send the whole trade.
        Example: long 2 nq 18250 > 18290 stop 18230"""),
    ("unknown_account", {"account": "apx2"}, """
        I know no account @apx2. You have @main.
        To add it: /account add apx2 50000"""),
    ("account_stays", {"trade": HELD, "account": "apex2"}, """
        Long 2 NQ is recorded on @main, and a recorded trade stays on its account. To move it: /undo, then record it again with @apex2."""),
    ("account_stays", {"trade": HELD, "account": None}, """
        Long 2 NQ is recorded on @main, and a recorded trade stays on its account. To have it on several: /undo, then send it again with the accounts."""),
    ("dropped", {"drafts": (draft(),)}, """
        Dropped, nothing was saved: Long 2 NQ · 18,250 → 18,290 · +$1,600.00 computed"""),
    ("dropped", {"drafts": (WHICH_PLAN,)}, "Dropped, nothing was saved: The fill of one of 2 plans"),
    ("dropped", {"drafts": (draft(), EDIT)}, "Dropped 2 trades, nothing was saved."),
    ("stale", {"pending": True}, "That button is out of date, nothing was changed. This is what waits now:"),
    ("stale", {"pending": False}, "That button is out of date, nothing was changed. Nothing is waiting now."),
    ("no_such_draft", {"which": 4, "count": 2}, "There is no number 4: 2 trades wait."),
    ("reminder", {"drafts": (draft(), replace(ASK, id=UUID(int=2)))}, """
        These 2 trades are not confirmed yet
        1. Long 2 NQ · 18,250 → 18,290 · +$1,600.00 computed
        2. 2 NQ
        Not in your journal until you confirm. Kept for 7 days under /drafts.
        [Confirm 1] [Drop 1] [Finish 2] [Drop 2]"""),
    ("drafts", {"pending": (draft(),), "shelf": (draft(OPEN, 2),)}, """
        Waiting for you:
        1. Long 2 NQ · 18,250 → 18,290 · +$1,600.00 computed

        Put away unconfirmed, kept for 7 days:
        2. Long 2 NQ · in at 18,250, open
        [Confirm all] [Cancel]
        [Confirm 2] [Drop 2]"""),
    ("no_drafts", {}, "No trade waits for your confirmation."),
    ("changed_since", {"trade": HELD}, "Long 2 NQ has changed since I asked. Nothing was closed, please look again:"),
    ("partly_closed", {"trade": HELD}, """
        A part of long 2 NQ is closed already, so this cannot be changed any more. To close the rest, write for example: out 18290. To change how it began, take the part back first: /undo"""),
    ("recorded", {"draft": draft(STOPPED)}, """
        Recorded
        Long 2 NQ · 18,250 → 18,290 · stop 18,230
        +2R, risk $800.00 computed"""),
    ("recorded", {"draft": draft(replace(LEFT, position_size=None)), "change_id": 7}, """
        Recorded
        Long NQ · 18,250 → 18,290
        No P&L: the day and its limits do not count this one. To add it, answer this message: pnl +250
        [Undo]"""),
    ("recorded", {"draft": draft(), "trade_id": UUID(int=1), "change_id": 7, "pnl": Decimal(1600), "pnl_origin": "computed", "day": DAY,
                  "guards": (Guard("daily_loss", Decimal(0), Decimal(2000), Decimal(2000), "ok"),
                             Guard("trades", Decimal(2), Decimal(2), Decimal(0), "reached"))}, """
        Recorded
        Long 2 NQ · 18,250 → 18,290
        +$1,600.00 computed
        23 Mar: +$1,187.50, 2 trades
        Daily loss: $2,000.00 of $2,000.00 left
        Trades: 2 of 2, that was your last for the day
        Based on the closed trades you logged.
        [Undo]"""),
    ("recorded", {"draft": draft(replace(LEFT, commissions=Decimal("8.40"))), "pnl": Decimal(1600), "pnl_origin": "computed", "costs": Decimal("8.40"), "change_id": 7}, """
        Recorded
        Long 2 NQ · 18,250 → 18,290
        +$1,600.00 less $8.40 commissions: +$1,591.60
        [Undo]"""),
    ("recorded", {"draft": CLOSE, "trade_id": HELD.trade_id, "pnl": Decimal(1600), "pnl_origin": "said", "change_id": 7}, """
        Closed
        Long 2 NQ from 18,250 at 18,290
        +$1,600.00
        [Undo]"""),
    ("recorded", {"draft": CLOSE.changed(fields=replace(LEFT, position_size=Decimal(1))), "pnl": Decimal(800), "change_id": 7}, """
        Partly closed
        Long 1 of 2 NQ from 18,250 at 18,290
        +$800.00
        [Undo]"""),
    ("recorded", {"draft": CLOSE, "pnl": Decimal(800), "pnl_origin": "computed", "whole": Decimal(1800), "change_id": 7}, """
        Closed
        Long 2 NQ from 18,250 at 18,290
        +$800.00 computed
        The whole trade +$1,800.00
        [Undo]"""),
    ("edited", {"draft": EDIT, "change_id": 8, "day": DAY}, """
        Changed
        Long 2 NQ
        Exit 18,290 → 18,295
        P&L +$1,600.00 → +$1,800.00
        23 Mar: +$1,187.50, 2 trades
        [Undo]"""),
    ("recorded_copies", {"drafts": COPIES, "trade_id": UUID(int=1), "figures": (
        {"pnl": Decimal(1600), "pnl_origin": "computed", "change_id": 7, "day": DAY,
         "guards": (Guard("daily_loss", Decimal(0), Decimal(2000), Decimal(2000), "ok"),)},
        {"pnl": Decimal(1600), "pnl_origin": "computed", "change_id": 8, "day": DAY,
         "guards": (Guard("trades", Decimal(2), Decimal(2), Decimal(0), "reached"),)})}, """
        Recorded
        Long 2 NQ · 18,250 → 18,290
        @main: +$1,600.00 computed · 23 Mar: +$1,187.50, 2 trades
        @apex2: +$1,600.00 computed · 23 Mar: +$1,187.50, 2 trades
        Trades: 2 of 2, that was your last for the day
        Based on the closed trades you logged.
        [Undo]"""),
    ("recorded_copies", {"drafts": (CLOSE, CLOSE), "trade_id": HELD.trade_id}, """
        Closed
        Long 2 NQ from 18,250 at 18,290"""),
    ("edited_copies", {"drafts": (EDIT, EDIT), "trade_id": UUID(int=101), "figures": (
        {"change_id": 8, "day": DAY}, {"change_id": 9})}, """
        Changed
        Long 2 NQ
        Exit 18,290 → 18,295
        P&L +$1,600.00 → +$1,800.00
        @main: 23 Mar: +$1,187.50, 2 trades
        @main
        [Undo]"""),
    ("trade_gone", {"draft": EDIT}, """
        It is no longer in your journal, nothing was changed: Long 2 NQ · 18,250 → 18,290 · P&L +$1,600.00"""),
    ("undone", {"change": {"kind": "record", "fields": SAID, "id": 7}, "trade_id": UUID(int=1), "day": DAY}, """
        Taken back, no longer in your journal: Long 2 NQ · 18,250 → 18,290 · P&L +$1,600.00
        23 Mar: +$1,187.50, 2 trades
        [Redo]"""),
    ("undone", {"change": {"kind": "close", "fields": OPEN, "id": 7}}, """
        Taken back, open again: Long 2 NQ · in at 18,250, open
        [Redo]"""),
    ("undone_copies", {"changes": tuple(
        {"change": {"kind": "record", "fields": replace(SAID, account=name), "id": number}, "day": DAY}
        for number, name in ((7, "main"), (8, "apex1"))), "kept": ("apex2",), "trade_id": UUID(int=1)}, """
        Taken back, no longer in your journal: Long 2 NQ · 18,250 → 18,290 · P&L +$1,600.00
        @main: 23 Mar: +$1,187.50, 2 trades
        @apex1: 23 Mar: +$1,187.50, 2 trades
        Changed since, and left as it is: @apex2
        [Redo]"""),
    ("redone_copies", {"changes": (
        {"change": {"kind": "close", "fields": SAID, "id": 7}, "day": DAY},), "kept": ()}, """
        Closed again: Long 2 NQ · 18,250 → 18,290 · P&L +$1,600.00
        @main: 23 Mar: +$1,187.50, 2 trades
        [Undo]"""),
    ("redone", {"change": {"kind": "edit", "fields": SAID, "id": 7}}, """
        Changed again: Long 2 NQ · 18,250 → 18,290 · P&L +$1,600.00
        [Undo]"""),
    ("nothing_to_undo", {}, "There is nothing to take back."),
    ("nothing_to_redo", {}, "There is nothing to bring back."),
    ("trades", {"trades": [ROW, ROW | {"trade_id": UUID(int=102), "pnl_origin": "said", "audit_status": "pending"},
                           ROW | {"trade_id": UUID(int=103), "is_open": True, "pnl": None, "exit_price": None, "audit_status": "pending"}]}, """
        Your last trades
        1. Long 2 NQ · +$1,600.00 computed · 14:05 · ✓ 2 ✗ 1 · score 66.7
        2. Long 2 NQ · +$1,600.00 · 14:05 · not judged yet
        3. Long 2 NQ · in at 18,250, open · 14:05

        A chart for one of them? Answer its message here with the picture.
        [Card 1] [Card 2] [Card 3]"""),
    ("no_trades", {}, """
        No trades yet. Send your first one.
        Example: long 2 nq 18250 > 18290 stop 18230"""),
    ("accounts", {"accounts": (MAIN_ACCOUNT, APEX), "in_use": "main"}, """
        Your accounts
        @main · $50,000 · Example Futures Funding · evaluation · day from 00:00 New York · in use
        @apex2 · €100,000 · day from 18:00 New York

        Name one in a trade: long 2 nq 18250 > 18290 @apex2
        /account add apex2 50000 · /account use apex2 · /account apex2 phase funded
        [Use @apex2]"""),
    ("account_changed", {"account": APEX, "what": "added"}, """
        Added. Trades go there when you write @apex2, or always after /account use apex2
        @apex2 · €100,000 · day from 18:00 New York"""),
    ("account_refused", {"reason": "phase", "example": "/account apex2 phase funded"}, """
        The phase is evaluation or funded.
        Example: /account apex2 phase funded"""),
    ("balance", {"account": "main", "balance": Decimal(50_000), "high": None, "size": 50_000, "told": False, "changes": []}, """
        Balance
        Balance $50,000.00
        Assuming you started at account size, $50,000.00.
        Based on the closed trades you logged.
        Example: /balance 51240 peak 52000"""),
    ("balance", {"account": "main", "balance": Decimal(49_240), "high": Decimal(50_000), "size": 50_000, "told": True, "changes": [PAYOUT, TOLD]}, """
        Balance
        Balance $49,240.00
        High $50,000.00

        You told me:
        23 Mar · payout $2,000.00
        20 Mar · balance $51,240.00, peak $52,000.00
        Based on the closed trades you logged.
        Example: /balance 51240 peak 52000"""),
    ("balance", {"account": "main", "balance": None, "high": None, "size": None, "told": False, "changes": []}, """
        Balance
        Not known: neither the account's size nor a balance was ever told.
        Based on the closed trades you logged.
        Example: /balance 51240 peak 52000"""),
    ("balance_told", {"account": "main", "change": PAYOUT, "balance": Decimal(49_240), "high": Decimal(50_000)}, """
        Noted: payout $2,000.00.
        Balance $49,240.00
        High $50,000.00
        Counted in balance and high alike, never as P&L.
        [Undo]"""),
    ("balance_undone", {"account": "main", "change": PAYOUT, "balance": Decimal(51_240)}, """
        Taken back: payout $2,000.00.
        Balance $51,240.00"""),
    ("balance_refused", {"account": "main", "reason": "unread", "kind": "payout"}, """
        I need one amount of money.
        Example: /payout 2000"""),
    ("rested", {"day": NOW.date(), "off": False}, "23 Mar is a rest day: it does not break your streak, and nothing comes unasked."),
    ("rest_refused", {"reason": "traded", "day": NOW.date()}, "23 Mar has trades, so it is no rest day. If they are wrong: /undo"),
    ("rest_refused", {"reason": "far", "day": NOW.date()}, """
        23 Mar is more than a year away.
        Example: /rest tomorrow"""),
    ("rest_refused", {"reason": "unread", "day": NOW.date()}, """
        I did not understand which day. You can say today, tomorrow, a weekday or a date like 2026-03-23.
        Example: /rest tomorrow"""),
    ("ask_chart", {"trade": known(LEFT), "left": 3}, """
        A chart of NQ +$1,600.00? Send the picture, or skip.
        2 more after this.
        [Skip]"""),
    ("picture_coming", {"trade": known(), "count": 1}, "Got the picture for NQ +$1,600.00, I am saving it."),
    ("picture_joined", {"draft": draft()}, "The picture goes with long 2 NQ."),
    ("whose_picture", {"trades": (known(), known(replace(SAID, pnl=Decimal("-412.5")), 102))}, """
        Which trade is this picture of?
        For an older trade, answer its message here with the picture.
        [NQ +$1,600.00] [NQ -$412.50]
        [Another] [A new trade]"""),
    ("picture_alone", {"trades": ()}, """
        I keep this picture for 24 hours. Now tell me its trade.
        Example: long 2 nq 18250 > 18290 stop 18230"""),
    ("picture_stored", {"trade": known()}, "Chart saved for NQ +$1,600.00."),
    ("chart", {"trade": known(), "image": "u/t-1.png", "number": 1, "count": 1}, "The chart of NQ +$1,600.00."),
    ("chart", {"trade": known(), "image": "u/t-2.png", "number": 2, "count": 3}, "Chart 2 of 3 of NQ +$1,600.00."),
    ("picture_refused", {"reason": "too_large", "limit_mb": 5}, """
        The picture is too large: at most 5 MB. A screenshot is enough."""),
    ("attachment_unsupported", {"kind": "video"}, "I cannot watch videos. Please send a screenshot."),
    ("heard", {"text": "long 2 NQ\n18250, out 18290"}, "I heard: “long 2 NQ 18250, out 18290”"),
    ("voice_refused", {"reason": "no_key"}, """
        I cannot listen to voice messages. Please type the trade.
        Example: long 2 nq 18250 > 18290 stop 18230"""),
    ("voice_refused", {"reason": "too_long", "minutes": 5, "megabytes": 10}, """
        That recording is too long: I listen for 5 minutes at most. Please send a shorter one, or type the trade.
        Example: long 2 nq 18250 > 18290 stop 18230"""),
    ("skipped", {"trades": (known(),)}, "No chart for NQ +$1,600.00, then. I judge without."),
    ("skipped", {"trades": (known(),) * 4}, "No chart, then. I judge the trades without."),
    ("audit", {"trade": known(), "verdicts": VERDICTS, "score": Decimal(50)}, """
        Your rules on NQ +$1,600.00
        1 of 2 judged rules followed, 1 unclear · score 50, weighed by severity
        2. ✗ Never more than 1 contract
           2 contracts were traded.
        3. ? Only trade A+ setups
           Nothing was said of the setup. (judged by the model)
        1. ✓ Always use a stop
        [Disagree]"""),
    ("audit", {"trade": known(), "verdicts": VERDICTS, "score": Decimal(50), "note": "no_credits"}, """
        Your rules on NQ +$1,600.00
        1 of 2 judged rules followed, 1 unclear · score 50, weighed by severity
        2. ✗ Never more than 1 contract
           2 contracts were traded.
        3. ? Only trade A+ setups
        1. ✓ Always use a stop
        Only what can be computed was checked: your free audits of this month are used up.
        [Disagree]"""),
    ("audit", {"trade": known(), "verdicts": VERDICTS[:1], "score": Decimal(100)}, """
        Your rules on NQ +$1,600.00
        1 of 1 rules followed · score 100
        1. ✓ Always use a stop
        [Disagree]"""),
    ("audit", {"trade": known(), "verdicts": [("Only A+ setups", "unclear", "", False)], "score": None}, """
        Your rules on NQ +$1,600.00
        None of your rules could be decided from what I know.
        1. ? Only A+ setups
        [Disagree]"""),
    ("audit", {"trade": known(), "verdicts": [
        ("Only A+ setups", "followed", "The note says so.", False), ("Always use a stop", "followed", "Stop at 18,230.", True),
        ("No revenge trades", "followed", "", False, "violated"), ("Max 3 trades", "violated", "Trade 4.", True, "unclear")],
        "score": Decimal("83.33")}, """
        Your rules on NQ +$1,600.00
        3 of 4 rules followed · score 83.3, weighed by severity
        4. ✗ Max 3 trades (your verdict; it was unclear)
        1. ✓ Only A+ setups (judged by the model)
        2. ✓ Always use a stop
        3. ✓ No revenge trades (your verdict; it was violated)
        [Disagree]"""),
    ("audit", {"trade": known(), "verdicts": [*[("Rule kept", "followed", "Yes.", True)] * 12, VERDICTS[1]], "score": Decimal("85.71")},
        "\n".join(["Your rules on NQ +$1,600.00", "12 of 13 rules followed · score 85.7, weighed by severity",
                   "13. ✗ Never more than 1 contract", "   2 contracts were traded.", *[f"{n}. ✓ Rule kept" for n in range(1, 12)], "And 1 more rule: ✓ 1", "[Disagree]"])),
    *(("audit", {"trade": known(), "verdicts": [("Only A+ setups", "unclear", "", False)], "score": None, "note": note}, f"""
        Your rules on NQ +$1,600.00
        None of your rules could be decided from what I know.
        1. ? Only A+ setups
        Only what can be computed was checked: {said}
        [Disagree]""") for note, said in {
        "no_model": "there is no language model here for the rest.",
        "over_budget": "that was enough judging for one day.",
        "failed": "the language model did not answer. It cost you no free audit. Send /audit to try again.",
        "unusable": "the language model gave no usable answer. Send /audit to try again.",
        "key_failed": "the service of your own key did not answer. Send /audit to try again.",
        "key_refused": "your own key was refused: set it anew, see /key.",
        "key_unreadable": "your own key cannot be opened here. Whoever runs this journal has been told.",
    }.items()),
    ("judging", {"trade": known()}, "I judge NQ +$1,600.00 again."),
    ("not_judged_open", {"trade": HELD}, "Long 2 NQ 18,250 is still open. I judge it when it is closed."),
    ("no_such_trade", {"said": "7", "count": 3}, "I do not know which trade 7 is: /trades lists 3. Example: /audit 2"),
    ("no_such_trade", {"said": "x", "count": 1}, "I do not know which trade x is: /trades lists 1. Example: /audit 1"),
    ("also_changed", {"trade": known(), "changes": [("Max 3 trades a day", "followed"), ("Stop after 2 losses", "violated")]},
        "Also changed: NQ +$1,600.00: Max 3 trades a day is now followed; Stop after 2 losses is now violated"),
    ("also_changed", {"trade": known(), "changes": [("No Fridays", "violated")] * 7},
        "Also changed: NQ +$1,600.00: " + "; ".join([*["No Fridays is now violated"] * 5, "2 more rules"])),
    ("key_not_here", {}, "Please delete that message: a key does not belong in a chat, and I have not kept it. Your own "
        "key for the language model is set by whoever runs this journal, with: vigil ai-key set, which reads it from "
        "standard input and keeps it encrypted. If the key was real, replace it with a new one."),
    ("key_how", {}, "Your own key for the language model is not taken by chat. Whoever runs this journal sets it with: "
        "vigil ai-key set, which reads it from standard input and keeps it encrypted. Audits then use your key and no "
        "free audits."),
    ("audit", {"trade": known(replace(SAID, account="apex2")), "verdicts": VERDICTS[:1], "score": Decimal(100), "note": None}, """
        Your rules on NQ +$1,600.00 @apex2
        1 of 1 rules followed · score 100
        1. ✓ Always use a stop
        [Disagree]"""),
    ("audit_skipped", {"trade": known(), "trade_id": known().trade_id}, """
        NQ +$1,600.00 was not judged: you have no active rules. To add one: /rules add always use a stop"""),
    ("limits", {"accounts": (ACCOUNT,)}, """
        Your limits
        Topstep · $50,000 · evaluation · 23 Mar
        Balance $50,120, today -$380
        Daily loss: 2% of the account size, then a pause until the next session
        ▰▰▰▱▱▱▱▱▱▱ 38% · $380 of $1,000 used, $620 left · floor $49,500
        Drawdown: 4% trailing at the day's end, its floor stops at the account size
        ▰▰▰▱▱▱▱▱▱▱ 34% · $680 of $2,000 used, $1,320 left · floor $48,800
        Profit target: 6%
        ▰▱▱▱▱▱▱▱▱▱ 4% · $120 of $3,000, $2,880 to go
        Trades a day
        ▰▰▰▰▰▰▰▰▱▱ 80% · 4 of 5

        Based on the closed trades you logged.
        Assuming you started at account size."""),
    ("limits", {"accounts": (SECOND,)}, """
        Your limits
        @apex2 · Apex Trader Funding · $50,000 · funded · 23 Mar
        Balance $50,120, today -$380
        Drawdown: 5% trailing within the day, its floor stops $100 above the account size, then the account ends
        ▰▰▱▱▱▱▱▱▱▱ 27% · $680 of $2,500 used, $1,820 left · floor $48,300

        Based on the closed trades you logged.
        Your firm counts open positions too, which I do not see."""),
    ("limits", {"accounts": (BARE,)}, """
        Your limits
        23 Mar
        No limits set.
        To set one: /limits set daily 2% initial soft
        To begin with what a firm asks: /limits firm"""),
    ("limit_set", {"kind": "daily", "account": ACCOUNT}, """
        Set
        Daily loss limit: 2% ($1,000) of the account size, then a pause until the next session
        ▰▰▰▱▱▱▱▱▱▱ 38% · $380 of $1,000 used, $620 left · floor $49,500
        Based on the closed trades you logged.
        Assuming you started at account size."""),
    ("limit_set", {"kind": "daily", "account": SECOND}, """
        Set for @apex2
        No daily loss limit any more."""),
    ("limit_set", {"kind": "target", "account": replace(BARE, limits=AccountLimits(profit_target_pct=Decimal("7.5")))}, """
        Set
        Profit target: 7.5% of the account size
        To measure it I need the account size, for example: /account size 50000"""),
    ("limit_unclear", {"problem": "unit", "kind": "daily", "word": "2"}, """
        Daily loss: 2 percent, or 2 in money? Write 2% or $2.
        Example: /limits set daily 2% initial soft"""),
    ("limit_unclear", {"problem": "kind", "kind": None, "word": ""}, """
        Which limit? I know daily, drawdown, target and trades.
        Example: /limits set daily 2% initial soft"""),
    ("limit_unclear", {"problem": "size", "kind": "drawdown", "word": "2000"}, """
        Drawdown 2000: to turn an amount into a limit I need the account size first. Write for example: /account size 50000"""),
    ("limit_firms", {"unknown": "nobody 50k"}, """
        I have none for "nobody 50k".
        I have suggestions for FTMO, Topstep, Apex Trader Funding, MyFundedFutures, Tradeify, The5ers, FundedNext and Take Profit Trader.
        Say which, with the account size: /limits firm topstep 50k"""),
    ("limit_firm_which", {"firm": "FTMO", "presets": (preset_of("ftmo-2s1"), FTMO), "size": 50_000}, """
        Which product of FTMO?
        2-Step, step 1: /limits firm ftmo-2s1 50k
        1-Step: /limits firm ftmo-1s 50k"""),
    ("limit_firm_size", {"preset": TOPSTEP}, """
        Which account size of Topstep Trading Combine? There is 50k, 100k, 150k. Write: /limits firm topstep-tc 50k"""),
    ("limit_firm_size", {"preset": FTMO}, """
        Which account size? Write for example: /limits firm ftmo-1s 100k"""),
    ("limit_firm", {"preset": FTMO, "size": 100_000, "account": ACCOUNT, "checksum": "0a1b2c3d"}, """
        FTMO 1-Step · $100,000
        Daily loss: 3% ($3,000) of the account size, then the account ends
        Drawdown: 10% ($10,000), trailing at the day's end, then the account ends
        Profit target: 10% ($10,000)
        Phase: evaluation
        The firm's day starts at 00:00 Prague. To set yours: /account main start 00:00 Prague
        The floor is set each midnight from the highest end-of-day balance. A third party says that it stops at the initial balance, the firm's text does not, so it does not stop here. Best day at most 50% of the profit: not met is no breach.
        From the firm's own pages (ftmo.com; the firm's partner OANDA), undated; noted 26 Nov 2026.
        Firms change their rules: compare with your contract before you confirm.
        [Confirm] [No]"""),
    ("limit_firm", {"preset": TOPSTEP, "size": 50_000, "account": SECOND, "checksum": "0a1b2c3d", "stale": True}, """
        Topstep Trading Combine · $50,000 · for @apex2
        This has changed since I showed it, nothing was set. As it is now:
        Daily loss: not in the sources, yours stays
        Drawdown: 4% ($2,000), trailing at the day's end, its floor stops at the account size, then the account ends
        Profit target: 6% ($3,000)
        Phase: evaluation
        The firm's day starts at 17:00 Chicago. To set yours: /account apex2 start 17:00 Chicago
        Sources disagree whether a Combine still has a daily loss limit ($1,000, $2,000 or $3,000, a pause until the next session, in older ones), so it is left out. They disagree on consistency too (best day 40% or 50%).
        From the firm's own pages and third parties (help.topstep.com; the amounts: tradingfunder.com), undated; the amounts older; noted 26 Nov 2026.
        Firms change their rules: compare with your contract before you confirm.
        [Confirm] [No]"""),
    ("limit_firm_set", {"preset": TOPSTEP, "account": SECOND}, """
        Set for @apex2: Topstep Trading Combine
        @apex2 · Apex Trader Funding · $50,000 · funded · 23 Mar
        Balance $50,120, today -$380
        Drawdown: 5% trailing within the day, its floor stops $100 above the account size, then the account ends
        ▰▰▱▱▱▱▱▱▱▱ 27% · $680 of $2,500 used, $1,820 left · floor $48,300

        Based on the closed trades you logged.
        Your firm counts open positions too, which I do not see."""),
    ("limit_left", {}, "Nothing was changed."),
    ("stranger", {}, """
        Hello, I am Vigil
        I keep your trading journal right here in the chat: you write a trade, I check it against your rules.

        To begin:
        1. Open the web app, Settings, Journal, and get a code.
        2. Send it here: /link VGL-XXXX (the code works for 10 minutes)"""),
    ("link_check", {"code": "VGL-A2B3", "email_masked": "j***@example.com"}, """
        This code belongs to j***@example.com. Link this chat to that journal?
        If that is not you, do not: everything you write here would be read there.
        [Link] [Not mine]"""),
    ("linked", {"email_masked": "j***@example.com", "user_id": UUID(int=9)}, """
        Linked
        This chat now writes the journal of j***@example.com.
        Try it, nothing is saved before you confirm: long 2 nq 18250 > 18290 stop 18230"""),
    ("link_needs_email", {"code": "VGL-A2B3"}, """
        One more thing to be sure it is you: send the code with your account's e-mail address, like this: /link VGL-A2B3 you@example.com"""),
    ("link_invalid", {}, """
        This code does not work. Get a new one in the web app and send it within 10 minutes: /link VGL-XXXX"""),
    ("link_taken_chat", {}, "This chat already writes a journal. Send /unlink first, then your code again."),
    ("link_taken_profile", {"email_masked": "j***@example.com"}, """
        The journal of j***@example.com already has another chat on this platform. Send /unlink there first, then your code here again."""),
    ("link_taken_profile", {}, """
        That journal already has another chat on this platform. Send /unlink there first, then your code here again."""),
    ("link_throttled", {}, "Too many tries. Wait 10 minutes, then send a new code."),
    ("link_new_elsewhere", {"platform": "telegram"}, """
        A new chat on Telegram was linked to your journal. Not you? Send /unlink telegram"""),
    ("blocked_elsewhere", {"platform": "whatsapp"}, """
        I cannot write to you on WhatsApp any more: it looks as if I am blocked there, so some replies were lost. Your trades are safe. Unblock me and write to me there, or go on here."""),
    ("warned_elsewhere", {"platform": "discord", "guards": {"main": (Guard("daily_loss", Decimal(900), Decimal(1000), Decimal(100), "close"),)}}, """
        Your limits, after a trade on Discord
        Very close, daily loss: only $100.00 of $1,000.00 left (90% used)
        Based on the closed trades you logged."""),
    ("link_declined", {}, "Not linked, nothing was changed. If somebody sent you that link, ignore it."),
    ("unlinked", {"platform": "email"}, """
        Your chat on e-mail no longer writes your journal. What was waiting there is dropped; recorded trades stay. To come back, send /link there with a new code."""),
    ("unlink_nothing", {"platform": "fax"}, "No chat on fax is linked to your journal."),
    ("link_deleting", {}, """
        The journal of this account is being deleted just now. Send the code again in a few minutes."""),
    ("delete_warning", {}, """
        Delete your journal?
        Gone for good, on every platform: trades, verdicts, days and streak, accounts, plans, charts, messages, shares, claimed tries and your own AI key. All your chats are unlinked.

        Your web account stays: login, profile and limits, subscription, rules (without their grades), broker connections, strategies, referrals and dismissed announcements.

        A copy first: /export
        To delete it all, type: /delete_me DELETE"""),
    ("delete_begun", {}, """
        Your journal is being deleted, and this chat is no longer linked. I say when it is done."""),
    ("deleted", {"trades": 31, "pictures": 1}, """
        Your journal is deleted
        31 trades and 1 picture are gone, and all that belonged to them. No chat is linked any more.
        Your web account is still there, with login, profile, subscription and rules; it is closed in the web app. To begin anew, get a code there and send /link VGL-XXXX"""),
    ("export_begun", {}, """
        I am putting your journal into a file: trades, verdicts, rules, days, accounts, plans, messages and charts. It comes here as a ZIP in a few minutes."""),
    ("export_under_way", {}, "Your file is being made already. It comes here in a few minutes."),
    ("audit_failed", {}, """
        I could not finish the audit, and whoever runs this journal can see that. Your trade is safe. Send /audit to try again."""),
    ("export_failed", {}, """
        I could not make your file. Your journal is untouched, and whoever runs it can see that this failed. Try /export again later."""),
    ("export_limit", {"limit": 3}, "3 exports a day are all I make. Ask again tomorrow."),
    ("export_ready", {"platform": "telegram", "megabytes": 45, "file": ZIP, "trades": 31, "put": 12, "left_out": 0, "missing": 0}, """
        Your journal as a file
        31 trades, and all else, as CSV for a spreadsheet and as JSON.
        12 chart pictures are in it."""),
    ("export_ready", {"platform": "whatsapp", "megabytes": 15, "file": ZIP, "trades": 1, "put": 9, "left_out": 3, "missing": 1}, """
        Your journal as a file
        One trade, and all else, as CSV for a spreadsheet and as JSON.
        9 chart pictures are in it.
        3 older pictures found no room: WhatsApp takes 15 MB.
        1 picture is kept no longer.
        The link works for 10 minutes. Too late? Send /export again."""),
    ("export_too_large", {"platform": "email", "megabytes": 7}, """
        Your journal is larger than e-mail takes (7 MB), even without charts. Telegram takes most: send /export there, or ask whoever runs this journal."""),
    ("chatted", {}, """
        I am here. Send me a trade when you have one.
        Example: long 2 nq 18250 > 18290 stop 18230"""),
    ("unread", {"understood": ASK.fields, "reason": "unclear", "state": "idle"}, """
        I am not sure what you mean.
        Understood: 2 NQ
        Still needed: long or short and entry price (or the P&L)
        Example: long 2 nq 18250 > 18290 stop 18230"""),
    ("unread", {"understood": TradeFields(), "reason": "unclear", "state": "awaiting_confirmation"}, """
        I am not sure what you mean.
        Example: exit 18295"""),
    ("reading_spent", {"day": date(2026, 3, 23)}, """
        For 23 Mar (UTC) I have asked the language model as often as I may for you. Until that day is over I read short messages only, and no pictures.
        Example: long 2 nq 18250 > 18290 stop 18230"""),
    ("reading_own_key", {"trouble": "refused"}, """
        Your own key for the language model was refused: set it anew, see /key. Until then I read short messages only, and no pictures."""),
    ("reading_own_key", {"trouble": "unreadable"}, """
        Your own key for the language model cannot be opened here, so I read short messages only, and no pictures. Whoever runs this journal has been told."""),
    ("not_allowed", {"event": "Confirmed", "state": "idle"}, """
        There is nothing to confirm.
        Send me a trade, for example: long 2 nq 18250 > 18290 stop 18230"""),
    ("flooded", {"limit": 30}, """
        That is more than 30 messages in a minute, so I did not read the last one. Wait a minute, then send it again."""),
    ("undelivered", {}, """
        Something I wanted to tell you could not be delivered here, and whoever runs this journal can see that. What is recorded is safe: /trades shows it, /drafts what waits."""),
    ("apology", {}, """
        I could not handle that message. It is kept, and nothing was changed. Please say it differently."""),
    ("group_hint", {}, "A journal is private: write to me in a direct chat."),
    ("settings_word", {}, """
        What was waiting in this chat could not be read, so I have cleared it. Recorded trades are untouched. Please send the trade again."""),
    *CHART_EXAMPLES,
    *editing_examples(EDIT, HELD, ROW, DAY),
    *RULE_EXAMPLES,
    *WEB_EXAMPLES,
    *REMINDING_EXAMPLES,
    *ASKING_EXAMPLES,
    *IMPORT_EXAMPLES,
    *SETTINGS_EXAMPLES,
    *MARKS_EXAMPLES,
)
# fmt: on
