"""What is told unasked, and pausing it."""

from typing import Final

REMINDING: Final = {
    "told.summary": "Ta journée : {of}",
    "told.digest": "Ta semaine : {of}",
    "told.streak": "Ta série est en danger",
    "told.streak.how": "{days} jours de trading de suite sont au journal, et rien n’est noté aujourd’hui. La session "
    "finit à {time} : note un trade, ou prends ta journée avec /rest",
    "told.close": "La session finit à {time}",
    "told.close.open": "Encore ouverts :",
    "told.close.how": "Une clôture s’écrit ainsi : out 18290",
    "told.open": "Une nouvelle session : {day}",
    "told.open.unlimited": "Aucune limite fixée : /limits",
    "told.open.plan": "Un plan pour aujourd’hui ? Exemple : limit buy 2 nq 18200 stop 18180",
    "told.off": "Rien de tout ça pour un temps : /pause · Choisir ce qui arrive : /settings messages",
    "paused.forever": "En pause : ni résumés, ni rappels, ni annonces jusqu’à ce que tu dises /pause off. À ce que tu "
    "écris, je réponds comme toujours.",
    "paused.until": "En pause jusqu’au {day} : d’ici là, ni résumés, ni rappels, ni annonces. À ce que tu écris, je "
    "réponds comme toujours. Pour y mettre fin : /pause off",
    "paused.off": "Tu as à nouveau de mes nouvelles : résumés, rappels et annonces arrivent comme avant.",
    "pause_refused": "« {said} » n’est pas une durée de pause. Exemple : /pause 3 days, /pause until friday, /pause "
    "off",
    "pause_refused.past": "Le {day} n’est pas à venir. Exemple : /pause 3 days, /pause until friday, /pause off",
    "pause_refused.far": "Le {day} est trop loin : un an au plus. Sans fin : /pause",
}
