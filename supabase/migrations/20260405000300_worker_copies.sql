-- The same trade on several accounts. Why: who copies a trade to three accounts tells it once and takes it back once;
-- yet each account has a trade, days and limits of its own, and a copy that is changed alone stays what it is.

-- The first of the copies, on each of them; null: a trade by itself. No foreign key: the first may be taken back alone.
alter table worker.trade_facts add column copy_of uuid;
create index trade_facts_copies on worker.trade_facts (user_id, copy_of) where copy_of is not null;

create index changes_copies on worker.changes (user_id, (after #>> '{facts,copy_of}'))
    where after #>> '{facts,copy_of}' is not null;

-- The changes of a trade's copies that were made with a change of it: of the same kind, in the same transaction.
create function worker.changes_together(p_user uuid, p_change bigint) returns setof bigint
language plpgsql stable set search_path = '' as $$
begin
    return query
    select other.id from worker.changes this
    join worker.changes other
        on other.user_id = this.user_id and other.id <> this.id and other.kind = this.kind
       and other.created_at = this.created_at
       and other.after #>> '{facts,copy_of}' = this.after #>> '{facts,copy_of}'
    where this.id = p_change and this.user_id = p_user
    order by other.id;
end $$;

revoke execute on function worker.changes_together(uuid, bigint) from public, anon, authenticated;
grant execute on function worker.changes_together(uuid, bigint) to service_role;

-- As before, with the copies of a trade that are still there.
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
        'copies', case when f.copy_of is null then '[]'::json else (
            select coalesce(json_agg(o.trade_id order by o.created_at, o.trade_id), '[]') from worker.trade_facts o
            where o.user_id = f.user_id and o.copy_of = f.copy_of and o.trade_id <> t.id) end,
        'day', coalesce(
            (select a.trade_date from worker.account_days a where a.id = f.account_day_id and a.user_id = t.user_id),
            (select d.trade_date from public.daily_tracking d
             where d.id = t.daily_tracking_id and d.user_id = t.user_id)));
