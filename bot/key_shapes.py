"""What keys of language models look like, so that none that somebody sends is kept, shown or logged."""

import re
from typing import Final

HIDDEN_KEY: Final = "[key]"

SHAPES: Final = (
    r"\bsk-[A-Za-z0-9_*-]{12,}",  # OpenAI, OpenRouter (sk-or-), DeepSeek, Anthropic (sk-ant-)
    r"\bgsk_[A-Za-z0-9]{16,}",  # Groq
    r"\bxai-[A-Za-z0-9]{16,}",
    r"\btgp_v1_[A-Za-z0-9_-]{16,}",  # Together
    r"\bAIza[A-Za-z0-9_-]{30,}",  # Google
)
_KEY: Final = re.compile("|".join(SHAPES))
_GIVEN: Final = re.compile(r"(?is)\A(\s*/key(?:@\w+)?\s+)(?=.*\S{12}).*")
"""Mistral's have no shape of their own, so what comes after the command is one where it is long enough."""


def mask_keys(text: str) -> str:
    """The text with every key in it replaced by HIDDEN_KEY."""
    return _KEY.sub(HIDDEN_KEY, _GIVEN.sub(rf"\1{HIDDEN_KEY}", text))
