"""The terminal as the cases see it: lines in, print out."""

import os
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

from adapters.console import Console
from tests.contract.driver import NO_PLACES, Driver, Shown, until

ONE_READER = "a line is read once, in the order it is typed"
NO_PLATFORM = "there is no platform between"


class Terminal(Driver):
    name = "Terminal"
    albums = False
    cannot: ClassVar = {
        "place": NO_PLACES,
        "image_as_file": "/photo is the one way to send a picture",
        "edit": "what is printed stays",
        "duplicate": ONE_READER,
        "out_of_order": ONE_READER,
        "group": "one person sits before it",
        "forged": "whoever types is the person",
        "platform_down": NO_PLATFORM,
        "slow": NO_PLATFORM,
        "rate_limited": NO_PLATFORM,
        "refused": NO_PLATFORM,
    }

    def __init__(self, folder: Path, keys: int, screen: int) -> None:
        self.folder, self._keys = folder, keys
        self._printed: list[str] = []
        self.adapter = Console(
            "telegram", "local:contract", folder, self._settled, write=self._printed.append, input_fd=screen
        )

    @classmethod
    @asynccontextmanager
    async def running(cls, folder: Path) -> AsyncIterator["Terminal"]:
        screen, keys = os.pipe()
        try:
            yield cls(folder, keys, screen)
        finally:
            os.close(keys)

    async def _settled(self, *, jobs: bool = False) -> None:
        """The cases wait for what they want to see."""

    async def write(self, text: str) -> None:
        os.write(self._keys, f"{text}\n".encode())

    async def photos(self, pictures: Sequence[bytes], caption: str) -> None:
        for number, data in enumerate(pictures):
            path = self.folder / f"chart-{number}.png"
            path.write_bytes(data)
            await self.write(f"/photo {path} {caption if number == 0 else ''}")

    async def voice(self, recording: bytes) -> None:
        path = self.folder / "memo.ogg"
        path.write_bytes(recording)
        await self.write(f"/voice {path}")

    async def press(self, label: str) -> None:
        (number,) = re.findall(rf"\[(\d+)\] {re.escape(label)}", self._printed[-1])
        await self.write(number)

    async def write_nothing(self) -> None:
        await self.write("   ")

    async def after_outage(self, text: str) -> None:
        """It is said at once that nothing was stored, and the person types it again."""
        await until(lambda: any("nothing was stored" in printed for printed in self._printed))
        await self.write(text)

    def shown(self) -> list[Shown]:
        return [Shown(printed.rstrip("\n"), file=_file(printed)) for printed in self._printed if printed[:2] != "> "]


def _file(printed: str) -> bytes | None:
    found = re.search(r"^\[file (.+)\]$", printed, re.MULTILINE)
    return Path(found[1]).read_bytes() if found else None
