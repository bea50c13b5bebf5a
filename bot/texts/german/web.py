"""What the chat serves of the web app's tables."""

from typing import Final

WEB: Final = {
    "announcement.info": "{title}",
    "announcement.feature": "Neu: {title}",
    "announcement.warning": "⚠ {title}",
    "announcement.off": "Keine mehr davon: /announcements off",
    "announcement_dismissed": "Ausgeblendet, auch in deinen anderen Chats.",
    "announcements.on": "Ankündigungen kommen in deine Chats. Keine mehr davon: /announcements off",
    "announcements.off": "Es kommen keine Ankündigungen in deine Chats. Wieder einschalten: /announcements on",
    "referral_rewarded": "Ein Trader, den du geworben hast, hat seinen ersten Trade eingetragen und prüfen lassen: "
    "Du hast 1 freie Prüfung mehr, insgesamt {count}.",
    "try.empty": "Eine freie Prüfung am Tag, ohne Journal. Von dem, was du hier schreibst, bleibt nur das Ergebnis, "
    "24 Stunden lang.",
    "try.unclear": "Daraus kann ich keinen ganzen Trade lesen. Deine freie Prüfung ist nicht verbraucht.",
    "try.open": "Dieser Trade hat noch keinen Ausstieg, und prüfen lässt sich nur ein geschlossener: Ergänze ihn, etwa "
    "> 18290. Deine freie Prüfung ist nicht verbraucht.",
    "try.several": "Bitte einen Trade auf einmal. Deine freie Prüfung ist nicht verbraucht.",
    "try.long": "Das ist zu viel auf einmal: ein Trade und bis zu 5 Regeln. Deine freie Prüfung ist nicht verbraucht.",
    "try.how": "Sende: /try {example}\nDarunter oder nach einem Semikolon: bis zu 5 Regeln von dir auf Englisch, etwa "
    "Never more than 1 contract",
    "try_used": "Das war deine freie Prüfung für heute; die nächste gibt es ab Mitternacht UTC. Um gleich "
    "weiterzumachen, verbinde diesen Chat mit deinem Konto: /link VGL-XXXX",
    "try_unavailable": "Freie Prüfungen gibt es hier nicht. Zum Anfangen verbinde diesen Chat mit deinem Konto: "
    "/link VGL-XXXX",
    "try_linked": "Dieser Chat hat ein Journal: Schreib den Trade einfach so, und seine Prüfung folgt.",
    "try_claimed": "Die freie Prüfung dieses Chats liegt jetzt in deinem Konto.",
    "trying.one": "Eine Regel braucht ein Urteil: Ich frage das Sprachmodell, das dauert bis zu einer halben Minute.",
    "trying.other": "{count} Regeln brauchen ein Urteil: Ich frage das Sprachmodell, das dauert bis zu einer halben "
    "Minute.",
    "tried.title": "Deine freie Prüfung",
    "tried.computed": "Das P&L ist aus deinen Preisen berechnet.",
    "tried.examples": "Diese Regeln sind Beispiele; deine eigenen kommen unter den Trade, eine pro Zeile.",
    "tried.cut": "Nur die ersten {most} Regeln wurden geprüft.",
    "tried.note.no_model": "Nur das Berechenbare wurde geprüft: Für den Rest gibt es hier kein Sprachmodell.",
    "tried.note.over_budget": "Nur das Berechenbare wurde geprüft: Die Urteile für Besucher sind heute verbraucht.",
    "tried.note.failed": "Nur das Berechenbare wurde geprüft: Das Sprachmodell gab keine brauchbare Antwort.",
    "tried.next": "Das bleibt 24 Stunden und gehört dir ganz, sobald du diesen Chat verbindest: /link VGL-XXXX mit "
    "einem Code aus der Web-App, Settings, Journal.",
    "share.title": "{trade} teilen? Jeder mit dem Link sieht:",
    "share.facts": "{facts}",
    "share.month": "{month} {year}",
    "share.win": "ein Gewinn",
    "share.loss": "ein Verlust",
    "share.scratch": "Break-even",
    "share.percent": "{percent}% des Kontos",
    "share.r": "{r}R",
    "share.rules": "Regeln: ✓ {followed} ✗ {violated} ? {unclear}",
    "share.score": "Score {score}",
    "share.not_shown": "Nicht: Name, Konto, Preise, Größe, Geld, Notizen, Regeln oder der Tag.",
    "share.no_size": "Kein Prozentwert, da die Kontogröße nicht bekannt ist: /account main size 50000",
    "share.gone": "Diesen Trade gibt es nicht mehr.",
    "share.open": "Dieser Trade ist noch offen: Teilen kannst du ihn, wenn er geschlossen ist.",
    "share.changed": "Der Trade hat sich geändert, seit du ihn angesehen hast, daher wurde nichts geteilt. Sende "
    "/share noch einmal.",
    "share.full": "Es sind schon {most} Trades geteilt, darum dieser nicht. Nimm erst einen zurück: /unshare",
    "share_declined": "Nichts wurde geteilt.",
    "shared.title": "Geteilt: {trade}",
    "shared.link": "{link}",
    "shared.hash": "Die Web-App zeigt ihn unter diesem Code: {hash}",
    "shared.back": "Zum Zurücknehmen: /unshare",
    "shares.title": "Was du teilst",
    "shares.line": "{number}. {trade}",
    "shares.named": "{trade}, {month}",
    "shares.beyond.one": "Und 1 weiterer.",
    "shares.beyond.other": "Und {count} weitere.",
    "shares.how": "Einen zurücknehmen: /unshare 1 · alle: /unshare all",
    "unshared": "Zurückgenommen: {trade}. Der Link führt jetzt ins Leere.",
    "unshared.all.one": "Zurückgenommen: 1 Trade. Der Link führt jetzt ins Leere.",
    "unshared.all.other": "Zurückgenommen: {count} Trades. Ihre Links führen jetzt ins Leere.",
    "unshare.none": "Du teilst nichts. Um einen Trade zu zeigen: /share",
    "unshare.gone": "Das ist nicht mehr geteilt.",
    "unshare.number": "Diese Nummer gibt es in der Liste nicht; siehe /unshare",
}
