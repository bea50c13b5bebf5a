"""From a subject to the bytes of its picture. Needs matplotlib: only the processes of the studio come here."""

from bot.drawing import bars, calendar, card, equity, spread
from bot.drawing.paper import Paper
from bot.drawing.subjects import Calendar, Card, Equity, Groups, Hours, Spread, Subject, Theme


def draw(subject: Subject, theme: Theme) -> bytes:
    """A PNG, the same for the same subject."""
    paper = Paper(theme, height_of(subject))
    match subject:
        case Equity():
            equity.draw(paper, subject)
        case Calendar():
            calendar.draw(paper, subject)
        case Groups():
            bars.draw_groups(paper, subject)
        case Hours():
            bars.draw_hours(paper, subject)
        case Spread():
            spread.draw(paper, subject)
        case Card():
            card.draw(paper, subject)
    return paper.png()


def height_of(subject: Subject) -> int:
    """In pixels."""
    match subject:
        case Equity():
            return equity.HEIGHT if subject.days else 560
        case Calendar():
            return calendar.height(subject)
        case Groups():
            return bars.groups_height(subject)
        case Card():
            return card.height(subject)
        case Spread():
            return spread.HEIGHT
        case Hours():
            return bars.HOURS_HEIGHT
