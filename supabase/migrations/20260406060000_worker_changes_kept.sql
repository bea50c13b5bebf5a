-- What undo keeps. Why: a trade that was taken back and brought again had lost its pictures after the first, as only the
-- first stands in the trade's own row; and what undo keeps of every trade grew for good, while nobody takes back what they
-- wrote a year ago.

-- What pruning looks for: what was done, or taken back, longest ago.
create index changes_age on worker.changes ((coalesce(undone_at, created_at)));

-- A trade whole, as undo keeps it: its row, its facts with its account, its legs and the days they count on, the
-- trader's own verdicts, and its further pictures; null when there is none.
create or replace function worker.trade_snapshot(p_user uuid, p_trade uuid) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
    return (
        select jsonb_build_object(
            'trade', to_jsonb(t) - 'daily_tracking_id',
            'facts', to_jsonb(f) - 'account_day_id',
            'day', case when f.account_id is null
                   then (select d.trade_date from public.daily_tracking d
                         where d.id = t.daily_tracking_id and d.user_id = p_user)
                   else (select d.trade_date from worker.account_days d
                         where d.id = f.account_day_id and d.user_id = p_user) end,
            'legs', coalesce((
                select jsonb_agg(to_jsonb(l) - array['daily_tracking_id', 'account_day_id']
                                     || jsonb_build_object('day', coalesce(d.trade_date, a.trade_date))
                                 order by l.created_at, l.id)
                from worker.trade_legs l
                left join public.daily_tracking d on d.id = l.daily_tracking_id and d.user_id = p_user
                left join worker.account_days a on a.id = l.account_day_id and a.user_id = p_user
                where l.trade_id = t.id and l.user_id = p_user), '[]'::jsonb),
            'overrides', coalesce((
                select jsonb_agg(to_jsonb(v) order by v.created_at, v.id)
                from public.trade_rule_verdicts v join public.trading_rules r on r.id = v.rule_id and r.user_id = p_user
                where v.trade_id = t.id and v.is_overridden), '[]'::jsonb),
            'pictures', coalesce((
                select jsonb_agg(jsonb_build_object('path', p.path, 'quality', p.quality, 'created_at', p.created_at)
                                 order by p.id)
                from worker.trade_pictures p where p.trade_id = t.id and p.user_id = p_user), '[]'::jsonb))
        from public.trades t left join worker.trade_facts f on f.trade_id = t.id and f.user_id = p_user
        where t.id = p_trade and t.user_id = p_user);
end $$;

-- Lay a patch of a snapshot over a trade, which is made where it does not exist. Keys that are absent stay as they are.
-- The account is that of a new trade's facts; one that exists keeps its own.
create or replace function worker.put_trade(p_user uuid, p_trade uuid, p_patch jsonb) returns void
language plpgsql set search_path = '' as $$
declare
    row_ public.trades;
    facts worker.trade_facts;
    other uuid;                                  -- the account, where it is not the default one
    is_new boolean;
begin
    select * into row_ from public.trades t where t.id = p_trade and t.user_id = p_user for update;
    is_new := not found;
    if is_new then
        row_.source_type := 'journal';
        row_.audit_status := 'pending';
        row_.has_overrides := false;
        row_.created_at := clock_timestamp();  -- not now(): trades of one message keep their order
    end if;
    -- A trade that is brought back has lost its verdicts but the trader's own: it is judged anew.
    row_ := jsonb_populate_record(row_, (p_patch -> 'trade') - array[
        'daily_tracking_id', 'audit_status', 'audit_result', 'audit_provider', 'compliance_score', 'has_overrides',
        'rules_followed', 'rules_violated', 'rules_unclear']);
    row_.id := p_trade;
    row_.user_id := p_user;
    if p_patch ? 'add_commissions' then
        row_.commissions := coalesce(row_.commissions, 0) + (p_patch ->> 'add_commissions')::numeric;
    end if;
    select * into facts from worker.trade_facts f where f.trade_id = p_trade and f.user_id = p_user;
    if found then
        other := facts.account_id;
    else
        facts.is_open := false;
        facts.pnl_basis := 'gross';
        facts.created_at := clock_timestamp();
        other := case when row_.daily_tracking_id is null then (p_patch #>> '{facts,account_id}')::uuid end;
    end if;
    if other is not null then
        row_.daily_tracking_id := null;
    end if;
    if p_patch ? 'day' and p_patch ->> 'day' is null then   -- as other writers left it
        row_.daily_tracking_id := null;
        facts.account_day_id := null;
    elsif p_patch ? 'day' and other is null then
        row_.daily_tracking_id := worker.ensure_day(p_user, (p_patch ->> 'day')::date);
    elsif p_patch ? 'day' then
        facts.account_day_id := worker.ensure_account_day(p_user, other, (p_patch ->> 'day')::date);
    end if;
    insert into public.trades select row_.*
    on conflict (id) do update set
        daily_tracking_id = excluded.daily_tracking_id, symbol = excluded.symbol, direction = excluded.direction,
        entry_price = excluded.entry_price, exit_price = excluded.exit_price, entry_time = excluded.entry_time,
        exit_time = excluded.exit_time, position_size = excluded.position_size, stop_loss = excluded.stop_loss,
        take_profit = excluded.take_profit, pnl = excluded.pnl, commissions = excluded.commissions
    where trades.user_id = p_user;
    if not found then
        raise exception 'trade % is not one of this profile', p_trade using errcode = 'insufficient_privilege';
    end if;

    if is_new then
        insert into public.trade_rule_verdicts
        select v.* from jsonb_populate_recordset(null::public.trade_rule_verdicts,
                                                 coalesce(p_patch -> 'overrides', '[]')) v
        join public.trading_rules r on r.id = v.rule_id and r.user_id = p_user
        where v.trade_id = p_trade and v.is_overridden;
        insert into worker.trade_pictures (trade_id, user_id, path, quality, created_at)
        select p_trade, p_user, picture ->> 'path', picture ->> 'quality', (picture ->> 'created_at')::timestamptz
        from jsonb_array_elements(coalesce(p_patch -> 'pictures', '[]')) with ordinality p (picture, place)
        order by place
        on conflict do nothing;
    end if;

    facts := jsonb_populate_record(facts, coalesce(nullif(p_patch -> 'facts', 'null'), '{}') - 'account_day_id');
    facts.trade_id := p_trade;
    facts.user_id := p_user;
    facts.account_id := other;
    insert into worker.trade_facts select facts.*
    on conflict (trade_id) do update set
        is_open = excluded.is_open, open_size = excluded.open_size, pnl_basis = excluded.pnl_basis,
        pnl_origin = excluded.pnl_origin, initial_stop = excluded.initial_stop, note = excluded.note,
        account_day_id = excluded.account_day_id;

    if p_patch ? 'legs' then
        delete from worker.trade_legs l where l.trade_id = p_trade;
    end if;
    -- Legs that are brought back keep their ids and their order.
    insert into worker.trade_legs (
        id, trade_id, user_id, size, exit_price, pnl, exit_time, daily_tracking_id, account_day_id, created_at)
    select coalesce((leg ->> 'id')::uuid, gen_random_uuid()), p_trade, p_user, (leg ->> 'size')::numeric,
           (leg ->> 'exit_price')::numeric, (leg ->> 'pnl')::numeric, (leg ->> 'exit_time')::timestamptz,
           case when leg ->> 'day' is not null and other is null
                then worker.ensure_day(p_user, (leg ->> 'day')::date) end,
           case when leg ->> 'day' is not null and other is not null
                then worker.ensure_account_day(p_user, other, (leg ->> 'day')::date) end,
           coalesce((leg ->> 'created_at')::timestamptz, clock_timestamp())
    from jsonb_array_elements(coalesce(p_patch -> 'legs', '[]') || coalesce(p_patch -> 'add_leg', '[]'::jsonb)) leg;
    if p_patch ? 'add_leg' then
        perform worker.sum_legs(p_trade);
    end if;

    -- An open trade is not judged: one that is open again loses what was judged of its close.
    update public.trades t set
        audit_status = 'pending', audit_result = null, audit_provider = null, compliance_score = null,
        rules_followed = null, rules_violated = null, rules_unclear = null
    from worker.trade_facts f
    where t.id = p_trade and t.user_id = p_user and t.audit_status <> 'pending' and f.trade_id = t.id and f.is_open;
    if found then
        delete from public.trade_rule_verdicts v where v.trade_id = p_trade and not v.is_overridden;
    end if;
end $$;
