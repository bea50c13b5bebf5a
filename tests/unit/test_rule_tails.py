"""What stands behind a rule: a reason or an emphasis changes nothing, anything else keeps the rule from compiling."""

import time
from typing import Final

import pytest

from bot.rules.compiler import LONGEST, compiled
from bot.rules.kinds import AllOf, Conditional, FlatBy, Hours, NotHeldOver, SessionEdge, Weekdays
from tests.checks_in_short import short
from tests.unit.test_rules import RULES

PLAIN: Final = [rule.rstrip(".! 🙏") for rule in RULES if len(rule) < 70]

HARMLESS: Final = (
    ", I mean it", ". No exceptions!!", " - no excuses", ", firm rule", ". It's not worth it.", ", be happy",
    ", prop firm will pull the account", " (the firm flags it)", ", I always give it back", " - greed kills",
    "! I tilt", ", that's how I blew up my account", ". Trust the process. No drama.", ", it eats my account",
    ", my mentor says so", ", that's why I lost money, I mean it",
)  # fmt: skip
OF_A_TIME: Final = (
    " - thats when I give it all back", " (lunch chop)", ", volume is thin", ", the market is dead",
    ". That's when I tilt.", ", just noise",
)  # fmt: skip
WEIGHTY: Final = (
    ", news days", ", mornings", " (summer)", " (sim)", " (scalps)", ", I decide", ", it depends",
    ", I can take one more",
    ", my choice", ", that's for Mondays", ", the firm may let me", ", that's flexible", ", it's optional",
    ", I trade small then",
    ". Summer is different.", ", roughly", ", I guess", ", in theory", ", but I mean it on gold",
    ", I know when",
    ", scratches don't count", ", the firm exempts hedges", ", it resets at noon", ", no FOMO trades",
    ", I get in early", ", it works on Fridays", ", I hate it on NQ", ", wait for the retest", ", only A+", ", or not",
    ", the prop firm will allow it", ". Half of that.", ", double it", ", it's a guideline", ", the ones I like",
)  # fmt: skip


@pytest.mark.parametrize("tail", HARMLESS)
def test_a_reason_or_an_emphasis_changes_nothing(tail: str) -> None:
    changed = [rule for rule in PLAIN[::11] if compiled(rule + tail) not in (None, compiled(rule))]
    left = [rule for rule in PLAIN[::11] if compiled(rule + tail) is None and " or " not in rule and "." not in rule]
    assert changed == []
    assert len(left) <= 0.03 * len(PLAIN[::11])


@pytest.mark.parametrize("tail", OF_A_TIME)
def test_the_state_of_the_market_is_a_reason_for_a_time_and_may_be_a_condition_elsewhere(tail: str) -> None:
    for rule in PLAIN[::11]:
        known, found = compiled(rule), compiled(rule + tail)
        checks = known.checks if isinstance(known, AllOf) else (known,)
        inner = [check.check if isinstance(check, Conditional) else check for check in checks]
        timed = all(
            isinstance(check, (Hours, SessionEdge, Weekdays, FlatBy, NotHeldOver)) or "when hours=" in short(part)
            for check, part in zip(inner, checks, strict=True)
        )
        assert found in ((known, None) if timed else (None,)), rule + tail
    assert short(compiled("No trades after 11:30" + tail)) == "hours start=11:30"


@pytest.mark.parametrize("tail", WEIGHTY)
def test_any_other_tail_leaves_the_rule_to_the_judge(tail: str) -> None:
    assert [rule for rule in PLAIN[::7] if compiled(rule + tail) is not None] == []


@pytest.mark.parametrize("figure", ["2", "two", "Two", "2 contracts", "max 2"])
def test_a_repetition_is_the_rules_own(figure: str) -> None:
    assert short(compiled(f"Max 2 contracts. {figure}.")) == "max_size limit=2 unit=contracts"
    assert compiled(f"Max 3 contracts. {figure}.") is None


@pytest.mark.parametrize(
    "piece",
    [", i mean it", ". one", " - it hurts", ", the firm will", " or the firm will", ", no ifs", " (chop", "! i "],
)
def test_no_tail_takes_long(piece: str) -> None:
    for text in (piece * LONGEST, "max 2 contracts" + piece * LONGEST, "2 trades a day, " * 9 + piece * LONGEST):
        compiled.cache_clear()
        started = time.process_time()
        compiled(text[:LONGEST])
        assert time.process_time() - started < 0.25


# ---- what is said once for several conditions


@pytest.mark.parametrize("zone", ["ET", "est", "New York time", "(ET)"])
def test_a_zone_at_the_end_is_that_of_all_times(zone: str) -> None:
    both = "hours end=09:45 zone=America/New_York + hours start=11:30 zone=America/New_York"
    assert short(compiled(f"No trades before 9:45 or after 11:30 {zone}")) == both
    assert short(compiled(f"No trades before 9:45 and no trades after 11:30 {zone}")) == both
    assert compiled(f"No trades before 9:45 {zone} or after 11:30") is None
    assert compiled(f"No trades before 9:45. Max 2 contracts. Flat by 15:55 {zone}") is None


@pytest.mark.parametrize(
    "rule",
    [
        "stop after 2 wins or 3 losses in a row",
        "stop after 3 trades or when down $1000 on the week",
        "max 2 contracts and no shorts on NQ",
        "risk max 1% and max 3% daily loss of my balance",
        "max 3 trades a day, no trades after 11:30 on Fridays",
        "max 1 contract, Fridays only",
        "no trades after 11:30, NQ only",
    ],
)
def test_where_it_is_open_whose_word_it_is_the_rule_is_the_judges(rule: str) -> None:
    assert compiled(rule) is None


def test_a_ban_of_its_own_days_is_no_scope_of_what_goes_before() -> None:
    assert (
        short(compiled("Max 3 trades a day, no trades on Fridays")) == "max_trades limit=3 + weekdays days=fri banned"
    )
