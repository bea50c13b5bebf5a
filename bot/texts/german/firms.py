"""The German notes on the suggestions of bot/trading/firms.py."""

from typing import Final

FIRMS: Final = {
    # ---- what a suggestion leaves out, or knows otherwise
    "firm.note.open_pnl": "Die Firma zählt auch offene Positionen, Gebühren und Swaps; das Journal sieht nur "
    "geschlossene Trades.",
    "firm.note.four_days": "Mindestens 4 Handelstage.",
    "firm.note.three_days": "Mindestens 3 Tage im Plus.",
    "firm.note.midnight_floor": "Die Untergrenze wird jede Mitternacht nach dem höchsten Tagesschluss gesetzt. Ein "
    "Dritter sagt, sie stoppe beim Anfangsstand, der Text der Firma nicht, also stoppt sie hier nicht.",
    "firm.note.best_day": "Bester Tag höchstens 50% des Gewinns: Nicht erfüllt ist kein Verstoß.",
    "firm.note.best_day_mffu": "Bester Tag höchstens 50% (help.myfundedfutures.com): Nicht erfüllt ist kein Verstoß.",
    "firm.note.best_day_net": "Bester Tag höchstens 50% des Nettogewinns, mindestens 5 Tage: Nicht erfüllt ist kein "
    "Verstoß.",
    "firm.note.combine_daily": "Die Quellen sind uneins, ob ein Combine noch ein Tagesverlustlimit hat ($1,000, "
    "$2,000 oder $3,000, Pause bis zur nächsten Session, in älteren), darum fehlt es hier.",
    "firm.note.combine_consistency": "Auch bei der Konsistenz sind sie uneins (bester Tag 40% oder 50%).",
    "firm.note.equity_floor": "Die Untergrenze folgt der höchsten Equity, offene Gewinne eingeschlossen; das Journal "
    "sieht nur geschlossene Trades.",
    "firm.note.apex_since": "Pläne seit März 2026 sind anders (Trailing zum Tagesende oder im Tagesverlauf zur Wahl) "
    "und fehlen hier.",
    "firm.note.consistency_30": "Konsistenz 30% bei Auszahlung.",
    "firm.note.floor_unconfirmed": "Wo die Untergrenze stoppt und wann der Tag beginnt, bestätigt keine Quelle: Hier "
    "stoppt sie nicht.",
    "firm.note.funded_floor": "Im Funded-Konto folgt die Untergrenze im Tagesverlauf, offene Gewinne zählen; das "
    "Journal sieht nur geschlossene Trades.",
    "firm.note.day_floor": "Die Untergrenze folgt im Tagesverlauf, offene Gewinne zählen; das Journal sieht nur "
    "geschlossene Trades.",
    "firm.note.no_amount": "Der Drawdown folgt dem Tagesschluss; sein Betrag steht nicht in der Quelle: Setz deinen "
    "nach deinem Dashboard.",
    "firm.note.no_amount_locked": "Der Drawdown folgt dem Tagesschluss und stoppt $100 über der Kontogröße; sein "
    "Betrag steht nicht in der Quelle: Setz deinen nach deinem Dashboard.",
    "firm.note.daily_rises": "Das Tageslimit steigt ab 6% Gewinn auf die Größe des Drawdowns.",
    "firm.note.no_daily_25k": "Ein 25K-Konto hat kein Tageslimit.",
    "firm.note.equity_daily": "Der Tagesverlust gilt vom höheren Wert aus Equity und Kontostand zu Tagesbeginn; das "
    "Journal kennt nur den Kontostand.",
    "firm.note.soft_daily": "Der Tagesverlust ist eine Pause, nicht das Ende.",
    "firm.note.no_target": "Das Ziel steht nicht in der Quelle.",
    "firm.note.no_targets": "Die Ziele stehen nicht in der Quelle.",
    "firm.note.floating": "Offenes P&L zählt; das Journal sieht nur geschlossene Trades.",
    "firm.note.other_drawdown": "Eine Quelle nennt für den 50K-Drawdown $3,000 statt $2,000.",
    "firm.note.no_floor_stop": "Wo die Untergrenze stoppt, steht nicht in den Quellen.",
    # ---- when its source was written
    "firm.dated.undated": "undatiert",
    "firm.dated.amounts_older": "undatiert; die Beträge älter",
    "firm.dated.before_march": "Pläne, die vor dem 1. März 2026 gekauft wurden",
    "firm.dated.may_march": "Mai 2026; die Beträge März 2026",
    "firm.dated.help_centre": "undatierte Kopie des Hilfebereichs",
    "firm.dated.january_may": "Januar bis Mai 2026",
    "firm.dated.february_may": "Februar bis Mai 2026",
    # ---- who else says so
    "firm.beside.target": "{named}; das Ziel: {other}",
    "firm.beside.amounts": "{named}; die Beträge: {other}",
    "firm.beside.partner": "{named}; der Partner der Firma, {other}",
    # ---- when the day starts
    "firm.day.server": "Mitternacht des Servers der Firma (GMT+2, im Sommer GMT+3)",
}
