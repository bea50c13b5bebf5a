-- The last gaps of schema `worker`. Why: the engine's tables came without row level security, the second wall of all
-- the others; two functions took the search_path of their caller; and what no role may do is said once more for all
-- that stands here now.

do $$
declare
    open_table text;
begin
    for open_table in
        select oid::regclass::text from pg_class
        where relnamespace = 'worker'::regnamespace and relkind in ('r', 'p') and not relrowsecurity
    loop
        execute format('alter table %s enable row level security', open_table);
    end loop;
end $$;

alter function worker.known_trade(public.trades, worker.trade_facts) set search_path = '';
alter function worker.is_open(worker.plans) set search_path = '';

revoke all on schema worker from public, anon, authenticated;
revoke all on all tables in schema worker from public, anon, authenticated;
revoke all on all sequences in schema worker from public, anon, authenticated;
revoke execute on all functions in schema worker from public, anon, authenticated;
revoke truncate, references, trigger on all tables in schema worker from service_role;
grant execute on all functions in schema worker to service_role;
