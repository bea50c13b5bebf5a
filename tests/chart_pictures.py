"""Draws the examples of docs/charts.md: `python -m tests.chart_pictures`, all kinds and scenes in light and dark."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.charting.wanted import KINDS
from bot.drawing.subjects import THEMES, Subject
from bot.texts import View
from bot.texts.cards import card_subject
from bot.texts.chart_subjects import subject_of
from bot.texts.words import Words
from tests.chart_scenes import SCENES, card, facts

FOLDER = Path(__file__).parent.parent / "docs" / "images" / "charts"
LARGEST = 50_000
VIEW = View(
    locale="en",
    zone=ZoneInfo("America/New_York"),
    currency="USD",
    now=datetime(2026, 3, 20, 21, tzinfo=UTC),
    several=True,
)


def subjects() -> Iterator[tuple[str, Subject]]:
    """By the name of the file, without its theme."""
    words = Words.of(VIEW)
    for kind in KINDS:
        for scene in SCENES:
            if scene != "years" or kind in ("equity", "days"):
                yield f"{kind}-{scene}", subject_of(words, kind, facts(scene, kind))
    for scene in ("none", "one", "losses", "many"):
        yield f"card-{scene}", card_subject(words, card(scene))


def main() -> None:
    from bot.drawing.draw import draw

    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, subject in subjects():
        for theme in THEMES:
            (FOLDER / f"{name}-{theme}.png").write_bytes(draw(subject, theme))


if __name__ == "__main__":
    main()
