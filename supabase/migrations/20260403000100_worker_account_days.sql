-- Days for every account, balances that are told, gap days. Why: the rules for days were written for one account; here
-- one function computes the figures of any account's days, and two small ones write them: to public.daily_tracking for
-- the default account, to worker.account_days for the others. No account's trade, balance or day reaches another's.
--
-- - A trade of the default account counts on trades.daily_tracking_id. One of another account has none: it counts on
--   worker.trade_facts.account_day_id, its legs likewise. Its account never changes; undo and redo keep it.
-- - A balance that the trader tells stands from its day on; payouts and deposits move the balance and the running high
--   by the same amount from the start of their day: they are neither P&L nor drawdown, and the floor moves with them.
-- - A day that rests, or was a gap, becomes a trading day with its first trade and is what it was when that is undone.

-- What the trader told of an account's balance.
create table worker.balance_changes (
    id bigint generated always as identity primary key,
    user_id uuid not null references public.profiles (id) on delete cascade,
    account_id uuid references worker.accounts (id) on delete cascade,   -- null: the default account
    trade_date date not null,                    -- the session in which it was told, or that was named
    kind text not null check (kind in ('balance', 'payout', 'deposit', 'reset')),
    said numeric not null,                       -- the amount as it was told, positive
    amount numeric not null,                     -- balance, reset: the starting balance that follows; else signed
    peak numeric,                                -- the high at that moment: the running high starts anew with it
    created_at timestamptz not null default clock_timestamp()
);
create index balance_changes_day on worker.balance_changes (user_id, trade_date);
create index balance_changes_account on worker.balance_changes (account_id) where account_id is not null;

alter table worker.balance_changes enable row level security;
revoke all on worker.balance_changes from public, anon, authenticated;
grant select, insert, update, delete on worker.balance_changes to service_role;

-- Whether the day had trades when it was last written: only then is its status ours to take back.
alter table worker.tracked_days add column traded boolean not null default false;
update worker.tracked_days tracked set traded = true
where exists (select from public.trades trade where trade.daily_tracking_id = tracked.daily_tracking_id)
   or exists (select from worker.trade_legs leg where leg.daily_tracking_id = tracked.daily_tracking_id);

create function worker.ensure_account_day(p_user uuid, p_account uuid, p_day date) returns uuid
language plpgsql set search_path = '' as $$
declare
    v_id uuid;
begin
    insert into worker.account_days (account_id, user_id, trade_date)
    select a.id, a.user_id, p_day from worker.accounts a where a.id = p_account and a.user_id = p_user
    on conflict (account_id, trade_date) do nothing
    returning id into v_id;
    if v_id is null then
        select d.id into strict v_id from worker.account_days d
        where d.account_id = p_account and d.user_id = p_user and d.trade_date = p_day;
    end if;
    return v_id;
end $$;

comment on function worker.ensure_account_day(uuid, uuid, date) is
    'The id of a day of one of the trader''s further accounts, made where there is none. Fails for anybody else''s.';

-- The figures of an account's days from p_from on, from its trades; `gone`: a day of the journal's own that has nothing
-- left. p_account null: the default account. Money is net, as told in 20260401000200_worker_days.sql.
create function worker.day_figures(p_user uuid, p_account uuid, p_from date)
returns table (
    id uuid, trade_date date, starting numeric, ending numeric, pnl numeric, high numeric, taken integer,
    score numeric, status text, traded boolean, elsewhere numeric, gone boolean)
-- Making this plan takes longer than running it, and no value of p_from would make another plan better.
language plpgsql stable rows 50 set search_path = '' set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
return query
with account as (
    select profile.account_size::numeric as size,
           coalesce(profile.max_drawdown_type ilike '%intraday%', false) as trails_intraday
    from public.profiles profile where p_account is null and profile.id = p_user
    union all
    select other.account_size::numeric, coalesce(other.max_drawdown_type ilike '%intraday%', false)
    from worker.accounts other where other.id = p_account and other.user_id = p_user
),
events as (
    select change.trade_date, change.kind in ('balance', 'reset') as sets, change.amount, change.peak,
           change.created_at, false as at_start
    from worker.balance_changes change
    where change.user_id = p_user and change.account_id is not distinct from p_account and change.trade_date >= p_from
    union all
    select entered.trade_date, true, entered.starting_balance, entered.peak, entered.created_at, true
    from worker.entered_balances entered
    where p_account is null and entered.user_id = p_user and entered.trade_date >= p_from
),
placed as (
    select *, max(created_at) filter (where sets) over (partition by trade_date) as set_at,
           max(created_at) filter (where peak is not null) over (partition by trade_date) as peak_at
    from events
),
told as (
    select trade_date,
           max(amount) filter (where sets and created_at = set_at)
               + coalesce(sum(amount) filter (where not sets and created_at > set_at), 0) as entered,
           max(peak) filter (where created_at = peak_at)
               + coalesce(sum(amount) filter (where not sets and created_at > peak_at), 0) as peak,
           -- a peak that was told within the day is of that moment: where the day began is behind it
           coalesce(bool_or(not at_start) filter (where peak is not null and created_at = peak_at), false) as late_peak,
           coalesce(sum(amount) filter (where not sets), 0) as moved
    from placed group by trade_date
),
before as (
    select case when p_account is null then
               coalesce((select day.ending_balance from public.daily_tracking day
                         where day.user_id = p_user and day.trade_date < p_from and day.ending_balance is not null
                         order by day.trade_date desc limit 1),
                        (select size from account)
                            + (select coalesce(sum(day.daily_pnl), 0) from public.daily_tracking day
                               where day.user_id = p_user and day.trade_date < p_from)
                            + (select coalesce(sum(change.amount), 0) from worker.balance_changes change
                               where change.user_id = p_user and change.account_id is null
                                 and change.trade_date < p_from and change.kind in ('payout', 'deposit')))
           else
               coalesce((select day.ending_balance from worker.account_days day
                         where day.account_id = p_account and day.user_id = p_user and day.trade_date < p_from
                           and day.ending_balance is not null
                         order by day.trade_date desc limit 1),
                        (select size from account)
                            + (select coalesce(sum(day.daily_pnl), 0) from worker.account_days day
                               where day.account_id = p_account and day.user_id = p_user
                                 and day.trade_date < p_from)
                            + (select coalesce(sum(change.amount), 0) from worker.balance_changes change
                               where change.user_id = p_user and change.account_id = p_account
                                 and change.trade_date < p_from and change.kind in ('payout', 'deposit')))
           end as balance,
           case when p_account is null then
               (select day.max_equity_high from public.daily_tracking day
                where day.user_id = p_user and day.trade_date < p_from and day.max_equity_high is not null
                order by day.trade_date desc limit 1)
           else
               (select day.max_equity_high from worker.account_days day
                where day.account_id = p_account and day.user_id = p_user and day.trade_date < p_from
                  and day.max_equity_high is not null
                order by day.trade_date desc limit 1)
           end as high
),
rows_ as (
    select day.id, day.trade_date, day.starting_balance, day.ending_balance, day.daily_pnl, day.trades_taken,
           day.compliance_score, day.day_status, coalesce(tracked.made, false) as made,
           coalesce(tracked.counted, false) as counted, coalesce(tracked.traded, false) as was_traded,
           tracked.status_when_empty, tracked.starting_balance as written
    from public.daily_tracking day
    left join worker.tracked_days tracked on tracked.daily_tracking_id = day.id and tracked.user_id = p_user
    where p_account is null and day.user_id = p_user and day.trade_date >= p_from
    union all
    select day.id, day.trade_date, day.starting_balance, day.ending_balance, day.daily_pnl, day.trades_taken,
           day.compliance_score, day.day_status, true, true, false, null, day.starting_balance
    from worker.account_days day
    where day.account_id = p_account and day.user_id = p_user and day.trade_date >= p_from
),
days as (
    select day.*, told.peak, coalesce(told.late_peak, false) as late_peak, coalesce(told.moved, 0) as moved,
           told.trade_date is not null as told, told.entered as entered_here,
           -- another value than was last written here was entered elsewhere
           case when day.written is distinct from day.starting_balance and day.starting_balance is not null
                 and (day.written is not null
                      or told.entered is null
                         -- a pause the web app filled in carries the balance on, nobody entered it
                         and (coalesce(day.day_status, 'trading') = 'trading'
                              or day.starting_balance is distinct from
                                 coalesce(lag(day.ending_balance) over (order by day.trade_date), before.balance)))
                then day.starting_balance end as elsewhere
    from rows_ day
    cross join before
    left join told on told.trade_date = day.trade_date
),
results as (
    -- day by day, each by an index: what a trader did in other years is not read
    select days.id as day_id, made.at, made.id, made.amount, made.taken, made.score
    from days
    cross join lateral (
        select coalesce(trade.exit_time, trade.created_at) as at, trade.id,
               case when exists (select from worker.trade_legs leg where leg.trade_id = trade.id)
                    then 0 else trade.pnl end
                   - case when facts.pnl_basis = 'net' then 0 else coalesce(trade.commissions, 0) end as amount,
               1 as taken, trade.compliance_score as score
        from public.trades trade
        left join worker.trade_facts facts on facts.trade_id = trade.id
        where p_account is null and trade.daily_tracking_id = days.id and trade.user_id = p_user
        union all
        select coalesce(trade.exit_time, trade.created_at), trade.id,
               case when exists (select from worker.trade_legs leg where leg.trade_id = trade.id)
                    then 0 else trade.pnl end
                   - case when facts.pnl_basis = 'net' then 0 else coalesce(trade.commissions, 0) end,
               1, trade.compliance_score
        from worker.trade_facts facts
        join public.trades trade on trade.id = facts.trade_id and trade.user_id = p_user
        where p_account is not null and facts.account_day_id = days.id and facts.user_id = p_user
        union all
        select coalesce(leg.exit_time, leg.created_at), leg.id, leg.pnl, 0, null
        from worker.trade_legs leg
        where p_account is null and leg.daily_tracking_id = days.id and leg.user_id = p_user
        union all
        select coalesce(leg.exit_time, leg.created_at), leg.id, leg.pnl, 0, null
        from worker.trade_legs leg
        where p_account is not null and leg.account_day_id = days.id and leg.user_id = p_user
    ) made
),
steps as (
    select *, sum(amount) over (partition by day_id order by at, id) as so_far from results
),
sums as (
    select day_id, coalesce(sum(amount), 0) as pnl, sum(taken) as taken, round(avg(score), 2) as score,
           greatest(max(so_far), 0) as peak
    from steps group by day_id
),
counted as (
    select days.*, coalesce(days.elsewhere, days.entered_here) as entered,
           coalesce(sums.pnl, case when days.counted then 0 else coalesce(days.daily_pnl, 0) end) as made_pnl,
           coalesce(sums.peak, 0) as pnl_peak,
           coalesce(sums.taken, case when days.counted then 0 else days.trades_taken end) as count_taken,
           case when days.counted or sums.day_id is not null then sums.score else days.compliance_score end as average,
           sums.day_id is not null as has_trades,
           case when sums.day_id is not null then 'trading'
                when days.was_traded then coalesce(days.status_when_empty, 'trading')
                else coalesce(days.day_status, 'trading') end as new_status
    from days left join sums on sums.day_id = days.id
),
left_over as (
    select *, made and not has_trades and not told and entered is null and new_status = 'trading' as is_gone
    from counted
),
kept as (
    select *, count(entered) over sequence as balance_era, count(peak) over sequence as peak_era,
           sum(moved) over sequence as moved_so_far
    from left_over where not is_gone
    window sequence as (order by trade_date)
),
chained as (
    select kept.*,
           coalesce(first_value(kept.entered) over era, before.balance)
               + sum(kept.made_pnl + case when kept.entered is null then kept.moved else 0 end)
                     over (era rows between unbounded preceding and current row) as ends,
           before.high as high_before
    from kept cross join before
    window era as (partition by kept.balance_era order by kept.trade_date)
)
select chained.id, chained.trade_date, ends - made_pnl, ends, made_pnl,
       moved_so_far + greatest(
           max(greatest(ends, case when not late_peak then
                   ends - made_pnl + case when (select trails_intraday from account) then pnl_peak else 0 end end)
               - moved_so_far) over running,
           case when peak_era = 0 then high_before else first_value(peak - moved_so_far) over running end),
       count_taken::integer, average, new_status, has_trades, chained.elsewhere, false
from chained
window running as (partition by peak_era order by chained.trade_date)
union all
select left_over.id, left_over.trade_date, null, null, null, null, null, null, null, false, null, true
from left_over where is_gone;
end $$;

create or replace function worker.recompute_days(p_user uuid, p_from date) returns setof public.daily_tracking
language plpgsql volatile set search_path = '' as $$
begin
return query
with figures as materialized (
    select * from worker.day_figures(p_user, null, p_from)
),
deleted as (
    delete from public.daily_tracking day using figures
    where day.id = figures.id and day.user_id = p_user and figures.gone
),
remembered as (
    insert into worker.tracked_days as tracked (
        daily_tracking_id, user_id, counted, starting_balance, status_when_empty, traded)
    select id, p_user, traded, starting, case when not traded then status end, traded from figures where not gone
    on conflict (daily_tracking_id) do update
    set counted = tracked.counted or excluded.counted, starting_balance = excluded.starting_balance,
        status_when_empty = coalesce(excluded.status_when_empty, tracked.status_when_empty), traded = excluded.traded
),
noted as (
    insert into worker.entered_balances (user_id, trade_date, starting_balance, created_at)
    select p_user, trade_date, elsewhere, clock_timestamp() from figures where elsewhere is not null
    on conflict (user_id, trade_date) do update
    set starting_balance = excluded.starting_balance, created_at = excluded.created_at
),
written as (
    update public.daily_tracking day
    set starting_balance = figures.starting, ending_balance = figures.ending, daily_pnl = figures.pnl,
        max_equity_high = figures.high, trades_taken = figures.taken,
        daily_loss_used = greatest(-figures.pnl, 0),
        drawdown_used = case when figures.ending is not null then greatest(figures.high - figures.ending, 0) end,
        compliance_score = figures.score, day_status = figures.status
    from figures where day.id = figures.id and day.user_id = p_user and not figures.gone
    returning day.*
)
select * from written order by trade_date;
end $$;

create function worker.recompute_account_days(p_user uuid, p_account uuid, p_from date)
returns setof worker.account_days
language plpgsql volatile set search_path = '' as $$
begin
return query
with figures as materialized (
    select * from worker.day_figures(p_user, p_account, p_from)
),
deleted as (
    delete from worker.account_days day using figures
    where day.id = figures.id and day.user_id = p_user and figures.gone
),
written as (
    update worker.account_days day
    set starting_balance = figures.starting, ending_balance = figures.ending, daily_pnl = figures.pnl,
        max_equity_high = figures.high, trades_taken = figures.taken,
        daily_loss_used = greatest(-figures.pnl, 0),
        drawdown_used = case when figures.ending is not null then greatest(figures.high - figures.ending, 0) end,
        compliance_score = figures.score, day_status = figures.status
    from figures where day.id = figures.id and day.user_id = p_user and not figures.gone
    returning day.*
)
select * from written order by trade_date;
end $$;

comment on function worker.recompute_account_days(uuid, uuid, date) is
    'As worker.recompute_days, for one of the trader''s further accounts. Lock the profile first.';

-- The days of one account from p_from on, and the streak, which is of the default account's days.
create function worker.recompute(p_user uuid, p_account uuid, p_from date) returns void
language plpgsql set search_path = '' as $$
begin
    if p_account is null then
        perform worker.recompute_days(p_user, p_from);
        perform worker.recompute_streak(p_user);
    else
        perform worker.recompute_account_days(p_user, p_account, p_from);
    end if;
end $$;

-- After an audit or an override: the days that a trade counts on, in its own account.
create function worker.recompute_trade(p_user uuid, p_trade uuid) returns void
language plpgsql set search_path = '' as $$
declare
    snapshot jsonb := worker.trade_snapshot(p_user, p_trade);
    first date := (select min(day) from worker.snapshot_days(snapshot) day);
begin
    if first is not null then
        perform worker.recompute(p_user, (snapshot #>> '{facts,account_id}')::uuid, first);
    end if;
end $$;

comment on function worker.recompute_trade(uuid, uuid) is
    'Writes the days of a trade''s account anew from the first that it counts on, and the streak. Lock the profile first.';

-- What the trader tells of a balance. `balance` and `reset` say what it is now, the trades of that day so far included:
-- the day's starting balance follows. Gives the account's day as it then stands. Lock the profile first.
create function worker.tell_balance(
    p_user uuid, p_account uuid, p_day date, p_kind text, p_said numeric, p_peak numeric) returns jsonb
language plpgsql set search_path = '' as $$
declare
    made numeric := 0;
    day_id uuid;
begin
    if p_account is null then
        day_id := worker.ensure_day(p_user, p_day);
    else
        day_id := worker.ensure_account_day(p_user, p_account, p_day);
    end if;
    if p_kind in ('balance', 'reset') then
        select figures.pnl into made from worker.day_figures(p_user, p_account, p_day) figures
        where figures.id = day_id and not figures.gone;
    end if;
    insert into worker.balance_changes (user_id, account_id, trade_date, kind, said, amount, peak)
    values (p_user, p_account, p_day, p_kind, p_said,
            case p_kind when 'payout' then -p_said when 'deposit' then p_said else p_said - coalesce(made, 0) end, p_peak);
    perform worker.recompute(p_user, p_account, p_day);
    return worker.day_on(p_user, p_account, p_day);
end $$;

-- Takes back what was told last of an account's balance, and gives it; null where there is nothing.
create function worker.untell_balance(p_user uuid, p_account uuid) returns jsonb
language plpgsql set search_path = '' as $$
declare
    told worker.balance_changes;
begin
    delete from worker.balance_changes change where change.id = (
        select max(last.id) from worker.balance_changes last
        where last.user_id = p_user and last.account_id is not distinct from p_account)
    returning * into told;
    if told.id is null then
        return null;
    end if;
    perform worker.recompute(p_user, p_account, told.trade_date);
    return to_jsonb(told);
end $$;

-- Says of a day of the default account without trades that it rests, was a gap, or neither ("trading"). False, and
-- nothing is changed, where it has trades; for a gap where it has a row at all, for "trading" where it does not rest.
-- Lock the profile first.
create function worker.mark_day(p_user uuid, p_day date, p_status text) returns boolean
language plpgsql set search_path = '' as $$
declare
    day public.daily_tracking;
    day_id uuid;
begin
    select * into day from public.daily_tracking d where d.user_id = p_user and d.trade_date = p_day;
    if day.id is not null then
        perform 1 from public.trades t where t.daily_tracking_id = day.id and t.user_id = p_user
        union all select 1 from worker.trade_legs l where l.daily_tracking_id = day.id and l.user_id = p_user limit 1;
        if found or coalesce(day.trades_taken, 0) > 0 or coalesce(day.daily_pnl, 0) <> 0 or p_status = 'gap' then
            return false;
        end if;
    end if;
    if p_status = 'trading' and day.day_status is distinct from 'rest_day' then
        return false;
    end if;
    day_id := worker.ensure_day(p_user, p_day);
    update public.daily_tracking d set day_status = p_status where d.id = day_id and d.user_id = p_user;
    perform worker.recompute(p_user, null, p_day);
    return true;
end $$;

-- An account's day as JSON, the latest one up to p_day; null where there is none.
create function worker.day_on(p_user uuid, p_account uuid, p_day date) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
    if p_account is null then
        return (select to_jsonb(d) from public.daily_tracking d
                where d.user_id = p_user and d.trade_date <= p_day order by d.trade_date desc limit 1);
    end if;
    return (select to_jsonb(d) from worker.account_days d
            where d.account_id = p_account and d.user_id = p_user and d.trade_date <= p_day
            order by d.trade_date desc limit 1);
end $$;

-- Days in a row with an audited trade. Rest days, and Saturdays and Sundays without a trade, do not break the row; any
-- other day without an audited trade does. A gap after the last audited day ends it. Clients write days too: between
-- infinity and today there would be no end of days.
create or replace function worker.recompute_streak(p_user uuid) returns void
language sql volatile set search_path = '' as $$
with audited as (
    select day.trade_date, lag(day.trade_date) over (order by day.trade_date) as previous
    from public.daily_tracking day
    where day.user_id = p_user and day.trade_date between '1970-01-01' and '2199-12-31' and exists (
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
    select case when exists (
               select from public.daily_tracking day
               where day.user_id = p_user and day.day_status = 'gap' and extract(isodow from day.trade_date) < 6
                 and day.trade_date > (select max(last_date) from streaks))
           then 0 else coalesce((select days from streaks order by last_date desc limit 1), 0) end as current_days,
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

-- A trade whole, as undo keeps it: its row, its facts with its account, its legs and the days they count on, and the
-- trader's own verdicts; null when there is none.
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
                where v.trade_id = t.id and v.is_overridden), '[]'::jsonb))
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

-- The highest high that an account had on the days before p_day, each as it then stood: what was paid out since is not
-- taken off. Why: a payout takes the running high along, but a floor that was locked stays where it is. It begins anew
-- with the peak that was told last, or with the account.
create function worker.highest_before(p_user uuid, p_account uuid, p_day date) returns numeric
language plpgsql stable set search_path = '' as $$
declare
    since date;
    told numeric;
begin
    select begun.trade_date, begun.peak into since, told from (
        select change.trade_date, coalesce(change.peak, change.amount) as peak, change.created_at
        from worker.balance_changes change
        where change.user_id = p_user and change.account_id is not distinct from p_account
          and change.trade_date <= p_day and (change.peak is not null or change.kind = 'reset')
        union all
        select entered.trade_date, entered.peak, entered.created_at from worker.entered_balances entered
        where p_account is null and entered.user_id = p_user and entered.trade_date <= p_day and entered.peak is not null
        order by trade_date desc, created_at desc limit 1) begun;
    since := coalesce(since, '-infinity');
    if p_account is null then
        return greatest(told, (
            select max(day.max_equity_high) from public.daily_tracking day
            where day.user_id = p_user and day.trade_date >= since and day.trade_date < p_day));
    end if;
    return greatest(told, (
        select max(day.max_equity_high) from worker.account_days day
        where day.account_id = p_account and day.user_id = p_user
          and day.trade_date >= since and day.trade_date < p_day));
end $$;

-- Write changes of one trader's journal: [{"kind": record|close|edit, "trade_id", "patch": snapshot patch}], or
-- [{"kind": undo|redo, "id": change, or null for the last one}], which does nothing where that is not the latest change
-- of its trade or the trade is gone. The caller holds the lock on the profile. Gives {"days": rows of the touched days
-- of every account, those of further accounts with their account_id, "changes": what was done, in order}; a change's id is
-- null where there is no such trade to close or edit any more.
create or replace function worker.apply_changes(p_user uuid, p_changes jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
    change jsonb;
    kept worker.changes;
    before jsonb;
    after jsonb;
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
                    and exists (select from public.trades t where t.id = c.trade_id and t.user_id = p_user)
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
            update worker.changes c set undone_at = kept.undone_at, after = kept.after where c.id = kept.id;
        else
            before := worker.trade_snapshot(p_user, (change ->> 'trade_id')::uuid);
            if before is null and change ->> 'kind' <> 'record' then
                done := done || jsonb_build_array(jsonb_build_object('id', null, 'trade_id', change ->> 'trade_id'));
                continue;
            end if;
            perform worker.put_trade(p_user, (change ->> 'trade_id')::uuid, change -> 'patch');
            after := worker.trade_snapshot(p_user, (change ->> 'trade_id')::uuid);
            insert into worker.changes (user_id, kind, trade_id, before, after)
            values (p_user, change ->> 'kind', (change ->> 'trade_id')::uuid, before, after) returning * into kept;
        end if;
        touched := array(select worker.snapshot_days(before) union select worker.snapshot_days(after));
        of := coalesce(after, before) #>> '{facts,account_id}';
        dates := dates || touched;
        accounts := accounts || array_fill(of, array[coalesce(cardinality(touched), 0)]);
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

-- A trade as the conversation needs to know it; numbers as text, so that no digit is lost on the way. No account is the
-- default one.
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
        'has_picture', t.screenshot_url is not null);

-- Locks the chat, then its profile, and loads what a turn needs. `p_fresh`: the message comes from its platform; else
-- it is taken from the inbox and is neither a repeat nor counted. Outcomes: go, repeat, wait (others are before it),
-- flooded (the first over the limit), quiet (the others). Without `p_lock` nothing is locked or written; what needs
-- that has the outcome lock, and `version` is for finish_turn to see whether all this still holds.
create or replace function worker.begin_turn(
    p_platform text, p_account text, p_chat_id text, p_sender_id text, p_external_id text, p_reply_to text,
    p_edits text, p_locale text, p_fresh boolean, p_limit integer, p_sent_at timestamptz, p_choice integer,
    p_lock boolean, out version bigint, out outcome text, out user_id uuid, out locale text, out hinted boolean, out minute_began_at timestamptz,
    out minute_count integer, out profile jsonb, out state text, out pending_trade text, out context text,
    out open_trades text, out recent text, out target text, out chosen text)
language plpgsql set search_path = '' as $$
declare
    chat worker.chats;
    profile_ public.profiles;
    moment timestamptz;
begin
    if not p_lock then
        select * into chat from worker.chats c
        where c.platform = p_platform and c.account = p_account and c.chat_id = p_chat_id;
        if not found or (p_platform = 'whatsapp' and chat.last_inbound_at < now() - interval '90 days') then
            outcome := 'lock';
            return;
        end if;
    else
        -- NO KEY: with FOR UPDATE the foreign key of a job's reply, written under the profile's lock, would wait for
        -- the chat while this turn waits for the profile.
        select * into chat from worker.chats c
        where c.platform = p_platform and c.account = p_account and c.chat_id = p_chat_id for no key update;
    end if;
    if chat.platform is null then
        insert into worker.chats (platform, account, chat_id, locale) values (p_platform, p_account, p_chat_id, p_locale)
        on conflict do nothing;
        select * into chat from worker.chats c
        where c.platform = p_platform and c.account = p_account and c.chat_id = p_chat_id for no key update;
    end if;
    outcome := 'go';
    version := chat.turns;
    locale := coalesce(p_locale, chat.locale);
    hinted := chat.hinted_at is not null;
    if p_fresh then
        perform 1 from worker.inbox i where i.platform = p_platform and i.account = p_account
            and i.chat_id = p_chat_id and i.external_id = p_external_id;
        if found then
            outcome := 'repeat';
            return;
        end if;
        -- By the platform's clock: what was written over an hour and comes at once after an outage is no flood.
        moment := least(p_sent_at, now());
        if moment >= chat.minute_began_at + interval '1 minute' or moment < chat.minute_began_at - interval '1 minute' then
            chat.minute_began_at := moment;
            chat.minute_count := 0;
        end if;
        chat.minute_count := chat.minute_count + 1;
        if chat.minute_count > p_limit then
            outcome := case chat.minute_count when p_limit + 1 then 'flooded' else 'quiet' end;
        else
            perform 1 from worker.inbox i where i.platform = p_platform and i.account = p_account
                and i.chat_id = p_chat_id and i.status = 'waiting';
            if found then
                outcome := 'wait';
            end if;
        end if;
    end if;

    if p_platform = 'whatsapp' and p_fresh and p_lock
        and coalesce(chat.last_inbound_at < now() - interval '90 days', true)
        and (select max(c.last_inbound_at) from worker.chats c where c.platform = 'whatsapp' and c.chat_id = p_chat_id)
            < now() - interval '90 days' then  -- whichever of our numbers it wrote to
        perform worker.lapse_number(p_chat_id);
    end if;
    user_id := worker.bound_profile(p_platform, p_chat_id, p_sender_id);
    if p_lock then
        select * into profile_ from public.profiles p where p.id = begin_turn.user_id for no key update;
    else
        select * into profile_ from public.profiles p where p.id = begin_turn.user_id;
    end if;
    user_id := profile_.id;
    minute_began_at := chat.minute_began_at;
    minute_count := chat.minute_count;
    if p_choice is not null and p_fresh then
        chosen := worker.offered_choice(
            p_platform, p_account, p_chat_id, p_choice, p_reply_to, chat.last_inbound_at, p_sent_at);
    end if;
    if profile_.id is null or outcome in ('wait', 'quiet') then
        return;
    end if;

    profile := jsonb_build_object(
        'preferences', case when octet_length(profile_.journal_preferences::text) < 20000
            then profile_.journal_preferences end,                        -- clients write it: never more than is sane
        'limits', jsonb_build_object(
            'account_size', profile_.account_size, 'daily_loss_limit_pct', profile_.daily_loss_limit_pct,
            'daily_loss_type', profile_.daily_loss_type, 'max_drawdown_pct', profile_.max_drawdown_pct,
            'max_drawdown_type', profile_.max_drawdown_type, 'max_daily_trades', profile_.max_daily_trades),
        'profit_target_pct', profile_.profit_target_pct,    -- a worker of the last version takes no other limit
        'firm', profile_.prop_firm,
        'challenge_phase', profile_.challenge_phase,
        'accounts', (
            select jsonb_agg(to_jsonb(a) - array['user_id', 'created_at']
                             order by a.closed_at desc nulls first, a.created_at, a.id)
            from (select * from worker.accounts a where a.user_id = profile_.id
                  order by a.closed_at desc nulls first, a.created_at, a.id limit 40) a));
    select c.state, left(c.pending_trade::text, 300000), left(c.context::text, 300000)
    into state, pending_trade, context
    from public.journal_conversations c where c.user_id = profile_.id and c.platform = p_platform;
    select json_agg(worker.known_trade(t, f) order by f.created_at desc)::text into open_trades
    from (select * from worker.trade_facts f where f.user_id = profile_.id and f.is_open
          order by f.created_at desc limit 20) f
    join public.trades t on t.id = f.trade_id and t.user_id = profile_.id;
    select json_agg(worker.known_trade(t, f) order by t.created_at desc)::text into recent
    from (select * from public.trades t where t.user_id = profile_.id and t.created_at > now() - interval '24 hours'
          order by t.created_at desc limit 10) t
    left join worker.trade_facts f on f.trade_id = t.id;
    if p_reply_to is not null or p_edits is not null then
        select worker.known_trade(t, f)::text into target
        from public.trades t left join worker.trade_facts f on f.trade_id = t.id
        where t.user_id = profile_.id and t.id = coalesce(
            (select s.trade_id from worker.trade_facts s where s.user_id = profile_.id
                and s.source_id = coalesce(p_edits, p_reply_to) and s.platform = p_platform and s.account = p_account
                and s.chat_id = p_chat_id
             order by s.created_at limit 1),
            (select o.trade_id from worker.outbox o where o.platform = p_platform and o.account = p_account
                and o.chat_id = p_chat_id and o.external_id = p_reply_to limit 1));
    end if;
end $$;

revoke execute on all functions in schema worker from public, anon, authenticated;
grant execute on all functions in schema worker to service_role;
