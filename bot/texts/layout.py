"""How buttons and lists are laid out so that every platform can show them."""

from collections.abc import Iterable
from typing import Final

from statemachine.message import Button

Rows = tuple[tuple[Button, ...], ...]

ROW: Final = 5
"""Buttons beside one another, and rows: Discord takes five of each."""


def rows_of(buttons: Iterable[Button], width: int = ROW) -> Rows:
    flat = tuple(buttons)
    return tuple(flat[start : start + width] for start in range(0, len(flat), width))
