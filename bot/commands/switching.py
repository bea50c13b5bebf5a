"""On and off as traders say them, in the languages of the replies."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.texts.catalogue import LANGUAGES

ON_OFF: Final[Mapping[str, bool]] = MappingProxyType(
    {
        **dict.fromkeys(("on", "yes", "true", "1", "si", "ja"), True),
        **dict.fromkeys(("off", "no", "none", "false", "0", "stop", "nao", "nein"), False),
        **{texts["state.on"]: True for texts in LANGUAGES.values()},
        **{texts["state.off"]: False for texts in LANGUAGES.values()},
    }
)
