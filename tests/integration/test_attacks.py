"""Every attack of attacks.py is tried as a client, and stopped by what is said there."""

import asyncio
import re
from pathlib import Path
from uuid import UUID, uuid5

import asyncpg
import pytest

from tests.integration.attacks import ATTACKS, ERRORS, Attack
from tests.integration.conftest import Filled
from tests.integration.databases import acting_as, connected
from tests.integration.rows import REFERRER

ALL = [attack for attacks in ATTACKS.values() for attack in attacks]
DOCUMENT = Path(__file__).parents[2] / "docs" / "database.md"
TO_COME = uuid5(UUID(int=0), "the next report")
ADD_CODE = "insert into public.platform_link_codes (user_id, platform, code, expires_at) values "


class Ground:
    """Victim and attacker, each with a row in every table, and the names that attacks call them by."""

    def __init__(self, filled: Filled) -> None:
        self.db, self.victim, self.me = filled.db, filled.one, filled.two
        self.acting_as = filled.acting_as
        self.names: dict[str, object] = {"me": self.me, "victim": self.victim, "someone": REFERRER, "to_come": TO_COME}
        self.names["ME"] = str(self.me).upper()

    async def prepare(self) -> None:
        """The attacker refers to nobody yet; the victim is bound to a chat and has a picture on a trade."""
        await self.db.execute("delete from public.referrals where referred_id = $1", self.me)
        await self.db.execute("update public.profiles set telegram_chat_id = '4001' where id = $1", self.victim)
        for name, table in {
            "trade": "trades", "rule": "trading_rules", "day": "daily_tracking", "connection": "broker_connections",
            "analysis": "strategy_analyses",
        }.items():  # fmt: skip
            for prefix, whose in (("", self.victim), ("my_", self.me)):
                query = f"select id from public.{table} where user_id = $1"
                self.names[prefix + name] = await self.db.fetchval(query, whose)
        code = "select code from public.platform_link_codes where user_id = $1"
        self.names["code"] = await self.db.fetchval(code, self.victim)
        self.names["hidden"] = await self.db.fetchval("select id from public.announcements where not active")

    async def everything(self) -> list[list[tuple[object, ...]]]:
        """All that belongs to the victim, and the attacker's own profile."""
        query = "select t::text from public.{} t where t::text like '%' || $1 || '%' order by 1"
        tables = ("profiles", "trades", "trading_rules", "daily_tracking", "platform_link_codes", "referrals")
        kept = [[tuple(row) for row in await self.db.fetch(query.format(t), str(self.victim))] for t in tables]
        kept.append([tuple(r) for r in await self.db.fetch("select * from public.profiles where id = $1", self.me)])
        return kept


@pytest.fixture
async def ground(filled: Filled) -> Ground:
    ground = Ground(filled)
    await ground.prepare()
    return ground


async def run(ground: Ground, attack: Attack) -> int:
    """The attack, kept if it succeeds; how many rows it read or changed."""
    async with ground.acting_as(None if attack.visitor else ground.me):
        *before, statement = attack.statement.format(**ground.names).split("; ")
        for one in before:
            await ground.db.execute(one)
        status = await ground.db.execute(statement)
        if attack.then:
            assert await ground.db.fetchval(attack.then.format(**ground.names)) is True
    return int(status.rpartition(" ")[2])


@pytest.mark.parametrize("attack", ALL, ids=lambda attack: attack.what)
async def test_is_stopped(ground: Ground, attack: Attack) -> None:
    before = await ground.everything()
    if (error := ERRORS[attack.stopped_by]) is not None:
        with pytest.raises(asyncpg.PostgresError, match=error):
            await run(ground, attack)
    else:
        assert await run(ground, attack) == (1 if attack.then else 0)
    if not attack.then:
        assert await ground.everything() == before


def test_the_document_lists_every_attack() -> None:
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert [row for row in rows if row[1] in ERRORS] == [(attack.what, attack.stopped_by) for attack in ALL]


async def outcome(ground: Ground, statement: str) -> str:
    """All that a client learns from a statement that it does not keep."""
    try:
        async with ground.acting_as(ground.me):
            told = str([tuple(row) for row in await ground.db.fetch(statement)])
            raise LookupError(told)
    except LookupError as kept:
        return str(kept)
    except asyncpg.PostgresError as error:
        return f"{error.sqlstate} {error} {error.detail}"


@pytest.mark.parametrize(
    "statement",
    [
        ADD_CODE + "('{me}', 'email', '{code}', now()) returning 1",
        ADD_CODE + "('{me}', 'email', '{code}', now()) on conflict do nothing returning 1",
        ADD_CODE + "('{me}', 'email', '{code}', now()), ('{me}', 'email', 'VGL-ZZZZ', now()) returning 1",
        ADD_CODE + "('{me}', 'email', '{code}', 'infinity'), ('{me}', 'email', 'VGL-ZZZZ', now())"
        " on conflict do nothing returning 1",
        ADD_CODE + "('{me}', 'email', '{code}', now()), ('{me}', 'fax', 'VGL-ZZZZ', now())",
        "with added as (" + ADD_CODE + "('{me}', 'email', '{code}', now()) returning 1 as one)"
        " select one / 0 from added",
        ADD_CODE + "('{me}', 'email', '{code}', now()), ('{me}', 'whatsapp', '{code}', now())"
        " on conflict do nothing returning platform",
    ],
)
@pytest.mark.parametrize("state", ["live", "used", "expired"])
async def test_a_taken_code_answers_like_a_free_one(ground: Ground, statement: str, state: str) -> None:
    """No statement tells which codes there are, not even one that its sender takes back and so has for nothing."""
    changed = {"live": "used = false", "used": "used = true", "expired": "expires_at = now() - interval '1 day'"}
    await ground.db.execute(f"update public.platform_link_codes set {changed[state]}")
    taken = await outcome(ground, statement.format(**ground.names))
    free = await outcome(ground, statement.format(**ground.names | {"code": "VGL-FREE"}))
    assert taken.replace(str(ground.names["code"]), "VGL-FREE") == free


async def test_two_at_once_make_one_code(dsn: str, trader: UUID) -> None:
    async def add(code: str) -> bool:
        async with connected(dsn) as db:
            try:
                async with acting_as(db, trader):
                    await db.execute(ADD_CODE + f"('{trader}', 'email', '{code}', 'infinity')")
            except asyncpg.RaiseError:
                return False
            return True

    assert sum(await asyncio.gather(*(add(f"VGL-TWO{n}") for n in range(8)))) == 1


async def test_five_codes_an_hour(ground: Ground) -> None:
    """The one of the fixture was made within the hour, too; the server itself is not counted."""
    for n in range(4):
        async with ground.acting_as(ground.me):
            await ground.db.execute(ADD_CODE + f"('{ground.me}', 'email', 'VGL-AAA{n}', now())")
    with pytest.raises(asyncpg.RaiseError, match="five link codes"):
        async with ground.acting_as(ground.me):
            await ground.db.execute(ADD_CODE + f"('{ground.me}', 'discord', 'VGL-AAA9', now())")
    await ground.db.execute(ADD_CODE + f"('{ground.me}', 'email', 'VGL-ADDS', now() + interval '1 day')")
    await ground.db.execute("update public.platform_link_codes set created_at = now() - interval '61 minutes'")
    await ground.db.execute("update public.platform_link_codes set used = true")
    async with ground.acting_as(ground.me):
        await ground.db.execute(ADD_CODE + f"('{ground.me}', 'discord', 'VGL-AAA9', now())")


async def test_a_wider_policy_does_not_open_the_bucket(ground: Ground) -> None:
    """Policies add up; the restrictive one takes away."""
    await ground.db.execute("create policy avatars on storage.objects for all using (true) with check (true)")
    names = "select string_agg(name, ' ') from storage.objects"
    async with ground.acting_as(ground.me):
        assert await ground.db.fetchval(names) == f"{ground.me}/3.png"
        assert await ground.db.execute("update storage.objects set metadata = '{}'") == "UPDATE 1"
        await ground.db.execute("insert into storage.objects (bucket_id, name) values ('bucket-2', '../a.png')")
    async with ground.acting_as(None):
        assert await ground.db.fetchval(names) == "../a.png"
    for name in (f"{ground.victim}/x.png", f"{ground.me}/../x.png"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with ground.acting_as(ground.me):
                await ground.db.execute("update storage.objects set name = $1 where bucket_id = 'screenshots'", name)


async def test_what_is_ones_own_may_be_referred_to(ground: Ground) -> None:
    statements = (
        "update public.trades set daily_tracking_id = '{my_day}', source_connection_id = '{my_connection}'",
        "update public.trade_rule_verdicts set rule_id = '{my_rule}'",
        "insert into public.trading_rules (user_id, rule_text, previous_version_id) values ('{me}', 'x', '{my_rule}')",
        "insert into public.strategy_analyses (user_id, parent_analysis_id) values ('{me}', '{my_analysis}')",
        "update public.trades set daily_tracking_id = null",
    )
    for statement in statements:
        async with ground.acting_as(ground.me):
            await ground.db.execute(statement.format(**ground.names))


async def test_the_server_is_not_held_back(ground: Ground) -> None:
    """Both roles of the worker write what they mean to: the guards are for clients."""
    for role in ("service_role", None):
        async with ground.db.transaction():
            await ground.db.execute(f"set local role {role}" if role else "select")
            code = (
                ADD_CODE.replace("expires_at", "expires_at, used")
                + f"('{ground.me}', 'telegram', '{role}', 'infinity',"
            )
            assert await ground.db.fetchval(f"{code} true) returning used and expires_at = 'infinity'") is True
            await ground.db.execute("delete from public.referrals where referred_id = $1", ground.me)
            referral = "insert into public.referrals (referrer_id, referred_id, status) values ($1, $2, 'completed')"
            await ground.db.execute(referral, ground.victim, ground.me)
            await ground.db.execute("update public.trades set daily_tracking_id = $1", ground.names["day"])
