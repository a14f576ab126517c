"""What each act about a request is called in its log: one Swedish sentence for every receipt that is written. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from schemas.calendar import local_time
from schemas.receipt import Scalar

Evidence = Mapping[str, Scalar]

KINDS: Final = {
    "handlingar": "allmänna handlingar",
    "tillgang": "tillgång till egna personuppgifter",
    "radering": "radering av personuppgifter",
    "begransning": "begränsning av behandling av personuppgifter",
}
"""Kinds of requests in a sentence."""
CHANNELS: Final = {
    "e-post": "e-post",
    "brev": "brev",
    "telefon": "telefon",
    "besok": "besök",
    "sociala-medier": "sociala medier",
    "annat": "annat sätt",
}
"""Ways in which a request comes."""
VERDICTS: Final = {"give": "lämnas ut", "partly": "lämnas ut delvis", "refuse": "lämnas inte ut"}
"""Verdicts on a record."""
RULINGS: Final = {
    "upheld": "överklagandet avslogs",
    "changed": "beslutet ändrades",
    "remitted": "ärendet visades åter till kommunen",
    "withdrawn": "överklagandet återkallades",
    "late": "överklagandet avvisades som för sent",
}
"""How appeals end."""
_LETTERS: Final = {
    "mottagen": "bekräftelse på att begäran är mottagen",
    "forestaende-gallring": "underrättelse om förestående gallring",
    "fortydligande": "fråga om förtydligande",
    "atertagen": "bekräftelse på att begäran är återtagen",
    "avgift": "besked om avgift",
    "svar-helt": "svar: handlingarna lämnas ut",
    "svar-delvis": "svar: handlingarna lämnas ut delvis",
    "svar-inget": "svar: inga handlingar hittades",
    "avslag": "svar: handlingarna lämnas inte ut",
    "beslut": "beslut",
    "overklagande": "upplysning om hur man överklagar",
    "overlamnande": "överlämnande till domstolen",
    "for-sent": "beslut om att avvisa ett överklagande",
    "gdpr-tillgang": "information om personuppgifter",
    "gdpr-forlangning": "besked om längre tid",
    "gdpr-tillgang-nej": "beslut om att inte lämna ut personuppgifter",
    "gdpr-radering-ja": "beslut om avpublicering",
    "gdpr-radering-nej": "beslut om att inte radera",
    "gdpr-begransning-ja": "beslut om begränsning",
    "gdpr-begransning-nej": "beslut om att inte begränsa",
}
_HOW: Final = {
    "package": "som paket",
    "mail": "med e-post",
    "on-the-spot": "på stället",
}


def said(act: str, evidence: Evidence, count: int = 1) -> str:
    """The sentence of a receipt; the act's own name where it has none. ``count``: receipts that are told together."""
    sentence = ACTS.get(act)
    if sentence is None:
        return f"{act}."
    return sentence(evidence if count == 1 else {**evidence, "lines": count})


def number(evidence: Evidence, name: str, one: str, several: str) -> str:
    """``1 handling``, ``12 handlingar``, with ``…`` where the receipt does not say."""
    value = evidence.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return f"… {several}"
    return f"{value} {one if value == 1 else several}"


def _text(evidence: Evidence, name: str) -> str:
    value = evidence.get(name)
    return "…" if value in (None, "") else str(value)


def _where(evidence: Evidence) -> str:
    if "lines" in evidence:
        return number(evidence, "lines", "version", "versioner")
    return f"{_text(evidence, 'item')} version {_text(evidence, 'version')}"


def _provisions(evidence: Evidence) -> str:
    value = evidence.get("provisions") or evidence.get("provision")
    codes = ", ".join(one.strip() for one in str(value or "").split(",") if one.strip())
    return f", enligt {codes}" if codes else ""


def _verdict(evidence: Evidence) -> str:
    names = str(evidence.get("verdict") or "").split(", ")
    return ", ".join(VERDICTS.get(name, name) for name in names if name) or "prövningen togs bort"


def _open(evidence: Evidence) -> str:
    kind = KINDS.get(_text(evidence, "kind"), "…")
    channel = CHANNELS.get(_text(evidence, "channel"), "…")
    return f"Begäran om {kind} fördes in; den kom in {_received(evidence)} genom {channel}. Gallringsstopp {_text(evidence, 'hold')} sattes"


def _received(evidence: Evidence) -> str:
    try:
        return f"{local_time(datetime.fromisoformat(_text(evidence, 'received'))):%Y-%m-%d %H.%M}"
    except ValueError:
        return "…"


def _hold(evidence: Evidence) -> str:
    return (
        "Gallringsstoppet omfattar allt" if evidence.get("everything") else "Gallringsstoppets omfattning bestämdes"
    ) + f" ({_text(evidence, 'record')})"


def _found(evidence: Evidence) -> str:
    away = number(evidence, "excluded", "uteslöts", "uteslöts")
    return f"Sökning: {number(evidence, 'items', 'version', 'versioner')} i listan {_text(evidence, 'list')}, {away}"


def _masks(evidence: Evidence) -> str:
    return f"{number(evidence, 'masks', 'maskning', 'maskningar')}{_provisions(evidence)}"


def _remaining(evidence: Evidence) -> str:
    return f"{_masks(evidence)} kvar" if evidence.get("masks") else "ska prövas på nytt"


def _answered(evidence: Evidence) -> str:
    how = _HOW.get(str(evidence.get("how") or ""), "")
    portion = evidence.get("portion")
    part = f", omgång {portion}" if isinstance(portion, int) and portion > 1 else ""
    left = evidence.get("left")
    rest = f", {left} återstår" if isinstance(left, int) and left else ""
    taken = evidence.get("accepted")
    accepted = f"; {taken} godtagna trots varning" if isinstance(taken, int) and taken else ""
    return (
        f"Svar lämnades{' ' + how if how else ''}{part}: {number(evidence, 'records', 'version', 'versioner')}, varav "
        f"{number(evidence, 'partly', 'delvis', 'delvis')}, {number(evidence, 'refused', 'inte alls', 'inte alls')}{rest}{accepted}"
    )


def _fee(evidence: Evidence) -> str:
    first = ", ska betalas först" if evidence.get("first") else ""
    return (
        f"Avgift: {_text(evidence, 'amount').replace('.', ',')} kronor för {_text(evidence, 'units')} × "
        f"{_text(evidence, 'unit')}{first}"
    )


def _served(evidence: Evidence) -> str:
    before = f" (tidigare antecknat: {evidence['before']})" if evidence.get("before") else ""
    return f"Den som begärde fick beslutet den {_text(evidence, 'served')}{before}"


def _appealed(evidence: Evidence) -> str:
    again = f"; gallringsstopp {evidence['hold']} sattes på nytt" if evidence.get("hold") else ""
    return f"Överklagande kom in den {_text(evidence, 'came')} ({_text(evidence, 'item')}){again}"


def _ruling(evidence: Evidence) -> str:
    final = f", slutligt den {evidence['final']}" if evidence.get("final") else ""
    return f"Domstolens avgörande: {RULINGS.get(_text(evidence, 'ruling'), '…')}{final}"


def _unpublish(evidence: Evidence) -> str:
    if evidence.get("outcome") == "unpublish":
        return f"Beslut {_text(evidence, 'decision')}: {number(evidence, 'records', 'handling', 'handlingar')} ska avpubliceras"
    return f"Beslut {_text(evidence, 'decision')}: ingen avpublicering"


def _restrict(evidence: Evidence) -> str:
    no = "" if evidence.get("outcome") == "restrict" else " inte"
    return f"Beslut {_text(evidence, 'decision')}: behandlingen begränsas{no}"


ACTS: Final[dict[str, Callable[[Evidence], str]]] = {
    "request.open": _open,
    "request.worded": lambda one: f"Begärans ordalydelse skrevs in ({_text(one, 'item')})",
    "request.amend": lambda one: f"Ett förtydligande skrevs in ({_text(one, 'item')})",
    "request.contact": lambda _: "Uppgift om vart svaret ska skickas antecknades; den hålls isär",
    "request.hold": _hold,
    "request.letter": lambda one: (
        f"Brev: {_LETTERS.get(_text(one, 'letter'), _text(one, 'letter'))} ({_text(one, 'item')})"
    ),
    "request.ground": lambda one: f"Grund för sökning efter känsliga uppgifter antecknades ({_text(one, 'item')})",
    "request.found": _found,
    "request.assessed": lambda one: f"Prövning av {_where(one)}: {_verdict(one)}{_provisions(one)}",
    "request.masked": lambda one: f"Maskning i {_where(one)}: {_masks(one)}",
    "request.unmasked": lambda one: f"Maskning togs bort i {_where(one)}: {_remaining(one)}",
    "request.fee": _fee,
    "request.waived": lambda one: f"Avgiften efterskänktes ({_text(one, 'item')})",
    "request.paid": lambda _: "Avgiften är betald",
    "request.answering": lambda one: (
        f"Svar {_text(one, 'portion')} ska nu lämnas {_HOW.get(_text(one, 'how'), '')}".rstrip()
    ),
    "request.unanswered": lambda one: f"Svar {_text(one, 'portion')} gick inte att lämna; inget har gått ut",
    "request.answered": _answered,
    "request.refused": lambda one: (
        f"Svar utan beslut: handlingar lämnas inte ut{_provisions(one)} ({_text(one, 'letter')})"
    ),
    "request.decided": lambda one: (
        f"Skriftligt beslut om att inte lämna ut{_provisions(one)} ({_text(one, 'decision')})"
    ),
    "request.served": _served,
    "request.appealed": _appealed,
    "request.late": lambda one: f"Beslut om att avvisa överklagandet som för sent ({_text(one, 'decision')})",
    "request.forwarded": lambda one: f"Överklagandet lämnades över till domstolen ({_text(one, 'letter')})",
    "request.ruling": _ruling,
    "request.reopened": lambda one: f"Begäran tas upp till ny prövning ({_text(one, 'item')})",
    "request.withdraw": lambda _: "Begäran är återtagen",
    "request.extend": lambda one: f"Tiden för svar förlängdes till den {_text(one, 'until')} ({_text(one, 'item')})",
    "request.withhold": lambda one: f"Beslut {_text(one, 'decision')}: alla personuppgifter lämnas inte ut",
    "request.unpublish": _unpublish,
    "request.restrict": _restrict,
    "request.papers": lambda one: f"Ärendets papper togs fram: {number(one, 'files', 'fil', 'filer')}",
    "request.restored": lambda one: (
        f"Begäran återställdes efter en säkerhetskopia; gallringsstopp {_text(one, 'hold')} gäller"
    ),
    "request.close": lambda one: f"Begäran avslutades och gallringsstopp {_text(one, 'hold')} hävdes",
}
"""Act → its sentence, without the full stop."""
GROUPED: Final = frozenset({"request.assessed", "request.masked", "request.unmasked"})
"""Acts on single records: those that follow each other alike are told as one."""
WORDED: Final[dict[str, str]] = {
    "request.worded": "item",
    "request.amend": "item",
    "request.hold": "record",
    "request.ground": "item",
    "request.found": "list",
    "request.waived": "item",
}
"""Acts whose words may be shown with the log, and the name in the evidence of the item that holds them."""
