"""Scripts fall into statements where PostgreSQL would part them."""

from pathlib import Path

import pytest

from db.migrations import migrations
from db.statements import statements
from statemachine.errors import OperatorError


@pytest.mark.parametrize(
    ("script", "parts"),
    [
        ("", []),
        (" ;; \n;", []),
        ("select 1; select 2", ["select 1", "select 2"]),
        ("select ';'; select 'it''s;'", ["select ';'", "select 'it''s;'"]),
        ('select ";" from t;', ['select ";" from t']),
        ("-- first; then\nselect 1; -- last;", ["-- first; then\nselect 1", "-- last;"]),
        ("/* a; b */ select 1;", ["/* a; b */ select 1"]),
        ("do $$ begin; 'x; end $$; select 1", ["do $$ begin; 'x; end $$", "select 1"]),
        ("do $a$ $b$;$b$ $$;$$ $a$; select $1", ["do $a$ $b$;$b$ $$;$$ $a$", "select $1"]),
        ("select a$b$ ; select c$b$", ["select a$b$", "select c$b$"]),
    ],
)
def test_splits(script: str, parts: list[str]) -> None:
    assert statements(script) == parts


def test_files_come_in_order_and_others_are_skipped(tmp_path: Path) -> None:
    for name in ("20260102_b.sql", "20260101_a.sql", "notes.sql", "20260103.sql", "x_20260104.sql"):
        (tmp_path / name).write_text("")
    found = migrations(tmp_path)
    assert [(migration.version, migration.name) for migration in found] == [("20260101", "a"), ("20260102", "b")]


def test_two_files_of_one_version_are_refused(tmp_path: Path) -> None:
    for name in ("20260101_a.sql", "20260101_b.sql"):
        (tmp_path / name).write_text("")
    with pytest.raises(OperatorError, match=r"20260101_a\.sql and 20260101_b\.sql have the same version"):
        migrations(tmp_path)


def test_a_folder_without_migrations_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="no migrations"):
        migrations(tmp_path)
