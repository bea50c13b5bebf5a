"""Cells of an export: nothing that a trader wrote is run by a spreadsheet, and no digit of a figure is lost."""

import csv
import io
import json
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exporting.archive import Archive
from bot.exporting.cells import cell, cells

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
        ("2026-03-23T15:00:00+00:00", "2026-03-23T15:00:00+00:00"),
        ("long 2 nq", "long 2 nq"),
        ("stop -5, then +3", "stop -5, then +3"),
        ("=1+1", "'=1+1"),
        ("+4915112345678", "'+4915112345678"),
        ("-1600", "'-1600"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("＝1+1", "'＝1+1"),
        ("−5", "'−5"),
        (" =1+1", "' =1+1"),
        ("\u3000\u200b＝1+1", "'\u3000\u200b＝1+1"),
        ("a; \u00a0@x", "a;' \u00a0@x"),
        ('a;"=1', "a;'\"=1"),
        ("\n\t=1", "\n'\t'=1"),
        (" stop", " stop"),
        ('"quoted" -5', '"quoted" -5'),
        ("a;=cmd|' /C calc'!A0", "a;'=cmd|' /C calc'!A0"),
        ("a\n=1", "a\n'=1"),
        ({"a": "=1"}, '{"a": "=1"}'),
        (["=1"], '["=1"]'),
        ({"risk": Decimal("0.5"), "days": 3}, '{"risk": 0.5, "days": 3}'),
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


@given(st.lists(st.sampled_from([*" ;=+-@\t\r\n\"'＝a"])).map("".join))
def test_no_reader_sees_a_formula_that_parts_at_semicolons(text: str) -> None:
    written = io.StringIO()
    csv.writer(written).writerow(["id", cell(text)])
    for separator in (",", ";", "\t"):
        for line in csv.reader(io.StringIO(written.getvalue(), newline=""), delimiter=separator):
            for part in line:
                assert not part.lstrip(" ").startswith(("=", "+", "-", "@", "＝")), (separator, line)


def test_a_text_of_blanks_takes_no_time() -> None:
    text = (" " * 20_000 + ";") * 20
    assert cell(text) == text


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_figure_keeps_every_digit(value: Decimal) -> None:
    assert Decimal(cell(value)) == value


NOTES = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(st.lists(st.tuples(NOTES, st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=4))))
def test_a_table_is_read_back_from_both_files(rows: list[tuple[str, Decimal | None]]) -> None:
    said = [f'{{"note": {json.dumps(note)}, "pnl": {"null" if pnl is None else f"{pnl:f}"}}}' for note, pnl in rows]
    with Archive() as archive:
        table = archive.table("trades", ["note", "pnl"])
        for row in said:
            table.write([row])
        table.close()
        expected = archive.size
        with zipfile.ZipFile(archive.finish()) as opened:
            told = opened.read("trades.csv").decode("utf-8-sig")
            parsed = json.loads(opened.read("trades.json"), parse_float=Decimal)
            assert opened.testzip() is None
            assert sum(entry.compress_size for entry in opened.filelist) < expected
    assert list(csv.reader(io.StringIO(told, newline=""))) == [
        ["note", "pnl"],
        *([cell(note), cell(pnl)] for note, pnl in rows),
    ]
    assert [(row["note"], row["pnl"]) for row in parsed] == rows


def test_a_number_that_no_type_holds_is_still_one() -> None:
    digits = "9" * 5000
    assert cells(f'{{"pnl": {digits}, "more": {{"a": {digits}}}}}', ["pnl"]) == [digits]
