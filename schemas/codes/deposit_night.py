"""Finding codes of the night's part in legal deposit: L220–L229, with Swedish and English sentences.

The subject is ``deposit``; films are named by their running numbers alone.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "L220": (
        "Ett steg i e-plikten kunde inte göras i natt ({step}; {reason}). De andra stegen är gjorda och nästa natt gör det "
        "om; kör '{command}' för att se varför.",
        "A step of legal deposit could not be done tonight ({step}; {reason}). The other steps are done and the next night "
        "tries again; run '{command}' to see why.",
    ),
    "L221": (
        "{count:film är försenad|filmer är försenade}: tre månader från publiceringen har gått (lagen 2012:492, 14 §). Nummer: "
        "{films}; mest försenad är film {worst}, {days:dag|dagar} efter sista dagen. Besluta och leverera nu.",
        "{count:film is|films are} overdue: three months have passed since publication (act 2012:492, section 14). The "
        "numbers are {films}; film {worst} is the worst, {days:day|days} past its last day. Decide and deliver now.",
    ),
    "L222": (
        "{count:film|filmer} har högst {within:dag|dagar} kvar till sista dag för leverans till KB. Nummer: {films}; film "
        "{worst} har minst tid kvar, {days:dag|dagar}. 'bevara deposit films' visar dem.",
        "{count:film has|films have} at most {within:day|days} left to deliver to the National Library. The numbers are "
        "{films}; film {worst} has the least, {days:day|days}. 'bevara deposit films' shows them.",
    ),
    "L223": (
        "{count:film|filmer} väntar på beslut om e-plikt. Tills någon har beslutat gallras inget av det som hör dit. "
        "'bevara deposit films' visar dem med förslag.",
        "{count:film|films} wait for a decision on legal deposit. Until somebody has decided, nothing that belongs to them is "
        "culled. 'bevara deposit films' shows them with proposals.",
    ),
    "L224": (
        "{count:film|filmer} ska laddas upp i KB:s webbformulär, och det är inte gjort. Nummer: {films}. Gör blanketten med "
        "'bevara deposit sheet FILM --out MAPP' och säg till med 'bevara deposit sent FILM'.",
        "{count:film is|films are} to be uploaded in KB's web form and have not been. The numbers are {films}. Make the sheet "
        "by 'bevara deposit sheet FILM --out FOLDER' and tell by 'bevara deposit sent FILM'.",
    ),
    "L225": (
        "{count:film|filmer} ska lämnas i paket (FGS-PUBL), och det är inte gjort. Nummer: {films}. Paketera med 'bevara "
        "deposit package FILM'.",
        "{count:film is|films are} decided for packages (FGS-PUBL) and not packaged. The numbers are {films}. Package by "
        "'bevara deposit package FILM'.",
    ),
    "L226": (
        "{count:film|filmer} som lämnades i flödet har KB underkänt. Nummer: {films}. 'bevara deposit show FILM' visar vad KB "
        "skrev; besluta på nytt med 'bevara deposit decide FILM'.",
        "{count:film|films} of the feed KB has rejected. The numbers are {films}. 'bevara deposit show FILM' shows what KB "
        "wrote; decide anew by 'bevara deposit decide FILM'.",
    ),
    "L227": (
        "{count:film|filmer} har lämnats i flödet eller webbformuläret för mer än en månad sedan utan att något svar är infört. "
        "Nummer: {films}. Så länge gallras inget av det som hör dit. För in KB:s svar med 'bevara deposit answer FILM', eller "
        "'bevara deposit seen FILM' när posten syns i Libris.",
        "{count:film was|films were} delivered by the feed or the web form more than a month ago, and no answer is entered. The "
        "numbers are {films}. Meanwhile nothing that belongs to them is culled. Enter KB's answer by 'bevara deposit answer "
        "FILM', or 'bevara deposit seen FILM' when the post is in Libris.",
    ),
}
"""Code to (Swedish, English)."""
