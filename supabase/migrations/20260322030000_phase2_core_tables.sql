-- The journal itself: profiles, rules, days, trades and the verdicts on them.

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  stripe_customer_id text,
  subscription_status text default 'free'
    constraint profiles_subscription_status_check
    check (subscription_status in ('free', 'trial', 'active', 'cancelled', 'expired')),
  trial_ends_at timestamptz,
  free_audits_remaining integer default 3,
  prop_firm text,
  account_size integer,
  challenge_phase text,
  daily_loss_limit_pct decimal,
  daily_loss_type text,
  max_drawdown_pct decimal,
  max_drawdown_type text,
  profit_target_pct decimal,
  max_daily_trades integer,
  ai_provider text default 'openai',
  has_byok_key boolean default false,
  current_streak_days integer default 0,
  longest_streak_days integer default 0,
  last_audit_date date
);

create table public.trading_rules (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.profiles (id) on delete cascade,
  rule_text text not null,
  category text default 'entry' check (category in ('entry', 'exit', 'risk', 'timing')),
  is_active boolean default true,
  sort_order integer default 0,
  version integer default 1,
  previous_version_id uuid references public.trading_rules (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table public.daily_tracking (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.profiles (id) on delete cascade,
  trade_date date not null,
  starting_balance decimal,
  ending_balance decimal,
  daily_pnl decimal,
  max_equity_high decimal,
  trades_taken integer default 0,
  daily_loss_used decimal,
  drawdown_used decimal,
  compliance_score decimal,
  day_status text default 'trading' check (day_status in ('trading', 'rest_day', 'gap')),
  unique (user_id, trade_date)
);

create table public.trades (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.profiles (id) on delete cascade,
  daily_tracking_id uuid references public.daily_tracking (id) on delete set null,
  symbol text,
  direction text,
  entry_price decimal,
  exit_price decimal,
  entry_time timestamptz,
  exit_time timestamptz,
  position_size decimal,
  stop_loss decimal,
  take_profit decimal,
  pnl decimal,
  commissions decimal,
  screenshot_url text,
  screenshot_quality text,
  audit_status text default 'pending' check (audit_status in ('pending', 'audited', 'skipped')),
  audit_result jsonb,
  audit_provider text,
  compliance_score decimal,
  rules_followed integer,
  rules_violated integer,
  rules_unclear integer,
  has_overrides boolean default false,
  source_type text default 'csv_import'
    constraint trades_source_type_check check (source_type in ('csv_import', 'manual')),
  created_at timestamptz not null default now()
);

create table public.trade_rule_verdicts (
  id uuid primary key default gen_random_uuid(),
  trade_id uuid not null references public.trades (id) on delete cascade,
  rule_id uuid not null references public.trading_rules (id) on delete cascade,
  verdict text check (verdict in ('followed', 'violated', 'unclear')),
  evidence text,
  severity text default 'minor',
  ai_confidence integer check (ai_confidence between 1 and 5),
  is_overridden boolean default false,
  original_verdict text,
  override_reason text,
  created_at timestamptz not null default now()
);

create index idx_daily_tracking_user_date on public.daily_tracking (user_id, trade_date desc);
create index idx_trades_user_created on public.trades (user_id, created_at desc);
create index idx_trade_rule_verdicts_trade on public.trade_rule_verdicts (trade_id);

-- Held back in the files of these tables, because profiles did not exist yet.
alter table public.referrals
  add constraint referrals_referrer_id_fkey
    foreign key (referrer_id) references public.profiles (id) on delete cascade,
  add constraint referrals_referred_id_fkey
    foreign key (referred_id) references public.profiles (id) on delete cascade;
alter table public.announcement_dismissals
  add constraint announcement_dismissals_user_id_fkey
    foreign key (user_id) references public.profiles (id) on delete cascade;

-- SECURITY DEFINER: the role that signs people up has no rights in this schema.
create function public.handle_new_user() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.profiles (id) values (new.id) on conflict (id) do nothing;
  return new;
end;
$$;

create function public.update_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.updated_at = now();
  return new;
end;
$$;

-- Triggers fire without EXECUTE; without this revoke both would be callable through the gateway.
revoke execute on function public.handle_new_user(), public.update_updated_at()
  from public, anon, authenticated, service_role;

create trigger on_auth_user_created
  after insert on auth.users
  for each row execute function public.handle_new_user();
create trigger profiles_updated_at
  before update on public.profiles
  for each row execute function public.update_updated_at();
create trigger trading_rules_updated_at
  before update on public.trading_rules
  for each row execute function public.update_updated_at();

-- People who signed up before the trigger existed.
insert into public.profiles (id) select id from auth.users on conflict (id) do nothing;

alter table public.profiles enable row level security;
alter table public.trading_rules enable row level security;
alter table public.daily_tracking enable row level security;
alter table public.trades enable row level security;
alter table public.trade_rule_verdicts enable row level security;

revoke all on public.profiles, public.trading_rules, public.daily_tracking, public.trades, public.trade_rule_verdicts
  from public, anon, authenticated, service_role;
grant select, insert, update, delete
  on public.profiles, public.trading_rules, public.daily_tracking, public.trades, public.trade_rule_verdicts
  to service_role;
grant select, update on public.profiles to authenticated;
grant select, insert, update, delete
  on public.trading_rules, public.daily_tracking, public.trades, public.trade_rule_verdicts
  to authenticated;

create policy "Users see their own profile" on public.profiles
  for select to authenticated
  using (id = (select auth.uid()));

create policy "Users update their own profile" on public.profiles
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));

create policy "Users manage their own rules" on public.trading_rules
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

create policy "Users manage their own days" on public.daily_tracking
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

create policy "Users manage their own trades" on public.trades
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

create policy "Users manage the verdicts on their own trades" on public.trade_rule_verdicts
  for all to authenticated
  using (
    exists (
      select 1 from public.trades
      where trades.id = trade_rule_verdicts.trade_id and trades.user_id = (select auth.uid())
    )
  )
  with check (
    exists (
      select 1 from public.trades
      where trades.id = trade_rule_verdicts.trade_id and trades.user_id = (select auth.uid())
    )
  );
