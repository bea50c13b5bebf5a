-- Whose a shared result is. Why: public.shared_results is for everybody who has the link and names nobody; who shared a
-- trade must be able to take it back, and what is shared of a trade that is deleted must go with it, whoever deletes it:
-- the trader, the web app, an undo, or the end of the account.

create table worker.shares (
    result_id uuid primary key references public.shared_results (id) on delete cascade,
    user_id uuid not null references public.profiles (id) on delete cascade,
    trade_id uuid not null unique references public.trades (id) on delete cascade,
    shared_at timestamptz not null default now()
);
create index shares_user on worker.shares (user_id, shared_at desc);

-- As the owner of both tables: a client may delete its trade, but reaches neither of them.
create function worker.unshare() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    delete from public.shared_results r where r.id = old.result_id;
    return null;
end $$;
create trigger shares_unshare after delete on worker.shares for each row execute function worker.unshare();

alter table worker.shares enable row level security;
revoke all on worker.shares from public, anon, authenticated;
grant select, insert, update, delete on worker.shares to service_role;
revoke execute on all functions in schema worker from public, anon, authenticated;
grant execute on all functions in schema worker to service_role;
