-- The conversation knows which trading day a recorded trade counts on. Why: "out 10:05", answered to the receipt of
-- yesterday's trade, is yesterday's 10:05; dated by the answer it would move the trade to another day.

create or replace function worker.known_trade(t public.trades, f worker.trade_facts) returns json
language sql stable
    return json_build_object(
        'trade_id', t.id,
        'fields', json_build_object(
            'symbol', t.symbol, 'direction', t.direction, 'entry_price', t.entry_price::text,
            'exit_price', t.exit_price::text, 'position_size', t.position_size::text,
            'stop_loss', t.stop_loss::text, 'take_profit', t.take_profit::text, 'pnl', t.pnl::text,
            'commissions', t.commissions::text, 'pnl_basis', case when t.pnl is not null then f.pnl_basis end,
            'entry_time', t.entry_time, 'exit_time', t.exit_time,
            'account', (select a.name from worker.accounts a where a.id = f.account_id and a.user_id = t.user_id)),
        'is_open', coalesce(f.is_open, false),
        'open_size', f.open_size::text,
        'has_picture', t.screenshot_url is not null,
        'day', coalesce(
            (select a.trade_date from worker.account_days a where a.id = f.account_day_id and a.user_id = t.user_id),
            (select d.trade_date from public.daily_tracking d
             where d.id = t.daily_tracking_id and d.user_id = t.user_id)));
