"""What is seen of /help, /settings and the first questions; as in reply_examples.py."""

# ruff: noqa: E501

from datetime import time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bot.accounts import Account
from bot.reminding.wishes import Quiet, Wishes
from bot.trading.day import DayStart
from bot.trading.limits import AccountLimits
from bot.trading.places import City

NEW_YORK = ZoneInfo("America/New_York")
ACCOUNT = Account(
    currency="USD",
    limits=AccountLimits(account_size=Decimal(50_000)),
    zone=NEW_YORK,
    day_start=DayStart(NEW_YORK, 18),
    wants_pictures=True,
    warned_on=frozenset(),
)
PORTLANDS = (
    City("Portland", "US-OR", "America/Los_Angeles", 652),
    City("Portland", "US-ME", "America/New_York", 66),
)

SETTINGS_EXAMPLES: list[tuple[str, dict[str, Any], str]] = [
    (
        "help",
        {},
        """
        Write a trade as you would to a friend
        Example: long 2 nq 18250 > 18290 stop 18230
        I show what I understood, you confirm, then send the chart.

        /help trades: report, correct, take back
        /help notes: tags, setup, mood, notes
        /help figures: how your days and weeks went
        /help charts: the same as pictures
        /help rules: what your trades are judged by
        /help accounts: accounts, balance, limits
        /help settings: time zone, language, messages
        /help data: files in and out, sharing
        [Trades] [Notes] [Figures] [Charts]
        [Rules] [Accounts] [Settings] [Data]""",
    ),
    (
        "help_page",
        {"theme": "trades", "commands": [("trades", "Your latest trades"), ("undo", "Take the last change back")]},
        """
        Trades
        No command is needed to report one: long 2 nq 18250 > 18290
        Later: out 18290 · stop was 18230 · it was 3 contracts

        /trades Your latest trades
        /undo Take the last change back""",
    ),
    (
        "settings",
        {"account": ACCOUNT, "preferences": {"timezone": "America/New_York"}},
        """
        Your settings
        Time zone: New York, 14:05 there now
        Language: English
        Charts: I ask for one after each trade
        Auto-confirm: off, I always ask
        Messages: summary 21:00, digest Sunday and streak reminder
        @main · $50,000 · day from 18:00 New York

        Example: /settings zone berlin
        [Time zone] [Language] [Account]
        [Limits] [Messages]
        [Ask for no charts] [Auto-confirm]""",
    ),
    (
        "settings",
        {
            "account": ACCOUNT,
            "preferences": {
                "auto_confirm": True,
                "notifications": dict.fromkeys(("summary", "digest", "streak"), False),
            },
        },
        """
        Your settings
        Time zone: New York, 14:05 there now
        Language: English
        Charts: I ask for one after each trade
        Auto-confirm: on for clear reports
        Messages: none
        @main · $50,000 · day from 18:00 New York

        Example: /settings zone berlin
        [Time zone] [Language] [Account]
        [Limits] [Messages]
        [Ask for no charts] [Always ask me]""",
    ),
    (
        "settings_refused",
        {"reason": "quiet", "example": "/settings quiet 22:00-07:00"},
        """
        From when to when? Two different times, or off.
        Example: /settings quiet 22:00-07:00""",
    ),
    (
        "settings_zone",
        {"zone": NEW_YORK},
        """
        Time zone: New York, 14:05 there now
        Write your city, as in: I'm in Berlin. Where your app can, send me your location instead.
        [New York] [Chicago]
        [London] [Berlin]""",
    ),
    (
        "zone_set",
        {"zone": "Europe/Berlin", "before": None},
        """
        Your time zone is Berlin now, it is 19:05 there.""",
    ),
    (
        "zone_set",
        {"zone": "Europe/Berlin", "before": "America/New_York"},
        """
        Your time zone is Berlin now, it is 19:05 there.
        Recorded trades keep their day.
        [Back to New York]""",
    ),
    (
        "zone_unclear",
        {"said": "portland", "cities": PORTLANDS},
        """
        There is more than one portland. Which?
        Portland, OR: /settings zone America/Los_Angeles
        Portland, ME: /settings zone America/New_York
        [Portland, OR] [Portland, ME]""",
    ),
    (
        "zone_unknown",
        {"said": "mars", "offset": False},
        """
        I know no city or time zone mars. A larger city nearby does, too.
        Example: /settings zone berlin""",
    ),
    (
        "zone_unknown",
        {"said": "gmt+2", "offset": True},
        """
        An offset does not know when the clocks change. Write your city instead.
        Example: /settings zone berlin""",
    ),
    (
        "zone_nowhere",
        {},
        """
        I find no time zone there. Write your city, for example: /settings zone berlin""",
    ),
    (
        "settings_language",
        {"languages": ("en",), "unknown": False},
        """
        I speak English. Write for example: /settings language english
        [English]""",
    ),
    (
        "settings_language",
        {"languages": ("en",), "unknown": True},
        """
        That language I do not speak.
        I speak English. Write for example: /settings language english
        [English]""",
    ),
    (
        "language_set",
        {"language": "en"},
        """
        I speak English with you from now on.""",
    ),
    (
        "language_set",
        {"language": None},
        """
        I speak the language of your app from now on, where I know it.""",
    ),
    (
        "screenshots_set",
        {"on": True},
        """
        I ask for a chart after each trade again.
        [Ask for no charts]""",
    ),
    (
        "screenshots_set",
        {"on": False},
        """
        I ask for no charts any more. One that you send with a trade, or as an answer to it, is kept.
        [Ask for charts]""",
    ),
    (
        "auto_confirm_set",
        {"on": True},
        """
        A clear report is recorded at once, and its receipt has Undo. I still ask where I am not sure, where something does not fit, and for all that comes from a picture.
        [Always ask me]""",
    ),
    (
        "auto_confirm_set",
        {"on": False},
        """
        I show each trade and record it when you confirm.
        [Auto-confirm]""",
    ),
    (
        "auto_confirm_offer",
        {},
        """
        Five trades are in your journal. Fewer taps from now on? I can record clear reports at once, with Undo on the receipt, and stop asking for charts. It is all under /settings.
        [Auto-confirm] [Ask for no charts] [Leave it as it is]""",
    ),
    (
        "settings_messages",
        {"wishes": Wishes(kinds=frozenset({"summary", "streak"})), "changed": False},
        """
        What I tell you by myself
        summary 21:00: on
        digest Sunday: off
        streak reminder: on
        session close: off
        session open: off
        No quiet hours
        Announcements: on

        Example: /settings summary 21:30
        /settings digest fri · /settings quiet 22:00-07:00 · /settings announcements off
        [Summary off] [Digest on] [Streak off]
        [Close on] [Open on]""",
    ),
    (
        "settings_messages",
        {"wishes": Wishes(kinds=frozenset(), paused_until="forever"), "changed": False},
        """
        What I tell you by myself
        Paused: no summaries, reminders or news until you say /pause off. Whatever you write is answered as always.

        summary 21:00: off
        digest Sunday: off
        streak reminder: off
        session close: off
        session open: off
        No quiet hours
        Announcements: on

        Example: /settings summary 21:30
        /settings digest fri · /settings quiet 22:00-07:00 · /settings announcements off
        [Summary on] [Digest on] [Streak on]
        [Close on] [Open on]""",
    ),
    (
        "settings_messages",
        {
            "wishes": Wishes(
                kinds=frozenset({"open"}),
                summary_time=time(9, 30),
                digest_day=0,
                quiet=Quiet(time(22), time(7)),
                announcements=False,
            ),
            "changed": True,
        },
        """
        Set
        summary 09:30: off
        digest Monday: off
        streak reminder: off
        session close: off
        session open: on
        Quiet from 22:00 to 07:00
        Announcements: off

        Example: /settings summary 21:30
        /settings digest fri · /settings quiet 22:00-07:00 · /settings announcements off
        [Summary on] [Digest on] [Streak on]
        [Close on] [Open off]""",
    ),
    (
        "settings_account",
        {"account": ACCOUNT},
        """
        @main · $50,000 · day from 18:00 New York
        /settings size 50000 EUR · /settings start 18:00 New York
        More accounts, phase, firm: /account
        [Futures: 18:00 New York] [Forex: 17:00 New York]
        [Midnight CET] [Midnight, my time]
        [EUR] [GBP]""",
    ),
    (
        "onboarding",
        {"step": "zone", "account": ACCOUNT, "first": True},
        """
        1 of 3 · Where are you?
        Write your city, or send me your location where your app can. Clock times and days follow it.
        No need to answer: a trade you write is always read as one.
        [New York] [Chicago]
        [London] [Berlin]
        [Skip]""",
    ),
    (
        "onboarding",
        {"step": "day", "account": ACCOUNT},
        """
        2 of 3 · What do you trade?
        It decides when your trading day starts: choose, or write for example: 18:00 New York
        [Futures: 18:00 New York] [Forex: 17:00 New York]
        [Midnight CET] [Midnight, my time]
        [Skip]""",
    ),
    (
        "onboarding",
        {"step": "size", "account": ACCOUNT},
        """
        2 of 3 · How large is your account?
        Limits and risk are measured by it. Choose, or write for example: 50000 EUR
        [$25,000] [$50,000]
        [$100,000] [$150,000]
        [Skip]""",
    ),
    (
        "onboarding",
        {"step": "limits", "account": ACCOUNT},
        """
        3 of 3 · What are your limits?
        I have suggestions by firm; write for example: topstep 50k
        Or your own: /limits set daily 2%
        [FTMO] [Topstep]
        [Apex Trader Funding] [MyFundedFutures]
        [Tradeify] [The5ers]
        [FundedNext] [Take Profit Trader]
        [Skip]""",
    ),
    (
        "onboarding_done",
        {},
        """
        Ready
        Write your first trade: long 2 nq 18250 > 18290 stop 18230
        All of this can be changed: /settings""",
    ),
]
