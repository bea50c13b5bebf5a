-- Strategies read from a screenshot, and the chain of their iterations.

create table public.strategy_analyses (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references public.profiles (id) on delete cascade,
  screenshot_url text,
  user_description text,
  extracted_rules jsonb,
  overall_backtestability decimal,
  pine_script text,
  pine_script_version integer default 1,
  backtest_imported boolean default false,
  backtest_results jsonb,
  fitness_analysis jsonb,
  parent_analysis_id uuid references public.strategy_analyses (id),
  iteration_number integer default 1,
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

alter table public.strategy_analyses enable row level security;

revoke all on public.strategy_analyses from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.strategy_analyses to service_role;
grant select, insert, update on public.strategy_analyses to authenticated;

create policy "Users see their own analyses" on public.strategy_analyses
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy "Users add their own analyses" on public.strategy_analyses
  for insert to authenticated
  with check (user_id = (select auth.uid()));

create policy "Users update their own analyses" on public.strategy_analyses
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
