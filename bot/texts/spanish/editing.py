"""Changing and deleting recorded trades, one more fill of one."""

from typing import Final

EDITING: Final = {
    "button.delete": "Borrar",
    "which.title.edit": "¿Qué operación quieres cambiar?",
    "which.title.delete": "¿Qué operación quieres borrar?",
    "which.how.edit": "Pulsa su número, o dilo de una vez: /edit 1 exit 18295",
    "which.how.delete": "Pulsa su número, o escribe: /delete 1",
    "edit.unclear": "No encontré ahí ningún cambio de {trade}. Di qué es distinto, por ejemplo: salida 18295",
    "edit.gone": "Esa operación ya no está en tu diario, nada cambió. /trades muestra las que hay.",
    "edit.needed": "{name}: sin eso {trade} no sería una operación. Di qué era, o quítala con /delete.",
    "edit.reopened": "Abierta otra vez, sin resultado hasta que la cierres.",
    "unchanged": "{trade} ya está registrada así, nada cambia.",
    "changed_since.edit": "{trade} cambió desde que pregunté. No se guardó nada, míralo otra vez:",
    "confirm.title.delete": "¿Borrar esta operación?",
    "confirm.delete": "Borrar {trade}",
    "delete.what": "Sus gráficos y veredictos se van con ella. /undo la devuelve.",
    "trade_deleted.title": "Borrada",
    "undone.delete": "De vuelta en tu diario: {trade}",
    "redone.delete": "Borrada otra vez: {trade}",
    "which_recorded": "¿De qué operación es? Responde a su mensaje, o di su número en /trades, por ejemplo: /add 1 2 "
    "@ 18240",
    "fill.unclear": "No encontré ahí tamaño y precio. Ejemplo: {example}",
    "fill.parts": "Una parte de {trade} ya está cerrada, así que no puede crecer más. Registra lo añadido como otra "
    "operación.",
    "fill.no_size": "No sé el tamaño de {trade}, así que no puedo promediar. Dilo antes: size 2",
    "fill.no_fill_size": "¿Cuántos fueron? Dilo con el precio, por ejemplo: {example}",
    "fill.no_price": "No sé el precio de {trade}, así que no puedo promediar. Dilo antes: entry 18250",
    "fill.no_rest": "¿Dónde salió el resto de {trade}? Di antes su salida: exit 18290",
    "fill.too_much": "{size} es más de lo que era {trade}. Si era mayor, dilo antes: size {size}",
    "photo.how": "Envía la imagen misma, y con ella las palabras: for 1. El número es el de la operación en /trades.",
}
