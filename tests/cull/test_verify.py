"""A real culling's certificate, verified against its home and by the script that stands alone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows.cull.approval import withdraw
from flows.cull.execute import execute
from flows.cull.export import export_certificate, find_certificate
from flows.cull.verify import verify_certificate
from flows.oversee.persons import change_person
from schemas.codes import sentence
from schemas.codes.certificate import TEXTS
from schemas.ids import ItemId
from schemas.merkle import leaf, root
from schemas.protocol import Certificate
from schemas.receipt import Receipt
from schemas.xml.protocol import read_certificate, write_certificate
from tests.cull.archive import APPROVER, OLD, PROPOSER, Small

SCRIPT = Path(__file__).resolve().parents[2] / "infra" / "verify_certificate.py"


def _cull(small: Small) -> tuple[Small, list[ItemId], bytes]:
    rows = [small.row() for _ in range(5)] + [small.row(published=OLD + timedelta(days=60))]
    rows += [small.row("visitor_post", own=False), small.row("visitor_post", own=False)]
    items = small.put(rows)
    digest = small.propose()
    small.later(minutes=5)
    small.approve(digest)
    small.later(minutes=5)
    with small.open() as home:
        done = execute(home, digest)
        assert (done.standing, done.culled) == ("done", 6)
        data = find_certificate(home, digest)
    return small, items, data


@pytest.fixture
def culled(small: Small) -> tuple[Small, list[ItemId], bytes]:
    """Six posts were due in two months and are culled, two of visitors stay; and the certificate."""
    return _cull(small)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Small, list[ItemId], bytes]]:
    """The same once for all tests that change nothing in the archive."""
    folder = tmp_path_factory.mktemp("sealed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BEVARA_KEYS", str(folder / "nycklar"))
        small = Small(folder / "allt")
        small.start()
        yield _cull(small)


def _codes(small: Small, data: bytes) -> set[str]:
    with small.open() as home:
        findings = verify_certificate(home, data)
    assert all("…" not in sentence(one.code, "sv", dict(one.parameters)) for one in findings)
    return {one.code for one in findings}


def test_a_true_certificate_has_no_findings(culled: tuple[Small, list[ItemId], bytes]) -> None:
    """Everything holds, right after the culling and after later work."""
    small, _, data = culled
    assert _codes(small, data) == set()
    small.later(days=30)
    small.put([small.row()])
    with small.open() as home:
        change_person(home.ground, APPROVER, {"role": "registrator"})
    assert _codes(small, data) == set()


def test_the_stand_alone_script_accepts_what_is_handed_out(
    sealed: tuple[Small, list[ItemId], bytes], tmp_path: Path
) -> None:
    """Certificate, keys and ledger as exported are enough; an item is found by the salt of its tombstone."""
    small, items, data = sealed
    with small.open() as home:
        written = export_certificate(home, read_certificate(data).order, tmp_path / "ut")
        with home.ground.state.reading() as books:
            [stone] = books.tombstones.of([items[0]])
    assert len(written) == 4
    files = [tmp_path / "ut" / name for name in ("gallringsprotokoll.xml", "nycklar.jsonl", "liggare.jsonl")]
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *map(str, files), "--item", items[0], stone.salt.hex()],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == f"ITEM {items[0]} is present"
    assert done.stdout.splitlines()[1].startswith("OK 6 culled, ")


def _changed(change: Callable[[Certificate], Certificate]) -> Callable[[bytes], bytes]:
    return lambda data: write_certificate(change(read_certificate(data)))


OTHER = leaf(bytes(32), "202401-qqqqqqqqqqqqqqqq")


def _leaf_added(one: Certificate) -> Certificate:
    leaves = tuple(sorted((*one.leaves, OTHER)))
    return replace(one, leaves=leaves, root=root(leaves))


def _swapped(one: Certificate) -> Certificate:
    return replace(
        one,
        proposal=replace(one.proposal, signature=one.approval.signature),
        approval=replace(one.approval, signature=one.proposal.signature),
    )


CHANGED: dict[str, tuple[Callable[[bytes], bytes], set[str]]] = {
    "cut off": (lambda data: data[:-20], {"K150"}),
    "a byte of a text": (lambda data: data.replace(b"Filer", b"filer", 1), {"K152"}),
    "count": (_changed(lambda one: replace(one, culled=5)), {"K152", "K159"}),
    "kept": (_changed(lambda one: replace(one, kept=9)), {"K152"}),
    "leaf removed": (_changed(lambda one: replace(one, leaves=one.leaves[1:])), {"K152", "K159", "K160", "K161"}),
    "leaf added": (_changed(_leaf_added), {"K152", "K159", "K161"}),
    "leaves reordered": (_changed(lambda one: replace(one, leaves=one.leaves[::-1])), {"K152", "K158"}),
    "root": (_changed(lambda one: replace(one, root="0" * 64)), {"K152", "K160"}),
    "rule of a total": (
        _changed(lambda one: replace(one, totals=(replace(one.totals[0], rule="kommentar"),))),
        {"K152", "K162"},
    ),
    "proposer": (
        _changed(lambda one: replace(one, proposal=replace(one.proposal, person="Agda Ansvarig"))),
        {"K152", "K153", "K154"},
    ),
    "one person": (
        _changed(lambda one: replace(one, proposal=replace(one.proposal, person=APPROVER))),
        {"K152", "K153", "K154", "K155"},
    ),
    "signatures swapped": (_changed(_swapped), {"K152", "K153", "K154"}),
    "statement": (
        _changed(lambda one: replace(one, approval=replace(one.approval, statement=one.approval.statement + " "))),
        {"K152", "K153", "K154"},
    ),
    "begun after the end": (
        _changed(
            lambda one: replace(one, begun=one.begun + timedelta(days=99), finished=one.begun + timedelta(days=99))
        ),
        {"K152", "K156"},
    ),
    "another link": (_changed(lambda one: replace(one, ledger_hash="0" * 64)), {"K152", "K157"}),
    "a link that is not there": (_changed(lambda one: replace(one, ledger_seq=10**6)), {"K152", "K157"}),
    "another order": (_changed(lambda one: replace(one, order="b" * 64)), {"K151", "K152"}),
}


@pytest.mark.parametrize("kind", CHANGED)
def test_a_changed_certificate_is_found(kind: str, sealed: tuple[Small, list[ItemId], bytes]) -> None:
    """Each change is told by its own code, and always by the ledger's."""
    small, _, data = sealed
    change, codes = CHANGED[kind]
    assert change(data) != data
    assert _codes(small, change(data)) == codes


def test_what_is_left_is_found(culled: tuple[Small, list[ItemId], bytes]) -> None:
    """A record that counts as culled under the order and still has its row and its locator is found by each of them."""
    small, items, data = culled
    with small.open() as home, home.ground.state.writing() as books:
        [stone] = books.tombstones.of([items[0]])
        books.tombstones.add([replace(stone, item=items[6], thread=items[6])])
    assert _codes(small, data) == {"K161", "K162", "K163", "K166"}


def test_an_object_that_is_back_is_found(culled: tuple[Small, list[ItemId], bytes]) -> None:
    """An object that the ledger saw absent and that lies in the place again is found."""
    small, _, data = culled
    with small.open() as home:
        with home.ground.state.reading() as books:
            links = books.ledger.after(0)
        [key] = {
            word
            for link in links
            if '"keep.removed"' in link.body
            for word in link.body.split('"')
            if word.startswith("holdings/") and "2022-07" in word
        }
        home.ground.store.put_new(key, b"back from a backup")
    assert _codes(small, data) == {"K164"}


def test_a_reference_that_is_left_is_found(culled: tuple[Small, list[ItemId], bytes]) -> None:
    """A locator that names a culled item again is found."""
    small, items, data = culled
    with small.open() as home, home.ground.state.writing() as books:
        books.natives.add([(bytes(32), items[0])])
    assert _codes(small, data) == {"K166"}


def test_a_missing_file_is_no_proof_of_absence(culled: tuple[Small, list[ItemId], bytes]) -> None:
    """When a live file cannot be read, nothing is called gone."""
    small, _, data = culled
    with small.open() as home:
        with home.ground.state.reading() as books:
            live = books.manifest.live()
        home.ground.store.destroy(live[0].key)
    assert "K168" in _codes(small, data)


def test_a_certificate_of_an_order_that_was_taken_up_again(small: Small) -> None:
    """Withdrawn, proposed and signed anew, approved and executed: the certificate holds."""
    small.put([small.row() for _ in range(3)])
    with small.open() as home:
        withdraw(home, small.propose(), PROPOSER)
    small.later(minutes=1)
    digest = small.propose()
    small.later(minutes=1)
    small.approve(digest)
    with small.open() as home:
        assert execute(home, digest).standing == "done"
        assert verify_certificate(home, find_certificate(home, digest)) == ()


def test_a_ledger_that_was_changed_is_found(culled: tuple[Small, list[ItemId], bytes]) -> None:
    """A link that no longer follows the one before it is named."""
    small, _, data = culled
    with closing(sqlite3.connect(small.root / "hem" / "state" / "bevara.db")) as raw:
        changed = raw.execute("UPDATE ledger SET body = replace(body, '2025', '2024') WHERE seq = 2").rowcount
        raw.commit()
    assert changed == 1
    assert "K169" in _codes(small, data)


def test_a_later_receipt_cannot_name_another_certificate(culled: tuple[Small, list[ItemId], bytes]) -> None:
    """A receipt of another digest for the same order does not unmake the true one."""
    small, _, data = culled
    order = read_certificate(data).order
    with small.open() as home, home.ground.state.writing() as books:
        books.ledger.append(
            Receipt(
                act="cull.certified",
                at=small.at,
                actor="bevara",
                subjects=(order,),
                evidence={"certificate_sha256": "0" * 64, "root": "0" * 64, "culled": 6},
            )
        )
    assert _codes(small, data) == set()


def test_every_code_has_two_sentences() -> None:
    """Each code says in Swedish and English what does not hold."""
    assert set(TEXTS) == {f"K{number}" for number in range(150, 170)}
    assert all(swedish.endswith(".") and english.endswith(".") for swedish, english in TEXTS.values())
