"""Who may do what, measured by doing it: every statement in a transaction of its own, rolled back.

The words of access_matrix.txt: `-` refused, `n` allowed but no row is found, `o` the actor's own rows, `p` what is
public, `a` everything.
"""

from collections.abc import Iterable
from uuid import UUID

import asyncpg

from tests.integration.rows import TABLES, Table, clear

ACTORS = ("anon", "the user", "another", "service_role")
VERBS = ("select", "insert", "update", "delete", "truncate")

FUNCTIONS = """
select oid::regproc || '()' as name, oid::regproc::text as call,
    (select coalesce(array_agg(format_type(argument, null) order by place), '{}')
     from unnest(proargtypes) with ordinality as a (argument, place)) as arguments
from pg_proc where pronamespace in ('public'::regnamespace, 'worker'::regnamespace)
    and not exists (select from pg_depend d where d.objid = pg_proc.oid and d.deptype = 'e')
order by 1
"""
OWNERLESS = "announcements"


class Access:
    """Measures on a database that tests.integration.rows.fill filled, as its superuser."""

    def __init__(self, db: asyncpg.Connection, people: tuple[UUID, UUID]) -> None:
        self.db = db
        self.one, self.two = people

    async def measure(self) -> dict[str, str]:
        """Name of a table, function or column of profiles → its line in the matrix."""
        seen: dict[str, str] = {}
        for (name,) in await self.db.fetch(TABLES):
            table = await Table.load(self.db, name)
            cells = [[await self.cell(actor, verb, table) for verb in VERBS] for actor in ACTORS]
            seen[name] = "   ".join(" ".join(of_actor) for of_actor in cells)
        for column in (await Table.load(self.db, "profiles")).columns:
            statement = f"update public.profiles set {column['name']} = default"
            seen[f"profiles.{column['name']}"] = await self._row("profiles", statement)
        for function in await self.db.fetch(FUNCTIONS):
            # `offset 0` keeps the planner from answering for a strict function without calling it
            names = [f"a{place}" for place in range(len(function["arguments"]))]
            nothing = ", ".join(
                f"null::{kind} as {name}" for kind, name in zip(function["arguments"], names, strict=True)
            )
            call = f"select {function['call']}({', '.join(names)}) from (select {nothing or '1'} offset 0) as n"
            assert function["name"] not in seen, "two functions of one name need their arguments in the matrix"
            seen[function["name"]] = " ".join([await self._call(actor, call) for actor in ACTORS])
        return seen

    async def cell(self, actor: str, verb: str, table: Table) -> str:
        """One letter of the matrix."""
        if verb == "insert":
            return await self._insertion(actor, table)
        if verb == "truncate":
            return await self._truncation(actor, table)
        statement = {"select": f"select ctid from {table.name}", "delete": f"delete from {table.name}"}
        return await self._touch(actor, table.name, statement.get(verb) or table.update())

    async def _row(self, table: str, statement: str) -> str:
        return " ".join([await self._touch(actor, table, statement) for actor in ACTORS])

    async def _touch(self, actor: str, table: str, statement: str) -> str:
        """Whose rows the statement, which names none, reads, changes or deletes."""
        transaction = self.db.transaction()
        await transaction.start()
        try:
            before = await self._owners(table)
            await self._become(actor)
            try:
                rows = await self.db.fetch(statement)
            except asyncpg.InsufficientPrivilegeError:
                return "-"
            except asyncpg.NotNullViolationError:
                return "a"  # allowed: only the value was wrong
            await self.db.execute("reset role")
            left = {row["ctid"] for row in await self.db.fetch(f"select ctid from {table}")}
            touched = {row["ctid"] for row in rows} if statement.startswith("select") else set(before) - left
            return self._word({before[place] for place in touched}, set(before.values()), actor)
        finally:
            await transaction.rollback()

    async def _insertion(self, actor: str, table: Table) -> str:
        """A row in the name of the user, in a table that holds nothing it could collide with."""
        statement = await table.insertion(self.db, self.one, 1)
        done = await self._try(actor, statement, table.name)
        return "o" if done == "a" and actor == "the user" else done

    async def _truncation(self, actor: str, table: Table) -> str:
        """Who is told that other tables refer to it has the right; on storage a trigger may still refuse."""
        done = await self._try(actor, f"truncate {table.name}")
        if done == "referenced" and table.name.startswith("storage."):
            return await self._try(actor, f"truncate {table.name} cascade")
        return "a" if done == "referenced" else done

    async def _call(self, actor: str, call: str) -> str:
        """Whatever a function says to nothing but nulls, it was called."""
        done = await self._try(actor, call)
        return done if done == "-" else "a"

    async def _try(self, actor: str, statement: str, cleared: str = "") -> str:
        transaction = self.db.transaction()
        await transaction.start()
        try:
            if cleared:
                await clear(self.db, cleared)
            await self._become(actor)
            await self.db.execute(statement)
        except asyncpg.InsufficientPrivilegeError:
            return "-"
        except asyncpg.FeatureNotSupportedError:
            return "referenced"
        except asyncpg.PostgresError as error:
            return f"({error})"
        else:
            return "a"
        finally:
            await transaction.rollback()

    async def _become(self, actor: str) -> None:
        person = {"the user": self.one, "another": self.two}.get(actor)
        role = "authenticated" if person else actor
        await self.db.execute(f"set local role {role}")
        claims = f'{{"sub": "{person}", "role": "{role}"}}' if person else f'{{"role": "{role}"}}'
        await self.db.execute("select set_config('request.jwt.claims', $1, true)", claims)

    async def _owners(self, table: str) -> dict[object, str]:
        """Whose each row is: of two the first is the user's, or the announcement that is public."""
        rows = await self.db.fetch(f"select ctid, t::text as line from {table} t order by ctid")
        words = ("public", "hidden") if table == OWNERLESS else ("the user", "another")
        if len(rows) == len(words):
            return {row["ctid"]: word for row, word in zip(rows, words, strict=True)}
        known = {str(self.one): "the user", str(self.two): "another"}
        return {
            row["ctid"]: next((word for person, word in known.items() if person in row["line"]), "nobody")
            for row in rows
        }

    def _word(self, touched: set[str], everything: set[str], actor: str) -> str:
        if not touched:
            return "n"
        if touched == everything:
            return "a"
        return {"public": "p", actor: "o"}.get("".join(touched), str(touched))


def matrix(lines: Iterable[str]) -> dict[str, str]:
    """Name → line, from access_matrix.txt."""
    found = {}
    for line in lines:
        if line and not line.startswith("#"):
            name, cells = line.split(maxsplit=1)
            found[name] = cells
    return found
