-- The journal in the chat: who is linked where, link codes, conversations, and the message log.

alter table public.profiles
  add column telegram_chat_id text,
  add column discord_user_id text,
  add column whatsapp_phone text,
  add column gmail_journal_address text,
  add column journal_preferences jsonb default '{}';

create unique index idx_profiles_telegram_chat on public.profiles (telegram_chat_id)
  where telegram_chat_id is not null;
create unique index idx_profiles_discord_user on public.profiles (discord_user_id)
  where discord_user_id is not null;
create unique index idx_profiles_whatsapp_phone on public.profiles (whatsapp_phone)
  where whatsapp_phone is not null;

create table public.platform_link_codes (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.profiles (id) on delete cascade,
  platform text not null check (platform in ('telegram', 'discord', 'whatsapp', 'email')),
  code text not null unique,
  used boolean default false,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create table public.journal_conversations (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.profiles (id) on delete cascade,
  platform text not null check (platform in ('telegram', 'discord', 'whatsapp', 'email')),
  platform_chat_id text not null,
  state text not null default 'idle'
    check (state in ('idle', 'awaiting_confirmation', 'awaiting_screenshot', 'awaiting_details')),
  pending_trade jsonb,
  context jsonb default '{}',
  updated_at timestamptz not null default now(),
  unique (user_id, platform)
);

create table public.journal_messages (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.profiles (id) on delete cascade,
  platform text not null check (platform in ('telegram', 'discord', 'whatsapp', 'email')),
  direction text not null check (direction in ('inbound', 'outbound')),
  content_type text not null default 'text' check (content_type in ('text', 'image', 'command', 'system')),
  content_preview text,
  trade_id uuid references public.trades (id) on delete set null,
  metadata jsonb default '{}',
  created_at timestamptz not null default now()
);

create index idx_link_codes_lookup on public.platform_link_codes (code, used, expires_at);
create index idx_journal_messages_user on public.journal_messages (user_id, created_at desc);
create index idx_journal_messages_trade on public.journal_messages (trade_id) where trade_id is not null;

create trigger journal_conversations_updated_at
  before update on public.journal_conversations
  for each row execute function public.update_updated_at();

alter table public.trades drop constraint trades_source_type_check;
alter table public.trades
  add constraint trades_source_type_check
  check (source_type in ('csv_import', 'broker_sync', 'manual', 'journal'));

alter table public.platform_link_codes enable row level security;
alter table public.journal_conversations enable row level security;
alter table public.journal_messages enable row level security;

revoke all on public.platform_link_codes, public.journal_conversations, public.journal_messages
  from public, anon, authenticated, service_role;
grant select, insert, update, delete
  on public.platform_link_codes, public.journal_conversations, public.journal_messages
  to service_role;
grant select, insert on public.platform_link_codes to authenticated;
grant select, insert, update, delete on public.journal_conversations to authenticated;
grant select on public.journal_messages to authenticated;

create policy "Users see their own link codes" on public.platform_link_codes
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy "Users add their own link codes" on public.platform_link_codes
  for insert to authenticated
  with check (user_id = (select auth.uid()));

create policy "Users manage their own conversations" on public.journal_conversations
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

create policy "Users see their own messages" on public.journal_messages
  for select to authenticated
  using (user_id = (select auth.uid()));
