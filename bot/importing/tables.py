"""From bytes to rows: encoding, separator, and what only looks like a table."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import html  # type: ignore[import-untyped]

from bot.importing.formats import FORMATS, Layout, guessed, recognised

MOST_ROWS: Final = 200_000
SAMPLE: Final = 30
"""Lines that decide on the separator."""
FEWEST_HEADERS: Final = 3
_KINDS: Final = (
    (b"PK\x03\x04", "xlsx"),
    (b"\xd0\xcf\x11\xe0", "xlsx"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "binary"),
    (b"\xff\xd8\xff", "binary"),
    (b"\x1f\x8b", "binary"),
    (b"Rar!", "binary"),
)
_SEPARATORS: Final = (",", ";", "\t", "|")
_CYRILLIC: Final = re.compile("[а-я]{3}")


class NoTable(Exception):
    """This file holds no table. `reason`: empty, xlsx, pdf, binary, damaged, no_table, too_many_rows."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Table:
    """Rows below one header; each with the number of the line it ends on. `layout` None: of a header not described."""

    header: Sequence[str]
    line: int
    layout: Layout | None
    separator: str = ","
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


def table_in(data: bytes) -> Table:
    """The one table of trades or fills that a file holds. Raises NoTable."""
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise NoTable("empty")
    kind = next((kind for begin, kind in _KINDS if data.startswith(begin)), None)
    if kind is not None:
        raise NoTable(kind)
    text = decoded(data)
    page = text.lstrip("\ufeff \r\n\t")[:500].lower()
    if page.startswith("<") and ("<html" in page or "<!doctype" in page):
        return _chosen(_tables(_html_rows(text)))
    separator = separator_of(text)
    table = _chosen(_tables(_csv_rows(text, separator)))
    table.separator = separator
    return table


def decoded(data: bytes) -> str:
    """By its mark, else UTF-8, else UTF-16 where every other byte is zero, else what old Windows programs write."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    zeros = data[:2000].count(0)
    if zeros > len(data[:2000]) // 4:
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "replace")
    if zeros > len(data[:2000]) // 50:
        raise NoTable("binary")
    if not text:
        russian = data.decode("cp1251", "replace")
        text = russian if len(_CYRILLIC.findall(russian)) > len(data) // 200 else data.decode("cp1252", "replace")
    return text.replace("\0", "")


def separator_of(text: str) -> str:
    """The character that parts most lines into the same number of cells. Raises NoTable."""
    hint = re.match(r"sep=(.)\r?\n", text)
    if hint is not None:
        return hint[1]
    sample = "\n".join(text.splitlines()[:SAMPLE])

    def score(separator: str) -> int:
        widths = Counter(len(row) for row in csv.reader(io.StringIO(sample), delimiter=separator) if len(row) > 1)
        return max((width * lines for width, lines in widths.items()), default=0)

    try:
        return max(_SEPARATORS, key=score)
    except csv.Error as error:
        raise NoTable("damaged") from error


def _csv_rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise NoTable("damaged") from error


def _html_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a report that was saved as a page: MetaTrader's own way. Hidden cells are none."""
    try:
        page = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8", huge_tree=False))
    except Exception as error:
        raise NoTable("damaged") from error
    for number, row in enumerate(page.iter("tr"), 1):
        cells = [cell for cell in row if cell.tag in ("td", "th") and "hidden" not in (cell.get("class") or "")]
        yield number, [" ".join(cell.text_content().split()) for cell in cells]


def _tables(rows: Iterator[tuple[int, list[str]]]) -> list[Table]:
    """Every header that is known begins a table; where none is, the first row that looks like one does."""
    found: list[Table] = []
    current: Table | None = None
    other: Table | None = None
    count = 0
    for line, row in rows:
        filled = sum(1 for cell in row if cell.strip())
        if not filled:
            continue
        count += 1
        if count > MOST_ROWS + SAMPLE:
            raise NoTable("too_many_rows")
        if _may_be_header(row, filled):
            layout = recognised(row)
            if layout is not None:
                current = Table(row, line, layout)
                found.append(current)
                continue
            if other is None or _known(row) > _known(other.header):  # above it stood whose account it is
                other = Table(row, line, None)
                continue
        if current is not None and filled == 1 and _is_title(row):
            current = None  # the next section of a report
        elif current is not None:
            current.rows.append((line, row))
        elif other is not None:
            other.rows.append((line, row))
    return found or ([other] if other is not None else [])


def _known(row: Sequence[str]) -> int:
    """How many roles its headers name."""
    return len(guessed(row, {}).places)


def _may_be_header(row: Sequence[str], filled: int) -> bool:
    return filled >= FEWEST_HEADERS and sum(1 for cell in row if any(map(str.isdigit, cell))) * 3 <= filled


def _is_title(row: Sequence[str]) -> bool:
    text = "".join(row)
    return any(map(str.isalpha, text)) and not any(map(str.isdigit, text))


def _chosen(tables: list[Table]) -> Table:
    """Of several kinds the one that stands first among the formats; its sections together. Raises NoTable."""
    if not tables:
        raise NoTable("no_table")
    order = [known.name for known in FORMATS]
    best = min(tables, key=lambda table: order.index(table.layout.format.name) if table.layout else len(order))
    if best.layout is not None:
        name = best.layout.format.name
        alike = [table for table in tables if table.layout is not None and table.layout.format.name == name]
        best.rows = [row for table in alike for row in table.rows]
    return best
