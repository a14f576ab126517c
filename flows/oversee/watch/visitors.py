"""What visitors' texts may break of the page's rules by their words, and what is to be referred. Each rule is for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from flows.oversee.watch.constructions import Constructions
from flows.oversee.watch.evidence import Told
from flows.oversee.watch.links import hosts, on_list
from flows.oversee.watch.names import named
from flows.oversee.watch.terms import Found
from schemas.watch import Certainty

_IS: Final = frozenset(["är", "e", "var", "verkar", "blir", "låter", "framstår", "vore", "måste"])
_YOURS: Final = frozenset(["du", "din", "ditt", "dina", "era", "ert", "ni", "er"])
_TIME: Final = re.compile(
    r"\bkl(?:ockan)?\.?\s?\d{1,2}|\b\d{1,2}[.:]\d{2}\b|\b(?:mån|tis|ons|tors|fre|lör|sön)dag|\b\d{1,2}/\d{1,2}\b|\b\d{1,2}\s(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)|\b(?:ikväll|i kväll|imorgon|i morgon|idag)\b",
    re.IGNORECASE,
)
_LETTER_PARTY: Final = re.compile(
    r"[A-ZÅÄÖ][a-zåäöé]+ \((?:S|M|C|V|L|KD|MP|SD)\)|\((?:KD|MP|SD)\)|\b(?:S|M|C|V|L|KD|MP|SD)-(?:möte|politiker|gruppen|valstuga|förening|kvinnor|fika|kampanj|märkt)\w{0,4}"
    r"|\b(?:i|med|hos) (?:S|M|C|V|L|KD|MP|SD)\b(?! ?\d)"
)


class Visitor(Constructions):
    """The rules for one visitor's text."""

    def told(self) -> Iterator[Told]:
        """Codes that words and links are signs of."""
        rules = (
            self._faults,
            self._suggestions,
            self._attacks,
            self._hate,
            self._gross,
            self.threats,
            self._secrets,
            self.copies,
            self._swearing,
            self.adverts,
            self._parties,
            self._links,
            self._politics,
            self.matters,
        )
        told = {}
        for rule in rules:
            one = rule()
            if one is not None:
                told[one[0]] = one
        if "W114" in told and told["W114"][1] != "uncertain":
            told.pop("W105", None)  # Who calls for damage reports none.
        if "W124" in told and told["W124"][1] == "likely":
            told.pop("W106", None)  # *Varför har ni inte …* asks after one's own matter.
        if "W121" in told:
            told.pop("W123", None)  # A party's event is told of once.
        yield from told.values()

    # --- The page's rules ---

    def _attacks(self) -> Told | None:
        some: list[tuple[Found, Certainty]] = [
            (one, "uncertain" if self.doubts.of_oneself(one) else certainty) for one, certainty in self.coded("W111")
        ]
        for one in self.at("nedsattande"):
            if self._aimed(one):
                some.append((one, "uncertain" if self.doubts.of_oneself(one) else self.weighed(one)))
            elif self.close(one, "riktade", 6):
                some.append((one, "uncertain"))
        some += [
            (one, "uncertain")
            for one in self.at("nedsattande-milt")
            if self.close(one, "riktade-en", 4) and not self.doubts.of_oneself(one)
        ]
        return self.strongest("W111", some)

    def _hate(self) -> Told | None:
        some = self.coded("W112")
        for one in self.at("folkgrupper-nedsattande"):
            if self.close(one, "folkgrupper", 7):
                some.append((one, self.weighed(one, news=True)))
        return self.strongest("W112", some)

    def _gross(self) -> Told | None:
        return self.strongest("W113", self.coded("W113", news=True))

    def _secrets(self) -> Told | None:
        some = self.coded("W117")
        words = self.at("halsa-sociala")
        if words:
            people = named(self.reading, self.names)
            sentences = self.reading.sentences
            for one in words:
                if sentences[one.first] in people:
                    some.append((one, self.weighed(one, denial=False, news=True)))
                elif self.doubts.same_sentence(one, "utpekad") or any(
                    abs(sentences[one.first] - number) == 1 for number in people
                ):
                    some.append((one, "uncertain"))
        return self.strongest("W117", some)

    def _swearing(self) -> Told | None:
        return self.strongest("W119", self.coded("W119", denial=False))

    def _parties(self) -> Told | None:
        events = self.at("partihandelser")
        if not events:
            return None
        parties = self._parties_named()
        if not parties:
            return None
        timed = _TIME.search(self.reading.shown) is not None
        invites = any(
            self.reading.words[one.first].startswith(("välkom", "kom", "träffa", "samlas", "bjud", "tåga"))
            for one in events
        )
        if self.doubts.denied(events[0]) or (not timed and not invites):
            return "W121", "uncertain", 1
        return "W121", "likely" if len(events) + timed + invites >= 2 else "uncertain", 1

    def _parties_named(self) -> int:
        reading = self.reading
        short = [
            one
            for one in self.found.get("partier-forkortade", ())
            if reading.shown[reading.starts[one.first] : reading.ends[one.first]].isupper()
        ]
        return (
            len(self.at("partier"))
            + (len(short) if not reading.shown.isupper() else 0)
            + len(_LETTER_PARTY.findall(reading.shown))
        )

    def _links(self) -> Told | None:
        found = hosts(self.reading.links)
        listed = sum(on_list(one, self.listed) for one in found)
        if listed:
            return "W122", "sure", listed
        short = sum(on_list(one, self.short) for one in found)
        return ("W122", "uncertain", short) if short else None

    def _politics(self) -> Told | None:
        made = [one for one, certainty in self.coded("W123") if certainty != "uncertain"]
        words = [*self.at("politik"), *(one for one, _ in self.coded("W123"))]
        parties = self._parties_named()
        weak = {one.first for one in self.found.get("politik-svag", ())}
        strong = [*made, *(one for one in self.at("politik") if one.first not in weak)]
        count = parties + len({self.reading.words[one.first] for one in words})
        if strong or count >= 2 or parties:
            firm = (parties or strong) and not self.doubts.foreign and not self.doubts.news
            return "W123", "likely" if firm else "uncertain", count
        return None

    # --- What is to be referred ---

    def _faults(self) -> Told | None:
        mended = "fel-avhjalpta" in self.found
        strong = [one for one, _ in self.coded("W105")]
        if strong:
            return (
                "W105",
                "uncertain"
                if mended or all(self.doubts.denied(one) and one.first == one.last for one in strong)
                else "likely",
                len(strong),
            )
        pairs = [
            one
            for one in self.at("fel-lagen")
            if any(
                other.first != one.first and other.first not in range(one.first, one.last + 1)
                for other in self.doubts.near(one, "fel-saker", 9)
            )
        ]
        if not pairs:
            return None
        return "W105", "uncertain" if mended or self.doubts.ironic else "likely", len(pairs)

    def _suggestions(self) -> Told | None:
        some = [one for one, _ in self.coded("W106") if not self.doubts.denied(one)]
        return (
            ("W106", "uncertain" if self.doubts.ironic or self.doubts.foreign else "likely", len(some))
            if some
            else None
        )

    def _aimed(self, one: Found) -> bool:
        """Whether words say that somebody is so: *chefen är …*, *din …*."""
        words = self.reading.words
        for other in self.doubts.near(one, "riktade", 9):
            between = words[other.last + 1 : one.first]
            if other.last < one.first and (
                _IS.intersection(between) or (len(between) <= 1 and words[other.last] in _YOURS)
            ):
                return True
        return False
