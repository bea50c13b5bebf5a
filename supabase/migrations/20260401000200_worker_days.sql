-- Days and streaks, derived. Why: a day's figures that are counted up and down drift with every undo, edit and late
-- trade; here the touched day and all later ones are written anew from their trades, by one statement.
--
-- - A trade belongs to the day trades.daily_tracking_id names. Nothing here looks at clock times for that.
-- - Money is net: trades.pnl less commissions, unless worker.trade_facts says the figure is net already. A trade without
--   a P&L counts as taken and moves no money.
-- - A trade closed in parts counts by its legs, each on its own day; its commissions on the trade's day.
-- - A starting balance that somebody entered is kept and carried on from; all others follow from the day before, the
--   first from profiles.account_size. Unknown stays null.
-- - A day that another writer made and that never had a trade keeps its own P&L and status.
-- The caller holds the lock on the profile.

create table worker.trade_legs (
    id uuid primary key default gen_random_uuid(),
    trade_id uuid not null references public.trades (id) on delete cascade,
    user_id uuid not null references public.profiles (id) on delete cascade,
    size numeric not null,
    exit_price numeric,
    pnl numeric,                                 -- on the basis of the trade (worker.trade_facts.pnl_basis)
    exit_time timestamptz,
    daily_tracking_id uuid references public.daily_tracking (id) on delete set null,
    created_at timestamptz not null default now()
);
create index trade_legs_trade on worker.trade_legs (trade_id);
create index trade_legs_user on worker.trade_legs (user_id);
create index trade_legs_day on worker.trade_legs (daily_tracking_id) where daily_tracking_id is not null;

-- Balances entered by the trader or the web app. `peak` starts the running high anew from this day.
create table worker.entered_balances (
    user_id uuid not null references public.profiles (id) on delete cascade,
    trade_date date not null,
    starting_balance numeric not null,
    peak numeric,
    created_at timestamptz not null default now(),
    primary key (user_id, trade_date)
);

-- What the journal knows of a day beyond the columns of public.daily_tracking.
create table worker.tracked_days (
    daily_tracking_id uuid primary key references public.daily_tracking (id) on delete cascade,
    user_id uuid not null references public.profiles (id) on delete cascade,
    made boolean not null default false,         -- the journal made the row: without trades it goes again
    counted boolean not null default false,      -- its P&L is the sum of its trades, also when none are left
    starting_balance numeric,                    -- as last written here: another value in the day was entered elsewhere
    status_when_empty text
);
create index tracked_days_user on worker.tracked_days (user_id);

-- Finding a day's trades, here and when a day is deleted (ON DELETE SET NULL), would otherwise read the whole table.
create index trades_daily_tracking on public.trades (daily_tracking_id) where daily_tracking_id is not null;

create function worker.ensure_day(p_user uuid, p_day date) returns uuid
language plpgsql set search_path = '' as $$
declare
    v_id uuid;
    v_status text;
begin
    insert into public.daily_tracking (user_id, trade_date) values (p_user, p_day)
    on conflict (user_id, trade_date) do nothing
    returning id into v_id;
    if v_id is not null then
        insert into worker.tracked_days (daily_tracking_id, user_id, made, counted) values (v_id, p_user, true, true);
        return v_id;
    end if;
    select id, day_status into strict v_id, v_status
    from public.daily_tracking where user_id = p_user and trade_date = p_day;
    insert into worker.tracked_days as tracked (daily_tracking_id, user_id, counted, starting_balance, status_when_empty)
    values (v_id, p_user, true, null, v_status)
    on conflict (daily_tracking_id) do update set counted = true where not tracked.counted;
    return v_id;
end $$;

comment on function worker.ensure_day(uuid, date) is
    'The id of a trader''s day, made where there is none. Call it before a trade is put on the day.';

-- PL/pgSQL keeps the plan, which takes longer to make than to run; before version 18 PostgreSQL plans an SQL function
-- anew at every call.
create function worker.recompute_days(p_user uuid, p_from date) returns setof public.daily_tracking
language plpgsql volatile set search_path = '' as $$
begin
return query
with profile as (
    select account_size, coalesce(max_drawdown_type ilike '%intraday%', false) as trails_intraday
    from public.profiles where id = p_user
),
before as (
    select coalesce(
               (select ending_balance from public.daily_tracking
                where user_id = p_user and trade_date < p_from and ending_balance is not null
                order by trade_date desc limit 1),
               (select account_size from profile)
                   + (select coalesce(sum(daily_pnl), 0) from public.daily_tracking
                      where user_id = p_user and trade_date < p_from)) as balance,
           (select max_equity_high from public.daily_tracking
            where user_id = p_user and trade_date < p_from and max_equity_high is not null
            order by trade_date desc limit 1) as high
),
days as (
    select day.*, coalesce(tracked.made, false) as made, coalesce(tracked.counted, false) as counted,
           tracked.status_when_empty, balance.peak,
           case
               when tracked.starting_balance is distinct from day.starting_balance and day.starting_balance is not null
                    and (tracked.starting_balance is not null
                         or balance.starting_balance is null
                            -- a pause the web app filled in carries the balance on, nobody entered it
                            and (coalesce(day.day_status, 'trading') = 'trading'
                                 or day.starting_balance is distinct from
                                    coalesce(lag(day.ending_balance) over (order by day.trade_date), before.balance)))
               then day.starting_balance
               else balance.starting_balance
           end as entered,
           balance.starting_balance as entered_before
    from public.daily_tracking day
    cross join before
    left join worker.tracked_days tracked on tracked.daily_tracking_id = day.id
    left join worker.entered_balances balance on balance.user_id = day.user_id and balance.trade_date = day.trade_date
    where day.user_id = p_user and day.trade_date >= p_from
),
results as (
    select trade.daily_tracking_id as day_id, coalesce(trade.exit_time, trade.created_at) as at, trade.id,
           case when legs.trade_id is null then trade.pnl else 0 end
               - case when facts.pnl_basis = 'net' then 0 else coalesce(trade.commissions, 0) end as amount,
           1 as taken, trade.compliance_score as score
    from days
    join public.trades trade on trade.daily_tracking_id = days.id and trade.user_id = p_user
    left join worker.trade_facts facts on facts.trade_id = trade.id
    left join (select distinct trade_id from worker.trade_legs where user_id = p_user) legs on legs.trade_id = trade.id
    union all
    select leg.daily_tracking_id, coalesce(leg.exit_time, leg.created_at), leg.id, leg.pnl, 0, null
    from days
    join worker.trade_legs leg on leg.daily_tracking_id = days.id and leg.user_id = p_user
),
steps as (
    select *, sum(amount) over (partition by day_id order by at, id) as so_far from results
),
sums as (
    select day_id, coalesce(sum(amount), 0) as pnl, sum(taken) as taken, round(avg(score), 2) as score,
           greatest(max(so_far), 0) as peak
    from steps group by day_id
),
deleted as (
    delete from public.daily_tracking day
    using days
    where day.id = days.id and days.made and days.entered is null and days.day_status = 'trading'
      and not exists (select from sums where sums.day_id = days.id)
    returning day.id
),
kept as (
    select days.*,
           coalesce(sums.pnl, case when days.counted then 0 else coalesce(days.daily_pnl, 0) end) as pnl,
           coalesce(sums.peak, 0) as pnl_peak,
           coalesce(sums.taken, case when days.counted then 0 else days.trades_taken end) as taken,
           case when days.counted or sums.day_id is not null then sums.score else days.compliance_score end as score,
           sums.day_id is not null as traded,
           count(days.entered) over (order by days.trade_date) as balance_era,
           count(days.peak) over (order by days.trade_date) as peak_era
    from days left join sums on sums.day_id = days.id
    where days.id not in (select id from deleted)
),
chained as (
    select kept.*,
           coalesce(first_value(kept.entered) over era, before.balance)
               + sum(kept.pnl) over (era rows between unbounded preceding and current row) as ending,
           before.high as high_before
    from kept cross join before
    window era as (partition by kept.balance_era order by kept.trade_date)
),
figures as (
    select *, ending - pnl as starting,
           greatest(max(greatest(ending, ending - pnl
                                 + case when (select trails_intraday from profile) then pnl_peak else 0 end)) over running,
                    case when peak_era = 0 then high_before else first_value(peak) over running end) as high
    from chained
    window running as (partition by peak_era order by trade_date)
),
remembered as (
    insert into worker.tracked_days as tracked (daily_tracking_id, user_id, counted, starting_balance, status_when_empty)
    select id, p_user, traded, starting, case when traded then null else day_status end from figures
    on conflict (daily_tracking_id) do update
    set counted = tracked.counted or excluded.counted, starting_balance = excluded.starting_balance,
        status_when_empty = coalesce(tracked.status_when_empty, excluded.status_when_empty)
),
noted as (
    insert into worker.entered_balances (user_id, trade_date, starting_balance)
    select p_user, trade_date, entered from figures where entered is distinct from entered_before
    on conflict (user_id, trade_date) do update set starting_balance = excluded.starting_balance
),
written as (
    update public.daily_tracking day
    set starting_balance = figures.starting, ending_balance = figures.ending, daily_pnl = figures.pnl,
        max_equity_high = figures.high, trades_taken = figures.taken,
        daily_loss_used = greatest(-figures.pnl, 0),
        drawdown_used = case when figures.ending is not null then greatest(figures.high - figures.ending, 0) end,
        compliance_score = figures.score,
        day_status = case when figures.traded then 'trading'
                          else coalesce(figures.status_when_empty, figures.day_status) end
    from figures where day.id = figures.id
    returning day.*
)
select * from written order by trade_date;
end $$;

comment on function worker.recompute_days(uuid, date) is
    'Writes a trader''s days from p_from on anew from their trades and returns them; deletes days of the journal''s own '
    'that have nothing left. Lock the profile first.';

-- Days in a row with an audited trade. Rest days, and Saturdays and Sundays without a trade, do not break the row; any
-- other day without an audited trade does.
create function worker.recompute_streak(p_user uuid) returns void
language sql volatile set search_path = '' as $$
with audited as (
    select day.trade_date, lag(day.trade_date) over (order by day.trade_date) as previous
    from public.daily_tracking day
    where day.user_id = p_user and exists (
        select from public.trades trade
        where trade.daily_tracking_id = day.id and trade.user_id = p_user and trade.audit_status = 'audited')
),
starts as (
    select trade_date, previous is null or exists (
        select from generate_series((previous + 1)::timestamp, (trade_date - 1)::timestamp, interval '1 day') as missed
        left join public.daily_tracking day on day.user_id = p_user and day.trade_date = missed::date
        where day.day_status is distinct from 'rest_day'
          and (extract(isodow from missed) < 6 or day.trades_taken > 0)) as begins
    from audited
),
numbered as (
    select trade_date, count(*) filter (where begins) over (order by trade_date) as streak from starts
),
streaks as (
    select count(*)::integer as days, max(trade_date) as last_date from numbered group by streak
),
found as (
    select coalesce((select days from streaks order by last_date desc limit 1), 0) as current_days,
           coalesce((select max(days) from streaks), 0) as longest_days,
           (select max(last_date) from streaks) as last_date
)
update public.profiles profile
set current_streak_days = found.current_days, longest_streak_days = found.longest_days, last_audit_date = found.last_date
from found
where profile.id = p_user
  and (profile.current_streak_days, profile.longest_streak_days, profile.last_audit_date)
      is distinct from (found.current_days, found.longest_days, found.last_date)
$$;

comment on function worker.recompute_streak(uuid) is
    'Writes a trader''s current and longest streak and last audit date anew. Lock the profile first.';

alter table worker.trade_legs enable row level security;
alter table worker.entered_balances enable row level security;
alter table worker.tracked_days enable row level security;
revoke all on worker.trade_legs, worker.entered_balances, worker.tracked_days from public, anon, authenticated;
grant select, insert, update, delete on worker.trade_legs, worker.entered_balances, worker.tracked_days to service_role;
revoke all on function worker.ensure_day(uuid, date), worker.recompute_days(uuid, date), worker.recompute_streak(uuid)
    from public, anon, authenticated;
grant execute on function worker.ensure_day(uuid, date), worker.recompute_days(uuid, date), worker.recompute_streak(uuid)
    to service_role;
