"""Codes of the feed to KB: rules of the check (``RSS-…``), and L200–L219, which the feed and the web form's sheet tell of.

A rule is MUST where KB's profile, RSS 2.0 or feeds that KB takes ask for it, SHOULD where KB may stumble, MAY where a
reader is told of it. ``{message}`` is what was met, made visible and cut short. KB's own reference stands in brackets.
"""

from __future__ import annotations

from typing import Final

from schemas.codes.eark import Level

_Rule = tuple[str, Level, str, str]

_DOCUMENT: tuple[_Rule, ...] = (
    ("RSS-XML-FORM", "MUST", "Flödet är inte välformad XML.", "The feed is not well-formed XML."),
    (
        "RSS-XML-DOCTYPE",
        "MUST",
        "Flödet har en dokumenttypsdeklaration (DOCTYPE) och läses därför inte.",
        "The feed has a document type declaration (DOCTYPE) and is therefore not read.",
    ),
    ("RSS-XML-SIZE", "MUST", "Flödet är för stort för att läsas.", "The feed is too large to be read."),
    ("RSS-ENCODING", "MUST", "Flödet ska vara i UTF-8.", "The feed must be in UTF-8."),
    ("RSS-VERSION", "MUST", "rss/@version ska vara 2.0.", "rss/@version must be 2.0."),
    ("RSS-CHANNEL", "MUST", "Flödet ska ha exakt en kanal (channel).", "The feed must have exactly one channel."),
    ("RSS-CHANNEL-TITLE", "MUST", "Kanalen saknar titel (title).", "The channel has no title."),
    (
        "RSS-CHANNEL-LINK",
        "MUST",
        "Kanalen saknar adress (link), eller så är den ingen http-adress.",
        "The channel has no link, or none that is an http address.",
    ),
    ("RSS-CHANNEL-DESCRIPTION", "MUST", "Kanalen saknar beskrivning (description).", "The channel has no description."),
    ("RSS-LANGUAGE", "SHOULD", "Kanalen anger inget språk (language).", "The channel names no language."),
    (
        "RSS-NAMESPACE",
        "MUST",
        "Namnrymden är felskriven; KB känner inte igen elementet: {message}",
        "The namespace is misspelt; KB does not know the element: {message}",
    ),
    (
        "RSS-ELEMENT",
        "SHOULD",
        "Elementet hör inte till det som är känt av KB:s profil: {message}",
        "The element is not among what is known of KB's profile: {message}",
    ),
    (
        "RSS-PAGED",
        "MUST",
        "Flödet är uppdelat på sidor (atom:link). KB läser bara en adress.",
        "The feed is paginated (atom:link). KB reads one address alone.",
    ),
    ("RSS-ITEM-PLACE", "MUST", "En post (item) ligger utanför kanalen.", "An item lies outside the channel."),
    ("RSS-EMPTY", "MAY", "Flödet har inga poster.", "The feed has no items."),
    (
        "RSS-BUILT",
        "MUST",
        "Datumet är inget datum enligt RFC 822.",
        "The date is no RFC 822 date.",
    ),
)

_ITEM: tuple[_Rule, ...] = (
    ("RSS-ONCE", "MUST", "Elementet får stå en gång i posten: {message}", "The element may stand once: {message}"),
    ("RSS-GUID", "MUST", "Posten saknar beständig identitet (guid) [R101].", "The item has no guid [R101]."),
    (
        "RSS-GUID-TWICE",
        "MUST",
        "Två poster har samma guid. En rättad film är en ny version och ska ha en ny.",
        "Two items have the same guid. A corrected film is another version and has another.",
    ),
    (
        "RSS-GUID-ADDRESS",
        "SHOULD",
        'guid är ingen adress och ska då ha isPermaLink="false".',
        'The guid is no address and then has isPermaLink="false".',
    ),
    ("RSS-TITLE", "MUST", "Posten saknar titel (title).", "The item has no title."),
    ("RSS-LINK", "MUST", "Posten saknar nätadress (link) [R102].", "The item has no link [R102]."),
    (
        "RSS-LINK-FORM",
        "MUST",
        "link är ingen fullständig http-adress utan användarnamn [R102].",
        "The link is no absolute http address without a user [R102].",
    ),
    (
        "RSS-LINK-SOCIAL",
        "MUST",
        "link går till en social plattform. KB hämtar då den sidan i stället för filmen.",
        "The link goes to a social platform. KB would fetch that page instead of the film.",
    ),
    (
        "RSS-INSIDE",
        "SHOULD",
        "Adressen hör till ett eget nät, dit KB inte når [R102, F302].",
        "The address is one of an own network, which KB cannot reach [R102, F302].",
    ),
    ("RSS-LINK-TWICE", "SHOULD", "Två poster har samma link.", "Two items have the same link."),
    ("RSS-FORMAT", "MUST", "Posten saknar filtyp (dcterms:format) [R117].", "The item has no dcterms:format [R117]."),
    (
        "RSS-FORMAT-FORM",
        "MUST",
        "dcterms:format är ingen MIME-typ, som video/mp4.",
        "dcterms:format is no media type such as video/mp4.",
    ),
    (
        "RSS-FORMAT-UNKNOWN",
        "SHOULD",
        "Filtypen är okänd (application/octet-stream).",
        "The media type is unknown (application/octet-stream).",
    ),
    ("RSS-DATE", "MUST", "Posten saknar datum (pubDate).", "The item has no pubDate."),
    (
        "RSS-DATE-FORM",
        "MUST",
        "pubDate är inget datum enligt RFC 822 med tid och zon.",
        "The pubDate is no RFC 822 date with time and zone.",
    ),
    (
        "RSS-DATE-DAY",
        "SHOULD",
        "Veckodagen i pubDate stämmer inte med datumet.",
        "The pubDate's day of the week does not agree with the date.",
    ),
    (
        "RSS-DATE-LAW",
        "SHOULD",
        "pubDate ligger före den 1 januari 2015: lagen gäller inte för det som blev tillgängligt då.",
        "The pubDate lies before 1 January 2015: the law does not reach what became available then.",
    ),
    (
        "RSS-DATE-FUTURE",
        "SHOULD",
        "pubDate ligger efter det att flödet gjordes (lastBuildDate).",
        "The pubDate lies after the feed was made (lastBuildDate).",
    ),
    (
        "RSS-PUBLISHER",
        "MUST",
        "Posten saknar utgivare (dcterms:publisher) [R104].",
        "The item has no dcterms:publisher [R104].",
    ),
    (
        "RSS-PUBLISHER-FORM",
        "MUST",
        "dcterms:publisher ska vara http://id.kb.se/organisations/SE och tio siffror, eventuellt med tillägg [R104].",
        "dcterms:publisher must be http://id.kb.se/organisations/SE and ten digits, with a suffix if agreed [R104].",
    ),
    (
        "RSS-ACCESS",
        "MUST",
        "Posten saknar tillgänglighet (dcterms:accessRights) [R107].",
        "The item has no dcterms:accessRights [R107].",
    ),
    (
        "RSS-ACCESS-WORD",
        "MUST",
        "dcterms:accessRights ska vara gratis eller restricted [R107].",
        "dcterms:accessRights must be gratis or restricted [R107].",
    ),
    ("RSS-CREATOR", "MAY", "Posten anger ingen upphovsman (dcterms:creator).", "The item names no dcterms:creator."),
    (
        "RSS-LICENCE",
        "MUST",
        "dcterms:license ska vara en adress [R108].",
        "dcterms:license must be an address [R108].",
    ),
    (
        "RSS-TYPED",
        "SHOULD",
        "Elementet ska ange sin typ med xsi:type: {message}",
        "The element is to give its type by xsi:type: {message}",
    ),
    (
        "RSS-CATEGORY",
        "SHOULD",
        "category används inte längre av KB [R118, F311].",
        "KB no longer uses category [R118, F311].",
    ),
    (
        "RSS-MEDIA-URL",
        "MUST",
        "media:content saknar url, eller så är den ingen fullständig http-adress [F302].",
        "media:content has no url, or none that is an absolute http address [F302].",
    ),
    (
        "RSS-MEDIA-TYPE",
        "MUST",
        "media:content saknar type, eller så är den ingen MIME-typ [F303].",
        "media:content has no type, or none that is a media type [F303].",
    ),
    (
        "RSS-MEDIA-SOCIAL",
        "MUST",
        "media:content går till en social plattform. KB hämtar då den sidan i stället för filmen.",
        "media:content goes to a social platform. KB would fetch that page instead of the film.",
    ),
    (
        "RSS-MEDIA-TWICE",
        "SHOULD",
        "Samma fil anges flera gånger i posten.",
        "The item names the same file several times.",
    ),
    (
        "RSS-MEDIA-PLACE",
        "MUST",
        "media:content ska ligga direkt i posten eller i media:group [F302].",
        "media:content must lie directly in the item or in media:group [F302].",
    ),
    (
        "RSS-FILE",
        "SHOULD",
        "Posten pekar bara på en webbsida: filmen själv når inte KB.",
        "The item names a web page alone: the film itself does not reach KB.",
    ),
)

RULES: Final[tuple[_Rule, ...]] = (*_DOCUMENT, *_ITEM)
LEVELS: Final[dict[str, Level]] = {code: level for code, level, _, _ in RULES}
"""Code to how much it weighs: MUST is an error, SHOULD a warning, MAY is told."""

_TOLD: dict[str, tuple[str, str]] = {
    "L200": (
        "Film {number} har varken egen sida eller egen fil på webben och kan inte stå i flödet till KB. Ange en adress "
        "med 'bevara deposit decide {number} yes --page …' eller '--file …', eller välj ett annat leveranssätt.",
        "Film {number} has neither a page nor a file of its own on the web and cannot stand in the feed to KB. Give an "
        "address by 'bevara deposit decide {number} yes --page …' or '--file …', or choose another way.",
    ),
    "L201": (
        "Film {number} har bara adresser till sociala plattformar. KB skulle hämta plattformens sida i stället för "
        "filmen, så den står inte i flödet. Ange en egen adress eller välj ett annat leveranssätt.",
        "Film {number} has addresses of social platforms alone. KB would fetch the platform's page instead of the film, "
        "so it is not in the feed. Give an address of your own or choose another way.",
    ),
    "L202": (
        "Film {number} blev tillgänglig {days:dag|dagar} innan den kom in i flödet, vilket är längre än flödets fönster. "
        "KB hämtar efter publiceringsdatum och kan missa den. Lämna den hellre som paket eller i webbformuläret.",
        "Film {number} became available {days:day|days} before it entered the feed, which is longer than the feed's "
        "window. KB fetches by publication date and may miss it. Better hand it in as a package or by the web form.",
    ),
    "L203": (
        "Film {number} blev tillgänglig {days:dag|dagar} innan den kom in i flödet. Kontrollera att KB har tagit emot "
        "den; annars lämnas den på annat sätt.",
        "Film {number} became available {days:day|days} before it entered the feed. See to it that KB has received it; "
        "else hand it in by another way.",
    ),
    "L204": (
        "Platsen för flödet till KB svarade inte. Inget har ändrats; nästa körning tar vid.",
        "The place of the feed to KB did not answer. Nothing was changed; the next run goes on.",
    ),
    "L205": (
        "Film {number} står inte i flödet, för posten klarade inte kontrollen: {rules}. Rätta beslutet eller "
        "inställningarna.",
        "Film {number} is not in the feed, for its item did not pass the check: {rules}. Correct the decision or the "
        "settings.",
    ),
    "L206": (
        "Flödet klarade inte kontrollen ({rules}) och lades inte ut. Det förra ligger kvar. Kontrollera [deposit.feed].",
        "The feed did not pass the check ({rules}) and was not published. The one before stays. Look at [deposit.feed].",
    ),
    "L207": (
        "Film {number} går inte längre att beskriva och står därför inte i flödet. Kör 'bevara deposit show {number}'.",
        "Film {number} can no longer be described and is therefore not in the feed. Run 'bevara deposit show {number}'.",
    ),
    "L208": (
        "Film {number} har en egen sida men ingen adress till själva filen, så KB får bara sidan. Ange filens adress med "
        "'--file …', eller välj ett annat leveranssätt.",
        "Film {number} has a page of its own but no address of the file itself, so KB gets the page alone. Give the "
        "file's address by '--file …', or choose another way.",
    ),
    "L209": (
        "Film {number} hör till en handling med sekretessmarkering och står därför inte i flödet, som är öppet på webben.",
        "Film {number} belongs to a record that is marked secret and is therefore not in the feed, which lies open on "
        "the web.",
    ),
    "L210": (
        "Film {number} kräver lösenord, och det får inte stå i flödet, som är öppet på webben. Välj ett annat "
        "leveranssätt, där lösenordet kan följa med (11 § lagen 2012:492).",
        "Film {number} needs a password, which may not stand in the feed, for that lies open on the web. Choose another "
        "way, by which the password can be told (11 § of the act 2012:492).",
    ),
    "L211": (
        "Beslutet om film {number} ändrades medan flödet skrevs. Nästa körning rättar flödet.",
        "The decision on film {number} changed while the feed was being written. The next run corrects the feed.",
    ),
    "L212": (
        "Leveranserna är märkta som prov (test), så ingen film räknas som levererad genom flödet.",
        "Deliveries are marked as tests, so no film counts as delivered by the feed.",
    ),
    "L213": ("Det finns inte plats för flödet där det ska ligga.", "There is no room for the feed in its place."),
    "L214": (
        "Flödet får inte skrivas där det ska ligga. Kontrollera användare och rättigheter.",
        "The feed may not be written in its place. Check user and rights.",
    ),
    "L215": (
        "Där flödet ska ligga finns en länk, mapp eller enhet med samma namn. Den rördes inte.",
        "A link, folder or device of the feed's name lies in its place. It was not touched.",
    ),
    "L216": (
        "Det som ligger på flödets plats är inte det som skrevs. Nästa körning försöker igen.",
        "What lies in the feed's place is not what was written. The next run tries again.",
    ),
    "L217": (
        "Flödets plats avvisade det. Kontrollera [deposit.feed.place].",
        "The feed's place refused it. Look at [deposit.feed.place].",
    ),
    "L218": (
        "Underlagets PDF saknar {count:tecken|tecken} som inget typsnitt har; de är utskrivna som koder. HTML-filen har "
        "dem som de är.",
        "The sheet's PDF lacks {count:character|characters} that no font has; they are written as codes. The HTML file "
        "has them as they are.",
    ),
    "L219": (
        "Film {number} står i flödet, men kontrollen har anmärkningar: {rules}.",
        "Film {number} is in the feed, but the check has remarks: {rules}.",
    ),
}

TEXTS: dict[str, tuple[str, str]] = {code: (swedish, english) for code, _, swedish, english in RULES} | _TOLD
"""Code to (Swedish, English)."""
