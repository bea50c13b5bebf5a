-- A stranger's free audit. Why: public.anonymous_audits holds the results, but no constraint of it can say that a chat
-- has one a day, and what the language model may cost for strangers is limited in all, not by person. A chat is named
-- by a keyed hash only; nothing here leads back to it.

create table worker.tries (
    ip_hash text not null,
    day date not null default (now() at time zone 'UTC')::date,
    result_id uuid references public.anonymous_audits (id) on delete set null,
    primary key (ip_hash, day)
);
create index tries_day on worker.tries (day);
create index tries_result on worker.tries (result_id) where result_id is not null;

-- What strangers had the model do, by UTC day.
create table worker.try_calls (
    day date primary key default (now() at time zone 'UTC')::date,
    calls integer not null default 0,
    tokens bigint not null default 0
);

-- A result that was claimed is somebody's data: it goes with its profile, which claimed_by does not refer to.
create index anonymous_audits_claimed on public.anonymous_audits (claimed_by) where claimed_by is not null;

create function worker.forget_claimed() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    delete from public.anonymous_audits a where a.claimed_by = old.id;
    return null;
end $$;
create trigger profiles_forget_claimed after delete on public.profiles
    for each row execute function worker.forget_claimed();

alter table worker.tries enable row level security;
alter table worker.try_calls enable row level security;
revoke all on worker.tries, worker.try_calls from public, anon, authenticated;
grant select, insert, update, delete on worker.tries, worker.try_calls to service_role;
revoke execute on all functions in schema worker from public, anon, authenticated;
grant execute on all functions in schema worker to service_role;
