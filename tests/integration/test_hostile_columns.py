"""Clients write their own rows: whatever stands there, every command is answered and every audit ends."""

from pathlib import Path
from uuid import UUID

import pytest

from tests.auditing import COMPUTED, JUDGED, add_rules
from tests.journaling import Person, journaling

SAID = (
    "/trades", "/limits", "/balance", "/payout 10", "/rules", "/rules history 1", "/rules edit 1 max 2 trades a day",
    "/account", "/audit", "/override", "short 1 es 5300 > 5290", "yes", "/skip", "/limits set daily 500",
    "/balance 51000 peak 52000", "/rest yesterday", "/undo",
)  # fmt: skip
LONG_NUMBER = "1e5000::numeric"
DEEP = "(repeat('[', 3000) || repeat(']', 3000))::jsonb"
"""Both are read by PostgreSQL and refused by Python's reader of JSON."""
ROWS = {
    "a trade of enormous figures": f"update public.trades set entry_price = {LONG_NUMBER}, pnl = -{LONG_NUMBER}",
    "a trade of no figures": "update public.trades set pnl = 'NaN', entry_price = 'Infinity', position_size = 'NaN'",
    "a trade before Christ": "update public.trades set entry_time = '4000-01-01 BC', exit_time = '4000-01-01 BC'",
    "a trade of the far future": "update public.trades set entry_time = '200000-01-01', exit_time = '200000-01-02'",
    "a trade made at no time": "update public.trades set created_at = 'infinity'",
    "a trade made before Christ": "update public.trades set created_at = '4000-01-01 BC'",
    "a result of nested lists": f"update public.trades set audit_result = {DEEP}",
    "a result of a long number": "update public.trades set audit_result = '{\"verdicts\": 1e5000}'",
    "a day of no figures": """update public.daily_tracking set starting_balance = 'NaN', ending_balance = 'NaN',
        daily_pnl = 'NaN', max_equity_high = 'NaN', drawdown_used = 'Infinity', compliance_score = 'NaN'""",
    "a day of enormous figures": f"""update public.daily_tracking set starting_balance = {LONG_NUMBER},
        ending_balance = {LONG_NUMBER}, max_equity_high = {LONG_NUMBER}""",
    "a day that never comes": "update public.daily_tracking set trade_date = 'infinity'",
    "a day that never was": "update public.daily_tracking set trade_date = '-infinity'",
    "a day before Christ": "update public.daily_tracking set trade_date = '4000-01-01 BC'",
    "a day of the far future": "update public.daily_tracking set trade_date = '5000000-01-01'",
    "limits of long numbers": f"""update public.profiles set account_size = -1, max_drawdown_pct = {LONG_NUMBER},
        profit_target_pct = {LONG_NUMBER}, daily_loss_limit_pct = 'NaN', daily_loss_type = repeat('x', 100000)""",
    "preferences of nested lists": f"update public.profiles set journal_preferences = {DEEP}",
    "preferences of a long number": "update public.profiles set journal_preferences = '{\"currency\": 1e5000}'",
    "a rule made before Christ": "update public.trading_rules set created_at = '4000-01-01 BC', version = null",
    "verdicts of other words": """update public.trade_rule_verdicts set is_overridden = true, severity = 'awful',
        original_verdict = 'x', created_at = 'infinity'""",
}


@pytest.mark.parametrize("rows", ROWS)
async def test_odd_rows_silence_nothing(dsn: str, tmp_path: Path, trader: UUID, rows: str) -> None:
    async with journaling(dsn, tmp_path, jobs=True, sweep_seconds=0.2) as journal:
        ann = await Person(journal, "4001").binds(trader)
        await journal.db.execute("update public.profiles set account_size = 50000, daily_loss_limit_pct = 2")
        await add_rules(journal.db, trader, COMPUTED, JUDGED, "Max 3 trades a day", "Wait 15 minutes after a loss")
        await ann.records()
        await journal.db.execute(ROWS[rows])
        answers = {text: await ann.writes(text) for text in SAID}
        assert [text for text, replies in answers.items() if not replies] == []
        assert await journal.rows("select error from worker.inbox where status = 'failed'") == []
        failed = "select traceback from worker.pgqueuer_log where status::text in ('exception', 'failed')"
        assert await journal.rows(failed) == []
