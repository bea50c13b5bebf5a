-- When a trade's closing was recorded. Why: an audit asks it of every trade of a week, to tell what was closed before a
-- trade of which no times were said; without an index each of these looks through all that the trader ever changed.
create index changes_close on worker.changes (trade_id) where kind = 'close';
