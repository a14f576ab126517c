"""Two persons are two human beings: whose key is new, or rests on the other's signature, approves nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from flows.cull.act import propose
from flows.cull.approval import approve
from flows.cull.listing import Scope
from flows.cull.mandate import Hand
from flows.oversee.persons import Countersigner, add_person, change_person, countersigner, give_key
from schemas.order import GUARDS
from schemas.person import PersonKey
from schemas.receipt import Receipt, Scalar
from schemas.refusal import GuardError
from tests.cull.archive import APPROVER, AS_OF, PROPOSER, Small

OTHER = "Agda Ansvarig"


@pytest.fixture
def filled(small: Small) -> Small:
    """Something to cull, something to keep."""
    small.put([small.row(), small.row(), small.row("visitor_post", own=False)])
    return small


def new_key(small: Small, person: str, file: str, *, by: str | None = None, lost: bool = False) -> Path:
    """Replace a person's key by one in that file; ``by``: who signs, with the key of the usual place."""
    path = small.root / file
    with small.open() as home:
        signs = None if by is None else countersigner(home, by, None, small.root / "frasen")
        public, _ = home.keyring.make(person, path, small.root / "frasen")
        give_key(home.ground, person, public, countersigned=signs, lost=lost)
    return path


def approval(small: Small, digest: str, person: str, file: Path | None = None) -> None:
    """Approve with the key in a file."""
    with small.open() as home:
        hand = Hand(person=person, key_file=file, passphrase_file=small.root / "frasen")
        approve(home, digest, hand, accept=GUARDS)


def alone(small: Small) -> None:
    """Leave one arkivansvarig: the other one's role has ended."""
    with small.open() as home:
        change_person(home.ground, OTHER, {"valid_to": small.at.date() - timedelta(days=1)})


def test_nobody_becomes_the_other_person(filled: Small) -> None:
    """The proposer gives the approver a key of her own: refused, whether before or after the proposal, lost or not."""
    for digest in (None, filled.propose()):
        for lost in (False, True):
            with pytest.raises(GuardError, match="G-COUNTERSIGN"):
                new_key(filled, APPROVER, f"min-{digest is None}-{lost}.pem", lost=lost)


def test_a_person_registered_after_the_proposal_may_approve_it(filled: Small) -> None:
    """A new person with a key of their own is a second person, whenever registered."""
    digest = filled.propose()
    filled.later(minutes=1)
    with filled.open() as home:
        filled.person(home, "Ny Ansvarig", "arkivansvarig")
    filled.later(minutes=1)
    approval(filled, digest, "Ny Ansvarig")


def test_an_own_new_key_approves(filled: Small) -> None:
    """A key that its owner signed for with the one before it, or that a third person did, approves at once."""
    digest = filled.propose()
    filled.later(minutes=1)
    approval(filled, digest, APPROVER, new_key(filled, APPROVER, "ny.pem", by=APPROVER))
    approval(filled, digest, APPROVER, new_key(filled, APPROVER, "nyare.pem", by=OTHER))


def test_who_signed_for_a_key_is_no_second_person(filled: Small) -> None:
    """Neither proposes what the other approves, not even by way of a third key or a further change."""
    first = new_key(filled, APPROVER, "ett.pem", by=OTHER)
    digest = filled.propose(OTHER)
    with pytest.raises(GuardError, match=r"G-NEWKEY.*signed for the other"):
        approval(filled, digest, APPROVER, first)
    with filled.open() as home:
        signs = countersigner(home, APPROVER, first, filled.root / "frasen")
        public, second = home.keyring.make(APPROVER, filled.root / "tva.pem", filled.root / "frasen")
        give_key(home.ground, APPROVER, public, countersigned=signs)
    with pytest.raises(GuardError, match=r"G-NEWKEY.*signed for the other"):
        approval(filled, digest, APPROVER, second)
    with filled.open() as home:
        propose(
            home, AS_OF, Scope(), hand=Hand(person=APPROVER, key_file=second, passphrase_file=filled.root / "frasen")
        )
    with pytest.raises(GuardError, match=r"G-NEWKEY.*signed for the other"):
        approval(filled, digest, OTHER)
    assert filled.propose() == digest
    approval(filled, digest, APPROVER, second)


def test_a_lost_key_waits(filled: Small) -> None:
    """The only arkivansvarig gets a new key unsigned; it approves later proposals alone, and after a day."""
    alone(filled)
    before = filled.propose()
    filled.later(minutes=1)
    with pytest.raises(GuardError, match=r"G-COUNTERSIGN.*--lost"):
        new_key(filled, APPROVER, "for-tidig.pem")
    file = new_key(filled, APPROVER, "ny.pem", lost=True)
    with pytest.raises(GuardError, match=r"G-NEWKEY.*24 hours"):
        approval(filled, before, APPROVER, file)
    filled.later(hours=25)
    with pytest.raises(GuardError, match=r"G-NEWKEY.*make a new proposal"):
        approval(filled, before, APPROVER, file)
    assert filled.propose() == before
    approval(filled, before, APPROVER, file)


def test_a_key_that_the_ledger_does_not_know_approves_nothing(filled: Small) -> None:
    """A row put into the database, or a receipt whose countersignature is not genuine, is no registered key."""
    digest = filled.propose()
    with filled.open() as home:
        public, file = home.keyring.make(APPROVER, filled.root / "smuggel.pem", filled.root / "frasen")
        with home.ground.state.writing() as books:
            books.persons.add_key(PersonKey(person=APPROVER, key=public, added=filled.at))
    with pytest.raises(GuardError, match="G-NEWKEY"):
        approval(filled, digest, APPROVER, file)
    with filled.open() as home:
        with home.ground.state.reading() as books:
            old = books.persons.keys(OTHER)[-1].key
        told: dict[str, Scalar] = {
            "key": public,
            "first": False,
            "countersigned": OTHER,
            "countersigned_key": old,
            "signature": "00" * 64,
        }
        with home.ground.state.writing() as books:
            books.ledger.append(
                Receipt(act="person.key", at=filled.at, actor="bevara", subjects=(APPROVER,), evidence=told)
            )
    with pytest.raises(GuardError, match="G-NEWKEY"):
        approval(filled, digest, APPROVER, file)


def test_only_who_may_signs_for_another(filled: Small) -> None:
    """Not another role, and not with a key that is no longer theirs."""
    with pytest.raises(GuardError, match="G-MANDATE"):
        new_key(filled, APPROVER, "ett.pem", by=PROPOSER)
    with filled.open() as home:
        old = countersigner(home, OTHER, None, filled.root / "frasen")
    new_key(filled, OTHER, "agda.pem", by=OTHER)
    with filled.open() as home, pytest.raises(GuardError, match="G-FOREIGNKEY"):
        give_key(home.ground, APPROVER, "ab" * 32, countersigned=Countersigner(person=OTHER, signer=old.signer))
    with filled.open() as home:
        add_person(home.ground, "Utan Nyckel", "arkivansvarig")
        give_key(home.ground, "Utan Nyckel", "cd" * 32)
