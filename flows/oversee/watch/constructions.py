"""Constructions that no word alone is a sign of, each told by several groups that stand together.

A deed and a call for it, a work and that it is given away, an offer and how it is taken up, one's own and what became of it.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from flows.oversee.watch.contacts import emails
from flows.oversee.watch.evidence import Evidence, Told
from flows.oversee.watch.links import hosts, on_list
from flows.oversee.watch.terms import Found
from schemas.watch import Certainty

_WAITS: Final = re.compile(
    r"\b(?:vänta[tr]|fortfarande|besked|svarar inte|svarar aldrig|hör av|hört något|avslag|överklag\w{0,4}|fel adress|fel belopp|nekad|dröjer|handläggningstid\w{0,2})\b"
)
_LONG: Final = 60
"""Words of a text that may be a whole text of somebody else's."""
_ARTICLE: Final = 40
"""Words that an article with its byline has at least."""
_PRICE: Final = re.compile(
    r"\b\d{1,3}(?:[ .]?\d{3}){0,2}\s?(?:kr\b|kronor\b|:-|sek\b|spänn\b|€|euro\b)|[€$]\s?\d|\b\d{1,2}\s?(?:%|procent)\s(?:rabatt|rea|off)",
    re.IGNORECASE,
)
_PHONE: Final = re.compile(r"\b07\d[ -]?\d{3}|\b0\d{2,3}[ -]\d{2,3}[ ]?\d{2}")
_TAGGED: Final = re.compile(r"©|\(c\)\s?(?:19|20)\d\d|foto:\s?\w+(?:\s\w+)?/|/tt\b", re.IGNORECASE)
_BYLINE: Final = re.compile(
    r"(?:^|\n|\. )\s?(?:text|foto|av|publicera[dt]|uppdatera[dt]|läs också|reporter|ingress)\s?:|\b(?:publicera[dt]|uppdatera[dt]) \d|\btext: ",
    re.IGNORECASE,
)
_VERSES: Final = 8
"""Lines that a poem or a song has at least."""
_CREDIT: Final = re.compile(
    r"\b(?:refr(?:äng)?|vers \d|text (?:och|&) musik|ur |av [A-ZÅÄÖ]|diktare|© )|^[-–/(]", re.MULTILINE
)
_LIST: Final = re.compile(r"\s*(?:[-•*–✅☑]|\d|(?:mån|tis|ons|tors|fre|lör|sön)|kl)|.*\d{1,2}[.:]\d\d|.*[?@]")
_BEGINS: Final = frozenset(["och", "så", "bara", "nu", "då", "kom", "alla", "ja", "hej", "eller"])
_FREE: Final = frozenset(
    [
        "man",
        "att",
        "kan",
        "ska",
        "skall",
        "måste",
        "får",
        "vill",
        "borde",
        "kunde",
        "skulle",
        "jag",
        "ni",
        "du",
        "de",
        "dom",
        "folk",
        "inte",
        "kommunen",
        "har",
        "ville",
        "fick",
        "brukar",
        "går",
        "behöver",
    ]
)
"""Words after which a verb is no call to the reader."""
_NO_OFFER: Final = frozenset(["du", "man", "vi", "inte", "alltid", "ofta", "aldrig", "hellre", "mer"])
"""Words after *säljer*, *köper* that make it no advertisement."""
_WE: Final = frozenset(["jag", "vi"])
_SELVES: Final = frozenset(["jag", "vi", "mig", "oss"])
_THEY: Final = frozenset(["ni", "kommunen", "de", "dom", "han", "hon", "ungdomar", "vandaler", "någon"])


class Constructions(Evidence):
    """The rules that look for several groups together."""

    def threats(self) -> Told | None:
        """Threats and calls: what is one in itself; a deed called for, ordered, announced, or wished upon somebody."""
        some = self.coded("W114", news=True)
        words = self.reading.words
        for one in self.at("hot-handling"):
            called = self._before(one, "hot-uppmaning", 7) and (
                self._after(one, "hot-mal", 6) or self.close(one, "hot-mal", 4)
            )
            ordered = self._first(one) and self._after(one, "hot-mal", 5)
            if called or ordered:
                some.append((one, self.weighed(one, news=True)))
        for one in self.at("hot-jag-gor"):
            beside = _WE & {*words[max(0, one.first - 1) : one.first], *words[one.last + 1 : one.last + 2]}
            if beside and (self._after(one, "hot-mal", 5) or self.doubts.same_sentence(one, "hot-villkor")):
                some.append((one, self.weighed(one, news=True)))
        for one in self.at("hot-vapen"):
            mine = not _WE.isdisjoint(words[max(0, one.first - 5) : one.last + 4])
            if (mine and self.doubts.same_sentence(one, "hot-villkor")) or (
                self._before(one, "hot-uppmaning", 5) and self.close(one, "hot-mal-person", 6)
            ):
                some.append((one, self.weighed(one, news=True)))
        for one in self.at("hot-olycka"):
            if self._before(one, "hot-onskan", 7) and self.close(one, "hot-mal-person", 6):
                some.append((one, self.weighed(one)))
        return self.strongest("W114", some)

    def copies(self) -> Told | None:
        """Whole works of others: told to be given away, offered past a payment, or pasted as they are."""
        weak = set(self.found.get("upphovsratt-svag", ()))
        long = len(self.reading.words) >= _LONG
        marked = _TAGGED.search(self.reading.shown) is not None
        some: list[tuple[Found, Certainty]] = []
        linked = bool(hosts(self.reading.links))
        for one, _ in self.coded("W118"):
            if one in weak and not long and not marked and not linked:
                continue
            firm = (marked or long or one not in weak) and not self.doubts.denied(one)
            some.append((one, "likely" if firm else "uncertain"))
        some += self._given_away(linked=linked)
        best = self.strongest("W118", some)
        if best is not None and best[1] == "likely":
            return best
        if len(self.reading.words) >= _ARTICLE and (marked or _BYLINE.search(self.reading.shown) is not None):
            return "W118", "likely", 1
        verse = self._verse()
        if verse is not None:
            return "W118", verse, 1
        return best or (("W118", "uncertain", 1) if marked else None)

    def _given_away(self, *, linked: bool) -> list[tuple[Found, Certainty]]:
        """Works that the writer shares whole, or past what they cost."""
        some: list[tuple[Found, Certainty]] = []
        works = self.at("verk")
        if not works:
            return some
        shares = [one for one in self.at("verk-dela") if not self._theirs(one)]
        whole, past, source = (bool(self.at(name)) for name in ("verk-hela", "verk-betalt", "verk-kalla"))
        given = bool(self.at("verk-ges"))
        asking = "?" in self.reading.masked or "verk-eget" in self.found
        for one in works:
            firm = (
                (shares and (whole or past or source))
                or (given and (whole or past) and (shares or past or linked or whole))
                or (linked and past)
            )
            if firm and not self.doubts.denied(one):
                some.append((one, "uncertain" if asking and (not shares or "verk-eget" in self.found) else "likely"))
        return some

    def _verse(self) -> Certainty | None:
        """Lines of a song or a poem: ``likely`` with a refrain, a repeated line or somebody's name."""
        if self.reading.shown.count("\n") < _VERSES - 1:
            return None
        lines = [line.strip() for line in self.reading.shown.split("\n") if line.strip()]
        sung = [line for line in lines if 2 <= len(line.split()) <= 9 and not _LIST.match(line)]
        if len(sung) < _VERSES or len(sung) < 0.75 * len(lines):
            return None
        again = max(Counter(line.lower().strip(" ,.!") for line in sung).values()) > 1
        return "likely" if again or _CREDIT.search(self.reading.shown) is not None else "uncertain"

    def adverts(self) -> Told | None:
        """Advertisements: words of their own; an offer with a way to take it up; wares with a price of the writer's."""
        strong = [one for one, _ in self.coded("W120")]
        weak = {one.first for one in self.at("reklam-svag")}
        opens = [one for one in self.at("annons-borjan") if self._begins(one)]
        wares = {one.first for one in self.at("annons-vara", "reklam-svag")}
        calls = [one for one in self.at("annons-svar") if self._called(one)]
        if not strong and not weak and not opens and not wares:
            return None
        text = self.reading.shown
        priced = _PRICE.search(text) is not None
        outside = (
            any(not on_list(host, self.own) for host in hosts(self.reading.links))
            or emails(self.reading.links, tuple(self.own)) is not None
        )
        phone = _PHONE.search(text) is not None
        asking = "?" in text
        evidence = priced + outside + phone
        if strong:
            sure = (
                (evidence or len(strong) + len(weak) + len(calls) >= 2 or not asking)
                and not self.doubts.ironic
                and not all(self.doubts.denied(one) for one in strong)
            )
            return "W120", "likely" if sure else "uncertain", len(strong)
        if self.doubts.ironic:
            return None
        if opens:
            return "W120", "likely", len(opens)
        ours = "annons-vi" in self.found
        wares -= {one.first for one in calls}
        if wares and ((calls and (ours or evidence)) or (ours and priced and not asking) or (outside and calls)):
            return "W120", "likely", len(wares)
        if (evidence and len(weak) >= 2) or (evidence >= 2 and weak):
            return "W120", "uncertain" if asking and evidence < 2 else "likely", len(weak)
        if not asking and ((weak and outside) or len(weak) >= 3 or (wares and calls)):
            return "W120", "uncertain", max(1, len(weak))
        return None

    def matters(self) -> Told | None:
        """The writer's own matter, or a relative's: a matter that is somebody's and what has become of it."""
        others = self.found.get("arende-andra", ())
        some = [(one, sure) for one, sure in self.coded("W124") if not self._other_matter(one)]
        waits = _WAITS.search(self.reading.lower) is not None
        state, vague = waits or "arende-lage" in self.found, "arende-lage-svag" in self.found
        thanks = "tack" in self.found and not waits
        for one in self.at("arenden", "arenden-svaga"):
            if others and self._other_matter(one):
                continue
            slight = one in self.found.get("arenden-svaga", ())
            kin = self._of_kin(one, 3 if slight else 7)
            if not kin and (slight or not self.close(one, "arende-egna", 7)):
                continue
            firm = (state or (kin and vague)) and not thanks
            if firm or not slight:
                some.append((one, "likely" if firm and self.weighed(one, denial=False) == "likely" else "uncertain"))
        return self.strongest("W124", some)

    def _of_kin(self, one: Found, most: int) -> bool:
        """Whether it is called the writer's own or a relative's, not only told of by *jag* or *vi*."""
        words = self.reading.words
        return any(words[other.first] not in _SELVES for other in self.doubts.near(one, "arende-egna", most))

    def _other_matter(self, one: Found) -> bool:
        return self.doubts.same_sentence(one, "arende-andra")

    def _before(self, one: Found, group: str, most: int) -> bool:
        return any(other.last < one.first for other in self.doubts.near(one, group, most))

    def _after(self, one: Found, group: str, most: int) -> bool:
        return any(other.first > one.first for other in self.doubts.near(one, group, most))

    def _begins(self, one: Found) -> bool:
        """Whether words begin their sentence and no one else is said to do so (*Säljer ni …*)."""
        sentences, words = self.reading.sentences, self.reading.words
        starts = one.first == 0 or sentences[one.first - 1] != sentences[one.first]
        follows = words[one.last + 1] if one.last + 1 < len(words) else ""
        return starts and follows not in _THEY and follows not in _NO_OFFER

    def _first(self, one: Found) -> bool:
        """Whether words begin a sentence or a clause of it: an order."""
        sentences, words = self.reading.sentences, self.reading.words
        if one.first == 0 or sentences[one.first - 1] != sentences[one.first]:
            return True
        between = self.reading.lower[self.reading.ends[one.first - 1] : self.reading.starts[one.first]]
        return words[one.first - 1] in _BEGINS or "," in between or ":" in between

    def _called(self, one: Found) -> bool:
        """Whether a verb calls upon the reader: none that is free (*måste man boka*) stands before it."""
        before = self.reading.words[one.first - 1] if one.first else ""
        return before not in _FREE

    def _theirs(self, one: Found) -> bool:
        """Whether sharing is said of others: *har ni lagt ut …*."""
        words = self.reading.words
        return not _THEY.isdisjoint(words[max(0, one.first - 2) : one.first + 2])
