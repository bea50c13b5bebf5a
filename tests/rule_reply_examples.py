"""What the trader sees of the rules, and where they disagree with an audit; as in reply_examples.py."""

# ruff: noqa: E501

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.rules.grade import NOTHING, TrackRecord
from bot.rules.kinds import StopSet
from bot.texts import View
from bot.texts.overriding import ShownVerdict
from bot.texts.reading_rules import described
from bot.texts.rules import ShownRule, ShownVersion
from bot.texts.words import Words
from statemachine.conversation import KnownTrade
from statemachine.trade import TradeFields

NOW = datetime(2026, 3, 23, 18, 5, tzinfo=UTC)
READING = described(Words.of(View("en", ZoneInfo("America/New_York"), "USD", NOW)), StopSet())
GRADED = TrackRecord(12, 3, Decimal("0.5833"), Decimal(120), Decimal(-340), "B")
STOP = ShownRule(
    number=1, id=UUID(int=1), text="Always use a stop", is_active=True, read_as="computed", check=StopSet(),
    digest="0" * 16, record=GRADED,
)  # fmt: skip
SETUPS = replace(
    STOP, number=2, id=UUID(int=2), text="Only  trade\nA+ setups", read_as="judged", check=None, record=NOTHING
)
PROPOSED = replace(SETUPS, read_as="proposed", check=StopSet(), record=TrackRecord(4, 1, None, None, Decimal(90), None))
PAUSED = replace(STOP, number=3, id=UUID(int=3), text="Only longs", is_active=False)
TRADE = KnownTrade(trade_id=UUID(int=101), fields=TradeFields(symbol="NQ", direction="long", pnl=Decimal(1600)))
BROKEN = ShownVerdict(
    number=2, trade_id=UUID(int=101), rule_id=UUID(int=4 << 64), rule="Never more than 1 contract", verdict="violated", evidence="2 contracts were traded.",
    original=None, reason=None,
)  # fmt: skip
YOURS = replace(BROKEN, verdict="followed", original="violated", reason="A fill error")
OPEN = replace(BROKEN, rule_id=UUID(int=5 << 64), number=3, rule="Only A+ setups", verdict="unclear", evidence="")

# fmt: off
RULE_EXAMPLES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("rules", {"rules": [STOP, PROPOSED, PAUSED], "page": 1, "pages": 1, "active": 2, "paused": 1, "judged": 100}, f"""
        Your rules: 2 active, 1 paused
        1. Always use a stop
           I check: {READING}
           Grade B · 12 trades · followed: won 58.3% · avg +$120.00 · broken 3 times: -$340.00
        2. Only trade A+ setups
           A reading is proposed, not confirmed yet: {READING}
           No grade yet, needs 1 more trade · 4 trades · broken once: +$90.00

        Paused:
        3. Only longs

        To add one: /rules add no trades after 11:30
        [Rule 1] [Rule 2] [Rule 3]"""),
    ("rules", {"rules": [SETUPS], "page": 2, "pages": 3, "active": 14, "paused": 0, "judged": 10}, """
        Your 14 rules
        2. Only trade A+ setups
           Left to the judge: the language model reads each trade for it.
           Not judged yet

        Trades are judged by the first 10 only: pause some.

        Page 2 of 3. To add one: /rules add no trades after 11:30
        [Rule 2]
        [Back] [More]"""),
    ("rule", {"rule": STOP, "last": 2, "can_propose": False}, f"""
        Rule 1
        Always use a stop

        I check: {READING}
        Grade B · 12 trades · followed: won 58.3% · avg +$120.00 · broken 3 times: -$340.00
        To reword it: /rules edit 1 …
        [Right] [Not what I meant]
        [Pause] [Down]"""),
    ("rule", {"rule": SETUPS, "last": 2, "can_propose": True}, """
        Rule 2
        Only trade A+ setups

        Left to the judge: the language model reads each trade for it.
        Not judged yet
        To reword it: /rules edit 2 …
        [Can you compute it?]
        [Pause] [Up]"""),
    ("no_rules", {}, """
        No rules yet
        Write them as you would say them, one per line:
        /rules add never risk more than 1% of the account"""),
    ("rules_added", {"added": [STOP]}, f"""
        Added
        1. Always use a stop
           I check: {READING}
        [Right] [Not what I meant]
        [Pause]"""),
    ("rules_added", {"added": [STOP, SETUPS], "known": [PAUSED], "too_long": ["x" * 1200], "beyond": ["Only NQ"], "asking": True}, f"""
        Added 2 rules
        1. Always use a stop
           I check: {READING}
        2. Only trade A+ setups
           Left to the judge: the language model reads each trade for it.
        I look whether what I cannot check yet can be computed after all, and ask you if so.
        You have it already, paused, as 3: Only longs
        Too long with 1200 characters, 1000 fit: {"x" * 39}…
        You have 100 active rules, the most there can be. Pause one, then add again: Only NQ
        [Rule 1] [Rule 2]"""),
    ("rules_added", {"added": [], "known": [STOP]}, """
        Nothing was added
        You have it already as 1: Always use a stop"""),
    ("rule_edited", {"rule": SETUPS, "before": "Only A setups", "asking": True}, """
        Changed, its grade starts anew
        2. Only trade A+ setups
           Left to the judge: the language model reads each trade for it.
        Before: Only A setups
        I look whether what I cannot check yet can be computed after all, and ask you if so.
        [Undo] [Pause]"""),
    ("rule_unchanged", {"rule": STOP}, "It says that already. 1. Always use a stop"),
    ("rule_taken_back", {"rule": STOP}, """
        As before: 1. Always use a stop
        [Rule 1]"""),
    ("rule_set", {"rule": PAUSED}, """
        Paused, trades are not judged by it: 3. Only longs
        [Resume]"""),
    ("rule_set", {"rule": STOP, "changed": False}, """
        It is active: 1. Always use a stop
        [Pause]"""),
    ("rule_moved", {"rule": STOP, "was": 4}, """
        Now number 1, was 4: Always use a stop
        [Undo] [Rules]"""),
    ("rule_read", {"rule": STOP, "right": True}, f"""
        Good, it counts from the next audit on. 1. Always use a stop
        I check: {READING}
        [Rule 1]"""),
    ("rule_read", {"rule": SETUPS, "right": False}, """
        Then I do not compute it: it is left to the judge. 2. Only trade A+ setups
        Other words may be read better: /rules edit 2 …
        [Rule 2]"""),
    ("rule_proposed", {"rule": PROPOSED}, f"""
        Is this what you mean?
        2. Only trade A+ setups
        I would check this rule by: {READING}
        Until you say so, the language model judges it.
        [Right] [Not what I meant]"""),
    ("rule_asking", {"rule": SETUPS}, "I look whether it can be computed, and ask you if so. 2. Only trade A+ setups"),
    ("rule_unproposed", {"rule": SETUPS, "reason": "none"}, """
        I know no check that says all of it and nothing else, so the language model goes on judging it. 2. Only trade A+ setups"""),
    ("rule_unproposed", {"rule": SETUPS, "reason": "failed"}, """
        The language model could not be asked whether it can be computed, so it stays left to the judge. Try again later. 2. Only trade A+ setups
        [Can you compute it?]"""),
    ("rule_unproposed", {"rule": SETUPS, "reason": "spent"}, """
        I could not look whether it can be computed: the language model was asked often enough for today. Try again tomorrow. 2. Only trade A+ setups
        [Can you compute it?]"""),
    ("rules_unproposed", {"reason": "failed"}, "The language model could not be asked whether it can be computed, so it is left to the judge. To try again: /rules, the rule, Can you compute it?"),
    ("rules_unproposed", {"reason": "spent"}, "I did not look whether it can be computed: the language model was asked often enough for today. To try tomorrow: /rules, the rule, Can you compute it?"),
    ("rule_history", {"number": 1, "versions": [ShownVersion(2, "Always use a stop", NOW, NOTHING), ShownVersion(1, "Use a stop", datetime(2025, 12, 1, tzinfo=UTC), GRADED)]}, """
        History of rule 1
        2, since 23 Mar: Always use a stop
           Not judged yet
        1, since 30 Nov 2025: Use a stop
           Grade B · 12 trades · followed: won 58.3% · avg +$120.00 · broken 3 times: -$340.00"""),
    ("rules_how", {"asked": "edit"}, "Say which rule, and how it shall read: /rules edit 2 max 3 trades a day"),
    ("rules_how", {"asked": "unknown", "text": "no fridays"}, """
        To add that as a rule: /rules add no fridays
        /rules lists your rules.
        /rules add no trades after 11:30
        /rules edit 2 max 3 trades a day
        /rules pause 2 · /rules resume 2
        /rules move 3 to 1 · /rules history 2"""),
    ("no_such_rule", {"number": 9, "count": 3}, "There is no number 9: your rules are 1 to 3."),
    ("rule_gone", {}, """
        That rule has changed since, so nothing was done.
        [Rules]"""),
    ("rules_full", {"most": 100}, """
        You have 100 active rules, the most there can be. Pause one first.
        [Rules]"""),
    ("rule_too_long", {"count": 1200, "most": 1000}, """
        That has 1200 characters, and a rule at most 1000. Nothing was changed."""),
    ("rule_known", {"rule": STOP}, """
        You have it already as 1: Always use a stop
        [Rule 1]"""),
    ("verdicts", {"trade": TRADE, "verdicts": [BROKEN, OPEN], "page": 1, "pages": 1}, """
        Which verdict on NQ +$1,600.00 is wrong?
        2. ✗ Never more than 1 contract
        3. ? Only A+ setups
        [No. 2] [No. 3]"""),
    ("verdicts", {"trade": TRADE, "verdicts": [YOURS], "page": 2, "pages": 3}, """
        Which verdict on NQ +$1,600.00 is wrong?
        2. ✓ Never more than 1 contract (your word)
        Page 2 of 3
        [No. 2]
        [Back] [More]"""),
    ("verdict", {"trade": TRADE, "verdict": BROKEN}, """
        Verdict 2 on NQ +$1,600.00
        2. ✗ Never more than 1 contract
        The audit says: violated
        2 contracts were traded.
        Tap what is right, or write it with your reason: /override 2 followed the news was moved
        [It was followed]"""),
    ("verdict", {"trade": TRADE, "verdict": YOURS}, """
        Verdict 2 on NQ +$1,600.00
        2. ✓ Never more than 1 contract (your word)
        You say: followed. The audit said: violated
        2 contracts were traded.
        Your reason: A fill error
        [Take it back]"""),
    ("verdict", {"trade": TRADE, "verdict": OPEN}, """
        Verdict 3 on NQ +$1,600.00
        3. ? Only A+ setups
        The audit says: unclear
        Tap what is right, or write it with your reason: /override 3 followed the news was moved
        [It was followed] [It was violated]"""),
    ("overridden", {"trade": TRADE, "verdict": replace(YOURS, reason=None), "outcome": "done", "before": Decimal(50), "after": Decimal(100)}, """
        2. Never more than 1 contract: now followed, on your word
        NQ +$1,600.00: score 50 → 100
        Why? Tap one, or write: /override 2 followed your reason
        [The facts were wrong]
        [The rule was misread]
        [A planned exception]
        [Take it back]"""),
    ("overridden", {"trade": TRADE, "verdict": YOURS, "outcome": "done", "before": Decimal(100), "after": Decimal(100)}, """
        2. Never more than 1 contract: now followed, on your word
        NQ +$1,600.00: score 100
        Your reason: A fill error
        [Take it back]"""),
    ("overridden", {"trade": TRADE, "verdict": OPEN, "outcome": "back", "before": Decimal(100), "after": None}, """
        3. Only A+ setups: unclear again, as the audit said
        NQ +$1,600.00: score 100 → none"""),
    ("overridden", {"trade": TRADE, "verdict": BROKEN, "outcome": "same"}, """
        2. Never more than 1 contract: it says violated already"""),
    ("override_none", {}, "No trade has been judged yet."),
    ("override_none", {"trade": TRADE}, "NQ +$1,600.00 has not been judged yet."),
    ("override_number", {"trade": TRADE, "number": 9, "count": 4}, """
        There is no number 9: NQ +$1,600.00 was judged by 4 rules.
        [Disagree]"""),
    ("override_how", {}, """
        To disagree with a verdict, name its number and what is right: /override 2 followed the news was moved. To take that back: /override 2 back"""),
    ("override_too_long", {"count": 501, "most": 500}, "The reason has 501 characters, 500 fit. Nothing was changed."),
    ("override_gone", {}, """
        That verdict is not there any more: the trade was judged again since. Nothing was changed."""),
)
# fmt: on
