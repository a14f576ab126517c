"""Finding codes of the connection to a platform: H100–H149, with Swedish and English sentences.

``{name}`` stands for a parameter of the finding. Sentences name what is wrong and what a person can do; they hold
no content. H150–H179 belong to Bluesky, H180–H219 to the act of harvesting.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "H101": (
        "Plattformen godtar inte inloggningen. Skapa en ny åtkomstnyckel på plattformen och lägg in den på nytt.",
        "The platform does not accept the log-in. Make a new access token on the platform and enter it again.",
    ),
    "H102": (
        "Plattformen nekar åtkomst. Kontrollera kontots roll och vilka behörigheter åtkomstnyckeln har.",
        "The platform denies access. Check the account's role and the permissions of the access token.",
    ),
    "H103": (
        "Plattformen hittar inte det som efterfrågades. Kontrollera kontonamn och adress i kontofilen.",
        "The platform does not find what was asked for. Check the handle and the address in the account file.",
    ),
    "H104": (
        "Plattformen uppger att det som efterfrågades är borttaget för gott.",
        "The platform says that what was asked for has been removed for good.",
    ),
    "H105": (
        "Plattformen ber oss vänta längre än vad som är tillåtet. Resten hämtas vid nästa körning.",
        "The platform asks for a longer wait than is allowed. The rest is fetched in the next run.",
    ),
    "H106": (
        "Plattformen svarade med serverfel vid varje försök. Nästa körning försöker igen.",
        "The platform answered with a server error at every attempt. The next run tries again.",
    ),
    "H107": (
        "Svaret är större än vad som tas emot. Höj gränsen i inställningarna om storleken är rimlig.",
        "The answer is larger than what is taken. Raise the limit in the settings if the size is reasonable.",
    ),
    "H108": (
        "Svaret är avkortat eller inte av den typ som väntades. Nästa körning försöker igen.",
        "The answer is cut or not of the type expected. The next run tries again.",
    ),
    "H109": (
        "Plattformen kan inte nås eller svarar inte i tid. Kontrollera nätet; nästa körning försöker igen.",
        "The platform cannot be reached or does not answer in time. Check the network; the next run tries again.",
    ),
    "H110": (
        "Körningens tillåtna antal anrop är förbrukat. Resten hämtas vid nästa körning.",
        "The run's permitted number of requests is used up. The rest is fetched in the next run.",
    ),
    "H111": (
        "Körningens tillåtna väntetid är förbrukad. Resten hämtas vid nästa körning.",
        "The run's permitted waiting time is used up. The rest is fetched in the next run.",
    ),
    "H112": (
        "Plattformen hänvisar till en annan värd. Hänvisningen följdes inte, eftersom inloggningen inte får följa med.",
        "The platform points to another host. It was not followed, because the log-in must not go there.",
    ),
    "H113": (
        "Listan har fler sidor än vad som läses i en körning. Höj gränsen i inställningarna eller kör igen.",
        "The listing has more pages than one run reads. Raise the limit in the settings or run again.",
    ),
    "H114": (
        "Listans sidor går runt i en slinga. Läsningen avbröts och listan räknas som ofullständig.",
        "The listing's pages go round in a loop. Reading was stopped and the listing counts as incomplete.",
    ),
    "H115": (
        "Listan upprepar eller kastar om poster mellan sidorna.",
        "The listing repeats or reorders items between pages.",
    ),
    "H116": (
        "Åtkomstnyckeln hör till ett annat konto än kontofilens; inget hämtades. Rätta filen eller byt åtkomstnyckel.",
        "The access token belongs to another account than the file's; nothing was fetched. Correct file or token.",
    ),
    "H117": (
        "Åtkomstnyckeln upphör att gälla om {days} dagar. Förnya den innan dess.",
        "The access token expires in {days} days. Renew it before then.",
    ),
    "H118": (
        "En bilaga kunde inte hämtas. Nästa körning försöker igen.",
        "An attachment could not be fetched. The next run tries again.",
    ),
    "H119": (
        "En bilaga är större än vad som tas emot. Höj gränsen i inställningarna om den ska bevaras.",
        "An attachment is larger than what is taken. Raise the limit in the settings if it is to be kept.",
    ),
    "H120": (
        "En bilagas innehåll stämmer inte med den kontrollsumma som plattformen uppger.",
        "An attachment's content does not match the checksum that the platform states.",
    ),
    "H121": (
        "Okänt fält {field} i {kind}. Det följer med i den lagrade posten men tolkas inte.",
        "Unknown field {field} in {kind}. It is kept in the stored item but not interpreted.",
    ),
    "H122": (
        "En post kan inte läsas: {field} saknas eller har fel form.",
        "An item cannot be read: {field} is missing or malformed.",
    ),
    "H123": (
        "En tidpunkt ({field}) saknas, är oläslig, saknar tidszon eller ligger i framtiden ({problem}).",
        "A time ({field}) is missing, unreadable, without zone or in the future ({problem}).",
    ),
    "H124": (
        "En post saknar uppgift om vem som skrev den.",
        "An item does not say who wrote it.",
    ),
    "H125": (
        "Den egna listan innehåller en post från ett annat konto. Den lagrades inte som egen.",
        "The own listing holds an item of another account. It was not stored as our own.",
    ),
    "H126": (
        "Fältet {field} har fel form och kunde inte tolkas. Det följer med i den lagrade posten.",
        "The field {field} is malformed and could not be interpreted. It is kept in the stored item.",
    ),
    "H127": (
        "Plattformen godtar inte anropet. Dess gränssnitt kan ha ändrats; uppdatera Bevara.",
        "The platform does not accept the request. Its interface may have changed; update Bevara.",
    ),
    "H128": (
        "Svaret har en annan form än gränssnittet föreskriver och kunde inte läsas som {kind}.",
        "The answer has another form than the interface prescribes and could not be read as {kind}.",
    ),
    "H129": (
        "En bilagas adress leder in i ett skyddat nät eller saknar kryptering. Den hämtades inte.",
        "An attachment's address leads into a protected network or is not encrypted. It was not fetched.",
    ),
    "H130": (
        "Servern sänder inga länkar till nästa sida. Listan lästes vidare efter den äldsta posten på varje sida.",
        "The server sends no links to the next page. The listing was read on from the oldest item of each page.",
    ),
    "H131": (
        "Servern ger bara de närmaste svaren i en tråd. Djupare svar hämtades ett för ett.",
        "The server gives only the nearest answers of a thread. Deeper answers were fetched one by one.",
    ),
    "H132": (
        "En tråd har svar som inte kunde läsas: {count_shown} visades av {count_stated} uppgivna.",
        "A thread has answers that could not be read: {count_shown} were shown of {count_stated} stated.",
    ),
    "H133": (
        "Kontot hämtas utan inloggning. Dolda och begränsade poster syns inte, och djupa trådar kortas.",
        "The account is harvested without a log-in. Hidden and restricted items are unseen, deep threads are cut.",
    ),
    "H134": (
        "Ett svar pekar på en post som inte visas i tråden. Svaret ligger i tråden utan känd plats.",
        "An answer points to an item that is not shown in the thread. It lies in the thread without a known place.",
    ),
    "H135": (
        "Det gick inte att läsa vad ett eget svar besvarar. Det lagrades utan plats i tråden.",
        "It could not be read what an answer of ours answers. It was stored without a place in the thread.",
    ),
    "H136": (
        "Plattformen svarade inte på flera anrop i rad. Resten av trådarna lästes inte; nästa körning försöker igen.",
        "The platform failed several requests in a row. The remaining threads were not read; the next run tries again.",
    ),
    "H137": (
        "Servern visar bara en del av listan och kan inte bläddra. Resten måste hämtas ur plattformens export.",
        "The server shows only a part of the listing and cannot page. The rest must come from the platform's export.",
    ),
    "H138": (
        "Gränssnittets version {version} upphör om {days} dagar ({ends}). Ange en nyare i kontofilen innan dess.",
        "Version {version} of the interface ends in {days} days ({ends}). Name a newer one in the account file.",
    ),
    "H139": (
        "Gränssnittets version {version} har upphört ({ends}). Ange en nyare i kontofilen; plattformen kan vägra när som helst.",
        "Version {version} of the interface has ended ({ends}). Name a newer one in the account file; it may refuse at any time.",
    ),
    "H140": (
        "Direktmeddelanden hämtas inte: de är avstängda för kontot (harvest.messages i kontofilen).",
        "Private messages are not harvested: they are switched off for the account (harvest.messages).",
    ),
    "H141": (
        "Direktmeddelanden kan inte hämtas: åtkomstnyckeln saknar behörigheten, eller plattformen ger dem inte.",
        "Private messages cannot be harvested: the token lacks the permission, or the platform does not give them.",
    ),
    "H142": (
        "Plattformen har bett oss vänta till {until}. Inget hämtades; körningen därefter fortsätter.",
        "The platform has asked us to stay away until {until}. Nothing was fetched; the run after that goes on.",
    ),
    "H143": (
        "Plattformen lämnar inte ut en bilagas fil (ofta för att ljudet är licensierat). Länken är sparad; filen "
        "finns i plattformens export.",
        "The platform withholds an attachment's file (often licensed sound). The link is kept; the export has it.",
    ),
    "H144": (
        "Listan är rangordnad eller kapad av plattformen: äldre poster kan saknas. Hämta dem ur plattformens export.",
        "The platform ranks or caps the listing: older items may be missing. Take them from the platform's export.",
    ),
    "H145": (
        "Plattformen svarade tomt men uppger {count_stated} poster: åtkomstnyckeln saknar troligen behörighet. "
        "Inget räknas som borttaget.",
        "The platform's answer was empty but it states {count_stated} items: the token probably lacks a permission. "
        "Nothing counts as gone.",
    ),
    "H146": (
        "Plattformen döljer vem som skrev {count_hidden} kommentarer.",
        "The platform withholds who wrote {count_hidden} comments.",
    ),
    "H147": (
        "Plattformens villkor begär radering av {count_items} poster som arkivet behåller enligt planen (terms).",
        "The platform's terms ask for the deletion of {count_items} items that the archive keeps by the plan (terms).",
    ),
    "H148": (
        "Plattformen visar högst {limit} poster i listan och den är full: det finns troligen fler som inte kunde läsas.",
        "The platform shows at most {limit} items in the listing and it is full: there are probably more, unread.",
    ),
    "H194": (
        "Kvoten eller anropsbudgeten tog slut. {count_threads} äldre trådar lästes inte om; nästa körning fortsätter.",
        "The quota or request budget was used up. {count_threads} older threads were not read again; the next run "
        "goes on.",
    ),
    "H195": (
        "En bilaga finns inte på sin adress. Adressen är sparad, filen är det inte; inga fler försök görs.",
        "An attachment is not at its address. The address is kept, the file is not; it is not tried again.",
    ),
}
"""Code to (Swedish, English)."""
