-- An index behind every foreign key. Why: deleting a trader, a trade or an announcement looks for what refers to it,
-- in a table without such an index by reading all of it, once for every row that goes.

create index referrals_referrer on public.referrals (referrer_id);
create index announcement_dismissals_announcement on public.announcement_dismissals (announcement_id);
create index trades_source_connection on public.trades (source_connection_id) where source_connection_id is not null;
create index strategy_analyses_user on public.strategy_analyses (user_id);
create index strategy_analyses_parent on public.strategy_analyses (parent_analysis_id)
    where parent_analysis_id is not null;
create index trade_facts_user on worker.trade_facts (user_id);
