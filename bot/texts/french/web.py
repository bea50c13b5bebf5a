"""What the chat serves of the web app's tables."""

from typing import Final

WEB: Final = {
    "announcement.info": "{title}",
    "announcement.feature": "Nouveau : {title}",
    "announcement.warning": "⚠ {title}",
    "announcement.off": "Ne plus en recevoir : /announcements off",
    "announcement_dismissed": "Masqué, dans tes autres chats aussi.",
    "announcements.on": "Les annonces arrivent dans tes chats. Ne plus en recevoir : /announcements off",
    "announcements.off": "Aucune annonce n’arrive dans tes chats. Les recevoir à nouveau : /announcements on",
    "referral_rewarded": "Un trader que tu as parrainé a noté et fait vérifier un premier trade : tu as 1 audit "
    "gratuit "
    "de plus, {count} en tout.",
    "try.empty": "Un audit gratuit par jour, sans journal. De ce que tu écris ici, seul le résultat est gardé, 24 "
    "heures.",
    "try.unclear": "Je n’y lis pas un trade entier. Ton audit gratuit n’est pas utilisé.",
    "try.open": "Ce trade n’a pas encore de sortie, et seul un trade clôturé peut être jugé : ajoute-la, comme > "
    "18290. "
    "Ton audit gratuit n’est pas utilisé.",
    "try.several": "Un trade à la fois. Ton audit gratuit n’est pas utilisé.",
    "try.long": "C’est trop à la fois : un trade, et jusqu’à 5 règles. Ton audit gratuit n’est pas utilisé.",
    "try.how": "Envoie : /try {example}\nEn dessous, ou après un point-virgule : jusqu’à 5 règles à toi en anglais, "
    "comme Never more than 1 contract",
    "try_used": "C’était ton audit gratuit du jour ; le prochain est possible dès minuit UTC. Pour continuer tout de "
    "suite, lie ce chat à ton compte : /link VGL-XXXX",
    "try_unavailable": "Pas d’audits gratuits ici. Pour commencer, lie ce chat à ton compte : /link VGL-XXXX",
    "try_linked": "Ce chat a un journal : écris simplement le trade, et son audit suit.",
    "try_claimed": "L’audit gratuit de ce chat est gardé dans ton compte.",
    "trying.one": "Une règle demande un jugement : j’interroge le modèle de langage, jusqu’à une demi-minute.",
    "trying.other": "{count} règles demandent un jugement : j’interroge le modèle de langage, jusqu’à une demi-minute.",
    "tried.title": "Ton audit gratuit",
    "tried.computed": "Le P&L est calculé d’après tes prix.",
    "tried.examples": "Ces règles sont des exemples ; les tiennes vont sous le trade, une par ligne.",
    "tried.cut": "Seules les {most} premières règles ont été vérifiées.",
    "tried.note.no_model": "Seul le calculable a été vérifié : il n’y a pas de modèle de langage ici pour le reste.",
    "tried.note.over_budget": "Seul le calculable a été vérifié : les jugements pour visiteurs sont épuisés pour "
    "aujourd’hui.",
    "tried.note.failed": "Seul le calculable a été vérifié : le modèle de langage n’a pas donné de réponse utilisable.",
    "tried.next": "Gardé 24 heures, et à toi pour de bon dès que tu lies ce chat : /link VGL-XXXX avec un code de "
    "l’application web, Settings, Journal.",
    "share.title": "Partager {trade} ? Toute personne ayant le lien verra :",
    "share.facts": "{facts}",
    "share.month": "{month} {year}",
    "share.win": "un gain",
    "share.loss": "une perte",
    "share.scratch": "à l’équilibre",
    "share.percent": "{percent}% du compte",
    "share.r": "{r}R",
    "share.rules": "Règles : ✓ {followed} ✗ {violated} ? {unclear}",
    "share.score": "Score {score}",
    "share.not_shown": "Ni ton nom, ni compte, prix, taille, argent, notes, règles ou jour.",
    "share.no_size": "Pas de pourcentage, la taille du compte n’étant pas connue : /account main size 50000",
    "share.gone": "Ce trade n’est plus là.",
    "share.open": "Ce trade est encore ouvert : tu pourras le partager une fois clôturé.",
    "share.changed": "Le trade a changé depuis que tu l’as regardé, donc rien n’a été partagé. Renvoie /share.",
    "share.full": "{most} trades sont déjà partagés, donc pas celui-ci. Retires-en un d’abord : /unshare",
    "share_declined": "Rien n’a été partagé.",
    "shared.title": "Partagé : {trade}",
    "shared.link": "{link}",
    "shared.hash": "L’application web le montre sous ce code : {hash}",
    "shared.back": "Pour le retirer : /unshare",
    "shares.title": "Ce que tu partages",
    "shares.line": "{number}. {trade}",
    "shares.named": "{trade}, {month}",
    "shares.beyond.one": "Et {count} autre.",
    "shares.beyond.other": "Et {count} autres.",
    "shares.how": "En retirer un : /unshare 1 · tous : /unshare all",
    "unshared": "Retiré : {trade}. Son lien ne mène plus nulle part.",
    "unshared.all.one": "Retiré : {count} trade. Son lien ne mène plus nulle part.",
    "unshared.all.other": "Retirés : {count} trades. Leurs liens ne mènent plus nulle part.",
    "unshare.none": "Tu ne partages rien. Pour montrer un trade : /share",
    "unshare.gone": "Ce n’est plus partagé.",
    "unshare.number": "Ce numéro n’est pas dans la liste ; voir /unshare",
}
