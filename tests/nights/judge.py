"""Compare an archive with the history that the server itself tells. Knows nothing of any platform or connector."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from schemas.books import Coverage

REASONS: dict[str, frozenset[str]] = {
    "throttle": frozenset({"H105", "H110", "H111", "H136", "H142", "H194"}),
    "failing": frozenset({"H106", "H109", "H136"}),
    "cut": frozenset({"H108", "H109", "H136"}),
    "loop": frozenset({"H113", "H114", "H115"}),
    "expired": frozenset({"H101", "H102"}),
    "empty": frozenset({"H102", "H144", "H145"}),
    "parked": frozenset({"H142"}),
}
"""Trouble → shared codes that name it truly. A platform's own codes (H220 and up) count as well."""

_WITHHELD = {"message": frozenset({"H140", "H141"})}
"""Kinds that an interface may not give at all → codes that say so."""
_OWN_BLOCKS = range(220, 280)
_BEVARAS_OWN = ("profile",)
_ROUNDING = timedelta(seconds=1)
"""Platforms give times in seconds."""


class Truth:
    """The server's history at one instant, by native id."""

    def __init__(self, history: Mapping[str, Any]) -> None:
        self.now = datetime.fromisoformat(history["now"])
        self.items = {one["native"]: one for one in history["items"]}
        self._by_id = {one["id"]: one for one in history["items"]}

    def said(self, item: Mapping[str, Any]) -> list[str]:
        """What it has said up to this instant, oldest first."""
        return [text for at, text in item["texts"] if datetime.fromisoformat(at) <= self.now]

    def text(self, item: Mapping[str, Any]) -> str:
        """What it says at this instant."""
        return self.said(item)[-1]

    def began(self, item: Mapping[str, Any]) -> datetime:
        """When its thread began."""
        return datetime.fromisoformat(self._by_id[item["root"] or item["id"]]["created"])

    def is_there(self, item: Mapping[str, Any]) -> bool:
        """Not taken away."""
        return item["states"] != ["gone"] and "gone" not in item["states"]


@dataclass(slots=True)
class Archived:
    """One item as the archive has it, folded from its rows."""

    items: set[str] = field(default_factory=set)
    kind: str = ""
    own: bool = False
    parent: str | None = None
    parent_native: str | None = None
    published: datetime | None = None
    state: str = ""
    evidence: set[str] = field(default_factory=set)
    versions: dict[int, str] = field(default_factory=dict)
    doubled: bool = False
    digests: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The latest version's text."""
        return self.versions[max(self.versions)]


def fold(rows: Iterable[Mapping[str, Any]]) -> dict[str, Archived]:
    """The archive by native id."""
    found: defaultdict[str, Archived] = defaultdict(Archived)
    for row in sorted(rows, key=lambda row: (row["observed"], row["version"], row["row"] != "version")):
        one = found[row["native"]]
        one.items.add(row["item"])
        one.kind, one.own = row["kind"], row["own"]
        one.parent = row["parent"] or one.parent
        one.digests.update(medium["digest"] for medium in row["media"] if medium["digest"])
        if row["row"] == "version":
            one.doubled = one.doubled or row["version"] in one.versions
            one.versions[row["version"]] = row["text"] or ""
            one.parent_native = row["parent_native"]
            one.published = row["published"]
        if row["row"] != "observation":
            one.state = row["state"]
    return dict(found)


def collapsed(texts: Iterable[str]) -> list[str]:
    """The texts without immediate repetitions (a version may differ in something else)."""
    kept: list[str] = []
    for text in texts:
        if not kept or kept[-1] != text:
            kept.append(text)
    return kept


def is_subsequence(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Everything of ``part`` stands in ``whole`` in the same order."""
    rest = iter(whole)
    return all(one in rest for one in part)


class Judge:
    """Judges every night, and the whole at the end.

    Attributes:
        problems: empty when all is well. met: what there was to judge, so that nobody is pleased with nothing.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.met: Counter[str] = Counter()
        self._covered: defaultdict[str, list[str]] = defaultdict(list)

    def say(self, at: datetime, what: str, native: str = "") -> None:
        """Note a problem."""
        self.problems.append(f"{at:%m-%d %H:%M} {what} {native}".rstrip())

    def rows(self, truth: Truth, new: Sequence[Mapping[str, Any]]) -> None:
        """Every row that this night wrote must be true at this instant.

        Of several versions of one item the last is what it says now; the others are what it said before, where the
        platform tells.
        """
        latest = {row["native"]: row["version"] for row in sorted(new, key=lambda row: row["version"] or 0)}
        for row in new:
            item = truth.items.get(row["native"])
            if row["kind"] in _BEVARAS_OWN:
                continue
            if item is None:
                self.say(truth.now, f"the archive has a {row['kind']} that never was:", row["native"])
                continue
            if row["row"] == "version":
                is_last = row["version"] == latest[row["native"]]
                said = [truth.text(item)] if is_last else truth.said(item)
                if (row["text"] or "") not in said:
                    self.say(truth.now, f"stored {row['text']!r}, but it says {said}:", row["native"])
            if row["row"] != "observation" and row["state"] not in (*item["states"], "unknown"):
                self.say(truth.now, f"stored as {row['state']}, but it is {item['states']}:", row["native"])

    def night(
        self, truth: Truth, archive: Mapping[str, Archived], coverage: Coverage, since: datetime | None, trouble: str
    ) -> None:
        """After a night: what a complete run covered is as it is; an incomplete one says truly why."""
        self.met[f"{coverage.horizon} {'complete' if coverage.complete else 'incomplete'}"] += 1
        if not coverage.complete:
            self._reason(truth.now, coverage, trouble)
            return
        if coverage.horizon == "light":
            return  # it promises nothing but that what it stored is true
        natives = {item: native for native, one in archive.items() for item in one.items}
        for native, item in truth.items.items():
            if since is not None and truth.began(item) < since:
                continue
            known = archive.get(native)
            if item["shows"]:
                self._covered[native].append(truth.text(item))
                if known is None:
                    self.say(truth.now, f"a complete {coverage.horizon} night lacks a {item['archive_kind']}:", native)
                else:
                    self._head(truth, item, known, natives)
            elif (
                known is not None and known.versions and not truth.is_there(item) and known.state not in item["states"]
            ):
                self.say(
                    truth.now,
                    f"a complete {coverage.horizon} night left a {item['archive_kind']} {known.state}, "
                    f"but it is {item['states']} (deleted {item['deleted']}):",
                    native,
                )

    def _head(self, truth: Truth, item: Mapping[str, Any], known: Archived, natives: Mapping[str, str]) -> None:
        at, native = truth.now, item["native"]
        if not known.versions:
            self.say(at, "no version of", native)
            return
        if known.text != truth.text(item):
            self.say(at, f"the latest text is {known.text!r}, but it says {truth.text(item)!r}:", native)
        if known.state not in item["states"]:
            self.say(at, f"{known.state}, but it is {item['states']}:", native)
        if known.kind != item["archive_kind"]:
            self.say(at, f"a {known.kind}, but it is a {item['archive_kind']}:", native)
        if known.own != item["own"]:
            self.say(at, f"own is {known.own}, but it is {item['own']}:", native)
        created = datetime.fromisoformat(item["created"])
        if known.published is not None and abs(known.published - created) > _ROUNDING:
            self.say(at, f"published {known.published}, but it was written {created}:", native)
        parent = natives.get(known.parent) if known.parent else known.parent_native
        if parent != item["parent_native"]:
            self.say(at, f"answers {parent}, but it is {item['parent_native']}:", native)

    def _reason(self, at: datetime, coverage: Coverage, trouble: str) -> None:
        codes = {finding.code for finding in coverage.findings if finding.severity != "info"}
        if not trouble:
            self.say(at, f"incomplete on a good night: {sorted(codes)}")
            return
        kind, _, length = trouble.partition(" ")
        if length == "short" and kind in ("failing", "cut"):
            self.say(at, f"incomplete although only one or two requests were {kind}: {sorted(codes)}")
        if not any(code in REASONS[kind] or int(code[1:]) in _OWN_BLOCKS for code in codes if code[1:].isdigit()):
            self.say(at, f"incomplete because of {trouble}, but the coverage says {sorted(codes)}")

    def end(self, truth: Truth, archive: Mapping[str, Archived], coverage: Coverage) -> None:
        """After the last, faultless, full night: the archive equals the history as far as it could be seen."""
        codes = {finding.code for finding in coverage.findings}
        if not coverage.complete:
            self.say(truth.now, f"the last, faultless night is incomplete: {sorted(codes)}")
        for kind, named in _WITHHELD.items():
            unseen = [item for item in truth.items.values() if item["kind"] == kind and not item["shows"]]
            if any(truth.is_there(item) for item in unseen) and not codes & named:
                self.say(truth.now, f"{kind}s are not to be had, and the coverage does not say so")
        for native, one in archive.items():
            self.met[f"{one.kind} {one.state}"] += 1
            self.met["later versions"] += len(one.versions) - 1
            if len(one.items) != 1:
                self.say(truth.now, f"in the archive {len(one.items)} times:", native)
            if one.doubled or sorted(one.versions) != list(range(1, len(one.versions) + 1)):
                self.say(truth.now, f"versions are numbered {sorted(one.versions)}:", native)
        for native, item in truth.items.items():
            known = archive.get(native)
            if known is not None:
                self._versions(truth, item, known)
                continue
            self.met["never seen"] += 1
            if native in self._covered:
                self.say(truth.now, "lost:", native)

    def _versions(self, truth: Truth, item: Mapping[str, Any], known: Archived) -> None:
        native = item["native"]
        stored = collapsed(known.versions[number] for number in sorted(known.versions))
        if not is_subsequence(stored, collapsed(text for _, text in item["texts"])):
            self.say(truth.now, f"versions {stored} are not what it said {item['texts']}:", native)
        if not is_subsequence(collapsed(self._covered.get(native, [])), stored):
            self.say(truth.now, f"versions {stored} lack what was seen {self._covered[native]}:", native)
        wanted = {digest for _, _, digest in item["media"]}
        if item["shows"] and not wanted <= known.digests:
            self.say(truth.now, "attachments are missing:", native)
