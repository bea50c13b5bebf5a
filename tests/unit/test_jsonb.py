"""What PostgreSQL stores and Python's reader refuses is nothing; all else is read as it stands."""

import json
from decimal import Decimal

import pytest

from db.jsonb import read_json


@pytest.mark.parametrize("text", [None, "", "{", "[" * 3000 + "]" * 3000, "nul"])
def test_what_cannot_be_read_is_nothing(text: str | None) -> None:
    assert read_json(text) is None


@pytest.mark.parametrize("number", ["1" + "0" * 5000, "1" + "0" * 5000 + ".5"])
def test_a_number_nobody_meant_is_none(number: str) -> None:
    assert read_json(f'{{"a": {number}, "b": 1}}') == {"a": None, "b": 1}


def test_what_is_read_can_be_written_again() -> None:
    result = {"seconds": 0.123, "tokens": 100, "cost_usd": "0.000120", "verdicts": [{"case": None}]}
    assert json.loads(json.dumps(read_json(json.dumps(result)))) == result


def test_money_keeps_its_digits() -> None:
    assert read_json('{"pnl": 0.1}', exact=True) == {"pnl": Decimal("0.1")}
