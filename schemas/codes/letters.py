"""What is told of morning letters and month sheets."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "W251": (
        "{count:punkt|punkter} om {account} står inte i något brev: varken enheten eller oversight.fallback har en "
        "e-postadress. Skriv in den i bevara.toml. Punkterna finns kvar och visas av 'bevara oversee watch'.",
        "{count:point|points} about {account} stand in no letter: neither the unit nor oversight.fallback has an e-mail "
        "address. Write it into bevara.toml. The points remain; 'bevara oversee watch' shows them.",
    ),
    "W252": (
        "Kontot {account} har ingen ansvarig enhet; brevet gick till oversight.fallback. Skriv unit i kontofilen.",
        "The account {account} has no responsible unit; the letter went to oversight.fallback. Write unit in its file.",
    ),
    "W253": (
        "Enheten för kontot {account} har ingen användbar e-postadress i bevara.toml; brevet gick till oversight.fallback.",
        "The unit of the account {account} has no usable e-mail address in bevara.toml; the letter went to oversight.fallback.",
    ),
    "W254": (
        "{count:brev|brev} kunde inte skickas: inställningen för e-post går inte att använda ({reason}).",
        "{count:letter|letters} could not be sent: the setting for e-mail is not usable ({reason}).",
    ),
    "W255": (
        "Brevet {letter} togs inte emot av e-postservern ({reason}). Inget är skickat; rätta och kör 'bevara oversee letter --send'.",
        "The mail server did not take the letter {letter} ({reason}). Nothing was sent; mend it and run 'bevara oversee letter --send'.",
    ),
    "W256": (
        "Det är osäkert om brevet {letter} kom fram: e-postservern svarade inte. Det skickas igen nästa gång, med samma id.",
        "It is uncertain whether the letter {letter} arrived: the mail server did not answer. It is sent again next time, with the same id.",
    ),
    "W257": (
        "Brevet {letter} är redan skickat i dag och skickas inte igen. Med --again skickas det ändå.",
        "The letter {letter} was sent today already and is not sent again. With --again it is.",
    ),
    "W258": (
        "Månadsbladet saknar antalet handlingar i tur att gallras: ingen plan är antagen.",
        "The month sheet lacks the number of records due for culling: no plan is adopted.",
    ),
    "W259": (
        "Månaden {month} är inte slut; siffrorna gäller till och med {day}.",
        "The month {month} is not over; the numbers are as of {day}.",
    ),
}
