-- Referrals. Why: a referral counts once the referred trader has logged and audited a first trade, and only where they
-- have a chat; the reward is a free audit that anybody would like to have again and again. Clients write the rows of
-- public.referrals, so nothing there is believed: what happened is noted here, by the worker alone.

-- When a profile's first audit was, and the referral there was by then: one that is claimed afterwards, with whatever
-- date, is none.
create table worker.first_audits (
    user_id uuid primary key references public.profiles (id) on delete cascade,
    referral_id uuid references public.referrals (id) on delete set null,
    audited_at timestamptz not null default now(),
    settled_at timestamptz                       -- the referral was rewarded, or can never be
);
create index first_audits_referral on worker.first_audits (referral_id) where referral_id is not null;
create index first_audits_open on worker.first_audits (audited_at) where referral_id is not null and settled_at is null;

insert into worker.first_audits (user_id, settled_at)
select distinct t.user_id, now() from public.trades t where t.audit_status = 'audited';

-- What was rewarded. No foreign key to the referral: who deletes an account they were referred with, or whose row is
-- written anew, brings no second reward and frees no place of the month.
create table worker.referral_rewards (
    referral_id uuid primary key,
    referrer_id uuid not null references public.profiles (id) on delete cascade,
    rewarded_at timestamptz not null default now()
);
create index referral_rewards_referrer on worker.referral_rewards (referrer_id, rewarded_at);

create function worker.has_chat(p_user uuid) returns boolean
language sql stable set search_path = '' as $$
    select exists (
        select from worker.chats c
        where c.user_id = p_user and worker.bound_profile(c.platform, c.chat_id, c.chat_id) = p_user)
$$;

-- An audit of a trader is stored: where it is their first, the referral that waits for it is completed.
create function worker.note_first_audit(p_user uuid) returns void
language plpgsql set search_path = '' as $$
begin
    insert into worker.first_audits (user_id, referral_id)
    select p_user, (select r.id from public.referrals r
                    where r.referred_id = p_user and r.referrer_id <> p_user and not coalesce(r.reward_applied, false))
    on conflict do nothing;
    if found and worker.has_chat(p_user) then
        update public.referrals r set status = 'completed'
        from worker.first_audits f
        where f.user_id = p_user and r.id = f.referral_id and r.status = 'pending';
    end if;
end $$;

-- Referrals that may be rewarded now, the oldest first: those of referrers who had their month's share are left out.
create function worker.due_referrals(p_most_a_month integer, p_limit integer) returns setof uuid
language sql stable set search_path = '' as $$
    select r.id
    from worker.first_audits f join public.referrals r on r.id = f.referral_id and r.referred_id = f.user_id
    where f.settled_at is null and worker.has_chat(f.user_id)
      and (select count(*) from worker.referral_rewards w
           where w.referrer_id = r.referrer_id
             and w.rewarded_at >= date_trunc('month', now() at time zone 'UTC') at time zone 'UTC') < p_most_a_month
    order by f.audited_at, r.id limit p_limit
$$;

-- Rewards one referral, once, whoever calls and how often. Locks the referrer, so that the month's count is exact.
-- `outcome`: rewarded, later (the month's share is used up, or there is no chat yet), none (there is nothing to reward).
create function worker.reward_referral(
    p_referral uuid, p_most_a_month integer, out outcome text, out referrer uuid, out free_audits integer)
language plpgsql set search_path = '' as $$
declare
    referral public.referrals;
begin
    outcome := 'none';
    select r.referrer_id into referrer from public.referrals r where r.id = p_referral;
    perform 1 from public.profiles p where p.id = referrer for no key update;
    select * into referral from public.referrals r where r.id = p_referral and r.referrer_id = referrer for update;
    if not found then
        return;
    end if;
    perform 1 from worker.first_audits f
    where f.referral_id = p_referral and f.user_id = referral.referred_id and f.settled_at is null;
    if not found then
        return;
    end if;
    if referral.referrer_id = referral.referred_id or coalesce(referral.reward_applied, false)
        or referral.status = 'rewarded'
        or exists (select from worker.referral_rewards w where w.referral_id = p_referral) then
        update worker.first_audits f set settled_at = now() where f.referral_id = p_referral;
        return;
    end if;
    if not worker.has_chat(referral.referred_id) then
        outcome := 'later';
        return;
    end if;
    if (select count(*) from worker.referral_rewards w
        where w.referrer_id = referrer
          and w.rewarded_at >= date_trunc('month', now() at time zone 'UTC') at time zone 'UTC') >= p_most_a_month then
        update public.referrals r set status = 'completed' where r.id = p_referral and r.status = 'pending';
        outcome := 'later';
        return;
    end if;
    insert into worker.referral_rewards (referral_id, referrer_id) values (p_referral, referrer);
    update public.referrals r set status = 'rewarded', reward_applied = true where r.id = p_referral;
    update worker.first_audits f set settled_at = now() where f.referral_id = p_referral;
    free_audits := public.increment_free_audits(referrer, 1);
    outcome := 'rewarded';
end $$;

alter table worker.first_audits enable row level security;
alter table worker.referral_rewards enable row level security;
revoke all on worker.first_audits, worker.referral_rewards from public, anon, authenticated;
grant select, insert, update, delete on worker.first_audits, worker.referral_rewards to service_role;
revoke execute on all functions in schema worker from public, anon, authenticated;
grant execute on all functions in schema worker to service_role;
