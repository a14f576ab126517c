"""Sentences of codes ``Q1xx``: requests, their holds, their clocks and what keeps them from being closed."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "Q101": (
        "{items:handling som begäran gäller är redo|handlingar som begäran gäller är redo} att gallras nu. Begäran stoppar gallringen.",
        "{items:record|records} that the request is about would be culled now. The request stops that.",
    ),
    "Q102": (
        "{items:handling som begäran gäller får|handlingar som begäran gäller får} gallras inom {days:dag|dagar}. Begäran stoppar gallringen.",
        "{items:record|records} that the request is about may be culled within {days:day|days}. The request stops that.",
    ),
    "Q103": (
        "{items:handling|handlingar} som begäran gäller står på en påskriven eller godkänd gallringslista. De gallras inte så länge begäran är öppen.",
        "{items:record|records} that the request is about stand on a culling list that is signed or approved. They are not culled while the request is open.",
    ),
    "Q104": (
        "{items:handling|handlingar} som begäran gäller visas bara ett dygn på plattformen och försvinner snart där. Arkivets exemplar finns kvar.",
        "{items:record|records} that the request is about are shown for a day on the platform and will soon be gone there. The archive's copy stays.",
    ),
    "Q105": (
        "Det gick inte att räkna ut vad som snart skulle ha gallrats ({reason}). Begärans gallringsstopp gäller ändå.",
        "What would soon have been culled could not be worked out ({reason}). The request's hold is in force all the same.",
    ),
    "Q106": (
        "Begärans gallringsstopp omfattar allt. Avgränsa det när det är klart vad som efterfrågas.",
        "The request's hold covers everything. Narrow it when it is clear what is asked for.",
    ),
    "Q107": (
        "{items:handling|handlingar} gallrades i arkivet efter att begäran hade kommit in, innan den fördes in eller i en gallring som redan pågick då.",
        "{items:record was|records were} culled in the archive after the request had been received: before it was entered, or by a culling that was under way then.",
    ),
    "Q108": (
        "Begäran avbröts när den öppnades: dess ord är inte sparade. Allt är stoppat tills den görs klar med 'bevara request amend {number}'.",
        "The request was stopped while it was opened: its wording is not stored. Everything is held until it is completed with 'bevara request amend {number}'.",
    ),
    "Q109": (
        "Brevet kunde inte skrivas ({reason}). Begäran är införd och dess gallringsstopp gäller; skriv brevet för sig.",
        "The letter could not be written ({reason}). The request is entered and its hold is in force; write the letter by itself.",
    ),
    "Q111": (
        "Begäran är öppen. Besvara den först, eller för in att den har återtagits.",
        "The request is open: it is neither answered nor withdrawn.",
    ),
    "Q112": (
        "Ett skriftligt beslut finns, men inte vilken dag den som begärde fick det. Överklagandetiden löper inte förrän den dagen är införd.",
        "There is a written decision, but not the day on which the person got it. The time for appeal does not run before that day is recorded.",
    ),
    "Q113": (
        "Överklagandetiden har inte gått ut. Sista dag är {day}.",
        "The time for appeal has not run out. The last day is {day}.",
    ),
    "Q114": (
        "Beslutet är överklagat, och det är inte infört när målet avgjordes slutligt.",
        "The decision is appealed, and it is not recorded when the case was finally decided.",
    ),
    "Q115": (
        "Avgörandet är slutligt först {day}.",
        "The ruling becomes final on {day}.",
    ),
    "Q116": ("Begäran är redan avslutad.", "The request is closed already."),
    "Q117": (
        "Begäran har varit öppen i {days:arbetsdag|arbetsdagar}. Den ska besvaras skyndsamt (TF 2:15 och 2:16).",
        "The request has been open for {days:working day|working days}. It is to be answered without delay (TF 2:15 and 2:16).",
    ),
    "Q118": (
        "Överklagandetiden har gått ut eller avgörandet är slutligt: begäran kan avslutas.",
        "The time for appeal has run out, or the ruling is final: the request may be closed.",
    ),
    "Q119": (
        "Begäran väntar på en åtgärd: {what}.",
        "The request waits for somebody: {what}.",
    ),
    "Q120": (
        "Inget har hänt med begäran på {days:dag|dagar} och gallringsstoppet håller kvar handlingarna. Avsluta den om den är klar.",
        "Nothing has happened with the request for {days:day|days} and its hold keeps the records. Close it if it is done.",
    ),
}
