"""What is told unasked, and pausing it."""

from typing import Final

REMINDING: Final = {
    "told.summary": "Seu dia: {of}",
    "told.digest": "Sua semana: {of}",
    "told.streak": "Sua sequência está em risco",
    "told.streak.how": "{days} dias de pregão seguidos estão no diário, e hoje não há nada registrado. A sessão "
    "termina às {time}: registre uma operação, ou tire o dia de folga com /rest",
    "told.close": "A sessão termina às {time}",
    "told.close.open": "Ainda abertas:",
    "told.close.how": "Um fechamento se escreve assim: out 18290",
    "told.open": "Uma nova sessão: {day}",
    "told.open.unlimited": "Não há limites definidos: /limits",
    "told.open.plan": "Um plano para hoje? Exemplo: limit buy 2 nq 18200 stop 18180",
    "told.off": "Nada disso por um tempo: /pause · Escolher o que chega: /settings messages",
    "paused.forever": "Em pausa: sem resumos, lembretes ou novidades até você dizer /pause off. O que você escrever "
    "eu respondo como sempre.",
    "paused.until": "Em pausa até {day}: antes disso não há resumos, lembretes ou novidades. O que você escrever eu "
    "respondo como sempre. Para encerrar: /pause off",
    "paused.off": "Você volta a ter notícias minhas: resumos, lembretes e novidades chegam como antes.",
    "pause_refused": "“{said}” não é um tempo de pausa que eu entenda. Exemplo: /pause 3 days, /pause until friday, "
    "/pause off",
    "pause_refused.past": "{day} já passou. Exemplo: /pause 3 days, /pause until friday, /pause off",
    "pause_refused.far": "{day} está longe demais: no máximo um ano. Sem fim: /pause",
}
