"""/help by themes, /settings, and the first questions to a new trader."""

from typing import Final

SETTINGS: Final = {
    # ---- help
    "help.title": "Write a trade as you would to a friend",
    "help": "Example: {example}\nI show what I understood, you confirm, then send the chart.",
    "help.line": "/help {theme}: {about}",
    "help.command": "/{name} {description}",
    "help.about.trades": "report, correct, take back",
    "help.about.figures": "how your days and weeks went",
    "help.about.charts": "the same as pictures",
    "help.about.rules": "what your trades are judged by",
    "help.about.accounts": "accounts, balance, limits",
    "help.about.settings": "time zone, language, messages",
    "help.about.data": "files in and out, sharing",
    "help.page.trades": "No command is needed to report one: long 2 nq 18250 > 18290\n"
    "Later: out 18290 · stop was 18230 · it was 3 contracts",
    "help.page.figures": "Or ask in your words: what's my win rate on ES this month",
    "help.page.charts": "Of any period or symbol: /chart hours nq last month",
    "help.page.rules": "To begin: /rules add no trades after 11:30",
    "help.page.accounts": "A trade names its account: long 1 es 5300 @apex2",
    "help.page.settings": "All of them with their buttons: /settings",
    "help.page.data": "Your journal is yours: send a broker's file, take yours along.",
    "button.help.trades": "Trades",
    "button.help.figures": "Figures",
    "button.help.charts": "Charts",
    "button.help.rules": "Rules",
    "button.help.accounts": "Accounts",
    "button.help.settings": "Settings",
    "button.help.data": "Data",
}
