-- What a client may insert as a link code. Why: who knows a live code binds a chat to its account, and a client that
-- names codes freely learns from the UNIQUE on `code` which ones exist, makes its own live on, or takes them all.
--
-- A limit alone does not close that. A statement that fails costs its sender nothing, so any statement whose error
-- depends on whether a code is free asks about that code for nothing: a code and a broken row, two codes with ON
-- CONFLICT DO NOTHING, a column cast in RETURNING. Therefore no code is ever taken for a client: the code of another
-- that stands in the way is deleted, used or not, and whatever a statement answers is the same for a free code.
-- Five guesses an hour at 923,521 codes are no way to end the code of somebody else.
--
-- Applies to whoever is under row level security; the worker and the service role are not.

create function worker.admit_link_code() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    -- before anything is looked up: its policy refuses such a row only after the triggers
    if new.user_id is distinct from (select auth.uid()) then
        raise exception 'a link code is made for oneself' using errcode = 'insufficient_privilege';
    end if;
    -- two at once would not see each other's rows
    perform pg_advisory_xact_lock(hashtextextended('link code of ' || new.user_id, 0));
    new.used := false;
    new.created_at := now();
    new.expires_at := least(new.expires_at, now() + interval '10 minutes');
    if new.code !~ '^VGL-[A-Z0-9]{4}$' then
        raise exception 'a link code is VGL- and four of A-Z and 0-9' using errcode = 'check_violation';
    end if;
    if exists (
        select from public.platform_link_codes c
        where c.user_id = new.user_id and c.platform = new.platform and not coalesce(c.used, false)
            and c.expires_at > now()
    ) then
        raise exception 'there is a live link code for % already: use it, or wait until it expires', new.platform;
    end if;
    if 5 <= (
        select count(*) from public.platform_link_codes c
        where c.user_id = new.user_id and c.created_at > now() - interval '1 hour'
    ) then
        raise exception 'five link codes were made within the hour: wait before the next';
    end if;
    delete from public.platform_link_codes c where c.code = new.code and c.user_id <> new.user_id;
    return new;
end $$;

revoke execute on function worker.admit_link_code() from public, anon, authenticated;

create trigger platform_link_codes_of_clients
    before insert on public.platform_link_codes
    for each row when (row_security_active('public.platform_link_codes'::regclass))
    execute function worker.admit_link_code();

-- For the counts above, and for the foreign key.
create index platform_link_codes_user on public.platform_link_codes (user_id, created_at);
