"""The mandates of those who signed stand in the protocols as they were when they signed."""

from __future__ import annotations

from datetime import date, timedelta

from flows.cull.signatories import signatories, signatory
from flows.oversee.persons import change_person
from schemas.protocol import Signatory
from tests.cull.archive import APPROVER, PROPOSER, Small


def test_a_mandate_is_told_as_it_was_at_the_signature(small: Small) -> None:
    """Delegation and validity come from the ledger until the signature; a later change says nothing of it."""
    small.put([small.row(), small.row(), small.row("comment")])
    stated = {
        "valid_from": date(2025, 1, 1),
        "body": "Kommunstyrelsen",
        "decided": date(2025, 1, 9),
        "paragraph": "§ 1",
    }
    with small.open() as home:
        change_person(home.ground, PROPOSER, stated)
    small.later(hours=1)
    digest = small.propose()
    small.later(hours=1)
    small.approve(digest)
    small.later(hours=1)
    with small.open() as home:
        change_person(home.ground, PROPOSER, {"role": "registrator", "body": "Någon annan"})
    with small.open() as home, home.ground.state.reading() as books:
        signatures = books.orders.signatures(digest)
        found = {one.person: one for one in signatories(books, signatures)}
    assert found == {
        PROPOSER: Signatory(
            person=PROPOSER,
            role="arkivredogörare",
            valid_from=date(2025, 1, 1),
            body="Kommunstyrelsen",
            decided=date(2025, 1, 9),
            paragraph="§ 1",
        ),
        APPROVER: Signatory(person=APPROVER, role="arkivansvarig"),
    }
    assert signatory(signatures[0], []) is None


def test_what_another_person_was_is_not_told(small: Small) -> None:
    """Receipts that name another person, or that came after the signature, give nobody a mandate."""
    small.put([small.row(), small.row()])
    digest = small.propose()
    with small.open() as home, home.ground.state.reading() as books:
        [signed] = books.orders.signatures(digest)
    add = {
        "act": "person.add",
        "at": signed.at.isoformat(),
        "subjects": [APPROVER],
        "evidence": {"role": "arkivansvarig"},
    }
    late = add | {"subjects": [signed.person], "at": (signed.at + timedelta(seconds=1)).isoformat()}
    assert signatory(signed, [add, late]) is None
    assert signatory(signed, [add | {"subjects": [signed.person]}, add]) is not None
