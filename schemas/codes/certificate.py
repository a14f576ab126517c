"""Finding codes of the verification of a certificate: K150–K169, with Swedish and English sentences.

The subject of a finding is the digest of the order, or ``certificate`` when the document cannot be read.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "K150": (
        "Gallringsprotokollet kan inte läsas ({fault}, rad {line}). Ta fram ett oskadat exemplar.",
        "The certificate cannot be read ({fault}, line {line}). Find an undamaged copy.",
    ),
    "K151": (
        "Arkivet känner inte till någon gallring med protokollets lista. Det hör till ett annat arkiv eller är falskt.",
        "The archive knows no culling with the certificate's list. It belongs to another archive or is false.",
    ),
    "K152": (
        (
            "Liggaren känner inte igen protokollet: kontrollsumman är en annan än den som noterades när det "
            "upprättades. Filen har ändrats."
        ),
        "The ledger does not know the certificate: its checksum is not the one noted when it was made. It was changed.",
    ),
    "K153": (
        "Underskriften av {act} är inte äkta, eller nyckeln tillhörde inte personen då.",
        "The signature of the {act} is not genuine, or the key was not the person's then.",
    ),
    "K154": (
        "Underskriften av {act} är en annan än den som arkivet har sparat för gallringen.",
        "The signature of the {act} is not the one that the archive keeps for the culling.",
    ),
    "K155": (
        "Samma person har föreslagit och godkänt gallringen.",
        "The same person proposed and approved the culling.",
    ),
    "K156": (
        "Gallringen påbörjades inte mellan godkännandet och den dag då det gick ut.",
        "The culling was not begun between the approval and its end.",
    ),
    "K157": (
        "Protokollet anger en annan länk i liggaren än den som finns på platsen {seq}.",
        "The certificate names another link of the ledger than the one at {seq}.",
    ),
    "K158": (
        "Löven i bilagan står inte i stigande ordning, vart och ett en gång.",
        "The leaves of the annex do not stand in ascending order, each once.",
    ),
    "K159": (
        "Antalen stämmer inte: {leaves} löv, {totals} enligt handlingstyperna, {culled} enligt protokollet.",
        "The counts differ: {leaves} leaves, {totals} by type of record, {culled} by the certificate.",
    ),
    "K160": (
        "Roten är inte lövens rot.",
        "The root is not that of the leaves.",
    ),
    "K161": (
        "Löven motsvarar inte det som är kvar av de gallrade handlingarna: {unknown} löv är okända och {missing} saknas.",
        "The leaves are not those of what remains of the culled records: {unknown} are unknown and {missing} missing.",
    ),
    "K162": (
        "Antalet handlingar för planraden {rule} är {stated} i protokollet men {found} enligt arkivet.",
        "The number of records under rule {rule} is {stated} in the certificate and {found} in the archive.",
    ),
    "K163": (
        "{rows} rader av gallrade handlingar finns i arkivets filer. Gallringen är inte fullständig.",
        "{rows} rows of culled records are in the archive's files. The culling is not complete.",
    ),
    "K164": (
        "{objects} objekt som gallringen tog bort finns på platsen {place}. Gallringen är inte fullständig.",
        "{objects} objects that the culling removed are at the place {place}. The culling is not complete.",
    ),
    "K165": (
        "Platsen {place} kunde inte läsas, så att det gallrade är borta där är inte bekräftat.",
        "The place {place} could not be read, so that it is not confirmed that what was culled is gone from it.",
    ),
    "K166": (
        "Databasen har uppgifter om {items} gallrade handlingar utöver det som ska finnas kvar.",
        "The database knows more of {items} culled records than what is to remain.",
    ),
    "K167": (
        "Gallringen är inte slutförd enligt arkivet.",
        "The culling is not finished according to the archive.",
    ),
    "K168": (
        "Arkivets filer kunde inte läsas, så att det gallrade är borta ur dem är inte bekräftat.",
        "The archive's files could not be read, so that it is not confirmed that what was culled is gone from them.",
    ),
    "K169": (
        "Liggarens kedja är bruten vid länk {seq}.",
        "The ledger's chain is broken at link {seq}.",
    ),
}
"""Code → (Swedish, English)."""
