"""Makes the README's pictures of the sandbox page: `python -m tests.sandbox_pictures`.

As a stranger sees it after `make run`: a worker on a database of its own with the demo trader's month, in Chromium.
"""

import asyncio
import io
import itertools
import random
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

from tests.acceptance.processes import environment, free_port, worker
from tests.sandbox_browser import Person, browsing

FOLDER = Path(__file__).parent.parent / "docs" / "images"
DESKTOP = {"viewport": {"width": 1360, "height": 900}, "color_scheme": "light"}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 1.5,
    "is_mobile": True,
    "has_touch": True,
    "color_scheme": "dark",
}
CONTEXT = {"timezone_id": "America/New_York", "locale": "en-GB", "reduced_motion": "reduce"}
GROUND, GRID, UP, DOWN = "#131722", "#2a2e39", "#26a69a", "#ef5350"


def candles(opened: float, closed: float, size: tuple[int, int] = (900, 480)) -> bytes:
    """A chart as a trader's program shows it, of a market that went from the one price to the other."""
    chance, (width, height), bars = random.Random(1), size, 60
    prices = [opened + (closed - opened) * bar / bars + chance.uniform(-1, 1) * 4 for bar in range(bars + 1)]
    low, high = min(prices) - 8, max(prices) + 8
    picture = Image.new("RGB", size, GROUND)
    draw = ImageDraw.Draw(picture)

    def y(price: float) -> float:
        return (high - price) / (high - low) * height

    for price in range(int(low) // 10 * 10 + 10, int(high), 10):
        draw.line((0, y(price), width - 70, y(price)), GRID)
        draw.text((width - 62, y(price) - 9), f"{price:,}", "#b2b5be", font_size=16)
    step = (width - 80) / bars
    for bar, (first, last) in enumerate(itertools.pairwise(prices)):
        x, color = 8 + bar * step, UP if last >= first else DOWN
        wick = [y(max(first, last) + chance.uniform(0, 4)), y(min(first, last) - chance.uniform(0, 4))]
        draw.line((x + step / 2, wick[0], x + step / 2, wick[1]), color, 2)
        draw.rectangle((x + 2, y(max(first, last)), x + step - 2, y(min(first, last)) + 1), color)
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


async def desktop(person: Person) -> None:
    """A trade was judged, the next one waits for its yes."""
    await person.links()
    await person.writes("long 2 nq 18250 > 18290 stop 18230 tp 18310")
    asked = await person.reads("Is this right?")
    await asked.get_by_role("button", name="Confirm").click()
    await person.reads("Send the picture")
    await person.drops(candles(18236, 18292))
    await person.reads("Your rules on NQ")
    await person.sees_state("idle", after="awaiting_screenshot")
    await person.writes("short 1 es 5320.5 > 5312.25 stop 5324 tp 5310")
    await person.reads("Is this right?")
    await person.sees_state("awaiting_confirmation", after="idle")


async def phone(person: Person) -> None:
    """WhatsApp: the chart that was sent, and what the rules say of its trade."""
    await person.opens("WhatsApp")
    await person.links()
    await person.writes("short 2 nq 18312 > 18275 stop 18330 tp 18250")
    await person.reads("Is this right?")
    await person.writes("yes")
    await person.reads("Send the picture")
    await person.drops(candles(18320, 18274))
    audit = await person.reads("Your rules on NQ")
    sent = person.page.get_by_role("img", name="Screenshot you sent")
    await sent.evaluate("image => image.decode()")
    await audit.evaluate("node => node.parentNode.querySelector('img').closest('article').scrollIntoView()")


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        variables = environment(Path(name), PORT=str(free_port()))
        async with worker(Path(name), variables) as running:
            for picture, screen, talk in (("desktop", DESKTOP, desktop), ("phone", PHONE, phone)):
                async with browsing(f"http://127.0.0.1:{variables['PORT']}", **CONTEXT, **screen) as person:
                    await talk(person)
                    await person.page.evaluate("document.activeElement.blur()")
                    await person.page.mouse.move(0, 0)
                    taken = Image.open(io.BytesIO(await person.page.screenshot())).convert("RGB")
                    taken.quantize(256, Image.Quantize.MAXCOVERAGE).save(
                        FOLDER / f"sandbox-{picture}.png", optimize=True
                    )
            await running.terminate()


if __name__ == "__main__":
    asyncio.run(main())
