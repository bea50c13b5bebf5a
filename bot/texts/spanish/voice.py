"""Voice notes."""

from typing import Final

VOICE: Final = {
    "heard": "Oí: “{text}”",
    "warning.heard": "Oído en una nota de voz: revisa los números.",
    "unread.heard": "Por voz, solo un “sí” claro guarda lo que te mostré. Púlsalo o escríbelo.",
    "unread.ordered": "Por voz tomo operaciones, preguntas y un “sí” claro, y no cambio nada más. Escríbelo o púlsalo.",
    "voice_refused.no_key": "No puedo escuchar mensajes de voz. Escribe la operación, por favor.",
    "voice_refused.own_key": "No puedo escuchar mensajes de voz con tu propia clave. Escribe la operación, por favor.",
    "voice_refused.spent": "Ya escuché bastante por hoy. Escribe la operación, por favor.",
    "voice_refused.too_long": "Esa grabación es demasiado larga: escucho {minutes} minutos como mucho. Envía una más "
    "corta, o escribe la operación.",
    "voice_refused.too_large": "Esa grabación es demasiado grande: {megabytes} MB como mucho. Envía una más corta, o "
    "escribe la operación.",
    "voice_refused.several": "Una grabación cada vez, por favor. Envíalas de una en una, o escribe la operación.",
    "voice_refused.gone": "La grabación ya no está. Envíala otra vez, o escribe la operación.",
    "voice_refused.empty": "La grabación llegó vacía. Envíala otra vez, o escribe la operación.",
    "voice_refused.unsupported": "No puedo escuchar este tipo de grabación: Ogg, MP3, M4A, WAV, FLAC o WebM, por "
    "favor. O escribe la operación.",
    "voice_refused.silent": "No oí palabras en esa grabación. Envíala otra vez, o escribe la operación.",
    "voice_refused.later": "No pude escuchar esa grabación ahora, y nada cambió. Envíala más tarde, o escribe la "
    "operación.",
}
