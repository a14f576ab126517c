"""An archive with a second place: backed up, culled, and put back as it was."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from connectors.home import open_home
from flows.cull.execute import Executed, execute
from flows.keep.append import Addition, append
from schemas.ground import Home
from schemas.ids import ItemId, month_of, native_hash
from schemas.neighbours import MediaBytes
from schemas.record import MediaRef, Row
from schemas.tables import to_table
from tests.canary.marks import Marks
from tests.canary.scan import Scan
from tests.cull.archive import ACCOUNT, AUTHORITY, OLD, YOUNG, Small

SECOND = '\n[second]\npath = "../andra"\n'


@dataclass(slots=True)
class World:
    """A small archive with a second place beside it.

    Attributes:
        small: the archive. marks: what only one item's content has.
        old, young: items that the plan culls, and that it keeps.
    """

    small: Small
    marks: Marks = field(default_factory=lambda: Marks("restore"))
    old: list[ItemId] = field(default_factory=list)
    young: list[ItemId] = field(default_factory=list)

    @property
    def home(self) -> Path:
        """The home folder."""
        return self.small.root / "hem"

    @property
    def second(self) -> Path:
        """The second place's folder."""
        return self.small.root / "andra"

    @property
    def backup(self) -> Path:
        """Where the backup of the home lies."""
        return self.small.root / "kopia"

    def protect(self, text: str = SECOND) -> None:
        """Configure the second place and more."""
        self.second.mkdir(exist_ok=True)
        file = self.home / "bevara.toml"
        file.write_text(file.read_text("utf-8") + text, "utf-8")

    def fill(self, old: int = 4, young: int = 2) -> None:
        """Items with text, names and an attachment each; the first two old ones share one with a young one."""
        shared = ""
        for number in range(old + young):
            published = OLD if number < old else YOUNG
            row = self.small.row(published=published)
            mark = self.marks.words(row.item)
            if number in (0, 1, old):
                shared = shared or self.marks.words("shared")
                data = shared.encode()
            else:
                data = self.marks.words(row.item).encode()
            digest = hashlib.sha256(data).hexdigest()
            self._put(row, digest, data, mark)
            (self.old if number < old else self.young).append(row.item)

    def _put(self, base: Row, digest: str, data: bytes, text: str) -> None:
        item = base.item
        media = (MediaRef(role="picture", origin="o", digest=digest, size=len(data)),)
        row = replace(base, text=text, media=media, batch=item)
        with self.small.open() as home:
            ground = home.ground
            addition = Addition(
                batch=item,
                tables={(AUTHORITY, month_of(item)): to_table([row])},
                natives=[(native_hash(home.native_key(), AUTHORITY, row.platform, row.native), item)],
                media={
                    digest: MediaBytes(file=io.BytesIO(data), digest=digest, size=len(data), media_type="image/png")
                },
                references=[(item, digest)],
                act="harvest.batch",
                subject=ACCOUNT,
            )
            with ground.state.hold_lease(f"account:{ACCOUNT}") as lease:
                append(ground.state, ground.store, lease, addition, chance=ground.chance.fork(item), at=self.small.at)

    def back_up(self) -> None:
        """Copy the whole home."""
        shutil.copytree(self.home, self.backup)

    def put_back(self) -> None:
        """Put the backup in the home's place."""
        shutil.rmtree(self.home)
        shutil.copytree(self.backup, self.home)

    def cull(self) -> Executed:
        """Propose, approve and execute all that is due."""
        digest = self.small.propose()
        self.small.approve(digest)
        with self.small.open() as home:
            return execute(home, digest)

    @contextmanager
    def restoring(self) -> Iterator[Home]:
        """The home, opened to be restored."""
        with open_home(self.home, at=self.small.at, restore=True) as home:
            yield home

    def scan(self) -> frozenset[str]:
        """Marks whose bytes are anywhere in the home."""
        scan = Scan(list(self.marks.carriers))
        scan.folder("hem", self.home)
        return scan.found

    def of(self, *items: ItemId) -> frozenset[str]:
        """Marks that only these items carry."""
        return self.marks.of_none_but(set(items))
