"""Codes of films found and proposed for legal deposit: L101–L139, with Swedish and English sentences.

L101–L103 are grounds on which a film stands ``outside``; L104–L117 reasons of a proposal; L120–L129 findings of the
search. The subject of a finding is ``deposit``; films are named by their running numbers alone.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "L101": (
        "Filmen har aldrig varit öppen för allmänheten, så plikten omfattar den inte (1 och 14 §§ lagen 2012:492).",
        "The film has never been open to the public, so it need not be deposited (act 2012:492, sections 1 and 14).",
    ),
    "L102": (
        "Filmen hör till ett kommunalt bolag eller en stiftelse, som inte är en myndighet: 14 § omfattar den inte. Bolaget "
        "svarar självt för om 3–5 §§ gör det.",
        "The film belongs to a municipal company or foundation, which is no authority: section 14 does not reach it. Whether "
        "sections 3–5 do is for the company to answer.",
    ),
    "L103": (
        "Filmen blev tillgänglig före den 1 januari 2015; lagen gäller det som har gjorts tillgängligt därefter "
        "(övergångsbestämmelserna).",
        "The film became available before 1 January 2015; the act applies to what was made available from then on "
        "(transitional provisions).",
    ),
    "L104": (
        "Lagen nämner promemorior, rapporter, utredningar, vägledningar och liknande publikationer (14 §), inte filmer. KB:s "
        "läsning är att en informationsfilm kan omfattas, om den är avslutad och riktar sig till allmänheten.",
        "The act names memoranda, reports, inquiries, guides and similar publications (section 14), not films. The National "
        "Library reads it so that an information film may be covered if it is finished and addresses the public.",
    ),
    "L105": (
        "Ett dokument omfattas när det är en promemoria, rapport, utredning, vägledning eller liknande publikation (14 §): "
        "årsredovisningar och broschyrer, men inte protokoll, beslut, budgetar eller inbjudningar. Bedöm vad det är.",
        "A document is covered when it is a memorandum, report, inquiry, guide or similar publication (section 14): annual "
        "reports and brochures, not minutes, decisions, budgets or invitations. Judge which it is.",
    ),
    "L106": (
        "En ljudupptagning bedöms som en film: den kan omfattas, om den är avslutad och riktar sig till allmänheten.",
        "A sound recording is judged as a film: it may be covered if it is finished and addresses the public.",
    ),
    "L107": (
        "Filmen direktsänds. Vänta tills den är inspelad: först då är den en avslutad upptagning. Att anmäla en sändning till "
        "Mediemyndigheten är en annan skyldighet.",
        "The film is being broadcast live. Wait until it is recorded: not until then is it a finished recording. To notify "
        "the media authority of a broadcast is another duty.",
    ),
    "L108": (
        "En ny version har kommit under de senaste två veckorna. Det som ändras än är inte avslutat; se om fler ändringar "
        "väntar.",
        "A new version has come within the last two weeks. What still changes is not finished; see whether more changes are "
        "to come.",
    ),
    "L109": (
        "Filmen har bara visats som en händelse, som försvinner efter 24 timmar. Bedöm om den är en publikation som ska bestå.",
        "The film was only shown as a story, which vanishes after 24 hours. Judge whether it is a publication meant to last.",
    ),
    "L110": (
        "Filmen är en inspelad direktsändning. Att anmäla sändningen till Mediemyndigheten är en annan skyldighet.",
        "The film is a recorded broadcast. To notify the media authority of the broadcast is another duty.",
    ),
    "L111": (
        "Ingen fil finns här: plattformen lämnar inte ut den, eller så kunde den inte hämtas. Lägg in originalet.",
        "No file is here: the platform does not hand it out, or it could not be fetched. Bring the original.",
    ),
    "L112": (
        "Bara plattformens fil finns här, omkodad av plattformen. Originalet är bättre för bevarandet (10 §); lägg in det om "
        "det finns.",
        "Only the platform's file is here, as the platform recoded it. The original is better for preservation (section 10); "
        "bring it if there is one.",
    ),
    "L113": (
        "Inga undertexter hittades. Policyn och lagen (2018:1937) om tillgänglighet till digital offentlig service begär dem; text som är "
        "inbränd i bilden syns inte här.",
        "No captions were found. The policy and the act on accessibility of digital public services (2018:1937) ask for them; text that "
        "is burnt into the picture does not show here.",
    ),
    "L114": (
        "Flera originalfiler har lagts in. Den bästa väljs när filmen beskrivs; se efter att det är rätt film.",
        "Several original files were brought. The best is chosen when the film is described; see that it is the right film.",
    ),
    "L115": (
        "Filen som finns här går inte att spela: den är tom, skadad eller ingen film. Lägg in en annan.",
        "The file that is here cannot be played: it is empty, damaged or no film. Bring another.",
    ),
    "L116": (
        "Filmen kan vara en ny version av en annan. Varje version omfattas för sig (KB); ange vilken den ersätter med "
        "--replaces.",
        "The film may be a new version of another. Each version is covered for itself (National Library); say by --replaces "
        "which one it replaces.",
    ),
    "L117": (
        "Inlägget har flera filmer, och undertexterna säger inte till vilken de hör: alla följer med varje film.",
        "The post has several films, and its captions do not say which they belong to: all go with each film.",
    ),
    "L120": (
        "Film {film}, som redan är beslutad, har hittats på {count:plats|platser} till. Beslutet gäller filmen och står fast; "
        "klockan räknas från den {first}, då den först var tillgänglig.",
        "Film {film}, which is decided already, was found in {count:more place|more places}. The decision is about the film "
        "and stands; the clock counts from {first}, when it was first available.",
    ),
    "L121": (
        "{count:ny film|nya filmer} hittades för e-plikt. 'bevara deposit films' visar dem.",
        "{count:new film was|new films were} found for legal deposit. 'bevara deposit films' shows them.",
    ),
    "L122": (
        "Längden på {count:fil|filer} kunde inte läsas: filen saknas i lagret eller kan inte öppnas ({reason}). Pröva med "
        "'bevara verify --deep'.",
        "The length of {count:file|files} could not be read: missing from the store, or not to be opened ({reason}). Examine "
        "by 'bevara verify --deep'.",
    ),
    "L123": (
        "{count:film|filmer} som ingen har beslutat om har fått ett annat nummer, sedan samma film hittades på fler ställen.",
        "{count:film that nobody has decided has|films that nobody has decided have} another number, since the same film was "
        "found in more places.",
    ),
    "L124": (
        "Film {film} beslutades inte behöva lämnas medan den inte var öppen för allmänheten någonstans. Nu är den det: besluta "
        "på nytt. Klockan räknas från den dag den öppnades.",
        "Film {film} was decided not to be delivered while it was open to the public nowhere. Now it is: decide anew. The clock "
        "counts from the day it was opened.",
    ),
    "L125": (
        "Film {film}, som redan är beslutad, tycks ha lagts ut på {count:plats|platser} till: titel, längd och tid stämmer, men "
        "filerna är inte desamma. Beslutet gäller nu även där, och klockan räknas från den {first}. Är det en annan film: skilj "
        "den åt med 'bevara deposit split'.",
        "Film {film}, which is decided already, seems to be published in {count:more place|more places}: title, length and time "
        "agree, but the files are not the same. The decision is now about those too, and the clock counts from {first}. If it is "
        "another film, part them by 'bevara deposit split'.",
    ),
}
"""Code to (Swedish, English)."""
