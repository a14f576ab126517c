"""Packages that are killed while they are built and while they are delivered: one whole package comes of it, once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from flows.archive.pack.act import package
from flows.archive.pack.deliver import deliver, receipt
from flows.keep.spool import sweep
from schemas.ground import Home
from tests.archive.pack.dock import AT, PERSON, WISH, Dock, gather
from tests.kills.acts import Act, _recover, _verified, opened

REFERENCE = "KVITTO-7"


def _leave(root: Path, *, built: bool) -> None:
    dock = Dock(root)
    dock.build()
    beside = Dock(root.parent / "beside")
    shutil.copytree(root, beside.root)
    whole = beside.package().package
    shutil.rmtree(beside.root)
    if built:
        dock.package()
    (root / "at").write_text(AT, "ascii")
    known = {"id": whole.intent.id, "sha256": whole.sha256, "size": whole.size, "name": whole.name}
    (root.parent / "known.json").write_text(json.dumps(known), "utf-8")


def build_planned(root: Path) -> None:
    """A home whose account is to be packaged."""
    _leave(root, built=False)


def act_package(home: Home, _: Any) -> None:
    """Recover, then package, unless that is done; what is left in the spool goes, as it does every night."""
    _recover(home)
    sweep(home)
    with home.ground.state.reading() as books:
        done = [one for one in books.packages.all() if one.standing != "planned"]
    if not done:
        package(home, WISH, PERSON, gather=gather)


def check_packaged(root: Path, known: Any) -> list[str]:
    """One package with the bytes of an undisturbed run, registered, listed, and nothing else beside it."""
    problems: list[str] = []
    with opened(root) as home:
        ground = home.ground
        with ground.state.reading() as books:
            found = list(books.packages.all())
            copies = books.copies.find(kind="package")
            bodies = [link.body for link in books.ledger.after(0)]
            items = list(books.packages.items(known["id"]))
        keys = [info.key for info in ground.store.list("work/")]
        left = [*ground.store.unfinished("work/")]
        digests = [ground.store.checksum(key) for key in keys]
    if [(one.intent.id, one.standing, one.sha256) for one in found] != [(known["id"], "packaged", known["sha256"])]:
        problems.append(f"packages: {[(one.standing, one.sha256) for one in found]}")
    if digests != [known["sha256"]] or left or keys != [one.key for one in copies]:
        problems.append(f"objects: {keys}, digests: {digests}, unfinished: {left}, copies: {len(copies)}")
    if [sorted(one.items) for one in copies] != [items]:
        problems.append("the copy and the package do not name the same items")
    acts = ("archive.planned", "archive.packaged", "archive.packaged.items")
    problems += [f"not one receipt: {act}" for act in acts if sum(f'"act":"{act}"' in body for body in bodies) != 1]
    if any((root / "hem" / "spool").glob("*/*")):
        problems.append("the spool is not empty")
    return problems + _verified(root)


def build_packaged(root: Path) -> None:
    """A home with a built package."""
    _leave(root, built=True)


def act_deliver(home: Home, known: Any) -> None:
    """Recover, then deliver and record the receipt, as far as that is not done."""
    _recover(home)
    with home.ground.state.reading() as books:
        found = books.packages.get(known["id"])
    if found is not None and found.standing != "accepted":
        deliver(home, known["id"])
        receipt(home, known["id"], "accepted", REFERENCE, PERSON)


def check_delivered(root: Path, known: Any) -> list[str]:
    """The receiver has the package whole, the receipt is recorded once, and the built file is gone from here."""
    problems: list[str] = []
    there = Dock(root).receiver
    names = sorted(path.name for path in there.iterdir())
    if names != sorted([known["name"], f"{known['name']}.sha256"]):
        problems.append(f"at the receiver's: {names}")
    elif (there / names[1]).read_text("ascii").split()[0] != known["sha256"]:
        problems.append("another digest")
    elif (there / names[0]).stat().st_size != known["size"]:
        problems.append("another size")
    with opened(root) as home:
        with home.ground.state.reading() as books:
            found = books.packages.get(known["id"])
            waiting, accepted = books.packages.waiting(), books.packages.items(known["id"])
            bodies = [link.body for link in books.ledger.after(0)]
        keys = [info.key for info in home.ground.store.list("work/")]
    if found is None or (found.standing, found.reference, found.key) != ("accepted", REFERENCE, ""):
        problems.append(f"standing: {found and found.standing}")
    if keys or waiting or len(accepted) != 3:
        problems.append(f"left: {keys}, waiting: {len(waiting)}, accepted: {len(accepted)}")
    if sum('"act":"archive.receipt"' in body for body in bodies) != 1:
        problems.append("not one receipt of the receiver's answer")
    return problems + _verified(root)


PACKING = {
    "package": Act(build_planned, act_package, check_packaged),
    "deliver": Act(build_packaged, act_deliver, check_delivered),
}
