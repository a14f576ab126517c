"""Finding codes of the act of harvesting: H180–H219, with Swedish and English sentences."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "H180": (
        "Upphovspersonens tidpunkt ligger i framtiden och används inte. Handlingen behålls.",
        "The author's time lies in the future and is not used. The record is kept.",
    ),
    "H181": (
        "Besökarens egen tidpunkt är mer än ett dygn äldre än plattformens. Plattformens tidpunkt gäller.",
        "The visitor's own time is more than a day older than the platform's. The platform's time counts.",
    ),
    "H182": (
        "Plattformens tidpunkt ligger före vår klocka. Kontrollera serverns klocka.",
        "The platform's time is ahead of our clock. Check this machine's clock.",
    ),
    "H183": (
        "Handlingen saknar användbar tidpunkt. Den ligger i månaden då den först sågs och gallras inte.",
        "The record has no usable time. It lies in the month it was first seen in and is not culled.",
    ),
    "H184": (
        "En handling saknades i en fullständig lista men finns vid direkt fråga.",
        "A record was missing from a complete listing but exists when asked for directly.",
    ),
    "H185": (
        "Kontots lista kunde inte läsas till slut. Det som inte visades räknas inte som borta.",
        "The account's listing could not be read to its end. What was not shown does not count as gone.",
    ),
    "H186": (
        "Gallrade handlingar finns kvar på plattformen. De har inte tagits in på nytt.",
        "Culled records are still on the platform. They were not taken in again.",
    ),
    "H187": (
        "Inloggningsuppgiften saknas. Sätt miljövariabeln {variable} där den nattliga körningen startas.",
        "The credential is missing. Set the environment variable {variable} where the nightly run is started.",
    ),
    "H188": (
        "Kontot hämtas redan av en annan körning.",
        "The account is being harvested by another run.",
    ),
    "H189": (
        "Kontot kunde inte hämtas på grund av ett oväntat fel ({error} i {place}). Inget som redan är lagrat är berört.",
        "The account could not be harvested: unexpected error ({error} in {place}). Nothing stored is affected.",
    ),
    "H190": (
        "Lagringen tog inte emot ({reason}). Kontrollera diskutrymme och behörighet; nästa körning tar vid.",
        "The store did not take it ({reason}). Check disk space and permissions; the next run goes on from here.",
    ),
    "H191": (
        "Handlingar lagrades innan det de svarar på hade hämtats. De länkas när de ses igen.",
        "Records were stored before what they answer had been fetched. They are linked when they are seen again.",
    ),
}
