-- Announcements in the chats. Why: each active announcement is told once in every linked chat that wants it, by
-- whichever of many workers comes first and however often one is killed; a row here says that it was put into the
-- outbox, in the same transaction. The chats are walked a stretch at a time, so that a run costs the same however many
-- there are, and what is sent is spread over time.

-- No account in the key: a chat that another bot of ours serves by now has heard of it all the same.
create table worker.announced (
    announcement_id uuid not null references public.announcements (id) on delete cascade,
    platform text not null,
    chat_id text not null,
    user_id uuid not null references public.profiles (id) on delete cascade,
    outbox_id bigint references worker.outbox (id) on delete set null,
    announced_at timestamptz not null default now(),
    primary key (announcement_id, platform, chat_id)
);
create index announced_user on worker.announced (user_id);
create index announced_outbox on worker.announced (outbox_id) where outbox_id is not null;
create index announced_at on worker.announced (announced_at);

-- How far the walk over worker.chats has come; at its end it begins again, for chats linked since, and those passed over.
create table worker.announcement_walks (
    announcement_id uuid primary key references public.announcements (id) on delete cascade,
    platform text not null default '',
    account text not null default '',
    chat_id text not null default ''
);

-- Marks up to p_most chats as told, and gives what to say there: the caller puts it into the outbox in the same
-- transaction. p_days: older announcements are news no more. Passed over until the next round: a chat in whose
-- conversation something waits (the number typed there must not mean a button of ours), WhatsApp's where the person may
-- not be written to, and profiles that are locked now: no lock is waited for, as their turns would wait for this. The
-- lock orders this with a dismissal, which is looked for once it is held.
create function worker.announce(p_days integer, p_most integer, p_walk integer)
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

-- No more of one announcement, or of any: what still waits in the outbox is not sent. The caller locks the profile.
create function worker.withdraw_announcements(p_user uuid, p_announcement uuid default null) returns void
language sql set search_path = '' as $$
    update worker.outbox o set status = 'dropped', error = 'dismissed'
    from worker.announced d
    where d.user_id = p_user and (p_announcement is null or d.announcement_id = p_announcement)
      and o.id = d.outbox_id and o.user_id = p_user and o.status in ('pending', 'held')
$$;

alter table worker.announced enable row level security;
alter table worker.announcement_walks enable row level security;
revoke all on worker.announced, worker.announcement_walks from public, anon, authenticated;
grant select, insert, update, delete on worker.announced, worker.announcement_walks to service_role;
revoke execute on all functions in schema worker from public, anon, authenticated;
grant execute on all functions in schema worker to service_role;
