"""What a button carries, and back. At most 64 bytes: Telegram's limit.

    c:<draft>:<revision>           confirm one draft          d:<draft>:<revision>   drop it
    ca:<first draft>:<checksum>    confirm all that is shown  da:<first>:<checksum>  drop all of it
    e:<draft>:<revision>           edit                       p:<draft>:<revision>:<index>   close this open trade
    lp:<trade> · lp:new            whose picture it is        s                      no picture
    u:<change> · r:<change>        undo, redo                 l:<code> · ln          link this chat, or not
    p:<draft>:<revision>:all       close all of these         t                      list the trades
    ac:<draft>:<revision>:<name>   record it on this account  ac:<draft>:<revision>:*   on all of them
    rl:<number>                    a page of the rules        rs:<rule>              this rule
    rp:<rule> · rr:<rule>          pause, resume              rm:<rule>:<number>     move it to this place
    ry:<rule>:<digest>             it was read right          rn:<rule>:<digest>     it was not
    rb:<rule>                      back to what it said       rc:<rule>:<digest>     can the model make a check of it?
    vd:<trade>:<number>            a page of its verdicts     vs:<trade>:<rule>      the verdict of this rule
    vf:<trade>:<rule> · vv: …      it was followed, violated  vb:<trade>:<rule>      as the audit said
    vr:<trade>:<rule>:<number>     why: one of the reasons offered
    au:<name>                      use this account           bu:<name>:<change>     take back what it was told
    pf:<plan>                      the plan was filled        pn:<plan>              it was not
    sh:<trade>:<checksum> · sn     show it to the world, or not    us:<share>       take that back
    xa:<announcement>              no more of this            mk:<trade>:<digest>    mark it with this
    ck:<kind>:<first>:<last>[:<symbol>]   this chart of these days      ct:<trade>             the card of this trade
    is:<import> · ij:<import>      save a file's trades: one with the journal's, or each by itself
    te:<trade>                     change this trade          td:<trade>             delete it
    id:<import>                    do not save them           iu:<import> · ir:<import>   undo, redo
    st:<letter>:<first>-<last>:<symbol or ->:<account>   the figures of these days, and by what they are divided
    lf:<preset>:<size>:<checksum>[:<account>]   take a firm's limits for an account                 lx   leave them
    hp:<theme>                     a page of /help
    se:<setting>[:<value>]         a page of /settings, or a choice; a plus stands for a space
    on:<question>                  leave this first question unanswered
    lm:<firm>                      what a firm asks, to take it as limits

Ids are 32 hex digits (beside a trade a rule's first 16), those of changes are numbers. Every button names what it was
shown with, so that a stale one is known as such. What comes back was sent by a stranger: anything that is not exactly
one of these is None.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from bot.charting.wanted import Kind
from bot.periods import Period
from statemachine.conversation import Draft
from statemachine.events import AccountPicked, Confirmed, Denied, EditAsked, Event, Filled, Picked, Skipped, Unfilled
from statemachine.plan import Plan

MOST_BYTES: Final = 64
NO_DRAFT: Final = "0" * 32


@dataclass(frozen=True, slots=True)
class Command:
    """A button that does not speak to the conversation: undo, redo, account, balance, link_confirm, trades, rules,
    limits_firm, share, chart, and presses beside a rule, a verdict, an import or an announcement.

    argument  undo and redo: the change's number; link_confirm: the code; rules: the page; rule_pressed and
              verdict_pressed: what is asked for and the id, then the digest or number; limits_firm: preset, size,
              checksum, account; figures_pressed: letter, days, symbol, account
    """

    name: str
    argument: str | None = None


@dataclass(frozen=True, slots=True)
class AllConfirmed:
    """Yes to everything that was shown."""

    checksum: str

    def matches(self, drafts: Sequence[Draft]) -> bool:
        return bool(drafts) and checksum(drafts) == self.checksum

    def event(self, drafts: Sequence[Draft]) -> Event:
        """Confirmed for what is pending; where that has changed since, one that the conversation knows as stale."""
        return Confirmed() if self.matches(drafts) else Confirmed(draft_id=NO_DRAFT, revision=0)


@dataclass(frozen=True, slots=True)
class AllDropped:
    """No to everything that was shown."""

    checksum: str

    def matches(self, drafts: Sequence[Draft]) -> bool:
        return bool(drafts) and checksum(drafts) == self.checksum

    def event(self, drafts: Sequence[Draft]) -> Event:
        return Denied() if self.matches(drafts) else Denied(draft_id=NO_DRAFT, revision=0)


@dataclass(frozen=True, slots=True)
class ChoicePicked:
    """The open trade at `index` among the draft's choices was picked."""

    draft_id: str
    revision: int
    index: int

    def event(self, drafts: Sequence[Draft]) -> Event:
        draft = next((draft for draft in drafts if draft.id.hex == self.draft_id), None)
        offered = draft.choices if draft is not None else ()
        choice = offered[self.index].trade_id.hex if self.index < len(offered) else ""
        return Picked(choice=choice, draft_id=self.draft_id, revision=self.revision)


OfDrafts = AllConfirmed | AllDropped | ChoicePicked
"""Presses that become an event only beside the pending drafts: `press.event(drafts)`."""


def checksum(drafts: Iterable[Draft]) -> str:
    """16 hex digits over the ids and revisions, in order."""
    named = ",".join(f"{draft.id.hex}:{draft.revision}" for draft in drafts)
    return hashlib.sha256(named.encode()).hexdigest()[:16]


def confirm(draft: Draft) -> str:
    return f"c:{draft.id.hex}:{draft.revision}"


def confirm_all(drafts: Sequence[Draft]) -> str:
    return f"ca:{drafts[0].id.hex}:{checksum(drafts)}"


def drop(draft: Draft) -> str:
    return f"d:{draft.id.hex}:{draft.revision}"


def drop_all(drafts: Sequence[Draft]) -> str:
    return f"da:{drafts[0].id.hex}:{checksum(drafts)}"


def edit(draft: Draft) -> str:
    return f"e:{draft.id.hex}:{draft.revision}"


def pick(draft: Draft, index: int) -> str:
    return f"p:{draft.id.hex}:{draft.revision}:{index}"


def pick_all(draft: Draft) -> str:
    return f"p:{draft.id.hex}:{draft.revision}:all"


def account(draft: Draft, name: str) -> str:
    """`name` has 20 characters at most; EVERY means all of them."""
    return f"ac:{draft.id.hex}:{draft.revision}:{name}"


def filled(plan: Plan) -> str:
    return f"pf:{plan.id.hex}"


def unfilled(plan: Plan) -> str:
    return f"pn:{plan.id.hex}"


def use_account(name: str) -> str:
    return f"au:{name}"


def untell_balance(account: str, change_id: int) -> str:
    return f"bu:{account}:{change_id}"


def picture_of(trade_id: UUID | None) -> str:
    """The loose picture belongs to this trade; None: to one not told yet."""
    return f"lp:{trade_id.hex if trade_id else 'new'}"


def undo(change_id: int) -> str:
    return f"u:{change_id}"


def redo(change_id: int) -> str:
    return f"r:{change_id}"


def link(code: str) -> str:
    return f"l:{code}"


def rules_page(page: int) -> str:
    return f"rl:{page}"


def of_rule(asked: str, rule_id: UUID) -> str:
    """`asked`: show, pause, resume or back."""
    return f"{_LETTERS['rule', asked]}:{rule_id.hex}"


def move_rule(rule_id: UUID, place: int) -> str:
    return f"rm:{rule_id.hex}:{place}"


def of_reading(asked: str, rule_id: UUID, digest: str) -> str:
    """`asked`: right, wrong or check, of the text that has this digest."""
    return f"{_LETTERS['rule', asked]}:{rule_id.hex}:{digest}"


def disagree(trade_id: UUID, page: int = 1) -> str:
    """Below an audit: which of its verdicts is wrong?"""
    return f"vd:{trade_id.hex}:{page}"


def of_verdict(asked: str, trade_id: UUID, rule_id: UUID) -> str:
    """`asked`: show, followed, violated or back. It holds for the trade and the rule, also after another audit."""
    return f"{_LETTERS['verdict', asked]}:{trade_id.hex}:{rule_id.hex[:16]}"


def verdict_reason(trade_id: UUID, rule_id: UUID, number: int) -> str:
    return f"vr:{trade_id.hex}:{rule_id.hex[:16]}:{number}"


def take_preset(preset: str, size: int, checksum: str, account: str | None) -> str:
    return ":".join(filter(None, ("lf", preset, str(size), checksum, account)))


def figures(letter: str, first: date, last: date, symbol: str | None, account: str) -> str | None:
    """Of an account's days; None for a symbol that a button cannot carry."""
    named = symbol or "-"
    if re.fullmatch(r"-|[A-Z0-9./]{1,12}", named) is None:
        return None
    return f"st:{letter}:{first:%Y%m%d}-{last:%Y%m%d}:{named}:{account}"


def dismiss(announcement_id: UUID) -> str:
    return f"xa:{announcement_id.hex}"


def chart(kind: Kind, period: Period, symbol: str | None) -> str:
    """A symbol that no command could name is left out."""
    named = symbol if symbol is not None and re.fullmatch(_SYMBOL, symbol) else None
    return ":".join(filter(None, ("ck", kind, f"{period.first:%Y%m%d}", f"{period.last:%Y%m%d}", named)))


def card(trade_id: UUID) -> str:
    return f"ct:{trade_id.hex}"


def of_trade(asked: str, trade_id: UUID) -> str:
    """`asked`: edit or delete."""
    return f"{_LETTERS['trade', asked]}:{trade_id.hex}"


def share(trade_id: UUID, checksum: str) -> str:
    """`checksum`: of what was shown of the trade."""
    return f"sh:{trade_id.hex}:{checksum}"


def unshare(result_id: UUID) -> str:
    return f"us:{result_id.hex}"


def of_import(asked: str, import_id: UUID) -> str:
    """`asked`: save, apart, drop, undo or redo."""
    return f"{_LETTERS['import', asked]}:{import_id.hex}"


def setting(chosen: str) -> str:
    """The name of a setting, or with a colon what it shall be."""
    return f"se:{chosen}"


def leave_question(step: str) -> str:
    return f"on:{step}"


def firm(name: str) -> str:
    """`name`: one of firm_words.FIRMS."""
    return f"lm:{name.replace(' ', '+')}"


def help_page(theme: str) -> str:
    return f"hp:{theme}"


def mark(trade_id: UUID, digest: str) -> str:
    """`digest`: of what the trade is to be marked with."""
    return f"mk:{trade_id.hex}:{digest}"


SKIP: Final = "s"
SHARE_NOT: Final = "sn"
LEAVE_LIMITS: Final = "lx"
NOT_MINE: Final = "ln"
TRADES: Final = "t"

_SYMBOL: Final = r"[A-Z0-9./]{1,12}"
_PRESSES: Final = {
    "rs": ("rule", "show"),
    "rp": ("rule", "pause"),
    "rr": ("rule", "resume"),
    "rb": ("rule", "back"),
    "rm": ("rule", "move"),
    "ry": ("rule", "right"),
    "rn": ("rule", "wrong"),
    "rc": ("rule", "check"),
    "vd": ("verdict", "list"),
    "vs": ("verdict", "show"),
    "vf": ("verdict", "followed"),
    "vv": ("verdict", "violated"),
    "vb": ("verdict", "back"),
    "vr": ("verdict", "reason"),
    "te": ("trade", "edit"),
    "td": ("trade", "delete"),
    "is": ("import", "save"),
    "ij": ("import", "apart"),
    "id": ("import", "drop"),
    "iu": ("import", "undo"),
    "ir": ("import", "redo"),
    "mk": ("mark", "add"),
}
_LETTERS: Final = {asked: letters for letters, asked in _PRESSES.items()}

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
    if kind in _PRESSES:
        beside, asked = _PRESSES[kind]
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
