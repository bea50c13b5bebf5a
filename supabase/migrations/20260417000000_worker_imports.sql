-- Trades from brokers' files. Why: a file is read by a job and shown before anything is saved; what was read waits here,
-- is saved in one transaction, and is known afterwards: the same file, or one that overlaps it, brings nothing twice.
-- What was saved can be taken back as a whole and brought again.

-- A file of a broker that nobody listed still becomes a connection.
alter table public.broker_connections drop constraint broker_connections_broker_type_check;
alter table public.broker_connections add constraint broker_connections_broker_type_check check (broker_type in (
    'metatrader4', 'metatrader5', 'tradovate', 'ctrader', 'rithmic', 'dxtrade', 'match_trader', 'ninjatrader',
    'tradingview', 'other'));

create table worker.imports (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.profiles (id) on delete cascade,
    account_id uuid references worker.accounts (id) on delete cascade,   -- null: the default account
    platform text not null,
    account text not null,
    chat_id text not null,
    status text not null default 'reading'
        check (status in ('reading', 'asking', 'ready', 'saving', 'saved', 'undone', 'dropped')),
    attachment jsonb not null,                   -- the file, by its durable handle
    told jsonb not null default '{}',            -- what the trader said of it: zone, dates, columns
    summary jsonb,                               -- what was read, without its trades
    merging boolean not null default true,       -- a trade that the journal has already is one with it
    connection_id uuid references public.broker_connections (id) on delete set null,
    asked_at timestamptz not null default now(),
    saved_at timestamptz,
    undone_at timestamptz
);
create unique index imports_one_at_a_time on worker.imports (user_id) where status = 'reading';
create index imports_user on worker.imports (user_id, asked_at desc);
create index imports_account on worker.imports (account_id) where account_id is not null;
create index imports_connection on worker.imports (connection_id) where connection_id is not null;
create index imports_unsaved on worker.imports (asked_at) where status in ('reading', 'asking', 'ready', 'saving', 'dropped');

create table worker.import_trades (
    import_id uuid not null references worker.imports (id) on delete cascade,
    number integer not null,
    user_id uuid not null references public.profiles (id) on delete cascade,
    trade_id uuid not null default gen_random_uuid(),
    trade jsonb not null,                        -- figures as text, times in UTC; fills: by key, the size taken of each
    same_as uuid,                                -- the trade of the journal that it is
    before jsonb,                                -- that trade as it was, once they are one
    primary key (import_id, number)
);
create index import_trades_user on worker.import_trades (user_id);

create table worker.import_fills (
    import_id uuid not null references worker.imports (id) on delete cascade,
    key text not null,
    user_id uuid not null references public.profiles (id) on delete cascade,
    fill jsonb not null,
    primary key (import_id, key)
);
create index import_fills_user on worker.import_fills (user_id);

-- A streak looks at each day for one trade that was judged: of a thousand imported ones that were not, it read them all.
create index trades_audited_day on public.trades (daily_tracking_id)
    where audit_status = 'audited' and daily_tracking_id is not null;

-- What earlier imports of a trader brought, by broker: the external ids, what trades took of each fill, and the fills of
-- which something is left.
create function worker.imported(p_user uuid) returns jsonb
language sql stable set search_path = '' as $$
with saved as (
    select i.id, i.summary ->> 'broker' as broker from worker.imports i where i.user_id = p_user and i.status = 'saved'),
ids as (
    select c.broker_type as broker, jsonb_agg(t.external_id) as ids
    from public.trades t
    join public.broker_connections c on c.id = t.source_connection_id and c.user_id = p_user
    where t.user_id = p_user and t.external_id is not null group by c.broker_type),
mine as (select t.id from public.trades t where t.user_id = p_user and t.external_id is not null),
taken as (
    select saved.broker, part.key, sum(part.value::numeric) as size
    from saved join worker.import_trades it on it.import_id = saved.id and it.user_id = p_user
    cross join lateral jsonb_each_text(it.trade -> 'fills') part (key, value)
    where case when it.before is null then it.trade_id else it.same_as end in (select id from mine)
    group by saved.broker, part.key),
fills as (
    select distinct on (saved.broker, f.key) saved.broker, f.key, f.fill
    from saved join worker.import_fills f on f.import_id = saved.id and f.user_id = p_user
    order by saved.broker, f.key),
rests as (                                       -- no join: of what is made here the planner knows no size
    select broker, key, sum(size) as rest, (array_agg(fill) filter (where fill is not null))[1] as fill
    from (select broker, key, (fill ->> 'size')::numeric as size, fill from fills
          union all select broker, key, -size, null from taken) sizes
    group by broker, key),
left_open as (
    select broker, jsonb_agg(fill || jsonb_build_object('key', key, 'rest', rest::text)) as open
    from rests where rest > 0 and fill is not null group by broker),
used as (
    select broker, jsonb_object_agg(key, size::text) as used from taken group by broker)
select coalesce(jsonb_object_agg(broker, jsonb_build_object('ids', ids.ids, 'used', used.used, 'open', left_open.open)), '{}')
from ids full join used using (broker) full join left_open using (broker)
$$;

-- The trades of an account, as far as they can be compared with a broker's; clients write them, too.
create function worker.comparable_trades(p_user uuid, p_account uuid) returns jsonb
language sql stable set search_path = '' as $$
select coalesce(jsonb_agg(jsonb_build_object(
    'id', t.id, 'symbol', left(t.symbol, 40), 'direction', t.direction,
    'size', nullif(t.position_size, 'NaN')::text, 'entry_price', nullif(t.entry_price, 'NaN')::text,
    'exit_price', nullif(t.exit_price, 'NaN')::text, 'pnl', nullif(t.pnl, 'NaN')::text,
    'entry_time', t.entry_time, 'exit_time', t.exit_time,
    -- found by its id alone: with the trader in the join the planner may go through all their days for each trade
    'day', coalesce(case when d.user_id = p_user then d.trade_date end, case when ad.user_id = p_user then ad.trade_date end),
    'own', t.external_id is null, 'external_id', t.external_id)), '[]')
from public.trades t
left join worker.trade_facts f on f.trade_id = t.id and f.user_id = p_user
left join public.daily_tracking d on d.id = t.daily_tracking_id
left join worker.account_days ad on ad.id = f.account_day_id
where t.user_id = p_user and f.account_id is not distinct from p_account and t.symbol <> ''
  and t.direction in ('long', 'short')
  and coalesce(t.entry_time, 'epoch') between '1900-01-01' and '2199-12-31'
  and coalesce(t.exit_time, 'epoch') between '1900-01-01' and '2199-12-31'
  and not exists (select from worker.trade_legs l where l.trade_id = t.id)
$$;

-- The connection that a broker's files come through, made where there is none.
create function worker.file_connection(p_user uuid, p_summary jsonb, p_account uuid) returns uuid
language plpgsql set search_path = '' as $$
declare
    name text := (p_summary ->> 'label') || ' file'
        || coalesce(' @' || (select a.name from worker.accounts a where a.id = p_account and a.user_id = p_user), '');
    v_id uuid;
begin
    insert into public.broker_connections as c (user_id, broker_type, auth_type, display_name, status)
    values (p_user, p_summary ->> 'broker', 'file_upload', name, 'active')
    on conflict (user_id, broker_type, display_name) do update set status = 'active', error_message = null
    returning c.id into v_id;
    return v_id;
end $$;

-- A trade of the file and one of the journal become one: the journal's words stand, what they lack is the broker's.
create function worker.merge_import(p_user uuid, p_import uuid, p_number integer, p_connection uuid) returns boolean
language plpgsql set search_path = '' as $$
declare
    ours worker.import_trades;
    was jsonb;
    known public.trades;
    said boolean;
begin
    select * into ours from worker.import_trades it
    where it.import_id = p_import and it.number = p_number and it.user_id = p_user;
    select * into known from public.trades t
    where t.id = ours.same_as and t.user_id = p_user and t.external_id is null for update;
    was := worker.trade_snapshot(p_user, known.id);
    if was is null or jsonb_array_length(was -> 'legs') > 0 then
        return false;
    end if;
    said := known.pnl is not null and was #>> '{facts,pnl_origin}' is distinct from 'computed';
    perform worker.put_trade(p_user, known.id, jsonb_build_object(
        'trade', jsonb_build_object(
            'entry_price', coalesce(known.entry_price, (ours.trade ->> 'entry_price')::numeric),
            'exit_price', coalesce(known.exit_price, (ours.trade ->> 'exit_price')::numeric),
            'entry_time', coalesce(known.entry_time, (ours.trade ->> 'entry_time')::timestamptz),
            'exit_time', coalesce(known.exit_time, (ours.trade ->> 'exit_time')::timestamptz),
            'position_size', coalesce(known.position_size, (ours.trade ->> 'position_size')::numeric),
            'commissions', coalesce(known.commissions, (ours.trade ->> 'commissions')::numeric),
            'pnl', case when said then known.pnl else coalesce((ours.trade ->> 'pnl')::numeric, known.pnl) end),
        'facts', jsonb_build_object('is_open', false, 'open_size', null)
            || case when said or ours.trade ->> 'pnl' is null then '{}'::jsonb
               else jsonb_build_object('pnl_basis', ours.trade ->> 'pnl_basis', 'pnl_origin', ours.trade ->> 'pnl_origin') end,
        'day', ours.trade ->> 'day'));
    update public.trades t set external_id = ours.trade ->> 'external_id', source_connection_id = p_connection
    where t.id = known.id and t.user_id = p_user;
    update worker.import_trades it set before = was where it.import_id = p_import and it.number = p_number;
    return true;
end $$;

-- Record the trades of a file, those that are settled or the rest; how many. Settled are those of days on which nobody
-- writes any more, with nothing to be one with: they are recorded before their trader's profile is locked. Who does write
-- on such a day meanwhile makes the saving begin anew.
create function worker.record_import(
    p_user uuid, p_import uuid, p_account uuid, p_connection uuid, p_merging boolean, p_settled boolean) returns integer
language plpgsql set search_path = '' as $$
declare
    days jsonb;                                  -- their ids, by date
    ids uuid[];
begin
    select jsonb_object_agg(day, case when p_account is null then worker.ensure_day(p_user, day::date)
                                 else worker.ensure_account_day(p_user, p_account, day::date) end)
    into days
    from (select distinct it.trade ->> 'day' as day from worker.import_trades it
          where it.import_id = p_import and it.user_id = p_user and it.before is null
            and ((it.trade ->> 'day')::date < current_date - 7 and not (p_merging and it.same_as is not null)) = p_settled
         ) named;

    -- Trades and days by their ids, not joined: of rows that were written a moment ago the planner knows nothing, and
    -- goes through all of them for each.
    with recorded as (
        insert into public.trades (
            id, user_id, daily_tracking_id, symbol, direction, entry_price, exit_price, entry_time, exit_time,
            position_size, stop_loss, take_profit, pnl, commissions, audit_status, source_type, source_connection_id,
            external_id, created_at)
        select it.trade_id, p_user, case when p_account is null then (days ->> (it.trade ->> 'day'))::uuid end,
               it.trade ->> 'symbol', it.trade ->> 'direction',
               (it.trade ->> 'entry_price')::numeric, (it.trade ->> 'exit_price')::numeric,
               (it.trade ->> 'entry_time')::timestamptz, (it.trade ->> 'exit_time')::timestamptz,
               (it.trade ->> 'position_size')::numeric, (it.trade ->> 'stop_loss')::numeric,
               (it.trade ->> 'take_profit')::numeric, (it.trade ->> 'pnl')::numeric,
               (it.trade ->> 'commissions')::numeric, 'skipped', 'csv_import', p_connection, it.trade ->> 'external_id',
               -- what was traded long ago is not among the latest
               least(now(), coalesce((it.trade ->> 'exit_time')::timestamptz, (it.trade ->> 'entry_time')::timestamptz,
                                     (it.trade ->> 'day')::date + interval '12 hours'))
        from worker.import_trades it
        where it.import_id = p_import and it.user_id = p_user and it.before is null
          and ((it.trade ->> 'day')::date < current_date - 7 and not (p_merging and it.same_as is not null)) = p_settled
        on conflict do nothing
        returning id)
    select array_agg(id) into ids from recorded;
    insert into worker.trade_facts (
        trade_id, user_id, pnl_basis, pnl_origin, initial_stop, account_id, account_day_id, created_at)
    select it.trade_id, p_user, it.trade ->> 'pnl_basis', it.trade ->> 'pnl_origin',
           (it.trade ->> 'stop_loss')::numeric, p_account,
           case when p_account is not null then (days ->> (it.trade ->> 'day'))::uuid end, now()
    from worker.import_trades it
    where it.import_id = p_import and it.user_id = p_user and it.trade_id = any (ids);
    return coalesce(cardinality(ids), 0);
end $$;

-- Lock the profile, then the file. Fails, so that all begins anew, where it is not what it was when this began.
create function worker.lock_import(p_user uuid, p_import uuid, p_status text) returns void
language plpgsql set search_path = '' as $$
begin
    perform from public.profiles p where p.id = p_user for no key update;
    perform from worker.imports i where i.id = p_import and i.user_id = p_user and i.status = p_status for update;
    if not found then
        raise exception 'import % is not %', p_import, p_status using errcode = 'serialization_failure';
    end if;
end $$;

-- Save what was read, in one transaction: the trades, their days once, the connection and its log. Null where it does
-- not wait to be saved. The profile is locked here, and late: what is written before nobody else can see, and a trader
-- with a large file would hear nothing for as long as that takes. Two files of a trader are saved one after the other.
create function worker.save_import(p_user uuid, p_import uuid, p_merging boolean) returns jsonb
language plpgsql set search_path = '' as $$
declare
    this worker.imports;
    connection uuid;
    merged integer := 0;
    recorded integer;
    place integer;
    first date;
begin
    perform pg_advisory_xact_lock(hashtextextended('import ' || p_user, 0));
    select * into this from worker.imports i where i.id = p_import and i.user_id = p_user and i.status = 'saving';
    if not found then
        return null;
    end if;
    connection := worker.file_connection(p_user, this.summary, this.account_id);
    recorded := worker.record_import(p_user, p_import, this.account_id, connection, p_merging, true);
    perform worker.lock_import(p_user, p_import, 'saving');
    if p_merging then
        for place in select it.number from worker.import_trades it
                     where it.import_id = p_import and it.user_id = p_user and it.same_as is not null order by 1 loop
            merged := merged + worker.merge_import(p_user, p_import, place, connection)::integer;
        end loop;
    end if;
    recorded := recorded + worker.record_import(p_user, p_import, this.account_id, connection, p_merging, false);

    select min((it.trade ->> 'day')::date) into first from worker.import_trades it
    where it.import_id = p_import and it.user_id = p_user;
    select least(first, min(day)) into first
    from worker.import_trades it cross join lateral worker.snapshot_days(it.before) day
    where it.import_id = p_import and it.user_id = p_user and it.before is not null;
    perform worker.recompute(p_user, this.account_id, first);
    insert into public.sync_logs (
        connection_id, started_at, completed_at, status, trades_fetched, trades_new, trades_duplicate, duration_ms)
    values (connection, this.asked_at, clock_timestamp(),
            case when exists (select from jsonb_array_elements(this.summary -> 'skipped') s
                              where s ->> 0 not in ('no_trade', 'twice')) then 'partial' else 'success' end,
            (this.summary ->> 'trades')::integer + (this.summary ->> 'known')::integer, recorded,
            (this.summary ->> 'trades')::integer - recorded + (this.summary ->> 'known')::integer,
            extract(epoch from clock_timestamp() - now()) * 1000);
    update public.broker_connections c set last_sync_at = now(), trades_synced_total = c.trades_synced_total + recorded
    where c.id = connection and c.user_id = p_user;
    update worker.imports i set status = 'saved', merging = p_merging, connection_id = connection,
        saved_at = now(), undone_at = null
    where i.id = p_import;
    return jsonb_build_object('trades', recorded, 'merged', merged);
end $$;

-- The trades that a trader changed after a moment.
create function worker.changed_since(p_user uuid, p_moment timestamptz) returns uuid[]
language sql stable set search_path = '' as $$
select array(
    select c.trade_id from worker.changes c where c.user_id = p_user and c.undone_at is null and c.created_at > p_moment)
$$;

-- Take an import back as a whole: its trades go, those it was one with are what they were. A trade that was changed since
-- stays as it is. Null where it is not saved. The profile is locked as late as it is for saving.
create function worker.undo_import(p_user uuid, p_import uuid) returns jsonb
language plpgsql set search_path = '' as $$
declare
    this worker.imports;
    one worker.import_trades;
    changed uuid[];
    ids uuid[];
    gone integer;
    later integer;
    kept integer;
    restored integer := 0;
    first date;
begin
    perform pg_advisory_xact_lock(hashtextextended('import ' || p_user, 0));
    select * into this from worker.imports i where i.id = p_import and i.user_id = p_user and i.status = 'saved';
    if not found then
        return null;
    end if;
    changed := worker.changed_since(p_user, this.saved_at);
    ids := array(
        select it.trade_id from worker.import_trades it
        where it.import_id = p_import and it.user_id = p_user and (it.trade ->> 'day')::date < current_date - 7);
    delete from public.trades t where t.user_id = p_user and t.id = any (ids) and t.id <> all (changed);
    get diagnostics gone = row_count;
    perform worker.lock_import(p_user, p_import, 'saved');
    if not worker.changed_since(p_user, this.saved_at) <@ changed then
        raise exception 'trades of import % were changed', p_import using errcode = 'serialization_failure';
    end if;
    ids := array(
        select it.trade_id from worker.import_trades it where it.import_id = p_import and it.user_id = p_user);
    delete from public.trades t where t.user_id = p_user and t.id = any (ids) and t.id <> all (changed);
    get diagnostics later = row_count;
    ids := ids || array(select it.same_as from worker.import_trades it
                        where it.import_id = p_import and it.user_id = p_user and it.before is not null);
    for one in select * from worker.import_trades it
               where it.import_id = p_import and it.user_id = p_user and it.before is not null order by it.number loop
        continue when one.same_as = any (changed)
            or not exists (select from public.trades t where t.id = one.same_as and t.user_id = p_user);
        perform worker.put_trade(p_user, one.same_as, one.before);
        update public.trades t set external_id = null, source_connection_id = null
        where t.id = one.same_as and t.user_id = p_user;
        update worker.import_trades it set before = null where it.import_id = p_import and it.number = one.number;
        ids := array_remove(ids, one.same_as);
        restored := restored + 1;
        first := least(first, (select min(day) from worker.snapshot_days(one.before) day));
    end loop;
    select count(*) into kept from public.trades t where t.user_id = p_user and t.id = any (ids);
    select least(first, min((it.trade ->> 'day')::date)) into first from worker.import_trades it
    where it.import_id = p_import and it.user_id = p_user;
    perform worker.recompute(p_user, this.account_id, first);
    update public.broker_connections c set trades_synced_total = greatest(0, c.trades_synced_total - gone - later)
    where c.id = this.connection_id and c.user_id = p_user;
    update worker.imports i set status = 'undone', undone_at = now() where i.id = p_import;
    return jsonb_build_object('trades', gone + later, 'merged', restored, 'kept', kept);
end $$;

alter table worker.imports enable row level security;
alter table worker.import_trades enable row level security;
alter table worker.import_fills enable row level security;
revoke all on worker.imports, worker.import_trades, worker.import_fills from public, anon, authenticated;
grant select, insert, update, delete on worker.imports, worker.import_trades, worker.import_fills to service_role;
revoke execute on all functions in schema worker from public, anon, authenticated;
grant execute on all functions in schema worker to service_role;
