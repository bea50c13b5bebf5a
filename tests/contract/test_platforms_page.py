"""docs/platforms.md says what the contract suite proves."""

from tests.contract.drivers import DRIVERS
from tests.contract.page import DOCUMENT, page


def test_the_page_is_as_the_suite_is() -> None:
    written = page()
    assert DOCUMENT.read_text(encoding="utf-8") == written, "run: python -m tests.contract.page"
    assert all(driver.name in written for driver in DRIVERS)
