"""A sheet to draw on, in pixels from its upper left corner, with what all pictures share: colours, letters, head.

Rules: a sheet is twice as wide as it is shown on a phone, so no letter is smaller than SMALL but in a narrow cell. Text
is never parsed as math, is cut to the room it has, and holds only letters that the font has: others would be boxes
with a warning.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from io import BytesIO
from typing import Any, Final, Literal

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle
from matplotlib.transforms import Affine2D, IdentityTransform
from PIL import Image

from bot.drawing.subjects import Head, Theme

WIDTH: Final = 800
MARGIN: Final = 36
DPI: Final = 100
SMALL: Final = 21
NORMAL: Final = 25
FIGURES: Final = (46, 38, 30, SMALL)
"""Sizes of the one figure above a picture: the largest in which it fits."""
COLOURS: Final = 144
"""In the file. Smooth letters on one ground need no more, and the file is a third of what it was."""
NARROWEST: Final = 0.27
"""Of a letter's size: no letter of the font takes less room."""
LONGEST: Final = 400
"""Letters of a text that are looked at."""
SPACE: Final = " "
UNKNOWN_LETTER: Final = "□"
_FONTS: Final = f"{matplotlib.get_data_path()}/fonts/ttf"

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Colours:
    """A bluish green and an orange red, as who sees no red or no green tells those apart; where only a colour would
    tell, a sign stands beside it. `on_gain`, `on_loss`: letters on a full one."""

    ground: str
    text: str
    muted: str
    grid: str
    line: str
    gain: str
    loss: str
    floor: str
    on_gain: str
    on_loss: str

    def of(self, amount: float | Decimal) -> str:
        """Of a figure that was made, lost, or neither."""
        return self.gain if amount > 0 else self.loss if amount < 0 else self.muted


COLOURS_OF: Final[dict[Theme, Colours]] = {
    "light": Colours("#ffffff", "#172033", "#56617a", "#dfe4ec", "#2459c4", "#00766b", "#cc2a10", "#9a5b00", "#ffffff",
                     "#ffffff"),
    "dark": Colours("#14181f", "#eef2f8", "#a3afc2", "#2c3442", "#7aa7ff", "#45dcc0", "#ff6457", "#f0b450", "#04170f",
                    "#1f0405"),
}  # fmt: skip


def mixed(colour: str, ground: str, strength: float) -> str:
    """What is seen where a colour lies on a ground."""
    over, under = bytes.fromhex(colour[1:]), bytes.fromhex(ground[1:])
    mixture = bytes(round(strength * a + (1 - strength) * b) for a, b in zip(over, under, strict=True))
    return f"#{mixture.hex()}"


def contrast(one: str, other: str) -> float:
    """From 1 to 21, as WCAG 2 has it: 4.5 and more is easily read."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@cache
def _luminance(colour: str) -> float:
    shares = [byte / 255 for byte in bytes.fromhex(colour[1:])]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@cache
def _font(bold: bool, size: float) -> FontProperties:
    return FontProperties(fname=_file(bold), size=size * 72 / DPI)


def _file(bold: bool) -> str:
    return f"{_FONTS}/DejaVuSans{'-Bold' if bold else ''}.ttf"


@cache
def _letters() -> frozenset[int]:
    """What both weights have."""
    return frozenset(get_font(_file(False)).get_charmap()) & frozenset(get_font(_file(True)).get_charmap())


@lru_cache(4096)
def drawable(text: str) -> str:
    """On one line, without marks that move, stack or turn letters, in letters that the font has."""
    kept = []
    for letter in unicodedata.normalize("NFC", text[:LONGEST]):
        for known in letter if ord(letter) in _letters() else unicodedata.normalize("NFKC", letter):
            if known.isspace():
                kept.append(SPACE)
            elif unicodedata.category(known)[0] not in "MC":
                kept.append(known if ord(known) in _letters() else UNKNOWN_LETTER)
    return SPACE.join("".join(kept).split())


class Paper:
    """One picture in the making."""

    def __init__(self, theme: Theme, height: int) -> None:
        self.colours = COLOURS_OF[theme]
        self.height = height
        self._figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor=self.colours.ground)
        self._canvas: Any = FigureCanvasAgg(self._figure)  # of whose methods few are annotated
        self._pixels = Affine2D().scale(1, -1).translate(0, height)
        self._drawn = 0

    def _put(self, artist: Any) -> None:
        """Above all that was drawn before."""
        self._drawn += 1
        artist.set_zorder(self._drawn)
        artist.set_transform(self._pixels)
        self._figure.add_artist(artist)

    def line(
        self, xs: Sequence[float], ys: Sequence[float], colour: str, width: float = 2, *, dashed: bool = False,
        stepped: bool = False,
    ) -> None:  # fmt: skip
        style: Any = (0, (5, 3)) if dashed else "-"
        self._put(Line2D(xs, ys, color=colour, linewidth=width * 72 / DPI, linestyle=style,
                         drawstyle="steps-post" if stepped else "default", solid_capstyle="round"))  # fmt: skip

    def area(self, xs: Sequence[float], ys: Sequence[float], base: float, colour: str, strength: float) -> None:
        """What lies between a curve and a level."""
        points = [(xs[0], base), *zip(xs, ys, strict=True), (xs[-1], base)]
        self._put(Polygon(points, closed=True, facecolor=colour, alpha=strength, linewidth=0))

    def box(self, x: float, y: float, width: float, height: float, colour: str, *, round_: float = 0,
            strength: float = 1) -> None:  # fmt: skip
        if round_:
            style = f"round,pad=0,rounding_size={min(round_, width / 2, height / 2)}"
            patch: Any = FancyBboxPatch((x, y), width, height, boxstyle=style, facecolor=colour, linewidth=0)
        else:
            patch = Rectangle((x, y), width, height, facecolor=colour, linewidth=0)
        patch.set_alpha(strength)
        self._put(patch)

    def dot(self, x: float, y: float, colour: str, size: float = 12) -> None:
        self._put(Line2D([x], [y], marker="o", markersize=size * 72 / DPI, color=colour, linestyle="",
                         markeredgecolor=self.colours.ground, markeredgewidth=2))  # fmt: skip

    def wide(self, text: str, size: float, *, bold: bool = False) -> float:
        """How many pixels a text takes."""
        renderer = self._canvas.get_renderer()
        width: float = renderer.get_text_width_height_descent(drawable(text), _font(bold, size), False)[0]
        return width

    def fitted(self, text: str, room: float, size: float, *, bold: bool = False) -> str:
        """The text, or as much of it as there is room for, and …"""
        whole = drawable(text)
        most = int(room / (size * NARROWEST))  # what is longer is not measured
        if len(whole) <= most and self.wide(whole, size, bold=bold) <= room:
            return whole
        low, high = 0, min(len(whole), most)
        while low < high:
            middle = (low + high + 1) // 2
            fits = self.wide(f"{whole[:middle].rstrip()}…", size, bold=bold) <= room
            low, high = (middle, high) if fits else (low, middle - 1)
        return f"{whole[:low].rstrip()}…" if low else ""

    def lines(self, text: str, room: float, size: float, most: int) -> list[str]:
        """The text in as many lines, broken between words; what finds no room is cut."""
        words, lines = drawable(text).split(), [""]
        while words:
            longer = f"{lines[-1]} {words[0]}".strip()
            if len(lines) == most:
                longer = " ".join([longer, *words[1:]])
                return [*lines[:-1], self.fitted(longer, room, size)]
            if lines[-1] and self.wide(longer, size) > room:
                lines.append("")
                continue
            lines[-1] = self.fitted(longer, room, size)
            words = words[1:]
        return lines

    def text(
        self, x: float, y: float, text: str, colour: str | None = None, size: float = NORMAL, *, bold: bool = False,
        align: Align = "left", room: float | None = None,
    ) -> None:  # fmt: skip
        """One line, in the middle of its height at `y`."""
        beside = {"left": WIDTH - x, "center": 2 * min(x, WIDTH - x), "right": x}[align]
        shown = self.fitted(text, beside if room is None else room, size, bold=bold)
        if shown:
            self._drawn += 1
            self._figure.text(x, self.height - y, shown, color=colour or self.colours.text, zorder=self._drawn,
                              fontproperties=_font(bold, size), ha=align, va="center_baseline",
                              transform=IdentityTransform(), parse_math=False)  # fmt: skip

    def head(self, head: Head) -> float:
        """Title, figure and note; where the picture may begin."""
        colours = self.colours
        room = WIDTH - 2 * MARGIN
        self.text(MARGIN, 44, head.title, colours.muted, 29, bold=True, room=room)
        y = 100.0
        if head.figure:
            tint = colours.text if not head.sign else colours.gain if head.sign > 0 else colours.loss
            size = next((size for size in FIGURES if self.wide(head.figure, size, bold=True) <= room), FIGURES[-1])
            self.text(MARGIN, 98, head.figure, tint, size, bold=True, room=room)
            y = 152
        for line in self.lines(head.note, room, SMALL, 2):
            self.text(MARGIN, y, line, colours.muted, SMALL, room=room)
            y += 30
        return y + 6

    def foot(self, remark: str) -> float:
        """A remark below the picture, perhaps none; where the picture has to end."""
        bottom = self.height - MARGIN
        if not remark:
            return bottom
        self.text(MARGIN, bottom, remark, self.colours.muted, SMALL, room=WIDTH - 2 * MARGIN)
        return bottom - 34

    def nothing(self, head: Head, top: float, bottom: float) -> None:
        """In the place of a picture that has nothing to show."""
        room = WIDTH - 4 * MARGIN
        self.box(MARGIN, top, WIDTH - 2 * MARGIN, bottom - top, self.colours.grid, round_=18, strength=0.45)
        lines = self.lines(head.empty, room, NORMAL, 3)
        for number, line in enumerate(lines):
            y = (top + bottom) / 2 + (number - (len(lines) - 1) / 2) * 38
            self.text(WIDTH / 2, y, line, self.colours.muted, NORMAL, align="center", room=room)

    def png(self) -> bytes:
        self._canvas.draw()
        size = self._canvas.get_width_height()
        drawn = Image.frombytes("RGBA", size, bytes(self._canvas.buffer_rgba())).convert("RGB")
        out = BytesIO()
        _with_palette(drawn).save(out, "PNG", optimize=True)
        return out.getvalue()


def _with_palette(drawn: Image.Image) -> Image.Image:
    """In few colours, each of them the one it most often stands for: an average would tint what is grey."""
    few = drawn.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    both = Image.merge("RGBA", (*drawn.split(), Image.frombytes("L", few.size, few.tobytes())))
    # what is large is found on every second pixel, too, in a fraction of the time
    pairs: Any = both.resize((few.width // 2, few.height // 2), Image.Resampling.NEAREST).getcolors(1 << 20)
    palette = few.getpalette() or []
    for _, (red, green, blue, place) in sorted(pairs):
        palette[3 * place : 3 * place + 3] = [red, green, blue]
    few.putpalette(palette)
    return few
