-- Changes of recorded trades that the chat had no way to make. Why: who recorded a trade on the wrong account, or one that
-- never was, had to take back everything since; now a trade is moved or deleted, and that is a change like any other:
-- its days are computed anew, and undo takes it back.

alter table worker.changes drop constraint changes_kind_check;
alter table worker.changes add constraint changes_kind_check check (kind in ('record', 'close', 'edit', 'delete'));

create index changes_deleted_copies on worker.changes (user_id, (before #>> '{facts,copy_of}'))
    where kind = 'delete' and before #>> '{facts,copy_of}' is not null;

-- As before, with the trade's marks; a patch whose facts name an account moves the trade there, with its day and those of
-- its parts.
create or replace function worker.put_trade(p_user uuid, p_trade uuid, p_patch jsonb) returns void
language plpgsql set search_path = '' as $$
declare
    row_ public.trades;
    facts worker.trade_facts;
    other uuid;                                  -- the account, where it is not the default one
    is_new boolean;
    moved boolean := false;
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
        if p_patch -> 'facts' ? 'account_id' or p_patch -> 'facts' = 'null' then
            other := (p_patch #>> '{facts,account_id}')::uuid;
        end if;
        moved := other is distinct from facts.account_id;
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
        facts.account_day_id := null;
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
        account_day_id = excluded.account_day_id, account_id = excluded.account_id;

    if p_patch ? 'marks' then
        perform worker.put_marks(p_user, p_trade, p_patch -> 'marks');
    end if;

    if moved and not p_patch ? 'legs' then                  -- each part on its day, of the other account
        with days as (
            select l.id, coalesce(d.trade_date, a.trade_date) as day
            from worker.trade_legs l
            left join public.daily_tracking d on d.id = l.daily_tracking_id and d.user_id = p_user
            left join worker.account_days a on a.id = l.account_day_id and a.user_id = p_user
            where l.trade_id = p_trade and l.user_id = p_user)
        update worker.trade_legs l set
            daily_tracking_id = case when other is null then worker.ensure_day(p_user, days.day) end,
            account_day_id = case when other is not null then worker.ensure_account_day(p_user, other, days.day) end
        from days where l.id = days.id and days.day is not null;
    end if;
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

-- As before, with {"kind": delete, "trade_id"}; after it there is no trade until it is taken back. Days of both accounts
-- are computed where a trade was moved.
create or replace function worker.apply_changes(p_user uuid, p_changes jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
    change jsonb;
    kept worker.changes;
    before jsonb;
    after jsonb;
    side jsonb;
    touched date[];
    accounts uuid[] := '{}';                     -- of the touched days, in step with them
    dates date[] := '{}';
    of uuid;
    first date;
    done jsonb := '[]';
begin
    for change in select * from jsonb_array_elements(p_changes) loop
        if change ->> 'kind' in ('undo', 'redo') then
            if change ->> 'kind' = 'undo' then
                select * into kept from worker.changes c where c.user_id = p_user and c.undone_at is null
                    and (change ->> 'id' is null or c.id = (change ->> 'id')::bigint)
                    and (c.kind = 'delete') <> exists (
                        select from public.trades t where t.id = c.trade_id and t.user_id = p_user)
                    and not exists (select from worker.changes s where s.user_id = p_user and s.trade_id = c.trade_id
                                        and s.id > c.id and s.undone_at is null)
                order by c.id desc limit 1 for update;
            else
                -- what was undone last, as long as the same trade was not changed since
                select * into kept from worker.changes c where c.user_id = p_user and c.undone_at is not null
                    and (change ->> 'id' is null or c.id = (change ->> 'id')::bigint)
                    and (c.kind = 'record') <> exists (
                        select from public.trades t where t.id = c.trade_id and t.user_id = p_user)
                    and not exists (select from worker.changes s where s.user_id = p_user and s.trade_id = c.trade_id
                                        and (s.undone_at > c.undone_at or s.id > c.id and s.undone_at is null))
                order by c.undone_at desc, c.id limit 1 for update;
            end if;
            continue when not found;
            before := worker.trade_snapshot(p_user, kept.trade_id);
            after := case change ->> 'kind' when 'undo' then kept.before else kept.after end;
            if jsonb_typeof(after) = 'object' then
                perform worker.put_trade(p_user, kept.trade_id, after);
            else
                after := null;
                delete from public.trades t where t.id = kept.trade_id and t.user_id = p_user;
            end if;
            -- what is brought again is what was taken back, with the chart and whatever else came to it meanwhile
            kept.undone_at := case change ->> 'kind' when 'undo' then clock_timestamp() end;
            kept.after := case change ->> 'kind' when 'undo' then before else kept.after end;
            if kept.kind = 'delete' and change ->> 'kind' = 'redo' then
                kept.before := before;
            end if;
            update worker.changes c set undone_at = kept.undone_at, before = kept.before, after = kept.after
            where c.id = kept.id;
        else
            before := worker.trade_snapshot(p_user, (change ->> 'trade_id')::uuid);
            if before is null and change ->> 'kind' <> 'record' then
                done := done || jsonb_build_array(jsonb_build_object('id', null, 'trade_id', change ->> 'trade_id'));
                continue;
            end if;
            if change ->> 'kind' = 'delete' then
                delete from public.trades t where t.id = (change ->> 'trade_id')::uuid and t.user_id = p_user;
            else
                perform worker.put_trade(p_user, (change ->> 'trade_id')::uuid, change -> 'patch');
            end if;
            after := worker.trade_snapshot(p_user, (change ->> 'trade_id')::uuid);
            insert into worker.changes (user_id, kind, trade_id, before, after)
            values (p_user, change ->> 'kind', (change ->> 'trade_id')::uuid, before, after) returning * into kept;
        end if;
        foreach side in array array[before, after] loop      -- an edit may move it to another account
            touched := array(select worker.snapshot_days(side));
            of := side #>> '{facts,account_id}';
            dates := dates || touched;
            accounts := accounts || array_fill(of, array[coalesce(cardinality(touched), 0)]);
        end loop;
        done := done || jsonb_build_array(jsonb_build_object(
            'id', kept.id, 'kind', change ->> 'kind', 'of', kept.kind, 'trade_id', kept.trade_id,
            'before', before, 'after', after));
    end loop;
    for of, first in select account, min(day) from unnest(accounts, dates) t (account, day) group by account loop
        perform worker.recompute(p_user, of, first);
    end loop;
    return jsonb_build_object(
        'changes', done,
        'days', coalesce((
            select jsonb_agg(day order by day -> 'trade_date') from (
                select to_jsonb(d)
                    || jsonb_build_object('highest', worker.highest_before(p_user, null, d.trade_date)) as day
                from public.daily_tracking d
                where d.user_id = p_user
                  and d.trade_date in (select t.day from unnest(accounts, dates) t (account, day) where t.account is null)
                union all
                select to_jsonb(d)
                    || jsonb_build_object('highest', worker.highest_before(p_user, d.account_id, d.trade_date))
                from worker.account_days d
                where d.user_id = p_user
                  and (d.account_id, d.trade_date) in (select t.account, t.day from unnest(accounts, dates) t (account, day))
            ) days), '[]'::jsonb));
end $$;

-- As before; of deletions, those of the copies that were deleted with it.
create or replace function worker.changes_together(p_user uuid, p_change bigint) returns setof bigint
language plpgsql stable set search_path = '' as $$
begin
    return query
    select other.id from worker.changes this
    join worker.changes other
        on other.user_id = this.user_id and other.id <> this.id and other.kind = this.kind
       and other.created_at = this.created_at
       and other.after #>> '{facts,copy_of}' = this.after #>> '{facts,copy_of}'
    where this.id = p_change and this.user_id = p_user and this.kind <> 'delete'
    union all
    select other.id from worker.changes this
    join worker.changes other
        on other.user_id = this.user_id and other.id <> this.id and other.kind = 'delete'
       and other.created_at = this.created_at
       and other.before #>> '{facts,copy_of}' = this.before #>> '{facts,copy_of}'
    where this.id = p_change and this.user_id = p_user and this.kind = 'delete'
    order by 1;
end $$;
