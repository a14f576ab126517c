"""A recorded account for the canary: what the platform shows before the culling, and goes on showing after it."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from schemas.record import Kind
from tests.canary.marks import Marks
from tests.canary.world import Canary
from tests.servers.recordings import OPENED, write_account, write_recording

ACCOUNT, HANDLE = "kommunen", "Kommunen"
NIGHTS = ("2023-04-28T02:00:00Z", "2023-05-20T02:00:00Z", "2023-07-01T02:00:00Z")
"""Nights that are played before the culling; attachments that fail in the first are there in the second."""
_FAILING = [{"from": "2023-01-01T00:00:00Z", "to": "2023-05-01T00:00:00Z"}]


def record(folder: Path, count: int, culled: int, marks: Marks, seed: str) -> list[Canary]:
    """Write recording and account file; returns the items, ``item`` not yet known. One of them is the profile."""
    made = _Recording(folder, Random(f"recorded/{seed}"), marks)
    sides = [True] * culled + [False] * (count - culled)
    made.random.shuffle(sides)
    for number in range(count - 1):
        made.item(number, culled=sides[number])
    profile = Canary(name="profilen", kind="profile", culled=sides[-1])
    shown = {
        "at": OPENED,
        "name": HANDLE,
        "description": f"Välkommen {marks.words(profile.name)}",
        "website": f"https://exempel.se/{marks.word(profile.name)}",
        "picture": made.attachment(profile, "png"),
    }
    write_recording(folder, made.items, handle=HANDLE, profile=[shown])
    write_account(folder.parent / f"{ACCOUNT}.toml", folder, name=ACCOUNT, handle=HANDLE)
    return [*made.canaries, profile]


class _Recording:
    def __init__(self, folder: Path, random: Random, marks: Marks) -> None:
        self.folder = folder
        self.random = random
        self.marks = marks
        self.items: list[dict[str, Any]] = []
        self.canaries: list[Canary] = []
        (folder / "media").mkdir(parents=True)

    def item(self, number: int, *, culled: bool) -> None:
        """Record one item under the name ``n<number>``."""
        kind: Kind = ("post", "comment", "comment", "reply", "comment", "boost")[number % 6]
        one = Canary(name=f"spelad-{number}", kind=kind, culled=culled)
        self.canaries.append(one)
        words = self.marks.words
        own = kind in ("post", "reply", "boost")
        day = 1 + number * 80 // 100
        created = f"2023-0{2 + day // 28}-{1 + day % 28:02d}T08:00:{number % 60:02d}+01:00"
        value: dict[str, Any] = {
            "id": one.name,
            "author": {"id": "kommun", "name": HANDLE}
            if own
            else {"id": f"person-{number}", "name": f"Besökare {words(one.name)}"},
            "created": created,
            "text": "",
        }
        if kind in ("comment", "reply"):
            above = self.items[self.random.randrange(max(0, len(self.items) - 5), len(self.items))]
            while "boost" in above:
                above = self.items[self.items.index(above) - 1]
            value |= {"parent": above["id"], "thread": above.get("thread", above["id"])}
        if kind == "boost":
            # What somebody else wrote is not kept: this mark is never to be found, before or after.
            value["boost"] = {
                "id": f"annat-{number}",
                "author": {"id": "x", "name": words()},
                "text": f"Annans {words()}",
            }
            self.items.append(value)
            return
        value |= {"text": f"Spelat {words(one.name)}", "extra": {"spoiler": words(one.name)}}
        if number % 4 == 0:
            value["edits"] = [{"at": "2023-05-10T10:00:00+02:00", "text": f"Ändrat {words(one.name)}"}]
        elif number % 5 == 1:
            value["links"] = [f"https://exempel.se/{self.marks.word(one.name)}"]
        if number % 8 == 2:
            value["attachments"] = [self.attachment(one, "png")]
        if number % 16 == 9:
            value["attachments"] = [
                self.attachment(one, "vtt"),
                {**self.attachment(one, "png"), "unavailable": _FAILING},
            ]
        if number % 9 == 4:
            value["hidden_at"] = "2023-06-01T10:00:00+02:00"
        self.items.append(value)

    def attachment(self, one: Canary, kind: str) -> dict[str, Any]:
        """An attachment with marks in its name, its alt text and its bytes."""
        name = f"media/{self.marks.word(one.name)}.{kind}"
        words = self.marks.words(one.name)
        data = f"WEBVTT\n\n00:00.000 --> 00:02.000\n{words}\n" if kind == "vtt" else f"\x89PNG\r\n\x1a\ntEXt{words}"
        (self.folder / name).write_bytes(data.encode())
        media_type = {"vtt": "text/vtt", "png": "image/png"}[kind]
        return {"file": name, "type": media_type, "alt": f"Här syns {self.marks.words(one.name)}"}
