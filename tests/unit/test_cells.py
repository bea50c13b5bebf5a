"""Cells of an export: nothing that a trader wrote is run by a spreadsheet, and no digit of a figure is lost."""

import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exporting.archive import Archive
from bot.exporting.cells import cell

RUN = ("=", "+", "-", "@", "\t", "\r")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "true"),
        (-3, "-3"),
        (Decimal("-1600.50"), "-1600.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.00000001"), "0.00000001"),
        (datetime(2026, 3, 23, 15, 0, tzinfo=UTC), "2026-03-23T15:00:00+00:00"),
        (date(2026, 3, 23), "2026-03-23"),
        ("long 2 nq", "long 2 nq"),
        ("stop -5, then +3", "stop -5, then +3"),
        ("=1+1", "'=1+1"),
        ("+4915112345678", "'+4915112345678"),
        ("-1600", "'-1600"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("＝1+1", "'＝1+1"),
        ("a;=cmd|' /C calc'!A0", "a;'=cmd|' /C calc'!A0"),
        ("a\n=1", "a\n'=1"),
        ({"a": "=1"}, '{"a": "=1"}'),
        (["=1"], '["=1"]'),
    ],
)
def test_a_value_as_a_cell(value: Any, shown: str) -> None:
    assert cell(value) == shown


@given(st.text())
def test_no_text_is_a_formula_whatever_parts_the_cells(text: str) -> None:
    shown = cell(text)
    assert not shown.startswith(RUN)
    for separator in (";", "\t", "\n", "\r"):
        assert not any(part.startswith(("=", "+", "-", "@")) for part in shown.split(separator))
    assert shown.replace("'", "") == text.replace("'", "")


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_figure_keeps_every_digit(value: Decimal) -> None:
    assert Decimal(cell(value)) == value


@given(st.lists(st.tuples(st.text(), st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=4))))
def test_a_table_is_read_back_from_both_files(rows: list[tuple[str, Decimal | None]]) -> None:
    with Archive() as archive:
        table = archive.table("trades", ["note", "pnl"])
        for each in rows:
            table.write([(each, json.dumps({"note": each[0], "pnl": str(each[1])}))])
        table.close()
        expected = archive.size
        with zipfile.ZipFile(archive.finish()) as opened:
            told = opened.read("trades.csv").decode("utf-8-sig", "strict")
            parsed = json.loads(opened.read("trades.json"))
            assert opened.testzip() is None
            assert sum(entry.compress_size for entry in opened.filelist) < expected
    lines = list(csv.reader(io.StringIO(told, newline="")))
    assert lines[0] == ["note", "pnl"]
    assert [line[1] for line in lines[1:]] == [cell(pnl) for _, pnl in rows]
    assert [line[0] for line in lines[1:]] == [cell(note).encode("utf-8", "replace").decode() for note, _ in rows]
    assert len(parsed) == len(rows)
