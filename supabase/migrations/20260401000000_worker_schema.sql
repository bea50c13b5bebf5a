-- The worker's own schema. Why: what passes between platforms and journal (inbox, outbox, limits, undo) is nobody's
-- business but the worker's, so it stands apart from `public`, is not exposed by the REST gateway, and nothing in it
-- is granted to anon or authenticated. RLS is enabled without a policy on every table as a second wall.

create schema if not exists worker;
revoke all on schema worker from public, anon, authenticated;
grant usage on schema worker to service_role;

-- One row per conversation partner, linked or not: the lock of every turn.
create table worker.chats (
    platform text not null check (platform in ('telegram', 'discord', 'whatsapp', 'email')),
    account text not null,
    chat_id text not null,
    user_id uuid references public.profiles (id) on delete set null,
    locale text,
    last_inbound_at timestamptz,
    blocked_at timestamptz,
    hinted_at timestamptz,                       -- a group was told that the journal is private
    minute_began_at timestamptz not null default now(),
    minute_count integer not null default 0,     -- messages in the minute that began then
    wakes_at timestamptz,                        -- when the wait of the conversation ends
    delivering_by bigint,                        -- the process that delivers this chat's outbox
    draining_by bigint,                          -- the process that takes this chat's waiting messages
    created_at timestamptz not null default now(),
    primary key (platform, account, chat_id)
);
create index chats_user on worker.chats (user_id) where user_id is not null;
create index chats_wakes on worker.chats (wakes_at) where wakes_at is not null;

-- Every message that was accepted, once. The body is kept only while it waits, or for the operator when it failed.
create table worker.inbox (
    id bigint generated always as identity primary key,
    platform text not null,
    account text not null,
    chat_id text not null,
    external_id text not null,
    user_id uuid references public.profiles (id) on delete cascade,
    group_id text,
    status text not null check (status in ('waiting', 'done', 'failed')),
    payload jsonb,
    error text,
    received_at timestamptz not null default now(),
    handled_at timestamptz,
    unique (platform, account, chat_id, external_id)   -- no foreign key: who writes here holds the chat's lock
);
create index inbox_waiting on worker.inbox (platform, account, chat_id, id) where status = 'waiting';
create index inbox_failed on worker.inbox (id) where status = 'failed';
create index inbox_user on worker.inbox (user_id) where user_id is not null;

-- Tries of messages that may have taken a worker down with them; kept only until the message is accepted.
create table worker.attempts (
    platform text not null,
    account text not null,
    chat_id text not null,
    external_id text not null,
    tries integer not null default 1,
    last_at timestamptz not null default now(),
    primary key (platform, account, chat_id, external_id)
);

-- Every reply, until it is sent and a while after: answers to it are found by external_id.
create table worker.outbox (
    id bigint generated always as identity primary key,
    platform text not null,
    account text not null,
    chat_id text not null,
    user_id uuid references public.profiles (id) on delete cascade,   -- whose journal the reply speaks of
    trade_id uuid references public.trades (id) on delete set null,
    payload jsonb not null,
    status text not null default 'pending' check (status in ('pending', 'held', 'sent', 'refused', 'dropped')),
    tries integer not null default 0,
    due_at timestamptz not null default now(),
    external_id text,
    error text,
    created_at timestamptz not null default now(),
    sent_at timestamptz
);
create index outbox_pending on worker.outbox (platform, account, chat_id, id) where status = 'pending';
create index outbox_due on worker.outbox (platform, due_at) where status = 'pending';
create index outbox_sent on worker.outbox (platform, account, chat_id, external_id) where external_id is not null;
create index outbox_user on worker.outbox (user_id) where user_id is not null;
create index outbox_trade on worker.outbox (trade_id) where trade_id is not null;

-- Worker processes. A row whose advisory lock nobody holds belongs to a process that died.
create table worker.processes (
    id bigint generated always as identity primary key,
    started_at timestamptz not null default now()
);

-- Wrong link codes, counted per chat and per platform.
create table worker.link_attempts (
    id bigint generated always as identity primary key,
    platform text not null,
    account text not null,
    chat_id text not null,
    tried_at timestamptz not null default now()
);
create index link_attempts_platform on worker.link_attempts (platform, tried_at);

-- What the journal knows of a trade beyond the columns of public.trades.
create table worker.trade_facts (
    trade_id uuid primary key references public.trades (id) on delete cascade,
    user_id uuid not null references public.profiles (id) on delete cascade,
    is_open boolean not null default false,
    open_size numeric,                           -- what is still held of a partly closed trade
    pnl_basis text not null default 'gross' check (pnl_basis in ('gross', 'net')),
    pnl_origin text check (pnl_origin in ('said', 'computed')),
    initial_stop numeric,
    note text,
    platform text,                               -- the message behind the trade: an edit of it proposes changes
    account text,
    chat_id text,
    source_id text,
    created_at timestamptz not null default now()
);
create index trade_facts_open on worker.trade_facts (user_id, created_at desc) where is_open;
create index trade_facts_source on worker.trade_facts (user_id, source_id) where source_id is not null;

-- Pictures of a trade after the first, which is trades.screenshot_url.
create table worker.trade_pictures (
    id bigint generated always as identity primary key,
    trade_id uuid not null references public.trades (id) on delete cascade,
    user_id uuid not null references public.profiles (id) on delete cascade,
    path text not null unique,
    quality text,
    created_at timestamptz not null default now()
);
create index trade_pictures_trade on worker.trade_pictures (trade_id);
create index trade_pictures_user on worker.trade_pictures (user_id);

-- Pictures already taken in: a media job that runs twice stores one file, and a day's pictures are limited.
create table worker.pictures_taken (
    trade_id uuid not null references public.trades (id) on delete cascade,
    handle text not null,
    user_id uuid not null references public.profiles (id) on delete cascade,
    bytes integer not null,
    taken_at timestamptz not null default now(),
    primary key (trade_id, handle)
);
create index pictures_taken_user on worker.pictures_taken (user_id, taken_at);

-- Calls of the language model per profile and UTC day: what one trader may cost is limited.
create table worker.model_calls (
    user_id uuid not null references public.profiles (id) on delete cascade,
    day date not null default (now() at time zone 'UTC')::date,
    calls integer not null default 0,
    primary key (user_id, day)
);

-- What /undo takes back and /redo brings again: the trade as it was and as it became, null where it did not exist.
create table worker.changes (
    id bigint generated always as identity primary key,
    user_id uuid not null references public.profiles (id) on delete cascade,
    kind text not null check (kind in ('record', 'close', 'edit')),
    trade_id uuid not null,
    before jsonb,
    after jsonb,
    undone_at timestamptz,
    created_at timestamptz not null default now()
);
create index changes_user on worker.changes (user_id, id desc);

do $$
declare
    name text;
begin
    for name in select tablename from pg_tables where schemaname = 'worker' loop
        execute format('alter table worker.%I enable row level security', name);
    end loop;
end $$;

revoke all on all tables in schema worker from public, anon, authenticated;
revoke all on all sequences in schema worker from public, anon, authenticated;
grant select, insert, update, delete on all tables in schema worker to service_role;
grant usage on all sequences in schema worker to service_role;
