"""Finding codes of Bluesky: H150–H179, with Swedish and English sentences. Form as in ``schemas.codes.harvest``."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "H150": (
        (
            "En post innehåller en bilaga av okänt slag. Posten lagrades hel, men bilagans filer hämtades inte. "
            "Uppdatera Bevara."
        ),
        (
            "An item carries something of an unknown kind. The item was stored whole, but the files of what it carries "
            "were not fetched. Update Bevara."
        ),
    ),
    "H151": (
        (
            "Blueskys visning känner inte till ett inlägg vars tråd skulle läsas. Det kan vara nytt eller borttaget. "
            "Tråden räknas som ofullständig; nästa körning försöker igen."
        ),
        (
            "Bluesky's view does not know a post whose thread was to be read. It may be new or removed. The thread "
            "counts as incomplete; the next run tries again."
        ),
    ),
    "H152": (
        "Det gick inte att läsa vilka svar kontot har dolt. Uppgiften togs i stället från Blueskys visning.",
        "It could not be read which replies the account hides. Bluesky's view was taken instead.",
    ),
    "H153": (
        "Ett svar visas inte, eftersom dess författare och kontot har blockerat varandra. Svar under det syns inte.",
        "A reply is not shown because its author and the account block each other. Replies below it are not seen.",
    ),
    "H154": (
        "Ett svar i tråden finns inte längre. Svar under det kan finnas men syns inte.",
        "A reply in the thread no longer exists. Replies below it may exist but are not seen.",
    ),
    "H155": (
        "Ett svar uppger en annan tråd än den som det visas i. Det lagrades i tråden där det visas.",
        "A reply names another thread than the one it is shown in. It was stored in the thread that shows it.",
    ),
    "H156": (
        (
            "Bluesky godtar inte applösenordet. Skapa ett nytt i Bluesky under Inställningar, Integritet och säkerhet, "
            "Applösenord, och lägg det i miljövariabeln {variable}."
        ),
        (
            "Bluesky does not accept the app password. Make a new one in Bluesky under Settings, Privacy and security, "
            "App passwords, and put it into the environment variable {variable}."
        ),
    ),
    "H157": (
        "Kontot är avstängt eller vilande på Bluesky. Logga in där, se vad som har hänt och öppna kontot igen.",
        "The account is suspended or deactivated on Bluesky. Log in there, see what has happened, and reopen it.",
    ),
    "H158": (
        "Bluesky känner inte till kontonamnet i kontofilen. Rätta handle eller api_base.",
        "Bluesky does not know the handle in the account file. Correct handle or api_base.",
    ),
    "H159": (
        "Kontot har ingen profil på Bluesky.",
        "The account has no profile record on Bluesky.",
    ),
    "H160": (
        (
            "Ett eget svar hänger inte längre ihop med sin tråd, eftersom ett svar däremellan är borttaget eller dolt. "
            "Det lästes för sig, med svaren under det."
        ),
        (
            "A reply of ours is no longer linked to its thread, because a reply in between is removed or hidden. It "
            "was read by itself, with the replies below it."
        ),
    ),
}
"""Code to (Swedish, English)."""
