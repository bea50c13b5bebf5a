"""In which language a trader is spoken to: the one they chose, else the platform's, else English."""

import pytest

from bot.accounts import Account
from bot.replies import view_of


@pytest.mark.parametrize(
    ("chosen", "platform", "spoken"),
    [
        ("de", "es", "de"),
        ("pt-BR", None, "pt-BR"),
        ("pt_BR", "en", "pt_BR"),
        (None, "es-MX", "es-MX"),
        (None, None, None),
        ("it", "de", "it"),
        ("", "de", "de"),
        (7, "de", "de"),
        (["fr"], "de", "de"),
        ("../fr", "de", "de"),
        ("f" * 1000, "de", "de"),
    ],
)
def test_what_was_chosen_goes_before(chosen: object, platform: str | None, spoken: str | None) -> None:
    assert Account.of({"preferences": {"language": chosen}}).locale(platform) == spoken


@pytest.mark.parametrize(
    ("preferences", "spoken"),
    [('{"language": "fr"}', "fr"), ("{}", "de"), ("[]", "de"), ('"fr"', "de"), (None, "de")],
)
def test_of_a_profile(preferences: str | None, spoken: str) -> None:
    view = view_of("de", preferences)
    assert view.locale == spoken
