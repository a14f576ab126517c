"""Words for the values that items and rules are described by: as stored → (Swedish, English)."""

from __future__ import annotations

from typing import Literal

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
