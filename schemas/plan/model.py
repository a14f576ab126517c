"""What a document management plan (*dokumenthanteringsplan*) is: an edition with its mandate, and its rules.

A rule is a row of the plan: a type of record (*handlingstyp*), which items it covers, and what happens to them.
Which items it covers is said by sets over a fixed list of columns (``COLUMNS``) and by marks, so that gaps and
overlaps between rules are set arithmetic (``schemas.plan.sets``), never a matter of order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from schemas.calendar import Counting, Period
from schemas.hold import MarkKind
from schemas.record import KINDS, STATES

Action = Literal["bevara", "gallra", "granska"]
ACTIONS: tuple[Action, ...] = get_args(Action)

Trigger = Literal["published", "last_edit", "thread_activity", "removed", "inaktuell", "matter_closed"]
TRIGGERS: tuple[Trigger, ...] = get_args(Trigger)
"""What a period is counted from.

``published``: the publication (or the latest edit, see ``edits_restart``). ``last_edit``: the latest edit, or the
publication of what was never edited. ``thread_activity``: the latest publication or edit in the whole thread.
``removed``: the day of a mark *borttagen-av-oss*. ``inaktuell``: the day of a mark *inaktuell*. ``matter_closed``:
the day a matter was closed, by a mark *i-arende* with a day.
"""

Reach = Literal["item", "thread"]
REACHES: tuple[Reach, ...] = get_args(Reach)

Registration = Literal["yes", "no", "by_content"]
REGISTRATIONS: tuple[Registration, ...] = get_args(Registration)
"""``yes``: must be registered (OSL 5:1), and is not culled before it is. ``no``: kept ordered instead.
``by_content``: a registrar judges each."""

MediaClass = Literal["none", "picture", "video", "audio", "document", "mixed"]
MEDIA_CLASSES: tuple[MediaClass, ...] = get_args(MediaClass)
"""What is attached: nothing, one sort of attachment, or several (``mixed``). Captions and thumbnails belong to the
attachment they go with and are not counted."""

Column = Literal["authority", "platform", "account", "kind", "own", "state", "media"]
COLUMNS: tuple[Column, ...] = get_args(Column)
OWN = ("own", "visitor")
CLOSED: dict[Column, tuple[str, ...]] = {"kind": KINDS, "own": OWN, "state": STATES, "media": MEDIA_CLASSES}
"""Columns whose values are all known; the other three (authority, platform, account) are open."""

CONDITIONS: dict[str, tuple[str, str]] = {
    "registrerad": ("handlingen är registrerad (diarieförd)", "the record is registered"),
    "ogonblicksbild": (
        "en läsbar ögonblicksbild av kontot finns bevarad",
        "a readable snapshot of the account is preserved",
    ),
    "e-arkiv": ("e-arkivet har kvitterat mottagandet", "the e-archive has confirmed receipt"),
    "e-plikt": ("KB har kvitterat e-pliktleveransen", "the National Library has confirmed the legal deposit"),
}
"""Conditions (*under förutsättning att*) that can be proven, by code. Any other text can never be met: keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """A set of values of one column: those listed, or (``negated``) all but those listed."""

    values: frozenset[str]
    negated: bool = False

    def has(self, value: str) -> bool:
        """Whether the value is in the set."""
        return (value in self.values) != self.negated

    def __str__(self) -> str:
        """As shown to people: ``comment, reply`` or ``inte post``."""
        text = ", ".join(sorted(self.values))
        return f"inte {text}" if self.negated else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which items a rule covers. A column that is not named takes every value; a mark not named may be there or not.

    Attributes:
        columns: sets by column, in the order of ``COLUMNS``.
        required: marks the item must have. forbidden: marks it must not have.
    """

    columns: tuple[tuple[Column, Values], ...] = ()
    required: frozenset[MarkKind] = frozenset()
    forbidden: frozenset[MarkKind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Civil days from ``first`` to ``last``, both included; None = without end in that direction."""

    first: date | None = None
    last: date | None = None

    @property
    def open(self) -> bool:
        """Every day is in it."""
        return self.first is None and self.last is None

    def has(self, day: date) -> bool:
        """Whether the day is in it."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def __str__(self) -> str:
        """As shown to people: ``2020-01-01–2024-12-31``, ``2020-01-01–``."""
        return f"{self.first or ''}–{self.last or ''}"


ALWAYS = Span()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The sample kept from what is culled (*urval*): one item in ``one_in``, and every item marked ``urval``.

    ``one_in`` = 0 means that the mark alone decides. Which items are chosen follows from the item's opaque id: its
    random characters are a number that never changes and says nothing about the content, so that the share holds
    for each type and each year, whoever computes it.
    """

    one_in: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """The decision behind the plan: who decided, when, paragraph and diary number."""

    body: str
    date: date
    paragraph: str
    dnr: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the plan; keys as documented in ``infra/plans/README.md``.

    Attributes:
        id: name within the plan (slug). type: the *handlingstyp* in words.
        action: what happens. match: which items.
        period, trigger: when; ``inaktuell`` needs no period (*vid inaktualitet* = at once).
        counting, edits_restart: None = the plan's.
        conditions: all must be met before culling.
        sample: what is kept as a sample, or None.
        reach: for *bevara*: the item alone, or everything below it; None counts as ``thread``.
        records: publication days the rule is for. force: days on which the rule is in force.
        retired: the type is not made any longer; older records are still judged by it.
        other_law: law or ordinance whose own rules on culling go first (AL 10 §), or empty; nothing is culled under
            a row that names one.
    """

    id: str
    type: str
    action: Action
    match: Match = field(default_factory=Match)
    klassa: str = ""
    period: Period | None = None
    trigger: Trigger | None = None
    counting: Counting | None = None
    edits_restart: bool | None = None
    conditions: tuple[str, ...] = ()
    legal: str = ""
    registration: Registration = "no"
    secrecy: str = ""
    medium: str = ""
    delivery: str = ""
    sample: Sample | None = None
    remark: str = ""
    retired: bool = False
    replaced_by: str = ""
    reach: Reach | None = None
    records: Span = ALWAYS
    force: Span = ALWAYS
    other_law: str = ""

    @property
    def keeps_thread(self) -> bool:
        """Everything below a matching item is kept too (a missing reach counts as ``thread``)."""
        return self.action == "bevara" and self.reach != "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One edition of a plan.

    Attributes:
        id, title, edition: names. authorities: archive creators (slugs) it is decided for.
        mandate: the decision, or None (then it cannot be adopted).
        force: days on which the edition is in force. records: publication days it is for.
        counting: counting mode of rules that name none.
        edits_restart: an edited item counts from its latest edit when the trigger is the publication.
        example: an example can be tried, but adopted only in a home made for practice.
        rules: in the order of the file; the order means nothing to the outcome.
        quarantine: how long an executed culling waits, and can be withdrawn, before anything is destroyed; None = not
            at all.
        suppression: how long it is remembered (as a keyed hash) that a destroyed item is not to be harvested again;
            None = for ever.
    """

    id: str
    title: str
    edition: str
    authorities: tuple[str, ...]
    mandate: Mandate | None = None
    force: Span = ALWAYS
    records: Span = ALWAYS
    counting: Counting = "calendar-year"
    edits_restart: bool = True
    example: bool = False
    remark: str = ""
    rules: tuple[Rule, ...] = ()
    quarantine: Period | None = None
    suppression: Period | None = None

    def counting_of(self, rule: Rule) -> Counting:
        """The counting mode that holds for a rule."""
        return rule.counting or self.counting

    def edits_restart_of(self, rule: Rule) -> bool:
        """Whether an edit moves the trigger ``published`` for a rule."""
        return self.edits_restart if rule.edits_restart is None else rule.edits_restart

    def rule(self, name: str) -> Rule | None:
        """The rule with that id, or None."""
        return next((rule for rule in self.rules if rule.id == name), None)
