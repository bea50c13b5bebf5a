"""What a trader types to set a limit, and which firm's product is meant."""

from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.trading.firm_words import asked
from bot.trading.limit_words import AMOUNTS, LimitKind, Setting, Unclear, limit_words

# fmt: off
PIECES = st.sampled_from((
    "set", "daily", "drawdown", "target", "trades", "2%", "2", "$1000", "1,000",
    "1.000", "2k", "soft", "hard", "balance", "static", "trailing", "intraday", "lock",
    "lock+100", "off", "loss", "max", "x", "-5%", "0", "½", "²",
    "∞", "1e9", "$", "%", "@", "+", ",", "999999999999999999999999999999",
))
# fmt: on


def setting(kind: str, **values: Any) -> Setting:
    return Setting(kind=kind, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("set daily 2%", setting("daily", percent=Decimal(2))),
        ("daily 2 % balance soft", setting("daily", percent=Decimal(2), base="balance", ends="soft")),
        ("max daily loss: 2,5 percent of equity", setting("daily", percent=Decimal("2.5"), base="equity")),
        ("DLL $1,000", setting("daily", money=Decimal(1000))),
        ("daily 1000", setting("daily", money=Decimal(1000))),
        ("daily 1,250.50 usd", setting("daily", money=Decimal("1250.50"))),
        ("daily $ 99", setting("daily", money=Decimal(99))),
        ("daily 500$", setting("daily", money=Decimal(500))),
        (
            "drawdown 4% trailing lock at 50100",
            setting("drawdown", percent=Decimal(4), trail="eod", lock=Decimal(50_100)),
        ),
        ("daily off", setting("daily", off=True)),
        ("drawdown 4% static", setting("drawdown", percent=Decimal(4), trail="static")),
        ("max drawdown 2k trailing", setting("drawdown", money=Decimal(2000), trail="eod")),
        ("drawdown 4% trailing intraday", setting("drawdown", percent=Decimal(4), trail="intraday")),
        ("drawdown 4% intraday trailing", setting("drawdown", percent=Decimal(4), trail="intraday")),
        ("drawdown 4% eod lock", setting("drawdown", percent=Decimal(4), trail="eod", lock=Decimal(0))),
        (
            "drawdown 4% trailing, locks at start + $100, hard",
            setting("drawdown", percent=Decimal(4), trail="eod", lock=Decimal(100), ends="hard"),
        ),
        ("profit target 6%", setting("target", percent=Decimal(6))),
        ("target €3000", setting("target", money=Decimal(3000))),
        ("max trades 5 per day", setting("trades", count=5)),
        ("trades none", setting("trades", off=True)),
    ],
)
def test_what_is_meant(text: str, meant: Setting) -> None:
    assert limit_words(text) == meant


@pytest.mark.parametrize(
    ("text", "problem", "word"),
    [
        ("", "kind", ""),
        ("2%", "kind", ""),
        ("daily 2% trades 5", "two", ""),
        ("daily", "amount", ""),
        ("drawdown trailing lock", "amount", ""),
        ("daily 2", "unit", "2"),
        ("daily 100", "unit", "100"),
        ("daily $1.000", "number", "$1.000"),
        ("daily 1.000.000", "number", "1.000.000"),
        ("daily 2% 3%", "word", "3%"),
        ("daily 2% $1000", "word", "$1000"),
        ("daily off 2%", "word", "2%"),
        ("daily 2% intraday", "word", "intraday"),
        ("target 6% soft", "word", "soft"),
        ("trades 5 balance", "word", "balance"),
        ("daily two percent", "word", "two"),
        ("daily 100.5%", "percent", "100.5%"),
        ("daily 0%", "percent", "0%"),
        ("daily $0", "money", "$0"),
        ("trades 0", "count", "0"),
        ("trades 1.5", "count", "1.5"),
        ("trades 5%", "count", "5%"),
        ("trades 501", "count", "501"),
    ],
)
def test_what_is_in_the_way(text: str, problem: str, word: str) -> None:
    found = limit_words(text)
    assert isinstance(found, Unclear)
    assert (found.problem, found.word) == (problem, word)
    assert found.kind is None or found.kind in get_args(LimitKind)


@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=8).map(" ".join)))
def test_any_text_is_a_whole_setting_or_unclear(text: str) -> None:
    found = limit_words(text)
    if isinstance(found, Setting):
        assert sum(bool(getattr(found, name)) for name in AMOUNTS) == 1
        assert found.percent is None or 0 < found.percent <= 100
        assert found.money is None or found.money > 0
        assert found.count is None or 0 < found.count <= 500


@pytest.mark.parametrize(
    ("text", "ids", "size"),
    [
        ("topstep 50k", ["topstep-tc"], 50_000),
        ("TopStep Trading Combine $150,000", ["topstep-tc"], 150_000),
        ("top step 100 k", ["topstep-tc"], 100_000),
        ("topstep-tc 50k", ["topstep-tc"], 50_000),
        ("ftmo 2-step 100k", ["ftmo-2s1", "ftmo-2s2"], 100_000),
        ("ftmo 2 step step 1", ["ftmo-2s1"], None),
        ("ftmo 1-step 25000", ["ftmo-1s"], 25_000),
        ("the 5ers hyper growth 20k", ["5ers-hg"], 20_000),
        ("mffu rapid funded 50k", ["mffu-rapid-f"], 50_000),
        ("my funded futures core", ["mffu-core"], None),
        ("take profit trader pro 75k", ["tpt-pro"], 75_000),
        ("fundednext stellar lite 6k", ["fn-lite"], 6_000),
        ("apex legacy pa", ["apex-pa"], None),
        ("tradeify growth 150k account", ["tradeify-g"], 150_000),
    ],
)
def test_which_product_is_meant(text: str, ids: list[str], size: int | None) -> None:
    found = asked(text)
    assert [preset.id for preset in found.presets] == ids
    assert (found.size, found.unknown) == (size, "")


@pytest.mark.parametrize(
    ("text", "firm", "unknown"), [("nobody 50k", None, "nobody 50k"), ("ftmo swing", "FTMO", "swing"), ("", None, "")]
)
def test_what_is_not_known(text: str, firm: str | None, unknown: str) -> None:
    found = asked(text)
    assert (found.firm, found.unknown) == (firm, unknown)
    assert all(preset.firm == firm for preset in found.presets)


@given(st.text(max_size=80))
def test_any_text_may_be_asked_for(text: str) -> None:
    asked(text)
    asked(f"topstep {text}")
