"""Tags, setup, mood, mistake and notes of a trade."""

from typing import Final

MARKS: Final = {
    "field.tags": "Tags",
    "field.setup": "Setup",
    "field.mood": "Stimmung",
    "field.mistake": "Fehler",
    "marks.setup": "Setup: {value}",
    "marks.mood": "Stimmung: {value}",
    "marks.mistake": "Fehler: {value}",
    "figures.by.tag": "Nach Tag (#)",
    "figures.by.setup": "Nach Setup",
    "figures.by.mood": "Nach Stimmung",
    "figures.by.mistake": "Nach Fehler",
    "figures.nothing.marked": "Keine Trades mit {mark}.",
    "marks.none": "Weder Tags, Setup, Stimmung, Fehler noch Notiz.",
    "marks.left_out": "Mehr als {most} Tags speichere ich nicht.",
    "marks.used": "Du nutzt: {tags}",
    "marks.how": "Zum Hinzufügen zum Beispiel: /tag 2 #revenge, /setup 2 ORB, /note 2 nachgejagt (2 wie in /trades)",
    "marks.how.off": "Zum Entfernen: /tag 2 -#revenge, /setup 2 -",
    "marks.unclear": "„{said}“ kann ich nicht nehmen.",
    "marks.example.tags": "Ein Tag beginnt mit einem Buchstaben: /tag 2 #revenge",
    "marks.example.setup": "Schreib zum Beispiel: /setup 2 ORB",
    "marks.example.mood": "Schreib zum Beispiel: /mood 2 ruhig",
    "marks.example.mistake": "Schreib zum Beispiel: /mistake 2 Stop verschoben",
    "marks.example.note": "Schreib zum Beispiel: /note 2 nachgejagt",
}
