"""/override and the Disagree button: the trader's word on a verdict.

The word counts at once; a reason can be tapped or written with the command afterwards. So nothing has to be
remembered between two messages, and a trade that is reported meanwhile is a trade and never a reason.
"""

import re
from typing import Final
from uuid import UUID

from bot.auditing.overriding import LONGEST_REASON, Said, override
from bot.commands.call import Call
from bot.texts import overriding as texts
from bot.texts.catalogue import LANGUAGES
from bot.texts.overriding import ShownVerdict
from bot.texts.words import Words
from db import trades, verdicts
from db.verdicts import StoredVerdict
from statemachine.conversation import KnownTrade, Turn
from statemachine.trade import TradeFields

PAGE: Final = 9

_NUMBERED = re.compile(r"(?:(?:rule|verdict)\s*)?#?(\d{1,6})[.:)]?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_OFFERED: Final = tuple(str(number) for number in range(1, texts.REASONS + 1))
_SAID: Final[dict[str, Said]] = {
    **dict.fromkeys(("followed", "follow", "kept", "keep", "ok", "okay", "yes", "✓"), "followed"),
    **dict.fromkeys(("violated", "violate", "broken", "broke", "no", "✗"), "violated"),
    **dict.fromkeys(("back", "undo", "reset", "original"), "back"),
    **{texts["verdict.followed"].lower(): "followed" for texts in LANGUAGES.values()},
    **{texts["verdict.violated"].lower(): "violated" for texts in LANGUAGES.values()},
}
"""The words of every language among them: it is said what to type in the trader's own."""


async def command(call: Call) -> Turn:
    """/override, /override N, /override N followed|violated [reason], /override N back.

    Of the trade whose message is answered, else of the audit that this chat saw last.
    """
    target = call.scene.target
    trade_id = target.trade_id if target else await verdicts.last_judged(call.connection, call.owner, call.message.chat)
    if trade_id is None:
        return call.says("override_none")
    if not call.argument.strip():
        return await _list(call, trade_id, 1)
    found = _NUMBERED.fullmatch(call.argument.strip())
    if found is None:
        return call.says("override_how")
    verdict = await _numbered(call, trade_id, int(found[1]))
    if isinstance(verdict, Turn):
        return verdict
    word, reason = (*(found[2] or "").split(None, 1), "", "")[:2]
    if not word:
        return await _show(call, verdict)
    said = _SAID.get(word.strip(".,:!-").lower())
    return call.says("override_how") if said is None else await _override(call, verdict, said, reason)


async def pressed(call: Call) -> Turn:
    """A button beside an audit or a verdict: what is asked for, the trade, then a page, or the rule and a number."""
    asked, hex_id, more, number = (*call.argument.split(), "", "", "", "")[:4]
    if not re.fullmatch(r"[0-9a-f]{32}", hex_id):
        return call.says("override_how")
    if asked == "list":
        return await _list(call, UUID(hex_id), int(more) if more.isdecimal() else 1)
    verdict = await _verdict(call, UUID(hex_id), more)
    if verdict is None:
        return call.says("override_gone")
    match asked:
        case "show":
            return await _show(call, verdict)
        case "followed" | "violated" | "back":
            return await _override(call, verdict, _SAID[asked], "")
        case "reason" if verdict.original and verdict.verdict in _SAID and number in _OFFERED:
            reason = texts.reason(Words.of(call.view), verdict.verdict, int(number))
            return await _override(call, verdict, _SAID[verdict.verdict], reason)
        case _:
            return call.says("override_gone")


# ---- what is meant


async def _verdict(call: Call, trade_id: UUID, rule: str) -> StoredVerdict | None:
    """The verdict of the rule whose id begins so; None: a later audit has none, or it is nobody's here."""
    found = await verdicts.verdicts_of(call.connection, call.owner, trade_id)
    meant = [verdict for verdict in found if verdict.rule_id.hex[:16] == rule]
    return meant[0] if len(meant) == 1 else None


async def _numbered(call: Call, trade_id: UUID, number: int) -> StoredVerdict | Turn:
    found = await verdicts.verdicts_of(call.connection, call.owner, trade_id)
    verdict = next((verdict for verdict in found if verdict.number == number), None)
    if verdict is not None:
        return verdict
    trade = await _trade(call, trade_id)
    if not found:
        return call.says("override_none", trade=trade)
    return call.says("override_number", trade=trade, number=number, count=len(found))


async def _trade(call: Call, trade_id: UUID) -> KnownTrade | None:
    """None: it is gone."""
    row = await trades.brief(call.connection, call.owner, trade_id)
    if row is None:
        return None
    names = ("symbol", "position_size", "entry_price", "exit_price", "pnl", "account")
    direction = row["direction"] if row["direction"] in ("long", "short") else None
    fields = TradeFields(direction=direction, **{name: row[name] for name in names})
    return KnownTrade(trade_id=trade_id, fields=fields, is_open=row["is_open"])


# ---- answers


async def _list(call: Call, trade_id: UUID, page: int) -> Turn:
    found = await verdicts.verdicts_of(call.connection, call.owner, trade_id)
    trade = await _trade(call, trade_id)
    if not found or trade is None:
        return call.says("override_none", trade=trade)
    pages = -(-len(found) // PAGE)
    page = min(max(page, 1), pages)
    listed = [_shown(verdict) for verdict in found[(page - 1) * PAGE : page * PAGE]]
    return call.says("verdicts", trade=trade, verdicts=listed, page=page, pages=pages)


async def _show(call: Call, verdict: StoredVerdict) -> Turn:
    return call.says("verdict", trade=await _trade(call, verdict.trade_id), verdict=_shown(verdict))


async def _override(call: Call, verdict: StoredVerdict, said: Said, reason: str) -> Turn:
    reason = " ".join(reason.split())
    if len(reason) > LONGEST_REASON:
        return call.says("override_too_long", count=len(reason), most=LONGEST_REASON)
    done = await override(call.connection, call.owner, verdict, said, reason or None)
    return call.says(
        "overridden",
        trade=await _trade(call, verdict.trade_id),
        verdict=_shown(done.verdict),
        outcome=done.outcome,
        before=done.before,
        after=done.after,
    )


def _shown(verdict: StoredVerdict) -> ShownVerdict:
    return ShownVerdict(
        number=verdict.number,
        trade_id=verdict.trade_id,
        rule_id=verdict.rule_id,
        rule=verdict.rule,
        verdict=verdict.verdict,
        evidence=verdict.evidence,
        original=verdict.original,
        reason=verdict.reason,
    )
