"""Turns the bytes somebody sent into a picture that is safe to keep: decoded in full, upright, encoded anew.

What is stored is always our own encoding: metadata (GPS, comments, thumbnails), further frames and whatever
was hidden behind the pixels do not survive it. Name and declared type are never looked at.
"""

import asyncio
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Final, Literal

from PIL import Image, ImageOps, ImageStat
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from statemachine.errors import AttachmentRefused

MAX_BYTES: Final = 5 * 1024 * 1024
"""The bucket's limit (schema.md), for what comes in and for what is stored."""
MAX_PIXELS: Final = 40_000_000
"""Checked before any pixel is decoded; 40 MP need 160 MB of memory each way."""

LOW_RESOLUTION_BELOW: Final = 400
"""Pixels on the shorter side under which the price axis of a chart can hardly be read."""
UNREADABLE_BELOW: Final = 160
"""Pixels on the shorter side under which no text can be read at all."""
BLANK_BELOW: Final = 3.0
"""Standard deviation of the grey values (0-255) under which a picture is one flat surface."""

Quality = Literal["good", "low_resolution", "unreadable"]
Format = Literal["PNG", "JPEG", "WEBP"]

_EXTENSIONS: Final[dict[Format, str]] = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
_OTHER_PICTURES: Final = (b"GIF8", b"BM", b"II*\0", b"MM\0*", b"8BPS", b"\0\0\1\0", b"\xff\x0a")
_OTHER_BRANDS: Final = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_DAMAGED: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    struct.error,
    zlib.error,
)
"""What Pillow raises on crafted bytes, and for shapes the format cannot hold."""

_workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="picture")
"""Two at a time: an album of 40 MP pictures must not take the memory of all of them at once."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that may be stored. `quality` is what trades.screenshot_quality holds."""

    data: bytes
    mime: str
    extension: str
    width: int
    height: int
    quality: Quality


async def cleaned(data: bytes) -> Picture:
    """`clean_picture` off the event loop. Raises AttachmentRefused."""
    return await asyncio.get_running_loop().run_in_executor(_workers, clean_picture, data)


def clean_picture(data: bytes) -> Picture:
    """PNG, JPEG or WebP of at most 5 MB, encoded anew; of an animation the first frame.

    Keeps the format, or falls back to JPEG where ours would be larger than 5 MB. Seconds of CPU for the largest.
    Raises AttachmentRefused: too_large, not_an_image, unsupported, too_many_pixels, truncated.
    """
    if len(data) > MAX_BYTES:
        raise AttachmentRefused("too_large")
    source = _format(data)
    try:
        image = _decoded(data, source)
        encoded, target = _encoded(image, source)
    except Image.DecompressionBombError as error:  # WebP's class checks while it opens, by a larger limit
        raise AttachmentRefused("too_many_pixels") from error
    except _DAMAGED as error:
        raise AttachmentRefused("truncated") from error
    return Picture(
        data=encoded,
        mime=f"image/{target.lower()}",
        extension=_EXTENSIONS[target],
        width=image.width,
        height=image.height,
        quality=_quality(image),
    )


def _format(data: bytes) -> Format:
    """By the first bytes: a PDF or SVG that is named .png ends here."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    other = data.startswith(_OTHER_PICTURES) or (data[4:8] == b"ftyp" and data[8:12] in _OTHER_BRANDS)
    raise AttachmentRefused("unsupported" if other else "not_an_image")


def _decoded(data: bytes, source: Format) -> Image.Image:
    """The first frame, upright, as RGB or RGBA, with nothing else attached.

    Opens by the format's own class: Image.open would probe the other formats too, and only warn of bombs.
    """
    opened: ImageFile
    match source:
        case "PNG":
            opened = PngImageFile(BytesIO(data))
        case "JPEG":
            opened = JpegImageFile(BytesIO(data))
        case "WEBP":
            opened = WebPImageFile(BytesIO(data))
    with opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise AttachmentRefused("too_many_pixels")
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        image = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    image.info = {}
    return image


def _encoded(image: Image.Image, source: Format) -> tuple[bytes, Format]:
    attempts: tuple[tuple[Format, int], ...] = ((source, 90), ("JPEG", 85), ("JPEG", 60))
    for target, quality in attempts:
        encoded = _saved(image, target, quality)
        if len(encoded) <= MAX_BYTES:
            return encoded, target
    raise AttachmentRefused("too_large")


def _saved(image: Image.Image, target: Format, quality: int) -> bytes:
    if target == "JPEG" and image.mode == "RGBA":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    buffer = BytesIO()
    if target == "PNG":
        image.save(buffer, "PNG")
    else:
        image.save(buffer, target, quality=quality)
    return buffer.getvalue()


def _quality(image: Image.Image) -> Quality:
    shorter = min(image.size)
    if shorter < UNREADABLE_BELOW or ImageStat.Stat(image.convert("L")).stddev[0] < BLANK_BELOW:
        return "unreadable"
    return "low_resolution" if shorter < LOW_RESOLUTION_BELOW else "good"
