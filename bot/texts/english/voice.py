"""Voice notes."""

from typing import Final

VOICE: Final = {
    "heard": "I heard: “{text}”",
    "warning.heard": "Heard in a voice note: check the numbers.",
    "unread.heard": "By voice only a plain “yes” saves what I have shown you. Please tap it, or type it.",
    "unread.ordered": "By voice I take trades, questions and a plain “yes”, and change nothing else. Please type that, "
    "or tap it.",
    "voice_refused.no_key": "I cannot listen to voice messages. Please type the trade.",
    "voice_refused.own_key": "I cannot listen to voice messages with your own key. Please type the trade.",
    "voice_refused.spent": "That was enough listening for one day. Please type the trade.",
    "voice_refused.too_long": "That recording is too long: I listen for {minutes} minutes at most. "
    "Please send a shorter one, or type the trade.",
    "voice_refused.too_large": "That recording is too large: at most {megabytes} MB. "
    "Please send a shorter one, or type the trade.",
    "voice_refused.several": "One recording at a time, please. Send them one by one, or type the trade.",
    "voice_refused.gone": "The recording is no longer there. Please send it again, or type the trade.",
    "voice_refused.empty": "The recording arrived empty. Please send it again, or type the trade.",
    "voice_refused.unsupported": "I cannot listen to this kind of recording: Ogg, MP3, M4A, WAV, FLAC or WebM, please. "
    "Or type the trade.",
    "voice_refused.silent": "I heard no words in that recording. Please send it again, or type the trade.",
    "voice_refused.later": "I could not listen to that recording now, and nothing was changed. "
    "Please send it again later, or type the trade.",
}
