"""public.trading_rules: the trader's list, its changes, and what was said of how a rule is read.

- Every query names the user on each table it joins: a rule of somebody else is never found.
- Clients write this table too. Of what they may leave there (no sort_order, the same one twice, is_active null,
  somebody else's or a circular previous_version_id, whole books as a text) nothing may break a list: rules are numbered
  by their order, an inactive rule is an old version only where a later one of the same trader names it, and of a text
  no more than MOST_TEXT is read.
- The caller holds the profile's lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.pool import Connection

MOST_TEXT = 2000
"""Characters."""
MOST_VERSIONS = 20
MOST_TRADES = 1000
"""Trades that grades rest on: the latest that are closed and have a P&L."""

DIGEST = "left(encode(sha256(convert_to(r.rule_text, 'UTF8')), 'hex'), 16)"
PLAIN = "lower(btrim(regexp_replace(left({}, 2000), '\\s+', ' ', 'g'), ' .!'))"
"""Two rules say the same where only case, spaces and the end mark differ."""
CURRENT = """not exists (select from public.trading_rules later
    where later.previous_version_id = r.id and later.user_id = r.user_id
      and coalesce(later.version, 1) > coalesce(r.version, 1))"""
LISTED = f"r.user_id = $1 and (r.is_active or {CURRENT})"


@dataclass(frozen=True, slots=True)
class ListedRule:
    """A rule as it stands in the list.

    number     its place: the active ones in their order, then the paused ones; None for an old version
    check      JSON of the check that the model proposed for this text, once it is confirmed
    proposed   the same while the trader has not answered
    dismissed  the trader says that plain code misreads this text
    decided    the trader answered a proposal, or dismissed a reading
    digest     of the text
    """

    number: int | None
    id: UUID
    text: str
    version: int
    is_active: bool
    check: str | None
    proposed: str | None
    dismissed: bool
    decided: bool
    digest: str


_COLUMNS = f"""
r.id, left(r.rule_text, {MOST_TEXT}) as text, coalesce(r.version, 1) as version,
coalesce(r.is_active, false) as is_active,
case c.status when 'confirmed' then c.reading::text end as check,
case c.status when 'proposed' then c.reading::text end as proposed,
coalesce(c.status = 'dismissed', false) as dismissed, coalesce(c.status <> 'proposed', false) as decided,
{DIGEST} as digest
"""
PLACES = f"""
select r.id, row_number() over (
    order by coalesce(r.is_active, false) desc, r.sort_order, r.created_at, r.id)::integer as number
from public.trading_rules r where {LISTED}
"""
NUMBERED = f"""
with listed as ({PLACES})
select listed.number, {_COLUMNS}
from listed
join public.trading_rules r on r.id = listed.id and r.user_id = $1
left join worker.rule_checks c on c.rule_id = r.id and c.user_id = r.user_id and c.digest = {DIGEST}
where listed.number > $2 order by listed.number limit $3
"""
COUNTS = f"""
select count(*) filter (where r.is_active)::integer as active,
    count(*) filter (where r.is_active is not true)::integer as paused
from public.trading_rules r where {LISTED}
"""
NAMED = f"""
with listed as ({PLACES})
select listed.number, {_COLUMNS}
from public.trading_rules r
left join listed on listed.id = r.id
left join worker.rule_checks c on c.rule_id = r.id and c.user_id = r.user_id and c.digest = {DIGEST}
where r.user_id = $1 and r.id = any($2)
"""


async def counts(connection: Connection, user_id: UUID) -> tuple[int, int]:
    """How many rules are active, and how many paused."""
    row = await connection.fetchrow(COUNTS, user_id)
    assert row is not None  # noqa: S101 - an aggregate gives one row
    return row["active"], row["paused"]


async def page(connection: Connection, user_id: UUID, after: int, most: int) -> list[ListedRule]:
    """The `most` rules behind number `after`."""
    return [ListedRule(**row) for row in await connection.fetch(NUMBERED, user_id, after, most)]


async def numbered(connection: Connection, user_id: UUID, number: int) -> ListedRule | None:
    """The rule that has this number now."""
    found = await page(connection, user_id, number - 1, 1)
    return found[0] if found and number > 0 else None


async def named(connection: Connection, user_id: UUID, rule_ids: Sequence[UUID]) -> list[ListedRule]:
    """Rules of the trader in this order, also old versions; without those that are not there (any more)."""
    found = {row["id"]: ListedRule(**row) for row in await connection.fetch(NAMED, user_id, list(rule_ids))}
    return [found[rule_id] for rule_id in rule_ids if rule_id in found]


async def rule(connection: Connection, user_id: UUID, rule_id: UUID) -> ListedRule | None:
    found = await named(connection, user_id, [rule_id])
    return found[0] if found else None


SAME = f"""
select given.place::integer, r.id from unnest($2::text[]) with ordinality as given (text, place)
join public.trading_rules r on {LISTED} and {PLAIN.format("r.rule_text")} = {PLAIN.format("given.text")}
order by given.place, r.is_active desc nulls last, r.sort_order
"""


async def same(connection: Connection, user_id: UUID, texts: Sequence[str]) -> dict[int, UUID]:
    """By the place of a text (from 0): the listed rule that says it already."""
    found: dict[int, UUID] = {}
    for row in await connection.fetch(SAME, user_id, list(texts)):
        found.setdefault(row["place"] - 1, row["id"])
    return found


# ---- changes

ORDER = f"""
select r.id, coalesce(r.is_active, false) as is_active from public.trading_rules r where {LISTED}
order by r.sort_order, r.created_at, r.id
"""
REORDER = """
update public.trading_rules r set sort_order = wanted.place::integer
from unnest($2::uuid[]) with ordinality as wanted (id, place)
where r.id = wanted.id and r.user_id = $1 and r.sort_order is distinct from wanted.place::integer
"""
ADD = """
insert into public.trading_rules (user_id, rule_text, category, sort_order)
select $1, given.text, given.category, $4::integer + given.place::integer
from unnest($2::text[], $3::text[]) with ordinality as given (text, category, place)
returning id
"""
NEW_VERSION = """
insert into public.trading_rules (user_id, rule_text, category, sort_order, is_active, version, previous_version_id)
select r.user_id, $3, $4, r.sort_order, coalesce(r.is_active, false),
    least(coalesce(r.version, 1), 2147483646) + 1, r.id
from public.trading_rules r where r.user_id = $1 and r.id = $2
returning id
"""
SET_ACTIVE = """
update public.trading_rules r set is_active = $3 where r.user_id = $1 and r.id = $2 and r.is_active is distinct from $3
"""
TAKE_BACK = """
delete from public.trading_rules r where r.user_id = $1 and r.id = $2
  and not exists (select from public.trade_rule_verdicts v where v.rule_id = r.id)
  and exists (select from public.trading_rules p where p.id = r.previous_version_id and p.user_id = r.user_id)
returning r.previous_version_id, coalesce(r.is_active, false) as was_active
"""


async def order(connection: Connection, user_id: UUID) -> list[tuple[UUID, bool]]:
    """All rules in their order, paused ones in the place they would come back to; with whether they are active."""
    return [(row["id"], row["is_active"]) for row in await connection.fetch(ORDER, user_id)]


async def put_in_order(connection: Connection, user_id: UUID, rule_ids: Sequence[UUID]) -> None:
    """Number the places 1, 2, 3 … in this order."""
    await connection.execute(REORDER, user_id, list(rule_ids))


async def add(connection: Connection, user_id: UUID, rules: Sequence[tuple[str, str]]) -> list[UUID]:
    """New active rules (text and category) behind all others; their ids in the same order."""
    known = [rule_id for rule_id, _ in await order(connection, user_id)]
    await put_in_order(connection, user_id, known)
    texts, categories = [text for text, _ in rules], [category for _, category in rules]
    rows = await connection.fetch(ADD, user_id, texts, categories, len(known))
    return [row["id"] for row in rows]


async def add_version(connection: Connection, user_id: UUID, rule_id: UUID, text: str, category: str) -> UUID:
    """The rule with another text: a row of its own in the same place; the old one becomes its history."""
    await put_in_order(connection, user_id, [known for known, _ in await order(connection, user_id)])
    new: UUID = await connection.fetchval(NEW_VERSION, user_id, rule_id, text, category)
    await set_active(connection, user_id, rule_id, active=False)
    return new


async def take_version_back(connection: Connection, user_id: UUID, rule_id: UUID) -> UUID | None:
    """Drop a version that nothing was judged by yet, for the one before it; None where that cannot be."""
    row = await connection.fetchrow(TAKE_BACK, user_id, rule_id)
    if row is None:
        return None
    before: UUID = row["previous_version_id"]
    await set_active(connection, user_id, before, active=row["was_active"])
    return before


async def set_active(connection: Connection, user_id: UUID, rule_id: UUID, *, active: bool) -> None:
    await connection.execute(SET_ACTIVE, user_id, rule_id, active)


# ---- history


@dataclass(frozen=True, slots=True)
class Version:
    """One wording of a rule, with the grade it had."""

    id: UUID
    text: str
    version: int
    created_at: datetime


HISTORY = f"""
with recursive versions as (
    select r.id, r.previous_version_id, 1 as depth from public.trading_rules r where r.user_id = $1 and r.id = $2
    union all
    select r.id, r.previous_version_id, versions.depth + 1
    from versions join public.trading_rules r on r.id = versions.previous_version_id and r.user_id = $1
    where versions.depth < {MOST_VERSIONS}
) cycle id set is_cycle using path
select r.id, left(r.rule_text, {MOST_TEXT}) as text, coalesce(r.version, 1) as version,
    least(greatest(r.created_at, '1970-01-01'), '2199-12-31') as created_at
from versions join public.trading_rules r on r.id = versions.id and r.user_id = $1
where not is_cycle order by versions.depth
"""


async def history(connection: Connection, user_id: UUID, rule_id: UUID) -> list[Version]:
    """The rule and what it said before, newest first."""
    return [Version(**row) for row in await connection.fetch(HISTORY, user_id, rule_id)]


# ---- how it is read

DISMISS = f"""
insert into worker.rule_checks (rule_id, user_id, digest, status, decided_at)
select r.id, r.user_id, {DIGEST}, 'dismissed', now() from public.trading_rules r
where r.user_id = $1 and r.id = $2 and {DIGEST} = $3
on conflict (rule_id, digest) do update set status = 'dismissed', reading = null, decided_at = now()
"""
TRUST_AGAIN = """
delete from worker.rule_checks where user_id = $1 and rule_id = $2 and digest = $3 and status = 'dismissed'
"""
ANSWER = """
update worker.rule_checks set status = $4, decided_at = now()
where user_id = $1 and rule_id = $2 and digest = $3 and status <> 'dismissed'
"""
PROPOSE = f"""
insert into worker.rule_checks (rule_id, user_id, digest, reading, status, model)
select r.id, r.user_id, {DIGEST}, $4::text::jsonb, 'proposed', $5
from public.trading_rules r where r.user_id = $1 and r.id = $2 and {DIGEST} = $3
on conflict (rule_id, digest) do nothing returning rule_id
"""


async def answer_reading(connection: Connection, user_id: UUID, rule_id: UUID, digest: str, *, right: bool) -> None:
    """The trader's word on how plain code reads this text."""
    await connection.execute(TRUST_AGAIN if right else DISMISS, user_id, rule_id, digest)


async def answer_proposal(connection: Connection, user_id: UUID, rule_id: UUID, digest: str, *, right: bool) -> None:
    """The trader's word on the check that the model proposes for this text."""
    await connection.execute(ANSWER, user_id, rule_id, digest, "confirmed" if right else "declined")


async def propose(
    connection: Connection, user_id: UUID, rule_id: UUID, digest: str, check: str, model: str | None
) -> bool:
    """Keep a check that the model proposes for this text; False where there was one, or the text is another by now."""
    return await connection.fetchval(PROPOSE, user_id, rule_id, digest, check, model) is not None


# ---- how it stands

SAMPLES = f"""
with latest as materialized (  -- bounded, so that a grade costs the same after years
    select t.id from public.trades t
    left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
    where t.user_id = $1 and not coalesce(f.is_open, false)
      and abs(t.pnl) < 1e12 and abs(coalesce(t.commissions, 0)) < 1e12
    order by t.created_at desc limit {MOST_TRADES})
select v.rule_id, v.verdict, array_agg(v.trade_id) as trades
from latest
join public.trade_rule_verdicts v on v.trade_id = latest.id and v.rule_id = any ($2::uuid[])
join public.trading_rules r on r.id = v.rule_id and r.user_id = $1
where v.verdict in ('followed', 'violated')
group by v.rule_id, v.verdict
"""
"""A NaN or infinite figure, which a client could write, is greater than every number and so left out."""
TRADES = """
select t.id, t.symbol, t.direction, t.entry_price, t.exit_price, t.position_size, t.pnl, t.commissions, f.pnl_basis,
    a.currency
from public.trades t
left join worker.trade_facts f on f.trade_id = t.id and f.user_id = t.user_id
left join worker.accounts a on a.id = f.account_id and a.user_id = t.user_id
where t.user_id = $1 and t.id = any($2)
"""
WRITE_GRADES = """
update public.trading_rules r
set quality_grade = g.grade, win_rate = g.win_rate, avg_pnl = g.avg_pnl, sample_count = g.samples,
    last_graded_at = case when g.grade is not null then now() end
from unnest($2::uuid[], $3::text[], $4::numeric[], $5::numeric[], $6::integer[])
    as g (id, grade, win_rate, avg_pnl, samples)
where r.id = g.id and r.user_id = $1
"""


async def samples(
    connection: Connection, user_id: UUID, rule_ids: Sequence[UUID]
) -> tuple[list[tuple[UUID, str, list[UUID]]], list[dict[str, Any]]]:
    """What rules were judged on: (rule, verdict, trades), and these trades; closed ones with a P&L only."""
    judged = [tuple(row) for row in await connection.fetch(SAMPLES, user_id, list(rule_ids))]
    trade_ids = list({trade_id for _, _, trade_ids in judged for trade_id in trade_ids})
    trades = await connection.fetch(TRADES, user_id, trade_ids) if trade_ids else []
    return judged, [dict(row) for row in trades]


CURRENCY = """
select case when length(journal_preferences ->> 'currency') = 3 then journal_preferences ->> 'currency' end
from public.profiles where id = $1
"""


async def currency(connection: Connection, user_id: UUID) -> str | None:
    """The currency of the default account, where the trader named one."""
    named: str | None = await connection.fetchval(CURRENCY, user_id)
    return named


async def write_grades(connection: Connection, user_id: UUID, rows: Sequence[tuple[Any, ...]]) -> None:
    """`rows`: rule_id, grade, win_rate, avg_pnl, samples."""
    if rows:
        await connection.execute(WRITE_GRADES, user_id, *(list(column) for column in zip(*rows, strict=True)))
