"""What the policy asks of our own texts: answers are signed with greeting, name and unit; no external marketing in posts."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from flows.oversee.watch.links import hosts, on_list
from flows.oversee.watch.reading import Reading
from flows.oversee.watch.terms import Found
from schemas.watch import Certainty

Missing = str
"""What an answer lacks: ``all``, ``greeting``, ``wording``, ``name`` or ``unit``."""

_SHORT: Final = 4
"""Words of a thanks or a nod that need not be signed."""
_SLASH: Final = re.compile(r"(?:^|\s)/{1,2}\s?([A-ZÅÄÖ][\w-]+)")
_WORD: Final = re.compile(r"[^\W\d_][\w'-]*")
_UNIT: Final = re.compile(
    r"\b(?:\w*(?:enhet|enheten|avdelning|avdelningen|förvaltning|förvaltningen|kontor|kontoret|stab|staben|service|nämnden|verksamhet|skola|skolan|bibliotek|biblioteket|center|centret|tjänst|tjänsten|team|gruppen|verk|verket|bolaget|vård|omsorg|fritid|kultur|teknik|kommunikation|växel|växeln|räddningstjänst\w{0,2}|fastighet\w{0,4}|gata|gatu\w*|park|bygg\w*|miljö\w*|förskola\w*|simhall\w*|turist\w*|näringsliv\w*|informat\w*|kommunikat\w*|chef|samordnare|handläggare|rektor|ingenjör|strateg|ab))\b",
    re.IGNORECASE,
)
_MUNICIPALITY: Final = re.compile(r"\b(?:kommun|kommunen|kommuns|stad|region)\b", re.IGNORECASE)
_PRICE: Final = re.compile(
    r"\b\d{1,3}(?:[ .]?\d{3}){0,2}\s?(?:kr\b|kronor\b|:-|sek\b)|\b\d{1,2}\s?(?:%|procent)", re.IGNORECASE
)

_TAG: Final = re.compile(r"(?<![\w.])@[^\W\d_][\w.]{2,60}")
_FIRM: Final = re.compile(r"\b(?:AB|HB|Aktiebolag)\b|\b[A-ZÅÄÖ][a-zåäö]{1,30}s [A-ZÅÄÖ][a-zåäö]{2,30}\b")
"""A firm's form, or a name as firms bear it (*Gunnars Sko*)."""


def unsigned(reading: Reading, signature: str, found: Mapping[str, list[Found]]) -> tuple[Certainty, Missing] | None:
    """What the signature of an answer lacks, or None for an answer that is signed or too short to be one.

    ``sure``: nothing of a signature. ``likely``: a part is missing. ``uncertain``: signed in other words than the policy's, or the
    unit may be what looks like a family name.
    """
    if len(reading.words) <= _SHORT and "?" not in reading.shown:
        return None
    greeted = _greeting(reading, signature)
    other = [one for one in found.get("undertecknat", ()) if one.first >= len(reading.words) - 16]
    if greeted is None and not other:
        slash = _SLASH.search(reading.shown[-120:])
        return ("likely", "greeting") if slash else ("sure", "all")
    after = greeted if greeted is not None else reading.ends[other[-1].last]
    lacks = _name_and_unit(reading.shown[after:])
    if lacks is not None:
        return lacks
    return None if greeted is not None else ("uncertain", "wording")


def marketing(reading: Reading, found: Mapping[str, list[Found]], own: Collection[str]) -> Certainty | None:
    """Whether an own post seems to market somebody else's goods, services or events. own: hosts that are ours."""
    strong = found.get("marknadsforing", ())
    weak = {one.first for one in found.get("marknadsforing-svag", ())}
    outside = any(not on_list(host, own) for host in hosts(reading.links))
    inside = any(on_list(host, own) for host in hosts(reading.links))
    priced = _PRICE.search(reading.shown) is not None
    ours = "eget" in found or inside
    tagged = _TAG.search(reading.masked) is not None
    seller = "saljare" in found or tagged or _FIRM.search(reading.shown) is not None
    called = "kop" in found
    if strong:
        return "uncertain" if ours and not (outside or (priced and seller)) else "likely"
    if seller and called and (priced or outside or tagged or not ours):
        return "uncertain" if ours and not outside else "likely"
    if (seller or outside) and priced and (outside or not ours):
        return "uncertain" if ours else "likely"
    if outside and called and weak:
        return "uncertain" if ours else "likely"
    return "uncertain" if not ours and (len(weak) >= 2 or (called and outside)) else None


def _greeting(reading: Reading, signature: str) -> int | None:
    """Where the words of the signature end, the last time they stand there."""
    wanted = " ".join(signature.lower().split())
    ends = [wanted]
    if wanted.endswith("vänlig hälsning"):
        ends += [
            wanted.replace("vänlig hälsning", "vänliga hälsningar"),
            wanted.replace("vänlig hälsning", "vänlig hälsningar"),
        ]
    best = None
    for one in ends:
        pattern = r"\s+".join(re.escape(part) for part in one.split())
        for found in re.finditer(rf"(?<!\w){pattern}(?!\w)", reading.lower):
            best = max(best or 0, found.end())
    return best


def _name_and_unit(rest: str) -> tuple[Certainty, Missing] | None:
    rest = rest.strip(" \n\t,.:!/-–")[:200]
    words = _WORD.findall(rest)
    if not words or not words[0][:1].isupper():
        return ("likely", "name")
    if len(words) >= 2 and (_MUNICIPALITY.fullmatch(words[1]) or _MUNICIPALITY.fullmatch(words[0])):
        return ("likely", "name")
    if _UNIT.fullmatch(words[0]):
        return ("likely", "name")
    if len(words) == 1:
        return ("likely", "unit")
    if (
        _UNIT.search(rest)
        or _MUNICIPALITY.search(rest)
        or len(words) >= 3
        or re.search(r"[,\n|–/(]|\bpå\b|\bvid\b|\bför\b", rest)
    ):
        return None
    return ("uncertain", "unit")
