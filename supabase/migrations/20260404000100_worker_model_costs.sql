-- What the language model costs, call by call. Why: an operator pays by the token and must see for whom and what for; a
-- trader's budget of a day is counted in calls and in tokens, where it was calls alone; and what failed, was refused or
-- cut off was paid for as well. No word of a message is kept here, nor of an answer.

alter table worker.model_calls add column tokens bigint not null default 0 check (tokens >= 0);

create table worker.model_costs (
    id bigint generated always as identity primary key,
    user_id uuid not null references public.profiles (id) on delete cascade,
    purpose text not null check (purpose in ('text', 'picture', 'audit', 'rule')),
    provider text not null,
    model text not null,
    own_key boolean not null,                    -- on the trader's key: it costs them, and counts against no budget
    outcome text not null check (outcome in ('answered', 'timeout', 'unreachable', 'busy', 'failed', 'rejected',
                                             'declined', 'cut_off', 'unusable', 'key_refused')),
    input_tokens integer not null,
    output_tokens integer not null,
    usd numeric(12, 6),                          -- null where the price, or what was used, is not known
    seconds real not null,
    asked_at timestamptz not null default now()
);
create index model_costs_user on worker.model_costs (user_id, asked_at);
create index model_costs_asked_at on worker.model_costs (asked_at);

alter table worker.model_costs enable row level security;
revoke all on worker.model_costs from public, anon, authenticated;
grant select, insert, update, delete on worker.model_costs to service_role;
