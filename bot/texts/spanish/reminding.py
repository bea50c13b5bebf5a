"""What is told unasked, and pausing it."""

from typing import Final

REMINDING: Final = {
    "told.summary": "Tu día: {of}",
    "told.digest": "Tu semana: {of}",
    "told.streak": "Tu racha está en peligro",
    "told.streak.how": "Llevas {days} días de trading seguidos en el diario, y hoy no hay nada registrado. La sesión "
    "termina a las {time}: registra una operación, o toma el día libre con /rest",
    "told.close": "La sesión termina a las {time}",
    "told.close.open": "Siguen abiertas:",
    "told.close.how": "Un cierre se escribe así: out 18290",
    "told.open": "Una nueva sesión: {day}",
    "told.open.unlimited": "No hay límites fijados: /limits",
    "told.open.plan": "¿Un plan para hoy? Ejemplo: limit buy 2 nq 18200 stop 18180",
    "told.off": "Nada de esto por un tiempo: /pause · Elegir qué llega: /settings messages",
    "paused.forever": "En pausa: sin resúmenes, recordatorios ni novedades hasta que digas /pause off. A lo que "
    "escribas respondo como siempre.",
    "paused.until": "En pausa hasta el {day}: antes no hay resúmenes, recordatorios ni novedades. A lo que escribas "
    "respondo como siempre. Para terminarla: /pause off",
    "paused.off": "Vuelves a saber de mí: resúmenes, recordatorios y novedades llegan como antes.",
    "pause_refused": "“{said}” no es un tiempo de pausa que entienda. Ejemplo: /pause 3 days, /pause until friday, "
    "/pause off",
    "pause_refused.past": "El {day} ya pasó. Ejemplo: /pause 3 days, /pause until friday, /pause off",
    "pause_refused.far": "El {day} está demasiado lejos: un año como mucho. Sin final: /pause",
}
