-- Accounts beside the one the profile describes. Why: a trader with a challenge and a funded account has two sets of
-- limits that must never touch each other, and the documented schema has one. profiles' columns stay the default
-- account; daily_tracking and the streak are its days. Every other account is a row here, its days in account_days, and a
-- trade names its account in worker.trade_facts (null: the default one).

create table worker.accounts (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.profiles (id) on delete cascade,
    name text not null check (name ~ '^[a-z0-9][a-z0-9_-]{0,19}$'),     -- what "@name" says in a message
    firm text,
    account_size integer,
    challenge_phase text,
    currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
    day_zone text,                               -- IANA zone and full hour of the day start; null: the trader's own
    day_hour integer check (day_hour between 0 and 23),
    daily_loss_limit_pct numeric,                -- the limit columns mean what they mean in public.profiles
    daily_loss_type text,
    max_drawdown_pct numeric,
    max_drawdown_type text,
    profit_target_pct numeric,
    max_daily_trades integer,
    closed_at timestamptz,                       -- failed, passed or given up: kept for its trades, offered no more
    created_at timestamptz not null default now(),
    unique (user_id, name)
);

-- As public.daily_tracking, for the accounts above.
create table worker.account_days (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null references worker.accounts (id) on delete cascade,
    user_id uuid not null references public.profiles (id) on delete cascade,
    trade_date date not null,
    starting_balance numeric,
    ending_balance numeric,
    daily_pnl numeric,
    max_equity_high numeric,
    trades_taken integer default 0,
    daily_loss_used numeric,
    drawdown_used numeric,
    compliance_score numeric,
    day_status text default 'trading' check (day_status in ('trading', 'rest_day', 'gap')),
    unique (account_id, trade_date)
);
create index account_days_user on worker.account_days (user_id);

-- NO ACTION and not CASCADE: an account that has trades cannot be deleted, only closed.
alter table worker.trade_facts
    add column account_id uuid references worker.accounts (id),
    add column account_day_id uuid references worker.account_days (id) on delete set null;
alter table worker.trade_legs
    add column account_day_id uuid references worker.account_days (id) on delete set null;
create index trade_facts_account on worker.trade_facts (account_id) where account_id is not null;
create index trade_facts_account_day on worker.trade_facts (account_day_id) where account_day_id is not null;
create index trade_legs_account_day on worker.trade_legs (account_day_id) where account_day_id is not null;

alter table worker.accounts enable row level security;
alter table worker.account_days enable row level security;
revoke all on worker.accounts, worker.account_days from public, anon, authenticated;
grant select, insert, update, delete on worker.accounts, worker.account_days to service_role;
