-- Two walls around the bucket of screenshots. Why: policies of one table add up, so a later and wider one for another
-- bucket would open this one, too; a restrictive policy holds whatever else is allowed. And a name such as
-- `{user}/../{other}/x.png` lies in the user's folder by its first part, but not for whoever makes a path of it.

create policy "Screenshots stay in the folder of their user" on storage.objects
    as restrictive for all to anon, authenticated
    using (bucket_id is distinct from 'screenshots' or (storage.foldername(name))[1] = (select auth.uid())::text)
    with check (
        bucket_id is distinct from 'screenshots'
        or (storage.foldername(name))[1] = (select auth.uid())::text and name !~ '(^|/)\.{0,2}(/|$)'
    );

-- TRUNCATE is granted there by Supabase, row level security does not apply to it, and the files would stay.
create function worker.refuse_truncate() returns trigger
language plpgsql set search_path = '' as $$
begin
    raise exception '%.% is not emptied by SQL', tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
end $$;

revoke execute on function worker.refuse_truncate() from public, anon, authenticated;

create trigger objects_are_not_truncated
    before truncate on storage.objects
    for each statement when (current_user in ('anon', 'authenticated', 'service_role'))
    execute function worker.refuse_truncate();
create trigger buckets_are_not_truncated
    before truncate on storage.buckets
    for each statement when (current_user in ('anon', 'authenticated', 'service_role'))
    execute function worker.refuse_truncate();
