"""Screenshots as traders send them, and what the store keeps of them."""

import io
from pathlib import Path

from PIL import Image, ImageDraw

from statemachine.message import Attachment

PHOTO = Attachment(kind="photo", handle="photo-1")


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 600)) -> bytes:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).line((0, 0, *size), fill="black", width=40)
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def files(folder: Path) -> list[Path]:
    """What is stored in DATA_DIR."""
    return sorted(path for path in (folder / "screenshots").rglob("*") if path.is_file())
