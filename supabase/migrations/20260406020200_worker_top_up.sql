-- The monthly top-up in portions that stay as small as they are. Why: each batch read all profiles before its first one
-- again, as "p_after is null or id > p_after" is no condition of an index: at a million profiles the last ones of a
-- month would have taken more than the 25 seconds that a statement may. And a run that had nothing to do, as nearly all
-- do, was one statement over every profile. Now a batch looks at p_limit profiles, whether they lack anything or not.
create or replace function worker.top_up_credits(p_month date, p_after uuid, p_limit integer, out last uuid, out raised integer)
language plpgsql set search_path = '' set lock_timeout = '2s' as $$
declare
    profile_id uuid;
    lacks boolean;
begin
    raised := 0;
    for profile_id, lacks in
        select looked.id, looked.created_at < p_month::timestamp at time zone 'UTC'
            and not exists (select from worker.credit_months m where m.user_id = looked.id and m.month >= p_month)
        from (select p.id, p.created_at from public.profiles p
              where p.id > coalesce(p_after, '00000000-0000-0000-0000-000000000000')
              order by p.id limit p_limit) looked
        order by looked.id
    loop
        last := profile_id;
        continue when lacks is not true;
        perform 1 from public.profiles p where p.id = profile_id for no key update skip locked;
        continue when not found;
        begin
            insert into worker.credit_months as m (user_id, month) values (profile_id, p_month)
            on conflict (user_id) do update set month = excluded.month where m.month < excluded.month;
            if found then
                update public.profiles p set free_audits_remaining = 3
                where p.id = profile_id and coalesce(p.free_audits_remaining, 0) < 3;
                if found then
                    raised := raised + 1;
                end if;
            end if;
        exception when others then
            raise warning 'profile % was not topped up: %', profile_id, sqlerrm;
        end;
    end loop;
end $$;
