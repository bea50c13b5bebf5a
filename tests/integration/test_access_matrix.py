"""Every table and function against every role, as access_matrix.txt says, whatever project the migrations ran on."""

import difflib
from pathlib import Path

import asyncpg
import pytest

from db.migrations import migrations
from tests.integration.access import Access, matrix
from tests.integration.databases import connected, empty_database, lay_imitation, push
from tests.integration.rows import fill
from tests.integration.test_schema import FILES

EXPECTED = matrix((Path(__file__).parent / "access_matrix.txt").read_text(encoding="utf-8").splitlines())

# Projects made since May 2026 grant new tables to nobody, except for these three privileges.
NEWER_DEFAULTS = """
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public grant truncate, references, trigger on tables
    to anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
"""

# The fifteen as another hand may have written them under the same versions: grants by default, every function open,
# no search_path, auth.uid() for each row and for everybody.
LOOSENED = """
grant all on all tables in schema public to public, anon, authenticated, service_role;
grant execute on all functions in schema public to public, anon, authenticated, service_role;
create or replace function public.handle_new_user() returns trigger language plpgsql security definer as $$
begin
  insert into public.profiles (id) values (new.id) on conflict do nothing;
  return new;
end $$;
alter function public.update_updated_at() reset all;
do $$
declare
  found record;
begin
  for found in select * from pg_policies where schemaname = 'public' and coalesce(qual, with_check) ~ 'auth\\.uid' loop
    execute format('alter policy %I on public.%I to public %s %s', found.policyname, found.tablename,
      'using (' || replace(found.qual, '( SELECT auth.uid() AS uid)', 'auth.uid()') || ')',
      'with check (' || replace(found.with_check, '( SELECT auth.uid() AS uid)', 'auth.uid()') || ')');
  end loop;
end $$;
"""
PROJECTS = {
    "older default privileges": ("", ""),
    "newer default privileges": (NEWER_DEFAULTS, ""),
    "the web app's own fifteen files": ("", LOOSENED),
}


async def lay_project(connection: asyncpg.Connection, project: str) -> None:
    before, between = PROJECTS[project]
    await lay_imitation(connection)
    await connection.execute(before or "select")
    await push(connection, migrations()[: len(FILES)])
    await connection.execute(between or "select")
    await push(connection, migrations()[len(FILES) :])


@pytest.mark.parametrize("project", PROJECTS)
async def test_everybody_may_do_what_the_matrix_says(server_dsn: str, project: str) -> None:
    async with empty_database(server_dsn) as dsn, connected(dsn) as connection:
        await lay_project(connection, project)
        seen = await Access(connection, await fill(connection)).measure()
    lines = [[f"{name} {cells}" for name, cells in sorted(of.items())] for of in (EXPECTED, seen)]
    different = [line for line in difflib.ndiff(*lines) if line[0] in "+-"]
    assert different == [], "\n".join(different)


def test_the_matrix_is_of_a_size() -> None:
    """A line that lost a cell would still be a line."""
    cells = sum(len(line.split()) for line in EXPECTED.values())
    tables = sum(len(line.split()) == 20 for line in EXPECTED.values())
    assert cells == 20 * tables + 4 * (len(EXPECTED) - tables)
    assert cells > 1200


async def test_the_matrix_sees_an_open_door(connection: asyncpg.Connection) -> None:
    """Doors that were opened are seen as open: the measure can say more than no."""
    people = await fill(connection)
    await connection.execute("""
        grant usage on schema worker to anon; grant select on worker.ai_keys to anon;
        create policy "open" on worker.ai_keys for select using (true);
        grant truncate on public.quiz_completions to anon;
        grant execute on function worker.usual_sizes(uuid) to authenticated;
        grant usage on schema worker to authenticated;
        grant update (subscription_plan) on public.profiles to authenticated;
        create policy "wide" on public.journal_messages for select to authenticated using (true);
    """)
    seen = await Access(connection, people).measure()
    assert {name: cells for name, cells in seen.items() if cells != EXPECTED.get(name)} == {
        "journal_messages": "- - - - -   a - - - -   a - - - -   a a a a -",
        "profiles.subscription_plan": "- o o a",
        "quiz_completions": "- - - - a   - - - - -   - - - - -   a a a a -",
        "worker.ai_keys": "a - - - -   - - - - -   - - - - -   a a a a -",
        "worker.usual_sizes()": "- a a a",
    }
