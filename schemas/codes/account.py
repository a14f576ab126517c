"""Sentences of codes ``W161``–``W189`` (what an account lacks by the policy) and ``W191``–``W199`` (web pages)."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "W161": (
        "Det står inte vem som har beslutat att starta kontot, eller när. Fråga verksamhetschefen och för in decided och decided_by i kontofilen.",
        "It is not stated who decided to start the account, or when. Ask the head of unit and enter decided and decided_by in the account file.",
    ),
    "W162": (
        "Beslutet att starta kontot finns inte i arkivet. För in det med 'bevara account decide {account} start'.",
        "The decision to start the account is not in the archive. Enter it by 'bevara account decide {account} start'.",
    ),
    "W163": (
        "Analysen före starten är inte hel. Det här saknas: {missing}. Skriv till det under [duties.analysis].",
        "The analysis before the start is not whole. This is missing: {missing}. Add it under [duties.analysis].",
    ),
    "W164": (
        "Kontot har {count:administratör|administratörer} i dag och behöver minst två. Utse någon mer och för in beslutet.",
        "The account has {count:administrator|administrators} today and needs at least two. Appoint somebody and enter the decision.",
    ),
    "W165": (
        "{count:administratör|administratörer} har inte gått Kommunikationsfunktionens utbildning. Boka den och för in dagen (trained).",
        "{count:administrator has|administrators have} not attended the communications unit's course. Book it and enter the day (trained).",
    ),
    "W166": (
        "{count:administratör|administratörer} gick utbildningen först efter att de fick börja. Stäm av med Kommunikationsfunktionen att allt är på plats, och skriv varför (late) vid namnet i kontofilen.",
        "{count:administrator|administrators} attended the course only after they had begun. Check with the communications unit that all is well, and write why (late) beside the name in the account file.",
    ),
    "W167": (
        "Det står inte när verksamhetschefen gav {count:administratör|administratörer} sin behörighet. Fråga och för in dagen (decided).",
        "It is not stated when the head of unit gave {count:administrator|administrators} the right. Ask and enter the day (decided).",
    ),
    "W168": (
        "{count:administratör|administratörer} har slutat men står kvar i listan administrators. Ta bort behörigheten på plattformen och namnet ur listan.",
        "{count:administrator has|administrators have} left but still stand in the list of administrators. Take the right away on the platform and the name from the list.",
    ),
    "W169": (
        "{count:administratör|administratörer} är bara ett namn. Skriv [[duties.administrators]] med beslut, utbildning och första dag för var och en.",
        "{count:administrator is|administrators are} a name only. Write [[duties.administrators]] with decision, course and first day for each.",
    ),
    "W170": (
        "Det står inte hur kontot ska skötas på lång sikt. Skriv några ord om tid och personer under resources.",
        "It is not stated how the account is looked after in the long run. Write a few words on time and people under resources.",
    ),
    "W171": (
        "Det framgår inte att Kommunikationsfunktionen kontaktades före starten. Stäm av med dem och för in dagen (consulted). Blev det efter beslutet: skriv varför (late).",
        "It is not clear that the communications unit was asked before the start. Check with them and enter the day (consulted). If it was after the decision: write why (late).",
    ),
    "W172": (
        "Det står inte vilken verksamhet som ansvarar för kontot. För in den under unit.",
        "It is not stated which unit is responsible for the account. Enter it under unit.",
    ),
    "W173": (
        "Kontot är en tjänstepersons, men det står inte vems. För in namnet under owner.",
        "The account is a personal official's, but it is not stated whose. Enter the name under owner.",
    ),
    "W174": (
        "Det står inte varför det behövs personlig kontakt just med den här tjänstepersonen. Skriv behovet under need, eller flytta dialogen till verksamhetens konto.",
        "It is not stated why personal contact with this official is needed. Write it under need, or move the dialogue to the unit's account.",
    ),
    "W175": (
        "Närmaste chef har inte tillgång till tjänstepersonens konto. Ge chefen inloggningen och för in chefen som administratör (manager = true).",
        "The nearest manager has no access to the official's account. Hand the login to the manager and enter them as administrator (manager = true).",
    ),
    "W176": (
        "Tjänstepersonen som har kontot står inte som administratör. För in personen under [[duties.administrators]].",
        "The official whose account it is does not stand as administrator. Enter the person under [[duties.administrators]].",
    ),
    "W177": (
        "Kontot har ingen skriftlig rutin som följarna kan läsa. Skriv en, lägg ut den och för in adressen under routine.",
        "The account has no written routine that followers can read. Write one, publish it and enter its address under routine.",
    ),
    "W178": (
        "Rutinen på {address} säger inte allt den ska. Lägg till: {missing}.",
        "The routine at {address} does not say all that it must. Add: {missing}.",
    ),
    "W179": (
        "Kontot står inte på kommunens lista på {address}. Lägg in den lista som 'bevara account publish' skriver.",
        "The account is not on the municipality's list at {address}. Publish the list that 'bevara account publish' writes.",
    ),
    "W180": (
        "Kontot saknar nummer i registerförteckningen. Anmäl behandlingen och för in numret ([duties.processing] reference).",
        "The account has no number in the register of processing. Report the processing and enter its number ([duties.processing] reference).",
    ),
    "W181": (
        "Posten i registerförteckningen har inte setts över på ett år (senast: {day}). Gå igenom den och för in dagen ([duties.processing] updated).",
        "The entry in the register of processing has not been looked over for a year (last: {day}). Go through it and enter the day ([duties.processing] updated).",
    ),
    "W182": (
        "Dokumenthanteringsplanen har inte precis en rad för: {missing}. Låt arkivansvarig se över raderna med 'bevara plan check'.",
        "The records management plan has not exactly one row for: {missing}. Let the archivist look over the rows by 'bevara plan check'.",
    ),
    "W183": (
        "Det finns ingen lista över sidor som kontot får gilla eller rekommendera. Skriv en i [oversight] approved eller under [duties] approved, så att valet följer verksamheten.",
        "There is no list of pages that the account may like or recommend. Write one in [oversight] approved or under [duties] approved, so that the choice follows the work.",
    ),
    "W184": (
        "Bloggen drivs på en plattform utanför kommunens webbplatser. Flytta den till webbpubliceringsverktygets bloggmodul.",
        "The blog is run on a platform outside of the municipality's web sites. Move it to the blog module of the web site.",
    ),
    "W185": (
        "Kontot är avslutat sedan {closed} men svarar ännu (senast {day}). Ta ned det på plattformen, eller fatta ett nytt beslut om det ska finnas. Till dess hämtas det som skrivs där.",
        "The account has been closed since {closed} but still answers (last {day}). Take it down on the platform, or decide anew if it is to stay. Until then what is written there is harvested.",
    ),
    "W186": (
        "Kontot är avslutat men står kvar på kommunens lista på {address}. Lägg in den lista som 'bevara account publish' skriver.",
        "The account is closed but still stands on the municipality's list at {address}. Publish the list that 'bevara account publish' writes.",
    ),
    "W187": (
        "Det står inte hur besökare anmäler olämpligt innehåll. För in en adress under contact, eller en för alla i [oversight] report.",
        "It is not stated how visitors report unfitting content. Enter an address under contact, or one for all in [oversight] report.",
    ),
    "W188": (
        "Kontot är avslutat, men beslutet är inte fullständigt infört. För in closed_by i kontofilen och beslutet med 'bevara account decide {account} close'.",
        "The account is closed, but the decision is not entered in full. Enter closed_by in the account file and the decision by 'bevara account decide {account} close'.",
    ),
    "W189": (
        "Kontot saknar adress på plattformen, så ingen kan hitta dit från listan. För in den under address.",
        "The account has no address on the platform, so that nobody finds it from the list. Enter it under address.",
    ),
    "W191": (
        "Det står inte på vilken sida kommunens konton ska vara listade. För in adressen i [oversight] listed_at.",
        "It is not stated on which page the municipality's accounts are to be listed. Enter the address in [oversight] listed_at.",
    ),
    "W192": (
        "Sidan {address} har flyttat till {landed}. För in den nya adressen, också där besökare möter den.",
        "The page {address} has moved to {landed}. Enter the new address, also where visitors meet it.",
    ),
    "W193": (
        "Sidan {address} kan inte visas (svar {status}; 0 betyder att ingen svarade). Lägg ut den igen eller rätta adressen.",
        "The page {address} cannot be shown (status {status}; 0 means that nobody answered). Publish it again or mend the address.",
    ),
    "W194": (
        "Det som finns på {address} är ingen webbsida, så innehållet kan inte läsas av här. Läs det själv, och lägg helst ut det som en vanlig sida.",
        "What is at {address} is no web page and cannot be read here. Read it yourself, and rather publish it as an ordinary page.",
    ),
    "W195": (
        "Sidan {address} är för stor för att läsas av. Lägg texten på en egen sida.",
        "The page {address} is too large to be read. Put the text on a page of its own.",
    ),
    "W196": (
        "Säkerhetscertifikatet för {address} stämmer inte, så besökare får en varning. Be webbansvarig förnya det.",
        "The certificate of {address} is not valid, so that visitors are warned. Ask the web master to renew it.",
    ),
    "W197": (
        "Adressen {address} går inte att nå från det öppna nätet. Ange en sida som alla kan läsa.",
        "The address {address} cannot be reached from the open network. Name a page that everybody can read.",
    ),
    "W198": (
        "Sidan {address} har ingen läsbar text utan inloggning eller skript. Lägg ut texten så att alla kan läsa den.",
        "The page {address} has no readable text without login or scripts. Publish the text so that everybody can read it.",
    ),
    "W199": (
        "Sidan {address} kunde inte läsas av. Öppna den själv och se efter.",
        "The page {address} could not be read. Open it yourself and look.",
    ),
}
