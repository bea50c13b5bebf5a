"""The first questions to a new trader. Each has its buttons, one of which leaves it unanswered."""

from decimal import Decimal
from typing import Final

from bot.accounts import Account
from bot.texts import buttons
from bot.texts.layout import rows_of
from bot.texts.numbers import point_worth
from bot.texts.settings import day_start_buttons, zone_buttons
from bot.texts.words import Words
from bot.trading.firm_words import FIRMS
from statemachine.message import Button, Reply

SIZES: Final = (25_000, 50_000, 100_000, 150_000)
MOST_FIRMS: Final = 8


def question(words: Words, step: str, account: Account, first: bool = False) -> Reply:
    """`step`: zone, day, size or limits. Where neither trader nor platform told a language, others are offered."""
    lines = [words(f"onboarding.{step}"), *([words("onboarding.trade")] if first else [])]
    lines += [words("onboarding.languages")] if first and words.view.locale is None else []
    leave = words.button("onboarding.skip", buttons.leave_question(step))
    return Reply(
        title=words(f"onboarding.{step}.title"),
        text="\n".join(lines),
        buttons=rows_of([*_offered(words, step, account), leave], 2),
    )


def _offered(words: Words, step: str, account: Account) -> list[Button]:
    match step:
        case "zone":
            return zone_buttons()
        case "day":
            return day_start_buttons(words, account)
        case "size":
            worth = (point_worth(Decimal(size), account.currency) for size in SIZES)
            return [Button(told, buttons.setting(f"size:{size}")) for size, told in zip(SIZES, worth, strict=True)]
        case _:
            return [Button(name, buttons.firm(name)) for name in FIRMS[:MOST_FIRMS]]


def done(words: Words) -> Reply:
    return Reply(title=words("onboarding.done.title"), text=words("onboarding.done", example=words("example.report")))
