"""The Spanish notes on the suggestions of bot/trading/firms.py."""

from typing import Final

FIRMS: Final = {
    # ---- what a suggestion leaves out, or knows otherwise
    "firm.note.open_pnl": "La firma cuenta también posiciones abiertas, comisiones y swaps; el diario solo ve "
    "operaciones cerradas.",
    "firm.note.four_days": "Al menos 4 días de trading.",
    "firm.note.three_days": "Al menos 3 días con ganancia.",
    "firm.note.midnight_floor": "El suelo se fija cada medianoche según el mayor saldo de cierre. Un tercero dice que "
    "se detiene en el saldo inicial, el texto de la firma no, así que aquí no se detiene.",
    "firm.note.best_day": "Mejor día como mucho el 50% de la ganancia: no cumplirlo no es infracción.",
    "firm.note.best_day_mffu": "Mejor día como mucho el 50% (help.myfundedfutures.com): no cumplirlo no es infracción.",
    "firm.note.best_day_net": "Mejor día como mucho el 50% de la ganancia neta, al menos 5 días: no cumplirlo no es "
    "infracción.",
    "firm.note.combine_daily": "Las fuentes no coinciden en si un Combine aún tiene límite de pérdida diaria ($1,000, "
    "$2,000 o $3,000, pausa hasta la próxima sesión, en las más antiguas), así que se deja fuera.",
    "firm.note.combine_consistency": "Tampoco coinciden en la consistencia (mejor día 40% o 50%).",
    "firm.note.equity_floor": "El suelo sigue al equity más alto, con la ganancia abierta; el diario solo ve "
    "operaciones cerradas.",
    "firm.note.apex_since": "Los planes desde marzo de 2026 son distintos (trailing al cierre o durante el día, a "
    "elegir) y no están aquí.",
    "firm.note.consistency_30": "Consistencia del 30% al retirar.",
    "firm.note.floor_unconfirmed": "Ninguna fuente confirma dónde se detiene el suelo ni cuándo empieza el día: aquí "
    "no se detiene.",
    "firm.note.funded_floor": "Con cuenta fondeada el suelo sigue durante el día y cuenta la ganancia abierta; el "
    "diario solo ve operaciones cerradas.",
    "firm.note.day_floor": "El suelo sigue durante el día y cuenta la ganancia abierta; el diario solo ve operaciones "
    "cerradas.",
    "firm.note.no_amount": "El drawdown sigue al saldo de cierre; su importe no está en la fuente: pon el tuyo según "
    "tu panel.",
    "firm.note.no_amount_locked": "El drawdown sigue al saldo de cierre y se detiene $100 por encima del tamaño de la "
    "cuenta; su importe no está en la fuente: pon el tuyo según tu panel.",
    "firm.note.daily_rises": "El límite diario sube al tamaño del drawdown desde un 6% de ganancia.",
    "firm.note.no_daily_25k": "Una cuenta de 25K no tiene límite diario.",
    "firm.note.equity_daily": "La pérdida diaria es sobre el mayor entre equity y saldo al inicio del día; el diario "
    "solo conoce el saldo.",
    "firm.note.soft_daily": "La pérdida diaria es una pausa, no el final.",
    "firm.note.no_target": "El objetivo no está en la fuente.",
    "firm.note.no_targets": "Los objetivos no están en la fuente.",
    "firm.note.floating": "El P&L flotante cuenta; el diario solo ve operaciones cerradas.",
    "firm.note.other_drawdown": "Una fuente da $3,000 para el drawdown de 50K en lugar de $2,000.",
    "firm.note.no_floor_stop": "Dónde se detiene el suelo no está en las fuentes.",
    # ---- when its source was written
    "firm.dated.undated": "sin fecha",
    "firm.dated.amounts_older": "sin fecha; los importes, más antiguos",
    "firm.dated.before_march": "planes comprados antes del 1 de marzo de 2026",
    "firm.dated.may_march": "mayo de 2026; los importes, marzo de 2026",
    "firm.dated.help_centre": "copia sin fecha del centro de ayuda",
    "firm.dated.january_may": "enero a mayo de 2026",
    "firm.dated.february_may": "febrero a mayo de 2026",
    # ---- who else says so
    "firm.beside.target": "{named}; el objetivo: {other}",
    "firm.beside.amounts": "{named}; los importes: {other}",
    "firm.beside.partner": "{named}; el socio de la firma, {other}",
    # ---- when the day starts
    "firm.day.server": "medianoche del servidor de la firma (GMT+2, en verano GMT+3)",
}
