-- Referrals and announcements. The foreign keys to profiles follow in phase2_core_tables, where
-- that table is created.

create table public.referrals (
  id uuid primary key default gen_random_uuid(),
  referrer_id uuid,
  referred_id uuid unique,
  status text default 'pending' check (status in ('pending', 'completed', 'rewarded')),
  reward_applied boolean default false,
  created_at timestamptz default now()
);

create table public.announcements (
  id uuid primary key default gen_random_uuid(),
  title text not null,
  body text not null,
  type text default 'info' check (type in ('info', 'feature', 'warning')),
  active boolean default true,
  created_at timestamptz default now()
);

create table public.announcement_dismissals (
  id uuid primary key default gen_random_uuid(),
  user_id uuid,
  announcement_id uuid references public.announcements (id) on delete cascade,
  dismissed_at timestamptz default now(),
  unique (user_id, announcement_id)
);

alter table public.referrals enable row level security;
alter table public.announcements enable row level security;
alter table public.announcement_dismissals enable row level security;

revoke all on public.referrals, public.announcements, public.announcement_dismissals
  from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.referrals, public.announcements, public.announcement_dismissals
  to service_role;
grant select, insert on public.referrals to authenticated;
grant select on public.announcements to anon, authenticated;
grant select, insert, update, delete on public.announcement_dismissals to authenticated;

-- (select auth.uid()) is evaluated once per query, auth.uid() once per row.
create policy "Users see referrals they are part of" on public.referrals
  for select to authenticated
  using ((select auth.uid()) in (referrer_id, referred_id));

create policy "Users record who referred them" on public.referrals
  for insert to authenticated
  with check (referred_id = (select auth.uid()));

create policy "Anyone sees active announcements" on public.announcements
  for select to anon, authenticated
  using (active);

create policy "Users manage their own dismissals" on public.announcement_dismissals
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
