"""What is told unasked, and pausing it."""

from typing import Final

REMINDING: Final = {
    "told.summary": "Dein Tag: {of}",
    "told.digest": "Deine Woche: {of}",
    "told.streak": "Deine Serie ist in Gefahr",
    "told.streak.how": "{days} Handelstage in Folge stehen im Journal, und heute ist nichts eingetragen. Die Session "
    "endet um {time}: Trag einen Trade ein, oder nimm den Tag frei mit /rest",
    "told.close": "Die Session endet um {time}",
    "told.close.open": "Noch offen:",
    "told.close.how": "Einen Ausstieg schreibst du so: out 18290",
    "told.open": "Eine neue Session: {day}",
    "told.open.unlimited": "Keine Limits gesetzt: /limits",
    "told.open.plan": "Ein Plan dafür? Beispiel: limit buy 2 nq 18200 stop 18180",
    "told.off": "Eine Weile nichts davon: /pause · Wählen, was kommt: /settings messages",
    "paused.forever": "Pausiert: keine Berichte, Erinnerungen oder Ankündigungen, bis du /pause off sagst. Was du "
    "schreibst, beantworte ich wie immer.",
    "paused.until": "Pausiert bis {day}: vorher keine Berichte, Erinnerungen oder Ankündigungen. Was du schreibst, "
    "beantworte ich wie immer. Zum Beenden: /pause off",
    "paused.off": "Du hörst wieder von mir: Berichte, Erinnerungen und Ankündigungen kommen wie zuvor.",
    "pause_refused": "„{said}“ ist keine Zeit, für die ich pausieren kann. Beispiel: /pause 3 days, /pause until "
    "friday, /pause off",
    "pause_refused.past": "{day} liegt nicht vor uns. Beispiel: /pause 3 days, /pause until friday, /pause off",
    "pause_refused.far": "{day} ist zu weit weg: höchstens ein Jahr. Ohne Ende: /pause",
}
