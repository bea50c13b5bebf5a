"""The file itself: a ZIP that grows on disk, each table in it as CSV and as JSON, and chart pictures."""

import csv
import io
import tempfile
import time
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import IO, Final, Self

from bot.exporting.cells import cells

ROOM_FOR_THE_END: Final = 100_000
"""Bytes that the file may still grow by when it is closed: the list of what is in it, and a note of what is not."""
LISTED: Final = 300
"""Bytes, about, that each picture adds beside its own."""


class Table:
    """One table on its way into the archive; CSV goes in at once, JSON waits on disk until that is whole."""

    def __init__(self, archive: zipfile.ZipFile, name: str, columns: Sequence[str]) -> None:
        self._archive, self._name, self._columns = archive, name, columns
        self._entry: IO[bytes] = archive.open(_named(f"{name}.csv"), "w")
        self._json: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the table
        self.rows = 0
        self._entry.write("\ufeff".encode())  # or Excel takes the file for another encoding than UTF-8
        self._write_csv([columns])

    def write(self, rows: Sequence[str]) -> None:
        """Rows as JSON objects."""
        self._write_csv(cells(row, self._columns) for row in rows)
        for row in rows:
            self._json.write((",\n" if self.rows else "").encode() + row.encode())
            self.rows += 1

    def _write_csv(self, lines: Iterable[Sequence[str]]) -> None:
        text = io.StringIO()
        csv.writer(text).writerows(lines)
        self._entry.write(text.getvalue().encode("utf-8", "replace"))

    def drop(self) -> None:
        """Give back what is open; nothing happens to a table that was closed."""
        self._entry.close()
        self._json.close()

    def close(self) -> None:
        self._entry.close()
        self._json.seek(0)
        with self._archive.open(_named(f"{self._name}.json"), "w") as entry, self._json:
            entry.write(b"[\n")
            while data := self._json.read(65_536):
                entry.write(data)
            entry.write(b"\n]\n")


def _named(name: str) -> zipfile.ZipInfo:
    """An entry of this moment; its size is not known yet, and stays far below what needs another format."""
    entry = zipfile.ZipInfo(name, time.localtime()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


class Archive:
    """A ZIP in a temporary file without a name, which goes with the process whatever happens."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed on leaving
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)
        self._tables: list[Table] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(OSError, ValueError):  # a thread may still be writing for a job that was broken off
            for table in self._tables:
                table.drop()
            self._zip.close()
        self._file.close()

    def table(self, name: str, columns: Sequence[str]) -> Table:
        self._tables.append(Table(self._zip, name, columns))
        return self._tables[-1]

    def add(self, name: str, data: bytes, *, packed: bool = False) -> None:
        """`packed`: it would not get smaller."""
        self._zip.writestr(name, data, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)

    @property
    def size(self) -> int:
        return self._file.tell() + LISTED * len(self._zip.filelist) + ROOM_FOR_THE_END

    def finish(self) -> IO[bytes]:
        """The whole file, to be read from its beginning."""
        self._zip.close()
        self._file.seek(0)
        return self._file
