"""The German texts of periods and of files that come in and go out."""

from types import MappingProxyType
from typing import Final

IMPORTING: Final = MappingProxyType(
    {
        # ---- periods
        "period.range": "{first} – {last}",
        "period.until": "alles bis {last}",
        "period_refused.unknown": "Den Zeitraum „{said}“ kenne ich nicht.",
        "period_refused.empty": "Welcher Zeitraum?",
        "period_refused.ahead": "„{said}“ hat noch nicht begonnen.",
        "period_refused.reversed": "„{said}“ endet, bevor es beginnt.",
        "period_refused.no_date": "Diesen Tag gibt es nicht: „{said}“.",
        "period_refused.no_week": "Diese Woche gibt es nicht: „{said}“.",
        "period_refused.two_ways": "„{said}“ könnte zwei Tage meinen. Schreib ihn wie 2026-10-25.",
        "period_refused.examples": "Schreib zum Beispiel: heute, letzte Woche, Oktober, letzte 30 Tage, dieses Jahr "
        "oder 2026-10-01..2026-10-15",
        # ---- exports of a period
        "export_begun.period": "Ich packe {period} deines Journals in eine Datei: Trades, Urteile, Tage, Pläne, "
        "Nachrichten und Charts dieser Tage; Regeln und Konten ganz. Sie kommt in einigen Minuten als ZIP hierher.",
        "export_of.one": "{period}: ein Trade und alles, was zu diesen Tagen gehört, als CSV und als JSON.",
        "export_of.other": "{period}: {count} Trades und alles, was zu diesen Tagen gehört, als CSV und als JSON.",
        "export_none": "{period}: keine Trades. Was sonst zu diesen Tagen gehört, ist dabei, als CSV und als JSON.",
        # ---- brokers' files
        "import_help.title": "Trades aus der Datei deines Brokers",
        "import_help": "Sende mir die CSV, die dein Broker exportiert, als Datei: Tradovate, NinjaTrader, MetaTrader "
        "4 und 5, TradingView, Rithmic, cTrader oder jede andere mit einer Zeile je Trade oder Ausführung. Ich zeige, "
        "was darin ist, bevor etwas gespeichert wird.\nDer Text dazu kann das Konto und die Zeitzone nennen: @apex2, "
        "zone New York",
        "import_begun": "Ich lese deine Datei. Ich zeige, was darin ist, bevor etwas gespeichert wird.",
        "import_begun.one_file": "Eine Datei auf einmal: Nur die erste wird gelesen. Sende die anderen danach.",
        "import_begun.unread": "Von dem, was dabeisteht, habe ich sonst nichts gelesen: „{said}“. Ein Trade ist eine "
        "eigene Nachricht.",
        "import_under_way": "Ich lese noch deine letzte Datei. Sende diese noch einmal, wenn das fertig ist.",
        "import.title": "{label}: eine Datei mit Trades",
        "import.new.one": "1 neuer Trade, {period}",
        "import.new.other": "{count} neue Trades an {days}, {period}",
        "import.days.one": "1 Tag",
        "import.days.other": "{count} Tagen",
        "import.net": "P&L netto {amount}",
        "import.known.one": "1 Trade steht schon in deinem Journal",
        "import.known.other": "{count} Trades stehen schon in deinem Journal",
        "import.known_fills.one": "1 Ausführung steht schon in deinem Journal",
        "import.known_fills.other": "{count} Ausführungen stehen schon in deinem Journal",
        "import.open.one": "1 Ausführung ist am Ende der Datei noch offen: Eine spätere Datei schließt sie",
        "import.open.other": "{count} Ausführungen sind am Ende der Datei noch offen: Eine spätere Datei schließt sie",
        "import.zone": "Zeiten gelesen als {zone}. Anders? /import zone New York",
        "import.dates_guessed.mdy": "Datum gelesen als Monat/Tag. Anders? /import dates d/m",
        "import.dates_guessed.dmy": "Datum gelesen als Tag/Monat. Anders? /import dates m/d",
        "import.computed.one": "1 P&L aus den Preisen berechnet",
        "import.computed.other": "{count} P&L aus den Preisen berechnet",
        "import.without_result.one": "1 Trade ohne P&L: Ich weiß nicht, was ein Punkt in {symbols} wert ist",
        "import.without_result.other": "{count} Trades ohne P&L: Ich weiß nicht, was ein Punkt in {symbols} wert ist",
        "import.accounts": "Sie enthält mehrere Konten deines Brokers: {accounts}",
        "import.account": "Für dein Konto @{account}",
        "import.skipped.one": "Weggelassen: {reason} (Zeile {lines})",
        "import.skipped.other": "Weggelassen: {count}× {reason} (Zeilen {lines})",
        "import.skipped.no_trade": "kein Trade",
        "import.skipped.twice": "noch einmal dasselbe",
        "import.skipped.open": "noch nicht geschlossen",
        "import.skipped.orphan": "schließt, was vor dieser Datei geöffnet wurde",
        "import.skipped.formula": "eine Formel, die ich nicht ausführe",
        "import.skipped.number": "keine Zahl, wo eine stehen sollte",
        "import.skipped.symbol": "kein Symbol",
        "import.skipped.side": "weder Kauf noch Verkauf",
        "import.skipped.size": "keine Größe",
        "import.skipped.price": "kein Preis",
        "import.skipped.time": "kein lesbares Datum",
        "import.skipped.ahead": "ein Datum, das noch nicht war",
        "import.nothing_yet": "Noch ist nichts gespeichert.",
        "import.matches.one": "1 davon hattest du mir schon genannt: Beim Speichern wird er eins mit deinem.",
        "import.matches.other": "{count} davon hattest du mir schon genannt: Beim Speichern werden sie eins mit "
        "deinen.",
        "import.open_only": "Kein Trade wurde geschlossen. Die offenen Ausführungen für die nächste Datei behalten?",
        "import.nothing_new": "Es gibt nichts Neues zu speichern.",
        "import_question.title": "Welche Spalte ist was?",
        "import.column": "{column}: {value}",
        "import.more_columns.one": "… und 1 weitere",
        "import.more_columns.other": "… und {count} weitere",
        "import.missing": "Nicht gefunden: {roles}",
        "import.dates_open": "Steht im Datum zuerst der Tag oder der Monat? dates d/m oder dates m/d",
        "import.answer.dates": "dates d/m",
        "import.answer": "Beispiel: /import {example}",
        "import.not_there": "Sie fehlt? Exportiere die Datei noch einmal mit so einer Spalte.",
        "import.role.symbol": "symbol",
        "import.role.side": "side",
        "import.role.size": "size",
        "import.role.entry_price": "entry",
        "import.role.exit_price": "exit",
        "import.role.price": "price",
        "import.role.time": "time",
        "import_unread": "„{said}“ habe ich nicht verstanden. Nenn Spalten mit Nummer oder Name.",
        "import_unread.nothing": "Sag mir, welche Spalte was ist.",
        "import_unread.example": "symbol 2, side 3, pnl 7, time 1",
        "import_unread.ready": "„{said}“ habe ich nicht verstanden. Sag zum Beispiel /import zone New York oder "
        "/import dates d/m",
        "import_refused.empty": "Diese Datei ist leer. Exportier sie noch einmal, mit einem Zeitraum, der Trades hat.",
        "import_refused.xlsx": "Das ist eine Excel-Mappe. Öffne sie, speichere sie als CSV und sende mir die.",
        "import_refused.pdf": "Das ist ein PDF. Exportier deine Trades als CSV und sende mir die.",
        "import_refused.binary": "Das ist keine Tabelle, die ich lesen kann. Exportier deine Trades als CSV und sende "
        "mir "
        "die.",
        "import_refused.damaged": "Diese Datei ist beschädigt: Eine Zelle hat kein Ende. Exportier sie noch einmal.",
        "import_refused.no_table": "In dieser Datei fand ich keine Tabelle. Exportier deine Trades oder Ausführungen "
        "als "
        "CSV mit Kopfzeile.",
        "import_refused.no_rows": "Diese Datei hat eine Kopfzeile und nichts darunter. Exportier sie noch einmal, mit "
        "einem Zeitraum, der Trades hat.",
        "import_refused.too_many_rows": "Mehr als 200,000 Zeilen sind zu viel auf einmal. Exportier kürzere Zeiträume "
        "und "
        "sende die Dateien nacheinander.",
        "import_refused.too_heavy": "Diese Datei zu lesen dauert zu lange. Exportier kürzere Zeiträume und sende die "
        "Dateien nacheinander.",
        "import_refused.too_large": "Diese Datei ist größer als 20 MB. Exportier kürzere Zeiträume und sende die "
        "Dateien "
        "nacheinander.",
        "import_refused.gone": "Ich konnte diese Datei nicht mehr abholen. Bitte sende sie noch einmal.",
        "import_refused.too_many": "Das sind zu viele Dateien in einer Mail. Sende diese für sich.",
        "import_saving": "Ich speichere {count} Trades. Das dauert einen Moment.",
        "import_saved.title": "{label}: gespeichert",
        "import_saved.one": "1 Trade ist in deinem Journal.",
        "import_saved.other": "{count} Trades sind in deinem Journal.",
        "import_saved.merged.one": "1, den du mir genannt hattest, ist jetzt eins mit dem deines Brokers.",
        "import_saved.merged.other": "{count}, die du mir genannt hattest, sind jetzt eins mit denen deines Brokers.",
        "import_saved.audit": "Sie sind nicht an deinen Regeln geprüft. Um einen zu prüfen: /audit und seine Nummer in "
        "/trades",
        "import_saved.fills": "Kein Trade wurde geschlossen. Die offenen Ausführungen warten auf deine nächste Datei.",
        "import_undone.title": "{label}: zurückgenommen",
        "import_undone.one": "1 Trade ist wieder weg.",
        "import_undone.other": "{count} Trades sind wieder weg.",
        "import_undone.merged.one": "1 von deinen ist wieder, wie du ihn genannt hattest.",
        "import_undone.merged.other": "{count} von deinen sind wieder, wie du sie genannt hattest.",
        "import_undone.kept.one": "1, den du seitdem geändert hast, bleibt.",
        "import_undone.kept.other": "{count}, die du seitdem geändert hast, bleiben.",
        "import_undone.fills": "Die offenen Ausführungen dieser Datei sind vergessen.",
        "import_dropped": "Aus dieser Datei wurde nichts gespeichert.",
        "import_failed": "Das ging mit deiner Datei nicht. Dein Journal ist unberührt, und der Betreiber kann sehen, "
        "dass "
        "es nicht ging. Versuch es später noch einmal.",
        "import_stale": "Diese Datei wartet nicht mehr. Sende sie noch einmal, um zu sehen, was darin neu ist.",
        "import_already.saved": "Diese Datei ist schon gespeichert.",
        "import_already.undone": "Diese Datei ist schon zurückgenommen.",
        "button.import_save": "{count} speichern",
        "button.import_apart": "Alle als neu",
        "button.import_keep": "Behalten",
        "button.import_drop": "Nicht speichern",
    }
)
