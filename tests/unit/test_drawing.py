"""Pictures: nothing is cut off, covered or unreadable, whatever the journal, the names and the rules are."""

import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import combinations, pairwise
from typing import Any

import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.transforms import Bbox
from PIL import Image

from bot.drawing.draw import draw, height_of
from bot.drawing.paper import COLOURS_OF, SMALL, WIDTH, Paper, contrast, drawable, mixed
from bot.drawing.scales import axis_money, short_money, whole_money
from bot.drawing.subjects import THEMES, Bar, Calendar, Card, Equity, Group, Groups, Judged, Spread, Subject, Theme
from tests.chart_pictures import FOLDER, LARGEST, subjects

EXAMPLES = dict(subjects())
HOSTILE = (
    r"$\frac{1}{0}$ $$ \undefined{",
    "W" * 400,
    "e" + "\u0301" * 300,
    "\u202eesrever\u202c \u200f\u2066",
    "规则 ルール 규칙 😀👩‍👩‍👧‍👦",
    "قاعدة לשון",
    "line\nbreak\ttab\x07bell\x7f",
    "<b>&amp;</b>{0}%s",
    "",
)


@pytest.fixture
def papers(monkeypatch: pytest.MonkeyPatch) -> list[Paper]:
    """Every sheet that is drawn, when it is done."""
    done: list[Paper] = []
    png = Paper.png

    def kept(paper: Paper) -> bytes:
        done.append(paper)
        return png(paper)

    monkeypatch.setattr(Paper, "png", kept)
    return done


def texts(paper: Paper) -> Iterator[tuple[str, Bbox]]:
    """What is written on a sheet, and where."""
    renderer = paper._canvas.get_renderer()
    for text in paper._figure.texts:
        assert text.get_parse_math() is False
        yield text.get_text(), text.get_window_extent(renderer)


def curves(paper: Paper) -> Iterator[tuple[float, float]]:
    """Points of the curves of a sheet, from its lower left corner; a line of two points is a grid's."""
    for line in paper._figure.lines:
        xs, ys = (list(map(float, values)) for values in line.get_data())
        if len(xs) > 2:
            for (x, y), (to_x, to_y) in pairwise(zip(xs, ys, strict=True)):
                yield from ((x + (to_x - x) * n / 8, paper.height - y - (to_y - y) * n / 8) for n in range(9))


def check_layout(paper: Paper) -> None:
    """No letter beyond the sheet, none over another one or a curve."""
    written = list(texts(paper))
    drawn = list(curves(paper))
    for said, box in written:
        assert box.x0 >= -1, said
        assert box.x1 <= WIDTH + 1, said
        assert box.y0 >= -1, said
        assert box.y1 <= paper.height + 1, said
        assert not any(box.x0 < x < box.x1 and box.y0 < y < box.y1 for x, y in drawn), said
    for (said, box), (other, over) in combinations(written, 2):
        wide = min(box.x1, over.x1) - max(box.x0, over.x0)
        high = min(box.y1, over.y1) - max(box.y0, over.y0)
        assert wide <= 1 or high <= 1, (said, other)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if not name.endswith(("-one", "-none"))])
def test_an_example_is_whole_and_small(name: str, papers: list[Paper]) -> None:
    data = draw(EXAMPLES[name], "light")
    assert len(data) < LARGEST
    with Image.open(BytesIO(data)) as picture:
        assert (picture.format, picture.size) == ("PNG", (WIDTH, height_of(EXAMPLES[name])))
    check_layout(papers[0])
    assert list(texts(papers[0]))


@pytest.mark.parametrize("theme", THEMES)
def test_the_examples_of_the_page_are_there(theme: str) -> None:
    """As `python -m tests.chart_pictures` draws them; letters differ by a pixel between versions of the library."""
    page = (FOLDER.parent.parent / "charts.md").read_text()
    for name, subject in EXAMPLES.items():
        file = FOLDER / f"{name}-{theme}.png"
        assert file.stat().st_size < LARGEST
        with Image.open(file) as picture:
            assert picture.size == (WIDTH, height_of(subject)), name
        assert f"images/charts/{file.name}" in page
    assert len(list(FOLDER.iterdir())) == len(EXAMPLES) * len(THEMES)


def hostile(subject: Any, text: str) -> Subject:
    """The subject with this text for all that others wrote."""
    match subject:
        case Groups(groups=groups):
            bars = tuple(Bar(text, Decimal(-5), "-$123,456,789,012.00") for _ in range(2))
            return replace(subject, groups=tuple(Group(text if group.name else "", bars) for group in groups))
        case Card(head=head):
            judged = tuple(Judged("violated", text) for _ in range(8))
            head = replace(head, title=text, note=text, figure="-$123,456,789,012.00")
            rows = tuple((label, text, text) for label, *_ in subject.rows)
            return replace(subject, head=head, rows=rows, verdicts=judged, beyond=text)
    return replace(subject, head=replace(subject.head, title=text, note=text, empty=text, figure=text))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_a_picture(text: str, papers: list[Paper]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("rules-one", "card-losses", "equity-none"):
            draw(hostile(EXAMPLES[name], text), "dark")
    for paper in papers:
        check_layout(paper)


def test_letters_are_never_math() -> None:
    """Also where somebody set the library so."""
    with matplotlib.rc_context({"text.parse_math": True, "text.usetex": False}):
        assert draw(hostile(EXAMPLES["rules-one"], "$x_1$ $"), "light")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_what_is_drawable_has_letters_for_it(text: str) -> None:
    shown = drawable(text)
    assert shown.isprintable()
    assert drawable(shown) == shown
    assert len(shown) <= len(text) * 20


@given(st.text(alphabet="WiW. 규é", max_size=80), st.floats(20, 700))
@settings(max_examples=60, deadline=None)
def test_a_text_takes_no_more_room_than_it_has(text: str, room: float) -> None:
    paper = Paper("light", 100)
    assert paper.wide(paper.fitted(text, room, SMALL), SMALL) <= room
    assert len(paper.lines(text, room, SMALL, 2)) <= 2


def calendar(first: date, days: Sequence[tuple[date, Decimal]]) -> Calendar:
    subject = EXAMPLES["days-one"]
    assert isinstance(subject, Calendar)
    return replace(subject, first=first, last=date(2026, 3, 20), days=tuple(days))


@pytest.mark.parametrize("back", [0, 40, 100, 364, 800, 9_000])
def test_a_calendar_of_any_length_is_readable(back: int, papers: list[Paper]) -> None:
    """With a weekend's trade, figures of any size, and a day that made nothing."""
    last = date(2026, 3, 20)
    days = [(last - timedelta(days=n), Decimal(n % 7 - 3) * 10 ** (n % 10)) for n in range(min(back, 50), -1, -1)]
    draw(calendar(last - timedelta(days=back), days), "light")
    check_layout(papers[0])


def test_both_themes_are_what_they_say() -> None:
    light, dark = (Image.open(BytesIO(draw(EXAMPLES["card-one"], theme))).convert("L") for theme in THEMES)
    assert (light.getpixel((2, 2)) > 240, dark.getpixel((2, 2)) < 40) == (True, True)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "$0"), (12.5, "+$12"), (9.5, "+$9.50"), (-999.6, "-$1k"), (1234, "+$1.2k"), (-99_960, "-$100k"),
     (2_500_000, "+$2.5M"), (1e10, "+$10B"), (-0.001, "$0")],
)  # fmt: skip
def test_short_figures(amount: float, shown: str) -> None:
    assert short_money(amount, "$", signed=True) == shown


def test_figures_of_cells_and_axes() -> None:
    assert [whole_money(amount) for amount in (9_400, -360, 0, 999_600)] == ["+9k", "-360", "0", "+1M"]
    assert axis_money([50_000, 50_250], "$") == ["$50.00k", "$50.25k"]
    assert axis_money([-10_000, 0, 10_000, 20_000], "€") == ["-€10k", "€0", "€10k", "€20k"]
    assert axis_money([5_000_000, 10_000_000], "$") == ["$5M", "$10M"]
    assert axis_money([0, 250, 500], "CHF ") == ["0", "250", "500"]


def test_a_currency_without_a_sign_has_room(papers: list[Paper]) -> None:
    """Figures are whole on the axis, and a figure too wide for its row is told in short."""
    equity, symbols = EXAMPLES["equity-many"], EXAMPLES["symbols-many"]
    assert isinstance(equity, Equity)
    assert isinstance(symbols, Groups)
    days = tuple(replace(day, balance=day.balance * 37, high=day.high * 37, floor=None) for day in equity.days)
    draw(replace(equity, head=replace(equity.head, unit="CHF "), days=days, start=equity.start * 37), "light")
    told = {"NIFTY25DEC2… (1234)": "+CHF 42,687,021.60", "ES (1)": "+CHF 8,742,687,021.60"}
    bars = tuple(Bar(label, Decimal(value[5:].replace(",", "")), value) for label, value in told.items())
    draw(replace(symbols, head=replace(symbols.head, unit="CHF "), groups=(Group("", bars),)), "light")
    for paper in papers:
        check_layout(paper)
    assert not [said for said, _ in texts(papers[0]) if "…" in said]
    written = [said for said, _ in texts(papers[1])]
    assert written[3:] == ["NIFTY25DEC2… (1234)", "+CHF 42,687,021.60", "ES (1)", "+CHF 8.7B"]


def test_a_floor_that_trails_the_curve_covers_nothing(papers: list[Paper]) -> None:
    equity = EXAMPLES["equity-many"]
    assert isinstance(equity, Equity)
    days = tuple(replace(day, floor=day.high - 1_500) for day in equity.days)
    draw(replace(equity, days=days, floor_label="Untergrenze CHF 83,092.40"), "light")
    check_layout(papers[0])


@pytest.mark.parametrize(
    ("multiples", "first", "last"),
    [
        (("0", "0"), "-1R", "+1R"),
        (("-1", "2", "3"), "-1R", "+3R"),
        (("-1", "123456"), "-4R", "≥+11R"),
        (("-40", *["-1.02"] * 60), "≤-2.75R", "+1R"),
        (("-7", "40", "12", "0.5", "-1"), "-6R", "≥+11R"),
    ],
)
def test_multiples_however_far_apart(papers: list[Paper], multiples: tuple[str, ...], first: str, last: str) -> None:
    spread = EXAMPLES["r-many"]
    assert isinstance(spread, Spread)
    draw(replace(spread, multiples=tuple(map(Decimal, multiples)), mean=Decimal("0.4")), "light")
    check_layout(papers[0])
    below = sorted((box.x0, said) for said, box in texts(papers[0]) if said == "0" or said.endswith("R"))
    edges = [said for x, said in below if x > 60 and not said.startswith("average")]
    assert (first in edges, edges[-1] == last) == (True, True), edges


# ---- colours

BLIND = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}
"""Of linear RGB: Machado, Oliveira and Fernandes 2009, severity 1.0."""


def seen_by(blind: str, colour: str) -> list[float]:
    """In sRGB, from 0 to 255."""
    shares = [byte / 255 for byte in bytes.fromhex(colour[1:])]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    mixed = [sum(a * b for a, b in zip(row, linear, strict=True)) for row in BLIND[blind]]
    return [255 * (1.055 * min(max(value, 0), 1) ** (1 / 2.4) - 0.055) for value in mixed]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("blind", BLIND)
def test_the_colour_blind_tell_a_gain_from_a_loss(theme: Theme, blind: str) -> None:
    colours = COLOURS_OF[theme]
    assert math.dist(seen_by(blind, colours.gain), seen_by(blind, colours.loss)) > 75


@pytest.mark.parametrize("theme", THEMES)
def test_letters_are_read_on_a_cell_of_any_strength(theme: Theme) -> None:
    colours = COLOURS_OF[theme]
    for tint, on in ((colours.gain, colours.on_gain), (colours.loss, colours.on_loss)):
        for percent in range(35, 101, 5):
            seen = mixed(tint, colours.ground, percent / 100)
            assert max(contrast(letters, seen) for letters in (on, colours.text)) >= 4
    for name in ("text", "muted", "line", "gain", "loss", "floor"):
        assert contrast(getattr(colours, name), colours.ground) >= 4.5, name


def test_a_day_without_trades_is_not_tinted() -> None:
    """Among gains of many strengths, whose shades could take it along."""
    days = [(date(2026, 2, 1) + timedelta(days=n), Decimal(n * 7 % 40 * 100)) for n in range(40)]
    with Image.open(BytesIO(draw(calendar(date(2026, 2, 1), days), "light"))) as picture:
        seen: Any = picture.convert("RGB").getpixel((60, picture.height - 75))
    told = bytes.fromhex(mixed(COLOURS_OF["light"].grid, "#ffffff", 0.7)[1:])
    assert max(abs(one - other) for one, other in zip(seen, told, strict=True)) <= 1
