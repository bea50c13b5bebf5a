"""The French texts of periods and of files that come in and go out."""

from types import MappingProxyType
from typing import Final

IMPORTING: Final = MappingProxyType(
    {
        # ---- periods
        "period.range": "{first} – {last}",
        "period.until": "tout jusqu’au {last}",
        "period_refused.unknown": "Je ne connais pas la période « {said} ».",
        "period_refused.empty": "Quelle période ?",
        "period_refused.ahead": "« {said} » n’a pas encore commencé.",
        "period_refused.reversed": "« {said} » finit avant de commencer.",
        "period_refused.no_date": "Ce jour n’existe pas : « {said} ».",
        "period_refused.no_week": "Cette semaine n’existe pas : « {said} ».",
        "period_refused.two_ways": "« {said} » pourrait être deux jours. Écris-le comme 2026-10-25.",
        "period_refused.examples": "Dis par exemple : aujourd’hui, la semaine dernière, octobre, 30 derniers "
        "jours, cette année ou 2026-10-01..2026-10-15",
        # ---- exports of a period
        "export_begun.period": "Je mets {period} de ton journal dans un fichier : trades, verdicts, jours, plans, "
        "messages et graphiques de ces jours ; règles et comptes en entier. Il arrive ici en ZIP dans quelques "
        "minutes.",
        "export_of.one": "{period} : {count} trade, et tout ce qui va avec ces jours, en CSV et en JSON.",
        "export_of.other": "{period} : {count} trades, et tout ce qui va avec ces jours, en CSV et en JSON.",
        "export_none": "{period} : aucun trade. Ce qui va par ailleurs avec ces jours y est, en CSV et en JSON.",
        # ---- brokers' files
        "import_help.title": "Des trades depuis le fichier de ton broker",
        "import_help": "Envoie-moi le CSV que ton broker exporte, en fichier : Tradovate, NinjaTrader, MetaTrader 4 et "
        "5, TradingView, Rithmic, cTrader, ou tout autre avec une ligne par trade ou exécution. Je montre ce qu’il "
        "contient avant d’enregistrer quoi que ce soit.\nUne légende peut nommer le compte et le fuseau de ses heures "
        ": "
        "@apex2, zone New York",
        "import_begun": "Je lis ton fichier. Je montre ce qu’il contient avant d’enregistrer quoi que ce soit.",
        "import_begun.one_file": "Un fichier à la fois : seul le premier est lu. Envoie les autres ensuite.",
        "import_begun.unread": "De ce qui l’accompagne, je n’ai rien lu d’autre : « {said} ». Un trade est un message "
        "à part.",
        "import_under_way": "Je lis encore ton dernier fichier. Renvoie celui-ci quand ce sera fini.",
        "import.title": "{label} : un fichier de trades",
        "import.new.one": "{count} nouveau trade, {period}",
        "import.new.other": "{count} nouveaux trades sur {days}, {period}",
        "import.days.one": "{count} jour",
        "import.days.other": "{count} jours",
        "import.net": "P&L net {amount}",
        "import.known.one": "{count} trade est déjà dans ton journal",
        "import.known.other": "{count} trades sont déjà dans ton journal",
        "import.known_fills.one": "{count} exécution est déjà dans ton journal",
        "import.known_fills.other": "{count} exécutions sont déjà dans ton journal",
        "import.open.one": "{count} exécution reste ouverte à la fin du fichier : un fichier suivant la clôturera",
        "import.open.other": "{count} exécutions restent ouvertes à la fin du fichier : un fichier suivant les "
        "clôturera",
        "import.zone": "Heures lues comme {zone}. Autre chose ? /import zone New York",
        "import.dates_guessed.mdy": "Dates lues comme mois/jour. Autres ? /import dates d/m",
        "import.dates_guessed.dmy": "Dates lues comme jour/mois. Autres ? /import dates m/d",
        "import.computed.one": "{count} P&L calculé d’après ses prix",
        "import.computed.other": "{count} P&L calculés d’après leurs prix",
        "import.without_result.one": "{count} trade sans P&L : je ne sais pas ce que vaut un point de {symbols}",
        "import.without_result.other": "{count} trades sans P&L : je ne sais pas ce que vaut un point de {symbols}",
        "import.accounts": "Il contient plusieurs comptes de ton broker : {accounts}",
        "import.account": "Pour ton compte @{account}",
        "import.skipped.one": "Laissé de côté : {reason} (ligne {lines})",
        "import.skipped.other": "Laissé de côté : {count}× {reason} (lignes {lines})",
        "import.skipped.no_trade": "pas un trade",
        "import.skipped.twice": "encore le même",
        "import.skipped.open": "pas encore clôturé",
        "import.skipped.orphan": "clôture ce qui a été ouvert avant ce fichier",
        "import.skipped.formula": "une formule, que je n’exécute pas",
        "import.skipped.number": "pas de nombre là où il en faut un",
        "import.skipped.symbol": "pas de symbole",
        "import.skipped.side": "ni achat ni vente",
        "import.skipped.size": "pas de taille",
        "import.skipped.price": "pas de prix",
        "import.skipped.time": "pas de date lisible",
        "import.skipped.ahead": "une date encore à venir",
        "import.nothing_yet": "Rien n’est encore enregistré.",
        "import.matches.one": "{count} d’entre eux, tu me l’avais déjà dit : en enregistrant, il ne fait qu’un avec le "
        "tien.",
        "import.matches.other": "{count} d’entre eux, tu me les avais déjà dits : en enregistrant, ils ne font qu’un "
        "avec "
        "les tiens.",
        "import.open_only": "Aucun trade n’a été clôturé. Garder les exécutions ouvertes pour ton prochain fichier ?",
        "import.nothing_new": "Il n’y a rien de nouveau à enregistrer.",
        "import_question.title": "Quelle colonne est quoi ?",
        "import.column": "{column} : {value}",
        "import.more_columns.one": "… et {count} autre",
        "import.more_columns.other": "… et {count} autres",
        "import.missing": "Je n’ai pas trouvé : {roles}",
        "import.dates_open": "Dans ses dates, le jour ou le mois d’abord ? dates d/m ou dates m/d",
        "import.answer.dates": "dates d/m",
        "import.answer": "Exemple : /import {example}",
        "import.not_there": "Elle n’y est pas ? Exporte le fichier à nouveau avec cette colonne.",
        "import.role.symbol": "symbol",
        "import.role.side": "side",
        "import.role.size": "size",
        "import.role.entry_price": "entry",
        "import.role.exit_price": "exit",
        "import.role.price": "price",
        "import.role.time": "time",
        "import_unread": "Je n’ai pas compris « {said} ». Nomme les colonnes par leur numéro ou leur nom.",
        "import_unread.nothing": "Dis-moi quelle colonne est quoi.",
        "import_unread.example": "symbol 2, side 3, pnl 7, time 1",
        "import_unread.ready": "Je n’ai pas compris « {said} ». Dis par exemple /import zone New York, ou /import "
        "dates d/m",
        "import_refused.empty": "Ce fichier est vide. Exporte-le à nouveau, sur une période qui a des trades.",
        "import_refused.xlsx": "C’est un classeur Excel. Ouvre-le, enregistre-le en CSV, et envoie-moi ça.",
        "import_refused.pdf": "C’est un PDF. Exporte tes trades en CSV, et envoie-moi ça.",
        "import_refused.binary": "Ce n’est pas un tableau que je sais lire. Exporte tes trades en CSV, et envoie-moi "
        "ça.",
        "import_refused.damaged": "Ce fichier est abîmé : une de ses cellules n’a pas de fin. Exporte-le à nouveau.",
        "import_refused.no_table": "Je n’ai trouvé aucun tableau dans ce fichier. Exporte tes trades ou exécutions en "
        "CSV "
        "avec l’en-tête.",
        "import_refused.no_rows": "Ce fichier a un en-tête et rien en dessous. Exporte-le à nouveau, sur une période "
        "qui a "
        "des trades.",
        "import_refused.too_many_rows": "Plus de 200,000 lignes, c’est trop à la fois. Exporte des périodes plus "
        "courtes, "
        "et envoie les fichiers l’un après l’autre.",
        "import_refused.too_heavy": "Ce fichier est trop long à lire. Exporte des périodes plus courtes, et envoie les "
        "fichiers l’un après l’autre.",
        "import_refused.too_large": "Ce fichier dépasse 20 Mo. Exporte des périodes plus courtes, et envoie les "
        "fichiers "
        "l’un après l’autre.",
        "import_refused.gone": "Je n’ai pas pu récupérer ce fichier. Renvoie-le, s’il te plaît.",
        "import_refused.too_many": "Cela fait trop de fichiers dans un mail. Envoie celui-ci seul.",
        "import_saving": "J’enregistre {count} trades. Cela prend un instant.",
        "import_saved.title": "{label} : enregistré",
        "import_saved.one": "{count} trade est dans ton journal.",
        "import_saved.other": "{count} trades sont dans ton journal.",
        "import_saved.merged.one": "{count} que tu m’avais dit ne fait plus qu’un avec celui de ton broker.",
        "import_saved.merged.other": "{count} que tu m’avais dits ne font plus qu’un avec ceux de ton broker.",
        "import_saved.audit": "Ils ne sont pas vérifiés selon tes règles. Pour en vérifier un : /audit et son numéro "
        "dans "
        "/trades",
        "import_saved.fills": "Aucun trade n’a été clôturé. Les exécutions ouvertes attendent ton prochain fichier.",
        "import_undone.title": "{label} : annulé",
        "import_undone.one": "{count} trade est retiré.",
        "import_undone.other": "{count} trades sont retirés.",
        "import_undone.merged.one": "{count} des tiens est comme tu l’avais dit.",
        "import_undone.merged.other": "{count} des tiens sont comme tu les avais dits.",
        "import_undone.kept.one": "{count} que tu as modifié depuis reste.",
        "import_undone.kept.other": "{count} que tu as modifiés depuis restent.",
        "import_undone.fills": "Les exécutions ouvertes de ce fichier sont oubliées.",
        "import_dropped": "Rien n’a été enregistré de ce fichier.",
        "import_failed": "Je n’ai pas pu le faire avec ton fichier. Ton journal est intact, et le responsable peut "
        "voir "
        "l’échec. Réessaie plus tard.",
        "import_stale": "Ce fichier n’attend plus. Renvoie-le pour voir ce qu’il a de nouveau.",
        "import_already.saved": "Ce fichier est déjà enregistré.",
        "import_already.undone": "Ce fichier est déjà annulé.",
        "button.import_save": "Enregistrer {count}",
        "button.import_apart": "Tous comme nouveaux",
        "button.import_keep": "Garder",
        "button.import_drop": "Ne pas enregistrer",
    }
)
