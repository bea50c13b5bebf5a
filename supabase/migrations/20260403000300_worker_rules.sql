-- What the trader said about how a rule was read. Why: a check that the language model proposes counts only once the
-- trader has confirmed it, and a reading that the trader says is wrong must stay dismissed; neither may be written by a
-- client, who could make any rule mean anything. And what makes lists and grades of rules quick.

create table worker.rule_checks (
    rule_id uuid not null references public.trading_rules (id) on delete cascade,
    user_id uuid not null references public.profiles (id) on delete cascade,
    digest text not null,                        -- of the rule's text: once that is changed, here or in the web app,
                                                 -- the rule is read anew
    reading jsonb,                               -- the check that the model proposed; null: plain code's was dismissed
    status text not null check (status in ('proposed', 'confirmed', 'declined', 'dismissed')),
    model text,
    created_at timestamptz not null default now(),
    decided_at timestamptz,
    primary key (rule_id, digest),
    check ((status = 'dismissed') = (reading is null))
);
create index rule_checks_user on worker.rule_checks (user_id);

create index trading_rules_user on public.trading_rules (user_id);
create index trading_rules_previous on public.trading_rules (previous_version_id) where previous_version_id is not null;
create index trade_rule_verdicts_rule on public.trade_rule_verdicts (rule_id);

alter table worker.rule_checks enable row level security;
revoke all on worker.rule_checks from public, anon, authenticated;
grant select, insert, update, delete on worker.rule_checks to service_role;
