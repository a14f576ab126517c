"""The twenty checks of a correct culling, C01–C20: each one small, pure and able to stop a destruction alone.

``True`` means that the record may go as far as this check can tell. They stand behind the judgement as a second line
and trust it as little as they can: what can be counted or looked up anew is. A check that raises has failed
(``passes``); nothing here looks at another check's answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flows.cull.checks.case import Case, Said
from schemas.calendar import due_day, local_day
from schemas.codes.checks import CODES, REASONS
from schemas.codes.decide import TEXTS as JUDGED
from schemas.hold import MarkKind
from schemas.ids import slug
from schemas.order import Signature
from schemas.person import Act
from schemas.plan.model import CONDITIONS, TRIGGERS, Rule
from schemas.record import KINDS

EARLIEST = date(1991, 1, 1)
"""No record of social media is older; an earlier day is a wrong one."""

EDITION_LENGTH = 40
"""Characters an edition's name may have; a longer one is text."""

_MARK_OF: dict[str, MarkKind] = {
    "removed": "borttagen-av-oss",
    "inaktuell": "inaktuell",
    "matter_closed": "i-arende",
}
_FOR = frozenset(code for code, (weight, _, _) in JUDGED.items() if weight in ("due", "note"))


def c01(case: Case) -> bool:
    """A decided plan, in force, for this archive creator and the record's publication day."""
    basis, plan = case.basis, case.plan
    decided = plan.mandate
    known = basis.today if basis.stage == "execution" else max(basis.today, basis.as_of)
    return (
        _unrefused(case, "C01")
        and decided is not None
        and bool(decided.body.strip() and decided.paragraph.strip())
        and decided.date <= known
        and plan.force.has(basis.as_of)
        and (basis.stage != "execution" or plan.force.has(basis.today))
        and case.authority in plan.authorities
        and (plan.records.open or (case.published is not None and plan.records.has(case.published)))
    )


def c02(case: Case) -> bool:
    """Exactly one rule of the plan, found by known facts; the item is in the list once."""
    row = case.row
    return (
        _unrefused(case, "C02")
        and all(code in REASONS or code in _FOR for code in case.reasons)
        and case.listed == 1
        and case.kind in KINDS
        and _may_match(row, case)
        and not any(_surely_matches(rule, case) for rule in case.plan.rules if rule is not row)
    )


def c03(case: Case) -> bool:
    """The plan says *gallra*, and nobody has reviewed the record and kept it."""
    return (
        _unrefused(case, "C03")
        and case.outcome == "cull"
        and case.row.action == "gallra"
        and case.mark("granskad-bevara") is None
    )


def c04(case: Case) -> bool:
    """No other law or ordinance goes first (arkivlagen 10 §)."""
    return _unrefused(case, "C04") and not case.row.other_law.strip()


def c05(case: Case) -> bool:
    """The period, counted anew from a plausible day that has come, is over."""
    row, trigger, latest = case.row, case.trigger, case.basis.latest
    if not _unrefused(case, "C05") or "E170" not in case.reasons:
        return False
    if trigger is None or case.due is None or not EARLIEST <= trigger <= latest:
        return False
    if row.period is not None:
        due = due_day(trigger, row.period, case.plan.counting_of(row))
    else:
        due = trigger if row.trigger == "inaktuell" else None
    return due == case.due and due is not None and due <= latest and _starts_there(case, row, trigger)


def c06(case: Case) -> bool:
    """*Vid inaktualitet*: a registered person has said so, for a day that has come. Age alone never says it."""
    if not _unrefused(case, "C06"):
        return False
    if case.row.trigger != "inaktuell":
        return True
    said = case.mark("inaktuell")
    return said is not None and said.day is not None and said.day <= case.basis.latest and _by_somebody(case, said)


def c07(case: Case) -> bool:
    """Every condition of the rule is proven for this very record."""
    registered = case.mark("registrerad") is not None
    return _unrefused(case, "C07") and all(
        one in CONDITIONS and (one in case.proven or (one == "registrerad" and registered))
        for one in case.row.conditions
    )


def c08(case: Case) -> bool:
    """Not in an open matter; in a closed one only under a rule written for records of matters."""
    said = case.mark("i-arende")
    if not _unrefused(case, "C08"):
        return False
    if said is None:
        return True
    return said.day is not None and said.day <= case.basis.latest and "i-arende" in case.row.match.required


def c09(case: Case) -> bool:
    """What must be registered is: by the rule, or because it is secret (OSL 5:1)."""
    needed = case.row.registration == "yes" or case.mark("sekretess") is not None
    return _unrefused(case, "C09") and (not needed or case.mark("registrerad") is not None)


def c10(case: Case) -> bool:
    """No hold binds the record, itself or through its thread."""
    return _unrefused(case, "C10") and not case.held


def c11(case: Case) -> bool:
    """Nothing that is kept hangs on the record: a kept thread above it, our own notice or report about it."""
    return _unrefused(case, "C11") and not case.tied


def c12(case: Case) -> bool:
    """The record is not in the sample, neither drawn nor chosen."""
    chosen = case.mark("urval") is not None
    return _unrefused(case, "C12") and not chosen and not (case.row.sample is not None and case.drawn)


def c13(case: Case) -> bool:
    """The frozen list is the one that was signed, and the files of the partition are what their names say."""
    basis = case.basis
    intact = basis.list_intact is True or (basis.stage == "proposal" and basis.list_intact is None)
    return (
        _unrefused(case, "C13")
        and intact
        and bool(case.month)
        and not {case.month, f"{case.authority}/{case.month}"} & basis.damaged
    )


def c14(case: Case) -> bool:
    """One person with mandate proposed, another with mandate approved, and the approval has not run out."""
    basis = case.basis
    if not _unrefused(case, "C14"):
        return False
    if basis.stage == "proposal":
        return True
    proposal, approval = basis.proposal, basis.approval
    if not basis.genuine or proposal is None or not _fit(case, proposal, "propose"):
        return False
    if basis.stage == "approval":
        person = basis.persons[basis.approver]
        return basis.approver != proposal.person and person.may("approve", basis.today)
    return (
        approval is not None
        and _fit(case, approval, "approve")
        and approval.order == proposal.order
        and approval.person != proposal.person
        and approval.key != proposal.key
        and basis.begun is not None
        and approval.expires is not None
        and proposal.at <= approval.at <= basis.begun <= approval.expires
    )


def c15(case: Case) -> bool:
    """Nothing that the judgement rests on has changed since."""
    basis = case.basis
    if basis.stage == "proposal" and basis.revision_now is None:
        return _unrefused(case, "C15")
    return _unrefused(case, "C15") and basis.revision_judged is not None and basis.revision_judged == basis.revision_now


def c16(case: Case) -> bool:
    """Every place where copies lie is known by name."""
    places = case.basis.places
    return _unrefused(case, "C16") and not case.basis.unknown_places and bool(places) and all(map(str.strip, places))


def c17(case: Case) -> bool:
    """What remains is opaque ids and names of the plan, none of which can hold content."""
    edition = case.plan.edition
    return (
        _unrefused(case, "C17")
        and case.opaque
        and case.kind in KINDS
        and slug(case.row.id, "rule") == case.rule
        and 0 < len(edition) <= EDITION_LENGTH
        and edition.isprintable()
    )


def c18(case: Case) -> bool:
    """That nothing is left can be seen in every place."""
    return _unrefused(case, "C18") and case.basis.provable is True


def c19(case: Case) -> bool:
    """It is our copy that goes, once; what the platform does is another act."""
    return _unrefused(case, "C19") and not case.destroyed


def c20(case: Case) -> bool:
    """No hold was lifted since the proposal; what it bound needs a new one."""
    return _unrefused(case, "C20") and not case.released


CHECKS: dict[str, Callable[[Case], bool]] = dict(
    zip(
        CODES,
        (c01, c02, c03, c04, c05, c06, c07, c08, c09, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20),
        strict=True,
    )
)
"""Code → check, in the order in which they are made."""


def passes(check: Callable[[Case], bool], case: Case) -> bool:
    """Whether a check lets the record go; any error in it keeps the record."""
    try:
        return check(case) is True
    except Exception:  # noqa: BLE001 # whatever is wrong with the facts, the answer is to keep
        return False


def failed(case: Case) -> tuple[str, ...]:
    """Codes of the checks that keep the record, in order; empty = it may go."""
    return tuple(code for code, check in CHECKS.items() if not passes(check, case))


def _unrefused(case: Case, code: str) -> bool:
    """No reason of the judgement belongs to this check."""
    return not any(REASONS.get(reason) == code for reason in case.reasons)


def _columns(rule: Rule, case: Case) -> tuple[bool, bool]:
    """Whether what is known of the item fits the rule, and whether the rule asks for what is not known here."""
    known = {"authority": case.authority, "account": case.account, "kind": case.kind}
    fits = all(name not in known or values.has(known[name] or "") for name, values in rule.match.columns)
    return fits, any(name not in known for name, _ in rule.match.columns)


def _may_match(rule: Rule, case: Case) -> bool:
    kinds = frozenset(one.kind for one in case.marks)
    return (
        _columns(rule, case)[0]
        and rule.match.required <= kinds
        and not rule.match.forbidden & kinds
        and rule.force.has(case.basis.as_of)
        and (rule.records.open or (case.published is not None and rule.records.has(case.published)))
    )


def _surely_matches(rule: Rule, case: Case) -> bool:
    return _may_match(rule, case) and not _columns(rule, case)[1]


def _starts_there(case: Case, row: Rule, trigger: date) -> bool:
    """Whether the period starts on that day by what else is known of the item."""
    if row.trigger not in TRIGGERS:
        return False
    if row.trigger in _MARK_OF:
        said = case.mark(_MARK_OF[row.trigger])
        if row.trigger == "inaktuell":  # whether somebody said so is for C06
            return said is None or said.day == trigger
        return said is not None and said.day == trigger and _by_somebody(case, said)
    if row.trigger == "published" and "E180" not in case.reasons:
        return trigger == case.published
    if row.trigger == "published":
        return case.published is not None and case.plan.edits_restart_of(row) and trigger > case.published
    return case.published is None or trigger >= case.published


def _by_somebody(case: Case, said: Said) -> bool:
    """The mark was made by a registered person, on a day that has come."""
    return said.person in case.basis.persons and said.made <= max(case.basis.today, case.basis.as_of)


def _fit(case: Case, signature: Signature, act: Act) -> bool:
    """The signature is for the act, by a registered person who had the mandate on the day of signing."""
    person = case.basis.persons[signature.person]
    return (
        signature.act == act
        and signature.role == person.role
        and person.may(act, local_day(signature.at))
        and bool(signature.order and signature.key and signature.signature)
    )
