"""From rows to the e-archive and back: real content in every form, judged by others, delivered, answered, then culled."""

from __future__ import annotations

import json
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import bagit  # type: ignore[import-untyped] # it has no types
import pytest

from connectors.packages import open_package
from flows.archive.check.examine import check_package
from flows.archive.pack.act import Wish, package, plan
from flows.archive.pack.build import Built, build, profile_as_planned
from flows.archive.pack.content import prepare
from flows.archive.pack.deliver import deliver, fetch, receipt
from flows.keep.judged import standing
from flows.keep.recover import recover
from schemas.ground import Home
from schemas.ids import Month
from tests.archive.pack.filled import AUTHOR, HOSTILE, PLAN, Filled
from tests.cull.archive import ACCOUNT, PROPOSER, Small
from tests.servers.eark_validator import EarkValidator

FORMS = {
    "eark": 'form = "eark"',
    "eark3": 'form = "eark"\nerms = "3.0"\ncontainer = "zip"',
    "fgs12": 'form = "fgs12"\ncontainer = "zip"',
}
_REST = """
agreement = "KA 2025/17;2025-09-01"
archive_name = "Kommunstyrelsens arkiv"
[[agent]]
role = "archival-creator"
name = "Arvika kommunstyrelse åäö"
code = "ORG:212000-1892"
[[agent]]
role = "submitter"
name = "Arvika kommun"
code = "ORG:212000-1892"
[[agent]]
role = "contact"
name = "Arkivfunktionen"
notes = ["arkivet@arvika.example"]
[[agent]]
role = "preservation"
name = "E-arkivet"
code = "ORG:222000-0000"
[receiver]
kind = "folder"
path = "../mottagare"
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """An archive with everything that can go into a package, and a profile of each form."""
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("resa")
        patch.setenv("BEVARA_KEYS", str(root / "nycklar"))
        small = Small(root / "allt")
        small.start(text=PLAN)
        found = Filled(small)
        found.fill()
        with found.open() as home:
            folder = home.path / "profiles"
            folder.mkdir()
            for name, head in FORMS.items():
                (folder / f"{name}.toml").write_text(f"{head}\n{_REST}", "utf-8")
            (home.path.parent / "mottagare").mkdir()
        yield found


def _wish(profile: str) -> Wish:
    return Wish(account=ACCOUNT, first=Month("2024-05"), last=Month("2024-06"), profile=profile)


@pytest.fixture(scope="module")
def packages(filled: Filled) -> dict[str, Built]:
    """One package of each form."""
    with filled.open() as home:
        return {name: package(home, _wish(name), PROPOSER) for name in FORMS}


@pytest.mark.parametrize("form", FORMS)
def test_a_package_of_real_content_is_valid(
    form: str, filled: Filled, packages: dict[str, Built], tmp_path: Path
) -> None:
    """Built, then read from a file as a receiver would: every rule, schema, size and digest holds."""
    built = packages[form]
    assert built.done, [(one.code, one.parameters) for one in built.findings]
    with filled.open() as home:
        _, file = fetch(home, built.package.intent.id, tmp_path)
        with open_package(file) as files:
            checked = check_package(files, home.schemas_dir)
    wrong = [(one.code, one.location) for one in checked.findings if one.severity == "error"]
    assert (checked.valid, wrong) == (True, [])
    # What was lost is told, not hidden: the archive lacks an attachment and could not fetch another.
    assert {"A240", "A241"} <= {one.code for one in built.findings}


@pytest.mark.parametrize("form", ["eark", "eark3"])
def test_another_validator_accepts_it(
    form: str, filled: Filled, packages: dict[str, Built], tmp_path: Path, eark_validator: EarkValidator
) -> None:
    """eark-validator 1.1.3, offline: well formed, valid, no error but those that no right SIP can avoid."""
    with filled.open() as home:
        _, file = fetch(home, packages[form].package.intent.id, tmp_path)
    opinion = eark_validator.check(file)
    # Its list of content types is of 2.1.0, before ``citserms_v3_0``: that word alone is an error more to it.
    newer = {"CSIP4", "CSIP62"} if form == "eark3" else set()
    assert replace(opinion, errors=opinion.errors - newer).accepted, opinion.errors


@pytest.mark.parametrize("form", FORMS)
def test_other_programs_open_it(form: str, filled: Filled, packages: dict[str, Built], tmp_path: Path) -> None:
    """A plain tar or zip reader unpacks it into one folder; bagit makes a bag of that and finds it whole."""
    with filled.open() as home:
        stored, file = fetch(home, packages[form].package.intent.id, tmp_path)
    into = tmp_path / "uppackat"
    if file.suffix == ".tar":
        with tarfile.open(file) as tar:
            tar.extractall(into, filter="data")
    else:
        with zipfile.ZipFile(file) as whole:
            assert whole.testzip() is None
            whole.extractall(into)
    (root,) = into.iterdir()
    assert root.name == stored.name.rpartition(".")[0]
    bag = bagit.make_bag(str(root), checksums=["sha256"])
    bag.validate()


def test_a_rebuild_of_real_content_gives_the_same_bytes(filled: Filled) -> None:
    """Built twice from one stored intent, with renditions made ahead or not: the same digest."""
    digests = []
    for ahead in (False, True):
        with filled.open() as home:
            intent = plan(home, replace(_wish("eark"), rules=("inlagg",)), PROPOSER)
            if ahead:
                prepare(home, intent, profile_as_planned(home, intent))
            digests.append(_digest(home, intent.id))
    assert digests[0] == digests[1]


def _digest(home: Home, package_id: str) -> str:
    """Build a package, note its digest, and put it back to where it was planned."""
    built = build(home, package_id)
    assert built.done, built.findings
    with home.ground.state.writing() as books:
        books.revision(lock=True)
        books.copies.retire([built.package.key])
        books.packages.change(replace(built.package, standing="planned", key="", changed=home.ground.clock.now()))
    recover(home.ground.state, home.ground.store, home.ground.clock.now(), home.ground.mirrors)
    return built.package.sha256


def test_words_of_visitors_stand_in_the_package_alone(filled: Filled, packages: dict[str, Built]) -> None:
    """Neither ledger nor database nor findings hold a text, an author or a file name of the content."""
    with filled.open() as home:
        with home.ground.state.reading() as books:
            said = "".join(link.body for link in books.ledger.after(0))
        state = b"".join(one.read_bytes() for one in (home.path / "state").iterdir())
    said += json.dumps(
        [[one.code, one.subject, one.parameters] for built in packages.values() for one in built.findings]
    )
    for word in (AUTHOR, HOSTILE[:8], "Torget är", "Åsna", "passwd", "personnummer"):
        assert word not in said
        assert word.encode() not in state


def test_after_the_receipt_the_plan_lets_go(filled: Filled, packages: dict[str, Built]) -> None:
    """While a package waits its items are pending; once all who wait are answered, the receipt is the plan's proof."""
    item = filled.items["hostile"]
    with filled.open() as home:
        today = date(2026, 1, 15)
        assert item in standing(home.ground, today).pending
        for built in packages.values():
            done = deliver(home, built.package.intent.id)
            assert done.package.standing == "delivered", done.findings
            receipt(home, built.package.intent.id, "accepted", "KV-1", PROPOSER)
        after = standing(home.ground, today)
        assert item not in after.pending
        assert "e-arkiv" in after.proofs
        delivered = sorted(one.name for one in (home.path.parent / "mottagare").iterdir())
    names = [built.package.name for built in packages.values()]
    assert delivered == sorted([*names, *(f"{name}.sha256" for name in names)])
