"""The form behind Edit: what it begins with, and what becomes of the draft when it is filled in."""

from datetime import timedelta

import pytest

from adapters.discord_wire import to_payloads, unescape
from bot.forms import prefill
from statemachine.message import Reply
from tests.conversations.driver import Chat, shown

REPORT = "long 2 nq 18250 > 18290 stop 18230"


class Trader:
    """Reports, opens the form and fills it in, as on a platform that has forms."""

    def __init__(self, report: str = REPORT) -> None:
        self.chat = Chat()
        self.count = 0
        self.reply = self.say(report)

    def say(self, text: str, button: str | None = None) -> Reply:
        self.count += 1
        replies, _ = self.chat.receive(self.chat.message(str(self.count), text=text, button=button))
        self.reply = replies[-1]
        return self.reply

    def edit(self, text: str) -> str:
        return shown(self.say(text, self.chat.button("Edit")))

    def form(self, reply: Reply | None = None) -> str | None:
        """What the form shows that opens below a reply, after its way to the platform and back."""
        (payload,) = to_payloads(reply or self.reply)
        return prefill(self.chat.button("Edit"), unescape(payload["content"]))


@pytest.mark.parametrize(
    ("report", "begins_with"),
    [
        (REPORT, "Long 2 NQ 18,250 → 18,290 · stop 18,230"),
        ("in long es 5321.25 stop 5317", "Long ES in at 5321.25, open · stop 5317"),
        ("made 400 on nq long", "Long NQ P&L +$400.00, as you said"),
    ],
)
def test_begins_with_what_the_trader_said(report: str, begins_with: str) -> None:
    assert Trader(report).form() == begins_with


@pytest.mark.parametrize(
    "report", [REPORT, "in long es 5321.25 stop 5317", "made 400 on nq long", "short 100 AAPL 180 > 175"]
)
def test_sent_back_as_it_was_it_changes_nothing(report: str) -> None:
    trader = Trader(report)
    before = trader.chat.conversation.drafts[0].fields
    form = trader.form()
    assert form is not None
    trader.edit(form)
    assert trader.chat.conversation.drafts[0].fields == before
    assert len(trader.chat.conversation.drafts) == 1


def test_the_whole_trade_written_anew() -> None:
    trader = Trader()
    assert "18,250 → 18,295 · stop 18,230" in trader.edit("Long 2 NQ 18,250 → 18,295 · stop 18,230")
    assert "+$2,700.00 computed" in trader.edit("long 3 nq 18250 > 18295 stop 18230")
    (draft,) = trader.chat.conversation.drafts
    assert draft.revision == 3


def test_what_is_deleted_in_the_form_is_gone() -> None:
    trader = Trader()
    assert "stop" not in trader.edit("Long 2 NQ 18,250 → 18,290").split(" / ")[2]
    assert trader.chat.conversation.drafts[0].fields.stop_loss is None


def test_a_part_is_a_correction() -> None:
    assert "18,250 → 18,300 · stop 18,230" in Trader().edit("exit 18300")


def test_words_nobody_can_read_change_nothing() -> None:
    trader = Trader()
    before = trader.chat.conversation
    trader.edit("the usual, you know")
    assert trader.chat.conversation.drafts == before.drafts


def test_a_form_left_open_while_the_draft_changed_shows_it_as_it_is_now() -> None:
    trader = Trader()
    button = trader.chat.button("Edit")
    trader.say("exit 18300")
    answer = shown(trader.say("long 2 nq 18250 > 18111", button))
    assert "18,250 → 18,300" in answer
    assert "18,111" not in answer


def test_a_form_of_a_recorded_trade_records_no_second_one() -> None:
    trader = Trader()
    button = trader.chat.button("Edit")
    trader.say("", trader.chat.button("Confirm"))
    trader.say("long 2 nq 18250 > 18111", button)
    assert trader.chat.conversation.drafts == ()
    assert len(trader.chat.journal.trades) == 1


def test_a_form_of_a_draft_put_away_brings_it_back() -> None:
    trader = Trader()
    button = trader.chat.button("Edit")
    trader.chat.wait(timedelta(days=1))
    assert trader.chat.conversation.drafts == ()
    assert "18,250 → 18,290" in shown(trader.say("long 2 nq 18250 > 18111", button))


def test_a_close_is_corrected_by_its_parts() -> None:
    trader = Trader("in long es 5321.25")
    trader.say("", trader.chat.button("Confirm"))
    trader.say("out 5330")
    assert trader.form() == ""
    assert "at 5335" in trader.edit("exit 5335")
    assert len(trader.chat.conversation.drafts) == 1


@pytest.mark.parametrize("data", ["c:" + "0" * 32 + ":1", "s", "t", "e:short:1", ""])
def test_other_buttons_open_no_form(data: str) -> None:
    assert prefill(data, "Is this right?\nLong 2 NQ") is None
