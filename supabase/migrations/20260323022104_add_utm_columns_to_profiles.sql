-- Where a user came from: first and last touch.

alter table public.profiles
  add column utm_source_first text,
  add column utm_medium_first text,
  add column utm_campaign_first text,
  add column utm_source_last text,
  add column utm_medium_last text,
  add column utm_campaign_last text;
