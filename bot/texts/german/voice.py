"""Voice notes."""

from typing import Final

VOICE: Final = {
    "heard": "Gehört: „{text}“",
    "warning.heard": "Aus einer Sprachnachricht gehört: Prüf die Zahlen.",
    "unread.heard": "Per Stimme speichert nur ein klares „ja“, was ich gezeigt habe. Bitte tippe es an oder schreib "
    "es.",
    "unread.ordered": "Per Stimme nehme ich Trades, Fragen und ein klares „ja“ und ändere sonst nichts. Bitte schreib "
    "es oder tippe es an.",
    "voice_refused.no_key": "Sprachnachrichten kann ich nicht hören. Bitte schreib den Trade.",
    "voice_refused.own_key": "Mit deinem eigenen Schlüssel kann ich keine Sprachnachrichten hören. Bitte schreib den "
    "Trade.",
    "voice_refused.spent": "Das war genug Zuhören für einen Tag. Bitte schreib den Trade.",
    "voice_refused.too_long": "Diese Aufnahme ist zu lang: Ich höre höchstens {minutes} Minuten. Sende eine kürzere "
    "oder schreib den Trade.",
    "voice_refused.too_large": "Diese Aufnahme ist zu groß: höchstens {megabytes} MB. Sende eine kürzere oder schreib "
    "den Trade.",
    "voice_refused.several": "Bitte eine Aufnahme auf einmal. Sende sie einzeln oder schreib den Trade.",
    "voice_refused.gone": "Die Aufnahme ist nicht mehr da. Sende sie noch einmal oder schreib den Trade.",
    "voice_refused.empty": "Die Aufnahme kam leer an. Sende sie noch einmal oder schreib den Trade.",
    "voice_refused.unsupported": "Diese Art Aufnahme kann ich nicht hören: bitte Ogg, MP3, M4A, WAV, FLAC oder WebM. "
    "Oder schreib den Trade.",
    "voice_refused.silent": "In dieser Aufnahme hörte ich keine Worte. Sende sie noch einmal oder schreib den Trade.",
    "voice_refused.later": "Ich konnte diese Aufnahme gerade nicht hören, und nichts wurde geändert. Sende sie später "
    "noch einmal oder schreib den Trade.",
}
