"""/settings: what the trader has chosen, and choosing it; every button is one of these in words.

    /settings                              /settings zone berlin          a location, "I'm in Berlin"
    /settings language german              /settings screenshots off      /settings autoconfirm on
    /settings messages                     /settings summary 21:30        /settings digest fri
    /settings open on                      /settings quiet 22:00-07:00    /settings announcements off
    /settings size 50000 EUR               /settings start 18:00 New York /settings currency EUR

Accounts, limits and announcements have commands of their own, which are led to.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import time
from types import MappingProxyType
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from bot.accounts import Accounts
from bot.commands import accounts, announcements, limits, onboarding
from bot.commands.call import Call
from bot.commands.switching import ON_OFF
from bot.reading.amounts import currency_in
from bot.reminding.wishes import KINDS, WEEKDAYS, Kind, wishes_of
from bot.texts.catalogue import LANGUAGES
from bot.trading.places import is_offset, zone_at, zones_of
from db.preferences import choose
from statemachine.conversation import Turn

LANGUAGE_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("english", "inglés", "ingles", "englisch", "inglês", "anglais"), "en"),
        **dict.fromkeys(("spanish", "español", "espanol", "spanisch", "espanhol", "espagnol"), "es"),
        **dict.fromkeys(("german", "deutsch", "alemán", "aleman", "alemão", "alemao", "allemand"), "de"),
        **dict.fromkeys(("portuguese", "português", "portugues", "portugiesisch", "portugais"), "pt"),
        **dict.fromkeys(("french", "français", "francais", "francés", "frances", "französisch", "francês"), "fr"),
    }
)
DAY_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {texts[f"weekday.{day}"].lower(): day for texts in LANGUAGES.values() for day in WEEKDAYS}
)
"""Weekdays by their names in every language."""
LONGEST_SAID: Final = 40
_TO: Final = re.compile(r"\s*(?:-|–|to|until|till)\s*", re.IGNORECASE)

_CLOCK: Final = re.compile(r"([01]?\d|2[0-3])(?:[:.h]([0-5]\d))?\s*(?:h|uhr|(am|pm))?", re.IGNORECASE | re.ASCII)

Setting = Callable[[Call, str, str], Awaitable[Turn]]


async def settings(call: Call) -> Turn:
    """The one way in: nothing, or the name of a setting and what it shall be; a location is a time zone."""
    if call.message.place is not None and not call.argument:
        return await _located(call)
    name, _, value = call.argument.strip().partition(" ")
    if not name:
        return call.says("settings", account=call.account, preferences=call.preferences)
    setting = SETTINGS.get(name.lower())
    if setting is None:
        return call.says("settings_refused", reason="name", example="/settings zone berlin")
    return await setting(call, name.lower(), " ".join(value.split()))


# ---- where


async def _zone(call: Call, _: str, said: str) -> Turn:
    if not said:
        await onboarding.ask_zone(call)
        return call.says("settings_zone", zone=call.account.zone)
    found = zones_of(said)
    if not found:
        return call.says("zone_unknown", said=said[:LONGEST_SAID], offset=is_offset(said))
    if len(found) > 1:
        return call.says("zone_unclear", said=said[:LONGEST_SAID], cities=found)
    return await _set_zone(call, found[0].zone)


async def _located(call: Call) -> Turn:
    zone = zone_at(call.message.place) if call.message.place is not None else None
    return await _set_zone(call, zone.key) if zone is not None else call.says("zone_nowhere")


async def _set_zone(call: Call, zone: str) -> Turn:
    """Clock times are shown by it from now on; what is recorded keeps its day."""
    before = call.account.zone.key if "timezone" in call.preferences else None
    await _choose(call, {"timezone": zone})
    call.account = replace(call.account, zone=ZoneInfo(zone))
    return call.says("zone_set", zone=zone, before=before if before != zone else None)


# ---- how


async def _language(call: Call, _: str, said: str) -> Turn:
    word = said.lower()
    code = LANGUAGE_NAMES.get(word, word)
    if word in ("auto", "automatic"):
        code = ""
    elif code not in LANGUAGES:
        return call.says("settings_language", languages=tuple(LANGUAGES), unknown=bool(said))
    await _choose(call, {"language": code or None})
    call.view = replace(call.view, locale=code or call.view.locale)
    return call.says("language_set", language=code or None)


async def _screenshots(call: Call, _: str, said: str) -> Turn:
    wanted = ON_OFF.get(said.lower())
    if wanted is None:
        return _on_or_off(call, "screenshots off")
    await _choose(call, {"screenshots": wanted})
    return call.says("screenshots_set", on=wanted)


async def _auto_confirm(call: Call, _: str, said: str) -> Turn:
    wanted = ON_OFF.get(said.lower())
    if wanted is None:
        return _on_or_off(call, "autoconfirm on")
    await _choose(call, {"auto_confirm": wanted})
    return call.says("auto_confirm_set", on=wanted)


def _on_or_off(call: Call, example: str) -> Turn:
    return call.says("settings_refused", reason="on_off", example=f"/settings {example}")


# ---- what is told


async def _messages(call: Call, _: str, said: str) -> Turn:
    """The page of all; "messages summary off" is "summary off"."""
    first, _, rest = said.partition(" ")
    if first in KINDS or first == "quiet":
        return await SETTINGS[first](call, first, rest)
    return _told(call, changed=False)


def _told(call: Call, *, changed: bool = True) -> Turn:
    return call.says("settings_messages", wishes=wishes_of(call.preferences), changed=changed)


async def _notice(call: Call, name: str, said: str) -> Turn:
    """On or off; a summary may be given its hour, a digest its day, which switches it on."""
    word = said.lower()
    chosen: dict[str, Any] = {}
    if name == "summary" and word not in ON_OFF and (at := _clock(word)) is not None:
        chosen, word = {"summary_time": f"{at:%H:%M}"}, "on"
    elif name == "digest" and (day := DAY_NAMES.get(word, word[:3])) in WEEKDAYS:
        chosen, word = {"digest_day": day}, "on"
    if word not in ON_OFF:
        example = {"summary": "summary 21:30", "digest": "digest fri"}.get(name, f"{name} on")
        reason = name if name in ("summary", "digest") else "on_off"
        return call.says("settings_refused", reason=reason, example=f"/settings {example}")
    told = wishes_of(call.preferences).kinds
    told = told | {cast("Kind", name)} if ON_OFF[word] else told - {name}
    await _choose(call, {**chosen, "notifications": {kind: kind in told for kind in KINDS}})
    return _told(call)


async def _quiet(call: Call, _: str, said: str) -> Turn:
    if ON_OFF.get(said.lower()) is False:
        await _choose(call, {"quiet": None})
        return _told(call)
    between = [_clock(part) for part in _TO.split(said)]
    if len(between) != 2 or between[0] is None or between[1] is None or between[0] == between[1]:
        return call.says("settings_refused", reason="quiet", example="/settings quiet 22:00-07:00")
    await _choose(call, {"quiet": {"from": f"{between[0]:%H:%M}", "to": f"{between[1]:%H:%M}"}})
    return _told(call)


def _clock(said: str) -> time | None:
    """ "21:00", "9pm", "21", "21h30", "21 Uhr"; None for anything else."""
    found = _CLOCK.fullmatch(said.strip())
    if found is None:
        return None
    hour, half = int(found[1]), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    return time(hour % 12 + (12 if half == "pm" else 0) if half else hour, int(found[2] or 0))


# ---- what has a command of its own


async def _announcements(call: Call, _: str, said: str) -> Turn:
    call.argument = said
    return await announcements.announcements(call)


async def _limits(call: Call, name: str, said: str) -> Turn:
    call.argument = f"firm {said}" if name == "firm" else said
    return await limits.limits(call)


async def _of_account(call: Call, name: str, said: str) -> Turn:
    """Of the account in use."""
    return await _account(call, name, f"{name} {said}" if said else "")


async def _account(call: Call, _: str, said: str) -> Turn:
    if not said:
        return call.says("settings_account", account=call.account)
    call.argument = said
    return await accounts.account(call)


async def _size(call: Call, name: str, said: str) -> Turn:
    """A size may name its currency."""
    currency = currency_in(said, call.account.currency)
    *amount, last = said.split() or [""]
    if amount and last.upper() in accounts.CURRENCIES:
        currency, said = last.upper(), " ".join(amount)
    if said and currency != call.account.currency:
        turn = await _of_account(call, "currency", currency)
        changed = turn.replies[0].data.get("account")
        if changed is not None:
            every = tuple(changed if one.name == changed.name else one for one in call.accounts.all)
            call.accounts = Accounts(every, changed)
    return await _of_account(call, name, said)


async def _choose(call: Call, chosen: Mapping[str, Any]) -> None:
    await choose(call.connection, call.owner, chosen)
    kept = {name: value for name, value in call.preferences.items() if name not in chosen}
    call.preferences = {**kept, **{name: value for name, value in chosen.items() if value is not None}}


SETTINGS: Final[Mapping[str, Setting]] = MappingProxyType(
    {
        **dict.fromkeys(("zone", "timezone", "time", "tz", "city"), _zone),
        **dict.fromkeys(("language", "lang"), _language),
        **dict.fromkeys(("screenshots", "screenshot", "pictures", "charts"), _screenshots),
        **dict.fromkeys(("autoconfirm", "auto-confirm", "auto"), _auto_confirm),
        **dict.fromkeys(("messages", "notifications"), _messages),
        **dict.fromkeys(KINDS, _notice),
        "quiet": _quiet,
        **dict.fromkeys(("announcements", "news"), _announcements),
        **dict.fromkeys(("limits", "firm"), _limits),
        **dict.fromkeys(("currency", "start", "phase"), _of_account),
        "size": _size,
        "account": _account,
    }
)
