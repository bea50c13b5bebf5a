-- Whose trades name a screenshot. Why: pictures are kept for 90 days, so among millions of trades few name one; the
-- retention goes from trader to trader and must not read all the others' trades to find them.

create index trades_screenshots on public.trades (user_id) where screenshot_url is not null;
