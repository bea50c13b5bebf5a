"""The Portuguese texts of periods and of files that come in and go out."""

from types import MappingProxyType
from typing import Final

IMPORTING: Final = MappingProxyType(
    {
        # ---- periods
        "period.range": "{first} – {last}",
        "period_refused.unknown": "Não conheço o período “{said}”.",
        "period_refused.empty": "Qual período?",
        "period_refused.ahead": "“{said}” ainda não começou.",
        "period_refused.reversed": "“{said}” termina antes de começar.",
        "period_refused.no_date": "Não existe esse dia: “{said}”.",
        "period_refused.two_ways": "“{said}” pode ser dois dias. Escreva como 2026-10-25.",
        "period_refused.examples": "Diga por exemplo: hoje, semana passada, outubro, últimos 30 dias, este ano ou "
        "2026-10-01..2026-10-15",
        # ---- exports of a period
        "export_begun.period": "Estou colocando {period} do seu diário em um arquivo: operações, veredictos, "
        "dias, planos, mensagens e gráficos desses dias; regras e contas completas. Ele chega aqui como ZIP em "
        "alguns minutos.",
        "export_of.one": "{period}: uma operação e tudo desses dias, como CSV e como JSON.",
        "export_of.other": "{period}: {count} operações e tudo desses dias, como CSV e como JSON.",
        "export_none": "{period}: sem operações. O resto desses dias está dentro, como CSV e como JSON.",
        # ---- brokers' files
        "import_help.title": "Operações do arquivo da sua corretora",
        "import_help": "Envie como arquivo o CSV que sua corretora exporta: Tradovate, NinjaTrader, MetaTrader 4 "
        "e 5, TradingView, Rithmic, cTrader, ou qualquer outro com uma linha por operação ou execução. Mostro o "
        "que há nele antes de salvar qualquer coisa.\nA legenda pode citar a conta e o fuso dos horários: "
        "@apex2, zone New York",
        "import_help.waits": "Um arquivo espera para ser salvo, ou a sua resposta. Outro toma o lugar dele.",
        "import_begun": "Lendo seu arquivo. Mostro o que há nele antes de salvar qualquer coisa.",
        "import_begun.one_file": "Um arquivo de cada vez: só o primeiro é lido. Envie os outros depois.",
        "import_under_way": "Ainda estou lendo seu último arquivo. Envie este de novo quando terminar.",
        "import.title": "{label}: um arquivo com operações",
        "import.new.one": "1 operação nova, {period}",
        "import.new.other": "{count} operações novas em {days}, {period}",
        "import.days.one": "1 dia",
        "import.days.other": "{count} dias",
        "import.net": "P&L líquido {amount}",
        "import.known.one": "1 operação já está no seu diário",
        "import.known.other": "{count} operações já estão no seu diário",
        "import.known_fills.one": "1 execução já está no seu diário",
        "import.known_fills.other": "{count} execuções já estão no seu diário",
        "import.open.one": "1 execução continua aberta no fim do arquivo: um arquivo posterior a fecha",
        "import.open.other": "{count} execuções continuam abertas no fim do arquivo: um arquivo posterior as fecha",
        "import.zone": "Horários lidos como {zone}. São outros? /import zone New York",
        "import.computed.one": "1 P&L calculado pelos preços",
        "import.computed.other": "{count} P&Ls calculados pelos preços",
        "import.without_result.one": "1 operação sem P&L: não sei quanto vale um ponto de {symbols}",
        "import.without_result.other": "{count} operações sem P&L: não sei quanto vale um ponto de {symbols}",
        "import.accounts": "Contém várias contas da sua corretora: {accounts}",
        "import.account": "Para sua conta @{account}",
        "import.skipped.one": "Deixado de fora: {reason} (linha {lines})",
        "import.skipped.other": "Deixado de fora: {count}× {reason} (linhas {lines})",
        "import.skipped.no_trade": "não é operação",
        "import.skipped.twice": "o mesmo de novo",
        "import.skipped.open": "ainda não fechada",
        "import.skipped.orphan": "fecha o que foi aberto antes deste arquivo",
        "import.skipped.formula": "uma fórmula, que eu não executo",
        "import.skipped.number": "sem número onde deveria haver",
        "import.skipped.symbol": "sem símbolo",
        "import.skipped.side": "nem compra nem venda",
        "import.skipped.size": "sem tamanho",
        "import.skipped.price": "sem preço",
        "import.skipped.time": "sem data que eu possa ler",
        "import.skipped.ahead": "uma data que ainda não chegou",
        "import.nothing_yet": "Nada foi salvo ainda.",
        "import.matches.one": "1 delas você já me contou: com Salvar ela se une à sua.",
        "import.matches.other": "{count} delas você já me contou: com Salvar elas se unem às suas.",
        "import.open_only": "Nenhuma operação foi fechada. Guardo as execuções abertas para seu próximo arquivo?",
        "import.nothing_new": "Não há nada novo para salvar.",
        "import_question.title": "O que é cada coluna?",
        "import.column": "{column}: {value}",
        "import.more_columns.one": "… e mais 1",
        "import.more_columns.other": "… e mais {count}",
        "import.missing": "Não encontrei: {roles}",
        "import.dates_open": "Nas datas vem primeiro o dia ou o mês? dates d/m ou dates m/d",
        "import.answer.dates": "dates d/m",
        "import.answer": "Exemplo: /import {example}",
        "import.role.symbol": "symbol (símbolo)",
        "import.role.side": "side (lado)",
        "import.role.size": "size (tamanho)",
        "import.role.entry_price": "entry (entrada)",
        "import.role.exit_price": "exit (saída)",
        "import.role.price": "price (preço)",
        "import.role.time": "time (hora)",
        "import_unread": "Não entendi “{said}”. Cite as colunas pelo número ou nome.",
        "import_unread.nothing": "Diga o que é cada coluna.",
        "import_unread.example": "symbol 2, side 3, pnl 7, time 1",
        "import_refused.empty": "Este arquivo está vazio. Exporte de novo, com um intervalo de datas que tenha "
        "operações.",
        "import_refused.xlsx": "Esta é uma planilha do Excel. Abra, salve como CSV e me envie esse.",
        "import_refused.pdf": "Este é um PDF. Exporte suas operações como CSV e me envie esse.",
        "import_refused.binary": "Esta não é uma tabela que eu possa ler. Exporte suas operações como CSV e me "
        "envie esse.",
        "import_refused.damaged": "Este arquivo está danificado: uma célula dele não tem fim. Exporte de novo.",
        "import_refused.no_table": "Não encontrei tabela neste arquivo. Exporte suas operações ou execuções como "
        "CSV com o cabeçalho.",
        "import_refused.no_rows": "Este arquivo tem cabeçalho e nada abaixo. Exporte de novo, com um intervalo "
        "de datas que tenha operações.",
        "import_refused.too_many_rows": "Mais de 200,000 linhas é demais de uma vez. Exporte menos tempo e envie "
        "os arquivos um após o outro.",
        "import_refused.too_heavy": "Este arquivo demora demais para ler. Exporte menos tempo e envie os "
        "arquivos um após o outro.",
        "import_refused.too_large": "Este arquivo passa de 20 MB. Exporte menos tempo e envie os arquivos um "
        "após o outro.",
        "import_refused.gone": "Não consegui mais obter este arquivo. Envie de novo, por favor.",
        "import_refused.too_many": "São arquivos demais em um e-mail. Envie este sozinho.",
        "import_saving": "Salvando {count} operações. Leva um momento.",
        "import_saved.title": "{label}: salvo",
        "import_saved.one": "1 operação está no seu diário.",
        "import_saved.other": "{count} operações estão no seu diário.",
        "import_saved.merged.one": "1 que você tinha me contado agora é uma só com a da corretora.",
        "import_saved.merged.other": "{count} que você tinha me contado agora são uma só com as da corretora.",
        "import_saved.audit": "Elas não são conferidas com suas regras. Para conferir uma: /audit e o número "
        "dela em /trades",
        "import_undone.title": "{label}: desfeito",
        "import_undone.one": "1 operação saiu de novo.",
        "import_undone.other": "{count} operações saíram de novo.",
        "import_undone.merged.one": "1 das suas está como você tinha contado.",
        "import_undone.merged.other": "{count} das suas estão como você tinha contado.",
        "import_undone.kept.one": "1 que você alterou desde então fica.",
        "import_undone.kept.other": "{count} que você alterou desde então ficam.",
        "import_dropped": "Nada desse arquivo foi salvo.",
        "import_failed": "Não consegui fazer isso com seu arquivo. Seu diário está intacto, e quem o administra "
        "pode ver que isto falhou. Tente mais tarde.",
        "import_stale": "Esse arquivo não espera mais. Envie de novo para ver o que há de novo nele.",
        "button.import_save": "Salvar {count}",
        "button.import_apart": "Todas como novas",
        "button.import_keep": "Guardar",
        "button.import_drop": "Não salvar",
    }
)
