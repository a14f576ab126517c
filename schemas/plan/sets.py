"""Boxes: a rule's match as a product of finite sets, so that overlaps and gaps are set arithmetic.

A space has one dimension per column that rules match on, one per mark (with, without), one for the publication day
and one for the day on which is decided. Columns whose values are open (authority, platform, account) get one atom per
value that any rule names and one for all others; days are cut where any rule's validity begins or ends. A box is a
bit set per dimension. The space is only the possible part of the product (``possible``): our own kinds are ours,
visitors' kinds are visitors', and what Bevara makes has the platform ``bevara``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.hold import MARK_KINDS
from schemas.plan.model import CLOSED, COLUMNS, Plan, Rule, Span
from schemas.record import KINDS

OTHERS = "*"
"""Atom for every value of an open column that no rule names."""

MADE = KINDS[KINDS.index("snapshot") :]
"""Kinds that Bevara makes itself."""
OURS = ("post", "reply", "boost", "story", "profile")
VISITORS = ("comment", "visitor_post", "mention")
MADE_PLATFORM = "bevara"

MOST = 20_000
"""So many boxes a remainder may fall into before the arithmetic gives up."""

Box = tuple[int, ...]
"""A bit set of atoms per dimension; no dimension is empty."""


class TooManyBoxesError(RuntimeError):
    """The remainder falls into more pieces than anybody could read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One dimension: its name and its atoms."""

    name: str
    atoms: tuple[str, ...]

    @property
    def all(self) -> int:
        """Every atom."""
        return (1 << len(self.atoms)) - 1

    def bits(self, atoms: Iterable[str]) -> int:
        """The bit set of some atoms."""
        return sum(1 << self.atoms.index(atom) for atom in set(atoms))

    def names(self, bits: int) -> list[str]:
        """The atoms of a bit set, in order."""
        return [atom for number, atom in enumerate(self.atoms) if bits >> number & 1]


class Space:
    """The space a plan's rules divide among them."""

    def __init__(self, plan: Plan) -> None:
        """Take the atoms from the plan."""
        self.plan = plan
        named: dict[str, set[str]] = {name: set() for name in COLUMNS}
        for rule in plan.rules:
            for name, values in rule.match.columns:
                named[name] |= values.values
        dimensions = []
        for name in COLUMNS:
            if name in CLOSED:
                atoms = CLOSED[name]
            elif name == "authority":
                atoms = tuple(sorted(plan.authorities))
            elif name == "platform":
                atoms = (MADE_PLATFORM, *sorted(named[name] - {MADE_PLATFORM}), OTHERS)
            else:
                atoms = (*sorted(named[name]), OTHERS)
            dimensions.append(Dimension(name=name, atoms=atoms))
        used = {mark for rule in plan.rules for mark in rule.match.required | rule.match.forbidden}
        self.marks = tuple(mark for mark in MARK_KINDS if mark in used)
        dimensions += [Dimension(name=f"mark {mark}", atoms=("utan", "med")) for mark in self.marks]
        self._record_cuts = _cuts([plan.records, *(rule.records for rule in plan.rules)])
        self._force_cuts = _cuts([plan.force, *(rule.force for rule in plan.rules)])
        dimensions.append(Dimension(name="records", atoms=_segments(self._record_cuts)))
        dimensions.append(Dimension(name="force", atoms=_segments(self._force_cuts)))
        self.dimensions = tuple(dimensions)

    def box(self, rule: Rule) -> Box | None:
        """The cells a rule covers, or None when there are none (a value no item of this plan can have)."""
        bits = [dimension.all for dimension in self.dimensions]
        for name, values in rule.match.columns:
            at = COLUMNS.index(name)
            dimension = self.dimensions[at]
            bits[at] &= dimension.bits(atom for atom in dimension.atoms if values.has(atom))
        for number, mark in enumerate(self.marks):
            if mark in rule.match.required:
                bits[len(COLUMNS) + number] &= 0b10
            if mark in rule.match.forbidden:
                bits[len(COLUMNS) + number] &= 0b01
        bits[-2] &= _inside(self._record_cuts, rule.records)
        bits[-1] &= _inside(self._force_cuts, rule.force)
        return tuple(bits) if all(bits) else None

    def possible(self) -> list[Box]:
        """The cells an item can lie in while the plan is in force and covers it, as disjoint boxes."""
        made = self._with(kind=MADE, own=("own",), platform=(MADE_PLATFORM,))
        foreign = tuple(atom for atom in self._dimension("platform").atoms if atom != MADE_PLATFORM)
        boxes = [
            made,
            self._with(kind=OURS, own=("own",), platform=foreign),
            self._with(kind=VISITORS, own=("visitor",), platform=foreign),
            self._with(kind=("message",), platform=foreign),
        ]
        return [box for box in boxes if box is not None]

    def _dimension(self, name: str) -> Dimension:
        return next(dimension for dimension in self.dimensions if dimension.name == name)

    def _with(self, **atoms: Sequence[str]) -> Box | None:
        bits = [
            dimension.bits(atoms[dimension.name]) if dimension.name in atoms else dimension.all
            for dimension in self.dimensions
        ]
        bits[-2] &= _inside(self._record_cuts, self.plan.records)
        bits[-1] &= _inside(self._force_cuts, self.plan.force)
        return tuple(bits) if all(bits) else None

    def show(self, box: Box) -> str:
        """A box in words: only the dimensions that are limited, ``kind comment; mark ringa med``."""
        parts = []
        whole = [dimension.all for dimension in self.dimensions]
        whole[-2] = _inside(self._record_cuts, self.plan.records)
        whole[-1] = _inside(self._force_cuts, self.plan.force)
        for dimension, bits, everything in zip(self.dimensions, box, whole, strict=True):
            if bits == everything or (dimension.name == "authority" and len(dimension.atoms) == 1):
                continue
            names = dimension.names(bits)
            missing = dimension.names(dimension.all & ~bits)
            if len(missing) < len(names) and dimension.name not in ("records", "force"):
                parts.append(f"{dimension.name} inte {', '.join(missing)}")
            else:
                parts.append(f"{dimension.name} {', '.join('övriga' if one == OTHERS else one for one in names)}")
        return "; ".join(parts) or "allt"


def meet(one: Box, other: Box) -> Box | None:
    """The intersection of two boxes, or None when they are disjoint."""
    both = tuple(a & b for a, b in zip(one, other, strict=True))
    return both if all(both) else None


def minus(box: Box, other: Box) -> list[Box]:
    """What is left of a box without another, as disjoint boxes."""
    if meet(box, other) is None:
        return [box]
    left = []
    rest = list(box)
    for number, bits in enumerate(other):
        outside = rest[number] & ~bits
        if outside:
            left.append((*rest[:number], outside, *rest[number + 1 :]))
        rest[number] &= bits
    return left


def remainder(boxes: Iterable[Box], others: Iterable[Box]) -> list[Box]:
    """What is left of some boxes without others.

    Raises:
        TooManyBoxesError: more than ``MOST`` pieces.
    """
    left = list(boxes)
    for other in others:
        left = [piece for box in left for piece in minus(box, other)]
        if len(left) > MOST:
            raise TooManyBoxesError
    return left


def joined(boxes: Sequence[Box]) -> list[Box]:
    """Fewer boxes with the same cells: two that differ in one dimension become one, until none do."""
    found = sorted(set(boxes))
    if not found:
        return []
    changed = True
    while changed:
        changed = False
        for number in range(len(found[0])):
            groups: dict[Box, int] = {}
            for box in found:
                key = (*box[:number], *box[number + 1 :])
                groups[key] = groups.get(key, 0) | box[number]
            if len(groups) < len(found):
                found = sorted((*key[:number], bits, *key[number:]) for key, bits in groups.items())
                changed = True
    return found


def overlaps(space: Space) -> Iterator[tuple[Rule, Rule, Box]]:
    """Every pair of rules that share a possible cell, with the cells of one such box."""
    possible = space.possible()
    boxes = [(rule, space.box(rule)) for rule in space.plan.rules]
    for number, (rule, box) in enumerate(boxes):
        for other, second in boxes[number + 1 :]:
            both = None if box is None or second is None else meet(box, second)
            if both is not None:
                shared = next((piece for area in possible if (piece := meet(both, area))), None)
                if shared is not None:
                    yield rule, other, shared


def gaps(space: Space) -> list[Box]:
    """Possible cells that no rule covers, kind by kind (so that pieces stay few), joined as far as they go.

    Raises:
        TooManyBoxesError: see ``remainder``.
    """
    at = COLUMNS.index("kind")
    boxes = [box for rule in space.plan.rules if (box := space.box(rule)) is not None]
    left: list[Box] = []
    for area in space.possible():
        for number in range(len(KINDS)):
            if area[at] >> number & 1:
                slice_ = (*area[:at], 1 << number, *area[at + 1 :])
                left += joined(remainder([slice_], [box for box in boxes if box[at] >> number & 1]))
    return joined(left)


def _cuts(spans: Iterable[Span]) -> tuple[date, ...]:
    found = set()
    for span in spans:
        if span.first is not None:
            found.add(span.first)
        if span.last is not None and span.last < date.max:
            found.add(span.last + timedelta(days=1))
    return tuple(sorted(found))


def _segments(cuts: Sequence[date]) -> tuple[str, ...]:
    starts = [None, *cuts]
    ends = [*(cut - timedelta(days=1) for cut in cuts), None]
    return tuple(str(Span(first=first, last=last)) for first, last in zip(starts, ends, strict=True))


def _inside(cuts: Sequence[date], span: Span) -> int:
    return sum(1 << number for number, start in enumerate([date.min, *cuts]) if _covers(span, start, number))


def _covers(span: Span, start: date, number: int) -> bool:
    return span.has(start) if number else span.first is None
