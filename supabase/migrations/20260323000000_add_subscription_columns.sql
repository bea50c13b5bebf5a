-- What Stripe reports, and the two states of its own that it adds.

alter table public.profiles
  add column subscription_plan text,
  add column subscription_period_end timestamptz,
  add column stripe_subscription_id text;

alter table public.profiles drop constraint profiles_subscription_status_check;
alter table public.profiles
  add constraint profiles_subscription_status_check
  check (subscription_status in ('free', 'trial', 'trialing', 'active', 'cancelled', 'expired', 'past_due'));
