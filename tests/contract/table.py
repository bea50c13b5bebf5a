"""The contract suite as a table, case by platform: how the last run ended, printed below it."""

import re
from collections.abc import Iterator, Mapping

import pytest

CASE = re.compile(r"contract/test_contract\.py::test_(?P<case>\w+)\[(?P<platform>[^\]]+)\]")
MARKS: Mapping[str, str] = {"passed": "✓", "failed": "✗", "error": "✗", "skipped": "–"}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Imported by tests/conftest.py: with several processes only its hooks are heard."""
    from tests.contract.driver import CASES
    from tests.contract.drivers import DRIVERS

    ended = dict(_results(terminalreporter.stats))
    names = [driver.name for driver in DRIVERS if any(name == driver.name for _, name in ended)]
    if not names:
        return
    terminalreporter.section("what every platform keeps")
    terminalreporter.write_line(f"{'':<16}" + "".join(f"{name:>19}" for name in names))
    for case in CASES:
        marks = "".join(f"{ended.get((case, name), '–'):>19}" for name in names)
        terminalreporter.write_line(f"{case.replace('_', ' '):<16}{marks}")


def _results(stats: Mapping[str, list[object]]) -> Iterator[tuple[tuple[str, str], str]]:
    for outcome, mark in MARKS.items():
        for report in stats.get(outcome, ()):
            if found := CASE.search(getattr(report, "nodeid", "")):
                yield (found["case"], found["platform"]), mark
