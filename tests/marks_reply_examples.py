"""What the trader sees of tags, setup, mood, mistake and notes."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from bot.picks import Pick
from statemachine.conversation import KnownTrade
from statemachine.trade import TradeFields

BARE: Final = TradeFields(symbol="NQ", direction="long", position_size=Decimal(2), pnl=Decimal(1600))
MARKED: Final = replace(BARE, tags=("orb", "a+"), setup="ORB", mood="calm", mistake="moved my stop", note="chased")
PICKS: Final = (Pick("tag", "revenge"), Pick("setup", "a very long name of a setup"), Pick("mood", "calm"))


def known(fields: TradeFields) -> KnownTrade:
    return KnownTrade(trade_id=UUID(int=101), fields=fields)


MARKS_EXAMPLES: Final[tuple[tuple[str, dict[str, Any], str], ...]] = (
    ("marked", {"trade": known(MARKED), "change_id": 7, "picks": PICKS, "left_out": 2}, """
        NQ +$1,600.00
        #orb #a+ · setup: ORB · mood: calm · mistake: moved my stop
        Note: chased
        More than 10 tags are not kept.
        [Undo]
        [#revenge] [setup: a very long name of…] [mood: calm]"""),
    ("marks", {"trade": known(BARE), "used": ({"kind": "tag", "value": "revenge", "trades": 4},
                                              {"kind": "mood", "value": "calm", "trades": 2})}, """
        NQ +$1,600.00
        No tags, setup, mood, mistake or note.

        You use: #revenge 4
        To add, for example: /tag 2 #revenge, /setup 2 ORB, /note 2 chased a bit (2 as in /trades)
        To take off: /tag 2 -#revenge, /setup 2 -"""),
    ("mark_unclear", {"said": "#123", "of": "tags"}, """
        I cannot take “#123”.
        A tag begins with a letter: /tag 2 #revenge"""),
)  # fmt: skip
