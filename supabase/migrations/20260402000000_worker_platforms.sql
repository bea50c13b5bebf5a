-- What more platforms need of a turn. Why: an answer to a Discord interaction or a mail needs what came with it (a
-- token, the headers of the thread); platforms without buttons print numbers, and only the outbox knows what a number
-- stood for; WhatsApp takes some replies only once the person has written again, and its numbers change hands.
-- And what makes a turn swift: one that leaves the journal as it is (a report, an answer, talk) is decided without a
-- lock or a transaction held open over the network, and written only if no other turn of its chat came between.

alter table worker.chats add column handle text;     -- of the latest message: for replies of later jobs
alter table worker.chats add column turns bigint not null default 0;   -- how many were written: the chat's version
alter table worker.outbox add column handle text;    -- of the message that is answered
alter table worker.outbox add column released_at timestamptz;   -- it was held until then: its time to be sent begins
create index chats_number on worker.chats (chat_id) where platform = 'whatsapp';
create index outbox_held on worker.outbox (platform, account, chat_id) where status = 'held';
create index outbox_offered on worker.outbox (platform, account, chat_id, id)
    where platform in ('whatsapp', 'email') and payload ? 'buttons';

-- The data of the button that a number stands for: of the reply that was answered, else of the latest one with buttons
-- since the person wrote last (a turn's replies bear the time of its message), if it was sent before the number was
-- written: nobody chooses what they have not been shown. Else the number is just text.
create function worker.offered_choice(
    p_platform text, p_account text, p_chat_id text, p_choice integer, p_reply_to text, p_since timestamptz,
    p_sent_at timestamptz)
returns text
language plpgsql stable set search_path = '' as $$
declare
    buttons jsonb;
begin
    if p_reply_to is not null then
        select jsonb_path_query_array(o.payload, '$.buttons[*][*].data') into buttons
        from worker.outbox o
        where o.platform = p_platform and o.account = p_account and o.chat_id = p_chat_id and o.external_id = p_reply_to
          and o.status = 'sent'
        limit 1;
    else
        select jsonb_path_query_array(o.payload, '$.buttons[*][*].data') into buttons
        from worker.outbox o
        where o.platform in ('whatsapp', 'email') and o.payload ? 'buttons'  -- as the index says
          and o.platform = p_platform and o.account = p_account and o.chat_id = p_chat_id and o.created_at >= p_since
          and o.status = 'sent' and o.sent_at <= p_sent_at
        order by o.id desc limit 1;
    end if;
    return buttons ->> (p_choice - 1);
end $$;

-- A number that was silent for 90 days may be somebody else's by now: it needs a new code. The caller locks the chat.
create function worker.lapse_number(p_chat_id text) returns void
language plpgsql set search_path = '' as $$
declare
    owner uuid;
begin
    update public.profiles p set whatsapp_phone = null where p.whatsapp_phone = p_chat_id returning p.id into owner;
    update worker.chats c set user_id = null, wakes_at = null
    where c.platform = 'whatsapp' and c.chat_id = p_chat_id;
    update public.journal_conversations c set state = 'idle', pending_trade = null, context = '{}'
    where c.user_id = owner and c.platform = 'whatsapp';
    update worker.outbox o set status = 'dropped', error = 'unlinked'
    where o.platform = 'whatsapp' and o.chat_id = p_chat_id and o.user_id = owner and o.status in ('pending', 'held');
end $$;

drop function worker.begin_turn(
    text, text, text, text, text, text, text, text, boolean, integer, timestamptz);
drop function worker.finish_turn(text, text, text, text, uuid, jsonb);

-- Locks the chat, then its profile, and loads what a turn needs. `p_fresh`: the message comes from its platform; else
-- it is taken from the inbox and is neither a repeat nor counted. Outcomes: go, repeat, wait (others are before it),
-- flooded (the first over the limit), quiet (the others). Without `p_lock` nothing is locked or written; what needs
-- that has the outcome lock, and `version` is for finish_turn to see whether all this still holds.
create function worker.begin_turn(
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
            'max_drawdown_type', profile_.max_drawdown_type, 'max_daily_trades', profile_.max_daily_trades));
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

-- Writes what a turn leaves behind. `p_turn`: {"status", "payload", "group_id", "error", "rows": inbox ids that were
-- drained, "conversation": {state, pending_trade, context, wakes_at}, "hinted", "log": [...], "replies": [...],
-- "jobs": [...], "locale", "handle": of the message that is answered, "minute": [when the minute of the flood limit began,
-- messages in it] where it comes fresh, "elsewhere": {platforms, payload} of what is also said in the profile's other chats}. `p_version`: of a turn that was begun without a lock; false, and nothing is
-- written, where another turn of the chat came between or the chat has become somebody else's.
create function worker.finish_turn(
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
    if p_turn ? 'jobs' then
        perform worker.enqueue_jobs(p_turn -> 'jobs');
    end if;
    return true;
end $$;

revoke execute on all functions in schema worker from public, anon, authenticated;
grant execute on all functions in schema worker to service_role;
