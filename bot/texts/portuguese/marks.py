"""Tags, setup, mood, mistake and notes of a trade."""

from typing import Final

MARKS: Final = {
    "field.tags": "Tags",
    "field.setup": "Setup",
    "field.mood": "Humor",
    "field.mistake": "Erro",
    "marks.setup": "setup: {value}",
    "marks.mood": "humor: {value}",
    "marks.mistake": "erro: {value}",
    "figures.by.tag": "Por tag",
    "figures.by.setup": "Por setup",
    "figures.by.mood": "Por humor",
    "figures.by.mistake": "Por erro",
    "figures.nothing.marked": "Nenhuma operação com {mark}.",
    "marks.none": "Sem tags, setup, humor, erro ou nota.",
    "marks.left_out": "Mais de {most} tags não são guardadas.",
    "marks.used": "Você usa: {tags}",
    "marks.how": "Para adicionar, por exemplo: /tag 2 #revenge, /setup 2 ORB, /note 2 com pressa (2 como em /trades)",
    "marks.how.off": "Para tirar: /tag 2 -#revenge, /setup 2 -",
    "marks.unclear": "Não consigo usar “{said}”.",
    "marks.example.tags": "Uma tag começa com uma letra: /tag 2 #revenge",
    "marks.example.setup": "Escreva por exemplo: /setup 2 ORB",
    "marks.example.mood": "Escreva por exemplo: /mood 2 calmo",
    "marks.example.mistake": "Escreva por exemplo: /mistake 2 mexi no stop",
    "marks.example.note": "Escreva por exemplo: /note 2 com pressa",
}
