"""Settings in the trader's own words, in the languages of the replies: "I'm in Berlin", and answers to the first
questions, "futures", "50k".

Only what is nothing else is taken for one: whatever could be a trade was read as that before.
"""

import re
from functools import cache
from typing import Final

from bot.commands.accounts import CURRENCIES, day_start_said
from bot.commands.onboarding import Step
from bot.reading.amounts import amount_in
from bot.reading.words import entries
from bot.texts.buttons import Command
from bot.texts.catalogue import LANGUAGES
from bot.trading.contracts import Unit, contract, nicknamed
from bot.trading.day import DayStart
from bot.trading.firm_words import asked
from bot.trading.places import zones_of
from statemachine.conversation import Conversation
from statemachine.events import Asked, Chatted, Corrected, Denied, Event, Reported, Skipped, Unread

_BEING: Final = (
    r"(?:i'?m|i am|i live|i'm living|i am living|i sit|i moved|i've moved|we moved|based|i'm based|i am based)"
    r" (?:now )?(?:in|to|at)",
    r"(?:yo )?(?:estoy|vivo|resido)(?: ahora)? en",
    r"ich (?:bin|wohne|lebe|sitze)(?: jetzt| gerade)? in",
    r"(?:eu )?(?:estou|moro|vivo|resido)(?: agora)? (?:em|no|na)",
    r"(?:moi )?(?:je suis|je vis|j'habite)(?: maintenant)?(?: à| a| au| aux| en)?",
)
_SET: Final = (
    r"(?:please )?(?:(?:set|change|switch) )?(?:my |the )?time ?zone(?: is| to|:)?",
    r"(?:mi |la )?zona horaria(?: es|:)?",
    r"(?:meine |die )?zeitzone(?: ist|:)?",
    r"(?:o )?(?:meu )?fuso(?: horário| horario)?(?: é| e|:)?",
    r"(?:mon |le )?fuseau(?: horaire)?(?: est| ?:)?",
)
_NOW: Final = r"(?: now| at the moment| these days| time| ahora| jetzt| gerade| agora| maintenant)?[.! ]*"
_IN_PLACE: Final = re.compile(rf"(?:{'|'.join(_BEING)}) (?P<place>[^\d?]{{2,60}}?){_NOW}", re.IGNORECASE)
_ZONE: Final = re.compile(rf"(?:{'|'.join(_SET)}) (?P<place>[^?]{{2,60}}?)[.! ]*", re.IGNORECASE)
_BUTTONS: Final = ("button.onboarding.skip", "button.skip", "button.no")
SMALLEST_SIZE: Final = 1_000
FEW_WORDS: Final = 4
_UNITS: Final[tuple[Unit | None, ...]] = (None, "contracts", "lots")


@cache
def _words() -> dict[str, dict[str, str]]:
    """By what they say: the words that are a whole answer, with what each stands for."""
    words: dict[str, dict[str, str]] = {}
    for section, phrase, value in entries("introducing"):
        words.setdefault(section, {})[phrase] = value
    buttons = (texts[key].lower() for texts in LANGUAGES.values() for key in _BUTTONS)
    words["leaving"] |= dict.fromkeys(buttons, "")
    return words


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
    told = " ".join(text.split()).strip(" .!")
    said = told.lower()
    if conversation.state != "idle" or conversation.loose:
        return None
    if not said:  # so comes a location of WhatsApp that was missed: Twilio's list has no coordinates
        return Command("settings", "zone") if step == "zone" else None
    if isinstance(event, Chatted) and said in _words()["language"]:
        return Command("settings", f"language {said}")
    if isinstance(event, Denied | Skipped | Chatted) and said in _words()["leaving"] and not conversation.shelf:
        return Command("question_left", step)
    talk = isinstance(event, Chatted | Asked | Unread)
    match step:
        case "zone" if talk:
            short = isinstance(event, Chatted) and len(said.split()) <= FEW_WORDS and said not in _words()["talk"]
            plain = Command("settings", f"zone {told}") if short or zones_of(told) else None
            return zone_told(text) or plain
        case "day" if talk or isinstance(event, Corrected):
            when = _words()["day"].get(said, said)
            return Command("settings", f"start {when}") if isinstance(day_start_said(when, start), DayStart) else None
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
