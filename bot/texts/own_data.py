"""What is said of a trader's own data: the file of all of it, and its deletion."""

from datetime import date

from bot.texts.periods import period_named
from bot.texts.words import Words, capital
from statemachine.message import File, Platform, Reply


def export_begun(words: Words, first: date | None = None, last: date | None = None) -> Reply:
    """Of all of the journal, or of the days of a period."""
    if first is None or last is None:
        return Reply(text=words("export_begun"))
    return Reply(text=words("export_begun.period", period=period_named(words, first, last)))


def export_limit(words: Words, limit: int) -> Reply:
    return Reply(text=words.counted("export_limit", limit))


def export_ready(
    words: Words,
    platform: Platform,
    megabytes: int,
    file: File,
    trades: int,
    put: int,
    left_out: int,
    missing: int,
    first: date | None = None,
    last: date | None = None,
) -> Reply:
    """With the file, or on WhatsApp with the link to it that stands below. `missing`: pictures no longer kept."""
    lines = [words.counted("export_ready", trades)]
    if first is not None and last is not None:
        period = capital(period_named(words, first, last))
        lines = [
            words("export_none", period=period) if not trades else words.counted("export_of", trades, period=period)
        ]
    if put:
        lines.append(words.counted("export_pictures", put))
    if left_out:
        name = words(f"platform.{platform}")
        lines.append(words.counted("export_left_out", left_out, platform=name, megabytes=megabytes))
    if missing:
        lines.append(words.counted("export_missing", missing))
    if platform == "whatsapp":
        lines.append(words("export_link"))
    return Reply(title=words("export_ready.title"), text="\n".join(lines), file=file)


def export_too_large(words: Words, platform: Platform, megabytes: int) -> Reply:
    return Reply(text=words("export_too_large", platform=words(f"platform.{platform}"), megabytes=megabytes))


def deleted(words: Words, trades: int, pictures: int) -> Reply:
    lines = [words("deleted", trades=words.counted("deleted.trades", trades),
                   pictures=words.counted("deleted.pictures", pictures)), words("deleted.stays")]  # fmt: skip
    return Reply(title=words("deleted.title"), text="\n".join(lines))


def delete_warning(words: Words) -> Reply:
    """What goes, what stays, and what has to be typed."""
    lines = [words("delete_warning.goes"), words("delete_warning.stays"), words("delete_warning.how")]
    return Reply(title=words("delete_warning.title"), text="\n\n".join(lines))
