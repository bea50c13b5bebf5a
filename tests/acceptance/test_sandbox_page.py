"""The sandbox page in a real browser: from the link to the verdicts, by mouse, keyboard and drop, wide and narrow."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import expect

from tests.contract.driver import picture
from tests.sandbox_browser import CHROMIUM, browsing
from tests.sandbox_page import REPORT, add_demo_trader, all_sent, served_page

if not CHROMIUM.exists():
    pytest.skip("Chromium is not installed (Debian: chromium)", allow_module_level=True)

MARKUP = "<img src=x onerror=alert(1)> <b>bold</b> & <script>alert(2)</script>"
UNNAMED = """() => [...document.querySelectorAll("button, input, textarea, a, img, svg[role=img]")]
  .filter((node) => node.checkVisibility() && !(node.ariaLabel || node.alt || node.textContent.trim()
    || node.querySelector("img[alt]") || [...(node.labels ?? [])].some((label) => label.textContent.trim())))
  .map((node) => node.outerHTML)"""
FAINT = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = (color) => {
    const [r, g, b] = [...rgba(color)].map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (rgba(color)[3] === 255) return color;
    }
    return "white";
  };
  const faint = [];
  for (const node of document.querySelectorAll("body *")) {
    const words = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!words || node.closest("svg, .drop, .skip") || !node.checkVisibility()) continue;
    const [one, other] = [light(getComputedStyle(node).color), light(ground(node))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) faint.push(`${node.className}: ${ratio.toFixed(2)} ${node.textContent.slice(0, 30)}`);
  }
  return faint;
}"""
WITHOUT_ROLE = """() => [...document.querySelectorAll("table, thead, tbody, tr, th, td")]
  .filter((node) => !node.role).map((node) => node.outerHTML)"""
"""On a phone they are laid out as no table: then not every browser takes them for one by their names."""
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


STREAMS = """(() => {
  window.streams = [];
  window.EventSource = class extends EventSource {
    constructor(address) {
      super(address);
      window.streams.push(this);
    }
  };
})()"""
BEGUN_ANEW = """() => {
  const [was] = [...document.querySelectorAll(".entry.vigil")].slice(-1).map((node) => node.entry);
  const data = JSON.stringify({ entries: [{ ...was, id: was.id + 1 }], whole: true, text_limit: 4096, edits: true });
  streams.at(-1).dispatchEvent(new MessageEvent("chat", { data }));
}"""
"""The first event of a bot that was started again: the same words by another number."""
HIDDEN = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
async def origin(dsn: str, connection: asyncpg.Connection, tmp_path: Path) -> AsyncIterator[str]:
    await add_demo_trader(connection)
    async with served_page(dsn, tmp_path) as served:
        yield served.origin


async def test_from_the_link_to_the_verdicts(origin: str) -> None:
    async with browsing(origin, viewport={"width": 1280, "height": 800}) as ann:
        await ann.links()
        await ann.writes(REPORT)
        await ann.reads("Is this right?")
        await ann.sees_state("awaiting_confirmation", after="idle")
        await expect(ann.page.locator("#drafts")).to_contain_text("18230")
        await ann.page.get_by_role("button", name="Confirm").click()
        await ann.reads("Recorded")
        await ann.sees_state("awaiting_screenshot", after="awaiting_confirmation")
        await expect(ann.page.locator("#trades")).to_contain_text("NQ long")
        await ann.drops(picture(40))
        await ann.reads("Your rules on NQ +$1,600.00")
        await ann.sees_state("idle", after="awaiting_screenshot")
        shown = ann.page.get_by_role("img", name="Screenshot you sent")
        await expect(shown).to_have_js_property("naturalWidth", 320)
        verdicts = ann.page.get_by_role("region", name="Verdicts")
        await expect(verdicts).to_contain_text("Never risk more than 1% of the account violated")
        await expect(verdicts).to_contain_text("Always have a stop loss followed")
        await expect(ann.page.locator("#messages")).to_contain_text("long 2 nq 18250")
        await expect(ann.page.locator("#jobs")).to_contain_text("audit")
        await ann.page.reload()
        ann.read = 0
        await ann.reads("Recorded")
        assert await ann.page.evaluate(UNNAMED) == []
        assert ann.trouble == []


async def test_what_is_written_stays_text(origin: str) -> None:
    async with browsing(origin) as ann:
        await ann.links()
        await ann.writes(f"/rules add {MARKUP}")
        await ann.reads(MARKUP)
        await ann.drops(b"Symbol,Qty\n", f"{MARKUP}.csv".replace("/", "_"), "text/csv")
        await ann.reads("Reading your file")
        await expect(ann.page.locator("#messages")).to_contain_text("<b>bold</b>")
        assert (
            await ann.page.locator(".log b:not(.name), .log script, .log .text *, #messages b, img[src=x]").count() == 0
        )
        assert ann.trouble == []


async def test_what_the_page_sees_to_itself(origin: str) -> None:
    """What is not taken is said and given back: an empty file, too many words, a bot that is gone. One that is back
    finds the page as it was. And a page out of sight leaves its connection to others: a browser opens six to one
    address, and then nothing written would leave."""
    async with browsing(origin, script=STREAMS) as ann:
        page, box, notice = ann.page, ann.page.get_by_label("Message", exact=True), ann.page.get_by_role("alert")
        await expect(page.get_by_text("No message is here yet")).to_be_visible()
        await box.fill("with this chart")
        await ann.drops(b"")
        await expect(notice).to_have_text("chart.png: This file is empty.")
        await expect(box).to_have_value("with this chart")
        await ann.writes("x" * 4097)
        await expect(notice).to_have_text("4097 characters are too many: at most 4096 here.")
        await expect(box).to_have_value("x" * 4097)
        await page.route("**/messages", lambda route: route.abort())
        await ann.writes(REPORT)
        await expect(notice).to_have_text("The bot is not running. Start it with: make run")
        await expect(box).to_have_value(REPORT)
        await page.unroute("**/messages")
        await page.clock.install()
        await page.evaluate(HIDDEN, True)
        await page.clock.fast_forward(20_000)
        assert await page.evaluate("streams.map((stream) => stream.readyState)") == [2]
        await page.evaluate(HIDDEN, False)
        assert await page.evaluate("streams.length") == 2
        await ann.writes("hello")
        await ann.reads("Hello, I am Vigil")
        await page.get_by_role("button", name=re.compile("Reply: Hello, I am")).press("Enter")
        await expect(page.locator("#about")).to_be_visible()
        await page.evaluate(BEGUN_ANEW)
        await expect(page.locator(".entry")).to_have_count(1)
        await expect(page.locator("#about")).to_be_hidden()
        await expect(notice).to_contain_text("choose once more what you answer")


async def test_by_keyboard_alone(origin: str) -> None:
    """Skip link, platform by arrows, words, a choice, an answer to one message, and back by Escape."""
    async with browsing(origin) as ann:
        page = ann.page
        await expect(page.get_by_role("button", name="Get a link code")).to_be_visible()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to the message box")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.get_by_label("Telegram")).to_be_focused()
        await page.keyboard.press("ArrowRight")
        await expect(page.get_by_label("Discord")).to_be_checked()
        await page.get_by_label("Message", exact=True).focus()
        await ann.links()
        await ann.writes(REPORT)
        await ann.reads("Is this right?")
        await page.get_by_role("button", name=re.compile("Reply: Is this right")).press("Enter")
        await expect(page.locator("#about")).to_contain_text("Answering: Is this right?")
        await expect(page.get_by_label("Message", exact=True)).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.locator("#about")).to_be_hidden()
        await page.get_by_role("button", name="Confirm").press("Enter")
        await ann.reads("Recorded")
        assert ann.trouble == []


async def test_on_a_phone(origin: str, connection: asyncpg.Connection) -> None:
    """One column, nothing wider than the screen, WhatsApp's numbers, and the database a tap away."""
    phone = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
    async with browsing(origin, **phone) as ann:
        page = ann.page
        await page.locator("label", has_text="WhatsApp").tap()
        await ann.links()
        await ann.writes(REPORT)
        await expect(await ann.reads("Is this right?")).to_contain_text("Answer with a number.")
        assert await page.locator(".choice").count() == 0
        assert not await page.evaluate(TOO_WIDE)
        await all_sent(connection)
        await ann.writes("1")
        await ann.reads("Recorded")
        await page.locator("label", has_text="Database").tap()
        await expect(page.get_by_role("log")).to_be_hidden()
        await expect(page.get_by_role("region", name="Last trades")).to_contain_text("NQ long")
        assert not await page.evaluate(TOO_WIDE)
        assert await page.evaluate(WITHOUT_ROLE) == []
        await expect(page.locator("g.state.current")).to_have_attribute("data-state", "awaiting_screenshot")
        assert ann.trouble == []
        await page.locator("label", has_text="Chat").tap()
        await page.route("**/events", lambda route: route.abort())
        await ann.opens("Telegram")
        await expect(page.get_by_text("No connection to the bot.")).to_be_visible()


async def test_words_stand_out_on_every_platform_in_light_and_dark(origin: str) -> None:
    """By the contrast that WCAG 2.2 asks for (1.4.3, level AA)."""
    async with browsing(origin, reduced_motion="reduce") as ann:
        for platform in ("Telegram", "Discord", "WhatsApp", "E-mail"):
            await ann.opens(platform)
            await ann.links()
            await ann.writes(REPORT)
            await ann.reads("Is this right?")
            for scheme in ("light", "dark"):
                await ann.page.emulate_media(color_scheme=scheme)
                assert await ann.page.evaluate(FAINT) == [], (platform, scheme)
