-- A streak from where it stood. Why: every confirmation, /undo, audit and rest told it anew from all the days that a
-- trader ever had, each by a look at its trades: 3 ms of 13 after a year of 5,000 trades, and more every year. Now the
-- count of all days until two months ago is kept, and a turn counts on from there.
--
-- What touches an older day counts from the beginning, and so does whoever comes a month later: other writers change
-- old days and trades without a word to us.

create table worker.streaks (
    user_id uuid primary key references public.profiles (id) on delete cascade,
    upto date not null,                          -- the last day that is in it
    days integer not null,                       -- in a row, the latest of them on last_date
    longest integer not null,
    last_date date,
    counted_at timestamptz not null default now()
);
alter table worker.streaks enable row level security;
revoke all on worker.streaks from public, anon, authenticated;
grant select, insert, update, delete on worker.streaks to service_role;

-- Days in a row with an audited trade, from p_from to p_upto after those that are kept. Rest days, and Saturdays and
-- Sundays without a trade, do not break the row; any other day without an audited trade does.
create function worker.count_streak(
    p_user uuid, p_kept worker.streaks, p_from date, p_upto date, out days integer, out longest integer, out last_date date)
language plpgsql stable set search_path = '' as $$
begin
    with audited as (
        select day.trade_date, coalesce(lag(day.trade_date) over (order by day.trade_date), p_kept.last_date) as previous
        from public.daily_tracking day
        where day.user_id = p_user and day.trade_date between p_from and p_upto and (
            select true from public.trades trade    -- no EXISTS, which may be joined: it would read all years' trades
            where trade.daily_tracking_id = day.id and trade.user_id = p_user and trade.audit_status = 'audited' limit 1)
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
        select count(*)::integer + case when streak = 0 then p_kept.days else 0 end as streak_days,
               max(trade_date) as ended
        from numbered group by streak
    )
    select coalesce((select streak_days from streaks order by ended desc limit 1), p_kept.days, 0),
           greatest((select max(streak_days) from streaks), p_kept.longest, 0),
           coalesce((select max(ended) from streaks), p_kept.last_date)
    into days, longest, last_date;
end $$;

create function worker.continue_streak(p_user uuid, p_from date) returns void
language plpgsql set search_path = '' as $$
declare
    kept worker.streaks;
begin
    select * into kept from worker.streaks s
    where s.user_id = p_user and s.upto < p_from and s.counted_at > now() - interval '30 days';
    if not found then
        kept.upto := current_date - 60;
        select * into kept.days, kept.longest, kept.last_date
        from worker.count_streak(p_user, null, '1970-01-01', kept.upto);
        insert into worker.streaks (user_id, upto, days, longest, last_date)
        select p.id, kept.upto, kept.days, kept.longest, kept.last_date from public.profiles p where p.id = p_user
        on conflict (user_id) do update
        set upto = excluded.upto, days = excluded.days, longest = excluded.longest, last_date = excluded.last_date,
            counted_at = excluded.counted_at;
    end if;
    -- Clients write days too: between infinity and today there would be no end of days.
    select * into kept.days, kept.longest, kept.last_date
    from worker.count_streak(p_user, kept, kept.upto + 1, '2199-12-31');
    perform 1 from public.daily_tracking day
    where day.user_id = p_user and day.day_status = 'gap' and extract(isodow from day.trade_date) < 6
      and day.trade_date > kept.last_date limit 1;
    if found then
        kept.days := 0;
    end if;
    update public.profiles profile
    set current_streak_days = kept.days, longest_streak_days = kept.longest, last_audit_date = kept.last_date
    where profile.id = p_user
      and (profile.current_streak_days, profile.longest_streak_days, profile.last_audit_date)
          is distinct from (kept.days, kept.longest, kept.last_date);
end $$;

comment on function worker.continue_streak(uuid, date) is
    'Writes a trader''s current and longest streak and last audit date, of which days before p_from are as they were. '
    'Lock the profile first.';

create or replace function worker.recompute_streak(p_user uuid) returns void
language sql volatile set search_path = '' as $$
select worker.continue_streak(p_user, '-infinity')
$$;

create or replace function worker.recompute(p_user uuid, p_account uuid, p_from date) returns void
language plpgsql set search_path = '' as $$
begin
    if p_account is null then
        perform worker.recompute_days(p_user, p_from);
        perform worker.continue_streak(p_user, p_from);
    else
        perform worker.recompute_account_days(p_user, p_account, p_from);
    end if;
end $$;

revoke execute on all functions in schema worker from public, anon, authenticated;
grant execute on all functions in schema worker to service_role;
