"""Settings in the trader's own words: "I'm in Berlin", and answers to the first questions, "futures", "50k".

Only what is nothing else is taken for one: whatever could be a trade was read as that before.
"""

import re
from typing import Final

from bot.commands.accounts import CURRENCIES, day_start_said
from bot.commands.onboarding import Step
from bot.reading.amounts import amount_in
from bot.texts.buttons import Command
from bot.trading.contracts import Unit, contract, nicknamed
from bot.trading.day import DayStart
from bot.trading.firm_words import asked
from bot.trading.places import zones_of
from statemachine.conversation import Conversation
from statemachine.events import Asked, Chatted, Corrected, Denied, Event, Reported, Skipped, Unread

_IN_PLACE: Final = re.compile(
    r"(?:i'?m|i am|i live|i'm living|i am living|i sit|i moved|i've moved|we moved|based|i'm based|i am based)"
    r" (?:now )?(?:in|to|at) (?P<place>[^\d?]{2,60}?)(?: now| at the moment| these days| time)?[.! ]*",
    re.IGNORECASE,
)
_ZONE: Final = re.compile(
    r"(?:please )?(?:(?:set|change|switch) )?(?:my |the )?time ?zone(?: is| to|:)? (?P<place>[^?]{2,60}?)[.! ]*",
    re.IGNORECASE,
)
MARKETS: Final = {
    **dict.fromkeys(("futures", "future", "i trade futures", "es", "nq"), "18:00 New York"),
    **dict.fromkeys(("forex", "fx", "i trade forex", "currencies"), "17:00 New York"),
}
LEAVING: Final = frozenset({"skip", "later", "no", "next", "none"})
SMALLEST_SIZE: Final = 1_000
_TALK: Final = frozenset(
    {"hi", "hello", "hey", "thanks", "thank you", "ok", "okay", "cool", "great", "good", "what", "why"}
)
FEW_WORDS: Final = 4
_UNITS: Final[tuple[Unit | None, ...]] = (None, "contracts", "lots")


def zone_told(text: str) -> Command | None:
    """ "I'm in Berlin", where there is such a place; "my time zone is Berlin", whatever follows."""
    said = " ".join(text.replace("’", "'").split())
    if (found := _ZONE.fullmatch(said)) is not None:
        return Command("settings", f"zone {found['place']}")
    found = _IN_PLACE.fullmatch(said)
    if found is None or _is_traded(found["place"]) or not zones_of(found["place"]):
        return None
    return Command("settings", f"zone {found['place']}")


def _is_traded(word: str) -> bool:
    """ "I'm in gold" tells of a trade."""
    return contract(word) is not None or any(nicknamed(word.lower(), unit) for unit in _UNITS)


def answer_to(step: Step, event: Event, text: str, conversation: Conversation, start: DayStart) -> Command | None:
    """What a message answers to the question that waits; None where it is a trade, or speaks to what is pending."""
    said = " ".join(text.split()).strip(" .!").lower()
    if conversation.state != "idle" or conversation.loose or not said:
        return None
    if isinstance(event, Denied | Skipped | Chatted) and said in LEAVING and not conversation.shelf:
        return Command("question_left", step)
    talk = isinstance(event, Chatted | Asked | Unread)
    match step:
        case "zone" if talk:
            short = isinstance(event, Chatted) and len(said.split()) <= FEW_WORDS and said not in _TALK
            plain = Command("settings", f"zone {said}") if short or zones_of(said) else None
            return zone_told(text) or plain
        case "day" if talk or isinstance(event, Corrected):
            told = MARKETS.get(said, said)
            return Command("settings", f"start {told}") if isinstance(day_start_said(told, start), DayStart) else None
        case "size" if talk or isinstance(event, Reported):
            return Command("settings", f"size {said}") if _is_size(said) else None
        case "limits" if talk and asked(said).firm is not None:
            return Command("limits", f"firm {said}")
    return None


def _is_size(said: str) -> bool:
    """Nothing but one unsigned amount that an account may have, perhaps with its currency."""
    words = said.split()
    bare = " ".join(words[:-1]) if len(words) > 1 and words[-1].upper() in CURRENCIES else said
    amount = amount_in(bare)
    return not said.startswith(("+", "-")) and amount is not None and amount >= SMALLEST_SIZE
