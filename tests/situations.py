"""Conversations in the middle of something, what surrounds a message, and messages: what the machine is tested with."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from statemachine.conversation import MOST_DRAFTS, Conversation, Draft, KnownTrade, Scene
from statemachine.events import (
    EVERY,
    AccountPicked,
    Asked,
    Cancelled,
    ChangeAsked,
    Chatted,
    Closed,
    Confirmed,
    Corrected,
    DeletionAsked,
    Denied,
    Detailed,
    EditAsked,
    Event,
    Expired,
    Filled,
    FillTold,
    Picked,
    Pictured,
    PictureRefused,
    Planned,
    Reported,
    Revised,
    Skipped,
    Unfilled,
    Unread,
    Vanished,
)
from statemachine.message import Attachment
from statemachine.plan import MOST_PLANS, Plan
from statemachine.trade import Copies, TradeFields

NOW = datetime(2026, 3, 23, 15, 0, tzinfo=UTC)
EVENING = datetime(2026, 3, 23, 22, 0, tzinfo=UTC)

ENTERED = TradeFields(symbol="NQ", direction="long", position_size=Decimal(2), entry_price=Decimal(18250))
WHOLE = replace(ENTERED, exit_price=Decimal(18290))
SIDELESS = replace(WHOLE, direction=None)
OTHER = TradeFields(symbol="ES", direction="short", entry_price=Decimal(5310), exit_price=Decimal(5300))
OUT = TradeFields(exit_price=Decimal(18290))
CHART = (Attachment(kind="photo", handle="chart"),)


def draft(number: int, fields: TradeFields = WHOLE, **values: Any) -> Draft:
    return Draft(id=UUID(int=number), fields=fields, said_at=NOW, source=f"m{number}", **values)


def known(number: int, fields: TradeFields = WHOLE, **values: Any) -> KnownTrade:
    return KnownTrade(trade_id=UUID(int=number), fields=fields, **values)


HELD, HELD_TOO = known(51, ENTERED, is_open=True), known(52, replace(OTHER, exit_price=None), is_open=True)
PARTLY_CLOSED = replace(HELD, open_size=Decimal(1))
HELD_ON_APEX2 = known(53, replace(ENTERED, account="apex2"), is_open=True)
RECORDED = known(61)
COPIED = known(54, ENTERED, is_open=True, copies=(UUID(int=55),))
COPIED_TOO = known(55, replace(ENTERED, account="apex2"), is_open=True, copies=(UUID(int=54),))
RECORDED_COPY = replace(RECORDED, copies=(UUID(int=62),))
RECORDED_COPY_TOO = known(62, replace(WHOLE, account="apex2"), copies=(UUID(int=61),))
CLOSING = draft(1, replace(WHOLE, position_size=Decimal(1)), kind="close", trade_id=HELD.trade_id, choices=(HELD,))
UNPICKED = draft(1, OUT, kind="close", choices=(HELD, HELD_TOO))
CLOSING_BOTH = draft(
    1, WHOLE, kind="close", trade_id=COPIED.trade_id, choices=(COPIED, COPIED_TOO), others=(COPIED_TOO.trade_id,)
)
EDITING_BOTH = draft(
    1, OUT, kind="edit", trade_id=RECORDED.trade_id, choices=(RECORDED_COPY, RECORDED_COPY_TOO), others=(UUID(int=62),)
)


def plan(number: int, fields: TradeFields = ENTERED, **values: Any) -> Plan:
    return Plan(id=UUID(int=number), fields=fields, planned_at=NOW, **values)


OUT_OF_PLAN = TradeFields(position_size=Decimal(1))
"""What was said of the fill of one of several plans."""
PLANNED, PLANNED_TOO = plan(81), plan(82, replace(OTHER, exit_price=None))
EDITING = draft(1, OUT, kind="edit", trade_id=RECORDED.trade_id, choices=(RECORDED,))
DELETING = replace(EDITING, kind="delete", fields=TradeFields())
CHANGED_SINCE = replace(RECORDED, fields=replace(WHOLE, exit_price=Decimal(18300)))

SITUATIONS: Mapping[str, Conversation] = MappingProxyType(
    {
        "idle": Conversation(),
        "details": Conversation(state="awaiting_details", drafts=(draft(1, SIDELESS),), marker="draft:1"),
        "confirmation": Conversation(state="awaiting_confirmation", drafts=(draft(1),), marker="draft:1"),
        "screenshot": Conversation(state="awaiting_screenshot", awaiting=(known(71),), marker="chart:1"),
        "several": Conversation(state="awaiting_confirmation", drafts=(draft(1), draft(2, OTHER)), marker="draft:1"),
        "mixed": Conversation(state="awaiting_details", drafts=(draft(1, OTHER), draft(2, SIDELESS)), marker="draft:1"),
        "full": Conversation(
            state="awaiting_confirmation", drafts=tuple(draft(n) for n in range(1, MOST_DRAFTS + 1)), marker="draft:1"
        ),
        "which": Conversation(state="awaiting_details", drafts=(UNPICKED,), marker="draft:1"),
        "closing": Conversation(state="awaiting_confirmation", drafts=(CLOSING,), marker="draft:1"),
        "editing": Conversation(state="awaiting_confirmation", drafts=(EDITING,), marker="draft:1"),
        "asked how": Conversation(
            state="awaiting_details", drafts=(replace(EDITING, fields=TradeFields()),), marker="draft:1"
        ),
        "deleting": Conversation(state="awaiting_confirmation", drafts=(DELETING,), marker="draft:1"),
        "deleting and editing": Conversation(
            state="awaiting_confirmation", drafts=(DELETING, replace(EDITING, id=UUID(int=2))), marker="draft:1"
        ),
        "deleting both": Conversation(
            state="awaiting_confirmation",
            drafts=(replace(EDITING_BOTH, kind="delete", fields=TradeFields()),),
            marker="draft:1",
        ),
        "heard": Conversation(
            state="awaiting_confirmation", drafts=(draft(1, by_model=True, heard_at=NOW),), marker="draft:1"
        ),
        "half done": Conversation(
            state="awaiting_confirmation", drafts=(draft(1),), awaiting=(known(71),), marker="draft:1"
        ),
        "filling": Conversation(
            state="awaiting_confirmation", drafts=(draft(1, ENTERED, plan=PLANNED),), marker="draft:1"
        ),
        "filling two": Conversation(
            state="awaiting_confirmation",
            drafts=(draft(1, ENTERED, plan=PLANNED), draft(2, ENTERED, plan=PLANNED)),
            marker="draft:1",
        ),
        "which plan": Conversation(
            state="awaiting_details", drafts=(draft(1, OUT_OF_PLAN, plans=(PLANNED, PLANNED_TOO)),), marker="draft:1"
        ),
        "edit and chart": Conversation(
            state="awaiting_confirmation", drafts=(EDITING,), awaiting=(RECORDED,), marker="draft:1"
        ),
        "charts": Conversation(state="awaiting_screenshot", awaiting=(known(71), known(72)), marker="chart:1"),
        "shelf": Conversation(shelf=(draft(9, shelved_at=NOW - timedelta(days=6)),)),
        "old shelf": Conversation(shelf=(draft(9, shelved_at=NOW - timedelta(days=7)),)),
        "shelf incomplete": Conversation(shelf=(draft(9, SIDELESS, shelved_at=NOW),)),
        "full and shelf": Conversation(
            state="awaiting_confirmation",
            drafts=tuple(draft(n) for n in range(11, 11 + MOST_DRAFTS)),
            shelf=(draft(9, SIDELESS, shelved_at=NOW),),
            marker="draft:1",
        ),
        "full shelf": Conversation(
            state="awaiting_confirmation",
            drafts=(draft(1),),
            shelf=tuple(draft(n, shelved_at=NOW) for n in range(11, 11 + MOST_DRAFTS)),
            marker="draft:1",
        ),
        "unknown account": Conversation(
            state="awaiting_details", drafts=(draft(1, unknown_account="apx2"),), marker="draft:1"
        ),
        "on apex2": Conversation(
            state="awaiting_confirmation", drafts=(draft(1, replace(WHOLE, account="apex2")),), marker="draft:1"
        ),
        "copies": Conversation(
            state="awaiting_confirmation",
            drafts=(draft(1, replace(WHOLE, account="main"), copies=("apex2",)),),
            marker="draft:1",
        ),
        "copies asked": Conversation(state="awaiting_details", drafts=(draft(1, copies_asked=3),), marker="draft:1"),
        "copies charted": Conversation(
            state="awaiting_screenshot", awaiting=(known(71, copies=(UUID(int=72),)),), marker="chart:1"
        ),
        "closing both": Conversation(state="awaiting_confirmation", drafts=(CLOSING_BOTH,), marker="draft:1"),
        "editing both": Conversation(state="awaiting_confirmation", drafts=(EDITING_BOTH,), marker="draft:1"),
        "which of two": Conversation(
            state="awaiting_details",
            drafts=(draft(1, OUT, kind="close", choices=(HELD, HELD_ON_APEX2)),),
            marker="draft:1",
        ),
        "loose": Conversation(loose=CHART, loose_at=NOW - timedelta(hours=23)),
        "old loose": Conversation(loose=CHART, loose_at=NOW - timedelta(hours=24)),
        "twin": Conversation(
            state="awaiting_confirmation",
            drafts=(draft(1, twin=True, choices=(RECORDED,), pictures=CHART),),
            marker="draft:1",
        ),
    }
)

SURROUNDINGS: Mapping[str, dict[str, Any]] = MappingProxyType(
    {
        "": {},
        "one open": {"open_trades": (HELD,)},
        "two open": {"open_trades": (HELD, HELD_TOO)},
        "recent": {"recent": (RECORDED,)},
        "target": {"target": RECORDED, "recent": (RECORDED,)},
        "changed since": {"recent": (CHANGED_SINCE,)},
        "older target": {"target": RECORDED, "named": (RECORDED,)},
        "open target": {"target": HELD, "open_trades": (HELD, HELD_TOO)},
        "picture": {"pictures": CHART},
        "sent before": {"received_at": NOW - timedelta(seconds=1)},
        "sent after": {"received_at": NOW + timedelta(seconds=1)},
        "spoken": {"spoken": True},
        "no pictures wanted": {"wants_pictures": False},
        "partly closed": {"target": PARTLY_CLOSED, "open_trades": (PARTLY_CLOSED,)},
        "accounts": {"accounts": ("main", "apex2")},
        "accounts and target": {"accounts": ("main", "apex2"), "target": RECORDED, "recent": (RECORDED,)},
        "accounts and open": {"accounts": ("main", "apex2"), "open_trades": (HELD, HELD_ON_APEX2)},
        "copies open": {"accounts": ("main", "apex2"), "open_trades": (COPIED, COPIED_TOO)},
        "copies recorded": {
            "accounts": ("main", "apex2"),
            "target": RECORDED_COPY,
            "recent": (RECORDED_COPY, RECORDED_COPY_TOO),
        },
        "planned": {"plans": (PLANNED,)},
        "two planned": {"plans": (PLANNED, PLANNED_TOO)},
        "three planned": {"plans": (PLANNED, PLANNED_TOO, plan(83, replace(OTHER, symbol="CL")))},
        "plan's message": {"plans": (PLANNED_TOO, replace(PLANNED, source="m99"))},
        "full of plans": {
            "plans": tuple(
                plan(n, replace(ENTERED, entry_price=Decimal(18000 + n))) for n in range(101, 101 + MOST_PLANS)
            )
        },
        "charted open": {"open_trades": (replace(HELD, has_picture=True),)},
    }
)


def button(number: int, revision: int = 1) -> dict[str, Any]:
    return {"draft_id": UUID(int=number).hex, "revision": revision}


EVENTS: Mapping[str, Event] = MappingProxyType(
    {
        "report": Reported(trades=(WHOLE,)),
        "open report": Reported(trades=(ENTERED,)),
        "incomplete report": Reported(trades=(SIDELESS,)),
        "report of two": Reported(trades=(WHOLE, OTHER)),
        "report of 21": Reported(trades=(WHOLE,) * (MOST_DRAFTS + 1)),
        "plan": Planned(trades=(ENTERED,)),
        "two plans": Planned(trades=(ENTERED, replace(OTHER, exit_price=None))),
        "plan, edited": Planned(trades=(replace(ENTERED, entry_price=Decimal(18260)),), edited=True),
        "filled": Filled(),
        "filled at 18251": Filled(fields=TradeFields(entry_price=Decimal(18251))),
        "es filled": Filled(fields=TradeFields(symbol="ES")),
        "cl filled": Filled(fields=TradeFields(symbol="CL")),
        "plan 2 filled": Filled(which=2),
        "[filled 81]": Filled(plan_id=UUID(int=81).hex),
        "[filled 89]": Filled(plan_id=UUID(int=89).hex),
        "no fill": Unfilled(),
        "no fill on es": Unfilled(fields=TradeFields(symbol="ES")),
        "[no fill 81]": Unfilled(plan_id=UUID(int=81).hex),
        "edit of m99": Revised(source="m99", fields=ENTERED),
        "close": Closed(fields=OUT),
        "close of CL": Closed(fields=replace(OUT, symbol="CL")),
        "close of one": Closed(fields=replace(OUT, position_size=Decimal(1))),
        "report @apex2": Reported(trades=(replace(WHOLE, account="apex2"),)),
        "close @apex2": Closed(fields=replace(OUT, account="apex2")),
        "@apex2": Corrected(fields=TradeFields(account="apex2")),
        "@apex2, a detail": Detailed(fields=TradeFields(account="apex2")),
        "edit of m0 @apex2": Revised(source="m0", fields=replace(WHOLE, account="apex2")),
        "[@apex2]": AccountPicked(account="apex2", **button(1)),
        "[old @apex2]": AccountPicked(account="apex2", **button(1, 0)),
        "report x2 accounts": Reported(trades=(WHOLE,), copies=Copies(count=2)),
        "report x3 accounts": Reported(trades=(WHOLE,), copies=Copies(count=3)),
        "close on all accounts": Closed(fields=OUT, copies=Copies(every=True)),
        "all accounts": Corrected(fields=TradeFields(), copies=Copies(every=True)),
        "all accounts, a detail": Detailed(fields=TradeFields(), copies=Copies(every=True)),
        "edit of m0 x2 accounts": Revised(source="m0", fields=WHOLE, copies=Copies(count=2)),
        "edit of m1 x2 accounts": Revised(source="m1", fields=WHOLE, copies=Copies(count=2)),
        "[all accounts]": AccountPicked(account=EVERY, **button(1)),
        "[all of these]": Picked(choice="all", **button(1)),
        "side": Detailed(fields=TradeFields(direction="long")),
        "symbol": Detailed(fields=TradeFields(symbol="ES")),
        "correction": Corrected(fields=TradeFields(exit_price=Decimal(18295))),
        "correction of 2": Corrected(fields=TradeFields(exit_price=Decimal(18295)), which=2),
        "correction of 3": Corrected(fields=TradeFields(exit_price=Decimal(18295)), which=3),
        "side removed": Corrected(fields=TradeFields(), cleared=frozenset({"direction"})),
        "edit of m1": Revised(source="m1", fields=replace(WHOLE, exit_price=Decimal(18295))),
        "edit of m9": Revised(source="m9", fields=replace(WHOLE, exit_price=Decimal(18295))),
        "edit of m0": Revised(source="m0", fields=replace(WHOLE, exit_price=Decimal(18295))),
        "change": ChangeAsked(),
        "deletion": DeletionAsked(),
        "exit 18295": Revised(source="m99", fields=TradeFields(exit_price=Decimal(18295)), asked=True),
        "stop 18230": Revised(source="m99", fields=TradeFields(stop_loss=Decimal(18230)), asked=True),
        "exit 18290": Revised(source="m99", fields=OUT, asked=True),
        "no exit": Revised(source="m99", fields=TradeFields(), cleared=frozenset({"exit_price"}), asked=True),
        "no entry": Revised(source="m99", fields=TradeFields(), cleared=frozenset({"entry_price"}), asked=True),
        "exit removed": Corrected(fields=TradeFields(), cleared=frozenset({"exit_price"})),
        "one more in": FillTold(fields=TradeFields(position_size=Decimal(1), entry_price=Decimal(18240))),
        "one out elsewhere": FillTold(fields=TradeFields(position_size=Decimal(1), exit_price=Decimal(18300))),
        "three out": FillTold(fields=TradeFields(position_size=Decimal(3), exit_price=Decimal(18300))),
        "edit back": Revised(source="m0", fields=WHOLE),
        "yes": Confirmed(),
        "yes to 1": Confirmed(which=1),
        "yes to 3": Confirmed(which=3),
        "[yes 1]": Confirmed(**button(1)),
        "[yes 2]": Confirmed(**button(2)),
        "[yes 9]": Confirmed(**button(9)),
        "[old yes 1]": Confirmed(**button(1, 0)),
        "[old yes 9]": Confirmed(**button(9, 0)),
        "no": Denied(),
        "no to 2": Denied(which=2),
        "no to 3": Denied(which=3),
        "[no 1]": Denied(**button(1)),
        "[no 9]": Denied(**button(9)),
        "[old no 1]": Denied(**button(1, 0)),
        "[edit 1]": EditAsked(**button(1)),
        "[edit 9]": EditAsked(**button(9)),
        "[old edit 1]": EditAsked(**button(1, 0)),
        "[this one]": Picked(choice=HELD.trade_id.hex, **button(1)),
        "[old this one]": Picked(choice=HELD.trade_id.hex, **button(1, 0)),
        "[a trade not offered]": Picked(choice=RECORDED.trade_id.hex, **button(1)),
        "[picture of held]": Picked(choice=HELD.trade_id.hex),
        "[picture of recorded]": Picked(choice=RECORDED.trade_id.hex),
        "[picture of a new one]": Picked(choice="new"),
        "picture": Pictured(pictures=CHART),
        "picture #orb": Pictured(pictures=CHART, marks=TradeFields(tags=("orb",))),
        "no picture": PictureRefused(reason="not_an_image", limit_mb=5),
        "no chart": PictureRefused(reason="truncated", limit_mb=5, trade=RECORDED),
        "skip": Skipped(),
        "/cancel": Cancelled(),
        "time": Expired(marker="draft:1"),
        "chart time": Expired(marker="chart:1"),
        "old time": Expired(marker="draft:0"),
        "copy gone": Vanished(trade_id=UUID(int=62)),
        "trade gone": Vanished(trade_id=RECORDED.trade_id),
        "question": Asked(text="win rate?"),
        "talk": Chatted(),
        "unreadable": Unread(),
    }
)


def scene(around: str = "", **values: Any) -> Scene:
    """What surrounds message m99, by the name of the surroundings."""
    said = {"message_id": UUID(int=99), "said_at": NOW, "session_end": EVENING, "source": "m99"}
    return Scene(**{**said, **SURROUNDINGS[around], **values})
