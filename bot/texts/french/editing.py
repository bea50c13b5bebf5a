"""Changing and deleting recorded trades, one more fill of one."""

from typing import Final

EDITING: Final = {
    "button.delete": "Supprimer",
    "which.title.edit": "Quel trade modifier ?",
    "which.title.delete": "Quel trade supprimer ?",
    "which.how.edit": "Appuie sur son numéro, ou dis-le d’un coup : /edit 1 exit 18295",
    "which.how.delete": "Appuie sur son numéro, ou écris : /delete 1",
    "edit.unclear": "Je n’y ai trouvé aucun changement de {trade}. Dis ce qui diffère, par exemple : exit 18295",
    "edit.gone": "Ce trade n’est plus dans ton journal, rien n’a changé. /trades liste ce qui y est.",
    "edit.needed": "{name} : sans cela {trade} n’est pas un trade. Dis ce que c’était, ou supprime-le avec /delete.",
    "edit.reopened": "De nouveau ouvert, sans résultat jusqu’à ce que tu le clôtures.",
    "unchanged": "{trade} est déjà noté ainsi, rien ne change.",
    "changed_since.edit": "{trade} a changé depuis que j’ai demandé. Rien n’a été enregistré, regarde à nouveau :",
    "confirm.title.delete": "Supprimer ce trade ?",
    "confirm.delete": "Supprimer {trade}",
    "delete.what": "Ses graphiques et verdicts partent avec lui. /undo le ramène.",
    "trade_deleted.title": "Supprimé",
    "undone.delete": "De retour dans ton journal : {trade}",
    "redone.delete": "À nouveau supprimé : {trade}",
    "which_recorded": "De quel trade s’agit-il ? Réponds à son message, ou donne son numéro dans /trades, par exemple "
    ": /add 1 2 @ 18240",
    "fill.unclear": "Je n’y ai trouvé ni taille ni prix. Exemple : {example}",
    "fill.parts": "Une partie de {trade} est déjà clôturée, il ne peut donc plus grossir. Note l’ajout comme un trade "
    "à part.",
    "fill.no_size": "La taille de {trade} n’est pas connue, je ne peux pas faire la moyenne. Dis-la d’abord : size 2",
    "fill.no_fill_size": "Combien ? Dis-le avec le prix, par exemple : {example}",
    "fill.no_price": "Le prix de {trade} n’est pas connu, je ne peux pas faire la moyenne. Dis-le d’abord : entry "
    "18250",
    "fill.no_rest": "Où le reste de {trade} est-il sorti ? Dis d’abord sa sortie : exit 18290",
    "fill.too_much": "{size}, c’est plus que {trade}. S’il était plus gros, dis-le d’abord : size {size}",
    "photo.how": "Envoie l’image elle-même, avec les mots : for 1. Le numéro est celui du trade dans /trades.",
}
