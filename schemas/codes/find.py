"""Codes Q121–Q149: what a search for a request found, what could not be searched, and what calls for care."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "Q121": (
        "{items:hittad handling|hittade handlingar} omfattas inte av gallringsstoppet för begäran {number}. Vidga det med "
        "'bevara request hold {number}'.",
        "{items:item found is|items found are} not covered by the hold of request {number}. Widen it by 'bevara request hold "
        "{number}'.",
    ),
    "Q122": (
        "Bilder, ljud och film är inte genomsökta i sig, bara deras alternativtexter. Text som bara syns i en bild hittas inte.",
        "Pictures, sound and film themselves were not searched, only their alt texts. Text that shows in a picture alone is not "
        "found.",
    ),
    "Q123": (
        "Undertexter och plattformens övriga uppgifter (rådata) är inte genomsökta. Sök med --deep om de kan ha betydelse.",
        "Captions and the platform's other values (raw data) were not searched. Search with --deep if they may matter.",
    ),
    "Q124": (
        "Kontot {account} är inte helt läst under {nights:natt|nätter} av den tid som efterfrågas ({first} till {last}). Något kan "
        "saknas därifrån.",
        "The account {account} was not completely read in {nights:night|nights} of the period asked for ({first} to {last}). "
        "Something from then may be missing.",
    ),
    "Q125": (
        "Kontot {account} har aldrig lästs. Det som finns där finns bara hos plattformen, om det inte har lagts in på annat sätt.",
        "The account {account} has never been read. What is there is at the platform alone, unless it was brought in otherwise.",
    ),
    "Q126": (
        "{items:handling har|handlingar har} gallrats ur de månader som efterfrågas, enligt {orders} gallringsbeslut i "
        "liggaren. Om de hade motsvarat sökningen går inte att säga: inget av innehållet finns kvar.",
        "{items:item has|items have} been culled from the months asked for, under {orders} orders in the ledger. Whether they would "
        "have matched cannot be said: nothing of their content is left.",
    ),
    "Q127": (
        "{items:träff saknar|träffar saknar} datum och är med, fast tiden är avgränsad. Utelämna dem med --dated.",
        "{items:hit has|hits have} no date and are included although the period is limited. Leave them out with --dated.",
    ),
    "Q128": (
        "{items:träff utan datum är utelämnad|träffar utan datum är utelämnade} (--dated).",
        "{items:hit without a date is|hits without a date are} left out (--dated).",
    ),
    "Q129": (
        "{items:träff är utesluten|träffar är uteslutna} med --not. Uteslutna träffar listas för sig och prövas inte.",
        "{items:hit is|hits are} excluded by --not. What is excluded is listed apart and not assessed.",
    ),
    "Q130": (
        "{items:undertextfil|undertextfiler} kunde inte läsas och är inte genomsökta.",
        "{items:caption file|caption files} could not be read and were not searched.",
    ),
    "Q131": (
        "Rådata i {items:rad|rader} kunde inte läsas som JSON och är genomsökta som de står.",
        "The raw data of {items:row|rows} could not be read as JSON and were searched as they stand.",
    ),
    "Q132": (
        "Bara varje handlings senaste lydelse är genomsökt (--latest). Tidigare lydelser är också allmänna handlingar.",
        "Only each item's latest version was searched (--latest). Earlier versions are official documents too.",
    ),
    "Q133": (
        "Handlingar som Bevara självt har gjort är utelämnade (--without-own).",
        "Items that Bevara itself made are left out (--without-own).",
    ),
    "Q134": (
        "Handlingen {subject} är gallrad sedan {day} och kan inte lämnas ut.",
        "Item {subject} was culled on {day} and cannot be given out.",
    ),
    "Q135": (
        "{items:handling|handlingar} i den förra listan har gallrats sedan dess.",
        "{items:item|items} of the list before has or have been culled since.",
    ),
    "Q136": (
        "{items:bedömning|bedömningar} gällde sådant som inte längre är med i listan och är borttagna.",
        "{items:assessment was|assessments were} about what is listed no longer and are taken away.",
    ),
    "Q137": (
        "{items:version är ny|versioner är nya} sedan den förra listan och måste prövas.",
        "{items:version is|versions are} new since the list before and must be assessed.",
    ),
    "Q138": (
        "{items:version ur|versioner ur} den förra listan är inte med längre.",
        "{items:version of|versions of} the list before is or are listed no longer.",
    ),
    "Q139": (
        "Kontot {account} har lästs varje natt först från {begun}. Äldre innehåll finns bara i den mån det lästes eller "
        "lades in då eller senare.",
        "The account {account} was read every night from {begun} on. Older content is here only as far as it was read or brought in "
        "then or later.",
    ),
    "Q140": (
        "Listan är en ögonblicksbild. {accounts:konto|konton} som omfattas läses fortfarande; det som kommer in senare är inte med.",
        "The list is a moment's view. {accounts:account|accounts} that it covers still are read; what comes in later is not in it.",
    ),
    "Q141": (
        "Sökningen kan ge ett urval av personer grundat på känsliga personuppgifter ({groups}). En handläggare har antecknat "
        "grunden (3 kap. 3 § lagen 2018:218).",
        "The search may give a selection of persons by sensitive data ({groups}). An officer has recorded the ground (chapter 3 "
        "section 3 of act 2018:218).",
    ),
    "Q142": (
        "Sökningen samlar allt som en person har skrivit under lång tid. Pröva om sammanställningen är en allmän handling "
        "({provision}) och om sekretess gäller för uppgifterna tillsammans (21 kap. 7 § OSL).",
        "The search gathers all that one person wrote over a long time. Consider whether the compilation is an official document "
        "({provision}), and secrecy of the data together (chapter 21 section 7 OSL).",
    ),
    "Q143": (
        "Listan har {items} versioner. Ett så stort utdrag med personuppgifter kräver att mottagarens behandling övervägs "
        "({provision}).",
        "The list has {items} versions. An extract of that size with personal data asks for a look at how the receiver will process "
        "it ({provision}).",
    ),
    "Q144": (
        "Sökningen innehåller något som ser ut som ett personnummer ({provision}). Sök på annat sätt om det går.",
        "The search has something that looks like a personal identity number ({provision}). Search otherwise if possible.",
    ),
    "Q145": (
        "Sökningen rör skola, förskola eller barn. Uppgifter om elever och barn kan omfattas av sekretess ({provision}).",
        "The search is about school, preschool or children. Data about pupils and children may be secret ({provision}).",
    ),
    "Q146": (
        "Handlingen {subject} finns inte i arkivet.",
        "Item {subject} is not in the archive.",
    ),
    "Q147": (
        "{items:version|versioner} som redan har lämnats ut står kvar i listan, fast sökningen inte hittar dem.",
        "{items:version|versions} that went out already stay in the list though the search does not find them.",
    ),
    "Q148": (
        "Den förra listan i begäran {number} kan inte läsas, eller är inte den som frystes. Kör 'bevara verify --deep'.",
        "The list before of request {number} cannot be read, or is not the one that was frozen. Run 'bevara verify --deep'.",
    ),
}
"""Code to (Swedish, English)."""
