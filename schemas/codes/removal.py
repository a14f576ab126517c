"""Codes of removals and blocks: W221–W230 and W243–W249, with Swedish and English sentences.

The subject of a finding is ``removal:<number>``, a decision to block, or ``restore``. Nothing of what anybody wrote stands
in a parameter.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "W221": (
        "Den kunde inte hämtas på nytt från plattformen ({code}). Kopian är den senast hämtade versionen, {version}.",
        "It could not be fetched anew from the platform ({code}). The copy is the version harvested last, {version}.",
    ),
    "W222": (
        "{lacking:bilaga|bilagor} till den har aldrig kunnat hämtas, så det arkivet har är ingen hel kopia.",
        "{lacking:attachment|attachments} of it could never be fetched, so what the archive has is no whole copy.",
    ),
    "W223": (
        "Ingen kopia är säkrad, och därför är inget borttaget. Kör kommandot igen med --screenshot FIL, eller med "
        "--emergency och en beskrivning av vad som står där. Är det brådskande räcker beskrivningen.",
        "No copy is secured, so nothing has been taken away. Run the command again with --screenshot FILE, or with "
        "--emergency and a description of what it says. If it is urgent the description is enough.",
    ),
    "W224": (
        "Plattformen säger att det är gjort, men besökare ser den fortfarande. Titta på sidan; kör kommandot igen om den är "
        "kvar.",
        "The platform says that it is done, but visitors still see it. Look at the page; run the command again if it is there.",
    ),
    "W225": (
        "Plattformen svarade inte att det är gjort, men besökare ser den inte längre. Borttagningen räknas som gjord.",
        "The platform did not say that it is done, but visitors do not see it any longer. The removal counts as done.",
    ),
    "W226": (
        "Det är oklart om den är borta: plattformen svarade inte så att det går att lita på. Bevara frågar igen i nästa "
        "genomgång; titta gärna på sidan så länge.",
        "It is unclear whether it is gone: the platform did not answer so that one can trust it. The next look asks again; "
        "look at the page meanwhile.",
    ),
    "W227": (
        "Här behövs en hand: plattformen låter inte Bevara ta bort den. Ta bort eller dölj den på sidan och kör sedan "
        "'bevara oversee removal {number} done --as NAMN'.",
        "A hand is needed: the platform does not let Bevara take it away. Remove or hide it on the page, then run "
        "'bevara oversee removal {number} done --as NAME'.",
    ),
    "W228": (
        "Den var borta innan Bevara bad plattformen om något. Berätta vem som tog bort den: 'bevara oversee removed "
        "{item} --by … --why … --as NAMN'.",
        "It was gone before Bevara asked the platform for anything. Say who took it away: 'bevara oversee removed {item} "
        "--by … --why … --as NAME'.",
    ),
    "W229": (
        "Plattformen låter oss inte ta bort den, bara dölja den. Den döljs.",
        "The platform does not let us take it away, only hide it. It is hidden.",
    ),
    "W230": (
        "Ingen kopia kunde säkras, så den är dold tills vidare. Inget är borttaget.",
        "No copy could be secured, so it is hidden for the time being. Nothing has been taken away.",
    ),
    "W243": (
        "Polisanmälan väntar. När den är gjord: 'bevara oversee removal {number} reported --as NAMN'.",
        "The report to the police waits. When it is made: 'bevara oversee removal {number} reported --as NAME'.",
    ),
    "W244": (
        "Den ska registreras; den står i registratorns lista ('bevara register candidates').",
        "It is to be registered; it stands in the registrar's list ('bevara register candidates').",
    ),
    "W245": (
        "Meddelandet till besökaren är skrivet men inte skickat. Klistra in det, och kör sedan 'bevara oversee removal "
        "{number} noticed --pasted --as NAMN' (eller --impossible).",
        "The message to the visitor is written but not sent. Paste it, then run 'bevara oversee removal {number} noticed "
        "--pasted --as NAME' (or --impossible).",
    ),
    "W246": (
        "{found:borttagning eller blockering|borttagningar och blockeringar} är yngre än säkerhetskopian. De är införda igen; "
        "det som skrevs om dem finns inte kvar. Gå igenom dem med 'bevara oversee removals' och 'bevara oversee blocks'.",
        "{found:removal or block|removals and blocks} are younger than the backup. They are entered again; what was written "
        "of them is lost. Go through them with 'bevara oversee removals' and 'bevara oversee blocks'.",
    ),
    "W247": (
        "Handlingen har gallringsstopp. Det hindrar inte att den tas bort från sidan: kopian i arkivet är kvar.",
        "The record is on hold. That does not keep it from being taken off the page: the copy in the archive stays.",
    ),
    "W248": (
        "Misstänkt övergreppsmaterial: inget har hämtats eller kopierats, och det arkivet redan har är låst och gallras inte. "
        "Skicka det inte vidare, spara ingen skärmbild. Anmäl till polisen nu (114 14, vid pågående brott 112).",
        "Suspected abuse material: nothing was fetched or copied, and what the archive already has is locked and kept. Do not "
        "pass it on, take no screenshot. Report it to the police now (114 14; 112 if a crime is going on).",
    ),
    "W249": (
        "Plattformen blockerade inte besökaren åt oss. Gör det på sidan.",
        "The platform did not block the visitor for us. Do it on the page.",
    ),
    "W260": (
        "Besökaren är redan blockerad. Det tidigare beslutet gäller som det är: skälet och dagen som angavs nu är inte införda. "
        "Häv det först om det ska ändras, eller besluta på nytt när det ska prövas.",
        "The visitor is blocked already. The earlier decision holds as it is: the reason and the day given now are not entered. "
        "Lift it first if it is to change, or decide anew when it is to be reviewed.",
    ),
    "W250": (
        "Låset är hävt. Gallringsstoppet står kvar tills någon häver det: 'bevara hold list' och 'bevara hold lift'.",
        "The lock is lifted. The hold stays until somebody lifts it: 'bevara hold list' and 'bevara hold lift'.",
    ),
}
