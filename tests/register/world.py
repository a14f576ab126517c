"""A small real archive with a thread, a plan that asks for registrations, a registrar, and registries in its settings."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.__main__ import run
from flows.keep.append import Addition, append
from flows.oversee.marks import mark_items
from flows.oversee.persons import add_person
from schemas.hold import Mark
from schemas.ids import ItemId, month_of, native_hash
from schemas.neighbours import MediaBytes
from schemas.record import Kind, MediaRef, Row
from schemas.registration import Registration
from schemas.tables import to_table
from tests.cull.archive import ACCOUNT, AUTHORITY, OFFICER, Small

REGISTRAR = "Rut Registrator"
NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
ASKED = datetime(2026, 1, 14, 10, tzinfo=UTC)
MARKS = {
    "text": "5ec1e70a1b2c3d4e",
    "author": "5ec1e70a1b2c3d5f",
    "native": "5ec1e70a1b2c3d60",
    "alt": "5ec1e70a1b2c3d71",
}
"""What must never be found where it does not belong, by what it stands in; 16 digits that ``tests.canary.scan`` finds."""
TEXT, AUTHOR = f"Jag är sjuk, {MARKS['text']}", f"Vera {MARKS['author']}"
NATIVE, ALT = f"https://test/person/{MARKS['native']}", f"Bild av {MARKS['alt']}"

PLAN = """
id = "regplan"
title = "Plan med registrering"
edition = "1"
authorities = ["arvika-ks"]
valid_from = 2025-01-01
[mandate]
body = "Kommunstyrelsen"
date = 2024-12-03
paragraph = "§ 201"
dnr = "KS 2024/99"

[[rule]]
id = "inlagg"
type = "Eget inlägg"
action = "gallra"
period = "2 år"
trigger = "published"
legal = "Gallringsbeslut KS 2024/99"
registration = "no"
match = { kind = ["post", "reply"] }

[[rule]]
id = "kommentar"
type = "Kommentar av tillfällig betydelse"
action = "gallra"
trigger = "inaktuell"
registration = "no"
match = { kind = ["comment"], marks = { forbidden = ["borttagen-av-oss"] } }

[[rule]]
id = "skrap"
type = "Borttagen reklam"
action = "gallra"
trigger = "inaktuell"
registration = "no"
match = { kind = ["comment"], marks = { required = ["borttagen-av-oss", "inaktuell"] } }

[[rule]]
id = "borttaget"
type = "Borttaget hot"
action = "bevara"
reach = "item"
legal = "KS 2024/99"
registration = "yes"
match = { kind = ["comment"], marks = { required = ["borttagen-av-oss"], forbidden = ["inaktuell"] } }

[[rule]]
id = "meddelande"
type = "Privat meddelande"
action = "bevara"
reach = "item"
registration = "by_content"
match = { kind = ["message", "visitor_post"] }

[[rule]]
id = "egna"
type = "Det som Bevara gör"
action = "bevara"
reach = "item"
legal = "KS 2024/99"
registration = "yes"
match = { kind = ["snapshot", "removal_notice", "certificate"] }

[[rule]]
id = "ovrigt"
type = "Övriga handlingar"
action = "bevara"
reach = "item"
match = { kind = ["boost", "story", "mention", "profile", "decision", "block_decision", "duty_record", "account_decision", "account_list", "page_rules", "statistics", "request_log", "answer", "letter", "proposal", "coverage"] }
"""

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


@dataclass(slots=True)
class World(Small):
    """The archive with a registrar and registries."""

    @property
    def path(self) -> Path:
        """The home folder."""
        return self.root / "hem"

    def begin(self, registries: str = "", *, database: str = "") -> World:
        """Make it, with a registrar and hot folders ``diariet`` (open) and ``skyddat`` (secret)."""
        self.start(text=PLAN, database=database)
        self.at = NOW
        with self.open() as home:
            add_person(home.ground, REGISTRAR, "registrator")
        for name in ("diariet", "skyddat"):
            (self.root / name).mkdir()
        self.settings(registries or FOLDER)
        return self

    def row(self, kind: Kind = "post", published: datetime = ASKED, **changes: object) -> Row:
        """A row of a new item; its digest has the form that documents ask for."""
        return Small.row(self, kind, published, **{"identity": "0" * 64, "batch": "b", **changes})

    def handed(self, side: str = "diariet") -> dict[str, dict[str, bytes]]:
        """What lies in a hot folder: parcel → file → bytes."""
        return {
            folder.name: {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
            for folder in sorted((self.root / side).iterdir())
            if folder.name != "kvitto"
        }

    def settings(self, registries: str) -> None:
        """Write the registries and the municipality's names into the settings; once."""
        file = self.path / "bevara.toml"
        text = file.read_text("utf-8").partition("[organisation]")[0]
        names = (
            '[organisation]\nname = "Arvika kommun"\ncode = "ORG:212000-1892"\n'
            '[organisation.authorities]\narvika-ks = "Arvika kommunstyrelse"\n'
            '[organisation.collections.arvika-ks]\n2026 = "KS 2026/12"\n'
        )
        file.write_text(f"{text}{names}\n{registries}", encoding="utf-8")

    def thread(self, **changes: object) -> tuple[ItemId, ItemId, ItemId]:
        """A post of ours, a visitor's comment with a picture on it, and our reply to that."""
        post = self.row("post", ASKED, text="Nu plogas gatorna.", author="Arvika kommun")
        digest = hashlib.sha256(PNG).hexdigest()
        comment = self.row(
            "comment",
            ASKED + timedelta(hours=1),
            **{
                "text": TEXT,
                "author": AUTHOR,
                "author_native": NATIVE,
                "thread": post.item,
                "parent": post.item,
                "payload": json.dumps({"content": TEXT, "account": {"acct": AUTHOR, "url": NATIVE}}),
                "media": (
                    MediaRef(
                        role="picture",
                        origin=f"{NATIVE}/bild.png",
                        media_type="image/png",
                        alt=ALT,
                        digest=digest,
                        size=len(PNG),
                    ),
                ),
                **changes,
            },
        )
        reply = self.row(
            "reply",
            ASKED + timedelta(hours=2),
            text="Tack, vi tittar på det.",
            author="Arvika kommun",
            thread=post.item,
            parent=comment.item,
        )
        self.add([post, comment, reply], {digest: PNG})
        return post.item, comment.item, reply.item

    def add(self, rows: Sequence[Row], media: dict[str, bytes] | None = None, *, new: bool = True) -> list[ItemId]:
        """Append rows with their attachments, as a harvest does."""
        files = media or {}
        with self.open() as home:
            ground, key = home.ground, home.native_key()
            self.made += 1
            batch = f"t{self.made}"
            months = sorted({month_of(row.item) for row in rows})
            addition = Addition(
                batch=batch,
                tables={
                    (AUTHORITY, month): to_table(
                        [replace(row, batch=batch) for row in rows if month_of(row.item) == month]
                    )
                    for month in months
                },
                natives=[(native_hash(key, row.authority, row.platform, row.native), row.item) for row in rows if new],
                media={
                    digest: MediaBytes(file=io.BytesIO(data), digest=digest, size=len(data), media_type="image/png")
                    for digest, data in files.items()
                },
                references=[(row.item, one.digest) for row in rows for one in row.media if one.digest in files],
                act="harvest.batch",
                subject=ACCOUNT,
            )
            with ground.state.hold_lease(f"account:{ACCOUNT}") as lease:
                append(ground.state, ground.store, lease, addition, chance=ground.chance.fork(batch), at=self.at)
        return [row.item for row in rows]

    def mark(self, item: ItemId, kind: str, **values: Any) -> None:
        """Set a mark as an officer does."""
        with self.open() as home:
            mark_items(home.ground, [item], kind, OFFICER, **values)

    def command(self, *arguments: str, code: int = 0) -> Any:
        """The answer of a command with ``--json``."""
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            answer = run(["--home", str(self.path), "--at", self.at.isoformat(), "--json", *arguments])
        assert answer == code, (answer, told.getvalue())
        return json.loads(told.getvalue())

    def text(self, *arguments: str) -> str:
        """What a command prints for people."""
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            run(["--home", str(self.path), "--at", self.at.isoformat(), *arguments])
        return told.getvalue()

    def candidates(self) -> dict[str, list[str]]:
        """Candidates with their reasons' codes."""
        found = self.command("register", "candidates")["candidates"]
        return {one["item"]: [reason["code"] for reason in one["reasons"]] for one in found}

    def way(self, item: ItemId) -> Registration:
        """The registration of an item."""
        with self.open() as home, home.ground.state.reading() as books:
            found = books.registrations.get(item)
        assert found is not None
        return found

    def marks(self, item: ItemId) -> dict[str, Mark]:
        """Marks of an item by kind."""
        with self.open() as home, home.ground.state.reading() as books:
            return {one.kind: one for one in books.marks.of([item])}

    def acts(self, item: str) -> list[str]:
        """Acts of the ledger that name the subject, in order."""
        with self.open() as home, home.ground.state.reading() as books:
            return [json.loads(link.body)["act"] for link in books.ledger.about(item)]


FOLDER = """
[[registry]]
name = "diariet"
kind = "folder"
path = "../diariet"
secret_path = "../skyddat"
"""
