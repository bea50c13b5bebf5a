"""Recordings of every kind that is listened to, as short as they can be: nobody here hears what is in them."""

import io
import struct
import wave


def ogg(seconds: float = 3) -> bytes:
    """Opus as voice notes have it: a first page with its header, a last one that says how long it was."""
    head = b"OpusHead\x01\x01" + bytes(9)
    return _page(head, 0, 2) + _page(b"\xf8\xff\xfe", round(seconds * 48_000), 4)


def _page(packet: bytes, position: int, kind: int) -> bytes:
    header = struct.pack("<4sBBqIIIB", b"OggS", 0, kind, position, 1, 0, 0, 1)
    return header + bytes([len(packet)]) + packet


def wav(seconds: float = 1) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(100)
        file.writeframes(bytes(round(100 * seconds)))
    return buffer.getvalue()


def m4a(seconds: int = 3, *, wide: bool = False) -> bytes:
    """A phone's memo; `wide`: with the lengths of 64 bits."""
    times = (
        struct.pack(">QQIQ", 0, 0, 1000, seconds * 1000) if wide else struct.pack(">IIII", 0, 0, 1000, seconds * 1000)
    )
    header = bytes([wide, 0, 0, 0]) + times
    return _box(b"ftyp", b"M4A \0\0\0\0") + _box(b"moov", _box(b"mvhd", header)) + _box(b"mdat", b"\0\0")


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, name) + content


MP3 = b"\xff\xfb\x90\x64" + bytes(32)
MP3_TAGGED = b"ID3\x04" + bytes(32)
WEBM = b"\x1aE\xdf\xa3" + bytes(32)
FLAC = b"fLaC" + bytes(32)
AMR = b"#!AMR\n" + bytes(32)
AAC = b"\xff\xf1\x50\x80" + bytes(32)
