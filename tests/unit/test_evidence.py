"""A model's reason as it is shown: plain, short, without links, and a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.auditing.evidence import LONGEST_EVIDENCE, contradicts, plain, quotes_instructions
from bot.auditing.prompt import SYSTEM
from bot.auditing.verdict import Judgement


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a\x00b\x1b[31mc\r\nd", "a b 31mc d"),
        ("\u202eevil\u202c \u200bhidden", "evil hidden"),
        ("  spaced\t\tout \u2028 ", "spaced out"),
        ("Stop 18,230 → 18,240 ✅ größer", "Stop 18,230 → 18,240 ✅ größer"),
        ("Risk 2 * 20 = 40 > 30; stop_loss 18230.50 @ 10:15", "Risk 2 * 20 = 40 > 30; stop_loss 18230.50 @ 10:15"),
        ("In at 10.15, e.g. early. Then out.", "In at 10.15, e.g. early. Then out."),
        ("see https://evil.example/x?y=1 now", "see now"),
        ("ask t.me/evil or evil.com or HTTP://EVIL", "ask or or"),
        ("[free money](https://evil.example) here", "free money here"),
        ("**bold** _it_ `code` ~~gone~~ ||hidden||", "bold it code gone hidden"),
        ("<b>x</b> <script>alert(1)</script> <img", "x alert(1) img"),
        ("@everyone ＠here <@123> <!channel> #general", "everyone here general"),
        ("javascript:alert(1)", ""),
        ("…!?", ""),
    ],
)
def test_evidence_is_plain(said: str, shown: str) -> None:
    assert plain(said) == shown


@given(st.text(max_size=2000))
def test_plain_evidence_stays_as_it_is(said: str) -> None:
    shown = plain(said)
    assert plain(shown) == shown or len(plain(shown)) < len(shown)
    assert len(shown) <= LONGEST_EVIDENCE
    assert shown.isprintable()


@pytest.mark.parametrize(
    ("verdict", "said", "opposite"),
    [
        ("followed", "The rule was violated at 10:15.", True),
        ("followed", "This violates the limit.", True),
        ("followed", "The rule was not followed.", True),
        ("followed", "The rule was not violated.", False),
        ("followed", "There is no violation.", False),
        ("followed", "Closed at 10:05 without any violation.", False),
        ("followed", "No sign of a violation in the note.", False),
        ("followed", "Neither limit was violated; risk $400.", False),
        ("followed", "The limit wasn’t violated.", False),
        ("followed", "No stop, violated.", True),
        ("followed", "No stop was set. This violates the rule.", True),
        ("followed", "There was no stop, so the rule was violated.", True),
        ("followed", "It didn't violate anything, entry was at the pullback.", False),
        ("violated", "The rule was followed.", True),
        ("violated", "No violation is seen.", True),
        ("violated", "Entered 2 minutes after a loss, which violates the pause.", False),
        ("unclear", "The rule was followed or violated, nobody knows.", False),
    ],
)
def test_evidence_that_says_the_opposite(verdict: Judgement, said: str, opposite: bool) -> None:
    assert contradicts(verdict, said) is opposite


def test_the_instructions_are_no_evidence() -> None:
    assert quotes_instructions(f"Sure, I was told: {SYSTEM[100:300]}")
    assert quotes_instructions(SYSTEM.upper().replace(",", ""))
    assert not quotes_instructions("Entry 18250 was at the pullback to the 20 EMA, as the rule wants it.")
