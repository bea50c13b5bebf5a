-- What an audit may cost a trader. Why: a free audit is taken when the model is called on the product's key, pays for
-- the trade and three more audits of it, and comes back where the service failed; retries, workers that die and trades
-- that are undone and brought back must neither charge twice nor give back more than was taken. And the providers that
-- a trader's own key may be of.

alter table worker.ai_keys drop constraint ai_keys_provider_check;
alter table worker.ai_keys add constraint ai_keys_provider_check
    check (provider in ('openai', 'openrouter', 'groq', 'mistral', 'deepseek', 'together', 'xai', 'gemini'));

-- One row per trade that a model was asked about. No foreign key to the trade: undo deletes it, and a redo, which
-- brings it back with its id, must not be charged again.
create table worker.audit_credits (
    trade_id uuid primary key,
    user_id uuid not null references public.profiles (id) on delete cascade,
    covered integer not null default 0 check (covered >= 0),   -- audits that the last credit still pays for
    question text,                               -- digest of the question under way; null when none is
    asked_at timestamptz,
    paid text check (paid in ('own', 'unlimited', 'covered', 'taken'))   -- how that question was paid for
);
create index audit_credits_user on worker.audit_credits (user_id);

-- Pays for a question about a trade before it is asked: own (the trader's key), unlimited, covered (by the credit taken
-- for this trade earlier), taken (a credit), none (there is none left), or busy: another worker asked the very same less
-- than p_seconds ago. A question that never ended, as its worker died or the trade was changed meanwhile, has paid for
-- the next one.
create function worker.begin_judging(p_user uuid, p_trade uuid, p_question text, p_own boolean, p_seconds float)
returns text
language plpgsql set search_path = '' as $$
declare
    profile_ public.profiles;
    credit worker.audit_credits;
    v_paid text;
begin
    select * into profile_ from public.profiles p where p.id = p_user for no key update;
    insert into worker.audit_credits (trade_id, user_id) values (p_trade, p_user) on conflict do nothing;
    select * into strict credit from worker.audit_credits c where c.trade_id = p_trade and c.user_id = p_user for update;
    if credit.question = p_question and credit.asked_at > clock_timestamp() - p_seconds * interval '1 second' then
        return 'busy';
    end if;
    if p_own then
        v_paid := 'own';
    elsif credit.question is not null and credit.paid <> 'own' then
        v_paid := credit.paid;
    elsif profile_.subscription_status in ('trialing', 'active')
        or (profile_.subscription_status = 'trial' and coalesce(profile_.trial_ends_at, 'infinity') > now()) then
        v_paid := 'unlimited';
    elsif credit.covered > 0 then
        v_paid := 'covered';
        credit.covered := credit.covered - 1;
    elsif profile_.free_audits_remaining > 0 then
        v_paid := 'taken';
        credit.covered := 3;
        update public.profiles p set free_audits_remaining = p.free_audits_remaining - 1 where p.id = p_user;
    else
        return 'none';
    end if;
    update worker.audit_credits c
    set question = p_question, asked_at = clock_timestamp(), paid = v_paid, covered = credit.covered
    where c.trade_id = p_trade;
    return v_paid;
end $$;

-- The question was answered, or will not be. With p_refund what it was paid with is given back, once.
create function worker.end_judging(p_user uuid, p_trade uuid, p_question text, p_refund boolean) returns boolean
language plpgsql set search_path = '' as $$
declare
    credit worker.audit_credits;
begin
    perform 1 from public.profiles p where p.id = p_user for no key update;
    select * into credit from worker.audit_credits c
    where c.trade_id = p_trade and c.user_id = p_user and c.question = p_question for update;
    if not found then
        return false;
    end if;
    update worker.audit_credits c set
        question = null, asked_at = null, paid = null,
        covered = case when p_refund and credit.paid = 'taken' then 0
                       when p_refund and credit.paid = 'covered' then c.covered + 1
                       else c.covered end
    where c.trade_id = p_trade;
    if p_refund and credit.paid = 'taken' then
        perform public.increment_free_audits(p_user, 1);
    end if;
    return p_refund and credit.paid in ('taken', 'covered');
end $$;

-- The month a profile was last topped up for.
create table worker.credit_months (
    user_id uuid primary key references public.profiles (id) on delete cascade,
    month date not null
);

-- Raises up to p_limit profiles after p_after, in the order of their ids, to three free audits; each once per month,
-- whoever calls and how often. A profile made in the month began it with three. One that cannot be written now (it is
-- locked, a trigger fails) is left for the next call and stops nobody: no lock is waited for, as the turns of all that
-- the batch has raised already would wait too. Gives the last id looked at, null at the end.
create function worker.top_up_credits(p_month date, p_after uuid, p_limit integer, out last uuid, out raised integer)
language plpgsql set search_path = '' set lock_timeout = '2s' as $$
declare
    profile_id uuid;
begin
    raised := 0;
    for profile_id in
        select p.id from public.profiles p
        where (p_after is null or p.id > p_after) and p.created_at < p_month::timestamp at time zone 'UTC'
          and not exists (select from worker.credit_months m where m.user_id = p.id and m.month >= p_month)
        order by p.id limit p_limit
    loop
        last := profile_id;
        perform 1 from public.profiles p where p.id = profile_id for no key update skip locked;
        continue when not found;
        begin
            insert into worker.credit_months as m (user_id, month) values (profile_id, p_month)
            on conflict (user_id) do update set month = excluded.month where m.month < excluded.month;
            if found then
                update public.profiles p set free_audits_remaining = 3
                where p.id = profile_id and coalesce(p.free_audits_remaining, 0) < 3;
                if found then
                    raised := raised + 1;
                end if;
            end if;
        exception when others then
            raise warning 'profile % was not topped up: %', profile_id, sqlerrm;
        end;
    end loop;
end $$;

alter table worker.audit_credits enable row level security;
alter table worker.credit_months enable row level security;
revoke all on worker.audit_credits, worker.credit_months from public, anon, authenticated;
grant select, insert, update, delete on worker.audit_credits, worker.credit_months to service_role;
revoke execute on all functions in schema worker from public, anon, authenticated;
grant execute on all functions in schema worker to service_role;
