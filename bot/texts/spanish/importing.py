"""The Spanish texts of periods and of files that come in and go out."""

from types import MappingProxyType
from typing import Final

IMPORTING: Final = MappingProxyType(
    {
        # ---- periods
        "period.range": "{first} – {last}",
        "period_refused.unknown": "No conozco el periodo “{said}”.",
        "period_refused.empty": "¿Qué periodo?",
        "period_refused.ahead": "“{said}” aún no ha empezado.",
        "period_refused.reversed": "“{said}” termina antes de empezar.",
        "period_refused.no_date": "No existe ese día: “{said}”.",
        "period_refused.two_ways": "“{said}” pueden ser dos días. Escríbelo como 2026-10-25.",
        "period_refused.examples": "Di por ejemplo: hoy, la semana pasada, octubre, últimos 30 días, este año o "
        "2026-10-01..2026-10-15",
        # ---- exports of a period
        "export_begun.period": "Estoy poniendo {period} de tu diario en un archivo: operaciones, veredictos, "
        "días, planes, mensajes y gráficos de esos días; reglas y cuentas completas. Llega aquí como ZIP en unos "
        "minutos.",
        "export_of.one": "{period}: una operación y todo lo de esos días, como CSV y como JSON.",
        "export_of.other": "{period}: {count} operaciones y todo lo de esos días, como CSV y como JSON.",
        "export_none": "{period}: sin operaciones. Lo demás de esos días está dentro, como CSV y como JSON.",
        # ---- brokers' files
        "import_help.title": "Operaciones del archivo de tu bróker",
        "import_help": "Envíame como archivo el CSV que exporta tu bróker: Tradovate, NinjaTrader, MetaTrader 4 "
        "y 5, TradingView, Rithmic, cTrader, o cualquier otro con una fila por operación o ejecución. Muestro lo "
        "que hay antes de guardar nada.\nEl texto que lo acompaña puede nombrar la cuenta y la zona de sus "
        "horas: @apex2, zone New York",
        "import_help.waits": "Un archivo espera a guardarse, o tu respuesta. Otro ocupa su lugar.",
        "import_begun": "Leyendo tu archivo. Muestro lo que hay antes de guardar nada.",
        "import_begun.one_file": "Un archivo a la vez: solo se lee el primero. Envía los demás después.",
        "import_under_way": "Aún estoy leyendo tu último archivo. Envía este otra vez cuando termine.",
        "import.title": "{label}: un archivo con operaciones",
        "import.new.one": "1 operación nueva, {period}",
        "import.new.other": "{count} operaciones nuevas en {days}, {period}",
        "import.days.one": "1 día",
        "import.days.other": "{count} días",
        "import.net": "P&L neto {amount}",
        "import.known.one": "1 operación ya está en tu diario",
        "import.known.other": "{count} operaciones ya están en tu diario",
        "import.known_fills.one": "1 ejecución ya está en tu diario",
        "import.known_fills.other": "{count} ejecuciones ya están en tu diario",
        "import.open.one": "1 ejecución sigue abierta al final del archivo: un archivo posterior la cierra",
        "import.open.other": "{count} ejecuciones siguen abiertas al final del archivo: un archivo posterior las "
        "cierra",
        "import.zone": "Horas leídas como {zone}. ¿Son otras? /import zone New York",
        "import.computed.one": "1 P&L calculado de sus precios",
        "import.computed.other": "{count} P&L calculados de sus precios",
        "import.without_result.one": "1 operación sin P&L: no sé cuánto vale un punto de {symbols}",
        "import.without_result.other": "{count} operaciones sin P&L: no sé cuánto vale un punto de {symbols}",
        "import.accounts": "Contiene varias cuentas de tu bróker: {accounts}",
        "import.account": "Para tu cuenta @{account}",
        "import.skipped.one": "Omitido: {reason} (línea {lines})",
        "import.skipped.other": "Omitido: {count}× {reason} (líneas {lines})",
        "import.skipped.no_trade": "no es una operación",
        "import.skipped.twice": "lo mismo otra vez",
        "import.skipped.open": "aún sin cerrar",
        "import.skipped.orphan": "cierra lo que se abrió antes de este archivo",
        "import.skipped.formula": "una fórmula, que no ejecuto",
        "import.skipped.number": "sin número donde debería haberlo",
        "import.skipped.symbol": "sin símbolo",
        "import.skipped.side": "ni compra ni venta",
        "import.skipped.size": "sin tamaño",
        "import.skipped.price": "sin precio",
        "import.skipped.time": "sin fecha que pueda leer",
        "import.skipped.ahead": "una fecha que aún no ha llegado",
        "import.nothing_yet": "Aún no se ha guardado nada.",
        "import.matches.one": "1 de ellas ya me la contaste: con Guardar se une a la tuya.",
        "import.matches.other": "{count} de ellas ya me las contaste: con Guardar se unen a las tuyas.",
        "import.open_only": "No se cerró ninguna operación. ¿Conservo las ejecuciones abiertas para tu próximo "
        "archivo?",
        "import.nothing_new": "No hay nada nuevo que guardar.",
        "import_question.title": "¿Qué es cada columna?",
        "import.column": "{column}: {value}",
        "import.more_columns.one": "… y 1 más",
        "import.more_columns.other": "… y {count} más",
        "import.missing": "No pude encontrar: {roles}",
        "import.dates_open": "¿Va primero el día o el mes en sus fechas? dates d/m o dates m/d",
        "import.answer.dates": "dates d/m",
        "import.answer": "Ejemplo: /import {example}",
        "import.role.symbol": "symbol (símbolo)",
        "import.role.side": "side (lado)",
        "import.role.size": "size (tamaño)",
        "import.role.entry_price": "entry (entrada)",
        "import.role.exit_price": "exit (salida)",
        "import.role.price": "price (precio)",
        "import.role.time": "time (hora)",
        "import_unread": "No entendí “{said}”. Nombra las columnas por su número o su nombre.",
        "import_unread.nothing": "Dime qué es cada columna.",
        "import_unread.example": "symbol 2, side 3, pnl 7, time 1",
        "import_refused.empty": "Este archivo está vacío. Expórtalo otra vez, con un rango de fechas que tenga "
        "operaciones.",
        "import_refused.xlsx": "Esto es un libro de Excel. Ábrelo, guárdalo como CSV y envíame ese.",
        "import_refused.pdf": "Esto es un PDF. Exporta tus operaciones como CSV y envíame ese.",
        "import_refused.binary": "Esto no es una tabla que pueda leer. Exporta tus operaciones como CSV y envíame ese.",
        "import_refused.damaged": "Este archivo está dañado: una de sus celdas no tiene fin. Expórtalo otra vez.",
        "import_refused.no_table": "No encontré ninguna tabla en este archivo. Exporta tus operaciones o "
        "ejecuciones como CSV con su cabecera.",
        "import_refused.no_rows": "Este archivo tiene cabecera y nada debajo. Expórtalo otra vez, con un rango "
        "de fechas que tenga operaciones.",
        "import_refused.too_many_rows": "Más de 200,000 filas son demasiadas a la vez. Exporta menos tiempo y "
        "envía los archivos uno tras otro.",
        "import_refused.too_heavy": "Este archivo tarda demasiado en leerse. Exporta menos tiempo y envía los "
        "archivos uno tras otro.",
        "import_refused.too_large": "Este archivo pasa de 20 MB. Exporta menos tiempo y envía los archivos uno "
        "tras otro.",
        "import_refused.gone": "Ya no pude obtener este archivo. Envíalo otra vez, por favor.",
        "import_refused.too_many": "Son demasiados archivos en un correo. Envía este solo.",
        "import_saving": "Guardando {count} operaciones. Tarda un momento.",
        "import_saved.title": "{label}: guardado",
        "import_saved.one": "1 operación está en tu diario.",
        "import_saved.other": "{count} operaciones están en tu diario.",
        "import_saved.merged.one": "1 que me habías contado es ahora una con la de tu bróker.",
        "import_saved.merged.other": "{count} que me habías contado son ahora una con las de tu bróker.",
        "import_saved.audit": "No se revisan con tus reglas. Para revisar una: /audit y su número en /trades",
        "import_undone.title": "{label}: deshecho",
        "import_undone.one": "1 operación se quitó otra vez.",
        "import_undone.other": "{count} operaciones se quitaron otra vez.",
        "import_undone.merged.one": "1 de las tuyas está como la habías contado.",
        "import_undone.merged.other": "{count} de las tuyas están como las habías contado.",
        "import_undone.kept.one": "1 que cambiaste desde entonces se queda.",
        "import_undone.kept.other": "{count} que cambiaste desde entonces se quedan.",
        "import_dropped": "No se guardó nada de ese archivo.",
        "import_failed": "No pude hacer eso con tu archivo. Tu diario está intacto, y quien lo administra puede "
        "ver que esto falló. Inténtalo más tarde.",
        "import_stale": "Ese archivo ya no espera. Envíalo otra vez para ver qué hay de nuevo.",
        "button.import_save": "Guardar {count}",
        "button.import_apart": "Todas como nuevas",
        "button.import_keep": "Conservar",
        "button.import_drop": "No guardar",
    }
)
