"""The English notes on the suggestions of bot/trading/firms.py."""

from typing import Final

FIRMS: Final = {
    # ---- what a suggestion leaves out, or knows otherwise
    "firm.note.open_pnl": "The firm counts open positions, commissions and swaps too; the journal sees closed trades "
    "only.",
    "firm.note.four_days": "At least 4 trading days.",
    "firm.note.three_days": "At least 3 profitable days.",
    "firm.note.midnight_floor": "The floor is set each midnight from the highest end-of-day balance. A third party "
    "says that it stops at the initial balance, the firm's text does not, so it does not stop here.",
    "firm.note.best_day": "Best day at most 50% of the profit: not met is no breach.",
    "firm.note.best_day_mffu": "Best day at most 50% (help.myfundedfutures.com): not met is no breach.",
    "firm.note.best_day_net": "Best day at most 50% of the net profit, at least 5 days: not met is no breach.",
    "firm.note.combine_daily": "Sources disagree whether a Combine still has a daily loss limit ($1,000, $2,000 or "
    "$3,000, a pause until the next session, in older ones), so it is left out.",
    "firm.note.combine_consistency": "They disagree on consistency too (best day 40% or 50%).",
    "firm.note.equity_floor": "The floor trails the highest equity, open profit included; the journal sees closed "
    "trades only.",
    "firm.note.apex_since": "Plans since March 2026 differ (a choice of trailing at day's end or within the day) and "
    "are not listed here.",
    "firm.note.consistency_30": "Consistency 30% at payout.",
    "firm.note.floor_unconfirmed": "Where the floor stops, and when the day starts, no source confirms: here it does "
    "not stop.",
    "firm.note.funded_floor": "The floor trails within the day once funded, and open profit counts; the journal sees "
    "closed trades only.",
    "firm.note.day_floor": "The floor trails within the day, and open profit counts; the journal sees closed trades "
    "only.",
    "firm.note.no_amount": "The drawdown trails the end-of-day balance; its amount is not in the source: set yours "
    "from your dashboard.",
    "firm.note.no_amount_locked": "The drawdown trails the end-of-day balance and stops $100 above the account size; "
    "its amount is not in the source: set yours from your dashboard.",
    "firm.note.daily_rises": "The daily limit rises to the drawdown's size from 6% profit on.",
    "firm.note.no_daily_25k": "A 25K account has no daily limit.",
    "firm.note.equity_daily": "The daily loss is of the higher of equity and balance at the day's start; the journal "
    "knows the balance only.",
    "firm.note.soft_daily": "The daily loss is a pause, not the end.",
    "firm.note.no_target": "The target is not in the source.",
    "firm.note.no_targets": "The targets are not in the source.",
    "firm.note.floating": "Floating P&L counts; the journal sees closed trades only.",
    "firm.note.other_drawdown": "One source gives $3,000 for the 50K drawdown in place of $2,000.",
    "firm.note.no_floor_stop": "Where the floor stops is not in the sources.",
    # ---- when its source was written
    "firm.dated.undated": "undated",
    "firm.dated.amounts_older": "undated; the amounts older",
    "firm.dated.before_march": "plans bought before 1 March 2026",
    "firm.dated.may_march": "May 2026; the amounts March 2026",
    "firm.dated.help_centre": "undated copy of the help centre",
    "firm.dated.january_may": "January to May 2026",
    "firm.dated.february_may": "February to May 2026",
    # ---- who else says so
    "firm.beside.target": "{named}; the target: {other}",
    "firm.beside.amounts": "{named}; the amounts: {other}",
    "firm.beside.partner": "{named}; the firm's partner {other}",
    # ---- when the day starts
    "firm.day.server": "midnight of the firm's server (GMT+2, in summer GMT+3)",
}
