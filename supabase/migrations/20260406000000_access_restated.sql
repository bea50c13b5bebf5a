-- Who may do what in `public`, stated once for all tables. Why: on a project where the web app's own copies of the
-- documented files ran, under the same versions, what clients were granted is whatever that project's defaults gave:
-- TRUNCATE in every one, and EXECUTE on every function. Where ours ran, this file changes one thing: clients update
-- only those columns of `profiles` that are theirs to choose. A deny-list would open with every column that is added.

revoke all on
    public.profiles, public.trading_rules, public.trades, public.trade_rule_verdicts, public.daily_tracking,
    public.broker_connections, public.sync_logs, public.email_leads, public.quiz_completions, public.anonymous_audits,
    public.referrals, public.announcements, public.announcement_dismissals, public.strategy_analyses,
    public.shared_results, public.platform_link_codes, public.journal_conversations, public.journal_messages
    from public, anon, authenticated, service_role;

grant select, insert, update, delete on
    public.profiles, public.trading_rules, public.trades, public.trade_rule_verdicts, public.daily_tracking,
    public.broker_connections, public.sync_logs, public.email_leads, public.quiz_completions, public.anonymous_audits,
    public.referrals, public.announcements, public.announcement_dismissals, public.strategy_analyses,
    public.shared_results, public.platform_link_codes, public.journal_conversations, public.journal_messages
    to service_role;

grant select, insert, update, delete on
    public.trading_rules, public.trades, public.trade_rule_verdicts, public.daily_tracking, public.broker_connections,
    public.announcement_dismissals, public.journal_conversations
    to authenticated;
grant select, insert, update on public.strategy_analyses to authenticated;
grant select, insert on public.platform_link_codes, public.referrals to authenticated;
grant select on public.profiles, public.sync_logs, public.journal_messages to authenticated;
grant select on public.announcements to anon, authenticated;
grant update (
    prop_firm, firm_id, account_size, challenge_phase, daily_loss_limit_pct, daily_loss_type, max_drawdown_pct,
    max_drawdown_type, profit_target_pct, max_daily_trades, trading_rules, onboarding_complete, ai_provider,
    journal_preferences
) on public.profiles to authenticated;

-- Whatever their arguments are called there. A path that is fixed already stays; ours is empty.
do $$
declare
    ours constant text[] := array['handle_new_user', 'update_updated_at', 'increment_free_audits'];
    found record;
begin
    for found in
        select oid::regprocedure as signature, proname, coalesce(array_to_string(proconfig, ','), '') as settings
        from pg_proc where pronamespace = 'public'::regnamespace and proname = any (ours)
    loop
        execute format('revoke execute on function %s from public, anon, authenticated, service_role', found.signature);
        if found.proname = 'increment_free_audits' then
            execute format('grant execute on function %s to service_role', found.signature);
        end if;
        if found.settings not like '%search_path=%' then
            execute format('alter function %s set search_path = pg_catalog, public, pg_temp', found.signature);
        end if;
    end loop;
end $$;

-- auth.uid() alone is computed for every row, (select auth.uid()) once a query.
do $$
declare
    alone constant text := '(?<!select )auth\.uid\(\)';
    found record;
begin
    for found in
        select tablename, policyname, qual, with_check from pg_policies
        where schemaname = 'public' and (qual ~* alone or with_check ~* alone)
    loop
        if found.qual is not null then
            execute format('alter policy %I on public.%I using (%s)', found.policyname, found.tablename,
                regexp_replace(found.qual, alone, '(select auth.uid())', 'gi'));
        end if;
        if found.with_check is not null then
            execute format('alter policy %I on public.%I with check (%s)', found.policyname, found.tablename,
                regexp_replace(found.with_check, alone, '(select auth.uid())', 'gi'));
        end if;
    end loop;
end $$;
