"""What is seen of the web app's tables: announcements, free audits, what is shared; as in reply_examples.py."""

# ruff: noqa: E501

from decimal import Decimal
from typing import Any
from uuid import UUID

from statemachine.conversation import KnownTrade
from statemachine.trade import TradeFields

NEWS = {
    "announcement_id": UUID(int=7),
    "title": "Weekly digests",
    "body": "Every Sunday.\n\nSee  Settings.",
    "kind": "info",
}
TRADE = TradeFields(
    symbol="NQ", direction="long", position_size=Decimal(2), entry_price=Decimal(18250), exit_price=Decimal(18290),
    stop_loss=Decimal(18230), pnl=Decimal(1600),
)  # fmt: skip
LINES = [
    ("Every trade has a stop", "followed", "The stop was 18230.", True),
    ("Risk no more than $500 per trade", "violated", "The risk was $800.00.", True),
]
TRIED = {
    "fields": TRADE,
    "pnl_computed": True,
    "verdicts": LINES,
    "score": Decimal("33.33"),
    "note": None,
    "own_rules": False,
    "cut": False,
}
STATS = {"kind": "trade", "symbol": "NQ", "direction": "long", "month": "2026-03", "outcome": "win", "r": "2.00",
         "rules": {"followed": 2, "violated": 1, "unclear": 0}, "score": "66.67"}  # fmt: skip

KNOWN = KnownTrade(trade_id=UUID(int=101), fields=TRADE)

# fmt: off
WEB_EXAMPLES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("announcement", NEWS, """
        Weekly digests
        Every Sunday.
        See Settings.
        No more of these: /announcements off
        [Dismiss]"""),
    ("announcement", NEWS | {"kind": "feature", "body": ""}, """
        New: Weekly digests
        No more of these: /announcements off
        [Dismiss]"""),
    ("announcement", NEWS | {"kind": "warning", "title": "\u202eFees\x00 \n rise", "body": "a\u2066b\x1bc"}, """
        ⚠ Fees rise
        abc
        No more of these: /announcements off
        [Dismiss]"""),
    ("announcement_dismissed", {}, "Dismissed, on your other chats too."),
    ("announcements", {"wanted": True}, "Announcements come into your chats. No more of them: /announcements off"),
    ("announcements", {"wanted": False}, "No announcements come into your chats. To have them again: /announcements on"),
    ("referral_rewarded", {"free_audits": 4}, "A trader you referred has logged and audited a first trade: you have 1 more free audit, 4 in all."),
    ("stranger", {"may_try": True}, """
        Hello, I am Vigil
        I keep your trading journal right here in the chat: you write a trade, I check it against your rules.

        To begin:
        1. Open the web app, Settings, Journal, and get a code.
        2. Send it here: /link VGL-XXXX (the code works for 10 minutes)

        Or see first what I do, once a day: /try long 2 nq 18250 > 18290 stop 18230"""),
    ("try_how", {"trouble": "unclear", "understood": TradeFields(symbol="NQ", direction="long"), "missing": ("entry_price",)}, """
        I cannot read one whole trade from that. Your free audit is not used up.
        Understood: Long NQ
        Still needed: entry price (or the P&L)
        Send: /try long 2 nq 18250 > 18290 stop 18230
        Below it, or behind a semicolon: up to 5 rules of yours, like Never more than 1 contract"""),
    ("try_used", {}, "That was your free audit of today; the next one is from midnight UTC. To go on now, link this chat to your account: /link VGL-XXXX"),
    ("try_unavailable", {}, "Free audits are not offered here. To begin, link this chat to your account: /link VGL-XXXX"),
    ("try_linked", {}, "This chat has a journal: write the trade just so, and its audit follows."),
    ("try_claimed", {}, "The free audit of this chat is kept in your account."),
    ("trying", {"rules": 2}, "2 rules need judgement: I am asking the language model, that takes up to half a minute."),
    ("tried", TRIED, """
        Your free audit
        Long 2 NQ · 18,250 → 18,290 · stop 18,230 · P&L +$1,600.00
        The P&L is computed from your prices.
        1 of 2 rules followed · score 33.3, weighed by severity
        2. ✗ Risk no more than $500 per trade
           The risk was $800.00.
        1. ✓ Every trade has a stop
        These rules are examples; your own go below the trade, one a line.

        This is kept for 24 hours, and is yours for good once you link this chat: /link VGL-XXXX with a code from the web app, Settings, Journal."""),
    ("tried", TRIED | {"note": "over_budget", "own_rules": True, "cut": True, "verdicts": [("Only A+ setups", "unclear", "", False)], "score": None, "pnl_computed": False}, """
        Your free audit
        Long 2 NQ · 18,250 → 18,290 · stop 18,230 · P&L +$1,600.00
        None of your rules could be decided from what I know.
        1. ? Only A+ setups
        Only what can be computed was checked: today's judging for visitors is used up.
        Only the first 1 rules were checked.

        This is kept for 24 hours, and is yours for good once you link this chat: /link VGL-XXXX with a code from the web app, Settings, Journal."""),
    ("share_preview", {"trade": KNOWN, "summary": "Long NQ", "percent": Decimal("3.20"), "stats": STATS, "checksum": "0" * 16}, """
        Share Long NQ? Everybody with the link will see:
        Mar 2026 · a win · +3.20% of the account · +2.00R
        Rules: ✓ 2 ✗ 1 ? 0
        Score 66.7
        Not your name, account, prices, size, money, notes, rules or the day.
        [Share] [No]"""),
    ("share_preview", {"trade": KNOWN, "summary": "Trade", "percent": None, "stats": {"kind": "trade", "outcome": "loss"}, "checksum": "0" * 16}, """
        Share Trade? Everybody with the link will see:
        a loss
        Not your name, account, prices, size, money, notes, rules or the day.
        No percentage, as the account's size is not known: /account main size 50000
        [Share] [No]"""),
    ("share_refused", {"reason": "open"}, "That trade is still open: it can be shared once it is closed."),
    ("share_refused", {"reason": "full", "most": 100}, "100 trades are shared already, so this one was not. Take one back first: /unshare"),
    ("share_declined", {}, "Nothing was shared."),
    ("shared", {"summary": "Long NQ", "link": "https://app.example.com/r/abc", "result_hash": "abc"}, """
        Shared: Long NQ
        https://app.example.com/r/abc
        To take it back: /unshare"""),
    ("shared", {"summary": "Long NQ", "link": None, "result_hash": "abc"}, """
        Shared: Long NQ
        The web app shows it under this code: abc
        To take it back: /unshare"""),
    ("shares", {"shares": [(UUID(int=number), "Long NQ", "2026-03" if number > 1 else None) for number in range(1, 12)]}, """
        What you share
        1. Long NQ
        2. Long NQ, Mar 2026
        3. Long NQ, Mar 2026
        4. Long NQ, Mar 2026
        5. Long NQ, Mar 2026
        6. Long NQ, Mar 2026
        7. Long NQ, Mar 2026
        8. Long NQ, Mar 2026
        9. Long NQ, Mar 2026
        And 2 more.
        Take back one: /unshare 1 · all: /unshare all
        [Take back 1] [Take back 2] [Take back 3]
        [Take back 4] [Take back 5] [Take back 6]
        [Take back 7] [Take back 8] [Take back 9]"""),
    ("unshared", {"count": 1, "summary": "Long NQ"}, "Taken back: Long NQ. Its link leads nowhere now."),
    ("unshared", {"count": 3}, "Taken back: 3 trades. Their links lead nowhere now."),
    ("unshare_refused", {"reason": "none"}, "You share nothing. To show a trade: /share"),
)
# fmt: on
