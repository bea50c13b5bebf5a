-- What a trader usually trades, for the question "is this right?". Why: a size far beyond the usual, or the large
-- contract of one who trades the micro, is a slip that no price gives away.

create function worker.usual_sizes(p_user uuid) returns text
language plpgsql stable strict set search_path = '' as $$
begin
    return (
        select json_agg(json_build_object('symbol', usual.symbol, 'trades', usual.trades,
                                          'largest', usual.largest::text))::text
        from (select latest.symbol, count(*) as trades, max(latest.position_size) as largest
              from (select left(t.symbol, 20) as symbol, t.position_size from public.trades t
                    where t.user_id = p_user order by t.created_at desc limit 50) latest
              where latest.position_size > 0 and latest.position_size < 1e12    -- other writers may have put NaN there
              group by latest.symbol) usual);
end $$;

comment on function worker.usual_sizes(uuid) is
    'Of the latest 50 trades, by symbol: how many, and the largest size. [{"symbol", "trades", "largest"}] as text.';

revoke execute on function worker.usual_sizes(uuid) from public, anon, authenticated;
grant execute on function worker.usual_sizes(uuid) to service_role;
