-- The brokers and the ways to sign in that the product knows.

alter table public.broker_connections
  add constraint broker_connections_broker_type_check
  check (broker_type in (
    'metatrader4', 'metatrader5', 'tradovate', 'ctrader', 'rithmic', 'dxtrade', 'match_trader', 'ninjatrader',
    'tradingview'
  ));
alter table public.broker_connections
  add constraint broker_connections_auth_type_check
  check (auth_type in ('oauth', 'credentials', 'api_key', 'file_upload'));
