-- The funnel before there are accounts: leads, quiz answers, anonymous audits.
-- Only server code reads and writes these, so clients get no grant at all. Grants are stated in
-- every file because projects differ in what new tables grant by default.

create table public.email_leads (
  id uuid primary key default gen_random_uuid(),
  email text not null unique,
  source text default 'quiz',
  quiz_result jsonb,
  created_at timestamptz default now(),
  subscribed boolean default true
);

create table public.quiz_completions (
  id uuid primary key default gen_random_uuid(),
  created_at timestamptz default now(),
  market text not null,
  style text not null,
  budget text not null,
  priority text not null,
  trailing_dd_ok text not null,
  recommended_firm text not null,
  recommended_score integer not null,
  all_scores jsonb not null,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  referrer text
);

create table public.anonymous_audits (
  id uuid primary key default gen_random_uuid(),
  ip_hash text not null,
  result_hash text not null unique,
  firm_id text not null,
  audit_result jsonb not null,
  claimed_by uuid,
  created_at timestamptz default now(),
  expires_at timestamptz not null
);

create index idx_anon_audits_ip on public.anonymous_audits (ip_hash, created_at desc);
create index idx_anon_audits_hash on public.anonymous_audits (result_hash);

revoke all on public.email_leads, public.quiz_completions, public.anonymous_audits
  from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.email_leads, public.quiz_completions, public.anonymous_audits
  to service_role;
