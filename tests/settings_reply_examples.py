"""What is seen of /help, /settings and the first questions; as in reply_examples.py."""

from typing import Any

SETTINGS_EXAMPLES: list[tuple[str, dict[str, Any], str]] = [
    (
        "help",
        {},
        """
        Write a trade as you would to a friend
        Example: long 2 nq 18250 > 18290 stop 18230
        I show what I understood, you confirm, then send the chart.

        /help trades: report, correct, take back
        /help figures: how your days and weeks went
        /help charts: the same as pictures
        /help rules: what your trades are judged by
        /help accounts: accounts, balance, limits
        /help settings: time zone, language, messages
        /help data: files in and out, sharing
        [Trades] [Figures] [Charts] [Rules]
        [Accounts] [Settings] [Data]""",
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
]
