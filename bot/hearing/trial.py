"""Whether the service listens: a moment of silence is put into words."""

import io
import wave
from typing import Final

from bot.hearing.audio import audio_in
from bot.hearing.transcriber import transcriber_of
from bot.settings import Settings
from statemachine.errors import AuditError

SECONDS: Final = 8.0
_RATE: Final = 8000


async def heard_by(settings: Settings) -> str:
    """What an operator is told of OPENAI_TRANSCRIPTION_MODEL. A service that does not listen is no fault: the traders
    are asked to type."""
    model, ear = settings.openai_transcription_model, transcriber_of(settings)
    assert ear is not None  # noqa: S101 - asked where a key is set
    try:
        await ear.transcribe(audio_in(_silence()), seconds=SECONDS)
    except AuditError as error:
        return f"voice notes are not heard by {model}: {error}"
    finally:
        await ear.close()
    return f"voice notes are heard by {model}"


def _silence() -> bytes:
    """A second of it."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(bytes(2 * _RATE))
    return buffer.getvalue()
