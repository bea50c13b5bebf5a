"""What a recording is, told by its bytes: name and declared type are a stranger's word.

The kinds are those that the transcription services take (OpenAI's "Speech to text": flac, m4a, mp3, mp4, ogg, wav,
webm). How long it is follows from the file where that is written in one place; elsewhere its bytes are the limit.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from statemachine.errors import AttachmentRefused

_LAST_PAGE: Final = re.compile(rb"OggS\x00[\x00-\x07](.{8})", re.DOTALL)
_OPUS_RATE: Final = 48_000
"""Samples a second by which Opus counts in Ogg, whatever was recorded (RFC 7845, 4)."""
_HEAD: Final = 4096
_TAIL: Final = 128 * 1024
"""Bytes; a page of Ogg is 64 KB at most."""
_HEADER_OF_TRACK: Final = re.compile(rb"mvhd(\x00|\x01)...", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Audio:
    """A recording that can be listened to. `extension`: by which the services tell the kinds; `seconds` where known."""

    data: bytes = field(repr=False)
    extension: str
    mime: str
    seconds: float | None = None


def audio_in(data: bytes) -> Audio:
    """Raises AttachmentRefused ("empty", "unsupported")."""
    if not data:
        raise AttachmentRefused("empty")
    if data.startswith(b"OggS"):
        return Audio(data, "ogg", "audio/ogg", _ogg_seconds(data))
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return Audio(data, "wav", "audio/wav", _wav_seconds(data))
    if data[4:8] == b"ftyp":
        return Audio(data, "m4a", "audio/mp4", _mp4_seconds(data))
    if data.startswith(b"\x1aE\xdf\xa3"):
        return Audio(data, "webm", "audio/webm")
    if data.startswith(b"fLaC"):
        return Audio(data, "flac", "audio/flac")
    if data.startswith(b"ID3") or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2):
        return Audio(data, "mp3", "audio/mpeg")  # a frame of MPEG layer III; AAC begins alike, with layer 0
    raise AttachmentRefused("unsupported")


def _ogg_seconds(data: bytes) -> float | None:
    """By the position that the last page ends at; of Opus alone, which is what voice notes are."""
    if b"OpusHead" not in data[:_HEAD]:
        return None
    ends = [int.from_bytes(found[1], "little") for found in _LAST_PAGE.finditer(data[-_TAIL:])]
    known = [end for end in ends if end < 1 << 63]
    return known[-1] / _OPUS_RATE if known else None


def _wav_seconds(data: bytes) -> float | None:
    place = data[:_HEAD].find(b"fmt ")
    rate = int.from_bytes(data[place + 16 : place + 20], "little") if place > 0 else 0
    return len(data) / rate if rate else None


def _mp4_seconds(data: bytes) -> float | None:
    """By the movie header (ISO 14496-12, 8.2.2), wherever it lies."""
    found = _HEADER_OF_TRACK.search(data)
    if found is None:
        return None
    wide = found[1] == b"\x01"
    place = found.end() + (16 if wide else 8)
    scale = int.from_bytes(data[place : place + 4], "big")
    length = int.from_bytes(data[place + 4 : place + (12 if wide else 8)], "big")
    return length / scale if scale else None
