"""What prop firms are said to ask, as suggestions: a trader is shown one with its source and confirms it, or does not.

Firms change their rules several times a year and run several products side by side, so nothing here is ever assumed of
an account. Each entry says where it comes from and from when; where sources contradict each other the value is left out
and the note says so. What is left out stays as the trader has it. Amounts are in the account's currency.
Left out whole, as no source gives all of it: Apex since March 2026, The5ers Bootcamp, Stellar Instant.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal

Amount = Decimal | Mapping[int, int]
"""A percentage of the account size, or money by account size."""
Source = Literal["firm", "firm_and_others", "others"]
"""Who says so: the firm's own pages, these and third parties, or third parties alone."""

NOTED_ON: Final = date(2026, 11, 26)
"""When this table was written."""
FINEST: Final = Decimal("1e-10")
_START: Final = re.compile(r"\d\d:00 [A-Z][A-Za-z ]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One product of a firm.

    sizes     account sizes it is sold in; empty: any
    daily     amount and type as in profiles.daily_loss_type; no amount: the firm has no such limit; None: not known
    drawdown  the same for the maximum loss
    phase     None: the same in all, or not known
    target    None: not known; 0: there is none
    note      what it leaves out or knows otherwise, dated: when the source was written; by their names in
              bot/texts/english/firms.py
    named     the source; `beside`: another, and what of it
    day       when the firm's trading day starts, "18:00 New York" where that says it, or SERVER; empty: not known
    """

    id: str
    firm: str
    product: str
    phase: Literal["evaluation", "funded"] | None = None
    source: Source
    dated: str
    named: str
    note: tuple[str, ...]
    beside: tuple[Literal["target", "amounts", "partner"], str] | None = None
    day: str = ""
    sizes: tuple[int, ...] = ()
    daily: tuple[Amount | None, str] | None = None
    drawdown: tuple[Amount | None, str] | None = None
    target: Amount | None = None

    @property
    def start(self) -> str:
        """The day's start as /account takes it; empty where it is not a full hour in a zone."""
        return self.day if _START.fullmatch(self.day) else ""

    def columns(self, size: int) -> dict[str, Any]:
        """What confirming it writes, by the names of the columns of profiles."""
        values: dict[str, Any] = {"prop_firm": self.firm, "firm_id": slug(self.firm), "account_size": size}
        if self.phase is not None:
            values["challenge_phase"] = self.phase
        if self.daily is not None:
            values["daily_loss_limit_pct"] = _percentage(self.daily[0], size)
            values["daily_loss_type"] = self.daily[1]
        if self.drawdown is not None:
            values["max_drawdown_pct"] = _percentage(self.drawdown[0], size)
            values["max_drawdown_type"] = self.drawdown[1]
        if self.target is not None:
            values["profit_target_pct"] = _percentage(self.target, size) or None
        return values


def slug(name: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in name.lower()).split())


def checksum(*shown: Mapping[str, Any]) -> str:
    """8 hex digits over values, so that a button knows whether what it was shown with still holds."""
    text = json.dumps([dict(values) for values in shown], sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _plain(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) and value.is_finite() else str(value)


def _percentage(amount: Amount | None, size: int) -> Decimal | None:
    if amount is None or isinstance(amount, Decimal):
        return amount
    return (Decimal(amount[size]) * 100 / size).quantize(FINEST, ROUND_HALF_UP).normalize()


NO_LIMIT: Final = (None, "none")
_TOPSTEP = {50_000: 2_000, 100_000: 3_000, 150_000: 4_500}
_MFFU = {50_000: 2_000, 100_000: 3_000, 150_000: 4_500}
_TPT = {25_000: 1_500, 50_000: 2_000, 75_000: 2_500, 100_000: 3_000, 150_000: 4_500}
_TRADEIFY = {50_000: 1_250, 100_000: 2_500, 150_000: 3_750}
SIX: Final = Decimal(6)

_PRAGUE = "00:00 Prague"
SERVER: Final = "server"
"""Midnight of the firm's server."""
_SIX_NEW_YORK = "18:00 New York"

PRESETS: Final[tuple[Preset, ...]] = (
    Preset(
        id="ftmo-2s1", firm="FTMO", product="2-Step, step 1", phase="evaluation", source="firm_and_others",
        dated="undated", named="academy.ftmo.com", beside=("target", "fundedtruth.com"), day=_PRAGUE,
        daily=(Decimal(5), "initial hard"), drawdown=(Decimal(10), "static hard"), target=Decimal(10),
        note=("open_pnl", "four_days"),
    ),
    Preset(
        id="ftmo-2s2", firm="FTMO", product="2-Step, step 2", phase="evaluation", source="firm_and_others",
        dated="undated", named="academy.ftmo.com", beside=("target", "fundedtruth.com"), day=_PRAGUE,
        daily=(Decimal(5), "initial hard"), drawdown=(Decimal(10), "static hard"), target=Decimal(5),
        note=("open_pnl", "four_days"),
    ),
    Preset(
        id="ftmo-1s", firm="FTMO", product="1-Step", phase="evaluation", source="firm",
        dated="undated", named="ftmo.com", beside=("partner", "OANDA"), day=_PRAGUE,
        daily=(Decimal(3), "initial hard"), drawdown=(Decimal(10), "trailing_eod hard"), target=Decimal(10),
        note=("midnight_floor", "best_day"),
    ),
    Preset(
        id="topstep-tc", firm="Topstep", product="Trading Combine", phase="evaluation", source="firm_and_others",
        dated="amounts_older", named="help.topstep.com", beside=("amounts", "tradingfunder.com"),
        day="17:00 Chicago", sizes=tuple(_TOPSTEP),
        drawdown=(_TOPSTEP, "trailing_eod lock hard"), target=SIX,
        note=("combine_daily", "combine_consistency"),
    ),
    Preset(
        id="apex-eval", firm="Apex Trader Funding", product="Legacy evaluation", phase="evaluation", source="others",
        dated="before_march", named="simply-futures.com, quantvps.com", day=_SIX_NEW_YORK,
        sizes=(50_000,), daily=NO_LIMIT, drawdown=({50_000: 2_500}, "trailing_intraday hard"), target=SIX,
        note=("equity_floor", "apex_since"),
    ),
    Preset(
        id="apex-pa", firm="Apex Trader Funding", product="Legacy PA", phase="funded", source="others",
        dated="before_march", named="simply-futures.com, quantvps.com, futuresforourfuture.com",
        day=_SIX_NEW_YORK, sizes=(50_000,), daily=NO_LIMIT,
        drawdown=({50_000: 2_500}, "trailing_intraday lock+100 hard"), target=Decimal(0),
        note=("equity_floor", "consistency_30"),
    ),
    Preset(
        id="mffu-core", firm="MyFundedFutures", product="Core", phase="evaluation", source="others",
        dated="may_march", named="puravidaedge.com, runvigil.app",
        sizes=tuple(_MFFU), daily=NO_LIMIT, drawdown=(_MFFU, "trailing_eod hard"), target=SIX,
        note=("floor_unconfirmed", "best_day_mffu"),
    ),
    Preset(
        id="mffu-pro", firm="MyFundedFutures", product="Pro", phase="evaluation", source="others",
        dated="may_march", named="puravidaedge.com, runvigil.app",
        sizes=tuple(_MFFU), daily=NO_LIMIT, drawdown=(_MFFU, "trailing_eod hard"), target=SIX,
        note=("floor_unconfirmed", "best_day_mffu"),
    ),
    Preset(
        id="mffu-rapid", firm="MyFundedFutures", product="Rapid evaluation", phase="evaluation", source="others",
        dated="may_march", named="puravidaedge.com, tradercore.io",
        sizes=tuple(_MFFU), daily=NO_LIMIT, drawdown=(_MFFU, "trailing_eod hard"), target=SIX,
        note=("floor_unconfirmed",),
    ),
    Preset(
        id="mffu-rapid-f", firm="MyFundedFutures", product="Rapid funded", phase="funded", source="others",
        dated="may_march", named="puravidaedge.com, tradercore.io",
        sizes=tuple(_MFFU), daily=NO_LIMIT, drawdown=(_MFFU, "trailing_intraday hard"), target=Decimal(0),
        note=("funded_floor",),
    ),
    Preset(
        id="tradeify-g", firm="Tradeify", product="Growth", source="firm",
        dated="help_centre", named="Tradeify", day="17:00 New York",
        sizes=tuple(_TRADEIFY), daily=(_TRADEIFY, "initial soft"),
        note=("no_amount", "daily_rises"),
    ),
    Preset(
        id="tradeify-l", firm="Tradeify", product="Lightning", source="firm",
        dated="help_centre", named="Tradeify", day="17:00 New York",
        sizes=tuple(_TRADEIFY), daily=(_TRADEIFY, "initial soft"),
        note=("no_amount_locked", "daily_rises", "no_daily_25k"),
    ),
    Preset(
        id="5ers-hs1", firm="The5ers", product="High Stakes, step 1", phase="evaluation", source="firm_and_others",
        dated="undated", named="help.the5ers.com", beside=("target", "propfirmlabs.com"), day="00:00 UTC+3",
        daily=(Decimal(5), "equity hard"), drawdown=(Decimal(10), "static hard"), target=Decimal(8),
        note=("equity_daily", "three_days"),
    ),
    Preset(
        id="5ers-hs2", firm="The5ers", product="High Stakes, step 2", phase="evaluation", source="firm_and_others",
        dated="undated", named="help.the5ers.com", beside=("target", "propfirmlabs.com"), day="00:00 UTC+3",
        daily=(Decimal(5), "equity hard"), drawdown=(Decimal(10), "static hard"), target=Decimal(5),
        note=("equity_daily", "three_days"),
    ),
    Preset(
        id="5ers-hg", firm="The5ers", product="Hyper Growth", source="others",
        dated="undated", named="fundedwiki.com", day="00:00 UTC+3",
        daily=(Decimal(3), "balance soft"), drawdown=(Decimal(6), "static hard"),
        note=("soft_daily", "no_target"),
    ),
    Preset(
        id="fn-2s", firm="FundedNext", product="Stellar 2-Step", source="firm",
        dated="undated", named="help.fundednext.com", day=SERVER,
        daily=(Decimal(5), "initial hard"), drawdown=(Decimal(10), "static hard"),
        note=("floating", "no_targets"),
    ),
    Preset(
        id="fn-1s", firm="FundedNext", product="Stellar 1-Step", source="firm",
        dated="undated", named="help.fundednext.com", day=SERVER,
        daily=(Decimal(3), "initial hard"), drawdown=(Decimal(6), "static hard"),
        note=("floating", "no_target"),
    ),
    Preset(
        id="fn-lite", firm="FundedNext", product="Stellar Lite", source="firm",
        dated="undated", named="help.fundednext.com", day=SERVER,
        daily=(Decimal(4), "initial hard"), drawdown=(Decimal(8), "static hard"),
        note=("floating", "no_targets"),
    ),
    Preset(
        id="tpt-test", firm="Take Profit Trader", product="Test", phase="evaluation", source="others",
        dated="january_may", named="proptradingvibes.com, fundedprogramfinder.com", day=_SIX_NEW_YORK,
        sizes=tuple(_TPT), daily=NO_LIMIT, drawdown=(_TPT, "trailing_eod lock hard"), target=SIX,
        note=("other_drawdown", "best_day_net"),
    ),
    Preset(
        id="tpt-pro", firm="Take Profit Trader", product="PRO", phase="funded", source="others",
        dated="february_may", named="proptradingvibes.com, fundedprogramfinder.com", day=_SIX_NEW_YORK,
        sizes=tuple(_TPT), daily=NO_LIMIT, drawdown=(_TPT, "trailing_intraday hard"), target=Decimal(0),
        note=("day_floor", "other_drawdown", "no_floor_stop"),
    ),
)  # fmt: skip

SHORT_NAMES: Final[Mapping[str, str]] = {
    "apex": "Apex Trader Funding",
    "mffu": "MyFundedFutures",
    "my funded futures": "MyFundedFutures",
    "myfunded": "MyFundedFutures",
    "5ers": "The5ers",
    "the 5ers": "The5ers",
    "funded next": "FundedNext",
    "tpt": "Take Profit Trader",
    "takeprofittrader": "Take Profit Trader",
    "take profit": "Take Profit Trader",
    "top step": "Topstep",
}
