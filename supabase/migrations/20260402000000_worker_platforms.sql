alter table worker.outbox add column handle text;
alter table worker.chats add column handle text;
create index outbox_held on worker.outbox (platform, account, chat_id, id) where status = 'held';
