"""Pictures people send: every way a file can lie about being a picture, and what is left of an honest one."""

import io
import random
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from bot.media import MAX_BYTES, MAX_PIXELS, Picture, clean_picture, cleaned
from statemachine.errors import AttachmentRefused

FORMATS = [("PNG", "png", "image/png"), ("JPEG", "jpg", "image/jpeg"), ("WEBP", "webp", "image/webp")]
SECRET = b"48.137154, 11.576124"


def chart(width: int = 900, height: int = 600, *, dark: bool = True) -> Image.Image:
    """A plain line chart as trading apps draw them."""
    image = Image.new("RGB", (width, height), "#131722" if dark else "white")
    draw = ImageDraw.Draw(image)
    prices = random.Random(7)
    level = height // 2
    for x in range(0, width, 8):
        level = min(max(level + prices.randint(-20, 20), 10), height - 10)
        draw.rectangle((x, level, x + 4, level + 12), fill="#26a69a" if level % 2 else "#ef5350")
    return image


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def reopened(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.data))
    image.load()
    return image


def reason_of(data: bytes) -> str:
    with pytest.raises(AttachmentRefused) as refused:
        clean_picture(data)
    return refused.value.reason


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("kind", "extension", "mime"), FORMATS)
def test_every_format_is_kept(kind: str, extension: str, mime: str) -> None:
    picture = clean_picture(encoded(chart(), kind))
    assert (picture.extension, picture.mime) == (extension, mime)
    assert (picture.width, picture.height, picture.quality) == (900, 600, "good")
    assert reopened(picture).format == kind
    assert reopened(picture).size == (900, 600)


async def test_cleaning_off_the_event_loop_gives_the_same() -> None:
    data = encoded(chart(), "PNG")
    assert await cleaned(data) == clean_picture(data)


@pytest.mark.parametrize(("kind", "extension", "mime"), FORMATS)
def test_metadata_is_stripped(kind: str, extension: str, mime: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    options: dict[str, object] = {"exif": exif.tobytes()}
    if kind == "PNG":
        text = PngInfo()
        text.add_text("Comment", SECRET.decode())
        options["pnginfo"] = text
    if kind == "JPEG":
        options["comment"] = SECRET
    data = encoded(chart(), kind, **options)
    assert SECRET in data
    picture = clean_picture(data)
    assert SECRET not in picture.data
    assert not reopened(picture).getexif()


@pytest.mark.parametrize(("kind", "extension", "mime"), FORMATS)
def test_a_picture_held_sideways_is_turned_upright(kind: str, extension: str, mime: str) -> None:
    image = Image.new("RGB", (600, 500), "white")
    image.paste("black", (0, 0, 300, 500))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it 90° clockwise
    picture = clean_picture(encoded(image, kind, exif=exif.tobytes()))
    assert (picture.width, picture.height) == (500, 600)
    upright = reopened(picture).convert("L")
    top, bottom = upright.getpixel((250, 100)), upright.getpixel((250, 500))
    assert isinstance(top, int)
    assert isinstance(bottom, int)
    assert top < 20
    assert bottom > 235


@pytest.mark.parametrize(("kind", "extension", "mime"), FORMATS)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(kind: str, extension: str, mime: str, part: float) -> None:
    data = encoded(chart(), kind)
    assert reason_of(data[: int(len(data) * part)]) == "truncated"


@pytest.mark.parametrize(("kind", "extension", "mime"), FORMATS)
def test_what_hides_behind_the_pixels_is_gone(kind: str, extension: str, mime: str) -> None:
    data = encoded(chart(), kind) + b"<script>alert(1)</script>PK\x03\x04"
    picture = clean_picture(data)
    assert b"<script>" not in picture.data
    assert picture.data.count(b"PK\x03\x04") == 0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not_an_image"),
        (b"hello", "not_an_image"),
        (b"%PDF-1.7\n1 0 obj", "not_an_image"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "not_an_image"),
        (b"<html><body>not a picture</body></html>", "not_an_image"),
        (b"PK\x03\x04" + b"\0" * 40, "not_an_image"),
        (b"%PDF-1.7\n" + encoded(chart(), "PNG"), "not_an_image"),
        (encoded(chart(), "GIF"), "unsupported"),
        (encoded(chart(), "BMP"), "unsupported"),
        (encoded(chart(), "TIFF"), "unsupported"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "unsupported"),
        (b"\x89PNG\r\n\x1a\n", "truncated"),
        (b"\x89PNG\r\n\x1a\n%PDF-1.7", "truncated"),
        (b"\xff\xd8\xff<svg/>", "truncated"),
        (b"RIFF\x10\0\0\0WEBPVP8 garbage", "truncated"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, reason: str) -> None:
    assert reason_of(data) == reason


def test_more_than_five_megabytes_are_refused_unseen() -> None:
    assert reason_of(encoded(chart(), "PNG") + b"\0" * MAX_BYTES) == "too_large"


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (2**31 - 1, 2**31 - 1), (MAX_PIXELS + 1, 1)])
def test_a_bomb_is_refused_by_its_header(width: int, height: int) -> None:
    assert reason_of(png_header(width, height)) == "too_many_pixels"


def test_a_webp_bomb_is_refused_by_its_header() -> None:
    small = bytearray(encoded(chart(64, 64), "WEBP", lossless=True, exif=b"Exif\0\0x"))
    assert small[12:16] == b"VP8X"
    small[24:30] = (16_382).to_bytes(3, "little") * 2
    assert reason_of(bytes(small)) == "too_many_pixels"


def test_a_real_bomb_of_few_bytes_is_refused() -> None:
    data = encoded(Image.new("1", (12_000, 12_000)), "PNG")
    assert len(data) < 100_000
    assert reason_of(data) == "too_many_pixels"


def test_a_compressed_text_bomb_is_refused() -> None:
    text = PngInfo()
    text.add_text("Comment", "A" * 80_000_000, zip=True)
    data = encoded(chart(), "PNG", pnginfo=text)
    assert len(data) < 200_000
    assert reason_of(data) == "truncated"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_kept(kind: str) -> None:
    frames = [chart(dark=True), chart(dark=False)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True)
    kept = reopened(clean_picture(data))
    assert getattr(kept, "n_frames", 1) == 1
    assert sum(kept.convert("RGB").resize((1, 1)).getpixel((0, 0)) or ()) < 300  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"], ids=lambda mode: mode.replace(";", "-"))
def test_every_kind_of_png_pixel_is_read(mode: str) -> None:
    image = Image.linear_gradient("L").resize((640, 480))
    made = Image.new("I;16", image.size, 30_000) if mode == "I;16" else image.convert(mode)
    assert reopened(clean_picture(encoded(made, "PNG"))).mode in {"RGB", "RGBA"}


def test_a_printers_jpeg_is_read() -> None:
    assert reopened(clean_picture(encoded(chart().convert("CMYK"), "JPEG"))).mode == "RGB"


def test_transparency_survives_in_png_and_becomes_white_where_jpeg_must_do() -> None:
    noise = random.Random(1).randbytes(1700 * 1300 * 3)
    image = Image.frombytes("RGB", (1700, 1300), noise).quantize(256).convert("RGBA")
    assert reopened(clean_picture(encoded(chart().convert("RGBA"), "PNG"))).mode == "RGBA"
    wide = Image.new("RGBA", (1700, 1300), (0, 0, 0, 0))
    wide.paste(image, (0, 100))
    wide.putalpha(Image.frombytes("L", wide.size, b"\0" * (1700 * 100) + b"\xff" * (1700 * 1200)))
    data = encoded(wide.quantize(64), "PNG")
    assert len(data) <= MAX_BYTES
    picture = clean_picture(data)
    assert (picture.extension, picture.mime) == ("jpg", "image/jpeg")
    assert len(picture.data) <= MAX_BYTES
    assert reopened(picture).getpixel((5, 5)) >= (245, 245, 245)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("image", "quality"),
    [
        (chart(1920, 1080), "good"),
        (chart(1920, 1080, dark=False), "good"),
        (chart(500, 399), "low_resolution"),
        (chart(500, 400), "good"),
        (chart(800, 159), "unreadable"),
        (Image.new("RGB", (1280, 720), "black"), "unreadable"),
        (Image.new("RGB", (1280, 720), "white"), "unreadable"),
    ],
)
def test_quality_is_noted(image: Image.Image, quality: str) -> None:
    assert clean_picture(encoded(image, "PNG")).quality == quality


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_random_damage_is_refused_or_decoded_but_never_crashes(kind: str) -> None:
    damage = random.Random(kind)
    whole = encoded(chart(320, 240), kind)
    outcomes = []
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(damage.randint(1, 6)):
            data[damage.randrange(len(data))] = damage.randrange(256)
        outcomes.append(_outcome(clean_picture, bytes(data)))
    assert set(outcomes) <= {"kept", "truncated", "not_an_image", "too_many_pixels"}


def _outcome(clean: Callable[[bytes], Picture], data: bytes) -> str:
    try:
        clean(data)
    except AttachmentRefused as refused:
        return refused.reason
    return "kept"
