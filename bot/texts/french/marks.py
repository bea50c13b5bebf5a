"""Tags, setup, mood, mistake and notes of a trade."""

from typing import Final

MARKS: Final = {
    "field.tags": "Tags",
    "field.setup": "Setup",
    "field.mood": "Humeur",
    "field.mistake": "Erreur",
    "marks.setup": "setup : {value}",
    "marks.mood": "humeur : {value}",
    "marks.mistake": "erreur : {value}",
    "figures.by.tag": "Par tag",
    "figures.by.setup": "Par setup",
    "figures.by.mood": "Par humeur",
    "figures.by.mistake": "Par erreur",
    "figures.nothing.marked": "Aucun trade avec {mark}.",
    "marks.none": "Ni tags, ni setup, humeur, erreur ou note.",
    "marks.left_out": "Plus de {most} tags ne sont pas gardés.",
    "marks.used": "Tu utilises : {tags}",
    "marks.how": "Pour ajouter, par exemple : /tag 2 #revenge, /setup 2 ORB, /note 2 trop pressé (2 comme dans "
    "/trades)",
    "marks.how.off": "Pour enlever : /tag 2 -#revenge, /setup 2 -",
    "marks.unclear": "Je ne peux pas prendre « {said} ».",
    "marks.example.tags": "Un tag commence par une lettre : /tag 2 #revenge",
    "marks.example.setup": "Écris par exemple : /setup 2 ORB",
    "marks.example.mood": "Écris par exemple : /mood 2 calme",
    "marks.example.mistake": "Écris par exemple : /mistake 2 stop déplacé",
    "marks.example.note": "Écris par exemple : /note 2 trop pressé",
}
