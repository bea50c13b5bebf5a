"""Layers point one way, and nothing in the tree names a machine or a registry."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAY_IMPORT = {
    "statemachine": {"statemachine"},
    "adapters": {"adapters", "statemachine"},
    "db": {"db", "statemachine"},
    "bot": {"bot", "adapters", "db", "statemachine"},
}
OURS = set(MAY_IMPORT) | {"tests", "benchmarks"}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_layers_point_one_way(package: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): against
        for path in modules(package)
        if (against := set(imported(path)) & OURS - MAY_IMPORT[package])
    }
    assert wrong == {}


def test_the_conversation_does_no_io() -> None:
    """No clock, no randomness, no logging, no await, no sockets."""
    banned = {"asyncio", "logging", "os", "random", "secrets", "socket", "structlog", "time", "asyncpg", "aiohttp"}
    for path in modules("statemachine"):
        assert set(imported(path)) & banned == set(), path.name
        assert not any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(ast.parse(path.read_text())))


def test_the_lock_file_has_hashes_and_no_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    pinned = [line for line in lock.splitlines() if "==" in line and not line.startswith((" ", "#"))]
    assert len(pinned) > 50
    assert lock.count("--hash=sha256:") >= len(pinned)


def test_no_tracked_file_names_a_path_of_this_machine() -> None:
    home, here = str(Path.home()), str(ROOT.parent)
    words = [word for word in (f"{home}/", f"{here}/") if word not in ("//", "/")]
    for word in words:
        found = subprocess.run(
            ["git", "grep", "-nI", "-F", "-e", word], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert found.stdout == ""
