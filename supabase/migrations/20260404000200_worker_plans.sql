-- Trades that are planned and not taken. Why: a plan is no trade and must touch no day, limit or statistic, yet
-- "filled" has to find what was planned; nobody but the worker writes it, as a plan becomes a draft of the journal. It
-- is kept for seven days, like a draft that was put away; while the trade that filled it is taken back, it waits again.

create table worker.plans (
    id uuid primary key,
    user_id uuid not null references public.profiles (id) on delete cascade,
    plan jsonb not null,                         -- what it says, numbers as text: statemachine/plan.py
    platform text not null,                      -- the message behind it: an edit of that changes the plan
    account text not null,
    chat_id text not null,
    source_id text,
    filled_by uuid,                              -- no foreign key: undo deletes the trade and redo brings it back
    planned_at timestamptz not null default now(),   -- when it was made or changed last
    created_at timestamptz not null default clock_timestamp()
);
create index plans_user on worker.plans (user_id, created_at);
create index plans_planned_at on worker.plans (planned_at);

-- A plan waits as long as no trade in the journal is its fill.
create function worker.is_open(p worker.plans) returns boolean
language sql stable
    return p.filled_by is null
        or not exists (select from public.trades t where t.id = p.filled_by and t.user_id = p.user_id);

-- What a turn does with one trader's plans: [{"id", "plan", "source_id"}] keeps one, or what it says now;
-- [{"id", "filled_by"}] ends it, and deletes it where no trade filled it. The first trade that fills it counts. What is
-- none of this trader's is left alone.
create function worker.put_plans(
    p_user uuid, p_platform text, p_account text, p_chat_id text, p_plans jsonb) returns void
language plpgsql set search_path = '' as $$
declare
    put jsonb;
begin
    for put in select * from jsonb_array_elements(p_plans) loop
        if put ? 'plan' then
            insert into worker.plans as p (id, user_id, plan, platform, account, chat_id, source_id)
            values ((put ->> 'id')::uuid, p_user, put -> 'plan', p_platform, p_account, p_chat_id, put ->> 'source_id')
            on conflict (id) do update set
                plan = excluded.plan, platform = excluded.platform, account = excluded.account,
                chat_id = excluded.chat_id, source_id = excluded.source_id, planned_at = now()
            where p.user_id = p_user;
        elsif put ->> 'filled_by' is null then
            delete from worker.plans p where p.id = (put ->> 'id')::uuid and p.user_id = p_user;
        else
            update worker.plans p set filled_by = (put ->> 'filled_by')::uuid
            where p.id = (put ->> 'id')::uuid and p.user_id = p_user and worker.is_open(p);
        end if;
    end loop;
end $$;

-- As before, with the trader's open plans in the profile, oldest first: a worker of the last version does not look.
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
                  order by a.closed_at desc nulls first, a.created_at, a.id limit 40) a),
        'plans', (
            select jsonb_agg(p.plan || jsonb_build_object('id', p.id, 'planned_at', p.planned_at, 'source', case
                                 when (p.platform, p.account, p.chat_id) = (p_platform, p_account, p_chat_id)
                                 then p.source_id end) order by p.created_at, p.id)
            from (select * from worker.plans p where p.user_id = profile_.id
                      and p.planned_at > now() - interval '7 days' and worker.is_open(p)
                  order by p.created_at, p.id limit 20) p));
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

-- As before, with "plans": what put_plans takes.
create or replace function worker.finish_turn(
    p_platform text, p_account text, p_chat_id text, p_external_id text, p_user uuid, p_turn jsonb,
    p_version bigint default null) returns boolean
language plpgsql set search_path = '' as $$
begin
    if p_version is not null then
        perform 1 from worker.chats c
        where c.platform = p_platform and c.account = p_account and c.chat_id = p_chat_id and c.turns = p_version
        for no key update;
        if not found then
            return false;
        end if;
        perform 1 from public.profiles p where p.id = p_user for no key update;  -- an unlinking waits, or is seen
        if worker.bound_profile(p_platform, p_chat_id, p_chat_id) is distinct from p_user then
            return false;
        end if;
        perform 1 from worker.chats c where c.user_id = p_user and c.platform = p_platform
            and (c.account, c.chat_id) <> (p_account, p_chat_id);
        if found then  -- two bots on one database share a conversation, and its version is not this chat's
            return false;
        end if;
    end if;
    if p_turn ? 'rows' then
        update worker.inbox i set
            status = p_turn ->> 'status', user_id = p_user, handled_at = now(), error = p_turn ->> 'error',
            payload = case p_turn ->> 'status' when 'done' then null else i.payload end
        where i.id in (select row_id::bigint from jsonb_array_elements_text(p_turn -> 'rows') row_id);
    else
        insert into worker.inbox (platform, account, chat_id, external_id, user_id, group_id, status, payload, error, handled_at)
        values (p_platform, p_account, p_chat_id, p_external_id, p_user, p_turn ->> 'group_id', p_turn ->> 'status',
                p_turn -> 'payload', p_turn ->> 'error', case p_turn ->> 'status' when 'waiting' then null else now() end);
    end if;
    if p_turn ? 'conversation' then
        insert into public.journal_conversations (user_id, platform, platform_chat_id, state, pending_trade, context)
        values (p_user, p_platform, p_chat_id, p_turn #>> '{conversation,state}',
                nullif(p_turn #> '{conversation,pending_trade}', 'null'), p_turn #> '{conversation,context}')
        on conflict (user_id, platform) do update set
            platform_chat_id = excluded.platform_chat_id, state = excluded.state,
            pending_trade = excluded.pending_trade, context = excluded.context;
    end if;
    update worker.chats c set
        user_id = p_user,
        turns = c.turns + 1,
        locale = coalesce(p_turn ->> 'locale', c.locale),
        wakes_at = case when p_turn ? 'wakes_at' then (p_turn ->> 'wakes_at')::timestamptz else c.wakes_at end,
        hinted_at = case when p_turn ? 'hinted' then now() else c.hinted_at end,
        blocked_at = case when p_turn ? 'minute' then null else c.blocked_at end,
        last_inbound_at = case when p_turn ? 'minute' then now() else c.last_inbound_at end,
        handle = case when p_turn ? 'minute' then p_turn ->> 'handle' else c.handle end,
        minute_began_at = coalesce((p_turn #>> '{minute,0}')::timestamptz, c.minute_began_at),
        minute_count = coalesce((p_turn #>> '{minute,1}')::integer, c.minute_count)
    where c.platform = p_platform and c.account = p_account and c.chat_id = p_chat_id;
    if p_turn ? 'log' then
        -- a microsecond apart, so that the lines of one turn have an order
        insert into public.journal_messages (
            user_id, platform, direction, content_type, content_preview, trade_id, metadata, created_at)
        select p_user, p_platform, line ->> 'direction', line ->> 'content_type', line ->> 'preview',
               (select t.id from public.trades t where t.id = (line ->> 'trade_id')::uuid and t.user_id = p_user),
               coalesce(line -> 'metadata', '{}'), now() + (place - 1) * interval '1 microsecond'
        from jsonb_array_elements(p_turn -> 'log') with ordinality entries (line, place);
    end if;
    if p_turn ? 'minute' and p_platform = 'whatsapp' then  -- the one platform that makes replies wait for the person
        update worker.outbox o set status = 'pending', due_at = now(), released_at = now(), tries = 0
        where o.platform = p_platform and o.account = p_account and o.chat_id = p_chat_id and o.status = 'held';
    end if;
    if p_turn ? 'replies' then
        insert into worker.outbox (platform, account, chat_id, user_id, trade_id, handle, payload)
        select p_platform, p_account, p_chat_id, p_user,
               (select t.id from public.trades t where t.id = (reply ->> 'trade_id')::uuid and t.user_id = p_user),
               p_turn ->> 'handle', reply -> 'payload'
        from jsonb_array_elements(p_turn -> 'replies') with ordinality entries (reply, place) order by place;
    end if;
    if p_turn ? 'elsewhere' then
        insert into worker.outbox (platform, account, chat_id, user_id, payload)
        select c.platform, c.account, c.chat_id, p_user, p_turn #> '{elsewhere,payload}'
        from worker.chats c
        where c.user_id = p_user and c.platform <> p_platform and c.blocked_at is null
          and p_turn #> '{elsewhere,platforms}' ? c.platform;
    end if;
    if p_turn ? 'plans' then
        perform worker.put_plans(p_user, p_platform, p_account, p_chat_id, p_turn -> 'plans');
    end if;
    if p_turn ? 'jobs' then
        perform worker.enqueue_jobs(p_turn -> 'jobs');
    end if;
    return true;
end $$;

alter table worker.plans enable row level security;
revoke all on worker.plans from public, anon, authenticated;
grant select, insert, update, delete on worker.plans to service_role;
revoke execute on all functions in schema worker from public, anon, authenticated;
grant execute on all functions in schema worker to service_role;
