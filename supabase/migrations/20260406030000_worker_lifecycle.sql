-- How long data lives. Why: what nobody needs any more is somebody's all the same; what a trader asks for must be handed
-- over, and what they ask to be deleted must go, also where the worker dies in the middle. Files on their way to a
-- trader stand here, as the process that makes one and the process that sends it may be on different machines.

-- One row per /export; it stays for the limit of a day when its file is gone.
create table worker.exports (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.profiles (id) on delete cascade,
    asked_at timestamptz not null default now(),
    made_at timestamptz,                         -- null: it is under way
    outbox_id bigint                             -- the reply it goes with; no foreign key, as replies are pruned earlier
);
create index exports_user on worker.exports (user_id, asked_at);
create index exports_asked_at on worker.exports (asked_at);

-- The file, a megabyte a row: so it is written and read without being held whole by the database.
create table worker.export_parts (
    export_id uuid not null references worker.exports (id) on delete cascade,
    part integer not null,
    data bytea not null,
    primary key (export_id, part)
);
alter table worker.export_parts alter column data set storage external;    -- a ZIP does not get smaller

-- A journal that is being deleted. It goes with the last of the journal, so a deletion that was broken off is taken up.
create table worker.deletions (
    user_id uuid primary key references public.profiles (id) on delete cascade,
    chats jsonb not null,                        -- [{"platform", "account", "chat_id"}]: that it was asked in, first;
                                                 -- all of them are bound no more
    asked_at timestamptz not null default now(),
    trades integer not null default 0,           -- deleted so far
    pictures integer not null default 0
);

-- What pruning looks for: the oldest of a table, without reading the rest.
create index link_codes_expires_at on public.platform_link_codes (expires_at);
create index attempts_last_at on worker.attempts (last_at);
create index inbox_received_at on worker.inbox (received_at);
create index outbox_ended on worker.outbox (created_at) where status in ('sent', 'refused', 'dropped');
create index chats_strangers on worker.chats ((coalesce(last_inbound_at, created_at))) where user_id is null;
create index pgqueuer_failed on worker.pgqueuer (updated) where status = 'failed';
create index pgqueuer_statistics_created on worker.pgqueuer_statistics (created);

alter table worker.exports enable row level security;
alter table worker.export_parts enable row level security;
alter table worker.deletions enable row level security;
revoke all on worker.exports, worker.export_parts, worker.deletions from public, anon, authenticated;
grant select, insert, update, delete on worker.exports, worker.export_parts, worker.deletions to service_role;
