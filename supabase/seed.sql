-- The demo trader: an evaluation account, rules to be judged by, and a journal of thirty trading days up to the last
-- weekday before today, in the trader's zone. Some days won, more lost a little, two days off, one missed, and one on
-- which a loss was to be won back (day 21), with all that the rules are there to prevent.
--
-- The first four rules and the one on time are for plain code; A+ setups only a model can judge, so there the trader
-- has said what they think. Days, streak and partial exits are computed by the worker's own functions; verdicts and
-- grades are what the worker's audit says of these trades, and a test audits them again. Nothing is left to chance:
-- whatever the day, trades, ids and figures are the same.
--
-- Needs no superuser. Done once: what the demo trader changes or deletes later stays so.

do $$
declare
  demo constant uuid := '00000000-0000-4000-8000-00000000de30';
  rule constant text := '00000000-0000-4000-8000-0001000';  -- and five digits
  zone constant text := 'America/New_York';
  days date[];
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

  -- The latest 33 weekdays before today, the first one first. On these two holidays every market is closed.
  days := array(
    select day from (
      select (now() at time zone zone)::date - back as day from generate_series(1, 60) back) weekdays
    where extract(isodow from day) < 6 and to_char(day, 'MM-DD') not in ('12-25', '01-01')
    order by day desc limit 33);
  days := array(select day from unnest(days) day order by day);

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
      journal_preferences = jsonb_build_object('timezone', zone),
      created_at = (days[1] - 1 + time '18:00') at time zone zone
  where id = demo;

  insert into public.trading_rules (
    id, user_id, rule_text, category, sort_order, quality_grade, win_rate, avg_pnl, sample_count, last_graded_at,
    created_at)
  select (rule || '0000' || n)::uuid, demo, words, category, n, grade, win_rate, avg_pnl, samples,
         (days[33] + time '13:00') at time zone zone, (days[1] - 1 + time '18:10') at time zone zone
  from (values
    (1, 'Always have a stop loss', 'risk', 'C', 0.4068, 17.57, 62),
    (2, 'Never risk more than 1% of the account', 'risk', 'C', 0.3860, 8.71, 61),
    (3, 'At least 2R reward to risk', 'exit', 'C', 0.3846, 17.84, 61),
    (4, 'Max 3 contracts', 'risk', 'C', 0.4068, 16.07, 62),
    (5, 'No trades after 15:30 New York', 'timing', 'C', 0.3966, 15.44, 62),
    (6, 'Only trade my A+ setups', 'entry', 'A', 0.8333, 681.60, 10)
  ) as rules (n, words, category, grade, win_rate, avg_pnl, samples);

  -- Day, entry by the clock, minutes held, market, side, size, entry, exit, stop, target. Those without an exit were
  -- closed in parts, see below; number 24 was held overnight and counts on the day it was closed.
  insert into public.trades (
    id, user_id, daily_tracking_id, symbol, direction, entry_price, exit_price, entry_time, exit_time, position_size,
    stop_loss, take_profit, pnl, commissions, audit_status, audit_provider, source_type, created_at)
  select ('00000000-0000-4000-8000-0000de30' || lpad(n::text, 4, '0'))::uuid, demo, worker.ensure_day(demo, days[day]),
         symbol, side, entry, exit, entered, entered + held * interval '1 minute', size, stop, target,
         round((exit - entry) * size * point_value * case side when 'long' then 1 else -1 end, 2), size * commission,
         'audited', 'computed', 'journal', entered + coalesce(held, 0) * interval '1 minute' + interval '2 minutes'
  from (values
    (1,  1,  '9:49',  11,   'ES',  'long',  2, 5376.25,  5373.25,  5371.75,  5387.5),
    (2,  2,  '9:40',  34,   'MNQ', 'short', 4, 18474.75, 18418.5,  18499.75, 18418.5),
    (3,  2,  '10:43', 11,   'ES',  'short', 2, 5404.5,   5409,     5409,     5394.5),
    (4,  3,  '9:53',  14,   'ES',  'short', 2, 5415.25,  5412.5,   5419.25,  5407.25),
    (5,  3,  '11:18', 26,   'MNQ', 'short', 4, 18496.25, 18505,    18521.25, 18446.25),
    (6,  4,  '9:52',  23,   'NQ',  'long',  1, 18513,    18513,    18491,    18568),
    (7,  5,  '9:48',  38,   'NQ',  'long',  2, 18454,    18442,    18439,    18490),
    (8,  5,  '10:45', 47,   'NQ',  'long',  2, 18460.75, 18461.25, 18448.75, 18478.75),
    (9,  6,  '9:59',  null, 'ES',  'long',  2, 5398,     null,     5393.5,   5407),
    (10, 6,  '11:08', 29,   'NQ',  'long',  2, 18438.5,  18451.25, 18427.5,  18471.5),
    (11, 6,  '12:42', 8,    'ES',  'long',  1, 5409,     5403.5,   5403.5,   5420),
    (12, 7,  '9:58',  26,   'ES',  'long',  2, 5394.5,   5404.5,   5390,     5404.5),
    (13, 7,  '11:08', 30,   'NQ',  'short', 1, 18475.5,  18493.5,  18493.5,  18439.5),
    (14, 7,  '12:04', 23,   'MNQ', 'long',  4, 18457.75, 18432.75, 18432.75, 18495.25),
    (15, 9,  '9:48',  null, 'ES',  'short', 2, 5383.75,  null,     5388.25,  5369.75),
    (16, 10, '9:55',  14,   'ES',  'short', 1, 5396.5,   5402,     5402,     5385.5),
    (17, 10, '10:51', 27,   'NQ',  'long',  1, 18551.5,  18542.5,  18533.5,  18596.5),
    (18, 11, '9:50',  33,   'NQ',  'short', 2, 18505.5,  18516.5,  18516.5,  18483.5),
    (19, 11, '11:16', 40,   'CL',  'long',  1, 73.84,    74.11,    73.42,    74.68),
    (20, 11, '12:53', 38,   'CL',  'short', 1, 74.85,    75.27,    75.27,    74.01),
    (21, 12, '9:47',  8,    'MNQ', 'long',  6, 18483,    18461,    18461,    18532.5),
    (22, 12, '10:10', 28,   'ES',  'long',  2, 5415.25,  5411.25,  5411.25,  5425.25),
    (23, 13, '10:00', 36,   'ES',  'long',  1, 5387.25,  5385,     5381.75,  5399.5),
    (24, 14, '10:44', null, 'GC',  'long',  2, 2351,     null,     2348.8,   2357),
    (25, 14, '9:54',  23,   'NQ',  'long',  2, 18451,    18439,    18439,    18487),
    (26, 15, '9:41',  25,   'GC',  'short', 1, 2360.8,   2362.8,   2364.6,   2353.2),
    (27, 17, '9:49',  15,   'ES',  'long',  2, 5402.75,  5404.75,  5398.75,  5410.75),
    (28, 17, '10:38', 42,   'CL',  'long',  1, 73.54,    73.16,    73.16,    74.49),
    (29, 17, '12:28', 32,   'CL',  'long',  1, 74.82,    74.69,    74.44,    75.58),
    (30, 18, '9:52',  17,   'ES',  'short', 2, 5371.75,  5371.25,  5377.25,  5361.75),
    (31, 18, '10:26', 27,   'NQ',  'short', 2, 18356.75, 18367.75, 18367.75, 18334.75),
    (32, 19, '9:55',  4,    'NQ',  'short', 2, 18303.75, 18293.5,  18315.75, 18276.75),
    (33, 19, '11:14', 23,   'ES',  'long',  1, 5406.75,  5401.25,  5401.25,  5417.75),
    (34, 19, '12:09', 8,    'NQ',  'long',  1, 18303.5,  18295.5,  18285.5,  18344),
    (35, 20, '9:54',  null, 'NQ',  'long',  2, 18278.75, null,     18267.75, 18308.75),
    (36, 21, '9:41',  6,    'NQ',  'long',  2, 18292,    18280,    18280,    18316),
    (37, 21, '9:52',  5,    'NQ',  'long',  2, 18279.5,  18272,    null,     null),
    (38, 21, '10:04', 4,    'NQ',  'short', 4, 18266,    18268.5,  18272,    18254),
    (39, 21, '10:21', 11,   'NQ',  'long',  2, 18271.25, 18276.75, 18261.25, 18281.25),
    (40, 21, '15:41', 12,   'ES',  'short', 2, 5356,     5358,     5361,     5351),
    (41, 21, '15:55', 3,    'ES',  'long',  1, 5358.75,  5359.75,  5353.75,  5368.75),
    (42, 22, '9:35',  12,   'ES',  'long',  2, 5369.75,  5373.25,  5365.75,  5379.75),
    (43, 22, '10:34', 29,   'ES',  'short', 2, 5412,     5403,     5416,     5403),
    (44, 23, '9:46',  44,   'NQ',  'long',  2, 18253,    18242,    18242,    18275),
    (45, 23, '10:50', 10,   'ES',  'short', 2, 5354.75,  5346.75,  5358.75,  5346.75),
    (46, 25, '9:37',  35,   'NQ',  'short', 2, 18347.75, 18347.25, 18359.75, 18323.75),
    (47, 25, '10:54', 18,   'ES',  'short', 2, 5397.25,  5392,     5402.5,   5387.25),
    (48, 25, '11:27', 8,    'GC',  'short', 1, 2361.3,   2365.5,   2365.5,   2352.9),
    (49, 26, '9:54',  9,    'ES',  'long',  2, 5370.5,   5379.5,   5366.5,   5379.5),
    (50, 27, '9:58',  48,   'NQ',  'short', 2, 18319.5,  18330.5,  18330.5,  18297.5),
    (51, 27, '11:55', 6,    'NQ',  'long',  1, 18278,    18327.5,  18256,    18327.5),
    (52, 27, '12:55', 29,   'MNQ', 'long',  6, 18303.25, 18281.25, 18281.25, 18369.25),
    (53, 28, '9:39',  9,    'NQ',  'long',  1, 18297.5,  18275.5,  18275.5,  18363.5),
    (54, 28, '10:33', 10,   'ES',  'long',  3, 5326.25,  5323,     5323,     5334.25),
    (55, 29, '9:44',  9,    'NQ',  'short', 2, 18268.5,  18268.25, 18280.5,  18241.5),
    (56, 30, '9:50',  23,   'NQ',  'long',  1, 18289.5,  18276.75, 18269.5,  18319.5),
    (57, 31, '9:50',  44,   'MNQ', 'short', 6, 18292.5,  18243,    18314.5,  18243),
    (58, 31, '11:39', 34,   'NQ',  'long',  1, 18278.25, 18260.25, 18260.25, 18314.25),
    (59, 32, '9:49',  32,   'ES',  'short', 2, 5317.75,  5320.75,  5322.25,  5304.25),
    (60, 33, '9:43',  36,   'NQ',  'long',  2, 18226,    18222.25, 18214,    18253),
    (61, 33, '10:36', 40,   'NQ',  'long',  1, 18206.75, 18231,    18188.75, 18242.75),
    (62, 33, '12:14', 37,   'CL',  'short', 1, 77.98,    78.4,     78.4,     76.93)
  ) as told (n, day, at, held, symbol, side, size, entry, exit, stop, target)
  join (values ('NQ', 20, 4.20), ('MNQ', 2, 1.24), ('ES', 50, 4.20), ('GC', 100, 4.80), ('CL', 1000, 4.80))
    as market (symbol, point_value, commission) using (symbol)
  cross join lateral (
    select (days[case n when 24 then 13 else day end] + at::time) at time zone zone as entered) clock
  order by n;

  insert into worker.trade_facts (trade_id, user_id, pnl_basis, pnl_origin, initial_stop, note, created_at)
  select id, demo, 'gross', 'computed', stop_loss,
         case when stop_loss is null then 'no stop, want it back' end, created_at
  from public.trades where user_id = demo;

  -- Partial exits: of which trade, on which day and when, how many, at which price.
  insert into worker.trade_legs (trade_id, user_id, size, exit_price, pnl, exit_time, daily_tracking_id, created_at)
  select t.id, demo, part.size, part.exit,
         round((part.exit - t.entry_price) * part.size * point_value * case t.direction when 'long' then 1 else -1 end,
               2),
         closed, worker.ensure_day(demo, days[day]), closed + interval '1 minute'
  from (values
    (9, 6, '10:08', 1, 5404.00, 50), (9, 6, '10:20', 1, 5410.00, 50),
    (15, 9, '10:11', 1, 5377.75, 50), (15, 9, '10:36', 1, 5369.75, 50),
    (24, 13, '11:19', 1, 2354.00, 100), (24, 14, '10:12', 1, 2356.40, 100),
    (35, 20, '10:07', 1, 18292.75, 20), (35, 20, '10:28', 1, 18308.75, 20)
  ) as part (n, day, at, size, exit, point_value)
  join public.trades t on t.user_id = demo and t.id::text like '%' || lpad(part.n::text, 4, '0')
  cross join lateral (select (days[day] + at::time) at time zone zone as closed) clock;
  perform worker.sum_legs(id) from public.trades where user_id = demo and exit_price is null;

  -- Two days off, and one that was missed, as the hourly job finds it.
  perform worker.mark_day(demo, days[off], said)
  from (values (8, 'rest_day'), (16, 'gap'), (24, 'rest_day')) as days_off (off, said);

  -- What the audit says of each.
  insert into public.trade_rule_verdicts (trade_id, rule_id, verdict, evidence, severity, ai_confidence, created_at)
  select t.id, (rule || '0000' || n)::uuid, verdict, evidence,
         case when verdict = 'violated' then severity else 'minor' end, case n when 6 then 1 else 5 end, t.judged
  from (
    select trades.*, position_size * point_value * abs(entry_price - stop_loss) as risk,
           abs(take_profit - entry_price) / nullif(abs(entry_price - stop_loss), 0) as planned,
           to_char(entry_time at time zone zone, 'HH24:MI') as clock,
           coalesce(exit_time, created_at) + interval '3 minutes' as judged
    from public.trades
    join (values ('NQ', 20), ('MNQ', 2), ('ES', 50), ('GC', 100), ('CL', 1000)) as market (symbol, point_value)
      using (symbol)
    where user_id = demo
  ) t
  cross join lateral (values
    (1, case when stop_loss is null then 'violated' else 'followed' end, 'critical',
     coalesce('Stop at ' || trim_scale(stop_loss) || '.', 'The note says that there was no stop.')),
    (2, case when risk > 500 then 'violated' when risk <= 500 then 'followed' else 'unclear' end,
     case when risk > 1000 then 'critical' when risk > 625 then 'major' else 'minor' end,
     coalesce('Risk $' || replace(to_char(risk, 'FM990.00'), '.00', '') || ' = ' || trim_scale(round(risk / 500, 2))
              || ' % of the account; limit 1 % of $50,000.',
              'The stop of this trade was not given. Answer its message with it, as in ''stop 18230''.')),
    (3, case when planned < 2 then 'violated' when planned >= 2 then 'followed' else 'unclear' end,
     case when planned < 1 then 'major' else 'minor' end,
     coalesce('Planned ' || trim_scale(round(planned, 2)) || 'R; at least 2R is the rule.',
              'The stop of this trade was not given. Answer its message with it, as in ''stop 18230''.')),
    (4, case when position_size > 3 and symbol <> 'MNQ' then 'violated' else 'followed' end, 'major',
     format('Size %s %s%s; limit 3 contracts.', position_size, symbol, case symbol when 'MNQ' then
            format(' = %s contracts (10 micros count as 1)', trim_scale(position_size / 10)) end)),
    (5, case when clock > '15:30' then 'violated' else 'followed' end, 'major',
     format('Entered %s New York; no entries from 15:30 to 00:00.', clock)),
    (6, 'unclear', 'minor', 'Needs judgement, and no language model is set up.')
  ) as found (n, verdict, severity, evidence);

  -- Where the trader had the last word.
  update public.trade_rule_verdicts v
  set is_overridden = true, original_verdict = v.verdict, verdict = own.verdict, override_reason = own.reason
  from (values
    (7, 2, 'followed', 'Half of it was hedged in ES.'),
    (9, 6, 'followed', 'Retest of the opening range, with the trend.'),
    (15, 6, 'followed', 'Failed breakout at yesterday''s high, my best setup.'),
    (21, 6, 'violated', 'Bought into the news.'),
    (35, 6, 'followed', 'Second test of the low, volume drying up.'),
    (37, 6, 'violated', 'No setup at all, I wanted it back.'),
    (38, 6, 'violated', 'Reversed in anger.'),
    (43, 6, 'followed', 'Failed breakout, waited for the close.'),
    (44, 6, 'followed', 'The setup was there, it just did not work.'),
    (49, 6, 'followed', 'Retest of the opening range.'),
    (52, 6, 'violated', 'Bored, chased it.')
  ) as own (trade, rule, verdict, reason)
  where v.trade_id::text like '%de30' || lpad(own.trade::text, 4, '0')
    and v.rule_id::text like '%' || own.rule and v.trade_id in (select id from public.trades where user_id = demo);

  update public.trades t
  set rules_followed = followed, rules_violated = violated, rules_unclear = unclear, has_overrides = overridden,
      compliance_score = score,
      audit_result = jsonb_build_object(
        'of', null, 'at', judged, 'answered', '[]'::jsonb, 'day', day, 'score', score::text, 'verdicts', verdicts,
        'computed', computed, 'rules', versions, 'earlier_overrides', '[]'::jsonb,
        'note', case when unjudged then 'no_model' end,
        'provider', null, 'model', null, 'prompt', null, 'own_key', false,
        'tokens', '{"input": 0, "output": 0}'::jsonb, 'cost_usd', null, 'seconds', 0)
  from (
    select v.trade_id, d.trade_date as day, max(v.created_at) as judged, bool_or(v.is_overridden) as overridden,
           bool_or(r.sort_order = 6 and v.verdict = 'unclear') as unjudged,
           count(*) filter (where v.verdict = 'followed') as followed,
           count(*) filter (where v.verdict = 'violated') as violated,
           count(*) filter (where v.verdict = 'unclear') as unclear,
           round(100.0 * count(*) filter (where v.verdict = 'followed')
                 / nullif(sum(case v.verdict when 'followed' then 1 when 'violated' then
                     case v.severity when 'critical' then 4 when 'major' then 2 else 1 end else 0 end), 0), 2) as score,
           jsonb_agg(v.rule_id order by r.sort_order)
             filter (where r.sort_order < 6 and not v.is_overridden) as computed,
           jsonb_object_agg(v.rule_id, r.version) as versions,
           jsonb_agg(jsonb_build_object(
             'rule_id', v.rule_id, 'verdict', v.verdict, 'evidence', v.evidence, 'severity', v.severity,
             'confidence', v.ai_confidence, 'computed', r.sort_order < 6 and not v.is_overridden)
             || case when v.is_overridden then jsonb_build_object(
               'overridden', true, 'original_verdict', v.original_verdict, 'override_reason', v.override_reason)
               else '{}' end order by r.sort_order) as verdicts
    from public.trade_rule_verdicts v
    join public.trading_rules r on r.id = v.rule_id and r.user_id = demo
    join public.trades own on own.id = v.trade_id and own.user_id = demo
    join public.daily_tracking d on d.id = own.daily_tracking_id
    group by v.trade_id, d.trade_date
  ) judged_
  where t.id = judged_.trade_id;

  perform worker.recompute_days(demo, days[1]);
  perform worker.recompute_streak(demo);

  -- The talk behind it: what was told (a trade, or a part that is closed), yes, the receipt, no chart, the audit.
  insert into public.journal_messages (
    user_id, platform, direction, content_type, content_preview, trade_id, metadata, created_at)
  select demo, 'telegram', way, kind, words, case when about then told.id end,
         case way when 'inbound' then jsonb_build_object(
           'external_id', format('demo-%s-%s-%s', right(told.id::text, 4), told.part, place)) else '{}' end,
         told.at + seconds * interval '1 second'
  from (
    select t.*, 0 as part, t.created_at as at, parts is null as is_last,
           case when parts is null then 'Recorded' else 'Recorded, open' end as receipt,
           format('%s%s %s %s %s%s%s%s in %s%s comm %s', case when parts is not null then 'in ' end, direction,
                  position_size, lower(symbol), trim_scale(entry_price),
                  case when parts is null then ' > ' || exit_price end,
                  coalesce(' stop ' || trim_scale(stop_loss), ' no stop, want it back'),
                  ' target ' || trim_scale(take_profit),
                  to_char(entry_time at time zone zone, 'FMHH24:MI'),
                  case when parts is null then to_char(exit_time at time zone zone, '" out "FMHH24:MI') end,
                  commissions) as said,
           case when parts is null then pnl end as made
    from public.trades t
    left join lateral (select 1 as parts from worker.trade_legs l where l.trade_id = t.id limit 1) legs on true
    where t.user_id = demo
    union all
    select t.*, number, l.created_at, number = 2, case number when 2 then 'Closed' else 'Partly closed' end,
           format('%s at %s out %s', case number when 1 then 'closed 1 of 2' else 'rest out' end,
                  trim_scale(l.exit_price), to_char(l.exit_time at time zone zone, 'FMHH24:MI')), l.pnl
    from (select *, row_number() over (partition by trade_id order by created_at) as number
          from worker.trade_legs where user_id = demo) l
    join public.trades t on t.id = l.trade_id
  ) told
  cross join lateral (
    select format('%s %s %s', initcap(told.direction), position_size, symbol) as name,
           case when made < 0 then '-$' else '+$' end || to_char(abs(made), 'FM999,990.00') as result) words_
  cross join lateral (values
    (1, -40, 'inbound', 'text', false, said),
    (2, -39, 'outbound', 'text', false, concat_ws(E'\n', 'Is this right?', name, 'P&L ' || result || ' computed')),
    (3, -1, 'inbound', 'text', true, 'yes'),
    (4, 0, 'outbound', 'text', true, concat_ws(E'\n', receipt, name, result || ' computed')),
    (5, 50, 'inbound', 'command', false, case when is_last then '/skip' end),
    (6, 51, 'outbound', 'text', false, case when is_last then format(
       'No chart for %s %s, then. I judge without.', symbol, result) end),
    (7, 53, 'outbound', 'text', true, case when is_last then format(
       E'Your rules on %s %s\n%s of %s judged rules followed, %s unclear · score %s', symbol, result, rules_followed,
       rules_followed + rules_violated, rules_unclear, round(compliance_score, 1)) end)
  ) as line (place, seconds, way, kind, about, words)
  where words is not null;
end
$$;
