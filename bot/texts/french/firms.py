"""The French notes on the suggestions of bot/trading/firms.py."""

from typing import Final

FIRMS: Final = {
    # ---- what a suggestion leaves out, or knows otherwise
    "firm.note.open_pnl": "La firme compte aussi positions ouvertes, frais et swaps ; le journal ne voit que les "
    "trades clôturés.",
    "firm.note.four_days": "Au moins 4 jours de trading.",
    "firm.note.three_days": "Au moins 3 jours en gain.",
    "firm.note.midnight_floor": "Le plancher est fixé chaque minuit d’après le plus haut solde de fin de journée. Un "
    "tiers dit qu’il s’arrête au solde initial, le texte de la firme non, donc ici il ne s’arrête pas.",
    "firm.note.best_day": "Meilleur jour à 50% du gain au plus : ne pas le tenir n’est pas une faute.",
    "firm.note.best_day_mffu": "Meilleur jour à 50% au plus (help.myfundedfutures.com) : ne pas le tenir n’est pas "
    "une faute.",
    "firm.note.best_day_net": "Meilleur jour à 50% du gain net au plus, au moins 5 jours : ne pas le tenir n’est pas "
    "une faute.",
    "firm.note.combine_daily": "Les sources divergent : un Combine a-t-il encore une limite de perte du jour ($1,000, "
    "$2,000 ou $3,000, pause jusqu’à la prochaine session, dans les plus anciennes) ? Elle est donc laissée de côté.",
    "firm.note.combine_consistency": "Elles divergent aussi sur la régularité (meilleur jour 40% ou 50%).",
    "firm.note.equity_floor": "Le plancher suit la plus haute equity, gains ouverts compris ; le journal ne voit que "
    "les trades clôturés.",
    "firm.note.apex_since": "Les offres depuis mars 2026 diffèrent (trailing en fin ou en cours de journée, au choix) "
    "et ne sont pas ici.",
    "firm.note.consistency_30": "Régularité de 30% au retrait.",
    "firm.note.floor_unconfirmed": "Aucune source ne confirme où le plancher s’arrête, ni quand le jour commence : "
    "ici il ne s’arrête pas.",
    "firm.note.funded_floor": "En compte financé, le plancher suit en cours de journée et les gains ouverts "
    "comptent ; le journal ne voit que les trades clôturés.",
    "firm.note.day_floor": "Le plancher suit en cours de journée et les gains ouverts comptent ; le journal ne voit "
    "que les trades clôturés.",
    "firm.note.no_amount": "Le drawdown suit le solde de fin de journée ; son montant n’est pas dans la source : "
    "règle le tien d’après ton tableau de bord.",
    "firm.note.no_amount_locked": "Le drawdown suit le solde de fin de journée et s’arrête $100 au-dessus de la "
    "taille du compte ; son montant n’est pas dans la source : règle le tien d’après ton tableau de bord.",
    "firm.note.daily_rises": "La limite du jour monte à la taille du drawdown dès 6% de gain.",
    "firm.note.no_daily_25k": "Un compte de 25K n’a pas de limite du jour.",
    "firm.note.equity_daily": "La perte du jour porte sur le plus élevé entre equity et solde au début du jour ; le "
    "journal ne connaît que le solde.",
    "firm.note.soft_daily": "La perte du jour est une pause, pas la fin.",
    "firm.note.no_target": "L’objectif n’est pas dans la source.",
    "firm.note.no_targets": "Les objectifs ne sont pas dans la source.",
    "firm.note.floating": "Le P&L flottant compte ; le journal ne voit que les trades clôturés.",
    "firm.note.other_drawdown": "Une source donne $3,000 pour le drawdown de 50K au lieu de $2,000.",
    "firm.note.no_floor_stop": "Où le plancher s’arrête n’est pas dans les sources.",
    # ---- when its source was written
    "firm.dated.undated": "non daté",
    "firm.dated.amounts_older": "non daté ; les montants, plus anciens",
    "firm.dated.before_march": "offres achetées avant le 1er mars 2026",
    "firm.dated.may_march": "mai 2026 ; les montants, mars 2026",
    "firm.dated.help_centre": "copie non datée du centre d’aide",
    "firm.dated.january_may": "janvier à mai 2026",
    "firm.dated.february_may": "février à mai 2026",
    # ---- who else says so
    "firm.beside.target": "{named} ; l’objectif : {other}",
    "firm.beside.amounts": "{named} ; les montants : {other}",
    "firm.beside.partner": "{named} ; le partenaire de la firme, {other}",
    # ---- when the day starts
    "firm.day.server": "minuit du serveur de la firme (GMT+2, en été GMT+3)",
}
