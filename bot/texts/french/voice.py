"""Voice notes."""

from typing import Final

VOICE: Final = {
    "heard": "J’ai entendu : « {text} »",
    "warning.heard": "Entendu dans une note vocale : vérifie les chiffres.",
    "unread.heard": "À la voix, seul un « oui » net enregistre ce que j’ai montré. Appuie dessus, ou écris-le.",
    "unread.ordered": "À la voix, je prends des trades, des questions et un « oui » net, et je ne change rien d’autre. "
    "Écris-le ou appuie dessus.",
    "voice_refused.no_key": "Je ne peux pas écouter les messages vocaux. Écris le trade, s’il te plaît.",
    "voice_refused.own_key": "Je ne peux pas écouter les messages vocaux avec ta propre clé. Écris le trade, s’il te "
    "plaît.",
    "voice_refused.spent": "Assez écouté pour aujourd’hui. Écris le trade, s’il te plaît.",
    "voice_refused.too_long": "Cet enregistrement est trop long : j’écoute {minutes} minutes au plus. Envoie un plus "
    "court, ou écris le trade.",
    "voice_refused.too_large": "Cet enregistrement est trop lourd : {megabytes} Mo au plus. Envoie un plus court, ou "
    "écris le trade.",
    "voice_refused.several": "Un enregistrement à la fois. Envoie-les un par un, ou écris le trade.",
    "voice_refused.gone": "L’enregistrement n’est plus là. Renvoie-le, ou écris le trade.",
    "voice_refused.empty": "L’enregistrement est arrivé vide. Renvoie-le, ou écris le trade.",
    "voice_refused.unsupported": "Je ne peux pas écouter ce type d’enregistrement : Ogg, MP3, M4A, WAV, FLAC ou WebM. "
    "Ou écris le trade.",
    "voice_refused.silent": "Je n’ai entendu aucun mot dans cet enregistrement. Renvoie-le, ou écris le trade.",
    "voice_refused.later": "Je n’ai pas pu écouter cet enregistrement, et rien n’a changé. Renvoie-le plus tard, ou "
    "écris le trade.",
}
