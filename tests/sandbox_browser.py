"""Chromium before the sandbox page, and the person who uses it."""

import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, async_playwright, expect

from tests.contract.driver import PATIENCE

CHROMIUM = Path("/usr/bin/chromium")
expect.set_options(timeout=PATIENCE * 1000)
DROP = """([data, name, type]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const moved = new DataTransfer();
  moved.items.add(new File([bytes], name, { type }));
  for (const kind of ["dragover", "drop"]) {
    const event = new DragEvent(kind, { dataTransfer: moved, bubbles: true, cancelable: true });
    document.getElementById("chat").dispatchEvent(event);
  }
}"""


class Person:
    """Before the page. `trouble`: what the browser complained of, a broken policy too. `read`: how many messages of the
    chat were read: words that stood there before are no answer."""

    def __init__(self, page: Page, trouble: list[str]) -> None:
        self.page, self.trouble = page, trouble
        self.read = 0

    async def writes(self, text: str) -> None:
        await self.page.get_by_label("Message", exact=True).fill(text)
        await self.page.keyboard.press("Control+Enter")

    async def links(self) -> None:
        await self.page.get_by_role("button", name="Get a link code").click()
        await expect(self.page.get_by_label("Message", exact=True)).to_have_value(re.compile(r"/link VGL-\w{4}"))
        await self.page.keyboard.press("Control+Enter")
        await self.reads("This chat now writes the journal")

    async def drops(self, data: bytes, name: str = "chart.png", kind: str = "image/png") -> None:
        await self.page.evaluate(DROP, [base64.b64encode(data).decode(), name, kind])

    async def reads(self, words: str) -> Locator:
        """Vigil's next message that has them."""
        later = self.page.locator(f".log > .vigil:nth-child(n + {self.read + 1})")
        message = later.filter(has_text=words).first
        await expect(message).to_be_visible()
        self.read = await message.evaluate("node => [...node.parentNode.children].indexOf(node) + 1")
        return message

    async def opens(self, platform: str) -> None:
        """Another chat."""
        await self.page.get_by_role("radio", name=platform).check(force=True)
        self.read = 0

    async def sees_state(self, state: str, *, after: str) -> None:
        """The diagram has it lit, and nothing else; the move that led there too."""
        await expect(self.page.locator("g.state.current")).to_have_attribute("data-state", state)
        await expect(self.page.locator("#state-now")).to_have_text(state)
        last = self.page.locator(".move.last")
        await expect(last).to_have_attribute("data-from", after)
        await expect(last).to_have_attribute("data-to", state)


@asynccontextmanager
async def browsing(origin: str, *, script: str = "", **context: Any) -> AsyncIterator[Person]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await (await browser.new_context(**context)).new_page()
        await page.add_init_script(script)
        trouble: list[str] = []
        page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", lambda dialog: trouble.append(dialog.message))
        await page.goto(origin)
        yield Person(page, trouble)
        await browser.close()
