-- When messages came in. Why: a Discord or WhatsApp reader that starts, or finds its database again, asks for the newest
-- message of every chat within 30 days; without an index it reads every message that was ever accepted, 3.6 seconds for
-- five million of them, and would in the end be stopped by its time limit. BRIN, as rows lie in the order they came: a
-- few pages in all, and next to nothing to keep when a message is accepted.
create index inbox_received on worker.inbox using brin (received_at);
