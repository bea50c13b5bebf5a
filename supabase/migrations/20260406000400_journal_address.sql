-- One journal address belongs to one profile, whatever its letters' case. Why: a mail is told by its address alone
-- whose journal it writes in, and the documents leave the address free to stand in two profiles.

do $$
declare
    twice bigint;
begin
    select count(*) into twice from (
        select from public.profiles where gmail_journal_address is not null
        group by lower(gmail_journal_address) having count(*) > 1
    ) as address;
    if twice > 0 then
        raise exception '% journal addresses stand in more than one profile: clear gmail_journal_address in all but one'
            ' of each (vigil unlink EMAIL email), then run this again', twice;
    end if;
end $$;

create unique index profiles_journal_address on public.profiles (lower(gmail_journal_address))
    where gmail_journal_address is not null;
