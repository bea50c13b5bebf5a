"""The Portuguese notes on the suggestions of bot/trading/firms.py."""

from typing import Final

FIRMS: Final = {
    # ---- what a suggestion leaves out, or knows otherwise
    "firm.note.open_pnl": "A mesa conta também posições abertas, corretagem e swaps; o diário só vê operações "
    "fechadas.",
    "firm.note.four_days": "Ao menos 4 dias de pregão.",
    "firm.note.three_days": "Ao menos 3 dias com lucro.",
    "firm.note.midnight_floor": "O piso é definido a cada meia-noite pelo maior saldo de fechamento. Um terceiro diz "
    "que ele para no saldo inicial, o texto da mesa não, então aqui ele não para.",
    "firm.note.best_day": "Melhor dia no máximo 50% do lucro: não cumprir não é infração.",
    "firm.note.best_day_mffu": "Melhor dia no máximo 50% (help.myfundedfutures.com): não cumprir não é infração.",
    "firm.note.best_day_net": "Melhor dia no máximo 50% do lucro líquido, ao menos 5 dias: não cumprir não é infração.",
    "firm.note.combine_daily": "As fontes divergem se um Combine ainda tem limite de perda diária ($1,000, $2,000 ou "
    "$3,000, pausa até a próxima sessão, nas mais antigas), então ele fica de fora.",
    "firm.note.combine_consistency": "Divergem também na consistência (melhor dia 40% ou 50%).",
    "firm.note.equity_floor": "O piso segue o maior equity, com o lucro aberto; o diário só vê operações fechadas.",
    "firm.note.apex_since": "Os planos desde março de 2026 são outros (trailing no fim ou ao longo do dia, à escolha) "
    "e não estão aqui.",
    "firm.note.consistency_30": "Consistência de 30% no saque.",
    "firm.note.floor_unconfirmed": "Nenhuma fonte confirma onde o piso para nem quando o dia começa: aqui ele não "
    "para.",
    "firm.note.funded_floor": "Na conta financiada o piso segue ao longo do dia e o lucro aberto conta; o diário só "
    "vê operações fechadas.",
    "firm.note.day_floor": "O piso segue ao longo do dia e o lucro aberto conta; o diário só vê operações fechadas.",
    "firm.note.no_amount": "O drawdown segue o saldo de fechamento; o valor não está na fonte: defina o seu pelo seu "
    "painel.",
    "firm.note.no_amount_locked": "O drawdown segue o saldo de fechamento e para $100 acima do tamanho da conta; o "
    "valor não está na fonte: defina o seu pelo seu painel.",
    "firm.note.daily_rises": "O limite diário sobe ao tamanho do drawdown a partir de 6% de lucro.",
    "firm.note.no_daily_25k": "Uma conta de 25K não tem limite diário.",
    "firm.note.equity_daily": "A perda diária é sobre o maior entre equity e saldo no início do dia; o diário só "
    "conhece o saldo.",
    "firm.note.soft_daily": "A perda diária é uma pausa, não o fim.",
    "firm.note.no_target": "A meta não está na fonte.",
    "firm.note.no_targets": "As metas não estão na fonte.",
    "firm.note.floating": "O P&L flutuante conta; o diário só vê operações fechadas.",
    "firm.note.other_drawdown": "Uma fonte dá $3,000 para o drawdown de 50K em vez de $2,000.",
    "firm.note.no_floor_stop": "Onde o piso para não está nas fontes.",
    # ---- when its source was written
    "firm.dated.undated": "sem data",
    "firm.dated.amounts_older": "sem data; os valores, mais antigos",
    "firm.dated.before_march": "planos comprados antes de 1º de março de 2026",
    "firm.dated.may_march": "maio de 2026; os valores, março de 2026",
    "firm.dated.help_centre": "cópia sem data da central de ajuda",
    "firm.dated.january_may": "janeiro a maio de 2026",
    "firm.dated.february_may": "fevereiro a maio de 2026",
    # ---- who else says so
    "firm.beside.target": "{named}; a meta: {other}",
    "firm.beside.amounts": "{named}; os valores: {other}",
    "firm.beside.partner": "{named}; o parceiro da mesa, {other}",
    # ---- when the day starts
    "firm.day.server": "meia-noite do servidor da mesa (GMT+2, no verão GMT+3)",
}
