-- How a rule has done: its grade A to F, the share of trades that followed it (0 to 1), the average
-- P&L of those, and the number of verdicts behind the figures.

alter table public.trading_rules
  add column quality_grade text,
  add column win_rate decimal,
  add column avg_pnl decimal,
  add column sample_count integer default 0,
  add column last_graded_at timestamptz;
