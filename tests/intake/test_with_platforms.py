"""The same account by its platform's interface and by its export: real connectors, real layouts, and nothing twice."""

from __future__ import annotations

import base64
import importlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.home import open_home
from flows.harvest.command import harvest_accounts
from flows.harvest.tally import Tally
from flows.keep.accounts import accounts_named
from schemas.near import named_by_us
from schemas.record import Row
from tests.intake.test_formats import rows, take
from tests.nights.simulate import make_home, quick, token, ways
from tests.servers.world import OWN, PEOPLE, Item, Medium, World
from tests.servers.world_client import RunningFake
from tests.servers.youtube import YouTubeFake

DAY = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
NIGHT = datetime(2026, 11, 6, 2, 15, tzinfo=UTC)
FORMATS = {
    "facebook": "facebook_export",
    "instagram": "instagram_export",
    "x": "x_archive",
    "youtube": "youtube_takeout",
}
_PNG = b"\x89PNG\r\n\x1a\n"
_FILM = b"\x00\x00\x00\x18ftypmp42"
CHANNEL = YouTubeFake.OWN


def picture(name: str) -> Medium:
    """A picture of an item."""
    return Medium(id=f"{name}00", role="picture", media_type="image/jpeg", data=_PNG + name.encode())


def world() -> World:
    """Three posts, a visitor's question, our answer to it, and a post that was taken away before the first night."""
    asa = PEOPLE[0]
    items = [
        Item("9100001", "post", OWN, "Bron är avstängd för reparation", DAY, media=[picture("9100001")]),
        Item("9100002", "comment", asa, "Hur länge?", DAY + timedelta(hours=1), parent="9100001", root="9100001"),
        Item("9100003", "comment", OWN, "Till fredag.", DAY + timedelta(hours=2), parent="9100002", root="9100001"),
        Item(
            "9100004",
            "post",
            OWN,
            "Öppet hus\n\npå biblioteket  ☕",
            DAY + timedelta(days=1),
            media=[picture("9100004")],
        ),
        Item("9100005", "post", OWN, "Lucia i kyrkan", DAY + timedelta(days=2), media=[picture("9100005")]),
    ]
    return World(items={item.id: item for item in items}, now=NIGHT)


def operations(here: World) -> list[dict[str, Any]]:
    """The same world, told to a fake."""
    return [
        {
            "op": item.kind,
            "id": item.id,
            "at": item.created.isoformat(),
            "author": item.author.id if item.author else None,
            "text": item.text,
            **({"parent": item.parent} if item.parent else {}),
            "media": [
                {
                    "id": one.id,
                    "role": one.role,
                    "media_type": one.media_type,
                    "data": base64.b64encode(one.data).decode(),
                }
                for one in item.media
            ],
        }
        for item in here.items.values()
    ]


def films() -> World:
    """Two videos whose films YouTube's interface never gives, and an answer of ours."""
    items = [
        Item(
            f"910001{number}",
            "post",
            CHANNEL,
            f"Invigning {number}\n\nFrån torget.",
            DAY + timedelta(days=number),
            media=[
                Medium(id=f"f{number}", role="picture", media_type="image/jpeg", data=_PNG + bytes([number])),
                Medium(id=f"f{number}1", role="video", media_type="video/mp4", data=_FILM + bytes([number])),
            ],
        )
        for number in (1, 2)
    ]
    answer = Item(
        "9100020", "comment", CHANNEL, "Välkomna!", DAY + timedelta(days=3), parent=items[0].id, root=items[0].id
    )
    return World(own=CHANNEL, items={item.id: item for item in (*items, answer)}, now=NIGHT)


class Meeting:
    """One platform's fake with our world, an export of it, and a home."""

    def __init__(
        self,
        platform: str,
        folder: Path,
        fakes: Callable[..., RunningFake],
        patch: pytest.MonkeyPatch,
        here: World | None = None,
    ) -> None:
        """Start the fake and write the export."""
        way = next(one for one in ways() if one.platform == platform)
        self.fake = fakes(way.fake, page=2, options=way.options)
        self.here = here or world()
        self.fake.clock(NIGHT)
        natives = {one["id"]: one["native"] for one in self.fake.acts(operations(self.here))}
        generator: Any = importlib.import_module(f"tests.exports.{FORMATS[platform]}")
        if platform == "x":
            patch.setattr(generator, "number", lambda item: natives[item.id])
        if platform == "youtube":
            patch.setattr(generator, "video", lambda name: natives.get(name, name))
        self.export: Path = generator.make(folder / "export", self.here)
        self.home = make_home(folder, way, self.fake)

    def harvest(self, at: datetime) -> Tally:
        """One night, of everything."""
        self.fake.clock(at)
        with token(self.fake.history()["token"]), quick(), open_home(self.home, at=at) as home:
            return harvest_accounts(home, accounts_named(home.ground.state, []), full=True)[0]

    def take(self, at: datetime) -> Tally:
        """One import."""
        with open_home(self.home, at=at) as home:
            return take(home, accounts_named(home.ground.state, [])[0], self.export)

    def posts(self) -> dict[str, list[Row]]:
        """Rows of our own items, by item, oldest first."""
        found: dict[str, list[Row]] = {}
        with open_home(self.home, at=NIGHT) as home:
            for row in sorted(rows(home), key=lambda row: (row.observed, row.version, row.row != "version")):
                if row.own and row.kind in ("post", "reply"):
                    found.setdefault(row.item, []).append(row)
        return found


@pytest.fixture(params=["facebook", "instagram", "x"])
def meeting(
    request: pytest.FixtureRequest, tmp_path: Path, fakes: Callable[..., RunningFake], monkeypatch: pytest.MonkeyPatch
) -> Meeting:
    """Every platform that has both a fake and an export."""
    return Meeting(request.param, tmp_path, fakes, monkeypatch)


def extras(meeting: Meeting) -> int:
    """Items that the generated export has beside the world's: a photo of an album, and a message."""
    return 2 if "facebook" in meeting.export.name else 0


def test_import_after_harvest_adds_only_what_was_missing(meeting: Meeting) -> None:
    """Every own item that the interface showed is known again in the export; nothing of it is new."""
    night = meeting.harvest(NIGHT)
    assert night.complete, night.findings
    before = meeting.posts()
    assert len(before) == 4
    tally = meeting.take(NIGHT + timedelta(hours=1))
    assert tally.complete
    assert tally.new == extras(meeting), tally.findings
    assert tally.matched + tally.inferred == 4
    assert {item: rows for item, rows in meeting.posts().items() if item in before} == before
    again = meeting.take(NIGHT + timedelta(hours=2))
    assert (again.new, again.media, again.inferred) == (0, 0, 0)


def test_harvest_after_import_knows_what_was_imported(meeting: Meeting) -> None:
    """Own items that came by the export are the same when the interface shows them; each has one item and then two versions."""
    assert meeting.take(NIGHT).new == 4 + extras(meeting)
    imported = meeting.posts().keys()
    night = meeting.harvest(NIGHT + timedelta(hours=1))
    assert night.complete, night.findings
    posts = meeting.posts()
    assert posts.keys() == imported
    both = [rows for rows in posts.values() if len([row for row in rows if row.row == "version"]) == 2]
    assert len(both) == 4
    assert all(not named_by_us(rows[-1].native) for rows in both)
    answer = next(rows for rows in posts.values() if rows[0].kind == "reply")
    assert answer[-1].parent
    later = meeting.harvest(NIGHT + timedelta(days=1))
    assert (later.new, later.edited, later.gone) == (0, 0, 0)


def test_takeout_adds_the_films_that_the_interface_never_gives(
    tmp_path: Path, fakes: Callable[..., RunningFake], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Videos that were harvested get their films, each once; an import before the harvest has them from the start."""
    meeting = Meeting("youtube", tmp_path, fakes, monkeypatch, films())
    assert meeting.harvest(NIGHT).complete
    before = meeting.posts()
    assert not [one for rows in before.values() for row in rows for one in row.media if one.role == "video"]
    tally = meeting.take(NIGHT + timedelta(hours=1))
    assert (tally.new, tally.matched, tally.media, tally.complete) == (0, 3, 2, True)
    found = [rows[-1] for rows in meeting.posts().values() if rows[0].kind == "post"]
    assert [row.row for row in found] == ["observation"] * 2
    assert all([one for one in row.media if one.role == "video" and one.digest] for row in found)
    assert all(len(row.media) == len(before[row.item][-1].media) + 1 for row in found)
    again = meeting.take(NIGHT + timedelta(hours=2))
    assert (again.new, again.media) == (0, 0)
    assert meeting.harvest(NIGHT + timedelta(days=1)).complete
    assert meeting.take(NIGHT + timedelta(days=2)).media == 0
