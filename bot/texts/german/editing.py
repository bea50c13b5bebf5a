"""Changing and deleting recorded trades, one more fill of one."""

from typing import Final

EDITING: Final = {
    "button.delete": "Löschen",
    "which.title.edit": "Welcher Trade soll geändert werden?",
    "which.title.delete": "Welcher Trade soll gelöscht werden?",
    "which.how.edit": "Tippe seine Nummer an, oder sag es gleich: /edit 1 exit 18295",
    "which.how.delete": "Tippe seine Nummer an, oder schreib: /delete 1",
    "edit.unclear": "Darin fand ich keine Änderung von {trade}. Sag, was anders ist, zum Beispiel: exit 18295",
    "edit.gone": "Dieser Trade steht nicht mehr in deinem Journal, nichts wurde geändert. /trades zeigt, was da ist.",
    "edit.needed": "{name}: ohne das ist {trade} kein Trade. Sag, was richtig ist, oder lösche ihn mit /delete.",
    "edit.reopened": "Wieder offen, ohne Ergebnis, bis du ihn schließt.",
    "unchanged": "{trade} ist schon so eingetragen, nichts ändert sich.",
    "changed_since.edit": "{trade} hat sich geändert, seit ich gefragt habe. Nichts wurde gespeichert, sieh bitte "
    "noch einmal hin:",
    "confirm.title.delete": "Diesen Trade löschen?",
    "confirm.delete": "Löschen: {trade}",
    "delete.what": "Charts und Urteile gehen mit. /undo holt ihn zurück.",
    "trade_deleted.title": "Gelöscht",
    "undone.delete": "Wieder in deinem Journal: {trade}",
    "redone.delete": "Wieder gelöscht: {trade}",
    "which_recorded": "Zu welchem Trade gehört das? Antworte auf seine Nachricht, oder nenn seine Nummer in /trades, "
    "zum Beispiel: /add 1 2 @ 18240",
    "fill.unclear": "Darin fand ich keine Größe mit Preis. Beispiel: {example}",
    "fill.parts": "Ein Teil von {trade} ist schon geschlossen, daher kann er nicht mehr wachsen. Trag das "
    "Hinzugekommene als eigenen Trade ein.",
    "fill.no_size": "Die Größe von {trade} fehlt, also kann ich nicht mitteln. Nenn sie erst: size 2",
    "fill.no_fill_size": "Wie viele waren es? Sag es mit dem Preis, zum Beispiel: {example}",
    "fill.no_price": "Der Preis von {trade} fehlt, also kann ich nicht mitteln. Nenn ihn erst: entry 18250",
    "fill.no_rest": "Wo ging der Rest von {trade} raus? Nenn erst seinen Ausstieg: exit 18290",
    "fill.too_much": "{size} ist mehr, als {trade} war. Wenn er größer war, sag das erst: size {size}",
    "photo.how": "Sende das Bild selbst, und dazu die Worte: for 1. Die Nummer ist die des Trades in /trades.",
}
