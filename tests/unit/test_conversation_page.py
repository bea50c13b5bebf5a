"""The page that draws the conversation says what the table says."""

from tests.conversation_page import DOCUMENT, page


def test_the_page_is_as_the_table_is() -> None:
    drawn = page()
    assert DOCUMENT.read_text() == drawn, "run: python -m tests.conversation_page"
    assert "idle --> awaiting_confirmation: Reported" in drawn
