-- Whose trades name a screenshot. Why: pictures are kept for 90 days, so among millions of trades few name one; the
-- retention goes from trader to trader, and /chart to the newest, and neither must read all the other trades for it.

create index trades_screenshots on public.trades (user_id, created_at desc) where screenshot_url is not null;
