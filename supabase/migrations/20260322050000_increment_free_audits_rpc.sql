-- Gives audits back in one statement, so that two callers at once never lose one.
-- NULL when there is no such profile.

create function public.increment_free_audits(p_user_id uuid, p_amount integer default 1) returns integer
language sql security definer set search_path = ''
as $$
  update public.profiles
  set free_audits_remaining = coalesce(free_audits_remaining, 0) + p_amount
  where id = p_user_id
  returning free_audits_remaining;
$$;

-- A client that could call this would have audits without end.
revoke execute on function public.increment_free_audits(uuid, integer) from public, anon, authenticated;
grant execute on function public.increment_free_audits(uuid, integer) to service_role;
