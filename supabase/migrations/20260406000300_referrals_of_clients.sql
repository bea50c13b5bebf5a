-- A referral begins as pending and without a reward, whatever its sender writes, and nobody refers themselves. Why:
-- the referred person inserts the row, and a row that says "rewarded" or has one person on both sides is money.

do $$
declare
    own bigint;
begin
    select count(*) into own from public.referrals where referrer_id = referred_id;
    if own > 0 then
        raise exception '% referrals are of a person by themselves: delete them (where referrer_id = referred_id), then'
            ' run this again', own;
    end if;
end $$;

alter table public.referrals add constraint referrals_of_another check (referrer_id <> referred_id);

create function worker.admit_referral() returns trigger
language plpgsql set search_path = '' as $$
begin
    if new.referrer_id is null then
        raise exception 'a referral names who referred' using errcode = 'not_null_violation';
    end if;
    new.status := 'pending';
    new.reward_applied := false;
    new.created_at := now();
    return new;
end $$;

revoke execute on function worker.admit_referral() from public, anon, authenticated;

create trigger referrals_of_clients
    before insert on public.referrals
    for each row when (row_security_active('public.referrals'::regclass))
    execute function worker.admit_referral();
