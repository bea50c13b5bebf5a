"""Voice notes."""

from typing import Final

VOICE: Final = {
    "heard": "Ouvi: “{text}”",
    "warning.heard": "Ouvido em uma nota de voz: confira os números.",
    "unread.heard": "Por voz, só um “sim” claro salva o que mostrei. Toque nele ou escreva.",
    "unread.ordered": "Por voz recebo trades, perguntas e um “sim” claro, e não mudo mais nada. Escreva ou toque.",
    "voice_refused.no_key": "Não consigo ouvir mensagens de voz. Escreva a operação, por favor.",
    "voice_refused.own_key": "Não consigo ouvir mensagens de voz com sua própria chave. Escreva a operação, por favor.",
    "voice_refused.spent": "Já ouvi bastante por hoje. Escreva a operação, por favor.",
    "voice_refused.too_long": "Essa gravação é longa demais: ouço no máximo {minutes} minutos. Envie uma mais curta, "
    "ou escreva a operação.",
    "voice_refused.too_large": "Essa gravação é grande demais: no máximo {megabytes} MB. Envie uma mais curta, ou "
    "escreva a operação.",
    "voice_refused.several": "Uma gravação por vez, por favor. Envie uma a uma, ou escreva a operação.",
    "voice_refused.gone": "A gravação não está mais lá. Envie de novo, ou escreva a operação.",
    "voice_refused.empty": "A gravação chegou vazia. Envie de novo, ou escreva a operação.",
    "voice_refused.unsupported": "Não consigo ouvir este tipo de gravação: Ogg, MP3, M4A, WAV, FLAC ou WebM, por "
    "favor. Ou escreva a operação.",
    "voice_refused.silent": "Não ouvi palavras nessa gravação. Envie de novo, ou escreva a operação.",
    "voice_refused.later": "Não consegui ouvir essa gravação agora, e nada mudou. Envie mais tarde, ou escreva a "
    "operação.",
}
