"""Tags, setup, mood, mistake and notes of a trade."""

from typing import Final

MARKS: Final = {
    "field.tags": "Etiquetas",
    "field.setup": "Setup",
    "field.mood": "Ánimo",
    "field.mistake": "Error",
    "marks.setup": "setup: {value}",
    "marks.mood": "ánimo: {value}",
    "marks.mistake": "error: {value}",
    "figures.by.tag": "Por etiqueta",
    "figures.by.setup": "Por setup",
    "figures.by.mood": "Por ánimo",
    "figures.by.mistake": "Por error",
    "figures.nothing.marked": "No hay operaciones con {mark}.",
    "marks.none": "Sin etiquetas, setup, ánimo, error ni nota.",
    "marks.left_out": "No se guardan más de {most} etiquetas.",
    "marks.used": "Usas: {tags}",
    "marks.how": "Para añadir, por ejemplo: /tag 2 #revenge, /setup 2 ORB, /note 2 con prisa (2 como en /trades)",
    "marks.how.off": "Para quitar: /tag 2 -#revenge, /setup 2 -",
    "marks.unclear": "No puedo usar “{said}”.",
    "marks.example.tags": "Una etiqueta empieza por una letra: /tag 2 #revenge",
    "marks.example.setup": "Escribe por ejemplo: /setup 2 ORB",
    "marks.example.mood": "Escribe por ejemplo: /mood 2 tranquilo",
    "marks.example.mistake": "Escribe por ejemplo: /mistake 2 moví el stop",
    "marks.example.note": "Escribe por ejemplo: /note 2 con prisa",
}
