"""The stand-alone script: it accepts a true certificate and tells what is wrong with every other one."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from schemas.merkle import leaf, root
from schemas.receipt import Receipt
from schemas.segments import segment
from tests.verify.certified import (
    APPROVER,
    BEGUN,
    ITEMS,
    ORDER,
    OTHER,
    PROPOSER,
    Case,
    approval,
    certificate,
    follow,
    order_of,
    proposal,
    receipts,
    salt,
    sign,
    true_case,
)

SCRIPT = Path(__file__).resolve().parents[2] / "infra" / "verify_certificate.py"


def _run(folder: Path, case: Case, *options: str, ledger: bytes | None = None) -> tuple[int, list[str]]:
    files = {
        "certificate.xml": case.data,
        "keys.json": case.written_keys,
        "ledger.jsonl": case.ledger if ledger is None else ledger,
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *(str(folder / name) for name in files), *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def test_the_script_is_short_and_stands_alone() -> None:
    """It has at most 80 lines and imports the standard library and cryptography only."""
    lines = SCRIPT.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 80
    imported = {
        name.split()[0].split(".")[0]
        for line in lines
        if line.startswith(("import ", "from "))
        for name in line.removeprefix("import ").removeprefix("from ").split("," if line.startswith("import") else "!")
    }
    assert imported <= sys.stdlib_module_names | {"cryptography"}


def test_a_true_certificate_is_accepted(tmp_path: Path) -> None:
    """It prints OK with the ledger's head, also when the head noted elsewhere is given."""
    case = true_case()
    head = case.links[-1].hash.hex()
    assert _run(tmp_path, case) == (0, [f"OK 11 culled, {len(case.links)} links, head {head}"])
    assert _run(tmp_path, case, "--head", head)[0] == 0
    assert _run(tmp_path, case, "--head", "0" * 64)[0] == 1


def test_an_item_is_found_by_its_salt(tmp_path: Path) -> None:
    """With its salt an item is found present, another one or another salt absent."""
    case = true_case()
    for item in ITEMS:
        code, lines = _run(tmp_path, case, "--item", item, salt(item).hex())
        assert (code, lines[0]) == (0, f"ITEM {item} is present")
    other = "202401-qqqqqqqqqqqqqqqq"
    assert _run(tmp_path, case, "--item", other, salt(other).hex())[1][0] == f"ITEM {other} is absent"
    assert _run(tmp_path, case, "--item", ITEMS[0], salt(ITEMS[1]).hex())[1][0] == f"ITEM {ITEMS[0]} is absent"


def test_nothing_culled_is_a_certificate_too(tmp_path: Path) -> None:
    """A certificate whose every item was kept by a check has no leaves and the root of nothing."""
    one = replace(certificate(), culled=0, kept=12, totals=(), leaves=(), root=root(()))
    assert _run(tmp_path, follow(one))[0] == 0


def test_guards_that_stop_nothing_need_no_acceptance(tmp_path: Path) -> None:
    """An approval at which no guard stopped the list accepts none; what the proposal met is asked of it no more."""
    one = replace(certificate(), approval=approval(accepted=(), guards=()))
    assert _run(tmp_path, follow(one))[0] == 0


def test_a_withdrawn_and_renewed_order_is_accepted(tmp_path: Path) -> None:
    """What was withdrawn before it was signed anew does not stand in the way."""
    one = certificate()
    told = receipts(one)
    at = next(number for number, receipt in enumerate(told) if receipt.act == "cull.signed")
    told.insert(at, Receipt(act="cull.withdrawn", actor=OTHER, at=told[at].at, subjects=(ORDER,)))
    assert _run(tmp_path, follow(one, told))[0] == 0


def test_a_later_role_does_not_unmake_a_signature(tmp_path: Path) -> None:
    """The role counts that the ledger told before the signature, not a later one."""
    one = certificate()
    told = receipts(one)
    later = BEGUN + timedelta(days=1)
    change = Receipt(
        act="person.change", actor=APPROVER, at=later, subjects=(APPROVER,), evidence={"role": "registrator"}
    )
    assert _run(tmp_path, follow(one, [*told, change]))[0] == 0


# --- Tampering: what was done, and the line that tells it. The forger's ledger names the forged certificate, so that ---
# --- only what is named here can give it away; where the ledger alone can tell, the true one is kept.               ---


def _text(case: Case, old: str, new: str, times: int = 1) -> Case:
    assert case.data.count(old.encode()) >= 1
    return replace_data(case, case.data.replace(old.encode(), new.encode(), times))


def replace_data(case: Case, data: bytes) -> Case:
    """The true ledger and keys with other bytes."""
    return Case(data=data, told=case.told, keys=case.keys)


def _forged(old: str, new: str) -> Case:
    """The text exchanged, and a ledger that names the forged certificate."""
    one = certificate()
    case = follow(one)
    data = _text(case, old, new).data
    return follow(one, data=data)


def _leaves(*leaves: str, honest_root: bool = False) -> Case:
    one = certificate()
    made = root(sorted(set(leaves))) if honest_root else one.root
    return follow(replace(one, leaves=leaves, root=made))


def _swapped() -> Case:
    one = certificate()
    first, second = one.proposal.signature, one.approval.signature
    return follow(
        replace(
            one,
            proposal=replace(one.proposal, signature=second),
            approval=replace(one.approval, signature=first),
        )
    )


def _other_list() -> Case:
    one = certificate()
    other = sign(
        "propose",
        PROPOSER,
        "arkivredogörare",
        one.proposal.at,
        order=replace(order_of(), digest=hashlib.sha256(b"another list").hexdigest()),
    )
    return follow(replace(one, proposal=replace(other, order=ORDER)))


def _other_count() -> Case:
    one = certificate()
    other = sign("propose", PROPOSER, "arkivredogörare", one.proposal.at, order=order_of(13))
    return follow(replace(one, proposal=other))


def _key_ended() -> Case:
    case = true_case()
    case.keys[0]["ended"] = (BEGUN - timedelta(days=50)).isoformat()
    return case


def _key_later() -> Case:
    case = true_case()
    case.keys[1]["added"] = (BEGUN - timedelta(days=1)).isoformat()
    return case


def _ledger(change: Callable[[list[Receipt]], object]) -> Case:
    case = true_case()
    change(case.told)
    return case


def _without(act: str) -> Case:
    one = certificate()
    return follow(one, [receipt for receipt in receipts(one) if receipt.act != act])


def _exchanged(first: str, second: str) -> Case:
    one = certificate()
    told = receipts(one)
    at, other = ([receipt.act for receipt in told].index(act) for act in (first, second))
    told[at], told[other] = told[other], told[at]
    return follow(one, told)


def _withdrawn() -> Case:
    one = certificate()
    told = receipts(one)
    told.append(Receipt(act="cull.withdrawn", actor=OTHER, at=BEGUN, subjects=(ORDER,)))
    return follow(one, told)


def _role_of_the_ledger() -> Case:
    one = certificate()
    change = Receipt(
        act="person.change",
        actor=APPROVER,
        at=BEGUN - timedelta(days=3),
        subjects=(APPROVER,),
        evidence={"role": "registrator"},
    )
    return follow(one, [*receipts(one)[:-1], change, receipts(one)[-1]])


TRUE = certificate().leaves
FOREIGN = leaf(bytes(32), "202401-qqqqqqqqqqqqqqqq")
TAMPERED: dict[str, tuple[Callable[[], Case], str]] = {
    "count changed": (lambda: _forged('culled="11"', 'culled="10"'), "COUNT:"),
    "kept count changed": (lambda: _forged('kept="1"', 'kept="0"'), "proposal: the statement"),
    "leaf removed": (lambda: _leaves(*TRUE[1:]), "ROOT:"),
    "leaf removed with its root": (lambda: _leaves(*TRUE[1:], honest_root=True), "COUNT:"),
    "leaf added": (lambda: _leaves(*sorted((*TRUE, FOREIGN))), "ROOT:"),
    "leaf added with its root": (lambda: _leaves(*sorted((*TRUE, FOREIGN)), honest_root=True), "COUNT:"),
    "leaf exchanged": (lambda: _leaves(*sorted((*TRUE[1:], FOREIGN))), "ROOT:"),
    "leaf exchanged with its root": (
        lambda: replace_data(true_case(), _leaves(*sorted((*TRUE[1:], FOREIGN)), honest_root=True).data),
        "LEDGER: no fitting cull.certified",
    ),
    "leaves reordered": (lambda: _leaves(*TRUE[::-1]), "ANNEX:"),
    "leaf doubled": (lambda: _leaves(*TRUE[:10], TRUE[9]), "ANNEX:"),
    "leaf in capitals": (lambda: _forged(TRUE[0], TRUE[0].upper()), "ANNEX:"),
    "root changed": (lambda: follow(replace(certificate(), root="0" * 64)), "ROOT:"),
    "annex counts otherwise": (lambda: _forged('<annex count="11"', '<annex count="12"'), "COUNT:"),
    "proposer exchanged": (lambda: _forged(f"<person>{PROPOSER}", f"<person>{OTHER}"), "proposal: the statement"),
    "approver exchanged": (lambda: _forged("Ek</person>", "Ekman</person>"), "approval: the statement"),
    "role changed": (
        lambda: _forged("<role>arkivredogörare", "<role>arkivansvarig"),
        "proposal: the statement",
    ),
    "proposal by a role without mandate": (
        lambda: follow(replace(certificate(), proposal=proposal(role="kommunikatör"))),
        "proposal: the role",
    ),
    "approval by a role without mandate": (
        lambda: follow(replace(certificate(), approval=approval(role="arkivredogörare"))),
        "approval: the role",
    ),
    "role another in the ledger": (_role_of_the_ledger, "approval: the role"),
    "signatures swapped": (_swapped, "proposal: the signature"),
    "signature changed": (
        lambda: follow(replace(certificate(), approval=replace(approval(), signature="0" * 128))),
        "approval: the signature",
    ),
    "statement changed": (
        lambda: _forged('"cull":12', '"cull":13'),
        "proposal: the signature",
    ),
    "acts swapped": (
        lambda: _forged('act="propose"', 'act="approve"'),
        "proposal: it is of another order or act",
    ),
    "other list signed": (_other_list, "proposal: the statement"),
    "other count signed": (_other_count, "proposal: the statement"),
    "guard added to the approval": (
        lambda: _forged('<accepted code="G-REMAIN"></accepted>', ""),
        "approval: the statement",
    ),
    "guard that stopped it not accepted": (
        lambda: follow(replace(certificate(), approval=approval(accepted=("G-REMAIN",)))),
        "approval: it does not accept every guard",
    ),
    "guards taken out of the statement": (
        lambda: _forged('"guards":["G-SHARE"],', ""),
        "proposal: the statement",
    ),
    "guards nothing in the statement": (
        lambda: _forged('"guards":["G-SHARE"]', '"guards":null'),
        "proposal: the statement",
    ),
    "key that nobody registered": (
        lambda: follow(replace(certificate(), approval=approval(key="Nobody"))),
        "approval: not the person's key",
    ),
    "key of another person": (
        lambda: follow(replace(certificate(), approval=approval(key=OTHER))),
        "approval: not the person's key",
    ),
    "same person proposed and approved": (
        lambda: follow(replace(certificate(), proposal=proposal(person=APPROVER, role="arkivansvarig"))),
        "SIGNATURES:",
    ),
    "approval expired": (
        lambda: follow(replace(certificate(), approval=approval(days=1))),
        "TIME:",
    ),
    "approved after it was begun": (
        lambda: follow(replace(certificate(), approval=approval(at=BEGUN + timedelta(minutes=1)))),
        "TIME:",
    ),
    "approved before it was proposed": (
        lambda: follow(replace(certificate(), approval=approval(at=BEGUN - timedelta(days=4)))),
        "TIME:",
    ),
    "key ended before the signature": (_key_ended, "proposal: not the person's key"),
    "key added after the signature": (_key_later, "approval: not the person's key"),
    "edition changed": (lambda: _forged("<edition>2026:1", "<edition>2026:2"), "proposal: the statement"),
    "plan changed": (lambda: _forged('digest="dddd', 'digest="eddd'), "proposal: the statement"),
    "day of judgement changed": (
        lambda: _forged('as-of="2026-01-15"', 'as-of="2026-02-15"'),
        "proposal: the statement",
    ),
    "authority changed": (
        lambda: _text(true_case(), "kulturnamnden", "socialnamnden"),
        "LEDGER: no fitting cull.certified",
    ),
    "total of a type changed": (lambda: _forged('<total items="3"', '<total items="2"'), "COUNT:"),
    "totals shifted between types": (
        lambda: _text(
            _text(true_case(), '<total items="3"', '<total items="4"'), '<total items="8"', '<total items="7"'
        ),
        "LEDGER: no fitting cull.certified",
    ),
    "place left out": (
        lambda: _text(true_case(), '<place removed="9" verified-absent="9">folder:prov</place>', ""),
        "LEDGER: no fitting cull.certified",
    ),
    "certificate of another order": (
        lambda: _forged(f'order="{ORDER}" as-of', f'order="{"b" * 64}" as-of'),
        "proposal: it is of",
    ),
    "element doubled": (
        lambda: _forged("</method>", "</method><mandate></mandate>"),
        "UNREADABLE:",
    ),
    "document type": (
        lambda: _forged("<certificate", '<!DOCTYPE certificate [<!ENTITY x "y">]><certificate'),
        "UNREADABLE:",
    ),
    "entity": (lambda: _forged("<method>", "<method>&x;"), "UNREADABLE:"),
    "cut off": (lambda: replace_data(true_case(), true_case().data[:-300]), "UNREADABLE:"),
    "another namespace": (lambda: _forged("urn:bevara:protocol:1", "urn:bevara:protocol:2"), "UNREADABLE:"),
    "not proposed in the ledger": (lambda: _without("cull.proposed"), "LEDGER: no fitting cull.proposed"),
    "not signed in the ledger": (lambda: _without("cull.signed"), "LEDGER: no fitting cull.signed"),
    "not approved in the ledger": (lambda: _without("cull.approved"), "LEDGER: no fitting cull.approved"),
    "not begun in the ledger": (lambda: _without("cull.begun"), "LEDGER: no fitting cull.begun"),
    "keys not in the ledger": (lambda: _without("person.key"), "LEDGER: no fitting person.key"),
    "begun before it was approved": (
        lambda: _exchanged("cull.begun", "cull.approved"),
        "LEDGER: no fitting cull.begun",
    ),
    "withdrawn": (_withdrawn, "LEDGER: it was withdrawn"),
    "ledger cut before certification": (
        lambda: _ledger(lambda told: told.__delitem__(slice(-2, None))),
        "LEDGER: no fitting cull.certified",
    ),
    "ledger names another certificate": (
        lambda: _ledger(
            lambda told: told.__setitem__(
                -2, replace(told[-2], evidence={**told[-2].evidence, "certificate_sha256": "0" * 64})
            )
        ),
        "LEDGER: no fitting cull.certified",
    ),
    "ledger rewritten before the certificate": (
        lambda: _ledger(lambda told: told.__setitem__(0, replace(told[0], actor="Annan"))),
        "LEDGER: the certificate names another link",
    ),
}


@pytest.mark.parametrize("kind", TAMPERED)
def test_tampering_is_told(kind: str, tmp_path: Path) -> None:
    """Each kind of tampering is refused with a line that names it."""
    make, told = TAMPERED[kind]
    code, lines = _run(tmp_path, make())
    assert code == 1
    assert any(line.startswith(told) for line in lines), lines
    assert not any(line.startswith("OK") for line in lines)


LEDGERS: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "link changed": lambda lines: [lines[0].replace(b"bevara", b"ingen!").replace(b"arkiv", b"arkif"), *lines[1:]],
    "links exchanged": lambda lines: [lines[1], lines[0], *lines[2:]],
    "link removed": lambda lines: [*lines[:2], *lines[3:]],
    "first link removed": lambda lines: lines[1:],
    "link doubled": lambda lines: [*lines[:3], lines[2], *lines[3:]],
    "link cut": lambda lines: [*lines[:-1], lines[-1][:-20]],
}


@pytest.mark.parametrize("kind", LEDGERS)
def test_a_broken_ledger_is_told(kind: str, tmp_path: Path) -> None:
    """A ledger whose links do not follow one another is refused whatever it says."""
    case = true_case()
    lines = segment(case.links).splitlines(keepends=True)
    code, told = _run(tmp_path, case, ledger=b"".join(LEDGERS[kind](lines)))
    assert code == 1
    assert any(line.startswith(("LEDGER: link ", "UNREADABLE:")) for line in told)
