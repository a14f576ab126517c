"""Codes of snapshots: A301–A319, with Swedish and English sentences."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "A301": (
        "Kontots utseende har aldrig tagits om hand.",
        "How the account looks has never been taken care of.",
    ),
    "A302": (
        "En dag då kontots utseende senast skulle tas om hand har passerat.",
        "A day by which the account's look was to be taken care of has passed.",
    ),
    "A303": (
        "Kontots profil har ändrats sedan den senaste ögonblicksbilden.",
        "The account's profile has changed since the latest snapshot.",
    ),
    "A304": (
        (
            "{pictures:bild|bilder} kunde inte visas i ögonblicksbilden. Det står i den vilka; filerna finns kvar hos sina "
            "handlingar."
        ),
        (
            "{pictures:picture|pictures} could not be shown in the snapshot. It says which; the files are still with their "
            "records."
        ),
    ),
    "A305": (
        (
            "Ögonblicksbilden kunde inte tas på grund av ett oväntat fel ({error}). Nästa natt försöker igen; ta den annars "
            "för hand med bevara archive snapshot."
        ),
        (
            "The snapshot could not be taken: unexpected error ({error}). The next night tries again; or take it by hand "
            "with bevara archive snapshot."
        ),
    ),
    "A306": (
        "Ögonblicksbilder tas redan av en annan körning.",
        "Snapshots are being taken by another run.",
    ),
    "A307": (
        (
            "Ögonblicksbilden visar ingen profil: arkivet har ingen för kontot. Kör bevara harvest, eller ge skärmbilder med "
            "--picture."
        ),
        (
            "The snapshot shows no profile: the archive has none of the account. Run bevara harvest, or give screenshots with "
            "--picture."
        ),
    ),
}
