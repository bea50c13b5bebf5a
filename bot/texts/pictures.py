"""What is said of charts and other files."""

from decimal import Decimal
from typing import Final

from bot.texts import buttons, numbers
from bot.texts.facts import named, short_name
from bot.texts.results import with_pnl
from bot.texts.words import Words
from statemachine.conversation import LOOSE_PICTURE_KEPT, Draft, KnownTrade
from statemachine.message import Button, Reply

HOUR: Final = 3600


def name(words: Words, trade: KnownTrade) -> str:
    """NQ +$1,600.00."""
    words = words.on(trade.fields.booked_on)
    return short_name(words, with_pnl(words, trade.fields))


def ask_chart(words: Words, trade: KnownTrade, left: int = 1) -> Reply:
    """`left`: how many charts are waited for, this one counted."""
    lines = [words("ask_chart", trade=name(words, trade))]
    if left > 1:
        lines.append(words.counted("ask_chart.more", left - 1))
    return Reply(text="\n".join(lines), buttons=((words.button("skip", buttons.SKIP),),))


def picture_coming(words: Words, trade: KnownTrade, count: int = 1) -> Reply:
    return Reply(text=words.counted("picture_coming", count, trade=name(words, trade)))


def picture_joined(words: Words, draft: Draft) -> Reply:
    return Reply(text=words("picture_joined", trade=named(words, draft.fields)))


def whose_picture(words: Words, trades: tuple[KnownTrade, ...]) -> Reply:
    named_trades = tuple(Button(name(words, trade), buttons.picture_of(trade.trade_id)) for trade in trades)
    rest = (words.button("another", buttons.TRADES), words.button("new_trade", buttons.picture_of(None)))
    return Reply(title=words("whose_picture"), text=words("whose_picture.older"), buttons=(named_trades, rest))


def picture_alone(words: Words, trades: tuple[KnownTrade, ...] = ()) -> Reply:  # noqa: ARG001 - none to offer
    hours = int(LOOSE_PICTURE_KEPT.total_seconds() / HOUR)
    example = words("example", example=words("example.report"))
    return Reply(text="\n".join([words("picture_alone", hours=hours), example]))


def skipped(words: Words, trades: tuple[KnownTrade, ...]) -> Reply:
    listed = words.listed([name(words, trade) for trade in trades[:3]])
    return Reply(text=words("skipped.few" if 0 < len(trades) <= 3 else "skipped", trades=listed))


def picture_stored(words: Words, trade: KnownTrade) -> Reply:
    return Reply(text=words("picture_stored", trade=name(words, trade)))


def chart(words: Words, trade: KnownTrade, image: str, number: int, count: int) -> Reply:
    """`image`: its path in the store; the `number`-th of `count`."""
    text = words("chart" if count == 1 else "chart.of_several", trade=name(words, trade), number=number, count=count)
    return Reply(text=text, image=image, alt=text)


def picture_refused(words: Words, reason: str, limit_mb: Decimal | int) -> Reply:
    """`reason`: of AttachmentRefused."""
    return Reply(text=words(f"picture_refused.{reason}", limit=numbers.size(Decimal(limit_mb))))


def attachment_unsupported(words: Words, kind: str) -> Reply:
    """`kind`: of Attachment; a document is one that is no picture."""
    return Reply(text=words(f"attachment_unsupported.{kind}"))
