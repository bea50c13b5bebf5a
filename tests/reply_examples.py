"""What the trader sees for every key: title, text, rows of [buttons]. Lines are as long as the trader's."""

# ruff: noqa: E501

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.texts import View
from bot.trading.limits import Guard
from statemachine.conversation import Draft, KnownTrade
from statemachine.trade import TradeFields
from tests.rule_reply_examples import RULE_EXAMPLES

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
ASK = draft(TradeFields(symbol="NQ", position_size=Decimal(2)))
WHICH = draft(
    TradeFields(exit_price=Decimal(18290)),
    kind="close",
    choices=(HELD, known(replace(OPEN, direction="short", symbol="ES", entry_price=Decimal("5321.25")), 102)),
)
DAY = {"trade_date": "2026-03-23", "daily_pnl": 1187.5, "trades_taken": 2}
ROW = {
    "symbol": "NQ", "direction": "long", "position_size": Decimal(2), "entry_price": Decimal(18250),
    "exit_price": Decimal(18290), "pnl": Decimal(1600), "pnl_origin": "computed", "created_at": NOW,
    "audit_status": "audited", "compliance_score": Decimal("66.67"), "is_open": False,
    "rules_followed": 2, "rules_violated": 1, "rules_unclear": 0,
}  # fmt: skip
VERDICTS = [
    ("Always use a stop", "followed", "Stop at 18,230.", True),
    ("Never more than 1 contract", "violated", "2 contracts were traded.", True),
    ("Only trade A+ setups", "unclear", "Nothing was said of the setup.", False),
]

# fmt: off
EXAMPLES: tuple[tuple[str, dict[str, Any], str], ...] = (
    # key, data, what the trader sees: title, text, [buttons]
    ("confirm", {"drafts": (draft(STOPPED),)}, """
        Is this right?
        Long 2 NQ
        18,250 → 18,290 · stop 18,230
        P&L +$1,600.00 computed · NQ $20/pt
        Risk to the stop $800.00 · +2R
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (draft(replace(OPEN, take_profit=Decimal("18310.50"))),)}, """
        Is this right?
        Long 2 NQ
        in at 18,250, open · target 18,310.50
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (draft(replace(LEFT, pnl=Decimal(1500)), twin=True, by_model=True),)}, """
        Is this right?
        Long 2 NQ
        18,250 → 18,290
        P&L: you said +$1,500.00, your prices give +$1,600.00 (NQ $20/pt). Yours will be saved. To save the other, type: pnl 1600.00
        You recorded the same trade a short while ago: again, or the same?
        Read by the language model: check the numbers.
        [Again] [The same] [Edit]"""),
    ("confirm", {"drafts": (draft(replace(LEFT, commissions=Decimal("8.4"), entry_time=NOW, note="late\n entry")),)}, """
        Is this right?
        Long 2 NQ
        18,250 → 18,290
        P&L +$1,600.00 computed · NQ $20/pt
        After commissions +$1,591.60
        In 14:05 · commissions $8.40
        Note: late entry
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (draft(replace(SAID, pnl=Decimal(1500), pnl_basis="net", commissions=Decimal(8))),)}, """
        Is this right?
        Long 2 NQ
        18,250 → 18,290
        P&L after commissions: you said +$1,500.00, your prices give +$1,592.00 (NQ $20/pt). Yours will be saved. To save the other, type: pnl 1592.00 net
        Commissions $8.00
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (draft(replace(LEFT, exit_price=Decimal(1825), stop_loss=Decimal(18330))),)}, """
        Is this right?
        Long 2 NQ
        18,250 → 1825 · stop 18,330
        P&L -$657,000.00 computed · NQ $20/pt
        The stop 18,330 is above the entry of a long.
        18,250 → 1825 is 90% away: a typo?
        This P&L is larger than your account of $50,000.00.
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (CLOSE,)}, """
        Close long 2 NQ from 18,250 at 18,290?
        P&L +$1,600.00 computed · NQ $20/pt
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (CLOSE.changed(fields=replace(LEFT, position_size=Decimal(1))),)}, """
        Close long 1 of 2 NQ from 18,250 at 18,290?
        P&L +$800.00 computed · NQ $20/pt
        [Confirm] [Cancel] [Edit]"""),
    ("confirm", {"drafts": (CLOSE.changed(fields=replace(LEFT, position_size=Decimal(3))),)}, """
        Close long 3 NQ from 18,250 at 18,290?
        P&L +$2,400.00 computed · NQ $20/pt
        This is more than you hold.
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
    ("planned", {"trades": (replace(OPEN, position_size=None),)}, """
        A plan: Long NQ · at 18,250
        I journal trades once they are taken: send it when you are filled."""),
    ("nothing_open", {"fields": TradeFields(symbol="ES", exit_price=Decimal(5300))}, """
        I have no open trade in ES to close.
        If it is not in the journal yet, send the whole trade.
        Example: long 2 nq 18250 > 18290 stop 18230"""),
    ("unknown_account", {"account": "apx2"}, """
        I know no account @apx2. You have @main.
        To add it: /account add apx2 50000"""),
    ("account_stays", {"trade": HELD, "account": "apex2"}, """
        Long 2 NQ is recorded on @main, and a recorded trade stays on its account. To move it: /undo, then record it again with @apex2."""),
    ("dropped", {"drafts": (draft(),)}, """
        Dropped, nothing was saved: Long 2 NQ · 18,250 → 18,290 · +$1,600.00 computed"""),
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
        Long 2 NQ · 18,250 → 18,290 · stop 18,230"""),
    ("recorded", {"draft": draft(replace(LEFT, position_size=None)), "change_id": 7}, """
        Recorded
        Long NQ · 18,250 → 18,290
        No P&L: the day and its limits do not count this one. To add it, answer here: pnl +250
        [Undo]"""),
    ("recorded", {"draft": draft(), "trade_id": UUID(int=1), "change_id": 7, "pnl": Decimal(1600), "pnl_origin": "computed", "day": DAY,
                  "guards": (Guard("daily_loss", Decimal(0), Decimal(2000), Decimal(2000), "ok"),
                             Guard("trades", Decimal(2), Decimal(2), Decimal(0), "warn"))}, """
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
    ("trade_gone", {"draft": EDIT}, """
        It is no longer in your journal, nothing was changed: Long 2 NQ · 18,250 → 18,290 · P&L +$1,600.00"""),
    ("undone", {"change": {"kind": "record", "fields": SAID, "id": 7}, "trade_id": UUID(int=1), "day": DAY}, """
        Taken back, no longer in your journal: Long 2 NQ · 18,250 → 18,290 · P&L +$1,600.00
        23 Mar: +$1,187.50, 2 trades
        [Redo]"""),
    ("undone", {"change": {"kind": "close", "fields": OPEN, "id": 7}}, """
        Taken back, open again: Long 2 NQ · in at 18,250, open
        [Redo]"""),
    ("redone", {"change": {"kind": "edit", "fields": SAID, "id": 7}}, """
        Changed again: Long 2 NQ · 18,250 → 18,290 · P&L +$1,600.00
        [Undo]"""),
    ("nothing_to_undo", {}, "There is nothing to take back."),
    ("nothing_to_redo", {}, "There is nothing to bring back."),
    ("trades", {"trades": [ROW, ROW | {"pnl_origin": "said", "audit_status": "pending"},
                           ROW | {"is_open": True, "pnl": None, "exit_price": None, "audit_status": "pending"}]}, """
        Your last trades
        1. Long 2 NQ · +$1,600.00 computed · 14:05 · ✓ 2 ✗ 1 · score 66.7
        2. Long 2 NQ · +$1,600.00 · 14:05 · not judged yet
        3. Long 2 NQ · in at 18,250, open · 14:05

        A chart for one of them? Answer its message here with the picture."""),
    ("no_trades", {}, """
        No trades yet. Send your first one.
        Example: long 2 nq 18250 > 18290 stop 18230"""),
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
    ("picture_refused", {"reason": "too_large", "limit_mb": 5}, """
        The picture is too large: at most 5 MB. A screenshot is enough."""),
    ("attachment_unsupported", {"kind": "voice"}, "I cannot listen to voice messages. Please type the trade."),
    ("skipped", {"trades": (known(),)}, "No chart for NQ +$1,600.00, then. I judge without."),
    ("skipped", {"trades": (known(),) * 4}, "No chart, then. I judge the trades without."),
    ("audit", {"trade": known(), "verdicts": VERDICTS, "score": Decimal(50)}, """
        Your rules on NQ +$1,600.00
        1 of 2 judged rules followed, 1 unclear · score 50, weighed by severity
        ✗ Never more than 1 contract
           2 contracts were traded.
        ? Only trade A+ setups
           Nothing was said of the setup. (judged by the model)
        ✓ Always use a stop
        [Disagree]"""),
    ("audit", {"trade": known(), "verdicts": VERDICTS, "score": Decimal(50), "note": "no_credits"}, """
        Your rules on NQ +$1,600.00
        1 of 2 judged rules followed, 1 unclear · score 50, weighed by severity
        ✗ Never more than 1 contract
           2 contracts were traded.
        ? Only trade A+ setups
        ✓ Always use a stop
        Only what can be computed was checked: your free audits of this month are used up.
        [Disagree]"""),
    ("audit", {"trade": known(), "verdicts": VERDICTS[:1], "score": Decimal(100)}, """
        Your rules on NQ +$1,600.00
        1 of 1 rules followed · score 100
        ✓ Always use a stop
        [Disagree]"""),
    ("audit", {"trade": known(), "verdicts": [("Only A+ setups", "unclear", "", False)], "score": None}, """
        Your rules on NQ +$1,600.00
        None of your rules could be decided from what I know.
        ? Only A+ setups
        [Disagree]"""),
    ("audit_skipped", {"trade": known(), "trade_id": known().trade_id}, """
        NQ +$1,600.00 was not judged: you have no active rules. To add one: /rules add always use a stop"""),
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
    ("warned_elsewhere", {"platform": "discord", "guards": (Guard("daily_loss", Decimal(900), Decimal(1000), Decimal(100), "warn"),)}, """
        Your limits, after a trade on Discord
        Careful, daily loss: only $100.00 of $1,000.00 left
        Based on the closed trades you logged."""),
    ("link_declined", {}, "Not linked, nothing was changed. If somebody sent you that link, ignore it."),
    ("unlinked", {"platform": "email"}, """
        Your chat on e-mail no longer writes your journal. What was waiting there is dropped; recorded trades stay. To come back, send /link there with a new code."""),
    ("unlink_nothing", {"platform": "fax"}, "No chat on fax is linked to your journal."),
    ("help", {"commands": [("trades", "Your latest trades"), ("undo", "Take the last change back")]}, """
        Write a trade as you would to a friend
        Example: long 2 nq 18250 > 18290 stop 18230
        I show what I understood, you confirm, then send the chart.

        /trades Your latest trades
        /undo Take the last change back"""),
    ("asked", {}, "I cannot answer that. I record your trades and check them against your rules; see /help."),
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
    ("not_allowed", {"event": "Confirmed", "state": "idle"}, """
        There is nothing to confirm.
        Send me a trade, for example: long 2 nq 18250 > 18290 stop 18230"""),
    ("flooded", {"limit": 30}, """
        That is more than 30 messages in a minute, so I did not read the last one. Wait a minute, then send it again."""),
    ("apology", {}, """
        I could not handle that message. It is kept, and nothing was changed. Please say it differently."""),
    ("group_hint", {}, "A journal is private: write to me in a direct chat."),
    ("settings_word", {}, """
        What was waiting in this chat could not be read, so I have cleared it. Recorded trades are untouched. Please send the trade again."""),
    *RULE_EXAMPLES,
)
# fmt: on
