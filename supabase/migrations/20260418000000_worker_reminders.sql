-- What a trader is told unasked. Why: a summary, a digest or a prompt is told once for its period, by whichever of many
-- workers comes first and however often one is killed. Each linked profile has a row that says when to look at it next,
-- so a run costs what is due and not how many traders there are; what was told is a row beside its reply, in one
-- transaction.

create table worker.reminders (
    user_id uuid primary key references public.profiles (id) on delete cascade,
    looked_at timestamptz,                                -- what was due until then is dealt with
    next_at timestamptz not null default '-infinity'      -- infinity: when the trader wishes otherwise
);
create index reminders_next_at on worker.reminders (next_at);

create table worker.told (
    user_id uuid not null references public.profiles (id) on delete cascade,
    kind text not null check (kind in ('summary', 'digest', 'streak', 'close', 'open')),
    period date not null,                                 -- the trading day; of a digest the day it was due on
    told_at timestamptz not null default now(),
    outbox_id bigint references worker.outbox (id) on delete set null,
    primary key (user_id, kind, period)
);
create index told_outbox on worker.told (outbox_id) where outbox_id is not null;
create index told_at on worker.told (told_at);

-- Whoever links a chat or chooses otherwise, in the chat or in the web app, is looked at in the next run. Definer: the
-- schema is closed to clients, who write their preferences.
create function worker.look_again() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    insert into worker.reminders (user_id) values (new.id)
    on conflict (user_id) do update set next_at = '-infinity';
    return null;
end $$;
create trigger profiles_look_again
    after update of journal_preferences, telegram_chat_id, discord_user_id, whatsapp_phone, gmail_journal_address
    on public.profiles for each row
    when ((old.journal_preferences, old.telegram_chat_id, old.discord_user_id, old.whatsapp_phone,
           old.gmail_journal_address)
          is distinct from (new.journal_preferences, new.telegram_chat_id, new.discord_user_id, new.whatsapp_phone,
                            new.gmail_journal_address))
    execute function worker.look_again();

insert into worker.reminders (user_id)
select p.id from public.profiles p
where coalesce(p.telegram_chat_id, p.discord_user_id, p.whatsapp_phone, p.gmail_journal_address) is not null;

-- Whether a trader is told no news now: paused, on a rest day, or in quiet hours, by the trader's clock. Clients write the
-- preferences: what is wrong in them means no pause, no quiet hours, UTC; as bot/reminding/wishes.py reads them and
-- bot/trading/day.py the zone. PostgreSQL takes more for a zone than is one: "PST" and "CET" for abbreviations, which
-- have no summer time, "Any/Name+5" for hours west of Greenwich. So the names that are one are told here.
create function worker.is_silent(p_user uuid, p_preferences jsonb, p_now timestamptz) returns boolean
language plpgsql stable set search_path = '' as $$
declare
    paused text := case when jsonb_typeof(p_preferences -> 'paused_until') = 'string'
                        then p_preferences ->> 'paused_until' end;
    quiet jsonb := p_preferences -> 'quiet';
    named text := p_preferences ->> 'timezone';
    zone text := case
        when named in ('CET', 'MET') then 'Europe/Brussels'
        when named = 'EET' then 'Europe/Athens'
        when named = 'WET' then 'Europe/Lisbon'
        when named ~ '^[A-Z][A-Za-z]+(/[A-Za-z_-]+){1,2}$' then named
        when named ~ '^Etc/GMT([+-]?[0-9]|[+]1[0-2]|-1[0-4])$' then named
        when named in (
            'CST6CDT', 'Cuba', 'EST', 'EST5EDT', 'Egypt', 'Eire', 'Factory', 'GB', 'GB-Eire', 'GMT', 'GMT+0', 'GMT-0',
            'GMT0', 'Greenwich', 'HST', 'Hongkong', 'Iceland', 'Iran', 'Israel', 'Jamaica', 'Japan', 'Kwajalein',
            'Libya', 'MST', 'MST7MDT', 'NZ', 'NZ-CHAT', 'Navajo', 'PRC', 'PST8PDT', 'Poland', 'Portugal', 'ROC', 'ROK',
            'Singapore', 'Turkey', 'UCT', 'UTC', 'Universal', 'W-SU', 'Zulu') then named
        else 'UTC' end;
    clock text;
    today text;
begin
    begin
        today := to_char(p_now at time zone zone, 'YYYY-MM-DD HH24:MI');
    exception when invalid_parameter_value then
        today := to_char(p_now at time zone 'UTC', 'YYYY-MM-DD HH24:MI');
    end;
    clock := right(today, 5);
    today := left(today, 10);
    if paused = 'forever' or exists (
            select from public.daily_tracking d
            where d.user_id = p_user and d.trade_date = today::date and d.day_status = 'rest_day') then
        return true;
    end if;
    if paused ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' and today < paused then
        begin
            perform paused::date;
            return true;
        exception when datetime_field_overflow then
            null;  -- there is no such day
        end;
    end if;
    if jsonb_typeof(quiet -> 'from') is distinct from 'string' or jsonb_typeof(quiet -> 'to') is distinct from 'string'
            or not (quiet ->> 'from' ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
                    and quiet ->> 'to' ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$') then
        return false;
    end if;
    if quiet ->> 'from' <= quiet ->> 'to' then
        return clock >= quiet ->> 'from' and clock < quiet ->> 'to';
    end if;
    return clock >= quiet ->> 'from' or clock < quiet ->> 'to';
end $$;

-- News, too, keep pauses and quiet hours: as before but for them, who are passed over until the next round.
create or replace function worker.announce(p_days integer, p_most integer, p_walk integer)
returns table (
    announcement_id uuid, title text, body text, kind text, platform text, account text, chat_id text, user_id uuid,
    locale text, preferences text)
language plpgsql set search_path = '' as $$
#variable_conflict use_column
declare
    news public.announcements;
    walk worker.announcement_walks;
    chosen jsonb;
    v_locked uuid[];
    v_come text[];                               -- where the next stretch begins
    v_left integer := p_most;
begin
    for news in
        select * from public.announcements a
        where a.active and a.created_at between now() - make_interval(days => p_days) and now()
        order by a.created_at, a.id
    loop
        exit when v_left <= 0;
        insert into worker.announcement_walks (announcement_id) values (news.id) on conflict do nothing;
        select * into walk from worker.announcement_walks w where w.announcement_id = news.id for update skip locked;
        continue when not found;  -- another worker walks

        with stretch as materialized (
            select c.* from worker.chats c
            where (c.platform, c.account, c.chat_id) > (walk.platform, walk.account, walk.chat_id)
            order by c.platform, c.account, c.chat_id limit p_walk),
        untold as materialized (  -- first, as it leaves least to look at
            select s.* from stretch s
            where s.user_id is not null and not exists (
                select from worker.announced d
                where d.announcement_id = news.id and d.platform = s.platform and d.chat_id = s.chat_id)),
        due as (
            select s.platform, s.account, s.chat_id, s.user_id, s.locale
            from untold s join public.profiles p on p.id = s.user_id
            where s.user_id = worker.bound_profile(s.platform, s.chat_id, s.chat_id)
              and s.account <> 'local' and s.blocked_at is null
              and (s.platform <> 'whatsapp' or s.last_inbound_at > now() - interval '23 hours')
              and not exists (
                  select from public.journal_conversations j
                  where j.user_id = s.user_id and j.platform = s.platform and j.state <> 'idle')
              and not exists (  -- of two bots' chats with one person the one that is in use
                  select from worker.chats o
                  where o.user_id = s.user_id and o.platform = s.platform and o.chat_id = s.chat_id
                    and o.account <> s.account and o.last_inbound_at > coalesce(s.last_inbound_at, '-infinity'))
              and p.journal_preferences -> 'announcements' is distinct from 'false'::jsonb
              and not worker.is_silent(p.id, p.journal_preferences, now())
              and not exists (
                  select from public.announcement_dismissals x
                  where x.announcement_id = news.id and x.user_id = s.user_id)
            order by s.platform, s.account, s.chat_id limit v_left)
        select coalesce((select jsonb_agg(to_jsonb(due)) from due), '[]'),
               case when (select count(*) from due) = v_left
                   then (select array[d.platform, d.account, d.chat_id] from due d
                         order by d.platform desc, d.account desc, d.chat_id desc limit 1)
                   when (select count(*) from stretch) = p_walk
                   then (select array[s.platform, s.account, s.chat_id] from stretch s
                         order by s.platform desc, s.account desc, s.chat_id desc limit 1)
                   else array['', '', ''] end
        into chosen, v_come;
        update worker.announcement_walks w set platform = v_come[1], account = v_come[2], chat_id = v_come[3]
        where w.announcement_id = news.id;

        -- What was looked at is looked at again under the lock: it may have changed since.
        with wanted as (select distinct (c ->> 'user_id')::uuid as id from jsonb_array_elements(chosen) c),
        locked as (
            select p.id from public.profiles p where p.id in (select w.id from wanted w)
            order by p.id for no key update skip locked)
        select array_agg(l.id) into v_locked from locked l;

        return query
        with told as (
            insert into worker.announced as d (announcement_id, platform, chat_id, user_id)
            select news.id, c ->> 'platform', c ->> 'chat_id', p.id
            from jsonb_array_elements(chosen) c
            join public.profiles p on p.id = (c ->> 'user_id')::uuid and p.id = any (v_locked)
            where p.journal_preferences -> 'announcements' is distinct from 'false'::jsonb
              and not worker.is_silent(p.id, p.journal_preferences, now())
              and p.id = worker.bound_profile(c ->> 'platform', c ->> 'chat_id', c ->> 'chat_id')
              and not exists (
                  select from public.announcement_dismissals x where x.announcement_id = news.id and x.user_id = p.id)
            on conflict do nothing returning d.platform, d.chat_id, d.user_id)
        select news.id, news.title, news.body, news.type, t.platform, c ->> 'account', t.chat_id, t.user_id,
               c ->> 'locale', left(p.journal_preferences::text, 20000)
        from told t
        join public.profiles p on p.id = t.user_id
        join jsonb_array_elements(chosen) c on c ->> 'platform' = t.platform and c ->> 'chat_id' = t.chat_id;
        v_left := v_left - jsonb_array_length(chosen);
    end loop;
end $$;

alter table worker.reminders enable row level security;
alter table worker.told enable row level security;
revoke all on worker.reminders, worker.told from public, anon, authenticated;
grant select, insert, update, delete on worker.reminders, worker.told to service_role;
revoke execute on all functions in schema worker from public, anon, authenticated;
grant execute on all functions in schema worker to service_role;
