"""What was pressed: the data of a button (bot/texts/buttons.py) as an event or a command."""

import re
from collections.abc import Mapping
from typing import Final

from bot.texts.buttons import MOST_BYTES, PRESSES, AllConfirmed, AllDropped, ChoicePicked, Command, OfDrafts
from statemachine.events import AccountPicked, Confirmed, Denied, EditAsked, Event, Filled, Picked, Skipped, Unfilled

_COMMANDS: Final[Mapping[str, tuple[str, str | None]]] = {
    "u": ("undo", "change"),
    "r": ("redo", "change"),
    "l": ("link_confirm", "code"),
    "ln": ("link_decline", None),
    "lf": ("limits_firm", "preset"),
    "lx": ("limits_leave", None),
    "t": ("trades", None),
    "rl": ("rules", "page"),
    "us": ("unshare_pressed", "id"),
    "sn": ("share_declined", None),
    "xa": ("announcement_dismissed", "id"),
    "ct": ("chart_card", "id"),
    "st": ("figures_pressed", "figures"),
    "hp": ("help", "theme"),
    "on": ("question_left", "step"),
}
"""The command of a press, and the part of it that is its argument."""

_FORMATS: Final = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<kind>[cde]):(?P<draft>[0-9a-f]{32}):(?P<revision>\d{1,9})",
        r"(?P<kind>[cd]a):[0-9a-f]{32}:(?P<checksum>[0-9a-f]{16})",
        r"(?P<kind>p):(?P<draft>[0-9a-f]{32}):(?P<revision>\d{1,9}):(?:(?P<index>\d{1,3})|(?P<all>all))",
        r"(?P<kind>ac):(?P<draft>[0-9a-f]{32}):(?P<revision>\d{1,6}):(?P<account>\*|[a-z0-9][a-z0-9_-]{0,19})",
        r"(?P<kind>au):(?P<account>[a-z0-9][a-z0-9_-]{0,19})",
        r"(?P<kind>bu):(?P<account>[a-z0-9][a-z0-9_-]{0,19}):(?P<change>\d{1,18})",
        r"(?P<kind>lp):(?P<choice>[0-9a-f]{32}|new)",
        r"(?P<kind>p[fn]):(?P<plan>[0-9a-f]{32})",
        r"(?P<kind>[ur]):(?P<change>\d{1,18})",
        r"(?P<kind>l):(?P<code>[A-Za-z0-9-]{1,16})",
        r"(?P<kind>rl):(?P<page>[1-9]\d{0,3})",
        r"(?P<kind>r[sprb]|xa|us|ct|t[ed]|i[sjdur]):(?P<id>[0-9a-f]{32})",
        r"(?P<kind>rm|vd):(?P<id>[0-9a-f]{32}):(?P<more>[1-9]\d{0,3})",
        r"(?P<kind>sh|r[ync]|v[sfvb]|mk):(?P<id>[0-9a-f]{32}):(?P<more>[0-9a-f]{16})",
        r"(?P<kind>vr):(?P<id>[0-9a-f]{32}):(?P<more>[0-9a-f]{16}):(?P<number>[1-9])",
        r"(?P<kind>lf):(?P<preset>[a-z0-9-]{1,16}:\d{1,9}:[0-9a-f]{8}(?::[a-z0-9][a-z0-9_-]{0,19})?)",
        r"(?P<kind>ck):(?P<chart>[a-z]{1,8}):(?P<first>\d{8}):(?P<last>\d{8})(?::(?P<symbol>[A-Z0-9./]{1,12}))?",
        r"(?P<kind>st):(?P<figures>[asdhwr]:\d{8}-\d{8}:(?:-|[A-Z0-9./]{1,12}):[a-z0-9][a-z0-9_-]{0,19})",
        r"(?P<kind>se):(?P<setting>[a-z]{1,14})(?::(?P<value>[A-Za-z0-9_/:+-]{1,44}))?",
        r"(?P<kind>on):(?P<step>[a-z]{1,10})",
        r"(?P<kind>lm):(?P<value>[A-Za-z0-9+]{1,40})",
        r"(?P<kind>hp):(?P<theme>[a-z]{1,12})",
        r"(?P<kind>s|sn|ln|lx|t)",
    )
)


def parse_button(data: str) -> Event | Command | OfDrafts | None:
    """What was pressed; None for data that is not ours."""
    if len(data) > MOST_BYTES:
        return None
    found = next((found for form in _FORMATS if (found := form.fullmatch(data))), None)
    return _pressed(found.groupdict()) if found else None


def _pressed(part: dict[str, str | None]) -> Event | Command | OfDrafts | None:
    kind, draft, revision = part["kind"], part.get("draft") or "", int(part.get("revision") or 0)
    match kind:
        case "c":
            return Confirmed(draft_id=draft, revision=revision)
        case "d":
            return Denied(draft_id=draft, revision=revision)
        case "e":
            return EditAsked(draft_id=draft, revision=revision)
        case "ca":
            return AllConfirmed(part["checksum"] or "")
        case "da":
            return AllDropped(part["checksum"] or "")
        case "p" if part.get("all"):
            return Picked(choice="all", draft_id=draft, revision=revision)
        case "p":
            return ChoicePicked(draft, revision, int(part["index"] or 0))
        case "ac":
            return AccountPicked(account=part["account"] or "", draft_id=draft, revision=revision)
        case "lp":
            return Picked(choice=part["choice"] or "")
        case "pf":
            return Filled(plan_id=part["plan"])
        case "pn":
            return Unfilled(plan_id=part["plan"])
        case "s":
            return Skipped()
        case _:
            return _command(part)


def _command(part: dict[str, str | None]) -> Command | None:
    kind, value = part["kind"] or "", (part.get("value") or "").replace("+", " ")
    if kind in _COMMANDS:
        name, of = _COMMANDS[kind]
        return Command(name, part[of] if of else None)
    if kind in PRESSES:
        beside, asked = PRESSES[kind]
        named = (asked, part["id"], part.get("more"), part.get("number"))
        return Command(f"{beside}_pressed", " ".join(filter(None, named)))
    match kind:
        case "lm":
            return Command("limits", f"firm {value}")
        case "se":
            return Command("settings", f"{part['setting']} {value}".strip())
        case "au":
            return Command("account", f"use {part['account']}")
        case "bu":
            return Command("balance", f"@{part['account']} undo {part['change']}")
        case "ck":
            first, last = (f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in (part["first"] or "", part["last"] or ""))
            return Command("chart", " ".join(filter(None, (part["chart"], part["symbol"], f"{first} to {last}"))))
        case "sh":
            return Command("share_pressed", f"{part['id']} {part['more']}")
        case _:
            return None
