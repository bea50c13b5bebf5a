-- Charts. Why: a picture that is asked for is drawn by a job, which may run twice, and is sent once; and nobody has more
-- of them drawn in a day than is allowed. The picture itself is in the store of screenshots, for two days.

create table worker.charts (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.profiles (id) on delete cascade,
    asked_at timestamptz not null default now(),
    made_at timestamptz                          -- null: it is under way
);
create index charts_user on worker.charts (user_id, asked_at);
create index charts_asked_at on worker.charts (asked_at);

alter table worker.charts enable row level security;
revoke all on worker.charts from public, anon, authenticated;
grant select, insert, update, delete on worker.charts to service_role;
