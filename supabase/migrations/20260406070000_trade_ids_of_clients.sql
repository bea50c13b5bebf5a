-- Clients do not choose ids for trades as the worker makes them. Why: the id of a reported trade follows from its message
-- and its profile (a UUID of version 5), so that the same message never makes two. Who knows both, as the two of a
-- referral know each other's profile, computes the ids of the trades to come and inserts rows of their own under them:
-- the other's reports are refused from then on. A client that names an id takes a random one, as the default does.
--
-- Applies to whoever is under row level security; the worker and the service role are not.

-- As the caller: its own trade may be written again under the id that it has; another's and none are refused alike.
create function worker.admit_trade_id() returns trigger
language plpgsql set search_path = '' as $$
begin
    if not exists (select from public.trades t where t.id = new.id) then
        raise exception 'an id of the worker''s own kind is not chosen' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;

revoke execute on function worker.admit_trade_id() from public, anon, authenticated;
grant execute on function worker.admit_trade_id() to service_role;

create trigger trades_id_of_clients
    before insert or update of id on public.trades
    for each row when (row_security_active('public.trades'::regclass) and substr(new.id::text, 15, 1) = '5')
    execute function worker.admit_trade_id();
