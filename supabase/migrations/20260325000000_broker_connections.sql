-- Trades that come from a broker: the connection, its log, and where a trade came from.

create table public.broker_connections (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.profiles (id) on delete cascade,
  broker_type text not null,
  auth_type text not null,
  display_name text,
  encrypted_credentials text,
  status text not null default 'pending'
    check (status in ('pending', 'active', 'error', 'disconnected', 'token_expired')),
  error_message text,
  consecutive_errors integer default 0,
  last_sync_at timestamptz,
  sync_interval_minutes integer default 15,
  trades_synced_total integer default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (user_id, broker_type, display_name)
);

create table public.sync_logs (
  id uuid primary key default gen_random_uuid(),
  connection_id uuid not null references public.broker_connections (id) on delete cascade,
  started_at timestamptz not null default now(),
  completed_at timestamptz,
  status text not null default 'running' check (status in ('running', 'success', 'partial', 'error')),
  trades_fetched integer default 0,
  trades_new integer default 0,
  trades_duplicate integer default 0,
  error_message text,
  duration_ms integer
);

-- phase2_core_tables creates source_type; databases made by hand before it was there get it here.
alter table public.trades add column if not exists source_type text default 'csv_import';
alter table public.trades
  add column source_connection_id uuid references public.broker_connections (id) on delete set null,
  add column external_id text;

create index idx_broker_connections_user on public.broker_connections (user_id);
create index idx_broker_connections_sync on public.broker_connections (status, last_sync_at)
  where status = 'active';
create index idx_sync_logs_connection on public.sync_logs (connection_id, started_at desc);
create unique index idx_trades_external_dedup on public.trades (user_id, source_connection_id, external_id)
  where external_id is not null;

create trigger broker_connections_updated_at
  before update on public.broker_connections
  for each row execute function public.update_updated_at();

alter table public.broker_connections enable row level security;
alter table public.sync_logs enable row level security;

revoke all on public.broker_connections, public.sync_logs from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.broker_connections, public.sync_logs to service_role;
grant select, insert, update, delete on public.broker_connections to authenticated;
grant select on public.sync_logs to authenticated;

create policy "Users manage their own broker connections" on public.broker_connections
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

create policy "Users see the logs of their own connections" on public.sync_logs
  for select to authenticated
  using (
    exists (
      select 1 from public.broker_connections
      where broker_connections.id = sync_logs.connection_id
        and broker_connections.user_id = (select auth.uid())
    )
  );
