"""Finding codes of what goes into a package for an e-archive: A240–A249, with Swedish and English sentences.

The subject of a finding is the package's id.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "A240": (
        (
            "{files:bilaga|bilagor} kunde aldrig hämtas från plattformen och finns inte i paketet. Det står i "
            "handlingarnas poster vilka."
        ),
        "{files:attachment was|attachments were} never had from the platform and not in the package; the records say which.",
    ),
    "A241": (
        (
            "{files:bilaga|bilagor} som arkivet har tagit emot ligger inte längre i lagret. Återställ dem från en annan "
            "kopia och gör om paketet; det står i handlingarnas poster att de saknas."
        ),
        (
            "{files:attachment|attachments} that the archive had taken in lie no longer in the store. Restore them from "
            "another copy and make the package again; the records say that they are missing."
        ),
    ),
    "A242": (
        (
            "{files:bilaga|bilagor} i lagret har inte den storlek som de hade när de togs emot, och är inte med i "
            "paketet. Kör 'bevara verify --deep', återställ dem från en annan kopia och gör om paketet."
        ),
        (
            "{files:attachment|attachments} in the store have not the size they had when they were taken in, and are not "
            "in the package. Run 'bevara verify --deep', restore them from another copy and make the package again."
        ),
    ),
    "A243": (
        "{files:bilaga|bilagor} är tomma (0 byte). De är med som de är.",
        "{files:attachment is|attachments are} empty (0 bytes). They are in the package as they are.",
    ),
    "A244": (
        "Formatet på {files:bilaga|bilagor} gick inte att bestämma. De är med som de är, med den medietyp som plattformen angav.",
        (
            "The format of {files:attachment|attachments} could not be told. They are in the package as they are, with "
            "the media type that the platform stated."
        ),
    ),
    "A245": (
        (
            "{files:officiellt schema|officiella scheman} finns inte i mappen schemas_dir och är därför inte med i "
            "paketet. Paketet beskrivs av Bevaras eget schema och kan kontrolleras ändå."
        ),
        (
            "{files:official schema is|official schemas are} not in the folder schemas_dir and therefore not in the "
            "package. The package has Bevara's own schema and can be checked all the same."
        ),
    ),
    "A246": (
        "{records:gallrad handling|gallrade handlingar} står i paketet med bara id, slag, månad och dag för gallringen.",
        "{records:culled record stands|culled records stand} in the package with id, kind, month and day of culling alone.",
    ),
    "A247": (
        (
            "I {threads:tråd|trådar} finns tecken som inget teckensnitt har; PDF-filerna visar dem som teckenkoder och "
            "räknar upp dem."
        ),
        "In {threads:thread|threads} there are characters that no font has; the PDF files show them as code points.",
    ),
    "A248": (
        "{pictures:bild|bilder} kunde inte visas i PDF-filerna; bilderna ligger i paketet som filer.",
        "{pictures:picture|pictures} could not be shown in the PDF files; they lie in the package as files.",
    ),
}
"""Code to (Swedish, English)."""
