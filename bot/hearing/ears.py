"""Who listens to a trader's voice notes."""

from bot.hearing.transcriber import OpenAITranscriber, Transcriber, transcriber_of
from bot.services import Service, Services
from bot.settings import Settings

Ear = Service[Transcriber]
Ears = Services[Transcriber]


def ears_of(settings: Settings) -> Ears:
    """The product's client is the caller's to close."""
    model = settings.openai_transcription_model
    return Services(
        settings, transcriber_of(settings), model, lambda provider: provider.transcription, OpenAITranscriber
    )
