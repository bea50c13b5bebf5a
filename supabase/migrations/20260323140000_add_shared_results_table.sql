-- Results behind a public link. The server renders the page, so clients get no policy.

create table public.shared_results (
  id uuid primary key default gen_random_uuid(),
  result_hash text not null unique,
  strategy_summary text,
  pnl_percent decimal,
  stats jsonb,
  og_image_url text,
  views integer default 0,
  created_at timestamptz default now()
);

create index idx_shared_results_hash on public.shared_results (result_hash);

alter table public.shared_results enable row level security;

revoke all on public.shared_results from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.shared_results to service_role;
