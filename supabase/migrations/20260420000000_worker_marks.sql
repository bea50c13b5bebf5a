-- What a trader marks a trade with: hashtags, and its setup, mood and mistake. Why: the documents' trades have no columns
-- for these. The table stands in public: the web app shows its user's own rows; who writes is the worker, so that every
-- change of them can be taken back.

create table public.trade_marks (
    trade_id uuid primary key references public.trades (id) on delete cascade,
    user_id uuid not null references public.profiles (id) on delete cascade,
    tags text[] not null default '{}' check (cardinality(tags) <= 10),
    setup text,
    mood text,
    mistake text
);
create index trade_marks_user on public.trade_marks (user_id);

alter table public.trade_marks enable row level security;
create policy "Users see their own marks" on public.trade_marks for select to authenticated
    using ((select auth.uid()) = user_id);
revoke all on public.trade_marks from public, anon, authenticated, service_role;
grant select on public.trade_marks to authenticated;
grant select, insert, update, delete on public.trade_marks to service_role;

-- The marks of a trade as JSON; null where there are none.
create function worker.marks_of(p_user uuid, p_trade uuid) returns jsonb
language sql stable set search_path = ''
return (
    select jsonb_build_object('tags', nullif(m.tags, '{}'), 'setup', m.setup, 'mood', m.mood, 'mistake', m.mistake)
    from public.trade_marks m where m.trade_id = p_trade and m.user_id = p_user);

-- Write marks of a trade: keys that are absent stay as they are; null instead of an object takes all away.
create function worker.put_marks(p_user uuid, p_trade uuid, p_marks jsonb) returns void
language plpgsql set search_path = '' as $$
declare
    marks public.trade_marks;
begin
    if jsonb_typeof(p_marks) = 'object' then
        select * into marks from public.trade_marks m where m.trade_id = p_trade and m.user_id = p_user;
        marks := jsonb_populate_record(marks, p_marks - array['trade_id', 'user_id']);
        marks.tags := coalesce(marks.tags, '{}');
    end if;
    if marks.tags = '{}' and marks.setup is null and marks.mood is null and marks.mistake is null
            or marks.tags is null then
        delete from public.trade_marks m where m.trade_id = p_trade and m.user_id = p_user;
        return;
    end if;
    insert into public.trade_marks (trade_id, user_id, tags, setup, mood, mistake)
    values (p_trade, p_user, marks.tags, marks.setup, marks.mood, marks.mistake)
    on conflict (trade_id) do update set
        tags = excluded.tags, setup = excluded.setup, mood = excluded.mood, mistake = excluded.mistake
    where trade_marks.user_id = p_user;
end $$;

-- What the trader marked the latest 100 marked trades with: how often, the most frequent first, and of these the latest.
create function worker.usual_marks(p_user uuid) returns text
language plpgsql stable strict set search_path = '' as $$
begin
    return (
        select json_agg(json_build_object('kind', usual.kind, 'value', usual.value, 'trades', usual.trades)
                        order by usual.trades desc, usual.latest desc, usual.kind desc, usual.value)::text
        from (select marked.kind, (array_agg(marked.value order by marked.at desc))[1] as value,
                     count(*) as trades, max(marked.at) as latest
              from (select mark.kind, mark.value, latest.at
                    from (select m.*, t.created_at as at from public.trade_marks m
                          join public.trades t on t.id = m.trade_id and t.user_id = m.user_id
                          where m.user_id = p_user order by t.created_at desc limit 100) latest
                    cross join lateral (
                        select 'tag' as kind, unnest(latest.tags) as value
                        union all
                        select * from (values ('setup', latest.setup), ('mood', latest.mood),
                                              ('mistake', latest.mistake)) told (kind, value)
                        where told.value is not null) mark) marked
              group by marked.kind, lower(marked.value)
              order by count(*) desc, max(marked.at) desc limit 60) usual);
end $$;

comment on function worker.usual_marks(uuid) is
    'Of the latest 100 marked trades: [{"kind", "value", "trades"}] as text, at most 60; kind: tag, setup, mood, mistake.';

-- As before, with the note and the marks.
create or replace function worker.known_trade(t public.trades, f worker.trade_facts) returns json
language sql stable set search_path = ''
    return json_build_object(
        'trade_id', t.id,
        'fields', jsonb_build_object(
            'symbol', t.symbol, 'direction', t.direction, 'entry_price', t.entry_price::text,
            'exit_price', t.exit_price::text, 'position_size', t.position_size::text,
            'stop_loss', t.stop_loss::text, 'take_profit', t.take_profit::text, 'pnl', t.pnl::text,
            'commissions', t.commissions::text, 'pnl_basis', case when t.pnl is not null then f.pnl_basis end,
            'entry_time', t.entry_time, 'exit_time', t.exit_time,
            'account', (select a.name from worker.accounts a where a.id = f.account_id and a.user_id = t.user_id),
            'note', f.note) || coalesce(worker.marks_of(t.user_id, t.id), '{}'),
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

-- A trade whole, as undo keeps it: its row, its facts with its account, its legs and the days they count on, the
-- trader's own verdicts, its further pictures and its marks; null when there is none.
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
                from worker.trade_pictures p where p.trade_id = t.id and p.user_id = p_user), '[]'::jsonb),
            'marks', worker.marks_of(p_user, p_trade))
        from public.trades t left join worker.trade_facts f on f.trade_id = t.id and f.user_id = p_user
        where t.id = p_trade and t.user_id = p_user);
end $$;

revoke execute on function worker.marks_of(uuid, uuid), worker.put_marks(uuid, uuid, jsonb), worker.usual_marks(uuid)
    from public, anon, authenticated;
grant execute on function worker.marks_of(uuid, uuid), worker.put_marks(uuid, uuid, jsonb), worker.usual_marks(uuid)
    to service_role;
