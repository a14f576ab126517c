"""Kill the sending at every point: ``python -m tests.register.kills TEMPLATE MAIL ITEM`` prints what went wrong, as JSON.

A process of its own that does nothing itself but fork, as ``tests.kills.runner``: for every point, child 1 is killed
there, child 2 recovers and sends what is left; then it is looked at what has arrived.
"""

from __future__ import annotations

import email
import hashlib
import json
import shutil
import sqlite3
import sys
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import connectors.registries.mail
import connectors.typesetting  # noqa: F401 - loaded here once; a fork has it
from connectors.home import open_home
from flows.keep.recover import recover
from flows.register.nightly import dispatch_all
from schemas.ids import ItemId
from tests.kills.killing import KILLED, Killer, killing
from tests.kills.runner import in_child


def sends(root: Path, at: datetime, item: ItemId, stop_at: int | None) -> int:
    """Recover and send, killed at a point or not at all; returns how many points there were."""
    counter = Killer(stop_at)
    with open_home(root / "hem", at=at) as home:
        ground = home.ground
        recover(ground.state, ground.store, at, ground.mirrors)
        done = dispatch_all(killing(home, counter), [item])
        (root / "told").write_text(json.dumps([f.code for one in done for f in one.findings]), "ascii")
    (root / "points").write_text(str(counter.points), "ascii")
    return counter.points


def arrived(mail: Path) -> list[str]:
    """Message-IDs on the server, in order of arrival."""
    return [str(email.message_from_bytes(path.read_bytes())["Message-ID"]) for path in sorted(mail.glob("*.eml"))]


def looked_at(root: Path, at: datetime, item: ItemId, messages: list[str]) -> list[str]:
    """What is wrong with the outcome; empty = nothing."""
    problems = []
    with open_home(root / "hem", at=at) as home:
        with home.ground.state.reading() as books:
            way = books.registrations.get(item)
            copies = books.copies.find(kind="registration")
            dead = books.intents.dead()
        stored = [info.key for info in home.ground.store.list("work/registrations/")]
    if way is None or way.standing != "sent":
        problems.append(f"stands as {way and way.standing}")
    if len(set(messages)) != 1:
        problems.append(f"Message-IDs: {sorted(set(messages))}")
    told = json.loads((root / "told").read_text("ascii"))
    if way is not None and len(messages) > 1 and (way.repeats < 1 or "J115" not in told):
        problems.append(f"{len(messages)} messages, and no repeat is told of")
    if [copy.key for copy in copies] != stored or dead:
        problems.append("objects and register of copies differ")
    secret = way is not None and way.secret
    for side in ("diariet", "skyddat"):
        folders = list((root / side).iterdir())
        if [one.name for one in folders] != ([f"bevara-{item}-v1"] if secret else []):
            problems.append(f"{side} holds {len(folders)} folders")
        for folder in folders:
            for line in (folder / "SHA256SUMS").read_text("ascii").splitlines():
                digest, _, name = line.partition("  ")
                if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                    problems.append(f"{side} holds a damaged file")
    return problems


def stored(root: Path, item: ItemId) -> bool:
    """The parcel is stored and registered."""
    with sqlite3.connect(root / "hem" / "state" / "bevara.db") as state:
        return bool(state.execute("select 1 from registration where item = ? and key <> ''", (item,)).fetchone())


@dataclass(slots=True)
class Kills:
    """The points of one sending, one after the other."""

    mail: Path
    item: ItemId
    at: datetime
    work: Path
    points: int = 0
    repeated: int = 0
    problems: dict[str, list[str]] = field(default_factory=dict)

    def stretch(self, template: Path, name: str) -> Path | None:
        """Every point from a template on, to the end (None) or until the parcel is stored: a copy of that moment."""
        point = 1
        while True:
            root = self.work / f"{name}-{point}"
            shutil.copytree(template, root)
            before = len(arrived(self.mail))
            if in_child(partial(sends, root, self.at, self.item, point)) != KILLED:
                return None
            packed = name == "packing" and stored(root, self.item)
            if packed:
                shutil.copytree(root, self.work / "packed")
            self.points += 1
            found = self.gone_on(root, before)
            if found:
                self.problems[f"{name} {point}"] = found
            if packed:
                return self.work / "packed"
            point += 1

    def gone_on(self, root: Path, before: int) -> list[str]:
        """Another process goes on after the kill; what is wrong with what came of it."""
        if in_child(partial(sends, root, self.at, self.item, None)):
            return ["going on raised an error"]
        messages = arrived(self.mail)[before:]
        self.repeated += len(messages) > 1
        if in_child(partial(_look, root, self.at, self.item, messages)):
            return ["looking raised an error"]
        found: list[str] = json.loads((root / "problems").read_text("ascii"))
        return found


def main() -> None:
    """Every point of one sending: first until the parcel is stored, then from there to the end."""
    template, mail, item = Path(sys.argv[1]), Path(sys.argv[2]), ItemId(sys.argv[3])
    at = datetime.fromisoformat((template / "at").read_text("ascii"))
    kills = Kills(mail=mail, item=item, at=at, work=template.parent / f"kills-{item}")
    packed = kills.stretch(template, "packing")
    if packed is not None:
        kills.stretch(packed, "handing")
    told = {"points": kills.points, "repeated": kills.repeated, "problems": kills.problems}
    print(json.dumps({**told, "stored": packed is not None}))  # noqa: T201 - the test reads it


def _look(root: Path, at: datetime, item: ItemId, messages: list[str]) -> None:
    (root / "problems").write_text(json.dumps(looked_at(root, at, item, messages)), "ascii")


if __name__ == "__main__":
    main()
