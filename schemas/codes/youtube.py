"""Finding codes of YouTube: H260–H269, with Swedish and English sentences. Form as in ``schemas.codes.harvest``."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "H260": (
        "Dygnets kvot hos YouTube är förbrukad. Den förnyas vid midnatt i Kalifornien; körningen därefter fortsätter.",
        "The day's quota at YouTube is used up. It is renewed at midnight in California; the run after that goes on.",
    ),
    "H261": (
        "Textningar till {count_films} filmer hämtades inte, för att kvoten ska räcka till kommentarerna. Kommande "
        "nätter fortsätter.",
        "Captions of {count_films} videos were not fetched, so that the quota suffices for the comments. Later nights "
        "go on.",
    ),
    "H262": (
        "En textning hämtades inte i natt, eftersom kvoten inte räckte. Nästa körning försöker igen.",
        "A caption file was not fetched tonight because the quota did not suffice. The next run tries again.",
    ),
    "H263": (
        "Kommentarer som väntar på granskning, räknas som skräppost eller har avvisats kan inte läsas. Kontrollera att "
        "åtkomstnyckeln hör till kanalens ägare. Inget räknas som borttaget.",
        "Comments held for review, taken for spam or rejected cannot be read. Check that the token belongs to the "
        "channel's owner. Nothing counts as gone.",
    ),
    "H264": (
        "Filerna till {count_films} nya filmer lämnas inte ut av YouTube. Spara originalen, eller hämta dem med Google "
        "Takeout och läs in dem.",
        "YouTube does not give out the files of {count_films} new videos. Keep the originals, or fetch them by Google "
        "Takeout and import them.",
    ),
    "H265": (
        "{count_films} nya filmer har sänts direkt. Chatten under sändningen kan inte hämtas i efterhand; egna inlägg "
        "finns i Google Takeout.",
        "{count_films} new videos were broadcast live. The chat cannot be fetched afterwards; own messages are in "
        "Google Takeout.",
    ),
    "H266": (
        "YouTube lämnar bara ut filmernas grunduppgifter till åtkomstnyckeln. Övriga uppgifter (översättningar, "
        "inspelningsplats, filens egenskaper) saknas.",
        "YouTube gives the token only the basic facts of the videos. Others (translations, place of recording, the "
        "file's properties) are missing.",
    ),
    "H267": (
        "{count_films} filmer står i kanalens lista men kunde inte läsas. De kan nyss ha tagits bort.",
        "{count_films} videos stand in the channel's list but could not be read. They may just have been removed.",
    ),
    "H268": (
        "Textningarnas lista kunde inte läsas för {count_films} filmer: åtkomstnyckeln saknar behörigheten, eller filmen "
        "har ingen.",
        "The list of captions could not be read for {count_films} videos: the token lacks the permission, or the video "
        "has none.",
    ),
    "H269": (
        "Åtkomstnyckeln får inte läsa kommentarer (behörigheten youtube.force-ssl). Inga kommentarer hämtades.",
        "The token may not read comments (permission youtube.force-ssl). No comments were fetched.",
    ),
}
"""Code to (Swedish, English)."""

MISSING = frozenset({"H260", "H261", "H262", "H263", "H264", "H265", "H266", "H267", "H268", "H269"})
"""All of them say that something is not in the archive."""
