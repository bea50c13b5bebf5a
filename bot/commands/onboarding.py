"""First contact: up to four questions in three steps, each of which a trader may skip or simply not answer.

A question is answered by the setting it is about, however that is made: by a button, a word, /settings or /account.
What waits is only the question's name (journal_preferences.onboarding), which keeps no report from being read. The page
of the time zone asks the same way, of itself: `then` is the question that it came between, or None.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from bot.accounts import Account, preferences_of
from bot.commands.call import Call
from bot.trading.day import zone_named
from db import preferences as stored
from statemachine.conversation import Say, Turn

Step = Literal["zone", "day", "size", "limits"]
STEPS: Final[tuple[Step, ...]] = get_args(Step)
ASKED_DAYS: Final = 1
"""How long a question waits: a size that is written a week later is no answer to it."""
ANSWERS: Final[Mapping[str, Step]] = MappingProxyType(
    {"zone_set": "zone", "limit_set": "limits", "limit_firm_set": "limits", "limit_left": "limits"}
)
CHANGES: Final[Mapping[str, Step]] = MappingProxyType({"start": "day", "size": "size"})
"""What was changed of an account."""


async def first_question(call: Call) -> tuple[Say, ...]:
    """Of a chat that was just linked: none where the trader was asked before, here or elsewhere."""
    profile = await stored.meet(call.connection, call.owner)
    if profile is None:
        return ()
    call.preferences, account = preferences_of(profile), Account.of(profile)
    return await _asked(call, account, STEPS, first=True)


async def ask_zone(call: Call) -> None:
    """What is written next may be the city, as at first contact."""
    then = _then(call) if _is_aside(call) else waiting(call.preferences, call.now)
    await _wait(call, "zone", then=then)


def waiting(preferences: Mapping[str, Any], now: datetime) -> Step | None:
    """The question that waits for its answer. Clients write it: anything odd is none."""
    asked = preferences.get("onboarding")
    if not isinstance(asked, dict) or asked.get("step") not in STEPS or not isinstance(asked.get("day"), str):
        return None
    try:
        days = (now.date() - date.fromisoformat(asked["day"])).days
    except ValueError:
        return None
    return next(step for step in STEPS if step == asked["step"]) if 0 <= days <= ASKED_DAYS else None


async def went_on(call: Call, turn: Turn) -> Turn:
    """The turn of a command; behind an answer to what waits, the next question."""
    step = waiting(call.preferences, call.now)
    if step is None or call.user_id is None:
        return turn
    if step in map(_answered, turn.replies):
        more = await _next(call, step)
    elif any(say.key == "language_set" for say in turn.replies) and not _is_aside(call):
        more = await _asked(call, call.account, STEPS[STEPS.index(step) :])  # again, in the other language
    else:
        return turn
    return Turn(turn.conversation, (*turn.replies, *more), turn.effects)


def _answered(say: Say) -> Step | None:
    return CHANGES.get(say.data["what"]) if say.key == "account_changed" else ANSWERS.get(say.key)


async def leave(call: Call) -> Turn:
    """The Skip below a question. One that was answered or left before asks nothing more."""
    step = waiting(call.preferences, call.now)
    if step is None or call.argument not in ("", step):
        return call.says("onboarding_done")
    more = await _next(call, step)
    return Turn(call.conversation, more) if more else call.says("limit_left")


async def _next(call: Call, step: Step) -> tuple[Say, ...]:
    """What is asked after this; nothing where only this was."""
    if not _is_aside(call):
        return await _asked(call, call.account, STEPS[STEPS.index(step) + 1 :])
    then = _then(call)
    if then is not None:
        return await _asked(call, call.account, STEPS[STEPS.index(then) :])
    await stored.choose(call.connection, call.owner, {"onboarding": None})
    return ()


def _is_aside(call: Call) -> bool:
    return waiting(call.preferences, call.now) is not None and "then" in call.preferences["onboarding"]


def _then(call: Call) -> Step | None:
    return next((step for step in STEPS if step == call.preferences["onboarding"]["then"]), None)


async def _wait(call: Call, step: Step, **more: Step | None) -> None:
    told = {"step": step, "day": call.now.date().isoformat(), **more}
    await stored.choose(call.connection, call.owner, {"onboarding": told})


async def _asked(call: Call, account: Account, steps: tuple[Step, ...], *, first: bool = False) -> tuple[Say, ...]:
    """The first of these questions that the profile does not answer already."""
    step = next((step for step in steps if _is_open(step, call.preferences, account)), None)
    if step is None:
        await stored.choose(call.connection, call.owner, {"onboarding": None})
        return (Say("onboarding_done"),)
    await _wait(call, step)
    return (Say("onboarding", {"step": step, "account": account, "first": first}),)


def _is_open(step: Step, preferences: Mapping[str, Any], account: Account) -> bool:
    match step:
        case "zone":
            return zone_named(preferences.get("timezone")) is None
        case "day":
            return not isinstance(preferences.get("day_start"), dict)
        case "size":
            return account.limits.account_size is None
        case "limits":
            return account.limits.daily_loss_limit_pct is None and account.limits.max_drawdown_pct is None
