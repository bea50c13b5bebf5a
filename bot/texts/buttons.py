"""What a button carries; bot/texts/pressed.py reads it. At most 64 bytes: Telegram's limit.

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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from bot.charting.wanted import Kind
from bot.periods import Period
from statemachine.conversation import Draft
from statemachine.events import Confirmed, Denied, Event, Picked
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
PRESSES: Final = {
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
_LETTERS: Final = {asked: letters for letters, asked in PRESSES.items()}
