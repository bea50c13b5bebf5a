-- What onboarding needs to remember. `trading_rules` is the old free text; the rules an audit
-- judges by are rows of the table of that name.

alter table public.profiles
  add column onboarding_complete boolean default false,
  add column trading_rules text,
  add column firm_id text;
