"""What firms are said to ask: each suggestion is whole, says where it is from, and writes what it shows."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.commands.accounts import day_start_said
from bot.texts.english.firms import FIRMS
from bot.trading.day import DayStart
from bot.trading.firms import PRESETS, SERVER, SHORT_NAMES, Preset, checksum, slug
from bot.trading.limit_types import NONE, daily_type, drawdown_type
from bot.trading.limits import AccountLimits, DayFigures, guards, progress

FIGURES = ("daily_loss_limit_pct", "max_drawdown_pct", "profit_target_pct")
COLUMNS = {
    "prop_firm", "firm_id", "account_size", "challenge_phase", "daily_loss_type", "max_drawdown_type", *FIGURES,
}  # fmt: skip
EACH = [(preset, size) for preset in PRESETS for size in preset.sizes or (5_000, 100_000)]


def test_ids_are_unique_and_short_names_lead_to_firms() -> None:
    assert len({preset.id for preset in PRESETS}) == len(PRESETS) >= 20
    assert len({preset.firm for preset in PRESETS}) == 8
    assert set(SHORT_NAMES.values()) <= {preset.firm for preset in PRESETS}
    assert all(len(preset.id) <= 16 and slug(preset.id) == preset.id for preset in PRESETS)


def test_all_of_it_has_words_and_no_words_are_left_over() -> None:
    """Languages have the keys of English."""
    used = {f"firm.note.{note}" for preset in PRESETS for note in preset.note}
    used |= {f"firm.dated.{preset.dated}" for preset in PRESETS}
    used |= {f"firm.beside.{preset.beside[0]}" for preset in PRESETS if preset.beside}
    assert used | {"firm.day.server"} == FIRMS.keys()
    assert SERVER in {preset.day for preset in PRESETS}


@pytest.mark.parametrize("preset", PRESETS, ids=[preset.id for preset in PRESETS])
def test_each_has_a_date_a_source_and_a_note(preset: Preset) -> None:
    assert preset.dated
    assert preset.named
    assert preset.note
    if preset.start:
        assert isinstance(day_start_said(preset.start, DayStart(ZoneInfo("UTC"))), DayStart)
    assert preset.daily is not None or preset.drawdown is not None
    for said, read in ((preset.daily, daily_type), (preset.drawdown, drawdown_type)):
        if said is not None:
            kind = read(said[1])
            assert (kind is None) == (said[0] is None)
            assert str(kind or NONE) == said[1]  # in the words that we write


@pytest.mark.parametrize(("preset", "size"), EACH, ids=[f"{preset.id}-{size}" for preset, size in EACH])
def test_each_can_be_measured(preset: Preset, size: int) -> None:
    values = preset.columns(size)
    assert set(values) <= COLUMNS
    percentages = [values[name] for name in FIGURES if values.get(name) is not None]
    assert percentages
    assert all(0 < value <= 15 for value in percentages)
    names = AccountLimits.__slots__
    limits = AccountLimits(**{name: value for name, value in values.items() if name in names})
    balance = Decimal(size)
    day = DayFigures(starting_balance=balance, ending_balance=balance, daily_pnl=Decimal(0), max_equity_high=balance)
    found = {guard.kind: guard for guard in guards(day, limits)}
    for kind, said in (("daily_loss", preset.daily), ("drawdown", preset.drawdown)):
        assert (kind in found) == (said is not None and said[0] is not None)
    assert (progress(day, limits) is not None) == bool(preset.target)


@pytest.mark.parametrize(
    ("id_", "size", "daily", "drawdown", "goal"),
    [
        ("topstep-tc", 50_000, None, 2000, 3000),
        ("topstep-tc", 150_000, None, 4500, 9000),
        ("ftmo-2s1", 100_000, 5000, 10_000, 10_000),
        ("tradeify-g", 150_000, 3750, None, None),
        ("tpt-test", 75_000, None, 2500, 4500),
        ("5ers-hs1", 20_000, 1000, 2000, 1600),
    ],
)
def test_amounts_come_out_to_the_cent(
    id_: str, size: int, daily: int | None, drawdown: int | None, goal: int | None
) -> None:
    (preset,) = (preset for preset in PRESETS if preset.id == id_)
    names = AccountLimits.__slots__
    limits = AccountLimits(**{name: value for name, value in preset.columns(size).items() if name in names})
    balance = Decimal(size)
    day = DayFigures(starting_balance=balance, ending_balance=balance, daily_pnl=Decimal(0), max_equity_high=balance)
    found = {guard.kind: guard.limit for guard in guards(day, limits)}
    assert (found.get("daily_loss"), found.get("drawdown")) == (daily, drawdown)
    target = progress(day, limits)
    assert (None if target is None else target.goal) == goal


def test_whose_day_starts_can_be_taken_over() -> None:
    starts = {preset.firm: preset.start for preset in PRESETS if preset.start}
    assert starts == {
        "FTMO": "00:00 Prague",
        "Topstep": "17:00 Chicago",
        "Apex Trader Funding": "18:00 New York",
        "Tradeify": "17:00 New York",
        "Take Profit Trader": "18:00 New York",
    }


def test_a_checksum_is_of_the_values() -> None:
    assert checksum({"a": Decimal("4.0"), "b": None}) == checksum({"b": None, "a": Decimal(4)})
    assert checksum({"a": 4}) != checksum({"a": 5})
    assert checksum({"a": None}) != checksum({"a": 0})
