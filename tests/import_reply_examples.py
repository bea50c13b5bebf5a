"""What is seen of periods and of files that come in; as in reply_examples.py."""

# ruff: noqa: E501

from datetime import date
from typing import Any
from uuid import UUID

from statemachine.message import File

OCTOBER = {"first": date(2025, 10, 1), "last": date(2025, 10, 31)}
ZIP = File("exports/7.zip", "vigil.zip")

ID = UUID(int=7)
NEW: dict[str, Any] = {
    "outcome": "ready", "label": "Tradovate", "holds": "trades", "zone": "America/New_York", "trades": 2, "matches": 1,
    "known": 3, "open_fills": 0, "accounts": ["APEX-1", "APEX-2"], "days": 2, "first": "2026-03-16", "last": "2026-03-17",
    "net": "1350", "computed": 1, "without_result": [["XYZ", 2]], "missing": [], "dates_open": False, "dates_guessed": "mdy",
    "columns": [],
    "skipped": [["no_trade", 7, [3, 9, 12, 15, 20]], ["formula", 1, [31]]],
}  # fmt: skip
ASKED = {
    "label": "CSV",
    "missing": ["side", "exit_price"],
    "dates_open": True,
    "columns": [["When", "5/6/2026"], ["=cmd", ""]],
}

IMPORT_EXAMPLES: list[tuple[str, dict[str, Any], str]] = [
    ("period_refused", {"reason": "unknown", "said": "soonish"}, """
        I do not know the period “soonish”.
        Say for example: today, last week, october, last 30 days, ytd or 2026-10-01..2026-10-15"""),
    ("period_refused", {"reason": "no_week", "said": "week 60"}, """
        There is no such week: “week 60”.
        Say for example: today, last week, october, last 30 days, ytd or 2026-10-01..2026-10-15"""),
    ("period_refused", {"reason": "no_date", "said": "2026-02-30"}, """
        There is no such day: “2026-02-30”.
        Say for example: today, last week, october, last 30 days, ytd or 2026-10-01..2026-10-15"""),
    ("export_begun", OCTOBER, """
        I am putting 1 Oct 2025 – 31 Oct 2025 of your journal into a file: trades, verdicts, days, plans, messages and charts of these days; rules and accounts whole. It comes here as a ZIP in a few minutes."""),
    ("export_ready", {**OCTOBER, "platform": "telegram", "megabytes": 45, "file": ZIP, "trades": 31, "put": 1, "left_out": 0, "missing": 0}, """
        Your journal as a file
        1 Oct 2025 – 31 Oct 2025: 31 trades, and all that belongs to these days, as CSV and as JSON.
        1 chart picture is in it."""),
    ("export_ready", {"first": date(2026, 3, 23), "last": date(2026, 3, 23), "platform": "telegram", "megabytes": 45, "file": ZIP, "trades": 0, "put": 0, "left_out": 0, "missing": 0}, """
        Your journal as a file
        23 Mar: no trades. What else belongs to these days is in it, as CSV and as JSON."""),
    ("import_help", {}, """
        Trades from your broker's file
        Send me the CSV that your broker exports, as a file: Tradovate, NinjaTrader, MetaTrader 4 and 5, TradingView, Rithmic, cTrader, or any other with a row for each trade or fill. I show what is in it before anything is saved.
        A caption can name the account and the zone of its times: @apex2, zone New York"""),
    ("import_begun", {"more": 1, "unread": "long 2 nq 18250"}, """
        Reading your file. I show what is in it before anything is saved.
        One file at a time: only the first is read. Send the others after it.
        Of what stands beside it I read nothing else: “long 2 nq 18250”. A trade is a message of its own."""),
    ("import_already", {"status": "undone"}, "That file is taken back already."),
    ("import_under_way", {}, "I am still reading your last file. Send this one again when that is done."),
    ("import_preview", {"summary": NEW, "import_id": ID, "account": "apex2"}, """
        Tradovate: a file with trades
        2 new trades on 2 days, 16 Mar – 17 Mar
        Net P&L +$1,350.00
        3 trades are in your journal already
        Times read as America/New York. Others? /import zone New York
        Dates read as month/day. Others? /import dates d/m
        1 P&L computed from its prices
        2 trades without a P&L: I do not know what a point of XYZ is worth
        It holds several accounts of your broker: APEX-1 and APEX-2
        Left out: 7× no trade (lines 3, 9, 12, 15, 20…)
        Left out: a formula, which I do not run (line 31)
        For your account @apex2
        Nothing is saved yet.
        1 of them you told me already: with Save it becomes one with yours.
        [Save 2]
        [Save all as new]
        [Do not save]"""),
    ("import_preview", {"summary": {**NEW, "trades": 0, "known": 2, "net": None, "computed": 0, "without_result": [], "accounts": [], "skipped": []}, "import_id": ID, "account": "main"}, """
        Tradovate: a file with trades
        2 trades are in your journal already
        There is nothing new to save."""),
    ("import_preview", {"summary": {**NEW, "trades": 0, "known": 0, "holds": "fills", "open_fills": 1, "net": None, "computed": 0, "without_result": [], "accounts": [], "skipped": []}, "import_id": ID, "account": "main"}, """
        Tradovate: a file with trades
        1 fill is still open at the end of the file: a later file closes it
        No trade was closed. Keep the open fills for your next file?
        [Keep] [Do not save]"""),
    ("import_question", {"summary": ASKED}, """
        Which column is what?
        1. When: 5/6/2026
        2. =cmd
        I could not find: side and exit
        Is the day or the month first in its dates? dates d/m or dates m/d
        Example: /import side 1, exit 2, dates d/m
        Is it not there? Export the file again with such a column."""),
    ("import_unread", {"said": "colour 3", "columns": [["When", ""]]}, """
        I did not understand “colour 3”. Name columns by their number or name.
        1. When
        Example: /import symbol 2, side 3, pnl 7, time 1"""),
    ("import_unread", {"said": "zone Mars", "columns": []}, "I did not understand “zone Mars”. Say for example /import zone New York, or /import dates d/m"),
    ("import_refused", {"reason": "xlsx"}, "This is an Excel workbook. Open it, save it as CSV, and send me that."),
    ("import_saving", {"count": 20000}, "Saving 20000 trades. It takes a moment."),
    ("import_saved", {"import_id": ID, "label": "Rithmic", "trades": 12, "merged": 2}, """
        Rithmic: saved
        12 trades are in your journal.
        2 that you had told me are one with your broker's now.
        They are not checked against your rules. To check one: /audit and its number in /trades
        [Undo]"""),
    ("import_saved", {"import_id": ID, "label": "Rithmic", "trades": 0, "merged": 0}, """
        Rithmic: saved
        No trade was closed. The open fills wait for your next file.
        [Undo]"""),
    ("import_undone", {"import_id": ID, "label": "Rithmic", "trades": 0, "merged": 0, "kept": 0}, """
        Rithmic: taken back
        The open fills of that file are forgotten.
        [Redo]"""),
    ("import_undone", {"import_id": ID, "label": "Rithmic", "trades": 12, "merged": 1, "kept": 2}, """
        Rithmic: taken back
        12 trades are gone again.
        1 of yours is as you had told it.
        2 that you changed since stay.
        [Redo]"""),
    ("import_failed", {}, "I could not do that with your file. Your journal is untouched, and whoever runs it can see that this failed. Try again later."),
    ("import_dropped", {}, "Nothing was saved of that file."),
    ("import_stale", {}, "That file waits no more. Send it again to see what is new in it."),
]  # fmt: skip
