"""Sentences of what the daily watch tells of. Parameters are numbers, days, codes and our own accounts' names."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "W101": (
        "En fråga har väntat på svar i {hours:timme|timmar}. Ambitionen är {ambition:timme|timmar}, helger och kvällar "
        "oräknade.",
        "A question has waited {hours:hour|hours} for an answer. The ambition is {ambition:hour|hours}, not counting "
        "evenings and holidays.",
    ),
    "W102": (
        "En fråga väntar på svar, senast {deadline}.",
        "A question waits for an answer, by {deadline}.",
    ),
    "W103": (
        "Ett svar från oss saknar undertecknande. Komplettera med hälsning, namn och verksamhet.",
        "An answer of ours is not signed. Add the greeting, name and unit.",
    ),
    "W104": (
        "Ett svar kan vara skrivet av en medarbetare från ett privat konto. Svara från sidans eget konto.",
        "An answer may be written by staff from a private account. Answer from the page's own account.",
    ),
    "W105": (
        "Detta kan vara en felanmälan. Hänvisa till {address}.",
        "This may be a fault report. Refer to {address}.",
    ),
    "W106": (
        "Detta kan vara en synpunkt eller ett förslag. Hänvisa till {address}.",
        "This may be an opinion or a suggestion. Refer to {address}.",
    ),
    "W111": (
        "Detta kan vara kränkande, stötande eller ett personangrepp.",
        "This may be offensive, or a personal attack.",
    ),
    "W112": (
        "Detta kan vara hets mot folkgrupp, sexistiskt eller trakasserier.",
        "This may be agitation against a group, sexist, or harassment.",
    ),
    "W113": (
        "Detta kan vara en våldsskildring eller pornografi.",
        "This may depict violence, or be pornography.",
    ),
    "W114": (
        "Detta kan vara ett hot eller en uppmaning till brott.",
        "This may be a threat or a call to crime.",
    ),
    "W115": (
        "Här står ett personnummer eller samordningsnummer.",
        "There is a personal identity or coordination number here.",
    ),
    "W116": (
        "Här kan stå en persons telefonnummer, adress eller e-postadress.",
        "A person's telephone number, address or e-mail address may stand here.",
    ),
    "W117": (
        "Här kan stå något som omfattas av sekretess, om en namngiven persons hälsa eller sociala förhållanden.",
        "Something secret may stand here, of a named person's health or social matters.",
    ),
    "W118": (
        "Detta kan vara någon annans upphovsrättsligt skyddade verk.",
        "This may be somebody else's work, protected by copyright.",
    ),
    "W119": (
        "Här kan stå grova svordomar eller obscena ord.",
        "There may be coarse swearing or obscene words here.",
    ),
    "W120": (
        "Detta kan vara reklam eller marknadsföring.",
        "This may be advertising.",
    ),
    "W121": (
        "Detta kan marknadsföra ett möte eller en manifestation som ett politiskt parti ordnar.",
        "This may promote a meeting or demonstration held by a political party.",
    ),
    "W122": (
        "Här finns en länk till en webbplats på kommunens lista över falsk information.",
        "There is a link here to a site on the municipality's list of false information.",
    ),
    "W123": (
        "Detta kan vara en politisk diskussion eller ligga utanför ämnet. Hänvisa till partiernas egna kanaler.",
        "This may be a political discussion, or off the topic. Refer to the parties' own channels.",
    ),
    "W124": (
        "Detta kan gälla någons eget ärende. Svara inte i sak här; avgör om det ska diarieföras.",
        "This may be about somebody's own matter. Do not answer its substance here; decide whether to register it.",
    ),
    "W125": (
        "En och samma person har skrivit {count} gånger på en dag.",
        "One person has written {count} times in a day.",
    ),
    "W131": (
        "En egen film saknar undertexter ({films:film|filmer}).",
        "A film of ours has no captions ({films:film|films}).",
    ),
    "W132": (
        "En egen bild saknar alternativtext ({pictures:bild|bilder}).",
        "A picture of ours has no alt text ({pictures:picture|pictures}).",
    ),
    "W133": (
        "Ett eget inlägg kan vara extern marknadsföring.",
        "A post of ours may market somebody else's goods, services or events.",
    ),
    "W134": (
        "Ett eget inlägg kan vara en nyhet utan länk till {address}.",
        "A post of ours may be news without a link to {address}.",
    ),
    "W135": (
        "Kontot gillar eller följer {pages:sida|sidor} som inte står på den godkända listan. Visa dem med "
        "'bevara oversee likes {account}'.",
        "The account likes or follows {pages:page|pages} outside of the approved list. Show them with "
        "'bevara oversee likes {account}'.",
    ),
    "W136": (
        "Vilka sidor kontot gillar kunde inte läsas ({reason}). Se efter på plattformen.",
        "Which pages the account likes could not be read ({reason}). Look on the platform.",
    ),
    "W137": (
        "Kontoregistret har {gaps:lucka|luckor}. Se 'bevara account check {account}'.",
        "The register of accounts has {gaps:gap|gaps}. See 'bevara account check {account}'.",
    ),
    "W138": (
        "Posten enligt dataskyddsförordningen artikel 30 stämmer inte längre. Skriv den på nytt med 'bevara oversee art30'.",
        "The entry by the GDPR, article 30, holds no longer. Write it anew with 'bevara oversee art30'.",
    ),
    "W141": (
        "Anslutningen behöver en hand: {standing}. Se 'bevara oversee health {account}'.",
        "The connection needs a hand: {standing}. See 'bevara oversee health {account}'.",
    ),
    "W142": (
        "Hämtningen har luckor de senaste nätterna: {missed} utan hämtning, {partial} delvis.",
        "Harvesting has gaps in the last nights: {missed} without a harvest, {partial} in part.",
    ),
    "W151": (
        "Något har tagits bort eller dolts utan att det är antecknat. Vem gjorde det, och varför?",
        "Something was removed or hidden, and it is not recorded. Who did it, and why?",
    ),
    "W152": (
        "En blockering ska omprövas, senast {day}.",
        "A block is to be reviewed, by {day}.",
    ),
    "W153": (
        "Borttagning {number} är inte slutförd ({standing}).",
        "Removal {number} is not finished ({standing}).",
    ),
    "W154": (
        "En begäran om bild eller film väntar på beslut ({number}).",
        "A request about a picture or film waits for a decision ({number}).",
    ),
    "W155": (
        "Besökaren har inte fått veta att något tagits bort (borttagning {number}).",
        "The visitor has not been told of the removal ({number}).",
    ),
}
