"""Finding codes of requests about personal data (GDPR 12, 15, 17, 18), the log and the figures: Q211–Q229."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "Q211": (
        "För {count:handling|handlingar} är ingen adress på plattformen känd. Leta upp dem där med hjälp av tid och konto.",
        "For {count:record|records} no address on the platform is known. Look for them there by time and account.",
    ),
    "Q212": (
        "Bevara tar inte bort något hos plattformen. Ge adresserna till den som sköter kontot, och se att nästa natts insamling "
        "visar att de är borta.",
        "Bevara takes nothing down on the platform. Hand the addresses to who runs the account, and see that the next night's "
        "harvest shows them gone.",
    ),
    "Q213": (
        "Begäran {request} om personuppgifter skulle ha besvarats senast {last}, för {days:dag|dagar} sedan (artikel 12.3 i "
        "EU:s dataskyddsförordning). Svara nu.",
        "Request {request} about personal data was to be answered by {last}, {days:day|days} ago (GDPR 12.3). Answer now.",
    ),
    "Q214": (
        "Begäran {request} om personuppgifter ska besvaras senast {last}, om {days:dag|dagar} (artikel 12.3 i EU:s "
        "dataskyddsförordning). Behövs mer tid: 'bevara request extend {request} --reason TEXT', före den dagen.",
        "Request {request} about personal data is to be answered by {last}, in {days:day|days} (GDPR 12.3). For more time: "
        "'bevara request extend {request} --reason TEXT', before that day.",
    ),
    "Q215": (
        "Ingen dokumenthanteringsplan är antagen, så brevet säger bara att tiden inte är bestämd.",
        "No records management plan is adopted, so the letter says only that the period is not decided.",
    ),
    "Q216": (
        "Se till att svaret når den som uppgifterna gäller. Är du inte säker på vem som frågar får du be om det som behövs för "
        "att bekräfta det (artikel 12.6 i EU:s dataskyddsförordning). Den som vill läsa allmänna handlingar behöver inte säga "
        "vem den är: öppna då en begäran av slaget handlingar.",
        "See that the answer reaches the person the data are about. If in doubt about who asks, ask for what is needed to confirm "
        "it (GDPR 12.6). Who wants to read records need not say who they are: open a request of kind handlingar for that.",
    ),
    "Q217": (
        "{count:del|delar} av loggen har ingen svensk mening ännu och visas med sitt namn.",
        "{count:act|acts} of the log have no Swedish sentence yet and are shown by name.",
    ),
    "Q218": (
        "{count:handling|handlingar} i listan fanns inte längre synliga hos plattformen när de senast sågs. De står med sitt läge.",
        "{count:record|records} of the list were no longer seen on the platform at the last look. They are listed with their state.",
    ),
}
"""Code to (Swedish, English)."""
