-- The demo trader of the embedded database: an evaluation account and rules to be judged by.
-- The first four rules and the one on time are for plain code; A+ setups only a model can judge.
-- Done once: what the demo trader changes or deletes later stays so.

do $$
declare
  demo constant uuid := '00000000-0000-4000-8000-00000000de30';
begin
  insert into auth.users (
    instance_id, id, aud, role, email, email_confirmed_at,
    confirmation_token, recovery_token, email_change_token_new, email_change,
    raw_app_meta_data, raw_user_meta_data, created_at, updated_at
  )
  values (
    '00000000-0000-0000-0000-000000000000', demo, 'authenticated', 'authenticated', 'demo@vigil.local', now(),
    '', '', '', '',
    '{"provider": "email", "providers": ["email"]}', '{"name": "Demo Trader"}', now(), now()
  )
  on conflict do nothing;
  if not found then
    return;
  end if;

  update public.profiles
  set subscription_status = 'free',
      free_audits_remaining = 3,
      prop_firm = 'Example Futures Funding',
      firm_id = 'example-futures-funding',
      account_size = 50000,
      challenge_phase = 'evaluation',
      daily_loss_limit_pct = 2,
      daily_loss_type = 'balance',
      max_drawdown_pct = 4,
      max_drawdown_type = 'static',
      profit_target_pct = 6,
      max_daily_trades = 5,
      onboarding_complete = true,
      journal_preferences = '{"timezone": "America/New_York"}'
  where id = demo;

  insert into public.trading_rules (user_id, rule_text, category, sort_order)
  values
    (demo, 'Always have a stop loss', 'risk', 1),
    (demo, 'Never risk more than 1% of the account', 'risk', 2),
    (demo, 'At least 2R reward to risk', 'exit', 3),
    (demo, 'Max 3 contracts', 'risk', 4),
    (demo, 'No trades after 15:30 New York', 'timing', 5),
    (demo, 'Only trade my A+ setups', 'entry', 6);
end
$$;
