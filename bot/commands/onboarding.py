"""First contact: up to four questions in three steps, each of which a trader may skip or simply not answer.

A question is answered by the setting it is about, however that is made: by a button, a word, /settings or /account.
What waits is only the question's name (journal_preferences.onboarding), which keeps no report from being read.
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
    if step is None or call.user_id is None or step not in map(_answered, turn.replies):
        return turn
    return Turn(turn.conversation, (*turn.replies, *await _next(call, step)), turn.effects)


def _answered(say: Say) -> Step | None:
    return CHANGES.get(say.data["what"]) if say.key == "account_changed" else ANSWERS.get(say.key)


async def leave(call: Call) -> Turn:
    """The Skip below a question. One that was answered or left before asks nothing more."""
    step = waiting(call.preferences, call.now)
    if step is None or call.argument not in ("", step):
        return call.says("onboarding_done")
    return Turn(call.conversation, await _next(call, step))


async def _next(call: Call, step: Step) -> tuple[Say, ...]:
    return await _asked(call, call.account, STEPS[STEPS.index(step) + 1 :])


async def _asked(call: Call, account: Account, steps: tuple[Step, ...], *, first: bool = False) -> tuple[Say, ...]:
    """The first of these questions that the profile does not answer already."""
    step = next((step for step in steps if _is_open(step, call.preferences, account)), None)
    told = None if step is None else {"step": step, "day": call.now.date().isoformat()}
    await stored.choose(call.connection, call.owner, {"onboarding": told})
    if step is None:
        return (Say("onboarding_done"),)
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
