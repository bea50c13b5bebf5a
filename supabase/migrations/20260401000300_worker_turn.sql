-- A turn in few round trips. Why functions: a turn locks, looks up and writes a dozen things; each of these joins
-- steps that always go together, so that a report, an answer or a confirmation costs at most five trips.
--   begin_turn    lock the chat, see whether the message is new, load everything the conversation needs
--   apply_changes write trades, undo and redo, recompute the days; only turns that change the journal call it
--   finish_turn   the message, the conversation, the log, the replies and the jobs
-- They are PL/pgSQL, which keeps its plans for as long as the connection lives; before version 18 PostgreSQL plans an
-- SQL function anew at every call. known_trade is SQL without SET, so that it is inlined where it is used.

-- A trade whole, as undo keeps it: its row, its facts, its legs and the days they count on; null when there is none.
create function worker.trade_snapshot(p_user uuid, p_trade uuid) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
    return (
        select jsonb_build_object(
            'trade', to_jsonb(t) - 'daily_tracking_id',
            'facts', to_jsonb(f),
            'day', (select d.trade_date from public.daily_tracking d where d.id = t.daily_tracking_id),
            'legs', coalesce((
                select jsonb_agg(to_jsonb(l) - 'daily_tracking_id' || jsonb_build_object('day', d.trade_date)
                                 order by l.created_at, l.id)
                from worker.trade_legs l left join public.daily_tracking d on d.id = l.daily_tracking_id
                where l.trade_id = t.id), '[]'::jsonb))
        from public.trades t left join worker.trade_facts f on f.trade_id = t.id
        where t.id = p_trade and t.user_id = p_user);
end $$;

-- A partly closed trade from its legs: realised P&L, what is still held, and, once nothing is, the size-weighted exit.
create function worker.sum_legs(p_trade uuid) returns void
language sql set search_path = '' as $$
    with legs as (
        select sum(l.size) as size, sum(l.pnl) as pnl,
               trim_scale(round(sum(l.size * l.exit_price) / nullif(sum(l.size), 0), 10)) as exit_price,
               max(l.exit_time) as exit_time
        from worker.trade_legs l where l.trade_id = p_trade),
    trade as (
        update public.trades t set
            pnl = legs.pnl,
            exit_price = case when legs.size >= t.position_size then legs.exit_price end,
            exit_time = case when legs.size >= t.position_size then legs.exit_time end
        from legs where t.id = p_trade returning t.position_size)
    update worker.trade_facts f set
        is_open = legs.size < trade.position_size,
        open_size = case when legs.size < trade.position_size then trade.position_size - legs.size end
    from legs, trade where f.trade_id = p_trade
$$;

-- Lay a patch of a snapshot over a trade, which is made where it does not exist. Keys that are absent stay as they are.
create function worker.put_trade(p_user uuid, p_trade uuid, p_patch jsonb) returns void
language plpgsql set search_path = '' as $$
declare
    row_ public.trades;
    facts worker.trade_facts;
begin
    select * into row_ from public.trades t where t.id = p_trade and t.user_id = p_user for update;
    if not found then
        row_.source_type := 'journal';
        row_.audit_status := 'pending';
        row_.has_overrides := false;
        row_.created_at := clock_timestamp();  -- not now(): trades of one message keep their order
    end if;
    -- A trade that is brought back has lost its verdicts: it is judged anew.
    row_ := jsonb_populate_record(row_, (p_patch -> 'trade') - array[
        'daily_tracking_id', 'audit_status', 'audit_result', 'audit_provider', 'compliance_score', 'has_overrides',
        'rules_followed', 'rules_violated', 'rules_unclear']);
    row_.id := p_trade;
    row_.user_id := p_user;
    if p_patch ? 'add_commissions' then
        row_.commissions := coalesce(row_.commissions, 0) + (p_patch ->> 'add_commissions')::numeric;
    end if;
    if p_patch ->> 'day' is not null then
        row_.daily_tracking_id := worker.ensure_day(p_user, (p_patch ->> 'day')::date);
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

    select * into facts from worker.trade_facts f where f.trade_id = p_trade;
    if not found then
        facts.is_open := false;
        facts.pnl_basis := 'gross';
        facts.created_at := clock_timestamp();
    end if;
    facts := jsonb_populate_record(facts, coalesce(p_patch -> 'facts', '{}'::jsonb));
    facts.trade_id := p_trade;
    facts.user_id := p_user;
    insert into worker.trade_facts select facts.*
    on conflict (trade_id) do update set
        is_open = excluded.is_open, open_size = excluded.open_size, pnl_basis = excluded.pnl_basis,
        pnl_origin = excluded.pnl_origin, initial_stop = excluded.initial_stop, note = excluded.note;

    if p_patch ? 'legs' then
        delete from worker.trade_legs l where l.trade_id = p_trade;
    end if;
    -- Legs that are brought back keep their ids and their order.
    insert into worker.trade_legs (
        id, trade_id, user_id, size, exit_price, pnl, exit_time, daily_tracking_id, created_at)
    select coalesce((leg ->> 'id')::uuid, gen_random_uuid()), p_trade, p_user, (leg ->> 'size')::numeric,
           (leg ->> 'exit_price')::numeric, (leg ->> 'pnl')::numeric, (leg ->> 'exit_time')::timestamptz,
           case when leg ->> 'day' is not null then worker.ensure_day(p_user, (leg ->> 'day')::date) end,
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

-- The days a snapshot counts on.
create function worker.snapshot_days(p_snapshot jsonb) returns setof date
language sql immutable set search_path = '' as $$
    select (p_snapshot ->> 'day')::date where p_snapshot ->> 'day' is not null
    union
    select (leg ->> 'day')::date from jsonb_array_elements(coalesce(p_snapshot -> 'legs', '[]'::jsonb)) leg
    where leg ->> 'day' is not null
$$;

-- Write changes of one trader's journal: [{"kind": record|close|edit, "trade_id", "patch": snapshot patch}], or
-- [{"kind": undo|redo, "id": change, or null for the last one}], which does nothing where that is not the latest change
-- of its trade or the trade is gone. The caller holds the lock on the profile. Gives {"days": rows of the touched days,
-- "changes": what was done, in order}; a change's id is null where there is no such trade to close or edit any more.
create function worker.apply_changes(p_user uuid, p_changes jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
    change jsonb;
    kept worker.changes;
    before jsonb;
    after jsonb;
    touched date[] := '{}';
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
        touched := touched || array(select worker.snapshot_days(before) union select worker.snapshot_days(after));
        done := done || jsonb_build_array(jsonb_build_object(
            'id', kept.id, 'kind', change ->> 'kind', 'of', kept.kind, 'trade_id', kept.trade_id,
            'before', before, 'after', after));
    end loop;
    if touched <> '{}' then
        perform worker.recompute_days(p_user, (select min(day) from unnest(touched) day));
        perform worker.recompute_streak(p_user);
    end if;
    return jsonb_build_object(
        'changes', done,
        'days', coalesce((
            select jsonb_agg(to_jsonb(d) order by d.trade_date) from public.daily_tracking d
            where d.user_id = p_user and d.trade_date = any (touched)), '[]'::jsonb));
end $$;

-- A trade as the conversation needs to know it; numbers as text, so that no digit is lost on the way.
create function worker.known_trade(t public.trades, f worker.trade_facts) returns json
language sql stable
    return json_build_object(
        'trade_id', t.id,
        'fields', json_build_object(
            'symbol', t.symbol, 'direction', t.direction, 'entry_price', t.entry_price::text,
            'exit_price', t.exit_price::text, 'position_size', t.position_size::text,
            'stop_loss', t.stop_loss::text, 'take_profit', t.take_profit::text, 'pnl', t.pnl::text,
            'commissions', t.commissions::text, 'pnl_basis', case when t.pnl is not null then f.pnl_basis end,
            'entry_time', t.entry_time, 'exit_time', t.exit_time),
        'is_open', coalesce(f.is_open, false),
        'open_size', f.open_size::text,
        'has_picture', t.screenshot_url is not null);

-- Whose chat this is, by the binding columns of profiles alone: nothing that a client can write.
create function worker.bound_profile(p_platform text, p_chat_id text, p_sender_id text) returns uuid
language plpgsql stable set search_path = '' as $$
begin
    case p_platform
        when 'telegram' then
            return (select id from public.profiles where telegram_chat_id = p_chat_id);
        when 'discord' then
            return (select id from public.profiles where discord_user_id = p_sender_id);
        when 'whatsapp' then
            return (select id from public.profiles where whatsapp_phone = p_chat_id);
        when 'email' then
            return (select id from public.profiles where lower(gmail_journal_address) = lower(p_chat_id) limit 1);
    end case;
end $$;

-- Locks the chat, then its profile, and loads what a turn needs. `p_fresh`: the message comes from its platform; else
-- it is taken from the inbox and is neither a repeat nor counted. Outcomes: go, repeat, wait (others are before it),
-- flooded (the first over the limit), quiet (the others).
create function worker.begin_turn(
    p_platform text, p_account text, p_chat_id text, p_sender_id text, p_external_id text, p_reply_to text,
    p_edits text, p_locale text, p_fresh boolean, p_limit integer, p_sent_at timestamptz,
    out outcome text, out user_id uuid, out locale text, out hinted boolean, out minute_began_at timestamptz,
    out minute_count integer, out profile jsonb, out state text, out pending_trade text, out context text,
    out open_trades text, out recent text, out target text)
language plpgsql set search_path = '' as $$
declare
    chat worker.chats;
    profile_ public.profiles;
    moment timestamptz;
begin
    -- NO KEY: with FOR UPDATE the foreign key of a job's reply, written under the profile's lock, would wait for the
    -- chat while this turn waits for the profile.
    select * into chat from worker.chats c
    where c.platform = p_platform and c.account = p_account and c.chat_id = p_chat_id for no key update;
    if not found then
        insert into worker.chats (platform, account, chat_id, locale) values (p_platform, p_account, p_chat_id, p_locale)
        on conflict do nothing;
        select * into chat from worker.chats c
        where c.platform = p_platform and c.account = p_account and c.chat_id = p_chat_id for no key update;
    end if;
    outcome := 'go';
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

    user_id := worker.bound_profile(p_platform, p_chat_id, p_sender_id);
    select * into profile_ from public.profiles p where p.id = begin_turn.user_id for no key update;
    user_id := profile_.id;
    minute_began_at := chat.minute_began_at;
    minute_count := chat.minute_count;
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

-- Jobs for the engine, as PgQueuer itself enqueues them (a test compares): [{"entrypoint", "payload", "after", "key"}].
create function worker.enqueue_jobs(p_jobs jsonb) returns void
language plpgsql set search_path = '' as $$
begin
    with added as (
        insert into worker.pgqueuer (priority, entrypoint, payload, execute_after, dedupe_key, headers, status)
        select 0, job ->> 'entrypoint', convert_to(job ->> 'payload', 'UTF8'),
               now() + make_interval(secs => coalesce((job ->> 'after')::numeric, 0)::float8), job ->> 'key', 'null', 'queued'
        from jsonb_array_elements(p_jobs) job
        on conflict (dedupe_key) where status in ('queued', 'picked') and dedupe_key is not null do nothing
        returning id, entrypoint, priority)
    insert into worker.pgqueuer_log (job_id, status, entrypoint, priority)
    select id, 'queued', entrypoint, priority from added;
end $$;

-- Writes what a turn leaves behind. `p_turn`: {"status", "payload", "group_id", "error", "rows": inbox ids that were
-- drained, "conversation": {state, pending_trade, context, wakes_at}, "hinted", "log": [...], "replies": [...],
-- "jobs": [...], "locale", "minute": [when the minute of the flood limit began, messages in it] where it comes fresh}.
create function worker.finish_turn(
    p_platform text, p_account text, p_chat_id text, p_external_id text, p_user uuid, p_turn jsonb) returns void
language plpgsql set search_path = '' as $$
begin
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
        locale = coalesce(p_turn ->> 'locale', c.locale),
        wakes_at = case when p_turn ? 'wakes_at' then (p_turn ->> 'wakes_at')::timestamptz else c.wakes_at end,
        hinted_at = case when p_turn ? 'hinted' then now() else c.hinted_at end,
        blocked_at = case when p_turn ? 'minute' then null else c.blocked_at end,
        last_inbound_at = case when p_turn ? 'minute' then now() else c.last_inbound_at end,
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
    if p_turn ? 'replies' then
        insert into worker.outbox (platform, account, chat_id, user_id, trade_id, payload)
        select p_platform, p_account, p_chat_id, p_user,
               (select t.id from public.trades t where t.id = (reply ->> 'trade_id')::uuid and t.user_id = p_user),
               reply -> 'payload'
        from jsonb_array_elements(p_turn -> 'replies') with ordinality entries (reply, place) order by place;
    end if;
    if p_turn ? 'jobs' then
        perform worker.enqueue_jobs(p_turn -> 'jobs');
    end if;
end $$;

revoke execute on all functions in schema worker from public, anon, authenticated;
grant execute on all functions in schema worker to service_role;
