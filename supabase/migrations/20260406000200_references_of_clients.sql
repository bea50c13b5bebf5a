-- A row of a client points at rows that this client sees, and at no others. Why: row level security does not check
-- what a foreign key points at, so a trader could hang a verdict on the rule of another, and queries that join without
-- asking again whose row it is would carry one trader's words into the journal of the other. A foreign row and none at
-- all are refused alike. (A verdict's trade, and a log's connection, are looked at by their policies.)
--
-- Applies to whoever is under row level security; the worker and the service role are not, and what a foreign key
-- itself sets to null is done by the owner of the table.

-- As the caller: what it may not read does not exist. Arguments: the column, and the table that it refers to.
create function worker.refuse_foreign_row() returns trigger
language plpgsql set search_path = '' as $$
declare
    seen boolean;
begin
    execute format('select exists (select from %s r where r.id = $1)', tg_argv[1])
    into seen using (to_jsonb(new) ->> tg_argv[0])::uuid;
    if not seen then
        raise exception '% refers to a row that is not yours', tg_argv[0] using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;

revoke execute on function worker.refuse_foreign_row() from public, anon, authenticated;

create trigger trades_day_of_clients
    before insert or update of daily_tracking_id on public.trades
    for each row when (new.daily_tracking_id is not null and row_security_active('public.trades'::regclass))
    execute function worker.refuse_foreign_row('daily_tracking_id', 'public.daily_tracking');
create trigger trades_connection_of_clients
    before insert or update of source_connection_id on public.trades
    for each row when (new.source_connection_id is not null and row_security_active('public.trades'::regclass))
    execute function worker.refuse_foreign_row('source_connection_id', 'public.broker_connections');
create trigger trade_rule_verdicts_rule_of_clients
    before insert or update of rule_id on public.trade_rule_verdicts
    for each row when (new.rule_id is not null and row_security_active('public.trade_rule_verdicts'::regclass))
    execute function worker.refuse_foreign_row('rule_id', 'public.trading_rules');
create trigger trading_rules_previous_of_clients
    before insert or update of previous_version_id on public.trading_rules
    for each row when (new.previous_version_id is not null and row_security_active('public.trading_rules'::regclass))
    execute function worker.refuse_foreign_row('previous_version_id', 'public.trading_rules');
create trigger strategy_analyses_parent_of_clients
    before insert or update of parent_analysis_id on public.strategy_analyses
    for each row when (new.parent_analysis_id is not null and row_security_active('public.strategy_analyses'::regclass))
    execute function worker.refuse_foreign_row('parent_analysis_id', 'public.strategy_analyses');
create trigger announcement_dismissals_of_clients
    before insert or update of announcement_id on public.announcement_dismissals
    for each row when (
        new.announcement_id is not null and row_security_active('public.announcement_dismissals'::regclass))
    execute function worker.refuse_foreign_row('announcement_id', 'public.announcements');
