"""Words for the values that items and rules are described by: as stored → (Swedish, English)."""

from __future__ import annotations

from typing import Literal

from schemas.record import MediaRole

COLUMNS: dict[str, tuple[str, str]] = {
    "authority": ("arkivbildare", "authority"),
    "platform": ("plattform", "platform"),
    "account": ("konto", "account"),
    "kind": ("slag", "kind"),
    "own": ("avsändare", "author"),
    "state": ("läge", "state"),
    "media": ("bifogat", "attached"),
    "force": ("raden gäller", "rule in force"),
    "records": ("raden avser handlingar från", "rule is for records from"),
}

VALUES: dict[str, tuple[str, str]] = {
    "post": ("inlägg", "post"),
    "reply": ("eget svar", "own reply"),
    "comment": ("kommentar", "comment"),
    "visitor_post": ("besökares inlägg", "visitor's post"),
    "mention": ("omnämnande", "mention"),
    "boost": ("delning", "boost"),
    "message": ("meddelande", "message"),
    "story": ("händelse", "story"),
    "profile": ("profil", "profile"),
    "snapshot": ("ögonblicksbild", "snapshot"),
    "removal_notice": ("meddelande om borttagning", "removal notice"),
    "block_decision": ("beslut om blockering", "decision to block"),
    "duty_record": ("anteckning om åtgärd", "note of an act of oversight"),
    "account_decision": ("beslut om konto", "decision on an account"),
    "account_list": ("kontoförteckning", "list of accounts"),
    "page_rules": ("sidregler", "page rules"),
    "statistics": ("statistik", "statistics"),
    "request_log": ("logg över begäran", "request log"),
    "answer": ("svar på begäran", "answer to a request"),
    "decision": ("beslut", "decision"),
    "letter": ("brev", "letter"),
    "proposal": ("gallringsförslag", "culling proposal"),
    "certificate": ("gallringsprotokoll", "certificate of destruction"),
    "coverage": ("täckningsnot", "coverage note"),
    "own": ("vi själva", "ourselves"),
    "visitor": ("besökare", "visitor"),
    "seen": ("synlig", "seen"),
    "hidden": ("dold", "hidden"),
    "gone": ("borta", "gone"),
    "unknown": ("okänt", "unknown"),
    "none": ("inget", "none"),
    "picture": ("bild", "picture"),
    "video": ("film", "film"),
    "audio": ("ljud", "sound"),
    "document": ("dokument", "document"),
    "mixed": ("flera slag", "several sorts"),
    "med": ("finns", "is set"),
    "utan": ("saknas", "is not set"),
}
"""``unknown`` and ``none`` are said of a visibility and of attachments."""

EVIDENCE: dict[str, str] = {
    "listing": "enligt plattformens förteckning",
    "hidden-by-us": "dold av oss",
    "hidden-by-platform": "dold av plattformen",
    "lookup-found": "hittad vid direkt fråga",
    "lookup-unclear": "oklart svar vid direkt fråga",
    "listing-complete-lookup-not-found": "saknas i fullständig förteckning och vid direkt fråga; vem som tog bort "
    "den sägs inte",
    "removed-by-us": "borttagen av oss",
    "removed-by-author": "borttagen av avsändaren",
    "removed-by-platform": "borttagen av plattformen",
    "account-gone": "avsändarens konto finns inte längre",
    "expired": "visningstiden gick ut",
    "event-removed": "plattformen meddelade att den togs bort",
    "export": "enligt plattformens export",
    "by-hand": "inlagd av en person",
}
"""What a sighting rests on (``schemas.record.EVIDENCE``), in Swedish."""

ROLES: dict[MediaRole, str] = {
    "picture": "bild",
    "video": "film",
    "audio": "ljud",
    "caption": "undertexter",
    "thumbnail": "förhandsbild",
    "document": "dokument",
}
"""What an attachment is to its item, in Swedish."""

_NOT = "inte "


def column(name: str, language: Literal["sv", "en"]) -> str:
    """A column's name; ``mark inaktuell`` becomes ``märkningen inaktuell``."""
    at = 0 if language == "sv" else 1
    if name.startswith("mark "):
        return ("märkningen ", "mark ")[at] + name.removeprefix("mark ")
    return COLUMNS.get(name, (name, name))[at]


def value(text: str, language: Literal["sv", "en"]) -> str:
    """A value, or a set of values as rules show it (``post, reply`` or ``inte post``), in words."""
    at = 0 if language == "sv" else 1
    negated = text.startswith(_NOT)
    words = [VALUES.get(one, (one, one))[at] for one in text.removeprefix(_NOT).split(", ")]
    return (("inte ", "not ")[at] if negated else "") + ", ".join(words)


def records(number: int) -> str:
    """How many records, in Swedish."""
    return f"{number} {'handling' if number == 1 else 'handlingar'}"
